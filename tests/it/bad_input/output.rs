//! Where the output goes is input too: a reader that went away, a full disk, no output at all.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::process::Stdio;

use super::{Place, Said};

/// Commands with much output, without a host.
const TALKATIVE: [&[&str]; 4] = [
    &["explain"],
    &["runbook", "list"],
    &["--help"],
    &["explain", "--json"],
];

#[test]
fn a_reader_that_went_away_is_no_error() {
    let place = Place::new();
    for args in TALKATIVE {
        let mut child = place
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        let code = child.wait().unwrap().code();
        assert_eq!((code, err.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn output_that_is_lost_is_said() {
    let place = Place::new();
    for args in TALKATIVE {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = place.command(args).stdout(full).output().unwrap();
        let said = Said::of(&output, place.path());
        assert_eq!(said.code, 2, "{args:?}");
        let line = "sickbay: the output could not be written: No space left on device";
        assert!(said.err.starts_with(line), "{args:?}: {}", said.err);
    }
}

#[test]
fn a_diagnosis_survives_its_reader() {
    let place = Place::new();
    let config = place.file("config", "Host gone\n  HostName 127.0.0.1\n  Port 1\n");
    let mut child = place
        .command(&["diagnose", "gone", "--ssh-config", &config, "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(3));
    // What was seen is in the journal, whoever went away.
    let listed = place.run(&["incident", "list"]);
    assert!(
        listed.out.contains("could not be reached"),
        "{}",
        listed.out
    );
}

#[test]
fn nothing_that_is_printed_steers_a_terminal() {
    // `Place::run` looks at every byte that is printed; here is what else could bring such bytes along.
    let place = Place::new();
    let page =
        place.run(&["runbook", "new", "my-page"]).out + "\n\x1b[2J\x1b]0;owned\x07 \u{9b}2J\n";
    place.file("mine/my-page.md", page);
    let shown = place.run(&[
        "runbook",
        "show",
        "my-page",
        "--runbooks",
        &place.at("mine"),
    ]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("·[2J·]0;owned· ·2J"), "{}", shown.out);
    let error = place.run(&["hosts", "list", "--config", "\x1b[2J\u{9b}31m"]);
    assert_eq!(error.code, 2);
    assert!(error.err.contains("·[2J·31m"), "{}", error.err);
    // In JSON such a character is kept, escaped.
    let odd = place.file("odd\u{9b}\u{7f}", "Host web1\n");
    let listed = place.run(&["hosts", "list", "--ssh-config", &odd, "--json"]);
    assert!(!listed.out.contains(['\u{9b}', '\u{7f}']), "{}", listed.out);
    let value: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    let declared = value["hosts"][0]["declared"].as_str().unwrap();
    assert!(declared.contains("odd\u{9b}\u{7f}"), "{declared:?}");
}
