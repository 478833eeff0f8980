//! `sickbay diagnose`: look, judge, say, offer.

pub(crate) mod sweep;

use std::io::IsTerminal as _;
use std::sync::Arc;

use chat::Locale;
use incident::capture::Asked;
use incident::notice::{Card, Notice, WhyNot};
use incident::remediation::Incident;
use incident::report::HostReport;
use incident::{Fact, HostName, HostStatus, IncidentId, Proposal, ResponderId, Severity, Vitals};

use crate::clerk::{self, Kept};
use crate::cli::{Capture, Diagnose, Global};
use crate::exit::Exit;
use crate::hints::Gathered;
use crate::look::Numbered;
use crate::progress::Progress;
use crate::propose::{Page, Withheld};
use crate::world::{Usage, World};
use crate::{clock, journal, json, place, screen};
use sweep::{Part, Sweep};

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Diagnose) -> anyhow::Result<Exit> {
    let symptom = symptom(&asked.symptom)?;
    let world = Arc::new(World::open(global, None).await?);
    let target = asked.targets.join(",");
    let hosts = world
        .inventory()
        .select(&target)
        .map_err(|error| Usage(format!("{error}{}", behind(asked))))?;
    crate::perform::recover(&world).await;
    let by = (&world.who.id, world.who.via.as_str());
    let (mut incident, opened) = opened(&world, by, &hosts, &symptom)?;
    let id = incident.id.clone();
    let now = clock::now();
    journal::record(&world.store, &mut incident, &[opened], Vec::new(), now).await?;

    // What a script reads is the same in all languages.
    let told = if asked.json {
        Locale::English
    } else {
        world.locale
    };
    let progress = Progress::new(hosts.len(), asked.json, world.locale);
    let sweep = Sweep::new(&world, &mut incident, &hosts, &symptom, progress).await;
    let mut account = Account::default();
    let mut out = json::Stream::new(&id);
    let swept = sweep
        .run(|incident, part| {
            if asked.json {
                let proposals = part.offers.proposals.iter();
                let views = crate::cards::views(&world, incident, proposals, clock::now(), told);
                out.host(&part.numbered, &views);
            }
            account.take(part, asked);
        })
        .await;
    let (unrecorded, kept) = (swept.unrecorded, swept.kept);
    if !unrecorded.is_empty() {
        let no_fix = WhyNot::Unrecorded(unrecorded.clone());
        account.withheld.push(Withheld::all(no_fix));
        account.proposals.clear();
    }
    account.hints.finish(&world, &incident.symptom).await;
    let Account {
        reports,
        proposals,
        pages,
        withheld,
        hints,
        vitals,
    } = account;
    let knowledge = world.shelf.knowledge();
    let pages: Vec<_> = pages.iter().map(|page| page.told(told)).collect();
    let withheld: Vec<String> = withheld.iter().map(|one| one.told(told)).collect();

    let mut summary = told.summary(&reports);
    let asks = !asked.no_model && unrecorded.is_empty();
    // Whoever reads JSON reads it once, so it waits; what was written of the hosts stays as it is, so no more is asked of them.
    if asked.json && asks && clerk::word(&world, &id, Vec::new(), told).await? {
        let worded = journal::load(&world.store, &id).await?;
        summary = clerk::summary(&world, &worded, &reports, told);
    }
    let views = crate::cards::views(&world, &incident, proposals.iter(), clock::now(), told);
    let cards: Vec<Card<'_>> = views.iter().map(crate::cards::View::card).collect();
    if asked.json {
        out.end(&summary, &withheld, hints.json(&knowledge));
    } else {
        let notice = Notice::Diagnosed {
            incident: &id,
            summary: &summary,
            reports: &reports,
            cards: &cards,
            pages: &pages,
            withheld: &withheld,
            hints: &hints.told(&knowledge, told),
        };
        screen::say(&notice, asked.all, world.locale);
        if !vitals.is_empty() {
            let pictured = Notice::Pictured {
                incident: &id,
                vitals: &vitals,
                reports: &reports,
            };
            screen::say(&pictured, asked.all, world.locale);
        }
    }
    drop(cards);
    if !unrecorded.is_empty() {
        world.hosts.close().await;
        return Err(Usage(format!("this diagnosis is not recorded: {unrecorded}")).into());
    }
    let exit = exit_code(&reports.iter().collect::<Vec<_>>());
    if asked.json {
        world.hosts.close().await;
        return Ok(exit);
    }
    let words = asks.then(|| tokio::spawn(say_words(Arc::clone(&world), id, kept, asked.all)));
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !views.is_empty() {
        // Nobody waits for words who could press a key.
        let exit = Box::pin(crate::keys::offer(&world, &views, exit)).await;
        if let Some(words) = words {
            words.abort();
        }
        return exit;
    }
    if let Some(words) = words {
        words.await?;
    }
    world.hosts.close().await;
    Ok(exit)
}

/// `sickbay capture`: a diagnosis that also looks for what somebody wants to see closer, and offers that.
pub(crate) async fn capture(global: &Global, asked: &Capture) -> anyhow::Result<Exit> {
    let seconds = asked.seconds.as_deref().unwrap_or_default();
    let text = format!("{} {} {seconds}", asked.kind, asked.of);
    let what = Asked::parse(&text).map_err(|bad| Usage(bad.to_string()))?;
    let diagnose = Diagnose {
        targets: vec![asked.target.clone()],
        symptom: what.to_string(),
        json: asked.json,
        all: false,
        no_model: true,
    };
    run(global, &diagnose).await
}

/// Says what a model makes of it, below what was said already.
async fn say_words(world: Arc<World>, id: IncidentId, kept: Vec<Kept>, all: bool) {
    let locale = world.locale;
    match clerk::word(&world, &id, kept, locale).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            let why = crate::sentence::of(&error);
            tracing::warn!(why, "what a model said is not recorded");
            return;
        }
    }
    let Ok(incident) = journal::load(&world.store, &id).await else {
        return;
    };
    let reports: Vec<HostReport> = incident.reports.values().cloned().collect();
    let summary = clerk::summary(&world, &incident, &reports, locale);
    let later = clerk::later(&incident);
    let new = |proposal: &&Proposal| incident.later.contains(&proposal.answers);
    let proposals = incident.remediations.values().map(|one| &one.proposal);
    let proposals = proposals.filter(new);
    let views = crate::cards::views(&world, &incident, proposals, clock::now(), locale);
    let cards: Vec<Card<'_>> = views.iter().map(crate::cards::View::card).collect();
    let notice = Notice::Worded {
        summary: &summary,
        later: &later,
        cards: &cards,
    };
    screen::say(&notice, all, locale);
}

/// What a diagnosis came to. Evidence is not kept: it is in the journal, and in the JSON as soon as its host is told.
#[derive(Debug, Default)]
struct Account {
    reports: Vec<HostReport>,
    proposals: Vec<Proposal>,
    pages: Vec<Page>,
    withheld: Vec<Withheld>,
    hints: Gathered,
    /// How hosts are, where all is told.
    vitals: Vec<(HostName, Vitals)>,
}

impl Account {
    fn take(&mut self, part: Part, asked: &Diagnose) {
        self.hints.take(&part.numbered.report, part.hints);
        if asked.all && !asked.json {
            let host = part.numbered.report.host.clone();
            self.vitals
                .extend(part.numbered.vitals.map(|vitals| (host, vitals)));
        }
        self.reports.push(part.numbered.report);
        self.withheld.extend(part.offers.withheld);
        if !asked.json {
            self.proposals.extend(part.offers.proposals);
            self.pages.extend(part.offers.pages);
        }
    }
}

/// In a chat everything after the host says what is wrong. Whoever types that at a terminal is told how it is done here.
fn behind(asked: &Diagnose) -> &'static str {
    if asked.targets.len() > 1 && asked.symptom.is_empty() {
        "; to say what is wrong, put it behind --symptom"
    } else {
        ""
    }
}

/// 3 outranks 1: a host that could not be examined is never passed over.
pub(super) fn exit_code(reports: &[&HostReport]) -> Exit {
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

/// A new incident and the fact that opens it. `by` is who asked, and where.
pub(crate) fn opened(
    world: &World,
    (by, via): (&ResponderId, &str),
    hosts: &[hosts::Host],
    symptom: &str,
) -> anyhow::Result<(Incident, Fact)> {
    let day = clock::day(clock::now());
    let id = IncidentId::new(format!("{day}-{}", place::letters()?))?;
    let opened = Fact::Opened {
        by: by.clone(),
        via: via.to_owned(),
        hosts: hosts.iter().map(|host| host.name.clone()).collect(),
        symptom: world.redactor.redact(symptom),
        policy: policy_hash(world),
    };
    Ok((Incident::new(id), opened))
}

/// The hash of the policy in force, which the journal keeps with the incident.
fn policy_hash(world: &World) -> String {
    let value = serde_json::to_value(&world.policy).unwrap_or(serde_json::Value::Null);
    incident::digest::of("sickbay policy 1", &value)
}

/// The symptom as it is recorded: one text that no terminal obeys.
pub(crate) fn symptom(text: &str) -> Result<String, Usage> {
    const MOST: usize = 4_000;
    let count = text.chars().count();
    if count > MOST {
        return Err(Usage(format!(
            "the symptom is {count} characters long and may have {MOST}; say it in a few sentences"
        )));
    }
    Ok(incident::redact::printable(text.trim().as_bytes()))
}

/// What the journal gets of a numbered look: evidence wave by wave, then the judgement.
pub(crate) fn written(
    numbered: &Numbered,
    facts: &mut Vec<Fact>,
    bodies: &mut Vec<store::Body>,
) -> Result<(), journal::JournalError> {
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
    Ok(())
}
