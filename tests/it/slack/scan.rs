//! A scan that is due: told once, with its page below, whatever is restarted.

use std::path::Path;
use std::time::{Duration, Instant};

use incident::{Moment, Span};
use store::Store;
use tests::fakes::Trouble;
use tests::fakes::slack::State;
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

/// As if Sickbay had been away when it was due: it was done so many days ago.
async fn last_done(dir: &Path, days: u64) -> Moment {
    let state = dir.join("state");
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    let then = now.minus(Span::minutes(days * 24 * 60));
    let store = Store::open(&state, now).await.unwrap();
    let plan = "cron 0 6 1 * * UTC";
    assert_eq!(store.scan_done("monthly", plan, then).await.unwrap(), then);
    store.close().await;
    then
}

/// Waits until it is done further than this.
async fn done_after(dir: &Path, then: Moment) -> Moment {
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    let store = Store::open(&dir.join("state"), now).await.unwrap();
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
    let mut bot = start_with(dir.path(), &slack, &format!("{GHOST}{SCAN}"));
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
    bot.restart_gently(sockets_gone(&slack)).await;
    slack.connected(1).await;
    slack.slash("U1", "C1", "/sickbay", "help").await;
    said(&slack, &["diagnose"]).await;
    assert_eq!(slack.look(reports), 1);
    bot.end();
    assert_eq!(done_after(dir.path(), then).await, done);
    assert_eq!(slack.pings(), []);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_that_is_not_due_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let mut bot = start_with(dir.path(), &slack, &format!("{GHOST}{SCAN}"));
    slack.connected(1).await;
    slack.slash("U1", "C1", "/sickbay", "help").await;
    said(&slack, &["diagnose"]).await;
    assert_eq!(slack.look(reports), 0, "it begins when it is first known");
    bot.end();
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
    assert_eq!(slack.look(reports), 1);
    bot.end();
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
        assert_eq!(slack.look(reports), 0);
        drop((held, silent));
        sockets_gone(&slack).await;
    };
    bot.restart_gently(gone).await;
    slack.connected(1).await;
    said(&slack, &["1 could not be looked at", "scan monthly"]).await;
    done_after(dir.path(), then).await;
    assert_eq!(slack.look(reports), 1);
    bot.end();
    slack.assert_no_refusals();
}
