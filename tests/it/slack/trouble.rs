//! A bad day of Slack: sockets that break again and again, a call that nobody answers, and everybody at once.

use std::time::Duration;

use tests::fakes::Trouble;

use super::{said, start_with, workspace};
use crate::bot::{GHOST, LONG};

/// How often the socket breaks. Each new one waits for some ten seconds by then, as long as Slack wants between two, so fifty
/// take seven minutes: `FLAPS=50` does that.
const FLAPS: usize = 7;
/// How many ask at once.
const MANY: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_flaps_costs_nothing_that_was_asked() {
    let flaps = std::env::var("FLAPS").map_or(FLAPS, |flaps| flaps.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let _bot = start_with(dir.path(), &slack, "");
    slack.connected(1).await;
    slack.flap(flaps);
    slack.end_sockets(tests::fakes::slack::End::Refresh);
    slack
        .wait_up_to(LONG * 5, "a socket that stays", |state| {
            // The first, those that broke, and one more.
            (state.hellos > flaps + 1 && state.sockets > 0).then_some(())
        })
        .await;
    assert!(slack.slash("U1", "C1", "/sickbay", "status").await.came());
    said(&slack, &["nothing waits and nothing runs"]).await;
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_nobody_answers_holds_up_its_own_conversation_alone() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    slack.channel("C2", &["U1"]);
    let _bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    slack.trouble("chat.postMessage", Trouble::Hang, 1);
    assert!(slack.slash("U1", "C1", "/diagnose", "ghost").await.came());
    slack
        .wait_for("the call that hangs", |state| {
            state
                .calls
                .iter()
                .any(|call| call.method == "chat.postMessage")
                .then_some(())
        })
        .await;
    assert!(slack.slash("U1", "C2", "/diagnose", "ghost").await.came());
    slack.wait_for_words("C2", "be reached").await;
    assert_eq!(
        slack
            .messages("C1")
            .iter()
            .filter(|one| one.only_for.is_none())
            .count(),
        0
    );
    // Given up, it is said again, once.
    slack
        .wait_up_to(LONG, "the thread in C1", |state| {
            let told = state.in_channel("C1").filter(|one| one.thread.is_none());
            (told.filter(|one| one.says("be reached")).count() == 1).then_some(())
        })
        .await;
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_commands_at_once_are_acknowledged_and_answered() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    slack.enforce_rates();
    let _bot = start_with(dir.path(), &slack, "");
    slack.connected(1).await;
    let mut asked = tokio::task::JoinSet::new();
    for _one in 0..MANY {
        let slack = slack.clone();
        asked.spawn(async move { slack.slash("U1", "C1", "/sickbay", "status").await });
    }
    for answered in asked.join_all().await {
        // Slack waits for three seconds.
        assert!(
            answered
                .delay
                .is_some_and(|delay| delay < Duration::from_secs(3))
        );
    }
    slack
        .wait_up_to(LONG, "an answer to each", |state| {
            let told = state.said().filter(|one| one.says("nothing waits")).count();
            (told == MANY).then_some(())
        })
        .await;
    slack.assert_no_refusals();
}
