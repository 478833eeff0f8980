//! Text from hosts on its way into a picture: stripped of what could deceive, cut, measured, broken into lines, escaped.

use super::font::{INSTEAD, Ruler};

/// No text from a host is looked at beyond this.
const LONGEST: usize = 300;

/// A text in one line without what steers a display: controls, directions, what has no width. Blanks become one space.
///
/// The `words` for those who do not see the picture take the same way, so that neither says what the other hides.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for c in text.chars().take(LONGEST * 8) {
        if count >= LONGEST {
            out.push('…');
            break;
        }
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
                count += 1;
            }
        } else if !c.is_control() && !steers(c) {
            out.push(c);
            count += 1;
        }
    }
    out.trim_end().to_owned()
}

/// Whether a character is not seen itself but changes how others are.
const fn steers(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// What can be drawn of a text: each character that the font lacks is seen to be missing.
pub(super) fn drawable(ruler: &Ruler, text: &str) -> String {
    clean(text)
        .chars()
        .map(|c| if ruler.has(c) { c } else { INSTEAD })
        .collect()
}

/// A text for inside an element or an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The longest beginning of a text that fits a width, with `…` where something is left out.
pub(super) fn fit(ruler: &Ruler, text: &str, size: f32, width: f32) -> String {
    let text = drawable(ruler, text);
    if ruler.width(&text, size) <= width {
        return text;
    }
    let room = width - ruler.width("…", size);
    let end = end_within(ruler, &text, size, room);
    let (head, _) = text.split_at(end);
    format!("{}…", head.trim_end())
}

/// As `fit`, but what is left out is in the middle: the end of a path says most.
pub(super) fn fit_middle(ruler: &Ruler, text: &str, size: f32, width: f32) -> String {
    let text = drawable(ruler, text);
    if ruler.width(&text, size) <= width {
        return text;
    }
    let room = (width - ruler.width("…", size)) / 2.0;
    let end = end_within(ruler, &text, size, room);
    let backwards: String = text.chars().rev().collect();
    let tail = end_within(ruler, &backwards, size, room);
    let (head, _) = text.split_at(end);
    let (_, tail) = text.split_at(text.len().saturating_sub(tail));
    format!("{head}…{tail}")
}

/// A text in lines of a width, at most so many; the last ends in `…` where something is left out.
pub(super) fn wrap(ruler: &Ruler, text: &str, size: f32, width: f32, most: usize) -> Vec<String> {
    let text = drawable(ruler, text);
    let mut rest = text.as_str();
    let mut lines = Vec::new();
    while !rest.is_empty() {
        if lines.len() + 1 >= most {
            lines.push(fit(ruler, rest, size, width));
            break;
        }
        if ruler.width(rest, size) <= width {
            lines.push(rest.to_owned());
            break;
        }
        let end = end_within(ruler, rest, size, width);
        let (head, tail) = rest.split_at(end);
        // A word goes on the next line as a whole, unless it alone is too long for one.
        let at = if tail.starts_with(' ') && !tail.starts_with(" %") {
            end
        } else {
            last_break(head, tail).unwrap_or(end)
        };
        // At least one character a line, however narrow: or this would not end.
        let at = if at == 0 {
            rest.chars().next().map_or(rest.len(), char::len_utf8)
        } else {
            at
        };
        let (head, tail) = rest.split_at(at);
        lines.push(head.trim_end().to_owned());
        rest = tail.trim_start();
    }
    lines
}

/// The last blank at which a line may end: never between a number and its `%`.
fn last_break(head: &str, tail: &str) -> Option<usize> {
    let next = |at: usize| head.get(at + 1..).and_then(|rest| rest.chars().next());
    head.rmatch_indices(' ')
        .map(|(at, _)| at)
        .find(|at| *at > 0 && next(*at).or_else(|| tail.chars().next()) != Some('%'))
}

/// Up to which byte a text fits a width; always between two characters.
fn end_within(ruler: &Ruler, text: &str, size: f32, width: f32) -> usize {
    let mut used = 0.0;
    for (at, c) in text.char_indices() {
        used += ruler.width(c.encode_utf8(&mut [0; 4]), size);
        if used > width {
            return at;
        }
    }
    text.len()
}
