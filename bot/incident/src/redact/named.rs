//! Names that tell, and the values beside them: in configuration, JSON, YAML, XML, environments, queries, connection strings,
//! options and sentences.

use std::ops::Range;

use super::judge::{self, Name};
use super::line::{By, Found, Line, is_name};
use super::value;
use super::words::{Hit, Kind, Tells};

/// How long a name is at most, before the word that tells and behind it.
const LONGEST: (usize, usize) = (96, 32);

/// A name with a word in it that tells.
#[derive(Debug, Clone)]
struct Named {
    whole: Range<usize>,
    word: Range<usize>,
    tells: Tells,
}

/// The secrets beside names that tell.
pub(super) fn find(line: Line<'_>, hits: &[Hit], found: &mut Vec<Found>) {
    let mut open: Option<Named> = None;
    for hit in hits {
        let Kind::Name(tells) = hit.kind else {
            continue;
        };
        let Some(name) = name_of(line, hit, tells) else {
            continue;
        };
        match &mut open {
            Some(one) if one.whole == name.whole => {
                // The last word decides what is behind it; the strongest, how much it tells.
                if name.word.end > one.word.end
                    || name.word.end == one.word.end && name.word.start < one.word.start
                {
                    one.word = name.word;
                }
                one.tells = one.tells.max(name.tells);
            }
            _ => {
                if let Some(one) = open.replace(name) {
                    beside(line, &one, found);
                }
            }
        }
    }
    if let Some(one) = open {
        beside(line, &one, found);
    }
}

/// The name that a word stands in; none where the word is only letters of another.
fn name_of(line: Line<'_>, hit: &Hit, tells: Tells) -> Option<Named> {
    if !line.at(hit.start).is_ascii() {
        return Some(Named {
            whole: hit.start..hit.end,
            word: hit.start..hit.end,
            tells,
        });
    }
    let word = line.cut(hit.start, hit.end);
    if needs_edges(word, tells) && !is_part(line, hit.start..hit.end) {
        return None;
    }
    let mut start = hit.start;
    while is_name(line.before(start)) && hit.start - start < LONGEST.0 {
        start -= 1;
    }
    // What is behind an escape (`\n`, `%26`) begins there.
    if line.before(start) == b'\\'
        && matches!(line.at(start), b'n' | b't' | b'r')
        && start < hit.start
    {
        start += 1;
    }
    if line.before(start) == b'%' && hit.start >= start + 2 {
        start += 2;
    }
    let mut end = hit.end;
    while (line.at(end).is_ascii_alphanumeric() || matches!(line.at(end), b'_' | b'-'))
        && end < line.len()
    {
        if end - hit.end > LONGEST.1 {
            return None;
        }
        end += 1;
    }
    // `password->value`, and `token--`.
    while end > hit.end && line.before(end) == b'-' {
        end -= 1;
    }
    Some(Named {
        whole: start..end,
        word: hit.start..hit.end,
        tells,
    })
}

/// Whether a word is too short to be looked for within others: `pass` in `compass`, `key` in `monkey`.
fn needs_edges(word: &[u8], tells: Tells) -> bool {
    let is = |known: &str| word.eq_ignore_ascii_case(known.as_bytes());
    if is("psk") || is("sessid") || is("sessionid") {
        return false;
    }
    matches!(tells, Tells::Random | Tells::Session) || word.len() <= 4 || is("community")
}

/// Whether a word is a part of its name: between its ends, `_`, `-`, `.`, and where capitals begin.
fn is_part(line: Line<'_>, word: Range<usize>) -> bool {
    let (before, first) = (line.before(word.start), line.at(word.start));
    let (last, after) = (line.before(word.end), line.at(word.end));
    let begins = !before.is_ascii_alphabetic()
        || first.is_ascii_uppercase() && before.is_ascii_lowercase()
        || line.is_edge(word.start);
    let plural = after == b's' && !line.at(word.end + 1).is_ascii_alphabetic();
    let ends = !after.is_ascii_alphabetic()
        || plural
        || last.is_ascii_lowercase() && after.is_ascii_uppercase();
    begins && ends
}

/// The secret beside a name.
fn beside(line: Line<'_>, name: &Named, found: &mut Vec<Found>) {
    // The user of an address is no name; `url` reads those.
    if name.whole.start >= 3 && line.has(name.whole.start - 3, "://") {
        return;
    }
    let Some(value) = value::behind(line, &name.whole, name.word.end) else {
        return;
    };
    let parts = Name {
        before: line.before(name.whole.start),
        whole: line.cut(name.whole.start, name.whole.end),
        word: line.cut(name.word.start, name.word.end),
        end: line.cut(name.word.end, name.whole.end),
        tells: name.tells,
    };
    let text = line.cut(value.at.start, value.at.end);
    // `PASS: TestLogin` of a test; `PASS=letters` is a password.
    let verdict = parts.whole == b"PASS"
        && line.at(name.whole.end) == b':'
        && matches!(line.cut(0, name.whole.start).trim_ascii(), b"" | b"---")
        && text.iter().all(u8::is_ascii_alphabetic);
    // `getent passwd "$name"` asks for somebody; what stands there is no password.
    let asks = parts.word.eq_ignore_ascii_case(b"passwd")
        && line.cut(0, name.whole.start).ends_with(b"getent ");
    if verdict || asks {
        return;
    }
    if judge::is_secret(&parts, text, value.quoted) {
        found.push(Found {
            at: value.at,
            by: By::Name,
        });
    }
}
