//! `sickbay doctor`: one screen that says what works and what does not, against Slack and Discord on loopback. It looks, and
//! neither a file nor a platform is changed by it.

mod here;
mod scans;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tests::fakes::Trouble;
use tests::fakes::discord::{Discord, GUILD};
use tests::fakes::slack::Slack;

use crate::bad_input::{Place, Said};

/// A whole site in a place of its own, on both platforms.
struct Site {
    place: Place,
    slack: Slack,
    discord: Discord,
}

const SETTINGS: &str = r#"version = 1
runbooks = "runbooks"
[inventory]
ssh_config = "ssh_config"
[people.ada]
uids = [1000]
slack = ["U1"]
discord = ["11"]
groups = ["oncall"]
[people.bo]
slack = ["U2"]
groups = ["oncall"]
[[policy]]
risk = ["low", "medium", "high"]
hosts = "all"
approvers = ["@oncall"]
[hosts.web1]
address = "127.0.0.1"
port = 1
identity_file = "DIR/key"
"#;

impl Site {
    /// One in which everything works.
    async fn new() -> Self {
        let site = Self {
            place: Place::new(),
            slack: crate::slack::workspace().await,
            discord: Discord::start().await,
        };
        let needed = [
            "app_mentions:read",
            "channels:history",
            "channels:read",
            "chat:write",
            "commands",
            "files:write",
            "groups:history",
            "groups:read",
        ];
        site.slack.scopes(&needed);
        site.discord.change(|state| {
            for name in ["diagnose", "sickbay"] {
                let command = serde_json::json!({"name": name, "guild_id": GUILD, "id": "1"});
                state.commands.push(command);
            }
        });
        site.place.file("ssh_config", "Host *\n  User nobody\n");
        site.place.file("runbooks/README.md", "Ours.\n");
        site.secret("bot", site.slack.bot_token());
        site.secret("app", site.slack.app_token());
        site.secret("discord", site.discord.token());
        site.settings(|settings| settings);
        let key = site.place.at("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f", &key])
            .status();
        assert!(made.unwrap().success());
        let public = std::fs::read_to_string(format!("{key}.pub")).unwrap();
        site.place
            .file("state/known_hosts", format!("[127.0.0.1]:1 {public}"));
        site.mode("state", 0o700);
        site
    }

    /// Writes the settings, changed.
    fn settings(&self, change: impl Fn(String) -> String) {
        let platforms = format!(
            r#"[slack]
bot_token_file = "bot"
app_token_file = "app"
api = "{}"
[discord]
bot_token_file = "discord"
guilds = ["{GUILD}"]
api = "{}"
"#,
            self.slack.api_url(),
            self.discord.url()
        );
        let dir = self.place.path().display().to_string();
        let settings = format!("{SETTINGS}{platforms}").replace("DIR", &dir);
        self.place.file("config.toml", change(settings));
    }

    fn secret(&self, name: &str, text: &str) {
        self.place.file(name, text);
        self.mode(name, 0o600);
    }

    fn mode(&self, name: &str, mode: u32) {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.place.at(name), mode).unwrap();
    }

    /// What the doctor says.
    fn doctor(&self, more: &[&str]) -> Said {
        let config = self.place.at("config.toml");
        let mut command = self
            .place
            .command(&[&["doctor", "--config", &config], more].concat());
        command
            .env("XDG_RUNTIME_DIR", self.place.at("run"))
            .env_remove("SSH_AUTH_SOCK");
        let said = Said::of(&command.output().unwrap(), self.place.path());
        for secret in [
            self.slack.bot_token(),
            self.slack.app_token(),
            self.discord.token(),
        ] {
            assert!(!said.out.contains(secret) && !said.err.contains(secret));
        }
        said
    }

    /// What it says after something was changed, which is not all fine: it has this line, and exits with this code.
    #[track_caller]
    fn check(&self, line: &str) {
        let said = self.doctor(&[]);
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(
            one_line(&said.out).contains(line),
            "{line:?} is not in\n{}{}",
            said.out,
            said.err
        );
    }
}

/// The report with each line in one piece, whatever the width.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Every file below a directory with what is in it.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            // What the journal's users share in memory is no part of it.
            if path.is_dir() {
                open.push(path);
            } else if !name.ends_with("-shm") {
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}

/// What differs from machine to machine, taken out.
fn steady(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, by) in [
        (r"OpenSSH_\S+( .*)?", "OpenSSH_VERSION"),
        (r"\d+ of 108 bytes, in \S+", "N of 108 bytes, in DIR/run"),
        (r"\d+ MiB left", "N MiB left"),
        (r"SHA256:\S+", "SHA256:FINGERPRINT"),
        (r"(3599|3600|3601) s", "3600 s"),
        (r"(own|all) +\d+ pages", "$1             N pages"),
    ] {
        text = regex::Regex::new(pattern)
            .unwrap()
            .replace_all(&text, by)
            .into_owned();
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_everything_works_all_is_fine_and_nothing_is_changed() {
    let site = Site::new().await;
    // A journal with something in it; its host cannot be reached.
    let config = site.place.at("config.toml");
    let asked = site
        .place
        .command(&["diagnose", "web1", "--config", &config])
        .output();
    assert_eq!(asked.unwrap().status.code(), Some(3));
    let before = files(site.place.path());
    let said = site.doctor(&[]);
    assert!(before == files(site.place.path()), "a file was changed");
    insta::assert_snapshot!(steady(&said.out));
    assert_eq!((said.code, said.err.as_str()), (0, ""));

    let printed = site.doctor(&["--json"]);
    let value: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["fine"], true);
    let lines = value["lines"].as_array().unwrap();
    for line in lines {
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["area", "next", "outcome", "says", "what"]);
    }
    let events = lines.iter().find(|line| line["what"] == "events").unwrap();
    assert_eq!(events["outcome"], "note");

    // Who only looks takes no place that somebody else waits in.
    assert_eq!(site.slack.look(|state| state.hellos), 0);
    assert_eq!(site.discord.look(|state| state.identifies), 0);
    let wrote = |call: &str| !call.starts_with("GET ");
    let wrote = site.discord.look(|state| {
        let calls = state.calls.iter().map(|call| call.asked.clone());
        calls.filter(|call| wrote(call)).collect::<Vec<_>>()
    });
    assert_eq!(wrote, Vec::<String>::new());
    let asked = site.slack.look(|state| {
        let calls = state.calls.iter().map(|call| call.method.clone());
        calls.collect::<Vec<_>>()
    });
    let once = ["auth.test", "apps.connections.open"];
    assert_eq!(asked, [once, once].concat());
    site.slack.assert_no_refusals();
    site.discord.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_can_be_wrong_is_on_one_screen() {
    let site = Site::new().await;
    site.settings(|settings| {
        settings
            .replace("slack = [\"U2\"]\n", "")
            .replace(
                "approvers = [\"@oncall\"]",
                "approvers = [\"@oncall\"]\nmin = 3",
            )
            .replace("\"runbooks\"", "\"runbooks\"\nstate = \"state\"")
    });
    site.mode("config.toml", 0o666);
    site.mode("key", 0o644);
    site.place.file("state/known_hosts", "");
    site.place.file("runbooks/odd.md", "no front matter\n");
    site.place.file("state/journal.db", "no database");
    site.place.file("state/grant.key", "short");
    site.mode("state/grant.key", 0o600);
    site.slack.scopes(&["chat:write", "commands", "users:read"]);
    site.slack.app_scopes(&["authorizations:read"]);
    site.slack.change(|state| state.clock_ahead = 3_600);
    site.discord.change(|state| {
        state.clock_ahead = -3_600;
        state.flags = 1 << 19;
        state.interactions_url = Some("https://example.invalid/".to_owned());
        state.servers = vec![
            (GUILD.to_owned(), "Sickbay".to_owned(), 1 << 10),
            ("7".to_owned(), "Elsewhere".to_owned(), 8),
        ];
        state.commands.clear();
        let left = serde_json::json!({"name": "diagnose", "guild_id": null, "id": "1"});
        state.commands.push(left);
    });
    let said = site.doctor(&[]);
    insta::assert_snapshot!(steady(&said.out));
    assert_eq!((said.code, said.err.as_str()), (1, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_looked_at_is_never_fine() {
    let site = Site::new().await;
    site.slack.outage();
    site.check("? bot token the platform does not answer");
    site.check("? socket the platform does not answer");
    site.check("? clock the platform does not say what time it is");
    site.slack.recover();
    site.slack.trouble("auth.test", Trouble::RateLimited(7), 1);
    site.check("? bot token the platform asks to wait 7 s");
    let connections = "apps.connections.open";
    site.slack.trouble(connections, Trouble::Status(503), 1);
    site.check("? socket the platform does not answer: it says 503");
    site.discord.outage();
    site.check("? bot token the platform does not answer");
    site.discord.recover();
    let servers = "GET /users/@me/guilds";
    site.discord.trouble(servers, Trouble::Status(502), 1);
    site.check("? servers the platform does not answer");
    let commands = "GET /applications/";
    site.discord.trouble(commands, Trouble::Status(502), 2);
    site.check("? commands the platform does not answer");
    // Of a host of which ssh cannot be asked nobody knows whether its key is known.
    site.place.file("ssh_config", "Host *\n  NoSuchWord yes\n");
    site.check("? host keys of web1:");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_intent_is_wanted_where_what_people_say_is() {
    let site = Site::new().await;
    site.settings(|text| text.replace("[discord]", "[discord]\nhear_threads = true"));
    site.check("WRONG intents Message Content is off");
    site.discord.change(|state| state.flags = 1 << 19);
    let said = site.doctor(&[]);
    assert!(
        one_line(&said.out).contains("ok intents only the one"),
        "{}",
        said.out
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_platform_refuses_is_wrong() {
    let site = Site::new().await;
    site.secret("bot", "xoxb-another-token");
    site.check("WRONG bot token refused: invalid_auth");
    site.secret("bot", "no token");
    site.check("WRONG bot token DIR/bot does not hold a Slack token");
    site.secret("bot", site.slack.bot_token());
    site.slack.revoke_tokens();
    site.check("WRONG socket refused: token_revoked");
    site.discord.revoke_token();
    site.check("WRONG bot token refused: 401: Unauthorized (0)");
    site.discord.restore_token();
    site.discord.change(|state| state.servers.clear());
    site.check(&format!("WRONG servers it was not added to {GUILD}"));
    site.check("WRONG servers it was added to none");
    site.check("WRONG commands refused: Missing Access (50001)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_hosts_are_told_one_by_one() {
    let site = Site::new().await;
    let key = site.place.at("key");
    let run = |args: &[&str]| {
        let done = Command::new("ssh-keygen").args(args).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    // Another's public key beside it.
    let other = site.place.at("other");
    run(&["-q", "-t", "ed25519", "-N", "", "-f", &other]);
    let public = std::fs::read(format!("{other}.pub")).unwrap();
    site.place.file("key.pub", public);
    site.check("WRONG file DIR/key.pub is another key's");
    // A passphrase, and no agent.
    run(&["-q", "-p", "-N", "a secret", "-P", "", "-f", &key]);
    site.check("WRONG file DIR/key has a passphrase, and nobody is there to type it");
    site.check("WRONG hosts there is no key to reach web1 with");
    std::fs::remove_file(&key).unwrap();
    site.check("WRONG file there is no DIR/key");
    site.secret("key", "no key");
    site.check("WRONG file DIR/key cannot be used");
    // Only where it is asked for a host is connected to.
    let said = site.doctor(&[]);
    assert!(!said.out.contains("stops at"), "{}", said.out);
    let said = site.doctor(&["--hosts"]);
    let told = one_line(&said.out);
    assert!(
        told.contains("WRONG web1 stops at connect: web1: no connection"),
        "{}",
        said.out
    );
    assert_eq!(said.code, 1);
}

#[test]
fn settings_that_cannot_be_read_are_all_that_is_told() {
    let place = Place::new();
    let config = place.file("config.toml", "version = 1\ncolour = \"red\"\n");
    let said = place.run(&["doctor", "--config", &config]);
    assert_eq!(said.code, 2);
    let told = one_line(&said.out);
    assert!(
        told.starts_with(
            "settings WRONG file DIR/config.toml:2:1: there is no setting `colour` here"
        ),
        "{}",
        said.out
    );
    assert!(told.ends_with("1 looked at, 1 wrong."), "{}", said.out);
    let said = place.run(&["doctor", "--config", &config, "--json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (
            said.code,
            value["fine"].as_bool(),
            value["version"].as_u64()
        ),
        (2, Some(false), Some(1))
    );
    // Two entries that would be the same person are settings that nobody can read.
    let twice = "version = 1\n[people.a]\nslack = [\"U1\"]\n[people.b]\nslack = [\"U1\"]\n";
    let config = place.file("twice.toml", twice);
    let said = place.run(&["doctor", "--config", &config]);
    assert_eq!(said.code, 2);
    assert!(
        one_line(&said.out).contains("the Slack member U1 belongs to both a and b"),
        "{}",
        said.out
    );
    assert_eq!(place.run(&["doctor", "--no-such-option"]).code, 2);
}

#[test]
fn without_settings_it_says_what_there_is() {
    let place = Place::new();
    let said = place.run(&["doctor"]);
    let told = one_line(&said.out);
    for line in [
        "note file none is named, so everything is as it is without one",
        "ok place nothing in DIR/state yet; the first command begins it",
        "note hosts only localhost",
        "note platforms none is set up",
    ] {
        assert!(told.contains(line), "{line:?} is not in\n{}", said.out);
    }
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(!place.path().join("state").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_that_platforms_list_are_read_and_compared_with_people() {
    let site = Site::new().await;
    let listed = format!("[groups.oncall]\nslack = [\"S1\"]\ndiscord = [\"{GUILD}/31\"]\n");
    site.settings(|settings| format!("{settings}{listed}"));
    site.check("WRONG scopes usergroups:read is missing");
    site.check("WRONG @oncall refused: missing_scope");
    site.slack.scopes(&[
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "usergroups:read",
    ]);
    site.check("WRONG @oncall refused: no_such_subteam");
    site.slack.user_group("S1", "oncall", &["U1", "U3"]);
    site.discord.role("31", "oncall");
    site.discord.user_with("11", "ada", "en-US", &["31"]);
    let said = site.doctor(&[]);
    let told = one_line(&said.out);
    for line in [
        "ok @oncall Slack user group S1: ada",
        "note @oncall U3 is in it and not under [people], so is nobody here",
        "ok @oncall Discord role 31 of server 100000000000000001: ada",
        "ok rule 1 1 of 2 people and whoever is in @oncall may approve",
    ] {
        assert!(told.contains(line), "{line:?} is not in\n{}", said.out);
    }
    assert_eq!(said.code, 0, "{}", said.out);
    site.slack.user_group("S1", "oncall", &["U3"]);
    let told = one_line(&site.doctor(&[]).out);
    assert!(told.contains("note @oncall Slack user group S1: nobody under [people] is in it"));
    site.discord
        .trouble("GET /guilds/", Trouble::Status(502), 1);
    site.check("? @oncall the platform does not answer");
    // Without groups the scope is more than is needed.
    site.settings(|settings| settings);
    let told = one_line(&site.doctor(&[]).out);
    assert!(told.contains("note scopes Sickbay has no use for usergroups:read"));
}
