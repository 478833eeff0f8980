//! Judges how units stand: failed, restarting, masked, stopped, and what that did to those that need them.

use std::collections::BTreeSet;

use incident::{Confidence, Severity, Subject};

use super::list::{Unit, Units};
use super::log::Line;
use super::resting::{masked, refused, starting, stopped};
use super::timers;
use crate::draft::Draft;

/// The place of the answer that the judgement rests on.
pub(crate) const LIST: &str = "unit.list";

/// What the service manager's log says, and where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    pub(crate) lines: Vec<Line>,
    /// The key of the answer that has most of them.
    pub(crate) key: String,
    /// The units whose own log was read.
    pub(crate) units: BTreeSet<String>,
}

/// What the list of units says, with the journal's recent lines to tell how things came about.
pub(crate) fn judge(units: &Units, log: &Log, list_key: &str, drafts: &mut Vec<Draft>) {
    let lines = log.lines.as_slice();
    let mut found = Vec::new();
    for unit in units.list.values().filter(|unit| !is_ours(unit)) {
        if unit.is_broken() {
            found.push(bad_setting(unit));
        } else if unit.active == "failed" && unit.load != "masked" {
            failed(units, unit, &mut found);
        }
        found.extend(restart_loop(units, unit, lines));
        found.extend(reload_needed(unit));
        found.extend(timers::judge(units, unit));
    }
    found.extend(
        units
            .masks
            .iter()
            .filter_map(|mask| masked(units, mask.unit.as_str(), mask.at, lines)),
    );
    found.extend(
        units
            .list
            .values()
            .filter_map(|unit| stopped(units, unit, lines, &log.units)),
    );
    for unit in units.list.values().filter(|unit| !is_ours(unit)) {
        found.extend(refused(units, unit, lines));
        found.extend(starting(units, unit));
    }
    found.extend(dependencies(units, lines));
    let uses_log = |draft: &Draft| {
        matches!(
            draft.code.as_str(),
            "unit.stopped" | "unit.dependency_failed" | "unit.masked" | "unit.condition"
        )
    };
    drafts.extend(found.into_iter().map(|draft| {
        let draft = draft.cite(list_key);
        if !uses_log(&draft) {
            return draft;
        }
        let own = format!("unit.log {}", draft.subject.name);
        if log.units.contains(&draft.subject.name) {
            draft.cite(own)
        } else if lines.is_empty() {
            draft
        } else {
            draft.cite(log.key.as_str())
        }
    }));
}

/// Our own short-lived units are no finding; nor are those by which Podman looks after a container's health: a container that is not
/// well fails them, and is told itself.
fn is_ours(unit: &Unit) -> bool {
    unit.id.starts_with("sickbay-") || is_health_check(&unit.id)
}

/// Podman names the timer and the service of a health check after the container's whole id, newer ones with a suffix.
pub(crate) fn is_health_check(id: &str) -> bool {
    let stem = id
        .strip_suffix(".service")
        .or_else(|| id.strip_suffix(".timer"))
        .unwrap_or("");
    let digits = stem.bytes().take_while(u8::is_ascii_hexdigit).count();
    digits == 64
        && stem
            .get(64..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// A service that somebody expects to run all the time, as against a job, a session or a passing unit.
pub(crate) fn is_standing_service(unit: &Unit) -> bool {
    unit.is_service() && unit.kind != "oneshot" && !unit.transient && !is_timed(unit)
}

/// Whether a timer starts it: then it is a job, and running it once more is not harmless.
pub(crate) fn is_timed(unit: &Unit) -> bool {
    unit.triggered_by.iter().any(|by| by.ends_with(".timer"))
}

pub(crate) fn severity(unit: &Unit) -> Severity {
    let passing = unit.transient
        || unit.id.ends_with(".scope")
        || unit.fragment.starts_with("/run/systemd/transient/");
    if passing {
        Severity::Info
    } else if is_standing_service(unit) && unit.is_wanted() {
        Severity::Critical
    } else {
        Severity::Warning
    }
}

pub(super) fn about(unit: &Unit) -> Subject {
    Subject::new("unit", &unit.id)
}

fn draft(code: &str, unit: &Unit, title: String) -> Draft {
    Draft::new(code, severity(unit), about(unit), title)
        .fact("unit", unit.id.as_str())
        .fact("by_timer", is_timed(unit))
        .fact("restarts", i64::try_from(unit.restarts).unwrap_or(i64::MAX))
}

/// How the main process ended, in words.
pub(crate) fn ending(unit: &Unit) -> String {
    match (unit.exit_code, unit.exit_status) {
        (1, 0) => "its program ended by itself with exit code 0".to_owned(),
        (1, status) => match step(status) {
            Some(step) => format!("the service manager could not {step} (exit code {status})"),
            None => format!("its program ended with exit code {status}"),
        },
        (2 | 3, signal) => {
            let dumped = if unit.exit_code == 3 {
                ", dumping core"
            } else {
                ""
            };
            format!(
                "its program was ended by signal {}{dumped}",
                signal_name(signal)
            )
        }
        _ => "its program was not run".to_owned(),
    }
}

/// What the exit codes mean that the service manager itself gives.
const fn step(status: i64) -> Option<&'static str> {
    Some(match status {
        200 => "change to its working directory",
        203 => "run its program",
        207 => "set its limits",
        208..=209 => "open its standard input or output",
        214 => "set up its priority",
        216 => "become its group",
        217 => "become its user",
        218 => "set its capabilities",
        219 => "join its control group",
        222 => "set its name as PID file",
        224 => "open its login session",
        226 => "set up its own view of the filesystem",
        228 => "set up its system call filter",
        233 => "make its runtime directory",
        238 => "make its state directory",
        239 => "make its cache directory",
        240 => "make its log directory",
        241 => "make its configuration directory",
        _ => return None,
    })
}

/// The name of a signal by number.
pub(crate) fn signal_name(signal: i64) -> String {
    let name = match signal {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        5 => "TRAP",
        6 => "ABRT",
        7 => "BUS",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        15 => "TERM",
        24 => "XCPU",
        25 => "XFSZ",
        31 => "SYS",
        other => return other.to_string(),
    };
    name.to_owned()
}

fn failed(units: &Units, unit: &Unit, found: &mut Vec<Draft>) {
    let ago = units
        .seconds_ago(unit.inactive_since)
        .map_or_else(String::new, |ago| match u64::try_from(ago) {
            Ok(0) | Err(_) => " just now".to_owned(),
            Ok(ago) => format!(" {} ago", incident::Span::seconds(ago)),
        });
    let ending = if unit.is_service() {
        ending(unit)
    } else {
        format!("result {:?}", unit.result)
    };
    let title = match unit.result.as_str() {
        "" => format!("{} has failed", unit.id),
        result => format!("{} has failed ({result})", unit.id),
    };
    let failed = draft("unit.failed", unit, title)
        .detail(format!("{}. It failed{ago}: {ending}.", described(unit)))
        .fact("result", unit.result.as_str())
        .fact("exit_status", unit.exit_status)
        .fact("enabled", unit.is_wanted());
    // A socket that gave up because what it starts did: that one is the cause.
    let failed = match unit.id.strip_suffix(".socket") {
        Some(stem) if unit.result == "service-start-limit-hit" => {
            failed.fact("mentions", vec![format!("{stem}.service")])
        }
        _ => failed,
    };
    found.push(failed);
    let gave_up = unit.result == "start-limit-hit"
        || (unit.is_service()
            && !matches!(unit.restart.as_str(), "" | "no")
            && unit.start_limit_burst > 0
            && unit.restarts >= unit.start_limit_burst);
    if gave_up {
        let title = format!("{} was started too often and is not started again", unit.id);
        let limit = draft("unit.start_limit", unit, title)
            .detail(format!(
                "After {} starts in short order the service manager gave up. It stays down, also when the cause is gone, until the count is reset.",
                unit.restarts.max(unit.start_limit_burst)
            ))
            .fact("limit", i64::try_from(unit.start_limit_burst).unwrap_or(0));
        found.push(if ends_well(unit) {
            by_itself(limit)
        } else {
            limit
        });
    }
    found.extend(by_result(unit));
}

/// Whether its program ends by itself and has nothing to complain of, where the service manager expects it to stay.
fn ends_well(unit: &Unit) -> bool {
    const EXITED: u64 = 1;
    let stays = matches!(unit.kind.as_str(), "simple" | "exec");
    stays && unit.exit_code == EXITED && unit.exit_status == 0
}

/// Says so: one more start ends the same way.
fn by_itself(limit: Draft) -> Draft {
    let detail = format!(
        "{} Its program ends by itself with exit code 0: one that goes to the background wants Type=forking, or an option that keeps it in the foreground.",
        limit.detail
    );
    limit.detail(detail).fact("lasting", true)
}

pub(super) fn described(unit: &Unit) -> String {
    if unit.description.is_empty() || unit.description == unit.id {
        unit.id.clone()
    } else {
        format!("{} ({})", unit.id, unit.description)
    }
}

/// What the service manager itself says of the reason.
fn by_result(unit: &Unit) -> Option<Draft> {
    let signal = signal_name(unit.exit_status);
    Some(match unit.result.as_str() {
        "timeout" => draft("unit.timeout", unit, format!("{} did not start or stop in time", unit.id))
            .detail("It did not say in time that it is ready, or did not end in time when told to; the service manager ended it.")
            .fact("reason", "start_or_stop"),
        "watchdog" => draft("unit.timeout", unit, format!("{} stopped answering its watchdog", unit.id))
            .detail("It promised to report regularly that it is alive and did not; the service manager ended it.")
            .fact("reason", "watchdog"),
        "oom-kill" => draft("unit.oom_killed", unit, format!("{} was ended because memory ran out", unit.id))
            .detail("The kernel ended one of its processes for lack of memory: of the host, or of the unit's own limit."),
        "signal" | "core-dump" if matches!(unit.exit_status, 4 | 5 | 6 | 7 | 8 | 11 | 31) => {
            draft("unit.crashed", unit, format!("{} crashed with signal {signal}", unit.id))
                .detail("The program made a fault of its own, such as touching memory that is not there, or ended itself over a failed check.")
                .fact("signal", signal)
                .fact("core", unit.exit_code == 3)
        }
        // The signal was not for its main process: a command before or after it crashed.
        "signal" | "core-dump" if unit.exit_status == 0 => {
            draft("unit.crashed", unit, format!("A command that starts {} was ended by a signal", unit.id))
                .detail("It is one of the commands around the program itself, often the check of its configuration.")
                .sure(Confidence::Likely)
        }
        "signal" => draft("unit.crashed", unit, format!("{} was ended by signal {signal}", unit.id))
            .detail("Somebody or something sent it the signal; it did not end by itself.")
            .fact("signal", signal)
            .fact("core", false)
            .sure(Confidence::Likely),
        _ => return None,
    })
}

fn bad_setting(unit: &Unit) -> Draft {
    let why = unit
        .load_error
        .split_once('"')
        .map_or("", |(_, why)| why.trim_end_matches('"'));
    draft(
        "unit.bad_setting",
        unit,
        format!("{} cannot be loaded: its unit file has an error", unit.id),
    )
    .detail(if why.is_empty() {
        "The service manager refuses the unit file.".to_owned()
    } else {
        why.to_owned()
    })
    .fact("path", unit.fragment.as_str())
}

/// Restarts of a unit that the journal's lines count.
fn restarts_in(lines: &[Line], unit: &str) -> usize {
    lines
        .iter()
        .filter(|line| line.unit.as_deref() == Some(unit) && line.program == "systemd")
        .filter(|line| line.text.contains("Scheduled restart job"))
        .count()
}

fn restart_loop(units: &Units, unit: &Unit, lines: &[Line]) -> Option<Draft> {
    if unit.is_service() && unit.is_restarting() && unit.restarts < 2 && !unit.result.is_empty() {
        let title = format!("{} ended and waits to be started again", unit.id);
        return Some(
            draft("unit.restart_loop", unit, title)
                .sure(Confidence::Likely)
                .detail(format!(
                    "{}. It does not run at the moment: {}.",
                    described(unit),
                    ending(unit)
                ))
                .fact("exit_status", unit.exit_status)
                .fact("result", unit.result.as_str()),
        );
    }
    if !unit.is_service() || unit.active == "failed" || unit.restarts < 2 {
        return None;
    }
    let recent = restarts_in(lines, &unit.id);
    let young = units
        .seconds_ago(unit.started_at)
        .is_some_and(|ago| ago < 300);
    let sure = if unit.is_restarting() || (recent >= 3 && young) {
        Confidence::Confirmed
    } else if unit.restarts >= 5 && young {
        Confidence::Likely
    } else {
        return None;
    };
    let title = format!(
        "{} keeps ending and being restarted ({} times)",
        unit.id, unit.restarts
    );
    let mut draft = draft("unit.restart_loop", unit, title)
        .sure(sure)
        .detail(if unit.exit_code == 0 {
            // It runs at the moment: how it ended before is not remembered.
            format!("{}.", described(unit))
        } else {
            format!("{}. At its last end, {}.", described(unit), ending(unit))
        })
        .fact("exit_status", unit.exit_status)
        .fact("recent_restarts", i64::try_from(recent).unwrap_or(0));
    if !unit.result.is_empty() {
        draft = draft.fact("result", unit.result.as_str());
    }
    Some(draft)
}

/// A unit file that changed on disk after it was read.
fn reload_needed(unit: &Unit) -> Option<Draft> {
    unit.reload_needed.then(|| {
        let title = format!(
            "The unit file of {} changed and was not read again",
            unit.id
        );
        Draft::new("unit.reload_needed", Severity::Info, about(unit), title)
            .detail("What runs is what the file said before.")
            .fact("unit", unit.id.as_str())
            .fact("path", unit.fragment.as_str())
    })
}

/// Units that were not started because one that they need was not.
fn dependencies(units: &Units, lines: &[Line]) -> Vec<Draft> {
    let mut found: Vec<Draft> = Vec::new();
    for line in lines.iter().filter(|line| line.program == "systemd") {
        let Some(id) = line
            .unit
            .as_deref()
            .filter(|_| line.text.starts_with("Dependency failed for "))
        else {
            continue;
        };
        let Some(unit) = units
            .get(id)
            .filter(|unit| !unit.is_active() && unit.is_service())
        else {
            continue;
        };
        if found.iter().any(|draft| draft.subject.name == id) {
            continue;
        }
        let culprits: Vec<String> = units
            .list
            .values()
            .filter(|other| other.required_by.iter().any(|by| by == id) && !other.is_active())
            .map(|other| other.id.clone())
            .chain(
                units
                    .masks
                    .iter()
                    .filter(|mask| line.text.contains(&mask.unit))
                    .map(|mask| mask.unit.clone()),
            )
            .collect();
        let named = if culprits.is_empty() {
            "a unit that it needs".to_owned()
        } else {
            culprits.join(", ")
        };
        let draft = draft(
            "unit.dependency_failed",
            unit,
            format!("{id} was not started because {named} was not"),
        )
        .detail("It requires the other unit, so it starts only after that one does.")
        .fact("mentions", culprits);
        found.push(draft);
    }
    found
}
