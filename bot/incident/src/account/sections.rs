//! The statements of an account, section by section.

use std::collections::BTreeSet;

use super::{Remark, Source, Statement, What, numbered};
use crate::finding::roots;
use crate::remediation::{Incident, Moved, Outcome, Remediation, State, Why};
use crate::report::HostReport;
use crate::{Fact, Finding, HostName, HostStatus, Moment, ProposalId};

fn statement(seq: u64, at: Moment, what: What) -> Statement {
    Statement {
        at,
        source: Source::Fact(seq),
        what,
    }
}

/// What happened and what was said of it, in order.
pub(super) fn happened(facts: &[(Moment, Fact)], remarks: &[Remark]) -> Vec<Statement> {
    let facts = numbered(facts).filter_map(|(seq, at, fact)| {
        let what = match fact {
            Fact::Opened {
                by, hosts, symptom, ..
            } => What::Asked {
                by: by.clone(),
                hosts: hosts.clone(),
                symptom: symptom.clone(),
            },
            Fact::Judged { report } => What::Judged {
                host: report.host.clone(),
                status: report.status,
                first: roots(&report.findings).next().cloned().map(Box::new),
            },
            Fact::Examined { .. }
            | Fact::Picked { .. }
            | Fact::Worded { .. }
            | Fact::Highlighted { .. }
            | Fact::Proposed { .. }
            | Fact::Approved { .. }
            | Fact::Rejected { .. }
            | Fact::Expired { .. }
            | Fact::Voided { .. }
            | Fact::Granted { .. }
            | Fact::Dispatched { .. }
            | Fact::Executed { .. }
            | Fact::Verified { .. }
            | Fact::Thread { .. }
            | Fact::Acknowledged { .. }
            | Fact::Resolved { .. }
            | Fact::Closed { .. } => return None,
        };
        Some(statement(seq, at, what))
    });
    let said = remarks.iter().filter_map(|one| {
        Some(Statement {
            at: one.at,
            source: Source::Remark(one.message.clone()),
            what: What::Said {
                author: one.author.clone(),
                text: one.text.clone()?,
            },
        })
    });
    let mut all: Vec<Statement> = facts.chain(said).collect();
    all.sort_by_key(|one| one.at);
    all
}

/// Each fix and undo that was approved or ended, by the last fact about it.
pub(super) fn tried(incident: &Incident, facts: &[(Moment, Fact)]) -> Vec<Statement> {
    let was_tried = |one: &&Remediation| !matches!(one.state, State::Proposed { .. });
    let tried = incident.remediations.values().filter(was_tried);
    let mut all: Vec<Statement> = tried
        .filter_map(|one| last_about(&one.proposal.id, facts))
        .collect();
    all.sort_by_key(|one| one.at);
    all
}

fn last_about(proposal: &ProposalId, facts: &[(Moment, Fact)]) -> Option<Statement> {
    let about = numbered(facts).filter(|(_, _, fact)| fact.proposal() == Some(proposal));
    let (seq, at, _) = about.last()?;
    let proposal = proposal.clone();
    Some(statement(seq, at, What::Fix { proposal }))
}

/// The latest report of each host, with the fact that it stands in, in the order in which the hosts were named.
fn latest<'a>(
    incident: &'a Incident,
    facts: &'a [(Moment, Fact)],
) -> impl Iterator<Item = (u64, Moment, &'a HostReport)> {
    let names: BTreeSet<&HostName> = incident.hosts.iter().collect();
    let others = incident.reports.keys();
    let others = others.filter(move |host| !names.contains(host));
    incident
        .hosts
        .iter()
        .chain(others)
        .filter_map(|host| judged(host, facts))
}

fn judged<'a>(
    host: &HostName,
    facts: &'a [(Moment, Fact)],
) -> Option<(u64, Moment, &'a HostReport)> {
    let all = numbered(facts).filter_map(|(seq, at, fact)| {
        let Fact::Judged { report } = fact else {
            return None;
        };
        (report.host == *host).then_some((seq, at, report))
    });
    all.last()
}

/// What is known of each host now.
pub(super) fn known(incident: &Incident, facts: &[(Moment, Fact)]) -> Vec<Statement> {
    let mut all = Vec::new();
    for (seq, at, report) in latest(incident, facts) {
        let mut found = roots(&report.findings).peekable();
        if found.peek().is_none() {
            let what = What::Judged {
                host: report.host.clone(),
                status: report.status,
                first: None,
            };
            all.push(statement(seq, at, what));
        }
        all.extend(found.map(|finding| {
            let finding = Box::new(finding.clone());
            statement(seq, at, What::Found { finding })
        }));
        let gaps = report.could_not_check.iter().filter(|one| one.is_gap());
        let probes = gaps.count();
        if probes > 0 {
            let host = report.host.clone();
            all.push(statement(seq, at, What::Unchecked { host, probes }));
        }
    }
    all
}

/// Who decided what.
pub(super) fn decided(facts: &[(Moment, Fact)]) -> Vec<Statement> {
    let decisions = numbered(facts).filter_map(|(seq, at, fact)| {
        let what = match fact {
            Fact::Acknowledged { by, .. } => What::OnIt { by: by.clone() },
            Fact::Approved { proposal, approval } => What::Approved {
                by: approval.by.clone(),
                proposal: proposal.clone(),
            },
            Fact::Rejected {
                proposal,
                by,
                reason,
                ..
            } => What::Rejected {
                by: by.clone(),
                proposal: proposal.clone(),
                reason: reason.clone(),
            },
            Fact::Resolved { by, reason, .. } => What::Over {
                by: by.clone(),
                reason: reason.clone(),
            },
            Fact::Closed { by } => What::Over {
                by: by.clone(),
                reason: String::new(),
            },
            Fact::Opened { .. }
            | Fact::Examined { .. }
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
            | Fact::Thread { .. } => return None,
        };
        Some(statement(seq, at, what))
    });
    decisions.collect()
}

/// What nobody has dealt with: fixes that wait, run or ended in nobody knows what, hosts that were not looked at or could not be,
/// and what is wrong and was not repaired.
pub(super) fn open(incident: &Incident, facts: &[(Moment, Fact)]) -> Vec<Statement> {
    if incident.resolved.is_some() {
        return Vec::new();
    }
    let is_open = |one: &&Remediation| {
        let id = &one.proposal.id;
        match one.outcome() {
            None | Some(Outcome::Unknown) => true,
            Some(Outcome::Planned) => !incident.is_undone(id),
            Some(_) => false,
        }
    };
    let mut all: Vec<Statement> = incident
        .remediations
        .values()
        .filter(is_open)
        .filter_map(|one| last_about(&one.proposal.id, facts))
        .collect();
    let opened = numbered(facts).find(|(_, _, fact)| matches!(fact, Fact::Opened { .. }));
    if let Some((seq, at, _)) = opened {
        let unseen = incident.hosts.iter();
        let unseen = unseen.filter(|host| !incident.reports.contains_key(*host));
        all.extend(unseen.map(|host| statement(seq, at, What::Unseen { host: host.clone() })));
    }
    for (seq, at, report) in latest(incident, facts) {
        match report.status {
            HostStatus::Unreachable | HostStatus::Unknown => all.push(statement(
                seq,
                at,
                What::Judged {
                    host: report.host.clone(),
                    status: report.status,
                    first: None,
                },
            )),
            HostStatus::Healthy | HostStatus::Degraded | HostStatus::Critical => {}
        }
        let left = roots(&report.findings)
            .filter(|finding| !in_hand(incident, finding) && !repaired(incident, finding));
        all.extend(left.map(|finding| {
            let finding = Box::new(finding.clone());
            statement(seq, at, What::Found { finding })
        }));
    }
    all
}

/// Whether a fix of a finding waits or runs, and so is told of in its place.
fn in_hand(incident: &Incident, finding: &Finding) -> bool {
    incident.remediations.values().any(|one| {
        one.proposal.undoes.is_none()
            && one.proposal.host == finding.host
            && one.proposal.answers == finding.id
            && one.outcome().is_none()
    })
}

/// Whether a finding is gone: a fix of it was verified and stands, or it was not there any more when one was to run.
fn repaired(incident: &Incident, finding: &Finding) -> bool {
    let mut fixes = incident.remediations.values().filter(|one| {
        one.proposal.undoes.is_none()
            && one.proposal.host == finding.host
            && one.proposal.answers_code == finding.code
            && one.proposal.answers_subject == finding.subject
    });
    fixes.any(|one| match &one.state {
        State::Ended {
            outcome: Outcome::Verified,
            ..
        } => !incident.is_undone(&one.proposal.id),
        State::Ended {
            why: Why::Moved(Moved::Gone { .. }),
            ..
        } => true,
        State::Ended { .. }
        | State::Proposed { .. }
        | State::Granted { .. }
        | State::Dispatched { .. }
        | State::Executed { .. } => false,
    })
}
