//! How far an incident is as a whole, read from its facts and stored nowhere, and what a person says of it as a whole: that they
//! are on it, that it is over.

use crate::capture::only_looks;
use crate::remediation::{Incident, Outcome, Remediation, State};
use crate::{Fact, Moment, ProposalId, Refusal, ResponderId};

/// How far an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// What is wrong is being looked for, or nobody has decided on a fix.
    Investigating,
    /// A fix was approved: it runs, or it ran and did not help.
    Mitigating,
    /// A fix was verified and nothing runs; somebody has to say that it is over.
    Monitoring,
    /// A person said that it is over.
    Resolved,
}

impl Status {
    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Mitigating => "mitigating",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
        }
    }
}

/// How an incident was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Who said so.
    pub by: ResponderId,
    /// When.
    pub at: Moment,
    /// By which fact, counted from 1.
    pub seq: u64,
    /// How, in their words; may be empty.
    pub reason: String,
}

/// What a person says of an incident as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// They are on it.
    OnIt,
    /// It is over.
    Over {
        /// How, in their words; redacted, may be empty.
        reason: String,
    },
}

/// Decides what it means that a person says so. Does nothing; the caller records the fact.
///
/// # Errors
/// [`Refusal`] where it makes no sense now; its text says what to do instead.
pub fn decide(
    incident: &Incident,
    word: Word,
    by: ResponderId,
    via: String,
) -> Result<Fact, Refusal> {
    let id = || incident.id.clone();
    if incident.version == 0 {
        return Err(Refusal::NoIncident { incident: id() });
    }
    if let Some(resolved) = &incident.resolved {
        return Err(Refusal::ResolvedBefore {
            incident: id(),
            by: resolved.by.clone(),
            at: resolved.at,
        });
    }
    match word {
        Word::OnIt => match incident.on_it.iter().find(|(who, ..)| *who == by) {
            Some((_, at, _)) => Err(Refusal::OnItBefore {
                incident: id(),
                by,
                at: *at,
            }),
            None => Ok(Fact::Acknowledged { by, via }),
        },
        // Nobody may take it for over while a host is being changed.
        Word::Over { reason } => match incident.remediations.values().find(|one| one.runs()) {
            Some(one) => Err(Refusal::StillRuns {
                incident: id(),
                proposal: one.proposal.id.clone(),
            }),
            None => Ok(Fact::Resolved { by, via, reason }),
        },
    }
}

impl Remediation {
    /// Whether it was approved and is not over.
    #[must_use]
    pub const fn runs(&self) -> bool {
        match self.state {
            State::Granted { .. } | State::Dispatched { .. } | State::Executed { .. } => true,
            State::Proposed { .. } | State::Ended { .. } => false,
        }
    }

    /// How it ended; none where it did not.
    #[must_use]
    pub const fn outcome(&self) -> Option<Outcome> {
        match self.state {
            State::Ended { outcome, .. } => Some(outcome),
            State::Proposed { .. }
            | State::Granted { .. }
            | State::Dispatched { .. }
            | State::Executed { .. } => None,
        }
    }
}

impl Incident {
    /// How far it is.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.resolved.is_some() {
            return Status::Resolved;
        }
        let fixes = || {
            let stand = |one: &&Remediation| {
                one.proposal.undoes.is_none()
                    && !only_looks(&one.proposal)
                    && !self.is_undone(&one.proposal.id)
            };
            self.remediations.values().filter(stand)
        };
        let changes = |one: &Remediation| one.runs() && !only_looks(&one.proposal);
        if self.remediations.values().any(changes) {
            return Status::Mitigating;
        }
        if fixes().any(|one| one.outcome() == Some(Outcome::Verified)) {
            return Status::Monitoring;
        }
        if fixes().any(|one| one.execution.is_some()) {
            return Status::Mitigating;
        }
        Status::Investigating
    }

    /// Whether what a fix did was put back.
    #[must_use]
    pub fn is_undone(&self, fix: &ProposalId) -> bool {
        self.remediations.values().any(|one| {
            one.proposal.undoes.as_ref() == Some(fix) && one.outcome() == Some(Outcome::Verified)
        })
    }

    pub(crate) fn resolve(&mut self, by: &ResponderId, reason: &str, at: Moment) {
        self.resolved = Some(Resolution {
            by: by.clone(),
            at,
            seq: self.version,
            reason: reason.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests;
