//! Every sentence in both languages, read from the files of sentences themselves: so that none is in the wrong one, and that
//! both fill in the same.

use std::collections::BTreeSet;

/// The files of sentences.
const FILES: [(&str, &str); 14] = [
    ("words.rs", include_str!("../../words.rs")),
    ("words/account.rs", include_str!("../account.rs")),
    ("words/answers.rs", include_str!("../answers.rs")),
    ("words/chat.rs", include_str!("../chat.rs")),
    ("words/fixes.rs", include_str!("../fixes.rs")),
    ("words/hints.rs", include_str!("../hints.rs")),
    ("words/model.rs", include_str!("../model.rs")),
    ("words/picture.rs", include_str!("../picture.rs")),
    ("words/postmortem.rs", include_str!("../postmortem.rs")),
    ("words/since.rs", include_str!("../since.rs")),
    ("words/step.rs", include_str!("../step.rs")),
    ("words/summary.rs", include_str!("../summary.rs")),
    ("words/terminal.rs", include_str!("../terminal.rs")),
    ("words/timeline.rs", include_str!("../timeline.rs")),
];

/// A text in the source, where it begins and what it says.
type Text = (usize, String);

/// The texts in quotes of some source, comments left out.
fn texts(source: &str) -> Vec<Text> {
    let mut found = Vec::new();
    let mut chars = source.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '/' if source[at..].starts_with("//") => {
                while chars.next_if(|(_, c)| *c != '\n').is_some() {}
            }
            // A quotation mark as a character, which no text begins with.
            '\'' if source[at..].starts_with("'\"'") => {
                chars.nth(1);
            }
            '"' => {
                let mut text = String::new();
                while let Some((_, c)) = chars.next_if(|(_, c)| *c != '"') {
                    text.push(c);
                    if c == '\\' {
                        text.extend(chars.next().map(|(_, c)| c));
                    }
                }
                chars.next();
                found.push((at, text));
            }
            _ => {}
        }
    }
    found
}

/// The pairs of texts that are given to `say!` or `say`, by where they begin, and all other texts.
fn pairs(source: &str) -> (Vec<(Text, Text)>, Vec<Text>) {
    let all = texts(source);
    let mut pairs = Vec::new();
    let mut others = Vec::new();
    let mut rest = all.as_slice();
    while let [first, tail @ ..] = rest {
        let before: String = source[..first.0].split_whitespace().collect();
        let said = before.ends_with(".say(") || before.ends_with("say!(self,");
        match tail {
            [second, after @ ..] if said => {
                pairs.push((first.clone(), second.clone()));
                rest = after;
            }
            _ => {
                others.push(first.clone());
                rest = tail;
            }
        }
    }
    (pairs, others)
}

pub(super) fn is_chinese(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

/// What is filled in.
fn filled(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split(['}', ':']).next())
        .collect()
}

#[test]
fn each_sentence_is_in_its_language_and_fills_in_the_same() {
    // What English needs and Chinese does not: its plurals.
    const ENGLISH_ONLY: [&str; 2] = ["steps", "are"];
    // Words that people in China leave as they are, and signs.
    const SIGNS: [&str; 2] = ["inode", "{used} / {of}"];
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, source) in FILES {
        for ((at, english), (_, chinese)) in pairs(source).0 {
            count += 1;
            let line = source[..at].matches('\n').count() + 1;
            let mut no =
                |what: &str| wrong.push(format!("{file}:{line} {what}: {english:?} {chinese:?}"));
            if english.chars().any(is_chinese) {
                no("the English has Chinese in it");
            }
            let plain =
                SIGNS.contains(&chinese.as_str()) || !english.chars().any(char::is_alphabetic);
            if !plain && !chinese.chars().any(is_chinese) {
                no("the Chinese has none in it");
            }
            let mut here = filled(&english);
            here.retain(|name| !ENGLISH_ONLY.contains(name));
            if here != filled(&chinese) {
                no("they fill in different things");
            }
            for sign in [", ", "; ", ": ", " (", "? "] {
                if chinese.contains(sign) {
                    no("the Chinese has the punctuation of English");
                }
            }
        }
    }
    assert!(count > 150, "only {count} sentences were found");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_sentence_stands_in_one_language_alone() {
    let mut wrong = Vec::new();
    for (file, source) in FILES {
        for (at, text) in pairs(source).1 {
            let words = text
                .split(' ')
                .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic()));
            // What one types is the same everywhere.
            let typed = text.contains("sickbay");
            if text.chars().any(is_chinese) || (words.count() > 1 && !typed) {
                let line = source[..at].matches('\n').count() + 1;
                wrong.push(format!("{file}:{line} {text:?}: use say! or .say"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
