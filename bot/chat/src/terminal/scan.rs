//! A scan at the terminal: the verdict, what changed, what was found across hosts, the hosts, what nobody could look at.

use incident::scan::{Change, Telling};
use incident::{HostName, HostStatus, Severity};
use owo_colors::Style;

use super::Face;
use crate::words::scan::{Changed, Heading};

/// Findings of a group, and lines of a change, that are shown without `--all`.
const MOST: usize = 6;
/// What could not be looked at, line by line.
const GAPS: usize = 12;

/// A scan in full.
pub(super) fn scan(out: &mut String, telling: &Telling<'_>, face: Face) {
    let (scan, locale) = (telling.scan, face.locale);
    face.put(out, 2, &face.strong(&locale.scan_verdict(&scan.tally())));
    face.put_dim(out, 2, &locale.scan_title(telling));
    if let Some(change) = &scan.change {
        out.push('\n');
        changed(out, change, telling.since, face);
    }
    found(out, telling, face);
    hosts(out, telling, face);
    gaps(out, telling, face);
    out.push('\n');
    face.put_dim(out, 2, locale.scan_foot());
}

fn head(out: &mut String, heading: Heading, face: Face) {
    out.push('\n');
    let head = face.strong(face.locale.scan_heading(heading));
    face.put(out, 2, &head);
}

/// What is other than in the last scan.
fn changed(out: &mut String, change: &Change, since: &str, face: Face) {
    let locale = face.locale;
    face.put(out, 2, &locale.scan_change(change, since));
    let most = if face.all { usize::MAX } else { MOST };
    for (how, lines) in [
        (Changed::New, &change.new),
        (Changed::Gone, &change.gone),
        (Changed::Unsure, &change.unsure),
    ] {
        for line in lines.iter().take(most) {
            let word = locale.since_last(how);
            let text = locale.headed(word, &locale.kept_line(line));
            face.put(out, 4, &format!("  {text}"));
        }
        let more = lines.len().saturating_sub(most);
        if more > 0 {
            face.put_dim(out, 4, &format!("  {}", locale.more_of_group(more)));
        }
    }
    for one in &change.grown {
        face.put(out, 4, &format!("  {}", locale.grown(one)));
    }
}

/// What was found, by code.
fn found(out: &mut String, telling: &Telling<'_>, face: Face) {
    let (groups, locale) = (telling.scan.groups(), face.locale);
    head(out, Heading::Found, face);
    if groups.is_empty() {
        face.put(out, 2, &format!("  {}", locale.nothing_found()));
        return;
    }
    let most = if face.all { usize::MAX } else { MOST };
    for group in &groups {
        let name = locale.group(group, telling.name(group.code));
        let mark = face.severity(group.severity);
        face.put(out, 6, &format!("  {mark} {}", face.strong(&name)));
        for one in group.found.iter().take(most) {
            face.put(out, 8, &format!("      {}", locale.of_host(one)));
        }
        let more = group.found.len().saturating_sub(most);
        if more > 0 {
            face.put_dim(out, 8, &format!("      {}", locale.more_of_group(more)));
        }
        let go_on = format!("      {} · {}", group.code, locale.go_on(&group.hosts()));
        face.put_dim(out, 8, &go_on);
    }
}

/// The hosts: those that need somebody, and what is known of each; those that are well in one line, unless all is wanted.
fn hosts(out: &mut String, telling: &Telling<'_>, face: Face) {
    let locale = face.locale;
    head(out, Heading::Hosts, face);
    let mut well: Vec<&HostName> = Vec::new();
    for host in telling.hosts() {
        if host.report.status == HostStatus::Healthy && !face.all && telling.scan.hosts.len() > 1 {
            well.push(&host.report.host);
            continue;
        }
        let name = face.strong(host.report.host.as_str());
        let status = face.status(host.report.status);
        let about = locale.scanned(host);
        let dot = if about.is_empty() { "" } else { " · " };
        face.put(out, 4, &format!("  {name} · {status}{dot}{about}"));
        if face.all {
            let info = host.report.findings.iter();
            for one in info.filter(|one| one.severity == Severity::Info) {
                face.put_dim(out, 6, &format!("      {}", locale.title(one)));
            }
        }
    }
    if !well.is_empty() {
        face.put(out, 4, &format!("  {}", locale.all_well(&well)));
    }
}

/// What nobody could look at, hosts first.
fn gaps(out: &mut String, telling: &Telling<'_>, face: Face) {
    let (scan, locale) = (telling.scan, face.locale);
    let gaps = scan.gaps();
    let unseen: Vec<String> = scan
        .unseen()
        .map(|one| locale.unseen_host(&one.host, &one.unreachable))
        .collect();
    if gaps.is_empty() && unseen.is_empty() {
        return;
    }
    out.push('\n');
    let text = locale.scan_heading(Heading::Gaps);
    face.put(out, 2, &face.paint(text, Style::new().magenta()));
    for line in unseen {
        face.put(out, 4, &format!("  {line}"));
    }
    let most = if face.all { usize::MAX } else { GAPS };
    for gap in gaps.iter().take(most) {
        face.put(out, 4, &format!("  {}", locale.scan_gap(gap)));
    }
    let more = gaps.len().saturating_sub(most);
    if more > 0 {
        face.put_dim(out, 4, &format!("  {}", locale.more_scan_gaps(more)));
    }
}
