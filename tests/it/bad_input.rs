//! Bad input gets a clear sentence, exit code 2 or 3, and never a panic; nothing is lost by it.

mod approvals;
mod files;
mod output;
mod reach;
mod serve;
mod sshd;
mod state;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::lab::sickbay;

/// A place of its own for one test: home, state directory and whatever files it needs.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The path of a file in it.
    pub(crate) fn at(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    /// Writes a file into it and gives its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// The program, without anything of the one who runs the test.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(sickbay());
        command
            .args(args)
            .current_dir(self.path())
            .env_remove("SICKBAY_CONFIG")
            .env_remove("XDG_STATE_HOME")
            .env_remove("NO_COLOR")
            .env_remove("CREDENTIALS_DIRECTORY")
            .env("HOME", self.path())
            .env("SICKBAY_STATE", self.path().join("state"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        Said::of(&self.command(args).output().unwrap(), self.path())
    }

    /// Runs it and compares the whole sentence; `DIR` stands for this place.
    #[track_caller]
    pub(crate) fn check(&self, args: &[&str], code: i32, sentence: &str) {
        let said = self.run(args);
        assert_eq!(
            (said.code, said.err.trim_end()),
            (code, sentence),
            "{args:?} printed {:?}",
            said.out
        );
    }
}

/// What the program said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    #[track_caller]
    pub(crate) fn of(output: &Output, place: &Path) -> Self {
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&place.display().to_string(), "DIR")
        };
        let said = Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        };
        assert!(!said.err.contains("panicked"), "{}", said.err);
        let steered = said.out.contains('\x1b') || said.err.contains('\x1b');
        assert!(
            !steered,
            "a terminal would be steered: {:?} {:?}",
            said.out, said.err
        );
        said
    }
}

#[test]
fn hosts_that_are_none() {
    let place = Place::new();
    let config = place.file(
        "config",
        "Host web1 web2 shop-db\n  HostName 127.0.0.1\n  Port 1\n",
    );
    let check = |target: &str, sentence: &str| {
        place.check(
            &["diagnose", "--ssh-config", &config, "--", target],
            2,
            sentence,
        );
    };
    check(
        "web3",
        "sickbay: no host is named web3; did you mean web1, web2?",
    );
    // As one types it in a chat.
    place.check(
        &["diagnose", "--ssh-config", &config, "web1", "is", "down"],
        2,
        "sickbay: no host is named is; add it to [hosts] in the settings, an Ansible inventory or ssh_config; to say what is wrong, put it behind --symptom",
    );
    check(
        "shopdb",
        "sickbay: no host is named shopdb; did you mean shop-db?",
    );
    check(
        "mail",
        "sickbay: no host is named mail; add it to [hosts] in the settings, an Ansible inventory or ssh_config",
    );
    check(
        "-oProxyCommand=touch x",
        "sickbay: \"-oProxyCommand=touch x\" begins with `-`, which ssh would read as an option; no host's name does",
    );
    check(
        "web1,-oProxyCommand",
        "sickbay: \"-oProxyCommand\" begins with `-`, which ssh would read as an option; no host's name does",
    );
    check(
        "web1\nweb2",
        "sickbay: \"web1web2\" has a line break in it; a host's name is letters, digits, `.`, `_`, `:` and `-`",
    );
    check(
        "web1\x1b[31m",
        "sickbay: \"web1[31m\" has a control character in it; a host's name is letters, digits, `.`, `_`, `:` and `-`",
    );
    check(
        "web1;reboot",
        "sickbay: \"web1;reboot\" has a character that is not allowed in it; a host's name is letters, digits, `.`, `_`, `:` and `-`",
    );
    check(
        "",
        "sickbay: no host was named; name one of the inventory, a group as @group, labels as role=web, or localhost",
    );
    check(
        "@web",
        "sickbay: no group is named @web; `sickbay hosts list` shows the groups",
    );
    check(
        "role=web",
        "sickbay: no host has the labels role=web; `sickbay hosts list` shows the labels",
    );
    check(
        "192.0.2.7",
        "sickbay: 192.0.2.7 is an address, not a name of the inventory; add the host, or allow it with `raw_addresses = true` in [inventory]",
    );
    let long = "x".repeat(100_000);
    let said = place.run(&["diagnose", &long]);
    assert_eq!(said.code, 2);
    assert!(said.err.len() < 400, "{}", said.err);
    // Without the `--` it is no host either, and no option.
    place.check(
        &["diagnose", "-oProxyCommand=touch x"],
        2,
        "sickbay: \"-oProxyCommand=touch x\" begins with `-`, so it is not a host and not an option either; `sickbay --help` lists the options",
    );
    assert!(!place.path().join("x").exists());
}

#[test]
fn words_that_are_none() {
    let place = Place::new();
    let check = |args: &[&str], sentence: &str| place.check(args, 2, sentence);
    check(
        &["explain", "fs.ful"],
        "sickbay: there is no finding code \"fs.ful\"; did you mean `fs.full`? `sickbay explain` lists all codes",
    );
    check(
        &["explain", "nonsense"],
        "sickbay: there is no finding code \"nonsense\"; `sickbay explain` lists all codes",
    );
    check(
        &["explain", "\x1b[31m"],
        "sickbay: there is no finding code \"\\u{1b}[31m\"; `sickbay explain` lists all codes",
    );
    assert_eq!(place.run(&["explain", "FS.Full"]).code, 0);
    let area = place.run(&["explain", "fs"]);
    assert!(area.err.contains("those of this area are") && area.err.contains("fs.full"));
    check(
        &["incident", "show", "zzzz"],
        "sickbay: there is no incident \"zzzz\"; `sickbay incident list` lists them",
    );
    check(
        &["runbook", "show", "disk-ful"],
        "sickbay: there is no runbook \"disk-ful\"; did you mean `disk-full`?",
    );
    check(
        &["runbook", "show", "xyz"],
        "sickbay: there is no runbook \"xyz\"; `sickbay runbook list` lists them",
    );
    check(
        &["runbook", "show", "../../etc/passwd"],
        "sickbay: runbook id \"../../etc/passwd\" is not valid: it has a character that is not allowed; use letters, digits, `.`, `_` and `-`",
    );
    check(
        &["approve", "a\nb-1"],
        "sickbay: proposal id \"a\\nb-1\" is not valid: it has a character that is not allowed; use letters, digits, `.`, `_` and `-`",
    );
    check(
        &["approve", "k7f3qa-1", "--as", "a b"],
        "sickbay: responder \"a b\" is not valid: it has a character that is not allowed; use letters, digits, `.`, `_` and `-`",
    );
    check(
        &["approve", "k7f3qa-1", "--as", ""],
        "sickbay: responder \"\" is not valid: it is empty",
    );
    let typo = place.run(&["diagnos", "localhost"]);
    assert_eq!(typo.code, 2);
    assert!(typo.err.contains("a similar subcommand exists: 'diagnose'"));
    let typo = place.run(&["diagnose", "localhost", "--jsn"]);
    assert_eq!(typo.code, 2);
    assert!(typo.err.contains("a similar argument exists: '--json'"));
    let long = place.run(&["explain", &"x".repeat(100_000)]);
    assert!(long.err.ends_with("; `sickbay explain` lists all codes\n") && long.err.len() < 200);
    let unset = place
        .command(&["audit", "verify"])
        .env("SICKBAY_CONFIG", "")
        .output()
        .unwrap();
    assert_eq!(Said::of(&unset, place.path()).code, 0);
    let nothing = place.run(&[]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.err.contains("sickbay diagnose localhost"));
}

#[test]
fn proposals_that_are_none() {
    let place = Place::new();
    for verb in ["approve", "reject", "dry-run", "rollback"] {
        let said = place.run(&[verb, "k7f3qa-1"]);
        assert_eq!(
            (said.code, said.out.trim()),
            (
                2,
                "there is no proposal k7f3qa-1; `sickbay proposals` lists those that wait"
            ),
            "{verb}: {}",
            said.err
        );
        let said = place.run(&[verb, "k7f3qa-1", "--json"]);
        let value: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(
            (said.code, &value["outcome"], &value["version"]),
            (2, &"refused".into(), &1.into()),
            "{verb}"
        );
    }
}

#[test]
fn symptoms_of_every_kind() {
    let place = Place::new();
    place.check(
        &["diagnose", "localhost", "--symptom", &"x".repeat(100_000)],
        2,
        "sickbay: the symptom is 100000 characters long and may have 4000; say it in a few sentences",
    );
    let config = place.file("config", "Host gone\n  HostName 127.0.0.1\n  Port 1\n");
    let tell = |symptom: &str| {
        let said = place.run(&[
            "diagnose",
            "gone",
            "--ssh-config",
            &config,
            "--symptom",
            symptom,
        ]);
        assert_eq!(said.code, 3, "{}", said.err);
        let incident = said.out.trim_end().rsplit(' ').next().unwrap().to_owned();
        let told = place.run(&["incident", "timeline", &incident]);
        let shown = place.run(&["incident", "show", &incident]);
        assert_eq!((told.code, shown.code), (0, 0), "{}{}", told.err, shown.err);
        told.out.lines().next().unwrap().to_owned()
    };
    assert!(tell("").ends_with("asked about gone"));
    assert!(tell("  it is down  ").ends_with("asked about gone: it is down"));
    assert!(
        tell("a\x1b[2Jb\x07 password=hunter2 网站打不开")
            .contains("gone: a·[2Jb· password=[redacted-"),
    );
    // What a person types spoils neither the list nor the chain.
    let listed = place.run(&["incident", "list", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(value["incidents"].as_array().map(Vec::len), Some(3));
    assert_eq!(place.run(&["audit", "verify"]).code, 0);
}
