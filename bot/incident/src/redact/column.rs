//! Files whose values stand behind a space or in a column: `.pgpass`, `.netrc`, `snmpd.conf`, the configurations of switches,
//! lists of accounts, statements of SQL.

use super::hash;
use super::judge;
use super::line::{By, Found, Line};
use super::value;

/// The secrets that the key word at a place tells of.
pub(super) fn find(line: Line<'_>, start: usize, end: usize, found: &mut Vec<Found>) {
    let word = line.cut(start, end).to_ascii_lowercase();
    let at = match word.as_slice() {
        b":5432:" | b":5433:" | b":5434:" | b":6432:" | b":*:" => pgpass(line),
        b":0:99999:" => hash::shadow(line),
        b"md5" => hash::database(line, start..end),
        b"machine " | b"login " => netrc(line, end),
        b"community " | b"community6 " | b"com2sec" => snmp(line, start, end, &word),
        b"enable " | b"username " | b"isakmp " | b"radius-server" | b"tacacs-server" => {
            switch(line, end)
        }
        b"identified " => sql(line, end),
        b"auth plain " => plain_auth(line, end),
        b"on >" => acl(line, end),
        b"createuser " => {
            create_user(line, end, found);
            None
        }
        b"thin:" => thin(line, end),
        b"requirepass " | b"masterauth " | b"bindpw " | b"rootpw " | b"password " | b"secret "
        | b"passphrase " | b"psk " | b"auth-user-pass " | b"auth_pass " | b"token "
        | b"apikey " | b"api_key " | b"secret_key " | b"auth " => first(line, start, end, &word),
        _ => None,
    };
    if let Some(at) = at {
        found.push(Found { at, by: By::Form });
    }
}

type At = Option<std::ops::Range<usize>>;

/// `host:port:database:user:password`.
fn pgpass(line: Line<'_>) -> At {
    let start = line.text_start().min(line.skip(0));
    let mut at = start;
    for field in 0..4 {
        let end = line.until(at, |byte| byte == b':');
        let text = line.cut(at, end);
        if end >= line.len() || text.is_empty() || text.iter().any(u8::is_ascii_whitespace) {
            return None;
        }
        let port = text == b"*" || text.iter().all(u8::is_ascii_digit);
        if field == 1 && !port || field == 0 && text.contains(&b'/') && !text.starts_with(b"/") {
            return None;
        }
        at = end + 1;
    }
    let end = line.word_end(at);
    let mut text = line.cut(at, end).iter();
    // A colon within the password has a backslash before it.
    while let Some(byte) = text.next() {
        match byte {
            b':' => return None,
            b'\\' => {
                text.next();
            }
            _ => {}
        }
    }
    (end > at && line.skip(end) >= line.len()).then_some(at..end)
}

/// `machine host login user password secret`, all in one line or each in its own; the latter `Block` knows.
fn netrc(line: Line<'_>, end: usize) -> At {
    let rest = line.cut(end, line.len());
    let n = rest.windows(9).position(|w| w == b"password ")?;
    let from = line.skip(end + n + 9);
    value::quoted(line, from)
        .or_else(|| {
            value::word_like(line, from).map(|mut value| {
                value.at.end = line.word_end(from);
                value
            })
        })
        .map(|value| value.at)
        .filter(|at| !judge::is_plain(line.cut(at.start, at.end)))
}

/// `rocommunity public`, `snmp-server community public RO`, `com2sec name source public`.
fn snmp(line: Line<'_>, start: usize, end: usize, word: &[u8]) -> At {
    let before = line.cut(0, start);
    let heads: [&[u8]; 3] = [b"ro", b"rw", b"snmp-server "];
    let known = word == b"com2sec" || heads.iter().any(|head| before.ends_with(head));
    if !known {
        return None;
    }
    let mut at = line.skip(line.word_end(end.saturating_sub(usize::from(word != b"com2sec"))));
    if word == b"com2sec" {
        if line.at(at) == b'-' {
            at = line.skip(line.word_end(line.skip(line.word_end(at))));
        }
        at = line.skip(line.word_end(at));
        at = line.skip(line.word_end(at));
    }
    value::quoted(line, at)
        .or_else(|| value::word_like(line, at))
        .map(|value| value.at)
}

/// `enable secret 5 $1$…`, `enable password 7 0822455D0A16`, `radius-server key 7 …`, `username ops privilege 15 password 0 …`.
fn switch(line: Line<'_>, end: usize) -> At {
    let mut at = line.skip(end);
    while at < line.len() {
        let stop = line.word_end(at);
        let text = line.cut(at, stop);
        at = line.skip(stop);
        if matches!(text, b"secret" | b"password" | b"key") {
            let kind = line.word_end(at);
            if line.cut(at, kind).iter().all(u8::is_ascii_digit) && kind - at == 1 {
                at = line.skip(kind);
            }
            let value = value::quoted(line, at).or_else(|| value::word_like(line, at))?;
            let behind = line.skip(value.at.end + usize::from(value.quoted));
            // In a sentence more words follow.
            let ends = behind >= line.len() || text == b"key";
            let plain = judge::is_plain(line.cut(value.at.start, value.at.end));
            return (ends && !plain).then_some(value.at);
        }
    }
    None
}

/// `IDENTIFIED BY 'x'`, `IDENTIFIED WITH plugin AS 'x'`, `IDENTIFIED BY PASSWORD 'x'`, and Oracle's `IDENTIFIED BY x`.
fn sql(line: Line<'_>, end: usize) -> At {
    let mut at = line.skip(end);
    for _ in 0..5 {
        if let Some(value) = value::quoted(line, at) {
            return Some(value.at);
        }
        let stop = line.word_end(at);
        let text = line.cut(at, stop);
        let next = line.skip(stop);
        let by = text.eq_ignore_ascii_case(b"by");
        if by
            && !matches!(line.at(next), b'\'' | b'"')
            && !line.has(next, "password ")
            && !line.has(next, "random ")
            && !line.has(next, "values ")
        {
            return value::word_like(line, next).map(|value| value.at);
        }
        at = next;
    }
    None
}

/// `AUTH PLAIN …` of mail.
fn plain_auth(line: Line<'_>, end: usize) -> At {
    let from = line.skip(end);
    let stop = line.until(from, |byte| !super::line::is_base64(byte));
    let text = line.cut(from, stop);
    let encoded = text.len() >= 8 && text.len().is_multiple_of(4) && line.ends(stop);
    (encoded && text.iter().any(|b| !b.is_ascii_lowercase())).then_some(from..stop)
}

/// `user default on >password` of Redis.
fn acl(line: Line<'_>, end: usize) -> At {
    let stop = line.word_end(end);
    (stop > end && line.at(end) != b'=').then_some(end..stop)
}

/// `createUser ops SHA "password" AES "password"`, with quotes and without.
fn create_user(line: Line<'_>, end: usize, found: &mut Vec<Found>) {
    let mut at = line.skip(line.word_end(line.skip(end)));
    // It has two: one to be known by, one to encrypt with.
    let so_far = found.len();
    while at < line.len() && found.len() < so_far + 2 {
        let stop = line.word_end(at);
        let word = line.cut(at, stop).to_ascii_uppercase();
        let next = line.skip(stop);
        at = next;
        let known = word.starts_with(b"SHA")
            || word.starts_with(b"AES")
            || matches!(word.as_slice(), b"MD5" | b"DES");
        if !known {
            continue;
        }
        let value = value::quoted(line, next).or_else(|| value::word_like(line, next));
        if let Some(value) = value {
            at = line.skip(value.at.end + usize::from(value.quoted));
            found.push(Found {
                at: value.at,
                by: By::Form,
            });
        }
    }
}

/// `jdbc:oracle:thin:user/password@host`.
fn thin(line: Line<'_>, end: usize) -> At {
    let slash = line.until(end, |byte| matches!(byte, b'/' | b'@' | b' '));
    if line.at(slash) != b'/' || slash == end {
        return None;
    }
    let stop = line.until(slash, |byte| byte == b'@' || byte.is_ascii_whitespace());
    (line.at(stop) == b'@' && stop > slash + 1).then_some(slash + 1..stop)
}

/// A key word that begins its line, and one value behind it: `requirepass x`, `bindpw x`.
fn first(line: Line<'_>, start: usize, end: usize, word: &[u8]) -> At {
    let mut name = start;
    while super::line::is_name(line.before(name)) {
        name -= 1;
    }
    if line.skip(0) != name && line.text_start() != name {
        return None;
    }
    let from = line.skip(end);
    let value = value::quoted(line, from).or_else(|| {
        let stop = line.word_end(from);
        (stop > from).then_some(value::Value {
            at: from..stop,
            quoted: false,
        })
    })?;
    let mut at = value.at;
    let behind = line.skip(if value.quoted { at.end + 1 } else { at.end });
    if !value.quoted && line.before(at.end) == b';' {
        at.end -= 1;
    }
    let text = line.cut(at.start, at.end);
    let dedicated = matches!(
        word,
        b"requirepass " | b"masterauth " | b"bindpw " | b"rootpw " | b"auth_pass "
    );
    let ends = behind >= line.len() || line.at(behind) == b'#' || line.at(behind) == b';';
    // `password changed` is a sentence; `password x7` is a setting.
    let drawn = value.quoted
        || text.iter().any(|b| !b.is_ascii_lowercase())
            && !text.ends_with(b":")
            && !text.ends_with(b".");
    // No sentence begins with `bind_password`.
    let written = line.cut(name, start).contains(&b'_') && ends;
    let fits = if dedicated || written {
        !text.is_empty()
    } else {
        ends && drawn && text.len() >= 3
    };
    (fits && !judge::is_plain(text)).then_some(at)
}
