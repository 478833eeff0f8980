//! Slack without a socket: it brings what people do to signed routes, and nobody else can.

use std::path::Path;

use serde_json::json;
use tests::fakes::Trouble;
use tests::fakes::slack::{Routes, Slack, State};

use super::{said, workspace};
use crate::bot::{BREAK_SHOP, Bot, LONG, PEOPLE, SHOP};
use crate::lab::Host;
use crate::service::{ask, count};

/// Starts it with a door and this secret; the app token where there is one.
fn start(dir: &Path, slack: &Slack, secret: &str, app: Option<&str>) -> Bot {
    let socket = app.map_or("", |_token| "app_token_file = \"app\"");
    let settings = format!(
        r#"[http]
listen = "127.0.0.1:0"
[slack]
bot_token_file = "bot"
signing_secret_file = "secret"
{socket}
api = "{}"
{PEOPLE}"#,
        slack.api_url()
    );
    let mut tokens = vec![("bot", slack.bot_token()), ("secret", secret)];
    tokens.extend(app.map(|token| ("app", token)));
    Bot::start(dir, &settings, &tokens)
}

/// The bot's routes, to which Slack brings everything from here on.
fn routed(slack: &Slack, door: &str) {
    slack.over_http(Routes {
        commands: format!("{door}/slack/commands"),
        interactions: format!("{door}/slack/interactions"),
        events: format!("{door}/slack/events"),
    });
}

/// The same once it is there, without a socket.
fn ready(dir: &Path, slack: &Slack) -> (Bot, String) {
    let bot = start(dir, slack, slack.signing_secret(), None);
    let door = bot.door();
    bot.has_told("STATUS=answering in Slack");
    routed(slack, &door);
    (bot, door)
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// What Slack brings where somebody says this to Sickbay.
fn mention(slack: &Slack, id: &str, text: &str) -> String {
    let (team, me) = (slack.team(), slack.bot_user());
    json!({
        "token": "deprecated", "team_id": team, "api_app_id": "A0", "type": "event_callback",
        "event_id": id, "event_time": now(), "event": {
            "type": "app_mention", "user": "U1", "channel": "C1", "ts": "1700000000.000100",
            "event_ts": "1700000000.000100", "text": format!("<@{me}> {text}"),
        },
    })
    .to_string()
}

/// Brings this to the events route.
async fn bring(
    slack: &Slack,
    door: &str,
    headers: &[(String, String)],
    body: &str,
) -> (u16, String) {
    let url = format!("{door}/slack/events");
    slack.post(&url, headers, body).await.unwrap()
}

/// Waits until this many commands were taken.
async fn taken(slack: &Slack, door: &str, words: &str, so_many: u64) {
    said(slack, &[words]).await;
    assert_eq!(
        count(door, "sickbay_commands_total{result=\"taken\"}").await,
        so_many
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn a_fix_and_back_without_any_socket() {
    let host = Host::up("it-slack-http", "systemd");
    host.must("prepare", BREAK_SHOP);
    let slack = workspace().await;
    let (mut bot, door) = ready(host.state.path(), &slack);
    slack
        .verify_url(&format!("{door}/slack/events"))
        .await
        .unwrap();

    let asked = slack
        .slash("U2", "C1", "/diagnose", "it-slack-http the shop is down")
        .await;
    assert!(asked.came() && asked.payload.is_null(), "{asked:?}");
    let card = said(&slack, &["set mode 0755", "ada may approve"]).await;
    let root = card.thread.clone().unwrap();
    // Bo asked, and may not approve.
    assert!(slack.press("U2", &card, "Approve").await.came());
    said(&slack, &["may not approve"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));
    slack.say("U2", "C1", Some(&root), "it began after the hardening");

    assert!(slack.press("U1", &card, "Approve").await.came());
    let done = said(&slack, &["✅", "Verified", "1 of 1 approvals: ada"]).await;
    assert_eq!(done.ts, card.ts);
    assert!(host.must("mode", SHOP).starts_with("755\nactive"));
    slack.say("U1", "C1", Some(&root), "@sickbay summarise");
    said(&slack, &["it began after the hardening"]).await;
    assert!(slack.press("U1", &done, "Undo").await.came());
    said(&slack, &["✅", "Undone"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    for (sample, so_many) in [
        ("sickbay_incidents_opened_total", 1),
        (
            "sickbay_clicks_total{button=\"approve\",result=\"taken\"}",
            1,
        ),
        (
            "sickbay_clicks_total{button=\"approve\",result=\"refused\"}",
            1,
        ),
        ("sickbay_clicks_total{button=\"undo\",result=\"taken\"}", 1),
        ("sickbay_remediations_ended_total{outcome=\"verified\"}", 2),
    ] {
        assert_eq!(count(&door, sample).await, so_many, "{sample}");
    }
    assert!(count(&door, "sickbay_messages_kept_total").await > 0);
    let (_, _, text) = ask(&door, "/metrics").await;
    assert!(text.contains("sickbay_wave_duration_seconds_count{wave=\"1\",result=\"answered\"}"));
    for name in ["it-slack-http", "shop", "ada", "U1"] {
        assert!(!text.contains(name), "{name} is named in\n{text}");
    }
    let sockets = slack.look(|state| {
        (
            state.hellos,
            state.calls_of("apps.connections.open").count(),
        )
    });
    assert_eq!(sockets, (0, 0));
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    slack.assert_no_refusals();
    bot.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_slack_s_is_refused_and_nothing_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let (bot, door) = ready(dir.path(), &slack);
    let body = mention(&slack, "Ev1", "status");
    let good = slack.signed(&body, now());
    let without = |name: &str| {
        let rest = good.iter().filter(|(header, _)| header != name);
        rest.cloned().collect::<Vec<_>>()
    };
    let mut another = good.clone();
    another[1].1 = another[1].1.replace(['1', '2', '3'], "4");
    let tampered = body.replace("status", "hosts ");
    let large = mention(&slack, "Ev2", &"x".repeat(1 << 20));
    let of_large = slack.signed(&large, now());
    for (what, headers, body, status) in [
        ("another body", &good, &tampered, 401),
        ("an old one", &slack.signed(&body, now() - 310), &body, 401),
        (
            "one of the future",
            &slack.signed(&body, now() + 310),
            &body,
            401,
        ),
        ("another secret's", &another, &body, 401),
        (
            "without a signature",
            &without("x-slack-signature"),
            &body,
            401,
        ),
        (
            "without a time",
            &without("x-slack-request-timestamp"),
            &body,
            401,
        ),
        // It is not read to its end, so nobody knows whether it is Slack's.
        ("too large", &of_large, &large, 413),
        ("too large and forged", &good, &large, 413),
        ("too large and old", &slack.signed(&large, 1), &large, 401),
    ] {
        assert_eq!(
            bring(&slack, &door, headers, body).await,
            (status, String::new()),
            "{what}"
        );
    }
    assert_eq!(ask(&door, "/slack/events").await.0, 405);
    assert_eq!(ask(&door, "/discord/interactions").await.0, 404);
    // What comes last is Slack's, and the only one that was heard.
    assert_eq!(bring(&slack, &door, &good, &body).await.0, 200);
    taken(&slack, &door, "nothing waits and nothing runs", 1).await;
    assert_eq!(slack.look(|state| state.said().count()), 1);
    let refused = "sickbay_requests_total{platform=\"slack\",status=\"401\"}";
    assert_eq!(count(&door, refused).await, 7);
    let log = bot.log();
    assert!(log.contains("a request is not Slack's"), "{log}");
    for secret in [slack.signing_secret(), slack.bot_token()] {
        assert!(!log.contains(secret));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_brought_twice_is_heard_once() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let app = slack.app_token().to_owned();
    let bot = start(dir.path(), &slack, slack.signing_secret(), Some(&app));
    let door = bot.door();
    slack.connected(1).await;
    // The same request once more, as somebody may who recorded it.
    let body = mention(&slack, "Ev1", "status");
    let headers = slack.signed(&body, now());
    assert_eq!(bring(&slack, &door, &headers, &body).await.0, 200);
    assert_eq!(bring(&slack, &door, &headers, &body).await.0, 200);
    // The same thing under another signature, as Slack brings it again.
    let again = slack.signed(&body, now() - 7);
    assert_eq!(bring(&slack, &door, &again, &body).await.0, 200);
    taken(&slack, &door, "nothing waits and nothing runs", 1).await;
    // Over the socket, and once more over the route.
    let asked = slack.slash("U1", "C1", "/sickbay", "help").await;
    routed(&slack, &door);
    assert!(asked.came() && slack.redeliver(&asked).await.came());
    taken(&slack, &door, "/sickbay diagnose", 2).await;
    // What follows was not overtaken by an answer too many.
    let body = mention(&slack, "Ev2", "explain fs.full");
    let headers = slack.signed(&body, now());
    assert_eq!(bring(&slack, &door, &headers, &body).await.0, 200);
    taken(&slack, &door, "fs.full", 3).await;
    assert_eq!(slack.look(|state| state.said().count()), 3);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_is_found_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let bot = start(dir.path(), &slack, "0123456789abcdef0123456789abcdef", None);
    routed(&slack, &bot.door());
    bot.has_told("STATUS=answering in Slack");
    let asked = slack.slash("U1", "C1", "/sickbay", "status").await;
    assert_eq!((asked.came(), asked.trouble.as_str()), (false, "401: "));
    assert!(
        bot.log().contains("check signing_secret_file"),
        "{}",
        bot.log()
    );
    assert_eq!(slack.look(|state| state.said().count()), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_take_now_has_not_arrived() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    // Slack does not say who we are there, so a mention is not told from another.
    slack.trouble("auth.test", Trouble::Status(503), 2);
    let mut bot = start(dir.path(), &slack, slack.signing_secret(), None);
    let door = bot.door();
    let event = |id: &str| {
        let body = mention(&slack, id, "status");
        (slack.signed(&body, now()), body)
    };
    let (headers, body) = event("Ev1");
    assert_eq!(bring(&slack, &door, &headers, &body).await.0, 503);
    bot.has_told("STATUS=answering in Slack");
    // Brought again it arrives.
    assert_eq!(bring(&slack, &door, &headers, &body).await.0, 200);
    said(&slack, &["nothing waits and nothing runs"]).await;

    // It is told to end while somebody is still being answered: what comes now goes to the next one.
    slack.trouble("chat.postEphemeral", Trouble::Hang, 1);
    let (headers, body) = event("Ev2");
    assert_eq!(bring(&slack, &door, &headers, &body).await.0, 200);
    let hangs = |state: &State| {
        let calls = state.calls_of("chat.postEphemeral").count();
        (calls == 2).then_some(())
    };
    slack.wait_up_to(LONG, "the answer that hangs", hangs).await;
    bot.ask_to_end();
    bot.has_told("STOPPING=1");
    let (headers, body) = event("Ev3");
    assert_eq!(bring(&slack, &door, &headers, &body).await.0, 503);
    let (status, _, text) = ask(&door, "/readyz").await;
    assert!(
        status == 503 && text.contains("it was told to stop"),
        "{text}"
    );
    assert_eq!(ask(&door, "/healthz").await.0, 200);
    assert_eq!(bot.ended(), 0);
}
