//! Signatures: every shipped one holds to its own examples, a wrong one says where it is wrong, and what real hosts said is
//! judged as it was.

use incident::probe::Answers;
use incident::{Ended, HostName, RawOutput, Span};
use proptest::prelude::*;

use super::Signatures;
use super::lines::files;
use super::load::fits;
use super::place::Place;
use super::port::Port;
use super::stamp::{Stamps, offset};
use crate::judge::drafts;
use crate::look::{Look, Window};
use crate::plan::next_wave;

#[test]
fn the_shipped_ones_are_right() {
    if let Err(error) = Signatures::check_shipped() {
        panic!("{error}");
    }
    match Signatures::shipped() {
        Ok(signatures) => assert!(
            signatures.len() >= 60,
            "only {} signatures",
            signatures.len()
        ),
        Err(error) => panic!("{error}"),
    }
}

const GOOD: &str = r#"version = 1

[[signature]]
id = "bind"
pattern = 'bind to (?P<port>\d+) failed'
code = "net.port_taken"
severity = "critical"
subject = "port:{port}/tcp"
title = "Port {port} is taken"
examples = ["bind to 80 failed"]
counter = ["bind to 80"]
"#;

#[test]
fn a_wrong_signature_says_where() {
    fn check(from: &str, to: &str, expected: &str) {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "the case changes nothing");
        let error = Signatures::parse("site.toml", &text)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    assert_eq!(Signatures::parse("site.toml", GOOD).unwrap().len(), 1);
    check(
        "version = 1",
        "version = 2",
        "site.toml:1: version 2 is not known; write `version = 1`",
    );
    check(
        "severity = \"critical\"",
        "severity = \"bad\"",
        "site.toml:7: unknown variant `bad`",
    );
    check(
        "severity",
        "severety",
        "site.toml:7: unknown field `severety`",
    );
    check(r"\d+)", r"\d+", "site.toml:5: pattern: regex parse error");
    check(
        "net.port_taken",
        "net.port_stolen",
        "site.toml:6: code \"net.port_stolen\" is not in the catalogue",
    );
    check(
        "port:{port}/tcp",
        "port:{number}/tcp",
        "site.toml:8: {number} is not captured by the pattern",
    );
    check(
        "port:{port}/tcp",
        "{port}",
        "site.toml:8: subject \"{port}\" has no kind",
    );
    check(
        "[\"bind to 80 failed\"]",
        "[]",
        "site.toml:10: there is no example",
    );
    check(
        "[\"bind to 80 failed\"]",
        "[\"bind\"]",
        "site.toml:10: the pattern does not fit its example",
    );
    check(
        "[\"bind to 80\"]",
        "[\"bind to 80 failed\"]",
        "site.toml:3: the pattern fits its counter-example",
    );
    check(
        "id = \"bind\"",
        "id = \"Bind\"",
        "site.toml:3: id \"Bind\" is not lower-case words with dashes",
    );
}

#[test]
fn a_site_replaces_ours_by_id_and_adds_its_own_codes() {
    let ours = Signatures::parse("ours.toml", GOOD).unwrap();
    let site = GOOD.replace("net.port_taken", "custom.port");
    let both = ours
        .with(Signatures::parse("site.toml", &site).unwrap())
        .unwrap();
    assert_eq!(both.len(), 1);
    assert_eq!(
        both.fitting("bind to 80 failed").next().unwrap().code,
        "custom.port"
    );
}

#[test]
fn times_are_found_however_they_are_written() {
    let stamps = Stamps::new();
    let now = 1_795_432_305_000;
    let check = |line: &str, expected: Option<i64>| {
        assert_eq!(
            stamps.find(line, 7200, now).map(|at| at / 1000),
            expected,
            "{line}"
        );
    };
    check(
        "2026/11/23 11:11:38 [error] 120#120: x",
        Some(1_795_425_098),
    );
    check(
        "2026-11-23 09:45:22.699 UTC [3567] LOG:  x",
        Some(1_795_427_122),
    );
    check("2026-11-23  9:45:21 0 [ERROR] x", Some(1_795_419_921));
    check("2026-11-23T11:11:38+01:00 web1 x", Some(1_795_428_698));
    check("3607:C 23 Nov 2026 09:45:26.538 # x", Some(1_795_419_926));
    check(
        "[Mon Nov 23 09:45:29.701437 2026] [core:error] x",
        Some(1_795_419_929),
    );
    check("[23-Nov-2026 09:45:30] WARNING: x", Some(1_795_419_930));
    check("Nov 23 09:45:30 web1 app[7]: x", Some(1_795_419_930));
    check("Dec 31 23:59:59 web1 app[7]: x", Some(1_767_218_399));
    check("no time here", None);
    check("2026-13-45 99:99:99 x", None);
    assert_eq!(
        (offset("+0530"), offset("-03:00"), offset("Z")),
        (19_800, -10_800, 0)
    );
}

#[test]
fn names_fit_patterns() {
    assert!(fits("php*-fpm.service", "php8.2-fpm.service"));
    assert!(fits("*", ""));
    assert!(!fits("php*-fpm.service", "php8.2-cgi.service"));
    assert!(!fits("nginx", "nginx2"));
}

#[test]
fn a_line_without_a_time_has_that_of_the_line_before() {
    let seen = files(
        "now 1795432305 +0000\nfile /var/log/x\n| first\n| 2026/11/23 11:11:38 a\n| b\nfile /var/log/y\n| c\n",
        "k",
    );
    let times: Vec<_> = seen.iter().map(|seen| seen.line.at_ms.is_some()).collect();
    assert_eq!(times, [false, true, true, false]);
}

/// The answers of a recorded host: `@@ END USER KEY` before each.
fn answers(text: &str) -> Answers {
    let mut answers = Answers::new();
    for part in text.split("@@ ").skip(1) {
        let (head, body) = part.split_once('\n').unwrap_or((part, ""));
        let mut words = head.splitn(3, ' ');
        let (end, user, key) = (
            words.next().unwrap(),
            words.next().unwrap(),
            words.next().unwrap(),
        );
        let raw = RawOutput {
            key: key.to_owned(),
            ended: end
                .parse()
                .map_or(Ended::TimedOut, |code| Ended::Exited { code }),
            bytes: body.as_bytes().to_vec(),
            truncated: false,
            took: Span(1),
            as_root: user == "root",
        };
        answers.insert(key.to_owned(), raw);
    }
    answers
}

fn told(signatures: &Signatures, answers: &Answers) -> String {
    let host = HostName::new("web1").unwrap();
    let look = Look {
        host: &host,
        answers,
        window: Window::default(),
    };
    let mut told: Vec<_> = drafts(&look, signatures)
        .iter()
        .map(|draft| {
            let facts: Vec<_> = draft
                .facts
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            assert!(!draft.cites.is_empty(), "{} cites nothing", draft.code);
            format!(
                "{:?} {:?} {} {}\n  {}\n  {}",
                draft.severity,
                draft.confidence,
                draft.code,
                draft.subject,
                draft.title,
                facts.join("; ")
            )
        })
        .collect();
    told.sort();
    told.join("\n")
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the cases are files; adding one is adding a file"
)]
fn recorded_hosts_are_judged_as_they_were() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/signatures/tests");
    let signatures = Signatures::shipped().unwrap();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let answers = answers(&std::fs::read_to_string(&path).unwrap());
        insta::with_settings!({ snapshot_suffix => name, snapshot_path => "tests/judged", omit_expression => true }, {
            insta::assert_snapshot!("host", told(&signatures, &answers));
        });
        count += 1;
    }
    assert!(count >= 25, "only {count} cases were found");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn hostile_answers_never_panic(text in "\\PC{0,300}", lines in proptest::collection::vec("[a-zA-Z\"'=:/ .0-9{}()-]{0,60}", 0..20)) {
        let joined = lines.join("\n");
        for text in [text.as_str(), joined.as_str()] {
            let _place = Place::read(text);
            let _port = Port::read(text);
            let _seen = files(text, "k");
            let _time = Stamps::new().find(text, 0, 0);
            let _signatures = Signatures::parse("x", text);
        }
    }
}

#[test]
fn hostile_answers_to_every_question_never_panic() {
    let signatures = Signatures::shipped().unwrap();
    let host = HostName::new("web1").unwrap();
    let lines = [
        "PermissionError: [Errno 13] Permission denied: '/../../etc/x'",
        "bind() to 0.0.0.0:99999999999 failed (98: ",
        "ModuleNotFoundError: No module named '-rf'",
        "open /\u{202e}x: no such file or directory",
        "unknown variable '--=' [ERROR] unknown variable 'a=b'",
    ];
    let mut log = String::from("now 1795432305 +0000\nfile /var/log/nginx/error.log\n");
    for line in lines {
        log.push_str(&format!("| 2026/11/23 11:11:38 {line}\n"));
    }
    let mut answers = answers(&format!("@@ 0 root log.files 3600\n{log}"));
    for wave in 2..=3 {
        let look = Look {
            host: &host,
            answers: &answers,
            window: Window::default(),
        };
        let plan = next_wave(&look, &signatures, wave);
        for run in plan.into_iter().flat_map(|plan| plan.runs) {
            assert!(
                !run.args.iter().any(|arg| arg.contains("..")),
                "{:?}",
                run.args
            );
            let raw = RawOutput {
                key: run.key(),
                ended: Ended::Exited { code: 0 },
                bytes: b"path \nnode 81a4\nport x\nat ::\npackage a installed b candidate c\n\xff"
                    .to_vec(),
                truncated: true,
                took: Span(1),
                as_root: true,
            };
            answers.insert(run.key(), raw);
        }
    }
    let _told = told(&signatures, &answers);
}
