//! What is recorded of an incident, and what the outside must do because of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::remediation::{Moved, Seen};
use crate::report::{HostReport, Verdict};
use crate::wording::{Highlights, Model, Picked, Spent, Wording};
use crate::{
    Approval, Ended, EvidenceId, ExecutionId, HostName, Moment, Proposal, ProposalId, ResponderId,
    SignedGrant, Span,
};

/// A piece of evidence as the journal holds it: everything but its text, which lies outside the chain so that it can be
/// erased, and is bound to it by a salted hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRecord {
    /// `e-1`.
    pub id: EvidenceId,
    /// The host that answered.
    pub host: HostName,
    /// The probe with its arguments.
    pub key: String,
    /// What ran, as shown to people.
    pub argv: Vec<String>,
    /// How it ended.
    pub ended: Ended,
    /// How long it took.
    pub took: Span,
    /// Whether it was cut.
    pub truncated: bool,
    /// `sha256:…` of salt and text.
    pub text_hash: String,
}

/// How an execution ended on the host, as the guard reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Ran {
    /// Every step was done.
    Done,
    /// A step failed; the ones after it were not run.
    StepFailed {
        /// Its number, from 1.
        step: usize,
        /// The exit code.
        code: i32,
    },
    /// A need was not met, or the guard refused; nothing was changed.
    Refused {
        /// The guard's reason.
        why: String,
    },
    /// It was stopped at its time limit.
    TimedOut,
    /// The host knows that it never ran, and it never can.
    NeverRan,
    /// It was started and nobody knows how it ended.
    Unknown {
        /// What is known.
        why: String,
    },
}

/// What the guard saved and saw at one step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// Whether the step was done.
    pub done: bool,
    /// Its exit code where it failed.
    pub code: i32,
    /// What the target looked like before.
    pub before: BTreeMap<String, String>,
    /// What it looked like after.
    pub after: BTreeMap<String, String>,
}

/// One recorded fact. Append-only; the journal of an incident is the list of its facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fact")]
pub enum Fact {
    /// An incident was opened by a command.
    Opened {
        /// Who asked.
        by: ResponderId,
        /// Where.
        via: String,
        /// The hosts it is about.
        hosts: Vec<HostName>,
        /// What the person said is wrong.
        symptom: String,
        /// The settings' policy at the time, by its hash.
        policy: String,
    },
    /// One wave of probes was answered.
    Examined {
        /// The host.
        host: HostName,
        /// The wave, from 1.
        wave: u32,
        /// The answers.
        evidence: Vec<EvidenceRecord>,
    },
    /// A host was judged.
    Judged {
        /// What is known of it.
        report: HostReport,
    },
    /// A model picked further questions among those that it was offered; recorded before they are asked.
    Picked {
        /// Who.
        model: Model,
        /// The round, from 1.
        round: u32,
        /// The questions.
        probes: Vec<Picked>,
        /// What that cost.
        spent: Spent,
    },
    /// A model was asked to word what is known.
    Worded {
        /// What came of it.
        wording: Box<Wording>,
        /// What that cost.
        spent: Spent,
    },
    /// A model was asked what matters most of the account.
    Highlighted {
        /// What came of it.
        highlights: Box<Highlights>,
        /// What that cost.
        spent: Spent,
    },
    /// A fix was offered.
    Proposed {
        /// What exactly.
        proposal: Box<Proposal>,
    },
    /// A person said yes.
    Approved {
        /// To what.
        proposal: ProposalId,
        /// Who and when.
        approval: Approval,
    },
    /// A person said no.
    Rejected {
        /// To what.
        proposal: ProposalId,
        /// Who.
        by: ResponderId,
        /// Where.
        via: String,
        /// Why, in their words; redacted, empty where they gave no reason.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The time to approve it ran out.
    Expired {
        /// What.
        proposal: ProposalId,
    },
    /// The world moved, so the proposal no longer stands.
    Voided {
        /// What.
        proposal: ProposalId,
        /// Why, in words.
        why: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moved: Option<Moved>,
    },
    /// Quorum was reached; one attempt may be made.
    Granted {
        /// Of what.
        proposal: ProposalId,
        /// The signed permission.
        grant: Box<SignedGrant>,
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// An attempt is about to be started on the host; recorded before it is.
    Dispatched {
        /// Of what.
        proposal: ProposalId,
        /// Which attempt.
        execution: ExecutionId,
        /// The guard's state root on the host: a later look never asks another.
        root: String,
        /// The host's boot at that time; empty where it has none.
        boot: String,
    },
    /// An attempt ended, as far as anybody knows.
    Executed {
        /// Of what.
        proposal: ProposalId,
        /// Which attempt.
        execution: ExecutionId,
        /// How.
        ran: Ran,
        /// Step by step.
        steps: Vec<StepReport>,
        /// The end of its output, redacted.
        output: String,
    },
    /// The host was looked at again.
    Verified {
        /// Of what.
        proposal: ProposalId,
        /// The verdict.
        verdict: Verdict,
        /// What was seen, in words.
        why: String,
        /// What was seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Seen>,
    },
    /// The incident is spoken of in a thread.
    Thread {
        /// The conversation that it stands in, as its platform names it; opaque here.
        place: String,
    },
    /// A person said that they are on it.
    Acknowledged {
        /// Who.
        by: ResponderId,
        /// Where.
        via: String,
    },
    /// A person said that it is over.
    Resolved {
        /// Who.
        by: ResponderId,
        /// Where.
        via: String,
        /// How, in their words; redacted, empty where they said nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The incident was closed.
    Closed {
        /// By whom.
        by: ResponderId,
    },
}

impl Fact {
    /// The proposal that it is about.
    #[must_use]
    pub const fn proposal(&self) -> Option<&ProposalId> {
        match self {
            Self::Proposed { proposal } => Some(&proposal.id),
            Self::Approved { proposal, .. }
            | Self::Rejected { proposal, .. }
            | Self::Expired { proposal }
            | Self::Voided { proposal, .. }
            | Self::Granted { proposal, .. }
            | Self::Dispatched { proposal, .. }
            | Self::Executed { proposal, .. }
            | Self::Verified { proposal, .. } => Some(proposal),
            Self::Opened { .. }
            | Self::Examined { .. }
            | Self::Picked { .. }
            | Self::Worded { .. }
            | Self::Highlighted { .. }
            | Self::Judged { .. }
            | Self::Thread { .. }
            | Self::Acknowledged { .. }
            | Self::Resolved { .. }
            | Self::Closed { .. } => None,
        }
    }

    /// The name it is stored under: `proposed`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Examined { .. } => "examined",
            Self::Judged { .. } => "judged",
            Self::Picked { .. } => "picked",
            Self::Worded { .. } => "worded",
            Self::Highlighted { .. } => "highlighted",
            Self::Proposed { .. } => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Expired { .. } => "expired",
            Self::Voided { .. } => "voided",
            Self::Granted { .. } => "granted",
            Self::Dispatched { .. } => "dispatched",
            Self::Executed { .. } => "executed",
            Self::Verified { .. } => "verified",
            Self::Thread { .. } => "thread",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Resolved { .. } => "resolved",
            Self::Closed { .. } => "closed",
        }
    }
}

/// Something the outside must now do. Performing it brings the next event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum Effect {
    /// Carry out the granted attempt: look on the host first, start it only if it was never started.
    Execute {
        /// Of what.
        proposal: ProposalId,
        /// Which attempt.
        execution: ExecutionId,
    },
    /// Look whether it helped.
    Verify {
        /// Of what.
        proposal: ProposalId,
        /// Which attempt.
        execution: ExecutionId,
    },
}

impl Effect {
    /// The name it is stored under.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Execute { .. } => "execute",
            Self::Verify { .. } => "verify",
        }
    }

    /// Its key in the outbox: the same effect is never queued twice.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Execute { execution, .. } | Self::Verify { execution, .. } => {
                format!("{} {execution}", self.kind())
            }
        }
    }
}

/// Something that must be unique across incidents, claimed in the same transaction as the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "claim")]
pub enum Claim {
    /// One change at a time on a host.
    HostLock {
        /// The host.
        host: HostName,
        /// The execution that holds it.
        holder: ExecutionId,
    },
    /// The same runbook for the same subject not again before `until`.
    Cooldown {
        /// Host, runbook and subject.
        key: String,
        /// Until when.
        until: Moment,
    },
    /// At most `max` a day.
    Daily {
        /// Host and runbook.
        key: String,
        /// The day since the epoch.
        day: i64,
        /// The limit.
        max: u32,
    },
}

/// A claim that somebody else has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Claimed {
    /// A change is being made on the host.
    #[error("{host} is being changed by {holder} since {}; one change at a time on a host: wait until it has ended", ago(*since, *now))]
    HostLock {
        /// The host.
        host: HostName,
        /// The execution that holds it.
        holder: String,
        /// Its incident.
        incident: String,
        /// Since when.
        since: Moment,
        /// When it was asked for.
        now: Moment,
    },
    /// It was done a short while ago.
    #[error("{key} was done a short while ago; it may be done again in {}", until.since(*now))]
    Cooldown {
        /// Host, runbook and subject.
        key: String,
        /// Until when.
        until: Moment,
        /// When it was asked for.
        now: Moment,
    },
    /// It was done often enough today.
    #[error(
        "{key} was done {used} times today and may be done {max} times a day; a person should look for the cause"
    )]
    Daily {
        /// Host and runbook.
        key: String,
        /// How often today.
        used: u64,
        /// The limit.
        max: u32,
    },
}

/// How long before `now`, in words.
fn ago(since: Moment, now: Moment) -> String {
    now.since(since).to_string()
}
