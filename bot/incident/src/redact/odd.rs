//! Keys whose form is more than a head and a tail: parts with dots between them, or an end that tells instead of a beginning.

use std::ops::Range;

use super::line::Line;

/// Such a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// A JSON Web Token, also without its signature.
    Jwt,
    /// `123456789:AA…`, of a bot of Telegram.
    Telegram,
    /// The token of a bot of Discord: its id in base64, a time, a signature.
    Discord,
    /// The secret of an application of Entra: three bytes, a digit, `Q~`.
    Entra,
    /// A licence of New Relic, which ends with `NRAL`.
    NewRelic,
    /// A key of Mailchimp, which ends with its data centre.
    Mailchimp,
    /// A token of Terraform Cloud.
    Terraform,
}

/// What the pass looks for.
pub(super) fn words() -> impl Iterator<Item = (String, Odd)> {
    let fixed = [
        ("eyj", Odd::Jwt),
        (":aa", Odd::Telegram),
        ("7q~", Odd::Entra),
        ("8q~", Odd::Entra),
        ("nral", Odd::NewRelic),
        ("-us", Odd::Mailchimp),
        (".atlasv1.", Odd::Terraform),
    ];
    // An id is decimal digits, and these are the first three bytes of such in base64.
    let ids = ["M", "N", "O"].into_iter().flat_map(|first| {
        ["D", "T", "j", "z"].into_iter().flat_map(move |second| {
            "AEIMQUYcgk"
                .chars()
                .map(move |third| format!("{first}{second}{third}"))
        })
    });
    let fixed = fixed.into_iter().map(|(word, odd)| (word.to_owned(), odd));
    fixed.chain(ids.map(|word| (word, Odd::Discord)))
}

fn is_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl Odd {
    /// The secret around a word that was found.
    pub(super) fn find(self, line: Line<'_>, word: Range<usize>) -> Option<Range<usize>> {
        match self {
            Self::Jwt => jwt(line, word.start),
            Self::Telegram => telegram(line, word.start),
            Self::Discord => discord(line, word.start),
            Self::Entra => entra(line, word.start),
            Self::NewRelic => new_relic(line, word),
            Self::Mailchimp => mailchimp(line, word),
            Self::Terraform => terraform(line, word),
        }
    }
}

fn jwt(line: Line<'_>, start: usize) -> Option<Range<usize>> {
    if line.cut(start, start + 3) != b"eyJ" || !line.is_edge(start) {
        return None;
    }
    let (mut end, mut parts) = (start, 0);
    loop {
        let part = line.until(end, |byte| !is_url(byte));
        if parts > 0 && part - end < 4 && parts < 2 {
            break;
        }
        if parts == 0 && part - end < 11 {
            return None;
        }
        parts += 1;
        end = part;
        if line.at(end) != b'.' || parts == 5 {
            break;
        }
        end += 1;
    }
    let end = if line.before(end) == b'.' {
        end - 1
    } else {
        end
    };
    (parts >= 2).then_some(start..end)
}

fn telegram(line: Line<'_>, colon: usize) -> Option<Range<usize>> {
    let mut start = colon;
    while line.before(start).is_ascii_digit() && colon - start < 12 {
        start -= 1;
    }
    let end = line.until(colon + 1, |byte| !is_url(byte));
    let fits = (8..=11).contains(&(colon - start)) && (34..=36).contains(&(end - colon - 1));
    // In the address of the programming interface `bot` stands directly before it.
    let edge = line.is_edge(start) || start >= 3 && line.has(start - 3, "bot");
    (fits && edge && line.cut(colon + 1, colon + 3) == b"AA").then_some(start..end)
}

fn discord(line: Line<'_>, start: usize) -> Option<Range<usize>> {
    if !matches!(line.at(start), b'M' | b'N' | b'O')
        || !matches!(line.at(start + 3), b'w'..=b'z' | b'0'..=b'5')
        || !line.is_edge(start)
    {
        return None;
    }
    let first = line.until(start, |byte| !is_url(byte));
    let second = line.until(first + 1, |byte| !is_url(byte));
    let third = line.until(second + 1, |byte| !is_url(byte));
    let fits = (23..=28).contains(&(first - start))
        && line.at(first) == b'.'
        && (6..=7).contains(&(second - first - 1))
        && line.at(second) == b'.'
        && (27..=40).contains(&(third - second - 1));
    fits.then_some(start..third)
}

fn entra(line: Line<'_>, digit: usize) -> Option<Range<usize>> {
    let start = digit.checked_sub(3)?;
    let is_tail = |byte: u8| is_url(byte) || matches!(byte, b'.' | b'~');
    let end = line.until(digit + 3, |byte| !is_tail(byte));
    let fits = line.cut(digit + 1, digit + 3) == b"Q~" && (31..=36).contains(&(end - digit - 3));
    let head = line.cut(start, digit).iter().all(|byte| is_tail(*byte));
    (fits && head).then_some(start..end)
}

fn new_relic(line: Line<'_>, word: Range<usize>) -> Option<Range<usize>> {
    let start = word.start.checked_sub(36)?;
    let fits = line.cut(word.start, word.end) == b"NRAL"
        && line
            .cut(start, word.start)
            .iter()
            .all(u8::is_ascii_hexdigit)
        && !line.at(word.end).is_ascii_alphanumeric();
    fits.then_some(start..word.end)
}

fn mailchimp(line: Line<'_>, word: Range<usize>) -> Option<Range<usize>> {
    let start = word.start.checked_sub(32)?;
    let end = line.until(word.end, |byte| !byte.is_ascii_digit());
    let fits = line
        .cut(start, word.start)
        .iter()
        .all(u8::is_ascii_hexdigit)
        && (1..=2).contains(&(end - word.end))
        && line.is_edge(start);
    fits.then_some(start..end)
}

fn terraform(line: Line<'_>, word: Range<usize>) -> Option<Range<usize>> {
    let start = word.start.checked_sub(14)?;
    let end = line.until(word.end, |byte| !is_url(byte));
    let head = line.cut(start, word.start);
    (head.iter().all(u8::is_ascii_alphanumeric) && end - word.end >= 40).then_some(start..end)
}
