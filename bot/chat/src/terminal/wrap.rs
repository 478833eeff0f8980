//! Lines are broken for the terminal at hand, since a phone's is 40 columns wide and it breaks words anywhere.

use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthChar as _;

/// Narrower than this nothing is readable, whatever is done.
const LEAST: usize = 20;

/// Breaks one line at spaces, and in Chinese between its characters, so that it fits into `width` columns; what goes on is indented by `indent`. A word that is
/// too long, such as a path, is broken where it must be. Sequences for colour take no room.
pub(crate) fn wrap(line: &str, indent: usize, width: usize) -> String {
    let width = width.max(LEAST);
    if columns(line) <= width {
        return line.to_owned();
    }
    let indent = indent.min(width / 2);
    let margin = " ".repeat(indent);
    let mut out = String::new();
    let mut at = 0;
    for word in line.split_inclusive(' ').flat_map(pieces) {
        let bare = word.trim_end_matches(' ');
        let fresh = out.is_empty() || (at == indent && out.ends_with(&margin));
        if at + columns(bare) > width && !fresh {
            while out.ends_with(' ') {
                out.pop();
            }
            out.push('\n');
            out.push_str(&margin);
            at = indent;
        }
        // A word that fits goes whole; of one that does not, such as a path, each part goes whole that can.
        let parts: Vec<&str> = if at + columns(bare) <= width {
            vec![word]
        } else {
            word.split_inclusive('/').collect()
        };
        for part in parts {
            let wide = columns(part.trim_end_matches(' '));
            if at + wide > width && at > indent && indent + wide <= width {
                out.push('\n');
                out.push_str(&margin);
                at = indent;
            }
            if at + wide <= width {
                out.push_str(part);
                at += columns(part);
            } else {
                at = break_anywhere(&mut out, part, at, width, &margin);
            }
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
    out
}

/// A word in the pieces between which it may be broken without harm: there are such places only in scripts without spaces,
/// never before a comma or behind an opening bracket.
fn pieces(word: &str) -> Vec<&str> {
    let is_wide = |c: char| c.width() == Some(2);
    if !word.contains(is_wide) {
        return vec![word];
    }
    let mut pieces = Vec::new();
    let mut rest = word;
    for (end, _) in linebreaks(word) {
        let Some((piece, more)) = rest.split_at_checked(end - (word.len() - rest.len())) else {
            break;
        };
        // A path in a Chinese sentence is one word as in any other.
        let between = piece.ends_with(is_wide) || more.starts_with(is_wide);
        if between && !piece.is_empty() {
            pieces.push(piece);
            rest = more;
        }
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// Adds what fits nowhere, broken at the edge; gives the column after it.
fn break_anywhere(
    out: &mut String,
    part: &str,
    mut at: usize,
    width: usize,
    margin: &str,
) -> usize {
    let mut escape = false;
    for c in part.chars() {
        escape |= c == '\x1b';
        let wide = if escape { 0 } else { c.width().unwrap_or(0) };
        if escape && c == 'm' {
            escape = false;
        }
        if at + wide > width && c != ' ' {
            out.push('\n');
            out.push_str(margin);
            at = margin.len();
        }
        out.push(c);
        at += wide;
    }
    at
}

/// How many columns a text takes.
pub(crate) fn columns(text: &str) -> usize {
    let mut escape = false;
    let mut columns = 0;
    for c in text.chars() {
        escape |= c == '\x1b';
        if !escape {
            columns += c.width().unwrap_or(0);
        }
        if escape && c == 'm' {
            escape = false;
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, indent: usize, expected: &str) {
        let got = wrap(line, indent, 20);
        assert_eq!(got, expected);
        for line in got.lines() {
            assert!(columns(line) <= 20, "{line:?} is too wide");
        }
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_where_they_must() {
        check("short", 4, "short");
        check(
            "the web server of the shop is down",
            2,
            "the web server of\n  the shop is down",
        );
        check(
            "see /var/lib/some/very/long/path/without/end now",
            4,
            "see\n    /var/lib/some/\n    very/long/path/\n    without/end now",
        );
        check(
            "  1. 重启网站服务器的主进程 now",
            5,
            "  1. 重启网站服务器\n     的主进程 now",
        );
        // No line begins with what closes, none ends with what opens.
        check(
            "主机上的服务已经停止了，请检查。",
            2,
            "主机上的服务已经停止\n  了，请检查。",
        );
        check(
            "文件 /var/lib/shop/data 不属于 shop",
            2,
            "文件\n  /var/lib/shop/data\n  不属于 shop",
        );
        check(
            "\x1b[1;31mCRITICAL\x1b[0m a b c d e f",
            2,
            "\x1b[1;31mCRITICAL\x1b[0m a b c d e f",
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_panics(text in "[a-z /重\u{1b}\\[m]{0,120}", indent in 0_usize..60, width in 0_usize..90) {
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            proptest::prop_assert_eq!(bare(&wrap(&text, indent, width)), bare(&text));
        }
    }
}
