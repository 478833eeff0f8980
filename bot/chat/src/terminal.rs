//! The terminal: a notice becomes lines, with colour where somebody is looking.

use std::fmt::Write as _;

use incident::notice::{Card, Notice};
use incident::report::HostReport;
use incident::{Finding, HostStatus, Severity};
use owo_colors::{OwoColorize as _, Style};

use crate::words;

#[cfg(test)]
mod tests;

/// How to lay out: with or without colour, at which width.
#[derive(Debug, Clone, Copy)]
pub struct Face {
    /// Whether escape sequences for colour may be written.
    pub colour: bool,
    /// Whether every finding is shown with its detail, not only those above info.
    pub all: bool,
}

impl Face {
    fn paint(self, text: &str, style: Style) -> String {
        if self.colour {
            text.style(style).to_string()
        } else {
            text.to_owned()
        }
    }

    fn severity(self, severity: Severity) -> String {
        let (mark, style) = match severity {
            Severity::Critical => ("CRITICAL", Style::new().red().bold()),
            Severity::Warning => ("WARNING ", Style::new().yellow().bold()),
            Severity::Info => ("info    ", Style::new().dimmed()),
        };
        self.paint(mark, style)
    }

    fn status(self, status: HostStatus) -> String {
        let style = match status {
            HostStatus::Healthy => Style::new().green().bold(),
            HostStatus::Degraded => Style::new().yellow().bold(),
            HostStatus::Critical | HostStatus::Unreachable => Style::new().red().bold(),
            HostStatus::Unknown => Style::new().magenta().bold(),
        };
        self.paint(words::status(status), style)
    }

    fn dim(self, text: &str) -> String {
        self.paint(text, Style::new().dimmed())
    }

    fn strong(self, text: &str) -> String {
        self.paint(text, Style::new().bold())
    }
}

/// A notice as lines, each ended by a line feed.
#[must_use]
pub fn render(notice: &Notice<'_>, face: Face) -> String {
    let mut out = String::new();
    match notice {
        Notice::Looking { host, wave, probes } => {
            let _ = writeln!(
                out,
                "{}",
                face.dim(&format!("{host}: wave {wave}, {probes} probes"))
            );
        }
        Notice::Diagnosed {
            incident,
            summary,
            reports,
            cards,
            pages,
            withheld,
        } => {
            let _ = writeln!(out, "{}\n", summary.text);
            for report in *reports {
                host(&mut out, report, face);
            }
            for (id, title, finding) in *pages {
                let _ = writeln!(
                    out,
                    "{} {title}  {}",
                    face.strong("Runbook"),
                    face.dim(&format!("for {finding}; sickbay runbook show {id}"))
                );
            }
            for card in *cards {
                out.push('\n');
                out.push_str(&self::card(card, face));
            }
            for why in *withheld {
                let _ = writeln!(out, "{} {why}", face.dim("Not offered:"));
            }
            let _ = writeln!(out, "\n{}", face.dim(&format!("incident {incident}")));
        }
        Notice::Running { proposal } => {
            let _ = writeln!(
                out,
                "{} {} on {}",
                face.strong("Running"),
                proposal.id,
                proposal.host
            );
            for (n, step) in proposal.steps.iter().enumerate() {
                let _ = writeln!(out, "  {}. {}", n + 1, words::step(step));
            }
        }
        Notice::Ended {
            proposal,
            outcome,
            why,
            output,
            can_undo,
        } => {
            let style = match outcome {
                incident::remediation::Outcome::Verified => Style::new().green().bold(),
                incident::remediation::Outcome::NotFixed
                | incident::remediation::Outcome::Worse
                | incident::remediation::Outcome::Failed
                | incident::remediation::Outcome::Refused
                | incident::remediation::Outcome::Unknown
                | incident::remediation::Outcome::Rejected
                | incident::remediation::Outcome::Expired => Style::new().red().bold(),
            };
            let _ = writeln!(
                out,
                "{}: {why}",
                face.paint(words::ended(*outcome, proposal.undoes.is_some()), style)
            );
            for line in output.lines().filter(|line| !line.trim().is_empty()) {
                let _ = writeln!(out, "  {}", face.dim(line));
            }
            let next = words::after(*outcome, proposal.id.as_str(), *can_undo);
            if !next.is_empty() {
                let _ = writeln!(out, "{next}");
            }
        }
        Notice::Refused { why } => {
            let _ = writeln!(out, "{}", face.paint(why, Style::new().red()));
        }
    }
    out
}

fn host(out: &mut String, report: &HostReport, face: Face) {
    let _ = writeln!(
        out,
        "{} · {} · {}",
        face.strong(report.host.as_str()),
        face.status(report.status),
        face.dim(&report.took.to_string())
    );
    let mut quiet = Vec::new();
    for one in &report.findings {
        if one.severity > Severity::Info || face.all {
            finding(out, one, face);
        } else {
            quiet.push(one);
        }
    }
    if !quiet.is_empty() {
        let _ = writeln!(
            out,
            "  {}",
            face.dim(&format!(
                "{} more worth knowing (--all shows them):",
                quiet.len()
            ))
        );
        for one in quiet.iter().take(5) {
            let _ = writeln!(
                out,
                "    {}",
                face.dim(&format!("{} {}", one.code, one.title))
            );
        }
    }
    if !report.could_not_check.is_empty() {
        let _ = writeln!(
            out,
            "  {}",
            face.paint("Could not check:", Style::new().magenta())
        );
        let most = if face.all { usize::MAX } else { 6 };
        for one in report.could_not_check.iter().take(most) {
            let _ = writeln!(out, "    {}: {}; {}", one.probe, one.why, one.next);
        }
        if report.could_not_check.len() > most {
            let _ = writeln!(
                out,
                "    and {} more (--all shows them)",
                report.could_not_check.len() - most
            );
        }
    }
}

fn finding(out: &mut String, finding: &Finding, face: Face) {
    let _ = writeln!(
        out,
        "  {} {}  {}",
        face.severity(finding.severity),
        finding.id,
        face.strong(&finding.title)
    );
    for line in finding.detail.lines() {
        let _ = writeln!(out, "      {line}");
    }
    let mut foot = format!(
        "{} · {}",
        finding.code,
        words::confidence(finding.confidence)
    );
    let list = |ids: Vec<String>| ids.join(", ");
    let _ = write!(
        foot,
        " · evidence {}",
        list(finding.cites.iter().map(ToString::to_string).collect())
    );
    if !finding.explains.is_empty() {
        let _ = write!(
            foot,
            " · explains {}",
            list(finding.explains.iter().map(ToString::to_string).collect())
        );
    }
    let _ = writeln!(out, "      {}", face.dim(&foot));
}

/// A proposal's card: everything that an approver approves, in full.
#[must_use]
pub fn card(card: &Card<'_>, face: Face) -> String {
    let mut out = String::new();
    let proposal = card.proposal;
    let _ = writeln!(
        out,
        "{} {}  {}",
        face.paint("Fix", Style::new().cyan().bold()),
        face.strong(proposal.id.as_str()),
        face.strong(&proposal.title)
    );
    let _ = writeln!(
        out,
        "  on {} · {} risk · {} · for {} {}",
        proposal.host,
        proposal.risk,
        words::undo(proposal.undo),
        proposal.answers,
        card.because
    );
    for (n, step) in proposal.steps.iter().enumerate() {
        let _ = writeln!(out, "  {}. {}", n + 1, words::step(step));
        let _ = writeln!(out, "     {}", face.dim(&step.argv().join(" ")));
    }
    for line in proposal.diff.lines() {
        let style = match line.chars().next() {
            Some('+') => Style::new().green(),
            Some('-') => Style::new().red(),
            _ => Style::new().dimmed(),
        };
        let _ = writeln!(out, "     {}", face.paint(line, style));
    }
    for words in proposal.undo_words.iter().filter(|words| !words.is_empty()) {
        let _ = writeln!(out, "  {}", face.dim(&format!("undo: {words}")));
    }
    let who = if card.may_approve {
        format!("sickbay approve {}", proposal.id)
    } else if card.approvers.is_empty() {
        "nobody may approve this; the policy in the settings names no approver".to_owned()
    } else {
        let names: Vec<&str> = card
            .approvers
            .iter()
            .map(incident::ResponderId::as_str)
            .collect();
        format!("ask {} to approve {}", names.join(", "), proposal.id)
    };
    let people = if card.needed > 1 {
        format!(" · {} people", card.needed)
    } else {
        String::new()
    };
    let _ = writeln!(
        out,
        "  {} {}",
        who,
        face.dim(&format!(
            "· runbook {} v{} · expires in {}{people}",
            proposal.runbook, proposal.runbook_version, card.left
        ))
    );
    out
}
