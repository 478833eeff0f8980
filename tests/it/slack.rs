//! Incidents told in a Slack channel: a command, the thread, a press on a phone, the fix, and taking it back. The Slack is
//! the strict one of `tests/fakes`, the host and what is wrong with it are real.

mod account;
mod intake;
mod long;
mod moved;
mod routes;
mod scan;
mod trouble;

use std::path::Path;

use tests::fakes::slack::{Message, Slack};

use crate::bot::{BREAK_SHOP, Bot, LONG, PEOPLE, SHOP};
use crate::lab::Host;

/// Starts it for a workspace.
fn start(dir: &Path, slack: &Slack) -> Bot {
    start_with(dir, slack, "")
}

/// Settings for a workspace, and more.
fn settings(slack: &Slack, more: &str) -> String {
    format!(
        r#"[slack]
bot_token_file = "bot"
app_token_file = "app"
api = "{}"
{PEOPLE}
{more}"#,
        slack.api_url()
    )
}

/// The tokens that the settings name.
fn tokens(slack: &Slack) -> [(&'static str, &str); 2] {
    [("bot", slack.bot_token()), ("app", slack.app_token())]
}

/// The same with more settings.
pub(crate) fn start_with(dir: &Path, slack: &Slack, more: &str) -> Bot {
    Bot::start(dir, &settings(slack, more), &tokens(slack))
}

/// Waits until Slack has noticed that the sockets of a dead bot are gone.
async fn sockets_gone(slack: &Slack) {
    slack
        .wait_for("the dead sockets are gone", |state| {
            (state.sockets == 0).then_some(())
        })
        .await;
}

pub(crate) async fn workspace() -> Slack {
    let slack = Slack::start().await;
    slack.user("U1", "ada");
    slack.user("U2", "bo");
    slack.user("U3", "eve");
    slack.channel("C1", &["U1", "U2", "U3"]);
    slack
}

/// Waits until a message in the channel or its threads says all of this.
pub(crate) async fn said(slack: &Slack, words: &[&str]) -> Message {
    let what = words.join(" + ");
    slack
        .wait_up_to(LONG, &what, |state| {
            state
                .said()
                .find(|message| {
                    message.by_bot && words.iter().all(|word| message.words().contains(word))
                })
                .cloned()
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn a_command_a_thread_a_press_a_fix_and_back() {
    let host = Host::up("it-slack", "systemd");
    host.must("prepare", BREAK_SHOP);
    let slack = workspace().await;
    let mut bot = start(host.state.path(), &slack);
    slack.connected(1).await;

    // Somebody whom the settings do not know gets a sentence, and nothing else happens.
    slack.slash("U3", "C1", "/diagnose", "it-slack").await;
    said(&slack, &["does not know you", "U3"]).await;

    let answered = slack
        .slash("U2", "C1", "/diagnose", "it-slack the shop is down")
        .await;
    assert!(answered.came(), "the command is acknowledged");
    let root = said(&slack, &["bo", "it-slack"]).await;
    let card = said(
        &slack,
        &[
            "is not executable",
            "set mode 0755 on /opt/shop/bin/shop",
            "ada may approve",
            "expires at",
        ],
    )
    .await;
    assert_eq!(card.thread.as_deref(), Some(root.ts.as_str()));
    assert_eq!(
        card.buttons()
            .iter()
            .map(|one| one.label.clone())
            .collect::<Vec<_>>(),
        ["Approve", "Dry run", "Reject", "Details"]
    );
    // The first lines, for a lock screen: what is wrong, and what is offered.
    let head = slack.now(&root).unwrap();
    assert!(
        head.text.contains("is not executable") && head.text.contains("Fix "),
        "{}",
        head.text
    );

    // Beside it are the pictures, with their words for those who do not see them.
    let (thread, pictures) = slack
        .wait_up_to(LONG, "the pictures", |state| {
            let message = state.said().find(|message| !message.files.is_empty())?;
            let files = message.files.iter().map(|id| state.files[id].clone());
            Some((message.thread.clone(), files.collect::<Vec<_>>()))
        })
        .await;
    assert_eq!(thread.as_deref(), Some(root.ts.as_str()));
    for picture in &pictures {
        assert!(picture.content.as_ref().unwrap().starts_with(b"\x89PNG"));
        assert!(!picture.alt_text.is_empty());
    }

    // The evidence is a tap away, all of it, and stands in the thread once, whoever asks.
    let found = slack
        .wait_up_to(LONG, "what was found", |state| {
            let mut said = state.said();
            said.find(|message| message.button("Evidence").is_some())
                .cloned()
        })
        .await;
    for (user, name) in [("U2", "bo"), ("U1", "ada"), ("U1", "ada")] {
        let told = |state: &tests::fakes::slack::State| {
            let hers = |one: &&Message| one.only_for.as_deref() == Some(user);
            let told = state.said().filter(hers);
            told.filter(|one| one.says("more lines")).count()
        };
        let before = slack.look(told);
        slack.press(user, &found, "Evidence").await;
        let more = |state: &tests::fakes::slack::State| (told(state) > before).then_some(());
        slack.wait_for(&format!("evidence for {name}"), more).await;
    }
    let evidence: Vec<String> = slack.look(|state| {
        let files = state.files.values();
        let whole = files.filter(|file| file.name.starts_with("evidence-"));
        let bytes = whole.map(|file| file.content.clone().unwrap());
        bytes.map(|text| String::from_utf8(text).unwrap()).collect()
    });
    assert_eq!(evidence.len(), 1);
    assert!(evidence[0].lines().count() > 40 && !evidence[0].contains("more lines"));

    slack
        .slash("U2", "C1", "/sickbay", "runbook unit-exec-permission")
        .await;
    said(&slack, &["## Fix", "## If it does not help"]).await;

    // Bo asked, and may not approve.
    slack.press("U2", &card, "Approve").await;
    said(&slack, &["may not approve"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    // Everything is still there after a restart, in the same messages.
    bot.restart(sockets_gone(&slack)).await;
    slack.connected(1).await;
    slack.press("U1", &card, "Dry run").await;
    said(&slack, &["Dry run of", "would run"]).await;
    slack.press("U1", &card, "Details").await;
    said(&slack, &["digest sha256:", "runbook unit-exec-permission"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    // A card that shows something else than what would run approves nothing.
    let mut forged = card.clone();
    for block in &mut forged.blocks {
        for button in block["elements"].as_array_mut().into_iter().flatten() {
            if let Some((id, _digest)) = button["value"].as_str().and_then(|it| it.split_once(' '))
            {
                button["value"] = format!("{id} 0000000000000000").into();
            }
        }
    }
    slack.press("U1", &forged, "Approve").await;
    said(&slack, &["that card does not show what"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    // Two presses are one fix.
    let (one, two) = tokio::join!(
        slack.press("U1", &card, "Approve"),
        slack.press("U1", &card, "Approve")
    );
    assert!(one.came() && two.came());
    let done = said(&slack, &["✅", "Verified", "1 of 1 approvals: ada"]).await;
    assert_eq!(done.ts, card.ts, "the card itself says how it ended");
    assert!(done.button("Approve").is_none() && done.button("Undo").is_some());
    assert!(host.must("mode", SHOP).starts_with("755\nactive"));

    // Resolved, all are told what was mended, and the draft of a postmortem stands in the thread.
    let resolve = format!("<@{}> resolve the mode was lost", slack.bot_user());
    slack.say("U1", "C1", Some(&root.ts), &resolve);
    let over = ["✅ Resolved by ada: the mode was lost", "mitigated after"];
    let over = said(&slack, &over).await;
    assert!(over.says("ada approved") && over.says("Verified"));
    let draft = slack
        .wait_up_to(LONG, "a postmortem", |state| {
            let mut files = state.files.values();
            let draft = files.find(|file| file.name.starts_with("postmortem-"))?;
            let shared = !draft.shared.is_empty();
            shared.then(|| String::from_utf8(draft.content.clone().unwrap()).unwrap())
        })
        .await;
    for words in ["helped: it-slack was asked again", "(owner: ops)"] {
        assert!(draft.contains(words), "{words} is not in {draft}");
    }
    let is_over = |state: &tests::fakes::slack::State| {
        let head = state.message("C1", &root.ts)?;
        Some(head.says("✅ resolved"))
    };
    let over = |state: &tests::fakes::slack::State| is_over(state).filter(|over| *over);
    slack.wait_up_to(LONG, "the head says so", over).await;

    // Whoever undoes it opens the incident again.
    slack.press("U1", &done, "Undo").await;
    let open = |state: &tests::fakes::slack::State| is_over(state).filter(|over| !*over);
    slack.wait_up_to(LONG, "the head says so", open).await;
    said(&slack, &["✅", "Undone"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    // Whoever reads the log can do nothing with it.
    let log = bot.log();
    assert!(log.contains("serving Slack"));
    for secret in [slack.bot_token(), slack.app_token()] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log has {secret:?}");
    }
    assert_eq!(slack.pings(), []);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn whoever_may_approve_is_called_once_before_the_card_expires() {
    let host = Host::up("it-call", "systemd");
    host.must("prepare", BREAK_SHOP);
    let slack = workspace().await;
    // Bo asks, and could say yes only to what others asked for; ada could at any time.
    let people = PEOPLE
        .replace("[\"@oncall\"]", "[\"ada\", \"bo\"]")
        .replace("requester = true", "requester = false\nexpires = \"12s\"");
    let settings = settings(&slack, "").replace(PEOPLE, &people);
    let mut bot = Bot::start(host.state.path(), &settings, &tokens(&slack));
    slack.connected(1).await;
    slack.slash("U2", "C1", "/diagnose", "it-call").await;
    let called = said(&slack, &["still waits for you", "expires at"]).await;
    assert_eq!(called.pings(), ["@U1"]);
    bot.restart_gently(sockets_gone(&slack)).await;
    slack.connected(1).await;
    said(&slack, &["Expired"]).await;
    assert_eq!(slack.pings().len(), 1, "once, also after a restart");
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn who_asks_where_sickbay_is_no_member_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    slack.remove_bot("C1");
    let _bot = start(dir.path(), &slack);
    slack.connected(1).await;

    slack.slash("U1", "C1", "/diagnose", "localhost").await;
    let told = said(&slack, &["cannot write here yet", "/invite @sickbay"]).await;
    assert_eq!(told.only_for.as_deref(), Some("U1"));

    // Invited, it begins the thread by itself.
    slack.invite_bot("U1", "C1").await;
    let root = said(&slack, &["localhost", "incident "]).await;
    assert!(root.thread.is_none() && root.only_for.is_none());
    slack.assert_no_refusals_but(&["not_in_channel"]);
}
