//! What is one line across hosts, and what is never said to be gone because nobody could look.

use serde_json::{Value, json};

use super::{About, Kept, Scan, Scanned, Tally};
use crate::vitals::{Area, State, Unit};
use crate::{Gauge, HostStatus, Moment, Severity, Span, Vitals};

fn finding(host: &str, id: &str, code: &str, severity: &str, explains: &[&str]) -> Value {
    json!({
        "id": id, "code": code, "severity": severity, "confidence": "confirmed", "host": host,
        "subject": format!("path:/{code}"), "title": format!("{code} on it"), "detail": "", "facts": {},
        "cites": ["e-1"], "explains": explains,
    })
}

fn host(name: &str, status: &str, findings: &[Value], gaps: &[&str], used: i64) -> Scanned {
    let gaps = gaps
        .iter()
        .map(|probe| json!({ "probe": probe, "why": "no answer within 5 s", "try": "again" }));
    let report = json!({
        "host": name, "status": status, "took": 10, "findings": findings,
        "could_not_check": gaps.collect::<Vec<_>>(),
        "unreachable": if status == "unreachable" { "away" } else { "" },
    });
    let room = Gauge::new(
        Area::Space,
        "/",
        Unit::Percent,
        used,
        Some(100),
        State::Fine,
    );
    Scanned {
        report: serde_json::from_value(report).unwrap(),
        vitals: (used > 0).then(|| Vitals {
            gauges: vec![room],
            needs: Vec::new(),
        }),
        about: vec![About::Up { days: 3 }],
    }
}

fn scan(at: i64, hosts: Vec<Scanned>) -> Scan {
    Scan {
        name: "monthly".to_owned(),
        at: Moment(at),
        took: Span(30),
        hosts,
        change: None,
    }
}

fn three() -> Vec<Scanned> {
    let expired = |host| finding(host, "f-1", "tls.expired", "critical", &[]);
    vec![
        host(
            "web1",
            "critical",
            &[
                expired("web1"),
                finding("web1", "f-2", "fs.full", "critical", &["f-3"]),
                finding("web1", "f-3", "unit.failed", "critical", &[]),
                finding("web1", "f-4", "host.reboot_required", "info", &[]),
            ],
            &[],
            60,
        ),
        host("web2", "critical", &[expired("web2")], &["disk.space"], 60),
        host("db1", "healthy", &[], &["net.firewall"], 60),
        host("old1", "unreachable", &[], &["everything"], 0),
    ]
}

#[test]
fn the_same_on_many_hosts_is_one_line() {
    let scan = scan(0, three());
    let groups = scan.groups();
    let told: Vec<(&str, Severity, Vec<&str>)> = groups
        .iter()
        .map(|group| {
            let hosts = group.hosts().iter().map(|host| host.as_str()).collect();
            (group.code.as_str(), group.severity, hosts)
        })
        .collect();
    // What another explains, and what is merely worth knowing, is no line of its own.
    assert_eq!(
        told,
        [
            ("tls.expired", Severity::Critical, vec!["web1", "web2"]),
            ("fs.full", Severity::Critical, vec!["web1"]),
        ]
    );
}

#[test]
fn who_could_not_be_looked_at_is_not_well() {
    let scan = scan(0, three());
    let tally = Tally {
        hosts: 4,
        need: 2,
        unseen: 1,
        well: 1,
        partly: 1,
    };
    assert_eq!(scan.tally(), tally);
    assert!(!scan.is_well());
    let unseen: Vec<&str> = scan.unseen().map(|one| one.host.as_str()).collect();
    assert_eq!(unseen, ["old1"]);
    // What a host that was not reached was not asked is said once, with the host.
    let gaps: Vec<&str> = scan.gaps().iter().map(|gap| gap.probe).collect();
    assert_eq!(gaps, ["disk.space", "net.firewall"]);
}

#[test]
fn nothing_is_gone_where_nobody_could_look() {
    let before = scan(0, three()).keep();
    let mut hosts = three();
    hosts[0] = host("web1", "healthy", &[], &[], 70);
    // Now something else cannot be asked, so nobody knows whether the certificate was renewed.
    hosts[1] = host("web2", "healthy", &[], &["disk.space", "tls.files"], 60);
    let db = finding("db1", "f-1", "fs.full", "warning", &[]);
    hosts[2] = host("db1", "degraded", &[db], &["net.firewall"], 64);
    let change = before.compare(&scan(1, hosts));
    let told = |lines: &[super::Line]| -> Vec<String> {
        let one = |line: &super::Line| format!("{} {}", line.host, line.code);
        lines.iter().map(one).collect()
    };
    assert_eq!(told(&change.gone), ["web1 tls.expired", "web1 fs.full"]);
    assert_eq!(told(&change.unsure), ["web2 tls.expired"]);
    assert_eq!(told(&change.new), ["db1 fs.full"]);
    assert_eq!((change.stays, change.lost.len()), (0, 0));
    let grown: Vec<String> = change
        .grown
        .iter()
        .map(|one| format!("{} {} {} {}", one.host, one.path, one.from, one.to))
        .collect();
    assert_eq!(grown, ["web1 / 60 70"]);
    assert!(change.is_worse());
}

#[test]
fn what_was_always_hidden_hides_nothing_new() {
    let before = scan(0, three()).keep();
    let mut hosts = three();
    hosts[1] = host("web2", "healthy", &[], &["disk.space"], 60);
    let change = before.compare(&scan(1, hosts));
    assert_eq!((change.gone.len(), change.unsure.len()), (1, 0));
    assert_eq!((change.stays, change.is_worse()), (2, false));
}

#[test]
fn a_host_that_is_lost_is_worse() {
    let before = scan(0, three()).keep();
    let mut hosts = three();
    hosts[0] = host("web1", "unreachable", &[], &["everything"], 0);
    hosts[3] = host("old1", "healthy", &[], &[], 0);
    let change = before.compare(&scan(1, hosts));
    let lost: Vec<&str> = change.lost.iter().map(|host| host.as_str()).collect();
    assert_eq!(lost, ["web1"]);
    assert_eq!((change.gone.len(), change.unsure.len()), (0, 2));
    assert!(change.is_worse());
}

#[test]
fn what_another_explained_is_neither_gone_nor_new() {
    let full = |explains| finding("web1", "f-1", "fs.full", "critical", explains);
    let failed = || finding("web1", "f-2", "unit.failed", "critical", &[]);
    let both = || {
        vec![host(
            "web1",
            "critical",
            &[full(&["f-2"]), failed()],
            &[],
            0,
        )]
    };
    let alone = || vec![host("web1", "critical", &[failed()], &[], 0)];
    // The disk has room again, and the unit is down as it was.
    let change = scan(0, both()).keep().compare(&scan(1, alone()));
    let gone: Vec<&str> = change.gone.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(gone, ["fs.full"]);
    assert_eq!((change.new.len(), change.stays), (0, 1));
    // The unit is explained now, and as down as before.
    let change = scan(0, alone()).keep().compare(&scan(1, both()));
    let new: Vec<&str> = change.new.iter().map(|one| one.code.as_str()).collect();
    assert_eq!((new, change.gone.len()), (vec!["fs.full"], 0));
}

#[test]
fn what_nobody_could_look_at_once_is_not_new_when_it_is_seen_again() {
    let next = |before: &Kept, hosts: Vec<Scanned>| {
        let mut next = scan(before.at.0 + 1, hosts);
        next.change = Some(before.compare(&next));
        next
    };
    let away = || host("web1", "unreachable", &[], &["everything"], 0);
    let unseen = |gaps: &[&str]| host("web2", "healthy", &[], gaps, 60);
    let first = scan(0, three()).keep();
    let mut hosts = three();
    hosts[0] = away();
    hosts[1] = unseen(&["disk.space", "tls.files"]);
    let second = next(&first, hosts.clone());
    // It stays unknown as long as the same is hidden.
    let third = next(&second.keep(), hosts);
    let change = third.change.as_ref().unwrap();
    assert_eq!((change.gone.len(), change.unsure.len()), (0, 3));
    let mut back = three();
    back[0].vitals = host("web1", "critical", &[], &[], 70).vitals;
    let back = next(&third.keep(), back).change.unwrap();
    assert_eq!((back.new.len(), back.stays, back.lost.len()), (0, 3, 0));
    let grown: Vec<i64> = back.grown.iter().map(|one| one.from).collect();
    assert_eq!(grown, [60]);
    // What never had an answer does not hide it for ever.
    let mut well = three();
    well[0] = host("web1", "healthy", &[], &[], 60);
    well[1] = unseen(&["disk.space"]);
    let well = next(&third.keep(), well).change.unwrap();
    assert_eq!((well.gone.len(), well.unsure.len()), (3, 0));
}

#[test]
fn a_host_that_is_added_and_away_is_worse() {
    let mut hosts = three();
    let before = scan(0, hosts.clone()).keep();
    hosts.push(host("new1", "unreachable", &[], &["everything"], 0));
    let change = before.compare(&scan(1, hosts));
    let lost: Vec<&str> = change.lost.iter().map(|host| host.as_str()).collect();
    assert_eq!(lost, ["new1"]);
}

#[test]
fn a_finding_that_is_worse_is_news() {
    let warning = finding("web1", "f-1", "fs.full", "warning", &[]);
    let critical = finding("web1", "f-1", "fs.full", "critical", &[]);
    let before = scan(0, vec![host("web1", "degraded", &[warning], &[], 0)]).keep();
    let after = scan(1, vec![host("web1", "critical", &[critical], &[], 0)]);
    assert_eq!(before.compare(&after).new.len(), 1);
    assert!(!after.keep().compare(&after).is_worse());
}

#[test]
fn what_is_kept_is_read_again() {
    let kept = scan(7, three()).keep();
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept);
    assert_eq!(kept.hosts[3].seen, kept.hosts[3].host.as_str() != "old1");
    assert_eq!(three()[2].report.status, HostStatus::Healthy);
}

#[test]
fn of_a_finding_its_title_and_the_facts_in_it_are_kept() {
    let mut full = finding("web1", "f-1", "fs.full", "critical", &[]);
    full["title"] = json!("/var is 91% full, by a.log, b.log");
    full["facts"] = json!({
        "path": "/var", "used_percent": 91, "inodes": 12, "files": ["a.log", "b.log"], "fullest": true, "owner": "root",
    });
    let kept = scan(0, vec![host("web1", "critical", &[full], &[], 0)]).keep();
    let facts = serde_json::to_value(&kept.lines[0].line.facts).unwrap();
    let said = json!({ "path": "/var", "used_percent": 91, "files": ["a.log", "b.log"] });
    assert_eq!(facts, said);
    // What an older Sickbay kept has no facts.
    let mut older = serde_json::to_value(&kept).unwrap();
    older["lines"][0].as_object_mut().unwrap().remove("facts");
    let older: Kept = serde_json::from_value(older).unwrap();
    assert_eq!(older.lines[0].line.title, kept.lines[0].line.title);
}
