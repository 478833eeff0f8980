//! `sickbay incident`: list, show, timeline.

use incident::notice::Notice;
use incident::remediation::{Incident, State};
use incident::report::HostReport;
use incident::{Fact, IncidentId, Moment, Severity};

use crate::cli::{Global, Incident as Asked, Output};
use crate::exit::Exit;
use crate::world::{Usage, World};
use crate::{clock, journal, screen};

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Asked) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    match asked {
        Asked::List(output) => list(&world, output).await,
        Asked::Show { id } => show(&world, id).await,
        Asked::Timeline { id, json } => timeline(&world, id, *json).await,
    }
}

async fn find(world: &World, id: &str) -> anyhow::Result<IncidentId> {
    let found = world.store.find_incident(id, 2).await?;
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => {
            let what = format!("there is no incident {id:?}; `sickbay incident list` lists them");
            Err(Usage(what).into())
        }
        [_, ..] => Err(Usage(format!(
            "several incidents begin with {id:?}; type more of the id"
        ))
        .into()),
    }
}

async fn list(world: &World, output: &Output) -> anyhow::Result<Exit> {
    let mut rows = Vec::new();
    for row in world.store.incidents(100).await? {
        let incident = journal::load(&world.store, &row.id).await?;
        let hosts: Vec<String> = incident.hosts.iter().map(ToString::to_string).collect();
        let worst = incident
            .reports
            .values()
            .flat_map(|report| report.findings.first())
            .filter(|finding| finding.severity > Severity::Info)
            .map(|finding| finding.title.clone())
            .next()
            .unwrap_or_else(|| "nothing above info".to_owned());
        if output.json {
            rows.push(serde_json::json!({
                "id": incident.id, "opened_at": clock::rfc3339(incident.opened_at), "by": incident.by,
                "hosts": hosts, "symptom": incident.symptom, "first": worst,
            }));
        } else {
            screen::line(&format!(
                "{}  {}  {}  {worst}",
                incident.id,
                clock::local(incident.opened_at),
                hosts.join(",")
            ));
        }
    }
    if output.json {
        screen::json(&serde_json::json!({ "version": 1, "incidents": rows }));
    }
    Ok(Exit::Fine)
}

async fn show(world: &World, id: &str) -> anyhow::Result<Exit> {
    let id = find(world, id).await?;
    let incident = journal::load(&world.store, &id).await?;
    let reports: Vec<HostReport> = incident.reports.values().cloned().collect();
    let summary = chat::words::summary(&reports);
    let views = crate::cards::views(
        world,
        &incident,
        incident
            .remediations
            .values()
            .filter(|one| matches!(one.state, State::Proposed { .. }))
            .map(|one| &one.proposal),
        clock::now(),
    );
    let cards: Vec<_> = views.iter().map(crate::cards::View::card).collect();
    let notice = Notice::Diagnosed {
        incident: &id,
        summary: &summary,
        reports: &reports,
        cards: &cards,
        pages: &[],
        withheld: &[],
    };
    screen::say(&notice, false);
    for one in incident.remediations.values() {
        if let State::Ended { outcome, why, .. } = &one.state {
            let can_undo = crate::perform::can_undo(&incident, &one.proposal.id);
            screen::line(&format!("{} {}", one.proposal.id, one.proposal.title));
            let notice = Notice::Ended {
                proposal: &one.proposal,
                outcome: *outcome,
                why,
                output: "",
                can_undo,
            };
            screen::say(&notice, false);
        }
    }
    Ok(Exit::Fine)
}

async fn timeline(world: &World, id: &str, as_json: bool) -> anyhow::Result<Exit> {
    let id = find(world, id).await?;
    let records = world.store.load(&id).await?;
    let facts = journal::facts(&id, &records)?;
    if as_json {
        let list: Vec<_> = facts
            .iter()
            .map(|(at, fact)| serde_json::json!({ "at": clock::rfc3339(*at), "fact": fact }))
            .collect();
        screen::json(&serde_json::json!({ "version": 1, "incident": id, "timeline": list }));
        return Ok(Exit::Fine);
    }
    let mut incident = Incident::new(id);
    for (at, fact) in &facts {
        incident.apply(fact, *at);
        tell(*at, fact);
    }
    Ok(Exit::Fine)
}

/// One line of the timeline.
fn tell(at: Moment, fact: &Fact) {
    let what = match fact {
        Fact::Opened {
            by,
            via,
            hosts,
            symptom,
            ..
        } => {
            let hosts: Vec<&str> = hosts.iter().map(incident::HostName::as_str).collect();
            let symptom = if symptom.is_empty() {
                String::new()
            } else {
                format!(": {symptom}")
            };
            format!("{by} ({via}) asked about {}{symptom}", hosts.join(", "))
        }
        Fact::Examined {
            host,
            wave,
            evidence,
        } => {
            format!("{host} answered {} probes of wave {wave}", evidence.len())
        }
        Fact::Judged { report } => {
            let first = report
                .findings
                .iter()
                .find(|finding| finding.severity > Severity::Info);
            let first = first.map_or_else(String::new, |finding| format!(": {}", finding.title));
            format!(
                "{} is {}{first}",
                report.host,
                chat::words::status(report.status)
            )
        }
        Fact::Proposed { proposal } => format!(
            "offered {} on {}: {} ({} risk, digest {})",
            proposal.id,
            proposal.host,
            proposal.title,
            proposal.risk,
            proposal.digest()
        ),
        Fact::Approved { proposal, approval } => {
            format!("{} ({}) approved {proposal}", approval.by, approval.via)
        }
        Fact::Rejected { proposal, by, via } => format!("{by} ({via}) rejected {proposal}"),
        Fact::Expired { proposal } => format!("{proposal} expired"),
        Fact::Voided { proposal, why } => format!("{proposal} no longer stands: {why}"),
        Fact::Granted {
            proposal,
            grant,
            attempt,
        } => {
            format!(
                "{proposal} may run: attempt {attempt}, execution {}",
                grant.grant.execution
            )
        }
        Fact::Dispatched {
            execution, root, ..
        } => {
            format!("starting {execution}, recorded on the host under {root}")
        }
        Fact::Executed { execution, ran, .. } => {
            let how = serde_json::to_value(ran).unwrap_or_default();
            format!("{execution} ended: {how}")
        }
        Fact::Verified {
            proposal,
            verdict,
            why,
        } => {
            let verdict = serde_json::to_value(verdict).unwrap_or_default();
            format!(
                "{proposal}: {}: {why}",
                verdict.as_str().unwrap_or("looked")
            )
        }
        Fact::Closed { by } => format!("{by} closed the incident"),
    };
    screen::line(&format!("{}  {what}", clock::local(at)));
}
