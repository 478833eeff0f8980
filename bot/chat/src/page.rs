//! A report as a page of its own: one file without scripts and without anything from elsewhere, readable on a phone.
//!
//! Every text is put in by the template library, which escapes it; nothing that a host wrote is ever part of the markup.

use incident::report::HostReport;
use incident::scan::{Change, Gap, Group, Scanned, Telling};
use incident::{Finding, FindingId, HostName, HostStatus, Severity};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::words::scan::{Changed, Heading};
use crate::{Locale, text};

mod chart;
#[cfg(test)]
mod tests;

/// How it looks, by day and by night. It asks for nothing from elsewhere.
const STYLE: &str = include_str!("page/page.css");
/// The page may load nothing, whatever stands in it; its own style is all.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
/// Findings of one code, and of one host, that are shown.
const MOST: usize = 60;
/// Lines of the detail of a finding, and characters of it and of any other text.
const LINES: usize = 12;
const DETAIL: usize = 2_000;
const LINE: usize = 600;
/// Hosts that have a part of their own, those first that need somebody.
const HOSTS: usize = 300;

/// A scan as a page.
#[must_use]
pub fn scan(telling: &Telling<'_>, locale: Locale) -> String {
    let scan = telling.scan;
    let tally = scan.tally();
    let verdict = locale.scan_verdict(&tally);
    let groups = scan.groups();
    let hosts = telling.hosts();
    let page = html! {
        (DOCTYPE)
        html lang=(locale.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (verdict) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (verdict) }
                    p.quiet { (said(&locale.scan_title(telling))) }
                }
                main {
                    @if let Some(change) = &scan.change {
                        (changed(change, telling.since, locale))
                    }
                    h2 { (locale.scan_heading(Heading::Found)) }
                    @if groups.is_empty() {
                        p { (locale.nothing_found()) }
                    }
                    @for group in &groups {
                        (found(group, telling, locale))
                    }
                    (gaps(&scan.unseen().collect::<Vec<_>>(), &scan.gaps(), locale))
                    h2 { (locale.scan_heading(Heading::Limits)) }
                    (chart::heat(&hosts, &tally, locale))
                    h2 { (locale.scan_heading(Heading::Hosts)) }
                    @for one in hosts.iter().take(HOSTS) {
                        (host(one, locale))
                    }
                    @if hosts.len() > HOSTS {
                        p { (locale.more_of_group(hosts.len() - HOSTS)) }
                    }
                }
                footer.quiet { p { (locale.scan_foot()) } }
            }
        }
    };
    page.into_string()
}

/// A text as it may be shown: what turns the order of reading, or is not seen, is written out, and no host fills the page.
fn said(words: &str) -> String {
    cut(words, LINE)
}

fn cut(words: &str, most: usize) -> String {
    let shown = text::shown(words);
    match shown.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", shown.get(..at).unwrap_or_default()),
        None => shown,
    }
}

/// The class of a severity.
const fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "none",
    }
}

/// The class of a host's status.
const fn class_of(status: HostStatus) -> &'static str {
    match status {
        HostStatus::Critical | HostStatus::Unreachable => "critical",
        HostStatus::Degraded => "warning",
        HostStatus::Healthy => "fine",
        HostStatus::Unknown => "none",
    }
}

fn changed(change: &Change, since: &str, locale: Locale) -> Markup {
    let parts = [
        (Changed::New, &change.new),
        (Changed::Gone, &change.gone),
        (Changed::Unsure, &change.unsure),
    ];
    html! {
        h2 { (locale.scan_heading(Heading::Changed)) }
        p { (said(&locale.scan_change(change, since))) }
        ul {
            @for (how, lines) in parts {
                @for line in lines.iter().take(MOST) {
                    li { b { (locale.since_last(how)) } " " (said(&locale.kept_line(line))) " " code { (line.code) } }
                }
                @if lines.len() > MOST {
                    li.quiet { (locale.more_of_group(lines.len() - MOST)) }
                }
            }
            @for one in &change.grown {
                li { (said(&locale.grown(one))) }
            }
        }
    }
}

fn found(group: &Group<'_>, telling: &Telling<'_>, locale: Locale) -> Markup {
    let class = class(group.severity);
    html! {
        section class={ "box " (class) } {
            h3 { (said(&locale.group(group, telling.name(group.code)))) }
            p {
                span class={ "word " (class) } { (locale.severity(group.severity)) }
                " " code { (group.code) }
            }
            ul {
                @for one in group.found.iter().take(MOST) {
                    li { (said(&locale.of_host(one))) }
                }
                @if group.found.len() > MOST {
                    li.quiet { (locale.more_of_group(group.found.len() - MOST)) }
                }
            }
            p.quiet { (said(&locale.go_on(&group.hosts()))) }
        }
    }
}

fn gaps(unseen: &[&HostReport], gaps: &[Gap<'_>], locale: Locale) -> Markup {
    html! {
        @if !unseen.is_empty() || !gaps.is_empty() {
            h2 { (locale.scan_heading(Heading::Gaps)) }
            ul {
                @for one in unseen {
                    li { (said(&locale.unseen_host(&one.host, &one.unreachable))) }
                }
                @for gap in gaps.iter().take(MOST) {
                    li { (said(&locale.scan_gap(gap))) }
                }
                @if gaps.len() > MOST {
                    li.quiet { (locale.more_scan_gaps(gaps.len() - MOST)) }
                }
            }
        }
    }
}

fn host(one: &Scanned, locale: Locale) -> Markup {
    let report = &one.report;
    let class = class_of(report.status);
    let caused = |id: &FindingId| report.findings.iter().any(|one| one.explains.contains(id));
    let name: &HostName = &report.host;
    html! {
        section class={ "box " (class) } {
            h3 { (said(name.as_str())) " " span class={ "word " (class) } { (locale.status(report.status)) } }
            @if !one.about.is_empty() {
                p.quiet {
                    @for (n, about) in one.about.iter().enumerate() {
                        @if n > 0 { " · " }
                        (said(&locale.about(about)))
                    }
                }
            }
            @if !report.unreachable.is_empty() {
                p { (said(&locale.unseen_host(name, &report.unreachable))) }
            }
            @for finding in report.findings.iter().take(MOST) {
                (in_full(finding, caused(&finding.id), locale))
            }
            @if let Some(vitals) = &one.vitals {
                (chart::bars(name, vitals, locale))
            }
        }
    }
}

/// A finding: with its detail where it is a cause, in a line where another explains it.
fn in_full(finding: &Finding, caused: bool, locale: Locale) -> Markup {
    let class = class(finding.severity);
    let detail: Vec<&str> = finding.detail.lines().take(LINES).collect();
    html! {
        p {
            span class={ "word " (class) } { (locale.severity(finding.severity)) }
            " " (said(&locale.title(finding))) " " code { (finding.code) }
        }
        @if !caused && !detail.is_empty() {
            pre { (cut(&detail.join("\n"), DETAIL)) }
        }
    }
}
