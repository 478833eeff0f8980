//! A model is asked after everything else was said, and beside it: what it chooses and words is recorded and shown as an edit.
//!
//! Whatever it answers, or whether it answers at all, changes no finding, no proposal and no verdict.

mod highlights;
mod more;
mod offered;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use chat::Locale;
use incident::remediation::Incident;
use incident::report::HostReport;
use incident::wording::{Model, Wording};
use incident::{EvidenceId, Fact, Finding, FindingId, HostStatus, IncidentId, Spent};
use llm::clerk::{Answer, Failure};
use llm::{Question, Trouble};
use serde_json::Value;

use crate::journal::{self, JournalError};
use crate::look::{Numbered, Seen};
use crate::settings::models::Models;
use crate::world::World;
pub(crate) use highlights::highlight;
use offered::Offered;

/// The word for an endpoint that cannot be asked since its settings or its key are wrong.
const SETTINGS: &str = "settings";
/// Of how many hosts more may be asked in one diagnosis: what was seen of each is kept until then.
const MOST_HOSTS: usize = 5;

/// What failed: the endpoint, and a word for why.
type Failed = (String, String);

/// Whoever asks models, made when somebody is asked for the first time: most commands never do.
#[derive(Debug, Default)]
pub(crate) struct Clerk {
    /// With all its endpoints; one that lacks some is made again each time, as a key may be there by then.
    made: OnceLock<Arc<llm::Clerk>>,
    /// Incidents of whose account it is asked what matters most, this moment: of each once at a time.
    highlighting: Mutex<BTreeSet<IncidentId>>,
}

impl Clerk {
    /// The clerk, and the endpoints that it lacks since their settings or keys are wrong, with the word for that; none where the
    /// settings name no model.
    fn of(&self, models: &Models) -> Option<(Arc<llm::Clerk>, Vec<Failed>)> {
        if models.endpoints.is_empty() {
            return None;
        }
        if let Some(made) = self.made.get() {
            return Some((Arc::clone(made), Vec::new()));
        }
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let lack = |name: &str| (name.to_owned(), SETTINGS.to_owned());
        let (mut endpoints, mut lacking) = (Vec::new(), Vec::new());
        for one in &models.endpoints {
            match one.endpoint() {
                Ok(endpoint) => endpoints.push(endpoint),
                Err(why) => {
                    tracing::warn!(model.endpoint = one.name, why, "a model cannot be asked");
                    lacking.push(lack(&one.name));
                }
            }
        }
        let clerk = match llm::Clerk::new(endpoints) {
            Ok(clerk) => Arc::new(clerk),
            Err(error) => {
                tracing::warn!(why = crate::sentence::of(&error), "no model can be asked");
                let all = models.endpoints.iter().map(|one| lack(&one.name));
                return Some((Arc::new(llm::Clerk::none()), all.collect()));
            }
        };
        if lacking.is_empty() {
            return Some((Arc::clone(self.made.get_or_init(|| clerk)), lacking));
        }
        Some((clerk, lacking))
    }
}

/// What was seen of a host of which more may be asked.
#[derive(Debug)]
pub(crate) struct Kept {
    seen: Seen,
    /// Which evidence each question has.
    ids: BTreeMap<String, EvidenceId>,
}

impl Kept {
    pub(crate) fn new(seen: Seen, numbered: &Numbered) -> Self {
        Self {
            seen,
            ids: numbered.ids.clone(),
        }
    }
}

/// Whether what was seen of a host is to be kept, since a model may want to know more.
pub(crate) fn may_ask_more(world: &World, kept: &[Kept], numbered: &Numbered) -> bool {
    let models = &world.settings.models;
    let unwell = matches!(
        numbered.report.status,
        HostStatus::Degraded | HostStatus::Critical
    );
    !models.endpoints.is_empty() && models.rounds > 0 && unwell && kept.len() < MOST_HOSTS
}

/// What is known of an incident, with what a model said of it.
pub(crate) fn summary(
    world: &World,
    incident: &Incident,
    reports: &[HostReport],
    locale: Locale,
) -> incident::summary::Summary {
    let currency = &world.settings.models.currency;
    match &incident.wording {
        Some(wording) => locale.worded(reports, wording, incident.spent, currency),
        None => locale.summary(reports),
    }
}

/// What was found after its host was judged first, host by host.
pub(crate) fn later(incident: &Incident) -> Vec<HostReport> {
    let is_later = |one: &Finding| incident.later.contains(&one.id);
    let reports = incident.reports.values();
    reports
        .filter(|report| report.findings.iter().any(is_later))
        .map(|report| {
            let mut report = report.clone();
            report.findings.retain(is_later);
            report.could_not_check.clear();
            report
        })
        .collect()
}

/// Asks a model about an incident that was looked into, lets it ask for more where it may, and records what came of it. False
/// where nobody was asked.
pub(crate) async fn word(
    world: &Arc<World>,
    id: &IncidentId,
    mut kept: Vec<Kept>,
    locale: Locale,
) -> Result<bool, JournalError> {
    let models = &world.settings.models;
    let Some((clerk, lacking)) = world.clerk.of(models) else {
        return Ok(false);
    };
    let mut failures = lacking;
    let mut last = Wording::default();
    let mut asked_before = BTreeSet::new();
    for round in 1..=models.rounds + 1 {
        let incident = journal::load(&world.store, id).await?;
        let more = if round <= models.rounds { &*kept } else { &[] };
        let offered = Offered::new(world, &incident, more, &asked_before, locale).await;
        let Some(offered) = offered else {
            // What was asked for may have shown that nothing is wrong.
            return Ok(round > 1);
        };
        let question = offered.offer.question();
        let read = |answer| offered.offer.read(answer);
        let asked = ask(world, &clerk, &incident, &question, read).await;
        failures.extend(asked.failures);
        let Some((model, choices)) = asked.answer else {
            // What it had chosen before still holds.
            return record(world, id, Wording { failures, ..last }, asked.spent).await;
        };
        last = offered.wording(&choices, &model, locale);
        for (rule, count) in &last.dropped {
            world.metrics.sentences_dropped(rule, *count);
        }
        let picked = offered.picked(&choices.probes);
        if picked.is_empty() {
            return record(world, id, Wording { failures, ..last }, asked.spent).await;
        }
        asked_before.extend(picked.iter().map(|(host, run)| (*host, run.key())));
        let fact = Fact::Picked {
            model,
            round,
            probes: more::named(&picked, &kept, &world.redactor),
            spent: asked.spent,
        };
        journal::add(&world.store, id, &[], |_incident| vec![fact.clone()]).await?;
        match more::ask(world, id, &mut kept, picked).await {
            Ok(false) => {}
            // What it said holds of what was known then.
            Ok(true) => {
                last.claims.clear();
                last.causes.clear();
            }
            Err(error) => {
                tracing::warn!(%error, incident.id = %id, "what a model wanted to know is not recorded");
                return record(world, id, Wording { failures, ..last }, Spent::default()).await;
            }
        }
    }
    Ok(true)
}

/// What came of a question to whoever can be asked.
struct Asked<T> {
    /// Who answered, and what.
    answer: Option<(Model, T)>,
    /// What failed before it, in order.
    failures: Vec<Failed>,
    spent: Spent,
}

/// Asks a question about an incident within what it may still cost, and counts what came of it.
async fn ask<T>(
    world: &World,
    clerk: &llm::Clerk,
    incident: &Incident,
    question: &Question,
    read: impl Fn(Value) -> Result<T, Trouble>,
) -> Asked<T> {
    let began = Instant::now();
    let budget = (&world.settings.models.budget, incident.spent);
    let asked = clerk.ask(question, budget, read).await;
    let by = asked.answer.as_ref().map(|answer| answer.endpoint.as_str());
    world
        .metrics
        .model_asked(by, &asked.failures, asked.spent, began.elapsed());
    let failed = asked.failures.into_iter();
    let failed = failed.map(|Failure { endpoint, trouble }| {
        tracing::info!(model.endpoint = endpoint, incident.id = %incident.id, %trouble, "a model gave no answer that can be used");
        (endpoint, trouble.word().to_owned())
    });
    let answered = |answer: Answer<T>| {
        let model = Model {
            endpoint: answer.endpoint,
            model: answer.model,
        };
        (model, answer.says)
    };
    Asked {
        failures: failed.collect(),
        answer: asked.answer.map(answered),
        spent: asked.spent,
    }
}

/// Records what a model said. What it said of findings that are gone by then is left out.
async fn record(
    world: &World,
    id: &IncidentId,
    wording: Wording,
    spent: Spent,
) -> Result<bool, JournalError> {
    let make = |incident: &Incident| {
        let there: BTreeSet<&FindingId> = incident
            .reports
            .values()
            .flat_map(|report| &report.findings)
            .map(|finding| &finding.id)
            .collect();
        let mut wording = wording.clone();
        let named = |cites: &[String]| {
            let mut findings = cites.iter().filter(|id| id.starts_with("f-"));
            findings.all(|id| there.iter().any(|one| one.as_str() == id))
        };
        wording.claims.retain(|claim| named(&claim.cites));
        wording.lead.retain(|id| there.contains(id));
        wording.because.retain(|id| there.contains(id));
        wording
            .causes
            .retain(|(cause, effect)| there.contains(cause) && there.contains(effect));
        vec![Fact::Worded {
            wording: Box::new(wording),
            spent,
        }]
    };
    journal::add(&world.store, id, &[], make).await?;
    Ok(true)
}
