//! The store against a model that is a few maps: whatever is done in whatever order, they answer alike.

use std::collections::{BTreeMap, BTreeSet};

use incident::Span;
use incident::fact::Claim;
use proptest::option::weighted as maybe;
use proptest::prelude::*;
use store::{Append, AppendError, Appended, LeaseError, Stale, Store};

use crate::common::*;

const INCIDENTS: [&str; 3] = ["aaaaaa", "bbbbbb", "cccccc"];
const HOSTS: [&str; 2] = ["web1", "web2"];

/// Something that is done to both.
#[derive(Debug, Clone)]
enum Do {
    /// Appends `facts` facts, deciding on the version it has, or `behind` versions ago.
    Append {
        incident: usize,
        facts: usize,
        behind: u64,
        heard: Option<u8>,
        effect: Option<(u8, i64)>,
        lock: Option<(usize, u8)>,
        release: Option<u8>,
        pause: Option<i64>,
        day: Option<u32>,
        finish: Option<usize>,
    },
    /// Lets time pass.
    Wait(i64),
    Lease {
        limit: u32,
        ttl: u64,
        incident: Option<usize>,
    },
    /// With the n-th lease that was ever given out.
    Renew(usize, i64),
    Release(usize, i64),
    Finish(usize),
    /// Closes and opens the journal.
    Reopen,
}

fn step() -> impl Strategy<Value = Do> {
    let append = (
        (
            0..3_usize,
            0..3_usize,
            prop_oneof![4 => Just(0), 1 => 1..3_u64],
        ),
        (
            maybe(0.3, 0..6_u8),
            maybe(0.5, (0..12_u8, 0..50_i64)),
            maybe(0.3, (0..2_usize, 0..3_u8)),
        ),
        (
            maybe(0.3, 0..3_u8),
            maybe(0.2, 0..60_i64),
            maybe(0.2, 0..3_u32),
            maybe(0.3, 0..9_usize),
        ),
    )
        .prop_map(
            |((incident, facts, behind), (heard, effect, lock), (release, pause, day, finish))| {
                Do::Append {
                    incident,
                    facts,
                    behind,
                    heard,
                    effect,
                    lock,
                    release,
                    pause,
                    day,
                    finish,
                }
            },
        );
    prop_oneof![
        8 => append,
        2 => (0..40_i64).prop_map(Do::Wait),
        4 => (1..4_u32, 0..60_u64, prop::option::of(0..3_usize)).prop_map(|(limit, ttl, incident)| Do::Lease { limit, ttl, incident }),
        1 => (0..9_usize, 0..60_i64).prop_map(|(n, until)| Do::Renew(n, until)),
        1 => (0..9_usize, 0..60_i64).prop_map(|(n, at)| Do::Release(n, at)),
        2 => (0..9_usize).prop_map(Do::Finish),
        1 => Just(Do::Reopen),
    ]
}

/// An effect as the model has it.
#[derive(Debug, Clone, PartialEq)]
struct Effect {
    key: u8,
    incident: usize,
    due: i64,
    lease: Option<i64>,
    fence: u64,
    done: bool,
}

/// What the store should be.
#[derive(Debug, Clone, Default)]
struct Model {
    now: i64,
    facts: BTreeMap<usize, Vec<String>>,
    heard: BTreeMap<u8, usize>,
    /// In the order in which they were queued, which is the order of their ids.
    effects: Vec<Effect>,
    locks: BTreeMap<usize, u8>,
    pause: Option<i64>,
    days: u32,
    /// Every lease that was given out: the effect's place and the fence.
    given: Vec<(usize, u64)>,
    written: usize,
}

impl Model {
    /// The place of a held effect, or why it is not held.
    fn held(&self, nth: usize) -> Result<usize, &'static str> {
        let (place, fence) = self.given[nth];
        let effect = &self.effects[place];
        if effect.done {
            Err("done")
        } else if effect.fence != fence || effect.lease.is_none() {
            Err("taken")
        } else {
            Ok(place)
        }
    }

    /// What an append comes to; the model is changed by a success only.
    fn append(&mut self, step: &Do) -> Result<u64, String> {
        let Do::Append {
            incident,
            facts,
            behind,
            heard,
            effect,
            lock,
            release,
            pause,
            day,
            finish,
        } = step
        else {
            panic!()
        };
        let mut next = self.clone();
        if let Some(key) = heard {
            if next.heard.contains_key(key) {
                return Err("heard".to_owned());
            }
            next.heard.insert(*key, *incident);
        }
        if let Some(nth) = finish.filter(|nth| *nth < next.given.len()) {
            let place = next.held(nth).map_err(ToOwned::to_owned)?;
            next.effects[place].done = true;
        }
        let list = next.facts.entry(*incident).or_default();
        if *behind > 0 && !list.is_empty() {
            return Err("conflict".to_owned());
        }
        for _ in 0..*facts {
            list.push(next.written.to_string());
            next.written += 1;
        }
        let version = list.len() as u64;
        if version == 0 && effect.is_some() {
            return Err("no fact".to_owned());
        }
        if let Some(holder) = release {
            next.locks.retain(|_, by| by != holder);
        }
        if let Some((host, holder)) = lock
            && next.locks.entry(*host).or_insert(*holder) != holder
        {
            return Err("locked".to_owned());
        }
        if let Some(until) = pause {
            if next.pause.is_some_and(|until| until > next.now) {
                return Err("paused".to_owned());
            }
            next.pause = Some(next.now + until);
        }
        if let Some(max) = day {
            if next.days >= *max {
                return Err("often".to_owned());
            }
            next.days += 1;
        }
        if let Some((key, due)) = effect {
            match next.effects.iter().find(|known| known.key == *key) {
                None => next.effects.push(Effect {
                    key: *key,
                    incident: *incident,
                    due: next.now + due,
                    lease: None,
                    fence: 0,
                    done: false,
                }),
                Some(known) if known.incident == *incident => {}
                Some(_) => return Err("differs".to_owned()),
            }
        }
        *self = next;
        Ok(version)
    }

    fn lease(&mut self, limit: u32, ttl: u64, incident: Option<usize>) -> Vec<(u8, u64)> {
        let now = self.now;
        let free = |effect: &Effect| {
            !effect.done
                && effect.due <= now
                && effect.lease.is_none_or(|until| until <= now)
                && incident.is_none_or(|wanted| wanted == effect.incident)
        };
        let mut places: Vec<usize> = (0..self.effects.len())
            .filter(|place| free(&self.effects[*place]))
            .collect();
        places.sort_by_key(|place| (self.effects[*place].due, *place));
        places.truncate(limit as usize);
        let mut leased = Vec::new();
        for place in places {
            let effect = &mut self.effects[place];
            effect.fence += 1;
            effect.lease = Some(now + ttl.cast_signed());
            leased.push((effect.key, effect.fence));
            self.given.push((place, effect.fence));
        }
        leased
    }
}

/// The same append for the store.
fn asked(model: &Model, given: &[(store::EffectId, u64)], step: &Do) -> Append {
    let Do::Append {
        incident: n,
        facts,
        behind,
        heard,
        effect: queue,
        lock,
        release,
        pause,
        day,
        finish,
    } = step
    else {
        panic!()
    };
    let version = model.facts.get(n).map_or(0, Vec::len) as u64;
    // Deciding on an older version; where there is none, on the one there is.
    let mut append = Append::new(
        incident(INCIDENTS[*n]),
        version.saturating_sub(*behind),
        after(model.now),
    );
    append.facts = (0..*facts)
        .map(|k| fact(&(model.written + k).to_string()))
        .collect();
    append.heard = heard.map(|key| format!("event {key}"));
    append.effects = queue
        .iter()
        .map(|(key, due)| effect(&key.to_string(), after(model.now + due)))
        .collect();
    append.releases = release
        .iter()
        .map(|holder| execution(&format!("x-{holder}")))
        .collect();
    append.done_effect = finish.and_then(|nth| given.get(nth).copied());
    append
        .claims
        .extend(lock.iter().map(|(name, holder)| Claim::HostLock {
            host: host(HOSTS[*name]),
            holder: execution(&format!("x-{holder}")),
        }));
    append
        .claims
        .extend(pause.iter().map(|until| Claim::Cooldown {
            key: "p".to_owned(),
            until: after(model.now + until),
        }));
    append.claims.extend(day.iter().map(|max| Claim::Daily {
        key: "d".to_owned(),
        day: 1,
        max: *max,
    }));
    append
}

fn name(refused: &AppendError) -> &'static str {
    match refused {
        AppendError::Conflict { .. } => "conflict",
        AppendError::Claimed(store::Claimed::HostLock { .. }) => "locked",
        AppendError::Claimed(store::Claimed::Cooldown { .. }) => "paused",
        AppendError::Claimed(store::Claimed::Daily { .. }) => "often",
        AppendError::Stale(Stale::Done { .. }) => "done",
        AppendError::Stale(Stale::Taken { .. }) => "taken",
        AppendError::NoFact { .. } => "no fact",
        AppendError::EffectDiffers { .. } => "differs",
        AppendError::Stale(Stale::Unknown { .. })
        | AppendError::ProposalTaken { .. }
        | AppendError::BodyTaken { .. }
        | AppendError::NothingToErase { .. }
        | AppendError::Fault(_) => panic!("{refused}"),
    }
}

fn held(outcome: Result<(), LeaseError>) -> Result<(), &'static str> {
    match outcome {
        Ok(()) => Ok(()),
        Err(LeaseError::Stale(Stale::Done { .. })) => Err("done"),
        Err(LeaseError::Stale(Stale::Taken { .. })) => Err("taken"),
        Err(other) => panic!("{other}"),
    }
}

/// Does the steps to both, and compares each answer and the end.
async fn alike(steps: Vec<Do>) {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).await;
    let mut model = Model::default();
    let mut given: Vec<(store::EffectId, u64)> = Vec::new();
    for step in steps {
        match &step {
            Do::Append { .. } => {
                let real = store.append(asked(&model, &given, &step)).await;
                let real = match real {
                    Ok(Appended::Done { version, .. }) => Ok(version),
                    Ok(Appended::AlreadyHeard { .. }) => Err("heard".to_owned()),
                    Err(refused) => Err(name(&refused).to_owned()),
                };
                assert_eq!(real, model.append(&step), "{step:?}");
            }
            Do::Wait(ms) => model.now += ms,
            Do::Lease {
                limit,
                ttl,
                incident: n,
            } => {
                let one = n.map(|n| incident(INCIDENTS[n]));
                let real = store
                    .lease("p", after(model.now), Span(*ttl), *limit, one.as_ref())
                    .await
                    .unwrap();
                given.extend(real.iter().map(|leased| (leased.id, leased.fence)));
                let real: Vec<(u8, u64)> = real
                    .iter()
                    .map(|leased| (leased.key.parse().unwrap(), leased.fence))
                    .collect();
                assert_eq!(real, model.lease(*limit, *ttl, *n), "{step:?}");
            }
            Do::Renew(nth, _) | Do::Release(nth, _) | Do::Finish(nth) if *nth >= given.len() => {}
            Do::Renew(nth, until) => {
                let (id, fence) = given[*nth];
                let real = held(store.renew(id, fence, after(model.now + until)).await);
                let expected = model
                    .held(*nth)
                    .map(|place| model.effects[place].lease = Some(model.now + until));
                assert_eq!(real, expected, "{step:?}");
            }
            Do::Release(nth, at) => {
                let (id, fence) = given[*nth];
                let real = held(store.release(id, fence, after(model.now + at)).await);
                let due = model.now + at;
                let expected = model.held(*nth).map(|place| {
                    let effect = &mut model.effects[place];
                    (effect.lease, effect.due, effect.fence) = (None, due, effect.fence + 1);
                });
                assert_eq!(real, expected, "{step:?}");
            }
            Do::Finish(nth) => {
                let (id, fence) = given[*nth];
                let real = held(store.finish(id, fence, after(model.now)).await);
                let expected = model
                    .held(*nth)
                    .map(|place| model.effects[place].done = true);
                assert_eq!(real, expected, "{step:?}");
            }
            Do::Reopen => {
                store.close().await;
                store = open(dir.path()).await;
            }
        }
    }
    compare(&store, &model).await;
}

/// All that can be read is what the model has.
async fn compare(store: &Store, model: &Model) {
    let mut records = 0;
    for (n, letters) in INCIDENTS.iter().enumerate() {
        let expected = model.facts.get(&n).cloned().unwrap_or_default();
        records += expected.len() as u64;
        assert_eq!(texts(store, letters).await, expected);
    }
    for (n, name) in HOSTS.iter().enumerate() {
        let holder = store
            .host_lock(&host(name))
            .await
            .unwrap()
            .map(|held| held.holder);
        assert_eq!(holder, model.locks.get(&n).map(|by| format!("x-{by}")));
    }
    for key in 0..6_u8 {
        let heard = store.heard(&format!("event {key}")).await.unwrap();
        assert_eq!(
            heard,
            model.heard.get(&key).map(|n| incident(INCIDENTS[*n]))
        );
    }
    assert_eq!(store.cooldown("p").await.unwrap(), model.pause.map(after));
    assert_eq!(store.daily("d", 1).await.unwrap(), u64::from(model.days));
    let open: BTreeSet<(String, i64)> = store
        .pending(99, None)
        .await
        .unwrap()
        .into_iter()
        .map(|pending| (pending.key, pending.not_before.0))
        .collect();
    let expected = model
        .effects
        .iter()
        .filter(|effect| !effect.done)
        .map(|effect| (effect.key.to_string(), after(effect.due).0));
    assert_eq!(open, expected.collect());
    assert_eq!(sound(store).await.records, records);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 5, ..ProptestConfig::default() })]
    #[test]
    fn the_store_is_a_few_maps(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(alike(steps));
    }
}
