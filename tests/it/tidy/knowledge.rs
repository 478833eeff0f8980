//! One vocabulary from runbook to guard: what one part names, the others know.

use std::collections::{BTreeMap, BTreeSet};

use super::{files_under, nothing_in, read, sickbay};

/// The guard on the host refuses what it does not know, and knows nothing that runbooks cannot say.
#[test]
fn the_guard_knows_every_verb() {
    let guard = read("bot/hosts/src/guard/guard.sh");
    let ours: BTreeSet<&str> = incident::step::VERBS.iter().map(|verb| verb.name).collect();
    let areas: BTreeSet<&str> = ours
        .iter()
        .filter_map(|name| name.split('.').next())
        .collect();
    let mut wrong = Vec::new();
    for name in &ours {
        if !contains_word(&guard, name) {
            wrong.push(format!(
                "guard.sh does not know {name}, which incident::step::VERBS has"
            ));
        }
    }
    for word in guard
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(words)
    {
        let area = word.split('.').next().unwrap_or("");
        let is_verb =
            word.matches('.').count() == 1 && areas.contains(area) && !word.ends_with('.');
        if is_verb && !ours.contains(word) && !is_file_name(word) {
            wrong.push(format!(
                "guard.sh knows {word}, which incident::step::VERBS lacks"
            ));
        }
    }
    nothing_in(&wrong);
}

fn is_file_name(word: &str) -> bool {
    [".sh", ".conf", ".tmp", ".service", ".new", ".pid"]
        .iter()
        .any(|end| word.ends_with(end))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '_'))
}

fn contains_word(text: &str, word: &str) -> bool {
    text.lines().flat_map(words).any(|found| found == word)
}

/// What a scenario of the lab expects is something that the program can say.
#[test]
fn scenarios_expect_codes_that_exist() {
    let known = codes();
    let mut wrong = Vec::new();
    let mut unknown: BTreeMap<String, String> = BTreeMap::new();
    for path in files_under(&["tests/lab/scenarios"]) {
        let table: toml::Table = match read(&path).parse() {
            Ok(table) => table,
            Err(why) => {
                wrong.push(format!("{path}: {why}"));
                continue;
            }
        };
        let expect = table.get("expect").and_then(toml::Value::as_table);
        let lists = ["findings", "not"]
            .into_iter()
            .filter_map(|key| expect?.get(key)?.as_array());
        for code in lists.flatten().filter_map(toml::Value::as_str) {
            if !known.contains(code) {
                unknown.insert(code.to_owned(), path.clone());
            }
        }
    }
    wrong.extend(
        unknown
            .iter()
            .map(|(code, path)| format!("{path} expects {code}, which probes::catalogue lacks")),
    );
    nothing_in(&wrong);
}

/// Every page and signature that is embedded is in order; the program's own lint says it better than this could.
#[test]
fn runbooks_are_in_order() {
    let lint = sickbay(&["runbook", "lint", "runbooks"]);
    assert!(
        lint.status.success(),
        "\n{}{}",
        String::from_utf8_lossy(&lint.stdout),
        String::from_utf8_lossy(&lint.stderr)
    );
}

/// The fix that a scenario expects is a page that there is.
#[test]
fn scenarios_expect_fixes_that_exist() {
    let pages: BTreeSet<String> = files_under(&["runbooks"])
        .iter()
        .filter_map(|path| path.rsplit('/').next()?.strip_suffix(".md"))
        .map(str::to_owned)
        .collect();
    let mut wrong = Vec::new();
    for path in files_under(&["tests/lab/scenarios"]) {
        let table: toml::Table = read(&path).parse().unwrap_or_default();
        let fix = table
            .get("expect")
            .and_then(|expect| expect.get("fix")?.as_str());
        if let Some(fix) = fix.filter(|fix| !fix.is_empty() && !pages.contains(*fix)) {
            wrong.push(format!(
                "{path} expects the fix {fix}, which no page under runbooks/ has as its name"
            ));
        }
    }
    nothing_in(&wrong);
}

/// Whether a file is a page, and not a paper about them.
pub(super) fn is_page(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".md") && name.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Every finding leads somewhere: a code that no page speaks of leaves the reader alone.
#[test]
fn every_code_has_a_page() {
    let pages: String = files_under(&["runbooks"])
        .iter()
        .filter(|path| is_page(path))
        .map(|path| read(path))
        .collect();
    let alone: Vec<String> = probes::catalogue::entries()
        .filter(|entry| entry.severity > incident::Severity::Info)
        .filter(|entry| !pages.contains(entry.code))
        .map(|entry| format!("no page under runbooks/ speaks of {}", entry.code))
        .collect();
    nothing_in(&alone);
}

/// The program has the signatures that it was built with: a file that it does not name is read by nobody.
#[test]
fn every_file_of_signatures_is_shipped() {
    let load = "bot/probes/src/signatures/load.rs";
    let shipped = read(load);
    let forgotten: Vec<String> = files_under(&["runbooks/signatures"])
        .iter()
        .filter(|path| path.ends_with(".toml"))
        .filter(|path| !shipped.contains(&format!("include_str!(\"../../../../{path}\")")))
        .map(|path| {
            format!("{path} ships with nothing; name it in SHIPPED of {load}, or lay it elsewhere")
        })
        .collect();
    nothing_in(&forgotten);
}

/// A host that could not be looked at is told in the reader's language; the hosts room has the English alone.
#[test]
fn every_reason_why_a_host_is_not_reached_has_its_chinese() {
    let file = "bot/hosts/src/trouble.rs";
    let source = read(file);
    let ours = source.split("\"{host}: ").skip(1);
    let ours = ours.filter_map(|rest| rest.split('"').next());
    let mut told = 0;
    let mut english = Vec::new();
    for sentence in ours.filter(|sentence| *sentence != "{said}") {
        told += 1;
        let mut filled = String::new();
        for (n, piece) in sentence.split('{').enumerate() {
            match piece.split_once('}') {
                // Where the key stands, where ssh said it.
                Some(("", rest)) => filled.extend([" (known_hosts:3)", rest]),
                Some((_name, rest)) => filled.extend(["x", rest]),
                None if n == 0 => filled.push_str(piece),
                None => english.push(format!("{file}: {sentence:?} is not understood here")),
            }
        }
        if chat::Locale::Chinese.reason(&filled) == filled {
            english.push(format!(
                "{file} says {sentence:?}; say it in bot/chat/src/words/found/unseen.rs too"
            ));
        }
    }
    assert!(told > 8, "{told} sentences are found in {file}");
    nothing_in(&english);
}

fn codes() -> BTreeSet<String> {
    probes::catalogue::entries()
        .map(|entry| entry.code.to_owned())
        .collect()
}

/// A page that waits for a fact which no probe gives is never offered, or fills a slot with nothing.
#[test]
fn pages_use_facts_that_findings_have() {
    let mut given: BTreeSet<String> = ["code", "severity", "confidence", "subject", "unit"]
        .map(str::to_owned)
        .into();
    for path in files_under(&["bot/probes/src", "bot/app/src"]) {
        let text = read(&path);
        for start in ["fact(", "entry(", "insert("] {
            given.extend(text.split(start).skip(1).filter_map(first_literal));
        }
    }
    for path in files_under(&["runbooks/signatures"]) {
        let text = read(&path);
        let names = text.split("(?P<").skip(1);
        given.extend(names.filter_map(|rest| Some(rest.split_once('>')?.0.to_owned())));
    }
    let mut wrong = Vec::new();
    for path in files_under(&["runbooks"]) {
        if !is_page(&path) {
            continue;
        }
        let text = read(&path);
        let used: BTreeSet<&str> = text
            .split("finding.")
            .skip(1)
            .filter_map(|rest| {
                rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .next()
            })
            .filter(|name| !name.is_empty())
            .collect();
        for name in used.into_iter().filter(|name| !given.contains(*name)) {
            wrong.push(format!(
                "{path} uses finding.{name}, which no probe and no signature gives"
            ));
        }
    }
    nothing_in(&wrong);
}

/// The text in quotes with which the arguments of a call begin.
fn first_literal(arguments: &str) -> Option<String> {
    let text = arguments.trim_start().strip_prefix('"')?;
    Some(text.split_once('"')?.0.to_owned())
}

/// The catalogue says each code in English, the chat room in Chinese; neither knows the other.
#[test]
fn every_code_has_a_name_in_chinese() {
    let english: Vec<&str> = probes::catalogue::entries()
        .map(|entry| entry.code)
        .collect();
    let chinese: Vec<&str> = chat::codes().map(|named| named.code).collect();
    assert_eq!(
        english, chinese,
        "bot/probes/src/catalogue and bot/chat/src/words/codes have the same codes in the same order"
    );
    let chinese = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    let mut wrong = Vec::new();
    for named in chat::codes() {
        for text in [named.name, named.meaning, named.usual] {
            if !text.chars().any(chinese) && !text.starts_with("systemctl ") {
                wrong.push(format!("{}: {text:?} is not Chinese", named.code));
            }
        }
        if named.name.chars().count() > 24 {
            wrong.push(format!(
                "{}: {:?} is too long for a heading",
                named.code, named.name
            ));
        }
    }
    nothing_in(&wrong);
}
