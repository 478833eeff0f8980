//! Hosts that cannot be reached, die half-way, or answer with what no probe should.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::sshd::{Sshd, config, fingerprint, know, silent};
use super::{Place, Said};
use crate::schema;

/// Diagnoses `h`, in JSON and in words; both must say the same, with exit code 3.
#[track_caller]
fn unreachable(place: &Place, port: u16, key: &str, sentence: &str) {
    let config = config(place, port, key);
    let said = place.run(&["diagnose", "h", "--ssh-config", &config]);
    let first = said.out.lines().next().unwrap_or("");
    let mut shown = first.replace(&format!("port {port}"), "port PORT");
    if std::path::Path::new(&place.at("host_key")).exists() {
        shown = shown.replace(&fingerprint(place, "host_key.pub"), "SHA256:OFFERED");
    }
    assert_eq!((said.code, shown.as_str()), (3, sentence), "{}", said.err);
    let said = place.run(&["diagnose", "h", "--ssh-config", &config, "--json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    schema::holds(&value);
    assert_eq!(said.code, 3);
    assert_eq!(value["hosts"][0]["status"], "unreachable");
    let walk = place.run(&["hosts", "check", "h", "--ssh-config", &config]);
    assert_eq!(walk.code, 3);
    assert!(walk.out.contains("STOP"), "{}", walk.out);
    assert_eq!(place.run(&["audit", "verify"]).code, 0);
}

#[test]
fn nobody_listens() {
    let place = Place::new();
    place.file("key", "");
    unreachable(
        &place,
        1,
        "key",
        "h could not be reached: no connection (connect to host 127.0.0.1 port PORT: Connection refused); is it up, is sshd running, does a firewall stand between?",
    );
}

#[test]
fn an_unreadable_key() {
    let place = Place::new();
    let Some(sshd) = Sshd::start(&place, "") else {
        return;
    };
    let open = place.file("open", std::fs::read(place.at("key")).unwrap());
    std::fs::set_permissions(&open, PermissionsExt::from_mode(0o644)).unwrap();
    unreachable(
        &place,
        sshd.port,
        "open",
        "h could not be reached: the private key cannot be used (Permissions 0644 for 'DIR/open' are too open.); check the file, its owner and its mode.",
    );
    let broken = place.file("broken", "-----BEGIN OPENSSH PRIVATE KEY-----\nnothing\n");
    std::fs::set_permissions(&broken, PermissionsExt::from_mode(0o600)).unwrap();
    unreachable(
        &place,
        sshd.port,
        "broken",
        "h could not be reached: the private key cannot be used (Load key \"DIR/broken\": error in libcrypto); check the file, its owner and its mode.",
    );
}

#[test]
fn a_changed_host_key() {
    let place = Place::new();
    let Some(sshd) = Sshd::start(&place, "") else {
        return;
    };
    know(&place, sshd.port, "key.pub");
    let known = fingerprint(&place, "key.pub");
    unreachable(
        &place,
        sshd.port,
        "key",
        &format!(
            "h could not be reached: the host key of h CHANGED: known is {known}, offered is SHA256:OFFERED. Either the host was installed anew or somebody stands between; nothing was sent. When you know that it is right, remove the old key (DIR/known_hosts:1) and run `sickbay hosts enrol h`."
        ),
    );
}

#[test]
fn an_sshd_that_accepts_and_hangs() {
    let place = Place::new();
    place.file("key", "");
    let (_listener, port) = silent();
    unreachable(
        &place,
        port,
        "key",
        "h could not be reached: nothing more came for 8 s before its greeting; the host or its sshd may hang, or something else answers on that port.",
    );
}

#[test]
fn enrolling_a_host_that_does_not_answer() {
    let place = Place::new();
    let config = config(&place, 1, "key");
    let said = place.run(&["hosts", "enrol", "h", "--ssh-config", &config]);
    assert_eq!((said.code, said.out.as_str()), (3, ""), "{}", said.err);
    assert!(said.err.contains("Connection refused"), "{}", said.err);
}

/// Whether a probe is asked as root here, which is when it runs the program that these tests replace.
fn as_root() -> bool {
    let root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0;
    if !root {
        // The runner counts and names it.
        #[expect(clippy::print_stdout, reason = "what leaves itself out says so")]
        {
            println!("skipped: only root's probes run this program");
        }
    }
    root
}

/// A program of this name that stands before the real one on the host's path.
fn instead_of(place: &Place, program: &str, script: &str) -> String {
    let path = place.file(&format!("bin/{program}"), format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{}:{path}", place.at("bin"))
}

/// Diagnoses this machine with such a program; in JSON, which must hold.
fn with_program(place: &Place, program: &str, script: &str) -> (i32, Value) {
    let path = instead_of(place, program, script);
    let output = place
        .command(&["diagnose", "localhost", "--json"])
        .env("PATH", path)
        .output()
        .unwrap();
    let said = Said::of(&output, place.path());
    let value: Value = serde_json::from_str(&said.out).unwrap_or_else(|why| {
        panic!("no JSON ({why}), exit {}: {}", said.code, said.err);
    });
    schema::holds(&value);
    (said.code, value)
}

#[test]
fn a_host_that_dies_while_it_is_asked() {
    let place = Place::new();
    // The first probe that counts the disks ends the session that asks it, and all of its shells.
    let path = instead_of(
        &place,
        "df",
        "pid=$$; while [ \"$pid\" -gt 1 ]; do read -r _ _ _ up _ <\"/proc/$pid/stat\" || break; \
         case $(cat \"/proc/$pid/comm\") in sshd*) kill -KILL \"$pid\"; break;; esac; pid=$up; done; sleep 20",
    );
    let Some(sshd) = Sshd::start(&place, &format!("SetEnv PATH={path}")) else {
        return;
    };
    let config = config(&place, sshd.port, "key");
    let said = place.run(&["diagnose", "h", "--ssh-config", &config, "--json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    schema::holds(&value);
    assert_eq!(said.code, 3, "{value:#}");
    let host = &value["hosts"][0];
    assert!(
        host["status"] == "unknown" || host["status"] == "unreachable",
        "{}",
        host["status"]
    );
    assert!(
        !host["could_not_check"].as_array().unwrap().is_empty(),
        "what was lost is listed"
    );
}

#[test]
fn a_host_whose_essential_probes_cannot_run_is_unknown() {
    for script in ["exit 127", "echo nonsense >&2; exit 1", "exit 0"] {
        let place = Place::new();
        let (code, value) = with_program(&place, "df", script);
        let host = &value["hosts"][0];
        assert_eq!(
            (code, host["status"].as_str()),
            (3, Some("unknown")),
            "df that does `{script}`: {:#}",
            host["could_not_check"]
        );
    }
    let place = Place::new();
    let path = instead_of(&place, "df", "exit 127");
    let output = place
        .command(&["diagnose", "localhost"])
        .env("PATH", path)
        .output()
        .unwrap();
    let said = Said::of(&output, place.path());
    assert_eq!(said.code, 3);
    assert!(
        said.out
            .starts_with("localhost: too little could be read to say whether it is well."),
        "{}",
        said.out
    );
}

#[test]
fn a_probe_with_a_hundred_megabytes() {
    if !as_root() {
        return;
    }
    let place = Place::new();
    let (_, value) = with_program(
        &place,
        "iptables-save",
        "head -c 100000000 /dev/zero | tr '\\0' x",
    );
    let size = value.to_string().len();
    assert!(size < 4_000_000, "{size} bytes of JSON");
    let cut = value["hosts"][0]["could_not_check"]
        .as_array()
        .unwrap()
        .iter()
        .any(|one| {
            let why = one["why"].as_str().unwrap();
            why.contains("the answer was cut at") || why.contains("no answer within")
        });
    assert!(
        cut,
        "that it was cut is said: {}",
        value["hosts"][0]["could_not_check"]
    );
}

#[test]
fn output_that_is_no_text_and_steers_terminals() {
    let place = Place::new();
    let script = "printf 'PID \\033[2J\\033]0;owned\\007 \\377\\376 \\302\\233 \\342\\200\\256 @@END @RC 0 0 \\000 x\\r\\n'; exec /bin/df \"$@\"";
    let (code, value) = with_program(&place, "df", script);
    assert_ne!(code, 2);
    let text = value.to_string();
    assert!(text.contains("]0;owned"), "the text is kept");
    let raw = ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}'];
    let texts = value["hosts"][0]["evidence"].as_array().unwrap();
    for one in texts {
        assert!(!one["text"].as_str().unwrap().contains(raw));
    }
    let listed = place.run(&["incident", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    let id = listed["incidents"][0]["id"].as_str().unwrap();
    let shown = place.run(&["incident", "show", id, "--json"]);
    assert!(shown.out.contains("]0;owned") && shown.code == 0);
}
