//! What the tables must be: the same in both languages, true to what the probes say, and silent where they do not know.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use incident::{
    Code, Confidence, EvidenceId, Finding, FindingId, HostName, Severity, Subject, Value,
};
use proptest::prelude::*;

use super::{Piece, Said, fact, pieces, read, rows, span, title};
use crate::Locale;
use crate::words::codes::codes;

mod apps;
mod files;
mod host;
mod network;
mod storage;
mod units;
mod unseen;

fn finding(code: &str, subject: &str, facts: BTreeMap<String, Value>, title: &str) -> Finding {
    Finding {
        id: FindingId::nth(1),
        code: Code::new(code).unwrap(),
        severity: Severity::Critical,
        confidence: Confidence::Confirmed,
        host: HostName::new("web-1").unwrap(),
        subject: Subject::try_from(subject.to_owned()).unwrap(),
        title: title.to_owned(),
        detail: String::new(),
        facts,
        cites: vec![EvidenceId::nth(1)],
        explains: Vec::new(),
    }
}

/// A finding's code, subject, facts and English title, and what a Chinese reader gets; an empty text where it stays as it is.
#[track_caller]
fn check(code: &str, subject: &str, facts: &str, english: &str, chinese: &str) {
    let facts = serde_json::from_str(facts).unwrap();
    let finding = finding(code, subject, facts, english);
    assert_eq!(title(&finding).unwrap_or_default(), chinese, "{code}");
    assert_eq!(Locale::English.title(&finding), english);
    let said = Locale::Chinese.title(&finding);
    if chinese.is_empty() {
        assert!(said.ends_with(english), "{said}");
    } else {
        assert_eq!(said, chinese);
    }
}

fn places(template: &'static str) -> BTreeSet<&'static str> {
    let name = |piece| match piece {
        Piece::Place(name) => Some(name),
        Piece::Words(_) => None,
    };
    pieces(template).into_iter().filter_map(name).collect()
}

/// A title of a row, with a value at each place, and what it is in Chinese.
fn sample(row: &Said) -> (Finding, String) {
    let mut facts = BTreeMap::new();
    let mut english = row.english.to_owned();
    let mut chinese = row.chinese.to_owned();
    let mut subject = "path:/a".to_owned();
    for (n, name) in places(row.english).into_iter().enumerate() {
        let (value, shown) = match name {
            "_ago" => ("3 min".to_owned(), "3 分钟".to_owned()),
            _ => (format!("/v{n}x"), format!("/v{n}x")),
        };
        if name == "subject" {
            subject = format!("path:{value}");
        } else if !name.starts_with('_') {
            facts.insert(name.to_owned(), Value::Text(value.clone()));
        }
        english = english.replace(&format!("{{{name}}}"), &value);
        chinese = chinese.replace(&format!("{{{name}}}"), &shown);
    }
    let code = row.codes.split(' ').next().unwrap();
    (finding(code, &subject, facts, &english), chinese)
}

#[test]
fn both_languages_say_the_same_places_of_a_known_code() {
    for row in rows() {
        assert_eq!(places(row.english), places(row.chinese), "{}", row.english);
        for code in row.codes.split(' ') {
            assert!(codes().any(|named| named.code == code), "{code}");
        }
    }
}

#[test]
fn every_row_is_the_one_that_its_own_english_finds() {
    for row in rows() {
        let (finding, chinese) = sample(row);
        assert_eq!(title(&finding).as_ref(), Some(&chinese), "{}", row.english);
    }
}

#[test]
fn a_fact_that_is_missing_or_another_is_not_guessed() {
    for row in rows() {
        let (whole, _) = sample(row);
        let of = |finding: &Finding| {
            row.of(&finding.title, |name| {
                fact(&finding.subject, &finding.facts, name)
            })
        };
        for name in whole.facts.keys() {
            let mut other = whole.clone();
            other.facts.insert(name.clone(), Value::Int(-71));
            assert_eq!(of(&other), None, "{} with another {name}", row.english);
            other.facts.remove(name);
            assert_eq!(of(&other), None, "{} without {name}", row.english);
        }
        let mut other = whole.clone();
        other.title.insert(0, '?');
        let takes_any = row.english.starts_with("{_");
        assert!(takes_any || of(&other).is_none(), "{}", row.english);
    }
}

/// Files of the repository with that ending.
fn texts(folder: &str, ending: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|of| of == ending))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn every_shipped_signature_says_something_that_stands_here() {
    let mut missing = Vec::new();
    for text in texts("../../runbooks/signatures", "toml") {
        let mut code = String::new();
        for line in text.lines() {
            if let Some(said) = line.strip_prefix("code = ") {
                said.trim_matches('"').clone_into(&mut code);
            }
            let Some(said) = line.strip_prefix("title = ") else {
                continue;
            };
            let said = said.trim_matches('"');
            let stands = rows().any(|row| {
                row.codes.split(' ').any(|of| of == code) && row.english.replace("{_", "{") == said
            });
            if !stands {
                missing.push(format!("{code}: {said}"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "no Chinese for:\n{}",
        missing.join("\n")
    );
}

/// Lines such as `Critical fs.full mount:/: / is 99 % full, 146 MiB left -> f-2`, without the facts.
#[test]
fn every_finding_of_the_recorded_hosts_says_something_that_stands_here() {
    let mut missing = Vec::new();
    let mut seen = 0;
    for text in texts("../probes/cases", "txt") {
        let (_, expected) = text.split_once("@@ expected\n").unwrap_or_default();
        for line in expected.lines() {
            let mut words = line.splitn(3, ' ');
            let (Some("Critical" | "Warning" | "Info"), Some(code), Some(rest)) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let rest = rest.split_once(" -> f-").map_or(rest, |(rest, _)| rest);
            seen += 1;
            let fits = |row: &Said| {
                let free: Vec<Piece> = pieces(row.english)
                    .into_iter()
                    .map(|piece| match piece {
                        Piece::Place("_ago") | Piece::Words(_) => piece,
                        Piece::Place(_) => Piece::Place("_any"),
                    })
                    .collect();
                rest.match_indices(": ")
                    .filter_map(|(at, _)| rest.get(at + 2..))
                    .any(|title| read(&free, title, |_| None).is_some())
            };
            if !rows().any(|row| row.codes.split(' ').any(|of| of == code) && fits(row)) {
                missing.push(line.to_owned());
            }
        }
    }
    assert!(seen > 50, "{seen}");
    assert!(
        missing.is_empty(),
        "no Chinese for:\n{}",
        missing.join("\n")
    );
}

#[test]
fn lengths_of_time_are_said_as_people_say_them() {
    assert_eq!(span("3 min").as_deref(), Some("3 分钟"));
    assert_eq!(span("450 ms").as_deref(), Some("450 毫秒"));
    for other in ["", "min", "3 weeks", "x h", "3 min ago", "-1 s"] {
        assert_eq!(span(other), None, "{other}");
    }
}

/// Any fact of any kind, under a name that a row asks for.
fn facts() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let names: Vec<&str> = rows()
        .flat_map(|row| places(row.english))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let value = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        "\\PC{0,12}|[{}/. \n]{0,6}".prop_map(Value::Text),
        prop::collection::vec("\\PC{0,6}", 0..3).prop_map(Value::List),
    ];
    let name = prop::sample::select(names).prop_map(str::to_owned);
    prop::collection::btree_map(name, value, 0..12)
}

proptest! {
    #[test]
    fn whatever_the_facts_a_title_is_never_empty(
        row in 0..rows().count(),
        facts in facts(),
        said in "\\PC{1,60}",
        fill in any::<bool>(),
    ) {
        let row = rows().nth(row).unwrap();
        // Half of them with the row's own words around the facts, so that many are taken.
        let mut english = row.english.to_owned();
        for name in places(row.english) {
            let value = facts.get(name).map_or_else(|| said.clone(), Value::to_string);
            english = english.replace(&format!("{{{name}}}"), &value);
        }
        let english = if fill { english } else { said };
        for code in row.codes.split(' ') {
            let finding = finding(code, "path:/a", facts.clone(), &english);
            prop_assert!(!Locale::Chinese.title(&finding).is_empty());
            prop_assert!(!title(&finding).is_some_and(|said| said.trim().is_empty()));
        }
    }
}
