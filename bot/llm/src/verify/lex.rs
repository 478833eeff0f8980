//! A sentence as tokens: names that the findings know, numbers with their units, and words, each in one spelling.
//!
//! The sentence and what it cites go through the same reader, so what is the same is equal afterwards and nothing else is.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use super::words;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A path of the findings.
    Path,
    /// Another name of the findings: a unit, a user, an interface.
    Name,
    /// A number with its unit.
    Number,
    /// How often: `3 times`.
    Times,
    /// Something that is no word, and that the findings do not know as a name: `libfoo.so.1`, `10.0.0.9`, `DNS`.
    Sign,
    /// A word, or one token for several that say the same.
    Word,
    /// A full stop, a comma, a bracket.
    Break,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) key: String,
    pub(super) kind: Kind,
    /// Whether a form of `to be` stands right before it.
    pub(super) be: bool,
}

impl Token {
    fn new(key: impl Into<String>, kind: Kind) -> Self {
        Self {
            key: key.into(),
            kind,
            be: false,
        }
    }

    pub(super) const fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Path | Kind::Name)
    }
}

/// The names that the findings know, the longest first, and short forms of some.
#[derive(Debug, Default)]
pub(super) struct Names {
    whole: Vec<(Vec<char>, String)>,
}

impl Names {
    /// These names. What is empty, very long or a word of ours is none.
    pub(super) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut known: Vec<String> = Vec::new();
        for name in names {
            let name = plain(name);
            let fit = !name.is_empty() && name.len() <= 300 && !name.contains(char::is_whitespace);
            let lower = name.to_lowercase();
            let number = name.chars().all(|c| c.is_ascii_digit());
            // Chinese writing alone is not told from a sentence.
            let prose = name.chars().any(is_han) && !name.chars().any(|c| c.is_ascii_graphic());
            if fit && !number && !prose && !words::is_ours(&lower) && is_rewritten(&name) {
                known.push(name);
            }
        }
        known.sort();
        known.dedup();
        let mut whole: Vec<(Vec<char>, String)> = Vec::new();
        for name in &known {
            whole.push((name.chars().collect(), name.clone()));
            // People say `nginx` for `nginx.service`, where nothing else is called so.
            let Some(stem) = name.strip_suffix(".service") else {
                continue;
            };
            let same = |other: &&String| {
                *other == stem
                    || (*other != name && other.strip_prefix(stem).is_some_and(is_suffix))
            };
            if stem.len() > 1 && !words::is_ours(stem) && !known.iter().any(|other| same(&other)) {
                whole.push((stem.chars().collect(), name.clone()));
            }
        }
        whole.sort_by_key(|(chars, _)| std::cmp::Reverse(chars.len()));
        Self { whole }
    }

    /// The longest name that stands here and ends where a name may end.
    fn at(&self, text: &[char], from: usize) -> Option<(&str, usize)> {
        let rest = text.get(from..)?;
        self.whole.iter().find_map(|(chars, name)| {
            let end = from + chars.len();
            (rest.starts_with(chars) && ends(text, end)).then_some((name.as_str(), end))
        })
    }
}

fn is_suffix(rest: &str) -> bool {
    matches!(rest, ".socket" | ".timer" | ".path" | ".mount" | ".target")
}

/// A name that the reader would not take apart: one without a break in it.
fn is_rewritten(name: &str) -> bool {
    !name.chars().any(is_break)
}

/// Whether a name may end before this place.
fn ends(text: &[char], end: usize) -> bool {
    let mut rest = text.iter().skip(end);
    loop {
        match rest.next() {
            None => return true,
            Some('.' | ':' | '!' | '?') => {}
            Some('\'') => return matches!(rest.next(), None | Some('s' | ' ' | '.' | ',' | ':')),
            Some(c) => return c.is_whitespace() || is_break(*c) || is_han(*c),
        }
    }
}

/// Whether a character is of Chinese writing.
pub(super) const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

const fn is_break(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | '('
            | ')'
            | '['
            | ']'
            | '"'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '「'
            | '」'
            | '『'
            | '』'
            | '《'
            | '》'
            | '、'
            | '。'
            | '—'
            | '–'
            | '…'
            | '·'
    )
}

/// Full-width punctuation as ASCII with room around it, all else in its compatible form.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '，' => out.push_str(" , "),
            '：' => out.push_str(" : "),
            '；' => out.push_str(" ; "),
            '！' => out.push_str(" ! "),
            '？' => out.push_str(" ? "),
            '（' => out.push_str(" ( "),
            '）' => out.push_str(" ) "),
            '’' => out.push('\''),
            '…' => out.push('…'),
            other => out.extend(std::iter::once(other).nfkc()),
        }
    }
    out.trim().to_owned()
}

/// The tokens of a text. Words that say nothing are left out.
pub(super) fn read(text: &str, names: &Names) -> Vec<Token> {
    let text: Vec<char> = plain(text).chars().collect();
    let mut raw = Vec::new();
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        if c.is_whitespace() {
            at += 1;
        } else if let Some((name, end)) = names.at(&text, at) {
            let kind = if name.starts_with('/') {
                Kind::Path
            } else {
                Kind::Name
            };
            raw.push(Token::new(name, kind));
            at = after_own(&text, end);
        } else if is_break(c) || c == '\'' {
            if c != '\'' {
                raw.push(Token::new(c, Kind::Break));
            }
            at += 1;
        } else if is_han(c) {
            at = han(&text, at, &mut raw);
        } else if let Some(end) = number(&text, at, &mut raw) {
            at = end;
        } else {
            at = run(&text, at, &mut raw);
        }
    }
    finish(&rewrite(&served(raw, names)))
}

/// With `nginx service` as `nginx.service`, where there is one, whatever else is called nginx.
fn served(raw: Vec<Token>, names: &Names) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(raw.len());
    for token in raw {
        let noun = token.kind == Kind::Word && words::is_kind("service", &token.key);
        if let Some(last) = out.last_mut().filter(|_| noun) {
            let unit = format!("{}.service", last.key);
            let known = names.whole.iter().any(|(_, name)| *name == unit);
            if matches!(last.kind, Kind::Name | Kind::Word | Kind::Sign) && known {
                *last = Token::new(unit, Kind::Name);
                continue;
            }
        }
        out.push(token);
    }
    out
}

/// Behind the `'s` of a name.
fn after_own(text: &[char], end: usize) -> usize {
    match text.get(end..) {
        Some(['\'', 's', ..]) => end + 2,
        _ => end,
    }
}

static HAN: LazyLock<HashMap<Vec<char>, &'static str>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    for (word, token) in words::han() {
        map.entry(word.chars().collect()).or_insert(token);
    }
    map
});

/// The longest Chinese word of our tables, or one character.
fn han(text: &[char], at: usize, out: &mut Vec<Token>) -> usize {
    const LONGEST: usize = 9;
    for length in (1..=LONGEST).rev() {
        let Some(word) = text.get(at..at + length) else {
            continue;
        };
        if let Some(token) = HAN.get(word) {
            if !token.is_empty() {
                out.push(Token::new(*token, Kind::Word));
            }
            return at + length;
        }
    }
    out.extend(text.get(at).map(|c| Token::new(*c, Kind::Word)));
    at + 1
}

/// A number and its unit.
fn number(text: &[char], from: usize, out: &mut Vec<Token>) -> Option<usize> {
    let digit = |at: usize| text.get(at).is_some_and(char::is_ascii_digit);
    let mut at = from;
    let mut value = String::new();
    if text.get(at) == Some(&'-') {
        value.push('-');
        at += 1;
    }
    let zero = text.get(at) == Some(&'0') && digit(at + 1);
    if !digit(at) || zero {
        return None;
    }
    while let Some(c) = text.get(at) {
        match c {
            '0'..='9' => value.push(*c),
            // A comma parts thousands where three digits follow it, and no fourth.
            ',' if (1..=3).all(|n| digit(at + n)) && !digit(at + 4) => {}
            '.' if digit(at + 1) && !value.contains('.') => value.push('.'),
            _ => break,
        }
        at += 1;
    }
    if value.contains('.') {
        value = value.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let spaces = text.iter().skip(at).take_while(|c| **c == ' ').count();
    let (unit, end) = unit(text, at + spaces).unwrap_or(("", at));
    if !ends(text, end) {
        return None;
    }
    if unit == "x" {
        out.push(Token::new(format!("x{value}"), Kind::Times));
    } else {
        out.push(Token::new(format!("#{value}{unit}"), Kind::Number));
    }
    Some(end)
}

/// A unit in its one spelling, and where it ends.
fn unit(text: &[char], from: usize) -> Option<(&'static str, usize)> {
    if let Some((spelling, length)) = match text.get(from) {
        Some('%') => Some(("%", 1)),
        Some('秒') => Some(("s", 1)),
        Some('天') => Some(("d", 1)),
        Some('次') => Some(("x", 1)),
        Some('个') => Some(("", 1)),
        Some(c) if is_han(*c) => match text.get(from..from + 2) {
            Some(['分', '钟']) => Some(("min", 2)),
            Some(['小', '时']) => Some(("h", 2)),
            Some(['毫', '秒']) => Some(("ms", 2)),
            Some(['字', '节']) => Some(("B", 2)),
            _ => return None,
        },
        _ => None,
    } {
        return Some((spelling, from + length));
    }
    let word: String = text
        .iter()
        .skip(from)
        .take_while(|c| c.is_alphabetic() && !is_han(**c))
        .collect();
    let spelling = match word.as_str() {
        "percent" => "%",
        "B" | "bytes" | "byte" => "B",
        "k" | "K" | "kB" | "KB" => "KB",
        "M" | "MB" => "MB",
        "G" | "GB" => "GB",
        "T" | "TB" => "TB",
        "KiB" => "KiB",
        "MiB" => "MiB",
        "GiB" => "GiB",
        "TiB" => "TiB",
        "ms" | "milliseconds" => "ms",
        "s" | "sec" | "second" | "seconds" => "s",
        "min" | "minute" | "minutes" => "min",
        "h" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "times" | "time" => "x",
        _ => return None,
    };
    Some((spelling, from + word.chars().count()))
}

/// A run of what is neither room nor break: a word, or a sign that must be the same to the letter.
fn run(text: &[char], from: usize, out: &mut Vec<Token>) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let whole: Vec<char> = rest
        .iter()
        .copied()
        .take_while(|c| !c.is_whitespace() && !is_break(*c) && !is_han(*c))
        .collect();
    let end = from + whole.len();
    let whole: String = whole.into_iter().collect();
    let word = whole.trim_end_matches(['.', ':', '!', '?', '\'']);
    if !word.is_empty() {
        let word = word.strip_suffix("'s").unwrap_or(word);
        if let Some(stem) = word.strip_suffix("n't") {
            let stem = match stem {
                "ca" => "can",
                "wo" => "will",
                other => other,
            };
            out.push(Token::new(stem.to_lowercase(), Kind::Word));
            out.push(Token::new("not", Kind::Word));
        } else if is_word(word) {
            out.push(Token::new(word.to_lowercase(), Kind::Word));
        } else {
            out.push(Token::new(word, Kind::Sign));
        }
    }
    if word.len() < whole.len() {
        out.push(Token::new(
            whole.get(word.len()..).unwrap_or("."),
            Kind::Break,
        ));
    }
    end
}

/// Whether it is an ordinary word: letters and single hyphens, a capital at most at its beginning.
fn is_word(text: &str) -> bool {
    let mut before = '-';
    for (n, c) in text.chars().enumerate() {
        let fits = c.is_ascii_lowercase()
            || (n == 0 && c.is_ascii_uppercase())
            || (c == '-' && before != '-');
        if !fits {
            return false;
        }
        before = c;
    }
    before != '-'
}

/// The words of a way to say something, and its token.
type Way = (Vec<&'static str>, &'static str);

static SAME: LazyLock<HashMap<&'static str, Vec<Way>>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Vec<Way>> = HashMap::new();
    for (words, token) in words::same() {
        let words: Vec<&str> = words.split(' ').collect();
        if let Some(first) = words.first() {
            map.entry(first).or_default().push((words, token));
        }
    }
    for list in map.values_mut() {
        list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    map
});

/// One form for those that only number tells apart.
fn alike(word: &str) -> &str {
    match word {
        "are" => "is",
        "were" => "was",
        "have" => "has",
        "do" => "does",
        other => other,
    }
}

/// The tokens with those that say the same in one form.
fn rewrite(raw: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let [token, after @ ..] = rest {
        let same = (token.kind == Kind::Word)
            .then(|| SAME.get(alike(&token.key)))
            .flatten();
        let found = same.and_then(|list| {
            list.iter().find(|(words, _)| {
                rest.len() >= words.len()
                    && words
                        .iter()
                        .zip(rest)
                        .all(|(word, token)| token.kind == Kind::Word && alike(&token.key) == *word)
            })
        });
        let Some((words, key)) = found else {
            out.push(token.clone());
            rest = after;
            continue;
        };
        rest = rest.get(words.len()..).unwrap_or_default();
        if let Some(times) = key.strip_prefix('x') {
            out.push(Token::new(format!("x{times}"), Kind::Times));
        } else if !key.is_empty() {
            out.push(Token::new(*key, Kind::Word));
        }
    }
    out
}

/// Without the words that say nothing; what `full` and `left` say hangs on the number before them.
fn finish(raw: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(raw.len());
    let mut be = false;
    for (n, token) in raw.iter().enumerate() {
        let word = token.kind == Kind::Word;
        let number = |token: Option<&Token>| token.is_some_and(|t| t.kind == Kind::Number);
        // `38 of 40` is not `38 and 40`.
        let between = number(n.checked_sub(1).and_then(|n| raw.get(n))) && number(raw.get(n + 1));
        if word && token.key == "and" && !between {
            out.push(Token::new("&", Kind::Break));
            be = false;
            continue;
        }
        if word && words::is_neutral(&token.key) && !between {
            be = words::is_be(&token.key);
            continue;
        }
        let mut token = token.clone();
        token.be = be;
        be = words::is_be(&token.key);
        if word && let Some(last) = out.last().filter(|last| last.kind == Kind::Number) {
            let bytes = last.key.ends_with('B');
            match token.key.as_str() {
                "full" | "used" | "INUSE" if last.key.ends_with('%') => token.key = "USED".into(),
                "left" | "free" | "remaining" | "available" if bytes => token.key = "LEFT".into(),
                _ => {}
            }
        }
        out.push(token);
    }
    out
}
