//! Something said to people, before layout: the meaning goes to the chat room, each platform lays it out.

use crate::remediation::Outcome;
use crate::report::HostReport;
use crate::summary::Summary;
use crate::{HostName, IncidentId, Proposal, ResponderId, Span};

/// A proposal as a person is shown it.
#[derive(Debug, Clone, PartialEq)]
pub struct Card<'a> {
    /// What is offered.
    pub proposal: &'a Proposal,
    /// The title of the finding it answers.
    pub because: &'a str,
    /// Who may approve it, under the policy in force.
    pub approvers: &'a [ResponderId],
    /// How many of them must.
    pub needed: u32,
    /// Whether the person who is looking may.
    pub may_approve: bool,
    /// How long it can still be approved.
    pub left: Span,
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
        why: &'a str,
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
