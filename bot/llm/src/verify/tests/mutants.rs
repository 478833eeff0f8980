//! True sentences made from findings, and the same with one thing wrong: all of the first pass, none of the second.

use incident::{Severity, Value};
use proptest::prelude::*;

use super::{Told, finding, with_ground};
use crate::Language;
use crate::verify::{Ground, Sentence, check};

mod templates;
use templates::{TEMPLATES, Template};

/// A value at each place.
type Values = Vec<(&'static str, String)>;

fn values() -> impl Strategy<Value = Values> {
    (
        "/[a-z]{3,6}/[a-z]{2,8}[0-9]?",
        "[a-z]{4,8}-[a-z]{3,6}\\.service",
        "[a-z]{3,6}-[a-z]{2,5}d",
        "[a-z]{4,7}-u",
        "lib[a-z]{3,6}\\.so\\.[1-9]",
        2..99_u32,
        2..60_u32,
        200..32_000_u32,
        (1..900_u32, prop::sample::select(vec!["MB", "GB", "GiB"])),
    )
        .prop_map(
            |(path, unit, comm, user, library, percent, count, pid, (size, of))| {
                vec![
                    ("path", path),
                    ("unit", unit),
                    ("comm", comm),
                    ("user", user),
                    ("library", library),
                    ("percent", percent.to_string()),
                    ("count", count.to_string()),
                    ("pid", pid.to_string()),
                    ("size", format!("{size}.5 {of}")),
                ]
            },
        )
}

fn fill(template: &str, values: &Values) -> String {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

fn told(n: usize, template: &Template, values: &Values) -> Told {
    let severity = if n == 1 {
        Severity::Critical
    } else {
        Severity::Warning
    };
    let mut finding = finding(
        &format!("f-{n}"),
        severity,
        template.code,
        &fill(template.subject, values),
    );
    finding.title = fill(template.english, values);
    for name in template.facts {
        let value = values.iter().find(|(of, _)| of == name).unwrap().1.clone();
        let value = value.parse::<i64>().map_or(Value::Text(value), Value::Int);
        finding.facts.insert((*name).to_owned(), value);
    }
    Told {
        finding,
        chinese: fill(template.chinese, values),
        english_terms: Vec::new(),
        chinese_terms: Vec::new(),
    }
}

fn say(text: &str, cites: &[&str]) -> Sentence {
    Sentence {
        text: text.to_owned(),
        cites: cites.iter().map(|id| (*id).to_owned()).collect(),
    }
}

/// Sentences of the template about the first, and about both findings.
fn true_ones(ground: &Ground<'_>) -> Vec<Sentence> {
    let (one, other) = (ground.sources[0].title, ground.sources[1].title);
    match ground.language {
        Language::English => vec![
            say(&format!("{one}."), &["f-1"]),
            say(&format!("web1: {one}."), &["f-1", "e-1"]),
            say(&format!("Also: {one}."), &["f-1"]),
            say(&format!("On web1, {one}."), &["f-1"]),
            say(&format!("Critical: {one}."), &["f-1"]),
            say(&format!("{one}; {other}."), &["f-1", "f-2"]),
            say(&format!("{other}, and {one}."), &["f-1", "f-2"]),
            say(&format!("That explains: {other}."), &["f-1", "f-2"]),
            say(&format!("{other} because {one}."), &["f-1", "f-2"]),
        ],
        Language::Chinese => vec![
            say(&format!("{one}。"), &["f-1"]),
            say(&format!("web1：{one}。"), &["f-1", "e-1"]),
            say(&format!("此外：{one}。"), &["f-1"]),
            say(&format!("严重：{one}。"), &["f-1"]),
            say(&format!("{one}；{other}。"), &["f-1", "f-2"]),
            say(&format!("由此引起：{other}。"), &["f-1", "f-2"]),
            say(&format!("{one}，导致 {other}。"), &["f-1", "f-2"]),
        ],
    }
}

/// Every number of a text as another.
fn numbers(text: &str) -> Vec<String> {
    let digits = regex::Regex::new(r"\d+").unwrap();
    let mut out = Vec::new();
    for found in digits.find_iter(text) {
        let number: u64 = found.as_str().parse().unwrap();
        let turned: String = found.as_str().chars().rev().collect();
        let mut others = vec![
            (number + 1).to_string(),
            number.saturating_sub(1).to_string(),
            format!("1{number}"),
            format!("{number}1"),
            format!("-{number}"),
        ];
        // A nought behind a decimal point says nothing.
        if !text[..found.start()].ends_with('.') {
            others.push(format!("{number}0"));
        }
        others.extend((turned != found.as_str()).then_some(turned));
        for other in others.iter().filter(|other| *other != found.as_str()) {
            let mut mutant = text.to_owned();
            mutant.replace_range(found.range(), other);
            out.push(mutant);
        }
    }
    out
}

/// One thing in the other's place, where it is there.
const SWAPS: &[(&str, &str)] = &[
    // Units.
    (" GB", " MB"),
    (" GiB", " MiB"),
    (" MB", " TB"),
    (" %", " °"),
    (" %", " GB"),
    ("%", " GB"),
    (" min", " h"),
    (" days", " hours"),
    (" 天", " 小时"),
    (" 分钟", " 秒"),
    (" 次", " 个"),
    // Denials.
    ("has failed", "has not failed"),
    ("has failed", "has succeeded"),
    ("is not", "is"),
    ("may not", "may"),
    ("may not", "may"),
    ("is held", "is not held"),
    ("killed", "did not kill"),
    ("needs", "does not need"),
    ("are in use", "are not in use"),
    ("are in use", "are free"),
    ("keeps ending", "keeps running"),
    ("nowhere", "somewhere"),
    ("已失败", "未失败"),
    ("已失败", "运行正常"),
    ("没有运行", "运行"),
    ("没有运行", "正在运行"),
    ("无权", "有权"),
    ("无权", "可以"),
    ("占用", "释放"),
    ("被", "没有被"),
    ("找不到", "找到"),
    ("杀死了", "没有杀死"),
    ("需要", "不需要"),
    // Relations and nouns.
    ("left", "used"),
    ("full", "free"),
    ("full", "left"),
    ("剩余", "已使用"),
    ("已使用", "剩余"),
    ("expires on", "expired on"),
    ("expires on", "expires after"),
    ("将于", "已于"),
    ("将于", "早于"),
    ("full", "more than full"),
    ("共", "超过"),
    ("belongs to", "belonged to"),
    ("held by", "held for"),
    ("killed", "was killed by"),
    ("by", "from"),
    // Terms.
    ("Port", "Disk"),
    ("certificate", "database"),
    ("kernel", "firewall"),
    ("memory", "disk"),
    ("connections", "logins"),
    ("端口", "磁盘"),
    ("证书", "数据库"),
    ("内核", "防火墙"),
    ("内存", "磁盘"),
    ("连接", "登录"),
    ("属主", "用户组"),
    ("host", "network"),
    ("主机", "网络"),
    ("library", "module"),
    ("共享库", "模块"),
    ("run", "read"),
    ("执行", "读取"),
    // Severity.
    ("Critical:", "Warning:"),
    ("严重：", "警告："),
    ("Critical:", "Minor:"),
    ("严重：", "轻微："),
    // Causes.
    ("That explains", "That is explained by"),
    ("because", "despite"),
    ("导致", "因为"),
];

/// What is put before or behind.
const ADDED: &[(&str, &str)] = &[
    ("Warning: ", ""),
    ("警告：", ""),
    ("Fatal: ", ""),
    ("致命：", ""),
    ("All of it: ", ""),
    ("全部：", ""),
    ("Probably ", ""),
    ("可能", ""),
    ("Not ", ""),
    ("并非 ", ""),
    ("Only ", ""),
    ("仅 ", ""),
    ("Almost ", ""),
    ("几乎 ", ""),
    ("Restart now: ", ""),
    ("请注意：", ""),
    ("@everyone ", ""),
    ("<@U1> ", ""),
    ("<!here> ", ""),
    ("#ops ", ""),
    ("", " Restart it."),
    ("", " Please restart it."),
    ("", " 请重启。"),
    ("", " 建议重启。"),
    ("", " You should check."),
    ("", " See https://x.example/a."),
    ("", " [here](x)"),
    ("", " `rm -rf /`"),
    ("", " && reboot"),
    ("", " $(reboot)"),
    ("", " because of an attack."),
    ("", " 因为受到攻击。"),
    ("", " so all is lost."),
    ("", " 所以数据丢失。"),
    ("", " It is likely."),
    ("", " 很可能是硬件故障。"),
    ("", " completely."),
    ("", " 完全。"),
    ("", "\u{200b}"),
    ("\u{202e}", ""),
    ("", "\u{e0041}"),
    ("", "\n"),
    ("", " \u{1b}[31m"),
    ("", " everything else is healthy."),
    ("", " 其余一切正常。"),
    ("", " on db9."),
    ("", " 在 db9 上。"),
    ("", " 42"),
    ("", " /etc/passwd"),
    ("", " nginx.service"),
    ("", " 10.0.0.1"),
];

/// All ways in which a true sentence is made false, each with why.
fn mutants(sentence: &Sentence, ground: &Ground<'_>, values: &Values) -> Vec<(String, Sentence)> {
    let mut out = Vec::new();
    let mut text = |why: &str, text: String| {
        if text != sentence.text {
            let cites = sentence.cites.clone();
            out.push((why.to_owned(), Sentence { text, cites }));
        }
    };
    for mutant in numbers(&sentence.text) {
        text("number", mutant);
    }
    for (from, to) in SWAPS {
        text(from, sentence.text.replacen(from, to, 1));
    }
    for (before, behind) in ADDED {
        // The second finding is a warning.
        let second = sentence.text.starts_with(ground.sources[1].title);
        if second && matches!(*before, "Warning: " | "警告：") {
            continue;
        }
        let end = sentence.text.trim_end_matches(['.', '。']);
        text(behind, format!("{before}{}{behind}", sentence.text));
        text(behind, format!("{before}{end}{behind}"));
    }
    for (name, value) in values.iter().take(5) {
        for end in ["2", "x", "-old", ".bak", "/x", "_", ":1"] {
            text(
                name,
                sentence.text.replacen(value, &format!("{value}{end}"), 1),
            );
            text(
                name,
                sentence.text.replacen(
                    value,
                    &format!("{}{value}", end.trim_start_matches('.')),
                    1,
                ),
            );
        }
        let short = value.get(..value.len() - 1).unwrap();
        text(name, sentence.text.replacen(value, short, 1));
        for other in ground.sources.iter().map(|source| source.finding) {
            let others = other.facts.values().filter_map(|value| match value {
                Value::Text(text) => Some(text),
                Value::Int(_) | Value::Bool(_) | Value::List(_) => None,
            });
            for other in others {
                text("another's name", sentence.text.replace(value, other));
            }
        }
    }
    let mut cites = |why: &str, ids: &[&str]| {
        if ids != sentence.cites {
            out.push((why.to_owned(), say(&sentence.text, ids)));
        }
    };
    cites("unknown id", &["f-9"]);
    cites("nothing", &[]);
    cites("another", &["f-3"]);
    cites("one more", &["f-1", "f-2", "f-3"]);
    cites("turned", &["f-2", "f-3"]);
    if sentence.cites.len() > 1 && !sentence.cites[1].starts_with("e-") {
        cites("one less", &["f-1"]);
        cites("the other less", &["f-2"]);
    }
    out
}

/// Three findings of different kinds, the first of which explains the second.
fn three(first: usize, step: usize, values: &[Values]) -> Vec<Told> {
    let at = |n: usize| &TEMPLATES[(first + n * step) % TEMPLATES.len()];
    let mut told: Vec<Told> = (0..3).map(|n| told(n + 1, at(n), &values[n])).collect();
    let effect = told[1].finding.id.clone();
    told[0].finding.explains.push(effect);
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn true_sentences_pass_and_mutants_do_not(
        first in 0..TEMPLATES.len(),
        step in 1..TEMPLATES.len(),
        values in prop::collection::vec(values(), 3),
        pick in any::<prop::sample::Index>(),
    ) {
        let told = three(first, step, &values);
        for language in [Language::English, Language::Chinese] {
            with_ground(&told, language, |ground| {
                let sentences = true_ones(ground);
                for sentence in &sentences {
                    let result = check(sentence, ground);
                    prop_assert!(result.is_ok(), "{:?}: {:?}", result, sentence);
                }
                // One of them each time, as there are some hundred ways to make each false.
                {
                    let sentence = pick.get(&sentences);
                    let mutants = mutants(sentence, ground, &values[0]).into_iter();
                    let passed: Vec<_> = mutants.filter(|(_, mutant)| check(mutant, ground).is_ok()).map(|(why, mutant)| format!("{why}: {} {:?}", mutant.text, mutant.cites)).collect();
                    prop_assert!(passed.is_empty(), "from {sentence:?}: {passed:#?}");
                }
                Ok(())
            })?;
        }
    }

    #[test]
    fn hostile_sentences_never_panic(text in "\\PC{0,300}", other in any::<String>(), first in 0..TEMPLATES.len(), values in values()) {
        let told = three(first, 1, &[values.clone(), values.clone(), values]);
        for language in [Language::English, Language::Chinese] {
            with_ground(&told, language, |ground| {
                for text in [&text, &other] {
                    let _outcome = check(&say(text, &["f-1", "f-2"]), ground);
                }
            });
        }
    }

    #[test]
    fn hostile_findings_never_panic(title in any::<String>(), name in any::<String>(), text in any::<String>()) {
        let mut finding = finding("f-1", Severity::Warning, "custom.site", "unit:x");
        finding.title.clone_from(&title);
        finding.subject.name.clone_from(&name);
        finding.facts.insert("message".to_owned(), Value::Text(text.clone()));
        finding.detail.clone_from(&text);
        let told = [Told { finding, chinese: title.clone(), english_terms: vec![name.clone()], chinese_terms: vec![text.clone()] }];
        for language in [Language::English, Language::Chinese] {
            with_ground(&told, language, |ground| {
                for text in [&title, &name, &text] {
                    let _outcome = check(&say(text, &["f-1"]), ground);
                }
            });
        }
    }
}
