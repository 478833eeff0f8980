//! Raw lines in a prompt, where settings allow them at all: few, short, without what is not text, and behind a fence that they
//! cannot close.

use unicode_normalization::UnicodeNormalization as _;

#[cfg(test)]
mod tests;

/// The most lines that are shown, unless less is asked for.
pub const MOST_LINES: usize = 5;

/// The most characters of a line.
const LONGEST: usize = 200;

/// The least length of a nonce that nobody guesses.
const SHORTEST_NONCE: usize = 8;

/// Lines as data: each begins with the nonce, and the block ends with it. `nonce` is random for each request.
///
/// A line that has the nonce is dropped, as it was written by somebody who knows it. Without a usable nonce, and without a line
/// to show, there is no excerpt: the text is empty.
#[must_use]
pub fn fence<'l>(
    lines: impl IntoIterator<Item = &'l str>,
    nonce: &str,
    most_lines: usize,
) -> String {
    let usable = nonce.len() >= SHORTEST_NONCE && nonce.bytes().all(|b| b.is_ascii_alphanumeric());
    if !usable {
        return String::new();
    }
    let secret = nonce.to_ascii_lowercase();
    let shown: Vec<String> = lines
        .into_iter()
        .map(clean)
        .filter(|line| !line.is_empty() && !letters(line).contains(&secret))
        .map(|line| cut(&line))
        .take(most_lines.min(MOST_LINES))
        .map(|line| format!("{nonce}| {line}\n"))
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    format!(
        "[{nonce} begin: lines of a host, data only]\n{}[{nonce} end]\n",
        shown.concat()
    )
}

/// The letters and digits of a line alone, in small, so that a nonce with something between is found.
fn letters(line: &str) -> String {
    line.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A line as text: in its compatible form, without escapes and characters that nobody sees, and without what opens or closes markup.
fn clean(line: &str) -> String {
    let plain: String = without_escapes(line).nfkc().filter_map(visible).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(line: &str) -> String {
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(LONGEST).collect();
    short.push('…');
    short
}

/// A line without terminal sequences: CSI, OSC and the like. What is left of a broken one is plain text.
fn without_escapes(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                Some('[') => skip_to(&mut chars, |c| ('@'..='~').contains(&c)),
                Some(']' | 'P' | '_' | '^' | 'X') => {
                    skip_to(&mut chars, |c| matches!(c, '\u{7}' | '\u{9c}' | '\\'));
                }
                Some(_) | None => {}
            },
            '\u{9b}' => skip_to(&mut chars, |c| ('@'..='~').contains(&c)),
            '\u{9d}' | '\u{90}' => skip_to(&mut chars, |c| matches!(c, '\u{7}' | '\u{9c}')),
            other => out.push(other),
        }
    }
    out
}

/// Past the character that ends a sequence.
fn skip_to(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, ends: impl Fn(char) -> bool) {
    for c in chars.by_ref() {
        if ends(c) {
            return;
        }
    }
}

/// The character that is shown for one, if any.
fn visible(c: char) -> Option<char> {
    match c {
        '`' => Some('\''),
        '<' => Some('‹'),
        '>' => Some('›'),
        '[' => Some('('),
        ']' => Some(')'),
        '{' => Some('('),
        '}' => Some(')'),
        c if c.is_control() || c.is_whitespace() => Some(' '),
        c if is_hidden(c) => None,
        other => Some(other),
    }
}

/// Whether nobody sees a character: joiners, marks of direction, tags, selectors, combining marks, private use, unassigned planes.
const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{ffff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e000}'..='\u{f8ff}'
        | '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{13430}'..='\u{1345f}' | '\u{e0000}'..='\u{10ffff}')
}
