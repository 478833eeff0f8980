//! Why something that a person asked for is not done: in parts, so that each language has a sentence of its own for it. What an
//! error says of itself is the English one.

use crate::command::Misunderstood;
use crate::fact::Claimed;
use crate::id::BadId;
use crate::notice::WhyNot;
use crate::people::Candidate;
use crate::remediation::{NoRollback, Outcome, Why};
use crate::{ExecutionId, HostName, IncidentId, Moment, ProposalId, ResponderId, Risk};

/// Why it is not done, and what to do instead. The person who asked is told.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Nobody has heard of the proposal.
    #[error("there is no proposal {proposal}{}; `sickbay proposals` lists those that wait", meant(near.as_deref()))]
    NoProposal {
        /// Which.
        proposal: ProposalId,
        /// The one that may have been meant.
        near: Option<String>,
    },
    /// It was approved by nobody.
    #[error("proposal {proposal} is not approved yet")]
    NotApproved {
        /// Which.
        proposal: ProposalId,
    },
    /// It was approved before.
    #[error("proposal {proposal} was approved before and is being carried out; it runs once")]
    UnderWay {
        /// Which.
        proposal: ProposalId,
    },
    /// It was carried out before.
    #[error("proposal {proposal} was carried out before; whether it helped is being looked at")]
    CarriedOut {
        /// Which.
        proposal: ProposalId,
    },
    /// Nobody approved it in time.
    #[error("proposal {proposal} expired; diagnose again to get a fresh one")]
    Expired {
        /// Which.
        proposal: ProposalId,
    },
    /// It ended before.
    #[error(
        "proposal {proposal} is over ({}: {why}); diagnose again if the trouble is still there",
        outcome.word()
    )]
    Over {
        /// Which.
        proposal: ProposalId,
        /// How.
        outcome: Outcome,
        /// Why so.
        why: Box<Why>,
    },
    /// It is another than the card showed.
    #[error(
        "proposal {proposal} is not what that card showed; look at it again with `sickbay proposals` before approving"
    )]
    OtherCard {
        /// Which.
        proposal: ProposalId,
    },
    /// The button that was pressed stands on a card that shows something else.
    #[error("that card does not show what {proposal} would do; diagnose again")]
    StaleCard {
        /// Which.
        proposal: ProposalId,
    },
    /// The policy names nobody.
    #[error(
        "nobody may approve {risk} risk on {host}; the policy in the settings names no approver for it"
    )]
    Nobody {
        /// How risky it is.
        risk: Risk,
        /// Where.
        host: HostName,
    },
    /// The policy names others.
    #[error("{who} may not approve {risk} risk on {host}; ask {}", names(ask))]
    NotThem {
        /// Who asked.
        who: ResponderId,
        /// How risky it is.
        risk: Risk,
        /// Where.
        host: HostName,
        /// Some who may.
        ask: Vec<Candidate>,
    },
    /// It cannot be told now whether they may.
    #[error(
        "whether {who} may approve {risk} risk on {host} cannot be told now: {why}; nothing was recorded, try again in a moment"
    )]
    Untold {
        /// Who asked.
        who: ResponderId,
        /// How risky it is.
        risk: Risk,
        /// Where.
        host: HostName,
        /// Why, in the words of whoever looked it up.
        why: String,
    },
    /// It cannot be told now whether somebody still may who said yes before.
    #[error(
        "whether {who}, who said yes before, still may cannot be told now: {why}; nothing was recorded, try again in a moment"
    )]
    UntoldEarlier {
        /// Who said yes before.
        who: ResponderId,
        /// Why, in the words of whoever looked it up.
        why: String,
    },
    /// It cannot be told now whether they may approve what would undo it.
    #[error(
        "whether you may approve the undo of {proposal} cannot be told now: {why}; nothing was recorded, try again in a moment"
    )]
    UntoldUndo {
        /// Which.
        proposal: ProposalId,
        /// Why, in the words of whoever looked it up.
        why: String,
    },
    /// Who asked for a fix may not approve it.
    #[error("{who} asked for {proposal} and may not also approve it; ask another responder")]
    Requester {
        /// Who.
        who: ResponderId,
        /// Which.
        proposal: ProposalId,
    },
    /// They said yes before.
    #[error("{who} approved {proposal} before; {missing} more must")]
    Twice {
        /// Who.
        who: ResponderId,
        /// Which.
        proposal: ProposalId,
        /// How many others are missing.
        missing: u32,
    },
    /// Another attempt is under way.
    #[error("{execution} is not the attempt of {proposal} that is under way")]
    OtherAttempt {
        /// Which attempt.
        execution: ExecutionId,
        /// Of what.
        proposal: ProposalId,
    },
    /// Something across incidents is taken.
    #[error(transparent)]
    Claimed(#[from] Claimed),
    /// Others record things faster.
    #[error("others are at work on {proposal}; `sickbay proposals` shows what waits")]
    OthersAtWork {
        /// Which.
        proposal: ProposalId,
    },
    /// It undoes another.
    #[error("{proposal} is a rollback itself; diagnose again instead")]
    IsRollback {
        /// Which.
        proposal: ProposalId,
    },
    /// Nobody knows what it did.
    #[error(
        "how {proposal} ended is unknown, so what an undo would do is unknown too; look at {host} first"
    )]
    EndUnknown {
        /// Which.
        proposal: ProposalId,
        /// Where.
        host: HostName,
    },
    /// It never ran.
    #[error("{proposal} was never carried out, so there is nothing to undo")]
    NeverCarriedOut {
        /// Which.
        proposal: ProposalId,
    },
    /// It is not over yet.
    #[error("{proposal} is still being carried out")]
    StillCarriedOut {
        /// Which.
        proposal: ProposalId,
    },
    /// It was undone.
    #[error("{proposal} was undone before")]
    UndoneBefore {
        /// Which.
        proposal: ProposalId,
    },
    /// What it did has no inverse.
    #[error(transparent)]
    NoRollback(#[from] NoRollback),
    /// Who presses may not approve what would undo it.
    #[error("you may not approve the undo of {proposal}; ask whoever may approve the fix")]
    MayNotUndo {
        /// Which.
        proposal: ProposalId,
    },
    /// The host would not do it.
    #[error("it would not be done: {0:?}")]
    WouldNot(WhyNot),
    /// The inventory does not have the host any more.
    #[error("{host} is not in the inventory")]
    NotInInventory {
        /// Which.
        host: HostName,
    },
    /// Nobody has heard of the incident.
    #[error("there is no incident {incident}")]
    NoIncident {
        /// Which.
        incident: IncidentId,
    },
    /// Somebody resolved it before.
    #[error("{by} resolved incident {incident} at {}; diagnose again if the trouble is back", at.utc())]
    ResolvedBefore {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: ResponderId,
        /// When.
        at: Moment,
    },
    /// They said before that they are on it.
    #[error("{by} is on incident {incident} since {}", at.utc())]
    OnItBefore {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: ResponderId,
        /// Since when.
        at: Moment,
    },
    /// A host is being changed because of it.
    #[error("{proposal} is still being carried out; resolve incident {incident} when it has ended")]
    StillRuns {
        /// Which incident.
        incident: IncidentId,
        /// What runs.
        proposal: ProposalId,
    },
    /// It has to be said which; what to type.
    #[error("say which: {usage}")]
    SayWhich {
        /// What to type.
        usage: &'static str,
    },
    /// The thread is no incident's.
    #[error("this thread is no incident's; say which: {usage}")]
    NoIncidentHere {
        /// What to type.
        usage: &'static str,
    },
    /// It is not theirs to ask for here.
    #[error("you may not ask for `{verb}` here; `help` says what you may")]
    NotAllowed {
        /// What.
        verb: &'static str,
    },
    /// It is not theirs to ask for here about that host.
    #[error("you may not ask for `{verb}` of {host} here; `hosts` lists those of which you may")]
    NotAllowedOf {
        /// What.
        verb: &'static str,
        /// About which host.
        host: HostName,
    },
    /// It cannot be told now whether it is theirs to ask for here.
    #[error(
        "whether you may ask for `{verb}` here cannot be told now: {why}; nothing was done, try again in a moment"
    )]
    AccessUntold {
        /// What.
        verb: &'static str,
        /// Why, in the words of whoever looked it up.
        why: String,
    },
    /// Nothing waits in this thread.
    #[error("nothing waits for an approval here")]
    NothingWaits,
    /// The reason that was given is too long.
    #[error("the reason is {count} characters long and may have {most}; say it in a sentence")]
    LongReason {
        /// How long it is.
        count: usize,
        /// How long it may be.
        most: usize,
    },
    /// It is no command.
    #[error(transparent)]
    Misunderstood(#[from] Misunderstood),
    /// It is no name.
    #[error(transparent)]
    BadId(#[from] BadId),
    /// Something else is in the way; in the words of whoever found it.
    #[error("{0}")]
    Said(String),
}

fn meant(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

fn names(people: &[Candidate]) -> String {
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    people.join(", ")
}
