//! Units of the service manager: failed, restarting, masked, stopped by a limit.

use incident::ProbeRun;

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;

/// What can be asked about units.
pub(crate) const PROBES: &[Spec] = &[];

/// What the answers mean.
pub(crate) fn judge(_look: &Look<'_>, _drafts: &mut Vec<Draft>) {}

/// What else to ask about units that do not run.
pub(crate) fn follow(_look: &Look<'_>, _drafts: &[Draft]) -> Vec<ProbeRun> {
    Vec::new()
}

/// What to ask because of the words that a person wrote.
pub(crate) fn hinted(_symptom: &str) -> Vec<ProbeRun> {
    Vec::new()
}
