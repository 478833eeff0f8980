//! Approve, reject, dry run, roll back: what a person presses.

use std::collections::BTreeSet;

use chat::{Locale, Would};
use incident::fact::Ran;
use incident::notice::Notice;
use incident::people::{Found, Right};
use incident::remediation::{Event, Incident, Outcome, Remediation, State, Why, invert};
use incident::{Fact, Proposal, ProposalId, Refusal, ResponderId, Span};
use store::AppendError;

use crate::cli::{Click, Global};
use crate::exit::Exit;
use crate::journal::{self, JournalError};
use crate::world::{Usage, World};
use crate::{clock, json, perform, propose, screen};

fn id_of(click: &Click) -> anyhow::Result<ProposalId> {
    ProposalId::new(click.proposal.clone()).map_err(|bad| Usage(bad.to_string()).into())
}

/// What the person has seen of the steps right before they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing, so they are said.
    Nothing,
    /// All of them.
    Steps,
}

/// Says why something was refused, in the shape that was asked for.
fn refuse(click: &Click, refusal: &Refusal, locale: Locale) -> Exit {
    if click.json {
        let why = Locale::English.refusal(refusal);
        screen::json(&json::refused(&click.proposal, &why));
    } else {
        let why = locale.refusal(refusal);
        screen::say(&Notice::Refused { why: &why }, false, locale);
    }
    Exit::Usage
}

/// `sickbay approve ID`: exit 0 only when verified.
pub(crate) async fn approve(global: &Global, click: &Click) -> anyhow::Result<Exit> {
    let id = id_of(click)?;
    let world = World::open(global, click.as_name.as_deref()).await?;
    perform::recover(&world).await;
    let exit = carry_out(&world, click, &id, Said::Nothing).await?;
    world.hosts.close().await;
    Ok(exit)
}

/// Approves a proposal as the person at this terminal, waits until it is over and says how it ended.
pub(crate) async fn carry_out(
    world: &World,
    click: &Click,
    id: &ProposalId,
    said: Said,
) -> anyhow::Result<Exit> {
    let (_incident, proposal) = match find(world, id).await {
        Ok(found) => found,
        Err(error) => return refused(click, error, world.locale),
    };
    let event = Event::Approve {
        proposal: id.clone(),
        by: world.who.id.clone(),
        via: world.who.via.clone(),
        digest: proposal.digest(),
    };
    let heard = world.hear(&proposal, &event, None).await;
    let (incident, decision) = match heard {
        Ok(heard) => heard,
        Err(error) => return refused(click, error, world.locale),
    };
    crate::point!("app::after_approve");
    if decision.effects.is_empty() {
        let given = incident
            .remediations
            .get(id)
            .map_or(0, |one| match &one.state {
                State::Proposed { approvals } => approvals.len(),
                State::Granted { .. }
                | State::Dispatched { .. }
                | State::Executed { .. }
                | State::Ended { .. } => 0,
            });
        let needed = propose::requirement(world, &proposal).min;
        let why = |locale: Locale| locale.waits_for_more(id, given, needed);
        if click.json {
            screen::json(&json::waiting(&proposal, &why(Locale::English)));
        } else {
            screen::line(&why(world.locale));
        }
        return Ok(Exit::Findings);
    }
    match said {
        Said::Nothing if !click.json => {
            let proposal = &proposal;
            screen::say(&Notice::Running { proposal }, false, world.locale);
        }
        Said::Steps if !click.json => screen::line(world.locale.runs()),
        Said::Nothing | Said::Steps => {}
    }
    let (incident, stuck) = perform::finish(world, &incident.id, id).await?;
    Ok(tell(click, &incident, id, stuck.as_deref(), world.locale))
}

fn refused(click: &Click, error: JournalError, locale: Locale) -> anyhow::Result<Exit> {
    match error {
        JournalError::Refused(refusal) => Ok(refuse(click, &refusal, locale)),
        JournalError::Read(_)
        | JournalError::Append(_)
        | JournalError::Lease(_)
        | JournalError::Unreadable { .. }
        | JournalError::Place(_) => Err(error.into()),
    }
}

/// The proposal with this id, and its incident as it stands.
pub(crate) async fn find(
    world: &World,
    id: &ProposalId,
) -> Result<(Incident, Proposal), JournalError> {
    let Some(incident) = world.store.incident_of(id).await? else {
        let recent = world.recent(Span::minutes(7 * 24 * 60), clock::now()).await;
        let known = recent.iter().flat_map(|one| one.remediations.keys());
        let near = incident::command::nearest(id.as_str(), known.map(ProposalId::as_str));
        return Err(journal::no_proposal(id, near));
    };
    let incident = journal::load(&world.store, &incident).await?;
    let proposal = incident
        .remediations
        .get(id)
        .map(|one| one.proposal.clone());
    match proposal {
        Some(proposal) => Ok((incident, proposal)),
        None => Err(journal::no_proposal(id, None)),
    }
}

/// Says how a remediation ended.
fn tell(
    click: &Click,
    incident: &Incident,
    id: &ProposalId,
    stuck: Option<&str>,
    locale: Locale,
) -> Exit {
    let Some(remediation) = incident.remediations.get(id) else {
        return refuse(click, &gone(id), locale);
    };
    let (outcome, why) = ended(remediation, stuck);
    if click.json {
        screen::json(&json::outcome(remediation, outcome, &why));
    } else {
        let notice = Notice::Ended {
            proposal: &remediation.proposal,
            outcome,
            why: &why,
            output: &remediation.output,
            can_undo: perform::can_undo(incident, id),
        };
        screen::say(&notice, false, locale);
    }
    match outcome {
        Outcome::Verified | Outcome::Captured => Exit::Fine,
        Outcome::NotFixed | Outcome::Planned | Outcome::Worse | Outcome::Failed => Exit::Findings,
        Outcome::Refused | Outcome::Rejected | Outcome::Expired => Exit::Usage,
        Outcome::Unknown => Exit::NotExamined,
    }
}

/// The outcome as far as it is known; what is still under way is unknown, with the way to look again.
fn ended(remediation: &Remediation, stuck: Option<&str>) -> (Outcome, Why) {
    match &remediation.state {
        State::Ended { outcome, why, .. } => (*outcome, why.clone()),
        State::Proposed { .. }
        | State::Granted { .. }
        | State::Dispatched { .. }
        | State::Executed { .. } => {
            let stuck = stuck.map(str::to_owned);
            (Outcome::Unknown, Why::UnderWay(stuck))
        }
    }
}

/// What is kept of the reason that somebody gives for a no.
pub(crate) fn reason(world: &World, text: &str) -> Result<String, Refusal> {
    let (count, most) = (text.trim().chars().count(), chat::form::REASON);
    if count > most {
        return Err(Refusal::LongReason { count, most });
    }
    Ok(world.clean(text.trim()))
}

/// `sickbay reject ID`.
pub(crate) async fn reject(global: &Global, click: &Click, why: &str) -> anyhow::Result<Exit> {
    let id = id_of(click)?;
    let world = World::open(global, click.as_name.as_deref()).await?;
    let (incident, proposal) = match find(&world, &id).await {
        Ok(found) => found,
        Err(error) => return refused(click, error, world.locale),
    };
    let reason = match reason(&world, why) {
        Ok(reason) => reason,
        Err(refusal) => return Ok(refuse(click, &refusal, world.locale)),
    };
    let by = world.who.id.clone();
    let event = Event::Reject {
        proposal: id.clone(),
        by: by.clone(),
        via: world.who.via.clone(),
        reason: reason.clone(),
    };
    match world.hear(&proposal, &event, None).await {
        Ok(_heard) => {
            if click.json {
                let why = Why::Rejected { by, reason }.to_string();
                let value = serde_json::json!({
                    "version": 1, "proposal": id, "incident": incident.id, "host": proposal.host,
                    "outcome": Outcome::Rejected.word(), "why": why,
                });
                screen::json(&value);
            } else {
                screen::line(&world.locale.rejected(&id, &by));
            }
            Ok(Exit::Fine)
        }
        Err(error) => refused(click, error, world.locale),
    }
}

/// `sickbay dry-run ID`: what the proposal would do on the host as it is now.
pub(crate) async fn dry_run(global: &Global, click: &Click) -> anyhow::Result<Exit> {
    let id = id_of(click)?;
    let world = World::open(global, click.as_name.as_deref()).await?;
    let (incident, proposal) = match find(&world, &id).await {
        Ok(found) => found,
        Err(error) => return refused(click, error, world.locale),
    };
    let rehearsed = match rehearse(&world, &incident, &proposal, world.locale).await {
        Ok(rehearsed) => rehearsed,
        Err(why) => {
            refuse(click, &why, world.locale);
            return Ok(Exit::NotExamined);
        }
    };
    world.hosts.close().await;
    let Rehearsed { fits, lines, steps } = rehearsed;
    if click.json {
        screen::json(&serde_json::json!({
            "version": 1, "proposal": id, "host": proposal.host, "digest": proposal.digest(), "fits": fits, "steps": steps,
        }));
    } else {
        screen::line(&world.locale.dry_run_of(&id, &proposal.host));
        screen::wrapped(&lines.join("\n"), 5);
    }
    Ok(if fits { Exit::Fine } else { Exit::Findings })
}

/// What a proposal would do now.
#[derive(Debug)]
pub(crate) struct Rehearsed {
    /// Whether the host is as the proposal was made for.
    pub(crate) fits: bool,
    /// Step by step, for people.
    pub(crate) lines: Vec<String>,
    /// The same for scripts.
    steps: Vec<serde_json::Value>,
}

/// Looks what a proposal would do on the host as it is now. Changes nothing.
pub(crate) async fn rehearse(
    world: &World,
    incident: &Incident,
    proposal: &Proposal,
    locale: Locale,
) -> Result<Rehearsed, Refusal> {
    let undone = proposal.undoes.as_ref();
    let undone = undone.and_then(|id| incident.remediations.get(id));
    let root = undone.map_or(hosts::Root::Disk, |one| hosts::Root::of(&one.root));
    let Some(host) = world.inventory().host(&proposal.host) else {
        return Err(not_in_inventory(proposal));
    };
    let preview = world
        .hosts
        .preview(&host, proposal.privilege, root, &proposal.steps)
        .await
        .map_err(|error| Refusal::Said(error.to_string()))?;
    let mut fits = true;
    let mut lines = Vec::new();
    let mut steps = Vec::new();
    for (n, (step, looked)) in proposal.steps.iter().zip(&preview.steps).enumerate() {
        let would = match &looked.verdict {
            hosts::Verdict::Ok => Would::Run,
            hosts::Verdict::Noop => Would::ChangeNothing,
            hosts::Verdict::Refused(why) => Would::BeRefused(world.clean(why)),
        };
        let changed = step
            .needs()
            .iter()
            .find(|(key, value)| looked.before.get(*key).is_some_and(|now| now != *value))
            .map(|(key, value)| (key, value, looked.before.get(key).map(String::as_str)));
        fits &= !matches!(looked.verdict, hosts::Verdict::Refused(_)) && changed.is_none();
        let diff = world
            .redactor
            .redact(&incident::redact::printable(&looked.diff));
        // What a script reads is the same in all languages.
        let note = |locale: Locale| match (changed, &would) {
            (Some((key, was, is)), _) => locale.was_and_is(key, was, is),
            (None, Would::BeRefused(why)) => why.clone(),
            (None, Would::Run | Would::ChangeNothing) => String::new(),
        };
        let told = locale.rehearsed(&locale.step(step), &would, &note(locale));
        lines.push(format!("  {}. {told}", n + 1));
        lines.push(format!("     {}", step.argv().join(" ")));
        lines.extend(diff.lines().map(|line| format!("     {line}")));
        let english = Locale::English;
        steps.push(serde_json::json!({
            "show": english.step(step), "argv": step.argv(), "verdict": english.would(&would),
            "why": note(english), "diff": diff, "undo": looked.undo,
        }));
    }
    Ok(Rehearsed { fits, lines, steps })
}

/// `sickbay rollback ID`: proposes the inverse, approves it as the person at this terminal, and carries it out.
pub(crate) async fn rollback(global: &Global, click: &Click) -> anyhow::Result<Exit> {
    let id = id_of(click)?;
    let world = World::open(global, click.as_name.as_deref()).await?;
    perform::recover(&world).await;
    let exit = Box::pin(undo(&world, click, &id)).await?;
    world.hosts.close().await;
    Ok(exit)
}

/// Whether what a proposal did can be undone.
pub(crate) async fn can_undo(world: &World, id: &ProposalId) -> anyhow::Result<bool> {
    let (incident, _proposal) = find(world, id).await?;
    Ok(perform::can_undo(&incident, id))
}

/// How often an undo is made anew because somebody else recorded something meanwhile.
const MOST_RACES: usize = 5;

/// Proposes the inverse of what a proposal did, approves it as the person at this terminal, and carries it out.
pub(crate) async fn undo(world: &World, click: &Click, id: &ProposalId) -> anyhow::Result<Exit> {
    match propose_undo(world, id, None).await {
        Ok(undo) => carry_out(world, click, &undo.id, Said::Nothing).await,
        Err(error) => refused(click, error, world.locale),
    }
}

/// Records the proposal that undoes another; made anew where somebody else recorded something meanwhile. `only_for` is
/// somebody who has to be allowed to approve it before it stands there, with what a platform said of them.
pub(crate) async fn propose_undo(
    world: &World,
    id: &ProposalId,
    only_for: Option<(&ResponderId, &Found)>,
) -> Result<Proposal, JournalError> {
    for _ in 0..MOST_RACES {
        let (mut incident, proposal) = find(world, id).await?;
        let undo = make_rollback(world, &incident, &proposal).await?;
        if let Some((who, told)) = only_for {
            may_undo(world, &incident, &undo, id, (who, told)).await?;
        }
        let fact = Fact::Proposed {
            proposal: Box::new(undo.clone()),
        };
        let now = clock::now();
        match journal::record(&world.store, &mut incident, &[fact], Vec::new(), now).await {
            Ok(()) => return Ok(undo),
            Err(JournalError::Append(AppendError::Conflict { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    let proposal = id.clone();
    Err(Refusal::OthersAtWork { proposal }.into())
}

/// Refuses an undo for somebody who may not approve it.
async fn may_undo(
    world: &World,
    incident: &Incident,
    undo: &Proposal,
    id: &ProposalId,
    (who, told): (&ResponderId, &Found),
) -> Result<(), Refusal> {
    let requirement = propose::requirement(world, undo);
    let people = BTreeSet::from([who.clone()]);
    let requirement = world.looked_up(requirement, &people, told).await;
    let asked = incident.by.as_ref().unwrap_or(who);
    let proposal = id.clone();
    match requirement.right(who) {
        Right::Has(_) if requirement.may(who, asked) => Ok(()),
        Right::Untold(why) => Err(Refusal::UntoldUndo { proposal, why }),
        Right::Has(_) | Right::Lacks => Err(Refusal::MayNotUndo { proposal }),
    }
}

/// The proposal that undoes another, made from what the guard saved.
async fn make_rollback(
    world: &World,
    incident: &Incident,
    proposal: &Proposal,
) -> Result<Proposal, Refusal> {
    let id = proposal.id.clone();
    let Some(remediation) = incident.remediations.get(&id) else {
        return Err(gone(&id));
    };
    if proposal.undoes.is_some() {
        return Err(Refusal::IsRollback { proposal: id });
    }
    // That nobody could see whether it helped is no reason: what it did is known all the same.
    if let Some(Ran::Unknown { .. }) = remediation.ran {
        return Err(Refusal::EndUnknown {
            proposal: id,
            host: proposal.host.clone(),
        });
    }
    let execution = match (&remediation.state, &remediation.execution) {
        (State::Ended { .. }, Some(execution)) => execution.clone(),
        (State::Ended { .. } | State::Proposed { .. }, None) => {
            return Err(Refusal::NeverCarriedOut { proposal: id });
        }
        (
            State::Granted { .. }
            | State::Dispatched { .. }
            | State::Executed { .. }
            | State::Proposed { .. },
            _,
        ) => return Err(Refusal::StillCarriedOut { proposal: id }),
    };
    let undone = incident.remediations.values().any(|one| {
        one.proposal.undoes.as_ref() == Some(&proposal.id)
            && matches!(
                one.state,
                State::Ended {
                    outcome: Outcome::Verified,
                    ..
                }
            )
    });
    if undone {
        return Err(Refusal::UndoneBefore { proposal: id });
    }
    let steps = invert(&execution, &proposal.steps, &remediation.steps)?;
    let Some(host) = world.inventory().host(&proposal.host) else {
        return Err(not_in_inventory(proposal));
    };
    let root = hosts::Root::of(&remediation.root);
    let (steps, undo, undo_words, diff) =
        propose::bind_rollback(world, &host, proposal.privilege, root, steps)
            .await
            .map_err(Refusal::WouldNot)?;
    let now = clock::now();
    let mut made = proposal.clone();
    made.id = incident.id.proposal(incident.remediations.len() + 1);
    made.title = Locale::English.undo_of(&proposal.id, &proposal.title);
    made.steps = steps;
    made.undo = undo;
    made.undo_words = undo_words;
    made.undoes = Some(proposal.id.clone());
    made.diff = diff;
    made.made_at = now;
    made.expires_at = now.plus(proposal.expires_at.since(proposal.made_at));
    Ok(made)
}

fn gone(proposal: &ProposalId) -> Refusal {
    Refusal::NoProposal {
        proposal: proposal.clone(),
        near: None,
    }
}

fn not_in_inventory(proposal: &Proposal) -> Refusal {
    Refusal::NotInInventory {
        host: proposal.host.clone(),
    }
}
