//! What a model wants to know besides: questions that it was offered, put to the host, read-only, and judged like all others.

use std::sync::Arc;

use incident::probe::Plan;
use incident::redact::{Redactor, printable};
use incident::remediation::{Incident, Remediation, State};
use incident::wording::Picked;
use incident::{Fact, FindingId, IncidentId, ProbeRun};
use probes::{Look, Window};

use super::Kept;
use crate::clock;
use crate::commands::diagnose::written;
use crate::journal::{self, JournalError};
use crate::look::Before;
use crate::propose::{self, At, Past};
use crate::world::World;

/// The questions as the journal names them.
pub(super) fn named(
    picked: &[(usize, ProbeRun)],
    kept: &[Kept],
    redactor: &Redactor,
) -> Vec<Picked> {
    picked
        .iter()
        .filter_map(|(place, run)| {
            Some(Picked {
                host: kept.get(*place)?.seen.host.name.clone(),
                key: redactor.redact(&printable(run.key().as_bytes())),
            })
        })
        .collect()
}

/// Asks, judges anew, and records both. What cannot be asked now leaves everything as it was. True where a host was judged
/// differently.
pub(super) async fn ask(
    world: &Arc<World>,
    id: &IncidentId,
    kept: &mut [Kept],
    picked: Vec<(usize, ProbeRun)>,
) -> Result<bool, JournalError> {
    let mut differs = false;
    for (place, one) in kept.iter_mut().enumerate() {
        let runs: Vec<ProbeRun> = picked
            .iter()
            .filter(|(of, _)| *of == place)
            .map(|(_, run)| run.clone())
            .collect();
        if !runs.is_empty() {
            differs |= ask_one(world, id, one, runs).await?;
        }
    }
    Ok(differs)
}

/// Whether people have gone on meanwhile: then what was seen before is no news, and a verdict from it would be wrong.
fn moved_on(incident: &Incident) -> bool {
    let begun = |one: &Remediation| !matches!(one.state, State::Proposed { .. });
    incident.resolved.is_some() || incident.remediations.values().any(begun)
}

async fn ask_one(
    world: &Arc<World>,
    id: &IncidentId,
    kept: &mut Kept,
    runs: Vec<ProbeRun>,
) -> Result<bool, JournalError> {
    let seen = &mut kept.seen;
    let wave = seen.plans.last().map_or(1, |plan| plan.wave) + 1;
    let plan = Plan { wave, runs };
    let host = seen.host.clone();
    let examined = match world.hosts.examine(&host, &plan).await {
        Ok(examined) => examined,
        Err(error) => {
            tracing::warn!(host.name = %host.name, %error, "what a model wanted to know could not be asked");
            return Ok(false);
        }
    };
    for answer in examined.answers {
        seen.answers.insert(answer.key.clone(), answer);
    }
    seen.plans.push(plan);
    let look = Look {
        host: &host.name,
        answers: &seen.answers,
        window: Window::default(),
    };
    let knowledge = world.shelf.knowledge();
    seen.judgement = Some(probes::judge(&look, &knowledge.signatures));
    let incident = journal::load(&world.store, id).await?;
    let Some(report) = incident.reports.get(&host.name) else {
        return Ok(false);
    };
    let before = Before {
        numbered: incident.numbered,
        ids: &kept.ids,
        findings: &report.findings,
    };
    let numbered = kept.seen.number_after(before, &world.redactor);
    let (mut facts, mut bodies) = (Vec::new(), Vec::new());
    written(&numbered, &mut facts, &mut bodies)?;
    // It took as long as it took at first; what is new is what counts.
    let same = numbered.report.findings == report.findings
        && numbered.report.could_not_check == report.could_not_check;
    if same {
        facts.retain(|fact| !matches!(fact, Fact::Judged { .. }));
    }
    let make = |incident: &Incident| {
        let keep = |fact: &&Fact| !matches!(fact, Fact::Judged { .. }) || !moved_on(incident);
        facts.iter().filter(keep).cloned().collect()
    };
    let incident_then = journal::add(&world.store, id, &bodies, make).await?;
    kept.ids.clone_from(&numbered.ids);
    let old: Vec<FindingId> = report.findings.iter().map(|one| one.id.clone()).collect();
    let new = |id: &FindingId| !old.contains(id);
    let differs = !same && !moved_on(&incident_then);
    if differs && numbered.report.findings.iter().any(|one| new(&one.id)) {
        propose_for(world, id, kept, &numbered.report.findings, &new).await?;
    }
    Ok(differs)
}

/// Fixes for what is known by that alone, offered like all others.
async fn propose_for(
    world: &Arc<World>,
    id: &IncidentId,
    kept: &Kept,
    findings: &[incident::Finding],
    new: &(impl Fn(&FindingId) -> bool + Sync),
) -> Result<(), JournalError> {
    let Some(line) = kept.seen.line.clone() else {
        return Ok(());
    };
    let at = At {
        host: kept.seen.host.clone(),
        line,
    };
    let now = clock::now();
    let past = Past::read(world, now).await;
    let mut offers = propose::offers(world, id, &at, findings, &past, now).await;
    offers.proposals.retain(|one| new(&one.answers));
    if offers.proposals.is_empty() {
        return Ok(());
    }
    let make = |incident: &Incident| {
        let mut proposals = offers.proposals.clone();
        propose::number(incident, &mut proposals);
        propose::proposed(&proposals)
    };
    journal::add(&world.store, id, &[], make).await?;
    Ok(())
}
