//! A bad day of Slack: sockets that break again and again, a call that nobody answers, and everybody at once.

use std::time::Duration;

use tests::fakes::Trouble;

use tests::fakes::slack::{Message, Slack, State};

use super::{said, settings, sockets_gone, start_with, tokens, workspace};
use crate::bot::{Bot, GHOST, LONG};

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

/// What stands there for all to see, files apart.
fn shown(state: &State) -> impl Iterator<Item = &Message> {
    let public = state.in_channel("C1").filter(|one| one.only_for.is_none());
    public.filter(|one| one.by_bot && one.files.is_empty())
}

/// The whole thread about a host that nobody answers at.
async fn whole_thread(slack: &Slack) -> Vec<Message> {
    let whole = |state: &State| {
        let told: Vec<Message> = shown(state).cloned().collect();
        let root = told.iter().find(|one| one.thread.is_none())?;
        let found = told.iter().any(|one| one.thread.is_some());
        (found && root.says("be reached")).then_some(told)
    };
    slack.wait_up_to(LONG, "the whole thread", whole).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_arrival_nobody_told_is_posted_once() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    slack.trouble("chat.postMessage", Trouble::AnswerLost, 2);
    // It cannot be looked for at once either.
    slack.trouble("conversations.", Trouble::Status(503), 1);
    assert!(slack.slash("U1", "C1", "/diagnose", "ghost").await.came());
    let told = whole_thread(&slack).await;
    assert_eq!(told.len(), 2, "{told:?}");
    // Somebody talks so much that the message is pages away.
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_each_message_it_posts_none_twice() {
    const POINT: &str = "app::after_send";
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let (settings, tokens) = (settings(&slack, GHOST), tokens(&slack));
    let mut bot = Bot::start_to_die(dir.path(), &settings, &tokens, &format!("{POINT}=return"));
    slack.connected(1).await;
    slack.slash("U1", "C1", "/diagnose", "ghost").await;
    // Much is said meanwhile, and the message is pages away.
    bot.after_death(
        async {
            sockets_gone(&slack).await;
            for n in 0..450 {
                slack.say("U2", "C1", None, &format!("and another thing, {n}"));
            }
        },
        &format!("{POINT}=1*off->return"),
    )
    .await;
    bot.after_death(sockets_gone(&slack), "").await;
    let told = whole_thread(&slack).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_looked_for_is_posted_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    slack.scopes(&["app_mentions:read", "chat:write", "commands", "files:write"]);
    let _bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    slack.trouble("chat.postMessage", Trouble::AnswerLost, 1);
    assert!(slack.slash("U1", "C1", "/diagnose", "ghost").await.came());
    // A card that stands there twice is better than one that nobody sees.
    let twice = |state: &State| (shown(state).count() == 3).then_some(());
    slack
        .wait_up_to(LONG, "the thread, and one message twice", twice)
        .await;
}
