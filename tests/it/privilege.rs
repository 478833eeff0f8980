//! One fault on four kinds of account: agentless with sudo, enrolled, without sudo, and root. What may be seen and done differs.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::lab::{Host, both, lab_dir};

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
    let host = broken("it-way-sudo");
    let settings = settings(&host, "ops", "auto");
    there_and_back(&host, &settings, "sudo");
    host.must(
        "nothing of ours is installed",
        "! ls /usr/local/libexec/sickbay-* /etc/sudoers.d/sickbay",
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

/// What somebody can do who has the key: ssh with it, and nothing of ours.
fn thief(host: &Host, options: &[&str], command: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new("timeout")
        .args([
            "20",
            "ssh",
            "-F",
            "/dev/null",
            "-o",
            "BatchMode=yes",
            "-l",
            "enrolled",
        ])
        .args([
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-o",
            "LogLevel=ERROR",
        ])
        .arg("-i")
        .arg(lab_dir().join("key"))
        .args(options)
        .arg(host.address())
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _gone = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
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

    stolen(&host);
}

/// The key by itself: two programs and their verbs, whatever is asked for.
fn stolen(host: &Host) {
    const GUARD: &str = "sudo -n /usr/local/libexec/sickbay-guard";
    let out = thief(host, &[], &[&format!("{GUARD} version")], "");
    assert!(out.status.success(), "the way in works: {}", both(&out));
    let canary = "/root/canary";
    for command in [
        "",
        "id",
        "sh",
        "/bin/sh -s",
        "sudo -n sh",
        "sudo -n /bin/sh -s",
        "sudo -n id",
        "sudo -n -u root id",
        "sudo -n /usr/local/libexec/sickbay-gate",
        "/usr/local/libexec/sickbay-guard version",
        "sudo -n /usr/local/libexec/sickbay-guard",
        "sudo -n /usr/local/libexec/sickbay-guard __run x 5",
        "sudo -n /usr/local/libexec/sickbay-guard __steps x",
        "sudo -n /usr/local/libexec/sickbay-guard gc 0",
        "sudo -n /usr/local/libexec/sickbay-guard --root /tmp status x",
        "sudo -n /usr/local/libexec/sickbay-guard version; touch /root/canary",
        "sudo -n /usr/local/libexec/sickbay-guard version\ntouch /root/canary",
        "sudo -n /usr/local/libexec/sickbay-guard status $(touch /root/canary)",
        "sudo -n /usr/local/libexec/sickbay-guard status ../../../etc",
        "sudo -n GUARD_ROOT=/tmp /usr/local/libexec/sickbay-guard version",
        "sudo -n -E /usr/local/libexec/sickbay-guard version",
        "sudo -n --preserve-env /usr/local/libexec/sickbay-guard version",
        "sudo -n /usr/local/libexec/sickbay-probe x",
        "sudo -n /usr/local/libexec/../libexec/sickbay-guard version",
        "scp -t /tmp",
        "internal-sftp",
        "true; id",
    ] {
        let input = "touch /root/canary\nid\n";
        let out = thief(host, &[], &[command], input);
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(
            !out.status.success() && !said.contains("uid="),
            "{command:?}: {}",
            both(&out)
        );
    }
    for options in [&["-s"][..], &["-t"], &["-N", "-W", "127.0.0.1:22"]] {
        let command: &[&str] = if options == ["-s"] { &["sftp"] } else { &[] };
        let out = thief(host, options, command, "");
        assert!(
            !out.status.success() && out.stdout.is_empty(),
            "{options:?}: {}",
            both(&out)
        );
    }
    // Behind the gate the programs judge again: what they are told is data.
    let nonce = "0123456789abcdef0123456789abcdef";
    for (input, says) in [
        (
            "touch /root/canary\n".to_owned(),
            "neither nonce, run nor end",
        ),
        (
            format!("nonce {nonce}\nrun 0 os.kind;touch /root/canary\n"),
            "do not belong there",
        ),
        (format!("nonce {nonce}\nrun 0 /bin/sh\nend\n"), "UNKNOWN 0"),
    ] {
        let out = thief(
            host,
            &[],
            &["sudo -n /usr/local/libexec/sickbay-probe"],
            &input,
        );
        assert!(both(&out).contains(says), "{input:?}: {}", both(&out));
    }
    for step in [
        "file.put /etc/cron.d/x 0644 *%20*%20*%20*%20*%20root%20id%0A",
        "file.put /home/enrolled/.ssh/authorized_keys 0600 x",
        "file.put /etc/sudoers.d/y 0440 x",
        "file.chmod /bin/bash 4755",
        "file.chown /etc/hostname 1001 1001 0",
        "sysctl.set kernel.core_pattern |/tmp/x",
        "unit.stop ssh.service",
        "shell.run id",
    ] {
        let text =
            format!("sickbay-steps 1\nid -\nexpires 9999999999\nboot -\nstep 1 {step}\nend\n");
        let out = thief(host, &[], &[&format!("{GUARD} preview")], &text);
        let said = both(&out);
        assert!(
            !said.contains("step 1 ok") && !said.contains("step 1 noop"),
            "{step}: {said}"
        );
    }
    host.must("nothing of it ran", &format!("! test -e {canary}"));

    // Without the gate, sudo alone decides the same.
    for command in [
        "sudo -n sh -c id",
        "sudo -n id",
        "sudo -n /usr/local/libexec/sickbay-guard __run x 5",
        "sudo -n GUARD_ROOT=/tmp /usr/local/libexec/sickbay-guard version",
        "sudo -n /usr/local/libexec/sickbay-probe x",
    ] {
        let out = host.run(&format!("su enrolled -c '{command}'"));
        assert!(!out.status.success(), "{command}: {}", both(&out));
    }
    host.must(
        "and lets the two through",
        &format!("su enrolled -c '{GUARD} version'"),
    );
}
