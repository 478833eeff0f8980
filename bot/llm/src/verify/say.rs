//! What may be said of one finding: the clauses of its title in the reader's language, of what its code is called, and its facts.
//!
//! What an attacker can word (a log line in a title) is one clause with all the rest: whoever wants to repeat it repeats the title
//! as a whole, which stands on the card anyway, and cannot take a part of it for a sentence of ours.

use incident::{Finding, Value};

use super::lex::{self, Kind, Names, Token};
use super::{Source, Vocabulary, words};
use crate::veil::is_prose;

/// What is only said as a whole.
#[derive(Debug)]
pub(super) struct Clause {
    pub(super) tokens: Vec<Token>,
    /// Whether its end may be said first: `on /var: 97 % used`.
    pub(super) turns: bool,
    /// The token that stands before it, where it is in brackets and but a name or a number.
    pub(super) behind: Option<String>,
    /// Whether it is a sentence by itself, not but a name or who somebody is.
    pub(super) says: bool,
    /// Whether it begins the title, so that people know what it is about.
    pub(super) leads: bool,
}

/// What may be said of one finding.
#[derive(Debug)]
pub(super) struct Sayings<'a> {
    pub(super) finding: &'a Finding,
    pub(super) clauses: Vec<Clause>,
    /// The names that may stand beside any of the clauses: the subject, its unit, its host.
    beside: Vec<String>,
    host: String,
}

/// The most clauses that are kept of one finding.
const MOST: usize = 48;

impl<'a> Sayings<'a> {
    pub(super) fn new(source: &Source<'a>, names: &Names, vocabulary: &Vocabulary) -> Self {
        let finding = source.finding;
        let prose = prose(finding, names);
        let mut clauses = Vec::new();
        let terms = source.terms.iter().map(|term| (*term, false));
        for (text, title) in std::iter::once((source.title, true)).chain(terms) {
            let tokens = lex::read(text, names);
            let parts = split(&tokens);
            let mut closed = false;
            for (n, part) in parts.into_iter().enumerate() {
                if is_ours(&part.tokens, vocabulary) && !prose.holds(&part.tokens, part.quoted) {
                    let mut clause = Clause::new(part.tokens).behind(part.behind);
                    clause.leads = title && n == 0;
                    clauses.push(clause);
                } else {
                    closed = true;
                }
            }
            if closed {
                let tokens = tokens.into_iter().filter(|token| token.kind != Kind::Break);
                clauses.push(Clause {
                    tokens: tokens.collect(),
                    turns: false,
                    behind: None,
                    says: true,
                    leads: title,
                });
            }
        }
        for (name, value) in &finding.facts {
            // Of what a share is used, its name does not say: of inodes, open files and tasks there are shares, too.
            if name == "used_percent" && finding.code.as_str() != "fs.full" {
                continue;
            }
            clauses.extend(facts(name, value, names));
        }
        clauses.truncate(MOST);
        let host = lex::plain(finding.host.as_str());
        let mut beside = vec![lex::plain(&finding.subject.name), host.clone()];
        beside.extend(finding.text("unit").map(lex::plain));
        Self {
            finding,
            clauses,
            beside,
            host,
        }
    }

    /// Whether the token at this place may stand beside what is said of this finding.
    pub(super) fn may_stand(&self, tokens: &[Token], at: usize) -> bool {
        let Some(token) = tokens.get(at) else {
            return false;
        };
        let neighbours = [at.checked_sub(1), at.checked_add(1)];
        let mut names = neighbours
            .into_iter()
            .flatten()
            .filter_map(|n| tokens.get(n))
            .filter(|token| token.is_name());
        match token.kind {
            // A name that a clause has already is not said once more, and none is put to another name, or behind a word that
            // makes it the one that did it.
            Kind::Path | Kind::Name => {
                let times = tokens.iter().filter(|one| one.key == token.key).count();
                times == 1 && self.beside.contains(&token.key) && self.is_apart(tokens, at)
            }
            Kind::Word => {
                let kind = &self.finding.subject.kind;
                (words::severity(&token.key) == Some(self.finding.severity) && is_aside(tokens, at))
                    || (words::confidence(&token.key) == Some(self.finding.confidence)
                        && !follows_held(tokens, at))
                    || names.any(|name| {
                        let of = if name.key == self.host { "host" } else { kind };
                        self.beside.contains(&name.key) && words::is_kind(of, &token.key)
                    })
            }
            Kind::Number | Kind::Times | Kind::Sign | Kind::Break => false,
        }
    }

    /// Whether the name at this place is the host, or has no other name beside it and no word before it that needs one.
    fn is_apart(&self, tokens: &[Token], at: usize) -> bool {
        if self.is_host(tokens, at) {
            return true;
        }
        let kind = |token: &&Token| words::is_any_kind(&token.key);
        let other = |token: &Token| token.is_name() && token.key != self.host;
        let mut before = tokens.get(..at).unwrap_or_default().iter().rev();
        let mut after = tokens.get(at + 1..).unwrap_or_default().iter();
        let before = before.find(|token| !kind(token));
        let after = after.find(|token| !kind(token));
        let needs = |token: &Token| HELD.contains(&token.key.as_str()) || token.key == "another";
        !before.is_some_and(|token| other(token) || needs(token)) && !after.is_some_and(other)
    }

    /// Whether a token tells what this finding is about: a name of it, and its host where it is about that.
    pub(super) fn tells_what(&self, token: &Token) -> bool {
        token.is_name() && (token.key != self.host || self.finding.subject.kind == "host")
    }

    /// Whether this finding's host stands there.
    pub(super) fn is_host(&self, tokens: &[Token], at: usize) -> bool {
        tokens.get(at).is_some_and(|token| token.key == self.host)
    }

    /// Whether any clause has this token.
    pub(super) fn knows(&self, token: &Token) -> bool {
        self.clauses
            .iter()
            .any(|clause| clause.tokens.iter().any(|one| one.key == token.key))
    }
}

impl Clause {
    fn new(tokens: Vec<Token>) -> Self {
        let numbers = tokens.iter().filter(|t| t.kind == Kind::Number).count();
        let of = |kind: Kind| tokens.iter().filter(|t| t.kind == kind).count();
        let held = tokens
            .iter()
            .any(|token| HELD.contains(&token.key.as_str()));
        let turns = numbers <= 1 && of(Kind::Path) <= 1 && of(Kind::Name) <= 1 && !held;
        let says = of(Kind::Word) > 0;
        Self {
            tokens,
            turns,
            behind: None,
            says,
            leads: false,
        }
    }

    /// The same, said in brackets behind this token. What has words of its own says the same anywhere.
    fn behind(mut self, token: Option<String>) -> Self {
        self.behind = token.filter(|_| !self.says);
        self
    }

    /// Whether it names something itself.
    pub(super) fn names(&self) -> bool {
        self.tokens.iter().any(Token::is_name)
    }
}

/// Words that say which of two does what to the other, so that their order stays.
const HELD: &[&str] = &[
    "NOT", "not", "no", "by", "as", "from", "than", "which", "where", "who", "whose", "what",
    "but", "or", "before", "after", "into", "over", "HELDBY", "<CAUSE", "CAUSE>", "被", "由", "从",
    "到", "对", "把", "将", "让", "使", "向", "往", "给", "于", "而", "但", "因", "来", "比",
];

/// Whether the word before this place is one that would take it for its own: `not critical`.
fn follows_held(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|n| tokens.get(n));
    before.is_some_and(|token| HELD.contains(&token.key.as_str()))
}

/// Whether a word stands by itself, with a break or nothing on one side of it.
fn is_aside(tokens: &[Token], at: usize) -> bool {
    let breaks = |token: Option<&Token>| token.is_none_or(|token| token.kind == Kind::Break);
    let before = at.checked_sub(1).and_then(|n| tokens.get(n));
    !follows_held(tokens, at) && (breaks(before) || breaks(tokens.get(at + 1)))
}

/// Words behind a comma that go on with what stands before it.
const GOES_ON: &[&str] = &[
    "which", "where", "who", "whose", "that", "as", "from", "than", "more", "but", "<CAUSE",
    "CAUSE>", "not", "no", "而", "但", "也", "却", "它", "NOT", "CANNOT",
];

/// A part of a title.
#[derive(Default)]
struct Part {
    tokens: Vec<Token>,
    /// The token before the bracket that it stands in.
    behind: Option<String>,
    /// Whether it stands behind a colon, where a title quotes.
    quoted: bool,
}

/// The clauses of a title. What stands in brackets is one of its own; the rest goes on behind it.
fn split(tokens: &[Token]) -> Vec<Part> {
    let mut done = Vec::new();
    let mut open = vec![Part::default()];
    let mut quoted = false;
    for (n, token) in tokens.iter().enumerate() {
        let inner = open.len() > 1;
        let Some(part) = open.last_mut() else {
            break;
        };
        if token.kind != Kind::Break {
            part.quoted |= quoted;
            part.tokens.push(token.clone());
            continue;
        }
        let goes_on = tokens
            .get(n + 1)
            .is_some_and(|next| GOES_ON.contains(&next.key.as_str()));
        match token.key.as_str() {
            "(" => {
                let before = n.checked_sub(1).and_then(|n| tokens.get(n));
                open.push(Part {
                    behind: before.map(|token| token.key.clone()),
                    ..Part::default()
                });
            }
            ")" if inner => done.extend(open.pop()),
            "," if goes_on => {}
            "," | ";" | ":" | "." | "—" | "。" | "!" | "?" | "、" => {
                let behind = part.behind.clone();
                done.push(std::mem::take(part));
                part.behind = behind;
            }
            _ => {}
        }
        quoted |= token.key == ":";
    }
    done.extend(open);
    done.retain(|part| !part.tokens.is_empty());
    done
}

/// Whether every word is one that our own texts have.
fn is_ours(clause: &[Token], vocabulary: &Vocabulary) -> bool {
    clause.iter().all(|token| match token.kind {
        Kind::Word => {
            !token.key.is_ascii()
                || token.key.chars().any(|c| c.is_ascii_uppercase())
                || words::is_ours(&token.key)
                || vocabulary.has(&token.key)
        }
        Kind::Sign => token.key.len() < 2 || vocabulary.has(&token.key),
        Kind::Path | Kind::Name | Kind::Number | Kind::Times | Kind::Break => true,
    })
}

/// What the host worded: facts of several words, and what the detail quotes.
struct Prose {
    facts: Vec<Vec<String>>,
    detail: Vec<String>,
}

fn prose(finding: &Finding, names: &Names) -> Prose {
    let keys = |text: &str| -> Vec<String> {
        let tokens = lex::read(text, names).into_iter();
        let said = tokens.filter(|token| token.kind != Kind::Break);
        said.map(|token| token.key).collect()
    };
    let several = |text: &str| {
        text.contains(char::is_whitespace) || text.chars().filter(|c| lex::is_han(*c)).count() > 1
    };
    let texts = finding.facts.iter().flat_map(|(fact, value)| {
        let texts = match value {
            Value::Text(text) => std::slice::from_ref(text),
            Value::List(list) => list.as_slice(),
            Value::Bool(_) | Value::Int(_) => &[],
        };
        texts
            .iter()
            .filter(move |text| several(text) || is_prose(fact, text))
    });
    let subject = Some(&finding.subject.name).filter(|name| several(name));
    Prose {
        facts: texts.chain(subject).map(|text| keys(text)).collect(),
        detail: keys(&finding.detail),
    }
}

impl Prose {
    /// Whether a clause has words that the host wrote. What a title quotes may also be what the detail quotes.
    fn holds(&self, clause: &[Token], quoted: bool) -> bool {
        let keys: Vec<&str> = clause.iter().map(|token| token.key.as_str()).collect();
        let detail = quoted.then_some(&self.detail);
        self.facts.iter().chain(detail).any(|said| {
            let least = keys.len().min(2);
            let words = |part: &[&str]| {
                let at = clause.iter().filter(|token| token.kind == Kind::Word);
                at.filter(|token| part.contains(&token.key.as_str()))
                    .count()
                    > 0
            };
            keys.windows(least.max(1)).any(|part| {
                words(part) && said.windows(part.len()).any(|of| of.iter().eq(part.iter()))
            })
        })
    }
}

/// What a fact says by itself: its noun and its value.
fn facts(name: &str, value: &Value, names: &Names) -> Vec<Clause> {
    // Who and where somebody is says nothing by itself.
    let says = matches!(value, Value::Int(_)) && !matches!(name, "pid" | "port" | "line");
    let value = match value {
        Value::Int(number) => format!("{number}{}", unit(name)),
        Value::Text(text) => text.clone(),
        Value::Bool(_) | Value::List(_) => return Vec::new(),
    };
    let value = lex::read(&value, names);
    let [value] = value.as_slice() else {
        return Vec::new();
    };
    if value.kind == Kind::Word {
        return Vec::new();
    }
    let nouns = words::NOUNS.iter().filter(|(of, _)| *of == name);
    let nouns = nouns.flat_map(|(_, nouns)| nouns.iter());
    nouns
        .map(|noun| {
            let mut tokens = noun_tokens(noun, names);
            tokens.push(value.clone());
            Clause {
                says,
                ..Clause::new(tokens)
            }
        })
        .collect()
}

fn noun_tokens(noun: &str, names: &Names) -> Vec<Token> {
    let canonical = |text: &str| Token {
        key: text.to_owned(),
        kind: Kind::Word,
        be: false,
    };
    if noun == "USED" {
        vec![canonical(noun)]
    } else if let Some(of) = noun.strip_suffix(" USED") {
        let mut tokens = lex::read(of, names);
        tokens.push(canonical("USED"));
        tokens
    } else {
        lex::read(noun, names)
    }
}

/// The unit that the name of a number says.
fn unit(name: &str) -> &'static str {
    match name.rsplit('_').next() {
        Some("percent") => "%",
        Some("seconds") => "s",
        Some("ms") => "ms",
        Some("kib") => "KiB",
        Some("bytes") => "B",
        Some("days") => "d",
        _ => "",
    }
}
