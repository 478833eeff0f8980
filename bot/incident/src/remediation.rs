//! What an event means for a remediation: `decide` says it, `apply` remembers it.
//!
//! `decide` looks at an incident as its facts left it, and returns facts to record, effects to
//! perform and claims to make, or a refusal for the person who clicked. It does nothing itself, so
//! a decision that loses a race is harmless: the caller reloads and decides again.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;

use crate::capture::only_looks;
use crate::fact::{Claim, Ran, StepReport};
use crate::policy::Requirement;
use crate::report::{HostReport, Verdict};
use crate::status::Resolution;
use crate::wording::{Spent, Wording};
use crate::{
    Approval, Effect, ExecutionId, Fact, Finding, FindingId, HostName, IncidentId, Moment,
    Proposal, ProposalId, ResponderId, SignedGrant,
};

mod decide;
mod outcome;
mod rollback;
mod why;
pub use decide::{cooldown_key, decide};
pub use outcome::Outcome;
use outcome::outcome_of;
pub use rollback::{NoRollback, invert};
pub use why::{Moved, Seen, Why};

#[cfg(test)]
mod tests;

/// Where one remediation stands. Each state carries only what is known in it.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Offered; nobody, or not enough people, said yes so far.
    Proposed {
        /// The yeses so far, one a person.
        approvals: Vec<Approval>,
    },
    /// Quorum was reached; the attempt may be started.
    Granted {
        /// The signed permission.
        grant: Box<SignedGrant>,
        /// Which attempt.
        attempt: u32,
    },
    /// The attempt is on its way to the host, or running there.
    Dispatched {
        /// The signed permission.
        grant: Box<SignedGrant>,
        /// Which attempt.
        attempt: u32,
        /// The guard's state root on the host.
        root: String,
        /// The host's boot at that time.
        boot: String,
    },
    /// It ended on the host; whether it helped is being looked at.
    Executed {
        /// The attempt.
        execution: ExecutionId,
        /// How it ended.
        ran: Ran,
    },
    /// It is over.
    Ended {
        /// How.
        outcome: Outcome,
        /// Why.
        why: Why,
        /// The attempt, where one ran.
        execution: Option<ExecutionId>,
    },
}

/// One proposal and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Remediation {
    /// What was proposed.
    pub proposal: Proposal,
    /// Where it stands.
    pub state: State,
    /// Who said yes, in that order.
    pub given: Vec<ResponderId>,
    /// What the guard saved and saw, step by step, once it ran.
    pub steps: Vec<StepReport>,
    /// The execution that really ran, once one did.
    pub execution: Option<ExecutionId>,
    /// How that one ended.
    pub ran: Option<Ran>,
    /// The guard's state root of its latest attempt: what was saved lies there.
    pub root: String,
    /// The end of its output, redacted.
    pub output: String,
}

/// An incident as its facts left it.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// How many facts there are: the version that the next append expects.
    pub version: u64,
    /// Who asked.
    pub by: Option<ResponderId>,
    /// When.
    pub opened_at: Moment,
    /// What the person said is wrong.
    pub symptom: String,
    /// The hosts it is about.
    pub hosts: Vec<HostName>,
    /// The latest report of each host.
    pub reports: BTreeMap<HostName, HostReport>,
    /// Its remediations.
    pub remediations: BTreeMap<ProposalId, Remediation>,
    /// How many pieces of evidence and findings were numbered so far.
    pub numbered: (usize, usize),
    /// The conversation that it is spoken of in, where it is.
    pub place: Option<String>,
    /// What a model said of it last; none where none was asked since its hosts were judged last.
    pub wording: Option<Wording>,
    /// What was spent on models so far.
    pub spent: Spent,
    /// Findings that were not there when their host was judged first.
    pub later: BTreeSet<FindingId>,
    /// Who said that they are on it, when, and by which fact; each once, in that order.
    pub on_it: Vec<(ResponderId, Moment, u64)>,
    /// How it was resolved; none where it was not, or where something was done about it since.
    pub resolved: Option<Resolution>,
}

/// Something that was heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A person pressed approve, having seen a card with this digest.
    Approve {
        /// What.
        proposal: ProposalId,
        /// Who.
        by: ResponderId,
        /// Where.
        via: String,
        /// The digest on the card.
        digest: String,
    },
    /// A person pressed reject.
    Reject {
        /// What.
        proposal: ProposalId,
        /// Who.
        by: ResponderId,
        /// Where.
        via: String,
        /// Why, in their words; redacted, may be empty.
        reason: String,
    },
    /// The pre-check found that the proposal no longer fits the host.
    Moved {
        /// What.
        proposal: ProposalId,
        /// Why.
        moved: Moved,
    },
    /// The attempt is about to be started under this guard root and boot.
    Starting {
        /// What.
        proposal: ProposalId,
        /// The guard's state root.
        root: String,
        /// The boot.
        boot: String,
    },
    /// The guard said how the attempt ended.
    Ran {
        /// What.
        proposal: ProposalId,
        /// The attempt.
        execution: ExecutionId,
        /// How.
        ran: Ran,
        /// Step by step.
        steps: Vec<StepReport>,
        /// The end of its output, redacted.
        output: String,
    },
    /// The host was looked at again.
    Looked {
        /// What.
        proposal: ProposalId,
        /// The verdict.
        verdict: Verdict,
        /// What was seen.
        seen: Seen,
    },
    /// Time passed.
    Tick,
}

/// What should happen because of an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// To be recorded.
    pub facts: Vec<Fact>,
    /// To be performed, once recorded.
    pub effects: Vec<Effect>,
    /// To be claimed in the same transaction.
    pub claims: Vec<Claim>,
    /// The execution whose host lock is given back.
    pub releases: Vec<ExecutionId>,
    /// What was claimed for a run that never was, given back.
    pub returns: Vec<Claim>,
}

/// What `decide` needs to know besides the incident.
#[derive(Debug)]
pub struct Rules<'a> {
    /// What it takes to approve the proposal of the event, under the policy in force now.
    pub requirement: &'a Requirement,
    /// The key that signs grants.
    pub key: &'a SigningKey,
}

impl Incident {
    /// An incident without facts.
    #[must_use]
    pub fn new(id: IncidentId) -> Self {
        Self {
            id,
            version: 0,
            by: None,
            opened_at: Moment(0),
            symptom: String::new(),
            hosts: Vec::new(),
            reports: BTreeMap::new(),
            remediations: BTreeMap::new(),
            numbered: (0, 0),
            place: None,
            wording: None,
            spent: Spent::default(),
            later: BTreeSet::new(),
            on_it: Vec::new(),
            resolved: None,
        }
    }

    /// The incident that these facts make, with the moment each was recorded.
    #[must_use]
    pub fn replay(id: IncidentId, facts: impl IntoIterator<Item = (Moment, Fact)>) -> Self {
        let mut incident = Self::new(id);
        for (at, fact) in facts {
            incident.apply(&fact, at);
        }
        incident
    }

    /// The finding that a proposal answers, as it was when the proposal was made.
    #[must_use]
    pub fn answered(&self, proposal: &Proposal) -> Option<&Finding> {
        let report = self.reports.get(&proposal.host)?;
        report
            .findings
            .iter()
            .find(|finding| finding.id == proposal.answers)
    }

    /// Remembers a fact. Never fails: a fact that was recorded is true, even where it surprises.
    pub fn apply(&mut self, fact: &Fact, at: Moment) {
        self.version += 1;
        match fact {
            Fact::Opened {
                by, hosts, symptom, ..
            } => {
                self.by = Some(by.clone());
                self.opened_at = at;
                self.hosts.clone_from(hosts);
                self.symptom.clone_from(symptom);
            }
            Fact::Thread { place } => self.place = Some(place.clone()),
            Fact::Examined { evidence, .. } => self.numbered.0 += evidence.len(),
            Fact::Judged { report } => {
                self.numbered.1 += report.findings.len();
                if let Some(before) = self.reports.insert(report.host.clone(), report.clone()) {
                    let old = |id: &FindingId| before.findings.iter().any(|one| one.id == *id);
                    let ids = report.findings.iter().map(|finding| &finding.id);
                    self.later.extend(ids.filter(|id| !old(id)).cloned());
                    // Somebody looked again. Its first look may end after a person has said that it is over.
                    self.resolved = None;
                }
                // It spoke of what was known before.
                self.wording = None;
            }
            Fact::Picked { spent, .. } | Fact::Highlighted { spent, .. } => {
                self.spent = self.spent.and(*spent);
            }
            Fact::Worded { wording, spent } => {
                self.spent = self.spent.and(*spent);
                self.wording = Some((**wording).clone());
            }
            Fact::Proposed { proposal } => {
                let remediation = Remediation {
                    proposal: (**proposal).clone(),
                    state: State::Proposed {
                        approvals: Vec::new(),
                    },
                    given: Vec::new(),
                    steps: Vec::new(),
                    execution: None,
                    ran: None,
                    root: String::new(),
                    output: String::new(),
                };
                self.remediations.insert(proposal.id.clone(), remediation);
            }
            Fact::Approved { proposal, approval } => {
                if let Some(one) = self.remediations.get_mut(proposal) {
                    one.given.push(approval.by.clone());
                }
                if let Some(Remediation {
                    state: State::Proposed { approvals },
                    ..
                }) = self.remediations.get_mut(proposal)
                {
                    approvals.push(approval.clone());
                }
            }
            Fact::Rejected {
                proposal,
                by,
                reason,
                ..
            } => {
                let why = Why::Rejected {
                    by: by.clone(),
                    reason: reason.clone(),
                };
                self.end(proposal, Outcome::Rejected, why);
            }
            Fact::Expired { proposal } => {
                self.end(proposal, Outcome::Expired, Why::NobodyInTime);
            }
            Fact::Voided {
                proposal,
                why,
                moved,
            } => {
                // What an earlier Sickbay recorded has words only.
                let said = || Moved::Said { why: why.clone() };
                let moved = moved.clone().unwrap_or_else(said);
                self.end(proposal, Outcome::Refused, Why::Moved(moved));
            }
            Fact::Granted {
                proposal,
                grant,
                attempt,
            } => {
                // Whatever changes a host is not over.
                let one = self.remediations.get(proposal);
                if !one.is_some_and(|one| only_looks(&one.proposal)) {
                    self.resolved = None;
                }
                let state = State::Granted {
                    grant: grant.clone(),
                    attempt: *attempt,
                };
                self.set(proposal, state);
            }
            Fact::Dispatched {
                proposal,
                root,
                boot,
                ..
            } => {
                if let Some(remediation) = self.remediations.get_mut(proposal)
                    && let State::Granted { grant, attempt }
                    | State::Dispatched { grant, attempt, .. } = &remediation.state
                {
                    remediation.state = State::Dispatched {
                        grant: grant.clone(),
                        attempt: *attempt,
                        root: root.clone(),
                        boot: boot.clone(),
                    };
                    remediation.root.clone_from(root);
                }
            }
            Fact::Executed {
                proposal,
                execution,
                ran,
                steps,
                output,
            } => {
                self.executed(proposal, execution, ran, steps, output);
            }
            Fact::Verified {
                proposal,
                verdict,
                why,
                seen,
            } => {
                if let Some(remediation) = self.remediations.get_mut(proposal)
                    && let State::Executed { execution, ran } = &remediation.state
                {
                    let said = || Seen::Said { why: why.clone() };
                    let why = Why::Looked {
                        ran: ran.clone(),
                        verdict: *verdict,
                        seen: seen.clone().unwrap_or_else(said),
                    };
                    remediation.state = State::Ended {
                        outcome: outcome_of(ran, *verdict),
                        why,
                        execution: Some(execution.clone()),
                    };
                }
            }
            Fact::Acknowledged { by, .. } => self.on_it.push((by.clone(), at, self.version)),
            Fact::Resolved { by, reason, .. } => self.resolve(by, reason, at),
            Fact::Closed { by } => self.resolve(by, "", at),
        }
    }

    fn set(&mut self, proposal: &ProposalId, state: State) {
        if let Some(remediation) = self.remediations.get_mut(proposal) {
            remediation.state = state;
        }
    }

    fn end(&mut self, proposal: &ProposalId, outcome: Outcome, why: Why) {
        self.set(
            proposal,
            State::Ended {
                outcome,
                why,
                execution: None,
            },
        );
    }

    fn executed(
        &mut self,
        proposal: &ProposalId,
        execution: &ExecutionId,
        ran: &Ran,
        steps: &[StepReport],
        output: &str,
    ) {
        let Some(remediation) = self.remediations.get_mut(proposal) else {
            return;
        };
        remediation.output = output.to_owned();
        match ran {
            // A new attempt follows as a grant of its own.
            Ran::NeverRan => {}
            Ran::Refused { why } => {
                remediation.state = State::Ended {
                    outcome: Outcome::Refused,
                    why: Why::Guard(why.clone()),
                    execution: Some(execution.clone()),
                };
            }
            Ran::Done | Ran::StepFailed { .. } | Ran::TimedOut | Ran::Unknown { .. } => {
                remediation.steps = steps.to_vec();
                remediation.execution = Some(execution.clone());
                remediation.ran = Some(ran.clone());
                remediation.state = State::Executed {
                    execution: execution.clone(),
                    ran: ran.clone(),
                };
            }
        }
    }
}
