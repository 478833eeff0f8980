//! Incidents told in a Slack channel: a command, the thread, a press on a phone, the fix, and taking it back. The Slack is
//! the strict one of `tests/fakes`, the host and what is wrong with it are real.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tests::fakes::slack::{Message, Slack};

use crate::lab::{Host, lab_dir, sickbay};

/// How long a story waits for something that takes a look at a host.
const LONG: Duration = Duration::from_secs(120);

const PREPARE: &str = r#"
systemctl enable --now shop
eventually 20 curl -fs http://127.0.0.1:8080/
chmod 0644 /opt/shop/bin/shop
systemctl restart shop 2>/dev/null || true
eventually 30 systemctl is-failed -q shop
"#;

const MODE: &str = "stat -c %a /opt/shop/bin/shop; systemctl is-active shop || true";

/// `sickbay serve` for a workspace. It is ended when this is dropped.
struct Bot {
    child: Child,
    config: PathBuf,
    state: PathBuf,
}

impl Bot {
    /// Starts it with these people and rules, and keeps its files here.
    fn start(dir: &Path, slack: &Slack) -> Self {
        let config = dir.join("config.toml");
        for (name, token) in [("bot", slack.bot_token()), ("app", slack.app_token())] {
            std::fs::write(dir.join(name), format!("{token}\n")).unwrap();
        }
        let text = format!(
            r#"version = 1
[slack]
bot_token_file = "bot"
app_token_file = "app"
api = "{}"
[people.ada]
slack = ["U1"]
groups = ["oncall"]
[people.bo]
slack = ["U2"]
[[policy]]
risk = ["low", "medium"]
hosts = "all"
approvers = ["@oncall"]
requester = true
"#,
            slack.api_url()
        );
        std::fs::write(&config, text).unwrap();
        let state = dir.join("state");
        Self {
            child: spawn(&config, &state),
            config,
            state,
        }
    }

    /// Kills it with SIGKILL and starts another, once Slack has noticed that its sockets are gone.
    async fn restart(&mut self, slack: &Slack) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        slack
            .wait_for("the dead sockets are gone", |state| {
                (state.sockets == 0).then_some(())
            })
            .await;
        self.child = spawn(&self.config, &self.state);
    }

    /// A command at the terminal beside it.
    fn terminal(&self, args: &[&str]) -> i32 {
        let status = Command::new(sickbay())
            .args(args)
            .arg("--state")
            .arg(&self.state)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn spawn(config: &Path, state: &Path) -> Child {
    Command::new(sickbay())
        .arg("serve")
        .arg("--config")
        .arg(config)
        .arg("--state")
        .arg(state)
        .arg("--ssh-config")
        .arg(lab_dir().join("ssh_config"))
        .env("SICKBAY_LOG", "warn")
        .stdin(Stdio::null())
        .spawn()
        .unwrap()
}

async fn workspace() -> Slack {
    let slack = Slack::start().await;
    slack.user("U1", "ada");
    slack.user("U2", "bo");
    slack.user("U3", "eve");
    slack.channel("C1", &["U1", "U2", "U3"]);
    slack
}

/// Waits until a message in the channel or its threads says all of this.
async fn said(slack: &Slack, words: &[&str]) -> Message {
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
    host.must("prepare", PREPARE);
    let slack = workspace().await;
    let mut bot = Bot::start(host.state.path(), &slack);
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

    slack
        .slash("U2", "C1", "/sickbay", "runbook unit-exec-permission")
        .await;
    said(&slack, &["## Fix", "## If it does not help"]).await;

    // Bo asked, and may not approve.
    slack.press("U2", &card, "Approve").await;
    said(&slack, &["may not approve"]).await;
    assert!(host.must("mode", MODE).starts_with("644"));

    // Everything is still there after a restart, in the same messages.
    bot.restart(&slack).await;
    slack.connected(1).await;
    slack.press("U1", &card, "Dry run").await;
    said(&slack, &["Dry run of", "would run"]).await;
    slack.press("U1", &card, "Details").await;
    said(&slack, &["digest sha256:", "runbook unit-exec-permission"]).await;
    assert!(host.must("mode", MODE).starts_with("644"));

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
    assert!(host.must("mode", MODE).starts_with("644"));

    // Two presses are one fix.
    let (one, two) = tokio::join!(
        slack.press("U1", &card, "Approve"),
        slack.press("U1", &card, "Approve")
    );
    assert!(one.came() && two.came());
    let done = said(&slack, &["✅", "Verified", "1 of 1 approvals: ada"]).await;
    assert_eq!(done.ts, card.ts, "the card itself says how it ended");
    assert!(done.button("Approve").is_none() && done.button("Undo").is_some());
    assert!(host.must("mode", MODE).starts_with("755\nactive"));

    slack.press("U1", &done, "Undo").await;
    said(&slack, &["✅", "Undone"]).await;
    assert!(host.must("mode", MODE).starts_with("644"));

    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    assert_eq!(slack.pings(), []);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn who_asks_where_sickbay_is_no_member_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let slack = workspace().await;
    slack.remove_bot("C1");
    let _bot = Bot::start(dir.path(), &slack);
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
