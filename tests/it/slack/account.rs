//! A thread from "I am on it" to its postmortem: what is told to all, what to one person alone, and nothing of it twice.

use tests::fakes::slack::{Message, Slack, State};

use super::{said, sockets_gone, start_with, workspace};
use crate::bot::{GHOST, LONG};

/// Summaries at once, for whoever cannot wait for half an hour.
const SOON: &str = "[summaries]\nevery = \"1s\"\ncatch_up = \"1s\"\n";

/// Those of the bot's messages that all see, or that this person alone sees, and that say this.
fn count(state: &State, only_for: Option<&str>, words: &str) -> usize {
    let here = |one: &&Message| one.only_for.as_deref() == only_for && one.says(words);
    state.said().filter(here).count()
}

fn ask(slack: &Slack, user: &str, root: &Message, text: &str) {
    let text = format!("<@{}> {text}", slack.bot_user());
    slack.say(user, "C1", Some(&root.ts), &text);
}

/// The postmortems that stand in this thread, by name and text.
fn drafts(state: &State, root: &str) -> Vec<(String, String)> {
    let here = |one: &&Message| one.thread.as_deref() == Some(root);
    let files = state.said().filter(here).flat_map(|one| &one.files);
    let files = files.map(|id| &state.files[id]);
    let drafts = files.filter(|file| file.name.starts_with("postmortem-"));
    drafts
        .map(|file| {
            let bytes = file.content.clone().unwrap();
            (file.name.clone(), String::from_utf8(bytes).unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_is_summed_up_told_to_who_comes_late_and_closed_with_its_postmortem() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let mut bot = start_with(dir.path(), &slack, &format!("{GHOST}{SOON}"));
    slack.connected(1).await;
    slack
        .slash("U1", "C1", "/diagnose", "ghost the shop is down")
        .await;
    let root = said(&slack, &["ghost", "be reached", "incident "]).await;

    ask(&slack, "U1", &root, "ack");
    let on_it = said(&slack, &["👋 ada is on it"]).await;
    assert_eq!(on_it.thread.as_deref(), Some(root.ts.as_str()));
    assert_eq!(on_it.only_for, None);
    ask(&slack, "U1", &root, "认领");
    said(&slack, &["ada is on incident"]).await;

    // Something happened since the diagnosis, so all are told; each line leads to what it rests on.
    let summary = said(
        &slack,
        &["What happened", "ada is on it", "Find out why ghost"],
    )
    .await;
    assert_eq!(summary.thread.as_deref(), Some(root.ts.as_str()));
    assert_eq!(summary.only_for, None);
    let link = format!("/archives/C1/p{}", on_it.ts.replace('.', ""));
    let blocks = serde_json::json!(summary.blocks).to_string();
    assert!(blocks.contains(&link), "{link} is not in {blocks}");

    // By now the incident is older than a second: whoever speaks for the first time comes late, and is told once, alone.
    slack.say("U2", "C1", Some(&root.ts), "what is this about?");
    let told = said(&slack, &["Only you see this", "ada is on it"]).await;
    assert_eq!(told.only_for.as_deref(), Some("U2"));
    assert_eq!(told.thread.as_deref(), Some(root.ts.as_str()));
    slack.say("U2", "C1", Some(&root.ts), "I see");
    // Who took part is not told, and a stranger is nobody.
    slack.say("U1", "C1", Some(&root.ts), "it was a plug in the cellar");
    slack.say("U3", "C1", Some(&root.ts), "hello");

    ask(
        &slack,
        "U2",
        &root,
        "resolve it was the plug <!here> | *really*",
    );
    let over = said(&slack, &["✅ Resolved by bo: it was the plug"]).await;
    assert_eq!(over.thread.as_deref(), Some(root.ts.as_str()));
    let drafts_of = |state: &State| Some(drafts(state, &root.ts)).filter(|all| !all.is_empty());
    let all = slack.wait_up_to(LONG, "a postmortem", drafts_of).await;
    let (name, text) = &all[0];
    assert!(
        std::path::Path::new(name)
            .extension()
            .is_some_and(|end| end == "md"),
        "{name}"
    );
    for words in [
        "## Timeline",
        "what is this about?",
        "ada \\(slack U1\\) is on it",
        "ghost could not be examined: unreachable",
        "_to be filled in_",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    slack
        .wait_up_to(LONG, "the head of the thread", |state| {
            let head = state.message("C1", &root.ts)?;
            head.says("✅ resolved").then_some(())
        })
        .await;
    ask(&slack, "U1", &root, "resolve");
    said(&slack, &["bo resolved incident", "diagnose again"]).await;

    // It can be asked for once more: with what was said since, it is another.
    ask(&slack, "U1", &root, "postmortem");
    let another = |state: &State| (drafts(state, &root.ts).len() == 2).then_some(());
    slack.wait_up_to(LONG, "another postmortem", another).await;

    // After a restart nobody is told anything again.
    bot.restart_gently(sockets_gone(&slack)).await;
    slack.connected(1).await;
    ask(&slack, "U1", &root, "summarise");
    let asked = |state: &State| (count(state, Some("U1"), "What happened") > 0).then_some(());
    slack
        .wait_up_to(LONG, "the summary that was asked for", asked)
        .await;
    slack.look(|state| {
        assert_eq!(count(state, None, "✅ Resolved by bo"), 1);
        assert_eq!(count(state, None, "👋 ada is on it"), 1);
        assert_eq!(drafts(state, &root.ts).len(), 2);
        for (user, times) in [("U1", 0), ("U2", 1), ("U3", 0)] {
            assert_eq!(
                count(state, Some(user), "Only you see this"),
                times,
                "{user}"
            );
        }
    });
    let listed = bot.printed(&["incident", "list", "--json"]);
    assert!(listed.contains("\"status\": \"resolved\""), "{listed}");
    assert_eq!(slack.pings(), []);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_a_channel_with_an_open_incident_is_told_alone_and_once() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    slack.channel("C2", &["U1"]);
    let _bot = start_with(dir.path(), &slack, GHOST);
    slack.connected(1).await;
    slack.slash("U1", "C2", "/diagnose", "ghost").await;
    let root = said(&slack, &["ghost", "be reached", "incident "]).await;
    // Eve is nobody here, and ada knows: the news that they joined is heard, and nothing follows.
    for user in ["U3", "U1", "U2", "U2"] {
        assert!(slack.join(user, "C2").await.came());
    }
    let told = said(&slack, &["Only you see this", "ghost is unreachable"]).await;
    assert_eq!(told.only_for.as_deref(), Some("U2"));
    assert_eq!((told.channel.as_str(), &told.thread), ("C2", &None));

    // Resolved, it is no news to whoever joins.
    let id = root.words();
    let id = id.rsplit_once("incident ").unwrap().1;
    let id = id.split_whitespace().next().unwrap();
    slack
        .slash("U1", "C1", "/sickbay", &format!("resolve {id}"))
        .await;
    said(&slack, &["Resolved by ada"]).await;
    slack.say("U1", "C2", None, "<@U0SICKBAY> status");
    said(&slack, &["nothing waits"]).await;
    slack.look(|state| {
        assert_eq!(count(state, Some("U2"), "Only you see this"), 1);
        for user in ["U1", "U3"] {
            assert_eq!(count(state, Some(user), "Only you see this"), 0, "{user}");
        }
        // Half an hour is not over.
        assert_eq!(
            count(state, None, "What happened"),
            1,
            "only what closes it"
        );
    });
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_not_ask_for_it_neither_resolves_nor_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let rules =
        "[[commands]]\nwho = [\"ada\"]\n[[commands]]\ncommands = [\"diagnose\", \"status\"]\n";
    let _bot = start_with(dir.path(), &slack, &format!("{rules}{GHOST}{SOON}"));
    slack.connected(1).await;
    slack.slash("U1", "C1", "/diagnose", "ghost").await;
    let root = said(&slack, &["ghost", "be reached", "incident "]).await;
    for (text, verb) in [
        ("ack", "ack"),
        ("resolve", "resolve"),
        ("复盘", "postmortem"),
    ] {
        ask(&slack, "U2", &root, text);
        let told = said(&slack, &[&format!("you may not ask for `{verb}` here")]).await;
        assert_eq!(told.only_for.as_deref(), Some("U2"));
    }
    ask(&slack, "U1", &root, "ack");
    said(&slack, &["What happened", "ada is on it"]).await;
    slack.say("U2", "C1", Some(&root.ts), "what is this about?");
    // What is heard later is answered later: by then they would have been told.
    ask(&slack, "U1", &root, "resolve");
    said(&slack, &["Resolved by ada"]).await;
    let told = slack.look(|state| count(state, Some("U2"), "Only you see this"));
    assert_eq!(told, 0);
    slack.assert_no_refusals();
}
