//! What an incident came down to, and what fixed it: what the next one with the same cause is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::roots;
use crate::report::Verdict;
use crate::{
    Code, Fact, HostName, IncidentId, Moment, Proposal, ProposalId, RunbookId, Span, Subject,
};

/// A finding above info that no other explains, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// In which incident.
    pub incident: IncidentId,
    /// On which host.
    pub host: HostName,
    /// What it is.
    pub code: Code,
    /// What on the host it is about.
    pub subject: Subject,
    /// What the finding said, in English.
    pub title: String,
    /// When the incident was opened.
    pub opened_at: Moment,
    /// What fixed it; none where no fix of ours was verified, or it was undone, and nobody said that it was over.
    pub fixed: Option<Fixed>,
}

/// A fix that was verified, or what a person said who resolved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// Of which runbook; none where a person said that it was over.
    pub runbook: Option<RunbookId>,
    /// What it was called, in English; how it was resolved, in that person's words, which may be none.
    pub title: String,
    /// When it was seen to have helped, or said to be over.
    pub at: Moment,
}

impl Cause {
    /// How long it took from the first look to that.
    #[must_use]
    pub fn took(&self) -> Option<Span> {
        let fixed = self.fixed.as_ref()?;
        Some(fixed.at.since(self.opened_at))
    }
}

/// Looks at one thing within this time are looks at one failure.
const EPISODE: Span = Span::minutes(6 * 60);

/// One of several looks at the same failure: a host that was looked at three times in a night before it was fixed had one
/// failure, not three. What was fixed stays, and of what was not the last look. The order is kept.
#[must_use]
pub fn episodes(causes: Vec<Cause>) -> Vec<Cause> {
    let gone_on = |one: &Cause| {
        causes.iter().any(|other| {
            other.incident != one.incident
                && (&other.host, &other.code, &other.subject)
                    == (&one.host, &one.code, &one.subject)
                && (one.opened_at, &one.incident) < (other.opened_at, &other.incident)
                && other.opened_at.since(one.opened_at) <= EPISODE
        })
    };
    let over: Vec<bool> = causes
        .iter()
        .map(|one| one.fixed.is_none() && gone_on(one))
        .collect();
    let kept = causes.into_iter().zip(over).filter(|(_, over)| !over);
    kept.map(|(cause, _)| cause).collect()
}

/// The causes of an incident, told fact by fact.
#[derive(Debug)]
pub struct Causes {
    incident: IncidentId,
    opened_at: Moment,
    /// The roots of the latest report of each host.
    roots: BTreeMap<HostName, Vec<(Code, Subject, String)>>,
    proposals: BTreeMap<ProposalId, Proposal>,
    fixed: BTreeMap<ProposalId, Moment>,
    /// When a person said that it was over, and how.
    resolved: Option<(Moment, String)>,
}

impl Causes {
    /// Nothing was told yet.
    #[must_use]
    pub fn new(incident: IncidentId) -> Self {
        Self {
            incident,
            opened_at: Moment(0),
            roots: BTreeMap::new(),
            proposals: BTreeMap::new(),
            fixed: BTreeMap::new(),
            resolved: None,
        }
    }

    /// Remembers what a fact says of causes.
    pub fn hear(&mut self, fact: &Fact, at: Moment) {
        match fact {
            Fact::Opened { .. } => self.opened_at = at,
            Fact::Judged { report } => {
                let roots = roots(&report.findings).map(|finding| {
                    let (code, subject) = (finding.code.clone(), finding.subject.clone());
                    (code, subject, finding.title.clone())
                });
                if self
                    .roots
                    .insert(report.host.clone(), roots.collect())
                    .is_some()
                {
                    self.resolved = None;
                }
            }
            Fact::Proposed { proposal } => {
                self.proposals
                    .insert(proposal.id.clone(), (**proposal).clone());
            }
            Fact::Verified {
                proposal, verdict, ..
            } if *verdict == Verdict::Verified => {
                let undone = self.proposals.get(proposal).map(|one| one.undoes.clone());
                match undone {
                    Some(Some(undone)) => {
                        self.fixed.remove(&undone);
                    }
                    Some(None) => {
                        self.fixed.insert(proposal.clone(), at);
                    }
                    None => {}
                }
            }
            Fact::Resolved { reason, .. } => self.resolved = Some((at, reason.clone())),
            // Somebody is at it again.
            Fact::Granted { .. } => self.resolved = None,
            Fact::Verified { .. }
            | Fact::Examined { .. }
            | Fact::Picked { .. }
            | Fact::Worded { .. }
            | Fact::Highlighted { .. }
            | Fact::Acknowledged { .. }
            | Fact::Approved { .. }
            | Fact::Rejected { .. }
            | Fact::Expired { .. }
            | Fact::Voided { .. }
            | Fact::Dispatched { .. }
            | Fact::Executed { .. }
            | Fact::Thread { .. }
            | Fact::Closed { .. } => {}
        }
    }

    /// What it comes to so far, each cause once.
    #[must_use]
    pub fn told(&self) -> Vec<Cause> {
        let mut seen = BTreeSet::new();
        let mut told = Vec::new();
        for (host, roots) in &self.roots {
            for (code, subject, title) in roots {
                if !seen.insert((host, code, subject)) {
                    continue;
                }
                told.push(Cause {
                    incident: self.incident.clone(),
                    host: host.clone(),
                    code: code.clone(),
                    subject: subject.clone(),
                    title: title.clone(),
                    opened_at: self.opened_at,
                    fixed: self.fix_of(host, code, subject).or_else(|| self.by_hand()),
                });
            }
        }
        told
    }

    /// What a person said who resolved it.
    fn by_hand(&self) -> Option<Fixed> {
        let (at, reason) = self.resolved.as_ref()?;
        Some(Fixed {
            runbook: None,
            title: reason.clone(),
            at: *at,
        })
    }

    /// The fix that was seen to help against this first.
    fn fix_of(&self, host: &HostName, code: &Code, subject: &Subject) -> Option<Fixed> {
        let helped = self.fixed.iter().filter_map(|(id, at)| {
            let one = self.proposals.get(id)?;
            let same =
                one.host == *host && one.answers_code == *code && one.answers_subject == *subject;
            same.then(|| Fixed {
                runbook: Some(one.runbook.clone()),
                title: one.title.clone(),
                at: *at,
            })
        });
        helped.min_by_key(|fixed| fixed.at)
    }
}

#[cfg(test)]
mod tests;
