//! Sickbay as a service: what it tells the service manager and those who watch it, and how it begins and ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tests::fakes::slack::Slack;

use crate::bot::{Bot, PEOPLE};
use crate::slack::{said, workspace};

/// Starts it for a workspace, with a door for machines.
fn start(dir: &Path, slack: &Slack) -> Bot {
    let settings = format!(
        r#"[http]
listen = "127.0.0.1:0"
[slack]
bot_token_file = "bot"
app_token_file = "app"
api = "{}"
{PEOPLE}"#,
        slack.api_url()
    );
    let tokens = [("bot", slack.bot_token()), ("app", slack.app_token())];
    Bot::start(dir, &settings, &tokens)
}

/// Asks at the door: the status, the kind, and what is told.
pub(crate) async fn ask(door: &str, path: &str) -> (u16, String, String) {
    let response = reqwest::get(format!("{door}{path}")).await.unwrap();
    let kind = response.headers().get("content-type");
    let kind = kind.map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let status = response.status().as_u16();
    (status, kind, response.text().await.unwrap())
}

/// The number of a sample; 0 where there is none.
pub(crate) async fn count(door: &str, sample: &str) -> u64 {
    let (_, _, text) = ask(door, "/metrics").await;
    let line = text.lines().find_map(|line| line.strip_prefix(sample));
    line.map_or(0, |number| number.trim().parse().unwrap())
}

/// What is not ready, by part.
async fn lacking(door: &str) -> Vec<String> {
    let (status, kind, text) = ask(door, "/readyz").await;
    assert_eq!(kind, "application/json");
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["ready"] == true, status == 200, "{status} {text}");
    assert!(status == 200 || status == 503);
    let parts = told.as_object().unwrap().iter();
    parts
        .filter(|(part, how)| *part != "ready" && *how != "ready")
        .map(|(part, _)| part.clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_how_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let mut bot = start(dir.path(), &slack);
    bot.has_told("READY=1");
    bot.has_told("STATUS=answering in Slack; http://127.0.0.1:");
    let door = bot.door();
    let door = door.as_str();
    let (status, _, text) = ask(door, "/healthz").await;
    assert_eq!((status, text.as_str()), (200, "alive\n"));
    assert_eq!(lacking(door).await, [""; 0]);
    assert_eq!(ask(door, "/").await.0, 404);
    assert_eq!(ask(door, "/slack/commands").await.0, 404);
    bot.tells("WATCHDOG=1");

    // Slack goes away: it is alive and not ready, until Slack is back.
    slack.outage();
    bot.tells("STATUS=waiting for Slack");
    assert_eq!(lacking(door).await, ["slack"]);
    assert_eq!(ask(door, "/healthz").await.0, 200);
    let (_, _, text) = ask(door, "/metrics").await;
    let gone = "sickbay_sockets_connected{platform=\"slack\"} 0";
    assert!(text.lines().any(|line| line == gone), "{text}");
    slack.recover();
    bot.tells("STATUS=answering in Slack");
    assert_eq!(lacking(door).await, [""; 0]);

    bot.end();
    bot.tells("STOPPING=1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_may_approve_anything_it_serves_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let settings = format!(
        "[slack]\nbot_token_file = \"bot\"\napp_token_file = \"app\"\napi = \"{}\"\n[people.ada]\nslack = [\"U1\"]\n",
        slack.api_url()
    );
    let tokens = [("bot", slack.bot_token()), ("app", slack.app_token())];
    let bot = Bot::start(dir.path(), &settings, &tokens);
    slack.connected(1).await;
    slack.slash("U1", "C1", "/sickbay", "status").await;
    said(&slack, &["nothing waits and nothing runs"]).await;
    let loud = "sickbay: NOBODY may approve anything: ";
    assert!(
        bot.log().lines().any(|line| line.starts_with(loud)),
        "{}",
        bot.log()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_takes_nothing_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let bot = start(dir.path(), &slack);
    let door = bot.door();
    bot.has_told("STATUS=answering in Slack; http");
    // Somebody else holds the journal, as a backup that hangs may.
    let mut other = Command::new("sqlite3")
        .arg(dir.path().join("state/journal.db"))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut held = other.stdin.take().unwrap();
    held.write_all(b"BEGIN IMMEDIATE;\n").unwrap();
    bot.tells("the journal cannot be written");
    assert_eq!(lacking(&door).await, ["journal"]);
    let (_, _, text) = ask(&door, "/metrics").await;
    assert!(
        text.lines()
            .any(|line| line == "sickbay_journal_writable 0"),
        "{text}"
    );
    drop(held);
    other.wait().unwrap();
    bot.tells("STATUS=answering in Slack; http");
    assert_eq!(lacking(&door).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_is_counted_and_names_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    let bot = start(dir.path(), &slack);
    let door = bot.door();
    slack.connected(1).await;
    slack.slash("U1", "C1", "/sickbay", "status").await;
    said(&slack, &["nothing waits and nothing runs"]).await;
    slack
        .slash("U1", "C1", "/sickbay", "approve nonsense-1")
        .await;
    said(&slack, &["there is no proposal"]).await;
    bot.tells("WATCHDOG=1");
    bot.tells("WATCHDOG=1");
    let (status, kind, text) = ask(&door, "/metrics").await;
    assert_eq!(status, 200);
    assert_eq!(
        kind,
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    for line in [
        "sickbay_commands_total{result=\"taken\"} 1",
        "sickbay_commands_total{result=\"refused\"} 1",
        "sickbay_messages_total{platform=\"slack\",deed=\"whisper\",result=\"sent\"} 2",
        "sickbay_sockets_connected{platform=\"slack\"} 1",
        "sickbay_journal_writable 1",
    ] {
        assert!(
            text.lines().any(|one| one == line),
            "{line} is not in\n{text}"
        );
    }
    for name in ["U1", "C1", "ada", "nonsense"] {
        assert!(!text.contains(name), "{text}");
    }
}

#[test]
fn who_says_nothing_at_the_door_is_sent_away() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let slack = runtime.block_on(workspace());
    let dir = tempfile::tempdir().unwrap();
    let bot = start(dir.path(), &slack);
    let door = bot.door();
    let address = door.strip_prefix("http://").unwrap();
    let mut half = TcpStream::connect(address).unwrap();
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
        .unwrap();
    // It ends by itself, and not by an answer.
    let mut rest = String::new();
    half.read_to_string(&mut rest).unwrap();
    assert!(!rest.contains("200"), "{rest}");
    // What is too large is not read either.
    let mut large = TcpStream::connect(address).unwrap();
    let head = format!("GET /healthz HTTP/1.1\r\nhost: {}", "x".repeat(1 << 20));
    let _cut_off = large.write_all(head.as_bytes());
    let mut rest = String::new();
    let _reset = large.read_to_string(&mut rest);
    assert!(!rest.contains("200"), "{rest}");
    let (status, ..) = runtime.block_on(ask(&door, "/healthz"));
    assert_eq!(status, 200);
}

#[test]
fn a_port_that_is_taken_is_said_so() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let slack = runtime.block_on(workspace());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let settings = format!(
        "[http]\nlisten = \"{address}\"\n[slack]\nbot_token_file = \"bot\"\napp_token_file = \"app\"\napi = \"{}\"\n{PEOPLE}",
        slack.api_url()
    );
    let tokens = [("bot", slack.bot_token()), ("app", slack.app_token())];
    let mut bot = Bot::start(dir.path(), &settings, &tokens);
    assert_eq!(bot.ended(), 2);
    let sentence = format!(
        "sickbay: nobody can listen on {address}, as [http] in the settings says: Address already in use"
    );
    assert!(
        bot.log().lines().any(|line| line == sentence),
        "{}",
        bot.log()
    );
}
