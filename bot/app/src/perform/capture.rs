//! What a closer look saw is fetched, recorded as evidence and removed from the host, in that order: whatever is interrupted
//! goes on where it was, and nothing is lost or kept twice.

use hosts::{GuardError, Host, Root};
use incident::capture::Kind;
use incident::fact::Ran;
use incident::redact::printable;
use incident::remediation::{Event, Incident, Seen};
use incident::report::Verdict;
use incident::{
    Capture, Ended, Evidence, EvidenceId, ExecutionId, Fact, IncidentId, ProbeId, Proposal, Span,
    Step,
};
use store::{Leased, Stored};

use super::Performed;
use crate::journal::{self, JournalError};
use crate::world::World;

/// Of which capture, and where it lies.
pub(super) struct Taken<'a> {
    pub(super) proposal: &'a Proposal,
    pub(super) execution: &'a ExecutionId,
    pub(super) ran: &'a Ran,
    pub(super) root: Root,
}

/// Fetches and records what was seen, and hears that it is over.
pub(super) async fn gather(
    world: &World,
    leased: &Leased,
    incident: &Incident,
    taken: &Taken<'_>,
) -> Result<Performed, JournalError> {
    let proposal = taken.proposal;
    let (verdict, seen) = match world.inventory().host(&proposal.host) {
        None => (
            Verdict::CouldNotCheck,
            Seen::NoHost {
                host: proposal.host.clone(),
            },
        ),
        Some(host) => {
            let kept = if *taken.ran == Ran::Done {
                keep(world, &host, &incident.id, taken).await?
            } else {
                Kept::Nothing
            };
            let (verdict, seen) = match kept {
                Kept::All(kept) => {
                    let (evidence, captures) = kept.into_iter().unzip();
                    (Verdict::Captured, Seen::Captured { captures, evidence })
                }
                Kept::Nothing => (Verdict::CouldNotCheck, Seen::NothingTaken),
                Kept::Unasked(why) if given_up(world, &incident.id, taken).await? => (
                    Verdict::CouldNotCheck,
                    Seen::Unreachable {
                        host: proposal.host.clone(),
                        why: world.clean(&why),
                    },
                ),
                Kept::Unasked(why) => return Ok(Performed::Later(why)),
            };
            let (privilege, root) = (proposal.privilege, taken.root);
            let dropped = world
                .hosts
                .drop_taken(&host, privilege, root, taken.execution);
            if let Err(why) = dropped.await {
                if !given_up(world, &incident.id, taken).await? {
                    return Ok(Performed::Later(why.to_string()));
                }
                tracing::warn!(%why, host.name = %host.name, execution = %taken.execution, "what was captured may still lie on the host");
            }
            crate::point!("app::after_drop");
            (verdict, seen)
        }
    };
    let event = Event::Looked {
        proposal: proposal.id.clone(),
        verdict,
        seen,
    };
    world.hear(proposal, &event, Some(leased)).await?;
    Ok(Performed::Over)
}

/// For how long a host that cannot be asked is asked again.
const PATIENCE: Span = Span::minutes(10);

/// Whether it was asked for long enough: a host that is gone must not keep its incident from going on.
async fn given_up(world: &World, id: &IncidentId, taken: &Taken<'_>) -> Result<bool, JournalError> {
    let since = super::started_at(world, id, taken.execution).await?;
    Ok(crate::clock::now().since(since) > PATIENCE)
}

/// What came of fetching.
enum Kept {
    /// Each step's evidence and what it says.
    All(Vec<(EvidenceId, Capture)>),
    /// There is nothing of it.
    Nothing,
    /// The host cannot be asked now; why.
    Unasked(String),
}

/// Fetches what each step saw, and records it as evidence.
async fn keep(
    world: &World,
    host: &Host,
    id: &IncidentId,
    taken: &Taken<'_>,
) -> Result<Kept, JournalError> {
    let before = recorded(world, id, taken).await?;
    if !before.is_empty() {
        return Ok(Kept::All(before));
    }
    let Taken {
        proposal,
        execution,
        root,
        ..
    } = taken;
    let mut pieces = Vec::new();
    for (n, step) in proposal.steps.iter().enumerate() {
        let asked = world
            .hosts
            .taken(host, proposal.privilege, *root, execution, n + 1);
        match asked.await {
            Ok((bytes, cut)) => pieces.push((step, world.redactor.redact(&printable(&bytes)), cut)),
            Err(GuardError::Cannot(_)) => return Ok(Kept::Nothing),
            Err(why) => return Ok(Kept::Unasked(why.to_string())),
        }
    }
    crate::point!("app::after_taken");
    let mut kept = Vec::new();
    journal::add_numbered(&world.store, id, |incident| {
        kept.clear();
        let (mut records, mut bodies) = (Vec::new(), Vec::new());
        for (step, text, truncated) in &pieces {
            let Some(kind) = Kind::of_verb(step.verb()) else {
                continue;
            };
            let Ok(probe) = ProbeId::new(step.verb()) else {
                continue;
            };
            let evidence = Evidence {
                id: EvidenceId::nth(incident.numbered.0 + records.len() + 1),
                host: proposal.host.clone(),
                probe,
                key: key_of(step, execution),
                argv: step.argv(),
                ended: Ended::Exited { code: 0 },
                took: Span(0),
                truncated: *truncated,
                text: text.clone(),
            };
            let (record, body) = journal::evidence_record(&evidence)?;
            records.push(record);
            bodies.push(body);
            kept.push((evidence.id, probes::captures::read(kind, text)));
        }
        let fact = Fact::Examined {
            host: proposal.host.clone(),
            wave: CLOSER,
            evidence: records,
        };
        Ok((vec![fact], bodies))
    })
    .await?;
    Ok(Kept::All(kept))
}

/// The wave of what was asked after all others: none of a diagnosis has this number.
const CLOSER: u32 = 99;

/// The key of captured evidence. It ends with the execution, so that it is known again after an interruption.
fn key_of(step: &Step, execution: &ExecutionId) -> String {
    format!("{} {} ({execution})", step.verb(), step.args().join(" "))
}

/// What an interrupted Sickbay recorded of this execution already.
async fn recorded(
    world: &World,
    id: &IncidentId,
    taken: &Taken<'_>,
) -> Result<Vec<(EvidenceId, Capture)>, JournalError> {
    let mut kept = Vec::new();
    for (_, fact) in journal::facts(&world.store, id).await? {
        let Fact::Examined { evidence, .. } = fact else {
            continue;
        };
        for one in evidence {
            let mine = |step: &&Step| one.key == key_of(step, taken.execution);
            let Some(step) = taken.proposal.steps.iter().find(mine) else {
                continue;
            };
            let text = match world.store.body(id, one.id.as_str()).await? {
                Some(Stored::Text(text)) => text,
                Some(Stored::Erased(_)) | None => String::new(),
            };
            let capture = Kind::of_verb(step.verb())
                .map_or(Capture::Unread, |kind| probes::captures::read(kind, &text));
            kept.push((one.id, capture));
        }
    }
    Ok(kept)
}
