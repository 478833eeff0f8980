//! A line as the rules read it: any place can be asked for, and outside of it there is only its end.

use std::ops::Range;

/// A secret that was found in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it stands.
    pub(super) at: Range<usize>,
    /// What told of it.
    pub(super) by: By,
}

/// What told of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Its own form, or the place where it stands.
    Form,
    /// The name beside it. What a site keeps may stay.
    Name,
}

/// A line, or a piece of one that is very long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a>(pub(super) &'a [u8]);

/// What stands outside of a line.
const END: u8 = b'\n';

impl<'a> Line<'a> {
    pub(super) fn len(self) -> usize {
        self.0.len()
    }

    /// The byte at a place.
    pub(super) fn at(self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(END)
    }

    /// The byte before a place.
    pub(super) fn before(self, at: usize) -> u8 {
        at.checked_sub(1).map_or(END, |at| self.at(at))
    }

    /// A piece; empty where there is none.
    pub(super) fn cut(self, from: usize, to: usize) -> &'a [u8] {
        self.0.get(from..to).unwrap_or_default()
    }

    /// Whether a word stands at a place, in whatever case.
    pub(super) fn has(self, at: usize, word: &str) -> bool {
        self.cut(at, at + word.len())
            .eq_ignore_ascii_case(word.as_bytes())
    }

    /// The first of these words that stands at a place.
    pub(super) fn one_of<'w>(self, at: usize, words: &[&'w str]) -> Option<&'w str> {
        words.iter().copied().find(|word| self.has(at, word))
    }

    /// How wide the gap at a place is: white space, or what stands for the byte that parts arguments and variables under
    /// `/proc`. None where there is none.
    pub(super) fn gap(self, at: usize) -> Option<usize> {
        match self.at(at) {
            b' ' | b'\t' | b'\r' | 0 if at < self.len() => Some(1),
            0xc2 if matches!(self.at(at + 1), 0xb7 | 0xa0) => Some(2),
            0xe3 if self.cut(at, at + 3) == "\u{3000}".as_bytes() => Some(3),
            _ => None,
        }
    }

    /// Whether a word can end here: at a gap, or at the end.
    pub(super) fn ends(self, at: usize) -> bool {
        at >= self.len() || self.gap(at).is_some()
    }

    /// The next place that is not a gap.
    pub(super) fn skip(self, mut at: usize) -> usize {
        while let Some(wide) = self.gap(at) {
            at += wide;
        }
        at
    }

    /// Whether a gap, or the beginning, is before a place.
    pub(super) fn begins(self, at: usize) -> bool {
        match self.before(at) {
            b' ' | b'\t' | b'\r' | 0 | END => true,
            0xb7 | 0xa0 => at >= 2 && self.at(at - 2) == 0xc2,
            0x80 => at >= 3 && self.cut(at - 3, at) == "\u{3000}".as_bytes(),
            _ => false,
        }
    }

    /// The next place from here on where this holds; the end where it does nowhere.
    pub(super) fn until(self, from: usize, stop: impl Fn(u8) -> bool) -> usize {
        let rest = self.0.get(from..).unwrap_or_default();
        rest.iter()
            .position(|byte| stop(*byte))
            .map_or(self.len().max(from), |n| from + n)
    }

    /// The next gap from here on.
    pub(super) fn word_end(self, mut at: usize) -> usize {
        while at < self.len() && self.gap(at).is_none() {
            at += 1;
        }
        at
    }

    /// Whether a token of letters, digits and `_` begins at a place: not in the middle of another, unless that is the end
    /// of an escape (`%3D`, `\n`).
    pub(super) fn is_edge(self, at: usize) -> bool {
        let before = self.before(at);
        if !before.is_ascii_alphanumeric() && before != b'_' {
            return true;
        }
        let percent = at >= 3
            && self.at(at - 3) == b'%'
            && self.cut(at - 2, at).iter().all(u8::is_ascii_hexdigit);
        let escape = at >= 2 && self.at(at - 2) == b'\\' && matches!(before, b'n' | b'r' | b't');
        percent || escape
    }

    /// Where the text of a line begins: behind its indent and the marks of lists, comments, quotes and differences.
    pub(super) fn text_start(self) -> usize {
        let mut at = self.skip(0);
        while matches!(self.at(at), b'-' | b'+' | b'#' | b';' | b'>' | b'<' | b'*')
            && self.at(at) != self.at(at + 1)
        {
            at = self.skip(at + 1);
        }
        at
    }
}

/// Whether a byte may stand in a name.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Whether a byte may stand in base64.
pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
