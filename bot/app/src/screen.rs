//! What is written to the terminal or the pipe, and nothing else is.

use std::io::{IsTerminal as _, Write as _};

use chat::terminal::{Face, render};
use incident::notice::Notice;

/// How to lay out on standard output: colour only where somebody looks and did not refuse it.
pub(crate) fn face(all: bool) -> Face {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    Face {
        colour: std::io::stdout().is_terminal() && !refused && !dumb,
        all,
    }
}

/// Says a notice on standard output.
pub(crate) fn say(notice: &Notice<'_>, all: bool) {
    line(render(notice, face(all)).trim_end_matches('\n'));
}

/// Writes a JSON value on standard output.
pub(crate) fn json(value: &serde_json::Value) {
    line(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Writes a line on standard output. A reader that went away is no error of ours.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = writeln!(out, "{text}");
}

/// Writes a line on standard error.
pub(crate) fn aside(text: &str) {
    let mut out = std::io::stderr().lock();
    let _gone = writeln!(out, "{text}");
}
