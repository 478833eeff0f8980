//! What is written to the terminal or the pipe goes through here, and nothing in it can steer a terminal.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use chat::Locale;
use chat::terminal::{Face, render};
use incident::notice::Notice;

/// Whether something that was to be printed is lost: a full disk behind a redirection. The exit code says it.
static LOST: AtomicBool = AtomicBool::new(false);

/// How to lay out on standard output: colour and width only where somebody looks.
pub(crate) fn face(all: bool, locale: Locale) -> Face {
    let out = std::io::stdout();
    Face {
        colour: coloured(&out),
        all,
        width: width_of(&out),
        locale,
    }
}

/// Whether colours may be written there: a terminal that knows them, and a person who did not refuse them.
pub(crate) fn coloured(out: &impl std::io::IsTerminal) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    out.is_terminal() && !refused && !dumb
}

/// The columns of a terminal; none where it is none or does not say.
pub(crate) fn width_of(out: &impl std::os::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(out).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// Says a notice on standard output.
pub(crate) fn say(notice: &Notice<'_>, all: bool, locale: Locale) {
    line(render(notice, face(all, locale)).trim_end_matches('\n'));
}

/// Writes a JSON value on standard output.
pub(crate) fn json(value: &serde_json::Value) {
    write(&mut std::io::stdout().lock(), &safe_json(value));
}

/// Writes a part of a JSON value: what stands before it, and itself.
pub(crate) fn json_piece(before: &str, value: &serde_json::Value) {
    let text = format!("{before}{}", safe_json(value));
    put(&mut std::io::stdout().lock(), &text);
}

/// Ends a JSON object that was written in pieces.
pub(crate) fn json_end() {
    write(&mut std::io::stdout().lock(), "\n}");
}

fn safe_json(value: &serde_json::Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        // serde escapes what JSON demands; a terminal also obeys some characters beyond that.
        if steers(c) && c != '\n' {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Writes a line on standard output.
pub(crate) fn line(text: &str) {
    let text = harmless(text, coloured(&std::io::stdout()));
    write(&mut std::io::stdout().lock(), &text);
}

/// Writes a line on standard output, broken to fit; what goes on below it is indented.
pub(crate) fn wrapped(text: &str, indent: usize) {
    line(
        face(false, Locale::default())
            .fit(text, indent)
            .trim_end_matches('\n'),
    );
}

/// Asks for an answer on the same line.
pub(crate) fn ask(text: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = write!(out, "{text}").and_then(|()| out.flush());
}

/// Writes a line on standard error.
pub(crate) fn aside(text: &str) {
    let mut out = std::io::stderr().lock();
    let _gone = writeln!(out, "{}", harmless(text, coloured(&std::io::stderr())));
}

/// Writes a line.
fn write(out: &mut impl std::io::Write, text: &str) {
    put(out, &format!("{text}\n"));
}

/// A reader that went away is no error of ours; a disk that is full is.
fn put(out: &mut impl std::io::Write, text: &str) {
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != std::io::ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        aside(&format!(
            "sickbay: the output could not be written: {}",
            crate::sentence::of(&error)
        ));
    }
}

/// Whether a part of the output was lost.
pub(crate) fn lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Whether a terminal obeys this character, or shows others in another order because of it.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text in which only our own colours can steer a terminal.
fn harmless(text: &str, colours: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let colour = if c == '\x1b' && colours { sgr(rest) } else { 0 };
        let taken = colour.max(c.len_utf8());
        let (head, tail) = rest.split_at(taken);
        if colour > 0 || c == '\n' || c == '\t' || !steers(c) {
            out.push_str(head);
        } else if c.is_control() && c != '\r' {
            out.push('·');
        }
        rest = tail;
    }
    out
}

/// The length of a sequence that only sets colours at the start of a text; 0 where there is none.
fn sgr(text: &str) -> usize {
    let Some(inner) = text.strip_prefix("\x1b[") else {
        return 0;
    };
    let digits = inner
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b';')
        .count();
    if inner.as_bytes().get(digits) == Some(&b'm') {
        2 + digits + 1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_get_through_and_only_where_there_are_colours() {
        let check = |text, colours, expected: &str| assert_eq!(harmless(text, colours), expected);
        check("plain\ttext\nnext", false, "plain\ttext\nnext");
        check("\x1b[1;31mred\x1b[0m", true, "\x1b[1;31mred\x1b[0m");
        check("\x1b[1;31mred\x1b[0m", false, "·[1;31mred·[0m");
        check("\x1b]0;title\x07\x1b[2J", true, "·]0;title··[2J");
        check("a\u{9b}2Jb\u{202e}c\r\n\x7f", true, "a·2Jbc\n·");
        check("\x1b[", true, "·[");
    }
}
