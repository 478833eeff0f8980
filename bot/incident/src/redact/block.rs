//! Secrets whose name is on another line than their value: YAML and JSON over several lines, Kubernetes' Secrets, `.netrc`.

use data_encoding::BASE64;

use super::judge::{self, Name};
use super::line::{By, Found, Line};
use super::value;
use super::words::{Hit, Kind, Tells};

/// What earlier lines tell of the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// A name stood at the end of its line.
    pending: Option<Pending>,
    /// How far `data:` is indented, below which keys and values follow.
    data: Option<usize>,
    /// Whether what is read is a Secret, all of whose data is secret.
    secret: bool,
    /// Whether the lines are those of `.netrc`.
    netrc: bool,
}

#[derive(Debug, Clone, Copy)]
enum Pending {
    /// The value is the next line, which is indented further.
    Next(usize),
    /// The value is all lines that are indented further.
    Lines(usize),
    /// The next line says `value:`.
    Value,
}

fn indent(line: Line<'_>) -> usize {
    let mut at = 0;
    while matches!(line.at(at), b' ' | b'\t') || line.at(at) == b'-' && line.at(at + 1) == b' ' {
        at += 1;
    }
    at
}

fn text(line: Line<'_>) -> &[u8] {
    line.0.trim_ascii()
}

impl Block {
    /// Whether the next line is to be looked at whatever stands in it.
    pub(super) fn is_open(&self) -> bool {
        self.pending.is_some() || self.data.is_some() || self.secret || self.netrc
    }

    /// The secrets that earlier lines tell of in this one.
    pub(super) fn find(&mut self, line: Line<'_>, found: &mut Vec<Found>) {
        if !self.is_open() {
            return;
        }
        self.after_name(line, found);
        let blank = text(line).is_empty();
        if self.secret
            && (line.0.starts_with(b"---")
                || !blank
                    && indent(line) == 0
                    && !text(line).contains(&b':')
                    && !matches!(line.at(0), b'{' | b'}'))
        {
            self.secret = false;
        }
        if let Some(data) = self.data {
            if !blank && indent(line) <= data {
                self.data = None;
            } else if !blank {
                self.datum(line, found);
            }
        }
        if self.netrc {
            let at = line.text_start();
            let value = if line.has(at, "password ") {
                let from = line.skip(at + 9);
                Some(from..line.word_end(from))
            } else {
                None
            };
            let goes_on = [
                "machine ",
                "login ",
                "password ",
                "account ",
                "default",
                "port ",
            ]
            .iter()
            .any(|word| line.has(at, word));
            if let Some(at) = value.filter(|at| !at.is_empty() && line.skip(at.end) >= line.len()) {
                found.push(Found { at, by: By::Form });
            }
            self.netrc = goes_on;
        }
    }

    fn after_name(&mut self, line: Line<'_>, found: &mut Vec<Found>) {
        let Some(pending) = self.pending else { return };
        let start = line.skip(0);
        if start >= line.len() {
            return;
        }
        let deep = indent(line);
        match pending {
            Pending::Value => {
                self.pending = None;
                let mut at = line.text_start();
                at += usize::from(matches!(line.at(at), b'"' | b'\''));
                if !line.has(at, "value") {
                    return;
                }
                at += 5;
                at += usize::from(matches!(line.at(at), b'"' | b'\''));
                at = line.skip(at);
                if matches!(line.at(at), b':' | b'=') {
                    whole(line, line.skip(at + 1), found);
                }
            }
            Pending::Next(parent) => {
                self.pending = None;
                let words = text(line);
                let mapping = words.contains(&b':') && !words.contains(&b'/')
                    || words.starts_with(b"- ")
                    || matches!(words.first(), Some(b'{' | b'[' | b'}' | b']'));
                if deep > parent && !mapping {
                    whole(line, start, found);
                }
            }
            Pending::Lines(parent) => {
                if deep > parent {
                    whole(line, start, found);
                } else {
                    self.pending = None;
                }
            }
        }
    }

    /// A key and its value below `data:`.
    fn datum(&mut self, line: Line<'_>, found: &mut Vec<Found>) {
        let start = line.skip(0);
        let colon = line.until(start, |byte| byte == b':');
        let from = line.skip(colon + 1);
        if colon >= line.len() || from >= line.len() {
            return;
        }
        let Some(at) = value::quoted(line, from).map(|value| value.at).or_else(|| {
            let end = line.len()
                - line
                    .0
                    .iter()
                    .rev()
                    .take_while(|b| b.is_ascii_whitespace() || **b == b',')
                    .count();
            (end > from).then_some(from..end)
        }) else {
            return;
        };
        let value = line.cut(at.start, at.end);
        if matches!(value, b"|" | b">" | b"|-" | b">-" | b"|+") {
            if self.secret {
                self.pending = Some(Pending::Lines(indent(line)));
            }
            return;
        }
        if matches!(value, b"{" | b"{}" | b"[" | b"null") {
            return;
        }
        if self.secret || is_encoded(value) {
            found.push(Found { at, by: By::Form });
        }
    }

    /// What this line tells of the next.
    pub(super) fn read(&mut self, line: Line<'_>, hits: &[Hit]) {
        for hit in hits {
            match hit.kind {
                Kind::Block => self.mark(line),
                Kind::Column => {
                    let word = line.has(hit.start, "machine ") || line.has(hit.start, "login ");
                    self.netrc |= word && line.text_start() == hit.start;
                }
                Kind::Name(Tells::Any | Tells::Long) => self.name(line, hit),
                Kind::Name(_)
                | Kind::Form(_)
                | Kind::Odd(_)
                | Kind::Site
                | Kind::Url
                | Kind::Authorization
                | Kind::Bearer
                | Kind::Cookie
                | Kind::Program
                | Kind::Hash
                | Kind::Key => {}
            }
        }
    }

    fn mark(&mut self, line: Line<'_>) {
        let words = text(line);
        let bare = words.strip_suffix(b",").unwrap_or(words);
        let bare = bare.strip_prefix(b"- ").unwrap_or(bare);
        if matches!(bare, b"kind: Secret" | b"\"kind\": \"Secret\"") {
            self.secret = true;
        }
        if matches!(
            bare,
            b"data:" | b"stringData:" | b"\"data\": {" | b"\"stringData\": {"
        ) {
            self.data = Some(indent(line));
        }
    }

    /// A name that tells at the end of its line.
    fn name(&mut self, line: Line<'_>, hit: &Hit) {
        let mut end = hit.end;
        while line.at(end).is_ascii_alphanumeric() || matches!(line.at(end), b'_' | b'-') {
            end += 1;
        }
        let mut start = hit.start;
        while super::line::is_name(line.before(start)) {
            start -= 1;
        }
        let name = Name {
            before: line.before(start),
            whole: line.cut(start, end),
            word: line.cut(hit.start, hit.end),
            end: line.cut(hit.end, end),
            tells: Tells::Any,
        };
        // Any value would do: this asks only whether the name is one of a secret.
        if !judge::is_secret(&name, b"x1y2z3", true) {
            return;
        }
        let mut at = end + usize::from(matches!(line.at(end), b'"' | b'\''));
        let before = line.cut(0, start).to_ascii_lowercase();
        let before = before.trim_ascii_end();
        let before = before
            .strip_suffix(b"\"")
            .or(before.strip_suffix(b"'"))
            .unwrap_or(before)
            .trim_ascii_end();
        let tail = line.cut(at, line.len()).trim_ascii();
        if tail.is_empty() || tail == b"," {
            let sign = before.strip_suffix(b":").or(before.strip_suffix(b"="));
            let sign = sign
                .map(|b| b.trim_ascii_end())
                .map(|b| b.strip_suffix(b"\"").unwrap_or(b));
            if sign.is_some_and(|b| b.ends_with(b"name") || b.ends_with(b"key")) {
                self.pending = Some(Pending::Value);
            }
            return;
        }
        at = line.skip(at);
        let first = line.text_start();
        let alone = start == first || start == first + 1;
        if !matches!(line.at(at), b':' | b'=') || !alone {
            return;
        }
        match line.cut(at + 1, line.len()).trim_ascii() {
            b"" => self.pending = Some(Pending::Next(indent(line))),
            b"|" | b">" | b"|-" | b">-" | b"|+" | b">+" => {
                self.pending = Some(Pending::Lines(indent(line)));
            }
            _ => {}
        }
    }
}

/// All that stands from a place on is the value.
fn whole(line: Line<'_>, from: usize, found: &mut Vec<Found>) {
    let at = value::quoted(line, from).map_or_else(
        || {
            let trailing = line
                .cut(from, line.len())
                .iter()
                .rev()
                .take_while(|b| b.is_ascii_whitespace())
                .count();
            from..line.len() - trailing
        },
        |value| value.at,
    );
    let value = line.cut(at.start, at.end);
    let indicator = matches!(value, b"|" | b">" | b"|-" | b">-");
    if !at.is_empty() && !indicator && !judge::is_plain(value) {
        found.push(Found { at, by: By::Form });
    }
}

/// Whether this is a text in base64, as Kubernetes keeps the data of Secrets.
fn is_encoded(value: &[u8]) -> bool {
    if value.len() < 8 && !value.ends_with(b"=") {
        return false;
    }
    BASE64.decode(value).is_ok_and(|text| {
        !text.is_empty()
            && (text
                .iter()
                .all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace())
                || text.len() >= 32 && judge::is_random(value))
    })
}
