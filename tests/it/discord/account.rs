//! A thread from "I am on it" to its postmortem, as in Slack; what happened so far is a tap away, since Discord says nothing to one
//! person alone that they did not ask for.

use tests::fakes::discord::{Discord, File, Message, State};

use super::{guild, ready, said, settings};
use crate::bot::{Bot, GHOST, LONG, PEOPLE};

/// The files in this thread that begin so.
fn files(state: &State, thread: &str, begins: &str) -> Vec<File> {
    let here = state.said().filter(|one| one.channel == thread);
    let files = here.flat_map(|one| one.files.iter());
    let files = files.filter(|file| file.name.starts_with(begins));
    files.cloned().collect()
}

async fn with_button(discord: &Discord, label: &str) -> Message {
    discord
        .wait_up_to(LONG, label, |state| {
            let mut said = state.said();
            said.find(|one| one.button(label).is_some()).cloned()
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_is_acknowledged_summed_up_and_closed_with_its_postmortem() {
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    let soon = "[summaries]\nevery = \"1s\"\n";
    let settings = format!("{}{GHOST}{soon}", settings(&discord, PEOPLE));
    let bot = Bot::start(dir.path(), &settings, &[("bot", discord.token())]);
    ready(&discord).await;
    let asked = [
        ("host", "ghost"),
        ("symptom", "@everyone the *shop* is down"),
    ];
    discord.slash("11", "21", "diagnose", &asked).await;
    let root = said(&discord, &["be reached", "incident "]).await;
    let thread = root.id.to_string();

    // Whoever comes late taps, and is told alone.
    let found = with_button(&discord, "So far").await;
    assert_eq!(found.channel, thread);
    discord.press("12", &found, "So far").await;
    let told = said(
        &discord,
        &["What happened", "ghost is unreachable", "**Next**"],
    )
    .await;
    assert_eq!(told.only_for.as_deref(), Some("12"));
    let embed = told.embeds[0]["description"].as_str().unwrap();
    let link = format!(
        "[#1](https://discord.com/channels/{}/21/{thread})",
        tests::fakes::discord::GUILD
    );
    assert!(embed.contains(&link), "{link} is not in {embed}");
    assert!(embed.contains("the \\*shop\\* is down"), "{embed}");

    discord.slash("11", &thread, "sickbay ack", &[]).await;
    said(&discord, &["👋 ada is on it"]).await;
    let all = |state: &State| {
        let mut said = state.said();
        let all = said.find(|one| one.only_for.is_none() && one.says("What happened"));
        all.cloned()
    };
    let summary = discord.wait_up_to(LONG, "a summary for all", all).await;
    assert_eq!(summary.channel, thread);
    assert!(summary.says("ada is on it"), "{summary:?}");

    let note = [("note", "a cable")];
    discord.slash("12", &thread, "sickbay resolve", &note).await;
    let over = said(&discord, &["✅ Resolved by bo: a cable"]).await;
    assert_eq!(
        (over.channel.as_str(), over.only_for.as_deref()),
        (thread.as_str(), None)
    );
    let drafted = |state: &State| files(state, &thread, "postmortem-").first().cloned();
    let draft = discord.wait_up_to(LONG, "a postmortem", drafted).await;
    let text = String::from_utf8(draft.content).unwrap();
    assert!(text.contains("## What went well"), "{text}");
    assert!(
        text.contains("bo \\(discord 12\\) resolved the incident: a cable"),
        "{text}"
    );
    assert!(!text.contains("@everyone"), "{text}");

    // Elsewhere one is told where it stands; nobody goes on seeing that it thinks.
    let id = root.content.rsplit_once("incident ").unwrap().1;
    let id = id.split_whitespace().next().unwrap();
    discord
        .slash("11", "21", "sickbay postmortem", &[("incident", id)])
        .await;
    let told = said(&discord, &["It is in the incident's thread"]).await;
    assert_eq!(told.only_for.as_deref(), Some("11"));
    assert_eq!(
        discord.look(|state| files(state, &thread, "postmortem-").len()),
        2
    );
    let thinking = discord.look(|state| state.said().filter(|m| m.deferred).count());
    assert_eq!(thinking, 0);

    // The same at a terminal, as often as one likes.
    let printed = bot.printed(&["incident", "postmortem", id]);
    assert_eq!(printed, bot.printed(&["incident", "postmortem", id]));
    assert!(
        printed.contains("resolved the incident: a cable"),
        "{printed}"
    );
    let file = dir.path().join("draft.md").display().to_string();
    assert_eq!(
        bot.terminal(&["incident", "postmortem", id, "--out", &file]),
        0
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), printed);
    // What somebody may have filled in is not written over.
    assert_eq!(
        bot.terminal(&["incident", "postmortem", id, "--out", &file]),
        2
    );
    assert_eq!(bot.terminal(&["incident", "resolve", id]), 2);
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    assert_eq!(discord.pings(), []);
    discord.assert_no_refusals();
}
