//! `sickbay diagnose`: look, judge, say, offer.

use std::io::IsTerminal as _;

use incident::notice::{Card, Notice};
use incident::report::HostReport;
use incident::{Evidence, Fact, HostStatus, IncidentId, Proposal, Severity};
use probes::Window;
use tokio::task::JoinSet;

use crate::cli::{Diagnose, Global};
use crate::exit::Exit;
use crate::look::{Numbered, Seen};
use crate::progress::Progress;
use crate::world::{Usage, World};
use crate::{clock, journal, json, look, place, propose, screen};

/// How many hosts are looked at side by side.
const AT_ONCE: usize = 64;

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Diagnose) -> anyhow::Result<Exit> {
    let symptom = symptom(&asked.symptom)?;
    let world = std::sync::Arc::new(World::open(global, None).await?);
    let target = asked.targets.join(",");
    let hosts = world
        .inventory()
        .select(&target)
        .map_err(|error| Usage(error.to_string()))?;
    crate::perform::recover(&world).await;
    let now = clock::now();
    let id = IncidentId::new(format!("{}-{}", clock::day(now), place::letters()?))?;
    let mut incident = incident::remediation::Incident::new(id.clone());
    let opened = Fact::Opened {
        by: world.who.id.clone(),
        via: world.who.via.clone(),
        hosts: hosts.iter().map(|host| host.name.clone()).collect(),
        symptom: world.redactor.redact(&symptom),
        policy: policy_hash(&world),
    };
    journal::record(&world.store, &mut incident, &[opened], Vec::new(), now).await?;

    let looks = look_at_all(&world, &hosts, &symptom, asked.json).await;

    let mut account = Account::default();
    for seen in &looks {
        let numbered = seen.number(incident.numbered, &world.redactor);
        if account.unrecorded.is_empty()
            && let Err(error) = keep(&world, &mut incident, seen, &numbered, &mut account).await
        {
            // What was seen is told all the same: a full disk here is no reason to keep quiet about one there.
            account.unrecorded = crate::sentence::of(error.as_ref());
            let no_fix = format!(
                "any fix: the diagnosis could not be recorded ({})",
                account.unrecorded
            );
            account.withheld.push(no_fix);
            account.proposals.clear();
        }
        account
            .evidence
            .extend(numbered.evidence.into_iter().map(|(_wave, one)| one));
        account.reports.push(numbered.report);
    }
    let Account {
        reports,
        evidence,
        proposals,
        pages,
        withheld,
        unrecorded,
    } = account;

    let summary = chat::words::summary(&reports);
    let views = crate::cards::views(&world, &incident, proposals.iter(), clock::now());
    let cards: Vec<Card<'_>> = views.iter().map(crate::cards::View::card).collect();
    if asked.json {
        screen::json(&json::diagnosis(
            &id, &summary, &reports, &evidence, &cards, &withheld,
        ));
    } else {
        let notice = Notice::Diagnosed {
            incident: &id,
            summary: &summary,
            reports: &reports,
            cards: &cards,
            pages: &pages,
            withheld: &withheld,
        };
        screen::say(&notice, asked.all);
    }
    drop(cards);
    if !unrecorded.is_empty() {
        world.hosts.close().await;
        return Err(Usage(format!("this diagnosis is not recorded: {unrecorded}")).into());
    }
    let exit = exit_code(&reports);
    if !asked.json && std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return crate::keys::offer(&world, &views, exit).await;
    }
    world.hosts.close().await;
    Ok(exit)
}

/// What a diagnosis came to, host by host.
#[derive(Debug, Default)]
struct Account {
    reports: Vec<HostReport>,
    evidence: Vec<Evidence>,
    proposals: Vec<Proposal>,
    pages: Vec<(String, String, String)>,
    withheld: Vec<String>,
    /// Why the journal does not have it; empty where it has.
    unrecorded: String,
}

/// Records what was seen on one host and what can be offered for it.
async fn keep(
    world: &World,
    incident: &mut incident::remediation::Incident,
    seen: &Seen,
    numbered: &Numbered,
    account: &mut Account,
) -> anyhow::Result<()> {
    write_down(world, incident, numbered).await?;
    let offers = propose::offers(
        world,
        &incident.id,
        seen,
        &numbered.report.findings,
        account.proposals.len() + 1,
        clock::now(),
    )
    .await;
    let facts: Vec<Fact> = offers
        .proposals
        .iter()
        .map(|one| Fact::Proposed {
            proposal: Box::new(one.clone()),
        })
        .collect();
    if !facts.is_empty() {
        journal::record(&world.store, incident, &facts, Vec::new(), clock::now()).await?;
    }
    account.proposals.extend(offers.proposals);
    account.pages.extend(offers.pages);
    account.withheld.extend(offers.withheld);
    Ok(())
}

/// 3 outranks 1: a host that could not be examined is never passed over.
fn exit_code(reports: &[HostReport]) -> Exit {
    let unseen = reports
        .iter()
        .any(|one| matches!(one.status, HostStatus::Unknown | HostStatus::Unreachable));
    let bad = reports
        .iter()
        .flat_map(|one| &one.findings)
        .any(|finding| finding.severity > Severity::Info);
    match (unseen, bad) {
        (true, _) => Exit::NotExamined,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Fine,
    }
}

/// The hash of the policy in force, which the journal keeps with the incident.
fn policy_hash(world: &World) -> String {
    let value = serde_json::to_value(&world.policy).unwrap_or(serde_json::Value::Null);
    incident::digest::of("sickbay policy 1", &value)
}

/// Looks at the hosts side by side; the order of the answers is that of the hosts.
async fn look_at_all(
    world: &std::sync::Arc<World>,
    hosts: &[hosts::Host],
    symptom: &str,
    as_json: bool,
) -> Vec<Seen> {
    let progress = Progress::new(hosts.len(), as_json);
    let mut tasks = JoinSet::new();
    let mut looks: Vec<Option<Seen>> = hosts.iter().map(|_| None).collect();
    let mut waiting = hosts.iter().cloned().enumerate();
    loop {
        while tasks.len() < AT_ONCE {
            let Some((n, host)) = waiting.next() else {
                break;
            };
            let world = std::sync::Arc::clone(world);
            let symptom = symptom.to_owned();
            let bar = progress.host(&host.name);
            tasks.spawn(async move {
                let seen = look::look(&world, &host, Window::default(), &symptom, |step| {
                    bar.wave(step);
                })
                .await;
                bar.done();
                (n, seen)
            });
        }
        let Some(done) = tasks.join_next().await else {
            break;
        };
        match done {
            Ok((n, seen)) => {
                if let Some(place) = looks.get_mut(n) {
                    *place = Some(seen);
                }
            }
            Err(error) => tracing::error!(%error, "a look ended by itself"),
        }
    }
    progress.clear();
    // A host that nothing is known of is said to be that, whatever the reason.
    looks
        .into_iter()
        .zip(hosts)
        .map(|(seen, host)| seen.unwrap_or_else(|| Seen::nothing(host)))
        .collect()
}

/// The symptom as it is recorded: one text that no terminal obeys.
fn symptom(text: &str) -> Result<String, Usage> {
    const MOST: usize = 4_000;
    let count = text.chars().count();
    if count > MOST {
        return Err(Usage(format!(
            "the symptom is {count} characters long and may have {MOST}; say it in a few sentences"
        )));
    }
    Ok(incident::redact::printable(text.trim().as_bytes()))
}

/// Puts a numbered look into the journal: evidence wave by wave, then the judgement.
async fn write_down(
    world: &World,
    incident: &mut incident::remediation::Incident,
    numbered: &Numbered,
) -> anyhow::Result<()> {
    let mut facts = Vec::new();
    let mut bodies = Vec::new();
    let mut wave = 0;
    for (of, one) in &numbered.evidence {
        let (record, body) = journal::evidence_record(one)?;
        bodies.push(body);
        if *of != wave {
            wave = *of;
            facts.push(Fact::Examined {
                host: numbered.report.host.clone(),
                wave,
                evidence: Vec::new(),
            });
        }
        if let Some(Fact::Examined { evidence, .. }) = facts.last_mut() {
            evidence.push(record);
        }
    }
    facts.push(Fact::Judged {
        report: numbered.report.clone(),
    });
    journal::record(&world.store, incident, &facts, bodies, clock::now()).await?;
    Ok(())
}
