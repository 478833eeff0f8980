//! What the verifier lets pass and what it drops.

mod claims;
mod mutants;
mod rules;

use incident::{Confidence, EvidenceId, Finding, FindingId, HostName, Severity, Subject};

use super::{Ground, Source, Vocabulary};
use crate::Language;

/// A finding and what it is called in both languages.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) finding: Finding,
    pub(crate) chinese: String,
    pub(crate) english_terms: Vec<String>,
    pub(crate) chinese_terms: Vec<String>,
}

/// A confirmed finding without facts.
pub(crate) fn finding(id: &str, severity: Severity, code: &str, subject: &str) -> Finding {
    Finding {
        id: FindingId::new(id).unwrap(),
        code: incident::Code::new(code).unwrap(),
        severity,
        confidence: Confidence::Confirmed,
        host: HostName::new("web1").unwrap(),
        subject: Subject::try_from(subject.to_owned()).unwrap(),
        title: String::new(),
        detail: String::new(),
        facts: std::collections::BTreeMap::new(),
        cites: vec![EvidenceId::nth(1)],
        explains: Vec::new(),
    }
}

/// The words of these findings' headings and of some texts of ours.
pub(crate) fn vocabulary(told: &[Told]) -> Vocabulary {
    const OURS: &str = "filesystem disk memory certificate database log port firewall rule kernel process load swap name server \
        logins unit service executable mode enabled cores processors grows drops everything listens held refused were holds \
        been quarter hour last ago pid available uses core wants runs user which deleted file connections tracked open files \
        CPU inode journal masked condition";
    let names = told
        .iter()
        .flat_map(|one| one.english_terms.iter().chain(&one.chinese_terms));
    Vocabulary::new(names.map(String::as_str).chain([OURS]))
}

/// Calls with all that sentences about these findings may rest on.
pub(crate) fn with_ground<T>(
    told: &[Told],
    language: Language,
    tell: impl FnOnce(&Ground<'_>) -> T,
) -> T {
    let vocabulary = vocabulary(told);
    let terms: Vec<Vec<&str>> = told
        .iter()
        .map(|one| match language {
            Language::English => one.english_terms.iter().map(String::as_str).collect(),
            Language::Chinese => one.chinese_terms.iter().map(String::as_str).collect(),
        })
        .collect();
    let causes: Vec<(FindingId, FindingId)> = told
        .iter()
        .flat_map(|one| {
            let effects = one.finding.explains.iter();
            effects.map(|effect| (one.finding.id.clone(), effect.clone()))
        })
        .collect();
    let sources = told.iter().zip(&terms).map(|(one, terms)| Source {
        finding: &one.finding,
        title: match language {
            Language::English => &one.finding.title,
            Language::Chinese => &one.chinese,
        },
        terms,
    });
    tell(&Ground {
        language,
        sources: sources.collect(),
        causes: &causes,
        vocabulary: &vocabulary,
    })
}
