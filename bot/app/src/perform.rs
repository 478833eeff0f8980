//! Effects become the next event: carry out what was granted, look whether it helped.
//!
//! An effect that changes a host is looked up on the host before anything is started again; what
//! was started once is never started again.

use hosts::Root;
use incident::fact::Ran;
use incident::remediation::{Event, Incident, Moved, Seen, State};
use incident::report::compare;
use incident::{
    Approved, Effect, ExecutionId, Finding, IncidentId, Proposal, ProposalId, SignedGrant,
};
use probes::Window;
use store::Leased;

use crate::journal::{self, JournalError};
use crate::look;
use crate::world::World;
use crate::{clock, progress};

mod capture;
mod guard;
mod lease;

pub(crate) use lease::{Recovered, finish, recover, recover_now};

/// What performing one effect came to.
enum Performed {
    /// The next event was heard, or there was nothing to do.
    Over,
    /// The host cannot be asked now; the effect stays for later.
    Later(String),
}

async fn perform(
    world: &World,
    leased: &Leased,
    effect: &Effect,
) -> Result<Performed, JournalError> {
    let incident = journal::load(&world.store, &leased.incident).await?;
    let (Effect::Execute {
        proposal,
        execution,
    }
    | Effect::Verify {
        proposal,
        execution,
    }) = effect;
    let Some(remediation) = incident.remediations.get(proposal).cloned() else {
        return nothing_to_do(world, leased).await;
    };
    match (effect, &remediation.state) {
        (Effect::Execute { .. }, State::Granted { grant, .. })
            if grant.grant.execution == *execution =>
        {
            crate::point!("app::before_check");
            start(world, leased, &incident, &remediation.proposal, grant).await
        }
        (
            Effect::Execute { .. },
            State::Dispatched {
                grant, root, boot, ..
            },
        ) if grant.grant.execution == *execution => {
            // It may have been started: look, never start.
            let sent = guard::Sent {
                root: Root::of(root),
                boot,
            };
            let ran = guard::look_up(world, &remediation.proposal, execution, &sent).await;
            crate::point!("app::after_look_up");
            report(world, leased, &remediation.proposal, execution, ran).await
        }
        (Effect::Verify { .. }, State::Executed { execution: of, ran })
            if of == execution && incident::capture::only_looks(&remediation.proposal) =>
        {
            let proposal = &remediation.proposal;
            progress::doing(
                &world
                    .locale
                    .doing(proposal, incident::notice::Stage::Verifying),
            );
            let taken = capture::Taken {
                proposal,
                execution,
                ran,
                root: Root::of(&remediation.root),
            };
            capture::gather(world, leased, &incident, &taken).await
        }
        (Effect::Verify { .. }, State::Executed { execution: of, ran }) if of == execution => {
            verify(
                world,
                leased,
                &incident,
                &remediation.proposal,
                execution,
                ran,
            )
            .await
        }
        (
            Effect::Execute { .. } | Effect::Verify { .. },
            State::Proposed { .. }
            | State::Granted { .. }
            | State::Dispatched { .. }
            | State::Executed { .. }
            | State::Ended { .. },
        ) => nothing_to_do(world, leased).await,
    }
}

async fn nothing_to_do(world: &World, leased: &Leased) -> Result<Performed, JournalError> {
    world
        .store
        .finish(leased.id, leased.fence, clock::now())
        .await?;
    Ok(Performed::Over)
}

/// Checks once more that the host is what the card was made for, then starts the run.
async fn start(
    world: &World,
    leased: &Leased,
    incident: &Incident,
    proposal: &Proposal,
    grant: &SignedGrant,
) -> Result<Performed, JournalError> {
    let moved = |moved: Moved| Event::Moved {
        proposal: proposal.id.clone(),
        moved,
    };
    progress::doing(
        &world
            .locale
            .doing(proposal, incident::notice::Stage::Checking),
    );
    let checked = match check_again(world, incident, proposal).await {
        Ok(seen) => seen,
        Err(why) => {
            world.hear(proposal, &moved(why), Some(leased)).await?;
            return Ok(Performed::Over);
        }
    };
    if clock::now() > grant.grant.expires_at {
        let late = moved(Moved::TooLate);
        world.hear(proposal, &late, Some(leased)).await?;
        return Ok(Performed::Over);
    }
    let boot = checked
        .line
        .as_ref()
        .map(|line| line.boot.clone())
        .unwrap_or_default();
    let root = match guard::choose_root(world, &checked.host, incident, proposal).await {
        Ok(root) => root,
        Err(why) => {
            let why = moved(Moved::Said { why });
            world.hear(proposal, &why, Some(leased)).await?;
            return Ok(Performed::Over);
        }
    };
    let starting = Event::Starting {
        proposal: proposal.id.clone(),
        root: root.word().to_owned(),
        boot: boot.clone(),
    };
    // The intent is on disk before the host hears of it.
    world.hear(proposal, &starting, None).await?;
    crate::point!("app::before_dispatch");
    let key = world.key.verifying_key();
    let execution = grant.grant.execution.clone();
    let ran = match Approved::verify(grant, proposal.clone(), &key, clock::now()) {
        Ok(approved) => {
            progress::doing(
                &world
                    .locale
                    .doing(proposal, incident::notice::Stage::Running),
            );
            let sent = guard::Sent { root, boot: &boot };
            guard::run(world, &checked.host, &sent, approved).await
        }
        Err(not) => Ok(guard::Report::bare(Ran::Refused {
            why: not.to_string(),
        })),
    };
    crate::point!("app::after_dispatch");
    report(world, leased, proposal, &execution, ran).await
}

/// Records how a run ended, with the effect that brought it.
async fn report(
    world: &World,
    leased: &Leased,
    proposal: &Proposal,
    execution: &ExecutionId,
    ran: Result<guard::Report, String>,
) -> Result<Performed, JournalError> {
    let report = match ran {
        Ok(report) => report,
        Err(why) => return Ok(Performed::Later(why)),
    };
    let ran = match report.ran {
        Ran::Refused { why } => Ran::Refused {
            why: world.clean(&why),
        },
        Ran::Unknown { why } => Ran::Unknown {
            why: world.clean(&why),
        },
        ran @ (Ran::Done | Ran::StepFailed { .. } | Ran::TimedOut | Ran::NeverRan) => ran,
    };
    let event = Event::Ran {
        proposal: proposal.id.clone(),
        execution: execution.clone(),
        ran,
        steps: report.steps,
        output: world.clean(&report.output),
    };
    world.hear(proposal, &event, Some(leased)).await?;
    crate::point!("app::after_report");
    Ok(Performed::Over)
}

/// Looks at the host again before a run: is it the same host, and is what the card answers still true?
async fn check_again(
    world: &World,
    incident: &Incident,
    proposal: &Proposal,
) -> Result<look::Seen, Moved> {
    let (host_name, runbook) = (proposal.host.clone(), proposal.runbook.clone());
    let Some(host) = world.inventory().host(&proposal.host) else {
        return Err(Moved::NoHost { host: host_name });
    };
    if proposal.undoes.is_none() {
        let unread = |why: String| Moved::Unread { why };
        world.shelf.reread().map_err(unread)?;
        let knowledge = world.shelf.knowledge();
        let page = knowledge.library.get(&proposal.runbook);
        let same = |page: &runbook::Runbook| {
            page.version == proposal.runbook_version
                // What an older Sickbay proposed has no digest of it.
                && (proposal.runbook_text.is_empty() || page.digest() == proposal.runbook_text)
        };
        if !page.is_some_and(same) {
            return Err(Moved::Runbook { runbook });
        }
    }
    let seen = look::look(
        world,
        &host,
        Window::default(),
        &incident.symptom,
        |_step| {},
    )
    .await;
    let Some(line) = &seen.line else {
        return Err(Moved::Unreachable {
            host: host_name,
            why: seen.unreachable,
        });
    };
    if line.host_key != proposal.host_key {
        return Err(Moved::Key {
            host: host_name,
            is: line.host_key.clone(),
            was: proposal.host_key.clone(),
        });
    }
    if line.login != proposal.login || line.privilege != proposal.privilege {
        return Err(Moved::Login { host: host_name });
    }
    if proposal.undoes.is_none() {
        let numbered = seen.number(incident.numbered, &world.redactor);
        let still = numbered.report.findings.iter().any(|one| {
            one.code == proposal.answers_code && one.subject == proposal.answers_subject
        });
        if !still {
            return Err(Moved::Gone {
                subject: proposal.answers_subject.clone(),
                host: host_name,
            });
        }
    }
    Ok(seen)
}

/// Looks whether a run helped, and records what was seen.
async fn verify(
    world: &World,
    leased: &Leased,
    incident: &Incident,
    proposal: &Proposal,
    execution: &ExecutionId,
    ran: &Ran,
) -> Result<Performed, JournalError> {
    crate::point!("app::before_verify");
    let (verdict, seen) = match world.inventory().host(&proposal.host) {
        None => (
            incident::report::Verdict::CouldNotCheck,
            Seen::NoHost {
                host: proposal.host.clone(),
            },
        ),
        Some(host) => {
            let since = started_at(world, &incident.id, execution).await?;
            let window = Window {
                since_seconds: clock::now().since(since).as_seconds().max(1),
            };
            progress::doing(
                &world
                    .locale
                    .doing(proposal, incident::notice::Stage::Verifying),
            );
            let seen = look::look(world, &host, window, &incident.symptom, |_step| {}).await;
            let report = seen.number(incident.numbered, &world.redactor).report;
            let before = incident
                .reports
                .get(&proposal.host)
                .map(|report| report.findings.clone())
                .unwrap_or_default();
            match incident.answered(proposal) {
                Some(answered) if proposal.undoes.is_none() => {
                    let keys = cited_keys(world, &incident.id, answered).await?;
                    match (compare(&before, answered, &report), seen.unanswered(&keys)) {
                        // That it is not seen proves nothing where the question behind it got no answer.
                        ((incident::report::Verdict::Verified, _), Some(key)) => (
                            incident::report::Verdict::CouldNotCheck,
                            Seen::NoAnswer {
                                probe: key.to_string(),
                            },
                        ),
                        (compared, _) => compared,
                    }
                }
                // A rollback is verified by the guard, which compared each target with what was saved.
                answered => after_rollback(answered, &report),
            }
        }
    };
    let (verdict, seen) = match planned(proposal, ran) {
        // Nothing is mended before it, and nothing new is its doing.
        Some(minutes) if verdict != incident::report::Verdict::Verified => (
            incident::report::Verdict::Planned,
            Seen::Reboots { minutes },
        ),
        _ => (verdict, seen),
    };
    let event = Event::Looked {
        proposal: proposal.id.clone(),
        verdict,
        seen,
    };
    world.hear(proposal, &event, Some(leased)).await?;
    crate::point!("app::after_verify");
    Ok(Performed::Over)
}

/// In how many minutes the host reboots because of a fix that was carried out.
fn planned(proposal: &Proposal, ran: &Ran) -> Option<u32> {
    let last = proposal.steps.last().filter(|_| *ran == Ran::Done)?;
    (last.verb() == "host.reboot").then_some(())?;
    last.args().first()?.parse().ok()
}

/// After a rollback the old trouble is back, which is what was asked for: that the steps were done is the verification.
fn after_rollback(
    answered: Option<&Finding>,
    report: &incident::report::HostReport,
) -> (incident::report::Verdict, Seen) {
    use incident::report::Verdict;
    if !report.unreachable.is_empty() {
        let why = report.unreachable.clone();
        return (Verdict::CouldNotCheck, Seen::Said { why });
    }
    let back = answered.filter(|finding| {
        report
            .findings
            .iter()
            .any(|one| one.identity() == finding.identity())
    });
    let seen = match back {
        Some(finding) => Seen::PutBackWith {
            code: finding.code.clone(),
            title: finding.title.clone(),
        },
        None => Seen::PutBack,
    };
    (Verdict::Verified, seen)
}

/// The questions behind a finding.
async fn cited_keys(
    world: &World,
    incident: &IncidentId,
    finding: &Finding,
) -> Result<Vec<String>, JournalError> {
    let facts = journal::facts(&world.store, incident).await?;
    let mut keys = Vec::new();
    for (_, fact) in facts {
        if let incident::Fact::Examined { evidence, .. } = fact {
            let cited = evidence
                .into_iter()
                .filter(|one| finding.cites.contains(&one.id));
            keys.extend(cited.map(|one| one.key));
        }
    }
    Ok(keys)
}

/// When an execution was dispatched, by the journal.
async fn started_at(
    world: &World,
    incident: &IncidentId,
    execution: &ExecutionId,
) -> Result<incident::Moment, JournalError> {
    let facts = journal::facts(&world.store, incident).await?;
    let ended = facts.iter().find(|(_, fact)| {
        matches!(fact, incident::Fact::Executed { execution: of, .. } if of == execution)
    });
    Ok(ended.map_or_else(clock::now, |(at, _)| *at))
}

/// Whether a proposal can be undone: it ran, and what it did has an inverse.
pub(crate) fn can_undo(incident: &Incident, proposal: &ProposalId) -> bool {
    let Some(remediation) = incident.remediations.get(proposal) else {
        return false;
    };
    let (Some(execution), Some(ran)) = (&remediation.execution, &remediation.ran) else {
        return false;
    };
    !matches!(ran, Ran::Unknown { .. })
        && remediation.proposal.undoes.is_none()
        && incident::remediation::invert(execution, &remediation.proposal.steps, &remediation.steps)
            .is_ok()
}
