//! Services that check themselves: what nginx, sshd and their like say about their own configuration.

use incident::ProbeRun;

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;

/// What can be asked about services.
pub(crate) const PROBES: &[Spec] = &[];

/// What the answers mean.
pub(crate) fn judge(_look: &Look<'_>, _drafts: &mut Vec<Draft>) {}

/// What else to ask about services that complain.
pub(crate) fn follow(_look: &Look<'_>, _drafts: &[Draft]) -> Vec<ProbeRun> {
    Vec::new()
}
