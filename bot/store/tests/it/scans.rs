//! Scans of a schedule: whoever looks at the clock, each due time is done once, and one scan at a time.

use incident::Moment;
use store::{Store, Turn};

use crate::common::*;

const PLAN: &str = "0 6 1 * * UTC";

/// So many minutes after noon.
fn at(minutes: i64) -> Moment {
    after(minutes * 60_000)
}

async fn begin(store: &Store, name: &str, due: i64, now: i64) -> Option<Turn> {
    let turn = store.begin_scan(name, at(due), at(now), at(now + 2)).await;
    turn.unwrap()
}

#[tokio::test]
async fn a_due_time_is_done_once_whoever_looks() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (open(dir.path()).await, open(dir.path()).await);
    let done = one.scan_done("monthly", PLAN, NOON).await.unwrap();
    assert_eq!(done, NOON, "it begins when somebody first knows it");
    let again = two.scan_done("monthly", PLAN, at(5)).await.unwrap();
    assert_eq!(again, NOON);

    let turn = begin(&one, "monthly", 10, 11).await.unwrap();
    assert_eq!(turn.began, at(11));
    assert_eq!(begin(&two, "monthly", 10, 12).await, None, "one is at it");
    assert!(one.renew_scan(&turn, at(20)).await.unwrap());
    assert_eq!(begin(&two, "monthly", 10, 14).await, None, "still");
    assert!(one.finish_scan(&turn).await.unwrap());
    assert_eq!(begin(&two, "monthly", 10, 15).await, None, "it is done");
    assert_eq!(
        begin(&two, "monthly", 9, 15).await,
        None,
        "so is all before"
    );
    assert!(begin(&two, "monthly", 16, 16).await.is_some());
    one.close().await;
    two.close().await;
    let store = open(dir.path()).await;
    let done = store.scan_done("monthly", PLAN, at(90)).await.unwrap();
    assert_eq!(done, at(10), "also after a restart");
    assert_eq!(store.scan_done_so_far("nobody").await.unwrap(), None);
}

#[tokio::test]
async fn a_slow_one_is_begun_again_when_it_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (open(dir.path()).await, open(dir.path()).await);
    one.scan_done("often", PLAN, NOON).await.unwrap();
    let slow = begin(&one, "often", 10, 10).await.unwrap();
    // It is due again and again, and whoever holds it holds on.
    for due in 11..40 {
        assert!(one.renew_scan(&slow, at(due + 2)).await.unwrap());
        for store in [&one, &two] {
            assert_eq!(begin(store, "often", due, due + 1).await, None);
            let done = store.scan_done("often", PLAN, at(due)).await.unwrap();
            assert_eq!(done, NOON, "it is not done");
        }
    }
    // A renewal that comes late loses nothing where nobody followed.
    assert!(one.renew_scan(&slow, at(60)).await.unwrap());
    assert!(one.finish_scan(&slow).await.unwrap());
    assert!(!one.renew_scan(&slow, at(90)).await.unwrap());
    let (mine, theirs) = tokio::join!(begin(&one, "often", 40, 58), begin(&two, "often", 40, 58));
    assert!(
        mine.is_some() != theirs.is_some(),
        "one of both: {mine:?} {theirs:?}"
    );
}

#[tokio::test]
async fn another_schedule_takes_a_turn_away_and_gives_none_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (open(dir.path()).await, open(dir.path()).await);
    one.scan_done("monthly", PLAN, NOON).await.unwrap();
    let turn = begin(&one, "monthly", 10, 10).await.unwrap();
    let done = two
        .scan_done("monthly", "every 60 s", at(11))
        .await
        .unwrap();
    assert_eq!(done, at(11));
    // Whoever has it may not have noticed yet.
    assert_eq!(begin(&two, "monthly", 12, 11).await, None);
    assert!(!one.renew_scan(&turn, at(20)).await.unwrap());
    assert!(!one.finish_scan(&turn).await.unwrap());
    assert!(begin(&two, "monthly", 12, 13).await.is_some());
}

#[tokio::test]
async fn who_dies_at_it_is_followed_and_can_end_nothing_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.scan_done("monthly", PLAN, NOON).await.unwrap();
    let dead = begin(&store, "monthly", 10, 11).await.unwrap();
    assert_eq!(begin(&store, "monthly", 10, 12).await, None);
    let next = begin(&store, "monthly", 10, 14).await.unwrap();
    // So that whoever follows looks whether the report stands there already.
    assert_eq!(next.began, at(11));
    assert!(!store.renew_scan(&dead, at(30)).await.unwrap());
    assert!(!store.finish_scan(&dead).await.unwrap());
    assert!(store.give_back_scan(&next, at(14)).await.unwrap());
    let third = begin(&store, "monthly", 10, 14).await.unwrap();
    assert!(store.finish_scan(&third).await.unwrap());
}

#[tokio::test]
async fn scans_take_turns() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for name in ["monthly", "hourly"] {
        store.scan_done(name, PLAN, NOON).await.unwrap();
    }
    let turn = begin(&store, "monthly", 10, 10).await.unwrap();
    assert_eq!(begin(&store, "hourly", 10, 11).await, None);
    store.finish_scan(&turn).await.unwrap();
    assert!(begin(&store, "hourly", 10, 11).await.is_some());
}

#[tokio::test]
async fn one_that_has_to_wait_holds_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for name in ["monthly", "hourly"] {
        store.scan_done(name, PLAN, NOON).await.unwrap();
    }
    let turn = begin(&store, "monthly", 10, 10).await.unwrap();
    assert!(store.give_back_scan(&turn, at(40)).await.unwrap());
    assert_eq!(begin(&store, "monthly", 10, 11).await, None, "it waits");
    let other = begin(&store, "hourly", 10, 11).await.unwrap();
    store.finish_scan(&other).await.unwrap();
    let again = begin(&store, "monthly", 10, 40).await.unwrap();
    assert_eq!((again.began, again.again), (at(10), true));
}

#[tokio::test]
async fn a_clock_that_was_wrong_stops_nothing_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let year = 365 * 24 * 60;
    for name in ["monthly", "hourly"] {
        store.scan_done(name, PLAN, at(year)).await.unwrap();
    }
    // Somebody begins with it, and the clock is set right.
    begin(&store, "monthly", year + 1, year + 1).await.unwrap();
    store.keep_scan("hourly", at(year), "late").await.unwrap();
    for name in ["monthly", "hourly"] {
        assert_eq!(store.scan_done(name, PLAN, NOON).await.unwrap(), NOON);
    }
    assert!(begin(&store, "hourly", 10, 10).await.is_some());
    store.keep_scan("hourly", at(10), "now").await.unwrap();
    let kept = store.kept_scan("hourly").await.unwrap();
    assert_eq!(kept.as_deref(), Some("now"));
}

#[tokio::test]
async fn another_schedule_begins_when_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.scan_done("monthly", PLAN, NOON).await.unwrap();
    let done = store
        .scan_done("monthly", "every 1d", at(60))
        .await
        .unwrap();
    assert_eq!(done, at(60));
}

#[tokio::test]
async fn the_last_result_of_a_name_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    assert_eq!(store.kept_scan("monthly").await.unwrap(), None);
    store.keep_scan("monthly", at(2), "two").await.unwrap();
    store.keep_scan("monthly", at(1), "one").await.unwrap();
    store.keep_scan("other", at(3), "three").await.unwrap();
    let kept = store.kept_scan("monthly").await.unwrap();
    assert_eq!(kept.as_deref(), Some("two"));
}
