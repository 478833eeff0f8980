//! Where the value beside a name begins and ends, in the many ways in which one is written.

use std::ops::Range;

use super::line::Line;

/// A value beside a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// Where it stands.
    pub(super) at: Range<usize>,
    /// Whether it stands in quotes.
    pub(super) quoted: bool,
}

/// What parts a name from its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// `=`, `:`, `=>` and the like.
    Is,
    /// A space, behind an option.
    Space,
    /// `(` or a comma: the value is the next argument, and stands in quotes.
    Next,
    /// `>`: an element of XML.
    Element,
    /// `value=`: the name itself was a value.
    ValueIs,
}

/// The value behind a name that ends where `name` does; `word` is where the word in it that tells ends.
pub(super) fn behind(line: Line<'_>, name: &Range<usize>, word: usize) -> Option<Value> {
    let (at, sign) = sign(line, name, word)?;
    let from = line.skip(at);
    if from >= line.len() {
        return None;
    }
    if let Some(value) = quoted(line, from) {
        return Some(value);
    }
    match sign {
        Sign::Next => None,
        Sign::Element if line.has(from, "<![CDATA[") => {
            let from = from + 9;
            let end = line.until(from, |byte| byte == b']');
            Some(bare(from..end))
        }
        Sign::Element => {
            let end = line.until(from, |byte| byte == b'<');
            Some(bare(from..end))
        }
        Sign::Space => {
            let value = word_like(line, from)?;
            // Another option is no value.
            (line.at(value.at.start) != b'-'
                || !line.at(value.at.start + 1).is_ascii_alphabetic()
                    && line.at(value.at.start + 1) != b'-')
                .then_some(value)
        }
        Sign::Is | Sign::ValueIs => {
            if let Some(end) = enclosed(line, name.start, from) {
                return Some(bare(from..end));
            }
            if name.start == line_name(line)
                && (at < from || line.at(name.end) != b'=')
                && at != name.end
                && let Some(value) = rest(line, at, from)
            {
                return Some(value);
            }
            word_like(line, from)
        }
    }
}

fn bare(at: Range<usize>) -> Value {
    Value { at, quoted: false }
}

/// Where the first name of a line begins: behind its indent and the words that make an assignment of it.
fn line_name(line: Line<'_>) -> usize {
    let mut at = line.text_start();
    for word in ["export ", "set ", "env ", "declare -x "] {
        if line.has(at, word) {
            at = line.skip(at + word.len());
        }
    }
    at
}

/// The rest of the line as a value: `password = correct horse`, `password: correct horse`.
fn rest(line: Line<'_>, at: usize, from: usize) -> Option<Value> {
    // `key=value` is followed by others on its line; with a gap it is what the line says.
    if at == from {
        return None;
    }
    let mut end = line.len();
    // A comment behind the value is none of it.
    for mark in [" #", "\t#", " ;", " //"] {
        let text = line.cut(from, end);
        if let Some(n) = text.windows(mark.len()).position(|w| w == mark.as_bytes()) {
            end = from + n;
        }
    }
    while end > from && line.before(end).is_ascii_whitespace() {
        end -= 1;
    }
    let text = line.cut(from, end);
    let first = text.split(|b| *b == b' ').next().unwrap_or_default();
    let sentence = text.contains(&b' ') && super::judge::is_plain(first);
    // What goes on with further names is a list.
    let list = text.windows(2).any(|two| matches!(two, [b'=' | b':', _])) && text.contains(&b' ');
    (!sentence && !list)
        .then_some(bare(from..end))
        .filter(|value| {
            let last = line.before(value.at.end);
            !matches!(last, b',' | b';' | b'}' | b'"' | b'\'')
        })
}

/// What parts a name from its value, and where that ends.
fn sign(line: Line<'_>, name: &Range<usize>, word: usize) -> Option<(usize, Sign)> {
    let mut at = name.end;
    let mut quote = false;
    if line.at(at) == b'\\' && matches!(line.at(at + 1), b'"' | b'\'') {
        (at, quote) = (at + 2, true);
    } else if matches!(line.at(at), b'"' | b'\'' | b'`') {
        (at, quote) = (at + 1, true);
    }
    if line.has(at, "%22") {
        (at, quote) = (at + 3, true);
    }
    if quote && line.at(at) == b']' {
        at += 1;
    }
    let han = !line.at(name.start).is_ascii();
    if han {
        at = behind_han(line, at);
    }
    if line.at(at) == b'>'
        && (line.before(name.start) == b'<' || line.before(name.start) == b':' || quote)
    {
        return Some((at + 1, Sign::Element));
    }
    let called = line.at(at) == b'(' && matches!(line.at(at + 1), b'"' | b'\'');
    if called {
        return Some((at + 1, Sign::Next));
    }
    let gap = line.skip(at);
    // 【密码】x.
    if han
        && line.cut(0, at).ends_with("】".as_bytes())
        && line.at(gap).is_ascii_graphic()
        && equals(line, gap, false).is_none()
    {
        return Some((gap, Sign::Is));
    }
    if let Some(end) = equals(line, gap, han) {
        // A scope in a program, and an address, are no values.
        let ldif = line.has(gap, ":: ");
        let scope =
            line.at(gap) == b':' && !ldif && (line.at(gap + 1) == b':' || line.has(gap + 1, "//"));
        return (!scope).then_some((end + usize::from(ldif), Sign::Is));
    }
    if quote {
        if let Some(end) = value_word(line, gap) {
            return Some((end, Sign::ValueIs));
        }
        let mut open = name.start.saturating_sub(1);
        while line.before(open) == b' ' {
            open -= 1;
        }
        let opens = line.before(open);
        let option = line.at(name.start) == b'-';
        if line.at(gap) == b',' && (opens == b'(' || option) {
            return Some((gap + 1, Sign::Next));
        }
        if option && gap > at {
            return Some((gap, Sign::Space));
        }
        return None;
    }
    if gap == at || gap >= line.len() {
        return None;
    }
    if let Some(end) = said(line, gap) {
        return Some((end, Sign::Is));
    }
    let option = line.at(name.start) == b'-'
        && (line.begins(name.start) || matches!(line.before(name.start), b'"' | b'\'' | b'('));
    if option && word == name.end {
        return Some((gap, Sign::Space));
    }
    // `PASSWORD 'x'` of SQL, `secret "x";` of BIND.
    // `secret "web" not found` names one; a statement ends.
    let statement = !line.has(name.start, "secret")
        || quoted(line, gap).is_some_and(|value| line.at(value.at.end + 1) == b';');
    let long = word == name.end && name.end - name.start >= 4;
    let alone = long && matches!(line.at(gap), b'"' | b'\'') && statement;
    alone.then_some((gap, Sign::Next))
}

/// What may stand between a Chinese name and its sign: a note, a closing bracket, 是, 为.
fn behind_han(line: Line<'_>, mut at: usize) -> usize {
    for (open, close) in [("（", "）"), ("(", ")")] {
        if line.has(at, open) {
            let text = line.cut(at, line.len().min(at + 64));
            if let Some(n) = text
                .windows(close.len())
                .position(|w| w == close.as_bytes())
            {
                at += n + close.len();
            }
        }
    }
    for close in ["】", "］", "」", "』", "\"", "'", "]"] {
        if line.has(at, close) {
            at += close.len();
        }
    }
    at
}

/// Where `is` and `was` of a sentence end, where what follows is no word of it: `the password is: x`, `it was x7`.
fn said(line: Line<'_>, at: usize) -> Option<usize> {
    let verb = line.one_of(at, &["is", "was"])?;
    let behind = at + verb.len();
    if line.at(behind) == b':' {
        return Some(behind + 1);
    }
    let from = line.skip(behind);
    let end = line.word_end(from);
    let value = line.cut(from, end);
    let drawn = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    (from > behind && drawn && value.len() >= 5).then_some(from)
}

/// Where `=` and its kin end; none where there is none.
fn equals(line: Line<'_>, at: usize, han: bool) -> Option<usize> {
    let signs = [
        "=>", ":=", "===", "==", "!=", "+=", "?=", "=", "：=", "：", "＝", "%3D", "%3A", "->", ":",
    ];
    if let Some(sign) = line.one_of(at, &signs) {
        return Some(at + sign.len());
    }
    if han {
        // 密码是 x, 密码为：x.
        let verb = line.one_of(at, &["是", "为", "為"])?;
        let behind = at + verb.len();
        if let Some(sign) = line.one_of(behind, &["：", ":"]) {
            return Some(behind + sign.len());
        }
        let value = line.skip(behind);
        return line.at(value).is_ascii_graphic().then_some(behind);
    }
    None
}

/// Where `value=` ends, behind a name that is a value itself: `name="password" value="x"`, `"name": "P", "value": "x"`.
fn value_word(line: Line<'_>, mut at: usize) -> Option<usize> {
    if line.at(at) == b',' {
        at = line.skip(at + 1);
    }
    let quote = matches!(line.at(at), b'"' | b'\'');
    at += usize::from(quote);
    if !line.has(at, "value") {
        return None;
    }
    at += 5;
    at += usize::from(matches!(line.at(at), b'"' | b'\''));
    at = line.skip(at);
    matches!(line.at(at), b'=' | b':').then_some(at + 1)
}

/// A value in quotes that begins at a place.
pub(super) fn quoted(line: Line<'_>, at: usize) -> Option<Value> {
    // The letters before strings of some languages.
    let prefix = matches!(
        line.at(at),
        b'b' | b'r' | b'f' | b'u' | b'$' | b'@' | b'E' | b'N'
    ) && matches!(line.at(at + 1), b'"' | b'\'');
    let at = at + usize::from(prefix);
    let pairs = [
        ("\\\"", "\\\""),
        ("\\'", "\\'"),
        ("“", "”"),
        ("‘", "’"),
        ("「", "」"),
        ("【", "】"),
        ("%22", "%22"),
        ("&quot;", "&quot;"),
    ];
    for (open, close) in pairs {
        if line.has(at, open) {
            let from = at + open.len();
            let text = line.cut(from, line.len());
            let n = text
                .windows(close.len())
                .position(|w| w == close.as_bytes());
            let end = n.map_or(line.len(), |n| from + n);
            return full(from..end);
        }
    }
    let quote = line.at(at);
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let from = at + 1;
    full(from..closing(line, from, quote).unwrap_or(line.len()))
}

fn full(at: Range<usize>) -> Option<Value> {
    (!at.is_empty()).then_some(Value { at, quoted: true })
}

/// Where the quote that is open at a place is closed. A backslash before it keeps it open.
pub(super) fn closing(line: Line<'_>, mut at: usize, quote: u8) -> Option<usize> {
    while at < line.len() {
        match line.at(at) {
            b'\\' if quote != b'\'' => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the value ends whose whole assignment stands in quotes: `"DB_PASSWORD=correct horse"`.
fn enclosed(line: Line<'_>, name: usize, from: usize) -> Option<usize> {
    let quote = line.before(name);
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let escaped = name >= 2 && line.at(name - 2) == b'\\';
    if escaped {
        let text = line.cut(from, line.len());
        let n = text.windows(2).position(|two| two == [b'\\', quote])?;
        return (n > 0).then_some(from + n);
    }
    closing(line, from, quote).filter(|end| *end > from)
}

/// A value without quotes: up to a gap, a quote, or the sign before another name.
pub(super) fn word_like(line: Line<'_>, from: usize) -> Option<Value> {
    let mut at = from;
    while at < line.len() && line.gap(at).is_none() {
        match line.at(at) {
            b'"' | b'\'' | b'`' => break,
            // An element of XML ends, or the next begins.
            b'<' if at > from
                && (line.at(at + 1) == b'/' || line.at(at + 1).is_ascii_alphabetic()) =>
            {
                break;
            }
            b',' | b';' | b'&' if ends_at(line, at) => break,
            b'}' | b')' | b']' if closes(line, from, at) => break,
            0xe3 if matches!(
                line.cut(at, at + 3),
                b"\xe3\x80\x81" | b"\xe3\x80\x82" | b"\xe3\x80\x91" | b"\xe3\x80\x8d"
            ) =>
            {
                break;
            }
            0xef if matches!(
                line.cut(at, at + 3),
                b"\xef\xbc\x8c" | b"\xef\xbc\x9b" | b"\xef\xbc\x89" | b"\xef\xbc\x81"
            ) =>
            {
                break;
            }
            b'%' if line.has(at, "%26") || line.has(at, "%22") => break,
            b'\\' if matches!(line.at(at + 1), b'n' | b'r' | b'"') && at > from => break,
            _ => {}
        }
        at += 1;
    }
    while at > from && (line.before(at) == b'.' && at >= line.len()) {
        at -= 1;
    }
    (at > from).then_some(bare(from..at))
}

/// Whether a sign ends a value: it is the last of its word, or another name with its sign is behind it.
fn ends_at(line: Line<'_>, at: usize) -> bool {
    let mut next = at + 1;
    if line.has(at, "&amp;") {
        next = at + 5;
    }
    if line.ends(next) || matches!(line.at(next), b'"' | b'\'' | b'}' | b')' | b']') {
        return true;
    }
    let mut end = next;
    while is_list_name(line.at(end)) && end - next < 64 {
        end += 1;
    }
    end > next && matches!(line.at(end), b'=' | b':') || line.at(next) == b'{'
}

fn is_list_name(byte: u8) -> bool {
    super::line::is_name(byte) || byte == b'$' || byte == b'%' || byte == b'[' || byte == b']'
}

/// Whether a closing bracket is no part of the value: it was opened before, and its word ends.
fn closes(line: Line<'_>, from: usize, at: usize) -> bool {
    let close = line.at(at);
    let open = match close {
        b'}' => b'{',
        b')' => b'(',
        _ => b'[',
    };
    let mut next = at;
    while matches!(
        line.at(next),
        b'}' | b')' | b']' | b',' | b';' | b'.' | b':' | b'"' | b'\''
    ) {
        next += 1;
    }
    line.ends(next) && !line.cut(from, at).contains(&open)
        || close == b'}' && !line.cut(from, at).contains(&open)
}
