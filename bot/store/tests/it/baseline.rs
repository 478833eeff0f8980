//! Baselines: the newest of a host counts, the one before it is kept, and a text that is not what was recorded is not there.

use incident::{EvidenceId, Moment, ResponderId};
use store::{Append, BASELINES_KEPT, Baseline, Store};

use crate::common::*;

/// An incident with one text, and the baseline that it is.
async fn taken(store: &Store, name: &str, letters: &str, at: Moment, text: &str) -> Baseline {
    let mut append: Append = facts(letters, 0, &["examined"]);
    let body = body("e-1", text);
    let hash = body.hash();
    append.bodies = vec![body];
    done(store, append).await;
    let baseline = Baseline {
        host: host(name),
        taken_at: at,
        taken_by: ResponderId::new("ada").unwrap(),
        host_key: "SHA256:abc".to_owned(),
        incident: incident(letters),
        evidence: EvidenceId::nth(1),
        hash,
    };
    store.keep_baseline(baseline.clone()).await.unwrap();
    baseline
}

#[tokio::test]
async fn the_newest_counts_and_the_one_before_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    assert_eq!(store.baseline(&host("web1")).await.unwrap(), None);
    let mut all = Vec::new();
    for (n, letters) in ["aaaaaa", "bbbbbb", "cccccc"].into_iter().enumerate() {
        let at = after(i64::try_from(n).unwrap() * 1000);
        all.push(taken(&store, "web1", letters, at, &format!("baseline {n}")).await);
    }
    let other = taken(&store, "db1", "dddddd", NOON, "another").await;
    assert_eq!(
        store.baseline(&host("web1")).await.unwrap().as_ref(),
        Some(&all[2])
    );
    let kept = store.baselines().await.unwrap();
    assert_eq!(kept, [other, all[2].clone(), all[1].clone()]);
    assert_eq!(BASELINES_KEPT, 2);

    // Dropped, the one before it counts again.
    assert!(store.drop_baseline(&host("web1")).await.unwrap());
    assert_eq!(
        store.baseline(&host("web1")).await.unwrap().as_ref(),
        Some(&all[1])
    );
    assert!(store.drop_baseline(&host("web1")).await.unwrap());
    assert!(!store.drop_baseline(&host("web1")).await.unwrap());
    assert_eq!(store.baseline(&host("web1")).await.unwrap(), None);
    // What was recorded stays.
    assert_eq!(
        store.baseline_text(&all[0]).await.unwrap().as_deref(),
        Some("baseline 0")
    );
    sound(&store).await;
}

#[tokio::test]
async fn a_text_that_is_not_what_was_recorded_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let baseline = taken(&store, "web1", "aaaaaa", NOON, "what it was made of").await;
    let text = store.baseline_text(&baseline).await.unwrap();
    assert_eq!(text.as_deref(), Some("what it was made of"));
    let other = Baseline {
        hash: "sha256:00".to_owned(),
        ..baseline.clone()
    };
    assert_eq!(store.baseline_text(&other).await.unwrap(), None);
    assert!(
        store
            .erase_body(&baseline.incident, "e-1", after(1))
            .await
            .unwrap()
    );
    assert_eq!(store.baseline_text(&baseline).await.unwrap(), None);
    assert_eq!(store.baseline(&host("web1")).await.unwrap(), Some(baseline));
}
