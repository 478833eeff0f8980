//! Private keys, whole and cut: between their header and their end, where either is missing, wrapped in logs, in strings and in
//! base64. They go over many lines, so what is open is kept from one line to the next.

use std::ops::Range;

use data_encoding::BASE64_NOPAD;
use sha2::{Digest as _, Sha256};

use super::line::{By, Found, Line, is_base64 as is_body};

/// A private key of which lines are still to come.
#[derive(Debug, Clone)]
pub(super) struct Open {
    /// How many words stand before each of its lines, as in a log.
    words: usize,
    /// Whether something stands directly before them: `12:MIIE…`.
    attached: bool,
    /// What stands before them, but for its numbers.
    shape: Vec<u8>,
    /// Whether it has no header, and so no end: a short word behind it is none of it.
    bare: bool,
    /// The body so far, hashed, so that however long it is nothing of it is kept.
    hash: Sha256,
    /// What stood before its first line; none before there was one.
    lead: Option<Vec<u8>>,
    /// Whether the last line taken was a header of the body, behind which a blank one may stand.
    header: bool,
}

/// What a line is to a key that is open.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A line of its body, which is taken.
    Body,
    /// What stands for a body already.
    Done,
    /// None of it: the key is over, or cut.
    Other,
}

/// How much of what stands before a key in a log is kept.
const LEAD: usize = 256;

impl Open {
    fn new(lead: &[u8]) -> Self {
        let line = Line(lead);
        let (mut words, mut at) = (0, line.skip(0));
        while at < lead.len() {
            let end = line.word_end(at);
            at = line.skip(end);
            words += usize::from(at > end || at < lead.len());
        }
        let last = lead.last().copied().unwrap_or(b' ');
        let attached = !last.is_ascii_whitespace() && !matches!(last, b'"' | b'\'');
        Self {
            words,
            attached,
            shape: shape(lead),
            bare: false,
            hash: Sha256::new(),
            lead: None,
            header: true,
        }
    }

    /// Takes a line of the body.
    pub(super) fn take(&mut self, text: &[u8]) -> Part {
        let line = Line(text);
        let mut at = line.skip(0);
        for _ in 0..self.words {
            at = line.skip(line.word_end(at));
        }
        let mut end = text.len();
        while end > at
            && matches!(
                line.before(end),
                b' ' | b'\t' | b'\r' | b'"' | b'\'' | b',' | b';' | b'\\' | b'n'
            )
            && (line.before(end) != b'n' || end >= 2 && line.at(end - 2) == b'\\')
        {
            end -= 1;
        }
        if matches!(line.at(at), b'"' | b'\'') {
            at += 1;
        }
        if self.attached {
            let run = line.cut(at, end).iter().rposition(|byte| !is_body(*byte));
            at += run.map_or(0, |n| n + 1);
        }
        let body = line.cut(at, end);
        if body.is_empty() {
            let blank = self.header && text.len() == line.skip(0);
            if blank {
                self.header = false;
                return Part::Body;
            }
            return Part::Other;
        }
        if shape(line.cut(0, at)) != self.shape {
            return Part::Other;
        }
        if super::is_placeholder(body) || super::is_placeholder(line.cut(line.skip(0), text.len()))
        {
            return Part::Done;
        }
        let heads: [&[u8]; 6] = [
            b"Proc-Type:",
            b"DEK-Info:",
            b"Comment:",
            b"Version:",
            b"Subject:",
            b"Hash:",
        ];
        self.header = heads.iter().any(|head| body.starts_with(head));
        let word = body.len() < 12 && body.iter().all(u8::is_ascii_lowercase);
        if self.bare && word {
            return Part::Other;
        }
        if !self.header && !body.iter().all(|byte| is_body(*byte)) {
            return Part::Other;
        }
        self.lead
            .get_or_insert_with(|| line.cut(0, at.min(LEAD)).to_vec());
        for byte in body.iter().filter(|byte| is_body(**byte)) {
            self.hash.update([*byte]);
        }
        Part::Body
    }

    /// The same key without what was taken of it.
    pub(super) fn again(&self) -> Self {
        Self {
            hash: Sha256::new(),
            lead: None,
            header: false,
            shape: self.shape.clone(),
            bare: self.bare,
            words: self.words,
            attached: self.attached,
        }
    }

    /// What stood before the body, and its hash; none where there was no body.
    pub(super) fn over(self) -> Option<(Vec<u8>, Vec<u8>)> {
        let lead = self.lead?;
        Some((lead, self.hash.finalize().to_vec()))
    }
}

/// What stands before a line of a key, without its numbers and its spaces: times and lines are counted.
fn shape(lead: &[u8]) -> Vec<u8> {
    let mut shape: Vec<u8> = lead
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\''))
        .map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte })
        .take(LEAD)
        .collect();
    shape.dedup_by(|a, b| *a == b'0' && *b == b'0');
    shape
}

/// The hash of a body that stands in one piece, the same as of one in lines.
pub(super) fn hash(body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut escaped = false;
    for byte in body {
        // `\n` in a string is the end of a line.
        let skip = escaped;
        escaped = *byte == b'\\' && !escaped;
        if !skip && is_body(*byte) {
            hash.update([*byte]);
        }
    }
    hash.finalize().to_vec()
}

/// What a line says of a private key.
#[derive(Debug)]
pub(super) enum Says {
    /// Nothing, but for secrets in the line itself.
    Nothing,
    /// Its lines follow.
    Opens(Open),
    /// It ends here.
    Ends,
}

/// Reads the word of a key that was found in a line.
pub(super) fn read(line: Line<'_>, word: Range<usize>, found: &mut Vec<Found>) -> Says {
    if line.has(word.start, "private-lines:") {
        let digits = line.cut(line.skip(word.end), line.len()).trim_ascii();
        let count = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        return if count {
            Says::Opens(Open::new(line.cut(0, word.start)))
        } else {
            Says::Nothing
        };
    }
    if line.has(word.start, "private key") || line.has(word.start, "static key") {
        return framed(line, word, found);
    }
    bare(line, word, found)
}

/// `-----BEGIN … PRIVATE KEY-----`, and the end of such a key.
fn framed(line: Line<'_>, word: Range<usize>, found: &mut Vec<Found>) -> Says {
    let mut close = word.end;
    for more in [" BLOCK", " V1"] {
        if line.has(close, more) {
            close += more.len();
        }
    }
    close = line.skip(close);
    let dashes = line.until(close, |byte| byte != b'-');
    if dashes - close < 4 {
        return Says::Nothing;
    }
    let head = line.cut(word.start.saturating_sub(40), word.start);
    let begin = head.windows(6).rposition(|w| w == b"BEGIN ");
    let Some(begin) = begin else {
        let ends = head.windows(4).any(|w| w == b"END ");
        return if ends { Says::Ends } else { Says::Nothing };
    };
    let mut start = word.start.saturating_sub(40) + begin;
    while matches!(line.before(start), b'-' | b' ')
        && word.start - start < 60
        && (line.before(start) == b'-' || line.at(start) == b'B')
    {
        start -= 1;
    }
    let lead = line.cut(0, start + usize::from(line.at(start) == b' '));
    // The whole key in one line, as in a string of JSON.
    let rest = line.cut(dashes, line.len());
    let ends = rest
        .windows(8)
        .position(|w| w == b"-----END" || w == b"---- END");
    if let Some(end) = ends {
        if end > 0 && !super::has_placeholder(line.cut(dashes, dashes + end)) {
            found.push(Found {
                at: dashes..dashes + end,
                by: By::Form,
            });
        }
        return Says::Nothing;
    }
    let mut end = dashes;
    while end < line.len()
        && (is_body(line.at(end))
            || line.at(end) == b'\\'
            || line.at(end) == b' ' && body_goes_on(line, end))
    {
        end += 1;
    }
    if line.cut(dashes, end).iter().any(u8::is_ascii_alphanumeric)
        && line.cut(dashes, end) != b"\\n"
    {
        found.push(Found {
            at: dashes..end,
            by: By::Form,
        });
    }
    if line.skip(end) >= line.len()
        || line
            .cut(end, line.len())
            .iter()
            .all(|b| matches!(b, b'"' | b'\'' | b'\\' | b' ' | b'+' | b','))
            && line.cut(dashes, end).ends_with(b"\\n")
    {
        return Says::Opens(Open::new(lead));
    }
    Says::Nothing
}

/// Whether more of a key is behind a space: a key whose lines were joined.
fn body_goes_on(line: Line<'_>, space: usize) -> bool {
    let end = line.until(space + 1, |byte| !is_body(byte));
    end - space > 16 || end >= line.len() && end > space + 1
}

/// A body without its header: it begins as the encodings of private keys do.
fn bare(line: Line<'_>, word: Range<usize>, found: &mut Vec<Found>) -> Says {
    let mut start = word.start;
    while is_body(line.before(start)) && word.start - start < 16 {
        start -= 1;
    }
    if line.before(start) == b'\\' && line.at(start) == b'n' {
        start += 1;
    }
    let text = line.cut(start, line.len());
    let begins = |head: &[u8]| text.starts_with(head);
    let at = word.start - start;
    let armoured = begins(b"LS0tLS1CRUdJTi");
    let fits = match at {
        0 => {
            begins(b"b3BlbnNzaC1rZXktdjE")
                || begins(b"MHcCAQEEI")
                || begins(b"MHQCAQEEI")
                || begins(b"MIGHAgEAMB")
                || begins(b"MC4CAQAwBQYDK2VwBCIEI")
                || armoured && is_private(text)
        }
        // `MIIEpAIBAAKC…`, `MIIEvQIBADANBgkqhkiG9w0BAQEF…`.
        7 | 6 => {
            begins(b"MII")
                && (text.get(7..12) == Some(b"IBAAK")
                    || text.get(6..12) == Some(b"IBAAKC")
                    || text.get(7..13) == Some(b"IBADAN")
                    || text.get(6..12) == Some(b"IBADAN"))
        }
        _ => false,
    };
    if !fits {
        return Says::Nothing;
    }
    let mut end = line.until(start, |byte| !is_body(byte) && byte != b'\\');
    while line.before(end) == b'\\' {
        end -= 1;
    }
    found.push(Found {
        at: start..end,
        by: By::Form,
    });
    let name = line.cut(0, start);
    let named = name.contains(&b':') || name.contains(&b'=');
    if line.skip(end) >= line.len() && !named {
        return Says::Opens(Open {
            bare: true,
            ..Open::new(name)
        });
    }
    Says::Nothing
}

/// Whether base64 of armour is that of a private key, and not of a certificate.
fn is_private(text: &[u8]) -> bool {
    let run = text
        .iter()
        .take(64)
        .take_while(|byte| is_body(**byte) && **byte != b'=')
        .count();
    let whole = text.get(..run - run % 4).unwrap_or_default();
    BASE64_NOPAD
        .decode(whole)
        .is_ok_and(|armour| armour.windows(11).any(|w| w == b"PRIVATE KEY"))
}

/// Whether a line holds nothing but base64, as the body of a key does.
pub(super) fn is_body_line(text: &[u8], least: usize) -> bool {
    let text = text.trim_ascii();
    text.len() >= least && text.iter().all(|byte| is_body(*byte))
}
