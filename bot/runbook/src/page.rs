//! A page: front matter, seven sections in a fixed order, and action blocks under Fix.
//!
//! The order is fixed so that a tired person finds the same thing in the same place, and actions stand where
//! everybody sees them: nothing that a machine carries out can hide in a quote, a list or another section.

use std::collections::BTreeSet;

use comrak::nodes::{AstNode, NodeCodeBlock, NodeValue};
use comrak::{Arena, Options, parse_document};
use incident::proposal::Limits;
use incident::{Risk, RunbookId};

use crate::action::{self, Action, Work};
use crate::filling::Filling;
use crate::front::{self, Approval, Matching, Places, Words};
use crate::problem::{Place, Problem, Trouble};
use crate::yaml::Fragment;

#[cfg(test)]
mod tests;

/// No page is longer than this.
const LONGEST: usize = 128 * 1024;

/// The sections of a page, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// What people notice.
    Symptom,
    /// Why it happens.
    Cause,
    /// Read-only commands with what they should print.
    Check,
    /// What to do; the only place for actions.
    Fix,
    /// How to see that it helped.
    Verify,
    /// How to undo it.
    RollBack,
    /// What to do next.
    Otherwise,
}

impl Heading {
    /// Every section, in order.
    pub const ALL: [Self; 7] = [
        Self::Symptom,
        Self::Cause,
        Self::Check,
        Self::Fix,
        Self::Verify,
        Self::RollBack,
        Self::Otherwise,
    ];

    /// The heading as it is written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Symptom => "Symptom",
            Self::Cause => "Cause",
            Self::Check => "Check",
            Self::Fix => "Fix",
            Self::Verify => "Verify",
            Self::RollBack => "Roll back",
            Self::Otherwise => "If it does not help",
        }
    }
}

/// A section of a page.
#[derive(Debug, Clone)]
pub struct Section {
    /// Which one.
    pub heading: Heading,
    /// Where its heading stands.
    pub place: Place,
    /// Its Markdown without the heading.
    pub text: String,
    /// The line of the file on which the text begins.
    pub(crate) first_line: usize,
}

/// A runbook.
#[derive(Debug, Clone)]
pub struct Runbook {
    /// Its id; the file is named after it.
    pub id: RunbookId,
    /// Grows with every change to what it does.
    pub version: u32,
    /// The failure, in one line.
    pub title: Words,
    /// Who keeps it right.
    pub owner: String,
    /// What a phone shows first, in at most three lines.
    pub summary: Words,
    /// What it answers.
    pub matching: Matching,
    /// How much harm it could do when it is wrong.
    pub risk: Risk,
    /// Who may say yes.
    pub approval: Approval,
    /// How often it may run.
    pub limits: Limits,
    /// The seven sections, in order.
    pub sections: Vec<Section>,
    /// What it can carry out; empty for a page that is only read.
    pub actions: Vec<Action>,
    /// The file, as it was named to the reader.
    pub path: String,
    /// The whole page, as written.
    pub source: String,
    pub(crate) places: Places,
}

impl Runbook {
    /// The digest of the page as written: `sha256:<64 hex digits>`.
    #[must_use]
    pub fn digest(&self) -> String {
        let text = serde_json::Value::String(self.source.clone());
        incident::digest::of("sickbay runbook 1", &text)
    }

    /// The Markdown under a heading.
    #[must_use]
    pub fn section(&self, heading: Heading) -> &str {
        self.sections
            .iter()
            .find(|section| section.heading == heading)
            .map_or("", |section| section.text.as_str())
    }

    /// Whether it is only read and never carried out.
    #[must_use]
    pub fn is_prose(&self) -> bool {
        self.actions.is_empty()
    }

    /// Whether all that it does is to look closer, which changes nothing.
    #[must_use]
    pub fn only_looks(&self) -> bool {
        let looks = |action: &Action| match &action.work {
            Work::Typed { verb, .. } => incident::capture::Kind::of_verb(verb.name).is_some(),
            Work::Argv { .. } => false,
        };
        !self.is_prose() && self.actions.iter().all(looks)
    }

    /// The facts that its condition and its actions look at.
    #[must_use]
    pub fn facts(&self) -> BTreeSet<String> {
        let mut facts = BTreeSet::new();
        if let Some(condition) = &self.matching.condition {
            facts.extend(condition.facts().iter().cloned());
        }
        for action in &self.actions {
            if let Some(when) = &action.when {
                facts.extend(when.facts().iter().cloned());
            }
            let fillings: Vec<&Filling> = match &action.work {
                Work::Typed { slots, .. } => slots.iter().flat_map(|slot| &slot.with).collect(),
                Work::Argv { argv, .. } => argv.iter().map(|word| &word.filling).collect(),
            };
            facts.extend(fillings.into_iter().flat_map(Filling::names).cloned());
        }
        facts
    }
}

/// Reads a page.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file.
pub fn parse(path: &str, text: &str) -> Result<Runbook, Vec<Problem>> {
    read(path, text).map_err(|mut troubles| {
        troubles.sort_by_key(|trouble| trouble.place);
        troubles
            .into_iter()
            .map(|trouble| trouble.in_file(path))
            .collect()
    })
}

fn read(path: &str, text: &str) -> Result<Runbook, Vec<Trouble>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (yaml, body, body_line) = split(text).map_err(|trouble| vec![trouble])?;
    let fragment = Fragment {
        first_line: 2,
        indent: 0,
    };
    let front = front::read(fragment, yaml);
    let body = read_body(body, body_line);
    match (front, body) {
        (Ok(front), Ok((sections, actions))) => Ok(Runbook {
            id: front.id,
            version: front.version,
            title: front.title,
            owner: front.owner,
            summary: front.summary,
            matching: front.matching,
            risk: front.risk,
            approval: front.approval,
            limits: front.limits,
            sections,
            actions,
            path: path.to_owned(),
            source: text.to_owned(),
            places: front.places,
        }),
        (Err(mut troubles), Err(more)) => {
            troubles.extend(more);
            Err(troubles)
        }
        (Err(troubles), Ok(_)) | (Ok(_), Err(troubles)) => Err(troubles),
    }
}

/// Parts the front matter from the body; the number is the line on which the body begins.
fn split(text: &str) -> Result<(&str, &str, usize), Trouble> {
    if text.len() > LONGEST {
        return Err(Trouble::new(
            Place::at(1, 1),
            format!("the file has {} bytes", text.len()),
            format!("keep a page under {LONGEST}; one failure a page"),
        ));
    }
    let fence = |line: &str| line.trim_end() == "---";
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or("");
    if !fence(first) {
        return Err(Trouble::new(
            Place::at(1, 1),
            "the page does not begin with front matter",
            "make `---` the first line; `sickbay runbook new ID` shows a complete page",
        ));
    }
    let start = first.len();
    let mut end = start;
    for (n, line) in lines.enumerate() {
        let after = end.saturating_add(line.len());
        if fence(line) {
            let yaml = text.get(start..end).unwrap_or("");
            let body = text.get(after..).unwrap_or("");
            return Ok((yaml, body, n.saturating_add(3)));
        }
        end = after;
    }
    Err(Trouble::new(
        Place::at(1, 1),
        "the front matter does not end",
        "close it with a line of `---`",
    ))
}

type Body = (Vec<Section>, Vec<Action>);

fn read_body(body: &str, first_line: usize) -> Result<Body, Vec<Trouble>> {
    let arena = Arena::new();
    let root = parse_document(&arena, body, &Options::default());
    let mut reader = BodyReader {
        first_line,
        sections: Vec::new(),
        actions: Vec::new(),
        troubles: Vec::new(),
    };
    for node in root.children() {
        reader.top(node);
    }
    reader.finish(body)
}

struct BodyReader {
    first_line: usize,
    sections: Vec<Section>,
    actions: Vec<Action>,
    troubles: Vec<Trouble>,
}

impl BodyReader {
    fn place<'a>(&self, node: &'a AstNode<'a>) -> Place {
        let start = node.data.borrow().sourcepos.start;
        Place {
            line: start
                .line
                .max(1)
                .saturating_add(self.first_line)
                .saturating_sub(1),
            column: start.column.max(1),
        }
    }

    fn trouble(&mut self, place: Place, what: impl Into<String>, cure: impl Into<String>) {
        self.troubles.push(Trouble::new(place, what, cure));
    }

    /// A block that stands on its own.
    fn top<'a>(&mut self, node: &'a AstNode<'a>) {
        let place = self.place(node);
        let value = &node.data.borrow().value;
        if let NodeValue::Heading(heading) = value
            && heading.level <= 2
        {
            self.heading(place, heading.level, &words_of(node));
        } else if let NodeValue::CodeBlock(block) = value
            && is_action(block)
        {
            self.action(place, block);
        } else if self.sections.is_empty() {
            self.trouble(
                place,
                "there is text before the first heading",
                "begin with `## Symptom`; the summary goes into the front matter",
            );
        }
        for inner in node.descendants() {
            let place = self.place(inner);
            let value = &inner.data.borrow().value;
            if let NodeValue::CodeBlock(block) = value
                && is_action(block)
                && !node.same_node(inner)
            {
                self.trouble(
                    place,
                    "an action stands inside a list or a quote",
                    "put it at the left margin under `## Fix`, where everybody sees it",
                );
            }
            if matches!(value, NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_)) {
                self.trouble(
                    place,
                    "HTML is not shown in chat",
                    "write plain Markdown; put `<name>` in backquotes",
                );
            }
        }
    }

    fn heading(&mut self, place: Place, level: u8, words: &str) {
        let wanted = Heading::ALL.get(self.sections.len());
        match wanted {
            Some(heading) if level == 2 && words == heading.text() => {
                self.sections.push(Section {
                    heading: *heading,
                    place,
                    text: String::new(),
                    first_line: place.line,
                });
            }
            Some(heading) => {
                let known = Heading::ALL.iter().position(|known| known.text() == words);
                self.trouble(
                    place,
                    format!(
                        "the heading {words:?} stands where `## {}` should",
                        heading.text()
                    ),
                    "keep the seven headings in their order; use `###` within a section",
                );
                // Goes on from the heading that was meant, so that one slip is told once.
                let through = known.unwrap_or(self.sections.len());
                let missed = Heading::ALL
                    .get(self.sections.len()..=through)
                    .unwrap_or(&[]);
                for heading in missed {
                    self.sections.push(Section {
                        heading: *heading,
                        place,
                        text: String::new(),
                        first_line: place.line,
                    });
                }
            }
            None => self.trouble(
                place,
                format!("the heading {words:?} is one too many"),
                "the last is `## If it does not help`; use `###` within a section",
            ),
        }
    }

    fn action(&mut self, place: Place, block: &NodeCodeBlock) {
        if block.info.trim() != "action" {
            self.trouble(
                place,
                format!("`{}` is not how an action begins", block.info),
                "write three backquotes and `action`, nothing more",
            );
        } else if !block.closed {
            self.trouble(
                place,
                "the action does not end",
                "close it with three backquotes",
            );
        } else if self.sections.last().map(|section| section.heading) != Some(Heading::Fix) {
            self.trouble(
                place,
                "an action stands outside `## Fix`",
                "move it there; Check and Verify are read-only",
            );
        } else {
            let fragment = Fragment {
                first_line: place.line.saturating_add(1),
                indent: place.column.saturating_sub(1),
            };
            match action::read(fragment, place, &block.literal) {
                Ok(action) => self.actions.push(action),
                Err(troubles) => self.troubles.extend(troubles),
            }
        }
    }

    fn finish(mut self, body: &str) -> Result<Body, Vec<Trouble>> {
        if let Some(missing) = Heading::ALL.get(self.sections.len()) {
            let last = Place::at(self.first_line.saturating_add(body.lines().count()), 1);
            self.trouble(
                last,
                format!("the page ends before `## {}`", missing.text()),
                "write all seven sections; say so where one does not apply",
            );
        }
        if !self.troubles.is_empty() {
            return Err(self.troubles);
        }
        let lines: Vec<&str> = body.lines().collect();
        let starts: Vec<usize> = self
            .sections
            .iter()
            .map(|section| section.place.line.saturating_sub(self.first_line))
            .collect();
        for (n, section) in self.sections.iter_mut().enumerate() {
            let from = starts.get(n).map_or(0, |start| start.saturating_add(1));
            let to = starts
                .get(n.saturating_add(1))
                .copied()
                .unwrap_or(lines.len());
            let own = lines.get(from..to).unwrap_or(&[]);
            let empty = own.iter().take_while(|line| line.trim().is_empty()).count();
            section.first_line = self.first_line.saturating_add(from).saturating_add(empty);
            let own = own.get(empty..).unwrap_or(&[]);
            own.join("\n").trim_end().clone_into(&mut section.text);
        }
        Ok((self.sections, self.actions))
    }
}

fn is_action(block: &NodeCodeBlock) -> bool {
    block.fenced
        && block
            .info
            .split(|c: char| !c.is_alphanumeric())
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("action"))
}

fn words_of<'a>(node: &'a AstNode<'a>) -> String {
    let mut words = String::new();
    for inner in node.descendants() {
        let value = &inner.data.borrow().value;
        if let NodeValue::Text(text) = value {
            words.push_str(text);
        } else if let NodeValue::Code(code) = value {
            words.push_str(&code.literal);
        }
    }
    words
}
