//! What people say in an incident's thread is in its timeline: all of it, redacted, and gone where they took it back.

use tests::fakes::slack::{Message, Slack};

use super::{said, start_with, workspace};
use crate::bot::GHOST;

/// How many messages are said at once.
const CROWD: usize = 1_000;

/// Waits until so much of what people said or took back is acknowledged.
async fn acknowledged(slack: &Slack, many: usize) {
    let heard = |state: &tests::fakes::slack::State| {
        let by_people = |event: &serde_json::Value| !event.to_string().contains("\"bot_id\"");
        (slack.taken(state, by_people) >= many).then_some(())
    };
    slack.wait_for("all is acknowledged", heard).await;
}

fn incident_of(root: &Message) -> String {
    let words = root.words();
    let (_, id) = words.rsplit_once("incident ").unwrap();
    id.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_messages_at_once_are_all_kept() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let mut bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    slack.slash("U1", "C1", "/diagnose", "ghost").await;
    let root = said(&slack, &["ghost", "incident "]).await;
    let id = incident_of(&root);

    let thread = Some(root.ts.as_str());
    for n in 0..CROWD {
        let who = if n % 2 == 0 { "U1" } else { "U3" };
        slack.say(who, "C1", thread, &format!("word {n}"));
    }
    slack.say(
        "U1",
        "C1",
        thread,
        "the password=hunter2hunter2 is no secret \u{1b}[31m",
    );
    let slip = slack.say("U2", "C1", thread, "wrong thread, sorry");
    slack.say("U2", "C1", None, "this is nobody's business");
    acknowledged(&slack, CROWD + 3).await;
    slack.delete(&slip);
    acknowledged(&slack, CROWD + 4).await;

    // Whoever asks in the thread is told of it, alone.
    bot.end();
    let told = bot.printed(&["incident", "timeline", &id]);
    for n in 0..CROWD {
        let who = if n % 2 == 0 { "ada" } else { "slack U3" };
        let line = format!("{who}: word {n}\n");
        assert!(told.contains(&line), "{line} is lost");
    }
    assert!(told.contains("is no secret"), "{told}");
    assert!(told.contains("bo took back what they had said"), "{told}");
    for gone in ["hunter2", "\u{1b}[31m", "wrong thread", "nobody's business"] {
        assert!(!told.contains(gone), "{gone:?} is there");
    }
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_is_summed_up_for_whoever_asks() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let _bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    slack
        .slash("U1", "C1", "/diagnose", "ghost the shop is down")
        .await;
    let root = said(&slack, &["ghost", "be reached", "incident "]).await;
    let thread = Some(root.ts.as_str());
    slack.say("U2", "C1", thread, "I was in the cellar and pulled a plug");
    slack.say(
        "U1",
        "C1",
        thread,
        &format!("<@{}> summarise", slack.bot_user()),
    );
    let answer = said(&slack, &["asks to look at ghost", "pulled a plug"]).await;
    assert_eq!(answer.only_for.as_deref(), Some("U1"));
    for words in [
        "ghost is unreachable",
        "What is open",
        "sickbay hosts check ghost",
    ] {
        assert!(answer.says(words), "{words}: {}", answer.words());
    }
    slack.say(
        "U1",
        "C1",
        None,
        &format!("<@{}> summarise", slack.bot_user()),
    );
    let _told = said(&slack, &["say which: summarise INCIDENT"]).await;
    slack.assert_no_refusals();
}
