//! What `scan --json` prints: `tests/scan.schema.json` says it in full.

use chat::Locale;
use incident::scan::{Change, Group, Line, Scan, Scanned};
use incident::{Finding, HostName};
use serde_json::{Value, json};

use super::VERSION;
use crate::clock;

/// A scan.
pub(crate) fn scan(scan: &Scan) -> Value {
    let tally = scan.tally();
    json!({
        "version": VERSION,
        "name": scan.name,
        "at": clock::rfc3339(scan.at),
        "duration_ms": scan.took.0,
        "verdict": Locale::English.scan_verdict(&tally),
        "tally": tally,
        "change": scan.change.as_ref().map(change),
        "groups": scan.groups().iter().map(group).collect::<Vec<_>>(),
        "hosts": scan.hosts.iter().map(host).collect::<Vec<_>>(),
    })
}

fn change(change: &Change) -> Value {
    let lines = |lines: &[Line]| lines.iter().map(line).collect::<Vec<_>>();
    let grown = change.grown.iter().map(|one| {
        json!({ "host": one.host, "path": one.path, "from_percent": one.from, "to_percent": one.to })
    });
    json!({
        "since": clock::rfc3339(change.since),
        "new": lines(&change.new),
        "gone": lines(&change.gone),
        "not_looked_for": lines(&change.unsure),
        "as_before": change.stays,
        "lost_hosts": change.lost,
        "grown": grown.collect::<Vec<_>>(),
    })
}

fn line(line: &Line) -> Value {
    json!({
        "host": line.host, "code": line.code, "subject": line.subject, "severity": line.severity, "title": line.title,
    })
}

fn group(group: &Group<'_>) -> Value {
    let hosts: Vec<&HostName> = group.hosts();
    json!({ "code": group.code, "severity": group.severity, "hosts": hosts, "findings": group.found.len() })
}

fn host(host: &Scanned) -> Value {
    let report = &host.report;
    json!({
        "host": report.host,
        "status": report.status,
        "duration_ms": report.took.0,
        "unreachable": report.unreachable,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "could_not_check": report.could_not_check,
        "about": host.about,
        "vitals": host.vitals.as_ref().map(|vitals| json!(vitals.gauges)),
    })
}

/// A finding without what it cites: a scan keeps no evidence, `sickbay diagnose` does.
fn finding(finding: &Finding) -> Value {
    let mut value = super::finding(finding);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("cites");
    }
    value
}
