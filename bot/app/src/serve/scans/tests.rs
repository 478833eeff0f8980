//! What is told of a scan, and what its page is called.

use incident::report::HostReport;
use incident::scan::{Change, Scanned};
use incident::{HostName, HostStatus};

use super::*;

fn scan(status: HostStatus, change: Option<(usize, usize)>) -> Scan {
    let host: HostName = "web1".parse().unwrap();
    let report = HostReport {
        host: host.clone(),
        status,
        took: Span(1),
        findings: Vec::new(),
        could_not_check: Vec::new(),
        unreachable: String::new(),
        since: None,
    };
    let line = serde_json::json!({
        "host": "web1", "code": "fs.full", "subject": "mount:/", "severity": "critical", "title": "/ is full",
    });
    let line: incident::scan::Line = serde_json::from_value(line).unwrap();
    Scan {
        name: "../Monthly scan".to_owned(),
        at: Moment(0),
        took: Span(1),
        hosts: vec![Scanned {
            report,
            vitals: None,
            about: Vec::new(),
        }],
        change: change.map(|(new, lost)| Change {
            since: Moment(0),
            new: vec![line; new],
            gone: Vec::new(),
            unsure: Vec::new(),
            stays: 3,
            lost: vec![host; lost],
            grown: Vec::new(),
            carried: incident::scan::Carried::default(),
        }),
    }
}

#[test]
fn what_is_told_follows_from_what_is_wanted() {
    use HostStatus::{Critical, Healthy, Unreachable};
    let check = |tell, status, change, told| {
        assert_eq!(
            is_told(tell, &scan(status, change)),
            told,
            "{tell:?} {status:?} {change:?}"
        );
    };
    check(Tell::Always, Healthy, None, true);
    check(Tell::Findings, Healthy, None, false);
    check(Tell::Findings, Critical, Some((0, 0)), true);
    // Could not look is never fine.
    check(Tell::Findings, Unreachable, None, true);
    // What is as bad as last time was told then.
    check(Tell::Worse, Critical, Some((0, 0)), false);
    check(Tell::Worse, Critical, Some((1, 0)), true);
    check(Tell::Worse, Unreachable, Some((0, 1)), true);
    check(Tell::Worse, Healthy, None, false);
    check(Tell::Worse, Critical, None, true);
}

#[test]
fn a_name_makes_the_name_of_a_file_and_no_path() {
    let mut scan = scan(HostStatus::Healthy, None);
    assert_eq!(
        scan::file(&scan, "2026-11-01"),
        "scan----Monthly-scan-2026-11-01.html"
    );
    scan.name.clear();
    assert_eq!(scan::file(&scan, "2026-11-01"), "scan-2026-11-01.html");
}
