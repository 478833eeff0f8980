//! Discord without the gateway: it brings what people do to a signed route, and nobody else can.

use std::path::Path;

use serde_json::{Value, json};
use tests::fakes::Trouble;
use tests::fakes::discord::{Discord, State};

use super::{guild, press, said};
use crate::bot::{BREAK_SHOP, Bot, LONG, PEOPLE, SHOP};
use crate::lab::Host;
use crate::service::{ask, count};

/// Starts it with a door and the application's key.
fn start(dir: &Path, discord: &Discord) -> (Bot, String) {
    let settings = format!(
        r#"[http]
listen = "127.0.0.1:0"
[discord]
bot_token_file = "bot"
public_key = "{}"
api = "{}"
{PEOPLE}"#,
        discord.public_key(),
        discord.url()
    );
    let bot = Bot::start(dir, &settings, &[("bot", discord.token())]);
    let url = format!("{}/discord/interactions", bot.door());
    (bot, url)
}

/// The same once it is there, and Discord brings everything to it.
async fn ready(dir: &Path, discord: &Discord) -> (Bot, String) {
    let (bot, url) = start(dir, discord);
    bot.has_told("STATUS=answering in Discord");
    discord.registered("sickbay").await;
    discord.over_http(&url);
    (bot, url)
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Brings this to the endpoint.
async fn bring(url: &str, headers: &[(String, String)], body: &str) -> (u16, String) {
    let mut request = reqwest::Client::new().post(url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn a_fix_and_back_without_the_gateway() {
    let host = Host::up("http-discord", "systemd");
    host.must("prepare", BREAK_SHOP);
    let discord = guild().await;
    let (mut bot, url) = ready(host.state.path(), &discord).await;
    discord.try_endpoint(&url).await.unwrap();

    let typing = ("host", "http-disc");
    let offered = discord
        .autocomplete("12", "21", "diagnose", typing, &[])
        .await;
    assert_eq!(offered.choices()[0].0, "http-discord");
    let asked = discord
        .slash("12", "21", "diagnose", &[("host", "http-discord")])
        .await;
    // The answer is the same call as over the gateway: a promise that one person sees.
    assert_eq!(asked.response, 5);
    let card = said(&discord, &["set mode 0755", "ada may approve"]).await;
    assert!(discord.press("12", &card, "Dry run").await.answered());
    said(&discord, &["Dry run of"]).await;
    press(&discord, "11", &card, "Approve").await;
    let done = |state: &State| {
        let card = state.messages[&card.id].clone();
        card.says("Verified").then_some(card)
    };
    let done = discord.wait_up_to(LONG, "the end", done).await;
    assert!(host.must("mode", SHOP).starts_with("755\nactive"));
    press(&discord, "11", &done, "Undo").await;
    said(&discord, &["✅", "Undone"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    let gateway = discord.look(|state| (state.identifies, state.calls_of("GET /gateway").count()));
    assert_eq!(gateway, (0, 0));
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    discord.assert_no_refusals();
    bot.end();
}

/// What Discord brings where ada asks how things stand; it cannot be answered, since Discord knows nothing of it.
fn interaction(discord: &Discord, id: u64) -> String {
    let person = json!({ "id": "11", "username": "ada", "discriminator": "0", "avatar": null, "bot": false });
    let mut body = json!({
        "id": id.to_string(), "application_id": discord.application(), "type": 2,
        "token": format!("token-{id}"), "version": 1, "channel_id": "21", "locale": "en-US",
        "guild_id": tests::fakes::discord::GUILD, "app_permissions": "0", "entitlements": [],
        "attachment_size_limit": 1, "authorizing_integration_owners": {},
        "data": { "id": "1", "name": "sickbay", "type": 1, "options": [
            { "name": "status", "type": 1, "options": [] }
        ]},
        "member": { "user": person, "roles": [], "joined_at": "2024-01-01T00:00:00.000000+00:00",
            "deaf": false, "mute": false, "flags": 0, "permissions": "0" },
    });
    body["context"] = Value::from(0);
    body.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_discord_s_is_refused_and_what_comes_twice_is_heard_once() {
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    let (bot, url) = ready(dir.path(), &discord).await;
    let door = bot.door();
    let body = interaction(&discord, 7);
    let at = |seconds: u64| discord.signed(&body, &seconds.to_string());
    let good = at(now());
    let without = |name: &str| {
        let rest = good.iter().filter(|(header, _)| header != name);
        rest.cloned().collect::<Vec<_>>()
    };
    let another = discord.signed("another body", &now().to_string());
    let large = format!("{body}{}", " ".repeat(1 << 20));
    let of_large = discord.signed(&large, &now().to_string());
    for (what, headers, body, status) in [
        ("another body's", &another, &body, 401),
        ("an old one", &at(now() - 310), &body, 401),
        ("one of the future", &at(now() + 310), &body, 401),
        (
            "without a signature",
            &without("x-signature-ed25519"),
            &body,
            401,
        ),
        (
            "without a time",
            &without("x-signature-timestamp"),
            &body,
            401,
        ),
        ("too large", &of_large, &large, 413),
    ] {
        let answer = bring(&url, headers, body).await;
        assert_eq!(answer, (status, String::new()), "{what}");
    }
    let answers = |state: &State| state.calls_of("POST /interactions/").count();
    assert_eq!(discord.look(answers), 0);

    // It is Discord's: it is answered by a call, once.
    assert_eq!(bring(&url, &good, &body).await, (202, String::new()));
    assert_eq!(bring(&url, &good, &body).await, (202, String::new()));
    let called = |state: &State| (answers(state) > 0).then_some(());
    discord.wait_up_to(LONG, "an answer", called).await;
    // One that Discord knows comes after it.
    let asked = discord.slash("11", "21", "sickbay status", &[]).await;
    assert!(asked.answered());
    said(&discord, &["nothing waits and nothing runs"]).await;
    assert_eq!(discord.look(answers), 2);
    assert_eq!(
        count(&door, "sickbay_commands_total{result=\"taken\"}").await,
        2
    );
    let refused = "sickbay_requests_total{platform=\"discord\",status=\"401\"}";
    assert_eq!(count(&door, refused).await, 5);
    assert!(bot.log().contains("check public_key"), "{}", bot.log());
    // The fake knows nothing of what was brought by hand.
    discord.assert_no_refusals_but(&["10062", "10015", "50027"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_take_now_has_not_arrived() {
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    discord.trouble("GET /oauth2/", Trouble::Status(503), 2);
    let (bot, url) = start(dir.path(), &discord);
    let body = interaction(&discord, 7);
    let headers = discord.signed(&body, &now().to_string());
    assert_eq!(bring(&url, &headers, &body).await.0, 503);
    // A ping can be answered by anybody who knows the key.
    discord.try_endpoint(&url).await.unwrap();
    let (status, _, text) = ask(&bot.door(), "/readyz").await;
    assert!(
        status == 503 && text.contains("\"discord\": \"it is away"),
        "{text}"
    );
    bot.has_told("STATUS=answering in Discord");
    assert_eq!(bring(&url, &headers, &body).await.0, 202);
}
