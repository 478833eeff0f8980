//! One fault on four kinds of account: agentless with sudo, enrolled, without sudo, and root. What may be seen and done differs.

mod stolen;

use std::path::PathBuf;

use serde_json::Value;

use crate::lab::{Host, both, lab_dir, root};

const PREPARE: &str = "systemctl enable --now nginx; eventually 20 curl -fs http://127.0.0.1/";
const INJECT: &str = "chmod 0644 /usr/sbin/nginx; systemctl restart nginx || true";
const SAME: &str = "stat -c '%n %a %U %G' /usr/sbin/nginx; systemctl is-enabled nginx";

/// Settings in which the host is reached as an account and root is got in one way. Root at the terminal may approve.
fn settings(host: &Host, user: &str, privilege: &str) -> String {
    let path = host.state.path().join(format!("{user}-{privilege}.toml"));
    let text = format!(
        "version = 1\n[people.ana]\nuids = [0]\n[[policy]]\nrisk = [\"low\", \"medium\"]\nhosts = \"all\"\n\
         approvers = [\"ana\"]\nrequester = true\n[hosts.{}]\nuser = \"{user}\"\nprivilege = \"{privilege}\"\n",
        host.name
    );
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn broken(name: &str) -> Host {
    let host = Host::up(name, "systemd");
    host.must("prepare", PREPARE);
    host.must("inject", INJECT);
    host
}

fn texts(value: &Value, list: &str, key: &str) -> Vec<String> {
    let all = value[list].as_array().unwrap();
    all.iter()
        .map(|one| one[key].as_str().unwrap_or("").to_owned())
        .collect()
}

/// Looks, and gives the host's part of the answer; the fault is found as what it is on every account.
#[track_caller]
fn diagnose(host: &Host, settings: &str) -> Value {
    let (code, seen) = host.sickbay(&["--config", settings, "diagnose", &host.name]);
    assert_eq!(code, 1, "{seen:#}");
    let found = texts(&seen["hosts"][0], "findings", "code");
    assert_eq!(
        found[..2],
        ["unit.exec_permission", "unit.failed"],
        "{seen:#}"
    );
    seen
}

/// Approves what is offered, looks whether the site works, undoes it, and looks whether the host is as it was.
#[track_caller]
fn there_and_back(host: &Host, settings: &str, privilege: &str) {
    let before = host.must("same", SAME);
    let seen = diagnose(host, settings);
    let proposal = &seen["hosts"][0]["proposals"][0];
    assert_eq!(proposal["runbook"], "unit-exec-permission", "{seen:#}");
    let id = proposal["id"].as_str().unwrap();
    let (code, outcome) = host.sickbay(&["--config", settings, "approve", id]);
    assert_eq!(
        (code, &outcome["outcome"]),
        (0, &"verified".into()),
        "{outcome:#}"
    );
    host.must("check", "eventually 3 curl -fs -m 2 http://127.0.0.1/");
    let (code, undone) = host.sickbay(&["--config", settings, "rollback", id]);
    assert_eq!(
        (code, &undone["outcome"]),
        (0, &"verified".into()),
        "{undone:#}"
    );
    assert_eq!(before, host.must("same", SAME), "{privilege}");
    let (code, audit) = host.sickbay(&["audit", "verify"]);
    assert_eq!(code, 0, "{audit:#}");
}

#[test]
#[ignore = "needs the lab"]
fn agentless_with_sudo() {
    let mut host = broken("it-way-sudo");
    there_and_back(&host, &settings(&host, "ops", "auto"), "sudo");

    // As deploy/ssh has it: an account that may run one shell, and a key that is good for that alone.
    let sudoers = std::fs::read_to_string(root().join("deploy/ssh/sudoers-agentless")).unwrap();
    let sudoers = sudoers
        .replace("Defaults:sickbay", "Defaults:plain")
        .replace("\nsickbay ", "\nplain ");
    host.must(
        "sudoers",
        &format!("cat >/etc/sudoers.d/sickbay <<'END'\n{sudoers}\nEND\nchmod 0440 /etc/sudoers.d/sickbay; visudo -cq"),
    );
    let refused = host.run("su plain -c 'sudo -n id'");
    assert!(!refused.status.success(), "{}", both(&refused));
    let keys = "/home/plain/.ssh/authorized_keys";
    host.must(
        "a key for root's shell",
        &format!("sed -i 's|^|restrict,command=\"sudo -n /bin/sh -s\" |' {keys}"),
    );
    // Another Sickbay: the first would wait before it does the same once more.
    host.state = tempfile::tempdir().unwrap();
    let plain = settings(&host, "plain", "auto");
    host.must("inject again", INJECT);
    there_and_back(&host, &plain, "sudo, by a forced command");

    // A key that looks and never changes, though the account could.
    host.must(
        "a key to look with",
        &format!("sed -i 's|sudo -n /bin/sh|/bin/sh|' {keys}"),
    );
    host.must("inject again", INJECT);
    let seen = diagnose(&host, &plain);
    assert_eq!(seen["hosts"][0]["proposals"], Value::Array(Vec::new()));
    host.must(
        "nothing of ours is installed",
        "! ls /usr/local/libexec/sickbay-*",
    );
}

#[test]
#[ignore = "needs the lab"]
fn as_root() {
    let host = broken("it-way-root");
    let settings = settings(&host, "root", "auto");
    there_and_back(&host, &settings, "root");
}

#[test]
#[ignore = "needs the lab"]
fn without_sudo() {
    let host = broken("it-way-none");
    let plain = settings(&host, "plain", "auto");
    let seen = diagnose(&host, &plain);
    let part = &seen["hosts"][0];
    // The same questions, those included of which root would see more.
    let root = diagnose(&host, &settings(&host, "root", "auto"));
    let asked = |seen: &Value| {
        let mut probes = texts(&seen["hosts"][0], "evidence", "probe");
        probes.sort();
        probes
    };
    assert_eq!(asked(&seen), asked(&root));
    assert_eq!(part["proposals"], Value::Array(Vec::new()));
    let withheld = seen["withheld"].as_array().unwrap();
    assert!(
        withheld.iter().any(|why| why.as_str().unwrap().ends_with(
            "(f-1): plain has no way to become root on it-way-none; allow `sudo -n` or enrol the host"
        )),
        "{withheld:#?}"
    );
    let unseen = part["could_not_check"].as_array().unwrap();
    let needs: Vec<&Value> = unseen
        .iter()
        .filter(|one| one["why"].as_str().unwrap().starts_with("needs root: "))
        .collect();
    assert!(needs.len() >= 3, "{unseen:#?}");
    for one in &needs {
        assert_eq!(
            one["try"],
            "allow `sudo -n` for the user, or enrol the host, and look again"
        );
    }
    // What root sees, a plain user must not be said to have seen.
    assert!(
        needs.len()
            > root["hosts"][0]["could_not_check"]
                .as_array()
                .unwrap()
                .len()
    );

    let none = settings(&host, "ops", "none");
    let seen = diagnose(&host, &none);
    let withheld = seen["withheld"][0].as_str().unwrap();
    assert!(
        withheld.ends_with("the settings say `privilege = \"none\"` for it"),
        "{withheld}"
    );
}

/// An ssh configuration of a stranger: it knows how to reach the host and nobody's key.
fn stranger(host: &Host) -> PathBuf {
    let path = host.state.path().join("ssh_config");
    let text = format!(
        "Host {}\n  HostName {}\n  IdentityFile {}\n  IdentitiesOnly yes\n  UserKnownHostsFile {}\n",
        host.name,
        host.address(),
        lab_dir().join("key").display(),
        host.state.path().join("nobody").display()
    );
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
#[ignore = "needs the lab"]
fn enrolled_with_a_key_that_runs_two_programs() {
    let mut host = broken("it-way-enrolled");
    host.ssh_config = Some(stranger(&host));
    let conf = settings(&host, "enrolled", "enrolled");
    let sickbay = |args: &[&str]| {
        let mut all = vec!["--config", conf.as_str()];
        all.extend(args);
        let out = host.command(&all).output().unwrap();
        (out.status.code().unwrap(), both(&out))
    };
    let name = host.name.as_str();

    // Nobody's key is taken on trust, not even for an installation.
    let (code, said) = sickbay(&["hosts", "enrol", name, "--install", "--login", "ops"]);
    assert!(
        code == 2 && said.contains("there is no terminal to ask at"),
        "{code} {said}"
    );
    let (code, said) = sickbay(&["hosts", "enrol", name, "--fingerprint", "SHA256:AAAA"]);
    assert!(
        code == 1 && said.contains("nothing was trusted"),
        "{code} {said}"
    );
    let (code, said) = sickbay(&["diagnose", name]);
    assert!(
        code == 3 && said.contains("is not known here"),
        "{code} {said}"
    );
    let own = host.must(
        "its key",
        "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
    );
    let own = own.split_whitespace().nth(1).unwrap();
    let (code, said) = sickbay(&["hosts", "enrol", name, "--fingerprint", own]);
    assert!(
        code == 0 && said.contains("1 key is trusted"),
        "{code} {said}"
    );

    // Without the helpers it is a plain account, and that is said.
    let (code, said) = sickbay(&["hosts", "check", name]);
    assert!(
        code == 0 && said.contains("warn  sudo") && said.contains("probes run as enrolled and fixes are not offered; run `sickbay hosts enrol it-way-enrolled --install`"),
        "{code} {said}"
    );
    let seen = diagnose(&host, &conf);
    let unseen = &seen["hosts"][0]["could_not_check"][0];
    assert!(
        unseen["why"]
            .as_str()
            .unwrap()
            .contains("its helpers do not answer"),
        "{unseen:#}"
    );
    let withheld = seen["withheld"][0].as_str().unwrap();
    assert!(
        withheld.contains("its helpers do not answer; run `sickbay hosts enrol"),
        "{withheld}"
    );

    // The account itself may not install them; one that may can.
    let (code, said) = sickbay(&["hosts", "enrol", name, "--install"]);
    assert!(
        code == 1 && said.contains("the helpers were not installed") && said.contains("--login"),
        "{code} {said}"
    );
    let (code, said) = sickbay(&[
        "hosts",
        "enrol",
        name,
        "--install",
        "--login",
        "ops",
        "--account",
        "nobody-here",
    ]);
    assert!(
        code == 1 && said.contains("there is no account nobody-here"),
        "{code} {said}"
    );
    let (code, said) = sickbay(&[
        "hosts",
        "enrol",
        name,
        "--install",
        "--login",
        "ops",
        "--account",
        "a,ALL",
    ]);
    assert!(code == 2, "{code} {said}");
    let (code, said) = sickbay(&[
        "hosts",
        "enrol",
        name,
        "--install",
        "--login",
        "ops",
        "--account",
        "ops",
    ]);
    assert!(
        code == 0 && said.contains("note: ops may also run /bin/sh as root"),
        "{code} {said}"
    );
    let (code, said) = sickbay(&["hosts", "enrol", name, "--install", "--login", "ops"]);
    assert!(
        code == 0 && said.contains("sudo lets enrolled run them") && !said.contains("note:"),
        "{code} {said}"
    );
    let owned = host.must("owners", "stat -c '%U:%G %a %n' /usr/local/libexec/sickbay-* /etc/sudoers.d/sickbay; ls -A /usr/local/libexec /etc/sudoers.d");
    for file in [
        "root:root 755 /usr/local/libexec/sickbay-gate",
        "root:root 755 /usr/local/libexec/sickbay-guard",
        "root:root 755 /usr/local/libexec/sickbay-probe",
        "root:root 440 /etc/sudoers.d/sickbay",
    ] {
        assert!(owned.contains(file), "{owned}");
    }
    assert!(
        !owned.contains(".sickbay"),
        "nothing is left lying: {owned}"
    );
    host.must(
        "the key",
        "sed -i 's|^|restrict,command=\"/usr/local/libexec/sickbay-gate\" |' /home/enrolled/.ssh/authorized_keys",
    );

    let (code, said) = sickbay(&["hosts", "check", name]);
    assert!(
        code == 0
            && said.contains("enrolled: guard and probes of version")
            && !said.contains("warn"),
        "{code} {said}"
    );
    there_and_back(&host, &conf, "enrolled");
    host.must("inject again", INJECT);
    host.must(
        "who asked is recorded",
        "[ \"$(cat /var/lib/sickbay/runs/*/by | sort -u)\" = \"$(id -u enrolled)\" ]",
    );
    let seen = diagnose(&host, &conf);
    let unseen = seen["hosts"][0]["could_not_check"].to_string();
    assert!(!unseen.contains("needs root"), "{unseen}");

    // Outdated helpers go on to serve, and it is said.
    host.must(
        "age",
        "sed -i 's/^VERSION=.*/VERSION=0123456789abcdef/' /usr/local/libexec/sickbay-probe",
    );
    let seen = diagnose(&host, &conf);
    let unseen = &seen["hosts"][0]["could_not_check"][0];
    assert!(
        unseen["why"]
            .as_str()
            .unwrap()
            .contains("are of version 0123456789abcdef, and this Sickbay's are"),
        "{unseen:#}"
    );
    assert_eq!(
        unseen["try"],
        "sickbay hosts enrol it-way-enrolled --install"
    );
    let (code, said) = sickbay(&["hosts", "check", name]);
    assert!(
        code == 0 && said.contains("warn  sudo") && said.contains("version 0123456789abcdef"),
        "{code} {said}"
    );
    let (code, said) = sickbay(&["hosts", "enrol", name, "--install", "--login", "ops"]);
    assert_eq!(code, 0, "{said}");
    host.must(
        "age",
        "sed -i 's/^  VERSION=.*/  VERSION=1/' /usr/local/libexec/sickbay-guard",
    );
    let (code, said) = sickbay(&["hosts", "check", name]);
    assert!(
        code == 0 && said.contains("the guard on it-way-enrolled is of another version"),
        "{code} {said}"
    );

    stolen::can_do_no_more_than_the_verbs(&host);
}
