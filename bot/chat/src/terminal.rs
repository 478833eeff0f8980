//! The terminal: a notice becomes lines, with colour where somebody is looking and no wider than what they look at.

use std::fmt::Write as _;

use incident::notice::{Card, Hints, Notice, Standing};
use incident::remediation::Outcome;
use incident::summary::{Source, Summary};
use incident::{HostStatus, Proposal, Severity};
use owo_colors::{OwoColorize as _, Style};

use crate::words::Reading;
use crate::{Locale, text};

mod account;
mod card;
mod host;
mod scan;
#[cfg(test)]
mod tests;
mod wrap;

/// How to lay out: with or without colour, at which width, in which language.
#[derive(Debug, Clone, Copy)]
pub struct Face {
    /// Whether escape sequences for colour may be written.
    pub colour: bool,
    /// Whether everything is shown, not only what asks for something to be done.
    pub all: bool,
    /// The columns there are; none where lines may be as long as they are.
    pub width: Option<usize>,
    /// The language of the person who looks.
    pub locale: Locale,
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
        let style = match severity {
            Severity::Critical => Style::new().red().bold(),
            Severity::Warning => Style::new().yellow().bold(),
            Severity::Info => Style::new().dimmed(),
        };
        self.paint(self.locale.severity_mark(severity), style)
    }

    fn status(self, status: HostStatus) -> String {
        let style = match status {
            HostStatus::Healthy => Style::new().green().bold(),
            HostStatus::Degraded => Style::new().yellow().bold(),
            HostStatus::Critical | HostStatus::Unreachable => Style::new().red().bold(),
            HostStatus::Unknown => Style::new().magenta().bold(),
        };
        self.paint(self.locale.status(status), style)
    }

    fn dim(self, text: &str) -> String {
        self.paint(text, Style::new().dimmed())
    }

    fn strong(self, text: &str) -> String {
        self.paint(text, Style::new().bold())
    }

    /// A text of one line or more, each broken to fit.
    #[must_use]
    pub fn fit(self, text: &str, indent: usize) -> String {
        let mut out = String::new();
        for line in text.lines() {
            self.put(&mut out, indent, line);
        }
        out
    }

    /// Adds a line, broken to fit; what goes on below it is indented.
    fn put(self, out: &mut String, indent: usize, line: &str) {
        let line = &text::shown(line);
        match self.width {
            Some(width) => out.push_str(&wrap::wrap(line, indent, width)),
            None => out.push_str(line),
        }
        out.push('\n');
    }

    /// Adds a dimmed line. It is broken before it is painted, so that each piece has its own colour.
    fn put_dim(self, out: &mut String, indent: usize, line: &str) {
        let line = &text::shown(line);
        let plain = self
            .width
            .map_or_else(|| line.to_owned(), |width| wrap::wrap(line, indent, width));
        for line in plain.lines() {
            let _ = writeln!(out, "{}", self.dim(line));
        }
    }
}

/// A notice as lines, each ended by a line feed.
#[must_use]
pub fn render(notice: &Notice<'_>, face: Face) -> String {
    let mut out = String::new();
    let locale = face.locale;
    match notice {
        Notice::Looking { host, wave, probes } => {
            face.put_dim(&mut out, 2, &locale.looking(host, *wave, *probes));
        }
        Notice::Opened {
            by,
            hosts,
            symptom,
            doing,
            ..
        } => {
            face.put(&mut out, 2, &locale.asked(by, hosts, symptom));
            for line in *doing {
                face.put_dim(&mut out, 2, line);
            }
        }
        Notice::Headline {
            summary,
            cards,
            pages,
            hints,
            ..
        } => {
            head(&mut out, summary, cards, pages, hints, face);
        }
        Notice::Offer {
            card,
            given,
            standing,
        } => {
            out.push_str(&self::card(card, face));
            if !given.is_empty() {
                face.put(&mut out, 2, &locale.given(given, card.needed));
            }
            match standing {
                Standing::Open => {}
                Standing::UnderWay { now } => {
                    face.put(&mut out, 2, &locale.doing(card.proposal, *now));
                }
                Standing::Ended { outcome, why, .. } => {
                    let head = locale.ended(*outcome, card.proposal.undoes.is_some());
                    face.put(&mut out, 2, &locale.headed(head, &locale.why(why)));
                }
            }
        }
        Notice::Answer { text } => out.push_str(&face.fit(text, 2)),
        Notice::Worded {
            summary,
            later,
            cards,
        } => {
            if !later.is_empty() {
                face.put(&mut out, 2, &face.strong(locale.found_later()));
                host::reports(&mut out, later, face);
            }
            for card in *cards {
                out.push('\n');
                out.push_str(&self::card(card, face));
            }
            if summary.source == Source::Model || !later.is_empty() {
                out.push('\n');
                for line in summary.text.lines() {
                    face.put(&mut out, 2, line);
                }
            }
            if let Some(by) = locale.worded_by(summary) {
                face.put_dim(&mut out, 2, &by);
            }
        }
        Notice::Diagnosed {
            incident,
            summary,
            reports,
            cards,
            pages,
            withheld,
            hints,
        } => {
            // The first lines are all that somebody tired reads: what is wrong, why, what can be done.
            head(&mut out, summary, cards, pages, hints, face);
            host::reports(&mut out, reports, face);
            for card in *cards {
                out.push('\n');
                out.push_str(&self::card(card, face));
            }
            let hints = locale.hints(hints, Reading::Terminal);
            if !pages.is_empty() || !withheld.is_empty() || !hints.is_empty() {
                out.push('\n');
            }
            for (id, title, finding) in *pages {
                let about = face.strong(&locale.runbook_for(finding));
                let read = face.dim(&format!("· {} {id}", Reading::Terminal.command()));
                let line = format!("{} {read}", locale.headed(&about, title));
                face.put(&mut out, 2, &line);
            }
            for why in *withheld {
                let head = face.strong(locale.not_offered());
                face.put(&mut out, 2, &locale.headed(&head, why));
            }
            for hint in hints {
                face.put(&mut out, 2, &hint);
            }
            out.push('\n');
            face.put_dim(&mut out, 2, &locale.incident(incident));
        }
        Notice::Called { card, .. } => face.put(&mut out, 2, &locale.waits(card)),
        Notice::Pictured { vitals, .. } => {
            for (host, vitals) in *vitals {
                face.put(&mut out, 2, &locale.vitals_told(vitals, host));
                if !vitals.needs.is_empty() {
                    face.put(&mut out, 2, locale.needs_head());
                }
                for line in locale.needs(&vitals.needs) {
                    // A branch that is wrapped is no branch any more.
                    out.push_str(&format!("  {line}\n"));
                }
            }
        }
        Notice::Account {
            account,
            aids,
            occasion,
            ..
        } => account::account(&mut out, account, aids, *occasion, face),
        Notice::OnIt { by, .. } => face.put(&mut out, 2, &locale.is_on_it(by.as_str())),
        Notice::Scanned { telling, .. } => scan::scan(&mut out, telling, face),
        Notice::Postmortem { text, .. } => out.push_str(text),
        Notice::Chosen { proposal } => {
            let head = locale.chosen(proposal);
            face.put(&mut out, 2, &face.strong(&head));
            steps(&mut out, proposal, face);
        }
        Notice::Running { proposal } => {
            face.put(&mut out, 2, &face.strong(&locale.running(proposal)));
            steps(&mut out, proposal, face);
        }
        Notice::Ended {
            proposal,
            outcome,
            why,
            output,
            can_undo,
        } => {
            let style = match outcome {
                Outcome::Verified | Outcome::Captured => Style::new().green().bold(),
                Outcome::Planned => Style::new().yellow().bold(),
                Outcome::NotFixed
                | Outcome::Worse
                | Outcome::Failed
                | Outcome::Refused
                | Outcome::Unknown
                | Outcome::Rejected
                | Outcome::Expired => Style::new().red().bold(),
            };
            let head = locale.ended(*outcome, proposal.undoes.is_some());
            let line = locale.headed(&face.paint(head, style), &locale.why(why));
            face.put(&mut out, 2, &line);
            let said = locale.said_of(*outcome, why, output);
            for line in said.lines().filter(|line| !line.trim().is_empty()) {
                let line = format!("  {line}");
                // What was captured is what was asked for; what a fix said is for whoever looks why it did not work.
                if *outcome == Outcome::Captured {
                    face.put(&mut out, 4, &line);
                } else {
                    face.put_dim(&mut out, 4, &line);
                }
            }
            let next = locale.after(*outcome, proposal.id.as_str(), *can_undo);
            if !next.is_empty() {
                face.put(&mut out, 2, &next);
            }
        }
        Notice::Refused { why } => {
            face.put(&mut out, 2, &face.paint(why, Style::new().red()));
        }
    }
    out
}

/// What is wrong, why, and what can be done.
fn head(
    out: &mut String,
    summary: &Summary,
    cards: &[Card<'_>],
    pages: &[(String, String, String)],
    hints: &Hints,
    face: Face,
) {
    for line in summary.text.lines() {
        face.put(out, 2, &face.strong(line));
    }
    for line in face.locale.offered(cards, pages, hints, Reading::Terminal) {
        face.put(out, 2, &line);
    }
    if let Some(by) = face.locale.worded_by(summary) {
        face.put_dim(out, 2, &by);
    }
}

fn steps(out: &mut String, proposal: &Proposal, face: Face) {
    for (n, step) in proposal.steps.iter().enumerate() {
        face.put(out, 5, &format!("  {}. {}", n + 1, face.locale.step(step)));
    }
}

/// A proposal's card: everything that an approver approves, in full.
#[must_use]
pub fn card(card: &Card<'_>, face: Face) -> String {
    card::card(card, face)
}
