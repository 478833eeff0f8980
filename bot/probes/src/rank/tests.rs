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

mod possible {
    use incident::{EvidenceId, Finding, HostName, Severity, Subject};

    use crate::draft::Draft;
    use crate::rank::possible_causes;

    /// Findings of these hosts, and the pairs that are possible among them.
    fn pairs(drafts: Vec<(&str, Draft)>) -> Vec<String> {
        let evidence = [("p".to_owned(), EvidenceId::nth(1))].into();
        let mut findings: Vec<Finding> = Vec::new();
        for (host, draft) in drafts {
            let host = HostName::new(host).unwrap();
            findings.extend(crate::rank(
                &host,
                vec![draft],
                findings.len() + 1,
                &evidence,
            ));
        }
        possible_causes(&findings)
            .into_iter()
            .map(|(cause, effect)| format!("{cause} {effect}"))
            .collect()
    }

    fn bad(code: &str, kind: &str, name: &str) -> Draft {
        Draft::new(code, Severity::Critical, Subject::new(kind, name), code).cite("p")
    }

    #[test]
    fn a_pair_is_possible_where_nothing_shows_it_and_nothing_speaks_against_it() {
        let full = || bad("fs.full", "mount", "/var");
        let failed = |name| bad("unit.failed", "unit", name);
        assert_eq!(
            pairs(vec![("web1", full()), ("web1", failed("a.service"))]),
            ["f-1 f-2"]
        );
        let elsewhere = failed("a.service").fact("path", "/srv/x");
        assert_eq!(pairs(vec![("web1", full()), ("web1", elsewhere)]), [""; 0]);
        assert_eq!(
            pairs(vec![("web1", full()), ("web2", failed("a.service"))]),
            [""; 0]
        );
    }

    #[test]
    fn a_service_that_is_down_can_be_the_trouble_of_another_host() {
        let down = bad("unit.failed", "unit", "mariadb.service");
        let refused = bad("app.connection_refused", "unit", "shop.service").fact("port", 3306);
        assert_eq!(pairs(vec![("db1", down), ("web1", refused)]), ["f-1 f-2"]);
    }

    #[test]
    fn what_is_merely_worth_knowing_breaks_nothing() {
        let mut full = bad("fs.full", "mount", "/var");
        full.severity = Severity::Info;
        let failed = bad("unit.failed", "unit", "a.service");
        assert_eq!(pairs(vec![("web1", full), ("web1", failed)]), [""; 0]);
    }
}
