//! All rules together: what they find in a line, and what is put in its place.

use super::line::{By, Found, Line};
use super::site::Site;
use super::words::{Hit, Kind, Words};
use super::{MARK, column, command, engine, forms, hash, header, keys, named, url};
use crate::digest;

/// The rules, ready to be used.
pub(super) struct Rules<'r> {
    pub(super) words: &'static Words,
    pub(super) site: &'r Site,
    pub(super) salt: &'r str,
    /// Whether names tell here; in a typed value they don't.
    pub(super) names: bool,
}

/// With how many words a line is one that was written to be slow.
const MANY: usize = 400;
/// How far behind a word of such a line its rules read: the more words, the less.
const REACH: usize = 8 * 1024;
const LEAST: usize = 512;
/// How many names of such a line are read at a time.
const AT_ONCE: usize = 32;

/// What was cut off with the line goes on to the end of its word.
///
/// `word` is the word that was looked for last: in one long word, each would otherwise look for the same end again.
fn to_its_end(
    whole: Line<'_>,
    line: Line<'_>,
    found: &mut [Found],
    so_far: usize,
    word: &mut std::ops::Range<usize>,
) {
    let end = line.len();
    if end == whole.len() {
        return;
    }
    for one in found.iter_mut().skip(so_far) {
        if one.at.end < end {
            continue;
        }
        if !word.contains(&end) {
            *word = end..whole.word_end(end).max(end + 1);
        }
        one.at.end = word.end.min(whole.len());
    }
}

impl Rules<'_> {
    /// Whether each line is to be looked at, whatever stands in it.
    pub(super) fn want_all(&self) -> bool {
        self.site.wants_all()
    }

    /// The words in a text, in its order.
    pub(super) fn hits(&self, text: &[u8], base: usize, hits: &mut Vec<Hit>) {
        self.words.find(text, base, hits);
        let own = hits.len();
        self.site.words(text, |start, end| {
            hits.push(Hit {
                start: base + start,
                end: base + end,
                kind: Kind::Site,
            });
        });
        if hits.len() > own {
            hits.sort_by_key(|hit| hit.end);
        }
    }

    /// The secrets in a line.
    pub(super) fn find(&self, line: Line<'_>, hits: &[Hit], found: &mut Vec<Found>) {
        let mut named = false;
        // A line with so many words was written to be slow: what each reads of it is bounded.
        let many = hits.len() > MANY;
        let reach = (REACH * MANY / hits.len().max(1)).clamp(LEAST, REACH);
        let whole = line;
        let mut cookies = 0;
        let mut word_of_end = 0..0;
        for hit in hits {
            let line = if many {
                Line(whole.cut(0, whole.len().min(hit.end + reach)))
            } else {
                whole
            };
            let so_far = found.len();
            let word = hit.start..hit.end;
            let one = match hit.kind {
                Kind::Name(_) => {
                    named = true;
                    None
                }
                Kind::Form(n) => forms::FORMS
                    .get(n)
                    .and_then(|form| form.find(line, hit.start)),
                Kind::Odd(odd) => odd.find(line, word),
                Kind::Url => url::find(line, hit.start),
                Kind::Hash => hash::find(line, word),
                Kind::Authorization => {
                    header::authorization(line, word, found);
                    None
                }
                Kind::Bearer => {
                    header::bearer(line, word, found);
                    None
                }
                Kind::Cookie => {
                    // One list has all that stand in it.
                    if hit.start >= cookies {
                        cookies = header::cookie(line, word, found).unwrap_or(cookies);
                    }
                    None
                }
                Kind::Program => {
                    command::find(line, hit.start, found);
                    None
                }
                Kind::Column if self.names => {
                    column::find(line, hit.start, hit.end, found);
                    None
                }
                Kind::Column | Kind::Key | Kind::Block | Kind::Site => None,
            };
            found.extend(one.map(|at| Found { at, by: By::Form }));
            to_its_end(whole, line, found, so_far, &mut word_of_end);
        }
        if named && self.names {
            let at_once = if many { AT_ONCE } else { hits.len().max(1) };
            for some in hits.chunks(at_once) {
                let last = some.last().map_or(0, |hit| hit.end);
                let line = if many {
                    Line(whole.cut(0, whole.len().min(last + reach)))
                } else {
                    whole
                };
                let so_far = found.len();
                named::find(line, some, found);
                to_its_end(whole, line, found, so_far, &mut word_of_end);
            }
        }
        self.site.find(line, found);
    }

    /// The secrets in their order, none within another, none that stands for one already.
    pub(super) fn merged(&self, line: Line<'_>, mut found: Vec<Found>) -> Vec<Found> {
        let places = places(line);
        found.retain(|one| {
            let free = !places
                .iter()
                .any(|place| one.at.start < place.end && place.start < one.at.end);
            let value = line.cut(one.at.start, one.at.end);
            let blank = value.iter().all(u8::is_ascii_whitespace);
            free && !blank && !(one.by == By::Name && self.site.keeps(value.trim_ascii()))
        });
        found.sort_by_key(|one| (one.at.start, one.at.end));
        let mut merged: Vec<Found> = Vec::new();
        for one in found {
            match merged.last_mut() {
                Some(last) if last.meets(&one) => {
                    last.at.end = last.at.end.max(one.at.end);
                    last.by = engine::stronger(last.by, one.by);
                }
                _ => merged.push(one),
            }
        }
        merged
    }

    /// The line without these secrets; none where nothing changes.
    pub(super) fn substitute(&self, line: Line<'_>, found: Vec<Found>) -> Option<Vec<u8>> {
        if found.is_empty() {
            return None;
        }
        let merged = self.merged(line, found);
        if merged.is_empty() {
            return None;
        }
        let mut clean = Vec::with_capacity(line.len());
        let mut at = 0;
        for one in &merged {
            clean.extend_from_slice(line.cut(at, one.at.start));
            clean.extend_from_slice(self.place_of(line, one).as_bytes());
            at = one.at.end;
        }
        clean.extend_from_slice(line.cut(at, line.len()));
        Some(clean)
    }

    /// What stands in a secret's place.
    pub(super) fn place_of(&self, line: Line<'_>, one: &Found) -> String {
        let text = line.cut(one.at.start, one.at.end);
        if is_key(text) {
            return self.placeholder(&keys::hash(text));
        }
        self.placeholder(&plain(text))
    }

    /// The placeholder of a secret: the same for the same one, under one salt.
    pub(super) fn placeholder(&self, secret: &[u8]) -> String {
        let hash = digest::of_bytes(&format!("sickbay redact {}", self.salt), secret);
        let short = hash.get(7..11).unwrap_or("0000");
        format!("{MARK}{short}]")
    }
}

/// Whether this is the body of a private key, which is the same however it is wrapped.
fn is_key(text: &[u8]) -> bool {
    text.len() > 40
        && text.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'+' | b'/' | b'=' | b'\\' | b' ' | b'\r')
        })
        && (text.starts_with(b"MII")
            || text.starts_with(b"\\n")
            || text.starts_with(b" ")
            || text.starts_with(b"b3Bl"))
}

/// A secret as it was before it was written into an address or a string, so that it is the same in all of them.
fn plain(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    while let Some(byte) = text.get(at) {
        let escaped = (digit(text.get(at + 1)), digit(text.get(at + 2)));
        match (byte, escaped, text.get(at + 1)) {
            (b'%', (Some(high), Some(low)), _) => {
                plain.extend(u8::try_from(high * 16 + low));
                at += 3;
            }
            (b'\\', _, Some(next @ (b'"' | b'\'' | b'\\' | b'/' | b'$' | b'`' | b'!'))) => {
                plain.push(*next);
                at += 2;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    plain
}

/// Where placeholders stand in a line.
fn places(line: Line<'_>) -> Vec<std::ops::Range<usize>> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(at) = line
        .0
        .get(from..)
        .unwrap_or_default()
        .iter()
        .position(|byte| *byte == b'[')
    {
        let start = from + at;
        let end = start + MARK.len() + 5;
        if super::is_placeholder(line.cut(start, end)) {
            places.push(start..end);
        }
        from = start + 1;
    }
    places
}
