//! Incidents told in a Discord channel: a command, the thread, a press on a phone, the fix, and taking it back. The guild is
//! the strict one of `tests/fakes`, the host and what is wrong with it are real.

mod account;
mod both;
mod endpoint;
mod front;
mod overhear;
mod scan;
mod trouble;

use std::path::Path;

use tests::fakes::discord::{Discord, Message};

use crate::bot::{BREAK_SHOP, Bot, LONG, PEOPLE, SHOP};
use crate::lab::Host;

/// A unit whose description pings and formats.
const HOSTILE: &str = r#"
mkdir -p /etc/systemd/system/shop.service.d
printf "[Unit]\nDescription=Shop @everyone <@11> **now** \140\140\140\n" > /etc/systemd/system/shop.service.d/words.conf
systemctl daemon-reload
"#;

/// Settings for a guild.
fn settings(discord: &Discord, people: &str) -> String {
    format!(
        r#"[discord]
bot_token_file = "bot"
guilds = ["{}"]
api = "{}"
{people}"#,
        tests::fakes::discord::GUILD,
        discord.url()
    )
}

/// Starts it for a guild.
fn start(dir: &Path, discord: &Discord, people: &str) -> Bot {
    let settings = settings(discord, people);
    Bot::start(dir, &settings, &[("bot", discord.token())])
}

/// Waits until Discord has noticed that the connection of a dead bot is gone.
async fn socket_gone(discord: &Discord) {
    discord
        .wait_for("the dead socket is gone", |state| {
            (state.sockets == 0).then_some(())
        })
        .await;
}

pub(crate) async fn guild() -> Discord {
    let discord = Discord::start().await;
    discord.user("11", "ada");
    discord.user("12", "bo");
    discord.user("13", "eve");
    discord.channel("21", "ops");
    discord
}

/// Waits until it is connected and its commands can be used.
pub(crate) async fn ready(discord: &Discord) {
    discord.connected().await;
    discord.registered("sickbay").await;
}

/// Waits until a message in the channel or its threads says all of this.
pub(crate) async fn said(discord: &Discord, words: &[&str]) -> Message {
    let what = words.join(" + ");
    discord
        .wait_up_to(LONG, &what, |state| {
            let mut said = state.said();
            said.find(|message| words.iter().all(|word| message.says(word)))
                .cloned()
        })
        .await
}

/// Presses a button that asks whether one means it, and says yes.
pub(crate) async fn press(discord: &Discord, user: &str, card: &Message, name: &str) {
    let asked = discord.press(user, card, name).await;
    assert_eq!(asked.response, 4, "it asks whether {user} means {name}");
    let question = discord.look(|state| state.messages[&asked.original.unwrap()].clone());
    assert_eq!(question.only_for.as_deref(), Some(user));
    let yes = discord.press(user, &question, name).await;
    assert!(yes.answered());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn a_command_a_thread_a_press_a_fix_and_back() {
    let host = Host::up("it-discord", "systemd");
    // What the host says of itself is hostile too.
    host.must("prepare", HOSTILE);
    host.must("prepare", BREAK_SHOP);
    let discord = guild().await;
    discord.enforce_rates();
    let mut bot = start(host.state.path(), &discord, PEOPLE);
    ready(&discord).await;

    // Hosts are offered while one types, to those who are known.
    let typing = ("host", "it-disc");
    let offered = discord
        .autocomplete("12", "21", "diagnose", typing, &[])
        .await;
    assert_eq!(offered.choices().len(), 1);
    assert_eq!(offered.choices()[0].0, "it-discord");
    let offered = discord
        .autocomplete("13", "21", "diagnose", typing, &[])
        .await;
    assert_eq!(offered.choices(), []);

    // Somebody whom the settings do not know gets a sentence, and nothing else happens.
    discord
        .slash("13", "21", "diagnose", &[("host", "it-discord")])
        .await;
    let told = said(&discord, &["does not know you", "13"]).await;
    assert_eq!(told.only_for.as_deref(), Some("13"));

    let symptom = "@everyone the *shop* is down <@11>";
    let asked = discord
        .slash(
            "12",
            "21",
            "diagnose",
            &[("host", "it-discord"), ("symptom", symptom)],
        )
        .await;
    asked.assert_within(1_000);
    let root = said(&discord, &["bo", "it-discord", "incident"]).await;
    let card = said(
        &discord,
        &[
            "is not executable",
            "set mode 0755 on /opt/shop/bin/shop",
            "ada may approve",
            "expires at",
        ],
    )
    .await;
    let thread = root.id.to_string();
    assert_eq!(card.channel, thread, "the card is in the root's thread");
    let name = discord.look(|state| state.thread_of(&root).unwrap().name.clone());
    assert!(name.starts_with("it-discord: "), "{name}");
    let labels: Vec<String> = card.buttons().into_iter().map(|one| one.label).collect();
    assert_eq!(labels, ["Approve", "Dry run", "Reject", "Details"]);
    // The first lines, for a lock screen: what is wrong, and what is offered.
    let head = discord
        .wait_for("the verdict", |state| {
            let head = state.messages[&root.id].clone();
            head.says("Fix ").then_some(head)
        })
        .await;
    assert!(
        head.content.contains("is not executable"),
        "{}",
        head.content
    );
    // Nobody goes on seeing that it thinks.
    let thinking = discord.look(|state| state.said().filter(|m| m.deferred).count());
    assert_eq!(thinking, 0);

    let words = &[("words", "unit-exec-permission")];
    discord.slash("12", "21", "sickbay runbook", words).await;
    said(&discord, &["## Fix", "## If it does not help"]).await;

    // Bo asked, and may not approve.
    press(&discord, "12", &card, "Approve").await;
    let told = said(&discord, &["may not approve"]).await;
    assert_eq!(told.only_for.as_deref(), Some("12"));
    assert!(host.must("mode", SHOP).starts_with("644"));

    // Everything is still there after a restart, in the same messages.
    bot.restart(socket_gone(&discord)).await;
    ready(&discord).await;
    discord.press("11", &card, "Dry run").await;
    said(&discord, &["Dry run of", "would run"]).await;
    discord.press("11", &card, "Details").await;
    said(
        &discord,
        &["digest sha256:", "runbook unit-exec-permission"],
    )
    .await;
    let found = said(&discord, &["**CRITICAL f-1:**"]).await;
    let tame = "Shop @\u{200b}everyone \\<@\u{200b}11> \\*\\*now\\*\\* \\`\\`\\`";
    assert!(found.says(tame), "{}", found.words());
    discord.press("11", &found, "Evidence").await;
    let shown = said(&discord, &["Evidence of ", "f-1: /opt/shop/bin/shop"]).await;
    assert_eq!(shown.only_for.as_deref(), Some("11"));
    // A slip of the finger does nothing.
    let asked = discord.press("11", &card, "Approve").await;
    let question = discord.look(|state| state.messages[&asked.original.unwrap()].clone());
    assert!(question.says("on it-discord · low risk"), "{question:?}");
    discord.press("11", &question, "Not now").await;
    assert!(discord.now(&question).unwrap().says("nothing was done"));
    assert!(host.must("mode", SHOP).starts_with("644"));

    // A card that shows something else than what would run approves nothing.
    let mut forged = card.clone();
    for row in &mut forged.components {
        for button in row["components"].as_array_mut().into_iter().flatten() {
            let id = button["custom_id"]
                .as_str()
                .and_then(|id| id.split_once(' '));
            if let Some((id, _digest)) = id {
                button["custom_id"] = format!("{id} 0000000000000000").into();
            }
        }
    }
    press(&discord, "11", &forged, "Approve").await;
    said(&discord, &["that card does not show what"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    // Two presses are one fix.
    tokio::join!(
        press(&discord, "11", &card, "Approve"),
        press(&discord, "11", &card, "Approve")
    );
    let done = said(&discord, &["✅", "Verified", "1 of 1 approvals: ada"]).await;
    assert_eq!(done.id, card.id, "the card itself says how it ended");
    assert!(done.button("Approve").is_none() && done.button("Undo").is_some());
    assert!(host.must("mode", SHOP).starts_with("755\nactive"));

    press(&discord, "11", &done, "Undo").await;
    said(&discord, &["✅", "Undone"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    assert_eq!(discord.pings(), []);
    discord.assert_no_refusals();
    // Whoever reads the log can do nothing with it.
    let log = bot.log();
    assert!(log.contains("serving Discord"));
    for secret in [discord.token(), "token-", &discord.token()[..8]] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log has {secret:?}");
    }
}
