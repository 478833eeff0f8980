//! Killed at any moment, the journal opens again, is sound, and holds all that was acknowledged.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use incident::Span;
use store::{Appended, Store};

use crate::common::*;

const STATE: &str = "SICKBAY_TEST_CRASH_STATE";
/// How many kills; more for a soak.
const KILLS: &str = "SICKBAY_TEST_KILLS";

/// The process to be killed: appends, and says on its standard output what is on the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the victim of the tests below"]
#[expect(
    clippy::print_stdout,
    reason = "the acknowledgement is what the parent reads"
)]
async fn victim() {
    let Ok(dir) = std::env::var(STATE) else {
        return;
    };
    #[cfg(feature = "failpoints")]
    let _points = fail::FailScenario::setup();
    let store = Store::open(Path::new(&dir), NOON).await.unwrap();
    let own = incident(if std::process::id().is_multiple_of(2) {
        "evenaa"
    } else {
        "oddaaa"
    });
    let owner = format!("pid {}", std::process::id());
    loop {
        let version = store
            .incident(&own)
            .await
            .unwrap()
            .map_or(0, |row| row.version);
        let text = format!("{} {version}", std::process::id());
        let mut append = facts(
            own.letters(),
            version,
            &[&text, "second of the same append"],
        );
        append.heard = Some(text.clone());
        append.effects = vec![effect(&text, NOON)];
        append.bodies = vec![body(&format!("e-{version}"), &text)];
        if let Some(leased) = store
            .lease(&owner, NOON, Span(0), 1, Some(&own))
            .await
            .unwrap()
            .pop()
        {
            append.done_effect = Some((leased.id, leased.fence));
            println!("finishing {}", leased.key);
        }
        match store.append(append).await {
            Ok(Appended::Done { version, .. }) => println!("acked {text} {version}"),
            Ok(Appended::AlreadyHeard { .. }) => panic!("heard before: {text}"),
            // The other victim took the lease over, since they last for no time at all.
            Err(store::AppendError::Stale(_) | store::AppendError::Conflict { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

/// Starts a victim; its words are kept by a thread of its own until it dies.
fn start(dir: &Path, points: &str) -> (Child, std::thread::JoinHandle<Vec<String>>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::victim", "--ignored", "--nocapture"])
        .env(STATE, dir)
        .env("FAILPOINTS", points)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let words = std::thread::spawn(move || out.lines().map_while(Result::ok).collect());
    (child, words)
}

/// The acknowledged texts among a victim's words. The last line may be cut.
fn acked(words: &[String]) -> Vec<String> {
    words
        .iter()
        .filter_map(|line| line.split_once("acked ")?.1.rsplit_once(' '))
        .map(|(text, _version)| text.to_owned())
        .collect()
}

/// All that was acknowledged is there, once, with its effect and its text; and nothing is half there.
async fn check(dir: &Path, acked: &[String]) {
    let store = open(dir).await;
    let verified = sound(&store).await;
    let mut all = Vec::new();
    for letters in ["evenaa", "oddaaa"] {
        let id = incident(letters);
        let texts = texts(&store, letters).await;
        assert_eq!(
            texts.len() % 2,
            0,
            "an append of two facts is there whole or not at all"
        );
        for (n, pair) in texts.chunks(2).enumerate() {
            let text = &pair[0];
            assert_eq!(store.heard(text).await.unwrap(), Some(id.clone()));
            let kept = store.body(&id, &format!("e-{}", n * 2)).await.unwrap();
            assert_eq!(kept, Some(store::Stored::Text(text.clone())));
            all.push(text.clone());
        }
    }
    for text in acked {
        assert_eq!(
            all.iter().filter(|kept| *kept == text).count(),
            1,
            "acknowledged: {text}"
        );
    }
    assert_eq!(verified.bodies as usize, all.len());
    store.close().await;
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_killed_at_random() {
    let dir = tempfile::tempdir().unwrap();
    let kills: u64 = std::env::var(KILLS)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(16);
    let begun = Instant::now();
    let mut all = Vec::new();
    for round in 0..kills {
        let (mut one, words) = start(dir.path(), "");
        let (mut two, more) = start(dir.path(), "");
        tokio::time::sleep(Duration::from_millis(40 + round * 37 % 170)).await;
        one.kill().unwrap();
        tokio::time::sleep(Duration::from_millis(round * 7 % 20)).await;
        two.kill().unwrap();
        let (_one, _two) = (one.wait().unwrap(), two.wait().unwrap());
        all.extend(acked(&words.join().unwrap()));
        all.extend(acked(&more.join().unwrap()));
        if round % 4 == 3 {
            check(dir.path(), &all).await;
        }
    }
    check(dir.path(), &all).await;
    assert!(
        all.len() as u64 > kills,
        "the victims got to do something: {}",
        all.len()
    );
    eprintln!(
        "{} kills, {} acknowledged appends, none lost, in {:?}",
        kills * 2,
        all.len(),
        begun.elapsed()
    );
}

/// Each named point, at its first and at a later hit: the process dies exactly there.
#[cfg(feature = "failpoints")]
#[tokio::test]
async fn nothing_acknowledged_is_lost_at_any_fail_point() {
    for (point, _) in store::FAIL_POINTS {
        let dir = tempfile::tempdir().unwrap();
        let mut all = Vec::new();
        for hit in [0, 1, 5] {
            if point.contains("finish") || (point.contains("open") && hit > 0) {
                continue;
            }
            let (mut child, words) = start(dir.path(), &format!("{point}={hit}*off->return"));
            let ended = child.wait().unwrap();
            assert!(!ended.success(), "{point}: {ended}");
            use std::os::unix::process::ExitStatusExt;
            assert_eq!(ended.signal(), Some(6), "{point} was not reached");
            all.extend(acked(&words.join().unwrap()));
            check(dir.path(), &all).await;
        }
    }
}
