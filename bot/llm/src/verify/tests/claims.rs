//! The labelled claims of `cases/claims`: no false one passes, and most true ones do.

use std::collections::BTreeMap;

use incident::{Confidence, FindingId, Severity};

use super::{Told, finding, with_ground};
use crate::Language;
use crate::verify::{Rule, Sentence, check};

/// A sentence with its label.
struct Claim {
    scenario: String,
    told: Vec<Told>,
    language: Language,
    sentence: Sentence,
    /// The rule that it breaks, `*` where any would do; none where it is true.
    breaks: Option<String>,
}

fn read(text: &str) -> Vec<Claim> {
    let mut claims = Vec::new();
    let (mut scenario, mut told) = (String::new(), Vec::<Told>::new());
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let parts: Vec<&str> = line.split(" | ").collect();
        if let Some(name) = line.strip_prefix('[') {
            (scenario, told) = (name.trim_end_matches(']').to_owned(), Vec::new());
        } else if let Some(rest) = line.strip_prefix("  ") {
            about(told.last_mut().unwrap(), rest);
        } else if line.starts_with("f-") {
            told.push(heard(&parts));
        } else {
            let (head, text) = (parts[0], parts.last().unwrap());
            let words: Vec<&str> = head.split(' ').collect();
            let cites = words[2].split(',').filter(|id| *id != "-");
            claims.push(Claim {
                scenario: scenario.clone(),
                told: told.clone(),
                language: match words[1] {
                    "en" => Language::English,
                    "zh" => Language::Chinese,
                    other => panic!("{other}"),
                },
                sentence: Sentence {
                    text: (*text).to_owned(),
                    cites: cites.map(str::to_owned).collect(),
                },
                breaks: match words[0] {
                    "+" => None,
                    "-" => Some(parts[1].to_owned()),
                    other => panic!("{other}"),
                },
            });
        }
    }
    claims
}

fn heard(parts: &[&str]) -> Told {
    let severity = match parts[1] {
        "critical" => Severity::Critical,
        "warning" => Severity::Warning,
        _ => Severity::Info,
    };
    let mut finding = finding(parts[0], severity, parts[3], parts[4]);
    finding.confidence = match parts[2] {
        "likely" => Confidence::Likely,
        "possible" => Confidence::Possible,
        _ => Confidence::Confirmed,
    };
    Told {
        finding,
        chinese: String::new(),
        english_terms: Vec::new(),
        chinese_terms: Vec::new(),
    }
}

fn about(told: &mut Told, line: &str) {
    let (key, value) = line.split_once(' ').unwrap();
    match key {
        "en" => value.clone_into(&mut told.finding.title),
        "zh" => value.clone_into(&mut told.chinese),
        "name" => {
            let (english, chinese) = value.split_once(" | ").unwrap();
            told.english_terms.push(english.to_owned());
            told.chinese_terms.push(chinese.to_owned());
        }
        "facts" => told.finding.facts = serde_json::from_str(value).unwrap(),
        "explains" => {
            let ids = value.split(' ').map(|id| FindingId::new(id).unwrap());
            told.finding.explains = ids.collect();
        }
        other => panic!("{other}"),
    }
}

/// What became of the claims of one file.
struct Tally {
    good: usize,
    accepted: usize,
    bad: usize,
    chinese: usize,
    passed: Vec<String>,
    dropped: Vec<String>,
    other_rule: Vec<String>,
    rules: BTreeMap<Rule, usize>,
}

fn tally(text: &str) -> Tally {
    let mut tally = Tally {
        good: 0,
        accepted: 0,
        bad: 0,
        chinese: 0,
        passed: Vec::new(),
        dropped: Vec::new(),
        other_rule: Vec::new(),
        rules: BTreeMap::new(),
    };
    for claim in read(text) {
        tally.chinese += usize::from(claim.language == Language::Chinese);
        let result = with_ground(&claim.told, claim.language, |ground| {
            check(&claim.sentence, ground)
        });
        let shown = format!(
            "{} {:?}: {}",
            claim.scenario, claim.sentence.cites, claim.sentence.text
        );
        match (claim.breaks, result) {
            (None, Ok(())) => (tally.good, tally.accepted) = (tally.good + 1, tally.accepted + 1),
            (None, Err((rule, why))) => {
                tally.good += 1;
                tally.dropped.push(format!("{rule}: {why}: {shown}"));
            }
            (Some(_), Ok(())) => {
                tally.bad += 1;
                tally.passed.push(shown);
            }
            (Some(expected), Err((rule, why))) => {
                tally.bad += 1;
                *tally.rules.entry(rule).or_default() += 1;
                if expected != "*" && expected != rule.word() {
                    tally
                        .other_rule
                        .push(format!("{rule}, not {expected}: {why}: {shown}"));
                }
            }
        }
    }
    tally
}

#[track_caller]
fn hold(name: &str, tally: &Tally) {
    let rules: Vec<String> = tally
        .rules
        .iter()
        .map(|(rule, n)| format!("{rule} {n}"))
        .collect();
    let report = format!(
        "{name}: {} of {} good accepted, {} of {} bad passed; {}\n{}",
        tally.accepted,
        tally.good,
        tally.passed.len(),
        tally.bad,
        rules.join(", "),
        tally.dropped.join("\n")
    );
    assert_eq!(tally.passed, Vec::<String>::new(), "{report}");
    assert_eq!(tally.other_rule, Vec::<String>::new(), "{report}");
    assert!(tally.accepted * 10 >= tally.good * 6, "{report}");
}

#[test]
fn no_false_claim_passes_and_most_true_ones_do() {
    hold(
        "tuned",
        &tally(include_str!("../../../cases/claims/tuned.txt")),
    );
}

#[test]
fn no_claim_that_was_held_out_passes_wrongly() {
    hold(
        "held out",
        &tally(include_str!("../../../cases/claims/held-out.txt")),
    );
}

#[test]
fn there_are_enough_of_them_in_both_languages() {
    let (tuned, held_out) = (
        tally(include_str!("../../../cases/claims/tuned.txt")),
        tally(include_str!("../../../cases/claims/held-out.txt")),
    );
    assert!(tuned.good + tuned.bad + held_out.good + held_out.bad >= 220);
    assert!(tuned.chinese + held_out.chinese >= 90);
}
