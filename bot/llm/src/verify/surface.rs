//! What no sentence may have, whatever it says: what a chat or a terminal would act on.

use std::sync::LazyLock;

use regex::Regex;

use super::Rule;

/// The most characters of a sentence.
pub(super) const LONGEST: usize = 240;

/// The most characters of a sentence with the titles that it repeats.
pub(super) const LONGEST_WITH_TITLES: usize = 1_200;

/// The first rule that the text breaks by its looks alone.
pub(super) fn check(text: &str) -> Result<(), (Rule, String)> {
    if text.chars().count() > LONGEST_WITH_TITLES {
        return Err((Rule::Length, "it is too long".to_owned()));
    }
    if text.trim().is_empty() {
        return Err((Rule::Length, "it is empty".to_owned()));
    }
    match text.chars().find(|c| !is_plain(*c)) {
        Some(c) => Err((
            Rule::Control,
            format!("it has the character U+{:04X}", u32::from(c)),
        )),
        None => Ok(()),
    }
}

/// Whether a character is what it looks like: ASCII, Chinese writing and punctuation, letters without a compatible form.
pub(crate) fn is_plain(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // Full-width ASCII and Chinese punctuation.
        '\u{ff01}'..='\u{ff5e}' => !c.is_alphabetic(),
        '\u{3001}'
        | '\u{3002}'
        | '\u{300a}'..='\u{300f}'
        | '“'
        | '”'
        | '‘'
        | '’'
        | '—'
        | '–'
        | '…'
        | '·'
        | '°'
        | '×'
        | '→' => true,
        _ if super::lex::is_han(c) => !matches!(c, '\u{f900}'..='\u{faff}'),
        '\u{a1}'..='\u{24f}' => c.is_alphabetic() && !matches!(c, '\u{aa}' | '\u{ba}' | '\u{17f}'),
        '\u{370}'..='\u{58f}' => c.is_alphabetic(),
        _ => false,
    }
}

// Without its pattern nothing passes.
static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)[a-z][a-z0-9+.-]*://|\bwww\.|\bmailto:|\]\s*\(|^\s*[-*>#]\s|\*\*|__\w|~~|`|<[a-z/!]",
    )
    .ok()
});

static MENTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^A-Za-z0-9_.])@\w|<[@!#&:]|(?:^|\s)#[A-Za-z_]|:[a-z_]+:").ok()
});

static COMMAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\$[({A-Za-z]|&&|\|\||\s\|\s|\|\s*\w|>>|\s>\s|\s2>|;\s*\w+\s+[-/]|\\").ok()
});

/// The first rule that a text breaks by what a chat or a shell would do with it. Harmless names of what is cited are taken
/// out before.
pub(super) fn acts(text: &str) -> Result<(), (Rule, String)> {
    // What is punctuation in Chinese stays; the rest of its wide forms is what it stands for.
    let narrow = |c: char| match c {
        '，' | '：' | '；' | '（' | '）' | '！' | '？' => c,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    let text: String = text.chars().map(narrow).collect();
    for (rule, pattern, what) in [
        (Rule::Mention, &MENTION, "a mention"),
        (Rule::Link, &LINK, "a link or markup"),
        (Rule::Command, &COMMAND, "a piece of a command"),
    ] {
        let found = match pattern.as_ref() {
            Some(pattern) => pattern.find(&text).map(|found| found.as_str()),
            None => Some(""),
        };
        if let Some(found) = found {
            return Err((rule, format!("it has {what}: {found:?}")));
        }
    }
    Ok(())
}
