//! Gathers the log lines that were read, from the journal, from units and from files, each once.

use std::collections::BTreeSet;

use super::load::Source;
use super::stamp::{Stamps, offset};
use crate::look::Look;
use crate::read::counted;
use crate::units::log::{Line, json, short_unix};

/// A line, where it comes from and which answer has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) line: Line,
    pub(crate) source: Source,
    /// The log file, where it is one.
    pub(crate) file: Option<String>,
    /// The key of the answer.
    pub(crate) key: String,
}

/// No line is read further than this.
const LONGEST_LINE: usize = 2000;

/// All lines; a line that two probes brought counts once.
pub(crate) fn lines(look: &Look<'_>) -> Vec<Seen> {
    let mut all = Vec::new();
    for answer in look.all("unit.log") {
        let lines = short_unix(&answer.text(), answer.arg());
        all.extend(
            lines
                .into_iter()
                .map(|line| seen(line, Source::Journal, None, answer.key)),
        );
    }
    for answer in look.all("log.journal") {
        let lines = json(&answer.text());
        all.extend(
            lines
                .into_iter()
                .map(|line| seen(line, Source::Journal, None, answer.key)),
        );
    }
    for answer in look.all("log.files") {
        all.extend(files(&answer.text(), answer.key));
    }
    let mut known = BTreeSet::new();
    all.retain(|seen| known.insert((seen.line.at_ms, seen.line.text.clone())));
    all
}

fn seen(mut line: Line, source: Source, file: Option<&str>, key: &str) -> Seen {
    if line.text.len() > LONGEST_LINE {
        line.text = line.text.chars().take(LONGEST_LINE).collect();
    }
    Seen {
        line,
        source,
        file: file.map(str::to_owned),
        key: key.to_owned(),
    }
}

/// Reads the answer of `log.files`: a line without a time of its own has that of the line before it.
pub(crate) fn files(text: &str, key: &str) -> Vec<Seen> {
    let stamps = Stamps::new();
    let mut now_ms = 0;
    let mut offset_s = 0;
    let mut file = None;
    let mut last = None;
    let mut all = Vec::new();
    for raw in text.lines() {
        if let Some(rest) = raw.strip_prefix("now ") {
            let mut words = rest.split(' ');
            now_ms = words
                .next()
                .and_then(counted)
                .unwrap_or(0)
                .saturating_mul(1000);
            offset_s = words.next().map_or(0, offset);
        } else if let Some(path) = raw.strip_prefix("file ") {
            file = Some(path);
            last = None;
        } else if let (Some(text), Some(path)) = (raw.strip_prefix("| "), file) {
            let text: String = text.chars().take(LONGEST_LINE).collect();
            last = stamps.find(&text, offset_s, now_ms).or(last);
            let line = Line {
                at_ms: last,
                unit: None,
                program: String::new(),
                text,
            };
            all.push(seen(line, Source::File, Some(path), key));
        }
    }
    all
}
