//! `sickbay incident`: list, show, timeline, and what a person says of one as a whole.

use chat::Locale;
use incident::notice::Notice;
use incident::remediation::{Incident, Remediation, State};
use incident::report::HostReport;
use incident::status::{Status, Word};
use incident::{Evidence, Fact, IncidentId, ProbeId, Severity};
use store::Stored;

use crate::cli::{Attend, Global, Incident as Asked, Output};
use crate::exit::Exit;
use crate::hints::Gathered;
use crate::world::{Usage, World};
use crate::{clock, journal, json, past, screen};

mod attend;
pub(crate) mod timeline;

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Asked) -> anyhow::Result<Exit> {
    let as_name = match asked {
        Asked::Ack(attend) | Asked::Resolve { attend, .. } => attend.as_name.as_deref(),
        Asked::List(_)
        | Asked::Show { .. }
        | Asked::Evidence { .. }
        | Asked::Timeline { .. }
        | Asked::Summarise { .. }
        | Asked::Postmortem { .. } => None,
    };
    let world = World::open(global, as_name).await?;
    match asked {
        Asked::List(output) => list(&world, output).await,
        Asked::Show { id, output } => show(&world, id, output).await,
        Asked::Evidence { id, piece, output } => {
            let id = find(&world, id).await?;
            read(&world, &id, piece.as_deref(), output).await
        }
        Asked::Timeline { id, output } => {
            let id = find(&world, id).await?;
            timeline::tell(&world, &id, output).await
        }
        Asked::Summarise {
            id,
            no_model,
            output,
        } => {
            let id = find(&world, id).await?;
            attend::summarise(&world, &id, !no_model, output).await
        }
        Asked::Ack(Attend { id, output, .. }) => {
            let id = find(&world, id).await?;
            attend::say(&world, &id, Word::OnIt, output).await
        }
        Asked::Resolve { attend, note } => {
            let id = find(&world, &attend.id).await?;
            attend::resolve(&world, &id, note, &attend.output).await
        }
        Asked::Postmortem { id, out, output } => {
            let id = find(&world, id).await?;
            attend::postmortem(&world, &id, out.as_deref(), output).await
        }
    }
}

/// The incident whose id, or the letters of it, begin like this.
async fn find(world: &World, id: &str) -> anyhow::Result<IncidentId> {
    let shown: String = id.chars().take(80).collect();
    let found = if id.is_empty() {
        Vec::new()
    } else {
        world.store.find_incident(id, 2).await?
    };
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => {
            let rows = world.store.incidents(1000).await?;
            let letters = |id: &str| {
                id.split_once('-')
                    .map_or("", |(_, letters)| letters)
                    .to_owned()
            };
            let known: Vec<String> = rows
                .iter()
                .flat_map(|row| [row.id.to_string(), letters(row.id.as_str())])
                .collect();
            let near = incident::command::nearest(id, known.iter().map(String::as_str));
            let meant = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            let what = format!(
                "there is no incident {shown:?}{meant}; `sickbay incident list` lists them"
            );
            Err(Usage(what).into())
        }
        [_, ..] => Err(Usage(format!(
            "several incidents begin with {shown:?}; type more of the id"
        ))
        .into()),
    }
}

/// What became of a remediation, in one word.
fn word(one: &Remediation) -> &'static str {
    match &one.state {
        State::Proposed { .. } => "offered",
        State::Granted { .. } | State::Dispatched { .. } | State::Executed { .. } => "under_way",
        State::Ended { outcome, .. } => outcome.word(),
    }
}

fn remediations(incident: &Incident) -> Vec<serde_json::Value> {
    incident
        .remediations
        .values()
        .map(|one| {
            let why = match &one.state {
                State::Ended { why, .. } => why.to_string(),
                State::Proposed { .. }
                | State::Granted { .. }
                | State::Dispatched { .. }
                | State::Executed { .. } => String::new(),
            };
            serde_json::json!({
                "proposal": one.proposal.id, "host": one.proposal.host, "title": one.proposal.title,
                "state": word(one), "why": why, "undoes": one.proposal.undoes,
            })
        })
        .collect()
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
            .unwrap_or_else(|| quiet_word(&incident).to_owned());
        if output.json {
            rows.push(serde_json::json!({
                "id": incident.id, "opened_at": clock::rfc3339(incident.opened_at), "by": incident.by,
                "hosts": hosts, "symptom": incident.symptom, "first": worst, "status": incident.status().word(),
                "remediations": remediations(&incident),
            }));
            continue;
        }
        let done: Vec<String> = incident
            .remediations
            .values()
            .filter(|one| !matches!(one.state, State::Proposed { .. }))
            .map(|one| format!(" · {} {}", one.proposal.id, word(one).replace('_', " ")))
            .collect();
        let stage = match incident.status() {
            Status::Investigating => String::new(),
            status @ (Status::Mitigating | Status::Monitoring | Status::Resolved) => {
                format!(" · {}", status.word())
            }
        };
        let row = format!(
            "{}  {}  {}  {worst}{}{stage}",
            incident.id,
            clock::local(incident.opened_at),
            hosts.join(","),
            done.concat()
        );
        screen::wrapped(&row, 4);
        rows.push(serde_json::Value::Null);
    }
    if output.json {
        screen::json(&serde_json::json!({ "version": 1, "incidents": rows }));
    } else if rows.is_empty() {
        screen::line(world.locale.no_incidents());
    }
    Ok(Exit::Fine)
}

/// What is said of an incident without a finding above info.
fn quiet_word(incident: &Incident) -> &'static str {
    let mut worst = "nothing above info";
    for report in incident.reports.values() {
        match report.status {
            incident::HostStatus::Unreachable => return "could not be reached",
            incident::HostStatus::Unknown => worst = "too little could be read",
            incident::HostStatus::Healthy
            | incident::HostStatus::Degraded
            | incident::HostStatus::Critical => {}
        }
    }
    if incident.reports.is_empty() {
        worst = "the look was not finished";
    }
    worst
}

async fn show(world: &World, id: &str, output: &Output) -> anyhow::Result<Exit> {
    let id = find(world, id).await?;
    let facts = journal::facts(&world.store, &id).await?;
    let incident = Incident::replay(id.clone(), facts.iter().cloned());
    let reports: Vec<HostReport> = incident.reports.values().cloned().collect();
    // What a script reads is the same in all languages.
    let told = if output.json {
        Locale::English
    } else {
        world.locale
    };
    past::catch_up(&world.store).await;
    let mut hints = Gathered::default();
    for report in &reports {
        let opened = (&id, incident.opened_at);
        let of_host = Gathered::of(world, opened, &report.findings).await;
        hints.take(report, of_host);
    }
    let knowledge = world.shelf.knowledge();
    let summary = crate::clerk::summary(world, &incident, &reports, told);
    let now = clock::now();
    let views = crate::cards::views(
        world,
        &incident,
        incident
            .remediations
            .values()
            .filter(|one| matches!(one.state, State::Proposed { .. }))
            .map(|one| &one.proposal)
            .filter(|proposal| now <= proposal.expires_at),
        now,
        told,
    );
    let cards: Vec<_> = views.iter().map(crate::cards::View::card).collect();
    if output.json {
        let evidence = evidence(world, &id, &facts).await?;
        let mut value = json::diagnosis(&id, &summary, &reports, &evidence, &cards, &[]);
        if let Some(fields) = value.as_object_mut() {
            let (seen_before, may_fit) = hints.json(&knowledge);
            fields.insert("seen_before".to_owned(), seen_before);
            fields.insert("may_fit".to_owned(), may_fit);
            fields.insert(
                "opened_at".to_owned(),
                clock::rfc3339(incident.opened_at).into(),
            );
            fields.insert("symptom".to_owned(), incident.symptom.clone().into());
            fields.insert("status".to_owned(), incident.status().word().into());
            fields.insert("remediations".to_owned(), remediations(&incident).into());
        }
        screen::json(&value);
        return Ok(Exit::Fine);
    }
    let opened = clock::local(incident.opened_at);
    let by = incident.by.as_ref();
    screen::wrapped(&world.locale.opened(&opened, by, &incident.symptom), 2);
    screen::line(world.locale.stage(incident.status()));
    // What was done since comes first: what was found may be over.
    for one in incident.remediations.values() {
        if let State::Ended { outcome, why, .. } = &one.state {
            let title = crate::cards::title(world, &one.proposal, world.locale);
            screen::line(&world.locale.at_work(one, &title));
            let notice = Notice::Ended {
                proposal: &one.proposal,
                outcome: *outcome,
                why,
                output: "",
                can_undo: crate::perform::can_undo(&incident, &one.proposal.id),
            };
            screen::say(&notice, false, world.locale);
        }
    }
    screen::line(&format!("\n{}", world.locale.found_then()));
    let notice = Notice::Diagnosed {
        incident: &id,
        summary: &summary,
        reports: &reports,
        cards: &cards,
        pages: &[],
        withheld: &[],
        hints: &hints.told(&knowledge, world.locale),
    };
    screen::say(&notice, false, world.locale);
    Ok(Exit::Fine)
}

/// `sickbay incident evidence`: what there is, or the text of one piece.
async fn read(
    world: &World,
    id: &IncidentId,
    piece: Option<&str>,
    output: &Output,
) -> anyhow::Result<Exit> {
    let facts = journal::facts(&world.store, id).await?;
    let all = evidence(world, id, &facts).await?;
    let Some(piece) = piece else {
        if output.json {
            let all: Vec<_> = all.iter().map(|one| serde_json::json!({ "id": one.id, "host": one.host, "key": one.key, "bytes": one.text.len() })).collect();
            screen::json(&serde_json::json!({ "version": 1, "incident": id, "evidence": all }));
        } else {
            for one in &all {
                screen::line(&format!(
                    "{:<6} {:<16} {}",
                    one.id.as_str(),
                    one.host,
                    one.key
                ));
            }
        }
        return Ok(Exit::Fine);
    };
    let Some(found) = all.iter().find(|one| one.id.as_str() == piece) else {
        let piece: String = piece.chars().take(80).collect();
        return Err(Usage(format!(
            "incident {id} has no evidence {piece:?}; `sickbay incident evidence {id}` lists what it has"
        ))
        .into());
    };
    if output.json {
        screen::json(&serde_json::json!({ "version": 1, "incident": id, "evidence": found }));
    } else {
        for line in found.text.lines() {
            screen::line(line);
        }
    }
    Ok(Exit::Fine)
}

/// The evidence as it was recorded; a text that was erased since is said to be.
async fn evidence(
    world: &World,
    id: &IncidentId,
    facts: &[(incident::Moment, Fact)],
) -> anyhow::Result<Vec<Evidence>> {
    let mut list = Vec::new();
    let examined = facts.iter().filter_map(|(_, fact)| {
        if let Fact::Examined { evidence, .. } = fact {
            Some(evidence)
        } else {
            None
        }
    });
    for one in examined.flatten() {
        let text = match world.store.body(id, one.id.as_str()).await? {
            Some(Stored::Text(text)) => text,
            Some(Stored::Erased(_)) => "[erased]".to_owned(),
            None => String::new(),
        };
        let name = one.key.split(' ').next().unwrap_or(&one.key);
        list.push(Evidence {
            id: one.id.clone(),
            host: one.host.clone(),
            probe: ProbeId::new(name).map_err(|bad| Usage(bad.to_string()))?,
            key: one.key.clone(),
            argv: one.argv.clone(),
            ended: one.ended,
            took: one.took,
            truncated: one.truncated,
            text,
        });
    }
    Ok(list)
}
