//! One host: its causes in full, what they explain in a line each, and what nobody could look at.

use std::collections::{BTreeMap, BTreeSet};

use incident::change::Since;
use incident::evidence::ABSENT;
use incident::report::HostReport;
use incident::{CouldNotCheck, Finding, FindingId, Severity};
use owo_colors::Style;

use super::Face;
use crate::words::FEW;

/// More of what could not be looked at is only counted.
const MOST: usize = 6;

/// What is known of each host.
pub(super) fn reports(out: &mut String, reports: &[HostReport], face: Face) {
    // Hosts of which there is nothing to say stand together.
    let mut after_much = true;
    for one in reports {
        let much = has_much(one, face);
        if much || after_much {
            out.push('\n');
        }
        after_much = much;
        report(out, one, face);
    }
}

/// Whether more than a line or two is said of a host.
fn has_much(report: &HostReport, face: Face) -> bool {
    let loud = |one: &Finding| one.severity > Severity::Info || face.all;
    let changed = |since: &Since| since.nothing.is_some() || !since.changes.is_empty();
    report.findings.iter().any(loud)
        || !report.could_not_check.is_empty()
        || report.since.as_deref().is_some_and(changed)
}

fn report(out: &mut String, report: &HostReport, face: Face) {
    let unread = report.unreachable.is_empty() && !report.could_not_check.is_empty();
    let head = format!(
        "{} · {} · {}",
        face.strong(report.host.as_str()),
        face.status(report.status),
        face.dim(&report.took.to_string())
    );
    face.put(out, 2, &head);
    let mut quiet = 0;
    let caused: BTreeSet<&FindingId> = report
        .findings
        .iter()
        .flat_map(|one| &one.explains)
        .collect();
    for one in &report.findings {
        if one.severity == Severity::Info && !face.all {
            quiet += 1;
        } else {
            finding(out, one, caused.contains(&one.id), face);
        }
    }
    let (unread_of, absent): (Vec<&CouldNotCheck>, Vec<&CouldNotCheck>) =
        report.could_not_check.iter().partition(|one| one.is_gap());
    // Why it cannot be reached stands in the first line of all.
    if unread && !unread_of.is_empty() {
        could_not_check(out, &unread_of, face);
    }
    if unread && !absent.is_empty() {
        let what: Vec<&str> = absent
            .iter()
            .filter_map(|one| one.why.strip_prefix(ABSENT))
            .collect();
        face.put_dim(out, 4, &format!("  {}", face.locale.absent(&what)));
    }
    if let Some(since) = report.since.as_deref() {
        changed(out, report, since, face);
    }
    if quiet > 0 {
        face.put_dim(out, 2, &format!("  {}", face.locale.quiet(quiet)));
    }
}

/// What changed since the host was well. That nothing did is worth a line where something is wrong.
fn changed(out: &mut String, report: &HostReport, since: &Since, face: Face) {
    let locale = face.locale;
    let head = locale.since(&report.host, since);
    if since.nothing.is_none() && since.changes.is_empty() {
        if !report
            .findings
            .iter()
            .all(|one| one.severity == Severity::Info)
            || face.all
        {
            face.put_dim(out, 4, &format!("  {head}"));
            if let Some(unseen) = locale.not_compared(since) {
                face.put_dim(out, 6, &format!("    {unseen}"));
            }
        }
        return;
    }
    face.put(out, 4, &format!("  {head}"));
    let most = if face.all { usize::MAX } else { FEW };
    for line in locale.changes(&report.host, since, most) {
        face.put(out, 6, &format!("    {line}"));
    }
    if let Some(unseen) = locale.not_compared(since) {
        face.put_dim(out, 6, &format!("    {unseen}"));
    }
}

/// A finding: in full where it is a cause, in a line where another explains it.
fn finding(out: &mut String, finding: &Finding, caused: bool, face: Face) {
    let head = format!(
        "  {} {}  {}",
        face.severity(finding.severity),
        finding.id,
        face.strong(&face.locale.title(finding))
    );
    face.put(out, 6, &head);
    if caused && !face.all {
        return;
    }
    for line in finding.detail.lines() {
        face.put(out, 6, &format!("      {line}"));
    }
    face.put_dim(out, 6, &format!("      {}", face.locale.rests_on(finding)));
}

/// What got no usable answer, by what there is to do about it.
fn could_not_check(out: &mut String, list: &[&CouldNotCheck], face: Face) {
    let head = face.paint(face.locale.could_not_check(), Style::new().magenta());
    face.put(
        out,
        2,
        &format!("  {}", face.locale.headed(&head, "").trim_end()),
    );
    let mut by_next: BTreeMap<&str, Vec<&CouldNotCheck>> = BTreeMap::new();
    for one in list {
        by_next.entry(&one.next).or_default().push(one);
    }
    let most = if face.all { usize::MAX } else { MOST };
    let mut left = list.len();
    for (next, same) in by_next {
        let shown = most.saturating_sub(list.len() - left).min(same.len());
        if shown == 0 {
            continue;
        }
        left -= shown;
        let whys: Vec<String> = same
            .iter()
            .take(shown)
            .map(|one| {
                let why = face.locale.reason(&one.why);
                face.locale.headed(one.probe.as_str(), &why)
            })
            .collect();
        let semicolon = face.locale.semicolon();
        let whys = whys.join(semicolon);
        let next = face.locale.reason(next);
        face.put(out, 6, &format!("    {whys}{semicolon}{next}"));
    }
    if left > 0 {
        face.put_dim(out, 6, &format!("    {}", face.locale.more_unseen(left)));
    }
}
