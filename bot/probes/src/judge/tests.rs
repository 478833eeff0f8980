//! Recorded answers of real hosts and what they mean: each file of `cases/` is one look at one host.
//!
//! A case is the answers, each under `@@ EXIT root|user KEY`, and below `@@ expected` one line for each finding and gap.
//! `cargo run -p tests --example look -- --record FILE` writes the answers; `WRITE_CASES=1 cargo test -p probes` the rest.

use incident::probe::Answers;
use incident::{Ended, HostName, RawOutput, Span};
use proptest::prelude::*;

use super::judge;
use crate::draft::Draft;
use crate::look::{Look, Window};
use crate::plan::{LONGEST_WAVE, first_wave, next_wave};
use crate::rank::rank;
use crate::signatures::Signatures;
use crate::subjects::specs;

/// Answers that came in time and whole, from root, by their keys.
pub(crate) fn answers(list: &[(&str, &str)]) -> Answers {
    let raw = |(key, text): &(&str, &str)| RawOutput {
        key: (*key).to_owned(),
        ended: Ended::Exited { code: 0 },
        bytes: text.as_bytes().to_vec(),
        truncated: false,
        took: Span(1),
        as_root: true,
    };
    list.iter()
        .map(|one| (one.0.to_owned(), raw(one)))
        .collect()
}

/// What is asked of a look at a host that gave these answers.
pub(crate) fn look_at<T>(answers: &Answers, ask: impl FnOnce(&Look<'_>) -> T) -> T {
    let host = HostName::new("web1").unwrap();
    ask(&Look {
        host: &host,
        answers,
        window: Window::default(),
    })
}

/// The drafts of one subject.
pub(crate) fn drafts_of(
    list: &[(&str, &str)],
    judge: fn(&Look<'_>, &mut Vec<Draft>),
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    look_at(&answers(list), |look| judge(look, &mut drafts));
    drafts
}

/// What all subjects find, the cause first, as `severity code subject | title`; what could not be looked at; what is asked next.
pub(crate) fn found(list: &[(&str, &str)]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let answers = answers(list);
    look_at(&answers, |look| {
        let evidence = numbered(&answers);
        let judged = judge(look, &Signatures::none());
        let gaps = judged
            .could_not_check
            .iter()
            .map(|gap| format!("{}: {}", gap.probe, gap.why))
            .collect();
        let found = rank(look.host, judged.drafts, 1, &evidence);
        let found = found.iter().map(|one| {
            let what = format!("{:?} {} {}", one.severity, one.code, one.subject);
            format!("{what} | {}", one.title)
        });
        let asks = next_wave(look, &Signatures::none(), 2).map_or_else(Vec::new, |plan| {
            plan.runs.iter().map(incident::ProbeRun::key).collect()
        });
        (found.collect(), gaps, asks)
    })
}

fn numbered(answers: &Answers) -> std::collections::BTreeMap<String, incident::EvidenceId> {
    answers
        .keys()
        .enumerate()
        .map(|(n, key)| (key.clone(), incident::EvidenceId::nth(n + 1)))
        .collect()
}

pub(crate) fn parse(text: &str) -> (Answers, String) {
    let mut answers = Answers::new();
    let mut expected = String::new();
    for part in text.split("@@ ").skip(1) {
        let (head, body) = part.split_once('\n').unwrap_or((part, ""));
        let mut words = head.splitn(3, ' ');
        let (end, who, key) = (words.next().unwrap(), words.next(), words.next());
        let (Some(who), Some(key)) = (who, key) else {
            expected = body.to_owned();
            continue;
        };
        let ended = match end {
            "timeout" => Ended::TimedOut,
            "lost" => Ended::Lost,
            code => Ended::Exited {
                code: code.parse().unwrap(),
            },
        };
        let raw = RawOutput {
            key: key.to_owned(),
            ended,
            bytes: body.as_bytes().to_vec(),
            truncated: false,
            took: Span(1),
            as_root: who == "root",
        };
        answers.insert(key.to_owned(), raw);
    }
    (answers, expected)
}

fn meaning(answers: &Answers) -> String {
    let host = HostName::new("web1").unwrap();
    let judgement = look_at(answers, |look| judge(look, &Signatures::none()));
    let evidence = numbered(answers);
    let mut out = String::new();
    for finding in rank(&host, judgement.drafts, 1, &evidence) {
        let explains: Vec<String> = finding.explains.iter().map(ToString::to_string).collect();
        let because = if explains.is_empty() {
            String::new()
        } else {
            format!(" -> {}", explains.join(" "))
        };
        out.push_str(&format!(
            "{:?} {} {}: {}{because}\n",
            finding.severity, finding.code, finding.subject, finding.title
        ));
    }
    for gap in judgement.could_not_check {
        out.push_str(&format!("? {}: {}\n", gap.probe, gap.why));
    }
    if !judgement.essentials_answered {
        out.push_str("essentials are missing\n");
    }
    out
}

#[expect(
    clippy::disallowed_methods,
    reason = "cases are files beside the crate"
)]
fn cases() -> Vec<(std::path::PathBuf, String)> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut list: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    list.sort();
    list
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "cases are files beside the crate"
)]
fn recorded_hosts_are_judged_as_written_down() {
    let write = std::env::var_os("WRITE_CASES").is_some();
    for (path, text) in cases() {
        let (answers, expected) = parse(&text);
        let actual = meaning(&answers);
        if write {
            let (answers, _) = text.split_once("@@ expected").unwrap();
            std::fs::write(&path, format!("{answers}@@ expected\n{actual}")).unwrap();
        } else {
            assert_eq!(expected, actual, "{}", path.display());
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("healthy") {
            for line in actual.lines() {
                assert!(
                    line.starts_with("Info") || line.starts_with('?'),
                    "{name}: {line}"
                );
            }
        }
    }
}

#[test]
fn a_wave_is_short_repeats_nothing_and_is_always_the_same() {
    let host = HostName::new("web1").unwrap();
    let window = Window::default();
    for (path, text) in cases() {
        let (answers, _) = parse(&text);
        let look = Look {
            host: &host,
            answers: &answers,
            window,
        };
        for wave in 0..6 {
            let plan = next_wave(&look, &Signatures::none(), wave);
            assert_eq!(plan, next_wave(&look, &Signatures::none(), wave));
            let Some(plan) = plan else { continue };
            assert!((2..=3).contains(&wave) && plan.runs.len() <= LONGEST_WAVE);
            for run in &plan.runs {
                assert!(
                    !answers.contains_key(&run.key()),
                    "{} asks {} again",
                    path.display(),
                    run.key()
                );
                assert!(!run.because.is_empty());
            }
        }
    }
}

#[test]
fn every_probe_is_declared_soundly() {
    let mut seen = std::collections::BTreeSet::new();
    for spec in specs() {
        assert!(
            incident::ProbeId::new(spec.id).is_ok() && seen.insert(spec.id),
            "{}",
            spec.id
        );
        assert!(
            (1..=15).contains(&spec.limit_seconds) && spec.cap_bytes <= 1 << 20,
            "{}",
            spec.id
        );
        assert!(
            !spec.about.is_empty() && !spec.script.contains('\r'),
            "{}",
            spec.id
        );
        assert!(
            !spec.first_wave || spec.takes.len() <= 1,
            "{} needs more than the window",
            spec.id
        );
        assert!(
            spec.essential.is_none() || spec.first_wave,
            "{} is essential but not asked",
            spec.id
        );
    }
    assert!(seen.len() >= 45, "only {} probes", seen.len());
    let first = first_wave(&Window { since_seconds: 0 }, None);
    assert_eq!(
        first.runs.len(),
        specs().filter(|spec| spec.first_wave).count()
    );
}

#[test]
fn arguments_are_checked_before_a_question_is_made() {
    let spec = specs().find(|spec| spec.id == "disk.largest").unwrap();
    assert!(spec.run(&["/var"], "").is_ok());
    for bad in ["var", "/var/../etc", "/a\nb", ""] {
        assert!(spec.run(&[bad], "").is_err(), "{bad:?}");
    }
    assert!(spec.run(&[], "").is_err());
    assert_eq!(
        spec.run(&["x"], "").unwrap_err().to_string(),
        "probe disk.largest: argument \"x\" is not an absolute path"
    );
}

fn survives(answers: &Answers) {
    let host = HostName::new("web1").unwrap();
    let look = Look {
        host: &host,
        answers,
        window: Window::default(),
    };
    let _meaning = meaning(answers);
    for wave in 2..=3 {
        let _plan = next_wave(&look, &Signatures::none(), wave);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn hostile_output_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "(\\PC{0,30}[ \\n:\t]){0,12}") {
        let mut answers = Answers::new();
        for spec in specs() {
            for arg in ["", " 3600", " /var", " 443"] {
                let mut body = text.clone().into_bytes();
                body.extend(&bytes);
                let key = format!("{}{arg}", spec.id);
                answers.insert(key.clone(), RawOutput { key, ended: Ended::Exited { code: 0 }, bytes: body, truncated: false, took: Span(1), as_root: false });
            }
        }
        survives(&answers);
    }

    #[test]
    fn a_damaged_recording_never_panics(cut in 0usize..4000, at in 0usize..4000, byte in any::<u8>(), huge in "[0-9]{15,25}") {
        for (_, text) in cases() {
            let (mut answers, _) = parse(&text);
            for raw in answers.values_mut() {
                if let Some(b) = raw.bytes.get_mut(at) {
                    *b = byte;
                }
                let digits = String::from_utf8_lossy(&raw.bytes).replacen("00", &huge, 3);
                raw.bytes = digits.into_bytes();
                raw.bytes.truncate(cut);
            }
            survives(&answers);
        }
    }

    #[test]
    fn absurd_numbers_in_a_recording_never_panic(every in 1usize..7, from in 0usize..7, absurd in prop::sample::select(vec!["0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "9007199254740993", "1e308", "99999999999999999999999999"])) {
        let number = regex::bytes::Regex::new("[0-9]+").unwrap();
        for (_, text) in cases() {
            let (mut answers, _) = parse(&text);
            for raw in answers.values_mut() {
                let mut n = from;
                raw.bytes = number
                    .replace_all(&raw.bytes, |found: &regex::bytes::Captures<'_>| {
                        n += 1;
                        if n % every == 0 { absurd.as_bytes().to_vec() } else { found[0].to_vec() }
                    })
                    .into_owned();
            }
            survives(&answers);
        }
    }
}
