//! What a diagnosis knows beside what it found: what was seen before, and pages that may fit where none answers exactly.
//!
//! Nothing is ever done because of a hint. A page that words alone have found is something to read.

use std::collections::BTreeSet;

use chat::Locale;
use incident::notice::{Hints, MayFit};
use incident::report::HostReport;
use incident::{Finding, FindingId, HostName, HostStatus, IncidentId, Moment, RunbookId, Severity};
use runbook::{Pattern, Runbook};
use serde_json::{Value, json};

use crate::cards;
use crate::knowledge::Knowledge;
use crate::past::{self, Before};
use crate::world::World;

/// How many incidents of before a diagnosis tells of, however many causes it found.
const MOST_BEFORE: usize = 6;
/// How many pages that may fit it names.
const MOST_PAGES: usize = 3;

/// Everything of that, in no language yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gathered {
    before: Vec<Before>,
    may_fit: Vec<(RunbookId, Option<FindingId>)>,
    /// Whether a host was looked at, and whether anything is wrong with one, or a service of it says so.
    looked: bool,
    bad: bool,
}

impl Gathered {
    /// What there is to know of one host's findings. `incident` is theirs, and when it was opened.
    pub(crate) async fn of(
        world: &World,
        incident: (&IncidentId, Moment),
        findings: &[Finding],
    ) -> Self {
        let mut gathered = Self {
            before: past::before(&world.store, incident, findings).await,
            ..Self::default()
        };
        let knowledge = world.shelf.knowledge();
        for finding in incident::finding::roots(findings) {
            let exact = knowledge.library.matches(finding, findings);
            if exact.found.is_empty() {
                let page = nearest(world, &words(finding)).await;
                let finding = Some(finding.id.clone());
                gathered.may_fit.extend(page.map(|page| (page, finding)));
            }
        }
        gathered
    }

    /// These incidents of before and nothing else.
    #[cfg(test)]
    pub(crate) fn with(before: Vec<Before>) -> Self {
        Self {
            before,
            ..Self::default()
        }
    }

    /// Takes what there is to know of one host.
    pub(crate) fn take(&mut self, report: &HostReport, of_host: Self) {
        let wrong = report
            .findings
            .iter()
            .any(|one| one.severity > Severity::Info || one.is_complaint());
        self.bad |= wrong;
        self.looked |= match report.status {
            HostStatus::Healthy | HostStatus::Degraded | HostStatus::Critical => true,
            HostStatus::Unknown | HostStatus::Unreachable => false,
        };
        let mut told: BTreeSet<_> = self.before.iter().map(key).collect();
        let more = of_host
            .before
            .into_iter()
            .filter(|one| told.insert(key(one)));
        self.before.extend(more);
        let mut named: BTreeSet<_> = self.may_fit.iter().map(|(page, _)| page.clone()).collect();
        let more = of_host
            .may_fit
            .into_iter()
            .filter(|(page, _)| named.insert(page.clone()));
        self.may_fit.extend(more);
        self.before.truncate(MOST_BEFORE);
        self.may_fit.truncate(MOST_PAGES);
    }

    /// Where nothing is wrong with any host that was looked at, a page of the site's own may still know what the person said is
    /// wrong. What the program itself looks for, it did not find: a page about that would contradict it.
    pub(crate) async fn finish(&mut self, world: &World, symptom: &str) {
        if self.looked && !self.bad && !symptom.is_empty() {
            let knowledge = world.shelf.knowledge();
            let own = fitting(world, symptom).await.into_iter().find(|id| {
                knowledge
                    .library
                    .get(id)
                    .is_some_and(|page| !answers_what_is_looked_for(page))
            });
            self.may_fit.extend(own.map(|page| (page, None)));
        }
    }

    /// Forgets what was seen on hosts of which this is not true.
    pub(crate) fn only_on(&mut self, may_be_told: impl Fn(&HostName) -> bool) {
        self.before.retain(|one| may_be_told(&one.cause.host));
    }

    /// As a notice has it.
    pub(crate) fn told(&self, knowledge: &Knowledge, locale: Locale) -> Hints {
        let before = self.before.iter();
        let may_fit = self.may_fit.iter().filter_map(|(id, finding)| {
            let page = knowledge.library.get(id)?;
            Some(MayFit {
                runbook: id.clone(),
                title: cards::titled(&page.title, locale).to_owned(),
                finding: finding.clone(),
            })
        });
        Hints {
            seen_before: before.map(|one| one.told(knowledge, locale)).collect(),
            may_fit: may_fit.collect(),
        }
    }

    /// As JSON has it: what was seen before, and what may fit.
    pub(crate) fn json(&self, knowledge: &Knowledge) -> (Value, Value) {
        let before: Vec<Value> = self.before.iter().map(Before::json).collect();
        let may_fit = self.told(knowledge, Locale::English).may_fit;
        let may_fit = may_fit.into_iter().map(
            |page| json!({ "runbook": page.runbook, "title": page.title, "finding": page.finding }),
        );
        (json!(before), may_fit.collect())
    }
}

fn key(one: &Before) -> (IncidentId, HostName) {
    (one.cause.incident.clone(), one.cause.host.clone())
}

/// What to look for where a finding has no page of its own: what it says, and what its code means.
fn words(finding: &Finding) -> String {
    let meaning = probes::catalogue::explain(finding.code.as_str());
    format!(
        "{} {}",
        finding.title,
        meaning.map_or("", |entry| entry.title)
    )
}

/// Whether the program looks for what a page answers, on every host.
fn answers_what_is_looked_for(page: &Runbook) -> bool {
    page.matching.findings.iter().any(|pattern| match pattern {
        Pattern::Code(code) => probes::catalogue::explain(code.as_str()).is_some(),
        Pattern::Area(_) => true,
    })
}

/// The page that fits these words best; none where none fits.
async fn nearest(world: &World, words: &str) -> Option<RunbookId> {
    fitting(world, words).await.into_iter().next()
}

/// The few pages that fit these words, the closest first; none where none fits.
async fn fitting(world: &World, words: &str) -> Vec<RunbookId> {
    let knowledge = world.shelf.knowledge();
    match world.search.pages_by_words(&knowledge, words).await {
        Ok(found) => found
            .into_iter()
            .take(MOST_PAGES)
            .filter_map(|one| RunbookId::new(one.id).ok())
            .collect(),
        Err(error) => {
            tracing::warn!(%error, "no runbook can be looked for");
            Vec::new()
        }
    }
}
