//! Hashes of passwords: whoever has one may try words against it for as long as they like.

use std::ops::Range;

use super::line::Line;

/// Whether a byte may stand in a hash.
fn is_hash(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'.' | b'/' | b'$' | b',' | b'=' | b'+' | b'-' | b'_' | b'*' | b'!'
        )
}

/// The hash that begins with a word that was found.
pub(super) fn find(line: Line<'_>, word: Range<usize>) -> Option<Range<usize>> {
    let head = line.cut(word.start, word.end);
    if head.first() == Some(&b'{') {
        return ldap(line, word);
    }
    let named = head.first() != Some(&b'$');
    if named && !line.is_edge(word.start) {
        return None;
    }
    let end = if named {
        line.until(word.end, |byte| !is_hash(byte) && byte != b':')
    } else {
        line.until(word.end, |byte| !is_hash(byte))
    };
    let tail = line.cut(word.end, end);
    let parts = tail.split(|byte| *byte == b'$');
    let longest = parts.map(<[u8]>::len).max().unwrap_or(0);
    // A hash of Cisco and one of phpass have no salt that stands apart.
    let short = [&b"$p$"[..], b"$h$", b"$s$", b"$9$", b"$8$"];
    let least = if short.iter().any(|one| head.eq_ignore_ascii_case(one)) {
        20
    } else {
        16
    };
    let dollars = tail.contains(&b'$') || least == 20;
    if longest < least || !dollars && !named && !tail.len().ge(&16) {
        return None;
    }
    // What the shell counts and calls (`$1$2`, `$5$name`) has no long part; a path has one that is all small letters.
    let written = tail
        .iter()
        .all(|b| b.is_ascii_lowercase() || matches!(b, b'/' | b'-' | b'_' | b'.'));
    (!written).then_some(word.start..end)
}

/// `{SSHA}…`, as directories have it.
fn ldap(line: Line<'_>, word: Range<usize>) -> Option<Range<usize>> {
    let close = line.until(word.start, |byte| byte == b'}');
    if close - word.start > 20 || line.at(close) != b'}' {
        return None;
    }
    let end = line.until(close + 1, |byte| !is_hash(byte));
    (end - close > 12).then_some(close + 1..end)
}

/// The hash of an account in a line of `/etc/shadow`, whatever its form; a locked account has none.
pub(super) fn shadow(line: Line<'_>) -> Option<Range<usize>> {
    let text = line.text_start();
    let name = line.until(text, |byte| byte == b':');
    let end = line.until(name + 1, |byte| byte == b':');
    let field = line.cut(name + 1, end);
    let bare = field
        .iter()
        .position(|b| !matches!(b, b'!' | b'*'))
        .unwrap_or(field.len());
    (field.len() - bare >= 8).then_some(name + 1 + bare..end)
}

/// `*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9` of MySQL, `md5…` of PostgreSQL.
pub(super) fn database(line: Line<'_>, word: Range<usize>) -> Option<Range<usize>> {
    let end = line.until(word.end, |byte| !byte.is_ascii_hexdigit());
    let quoted = matches!(line.before(word.start), b'"' | b'\'');
    (quoted && end - word.end == 32 && matches!(line.at(end), b'"' | b'\''))
        .then_some(word.start..end)
}
