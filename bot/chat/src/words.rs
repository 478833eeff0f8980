//! Every sentence that Sickbay says to people, so that its tone is reviewed in one place.

use incident::notice::{Card, Stage};
use incident::remediation::Outcome;
use incident::{Confidence, HostName, HostStatus, Proposal, ResponderId, Severity, Step, Undo};

mod chat;
pub(crate) mod picture;
mod summary;
#[cfg(test)]
mod tests;

pub use chat::*;
pub use summary::summary;

/// A status in one word.
#[must_use]
pub fn status(status: HostStatus) -> &'static str {
    match status {
        HostStatus::Healthy => "healthy",
        HostStatus::Degraded => "degraded",
        HostStatus::Critical => "critical",
        HostStatus::Unknown => "unknown",
        HostStatus::Unreachable => "unreachable",
    }
}

/// A severity in one word.
#[must_use]
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// A confidence in one word.
#[must_use]
pub fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Confirmed => "confirmed",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}

/// What undo there is, in a few words.
#[must_use]
pub fn undo(undo: Undo) -> &'static str {
    match undo {
        Undo::Automatic => "can be undone",
        Undo::Declared => "undone by hand, as the runbook says",
        Undo::Irreversible => "cannot be undone",
    }
}

/// An outcome as a sentence's beginning.
#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => "Verified",
        Outcome::NotFixed => "Not fixed",
        Outcome::Worse => "Worse than before",
        Outcome::Failed => "Failed",
        Outcome::Refused => "Refused, nothing was changed",
        Outcome::Unknown => "Unknown, nobody can tell how it ended",
        Outcome::Rejected => "Rejected",
        Outcome::Expired => "Expired",
    }
}

/// An outcome of a fix or of an undo as a sentence's beginning.
#[must_use]
pub fn ended(ended: Outcome, is_undo: bool) -> &'static str {
    match ended {
        Outcome::Verified if is_undo => "Undone",
        Outcome::Verified
        | Outcome::NotFixed
        | Outcome::Worse
        | Outcome::Failed
        | Outcome::Refused
        | Outcome::Unknown
        | Outcome::Rejected
        | Outcome::Expired => outcome(ended),
    }
}

/// What an outcome asks of the person at a terminal; empty where nothing.
#[must_use]
pub fn after(outcome: Outcome, id: &str, can_undo: bool) -> String {
    match outcome {
        Outcome::Verified if can_undo => format!("Undo with: sickbay rollback {id}"),
        Outcome::NotFixed | Outcome::Worse | Outcome::Failed if can_undo => {
            format!("Undo with: sickbay rollback {id}, then diagnose again")
        }
        Outcome::Verified
        | Outcome::NotFixed
        | Outcome::Worse
        | Outcome::Failed
        | Outcome::Refused
        | Outcome::Unknown
        | Outcome::Rejected
        | Outcome::Expired => next(outcome).to_owned(),
    }
}

/// What an outcome asks of the person, besides an undo; empty where nothing.
#[must_use]
pub fn next(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotFixed | Outcome::Worse | Outcome::Failed => {
            "Diagnose again to see what is left"
        }
        Outcome::Refused | Outcome::Expired => "Diagnose again to get a fresh proposal",
        Outcome::Unknown => {
            "Look at the host before doing anything else; it is not started again by itself"
        }
        Outcome::Verified | Outcome::Rejected => "",
    }
}

/// A step for people. The card, the dry run and the execution all show this text.
#[must_use]
pub fn step(step: &Step) -> String {
    let arg = |slot| step.arg(slot).unwrap_or("");
    let now = |key: &str, before: &str| {
        step.needs()
            .get(key)
            .map_or(String::new(), |value| format!(" ({before} {value} now)"))
    };
    match step.verb() {
        "file.chmod" => format!(
            "set mode {} on {}{}",
            arg("mode"),
            arg("path"),
            now("mode", "it is")
        ),
        "file.chown" => {
            let all = if arg("recursive") == "1" {
                " and all below it"
            } else {
                ""
            };
            let was = match (step.needs().get("owner"), step.needs().get("group")) {
                (Some(owner), Some(group)) => format!(" (it is {owner}:{group} now)"),
                (_, _) => String::new(),
            };
            format!(
                "give {}{all} to {}:{}{was}",
                arg("path"),
                arg("owner"),
                arg("group")
            )
        }
        "file.move" => format!("move {} to {}", arg("from"), arg("to")),
        "file.delete" => format!("delete {}{}", arg("path"), now("size", "bytes:")),
        "file.truncate" => format!("empty {}{}", arg("path"), now("size", "bytes:")),
        "file.comment_line" => format!("comment out line {} of {}", arg("line"), arg("path")),
        "file.set_key" => {
            let section = match arg("section") {
                "" => String::new(),
                section => format!(" in [{section}]"),
            };
            format!(
                "set {} to {}{section} in {}",
                arg("key"),
                arg("value"),
                arg("path")
            )
        }
        "file.put" => format!("write {} (mode {})", arg("path"), arg("mode")),
        "file.link" => format!(
            "point the link {} at {}{}",
            arg("path"),
            arg("target"),
            now("target", "it points at")
        ),
        "file.restore" => {
            format!("put {} back as {} found it", arg("path"), arg("execution"))
        }
        "unit.start" => format!("start {}{}", arg("unit"), now("active", "it is")),
        "unit.stop" => format!("stop {}", arg("unit")),
        "unit.restart" => format!("restart {}{}", arg("unit"), now("active", "it is")),
        "unit.reload" => format!("reload {}", arg("unit")),
        "unit.try_reload" => format!("reload {}, if it takes what was put back", arg("unit")),
        "unit.reset_failed" => format!("forget the failure of {}", arg("unit")),
        "unit.enable" => format!("enable {} at boot", arg("unit")),
        "unit.disable" => format!("do not start {} at boot", arg("unit")),
        "unit.mask" => format!("mask {}", arg("unit")),
        "unit.unmask" => format!("unmask {}", arg("unit")),
        "unit.set_property" => {
            format!(
                "set {}={} for {} by a drop-in",
                arg("key"),
                arg("value"),
                arg("unit")
            )
        }
        "unit.unset_property" => format!(
            "remove the drop-in that sets {} for {}",
            arg("key"),
            arg("unit")
        ),
        "process.signal" => {
            format!(
                "send SIG{} to process {}{}",
                arg("signal"),
                arg("pid"),
                now("comm", "it is")
            )
        }
        "process.renice" => format!(
            "set the nice value of process {} to {}",
            arg("pid"),
            arg("nice")
        ),
        "mount.remount" => format!("remount {} with {}", arg("path"), arg("options")),
        "mount.mount" => format!("mount {} as /etc/fstab says", arg("path")),
        "mount.unmount" => format!("unmount {}", arg("path")),
        "firewall.delete_rule" => format!(
            "remove the {} rule of {}/{}: {}",
            arg("tool"),
            arg("table"),
            arg("chain"),
            step.rest().join(" ")
        ),
        "firewall.insert_rule" => format!(
            "put the {} rule back into {}/{}: {}",
            arg("tool"),
            arg("table"),
            arg("chain"),
            step.rest().join(" ")
        ),
        "sysctl.set" => format!(
            "set {} to {}{}",
            arg("key"),
            arg("value"),
            now("value", "it is")
        ),
        "dpkg.configure" => "finish the configuration of half-installed packages".to_owned(),
        "package.install" => format!("install package {} {}", arg("package"), arg("version"))
            .trim_end()
            .to_owned(),
        "package.reinstall" => format!("install package {} again", arg("package")),
        "package.remove" => format!("remove package {}", arg("package")),
        "package.hold" => format!("hold package {}", arg("package")),
        "package.unhold" => format!("let package {} be upgraded again", arg("package")),
        "journal.vacuum" => format!("shrink the journal to {}", arg("size")),
        _ => step.argv().join(" "),
    }
}

/// A wave of probes is under way.
#[must_use]
pub fn looking(host: &HostName, wave: u32, probes: usize) -> String {
    let what = if wave == 1 {
        "looking"
    } else {
        "looking closer"
    };
    format!("{host}: {what}, {probes} probes")
}

/// A line while somebody waits.
#[must_use]
pub fn doing(proposal: &Proposal, stage: Stage) -> String {
    let (id, host) = (&proposal.id, &proposal.host);
    match stage {
        Stage::Checking => format!("{id}: looking whether {host} is still as the card says …"),
        Stage::Running => format!("{id}: running on {host} …"),
        Stage::Verifying => format!("{id}: looking whether it helped …"),
    }
}

/// What is offered, in at most three lines: the fixes, or else the pages to read. `read` is what one types to read a page.
#[must_use]
pub fn offered(cards: &[Card<'_>], pages: &[(String, String, String)], read: &str) -> Vec<String> {
    const MOST: usize = 3;
    let mut lines: Vec<String> = cards
        .iter()
        .take(MOST)
        .map(|card| {
            let one = card.proposal;
            format!(
                "Fix {} ({} risk, {}): {}.",
                one.id,
                one.risk,
                undo(one.undo),
                gist(one)
            )
        })
        .collect();
    if cards.len() > MOST {
        lines.push(format!("And {} more fixes below.", cards.len() - MOST));
    }
    if lines.is_empty() {
        lines.extend(pages.iter().take(1).map(|(id, title, _)| {
            format!("No fix to run; what to do by hand: {read} {id} ({title}).")
        }));
    }
    lines
}

/// What a host simply has not got, so that nothing there can be wrong or right.
#[must_use]
pub fn absent(what: &[&str]) -> String {
    format!(
        "Not looked at, since the host has none: {}",
        what.join(", ")
    )
}

/// What a proposal does, in a line: its steps without what is there now.
#[must_use]
pub fn gist(proposal: &Proposal) -> String {
    let steps: Vec<String> = proposal
        .steps
        .iter()
        .map(|one| {
            let said = step(one);
            match said.rsplit_once(" (") {
                Some((head, tail)) if tail.ends_with(" now)") => head.to_owned(),
                _ => said,
            }
        })
        .collect();
    match steps.as_slice() {
        [first, middle @ .., last] if middle.len() > 1 => {
            format!("{first}, {} more steps, {last}", middle.len())
        }
        steps => steps.join(", "),
    }
}

/// A fix that was picked, before it is confirmed.
#[must_use]
pub fn chosen(proposal: &Proposal) -> String {
    let count = proposal.steps.len();
    let steps = if count == 1 { "step" } else { "steps" };
    format!(
        "{} on {}: {count} {steps}, {} risk, {}.",
        proposal.id,
        proposal.host,
        proposal.risk,
        undo(proposal.undo)
    )
}

/// What a card says that no rule lets anybody approve.
const NOBODY: &str =
    "nobody may approve this: no rule of the policy in the settings names anybody for it";

/// How the person who looks at a card can say yes, or who can.
#[must_use]
pub fn how_to_approve(card: &Card<'_>) -> String {
    let id = &card.proposal.id;
    let people = if card.needed > 1 {
        format!(" ({} people must)", card.needed)
    } else {
        String::new()
    };
    if card.may_approve {
        return format!("sickbay approve {id}{people}");
    }
    if card.approvers.is_empty() {
        return NOBODY.to_owned();
    }
    let names: Vec<&str> = card.approvers.iter().map(ResponderId::as_str).collect();
    format!(
        "you may not approve this; ask {}: sickbay approve {id}{people}",
        names.join(", ")
    )
}

/// How many findings are not shown since nothing is wrong by them.
#[must_use]
pub fn quiet(count: usize) -> String {
    if count == 1 {
        "1 thing that is merely worth knowing; --all shows it".to_owned()
    } else {
        format!("{count} things that are merely worth knowing; --all shows them")
    }
}
