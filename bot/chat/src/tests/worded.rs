//! An account with a model in it: what it said that holds, what it chose, and that a root cause is never left out.

use std::collections::BTreeMap;

use incident::notice::Notice;
use incident::summary::{Claim, Source};
use incident::wording::{Model, Wording};
use incident::{Confidence, HostStatus, Severity, Spent};

use super::{ana, both, faces, proposal, reports};
use crate::Locale;

const SPENT: Spent = Spent {
    asked: 1210,
    answered: 100,
    cost: 400,
};

/// What a model said of the bad findings, in this language: a sentence about each of these.
fn wording(locale: Locale, about: &[&str]) -> Wording {
    let bad = reports()
        .into_iter()
        .flat_map(|report| report.findings)
        .filter(|finding| finding.severity > Severity::Info);
    let ids: Vec<_> = bad.map(|finding| finding.id).collect();
    Wording {
        model: Some(Model {
            endpoint: "local".to_owned(),
            model: "small".to_owned(),
        }),
        language: locale.tag().to_owned(),
        lead: ids.iter().take(1).cloned().collect(),
        claims: about
            .iter()
            .map(|id| Claim {
                text: format!("<!channel> the model speaks of {id}."),
                cites: vec![(*id).to_owned()],
            })
            .collect(),
        causes: ids
            .first()
            .cloned()
            .zip(ids.last().cloned())
            .into_iter()
            .collect(),
        runbook: incident::RunbookId::new("fs-full").ok(),
        because: ids.iter().take(1).cloned().collect(),
        dropped: BTreeMap::from([("polarity".to_owned(), 1), ("token".to_owned(), 2)]),
        ..Wording::default()
    }
}

#[test]
fn an_account_says_who_worded_it() {
    let reports = reports();
    let incident = proposal().incident;
    let first = reports
        .iter()
        .flat_map(|report| &report.findings)
        .find(|finding| finding.severity > Severity::Info)
        .unwrap();
    let mut out = both(|locale| {
        let wording = wording(locale, &[first.id.as_str()]);
        let summary = locale.worded(&reports, &wording, SPENT, "USD");
        assert_eq!(summary.source, Source::Model);
        faces(
            &Notice::Headline {
                incident: &incident,
                by: &ana(),
                status: HostStatus::Critical,
                summary: &summary,
                cards: &[],
                pages: &[],
                stage: incident::Status::Investigating,
                hints: &incident::notice::Hints::default(),
            },
            locale,
        )
    });
    out += &both(|locale| {
        let late = Wording {
            failures: vec![("local".to_owned(), "late".to_owned())],
            ..Wording::default()
        };
        let summary = locale.worded(&reports, &late, Spent::default(), "USD");
        assert_eq!(summary.source, Source::Template);
        assert_eq!(summary.text, locale.summary(&reports).text);
        let later = &reports[..];
        faces(
            &Notice::Worded {
                summary: &summary,
                later,
                cards: &[],
            },
            locale,
        )
    });
    insta::assert_snapshot!("worded", out);
}

#[test]
fn no_root_cause_is_left_out() {
    let mut reports = reports();
    let locale = Locale::English;
    for confidence in [Confidence::Confirmed, Confidence::Likely] {
        for report in &mut reports {
            for finding in &mut report.findings {
                finding.confidence = confidence;
            }
        }
        let bad = || {
            let all = reports.iter().flat_map(|report| &report.findings);
            all.filter(|finding| finding.severity > Severity::Info)
        };
        for spoken in bad() {
            let wording = wording(locale, &[spoken.id.as_str()]);
            let summary = locale.worded(&reports, &wording, SPENT, "USD");
            for report in &reports {
                let mut bad = report.findings.iter();
                let Some(root) = bad.find(|finding| finding.severity > Severity::Info) else {
                    continue;
                };
                let ours = summary
                    .text
                    .contains(locale.title(root).trim_end_matches('.'));
                let theirs = spoken.id == root.id && confidence == Confidence::Confirmed;
                assert!(ours || theirs, "{} of {}", root.id, summary.text);
            }
        }
    }
}

#[test]
fn sentences_of_another_language_are_not_shown() {
    let reports = reports();
    let first = &reports[1].findings[0].id;
    let wording = wording(Locale::English, &[first.as_str()]);
    let summary = Locale::Chinese.worded(&reports, &wording, SPENT, "CNY");
    assert_eq!(summary.source, Source::Template);
    assert!(
        !summary.text.contains("the model speaks"),
        "{}",
        summary.text
    );
    // What it chose is for everybody.
    assert!(summary.text.contains("fs-full"), "{}", summary.text);
}

#[test]
fn what_leads_is_told_before_other_findings_and_no_root_gives_way_to_it() {
    let mut reports = reports();
    let web1 = reports
        .iter_mut()
        .find(|report| report.host.as_str() == "web1")
        .unwrap();
    let last = web1.findings.last().unwrap().clone();
    for n in 21..25 {
        let mut more = last.clone();
        more.severity = Severity::Warning;
        more.id = incident::FindingId::nth(n);
        more.title = format!("number {n} is wrong");
        web1.findings.push(more);
    }
    let plain = Locale::English.summary(&reports).text;
    assert!(!plain.contains("number 24"), "{plain}");
    let led = Wording {
        lead: vec![incident::FindingId::nth(24)],
        ..Wording::default()
    };
    let text = Locale::English.worded(&reports, &led, SPENT, "USD").text;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        plain.lines().next().unwrap(),
        "the root stays first"
    );
    assert_eq!(lines[2], "Also: number 24 is wrong.", "{text}");
}
