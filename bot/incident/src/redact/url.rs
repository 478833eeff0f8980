//! Addresses with a password in them: `scheme://user:password@host`, and a user that is a key itself.

use std::ops::Range;

use super::judge;
use super::line::Line;

/// Whether an address ends here.
fn is_end(line: Line<'_>, at: usize) -> bool {
    line.ends(at) || matches!(line.at(at), b'"' | b'\'' | b'`' | b'<' | b'>')
}

/// The password of the address whose `://` is at a place.
pub(super) fn find(line: Line<'_>, at: usize) -> Option<Range<usize>> {
    let from = at + 3;
    let scheme = line.before(at);
    if !scheme.is_ascii_alphanumeric() {
        return None;
    }
    // A password may have `/`, `?` and `#` in it though it should not, and an `@` may also stand in a path or behind the
    // address; so the authority comes first.
    let mut authority = from;
    let mut colon = None;
    let mut last = None;
    while !is_end(line, authority) && !matches!(line.at(authority), b'/' | b'?' | b'#') {
        match line.at(authority) {
            b':' if colon.is_none() => colon = Some(authority),
            b'@' => last = Some(authority),
            _ => {}
        }
        authority += 1;
    }
    if let (None, Some(colon)) = (last, colon) {
        let port = line.cut(colon + 1, authority);
        if port.iter().all(u8::is_ascii_digit) || line.at(from) == b'[' {
            return None;
        }
        let mut at = authority;
        // Another address begins in the same word.
        while !is_end(line, at) && !line.has(at, "://") {
            if line.at(at) == b'@' {
                last = Some(at);
                break;
            }
            at += 1;
        }
    }
    let mut last = last?;
    // What has a `/` in it though it should not ends where a host with its port begins.
    let mut at = authority;
    while colon.is_some()
        && !is_end(line, at)
        && !line.has(at, "://")
        && !matches!(line.at(at), b'?' | b'#')
    {
        if line.at(at) != b'@' {
            at += 1;
            continue;
        }
        let host = line.until(at + 1, |byte| {
            !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-')
        });
        let port = line.until(host + 1, |byte| !byte.is_ascii_digit());
        if line.at(host) == b':' && port > host + 2 {
            last = at;
            break;
        }
        at += 1;
    }
    let Some(colon) = colon.filter(|colon| *colon < last) else {
        let user = line.cut(from, last);
        return (judge::is_random(user) || judge::is_id(user)).then_some(from..last);
    };
    let password = line.cut(colon + 1, last);
    (!password.is_empty() && !judge::is_stand_in(password)).then_some(colon + 1..last)
}
