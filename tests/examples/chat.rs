//! What `sickbay serve` takes under load, against the strict fakes. For `tests/bench/run chat`.
//!
//! `chat SICKBAY acks|pending|said [N]` prints one JSON object: for `acks` the milliseconds until each of N commands that were
//! sent at once was acknowledged, on Slack and on Discord; for `pending` the milliseconds from the start until all threads of
//! N cards that wait for an approval are up to date again; for `said` how long N messages took to be kept.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "the figures go to the script that asked for them, and what does not work ends it"
)]

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use incident::{Fact, IncidentId, Moment, ProposalId, Span};
use serde_json::{Value, json};
use store::{Append, NewFact, Store};
use tests::fakes::discord::Discord;
use tests::fakes::slack::Slack;

/// How long the whole may take.
const LONG: Duration = Duration::from_secs(1_200);
/// Who is known, and what may be approved.
const PEOPLE: &str = r#"
[people.ada]
slack = ["U1"]
discord = ["11"]
groups = ["oncall"]
[[policy]]
risk = ["low", "medium"]
hosts = "all"
approvers = ["@oncall"]
expires = "24h"
[hosts.web1]
address = "127.0.0.1"
port = 1
"#;

/// `sickbay serve`, and what it says.
struct Bot {
    child: Child,
    says: BufReader<std::process::ChildStderr>,
    began: Instant,
}

impl Bot {
    fn start(sickbay: &Path, dir: &Path) -> Self {
        let mut command = Command::new(sickbay);
        command.arg("serve").arg("--config").arg(dir.join("config"));
        command.arg("--state").arg(dir.join("state"));
        let began = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let says = BufReader::new(child.stderr.take().unwrap());
        Self { child, says, began }
    }

    /// How long it took from the start until it said this.
    fn says(&mut self, words: &str) -> Duration {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert!(
                self.says.read_line(&mut line).unwrap() > 0,
                "it ended before it said {words:?}"
            );
        }
        self.began.elapsed()
    }

    fn end(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(asked.unwrap().success());
        self.child.wait().unwrap();
    }
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let sickbay = PathBuf::from(args.next().unwrap());
    let what = args.next().unwrap();
    let many: usize = args.next().map_or(200, |many| many.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let figures = match what.as_str() {
        "acks" => acks(&sickbay, dir.path(), many).await,
        "pending" => pending(&sickbay, dir.path(), many).await,
        "said" => said(&sickbay, dir.path(), many).await,
        other => json!({ "error": format!("nothing measures {other}") }),
    };
    println!("{figures}");
}

/// A workspace, and settings for it and for `more`.
async fn workspace(dir: &Path, more: &str) -> Slack {
    let slack = Slack::start().await;
    slack.user("U1", "ada");
    slack.channel("C1", &["U1"]);
    let settings = format!(
        "version = 1\n[slack]\nbot_token_file = \"bot\"\napp_token_file = \"app\"\napi = \"{}\"\n{PEOPLE}{more}\n[serve]\nas_root = true\n",
        slack.api_url()
    );
    std::fs::write(dir.join("config"), settings).unwrap();
    secret(dir, "bot", slack.bot_token());
    secret(dir, "app", slack.app_token());
    slack
}

fn secret(dir: &Path, name: &str, text: &str) {
    let file = dir.join(name);
    std::fs::write(&file, text).unwrap();
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&file, mode).unwrap();
}

/// Least, half of them, 99 of a hundred, most.
fn spread(mut delays: Vec<Duration>) -> Value {
    delays.sort();
    let at = |share: usize| {
        let n = (delays.len() * share / 100).min(delays.len() - 1);
        delays[n].as_secs_f64() * 1_000.0
    };
    json!({ "least": at(0), "p50": at(50), "p99": at(99), "most": at(100) })
}

async fn acks(sickbay: &Path, dir: &Path, many: usize) -> Value {
    let discord = Discord::start().await;
    discord.user("11", "ada");
    discord.channel("21", "ops");
    let also = format!(
        "[discord]\nbot_token_file = \"discord\"\napi = \"{}\"\n",
        discord.url()
    );
    let slack = workspace(dir, &also).await;
    secret(dir, "discord", discord.token());
    let bot = Bot::start(sickbay, dir);
    slack.connected(1).await;
    discord.connected().await;
    discord.registered("sickbay").await;
    let mut asked = tokio::task::JoinSet::new();
    for _one in 0..many {
        let slack = slack.clone();
        asked.spawn(async move { slack.slash("U1", "C1", "/sickbay", "status").await.delay });
    }
    let on_slack = asked.join_all().await;
    let mut asked = tokio::task::JoinSet::new();
    for _one in 0..many {
        let discord = discord.clone();
        asked.spawn(async move { discord.slash("11", "21", "sickbay status", &[]).await.delay });
    }
    let on_discord = asked.join_all().await;
    bot.end();
    let came = |delays: Vec<Option<Duration>>| spread(delays.into_iter().flatten().collect());
    json!({ "commands": many, "slack": came(on_slack), "discord": came(on_discord) })
}

async fn said(sickbay: &Path, dir: &Path, many: usize) -> Value {
    let slack = workspace(dir, "").await;
    let bot = Bot::start(sickbay, dir);
    slack.connected(1).await;
    slack.slash("U1", "C1", "/diagnose", "web1").await;
    let root = slack.wait_for_words("C1", "incident ").await;
    let began = Instant::now();
    for n in 0..many {
        slack.say("U1", "C1", Some(&root.ts), &format!("line {n}"));
    }
    slack
        .wait_up_to(LONG, "all acknowledged", |state| {
            let came = state.acks.iter().filter(|ack| ack.came()).count();
            (came > many).then_some(())
        })
        .await;
    let took = began.elapsed();
    bot.end();
    let store = Store::open(&dir.join("state"), Moment(0)).await.unwrap();
    let rows = store.incidents(1).await.unwrap();
    let kept = store.said(&rows[0].id, u32::MAX).await.unwrap().len();
    json!({ "messages": many, "kept": kept, "ms": took.as_secs_f64() * 1_000.0 })
}

async fn pending(sickbay: &Path, dir: &Path, many: usize) -> Value {
    let slack = workspace(dir, "").await;
    fill(&dir.join("state"), slack.team(), many).await;
    // The first one posts all of them.
    let mut bot = Bot::start(sickbay, dir);
    bot.says("all threads are up to date");
    bot.end();
    let posted = slack.look(|state| state.said().count());
    let mut bot = Bot::start(sickbay, dir);
    let took = bot.says("all threads are up to date");
    let pid = bot.child.id();
    let memory = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let memory = memory.lines().find(|line| line.starts_with("VmHWM"));
    let memory = memory.unwrap_or("").to_owned();
    bot.end();
    let again = slack.look(|state| state.said().count());
    assert_eq!(posted, again, "nothing is posted twice");
    json!({ "cards": many, "messages": posted, "ms": took.as_secs_f64() * 1_000.0, "memory": memory })
}

/// A journal of so many incidents, each of one host with a card that waits.
async fn fill(state: &Path, team: &str, many: usize) {
    let now = i64::try_from(
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_millis(),
    )
    .unwrap();
    let now = Moment(now);
    let store = Store::open(state, now).await.unwrap();
    for n in 0..many {
        let mut letters = String::new();
        let mut rest = n;
        for _place in 0..6 {
            letters.push(char::from(b'a' + u8::try_from(rest % 26).unwrap()));
            rest /= 26;
        }
        let id = IncidentId::new(format!("20261123-{letters}")).unwrap();
        let mut append = Append::new(id.clone(), 0, now);
        append.facts = facts(&id, team, now)
            .iter()
            .map(|fact| NewFact {
                kind: fact.kind().to_owned(),
                body: serde_json::to_value(fact).unwrap(),
            })
            .collect();
        append.proposals = vec![id.proposal(1)];
        store.append(append).await.unwrap();
    }
    store.close().await;
}

/// What the journal of an incident usually holds when a card waits: the answers to a wave and a half, the findings, the fix.
fn facts(id: &IncidentId, team: &str, now: Moment) -> Vec<Fact> {
    let evidence = |n: usize| {
        json!({
            "id": format!("e-{n}"), "host": "web1", "key": format!("probe.number{n} 3600"),
            "argv": ["sh", "-c", "systemctl show --property=Id,ActiveState,SubState,Result,NRestarts --all 2>/dev/null"],
            "ended": { "how": "exited", "code": 0 }, "took": 120, "truncated": false,
            "text_hash": format!("sha256:{n:064x}"),
        })
    };
    let finding = |n: usize| {
        json!({
            "id": format!("f-{n}"), "code": "unit.failed", "severity": "critical", "confidence": "confirmed", "host": "web1",
            "subject": "unit:nginx.service", "title": "nginx.service has failed (exit-code)", "facts": {}, "cites": ["e-7"],
            "explains": [], "detail": "nginx.service runs as root.\nIt failed 4 s ago: its program was not run.",
        })
    };
    let proposal: ProposalId = id.proposal(1);
    let ends = now.plus(Span::minutes(12 * 60));
    let all = json!([
        { "fact": "opened", "by": "ada", "via": "slack U1", "hosts": ["web1"], "symptom": "the site is down", "policy": "sha256:0" },
        { "fact": "thread", "place": format!("slack:{team}:C1") },
        { "fact": "examined", "host": "web1", "wave": 1, "evidence": (1..=48).map(evidence).collect::<Vec<_>>() },
        { "fact": "examined", "host": "web1", "wave": 2, "evidence": (49..=60).map(evidence).collect::<Vec<_>>() },
        { "fact": "judged", "report": {
            "host": "web1", "status": "critical", "took": 2100, "unreachable": "", "could_not_check": [],
            "findings": (1..=4).map(finding).collect::<Vec<_>>(),
        } },
        { "fact": "proposed", "proposal": {
            "id": proposal, "incident": id, "host": "web1", "host_key": "SHA256:x", "login": "ops",
            "privilege": "sudo", "runbook": "unit-exec-permission", "runbook_version": 1,
            "title": "A service's program may not be executed", "risk": "low", "answers": "f-1",
            "answers_code": "unit.exec_permission", "answers_subject": "path:/x", "undo": "automatic",
            "steps": [{ "verb": "file.chmod", "args": ["/srv/shop/bin/serve", "0755"] }, { "verb": "unit.restart", "args": ["nginx.service"] }],
            "undo_words": ["mode 0644 is put back"], "undoes": null, "diff": "",
            "limits": { "cooldown": 600_000, "per_host_per_day": 3, "timeout": 60_000 },
            "min_approvals": 1, "made_at": now, "expires_at": ends,
        } },
    ]);
    serde_json::from_value(all).unwrap()
}
