//! What a finding says, in Chinese: one sentence of its typed facts, so that a person on call does not read two languages at once.
//!
//! A row gives the English sentence as the probes and signatures write it and the Chinese one, with the same places in both.
//! A row is taken only where the finding's own title is its English, word for word: so the Chinese says what was found, no more
//! and no less, and a sentence that nobody knows yet is shown as it is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use incident::scan::Line;
use incident::{Finding, Subject, Value};

mod apps;
mod cloud;
mod containers;
mod databases;
mod files;
mod host;
mod kernel;
mod kube;
mod modules;
mod network;
mod storage;
#[cfg(test)]
mod tests;
mod units;
mod unseen;

/// A sentence in both languages.
///
/// A place `{name}` is the fact of that name, `{subject}` the subject's name. A place `{_name}` is what no fact carries as it is
/// shown, such as a size or the program's own words: it is taken from the title. `{_ago}` is a length of time.
#[derive(Debug, Clone, Copy)]
struct Said {
    /// The codes that say it, with a space between them.
    codes: &'static str,
    english: &'static str,
    chinese: &'static str,
}

/// One row of the tables, in the order of the fields.
const fn said(codes: &'static str, english: &'static str, chinese: &'static str) -> Said {
    Said {
        codes,
        english,
        chinese,
    }
}

/// All of them.
fn rows() -> impl Iterator<Item = &'static Said> {
    [
        units::SAID,
        files::SAID,
        storage::SAID,
        network::SAID,
        host::SAID,
        kernel::SAID,
        modules::SAID,
        cloud::SAID,
        databases::SAID,
        apps::SAID,
        containers::SAID,
        kube::SAID,
    ]
    .into_iter()
    .flatten()
}

/// The sentence of a finding, where its title is one that stands here and its facts bear it out.
pub(super) fn title(finding: &Finding) -> Option<String> {
    let (code, facts) = (finding.code.as_str(), &finding.facts);
    sentence(code, &finding.subject, facts, &finding.title)
}

/// The same of what is kept of a finding from scan to scan.
pub(super) fn of_line(line: &Line) -> Option<String> {
    sentence(line.code.as_str(), &line.subject, &line.facts, &line.title)
}

fn sentence(
    code: &str,
    subject: &Subject,
    facts: &BTreeMap<String, Value>,
    english: &str,
) -> Option<String> {
    rows()
        .filter(|row| row.codes.split(' ').any(|one| one == code))
        .find_map(|row| row.of(english, |name| fact(subject, facts, name)))
}

/// Why a host could not be looked at, or a question got no answer, and what to do about it.
pub(super) fn reason(english: &str) -> Option<String> {
    unseen::SAID
        .iter()
        .find_map(|row| row.of(english, |_fact| None))
}

/// A fact as the English shows it, and as the Chinese does.
fn fact<'f>(
    subject: &'f Subject,
    facts: &'f BTreeMap<String, Value>,
    name: &str,
) -> Option<(Cow<'f, str>, Cow<'f, str>)> {
    if name == "subject" {
        let name = subject.name.as_str();
        return Some((name.into(), name.into()));
    }
    Some(match facts.get(name)? {
        Value::Text(text) => (text.into(), text.into()),
        Value::List(list) => (list.join(", ").into(), list.join("、").into()),
        Value::Int(number) => (number.to_string().into(), number.to_string().into()),
        Value::Bool(_) => return None,
    })
}

/// A template in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Words(&'static str),
    Place(&'static str),
}

/// The pieces of a template, in order.
fn pieces(template: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((words, (name, after))) = rest
        .split_once('{')
        .and_then(|(words, after)| Some((words, after.split_once('}')?)))
    {
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces.push(Piece::Place(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

impl Said {
    /// The Chinese of a title that is this row's English, with `fact` for the facts.
    fn of<'f>(
        &self,
        title: &'f str,
        fact: impl Fn(&str) -> Option<(Cow<'f, str>, Cow<'f, str>)>,
    ) -> Option<String> {
        let places = read(&pieces(self.english), title, fact)?;
        let mut said = String::new();
        for piece in pieces(self.chinese) {
            match piece {
                Piece::Words(words) => said.push_str(words),
                Piece::Place(name) => {
                    said.push_str(&places.iter().find(|(of, _)| *of == name)?.1);
                }
            }
        }
        Some(said)
    }
}

/// What stands in the title at each place, as the Chinese shows it; nothing where the title is another.
fn read<'f>(
    pieces: &[Piece],
    title: &'f str,
    fact: impl Fn(&str) -> Option<(Cow<'f, str>, Cow<'f, str>)>,
) -> Option<Vec<(&'static str, Cow<'f, str>)>> {
    let mut places = Vec::new();
    let mut rest = title;
    let mut left = pieces;
    while let [piece, after @ ..] = left {
        left = after;
        match piece {
            Piece::Words(words) => rest = rest.strip_prefix(words)?,
            Piece::Place(name) if name.starts_with('_') => {
                // It goes on to the words that follow: to the first of them, or to those at the end.
                let end = match after {
                    [] => rest.len(),
                    [Piece::Words(words)] => rest.strip_suffix(words)?.len(),
                    [Piece::Words(words), ..] => rest.find(words)?,
                    [Piece::Place(_), ..] => return None,
                };
                let (found, after) = rest.split_at_checked(end)?;
                rest = after;
                places.push((*name, shown(name, found)?));
            }
            Piece::Place(name) => {
                let (english, chinese) = fact(name)?;
                rest = rest.strip_prefix(english.as_ref())?;
                if english.is_empty() {
                    return None;
                }
                places.push((*name, chinese));
            }
        }
    }
    rest.is_empty().then_some(places)
}

/// What was taken from a title, as the Chinese shows it.
fn shown<'t>(name: &str, found: &'t str) -> Option<Cow<'t, str>> {
    match name {
        _ if found.is_empty() => None,
        "_ago" => span(found).map(Cow::Owned),
        _ => Some(Cow::Borrowed(found)),
    }
}

/// `3 min` as people say it.
fn span(text: &str) -> Option<String> {
    let (number, unit) = text.split_once(' ')?;
    let unit = match unit {
        "ms" => "毫秒",
        "s" => "秒",
        "min" => "分钟",
        "h" => "小时",
        "d" => "天",
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    Some(format!("{number} {unit}"))
}
