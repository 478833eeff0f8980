//! An effect is performed by one process at a time, and what a sleeper did after its lease does not count.

use incident::Span;
use store::{AppendError, EffectId, LeaseError, Leased, Stale, Store};

use crate::common::*;

const TTL: Span = Span::seconds(30);

/// A journal with one incident and these effects, due at these moments.
async fn queued(dir: &std::path::Path, effects: &[(&str, i64)]) -> Store {
    let store = open(dir).await;
    let mut append = facts("aaaaaa", 0, &["one"]);
    append.effects = effects
        .iter()
        .map(|(key, at)| effect(key, after(*at)))
        .collect();
    done(&store, append).await;
    store
}

async fn lease(store: &Store, owner: &str, at: i64, limit: u32) -> Vec<Leased> {
    store
        .lease(owner, after(at), TTL, limit, None)
        .await
        .unwrap()
}

fn keys(leased: &[Leased]) -> Vec<&str> {
    leased.iter().map(|leased| leased.key.as_str()).collect()
}

#[tokio::test]
async fn what_is_due_is_leased_once_and_the_oldest_first() {
    let dir = tempfile::tempdir().unwrap();
    let store = queued(
        dir.path(),
        &[("late", 20), ("timer", 60_000), ("early", 10), ("same", 20)],
    )
    .await;
    assert!(
        lease(&store, "p1", 5, 10).await.is_empty(),
        "nothing is due"
    );
    assert_eq!(keys(&lease(&store, "p1", 50, 2).await), ["early", "late"]);
    assert_eq!(keys(&lease(&store, "p2", 50, 10).await), ["same"]);
    assert!(lease(&store, "p2", 50, 10).await.is_empty());
    // The timer is due by then, and the three leases have ended.
    let again = lease(&store, "p2", 60_000, 10).await;
    assert_eq!(keys(&again), ["early", "late", "same", "timer"]);
    assert_eq!(
        (again[0].fence, again[0].attempts, again[3].fence),
        (2, 2, 1)
    );
    assert_eq!(again[0].incident, incident("aaaaaa"));
    assert_eq!(again[0].body["key"], "early");
}

#[tokio::test]
async fn one_incident_can_be_served_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = queued(dir.path(), &[("a", 0)]).await;
    let mut other = facts("bbbbbb", 0, &["one"]);
    other.effects = vec![effect("b", NOON)];
    done(&store, other).await;
    let only = store
        .lease("p", NOON, TTL, 9, Some(&incident("bbbbbb")))
        .await
        .unwrap();
    assert_eq!(keys(&only), ["b"]);
    assert_eq!(
        store
            .pending(9, Some(&incident("aaaaaa")))
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(keys(&lease(&store, "p", 0, 9).await), ["a"]);
}

#[tokio::test]
async fn a_sleeper_cannot_finish_what_was_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = queued(dir.path(), &[("e", 0)]).await;
    let slept = lease(&store, "p1", 0, 1).await.remove(0);
    assert!(
        lease(&store, "p2", 29_999, 1).await.is_empty(),
        "it still has it"
    );
    let taken = lease(&store, "p2", 30_000, 1).await.remove(0);
    assert_eq!((slept.fence, taken.fence, taken.attempts), (1, 2, 2));

    let stale = Stale::Taken {
        id: slept.id,
        key: "e".to_owned(),
        held: 1,
        stands: 2,
    };
    let mut append = facts("aaaaaa", 1, &["what the sleeper saw"]);
    append.done_effect = Some((slept.id, slept.fence));
    let refused = store.append(append).await.unwrap_err();
    assert!(
        matches!(&refused, AppendError::Stale(why) if *why == stale),
        "{refused}"
    );
    for refused in [
        store.finish(slept.id, slept.fence, after(30_001)).await,
        store.renew(slept.id, slept.fence, after(90_000)).await,
        store.release(slept.id, slept.fence, after(0)).await,
    ] {
        assert!(matches!(refused, Err(LeaseError::Stale(why)) if why == stale));
    }
    assert_eq!(texts(&store, "aaaaaa").await, ["one"]);

    let mut append = facts("aaaaaa", 1, &["what the other saw"]);
    append.done_effect = Some((taken.id, taken.fence));
    done(&store, append.clone()).await;
    assert!(store.pending(9, None).await.unwrap().is_empty());
    append.expected_version = 2;
    let refused = store.append(append).await.unwrap_err();
    assert!(
        matches!(refused, AppendError::Stale(Stale::Done { .. })),
        "{refused}"
    );
}

#[tokio::test]
async fn a_lease_that_ended_and_was_not_taken_still_counts() {
    let dir = tempfile::tempdir().unwrap();
    let store = queued(dir.path(), &[("e", 0)]).await;
    let held = lease(&store, "p1", 0, 1).await.remove(0);
    store
        .finish(held.id, held.fence, after(99_000))
        .await
        .unwrap();
    assert!(lease(&store, "p2", 99_000, 1).await.is_empty());
}

#[tokio::test]
async fn a_renewed_lease_is_kept_and_one_given_back_is_free() {
    let dir = tempfile::tempdir().unwrap();
    let store = queued(dir.path(), &[("e", 0)]).await;
    let held = lease(&store, "p1", 0, 1).await.remove(0);
    store
        .renew(held.id, held.fence, after(80_000))
        .await
        .unwrap();
    assert!(lease(&store, "p2", 79_999, 1).await.is_empty());
    assert_eq!(
        store.pending(9, None).await.unwrap()[0].leased,
        Some(("p1".to_owned(), after(80_000)))
    );
    store
        .release(held.id, held.fence, after(5_000))
        .await
        .unwrap();
    assert!(
        lease(&store, "p2", 4_999, 1).await.is_empty(),
        "not before its moment"
    );
    let refused = store.finish(held.id, held.fence, after(5_000)).await;
    assert!(
        matches!(refused, Err(LeaseError::Stale(Stale::Taken { .. }))),
        "it was given back"
    );
    let taken = lease(&store, "p2", 5_000, 1).await.remove(0);
    assert!(taken.fence > held.fence);
}

#[tokio::test]
async fn what_a_dead_process_held_can_be_given_back_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = queued(dir.path(), &[("a", 0), ("b", 0), ("c", 0)]).await;
    let dead = lease(&store, "dead", 0, 2).await;
    lease(&store, "alive", 0, 1).await;
    assert_eq!(store.owners().await.unwrap(), ["alive", "dead"]);
    assert_eq!(store.release_all("dead").await.unwrap(), 2);
    assert_eq!(store.owners().await.unwrap(), ["alive"]);
    let refused = store.finish(dead[0].id, dead[0].fence, after(1)).await;
    assert!(matches!(refused, Err(LeaseError::Stale(_))));
    assert_eq!(keys(&lease(&store, "alive", 1, 9).await), ["a", "b"]);
}

#[tokio::test]
async fn an_effect_that_never_was_cannot_be_finished() {
    let dir = tempfile::tempdir().unwrap();
    let store = queued(dir.path(), &[("e", 0)]).await;
    let unknown = EffectId(99);
    let refused = store.finish(unknown, 1, NOON).await;
    assert!(matches!(
        refused,
        Err(LeaseError::Stale(Stale::Unknown { .. }))
    ));
    let never_leased = store.pending(1, None).await.unwrap()[0].id;
    for fence in [0, 1, u64::MAX] {
        assert!(
            store.finish(never_leased, fence, NOON).await.is_err(),
            "fence {fence}"
        );
    }
}

#[tokio::test]
async fn two_processes_never_lease_the_same_effect() {
    let dir = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..60).map(|n| format!("e{n}")).collect();
    let effects: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 0)).collect();
    let first = queued(dir.path(), &effects).await;
    let second = open(dir.path()).await;
    let drain = |store: Store, owner: &'static str| async move {
        let mut all = Vec::new();
        loop {
            let some = store.lease(owner, NOON, TTL, 3, None).await.unwrap();
            if some.is_empty() {
                return all;
            }
            all.extend(some.into_iter().map(|leased| leased.id));
        }
    };
    let (a, b) = tokio::join!(
        tokio::spawn(drain(first, "p1")),
        tokio::spawn(drain(second, "p2"))
    );
    let mut all = [a.unwrap(), b.unwrap()].concat();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!((count, all.len()), (60, 60));
}

#[tokio::test]
async fn what_was_put_off_can_be_made_due_and_a_timer_cannot() {
    let dir = tempfile::tempdir().unwrap();
    let store = queued(dir.path(), &[("tried", 0), ("held", 0), ("timer", 60_000)]).await;
    let leased = lease(&store, "p1", 10, 2).await;
    assert_eq!(keys(&leased), ["tried", "held"]);
    let tried = &leased[0];
    store
        .release(tried.id, tried.fence, after(30_000))
        .await
        .unwrap();
    assert!(lease(&store, "p2", 20, 10).await.is_empty());
    assert_eq!(store.hasten(after(20)).await.unwrap(), 1);
    assert_eq!(keys(&lease(&store, "p2", 20, 10).await), ["tried"]);
    assert_eq!(store.hasten(after(20)).await.unwrap(), 0);
}
