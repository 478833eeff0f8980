//! Reads how services stand on hosts without systemd: OpenRC, or scripts in `/etc/init.d` with files of process ids.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::read::{after, int};

/// Started again so often, and for less than a minute at last, it does not stay up.
const MANY_STARTS: i64 = 5;

/// What `service.list` says.
pub(crate) fn judge(text: &str) -> Vec<Draft> {
    match text.lines().next().map(str::trim) {
        Some("manager openrc") => openrc(text),
        Some("manager init.d") => scripts(text),
        _ => Vec::new(),
    }
}

/// Lines such as ` sshd                 [  crashed  ]` below `Runlevel: default`.
fn openrc(text: &str) -> Vec<Draft> {
    let current = after(text, "current ").unwrap_or_default();
    let mut level = "";
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix("Runlevel: ") {
            level = name.trim();
        } else if line.starts_with("Dynamic Runlevel") {
            level = "";
        }
        let Some((name, state)) = line.trim().split_once('[') else {
            continue;
        };
        let name = name.trim();
        let said = state.trim_end_matches(']').trim();
        let state = said.split_whitespace().next().unwrap_or_default();
        // Much of what belongs to the boot does its work once, or finds nothing to do, and rests.
        let in_use = level == "default" && current == level;
        match state {
            "crashed" => {
                let draft = draft(
                    "unit.failed",
                    name,
                    Severity::Critical,
                    format!("{name} has crashed"),
                )
                .detail("OpenRC started it, and its process is gone.")
                .fact("result", "crashed");
                found.push(draft);
            }
            // `started 00:00:03 (57)`: for how long, and how often it was started again.
            "started" if restarts(said) >= MANY_STARTS => {
                let restarts = restarts(said);
                let draft = draft(
                    "unit.restart_loop",
                    name,
                    Severity::Critical,
                    format!("{name} keeps ending and being restarted ({restarts} times)"),
                )
                .detail(format!(
                    "OpenRC's supervisor says of it: {said}, the time since its last start and how often it was started again."
                ))
                .fact("restarts", restarts);
                found.push(draft);
            }
            "stopped" if in_use => {
                let draft = draft(
                    "unit.stopped",
                    name,
                    Severity::Warning,
                    format!("{name} is enabled but does not run"),
                )
                .sure(Confidence::Likely)
                .detail(format!(
                    "It belongs to runlevel {level}, and OpenRC says that it is stopped."
                ));
                found.push(draft);
            }
            _ => {}
        }
    }
    for gone in scripts(text) {
        if !found
            .iter()
            .any(|draft| draft.subject.name == gone.subject.name)
        {
            found.push(gone);
        }
    }
    found
}

/// How often a supervised service was started again that lives for moments only: `started 00:00:03 (57)`.
fn restarts(said: &str) -> i64 {
    let mut words = said.split_whitespace().skip(1);
    match (words.next(), words.next()) {
        (Some(time), Some(times)) if time.starts_with("00:00:") => {
            int(times.trim_matches(['(', ')']))
        }
        _ => 0,
    }
}

fn scripts(text: &str) -> Vec<Draft> {
    let gone = text.lines().filter_map(|line| line.strip_prefix("gone "));
    gone.filter_map(|rest| {
        let mut words = rest.splitn(3, ' ');
        let (name, pid, file) = (words.next()?, words.next()?, words.next()?);
        let draft = draft("unit.stopped", name, Severity::Warning, format!("{name} is not running"))
            .sure(Confidence::Likely)
            .detail(format!("{file} names process {pid}, which is gone: the service ended without being told to stop."))
            .fact("path", file);
        Some(draft)
    })
    .collect()
}

fn draft(code: &str, name: &str, severity: Severity, title: String) -> Draft {
    Draft::new(code, severity, Subject::new("unit", name), title).fact("unit", name)
}
