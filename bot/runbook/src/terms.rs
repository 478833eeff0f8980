//! Words to search by: what a tired person types and what a page says, brought to the same form in English and Chinese.
//!
//! A text becomes tokens: words without their endings, pairs of Chinese characters, and for what the glossary knows the one
//! name of the thing, marked with `=`. A query keeps which of its words each token stands for, so that it can be said how
//! much of what was asked a page speaks of.

mod fit;
mod fuse;
mod glossary;
mod lex;
mod stem;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

pub use fit::{Scored, fit};
pub use fuse::{fuse, nearest};
use lex::{Piece, pieces};

use crate::{Heading, Runbook};

#[cfg(test)]
mod tests;

/// Of how many words a phrase of the glossary is at most.
const LONGEST_PHRASE: usize = 5;
/// Of how many characters a Chinese one is.
const LONGEST_RUN: usize = 7;
/// How many characters of a text are looked at: a page is no longer, and a query is never.
const MOST_CHARS: usize = 128 * 1024;
/// How many words of a query count.
const MOST_UNITS: usize = 64;

/// The phrases of the glossary and the things that they name.
type Phrases = HashMap<String, Vec<&'static str>>;

/// English by word stems with a space between, Chinese by characters.
static PHRASES: LazyLock<(Phrases, Phrases)> = LazyLock::new(|| {
    let (mut english, mut chinese) = (Phrases::new(), Phrases::new());
    for (name, en, zh) in glossary::rows() {
        for phrase in en.split('|') {
            let words: Vec<String> = pieces(phrase).into_iter().flat_map(parts).collect();
            english.entry(words.join(" ")).or_default().push(name);
        }
        for phrase in zh.split('|').filter(|phrase| !phrase.is_empty()) {
            chinese.entry(phrase.to_owned()).or_default().push(name);
        }
    }
    (english, chinese)
});

/// The words of a piece without their endings.
fn parts(piece: Piece) -> Vec<String> {
    match piece {
        Piece::Word { parts, .. } => parts,
        Piece::Run(chars) => vec![chars.into_iter().collect()],
    }
}

/// A word of a query, or a character: all the tokens that say it.
#[derive(Debug, Clone, PartialEq)]
struct Unit {
    tokens: BTreeSet<String>,
    /// A Chinese character is half a word.
    weight: f64,
    /// A number, or a name with digits: worth something where the shelf knows it, and nothing where not.
    vague: bool,
}

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    units: Vec<Unit>,
}

impl Query {
    /// Reads what somebody typed.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut query = Self::default();
        for stretch in stretches(text) {
            match stretch {
                Stretch::Words(words) => query.words(&words),
                Stretch::Run(chars) => query.run(&chars),
            }
        }
        query.units.truncate(MOST_UNITS);
        query
    }

    /// Whether nothing in it can be searched for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// What to look up, each once.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        let tokens: BTreeSet<&String> = self.units.iter().flat_map(|unit| &unit.tokens).collect();
        tokens.into_iter().cloned().collect()
    }

    /// How much of it a text with these tokens speaks of, from 0 to 1. A word counts by how rare it is: `known` says in
    /// how many of `of` texts each token stands.
    #[must_use]
    pub fn covered(
        &self,
        matched: &BTreeSet<String>,
        known: &BTreeMap<String, usize>,
        of: usize,
    ) -> f64 {
        let (mut whole, mut there) = (0.0, 0.0);
        for unit in &self.units {
            let weight = unit.worth(known, of);
            whole += weight;
            if unit.tokens.iter().any(|token| matched.contains(token)) {
                there += weight;
            }
        }
        if whole > 0.0 { there / whole } else { 0.0 }
    }

    /// Adds words that stand one after the other.
    fn words(&mut self, words: &[(String, Vec<String>)]) {
        let flat: Vec<(&str, &str)> = words
            .iter()
            .flat_map(|(whole, parts)| parts.iter().map(move |part| (whole.as_str(), &**part)))
            .collect();
        let stems: Vec<&str> = flat.iter().map(|(_, part)| *part).collect();
        let named = named(&stems);
        for (n, (whole, part)) in flat.iter().enumerate() {
            if stem::is_stop(part) {
                continue;
            }
            let mut tokens = BTreeSet::from([(*part).to_owned()]);
            if whole != part {
                tokens.insert((*whole).to_owned());
            }
            let covering = named
                .iter()
                .filter(|(at, long, _)| (*at..at + long).contains(&n));
            tokens.extend(covering.map(|(_, _, name)| format!("={name}")));
            let vague = part.chars().any(|one| one.is_ascii_digit());
            self.units.push(Unit {
                tokens,
                weight: 1.0,
                vague,
            });
        }
    }

    /// Adds a run of Chinese characters.
    fn run(&mut self, chars: &[char]) {
        let named = named_in(chars);
        let stopped = lex::stopped(chars);
        for (n, one) in chars.iter().enumerate() {
            let stops = |at: usize| stopped.get(at).copied().unwrap_or(true);
            if stops(n) {
                continue;
            }
            let mut tokens = BTreeSet::new();
            if let Some(before) = n.checked_sub(1).filter(|before| !stops(*before)) {
                tokens.extend(chars.get(before).map(|first| format!("{first}{one}")));
            }
            if !stops(n + 1) {
                tokens.extend(chars.get(n + 1).map(|second| format!("{one}{second}")));
            }
            let covering = named
                .iter()
                .filter(|(at, long, _)| (*at..at + long).contains(&n));
            tokens.extend(covering.map(|(_, _, name)| format!("={name}")));
            if tokens.is_empty() {
                tokens.insert(one.to_string());
            }
            self.units.push(Unit {
                tokens,
                weight: 0.5,
                vague: false,
            });
        }
    }
}

impl Unit {
    /// How much it says which text is meant: the rarer, the more. The most common of its tokens counts.
    fn worth(&self, known: &BTreeMap<String, usize>, of: usize) -> f64 {
        let spread = self
            .tokens
            .iter()
            .filter_map(|token| known.get(token))
            .max();
        let spread = spread.copied().unwrap_or(0);
        if spread == 0 && self.vague {
            return 0.0;
        }
        let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        self.weight * (1.0 + count(of) / count(spread).max(0.5)).ln()
    }
}

/// The tokens of a text that is to be found, in order.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for stretch in stretches(text) {
        match stretch {
            Stretch::Words(words) => {
                for (whole, parts) in &words {
                    let told = parts.iter().filter(|part| !stem::is_stop(part));
                    tokens.extend(told.cloned());
                    if parts.len() > 1 {
                        tokens.push(whole.clone());
                    }
                }
                let stems: Vec<&str> = words
                    .iter()
                    .flat_map(|(_, parts)| parts)
                    .map(|part| &**part)
                    .collect();
                tokens.extend(
                    named(&stems)
                        .into_iter()
                        .map(|(_, _, name)| format!("={name}")),
                );
            }
            Stretch::Run(chars) => {
                let stopped = lex::stopped(&chars);
                for part in chars
                    .iter()
                    .zip(&stopped)
                    .collect::<Vec<_>>()
                    .split(|(_, stop)| **stop)
                {
                    let part: Vec<char> = part.iter().map(|(one, _)| **one).collect();
                    if let [one] = part.as_slice() {
                        tokens.push(one.to_string());
                    }
                    tokens.extend(part.windows(2).map(|pair| pair.iter().collect::<String>()));
                }
                tokens.extend(
                    named_in(&chars)
                        .into_iter()
                        .map(|(_, _, name)| format!("={name}")),
                );
            }
        }
    }
    tokens
}

/// What a page is about, for an endpoint that makes vectors of meaning: what it is called and says first, in both languages.
/// The whole page would drown that in commands.
#[must_use]
pub fn gist(page: &Runbook) -> String {
    let (title, summary) = (&page.title, &page.summary);
    let symptom = page.section(Heading::Symptom);
    [&title.en, title.zh(), symptom, &summary.en, summary.zh()].join("\n")
}

/// Words in a row, each whole and in parts, or a run of Chinese characters.
enum Stretch {
    Words(Vec<(String, Vec<String>)>),
    Run(Vec<char>),
}

fn stretches(text: &str) -> Vec<Stretch> {
    let text: String = text.chars().take(MOST_CHARS).collect();
    let mut stretches: Vec<Stretch> = Vec::new();
    for piece in pieces(&text) {
        match (piece, stretches.last_mut()) {
            (Piece::Word { whole, parts }, Some(Stretch::Words(words))) => {
                words.push((whole, parts));
            }
            (Piece::Word { whole, parts }, _) => {
                stretches.push(Stretch::Words(vec![(whole, parts)]));
            }
            (Piece::Run(chars), _) => stretches.push(Stretch::Run(chars)),
        }
    }
    stretches
}

/// The things that the glossary finds in words: where each begins, how many words it has, its name.
fn named(stems: &[&str]) -> Vec<(usize, usize, &'static str)> {
    let mut found = Vec::new();
    for at in 0..stems.len() {
        for long in 1..=LONGEST_PHRASE {
            let Some(phrase) = stems.get(at..at + long) else {
                break;
            };
            for name in PHRASES.0.get(&phrase.join(" ")).into_iter().flatten() {
                found.push((at, long, *name));
            }
        }
    }
    found
}

/// The same in a run of characters.
fn named_in(chars: &[char]) -> Vec<(usize, usize, &'static str)> {
    let mut found = Vec::new();
    for at in 0..chars.len() {
        for long in 1..=LONGEST_RUN {
            let Some(phrase) = chars.get(at..at + long) else {
                break;
            };
            let phrase: String = phrase.iter().collect();
            for name in PHRASES.1.get(&phrase).into_iter().flatten() {
                found.push((at, long, *name));
            }
        }
    }
    found
}
