//! The account of an incident: what happened, what was tried, what is known, who decided what, what is open and what comes next.
//! Each statement names the fact or the message that it rests on, and no time in it comes from anywhere else.
//!
//! It is typed, and says nothing in words: whoever tells it has a sentence for each statement.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::people::Candidate;
use crate::remediation::Incident;
use crate::wording::Model;
use crate::{
    Fact, Finding, FindingId, HostName, HostStatus, IncidentId, Moment, ProposalId, ResponderId,
    RunbookId, Status,
};

mod highlights;
mod next;
mod sections;
#[cfg(test)]
pub(crate) mod tests;
mod times;

pub use next::Next;

/// What a statement rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A fact, by its place in the journal, from 1.
    Fact(u64),
    /// What somebody said, by the platform's name for the message, whole.
    Remark(String),
}

/// When something happened, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: Moment,
    /// How that is known.
    pub source: Source,
}

/// Something that a person said in the thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The platform's own name for the message, whole.
    pub message: String,
    /// Who.
    pub author: String,
    /// When, as the platform tells it.
    pub at: Moment,
    /// What, redacted. None once they took it back.
    pub text: Option<String>,
}

/// One statement of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// When.
    pub at: Moment,
    /// What it rests on.
    pub source: Source,
    /// What.
    pub what: What,
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Somebody asked to look.
    Asked {
        /// Who.
        by: ResponderId,
        /// At what.
        hosts: Vec<HostName>,
        /// What they said is wrong; may be empty.
        symptom: String,
    },
    /// A host was looked at.
    Judged {
        /// Which.
        host: HostName,
        /// What is said of it.
        status: HostStatus,
        /// What comes first of what was found; none where nothing is wrong.
        first: Option<Box<Finding>>,
    },
    /// Somebody said something.
    Said {
        /// Who.
        author: String,
        /// What.
        text: String,
    },
    /// A cause that was found: nothing else explains it.
    Found {
        /// What.
        finding: Box<Finding>,
    },
    /// Some of what was asked of a host got no answer.
    Unchecked {
        /// Of which.
        host: HostName,
        /// How much of it.
        probes: usize,
    },
    /// A fix or an undo: the incident says how it stands.
    Fix {
        /// Which.
        proposal: ProposalId,
    },
    /// Somebody is on it.
    OnIt {
        /// Who.
        by: ResponderId,
    },
    /// Somebody said yes.
    Approved {
        /// Who.
        by: ResponderId,
        /// To what.
        proposal: ProposalId,
    },
    /// Somebody said no.
    Rejected {
        /// Who.
        by: ResponderId,
        /// To what.
        proposal: ProposalId,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody said that it is over.
    Over {
        /// Who.
        by: ResponderId,
        /// How; may be empty.
        reason: String,
    },
    /// A host is not looked at yet.
    Unseen {
        /// Which.
        host: HostName,
    },
}

/// The account of an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The incident as its facts left it.
    pub incident: Incident,
    /// How far it is.
    pub status: Status,
    /// When it was reported.
    pub detected: Option<Stamp>,
    /// When somebody was on it: said so, decided on a fix, or spoke in the thread, whichever came first.
    pub acknowledged: Option<Stamp>,
    /// When a fix was verified that was not undone since.
    pub mitigated: Option<Stamp>,
    /// When it was resolved, where nothing was done about it since.
    pub resolved: Option<Stamp>,
    /// What happened and what was said, in order.
    pub happened: Vec<Statement>,
    /// What was tried.
    pub tried: Vec<Statement>,
    /// What is known to be wrong, and what could not be looked at.
    pub known: Vec<Statement>,
    /// Who decided what.
    pub decided: Vec<Statement>,
    /// What is open.
    pub open: Vec<Statement>,
    /// What comes next.
    pub next: Next,
    /// What a model took to matter most of it, when it was asked last.
    pub highlights: Option<Highlighted>,
}

/// What a model took to matter most.
#[derive(Debug, Clone, PartialEq)]
pub struct Highlighted {
    /// Which model.
    pub model: Model,
    /// When.
    pub at: Moment,
    /// The statements, in the order in which they are told.
    pub statements: Vec<Statement>,
    /// Whether nothing was done since, and little was said.
    pub fresh: bool,
}

/// Whatever the journal does not have and a reader is helped by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aids {
    /// Where what a statement rests on can be seen.
    pub links: BTreeMap<Source, String>,
    /// What fixes are called, in the reader's language.
    pub titles: BTreeMap<ProposalId, String>,
    /// Who may approve what waits, as far as that is settled.
    pub approvers: BTreeMap<ProposalId, Vec<Candidate>>,
    /// The page that fits a finding.
    pub pages: BTreeMap<FindingId, Page>,
    /// Who keeps a page.
    pub owners: BTreeMap<RunbookId, String>,
}

/// A page that fits a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Which.
    pub runbook: RunbookId,
    /// What it is called, in the reader's language.
    pub title: String,
}

/// Why an account is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody asked for it.
    Asked,
    /// Much happened since the last one.
    Busy,
    /// Somebody came later.
    CatchUp,
    /// The incident was resolved.
    Resolved,
    /// A model chose what matters most of an account that was told before: only that is told.
    Highlights,
}

/// The kinds of facts that are news, for those who look for them in the journal.
pub const NEWS: [&str; 6] = [
    "approved",
    "rejected",
    "voided",
    "executed",
    "verified",
    "acknowledged",
];

/// How many things that people say make an incident busy, where nothing else happens.
const TALK: usize = 3;

impl Account {
    /// The account of these facts and of what people said.
    #[must_use]
    pub fn of(id: &IncidentId, facts: &[(Moment, Fact)], remarks: &[Remark]) -> Self {
        let incident = Incident::replay(id.clone(), facts.iter().cloned());
        let known = sections::known(&incident, facts);
        let open = sections::open(&incident, facts);
        let mut account = Self {
            status: incident.status(),
            detected: times::detected(facts),
            acknowledged: times::acknowledged(facts, remarks),
            mitigated: times::mitigated(&incident, facts),
            resolved: times::resolved(&incident),
            happened: sections::happened(facts, remarks),
            tried: sections::tried(&incident, facts),
            decided: sections::decided(facts),
            next: next::next(&incident, facts, &open),
            known,
            open,
            incident,
            highlights: None,
        };
        account.highlights = highlights::last(&account, facts, remarks);
        account
    }

    /// All statements, in the order in which they are told.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        let parts = [
            &self.happened,
            &self.tried,
            &self.known,
            &self.decided,
            &self.open,
        ];
        parts.into_iter().flatten()
    }
}

/// Those who took part in an incident by what they asked and decided: nobody has to tell them of it.
#[must_use]
pub fn took_part(facts: &[(Moment, Fact)]) -> BTreeSet<ResponderId> {
    let who = facts.iter().filter_map(|(_, fact)| match fact {
        Fact::Opened { by, .. }
        | Fact::Rejected { by, .. }
        | Fact::Acknowledged { by, .. }
        | Fact::Resolved { by, .. }
        | Fact::Closed { by } => Some(by),
        Fact::Approved { approval, .. } => Some(&approval.by),
        Fact::Examined { .. }
        | Fact::Picked { .. }
        | Fact::Worded { .. }
        | Fact::Highlighted { .. }
        | Fact::Judged { .. }
        | Fact::Proposed { .. }
        | Fact::Expired { .. }
        | Fact::Voided { .. }
        | Fact::Granted { .. }
        | Fact::Dispatched { .. }
        | Fact::Executed { .. }
        | Fact::Verified { .. }
        | Fact::Thread { .. } => None,
    });
    who.cloned().collect()
}

/// Whether a fact is news to those who read the thread: what somebody decided, and what came of it. What a diagnosis found
/// stands there already.
#[must_use]
pub const fn is_news(fact: &Fact) -> bool {
    match fact {
        Fact::Approved { .. }
        | Fact::Rejected { .. }
        | Fact::Voided { .. }
        | Fact::Executed { .. }
        | Fact::Verified { .. }
        | Fact::Acknowledged { .. } => true,
        Fact::Opened { .. }
        | Fact::Examined { .. }
        | Fact::Picked { .. }
        | Fact::Worded { .. }
        | Fact::Highlighted { .. }
        | Fact::Judged { .. }
        | Fact::Proposed { .. }
        | Fact::Expired { .. }
        | Fact::Granted { .. }
        | Fact::Dispatched { .. }
        | Fact::Thread { .. }
        | Fact::Resolved { .. }
        | Fact::Closed { .. } => false,
    }
}

/// Whether an incident was busy since a moment: there is news, or people talk about it.
#[must_use]
pub fn is_busy(facts: &[(Moment, Fact)], remarks: &[Remark], since: Moment) -> bool {
    let news = facts.iter().any(|(at, fact)| *at > since && is_news(fact));
    let said = |one: &&Remark| one.at > since && one.text.is_some();
    news || remarks.iter().filter(said).count() >= TALK
}

/// The facts with their places in the journal.
fn numbered(facts: &[(Moment, Fact)]) -> impl Iterator<Item = (u64, Moment, &Fact)> {
    (1..).zip(facts).map(|(seq, (at, fact))| (seq, *at, fact))
}
