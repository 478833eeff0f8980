//! What an incident's thread ought to say, part by part.

use std::collections::BTreeMap;

use chat::Locale;
use chat::front::{Content, Front};
use incident::notice::{Notice, Stage, Standing};
use incident::remediation::{Incident, Remediation, State};
use incident::report::HostReport;
use incident::{FindingId, HostName, HostStatus, ProposalId};

use super::Serve;
use crate::{account, cards, clock, perform};

/// A part of a thread.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) content: Content,
    /// Whether it only shows how far things are.
    pub(super) progress: bool,
    /// Whether it is posted anew where it changes: a file cannot be edited.
    pub(super) anew: bool,
}

impl Part {
    /// One that says something, and is edited where that changes.
    pub(super) fn new(name: impl Into<String>, content: Content) -> Self {
        Self {
            name: name.into(),
            content,
            progress: false,
            anew: false,
        }
    }
}

/// A message that stands there, and the hash of what it shows.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) message: String,
    pub(super) hash: String,
}

impl Serve {
    /// What the thread ought to say, in order.
    pub(super) fn parts(
        &self,
        front: &Front,
        incident: &Incident,
        posts: &BTreeMap<String, Shown>,
        calls: &BTreeMap<ProposalId, Vec<String>>,
    ) -> Vec<Part> {
        let Some(by) = &incident.by else {
            return Vec::new();
        };
        let place = incident.place.as_deref().unwrap_or("");
        let locale = self.languages.of_place(place);
        let (doing, extras, looking) = self
            .notes
            .lock()
            .map(|notes| {
                (
                    notes.doing.get(&incident.id).cloned().unwrap_or_default(),
                    notes.extras.get(&incident.id).cloned(),
                    notes.looking.contains(&incident.id),
                )
            })
            .unwrap_or_default();
        let reports: Vec<HostReport> = incident
            .hosts
            .iter()
            .filter_map(|host| incident.reports.get(host).cloned())
            .collect();
        let told = !looking && reports.len() == incident.hosts.len();
        if !told {
            let notice = Notice::Opened {
                incident: &incident.id,
                by,
                hosts: &incident.hosts,
                symptom: &incident.symptom,
                doing: &doing,
            };
            return vec![Part {
                progress: true,
                ..Part::new("root", front.content(&notice, locale))
            }];
        }
        let now = clock::now();
        let proposals = incident.remediations.values().map(|one| &one.proposal);
        let views = cards::views(&self.world, incident, proposals, now, locale);
        let cards: Vec<_> = views.iter().map(cards::View::card).collect();
        let offered: Vec<_> = cards
            .iter()
            .filter(|card| card.proposal.undoes.is_none())
            .cloned()
            .collect();
        let summary = crate::clerk::summary(&self.world, incident, &reports, locale);
        let known = extras.is_some();
        let extras = extras.unwrap_or_default();
        let pages: Vec<_> = extras.pages.iter().map(|page| page.told(locale)).collect();
        let hints = extras.hints.told(&self.world.shelf.knowledge(), locale);
        let withheld: Vec<_> = extras.withheld.iter().map(|one| one.told(locale)).collect();
        let status = reports
            .iter()
            .map(|report| report.status)
            .max_by_key(|status| status.urgency())
            .unwrap_or(HostStatus::Unknown);
        let mut parts = Vec::new();
        let mut add = |name: &str, notice: &Notice<'_>| {
            parts.push(Part::new(name, front.content(notice, locale)));
        };
        let found = posts.contains_key("found");
        // After a restart nobody knows any more which pages fitted and had nothing to run; those that fit now stand for them.
        let fitting = if known || !found {
            pages.clone()
        } else {
            self.fitting(incident, &reports, locale)
        };
        add(
            "root",
            &Notice::Headline {
                incident: &incident.id,
                by,
                status,
                summary: &summary,
                cards: &offered,
                pages: &fitting,
                stage: incident.status(),
                hints: &hints,
            },
        );
        if !found {
            add(
                "found",
                &Notice::Diagnosed {
                    incident: &incident.id,
                    summary: &summary,
                    reports: &reports,
                    cards: &offered,
                    pages: &pages,
                    withheld: &withheld,
                    hints: &hints,
                },
            );
        }
        let later = crate::clerk::later(incident);
        if !later.is_empty() {
            add(
                "later",
                &Notice::Worded {
                    summary: &summary,
                    later: &later,
                    cards: &[],
                },
            );
        }
        for card in &cards {
            let id = &card.proposal.id;
            let Some(one) = incident.remediations.get(id) else {
                continue;
            };
            let notice = Notice::Offer {
                card,
                given: &one.given,
                standing: standing(incident, one),
            };
            add(&fix(id), &notice);
            if let Some(names) = calls.get(id) {
                add(&called(id), &Notice::Called { card, names });
            }
        }
        // Last, since nobody waits for them to decide.
        let unwell = |host: &HostName| {
            let report = incident.reports.get(host);
            report.is_some_and(|report| report.status != HostStatus::Healthy)
        };
        let vitals: Vec<_> = extras
            .vitals
            .into_iter()
            .filter(|(host, _)| unwell(host))
            .collect();
        if !posts.contains_key("pictures") && !vitals.is_empty() {
            add(
                "pictures",
                &Notice::Pictured {
                    incident: &incident.id,
                    vitals: &vitals,
                    reports: &reports,
                },
            );
        }
        parts
    }
}

impl Serve {
    /// The pages that fit causes for which nothing was offered: id, title, the finding.
    fn fitting(
        &self,
        incident: &Incident,
        reports: &[HostReport],
        locale: Locale,
    ) -> Vec<(String, String, String)> {
        let pages = account::pages(&self.world, reports.iter(), locale);
        let offered = |finding: &FindingId| {
            let mut all = incident.remediations.values();
            all.any(|one| one.proposal.answers == *finding)
        };
        let pages = pages.into_iter().filter(|(finding, _)| !offered(finding));
        pages
            .map(|(finding, page)| {
                let (id, title) = (page.runbook.to_string(), page.title);
                (id, title, finding.to_string())
            })
            .collect()
    }
}

/// What the message is called that offers a fix.
pub(super) fn fix(id: &ProposalId) -> String {
    format!("fix {id}")
}

/// What the message is called by which people are called for a proposal.
pub(super) fn called(id: &ProposalId) -> String {
    format!("call {id}")
}

fn standing<'a>(incident: &Incident, one: &'a Remediation) -> Standing<'a> {
    match &one.state {
        State::Proposed { .. } => Standing::Open,
        State::Granted { .. } => Standing::UnderWay {
            now: Stage::Checking,
        },
        State::Dispatched { .. } => Standing::UnderWay {
            now: Stage::Running,
        },
        State::Executed { .. } => Standing::UnderWay {
            now: Stage::Verifying,
        },
        State::Ended { outcome, why, .. } => Standing::Ended {
            outcome: *outcome,
            why,
            output: &one.output,
            can_undo: perform::can_undo(incident, &one.proposal.id)
                && !incident
                    .remediations
                    .values()
                    .any(|other| other.proposal.undoes.as_ref() == Some(&one.proposal.id)),
        },
    }
}
