//! `sickbay baseline`: what a host is made of while it is well, kept so that later diagnoses can say what changed.

use std::sync::Arc;

use chat::Locale;
use incident::change::MOST_CHANGES;
use incident::fact::EvidenceRecord;
use incident::probe::Plan;
use incident::redact::printable;
use incident::{Evidence, Fact, HostStatus, ResponderId, Severity};
use probes::baseline::{KEY, Snapshot};
use serde_json::{Value, json};
use store::Baseline as Kept;

use super::diagnose::{self, sweep::Part, sweep::Sweep};
use crate::baseline::{self, Known};
use crate::cli::{Baseline, BaselineDiff, BaselineTake, Global, Output};
use crate::exit::Exit;
use crate::look::Line;
use crate::progress::Progress;
use crate::world::{Usage, World};
use crate::{clock, journal, json, screen};

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Baseline) -> anyhow::Result<Exit> {
    match asked {
        Baseline::Take(asked) => Box::pin(take(global, asked)).await,
        Baseline::Diff(asked) => diff(global, asked).await,
        Baseline::List(output) => list(global, output).await,
        Baseline::Drop { targets, output } => drop_newest(global, targets, output).await,
    }
}

/// What scripts read is the same in all languages.
const fn told(world: &World, json: bool) -> Locale {
    if json { Locale::English } else { world.locale }
}

fn selected(world: &World, targets: &[String]) -> Result<Vec<hosts::Host>, Usage> {
    let selected = world.inventory().select(&targets.join(","));
    selected.map_err(|error| Usage(error.to_string()))
}

/// The worse of two ends of hosts that were asked together: 3 outranks 2 outranks 1.
const fn worse(one: Exit, other: Exit) -> Exit {
    match (one, other) {
        (Exit::NotExamined, _) | (_, Exit::NotExamined) => Exit::NotExamined,
        (Exit::Usage, _) | (_, Exit::Usage) => Exit::Usage,
        (Exit::Findings, _) | (_, Exit::Findings) => Exit::Findings,
        (Exit::Fine, Exit::Fine) => Exit::Fine,
    }
}

/// Diagnoses each host, and keeps what it is made of where nothing is wrong with it. The diagnosis is an incident like any other,
/// and the baseline is evidence of it, so that its hash lies in the chain.
async fn take(global: &Global, asked: &BaselineTake) -> anyhow::Result<Exit> {
    let world = Arc::new(World::open(global, None).await?);
    let hosts = selected(&world, &asked.targets)?;
    let json = asked.output.json;
    let locale = told(&world, json);
    let by = (&world.who.id, world.who.via.as_str());
    let (mut incident, opened) = diagnose::opened(&world, by, &hosts, "")?;
    let id = incident.id.clone();
    let now = clock::now();
    journal::record(&world.store, &mut incident, &[opened], Vec::new(), now).await?;
    let progress = Progress::new(hosts.len(), json, world.locale);
    let mut sweep = Sweep::new(&world, &mut incident, &hosts, "", progress).await;
    sweep.taking = true;
    let mut parts = Vec::new();
    let swept = sweep.run(|_incident, part| parts.push(part)).await;
    world.hosts.close().await;
    if !swept.unrecorded.is_empty() {
        return Err(Usage(format!(
            "this diagnosis is not recorded: {}",
            swept.unrecorded
        ))
        .into());
    }
    let hashes = hashes(&world, &id).await?;
    let mut exit = Exit::Fine;
    let mut rows = Vec::new();
    for part in parts {
        let host = part.numbered.report.host.clone();
        let taken = match fit(&part, asked.anyway, locale) {
            Ok((evidence, snapshot)) => {
                let hash = hashes.iter().find(|record| record.id == evidence.id);
                let kept = Kept {
                    host: host.clone(),
                    taken_at: clock::now(),
                    taken_by: world.who.id.clone(),
                    host_key: part.host_key.clone(),
                    incident: id.clone(),
                    evidence: evidence.id.clone(),
                    hash: hash
                        .map(|record| record.text_hash.clone())
                        .unwrap_or_default(),
                };
                world.store.keep_baseline(kept.clone()).await?;
                let counts = snapshot.counts();
                let says = locale.baseline_taken(&host, &counts, id.as_str());
                (true, says, row(&kept))
            }
            Err((end, says)) => {
                exit = worse(exit, end);
                (false, says, Value::Null)
            }
        };
        let (taken, says, baseline) = taken;
        if json {
            let findings: Vec<&str> = part
                .numbered
                .report
                .findings
                .iter()
                .filter(|one| one.severity > Severity::Info)
                .map(|one| one.title.as_str())
                .collect();
            rows.push(json!({
                "host": host, "taken": taken, "says": says, "baseline": baseline,
                "status": part.numbered.report.status, "findings": findings,
            }));
        } else {
            screen::wrapped(&says, 2);
        }
    }
    if json {
        screen::json(&json!({ "version": 1, "incident": id, "hosts": rows }));
    }
    Ok(exit)
}

/// The evidence that may be kept as a baseline, or why none may.
fn fit(part: &Part, anyway: bool, locale: Locale) -> Result<(Evidence, Snapshot), (Exit, String)> {
    let report = &part.numbered.report;
    let unseen = |why: &str| {
        let says = locale.no_baseline_of_what_is_unseen(&report.host, why);
        Err((Exit::NotExamined, says))
    };
    match report.status {
        HostStatus::Unreachable => return unseen(&report.unreachable),
        HostStatus::Unknown if !anyway => {
            let why = report.could_not_check.iter().find(|one| one.is_gap());
            return unseen(why.map_or("", |one| one.why.as_str()));
        }
        HostStatus::Unknown | HostStatus::Healthy | HostStatus::Degraded | HostStatus::Critical => {
        }
    }
    let wrong: Vec<_> = report
        .findings
        .iter()
        .filter(|one| one.severity > Severity::Info)
        .collect();
    if let Some((worst, others)) = wrong.split_first()
        && !anyway
    {
        let says = locale.not_well_enough(&report.host, &locale.title(worst), others.len());
        return Err((Exit::Usage, says));
    }
    let evidence = part
        .numbered
        .evidence
        .iter()
        .map(|(_, one)| one)
        .find(|one| one.key == KEY);
    let Some(evidence) = evidence else {
        return unseen(KEY);
    };
    match Snapshot::read(&evidence.text) {
        Some(snapshot) if snapshot.tells() => Ok((evidence.clone(), snapshot)),
        Some(_) | None => unseen(KEY),
    }
}

/// The evidence of an incident as its journal has it.
async fn hashes(world: &World, id: &incident::IncidentId) -> anyhow::Result<Vec<EvidenceRecord>> {
    let mut all = Vec::new();
    for (_at, fact) in journal::facts(&world.store, id).await? {
        if let Fact::Examined { evidence, .. } = fact {
            all.extend(evidence);
        }
    }
    Ok(all)
}

/// Asks each host what it is made of now, and says what differs. Nothing is recorded.
async fn diff(global: &Global, asked: &BaselineDiff) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let hosts = selected(&world, &asked.targets)?;
    let json = asked.output.json;
    let locale = told(&world, json);
    let mut exit = Exit::Fine;
    let mut rows = Vec::new();
    for host in hosts {
        let known = match baseline::read(&world, &host.name).await {
            Ok(known) => known,
            Err(error) => {
                exit = worse(exit, Exit::NotExamined);
                let says = locale.baseline_unread(&host.name, &error.to_string());
                if json {
                    rows.push(json!({ "host": host.name, "baseline": null, "error": says }));
                } else {
                    screen::wrapped(&says, 2);
                }
                continue;
            }
        };
        let Some(known) = known else {
            exit = worse(exit, Exit::Usage);
            let says = locale.no_baseline(&host.name);
            if json {
                rows.push(json!({ "host": host.name, "baseline": null, "error": says }));
            } else {
                screen::wrapped(&says, 2);
            }
            continue;
        };
        let most = if asked.all { usize::MAX } else { MOST_CHANGES };
        match compared(&world, &host, &known, most).await {
            Err(why) => {
                exit = worse(exit, Exit::NotExamined);
                if json {
                    rows.push(json!({ "host": host.name, "baseline": null, "error": why }));
                } else {
                    screen::wrapped(&format!("{}: {why}", host.name), 2);
                }
            }
            Ok(since) => {
                let end = if !since.changes.is_empty() {
                    Exit::Findings
                } else if since.nothing.is_some() || !since.unseen.is_empty() {
                    Exit::NotExamined
                } else {
                    Exit::Fine
                };
                exit = worse(exit, end);
                if json {
                    rows.push(
                        json!({ "host": host.name, "baseline": json::since(&since), "error": "" }),
                    );
                    continue;
                }
                screen::wrapped(
                    &locale.headed(host.name.as_str(), &locale.since(&host.name, &since)),
                    2,
                );
                let most = if asked.all { usize::MAX } else { SHOWN };
                for line in locale.changes(&host.name, &since, most) {
                    screen::wrapped(&format!("  {line}"), 4);
                }
                if let Some(line) = locale.not_compared(&since) {
                    screen::wrapped(&format!("  {line}"), 4);
                }
            }
        }
    }
    if json {
        screen::json(&json!({ "version": 1, "hosts": rows }));
    }
    world.hosts.close().await;
    Ok(exit)
}

/// How many changes of a host are shown where not all are asked for.
const SHOWN: usize = 30;

/// What differs on a host now.
async fn compared(
    world: &World,
    host: &hosts::Host,
    known: &Known,
    most: usize,
) -> Result<incident::change::Since, String> {
    let runs = probes::baseline::question("").into_iter().collect();
    let examined = world.hosts.examine(host, &Plan { wave: 1, runs }).await;
    let examined = examined.map_err(|error| printable(error.to_string().as_bytes()))?;
    let line = Line {
        host_key: examined.host_key.clone(),
        login: examined.login.clone(),
        privilege: examined.privilege,
        boot: examined.boot_id.clone(),
        helpers_wrong: None,
    };
    let answer = examined.answers.iter().find(|answer| answer.key == KEY);
    let now = answer.map(|answer| world.redactor.redact(&printable(&answer.bytes)));
    Ok(known.since(now.as_deref(), Some(&line), &[], most))
}

fn row(kept: &Kept) -> Value {
    json!({
        "host": kept.host,
        "taken_at": clock::rfc3339(kept.taken_at),
        "taken_by": kept.taken_by,
        "incident": kept.incident,
        "evidence": kept.evidence,
        "hash": kept.hash,
    })
}

async fn list(global: &Global, output: &Output) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let all = world.store.baselines().await?;
    if output.json {
        let rows: Vec<Value> = all.iter().map(row).collect();
        screen::json(&json!({ "version": 1, "baselines": rows }));
        return Ok(Exit::Fine);
    }
    if all.is_empty() {
        screen::line(world.locale.no_baselines());
    }
    for one in &all {
        let by: &ResponderId = &one.taken_by;
        screen::line(&format!(
            "{:<24} {}  {:<16} {} {}",
            one.host,
            one.taken_at.utc(),
            by,
            one.incident,
            one.evidence
        ));
    }
    Ok(Exit::Fine)
}

async fn drop_newest(global: &Global, targets: &[String], output: &Output) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let locale = told(&world, output.json);
    let mut exit = Exit::Fine;
    let mut rows = Vec::new();
    for host in selected(&world, targets)? {
        let dropped = world.store.drop_baseline(&host.name).await?;
        let before = world.store.baseline(&host.name).await?;
        let says = if dropped {
            locale.baseline_dropped(&host.name, before.as_ref().map(|one| one.taken_at))
        } else {
            exit = Exit::Usage;
            locale.no_baseline(&host.name)
        };
        if output.json {
            rows.push(json!({ "host": host.name, "dropped": dropped, "counts_now": before.as_ref().map(row), "says": says }));
        } else {
            screen::wrapped(&says, 2);
        }
    }
    if output.json {
        screen::json(&json!({ "version": 1, "hosts": rows }));
    }
    Ok(exit)
}
