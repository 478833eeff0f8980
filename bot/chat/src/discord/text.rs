//! Text on Discord, where nearly every sign means something: what a host or a person wrote formats nothing, links nothing and
//! pings nobody, and a block of code cannot be closed from inside.

use crate::text::shown;

/// What stands where something was left out.
const CUT: &str = " […]";

/// Between two signs it keeps them from being read as one thing, and is not seen.
const APART: char = '\u{200b}';

/// Characters as Discord may count them, whichever way it counts: those outside of the first plane are two.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A sign that may stand in a message: none that steers.
fn visible(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// Words that are shown as they are, in at most so many characters.
pub(super) fn plain(text: &str, most: usize) -> String {
    let text = &shown(text);
    let room = most.saturating_sub(length(CUT));
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut used = 0;
    // How much of `out` is kept where it turns out to be too long.
    let mut keep = 0;
    let mut line_begins = true;
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..).unwrap_or("");
        let c = visible(c);
        let mut piece = String::with_capacity(4);
        let escaped = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '[' => true,
            // A quote, a title, a list: only where a line begins.
            '>' | '#' | '-' | '+' => line_begins,
            // An address becomes a link, some links a preview, and this one a door to another server.
            ':' => after.starts_with('/'),
            '.' => after.starts_with("gg/"),
            _ => false,
        };
        if escaped {
            piece.push('\\');
        }
        piece.push(c);
        if c == '@' {
            piece.push(APART);
        }
        line_begins = c == '\n' || (line_begins && c.is_whitespace());
        used += length(&piece);
        if used > most {
            out.truncate(keep);
            out.push_str(CUT);
            return out;
        }
        out.push_str(&piece);
        if used <= room {
            keep = out.len();
        }
    }
    out
}

/// Lines in a block where nothing is formatted, in at most so many characters, and whether all of them are in it.
/// `kind` colours a diff; nothing else is coloured.
pub(super) fn code(text: &str, kind: &str, most: usize) -> (String, bool) {
    let text = shown(text);
    let frame = length("```\n\n```") + length(kind);
    let most = most.saturating_sub(frame);
    let room = most.saturating_sub(length(CUT));
    let mut body = String::with_capacity(text.len());
    let mut used = 0;
    let mut keep = 0;
    let mut whole = true;
    let mut before = ' ';
    for c in text.trim_end().chars().map(visible) {
        if c == '`' && before == '`' {
            body.push(APART);
            used += 1;
        }
        used += c.len_utf16();
        before = c;
        body.push(c);
        if used > most {
            whole = false;
            break;
        }
        if used <= room {
            keep = body.len();
        }
    }
    if !whole {
        body.truncate(keep);
        body.push_str(CUT);
    }
    if body.trim().is_empty() {
        body.push('–');
    }
    // A block that begins or ends with the sign of its own frame would take it for longer.
    let first = if body.starts_with('`') {
        "\u{200b}"
    } else {
        ""
    };
    (format!("```{kind}\n{first}{body}\n```"), whole)
}

/// The name of a thread: one line, where nothing is formatted anyway.
pub(super) fn name(text: &str) -> String {
    const MOST: usize = 90;
    let line = shown(text.lines().next().unwrap_or("").trim());
    let line: String = line.chars().map(visible).collect();
    if length(&line) <= MOST {
        return if line.is_empty() {
            "–".to_owned()
        } else {
            line
        };
    }
    let mut out = String::new();
    for c in line.chars() {
        if length(&out) + 2 > MOST {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::{code, length, name, plain};

    #[track_caller]
    fn check(text: &str, shown: &str) {
        assert_eq!(plain(text, 2_000), shown);
    }

    #[test]
    fn words_are_shown_as_they_are() {
        check(
            "nginx.service has failed (exit-code)",
            "nginx.service has failed (exit-code)",
        );
        check(
            "a_b *c* ~~d~~ `e` ||f||",
            r"a\_b \*c\* \~\~d\~\~ \`e\` \|\|f\|\|",
        );
        check("[x](http://e)", r"\[x](http\://e)");
        check("# a\n- b\n > c # d - e", "\\# a\n\\- b\n \\> c # d - e");
        check("<@11> <#1> <:e:1>", "\\<@\u{200b}11> \\<#1> \\<:e:1>");
        check("@everyone", "@\u{200b}everyone");
        check("join discord.gg/x", r"join discord\.gg/x");
        check("a\u{202e}b\u{7}c", r"a\\u{202e}b�c");
        check("C:\\x", r"C:\\x");
    }

    #[test]
    fn what_is_cut_says_so_and_fits() {
        for text in [
            "a".repeat(50),
            "*".repeat(50),
            "🔥".repeat(50),
            "@".repeat(50),
        ] {
            let shown = plain(&text, 40);
            assert!(shown.ends_with(" […]"), "{shown}");
            assert!(length(&shown) <= 40, "{shown}");
            let (block, whole) = code(&text, "diff", 40);
            assert!(!whole && length(&block) <= 40, "{block}");
        }
        assert_eq!(plain(&"a".repeat(40), 40), "a".repeat(40));
    }

    #[test]
    fn a_block_cannot_be_closed_from_inside() {
        let (block, whole) = code("a\n```\n@everyone ``b`` ````", "", 500);
        assert!(whole);
        let inside = block
            .strip_prefix("```\n")
            .unwrap()
            .strip_suffix("\n```")
            .unwrap();
        assert!(!inside.contains("``"), "{inside}");
        assert_eq!(code("", "", 500).0, "```\n–\n```");
        assert_eq!(code("`a`", "", 500).0, "```\n\u{200b}`a`\n```");
    }

    #[test]
    fn a_thread_has_a_name() {
        assert_eq!(name("web1: it is down\nreally"), "web1: it is down");
        assert_eq!(name("  "), "–");
        assert!(length(&name(&"🔥".repeat(200))) <= 100);
    }
}
