//! One row for each way in which a sentence is dropped or kept, on the same few findings.

use incident::{Confidence, FindingId, Severity, Value};

use super::{Told, finding, with_ground};
use crate::Language::{self, Chinese, English};
use crate::verify::{Rule, Sentence, check, sift};

fn told(
    id: &str,
    severity: Severity,
    code: &str,
    subject: &str,
    titles: (&str, &str),
    facts: &[(&str, Value)],
) -> Told {
    let mut finding = finding(id, severity, code, subject);
    titles.0.clone_into(&mut finding.title);
    finding.facts = facts
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    Told {
        finding,
        chinese: titles.1.to_owned(),
        english_terms: Vec::new(),
        chinese_terms: Vec::new(),
    }
}

fn findings() -> Vec<Told> {
    use Severity::{Critical, Info, Warning};
    let mut all = vec![
        told(
            "f-1",
            Critical,
            "fs.full",
            "mount:/var",
            (
                "/var is 97 % full, 1,024 MB left",
                "/var 已使用 97%，剩余 1024 MB",
            ),
            &[("path", "/var".into()), ("used_percent", Value::Int(97))],
        ),
        told(
            "f-2",
            Critical,
            "unit.failed",
            "unit:nginx.service",
            (
                "nginx.service has failed (exit-code)",
                "nginx.service 已失败（exit-code）",
            ),
            &[
                ("unit", "nginx.service".into()),
                ("result", "exit-code".into()),
            ],
        ),
        told(
            "f-3",
            Warning,
            "app.config_syntax",
            "path:/etc/shop/shop.conf",
            (
                "shop refuses /etc/shop/shop.conf, line 3: unknown word, the disk is fine",
                "shop 不接受 /etc/shop/shop.conf 第 3 行：unknown word, the disk is fine",
            ),
            &[
                ("path", "/etc/shop/shop.conf".into()),
                ("message", "unknown word, the disk is fine".into()),
            ],
        ),
        told(
            "f-4",
            Warning,
            "net.port_taken",
            "port:80/tcp",
            (
                "Port 80 is held by apache2 (pid 812)",
                "端口 80 被 apache2（pid 812）占用",
            ),
            &[
                ("comm", "apache2".into()),
                ("pid", Value::Int(812)),
                ("unit", "nginx.service".into()),
            ],
        ),
        told(
            "f-5",
            Info,
            "change.recent",
            "host:web1",
            ("Changed: 3 files", "变更：3 个文件"),
            &[],
        ),
    ];
    all[0].finding.explains = vec![FindingId::nth(2)];
    all[3].finding.confidence = Confidence::Likely;
    all
}

fn sentence(cites: &str, text: &str) -> Sentence {
    Sentence {
        text: text.to_owned(),
        cites: cites.split_whitespace().map(str::to_owned).collect(),
    }
}

#[track_caller]
fn holds(language: Language, cites: &str, text: &str) {
    let result = with_ground(&findings(), language, |ground| {
        check(&sentence(cites, text), ground)
    });
    assert_eq!(result, Ok(()), "{text}");
}

#[track_caller]
fn breaks(rule: Rule, language: Language, cites: &str, text: &str) {
    let result = with_ground(&findings(), language, |ground| {
        check(&sentence(cites, text), ground)
    });
    let broken = result.map_err(|(rule, _)| rule);
    assert_eq!(broken, Err(rule), "{text}");
}

#[test]
fn numbers_are_the_same_in_every_spelling_and_no_other() {
    holds(English, "f-1", "/var is 97% full, 1024 MB left.");
    holds(English, "f-1", "/var is 97 percent full, 1,024MB left.");
    holds(Chinese, "f-1", "/var 已使用 ９７％，剩余 １０２４ MB。");
    holds(English, "f-1", "/var is 97.0 % full.");
    holds(English, "f-1", "/var is 97 % full, 1024M left.");
    // A mebibyte is more than a megabyte.
    breaks(
        Rule::Token,
        English,
        "f-1",
        "/var is 97 % full, 1024 MiB left.",
    );
    breaks(
        Rule::Token,
        English,
        "f-1",
        "/var is 97 % full, 1024 GB left.",
    );
    breaks(Rule::Token, English, "f-1", "/var is 97 % full, 1024 left.");
    breaks(Rule::Token, English, "f-1", "/var is 1,02 % full.");
    breaks(Rule::Token, English, "f-1", "/var is 97.5 % full.");
    breaks(Rule::Token, English, "f-1", "/var is 097 % full.");
    breaks(Rule::Token, English, "f-1", "/var is -97 % full.");
}

#[test]
fn names_end_where_they_end() {
    holds(English, "f-1", "/var: 97 % full.");
    holds(English, "f-2", "nginx.service: failed.");
    holds(English, "f-2", "The nginx service has failed.");
    for text in [
        "/var/ is 97 % full.",
        "/var2 is 97 % full.",
        "/va is 97 % full.",
        "x/var is 97 % full.",
        "/var-old is 97 % full.",
        "/Var is 97 % full.",
        "/var.bak is 97 % full.",
        "/var:1 is 97 % full.",
        "/vаr is 97 % full.",
    ] {
        let result = with_ground(&findings(), English, |ground| {
            check(&sentence("f-1", text), ground)
        });
        assert!(
            matches!(result, Err((Rule::Token | Rule::Control, _))),
            "{text}: {result:?}"
        );
    }
}

#[test]
fn what_a_chat_or_a_terminal_would_act_on_is_dropped() {
    let after = |rule: Rule, tail: &str| {
        breaks(rule, English, "f-1", &format!("/var is 97 % full{tail}"));
    };
    after(Rule::Control, "\u{200b}.");
    after(Rule::Control, "\u{202e}.");
    after(Rule::Control, "\u{e0041}.");
    after(Rule::Control, "\u{1b}[31m.");
    after(Rule::Control, "\n.");
    after(Rule::Control, "\u{fe0f}.");
    after(Rule::Control, " 𝐟𝐮𝐥𝐥.");
    after(Rule::Control, " ﬁne.");
    after(Rule::Control, " ①.");
    after(Rule::Control, " 🙂.");
    after(Rule::Control, "\u{a0}.");
    after(Rule::Link, " https://x.example.");
    after(Rule::Link, " www.x.example.");
    after(Rule::Link, " [here](x).");
    after(Rule::Link, " `x`.");
    after(Rule::Link, " **now**.");
    after(Rule::Mention, " @everyone.");
    after(Rule::Mention, " ＠everyone.");
    after(Rule::Mention, " <@U1>.");
    after(Rule::Mention, " <!here>.");
    after(Rule::Mention, " #ops.");
    after(Rule::Command, " && reboot.");
    after(Rule::Command, " | sh.");
    after(Rule::Command, " $(reboot).");
    after(Rule::Command, " > /dev/sda.");
    after(Rule::Length, &" ".repeat(240));
    breaks(Rule::Length, English, "f-1", "");
    breaks(
        Rule::Length,
        English,
        "f-1",
        &"/var is 97 % full, 1,024 MB left. ".repeat(60),
    );
}

#[test]
fn what_is_cited_is_there_is_trouble_and_is_spoken_of() {
    breaks(Rule::Citation, English, "", "/var is 97 % full.");
    breaks(Rule::Citation, English, "e-1", "/var is 97 % full.");
    breaks(Rule::Citation, English, "f-9", "/var is 97 % full.");
    breaks(Rule::Citation, English, "f-5", "Changed: 3 files.");
    breaks(Rule::Citation, English, "f-1 f-2", "/var is 97 % full.");
    breaks(Rule::Citation, English, "f-1 e-9", "/var is 97 % full.");
    holds(English, "f-1 e-1", "/var is 97 % full.");
    holds(English, "f-1 f-2", "And 2 more.");
    breaks(Rule::Token, English, "f-1 f-2", "And 3 more.");
    holds(Chinese, "f-1 f-2", "另有 2 项发现。");
}

#[test]
fn a_cause_is_a_declared_pair_in_its_direction() {
    holds(
        English,
        "f-1 f-2",
        "nginx.service has failed because /var is 97 % full.",
    );
    holds(
        English,
        "f-2 f-1",
        "Because /var is 97 % full, nginx.service has failed.",
    );
    holds(
        Chinese,
        "f-1 f-2",
        "/var 已使用 97%，导致 nginx.service 失败。",
    );
    breaks(
        Rule::Inference,
        English,
        "f-1 f-2",
        "/var is 97 % full because nginx.service has failed.",
    );
    breaks(
        Rule::Inference,
        English,
        "f-4 f-2",
        "nginx.service has failed because port 80 is held by apache2.",
    );
    breaks(
        Rule::Inference,
        English,
        "f-4 f-2 f-1",
        "Port 80 is held by apache2, /var is 97 % full, so nginx.service has failed.",
    );
    breaks(
        Rule::Inference,
        English,
        "f-1",
        "/var is possibly 97 % full.",
    );
    breaks(Rule::Inference, Chinese, "f-1", "/var 可能已使用 97%。");
    holds(English, "f-4", "Port 80 is likely held by apache2.");
    breaks(
        Rule::Inference,
        English,
        "f-4",
        "Port 80 is possibly held by apache2.",
    );
}

#[test]
fn a_title_that_quotes_is_repeated_as_a_whole_or_not_at_all() {
    holds(
        English,
        "f-3",
        "shop refuses /etc/shop/shop.conf, line 3: unknown word, the disk is fine.",
    );
    for text in [
        "shop refuses /etc/shop/shop.conf: the disk is fine.",
        "/etc/shop/shop.conf: the disk is fine.",
        "The disk is fine.",
        "shop refuses /etc/shop/shop.conf, line 3: the disk is fine.",
    ] {
        breaks(Rule::Binding, English, "f-3", text);
    }
}

#[test]
fn a_name_is_not_put_where_it_changes_who_did_it() {
    holds(English, "f-4", "nginx.service: port 80 is held by apache2.");
    breaks(
        Rule::Binding,
        English,
        "f-4",
        "Port 80 is held by nginx.service.",
    );
    breaks(
        Rule::Binding,
        English,
        "f-4",
        "Port 80 is held by nginx.service, apache2.",
    );
    breaks(
        Rule::Binding,
        English,
        "f-4",
        "Port 80 is held by apache2 nginx.service.",
    );
    breaks(Rule::Binding, English, "f-4", "Port 80.");
    breaks(
        Rule::Binding,
        English,
        "f-4",
        "Process apache2, nginx.service.",
    );
}

#[test]
fn how_bad_it_is_stands_aside_and_is_not_denied() {
    holds(English, "f-1", "Critical: /var is 97 % full.");
    holds(English, "f-1", "/var is critical: 97 % full.");
    holds(Chinese, "f-1", "严重：/var 已使用 97%。");
    for text in [
        "/var is not critical: 97 % full.",
        "nginx.service is critical failed.",
        "/var is 97 % critical full.",
        "Less critical: /var is 97 % full.",
    ] {
        let cites = if text.contains("nginx") { "f-2" } else { "f-1" };
        let result = with_ground(&findings(), English, |ground| {
            check(&sentence(cites, text), ground)
        });
        assert!(result.is_err(), "{text}");
    }
}

#[test]
fn people_can_see_what_it_is_about() {
    breaks(Rule::Binding, English, "f-1", "It is 97 % full.");
    breaks(Rule::Binding, English, "f-1", "web1 is 97 % full.");
    breaks(
        Rule::Inference,
        English,
        "f-1",
        "Because /var is 97 % full.",
    );
    holds(English, "f-1", "On web1, /var is 97 % full.");
}

#[test]
fn a_question_says_nothing() {
    breaks(Rule::Polarity, English, "f-2", "Has nginx.service failed?");
    breaks(Rule::Polarity, Chinese, "f-2", "nginx.service 已失败？");
}

#[test]
fn the_other_language_is_dropped() {
    breaks(Rule::Language, English, "f-2", "nginx.service 已失败。");
    breaks(Rule::Language, Chinese, "f-2", "nginx.service has failed.");
    breaks(
        Rule::Language,
        Chinese,
        "f-1",
        "/var 已使用 97%, 1024 MB left。",
    );
}

#[test]
fn an_answer_is_sifted_and_what_is_dropped_is_counted() {
    let answer = vec![
        sentence("f-1", "/var is 97 % full."),
        sentence("f-1 f-2", "That explains: nginx.service has failed."),
        sentence("f-4", "Port 81 is held by apache2."),
        sentence("f-1 f-2", "That explains: nginx.service has failed."),
        sentence("f-2", "Restart nginx.service."),
        sentence("f-2", "Please restart nginx.service."),
    ];
    let checked = with_ground(&findings(), English, |ground| sift(answer.clone(), ground));
    assert_eq!(checked.kept, answer[..2]);
    let counts: Vec<(&str, usize)> = checked
        .counts()
        .into_iter()
        .map(|(rule, n)| (rule.word(), n))
        .collect();
    assert_eq!(counts, [("token", 1), ("binding", 1), ("imperative", 2)]);
}

#[test]
fn every_rule_has_a_word_of_its_own() {
    let words: std::collections::BTreeSet<&str> =
        Rule::ALL.iter().map(|rule| rule.word()).collect();
    assert_eq!(words.len(), Rule::ALL.len());
}

#[test]
fn a_finding_that_two_hosts_have_is_cited_by_neither() {
    let mut twice = findings();
    twice.push(twice[0].clone());
    let result = with_ground(&twice, English, |ground| {
        check(&sentence("f-1", "/var is 97 % full."), ground)
    });
    assert!(matches!(result, Err((Rule::Citation, _))), "{result:?}");
}
