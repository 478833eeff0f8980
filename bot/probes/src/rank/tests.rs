//! The order of findings: causes first, whatever the order of the drafts.

use std::collections::BTreeMap;

use incident::{EvidenceId, HostName, Severity, Subject};

use crate::draft::Draft;
use crate::rank::{rank, within};

fn ranked(drafts: Vec<Draft>) -> Vec<String> {
    let evidence: BTreeMap<_, _> = [("p".to_owned(), EvidenceId::nth(1))].into();
    let host = HostName::new("web1").unwrap();
    rank(&host, drafts, 1, &evidence)
        .iter()
        .map(|finding| {
            let explains: Vec<_> = finding.explains.iter().map(ToString::to_string).collect();
            format!("{} {} -> {}", finding.id, finding.code, explains.join(" "))
        })
        .collect()
}

fn draft(code: &str, severity: Severity, subject: Subject) -> Draft {
    Draft::new(code, severity, subject, code).cite("p")
}

#[test]
fn the_cause_comes_first_though_it_is_less_severe() {
    let full = draft("fs.full", Severity::Critical, Subject::new("mount", "/"));
    let held = draft(
        "fs.deleted_open",
        Severity::Warning,
        Subject::new("process", "77"),
    )
    .fact("mount", "/");
    let expected = ["f-1 fs.deleted_open -> f-2", "f-2 fs.full -> "];
    assert_eq!(ranked(vec![full.clone(), held.clone()]), expected);
    assert_eq!(ranked(vec![held, full]), expected);
}

#[test]
fn a_finding_without_known_evidence_is_left_out() {
    let unknown = Draft::new(
        "fs.full",
        Severity::Critical,
        Subject::new("mount", "/"),
        "x",
    )
    .cite("q");
    assert_eq!(ranked(vec![unknown]), Vec::<String>::new());
}

#[test]
fn mounts_contain_whole_names_only() {
    assert!(within("/var/log/x", "/var"));
    assert!(within("/var", "/var"));
    assert!(within("/x", "/"));
    assert!(!within("/variable", "/var"));
}
