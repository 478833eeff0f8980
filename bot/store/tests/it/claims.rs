//! What crosses incidents is won by one: the host's lock, the pause and the day's limit.

use incident::fact::Claim;
use store::{Append, AppendError, Claimed, Store};

use crate::common::*;

/// Opens an incident that claims something, and says why it may not.
async fn claim(store: &Store, letters: &str, at: i64, claim: Claim) -> Option<Claimed> {
    let mut append = facts(letters, 0, &["claims"]);
    append.at = after(at);
    append.claims = vec![claim];
    match store.append(append).await {
        Ok(_) => None,
        Err(AppendError::Claimed(claimed)) => Some(claimed),
        Err(other) => panic!("{other}"),
    }
}

fn lock(name: &str, holder: &str) -> Claim {
    Claim::HostLock {
        host: host(name),
        holder: execution(holder),
    }
}

#[tokio::test]
async fn a_host_is_changed_by_one_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    assert_eq!(claim(&store, "aaaaaa", 0, lock("web1", "x-1")).await, None);
    let refused = claim(&store, "bbbbbb", 90_000, lock("web1", "y-1"))
        .await
        .unwrap();
    assert_eq!(
        refused.to_string(),
        "web1 is being changed by x-1 since 1 min; one change at a time on a host: wait until it has ended"
    );
    assert_eq!(claim(&store, "cccccc", 0, lock("web2", "y-1")).await, None);
    assert_eq!(
        claim(&store, "dddddd", 0, lock("web1", "x-1")).await,
        None,
        "it is its own"
    );
    assert_eq!(
        store
            .host_lock(&host("web1"))
            .await
            .unwrap()
            .unwrap()
            .holder,
        "x-1"
    );

    let mut end = Append::new(incident("aaaaaa"), 1, NOON);
    end.facts = vec![fact("ended")];
    end.releases = vec![execution("x-1"), execution("never-held-any")];
    done(&store, end).await;
    assert_eq!(store.host_lock(&host("web1")).await.unwrap(), None);
    assert_eq!(claim(&store, "eeeeee", 0, lock("web1", "z-1")).await, None);
}

#[tokio::test]
async fn a_lock_passes_from_one_to_the_next_in_one_transaction() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    assert_eq!(claim(&store, "aaaaaa", 0, lock("web1", "x-1")).await, None);
    let mut next = facts("aaaaaa", 1, &["next"]);
    next.releases = vec![execution("x-1")];
    next.claims = vec![lock("web1", "x-2")];
    done(&store, next).await;
    assert_eq!(
        store
            .host_lock(&host("web1"))
            .await
            .unwrap()
            .unwrap()
            .holder,
        "x-2"
    );
}

#[tokio::test]
async fn a_pause_ends_at_its_moment() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let pause = |until| Claim::Cooldown {
        key: "web1 unit-restart".to_owned(),
        until: after(until),
    };
    assert_eq!(claim(&store, "aaaaaa", 0, pause(600_000)).await, None);
    let refused = claim(&store, "bbbbbb", 599_999, pause(900_000))
        .await
        .unwrap();
    assert_eq!(
        refused.to_string(),
        "web1 unit-restart was done a short while ago; it may be done again in 1 ms"
    );
    assert_eq!(
        claim(&store, "cccccc", 600_000, pause(1_200_000)).await,
        None
    );
    let until = store.cooldown("web1 unit-restart").await.unwrap();
    assert_eq!(until, Some(after(1_200_000)));
}

#[tokio::test]
async fn a_day_has_its_limit() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let day = |day, max| Claim::Daily {
        key: "web1 unit-restart".to_owned(),
        day,
        max,
    };
    assert_eq!(claim(&store, "aaaaaa", 0, day(5, 2)).await, None);
    assert_eq!(claim(&store, "bbbbbb", 0, day(5, 2)).await, None);
    let refused = claim(&store, "cccccc", 0, day(5, 2)).await.unwrap();
    assert!(
        refused
            .to_string()
            .contains("2 times today and may be done 2 times a day"),
        "{refused}"
    );
    assert_eq!(claim(&store, "dddddd", 0, day(6, 2)).await, None);
    assert!(
        claim(&store, "eeeeee", 0, day(7, 0)).await.is_some(),
        "none is none"
    );
    assert_eq!(store.daily("web1 unit-restart", 5).await.unwrap(), 2);
}

#[tokio::test]
async fn what_nothing_came_of_is_given_back_and_nothing_else_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let pause = |until| Claim::Cooldown {
        key: "web1 unit-restart".to_owned(),
        until: after(until),
    };
    let day = || Claim::Daily {
        key: "web1 unit-restart".to_owned(),
        day: 5,
        max: 3,
    };
    for letters in ["aaaaaa", "bbbbbb"] {
        assert_eq!(claim(&store, letters, 0, day()).await, None);
    }
    assert_eq!(claim(&store, "cccccc", 0, pause(600_000)).await, None);
    let give_back = async |letters: &str, version, claims: Vec<Claim>| {
        let mut append = facts(letters, version, &["voided"]);
        append.returns = claims;
        done(&store, append).await;
    };
    // Another incident's pause, and one that was prolonged since, stay.
    give_back("aaaaaa", 1, vec![pause(600_000)]).await;
    give_back("cccccc", 1, vec![pause(500_000)]).await;
    let until = store.cooldown("web1 unit-restart").await.unwrap();
    assert_eq!(until, Some(after(600_000)));
    give_back("cccccc", 2, vec![pause(600_000)]).await;
    assert_eq!(store.cooldown("web1 unit-restart").await.unwrap(), None);
    for left in [1, 0, 0] {
        let version = store.incident(&incident("aaaaaa")).await.unwrap();
        give_back("aaaaaa", version.unwrap().version, vec![day()]).await;
        assert_eq!(store.daily("web1 unit-restart", 5).await.unwrap(), left);
    }
}
