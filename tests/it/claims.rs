//! Sentences that the template makes of recorded hosts, before the verifier of a model's sentences: each passes as it is, and
//! fails as soon as one thing in it is another.

use std::collections::BTreeMap;
use std::path::Path;

use chat::Locale;
use incident::probe::Answers;
use incident::report::HostReport;
use incident::{
    Ended, EvidenceId, Finding, FindingId, HostName, HostStatus, RawOutput, Severity, Span, Value,
};
use llm::Language;
use llm::verify::{Ground, Sentence, Source, Vocabulary, check};

const LANGUAGES: [(Locale, Language); 2] = [
    (Locale::English, Language::English),
    (Locale::Chinese, Language::Chinese),
];

/// The answers of a recorded host: `@@ END USER KEY` before each.
fn answers(text: &str) -> Answers {
    let mut answers = Answers::new();
    for part in text.split("@@ ").skip(1) {
        let (head, body) = part.split_once('\n').unwrap_or((part, ""));
        let mut words = head.splitn(3, ' ');
        let (Some(end), Some(who), Some(key)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let ended = match end {
            "lost" => Ended::Lost,
            end => end
                .parse()
                .map_or(Ended::TimedOut, |code| Ended::Exited { code }),
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
    answers
}

/// What was found on every recorded host.
pub(crate) fn recorded() -> Vec<HostReport> {
    let probes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bot/probes");
    let signatures = probes::Signatures::shipped().unwrap();
    let mut files: Vec<_> = ["cases", "src/signatures/tests"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(probes.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let host = HostName::new("web1").unwrap();
    let report = |path: &std::path::PathBuf| {
        let answers = answers(&std::fs::read_to_string(path).unwrap());
        let look = probes::Look {
            host: &host,
            answers: &answers,
            window: probes::Window::default(),
        };
        let judgement = probes::judge(&look, &signatures);
        let keys = answers.keys().enumerate();
        let evidence: BTreeMap<String, EvidenceId> = keys
            .map(|(n, key)| (key.clone(), EvidenceId::nth(n + 1)))
            .collect();
        let findings = probes::rank(&host, judgement.drafts, 1, &evidence);
        HostReport {
            host: host.clone(),
            status: HostStatus::judge(&findings, true),
            took: Span(1),
            findings,
            could_not_check: Vec::new(),
            unreachable: String::new(),
            since: None,
        }
    };
    files.iter().map(report).collect()
}

/// The words of all codes in both languages.
pub(crate) fn vocabulary() -> Vocabulary {
    let english = probes::catalogue::entries()
        .flat_map(|entry| [entry.title, entry.meaning, entry.causes, entry.usual]);
    let chinese = chat::codes().flat_map(|code| [code.name, code.meaning, code.usual]);
    Vocabulary::new(english.chain(chinese))
}

/// What a report's sentences may rest on, in one language.
struct Said {
    titles: Vec<String>,
    terms: Vec<Vec<&'static str>>,
    causes: Vec<(FindingId, FindingId)>,
}

impl Said {
    fn new(locale: Locale, findings: &[Finding]) -> Self {
        let name = |finding: &Finding| {
            let code = finding.code.as_str();
            let name = match locale {
                Locale::English => probes::catalogue::explain(code).map(|entry| entry.title),
                Locale::Chinese => locale.explained(code).map(|named| named.name),
            };
            name.into_iter().collect()
        };
        let causes = findings.iter().flat_map(|finding| {
            let effects = finding.explains.iter();
            effects.map(|effect| (finding.id.clone(), effect.clone()))
        });
        Self {
            titles: findings
                .iter()
                .map(|one| locale.title(one).into_owned())
                .collect(),
            terms: findings.iter().map(name).collect(),
            causes: causes.collect(),
        }
    }

    fn ground<'a>(
        &'a self,
        findings: &'a [Finding],
        language: Language,
        vocabulary: &'a Vocabulary,
    ) -> Ground<'a> {
        let each = findings.iter().zip(&self.titles).zip(&self.terms);
        let sources = each.map(|((finding, title), terms)| Source {
            finding,
            title,
            terms,
        });
        Ground {
            language,
            sources: sources.collect(),
            causes: &self.causes,
            vocabulary,
        }
    }
}

/// Calls for every sentence of the template about recorded hosts.
fn each_claim(mut tell: impl FnMut(&Sentence, &Ground<'_>)) {
    let vocabulary = vocabulary();
    for report in recorded() {
        for (locale, language) in LANGUAGES {
            let said = Said::new(locale, &report.findings);
            let ground = said.ground(&report.findings, language, &vocabulary);
            for claim in locale.summary(std::slice::from_ref(&report)).claims {
                // What was not found has nothing to cite, and a model may not say it.
                if claim.cites.is_empty() {
                    continue;
                }
                let sentence = Sentence {
                    text: claim.text,
                    cites: claim.cites,
                };
                tell(&sentence, &ground);
            }
        }
    }
}

#[test]
fn every_sentence_of_the_template_is_accepted() {
    let mut wrong = Vec::new();
    let mut count = 0;
    each_claim(|sentence, ground| {
        count += 1;
        if let Err((rule, why)) = check(sentence, ground) {
            wrong.push(format!(
                "{rule}: {why}: {} {:?}",
                sentence.text, sentence.cites
            ));
        }
    });
    assert!(count > 100, "only {count} sentences");
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_title_is_accepted_as_a_sentence() {
    let vocabulary = vocabulary();
    let mut wrong = Vec::new();
    for report in recorded() {
        for (locale, language) in LANGUAGES {
            let said = Said::new(locale, &report.findings);
            let ground = said.ground(&report.findings, language, &vocabulary);
            for source in &ground.sources {
                if source.finding.severity == Severity::Info {
                    continue;
                }
                let stop = match language {
                    Language::English => ".",
                    Language::Chinese => "。",
                };
                let sentence = Sentence {
                    text: format!("{}{stop}", source.title.trim_end_matches('.')),
                    cites: vec![source.finding.id.to_string()],
                };
                if let Err((rule, why)) = check(&sentence, &ground) {
                    wrong.push(format!("{rule}: {why}: {}", sentence.text));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// One thing in the other's place, where it is there: units, denials, relations, terms, in both languages.
const SWAPS: &[(&str, &str)] = &[
    (" GiB", " MiB"),
    (" MiB", " GiB"),
    (" GB", " MB"),
    (" %", " GB"),
    ("%", " GB"),
    (" min ", " h "),
    (" 分钟", " 小时"),
    (" has failed", " has not failed"),
    (" has failed", " runs"),
    (" is not ", " is "),
    (" does not ", " does "),
    (" cannot ", " can "),
    (" may not ", " may "),
    (" was not ", " was "),
    (" is ", " is not "),
    ("no ", "a "),
    ("which is not there", "which is there"),
    ("已失败", "未失败"),
    ("已失败", "运行正常"),
    ("没有", "已"),
    ("不存在", "存在"),
    ("无法", "可以"),
    ("无权", "有权"),
    ("被", "没有被"),
    ("未能", "成功"),
    (" full", " free"),
    (" left", " used"),
    ("剩余", "已使用"),
    ("已使用", "剩余"),
    (" by ", " from "),
    (" to ", " without "),
    (" more ", " less "),
    ("超过", "低于"),
    ("expired", "expires"),
    ("Port ", "Disk "),
    ("端口", "磁盘"),
    ("memory", "disk"),
    ("内存", "磁盘"),
    ("certificate", "database"),
    ("证书", "数据库"),
    ("because ", "although "),
    ("因", "非因"),
];

/// What is put before or behind a sentence.
const ADDED: &[(&str, &str)] = &[
    ("Fatal: ", ""),
    ("致命：", ""),
    ("All ", ""),
    ("Almost ", ""),
    ("几乎 ", ""),
    ("Not ", ""),
    ("并非 ", ""),
    ("@everyone ", ""),
    ("<!here> ", ""),
    ("\u{202e}", ""),
    ("", "\u{200b}"),
    ("", " Restart it."),
    ("", " 请重启。"),
    ("", " You should check the logs."),
    ("", " See https://x.example."),
    ("", " It is caused by an attack."),
    ("", " 原因是受到攻击。"),
    ("", " Everything else is healthy."),
    ("", " 其余一切正常。"),
    ("", " && reboot"),
    ("", " 42"),
    ("", " on db9."),
];

/// The same sentence with each number and each name as another.
fn with_others(text: &str, finding: &Finding) -> Vec<String> {
    let digits = regex::Regex::new("[0-9]+").unwrap();
    let mut out = Vec::new();
    for found in digits.find_iter(text) {
        let number: u64 = found.as_str().parse().unwrap_or(7);
        for other in [(number + 1).to_string(), format!("1{}", found.as_str())] {
            let mut mutant = text.to_owned();
            mutant.replace_range(found.range(), &other);
            out.push(mutant);
        }
    }
    let facts = finding.facts.values().filter_map(|value| match value {
        Value::Text(text) => Some(text.as_str()),
        Value::Int(_) | Value::Bool(_) | Value::List(_) => None,
    });
    let names = facts.chain([finding.subject.name.as_str()]);
    for name in names.filter(|name| name.len() > 3 && text.contains(name)) {
        for end in ["2", "-old", "/x"] {
            out.push(text.replacen(name, &format!("{name}{end}"), 1));
        }
        out.push(text.replacen(name, "other.service", 1));
    }
    out
}

/// The other finding that says something else, if there is one.
fn another<'a>(sentence: &Sentence, ground: &Ground<'a>) -> Option<&'a Finding> {
    let about = |id: &str| {
        ground
            .sources
            .iter()
            .find(|one| one.finding.id.as_str() == id)
    };
    let title = sentence.cites.first().and_then(|id| about(id))?.title;
    let other = ground.sources.iter().find(|source| {
        let trouble = source.finding.severity > Severity::Info;
        trouble && source.title != title && !sentence.cites.contains(&source.finding.id.to_string())
    });
    other.map(|source| source.finding)
}

#[test]
fn a_sentence_of_the_template_with_one_thing_wrong_is_dropped() {
    let mut passed = Vec::new();
    let mut count = 0;
    each_claim(|sentence, ground| {
        let mut mutants = Vec::new();
        for (from, to) in SWAPS {
            mutants.push(sentence.text.replacen(from, to, 1));
        }
        for (before, behind) in ADDED {
            mutants.push(format!("{before}{}{behind}", sentence.text));
        }
        let cited = |source: &&Source<'_>| sentence.cites.contains(&source.finding.id.to_string());
        for source in ground.sources.iter().filter(cited) {
            mutants.extend(with_others(&sentence.text, source.finding));
        }
        let texts = mutants.into_iter().filter(|text| *text != sentence.text);
        let mut wrong: Vec<Sentence> = texts
            .map(|text| Sentence {
                text,
                cites: sentence.cites.clone(),
            })
            .collect();
        let other = another(sentence, ground).map(|finding| finding.id.to_string());
        for id in other.into_iter().chain(["f-99".to_owned()]) {
            wrong.push(Sentence {
                text: sentence.text.clone(),
                cites: vec![id],
            });
        }
        count += wrong.len();
        let through = wrong.iter().filter(|one| check(one, ground).is_ok());
        passed.extend(
            through.map(|one| format!("{} {:?}  <- {}", one.text, one.cites, sentence.text)),
        );
    });
    assert!(count > 5_000, "only {count} mutants");
    assert!(
        passed.is_empty(),
        "{} of {count}\n{}",
        passed.len(),
        passed.join("\n")
    );
}
