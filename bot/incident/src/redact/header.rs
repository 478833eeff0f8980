//! HTTP headers that carry credentials: `Authorization`, `Cookie`, `Set-Cookie`, and `Bearer` wherever it stands.

use std::ops::Range;

use super::judge;
use super::line::{By, Found, Line};
use super::value;

/// What a cookie is told along with it; no secrets.
const ATTRIBUTES: &[&str] = &[
    "path",
    "domain",
    "expires",
    "max-age",
    "samesite",
    "secure",
    "httponly",
    "partitioned",
    "priority",
    "version",
    "comment",
];

/// Schemes whose credentials are a list to the end of the header.
const LISTS: &[&str] = &[
    "digest",
    "oauth",
    "signature",
    "hawk",
    "aws4-hmac-sha256",
    "aws4-ecdsa-p256-sha256",
    "sharedkey",
    "negotiate",
    "ntlm",
    "acs3-hmac-sha256",
    "tc3-hmac-sha256",
];

/// Where the value of the header begins whose name ends at a place.
fn header(line: Line<'_>, end: usize, signs: &[u8]) -> Option<(usize, usize)> {
    let mut at = end;
    while matches!(line.at(at), b'\\' | b'"' | b'\'' | b']') {
        at += 1;
    }
    at = line.skip(at);
    if line.has(at, "=>") {
        at += 1;
    } else if !signs.contains(&line.at(at)) {
        return None;
    }
    at = line.skip(at + 1);
    // A value in quotes ends with them; so does one whose header stands in them as a whole.
    if let Some(value) = value::quoted(line, at) {
        return Some((value.at.start, value.at.end));
    }
    Some((at, line.len()))
}

/// The end of a header that stands in quotes as a whole: `-H 'Cookie: a=b'`.
fn within(line: Line<'_>, name: usize, from: usize, end: usize) -> usize {
    let quote = line.before(name);
    if end == line.len() && matches!(quote, b'"' | b'\'') {
        return value::closing(line, from, quote).unwrap_or(end);
    }
    end
}

/// `Authorization: Bearer …`.
pub(super) fn authorization(line: Line<'_>, word: Range<usize>, found: &mut Vec<Found>) {
    let name = if word.start >= 6 && line.has(word.start - 6, "proxy-") {
        word.start - 6
    } else {
        word.start
    };
    if !line.is_edge(name) && line.before(name) != b'_' {
        return;
    }
    let Some((from, end)) = header(line, word.end, b":=") else {
        return;
    };
    let end = within(line, name, from, end);
    let scheme = line.until(from, |byte| !byte.is_ascii_alphanumeric() && byte != b'-');
    let behind = line.skip(scheme);
    let has_scheme = scheme > from && behind > scheme && behind < end;
    let listed = LISTS
        .iter()
        .any(|list| line.cut(from, scheme).eq_ignore_ascii_case(list.as_bytes()));
    let at = if has_scheme && listed {
        behind..end
    } else {
        let known = [
            "basic", "bearer", "token", "bot", "apikey", "key", "ssws", "splunk", "genie", "acs",
            "glpat",
        ];
        let named = has_scheme
            && known.iter().any(|known| {
                line.cut(from, scheme)
                    .eq_ignore_ascii_case(known.as_bytes())
            });
        let ends = |byte: u8| {
            byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'"' | b'\'' | b'\\' | 0)
        };
        let second = line.until(behind, ends).min(end);
        // A scheme that is not known here stands before what looks like a key.
        let key = line.cut(behind.min(second), second);
        let strange = has_scheme
            && !named
            && key.len() >= 8
            && key.iter().any(u8::is_ascii_digit)
            && line.cut(from, scheme).iter().any(u8::is_ascii_alphabetic);
        if strange {
            behind..second
        } else {
            let from = if named { behind } else { from };
            from..line.until(from, ends).min(end)
        }
    };
    let text = line.cut(at.start, at.end);
    if !text.is_empty() && !judge::is_plain(text) {
        found.push(Found { at, by: By::Form });
    }
}

/// `Bearer …` wherever it stands.
pub(super) fn bearer(line: Line<'_>, word: Range<usize>, found: &mut Vec<Found>) {
    let from = line.skip(word.end);
    if from == word.end || !line.is_edge(word.start) {
        return;
    }
    let end = line.until(from, |byte| {
        !byte.is_ascii_alphanumeric()
            && !matches!(byte, b'.' | b'_' | b'~' | b'+' | b'/' | b'-' | b'=')
    });
    let text = line.cut(from, end);
    let drawn = text.iter().any(u8::is_ascii_digit) || text.len() >= 24;
    if text.len() >= 16 && drawn {
        found.push(Found {
            at: from..end,
            by: By::Form,
        });
    }
}

/// `Cookie: a=b; c=d` and `Set-Cookie: a=b; Path=/`: each value.
pub(super) fn cookie(line: Line<'_>, word: Range<usize>, found: &mut Vec<Found>) -> Option<usize> {
    let option = line.cut(word.start.saturating_sub(2), word.start) == b"--";
    let start = if word.start >= 4 && line.has(word.start - 4, "set-") {
        word.start - 4
    } else {
        word.start
    };
    if !option && !line.is_edge(start) && line.before(start) != b'_' {
        return None;
    }
    let (from, end) = match header(line, word.end, if option { b"=" } else { b":=" }) {
        Some(header) => header,
        None if option => {
            let at = line.skip(word.end);
            let value = value::quoted(line, at).or_else(|| value::word_like(line, at));
            let value = value?;
            (value.at.start, value.at.end)
        }
        None => return None,
    };
    // `cookie=…` without a header is a setting, and no list.
    if line.at(line.skip(word.end)) == b'=' && !option {
        return None;
    }
    let end = within(line, start, from, end);
    pairs(line, from..end, found);
    Some(end)
}

/// The values of a list of cookies.
pub(super) fn pairs(line: Line<'_>, list: Range<usize>, found: &mut Vec<Found>) {
    let mut at = line.skip(list.start);
    let whole = line.cut(at, list.end);
    if !whole.contains(&b'=') {
        let first = whole.split(|b| *b == b' ').next().unwrap_or_default();
        if !whole.is_empty() && !judge::is_plain(first) && !whole.contains(&b' ') {
            found.push(Found {
                at: at..list.end,
                by: By::Form,
            });
        }
        return;
    }
    while at < list.end {
        let end = line.until(at, |byte| byte == b';').min(list.end);
        let sign = line.until(at, |byte| byte == b'=').min(end);
        let name = line.cut(at, sign);
        let (from, mut to) = (sign + 1, end);
        while to > from && line.before(to).is_ascii_whitespace() {
            to -= 1;
        }
        let attribute = ATTRIBUTES
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        if sign < end && !attribute && from < to && !judge::is_stand_in(line.cut(from, to)) {
            found.push(Found {
                at: from..to,
                by: By::Form,
            });
        }
        at = line.skip(end + 1);
    }
}
