//! Text in a Markdown file: what a host or a person wrote formats nothing, links nothing, pings nobody and ends no cell of a table,
//! wherever the file is read.

use crate::text::shown;

/// Between two signs it keeps them from being read as one thing, and is not seen.
const APART: char = '\u{200b}';

/// Words on one line, as they are.
pub(crate) fn escaped(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = shown(&words.join(" "));
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..).unwrap_or("");
        let apart = match c {
            '&' => {
                out.push_str("&amp;");
                continue;
            }
            '<' => {
                out.push_str("&lt;");
                continue;
            }
            '>' => {
                out.push_str("&gt;");
                continue;
            }
            c if c.is_control() => {
                out.push('\u{fffd}');
                continue;
            }
            // A name, an issue's number, an address and the beginning of one are links where files like this are read.
            '@' => true,
            '#' | '!' => after.starts_with(|c: char| c.is_alphanumeric() || c == '['),
            ':' => after.starts_with('/'),
            '.' => out.ends_with("www") || out.ends_with("WWW"),
            _ => false,
        };
        let steers = matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '('
                | ')'
                | '#'
                | '+'
                | '!'
                | '|'
                | '~'
                | '$'
        );
        // A list, a rule or a title below the line before begins with one of these.
        let begins = out.is_empty() && matches!(c, '-' | '=' | '.' | ')');
        // `1.` begins a list too.
        let numbers = c == '.' && !out.is_empty() && out.bytes().all(|b| b.is_ascii_digit());
        if steers || begins || numbers {
            out.push('\\');
        }
        out.push(c);
        if apart {
            out.push(APART);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn words_are_shown_as_they_are() {
        for (text, is) in [
            ("nginx.service has failed", "nginx.service has failed"),
            ("a | b", "a \\| b"),
            ("[x](http://e)", "\\[x\\]\\(http:\u{200b}//e\\)"),
            ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
            ("@everyone see #12", "@\u{200b}everyone see \\#\u{200b}12"),
            ("# a\n- b", "\\# a - b"),
            ("- a", "\\- a"),
            ("1. a", "1\\. a"),
            ("www.evil.example", "www.\u{200b}evil.example"),
            ("`x` **y** __z__", "\\`x\\` \\*\\*y\\*\\* \\_\\_z\\_\\_"),
            ("a\u{202e}b\u{7}c", "a\\\\u\\{202e\\}b\u{fffd}c"),
        ] {
            assert_eq!(escaped(text), is, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_steers_whatever_comes(text in "\\PC{0,60}|[-\\n|<>@#\\[\\]()`*_:/.w1&\\\\]{0,60}") {
            let out = escaped(&text);
            proptest::prop_assert!(!out.contains(['\n', '\r', '<', '>']));
            let mut before = ' ';
            for c in out.chars() {
                if matches!(c, '|' | '`' | '[' | ']' | '*' | '_') {
                    proptest::prop_assert_eq!(before, '\\', "{}", out);
                }
                proptest::prop_assert!(before != '@' || c == super::APART, "{}", out);
                // A stroke that is shown itself escapes nothing.
                before = if before == '\\' && c == '\\' { ' ' } else { c };
            }
            proptest::prop_assert!(!out.contains("://"));
        }
    }
}
