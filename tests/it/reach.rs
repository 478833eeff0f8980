//! Ways to a host that only ssh's own configuration knows: through another host, by certificates, with an agent; and where
//! `hosts check` stops when a step of the way fails.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::lab::{Host, both, lab, lab_dir};

/// A command that must work; gives its standard output.
#[track_caller]
fn tool(program: &str, args: &[&str]) -> String {
    let out = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(out.status.success(), "{program} {args:?}: {}", both(&out));
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

fn keygen(path: &Path) -> String {
    tool(
        "ssh-keygen",
        &[
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-f",
            &path.display().to_string(),
        ],
    );
    std::fs::read_to_string(path.with_extension("pub"))
        .unwrap()
        .trim()
        .to_owned()
}

/// What `sickbay ARGS` says, with its exit code.
fn says(host: &Host, args: &[&str]) -> (i32, String) {
    let out = host.command(args).output().unwrap();
    (out.status.code().unwrap(), both(&out))
}

/// The lines of `hosts check`, without what differs from run to run.
fn check(host: &Host, target: &str) -> String {
    let (_, said) = says(host, &["hosts", "check", target]);
    let mut text = String::new();
    for line in said.lines() {
        let mut line = line.replace(&host.address(), "ADDRESS");
        for word in line.clone().split([' ', '(', ')', ',', ';']) {
            if word.starts_with("SHA256:") {
                line = line.replace(word, "SHA256:…");
            }
        }
        if let Some(at) = line.find("OpenSSH_") {
            line.truncate(at + "OpenSSH".len());
        }
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    text
}

/// Gives a host a key of its own, where those of the image are everybody's.
pub(crate) fn with_own_key(host: &Host) -> String {
    host.must(
        "a key of its own",
        "rm -f /etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key; systemctl restart ssh; eventually 10 sh -c \"ssh-keyscan -t ed25519 127.0.0.1 2>/dev/null | grep -q ssh-ed25519\"",
    );
    // The lab goes on to know it.
    let scanned = tool("ssh-keyscan", &["-t", "ed25519", &host.address()]);
    let line = format!("{},{scanned}\n", host.name);
    let pieces = lab_dir().join("run").join(&host.name);
    std::fs::write(pieces.join("known_hosts"), line).unwrap();
    key_of(host)
}

fn key_of(host: &Host) -> String {
    let key = host.must(
        "its key",
        "cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub",
    );
    key.trim().to_owned()
}

/// `SHA256:…` of a public key.
fn fingerprint(key: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key.pub");
    std::fs::write(&file, key).unwrap();
    let said = tool("ssh-keygen", &["-lf", &file.display().to_string()]);
    said.split(' ').nth(1).unwrap().to_owned()
}

fn write(host: &mut Host, config: &str) -> PathBuf {
    let path = host.state.path().join("ssh_config");
    std::fs::write(&path, config).unwrap();
    host.ssh_config = Some(path.clone());
    path
}

#[test]
#[ignore = "needs the lab"]
fn through_another_host_both_keys_strict() {
    let bastion = Host::up("it-jump-bastion", "systemd");
    let mut inner = Host::up("it-jump-inner", "systemd");
    let linked = lab(&["link", &bastion.name, &inner.name]);
    let behind = both(&linked).trim().to_owned();
    let (outer_key, inner_key) = (key_of(&bastion), with_own_key(&inner));
    let known = inner.state.path().join("known");
    let config = format!(
        "Host it-jump-inner\n  HostName {behind}\n  ProxyJump it-jump-bastion\n\
         Host it-jump-bastion\n  HostName {}\n\
         Host it-jump-*\n  User ops\n  IdentityFile {}\n  IdentitiesOnly yes\n  UserKnownHostsFile {}\n",
        bastion.address(),
        lab_dir().join("key").display(),
        known.display()
    );
    write(&mut inner, &config);
    let outer = format!("{} {outer_key}\n", bastion.address());
    let own = format!("{behind} {inner_key}\n");
    let trust = |lines: &[&str]| std::fs::write(&known, lines.concat()).unwrap();

    trust(&[&outer, &own]);
    let (code, seen) = inner.sickbay(&["diagnose", "it-jump-inner"]);
    let machine = seen["hosts"][0]["evidence"].to_string();
    assert!(code < 2 && machine.contains("it-jump-inner"), "{seen:#}");
    let from = behind.replace(|c: char| !c.is_ascii_digit() && c != '.', "");
    let from = format!("{}.1", from.rsplit_once('.').unwrap().0);
    inner.must(
        "it came from there",
        &format!("journalctl -u ssh | grep 'Accepted publickey for ops from {from} '"),
    );
    let (code, said) = says(&inner, &["hosts", "check", "it-jump-inner"]);
    assert!(
        code == 0 && said.contains(&fingerprint(&inner_key)),
        "{said}"
    );

    // Neither key is taken on trust, and the right one is named.
    trust(&[&own]);
    let (code, said) = says(&inner, &["diagnose", "it-jump-inner"]);
    assert!(
        code == 3 && said.contains("of it-jump-bastion is not known here"),
        "{code} {said}"
    );
    trust(&[&outer]);
    let (code, said) = says(&inner, &["diagnose", "it-jump-inner"]);
    assert!(
        code == 3 && said.contains("of it-jump-inner is not known here"),
        "{code} {said}"
    );
    trust(&[&outer, &format!("{behind} {outer_key}\n")]);
    let (code, said) = says(&inner, &["hosts", "check", "it-jump-inner"]);
    assert!(
        code == 3
            && said.contains("STOP  host key")
            && said.contains("the host key of it-jump-inner CHANGED"),
        "{code} {said}"
    );
    trust(&[&format!("{} {inner_key}\n", bastion.address()), &own]);
    let (code, said) = says(&inner, &["diagnose", "it-jump-inner"]);
    assert!(
        code == 3 && said.contains("the host key of it-jump-bastion CHANGED"),
        "{code} {said}"
    );

    // A host behind another is enrolled through it.
    trust(&[&outer]);
    let (code, said) = says(
        &inner,
        &[
            "hosts",
            "enrol",
            "it-jump-inner",
            "--fingerprint",
            &fingerprint(&inner_key),
        ],
    );
    assert_eq!(code, 0, "{said}");
    let (code, said) = says(&inner, &["diagnose", "it-jump-inner"]);
    assert!(code < 2, "{code} {said}");
}

#[test]
#[ignore = "needs the lab"]
fn by_certificates_and_with_an_agent() {
    let mut host = Host::up("it-certificates", "systemd");
    let config = write(&mut host, "");
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    keygen(&dir.path().join("key"));
    let users = keygen(&dir.path().join("users"));
    let hosts = keygen(&dir.path().join("hosts"));
    std::fs::write(at("host.pub"), key_of(&host)).unwrap();
    host.must(
        "trust the authority of users alone",
        &format!("echo '{users}' >/etc/ssh/users.pub; rm /home/ops/.ssh/authorized_keys; echo 'TrustedUserCAKeys /etc/ssh/users.pub' >>/etc/ssh/sshd_config; systemctl reset-failed ssh; systemctl restart ssh"),
    );
    let certify = |principal: &str, valid: &str| {
        tool(
            "ssh-keygen",
            &[
                "-q",
                "-s",
                &at("hosts"),
                "-h",
                "-I",
                "lab",
                "-n",
                principal,
                "-V",
                valid,
                &at("host.pub"),
            ],
        );
        let certificate = std::fs::read_to_string(at("host-cert.pub")).unwrap();
        host.must(
            "its certificate",
            &format!("echo '{certificate}' >/etc/ssh/host-cert.pub; grep -q HostCert /etc/ssh/sshd_config || echo 'HostCertificate /etc/ssh/host-cert.pub' >>/etc/ssh/sshd_config; systemctl reset-failed ssh; systemctl restart ssh"),
        );
    };
    let enter = |principal: &str, valid: &str| {
        tool(
            "ssh-keygen",
            &[
                "-q",
                "-s",
                &at("users"),
                "-I",
                "ana",
                "-n",
                principal,
                "-V",
                valid,
                &at("key.pub"),
            ],
        );
    };
    let known = host.state.path().join("known");
    let vouched = format!("@cert-authority * {hosts}\n");
    std::fs::write(&known, &vouched).unwrap();
    let address = host.address();
    let common = format!(
        "Host it-certificates\n  HostName {address}\n  User ops\n  UserKnownHostsFile {}\n",
        known.display()
    );
    certify(&address, "-5m:+1h");
    enter("ops", "-5m:+1h");
    std::fs::write(
        &config,
        format!(
            "{common}  IdentityFile {}\n  IdentitiesOnly yes\n",
            at("key")
        ),
    )
    .unwrap();
    let (code, said) = says(&host, &["diagnose", "it-certificates"]);
    assert!(code < 2, "{code} {said}");
    let walk = check(&host, "it-certificates");
    assert!(
        walk.contains("  ok    host key      SHA256:…\n") && !walk.contains("STOP"),
        "{walk}"
    );

    // A certificate for somebody else, and one that is over.
    for (principal, valid) in [("root", "-5m:+1h"), ("ops", "-2h:-1h")] {
        enter(principal, valid);
        let walk = check(&host, "it-certificates");
        assert!(
            walk.ends_with("  STOP  authenticate  it-certificates: not let in (ops@ADDRESS: Permission denied (publickey,password).); check the user, the key and the host's authorized_keys\n"),
            "{walk}"
        );
    }
    enter("ops", "-5m:+1h");
    for (principal, valid, why) in [
        ("elsewhere", "-5m:+1h", "name is not a listed principal"),
        (address.as_str(), "-2h:-1h", "expired"),
    ] {
        certify(principal, valid);
        let walk = check(&host, "it-certificates");
        let stop = format!(
            "  STOP  host key      it-certificates: the host certificate of it-certificates does not hold ({why}); renew it there, or trust the key itself with `sickbay hosts enrol it-certificates`\n"
        );
        assert!(walk.ends_with(&stop), "{walk}");
    }
    certify(&address, "-5m:+1h");
    std::fs::write(&known, format!("{vouched}@revoked * {}\n", key_of(&host))).unwrap();
    let walk = check(&host, "it-certificates");
    assert!(walk.contains("STOP  host key      it-certificates: the host key SHA256:… of it-certificates is REVOKED"), "{walk}");
    std::fs::write(&known, format!("@cert-authority * {users}\n")).unwrap();
    let walk = check(&host, "it-certificates");
    assert!(walk.contains("STOP  host key      it-certificates: the host key SHA256:… of it-certificates is not known here"), "{walk}");

    // The agent has the key and its certificate; no file is named.
    std::fs::write(&known, &vouched).unwrap();
    std::fs::write(&config, &common).unwrap();
    let socket = at("agent");
    let mut agent = Command::new("ssh-agent")
        .args(["-D", "-a", &socket])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let with_agent = || {
        let out = host
            .command(&["diagnose", "it-certificates"])
            .env("SSH_AUTH_SOCK", &socket)
            .env("HOME", dir.path())
            .output()
            .unwrap();
        (out.status.code().unwrap(), both(&out))
    };
    let listening = (0..500).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        Path::new(&socket).exists()
    });
    let (without, _) = with_agent();
    let out = Command::new("ssh-add")
        .arg(at("key"))
        .env("SSH_AUTH_SOCK", &socket)
        .output()
        .unwrap();
    let (with, said) = with_agent();
    let _gone = agent.kill();
    let _gone = agent.wait();
    assert!(listening && out.status.success(), "{}", both(&out));
    assert!(without == 3 && with < 2, "{without} {with} {said}");
}

#[test]
#[ignore = "needs the lab"]
fn each_step_of_the_way_says_where_it_stops() {
    let mut host = Host::up("it-check", "systemd");
    let key = lab_dir().join("key").display().to_string();
    let other = host.state.path().join("other");
    keygen(&other);
    let (good, bad) = (
        host.state.path().join("good"),
        host.state.path().join("bad"),
    );
    std::fs::write(&good, format!("{} {}\n", host.address(), key_of(&host))).unwrap();
    let wrong = std::fs::read_to_string(other.with_extension("pub")).unwrap();
    std::fs::write(&bad, format!("{} {wrong}", host.address())).unwrap();
    host.must(
        "an account without a shell",
        "usermod -s /usr/sbin/nologin plain",
    );
    let config = format!(
        "Host nowhere\n  HostName nowhere.invalid\nHost closed\n  Port 81\nHost unknown\n  UserKnownHostsFile /dev/null\n\
         Host changed\n  UserKnownHostsFile {}\nHost stranger\n  IdentityFile {}\nHost noshell\n  User plain\n\
         Host nosudo\n  User enrolled\nHost fine\n  User ops\nHost root\n  User root\n\
         Host *\n  HostName {}\n  User ops\n  IdentityFile {key}\n  IdentitiesOnly yes\n  UserKnownHostsFile {}\n",
        bad.display(),
        other.display(),
        host.address(),
        good.display()
    )
    .replace("Host stranger\n  IdentityFile", "Host stranger\n  User nobody\n  IdentityFile");
    write(&mut host, &config);
    let state = host.state.path().display().to_string();
    let mut all = String::new();
    for target in [
        "nowhere", "closed", "unknown", "changed", "stranger", "noshell", "nosudo", "fine", "root",
    ] {
        all.push_str(&check(&host, target).replace(&state, "STATE"));
    }
    host.must(
        "a clock that is wrong",
        "mv /usr/bin/date /usr/bin/date.real; printf '#!/bin/sh\\ncase $1 in +%%s) echo $(($(/usr/bin/date.real +%%s) - 3600)) ;; *) exec /usr/bin/date.real \"$@\" ;; esac\\n' >/usr/bin/date; chmod 755 /usr/bin/date",
    );
    all.push_str(&check(&host, "fine"));
    insta::assert_snapshot!(all);
    let (code, said) = says(&host, &["hosts", "check", "nosuda"]);
    assert!(
        code == 2 && said.contains("nosudo"),
        "the nearest names: {said}"
    );
}
