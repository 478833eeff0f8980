//! One probe's answer, stored and numbered so that claims can cite it.

use serde::{Deserialize, Serialize};

use crate::{Ended, EvidenceId, HostName, ProbeId, Span};

/// One probe's answer. The text is redacted before this is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// `e-1`, unique within the incident.
    pub id: EvidenceId,
    /// The host that answered.
    pub host: HostName,
    /// The probe that was asked.
    pub probe: ProbeId,
    /// The key of the question, as [`crate::ProbeRun::key`] makes it.
    pub key: String,
    /// What ran, as shown to people.
    pub argv: Vec<String>,
    /// How it ended.
    pub ended: Ended,
    /// How long it took on the host.
    pub took: Span,
    /// Whether output was cut at the probe's cap.
    pub truncated: bool,
    /// The redacted output; bytes that are not UTF-8 and terminal escapes are replaced.
    pub text: String,
}

/// How the reason begins where a host simply has not got what was asked about.
pub const ABSENT: &str = "the host has no ";

impl CouldNotCheck {
    /// Whether something is not known because of it: a host that simply has not got what was asked about hides nothing.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        !self.why.starts_with(ABSENT)
    }
}

/// A question that got no usable answer. It is never read as "fine".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CouldNotCheck {
    /// The probe, with its arguments.
    pub probe: String,
    /// Why there is no answer.
    pub why: String,
    /// What to try next.
    #[serde(rename = "try")]
    pub next: String,
}
