//! Log signatures: patterns over log lines, kept as data so that a site adds its own without Rust.

use incident::ProbeRun;

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;

/// What can be asked because of signatures.
pub(crate) const PROBES: &[Spec] = &[];

/// The patterns in force.
#[derive(Debug, Default)]
pub struct Signatures {}

impl Signatures {
    /// No patterns at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }
}

/// What the log lines mean by the patterns.
pub(crate) fn judge(_look: &Look<'_>, _signatures: &Signatures, _drafts: &mut Vec<Draft>) {}

/// What else to ask because of what the lines name.
pub(crate) fn follow(
    _look: &Look<'_>,
    _signatures: &Signatures,
    _drafts: &[Draft],
) -> Vec<ProbeRun> {
    Vec::new()
}
