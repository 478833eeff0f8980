//! A site's own rules: what else is a secret there, and which values beside names that tell are none.

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

use super::line::{By, Found, Line};

/// A rule as a site writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is called, for whoever reads that it is wrong.
    pub name: String,
    /// What it does.
    pub does: Does,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// What the pattern finds is a secret: its group `s` or `secret`, or all of it.
    Mask {
        /// A regular expression over one line.
        pattern: String,
        /// Words one of which a line has in which it is looked for; every line where there are none.
        keywords: Vec<String>,
    },
    /// A value beside a name that tells is none where the pattern fits it as a whole. What is a secret by its own form is one
    /// all the same.
    Keep(String),
}

/// Why a site's rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {what}")]
pub struct RuleError {
    /// The rule.
    pub name: String,
    /// What is wrong with it, and what to do.
    pub what: String,
}

/// A site's rules, ready to be used.
#[derive(Debug, Clone, Default)]
pub(super) struct Site {
    masks: Vec<Mask>,
    keeps: Vec<Regex>,
    words: Option<AhoCorasick>,
}

#[derive(Debug, Clone)]
struct Mask {
    pattern: Regex,
    /// None: every line.
    words: Option<AhoCorasick>,
}

/// How much memory a compiled pattern may take.
const LARGEST: usize = 1 << 20;

/// How many rules a site may have, and how long a pattern may be.
const MOST: (usize, usize) = (100, 2000);

impl Site {
    pub(super) fn new(rules: &[Rule]) -> Result<Self, RuleError> {
        let mut site = Self::default();
        let mut all = Vec::new();
        if let Some(rule) = rules.get(MOST.0) {
            let what = format!(
                "{} rules are too many; {} are the most",
                rules.len(),
                MOST.0
            );
            return Err(wrong(rule, what));
        }
        for rule in rules {
            match &rule.does {
                Does::Keep(pattern) => {
                    let whole = format!("^(?:{pattern})$");
                    // It is read alone first, so that a bracket that is not closed does not reach out of it.
                    compile(rule, pattern)?;
                    site.keeps.push(compile(rule, &whole)?);
                }
                Does::Mask { pattern, keywords } => {
                    let pattern = compile(rule, pattern)?;
                    if pattern.is_match(b"") {
                        let what = "the pattern fits where nothing stands; let it ask for at least one character".to_owned();
                        return Err(wrong(rule, what));
                    }
                    if keywords
                        .iter()
                        .any(|word| word.trim().is_empty() || word.contains('\n'))
                    {
                        return Err(wrong(
                            rule,
                            "a keyword is empty, or has more than one line; leave it out"
                                .to_owned(),
                        ));
                    }
                    all.extend(keywords.iter().cloned());
                    let words = match keywords.as_slice() {
                        [] => None,
                        words => Some(words_of(words).map_err(|what| wrong(rule, what))?),
                    };
                    site.masks.push(Mask { pattern, words });
                }
            }
        }
        if let (false, Some(rule)) = (all.is_empty(), rules.first()) {
            site.words = Some(words_of(&all).map_err(|what| wrong(rule, what))?);
        }
        Ok(site)
    }

    /// Whether each line is to be looked at.
    pub(super) fn wants_all(&self) -> bool {
        self.masks.iter().any(|mask| mask.words.is_none())
    }

    /// Where the words of its rules stand.
    pub(super) fn words(&self, text: &[u8], mut take: impl FnMut(usize, usize)) {
        for found in self.words.iter().flat_map(|words| words.find_iter(text)) {
            take(found.start(), found.end());
        }
    }

    /// The secrets of its rules in a line.
    pub(super) fn find(&self, line: Line<'_>, found: &mut Vec<Found>) {
        for mask in &self.masks {
            if mask
                .words
                .as_ref()
                .is_some_and(|words| !words.is_match(line.0))
            {
                continue;
            }
            for groups in mask.pattern.captures_iter(line.0) {
                let group = groups
                    .name("secret")
                    .or_else(|| groups.name("s"))
                    .or_else(|| groups.get(0));
                if let Some(group) = group.filter(|group| !group.is_empty()) {
                    found.push(Found {
                        at: whole_letters(line, group.range()),
                        by: By::Form,
                    });
                }
            }
        }
    }

    /// Whether a value beside a name that tells may stay.
    pub(super) fn keeps(&self, value: &[u8]) -> bool {
        self.keeps.iter().any(|keep| keep.is_match(value))
    }
}

/// The same place, or a little more, so that no letter is cut in its middle.
fn whole_letters(line: Line<'_>, mut at: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let inner = |byte: u8| (0x80..0xc0).contains(&byte);
    while at.start > 0 && inner(line.at(at.start)) {
        at.start -= 1;
    }
    while at.end < line.len() && inner(line.at(at.end)) {
        at.end += 1;
    }
    at
}

fn words_of(words: &[String]) -> Result<AhoCorasick, String> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .map_err(|error| format!("its keywords cannot be used: {error}"))
}

fn wrong(rule: &Rule, what: String) -> RuleError {
    RuleError {
        name: rule.name.clone(),
        what,
    }
}

fn compile(rule: &Rule, pattern: &str) -> Result<Regex, RuleError> {
    if pattern.is_empty() {
        return Err(wrong(
            rule,
            "the pattern is empty; write what is to be found".to_owned(),
        ));
    }
    if pattern.len() > MOST.1 + 10 {
        return Err(wrong(
            rule,
            format!(
                "the pattern has {} bytes, and {} are the most",
                pattern.len(),
                MOST.1
            ),
        ));
    }
    let built = RegexBuilder::new(pattern)
        .size_limit(LARGEST)
        .dfa_size_limit(LARGEST)
        .build();
    built.map_err(|error| {
        let what = match error {
            regex::Error::CompiledTooBig(_) => "the pattern takes more than 1 MB; make its counts ({n,m}) smaller".to_owned(),
            other @ (regex::Error::Syntax(_) | _) => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
                format!("the pattern cannot be read: {last}; patterns are those of Rust's regex, without look-around and back-references")
            }
        };
        wrong(rule, what)
    })
}
