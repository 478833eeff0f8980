//! `sickbay baseline`: what a host is made of while it is well, kept so that later diagnoses can say what changed.

use std::sync::Arc;

use chat::Locale;
use incident::change::{MOST_CHANGES, Since};
use incident::fact::EvidenceRecord;
use incident::probe::Plan;
use incident::redact::printable;
use incident::{Evidence, Fact, HostStatus, ResponderId, Severity};
use probes::baseline::{KEY, Snapshot};
use serde_json::{Value, json};
use store::Baseline as Kept;

use super::diagnose::{self, sweep::Part, sweep::Sweep};
use crate::baseline;
use crate::cli::{Baseline, BaselineDiff, BaselineTake, Global, Output};
use crate::exit::Exit;
use crate::look::several::{AT_ONCE, Looks};
use crate::look::{Line, Seen};
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

/// What asking a host came to.
enum Asked {
    /// Its baseline cannot be read.
    Unread(String),
    /// It has none.
    NoBaseline,
    /// It could not be asked.
    Unseen(String),
    /// What differs.
    Since(Since),
}

impl Asked {
    /// Of a host whose look ended by itself.
    fn nothing(host: &hosts::Host) -> Self {
        Self::Unseen(Seen::nothing(host).unreachable)
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Unread(_) | Self::Unseen(_) => Exit::NotExamined,
            Self::NoBaseline => Exit::Usage,
            Self::Since(since) if !since.changes.is_empty() => Exit::Findings,
            Self::Since(since) if since.nothing.is_some() || !since.unseen.is_empty() => {
                Exit::NotExamined
            }
            Self::Since(_) => Exit::Fine,
        }
    }
}

/// Asks each host what it is made of now, side by side, and says in their order what differs. Nothing is recorded.
async fn diff(global: &Global, asked: &BaselineDiff) -> anyhow::Result<Exit> {
    let world = Arc::new(World::open(global, None).await?);
    let hosts = selected(&world, &asked.targets)?;
    let json = asked.output.json;
    let locale = told(&world, json);
    let most = if asked.all { usize::MAX } else { MOST_CHANGES };
    let progress = Progress::new(hosts.len(), json, world.locale);
    let mut looks = Looks::of(AT_ONCE, Asked::nothing);
    let mut all = Vec::with_capacity(hosts.len());
    while all.len() < hosts.len() {
        looks.begin(&hosts, all.len(), |host| {
            let world = Arc::clone(&world);
            let bar = progress.host(&host.name);
            async move {
                let asked = ask(&world, &host, most).await;
                bar.done();
                asked
            }
        });
        if looks.ended(&hosts).await.is_none() {
            break;
        }
        while let Some(one) = looks.take(all.len()) {
            all.push(one);
        }
    }
    progress.clear();
    world.hosts.close().await;
    let mut exit = Exit::Fine;
    let mut rows = Vec::new();
    for (host, one) in hosts.iter().zip(&all) {
        exit = worse(exit, one.exit());
        if json {
            rows.push(compared(host, one, locale));
        } else {
            show(host, one, asked.all, locale);
        }
    }
    if json {
        screen::json(&json!({ "version": 1, "hosts": rows }));
    }
    Ok(exit)
}

/// What scripts read of a host.
fn compared(host: &hosts::Host, asked: &Asked, locale: Locale) -> Value {
    let error = match asked {
        Asked::Since(since) => {
            return json!({ "host": host.name, "baseline": json::since(since), "error": "" });
        }
        Asked::Unread(why) => locale.baseline_unread(&host.name, why),
        Asked::NoBaseline => locale.no_baseline(&host.name),
        Asked::Unseen(why) => why.clone(),
    };
    json!({ "host": host.name, "baseline": null, "error": error })
}

/// What people read of a host.
fn show(host: &hosts::Host, asked: &Asked, all: bool, locale: Locale) {
    let name = &host.name;
    let since = match asked {
        Asked::Since(since) => since,
        Asked::Unread(why) => return screen::wrapped(&locale.baseline_unread(name, why), 2),
        Asked::NoBaseline => return screen::wrapped(&locale.no_baseline(name), 2),
        Asked::Unseen(why) => return screen::wrapped(&locale.unseen_host(name, why), 2),
    };
    let head = locale.headed(name.as_str(), &locale.since(name, since));
    screen::wrapped(&head, 2);
    let most = if all { usize::MAX } else { SHOWN };
    for line in locale.changes(name, since, most) {
        screen::wrapped(&format!("  {line}"), 4);
    }
    if let Some(line) = locale.not_compared(since) {
        screen::wrapped(&format!("  {line}"), 4);
    }
}

/// How many changes of a host are shown where not all are asked for.
const SHOWN: usize = 30;

/// What differs on a host now.
async fn ask(world: &World, host: &hosts::Host, most: usize) -> Asked {
    let known = match baseline::read(world, &host.name).await {
        Ok(Some(known)) => known,
        Ok(None) => return Asked::NoBaseline,
        Err(error) => return Asked::Unread(error.to_string()),
    };
    let runs = probes::baseline::question("").into_iter().collect();
    let examined = match world.hosts.examine(host, &Plan { wave: 1, runs }).await {
        Ok(examined) => examined,
        Err(error) => return Asked::Unseen(printable(error.to_string().as_bytes())),
    };
    let line = Line {
        host_key: examined.host_key.clone(),
        login: examined.login.clone(),
        privilege: examined.privilege,
        boot: examined.boot_id.clone(),
        helpers_wrong: None,
    };
    let answer = examined.answers.iter().find(|answer| answer.key == KEY);
    let now = answer.map(|answer| world.redactor.redact(&printable(&answer.bytes)));
    Asked::Since(known.since(now.as_deref(), Some(&line), &[], most))
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
