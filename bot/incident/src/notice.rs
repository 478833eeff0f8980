//! Something said to people, before layout: the meaning goes to the chat room, each platform lays it out.

use crate::account::{Account, Aids, Occasion};
use crate::people::Candidate;
use crate::remediation::{Outcome, Why};
use crate::report::HostReport;
use crate::scan::Telling;
use crate::summary::Summary;
use crate::{
    FindingId, HostName, HostStatus, IncidentId, Proposal, ResponderId, RunbookId, Span, Status,
    Step, Vitals,
};

/// A proposal as a person is shown it.
#[derive(Debug, Clone, PartialEq)]
pub struct Card<'a> {
    /// What is offered.
    pub proposal: &'a Proposal,
    /// What it is called, in the reader's language.
    pub title: &'a str,
    /// What the finding says that it answers, in the reader's language.
    pub because: &'a str,
    /// Who may approve it, under the policy in force; empty means nobody.
    pub approvers: &'a [Candidate],
    /// How many of them must.
    pub needed: u32,
    /// Whether the person who is looking may.
    pub may_approve: bool,
    /// How long it can still be approved.
    pub left: Span,
}

/// Where an offered fix stands, as its card shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing<'a> {
    /// It waits for yeses.
    Open,
    /// It was approved and is being carried out.
    UnderWay {
        /// What is being done now.
        now: Stage,
    },
    /// It is over.
    Ended {
        /// How.
        outcome: Outcome,
        /// Why.
        why: &'a Why,
        /// The end of its output where it failed; redacted.
        output: &'a str,
        /// Whether it can be undone.
        can_undo: bool,
    },
}

/// How far an approved fix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The host is looked at once more before anything is changed.
    Checking,
    /// The steps run.
    Running,
    /// The host is looked at to see whether it helped.
    Verifying,
}

/// Why a fix that fits is not offered.
#[derive(Debug, Clone, PartialEq)]
pub enum WhyNot {
    /// A step would have to show a secret.
    Secret {
        /// The page that says how it is done by hand.
        runbook: RunbookId,
    },
    /// It did not help so often in the last day.
    FailedBefore {
        /// How often.
        times: usize,
        /// The page that says how it is done by hand.
        runbook: RunbookId,
    },
    /// There is no way to become root.
    NoRoot {
        /// Who is logged in.
        login: String,
        /// Where.
        host: HostName,
        /// What would help.
        cure: RootCure,
    },
    /// The host would refuse a step.
    Step {
        /// Which.
        step: Box<Step>,
        /// Why, in the host's words.
        why: String,
    },
    /// All of it is done already.
    Done,
    /// The host could not be asked; why, in the words of whoever asked it.
    Unasked(String),
    /// The diagnosis is not recorded, so nothing is offered; why.
    Unrecorded(String),
    /// What somebody asked to see closer is not there.
    NothingMeant {
        /// What they called it.
        of: String,
    },
    /// The search for a fix ended by itself.
    Defect,
}

/// What gives a login the rights of root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootCure {
    /// To allow it `sudo -n`, or to enrol the host.
    SudoOrEnrol,
    /// To install the helpers anew, which do not answer.
    Enrol,
    /// To change the settings, which say that it is to have none.
    Settings,
}

/// What is known beside what was found. It may help a person; nothing is done because of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Incidents of before with the same cause: about the same thing first, then the newest.
    pub seen_before: Vec<SeenBefore>,
    /// Runbooks that were found by their words, where none answers exactly.
    pub may_fit: Vec<MayFit>,
}

/// An incident of before, and what fixed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBefore {
    /// Which finding of now has the same cause; none where somebody looked it up.
    pub finding: Option<FindingId>,
    /// What it was, where somebody looked it up.
    pub title: Option<String>,
    /// Which incident.
    pub incident: IncidentId,
    /// On which host.
    pub host: HostName,
    /// The day on which it was opened, as people write it.
    pub on: String,
    /// What fixed it; none where no fix is recorded.
    pub fixed: Option<FixedBy>,
}

/// What fixed an incident of before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedBy {
    /// Of which runbook; none where a person said that it was over.
    pub runbook: Option<RunbookId>,
    /// What it is called, in the reader's language; how it was resolved, in that person's words, which may be none.
    pub title: String,
    /// How long it took from the first look to the verified fix.
    pub took: Span,
}

/// A runbook that was found by its words alone: something to read, never to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MayFit {
    /// Which.
    pub runbook: RunbookId,
    /// What it is called, in the reader's language.
    pub title: String,
    /// The finding that has no other; none where it was looked for by what the person said is wrong.
    pub finding: Option<FindingId>,
}

/// Something said to people.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice<'a> {
    /// A wave of probes is under way on a host.
    Looking {
        /// The host.
        host: &'a HostName,
        /// The wave, from 1.
        wave: u32,
        /// How many questions.
        probes: usize,
    },
    /// An incident was opened; its hosts are being looked at.
    Opened {
        /// The incident.
        incident: &'a IncidentId,
        /// Who asked.
        by: &'a ResponderId,
        /// About which hosts.
        hosts: &'a [HostName],
        /// What the person said is wrong; may be empty.
        symptom: &'a str,
        /// What is being done now, host by host; may be empty.
        doing: &'a [String],
    },
    /// What stands above an incident's thread once it was looked at: what somebody sees who does not open it.
    Headline {
        /// The incident.
        incident: &'a IncidentId,
        /// Who asked.
        by: &'a ResponderId,
        /// The worst status of its hosts.
        status: HostStatus,
        /// The account.
        summary: &'a Summary,
        /// What is offered.
        cards: &'a [Card<'a>],
        /// Runbooks that fit and have nothing to run: id, title, the finding they are for.
        pages: &'a [(String, String, String)],
        /// How far the incident is.
        stage: Status,
        /// What is known beside.
        hints: &'a Hints,
    },
    /// An offered fix, and where it stands.
    Offer {
        /// What.
        card: &'a Card<'a>,
        /// Who said yes so far.
        given: &'a [ResponderId],
        /// Where it stands.
        standing: Standing<'a>,
    },
    /// Nobody has decided on an offered fix, and it expires soon: whoever may approve it is called, once.
    Called {
        /// What waits.
        card: &'a Card<'a>,
        /// Whom to call, by the names that the platform has for them.
        names: &'a [String],
    },
    /// An answer in words.
    Answer {
        /// The words, a line or more.
        text: &'a str,
    },
    /// What a diagnosis came to.
    Diagnosed {
        /// The incident.
        incident: &'a IncidentId,
        /// The account.
        summary: &'a Summary,
        /// Host by host.
        reports: &'a [HostReport],
        /// What is offered.
        cards: &'a [Card<'a>],
        /// Runbooks that fit and have nothing to run: id, title, the finding they are for.
        pages: &'a [(String, String, String)],
        /// Fixes that are not offered, and why.
        withheld: &'a [String],
        /// What is known beside.
        hints: &'a Hints,
    },
    /// What people would rather look at than read: how hard hosts are pressed against their limits, and which finding explains
    /// which.
    Pictured {
        /// The incident.
        incident: &'a IncidentId,
        /// Hosts that are not well, and how hard each is pressed.
        vitals: &'a [(HostName, Vitals)],
        /// What was found, host by host.
        reports: &'a [HostReport],
    },
    /// What a model said after everything else, and what was found because it asked for more.
    Worded {
        /// The account with its words.
        summary: &'a Summary,
        /// Findings that were not there before, by host; may be empty.
        later: &'a [HostReport],
        /// What is offered for them.
        cards: &'a [Card<'a>],
    },
    /// What is known of an incident so far.
    Account {
        /// It.
        account: &'a Account,
        /// What helps to read it.
        aids: &'a Aids,
        /// Why it is told.
        occasion: Occasion,
        /// All that happened, line by line, for whoever wants more than a message holds; empty where that is elsewhere.
        whole: &'a str,
    },
    /// What a scan came to.
    Scanned {
        /// It.
        telling: &'a Telling<'a>,
        /// What the whole report is called as a file.
        file: &'a str,
        /// The whole report, a page of its own; empty where it is told whole.
        page: &'a str,
    },
    /// Somebody said that they are on it.
    OnIt {
        /// The incident.
        incident: &'a IncidentId,
        /// Who.
        by: &'a ResponderId,
    },
    /// The draft of an incident's postmortem.
    Postmortem {
        /// The incident.
        incident: &'a IncidentId,
        /// What its file is called.
        file: &'a str,
        /// It, in Markdown.
        text: &'a str,
    },
    /// A fix was picked and waits for a second yes.
    Chosen {
        /// What.
        proposal: &'a Proposal,
    },
    /// An approved fix is being carried out.
    Running {
        /// What.
        proposal: &'a Proposal,
    },
    /// A fix is over.
    Ended {
        /// What.
        proposal: &'a Proposal,
        /// How.
        outcome: Outcome,
        /// Why.
        why: &'a Why,
        /// The end of its output where it failed; redacted.
        output: &'a str,
        /// Whether it can be undone.
        can_undo: bool,
    },
    /// A click or command was refused.
    Refused {
        /// Why, and what to do instead.
        why: &'a str,
    },
}
