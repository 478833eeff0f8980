//! What was seen, line by line: what it is about, how it is, and what to do next.

use serde_json::json;

use crate::screen;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// As it should.
    Fine,
    /// It works; somebody may want to know something about it.
    Note,
    /// It does not work, or is not safe.
    Wrong,
    /// Nobody could look, which is never fine.
    Unknown,
}

impl Sign {
    /// For people.
    fn mark(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Note => "note",
            Self::Wrong => "WRONG",
            Self::Unknown => "?",
        }
    }

    /// For scripts.
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Note => "note",
            Self::Wrong => "wrong",
            Self::Unknown => "could_not_look",
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) area: &'static str,
    pub(super) what: String,
    pub(super) sign: Sign,
    pub(super) says: String,
    pub(super) next: String,
}

/// Everything that was seen.
#[derive(Debug, Default)]
pub(super) struct Report {
    lines: Vec<Line>,
}

/// The part of a report that is about one thing.
pub(super) struct Area<'a> {
    name: &'static str,
    lines: &'a mut Vec<Line>,
}

impl Area<'_> {
    fn add(&mut self, sign: Sign, what: &str, says: &str, next: &str) {
        let harmless =
            |text: &str| incident::redact::printable(crate::sentence::plain(text).as_bytes());
        self.lines.push(Line {
            area: self.name,
            what: harmless(what),
            sign,
            says: harmless(says),
            next: harmless(next),
        });
    }

    pub(super) fn fine(&mut self, what: &str, says: impl AsRef<str>) {
        self.add(Sign::Fine, what, says.as_ref(), "");
    }

    pub(super) fn note(&mut self, what: &str, says: impl AsRef<str>, next: impl AsRef<str>) {
        self.add(Sign::Note, what, says.as_ref(), next.as_ref());
    }

    pub(super) fn wrong(&mut self, what: &str, says: impl AsRef<str>, next: impl AsRef<str>) {
        self.add(Sign::Wrong, what, says.as_ref(), next.as_ref());
    }

    pub(super) fn unknown(&mut self, what: &str, says: impl AsRef<str>, next: impl AsRef<str>) {
        self.add(Sign::Unknown, what, says.as_ref(), next.as_ref());
    }
}

/// The columns of the sign and of what a line is about.
const INDENT: usize = 24;

impl Report {
    pub(super) fn area(&mut self, name: &'static str) -> Area<'_> {
        Area {
            name,
            lines: &mut self.lines,
        }
    }

    /// Whether nothing is wrong and everything was looked at.
    pub(super) fn is_fine(&self) -> bool {
        self.count(Sign::Wrong) + self.count(Sign::Unknown) == 0
    }

    fn count(&self, sign: Sign) -> usize {
        self.lines.iter().filter(|line| line.sign == sign).count()
    }

    /// The lines, those about one thing together.
    fn ordered(&self) -> Vec<(&'static str, Vec<&Line>)> {
        let mut areas: Vec<(&'static str, Vec<&Line>)> = Vec::new();
        for line in &self.lines {
            match areas.iter_mut().find(|(name, _)| *name == line.area) {
                Some((_, lines)) => lines.push(line),
                None => areas.push((line.area, vec![line])),
            }
        }
        areas
    }

    pub(super) fn print(&self, as_json: bool) {
        if as_json {
            screen::json(&self.json());
            return;
        }
        for (indent, text) in self.rows() {
            screen::wrapped(&text, indent);
        }
    }

    /// The rows for people, each with how far it is indented where it goes on.
    pub(super) fn rows(&self) -> Vec<(usize, String)> {
        let mut rows = Vec::new();
        for (name, lines) in self.ordered() {
            rows.push((0, name.to_owned()));
            for Line {
                what,
                sign,
                says,
                next,
                ..
            } in lines
            {
                let row = format!("  {:<5} {what:<15} {says}", sign.mark());
                rows.push((INDENT, row.trim_end().to_owned()));
                if !next.is_empty() {
                    rows.push((INDENT + 2, format!("{:INDENT$}→ {next}", "")));
                }
            }
        }
        let (wrong, unknown) = (self.count(Sign::Wrong), self.count(Sign::Unknown));
        let end = match (wrong, unknown) {
            (0, 0) => format!("{} looked at, nothing is wrong.", self.lines.len()),
            (wrong, 0) => format!("{} looked at, {wrong} wrong.", self.lines.len()),
            (wrong, unknown) => format!(
                "{} looked at, {wrong} wrong; {unknown} could not be looked at.",
                self.lines.len() - unknown
            ),
        };
        rows.push((0, end));
        rows
    }

    fn json(&self) -> serde_json::Value {
        let lines: Vec<serde_json::Value> = self
            .ordered()
            .into_iter()
            .flat_map(|(_, lines)| lines)
            .map(|line| {
                json!({
                    "area": line.area, "what": line.what, "outcome": line.sign.word(),
                    "says": line.says, "next": line.next,
                })
            })
            .collect();
        json!({ "version": 1, "fine": self.is_fine(), "lines": lines })
    }
}

/// A list of names for a line: the first few, and how many more.
pub(super) fn names(all: &[String]) -> String {
    const MOST: usize = 4;
    let mut shown: Vec<&str> = all.iter().take(MOST).map(String::as_str).collect();
    let more = format!("{} more", all.len().saturating_sub(MOST));
    if all.len() > MOST {
        shown.push(&more);
    }
    shown.join(", ")
}
