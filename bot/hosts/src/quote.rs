//! The two encodings that keep data from being read as program text: shell words and wire tokens.

use std::fmt::Write as _;

/// One word for a POSIX shell, whatever is in it: in single quotes, each quote inside as `'\''`.
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/:@=+,-".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        return text.to_owned();
    }
    // NUL cannot be in an argument; the callers' types keep it out, and here it would only end the word early.
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

/// One token of the guard's wire format: bytes outside `[A-Za-z0-9._/:@=+,-]` as `%XX`, nothing at all as `%`.
pub(crate) fn token(text: &str) -> String {
    if text.is_empty() {
        return "%".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"._/:@=+,-".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            write!(out, "%{byte:02X}").ok();
        }
    }
    out
}

/// What a token stands for; nothing when it is not one. Bytes that are no UTF-8 become the replacement character.
pub(crate) fn untoken(token: &str) -> Option<String> {
    if token == "%" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_and_tokens() {
        assert_eq!(shell_word("nginx.service"), "nginx.service");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("it's $(x)"), r"'it'\''s $(x)'");
        assert_eq!(token(""), "%");
        assert_eq!(token("a b%\n"), "a%20b%25%0A");
        assert_eq!(untoken("%2"), None);
        assert_eq!(untoken("%ZZ"), None);
    }

    proptest! {
        #[test]
        fn a_token_comes_back(text in "\\PC{0,80}") {
            prop_assert_eq!(untoken(&token(&text)), Some(text));
        }

        #[test]
        fn hostile_tokens_never_panic(text in ".{0,80}") {
            let _decoded = untoken(&text);
        }

        #[test]
        fn a_shell_reads_a_word_back(text in "[^\0]{0,60}") {
            let script = format!("printf %s {}", shell_word(&text));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            prop_assert_eq!(output.stdout, text.as_bytes());
        }
    }
}
