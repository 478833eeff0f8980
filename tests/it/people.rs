//! Who may what, where, as people meet it: groups that platforms list, commands by role and channel, and a call to those who
//! let an offer lie. The incident is put into the journal, so that no host is needed; what is approved waits for more yeses.

mod calls;
mod commands;
mod forms;
mod groups;

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use incident::report::HostReport;
use incident::{Fact, IncidentId, Moment, Proposal, Span};
use serde_json::{Value, json};
use store::{Append, NewFact, Store};
use tests::fakes::discord::{Discord, GUILD};
use tests::fakes::slack::Slack;

use crate::bot::Bot;

/// The fix that is offered.
const FIX: &str = "k7f3qa-1";
/// Where it stands in Slack and in Discord.
const IN_SLACK: &str = "slack:T0SICKBAY:C1";
const IN_DISCORD: &str = "discord:100000000000000001:21";

/// The time now.
fn now() -> Moment {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Moment(i64::try_from(now.unwrap().as_millis()).unwrap())
}

fn report() -> HostReport {
    serde_json::from_value(json!({
        "host": "ghost", "status": "critical", "took": 2100, "unreachable": "", "could_not_check": [],
        "findings": [{
            "id": "f-1", "code": "unit.exec_permission", "severity": "critical", "confidence": "confirmed", "host": "ghost",
            "subject": "path:/srv/shop/serve", "title": "/srv/shop/serve is not executable", "facts": {}, "cites": ["e-1"],
            "explains": [], "detail": "",
        }],
    }))
    .unwrap()
}

fn proposal(made: Moment, life: Span) -> Proposal {
    serde_json::from_value(json!({
        "id": FIX, "incident": "20261123-k7f3qa", "host": "ghost", "host_key": "SHA256:x", "login": "ops",
        "privilege": "sudo", "runbook": "unit-exec-permission", "runbook_version": 1, "runbook_text": "",
        "title": "A service's program may not be executed", "risk": "low", "answers": "f-1",
        "answers_code": "unit.exec_permission", "answers_subject": "path:/srv/shop/serve", "undo": "automatic",
        "steps": [{ "verb": "file.chmod", "args": ["/srv/shop/serve", "0755"] }],
        "undo_words": [], "undoes": null, "diff": "",
        "limits": { "cooldown": 600_000, "per_host_per_day": 3, "timeout": 60_000 },
        "min_approvals": 1, "made_at": made, "expires_at": made.plus(life),
    }))
    .unwrap()
}

/// Puts an incident that `bo` asked about into the journal, with a fix that waits for so long.
async fn offered(state: &Path, place: &str, life: Span) {
    let at = now();
    let store = Store::open(state, at).await.unwrap();
    let id = IncidentId::new("20261123-k7f3qa").unwrap();
    let facts = [
        Fact::Opened {
            by: "bo".parse().unwrap(),
            via: "terminal".to_owned(),
            hosts: vec!["ghost".parse().unwrap()],
            symptom: String::new(),
            policy: String::new(),
        },
        Fact::Thread {
            place: place.to_owned(),
        },
        Fact::Judged { report: report() },
        Fact::Proposed {
            proposal: Box::new(proposal(at, life)),
        },
    ];
    let mut append = Append::new(id, 0, at);
    append.proposals = vec![FIX.parse().unwrap()];
    append.facts = facts
        .iter()
        .map(|fact| NewFact {
            kind: fact.kind().to_owned(),
            body: serde_json::to_value(fact).unwrap(),
        })
        .collect();
    store.append(append).await.unwrap();
    store.close().await;
}

/// A workspace and a guild with the same people in them: ada, bo and eve.
struct Site {
    dir: tempfile::TempDir,
    slack: Slack,
    discord: Discord,
}

impl Site {
    async fn new() -> Self {
        let site = Self {
            dir: tempfile::tempdir().unwrap(),
            slack: crate::slack::workspace().await,
            discord: Discord::start().await,
        };
        for (id, name) in [("12", "bo"), ("13", "eve")] {
            site.discord.user(id, name);
        }
        site.discord.role("31", "oncall");
        site.discord.user_with("11", "ada", "en-US", &["31"]);
        site.discord.channel("21", "ops");
        site.discord.channel("22", "lobby");
        site
    }

    fn state(&self) -> std::path::PathBuf {
        self.dir.path().join("state")
    }

    /// Starts Sickbay on both platforms with these settings, and waits until it hears.
    async fn start(&self, more: &str) -> Bot {
        self.start_with("", more).await
    }

    /// The same with something that stands before all tables.
    async fn start_with(&self, first: &str, more: &str) -> Bot {
        // Whoever runs the tests is ada at the terminal.
        let uid = std::fs::metadata(self.dir.path()).unwrap().uid();
        let settings = format!(
            r#"{first}[slack]
bot_token_file = "bot"
app_token_file = "app"
api = "{}"
[discord]
bot_token_file = "discord"
guilds = ["{GUILD}"]
api = "{}"
[hosts.ghost]
address = "127.0.0.1"
port = 1
groups = ["web"]
[people.ada]
uids = [{uid}]
slack = ["U1"]
discord = ["11"]
[people.bo]
slack = ["U2"]
discord = ["12"]
{more}"#,
            self.slack.api_url(),
            self.discord.url()
        );
        let tokens = [
            ("bot", self.slack.bot_token()),
            ("app", self.slack.app_token()),
            ("discord", self.discord.token()),
        ];
        let bot = Bot::start(self.dir.path(), &settings, &tokens);
        self.listening().await;
        bot
    }

    async fn listening(&self) {
        self.slack.connected(1).await;
        self.discord.connected().await;
        self.discord.registered("sickbay").await;
    }

    /// Starts a killed one again, with nothing of what it remembered.
    async fn restart(&self, bot: &mut Bot) {
        let gone = async {
            let none = |state: &tests::fakes::slack::State| (state.sockets == 0).then_some(());
            self.slack.wait_for("Slack's end", none).await;
            let none = |state: &tests::fakes::discord::State| (state.sockets == 0).then_some(());
            self.discord.wait_for("Discord's end", none).await;
        };
        bot.restart(gone).await;
        self.listening().await;
    }

    /// The card in Slack, once it says this.
    async fn card_in_slack(&self, words: &[&str]) -> tests::fakes::slack::Message {
        let what = words.join(" + ");
        let found = |state: &tests::fakes::slack::State| {
            let mut said = state.said();
            let fits = |message: &&tests::fakes::slack::Message| {
                let offer = message.only_for.is_none() && message.says("set mode 0755");
                offer && words.iter().all(|word| message.says(word))
            };
            said.find(fits).cloned()
        };
        self.slack.wait_for(&what, found).await
    }

    /// The card in Discord, once it says this.
    async fn card_in_discord(&self, words: &[&str]) -> tests::fakes::discord::Message {
        let what = words.join(" + ");
        let found = |state: &tests::fakes::discord::State| {
            let mut said = state.said();
            let fits = |message: &&tests::fakes::discord::Message| {
                let offer = message.only_for.is_none() && message.says("set mode 0755");
                offer && words.iter().all(|word| message.says(word))
            };
            said.find(fits).cloned()
        };
        self.discord.wait_for(&what, found).await
    }

    /// Waits until somebody alone is told this in Slack.
    async fn told_in_slack(&self, user: &str, words: &str) {
        self.answer_in_slack(user, words).await;
    }

    /// What somebody alone is told in Slack, once it says this.
    async fn answer_in_slack(&self, user: &str, words: &str) -> tests::fakes::slack::Message {
        let found = |state: &tests::fakes::slack::State| {
            let mut said = state.said();
            let told = |message: &&tests::fakes::slack::Message| {
                message.only_for.as_deref() == Some(user) && message.says(words)
            };
            said.find(told).cloned()
        };
        self.slack.wait_for(words, found).await
    }

    /// Waits until somebody alone is told this in Discord.
    async fn told_in_discord(&self, user: &str, words: &str) {
        let found = |state: &tests::fakes::discord::State| {
            let mut said = state.said();
            let told = |message: &&tests::fakes::discord::Message| {
                message.only_for.as_deref() == Some(user) && message.says(words)
            };
            said.find(told).map(|_| ())
        };
        self.discord.wait_for(words, found).await;
    }

    /// Presses Approve in Discord, and says that one means it.
    async fn approve_in_discord(&self, user: &str, card: &tests::fakes::discord::Message) {
        let asked = self.discord.press(user, card, "Approve").await;
        let question = self
            .discord
            .look(|state| state.messages[&asked.original.unwrap()].clone());
        assert!(
            self.discord
                .press(user, &question, "Approve")
                .await
                .answered()
        );
    }
}

/// Who said yes and why they might, as the journal has it.
fn approvals(bot: &Bot) -> Vec<(String, String)> {
    let told = bot.printed(&["incident", "timeline", "20261123-k7f3qa", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let facts = told["timeline"].as_array().unwrap();
    facts
        .iter()
        .map(|entry| {
            entry
                .get("fact")
                .filter(|it| it.is_object())
                .unwrap_or(entry)
        })
        .filter(|fact| fact["fact"] == "approved")
        .map(|fact| {
            let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
            let approval = &fact["approval"];
            (text(&approval["by"]), text(&approval["because"]))
        })
        .collect()
}
