//! How a remediation ended, in one word.

use crate::fact::Ran;
use crate::report::Verdict;

/// How a remediation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It ran and the finding is gone.
    Verified,
    /// It ran and the finding is still there.
    NotFixed,
    /// It ran, and what it does happens later: a reboot is planned. Until then it can be called off.
    Planned,
    /// It ran and something else broke.
    Worse,
    /// It was a closer look that changes nothing, and what it saw is kept.
    Captured,
    /// A step failed, or it was stopped at its time limit.
    Failed,
    /// Nothing was changed: the world had moved, or the guard refused.
    Refused,
    /// It may have run, and nobody can tell how it ended; or it ran and nobody could look.
    Unknown,
    /// A person said no.
    Rejected,
    /// Nobody said yes in time.
    Expired,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Verified,
        Self::NotFixed,
        Self::Planned,
        Self::Worse,
        Self::Captured,
        Self::Failed,
        Self::Refused,
        Self::Unknown,
        Self::Rejected,
        Self::Expired,
    ];

    /// The word in JSON and on cards.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::NotFixed => "not_fixed",
            Self::Planned => "planned",
            Self::Worse => "worse",
            Self::Captured => "captured",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
        }
    }
}

/// The outcome of a run and of the look afterwards. A run that nobody knows the end of stays unknown, whatever was seen.
pub(super) fn outcome_of(ran: &Ran, verdict: Verdict) -> Outcome {
    match (ran, verdict) {
        (Ran::Unknown { .. }, _) | (Ran::Done, Verdict::CouldNotCheck) => Outcome::Unknown,
        (Ran::StepFailed { .. } | Ran::TimedOut, _) => Outcome::Failed,
        (Ran::Done, Verdict::Verified) => Outcome::Verified,
        (Ran::Done, Verdict::NotFixed) => Outcome::NotFixed,
        (Ran::Done, Verdict::Planned) => Outcome::Planned,
        (Ran::Done, Verdict::Worse) => Outcome::Worse,
        (Ran::Done, Verdict::Captured) => Outcome::Captured,
        (Ran::Refused { .. } | Ran::NeverRan, _) => Outcome::Refused,
    }
}
