//! The guard's words: steps go out as data, and what the guard prints comes back as types.
//!
//! The text of the guard is `guard/guard.sh`, one text for both ways in. Enrolled hosts have it installed; on the others
//! it travels with each call, on standard input, and nothing is left behind but the record of what ran.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use incident::fact::StepReport;
use incident::{ExecutionId, Moment, Step};
use sha2::{Digest as _, Sha256};

use crate::quote::{token, untoken};

#[cfg(test)]
mod tests;

/// The guard itself, POSIX shell.
pub const GUARD: &str = include_str!("guard/guard.sh");

/// Where an enrolled host has it.
pub const GUARD_PATH: &str = "/usr/local/libexec/sickbay-guard";

/// Why the guard gave no usable answer. Nothing was started by a call that ends like this unless it says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// The host could not be asked.
    #[error("{0}")]
    Unreachable(String),
    /// It answered with something else.
    #[error(
        "the guard on the host answered {said:?}, which is no answer; `sickbay hosts check` walks the connection"
    )]
    Garbled {
        /// The end of what it said.
        said: String,
    },
    /// It said that it cannot work there.
    #[error("{}", refusal(.0))]
    Cannot(String),
}

/// The guard's own word for why it cannot work, as a sentence.
fn refusal(word: &str) -> String {
    match word {
        "nospace_or_readonly" | "nospace" => {
            "the guard cannot keep its record on the host: the disk is full or read-only, and what cannot be recorded is not run".to_owned()
        }
        "stateroot_unusable" | "stateroot_not_only_roots" => {
            "the guard's state directory on the host is not root's alone; check /var/lib/sickbay there".to_owned()
        }
        other => format!("the guard on the host refused: {other}"),
    }
}

/// What the guard finds at one step, without changing anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepPreview {
    /// Whether it would run.
    pub verdict: Verdict,
    /// What its target looks like now.
    pub before: BTreeMap<String, String>,
    /// Whether it can be undone.
    pub automatic: bool,
    /// How it is undone, or why it is not.
    pub undo: String,
    /// What would change in a file, as a unified diff.
    pub diff: Vec<u8>,
}

/// Whether a step would run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It would.
    Ok,
    /// It would, and change nothing.
    Noop,
    /// It would not, and why.
    Refused(String),
}

/// What the guard finds at each step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// In the order of the steps.
    pub steps: Vec<StepPreview>,
}

/// Where an execution stands on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// The host never heard of it.
    Absent,
    /// Its place is taken and it was not started.
    Claimed,
    /// What was sent was not what was signed; it can never run.
    Rejected,
    /// It was given up before it ran; it can never run.
    Abandoned,
    /// It is being started.
    Starting,
    /// It runs.
    Running,
    /// It ended with an exit code.
    Finished,
    /// It was refused before anything was changed.
    Refused,
    /// Its runner died without a record.
    Lost,
    /// The host was restarted while it ran.
    Rebooted,
}

/// What the guard says of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub stand: Stand,
    /// The exit code, where it ended.
    pub code: Option<i32>,
    /// The state root that was asked.
    pub root: String,
    /// The host's boot.
    pub boot: String,
    /// Why it was refused.
    pub why: String,
}

/// The steps as the guard reads them. `execution` is absent for a preview.
#[must_use]
pub fn steps_text(
    execution: Option<&ExecutionId>,
    expires: Option<Moment>,
    boot: &str,
    steps: &[Step],
) -> String {
    let mut text = String::from("sickbay-steps 1\n");
    // Writing to a string cannot fail.
    let id = execution.map_or("-", ExecutionId::as_str);
    let expires = expires.map_or(253_402_300_799, |at| at.unix_seconds().max(0));
    let boot = if boot.is_empty() { "-" } else { boot };
    writeln!(text, "id {id}\nexpires {expires}\nboot {}", token(boot)).ok();
    for (n, step) in steps.iter().enumerate() {
        write!(text, "step {} {}", n + 1, step.verb()).ok();
        for arg in step.args() {
            write!(text, " {}", token(arg)).ok();
        }
        text.push('\n');
        for (key, value) in step.needs() {
            writeln!(text, "need {} {} {}", n + 1, token(key), token(value)).ok();
        }
    }
    text.push_str("end\n");
    text
}

/// The digest of a steps text that `start` is told: the guard compares it with what arrived.
#[must_use]
pub fn sha256(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// What goes to `/bin/sh -s` where nothing is installed: all inside one group, so that a text that was cut off on its way
/// does nothing.
#[must_use]
pub fn script(args: &[&str], steps: Option<&str>) -> String {
    let quote = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let args: Vec<String> = args
        .iter()
        .map(|arg| crate::quote::shell_word(arg))
        .collect();
    format!(
        "{{ GUARD_TEXT={}\nGUARD_STEPS={}\neval \"$GUARD_TEXT\"\nmain {}\n}}\n",
        quote(GUARD),
        quote(steps.unwrap_or("")),
        args.join(" ")
    )
}

fn garbled(text: &str) -> GuardError {
    let end: Vec<char> = text.trim().chars().rev().take(200).collect();
    GuardError::Garbled {
        said: end.into_iter().rev().collect(),
    }
}

/// Reads what `preview` prints.
///
/// # Errors
/// [`GuardError`] when it is not a preview of so many steps.
pub fn read_preview(bytes: &[u8], steps: usize) -> Result<Preview, GuardError> {
    let whole = String::from_utf8_lossy(bytes).into_owned();
    let mut found: BTreeMap<usize, StepPreview> = BTreeMap::new();
    let mut rest = bytes;
    let mut ended = false;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, tail) = rest.split_at(at);
        rest = tail.get(1..).unwrap_or(&[]);
        let line = String::from_utf8_lossy(line).into_owned();
        let mut words = line.splitn(3, ' ');
        let (kind, number) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let said = words.next().unwrap_or("");
        if kind == "end" {
            ended = true;
            break;
        }
        if let Some(message) = line.strip_prefix("STATE=error ") {
            return Err(GuardError::Cannot(
                field(message, "MSG").unwrap_or("unknown").to_owned(),
            ));
        }
        let Ok(n) = number.parse::<usize>() else {
            continue;
        };
        if kind == "why" && n == 0 {
            return Err(GuardError::Cannot(human(said)));
        }
        if kind == "step" {
            let verdict = match said {
                "ok" => Verdict::Ok,
                "noop" => Verdict::Noop,
                _ => Verdict::Refused(String::new()),
            };
            let fresh = StepPreview {
                verdict,
                before: BTreeMap::new(),
                automatic: false,
                undo: String::new(),
                diff: Vec::new(),
            };
            found.insert(n, fresh);
            continue;
        }
        let Some(step) = found.get_mut(&n) else {
            continue;
        };
        match kind {
            "before" => {
                if let Some((key, value)) = said.split_once(' ') {
                    step.before
                        .insert(key.to_owned(), untoken(value).unwrap_or_default());
                }
            }
            "why" => {
                if let Verdict::Refused(why) = &mut step.verdict {
                    *why = human(said);
                }
            }
            "undo" => {
                let (word, text) = said.split_once(' ').unwrap_or((said, ""));
                step.automatic = word == "automatic";
                step.undo = human(text);
            }
            "diff" => {
                let length: usize = said.parse().map_err(|_bad| garbled(&whole))?;
                step.diff = rest.get(..length).ok_or_else(|| garbled(&whole))?.to_vec();
                rest = rest.get(length..).unwrap_or(&[]);
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
            _ => {}
        }
    }
    let all: Vec<StepPreview> = found.into_values().collect();
    if !ended || all.len() != steps {
        return Err(garbled(&whole));
    }
    Ok(Preview { steps: all })
}

/// Reads the line that begins with `STATE=`.
///
/// # Errors
/// [`GuardError`] when there is none, or it says that the guard cannot work there.
pub fn read_standing(text: &str) -> Result<Standing, GuardError> {
    let line = text
        .lines()
        .rev()
        .find(|line| line.starts_with("STATE="))
        .ok_or_else(|| garbled(text))?;
    let stand = match field(line, "STATE").unwrap_or("") {
        "absent" => Stand::Absent,
        "claimed" => Stand::Claimed,
        "rejected" => Stand::Rejected,
        "abandoned" => Stand::Abandoned,
        "starting" => Stand::Starting,
        "running" => Stand::Running,
        "finished" => Stand::Finished,
        "refused" => Stand::Refused,
        "lost" => Stand::Lost,
        "rebooted" => Stand::Rebooted,
        "error" => {
            return Err(GuardError::Cannot(
                field(line, "MSG").unwrap_or("unknown").to_owned(),
            ));
        }
        _ => return Err(garbled(text)),
    };
    let own = |name| field(line, name).map(str::to_owned).unwrap_or_default();
    Ok(Standing {
        stand,
        code: field(line, "RC").and_then(|code| code.parse().ok()),
        root: own("ROOT"),
        boot: own("BOOT"),
        why: untoken(&own("WHY")).unwrap_or_default(),
    })
}

/// Reads what `report` prints: one report for each of the steps, not done where nothing is said.
#[must_use]
pub fn read_report(text: &str, steps: usize) -> Vec<StepReport> {
    let mut reports = vec![StepReport::default(); steps];
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [kind, number, first, second, ..] = words.as_slice() else {
            continue;
        };
        let Some(report) = number
            .parse::<usize>()
            .ok()
            .and_then(|n| n.checked_sub(1))
            .and_then(|n| reports.get_mut(n))
        else {
            continue;
        };
        match *kind {
            "step" => {
                report.done = *first == "done";
                report.code = second.parse().unwrap_or(-1);
            }
            "before" => {
                report
                    .before
                    .insert((*first).to_owned(), untoken(second).unwrap_or_default());
            }
            "after" => {
                report
                    .after
                    .insert((*first).to_owned(), untoken(second).unwrap_or_default());
            }
            _ => {}
        }
    }
    reports
}

/// The value of `NAME=` in a line of such pairs.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split(' ')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Text that the guard made fit for one line: `%XX` is a byte.
fn human(text: &str) -> String {
    untoken(text).unwrap_or_else(|| text.to_owned())
}
