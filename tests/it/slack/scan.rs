//! A scan that is due: told once, with its page below, whatever is restarted.

use std::path::Path;
use std::time::{Duration, Instant};

use incident::{Moment, Span};
use store::Store;
use tests::fakes::Trouble;
use tests::fakes::slack::{Slack, State};
use tokio::net::TcpListener;

use super::{said, sockets_gone, start_with, workspace};
use crate::bot::{GHOST, LONG};

const SCAN: &str = r#"
[[scans]]
name = "monthly"
targets = ["ghost"]
cron = "0 6 1 * *"
zone = "UTC"
channel = "C1"
"#;
const PLAN: &str = "cron 0 6 1 * * UTC";

/// A scan that is due at every start: whoever tells it has looked which scans are due, and made those first that were due longer.
const FENCE: &str = r#"
[[scans]]
name = "fence"
targets = ["ghost"]
every = "1d"
channel = "C1"
"#;

async fn open(dir: &Path) -> Store {
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    Store::open(&dir.join("state"), now).await.unwrap()
}

/// As if Sickbay had been away when it was due: it was done so many days ago.
async fn last_done(dir: &Path, days: u64) -> Moment {
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    let then = now.minus(Span::minutes(days * 24 * 60));
    let store = open(dir).await;
    assert_eq!(store.scan_done("monthly", PLAN, then).await.unwrap(), then);
    store.close().await;
    then
}

/// The fence is due now, and not before.
async fn raise_fence(dir: &Path) {
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    let then = now.minus(Span::minutes(24 * 60));
    let store = open(dir).await;
    // Another schedule begins anew, whatever was done by this one.
    for plan in ["another", "every 86400 s"] {
        assert_eq!(store.scan_done("fence", plan, then).await.unwrap(), then);
    }
    store.close().await;
}

/// Waits until the fence has been told so many times.
async fn fenced(slack: &Slack, times: usize) {
    let told = |state: &State| {
        let fences = state.said();
        let fences = fences.filter(|one| one.by_bot && one.says("scan fence"));
        (fences.count() >= times).then_some(())
    };
    slack.wait_up_to(LONG, "the fence", told).await;
}

/// Waits until it is done further than this.
async fn done_after(dir: &Path, then: Moment) -> Moment {
    let store = open(dir).await;
    let done = async {
        loop {
            let done = store.scan_done_so_far("monthly").await.unwrap().unwrap();
            if done > then {
                return done;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let done = tokio::time::timeout(LONG, done).await;
    store.close().await;
    done.unwrap_or_else(|_late| panic!("it is never done"))
}

/// The reports that stand in the channel.
fn reports(state: &State) -> usize {
    let reports = state.said();
    reports
        .filter(|one| one.by_bot && one.thread.is_none() && one.says("scan monthly"))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_that_was_missed_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    // Three times were missed, and one report makes up for them.
    let then = last_done(dir.path(), 100).await;
    let slack = workspace().await;
    raise_fence(dir.path()).await;
    let mut bot = start_with(dir.path(), &slack, &format!("{GHOST}{SCAN}{FENCE}"));
    slack.connected(1).await;
    let report = said(
        &slack,
        &["1 host: 1 could not be looked at", "scan monthly"],
    )
    .await;
    assert_eq!(
        (report.thread.as_deref(), report.only_for.as_deref()),
        (None, None)
    );
    let page = |state: &State| {
        let mut said = state.said();
        let below =
            said.find(|one| one.thread.as_deref() == Some(&*report.ts) && !one.files.is_empty())?;
        let file = below.files.first().and_then(|id| state.files.get(id))?;
        Some((file.name.clone(), file.content.clone()?))
    };
    let (name, page) = slack.wait_up_to(LONG, "the page", page).await;
    assert!(
        name.starts_with("scan-monthly-") && name.ends_with(".html"),
        "{name}"
    );
    let page = String::from_utf8(page).unwrap();
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("ghost"),
        "{page}"
    );

    let done = done_after(dir.path(), then).await;

    // After a restart it is not due again, and nobody is told.
    fenced(&slack, 1).await;
    let down = async {
        sockets_gone(&slack).await;
        raise_fence(dir.path()).await;
    };
    bot.restart_gently(down).await;
    fenced(&slack, 2).await;
    bot.end();
    assert_eq!(slack.look(reports), 1);
    assert_eq!(done_after(dir.path(), then).await, done);
    assert_eq!(slack.pings(), []);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_that_is_not_due_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    raise_fence(dir.path()).await;
    let mut bot = start_with(dir.path(), &slack, &format!("{GHOST}{SCAN}{FENCE}"));
    fenced(&slack, 1).await;
    bot.end();
    assert_eq!(slack.look(reports), 0, "it begins when it is first known");
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_which_nobody_said_that_it_arrived_stands_there_once() {
    let dir = tempfile::tempdir().unwrap();
    let then = last_done(dir.path(), 40).await;
    let slack = workspace().await;
    slack.trouble("chat.postMessage", Trouble::AnswerLost, 1);
    let mut bot = start_with(dir.path(), &slack, &format!("{GHOST}{SCAN}"));
    slack.connected(1).await;
    done_after(dir.path(), then).await;
    // Whoever has ended posts nothing more.
    bot.end();
    assert_eq!(slack.look(reports), 1);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_told_to_stop_stops_and_the_next_start_makes_up_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let then = last_done(dir.path(), 40).await;
    let slack = workspace().await;
    // A host that takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let ghost = format!("[hosts.ghost]\naddress = \"127.0.0.1\"\nport = {port}\n");
    let mut bot = start_with(dir.path(), &slack, &format!("{ghost}{SCAN}"));
    slack.connected(1).await;
    let held = silent.accept().await.unwrap();
    let asked = Instant::now();
    let gone = async {
        assert!(
            asked.elapsed() < Duration::from_secs(10),
            "it waits for nobody"
        );
        sockets_gone(&slack).await;
        assert_eq!(slack.look(reports), 0, "whoever has ended tells nothing");
        drop((held, silent));
    };
    bot.restart_gently(gone).await;
    slack.connected(1).await;
    said(&slack, &["1 could not be looked at", "scan monthly"]).await;
    done_after(dir.path(), then).await;
    // Whoever has ended posts nothing more.
    bot.end();
    assert_eq!(slack.look(reports), 1);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_scan_keeps_its_turn_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let then = last_done(dir.path(), 40).await;
    let slack = workspace().await;
    // A host that takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let ghost = format!("[hosts.ghost]\naddress = \"127.0.0.1\"\nport = {port}\n");
    let mut bot = start_with(dir.path(), &slack, &format!("{ghost}{SCAN}"));
    let held = silent.accept().await.unwrap();

    // Another Sickbay with the same journal looks at the clock, for which the scan is due as well, and so it is by now again.
    let other = open(dir.path()).await;
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    let until = now.plus(Span::minutes(2));
    for due in [then.plus(Span(1)), now] {
        let turn = other.begin_scan("monthly", due, now, until).await.unwrap();
        assert_eq!(turn, None, "somebody is at it");
        let done = other.scan_done("monthly", PLAN, now).await.unwrap();
        assert_eq!(done, then, "and it is not done");
    }
    drop((held, silent));
    said(&slack, &["1 could not be looked at", "scan monthly"]).await;
    let done = done_after(dir.path(), then).await;

    // What was due is done, and what is due later is anybody's.
    let turn = other.begin_scan("monthly", done, now, until).await;
    assert_eq!(turn.unwrap(), None);
    let later = done.plus(Span(1));
    let turn = other.begin_scan("monthly", later, now, until).await;
    assert!(turn.unwrap().is_some());
    other.close().await;
    bot.end();
    assert_eq!(slack.look(reports), 1);
    slack.assert_no_refusals();
}
