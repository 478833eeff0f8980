//! What a model sees of hostile names: nothing; and what its sentences may say of them: their names, where a name stands.

use incident::{Finding, HostName, Severity, Subject, Value};
use proptest::prelude::*;

use super::Veil;
use crate::Language;
use crate::verify::tests::{Told, finding, with_ground};
use crate::verify::{Sentence, check};

/// The texts of a file of `cases/hostile`, with its escapes read.
fn texts(file: &str) -> Vec<String> {
    let escape = regex::Regex::new(r"\\u\{([0-9a-f]+)\}").unwrap();
    let lines = file
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let text = escape.replace_all(line, |found: &regex::Captures<'_>| {
                let code = u32::from_str_radix(&found[1], 16).unwrap();
                char::from_u32(code).unwrap().to_string()
            });
            text.replace("\\n", "\n")
        })
        .collect()
}

const UNITS: &str = include_str!("../../cases/hostile/units.txt");
const PATHS: &str = include_str!("../../cases/hostile/paths.txt");
const PROCESSES: &str = include_str!("../../cases/hostile/processes.txt");
const USERS: &str = include_str!("../../cases/hostile/users.txt");
const MESSAGES: &str = include_str!("../../cases/hostile/messages.txt");
const HOSTS: &str = include_str!("../../cases/hostile/hosts.txt");

/// A finding with this text wherever that kind of text stands, and its title in Chinese.
fn about(kind: &str, text: &str) -> Told {
    let (code, subject) = match kind {
        "unit" => ("unit.failed", Subject::new("unit", text)),
        "path" => ("fs.readonly", Subject::new("mount", text)),
        "comm" => ("mem.oom", Subject::new("process", text)),
        "user" => ("file.wrong_owner", Subject::new("path", "/srv/x")),
        "message" => ("app.error", Subject::new("unit", "shop.service")),
        other => panic!("{other}"),
    };
    let (english, chinese) = match kind {
        "unit" => (format!("{text} has failed"), format!("{text} 已失败")),
        "path" => (
            format!("{text} is mounted read-only"),
            format!("{text} 以只读方式挂载"),
        ),
        "comm" => (
            format!("The kernel killed {text} for memory 3 times"),
            format!("内核因内存不足杀死了 {text}，共 3 次"),
        ),
        "user" => (
            format!("/srv/x belongs to {text}"),
            format!("/srv/x 的属主是 {text}"),
        ),
        _ => (
            format!("shop.service says: {text}"),
            format!("shop.service 输出：{text}"),
        ),
    };
    let mut finding = finding("f-1", Severity::Critical, code, &subject.to_string());
    finding.title = english;
    finding.detail = format!("Its last words: {text}");
    finding
        .facts
        .insert(kind.to_owned(), Value::Text(text.to_owned()));
    finding
        .facts
        .insert("used_percent".to_owned(), Value::Int(97));
    finding.facts.insert(
        "packages".to_owned(),
        Value::List(vec![text.to_owned(), "nginx".to_owned()]),
    );
    Told {
        finding,
        chinese,
        english_terms: Vec::new(),
        chinese_terms: Vec::new(),
    }
}

fn every() -> Vec<(&'static str, String)> {
    [
        ("unit", UNITS),
        ("path", PATHS),
        ("comm", PROCESSES),
        ("user", USERS),
        ("message", MESSAGES),
    ]
    .into_iter()
    .flat_map(|(kind, file)| texts(file).into_iter().map(move |text| (kind, text)))
    .collect()
}

/// The words of a text: three letters or more, two of Chinese.
fn words(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_alphanumeric());
    let long = |word: &&str| word.chars().count() > if word.is_ascii() { 2 } else { 1 };
    split.filter(long).map(str::to_lowercase).collect()
}

#[test]
fn there_are_enough_hostile_texts() {
    assert!(
        every().len() + texts(HOSTS).len() >= 60,
        "{}",
        every().len()
    );
}

#[test]
fn a_model_sees_no_word_of_a_hostile_text() {
    for (kind, text) in every() {
        let harmless = match kind {
            "unit" => "zzz.service",
            "path" => "/zzz",
            _ => "zzz",
        };
        let seen = Veil::new()
            .finding("F1", &about(kind, &text).finding)
            .to_string();
        let usual = Veil::new()
            .finding("F1", &about(kind, harmless).finding)
            .to_string();
        // Whatever it says, what is seen is the same.
        assert_eq!(seen, usual, "{text}");
        let ours = words(&usual);
        for word in words(&text).iter().filter(|word| !ours.contains(word)) {
            assert!(
                !words(&seen).contains(word),
                "{word:?} of {text:?} in {seen}"
            );
        }
    }
    for text in texts(HOSTS) {
        let host = HostName::new(text).unwrap();
        assert_eq!(Veil::new().host(&host), "<host_1>");
    }
}

#[test]
fn no_sentence_repeats_a_hostile_text_as_its_own() {
    for (kind, text) in every() {
        let told = [about(kind, &text)];
        let prose = text.replace(['-', '_', '.', '/'], " ");
        let half: Vec<&str> = text.split_inclusive(['-', ' ', '，', ';']).collect();
        let half = half[half.len() / 2..].concat();
        for language in [Language::English, Language::Chinese] {
            with_ground(&told, language, |ground| {
                let title = ground.sources[0].title;
                for sentence in [
                    text.clone(),
                    format!("{text}."),
                    format!("{text}。"),
                    prose.clone(),
                    format!("{prose}."),
                    format!("{title}: {prose}."),
                    format!("{title}，{prose}。"),
                    format!("{title} because {prose}."),
                    format!("web1: {prose}"),
                    format!("{half}."),
                    format!("shop.service says: {half}."),
                    format!("shop.service 输出：{half}。"),
                    format!("shop.service has failed: {text}"),
                    format!("web1 is {text}"),
                ] {
                    // The title as a whole is ours, whatever it quotes.
                    if sentence.trim_end_matches(['.', '。']) == title.trim_end_matches(['.', '。'])
                    {
                        continue;
                    }
                    let cites = vec!["f-1".to_owned()];
                    let sentence = Sentence {
                        text: sentence,
                        cites,
                    };
                    assert!(check(&sentence, ground).is_err(), "{sentence:?} of {title}");
                }
            });
        }
    }
}

#[test]
fn a_hostile_name_is_a_name_where_a_name_stands() {
    for text in texts(UNITS) {
        let told = [about("unit", &text)];
        let mut veil = Veil::new();
        veil.finding("F1", &told[0].finding);
        let lifted = veil.lift("<Unit_1> has failed.").unwrap();
        assert_eq!(lifted, format!("{text} has failed."));
        let sentence = Sentence {
            text: lifted,
            cites: vec!["f-1".to_owned()],
        };
        let result = with_ground(&told, Language::English, |ground| check(&sentence, ground));
        // What looks like markup is dropped, however it came to be a name.
        let odd = text.contains('<');
        // Han in an English sentence is but the name's.
        assert_eq!(result.is_ok(), !odd, "{result:?}: {sentence:?}");
    }
}

fn of(kind: &str, name: &str, facts: &[(&str, Value)]) -> Finding {
    let mut finding = finding(
        "f-1",
        Severity::Warning,
        "fs.full",
        &format!("{kind}:{name}"),
    );
    finding.facts = facts
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    finding
}

#[test]
fn numbers_pass_known_words_pass_and_one_name_has_one_placeholder() {
    let mut veil = Veil::new();
    let mut cause = of(
        "unit",
        "shop.service",
        &[
            ("path", "/opt/shop/run".into()),
            ("user", "eve".into()),
            ("comm", "eve".into()),
            ("mode", "0644".into()),
            ("result", "exit-code".into()),
            ("signal", "SEGV".into()),
            ("used_percent", Value::Int(97)),
            ("enabled", Value::Bool(true)),
            ("message", "all is healthy".into()),
            ("unit", "nginx.service".into()),
            ("mount", "/var".into()),
            (
                "packages",
                Value::List(vec!["shopd".into(), "nginx".into()]),
            ),
            ("told", Value::List(vec!["all is healthy".into()])),
        ],
    );
    let effect = {
        let mut effect = of("path", "/opt/shop/run", &[]);
        effect.id = incident::FindingId::nth(2);
        effect
    };
    cause.explains = vec![effect.id.clone(), incident::FindingId::nth(3)];
    let seen = veil.findings([("F1", &cause), ("F2", &effect)]);
    assert_eq!(
        serde_json::to_value(seen).unwrap(),
        serde_json::json!([
            {
                "id": "F1", "code": "fs.full", "severity": "warning", "confidence": "confirmed",
                "subject_kind": "unit", "subject": "<unit_1>", "explains": ["F2"],
                "facts": {
                    "comm": "<process_1>", "enabled": true, "mode": "0644", "mount": "/var",
                    "packages": ["<package_1>", "nginx"], "path": "<path_1>", "result": "exit-code",
                    "signal": "SEGV", "told": [], "unit": "nginx.service", "used_percent": 97,
                    "user": "<process_1>",
                },
            },
            {
                "id": "F2", "code": "fs.full", "severity": "warning", "confidence": "confirmed",
                "subject_kind": "path", "subject": "<path_1>", "explains": [], "facts": {},
            },
        ])
    );
    assert_eq!(veil.host(&HostName::new("web1").unwrap()), "<host_1>");
    assert_eq!(veil.host(&HostName::new("web2").unwrap()), "<host_2>");
    assert_eq!(veil.host(&HostName::new("web1").unwrap()), "<host_1>");
    assert_eq!(
        veil.lift("<host_1>: <unit_1> may not run <PATH_1>."),
        Ok("web1: shop.service may not run /opt/shop/run.".to_owned())
    );
}

#[test]
fn what_is_not_quite_a_placeholder_is_refused() {
    let mut veil = Veil::new();
    veil.finding("F1", &of("unit", "shop.service", &[]));
    assert!(
        veil.lift("<unit_1> failed on port 80, unit 1 of 2.")
            .is_ok()
    );
    for text in [
        "<unit_2> failed",
        "<path_1> failed",
        "<unit_1 failed",
        "unit_1 failed",
        "unit_1> failed",
        "< unit_1 > failed",
        "<unit 1> failed",
        "<unit_1a> failed",
        "<<unit_1>> failed",
        "〈unit_1〉 failed",
        "＜unit_1＞ failed",
        "`unit_1` failed",
        "<b>unit</b> failed",
        "<unit_99999> failed",
        "<ignore_1> failed",
    ] {
        assert!(veil.lift(text).is_err(), "{text}");
    }
}

#[test]
fn a_name_with_brackets_is_not_read_as_a_placeholder_again() {
    let mut veil = Veil::new();
    veil.finding(
        "F1",
        &of("unit", "<path_1>", &[("path", "/etc/secret".into())]),
    );
    assert_eq!(
        veil.lift("<unit_1> failed"),
        Ok("<path_1> failed".to_owned())
    );
}

proptest! {
    #[test]
    fn no_text_of_a_fact_is_seen_and_all_names_come_back(
        name in "[\\PC&&[^0-9]]{1,40}",
        fact in prop::sample::select(vec!["path", "user", "comm", "unit", "container", "package", "something"]),
    ) {
        // A mark that no list of known words has.
        let name = format!("Qx{name}xQ");
        let mut veil = Veil::new();
        let finding = of("unit", &name, &[(fact, name.as_str().into())]);
        let seen = veil.finding("F1", &finding).to_string();
        prop_assert!(!seen.contains("Qx"), "{}", seen);
        prop_assert_eq!(veil.lift("<unit_1>"), Ok(name));
    }

    #[test]
    fn lifting_never_panics(text in "(<|>|_|unit|[0-9]|\\PC){0,30}", other in any::<String>()) {
        let mut veil = Veil::new();
        veil.finding("F1", &of("unit", "shop.service", &[]));
        for text in [text, other] {
            if let Ok(lifted) = veil.lift(&text) {
                prop_assert!(!lifted.contains(['<', '>']));
            }
        }
    }
}
