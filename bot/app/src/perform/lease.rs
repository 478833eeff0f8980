//! Who performs an effect: one process at a time, on a lease; what a dead one held is taken over at once.
//!
//! Every process leases effects with a fence, so a crash between recording and performing loses
//! nothing: whoever comes next takes the lease over.

use std::collections::BTreeSet;
use std::time::Duration;

use incident::remediation::{Incident, State};
use incident::{Effect, IncidentId, ProposalId, Span};
use store::{EffectId, LeaseError, Leased};

use super::{Performed, perform};
use crate::journal::{self, JournalError};
use crate::world::World;
use crate::{clock, progress};

mod owner;

/// How long a lease lasts without being renewed: where nobody can tell whether its owner lives, others wait this long.
const LEASE: Span = Span::seconds(20);
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(5);
/// The longest that an effect is put off because its host cannot be asked.
const PUT_OFF: u64 = 600;
/// How often a host that does not answer is asked again while a person waits.
const ASK_AGAIN: u32 = 3;
/// How often somebody who waits for another process looks whether it is done.
const WATCH: Duration = Duration::from_millis(250);
/// How long it waits; the other one goes on.
const WATCH_FOR: Duration = Duration::from_secs(900);

/// What came of one turn at the outbox.
enum Turn {
    /// An effect was performed.
    Over,
    /// One cannot be performed now, and why.
    Later {
        effect: EffectId,
        why: String,
        of: Option<ProposalId>,
    },
    /// None is due that nobody holds.
    Idle,
}

/// What became of the effects that waited.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// How many were performed.
    pub(crate) done: usize,
    /// Why others were not.
    pub(crate) stuck: Vec<String>,
}

/// Performs whatever effects wait and nobody else is performing: what an interrupted Sickbay left. One whose host cannot
/// be asked does not keep the others waiting.
pub(crate) async fn recover(world: &World) -> Recovered {
    free_the_dead(world).await;
    let mut recovered = Recovered::default();
    let mut tried = BTreeSet::new();
    loop {
        match turn(world, None).await {
            Ok(Turn::Over) => recovered.done += 1,
            Ok(Turn::Idle) => return recovered,
            Err(error) => {
                recovered.stuck.push(error.to_string());
                return recovered;
            }
            Ok(Turn::Later { effect, why, .. }) => {
                // What was never tried is due before what was put off, so all were tried by now.
                if !tried.insert(effect) {
                    return recovered;
                }
                recovered.stuck.push(why);
            }
        }
    }
}

/// The same, and what was put off because its host could not be asked is due at once: a person asks for it.
pub(crate) async fn recover_now(world: &World) -> Recovered {
    hasten(world).await;
    recover(world).await
}

/// Performs the effects of one incident until a proposal of it is over, or its host cannot be asked. Where another process
/// performs it, waits for that one. The second value says why it stopped before the end.
pub(crate) async fn finish(
    world: &World,
    incident: &IncidentId,
    proposal: &ProposalId,
) -> Result<(Incident, Option<String>), JournalError> {
    let until = tokio::time::Instant::now() + WATCH_FOR;
    let mut stuck = 0;
    loop {
        match turn(world, Some(incident)).await {
            Ok(Turn::Over) => {}
            Ok(Turn::Later {
                of: Some(of), why, ..
            }) if of == *proposal => {
                if stuck == ASK_AGAIN {
                    return Ok((journal::load(&world.store, incident).await?, Some(why)));
                }
                stuck += 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
                hasten(world).await;
            }
            Ok(Turn::Later { .. }) => {}
            // What was approved stays approved, and how it ends is read once the journal can be written.
            Err(error) => {
                let now = journal::load(&world.store, incident).await?;
                return Ok((now, Some(error.to_string())));
            }
            Ok(Turn::Idle) => {
                let now = journal::load(&world.store, incident).await?;
                let waits = waits_for_another(world, &now, proposal).await?;
                if !waits || tokio::time::Instant::now() > until {
                    return Ok((now, None));
                }
                tokio::time::sleep(WATCH).await;
                free_the_dead(world).await;
            }
        }
    }
}

/// Whether another process holds what a proposal waits for.
async fn waits_for_another(
    world: &World,
    incident: &Incident,
    proposal: &ProposalId,
) -> Result<bool, JournalError> {
    let remediation = incident.remediations.get(proposal);
    let key = match remediation.map(|one| &one.state) {
        Some(State::Granted { grant, .. } | State::Dispatched { grant, .. }) => Effect::Execute {
            proposal: proposal.clone(),
            execution: grant.grant.execution.clone(),
        }
        .key(),
        Some(State::Executed { execution, .. }) => Effect::Verify {
            proposal: proposal.clone(),
            execution: execution.clone(),
        }
        .key(),
        Some(State::Proposed { .. } | State::Ended { .. }) | None => return Ok(false),
    };
    let pending = world.store.pending(100, Some(&incident.id)).await;
    let pending = pending.map_err(store::ReadError::from)?;
    // Given back and due in this very moment is ours to take.
    Ok(pending
        .iter()
        .any(|one| one.key == key && (one.leased.is_some() || one.not_before <= clock::now())))
}

/// Gives back what processes hold that are known to have ended.
async fn free_the_dead(world: &World) {
    let owners = match world.store.owners().await {
        Ok(owners) => owners,
        Err(error) => {
            tracing::warn!(%error, "nobody knows who holds effects");
            return;
        }
    };
    for owner in owners.iter().filter(|owner| owner::is_dead(owner)) {
        match world.store.release_all(owner).await {
            Ok(freed) => tracing::info!(%owner, freed, "took over from a process that has ended"),
            Err(error) => tracing::warn!(%owner, %error, "its effects cannot be taken over"),
        }
    }
}

async fn hasten(world: &World) {
    if let Err(error) = world.store.hasten(clock::now()).await {
        tracing::warn!(%error, "what was put off stays put off");
    }
}

/// Leases and performs one effect, where one is due.
///
/// # Errors
/// [`JournalError`] where the journal itself cannot be used; what else goes wrong is the matter of one effect.
async fn turn(world: &World, incident: Option<&IncidentId>) -> Result<Turn, JournalError> {
    let leased = world
        .store
        .lease(&owner::ours(), clock::now(), LEASE, 1, incident)
        .await?;
    let Some(leased) = leased.into_iter().next() else {
        return Ok(Turn::Idle);
    };
    crate::point!("app::after_lease");
    let effect: Result<Effect, _> = serde_json::from_value(leased.body.clone());
    let (of, performed) = match effect {
        Err(error) => {
            let why = format!(
                "{}: an effect of a newer Sickbay is left alone ({error})",
                leased.key
            );
            (None, Ok(Performed::Later(why)))
        }
        Ok(effect) => {
            let (Effect::Execute { proposal, .. } | Effect::Verify { proposal, .. }) = &effect;
            let of = proposal.clone();
            let performed = held(world, &leased, &effect).await;
            progress::over();
            (Some(of), performed)
        }
    };
    let why = match performed {
        Ok(Performed::Over) => return Ok(Turn::Over),
        Ok(Performed::Later(why)) => Ok(why),
        Err(error) if error.is_fault() => Err(error),
        Err(error) => Ok(error.to_string()),
    };
    let seconds = 1_u64 << leased.attempts.min(16);
    let later = clock::now().plus(Span::seconds(seconds.min(PUT_OFF)));
    let released = world.store.release(leased.id, leased.fence, later).await;
    let why = why?;
    tracing::warn!(effect.key = %leased.key, why, "an effect was not performed");
    match released {
        // Whoever took it over sees to it.
        Ok(()) | Err(LeaseError::Stale(_)) => Ok(Turn::Later {
            effect: leased.id,
            why,
            of,
        }),
        Err(error) => Err(error.into()),
    }
}

/// Performs an effect while its lease is ours. Where another process has taken it over, nothing more is done about it here.
async fn held(world: &World, leased: &Leased, effect: &Effect) -> Result<Performed, JournalError> {
    let work = perform(world, leased, effect);
    tokio::pin!(work);
    loop {
        tokio::select! {
            performed = &mut work => return performed,
            () = tokio::time::sleep(RENEW) => {}
        }
        let until = clock::now().plus(LEASE);
        match world.store.renew(leased.id, leased.fence, until).await {
            Ok(()) => {}
            Err(stale @ LeaseError::Stale(_)) => return Err(stale.into()),
            Err(error) => {
                tracing::warn!(effect.key = %leased.key, %error, "the lease cannot be renewed");
            }
        }
    }
}
