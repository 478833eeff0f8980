//! What is told of a scan, and what its page is called.

use std::cell::Cell;
use std::future::{pending, ready};

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

#[test]
fn nobody_begins_while_somebody_is_at_it() {
    let scans = Arc::new(Scans::default());
    let busy = scans.begin().unwrap();
    assert!(scans.begin().is_none());
    drop(busy);
    let again = scans.begin();
    assert!(again.is_some(), "however the one before ended");
    drop(again);
    scans.stop.send_replace(true);
    assert!(scans.begin().is_none(), "nor after the end");
}

#[tokio::test]
async fn a_turn_is_held_until_it_is_lost_or_nobody_can_say() {
    const EVERY: Duration = Duration::from_millis(1);
    const OURS: Duration = Duration::from_millis(40);
    type Said = Result<bool, &'static str>;
    let calls = Cell::new(0);
    let counted = |said: fn(usize) -> Said| {
        calls.set(0);
        let calls = &calls;
        move || {
            calls.set(calls.get() + 1);
            ready(said(calls.get()))
        }
    };
    // A fault that passes loses nothing.
    let renewed = |n: usize| match n {
        3 | 7 => Err("busy"),
        n => Ok(n < 100),
    };
    hold(EVERY, Duration::from_secs(600), counted(renewed)).await;
    assert_eq!(calls.get(), 100);
    // The turn would run out, and somebody else begin.
    for said in [false, true] {
        let began = Instant::now();
        if said {
            hold(EVERY, OURS, counted(|_| Err("the disk is gone"))).await;
        } else {
            hold(EVERY, OURS, pending::<Said>).await;
        }
        assert!(began.elapsed() >= OURS);
    }
}
