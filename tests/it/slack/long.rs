//! What is too long for a message: nothing of it is lost.

use tests::fakes::slack::{Message, Slack};

use super::{said, start_with, workspace};
use crate::bot::GHOST;

/// How many lines are said; all of them are more than a message holds.
const LINES: usize = 150;

/// The text of the file that came with a message of the bot in this thread.
async fn file_in(slack: &Slack, thread: &str) -> String {
    slack
        .wait_for("a file in the thread", |state| {
            let mut said = state.said();
            let message = said.find(|message| {
                message.thread.as_deref() == Some(thread) && !message.files.is_empty()
            })?;
            let file = &state.files[&message.files[0]];
            let bytes = file.content.clone().unwrap();
            Some(String::from_utf8(bytes).unwrap())
        })
        .await
}

fn for_ada(slack: &Slack, from: usize) -> Vec<Message> {
    slack.look(|state| {
        let said = state.said();
        let hers = said.filter(|message| message.only_for.as_deref() == Some("U1"));
        hers.skip(from).cloned().collect()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_answer_is_a_file_in_its_thread_or_comes_in_parts() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let _bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    slack.slash("U1", "C1", "/diagnose", "ghost").await;
    let root = said(&slack, &["ghost", "be reached", "incident "]).await;
    let thread = Some(root.ts.as_str());
    for n in 0..LINES {
        let line = format!("line {n} {}", "of many words ".repeat(8));
        slack.say("U1", "C1", thread, &line);
    }
    let ask = format!("<@{}> summarise", slack.bot_user());
    slack.say("U1", "C1", thread, &ask);
    said(&slack, &["It is long, so it is in the thread"]).await;
    let file = file_in(&slack, &root.ts).await;
    for n in 0..LINES {
        assert!(file.contains(&format!("line {n} ")), "line {n} is lost");
    }
    // Beside where the rest is, the message has how it began and how it is now.
    let before = for_ada(&slack, 0);
    let told = &before[before.len() - 1];
    let last = format!("line {} of many words", LINES - 1);
    assert!(
        told.says("asks to look at ghost") && told.says(&last),
        "{}",
        told.words()
    );

    // Elsewhere it comes in parts, to whoever asked.
    let before = for_ada(&slack, 0).len();
    let words = root.words();
    let (_, id) = words.rsplit_once("incident ").unwrap();
    let id = id.split_whitespace().next().unwrap();
    slack
        .slash("U1", "C1", "/sickbay", &format!("summarise {id}"))
        .await;
    let whole = |state: &tests::fakes::slack::State| {
        let said = state.said();
        let hers = said.filter(|message| message.only_for.as_deref() == Some("U1"));
        let last = format!("line {} ", LINES - 1);
        let mut parts = hers.skip(before);
        parts.any(|part| part.says(&last)).then_some(())
    };
    slack.wait_for("the last part", whole).await;
    let parts = for_ada(&slack, before);
    assert!(parts.len() > 1, "{}", parts.len());
    let all: String = parts.iter().map(Message::words).collect();
    for n in 0..LINES {
        assert!(all.contains(&format!("line {n} ")), "line {n} is lost");
    }
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_to_put_files_a_long_answer_comes_in_parts() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    slack.scopes(&[
        "app_mentions:read",
        "channels:history",
        "chat:write",
        "commands",
    ]);
    let _bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    slack.slash("U1", "C1", "/diagnose", "ghost").await;
    let root = said(&slack, &["ghost", "be reached", "incident "]).await;
    for n in 0..LINES {
        let line = format!("line {n} {}", "of many words ".repeat(8));
        slack.say("U1", "C1", Some(&root.ts), &line);
    }
    let ask = format!("<@{}> summarise", slack.bot_user());
    slack.say("U1", "C1", Some(&root.ts), &ask);
    said(&slack, &[&format!("line {} ", LINES - 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_incident_came_to_is_no_file_in_the_thread_of_another() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let _bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    let mut roots: Vec<Message> = Vec::new();
    for _ in 0..2 {
        slack.slash("U1", "C1", "/diagnose", "ghost").await;
        let known: Vec<String> = roots.iter().map(|root| root.ts.clone()).collect();
        let root = slack
            .wait_for("one more thread", |state| {
                let mut said = state.said();
                let new = |one: &&Message| {
                    one.thread.is_none()
                        && one.words().contains("incident ")
                        && !known.contains(&one.ts)
                };
                said.find(new).cloned()
            })
            .await;
        roots.push(root);
    }
    let (first, second) = (&roots[0], &roots[1]);
    for n in 0..LINES {
        let line = format!("line {n} {}", "of many words ".repeat(8));
        slack.say("U1", "C1", Some(&first.ts), &line);
    }
    let words = first.words();
    let (_, id) = words.rsplit_once("incident ").unwrap();
    let id = id.split_whitespace().next().unwrap();
    for verb in ["summarise", "postmortem"] {
        let before = for_ada(&slack, 0).len();
        let ask = format!("<@{}> {verb} {id}", slack.bot_user());
        slack.say("U1", "C1", Some(&second.ts), &ask);
        slack
            .wait_for("an answer for her alone", |state| {
                let said = state.said();
                let hers = said.filter(|message| message.only_for.as_deref() == Some("U1"));
                (hers.count() > before).then_some(())
            })
            .await;
    }
    // The draft is in the thread that it is about.
    assert!(file_in(&slack, &first.ts).await.contains("Postmortem"));
    let files = slack.look(|state| {
        let said = state.said();
        let there = said.filter(|one| one.thread.as_deref() == Some(&*second.ts));
        there.map(|one| one.files.len()).sum::<usize>()
    });
    assert_eq!(files, 0);
    slack.assert_no_refusals();
}
