//! Killed at any moment, the journal opens again, is sound, and holds all that was acknowledged.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
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
            // Now and then one that brings no fact, which is finished by itself.
            if version.is_multiple_of(3) {
                let finished = store.finish(leased.id, leased.fence, NOON).await;
                assert!(
                    matches!(finished, Ok(()) | Err(store::LeaseError::Stale(_))),
                    "{finished:?}"
                );
            } else {
                append.done_effect = Some((leased.id, leased.fence));
            }
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

/// A process to be killed, and what it says until then.
struct Victim {
    child: Child,
    words: JoinHandle<Vec<String>>,
    acks: Arc<AtomicUsize>,
}

impl Victim {
    fn start(dir: &Path, points: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::victim", "--ignored", "--nocapture"])
            .env(STATE, dir)
            .env("FAILPOINTS", points)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let acks = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&acks);
        let keep = move |line: &String| {
            count.fetch_add(usize::from(line.contains("acked ")), Ordering::Relaxed);
        };
        let words = move || out.lines().map_while(Result::ok).inspect(keep).collect();
        let words = std::thread::spawn(words);
        Self { child, words, acks }
    }

    /// Waits until it is at work: how long it takes to start depends on what else the machine does.
    async fn at_work(&self) {
        for _ in 0..2000 {
            if self.acks.load(Ordering::Relaxed) > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nothing was acknowledged within 20 s");
    }

    /// Kills it as the kernel does when memory runs out. Says what it had acknowledged.
    fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        let _status = self.child.wait().unwrap();
        acked(&self.words.join().unwrap())
    }
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
        let (one, two) = (Victim::start(dir.path(), ""), Victim::start(dir.path(), ""));
        // Every third pair dies while it starts.
        if round % 3 > 0 {
            one.at_work().await;
        }
        tokio::time::sleep(Duration::from_millis(round * 37 % 110)).await;
        all.extend(one.kill());
        tokio::time::sleep(Duration::from_millis(round * 7 % 20)).await;
        all.extend(two.kill());
        if round % 4 == 3 {
            check(dir.path(), &all).await;
        }
    }
    check(dir.path(), &all).await;
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
    use std::os::unix::process::ExitStatusExt;
    for (point, _) in store::FAIL_POINTS {
        let dir = tempfile::tempdir().unwrap();
        let mut all = Vec::new();
        for hit in [0, 1, 5] {
            if point.contains("open") && hit > 0 {
                continue;
            }
            let mut victim = Victim::start(dir.path(), &format!("{point}={hit}*off->return"));
            let ended = victim.child.wait().unwrap();
            assert_eq!(
                ended.signal(),
                Some(9),
                "{point}: {ended}; it was not reached"
            );
            all.extend(victim.kill());
            check(dir.path(), &all).await;
        }
    }
}
