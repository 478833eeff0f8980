//! What fits comes first, what came close is named with the reason, and "none fits" is an answer.

use incident::{Code, Confidence, EvidenceId, FindingId, HostName, Severity, Subject, Value};

use super::*;

fn page(id: &str, codes: &str, condition: Option<&str>) -> (String, String) {
    let blank = include_str!("../../../../runbooks/_template.md");
    let condition = condition.map_or(String::new(), |text| format!("  where: '{text}'\n"));
    let text = blank
        .replace("id: name-of-the-failure", &format!("id: {id}"))
        .replace("findings: [unit.failed]", &format!("findings: [{codes}]"))
        .replace(
            "  where: 'finding.unit == \"example.service\"'\n",
            &condition,
        );
    (format!("runbooks/x/{id}.md"), text)
}

fn finding(n: usize, code: &str, host: &str, facts: &[(&str, Value)]) -> Finding {
    Finding {
        id: FindingId::nth(n),
        code: Code::new(code).unwrap(),
        severity: Severity::Critical,
        confidence: Confidence::Likely,
        host: HostName::new(host).unwrap(),
        subject: Subject::new("mount", "/var"),
        title: String::new(),
        detail: String::new(),
        facts: facts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        cites: vec![EvidenceId::nth(1)],
        explains: Vec::new(),
    }
}

/// What matches, best first, then what came close with its reason.
fn check(pages: &[(String, String)], finding: &Finding, all: &[Finding], wanted: &[&str]) {
    let (library, problems) = Library::load(pages.iter().map(|(path, text)| (path, text)));
    assert_eq!(problems, []);
    let matches = library.matches(finding, all);
    let found = matches
        .found
        .iter()
        .map(|found| format!("{} {}", found.runbook, found.score));
    let missed = matches
        .missed
        .iter()
        .map(|missed| format!("{}: {}", missed.runbook, missed.reason));
    assert_eq!(found.chain(missed).collect::<Vec<_>>(), wanted);
}

#[test]
fn the_closest_page_comes_first() {
    let pages = [
        page("area", "fs.*", None),
        page("broad", "\"fs.full\", \"app.no_space\"", None),
        page("exact", "fs.full", None),
        page("exact-too", "fs.full", None),
        page("held", "fs.full", Some("finding.used_percent > 95")),
        page("other", "unit.failed", None),
    ];
    let full = finding(1, "fs.full", "web1", &[("used_percent", 99.into())]);
    check(
        &pages,
        &full,
        &[],
        &["held 25", "exact 20", "exact-too 20", "broad 20", "area 10"],
    );
}

#[test]
fn a_condition_that_does_not_hold_or_cannot_be_decided_is_a_reason() {
    let pages = [
        page("fact", "fs.full", Some("finding.rotated_log != \"\"")),
        page("kind", "fs.full", Some("finding.mount > 3")),
        page("no", "fs.full", Some("finding.mount == \"/\"")),
        page("number", "fs.full", Some("finding.mount.size()")),
        page(
            "yes",
            "fs.full",
            Some(
                "finding.mount == \"/var\" && finding.severity == \"critical\" && finding.host == \"web1\"",
            ),
        ),
    ];
    check(
        &pages,
        &finding(1, "fs.full", "web1", &[]),
        &[],
        &[
            "yes 25",
            "fact: the finding has no fact `rotated_log`",
            "kind: its condition could not be decided: found no matching overload for '_>_' applied to '(string, int)'",
            "no: its condition does not hold: finding.mount == \"/\"",
            "number: its condition gives neither yes nor no: finding.mount.size()",
        ],
    );
}

#[test]
fn conditions_see_causes_and_neighbours_of_the_same_host() {
    let pages = [
        page("alone", "unit.failed", Some("size(causes) == 0")),
        page(
            "caused",
            "unit.failed",
            Some("\"nginx.config_syntax\" in causes"),
        ),
        page(
            "full",
            "unit.failed",
            Some("others.exists(c, c == \"fs.full\")"),
        ),
    ];
    let failed = finding(2, "unit.failed", "web1", &[]);
    let mut cause = finding(1, "nginx.config_syntax", "web1", &[]);
    cause.explains = vec![FindingId::nth(2)];
    let elsewhere = finding(3, "fs.full", "db1", &[]);
    check(
        &pages,
        &failed,
        &[cause, failed.clone(), elsewhere],
        &[
            "caused 25",
            "alone: its condition does not hold: size(causes) == 0",
            "full: its condition does not hold: others.exists(c, c == \"fs.full\")",
        ],
    );
}

#[test]
fn none_fits_is_an_answer() {
    check(
        &[page("a", "fs.full", None)],
        &finding(1, "net.dns", "web1", &[]),
        &[],
        &[],
    );
}

#[test]
fn a_site_replaces_pages_by_id() {
    let built_in = page("disk", "fs.full", None);
    let own = (
        "/etc/sickbay/runbooks/disk.md".to_owned(),
        page("disk", "net.dns", None).1,
    );
    check(
        &[built_in, own],
        &finding(1, "fs.full", "web1", &[]),
        &[],
        &[],
    );
}

#[test]
fn a_broken_page_of_a_site_does_not_bring_the_built_in_one_back() {
    let (path, text) = page("disk", "fs.full", None);
    let files = [
        (path, text),
        ("/site/disk.md".to_owned(), "nothing".to_owned()),
    ];
    let (library, problems) = Library::load(files);
    assert!(library.is_empty());
    assert_eq!(problems.len(), 1);
}

#[test]
fn other_files_are_passed_over() {
    let files = [
        ("README.md", "# x"),
        ("_template.md", "x"),
        ("notes.txt", "x"),
    ];
    let (library, problems) = Library::load(files);
    assert!(library.is_empty() && problems.is_empty());
}
