//! Containers that the host's engines run: those that restart again and again, that ended although they should run, that never started.
//!
//! What ended well, what somebody stopped, and jobs that nobody wants to run again are no trouble.

use incident::step::Slot;
use incident::{Confidence, ProbeRun, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{short, size, time};
use crate::spec::Spec;

mod read;
mod store;
#[cfg(test)]
mod tests;
mod why;

use read::{List, Row, Shown};
use why::{Why, told};

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "container.list",
        "containers and their state",
        concat!(
            include_str!("sh/safe.with.sh"),
            include_str!("sh/container.list.sh")
        ),
    )
    .first()
    .root()
    .within(15, 131_072),
    SHOW,
    store::DISK,
];

const SHOW: Spec = Spec::new(
    "container.show",
    "how one container ended, and its last lines",
    concat!(
        include_str!("sh/safe.with.sh"),
        include_str!("sh/container.show.sh")
    ),
)
.takes(&[Slot::Name])
.root()
.within(12, 32_768);

/// A day: what failed longer ago and nothing wants to run is left over.
const RECENT: i64 = 86_400;
/// A container that was started anew this many times, and lately, does not stay up.
const LOOPS: i64 = 3;
const LATELY: i64 = 600;

/// What is wrong with a container at first sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// It is started again and again.
    Loops,
    /// It ended with an error, or never came to run.
    Ended,
    /// It runs, and its own check says that it does not work.
    Unhealthy,
    /// It ran until the host went down, and nothing has started it since.
    LeftAtBoot,
    /// It ended a while before the host went down: somebody may have stopped it.
    EndedBeforeBoot,
}

/// What a host takes to end its containers, to go down and to come up again.
const GOING_DOWN: i64 = 120;

fn trouble(row: &Row, list: &List) -> Option<Trouble> {
    let lately = list.within(row.finished, LATELY);
    match row.state.as_str() {
        "restarting" => Some(Trouble::Loops),
        "running" if row.restarts >= LOOPS && lately => Some(Trouble::Loops),
        // Seen between its end and its next start.
        state
            if !matches!(state, "running" | "paused")
                && row.restarts >= LOOPS
                && should_run(row)
                && list.within(row.finished, 30) =>
        {
            Some(Trouble::Loops)
        }
        "running" if row.unhealthy => Some(Trouble::Unhealthy),
        "dead" => Some(Trouble::Ended),
        // Docker keeps the code of a start that failed; Podman keeps nothing, so it is looked at.
        "created" if row.exit != 0 => Some(Trouble::Ended),
        "created" if list.within(row.created, RECENT) => Some(Trouble::Ended),
        "exited" | "stopped" if left_at_boot(row, list) => {
            let booted = list.now - list.up;
            Some(match row.finished.filter(|end| Some(*end) > row.started) {
                Some(end) if end < booted - GOING_DOWN => Trouble::EndedBeforeBoot,
                _ => Trouble::LeftAtBoot,
            })
        }
        // Ended well, or told to end, or killed: that was somebody's wish, but for want of memory.
        "exited" | "stopped" if matches!(row.exit, 0 | 137 | 143) && !row.oom => None,
        "exited" | "stopped" => Some(Trouble::Ended),
        _ => None,
    }
}

/// Ended in the last minutes before the host came up, after it had run for longer, and wanted always.
fn left_at_boot(row: &Row, list: &List) -> bool {
    let Some(started) = row.started else {
        return false;
    };
    let booted = list.now - list.up;
    // Where the host went down hard there is no end of this run.
    let ended = row.finished.filter(|finished| *finished > started);
    let started_at_boot = list.restarts && row.policy == "always";
    list.now > 0
        && list.up > 120
        && row.engine == "podman"
        && matches!(row.policy.as_str(), "always" | "unless-stopped")
        && !started_at_boot
        && ended.unwrap_or(booted) - started > 600
        && (booted - 600..=booted).contains(&ended.unwrap_or(booted))
}

/// Whether somebody or something wants it to run.
fn should_run(row: &Row) -> bool {
    !row.unit.is_empty()
        || matches!(
            row.policy.as_str(),
            "always" | "unless-stopped" | "on-failure"
        )
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    store::judge(look, drafts);
    let text = look.heard("container.list");
    let list = List::read(&text);
    for (engine, code, said) in &list.down {
        drafts.push(down(engine, *code, said));
    }
    for row in &list.rows {
        let Some(trouble) = trouble(row, &list) else {
            continue;
        };
        let key = format!("container.show {}", row.name);
        let known = look.answer(&key).is_some_and(|answer| answer.key == key);
        let shown = Shown::read(&look.heard(&key));
        let lately = list.within(row.finished.or(row.created), RECENT);
        let mut ours = of_one(row, &shown, trouble, lately);
        for draft in &mut ours {
            if known {
                *draft = draft.clone().cite(key.clone());
            }
        }
        drafts.extend(ours);
    }
}

/// An engine that does not answer.
fn down(engine: &str, code: i64, said: &str) -> Draft {
    let title = if code == 124 {
        format!("{engine} does not answer")
    } else {
        format!("{engine} does not work: {}", short(said, 160))
    };
    let unit = match engine {
        "docker" => "docker.service",
        "nerdctl" => "containerd.service",
        _ => "",
    };
    let draft = Draft::new(
        "container.engine_down",
        Severity::Warning,
        Subject::new("engine", engine),
        title,
    )
    .detail("Nothing could be asked about its containers; those that run may run on.")
    .fact("engine", engine)
    .fact("message", short(said, 300))
    .cite("container.list");
    if unit.is_empty() {
        draft
    } else {
        draft.fact("unit", unit)
    }
}

/// What is said of one container: the cause where it is known, and that it loops.
fn of_one(row: &Row, shown: &Shown, trouble: Trouble, lately: bool) -> Vec<Draft> {
    let cause = why::why(row, shown);
    // What nothing wants to run is somebody's job; a start that failed of late may be what brought them here.
    let severity = match (trouble, &cause) {
        (Trouble::Loops, _) => Severity::Critical,
        (Trouble::Unhealthy | Trouble::LeftAtBoot, _) => Severity::Warning,
        (Trouble::EndedBeforeBoot, _) => Severity::Info,
        (Trouble::Ended, Some(_)) if should_run(row) => Severity::Critical,
        // Its engine would have started it again: somebody has stopped it, and it took that for an error.
        (Trouble::Ended, None)
            if row.unit.is_empty()
                && matches!(row.policy.as_str(), "always" | "unless-stopped")
                && row.state == "exited"
                && shown.error.is_empty() =>
        {
            Severity::Info
        }
        (Trouble::Ended, None) if should_run(row) => Severity::Warning,
        (Trouble::Ended, Some(_)) if lately => Severity::Warning,
        (Trouble::Ended, _) => Severity::Info,
    };
    let name = short(&row.name, 60);
    let draft = |code: &str, title: String| {
        Draft::new(
            code,
            severity,
            Subject::new("container", row.name.as_str()),
            title,
        )
        .fact("container", row.name.as_str())
        .fact("engine", row.engine.as_str())
        .fact("policy", row.policy.as_str())
        .fact("exit_code", row.exit)
        .cite("container.list")
        .of_unit(&row.unit)
    };
    let mut ours = Vec::new();
    ours.extend(cause.as_ref().map(|cause| {
        match cause {
            Why::Mount(path) => {
                let to = shown.mounts.iter().find(|(source, _)| source == path);
                let to = to.map_or(String::new(), |(_, to)| {
                    format!(" It is to be {to} in the container.")
                });
                draft(
                    "container.mount_missing",
                    format!("Container {name} is given {path}, which is not there"),
                )
                .detail(format!(
                    "The engine cannot start it without its source on the host.{to}"
                ))
                .fact("path", path.as_str())
            }
            Why::Memory => draft(
                "container.oom_killed",
                format!("Container {name} was killed for want of memory"),
            )
            .detail(match shown.memory {
                0 => "It has no limit of its own: the host had no more.".to_owned(),
                bytes => format!("Its limit is {}.", size(bytes)),
            })
            .fact("limit", shown.memory),
            Why::Missing(program) => {
                let program = program_of(program, shown);
                draft(
                    "container.command_missing",
                    format!("Container {name} is to run {program}, which its image has not got"),
                )
                .detail(said(shown))
                .fact("command", program)
            }
            Why::Denied(program) => {
                let program = program_of(program, shown);
                draft(
                    "container.command_denied",
                    format!("Container {name} may not run {program}"),
                )
                .detail(said(shown))
                .fact("command", program)
            }
            Why::Port(port) => draft(
                "container.port_taken",
                format!("Container {name} cannot have port {port}: it is taken"),
            )
            .detail(said(shown))
            .fact("port", port.parse().unwrap_or(0_i64)),
            Why::Capability(line) => draft(
                "container.capability_missing",
                format!(
                    "Container {name} may not do what it needs: capabilities were taken from it"
                ),
            )
            .detail(format!(
                "{line}\nTaken from it: {}.",
                short(&why::taken(shown, line).join(", "), 300)
            ))
            // The line does not say which capability it missed, or whether any.
            .sure(Confidence::Likely)
            .fact("message", line.as_str())
            .fact("drops", why::taken(shown, line)),
        }
    }));
    let code = match row.exit {
        0 => String::new(),
        exit if told(exit).is_empty() => format!(", last with exit code {exit}"),
        exit => format!(", last with exit code {exit} ({})", told(exit)),
    };
    match trouble {
        Trouble::Loops => ours.push(
            draft(
                "container.crash_loop",
                format!(
                    "Container {name} does not stay up: started again {} times",
                    row.restarts
                ),
            )
            .detail(said(shown))
            .fact("restarts", row.restarts),
        ),
        Trouble::Unhealthy => ours.push(
            draft(
                "container.unhealthy",
                format!("Container {name} runs, but its health check fails"),
            )
            .detail(checked(shown))
            .fact("restartable", row.unit.is_empty() && !cannot_check(shown)),
        ),
        Trouble::LeftAtBoot | Trouble::EndedBeforeBoot => ours.push(
            draft(
                "container.stopped_on_boot",
                format!("Container {name} ran until the reboot and was not started since"),
            )
            .detail(format!(
                "Its policy is {}{code}. Podman has no daemon: at boot podman-restart.service starts those with the policy always, where it is enabled.",
                row.policy
            )),
        ),
        // A container that was only made, and of which nothing is known to be wrong, waits for its start.
        Trouble::Ended if ours.is_empty() && row.state == "created" && row.exit == 0 => {}
        Trouble::Ended if ours.is_empty() => {
            let status = match row.exit {
                0 => row.state.clone(),
                exit if told(exit).is_empty() => format!("exit code {exit}"),
                exit => format!("exit code {exit}, {}", told(exit)),
            };
            ours.push(
                draft(
                    "container.exited",
                    format!("Container {name} has ended: {status}"),
                )
                .detail(said(shown))
                .fact("status", status),
            );
        }
        Trouble::Ended => {}
    }
    ours
}

/// The program's name: as the error has it, or the first word of what it runs.
fn program_of(named: &str, shown: &Shown) -> String {
    if named.is_empty() {
        let first = shown.program.first().map_or("its program", String::as_str);
        return short(first, 200);
    }
    short(named, 200)
}

/// The engine's words, or the container's last ones.
fn said(shown: &Shown) -> String {
    if !shown.error.is_empty() {
        return short(&shown.error, 600);
    }
    let from = shown.log.len().saturating_sub(3);
    let last: Vec<String> = shown
        .log
        .iter()
        .skip(from)
        .map(|line| short(line, 200))
        .collect();
    last.join("\n")
}

/// Whether the health check itself cannot be run: a restart brings no program.
fn cannot_check(shown: &Shown) -> bool {
    why::start_error(&shown.checked).is_some() || shown.checked.trim_end().ends_with(": not found")
}

/// What its health check asks, and says.
fn checked(shown: &Shown) -> String {
    let asks = match shown.check.as_slice() {
        [kind, rest @ ..] if kind.starts_with("CMD") => rest.join(" "),
        all => all.join(" "),
    };
    let said = shown.checked.trim();
    match (asks.is_empty(), said.is_empty()) {
        (true, _) => said.to_owned(),
        (false, true) => format!("It asks: {}", short(&asks, 200)),
        (false, false) => format!("It asks: {}\n{}", short(&asks, 200), short(said, 300)),
    }
}

/// Why a container's program did not start, in an engine's or a kubelet's words.
pub(crate) enum Start {
    /// It is not there.
    Missing(String),
    /// It may not be run.
    Denied(String),
}

/// What an error says of a start; nothing where it is about something else.
pub(crate) fn start(error: &str) -> Option<Start> {
    match why::start_error(error)? {
        Why::Missing(program) => Some(Start::Missing(program)),
        Why::Denied(program) => Some(Start::Denied(program)),
        Why::Mount(_) | Why::Memory | Why::Port(_) | Why::Capability(_) => None,
    }
}

/// What else to ask: how each of them ended, the worst first.
pub(crate) fn follow(look: &Look<'_>, drafts: &[Draft]) -> Vec<ProbeRun> {
    let text = look.heard("container.list");
    let list = List::read(&text);
    let mut troubled: Vec<(&Row, Trouble)> = list
        .rows
        .iter()
        .filter_map(|row| Some((row, trouble(row, &list)?)))
        .collect();
    troubled.sort_by_key(|(row, trouble)| (*trouble == Trouble::Ended, !should_run(row)));
    let ago = |row: &Row| {
        let then = row.finished.or(row.created);
        then.map_or(String::new(), |then| {
            format!(" since {}", time(list.now - then))
        })
    };
    troubled
        .into_iter()
        .take(8)
        .filter_map(|(row, _)| {
            let because = format!(
                "container {} is {}{}",
                short(&row.name, 60),
                short(&row.state, 20),
                ago(row)
            );
            SHOW.run(&[&row.name], &because).ok()
        })
        .chain(store::follow(look, drafts))
        .collect()
}
