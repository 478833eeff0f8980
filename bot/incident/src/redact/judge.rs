//! Whether the value of a name that tells is a secret. In doubt it is: what is listed here was seen on real hosts.

use super::plain::{PLAIN, PLAIN_ENDS, PUBLIC};
use super::words::Tells;

/// A name that tells, in its parts.
pub(super) struct Name<'a> {
    /// The byte before it.
    pub(super) before: u8,
    /// `db_password_file`.
    pub(super) whole: &'a [u8],
    /// `password`.
    pub(super) word: &'a [u8],
    /// `_file`.
    pub(super) end: &'a [u8],
    /// How much it tells.
    pub(super) tells: Tells,
}

/// Whether the value of such a name is a secret.
pub(super) fn is_secret(name: &Name<'_>, value: &[u8], quoted: bool) -> bool {
    let value = value.trim_ascii();
    let whole = name.whole.to_ascii_lowercase();
    let word = name.word.to_ascii_lowercase();
    // `/etc/passwd: Permission denied`, `pam_unix(passwd:session)`.
    if word == b"passwd" && matches!(name.before, b'/' | b'(') && !whole.starts_with(b"-") {
        return false;
    }
    if value.is_empty() || is_plain(value) || has_plain_end(name) {
        return false;
    }
    // `PWD=/home/ops` of sudo is where somebody stood.
    if matches!(whole.as_slice(), b"pwd" | b"oldpwd") && value.starts_with(b"/") {
        return false;
    }
    if is_path(value) {
        return false;
    }
    // systemd's `LoadCredential=name:/path`.
    if whole.starts_with(b"loadcredential")
        || whole.starts_with(b"importcredential")
        || whole.starts_with(b"setcredentialencrypted")
    {
        return false;
    }
    match name.tells {
        Tells::Any => quoted || value.len() >= 3 || !value.is_ascii(),
        // A token in a program's words is a piece of its input; one that opens doors is long and not a word.
        Tells::Long => {
            let letters = value.iter().all(u8::is_ascii_alphabetic);
            let number = value.iter().all(|b| b.is_ascii_digit() || *b == b'.');
            let sentence = value.contains(&b' ');
            let word = letters && value.len() < 12;
            value.len() >= 6 && !number && !sentence && !word
        }
        Tells::Session => {
            let end = name.end.strip_prefix(b"_").unwrap_or(name.end);
            let ends = [&b""[..], b"id", b"key", b"cookie", b"value", b"s"];
            ends.iter().any(|known| end.eq_ignore_ascii_case(known))
                && (is_random(value) || is_id(value))
        }
        Tells::Random => {
            // A key that is only called so may be that of a cache or of a file, and hexadecimal digits a digest.
            let digest = whole == b"key" && value.iter().all(u8::is_ascii_hexdigit);
            let file = name.before == b'/';
            !file && !digest && !is_public(&whole) && is_random(value) && !is_digest(value)
        }
    }
}

/// Whether nobody would call this a secret: a word of a sentence, a type, what stands in for a value.
pub(super) fn is_plain(value: &[u8]) -> bool {
    let bare = value.strip_suffix(b".").unwrap_or(value);
    let bare = bare.trim_ascii_end();
    let mut end = bare.len();
    while end > 0
        && matches!(
            bare.get(end - 1),
            Some(b')' | b'.' | b':' | b'!' | b']' | b',' | b';')
        )
    {
        end -= 1;
    }
    let short = bare.get(..end).unwrap_or_default();
    let listed = |value: &[u8]| {
        PLAIN
            .iter()
            .any(|plain| value.eq_ignore_ascii_case(plain.as_bytes()))
    };
    listed(bare) || listed(short) || is_stand_in(value) || is_han(value)
}

/// Whether a text is Chinese throughout: a sentence, not a secret.
fn is_han(value: &[u8]) -> bool {
    let text = std::str::from_utf8(value).unwrap_or("");
    !text.is_empty() && text.chars().all(|c| !c.is_ascii() || c == ' ')
}

/// Whether a value only stands in for one: `***`, `<password>`, `${DB_PASSWORD}`, `{{ password }}`, `%(pass)s`.
pub(super) fn is_stand_in(value: &[u8]) -> bool {
    let inside = |open: &[u8], close: &[u8]| {
        value.len() > open.len() && value.starts_with(open) && value.ends_with(close)
    };
    let name = |rest: &[u8]| {
        !rest.is_empty()
            && rest
                .iter()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
    };
    let same = value.first().is_some_and(|first| {
        matches!(first, b'*' | b'x' | b'X' | b'.' | b'-' | b'#' | b'?')
            && value.len() >= 2
            && value.iter().all(|b| b == first)
    });
    let closed = value.strip_suffix(b")").unwrap_or(value);
    let variable = |value: &[u8]| {
        value.strip_prefix(b"$").is_some_and(|rest| {
            rest.len() >= 2
                && rest
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || *b == b'_' || b.is_ascii_digit())
                && rest.first().is_some_and(|b| !b.is_ascii_digit())
        })
    };
    same || value == b"*"
        || inside(b"<", b">")
        || inside(b"${", b"}")
        || inside(b"{{", b"}}")
        || value.starts_with(b"{{")
        || inside(b"$(", b")")
        || inside(b"%(", b")s")
        || inside(b"%", b"%") && name(value.get(1..value.len() - 1).unwrap_or_default())
        || inside(b"@", b"@")
        || variable(value)
        || variable(closed)
        || value.len() == 2 && value.first() == Some(&b'%')
        || value.starts_with(b"process.env.")
        || value.starts_with(b"os.environ")
        || value.starts_with(b"os.getenv(")
        || value.starts_with(b"getenv(")
        || value.starts_with(b"!vault")
        || value.starts_with(b"!secret")
        || value.starts_with(b"valueFrom")
        || value.starts_with(b"secretKeyRef")
}

/// Whether a name goes on, behind the word that tells, with one of those that take it back.
fn has_plain_end(name: &Name<'_>) -> bool {
    let end = name.end.to_ascii_lowercase();
    // Vault's `secret_id` is as good as a password.
    if name.word.eq_ignore_ascii_case(b"secret") && matches!(end.as_slice(), b"_id" | b"-id") {
        return false;
    }
    PLAIN_ENDS.iter().any(|plain| {
        let Some(at) = end.len().checked_sub(plain.len()) else {
            return false;
        };
        let part = at == 0
            || matches!(end.get(at - 1), Some(b'_' | b'-'))
            || name.end.get(at).is_some_and(u8::is_ascii_uppercase);
        part && end.ends_with(plain.as_bytes())
    })
}

/// Whether a key's name says that everybody may have it.
fn is_public(whole: &[u8]) -> bool {
    let mut parts = whole.split(|b| matches!(b, b'_' | b'-' | b'.'));
    parts.any(|part| PUBLIC.iter().any(|word| part == word.as_bytes()))
        || whole.ends_with(b"pubkey")
        || whole.ends_with(b"publickey")
        || whole.ends_with(b"hostkey")
        || whole.ends_with(b"keyid")
}

/// A path is where a secret lies, not the secret. Random letters of a key are not all small.
fn is_path(value: &[u8]) -> bool {
    let small = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"/._-@".contains(b);
    let rooted = value
        .strip_prefix(b"~")
        .or_else(|| value.strip_prefix(b"."))
        .or_else(|| value.strip_prefix(b"file:"))
        .unwrap_or(value);
    rooted.starts_with(b"/") && rooted.iter().all(small)
}

/// A digest says of which function it is.
fn is_digest(value: &[u8]) -> bool {
    let heads: [&[u8]; 8] = [
        b"sha1:", b"sha256:", b"sha384:", b"sha512:", b"md5:", b"sha1-", b"sha256-", b"sha512-",
    ];
    heads.iter().any(|head| {
        value.len() > head.len()
            && value
                .get(..head.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(head))
    })
}

/// Whether this is a UUID.
pub(super) fn is_id(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(n, b)| match n {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Whether a value was drawn, not written: long, of few words, and its bytes spread as those of keys are.
pub(super) fn is_random(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"base64:").unwrap_or(value);
    if value.len() < 16 || is_id(value) || !value.iter().all(|b| b.is_ascii_graphic()) {
        return false;
    }
    let count = |is: fn(&u8) -> bool| value.iter().filter(|b| is(b)).count();
    let digits = count(u8::is_ascii_digit);
    let (small, large) = (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
    let others = value.len() - digits - small - large;
    if digits == 0 && (small == 0 || large == 0)
        || others * 3 > value.len()
        || value.contains(&b' ')
        || value.windows(3).any(|three| three == b"://")
    {
        return false;
    }
    let bits = entropy(value);
    if count(u8::is_ascii_hexdigit) == value.len() {
        return value.len() >= 24 && digits < value.len() && bits > 2.8;
    }
    // Words with numbers between them change between letters and digits seldom.
    let changes = value
        .windows(2)
        .filter(|two| match two {
            [a, b] => class(*a) != class(*b),
            _ => false,
        })
        .count();
    let mixed = digits > 0 && small > 0 && large > 0;
    bits > if mixed { 3.3 } else { 3.5 } && changes * 4 >= value.len()
}

fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    }
}

/// Shannon's entropy of bytes, in bits for each.
fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let all = u32::try_from(value.len()).map_or(f64::MAX, f64::from);
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let part = f64::from(*count) / all;
            -part * part.log2()
        })
        .sum()
}
