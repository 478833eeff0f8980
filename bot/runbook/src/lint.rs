//! What a page must have beyond being readable: both languages, an honest risk, a way back, nothing dangerous.

use std::collections::BTreeSet;

use incident::step::{Reversal, Slot};
use incident::{Code, Risk};

use crate::action::{ArgvUndo, Filled, Work};
use crate::filling::Filling;
use crate::front::Pattern;
use crate::page::{Heading, Runbook, Section};
use crate::problem::{Place, Problem, Trouble};

#[cfg(test)]
mod tests;

/// No line of a summary is longer than this: a phone shows about three such lines.
const LONGEST_LINE: usize = 140;

/// What no page tells people to do, with what to do instead.
const DANGEROUS: &[(&str, &str)] = &[
    ("chmod 777", "give the mode that the file needs"),
    ("chmod -R 777", "give the mode that the files need"),
    ("chmod 0777", "give the mode that the file needs"),
    ("chmod a+w", "give the owner that needs to write"),
    ("chmod u+s", "setuid is never a repair"),
    ("chmod g+s", "setgid is never a repair"),
    ("chmod +s", "setuid is never a repair"),
    ("chmod 4", "setuid is never a repair"),
    ("rm -rf /", "name what to delete, and delete that"),
    ("rm -fr /", "name what to delete, and delete that"),
    (
        "setenforce 0",
        "repair the label; do not switch the protection off",
    ),
    ("iptables -F", "delete the one rule that blocks"),
    ("nft flush ruleset", "delete the one rule that blocks"),
    ("| sh", "do not run what was just downloaded"),
    ("| bash", "do not run what was just downloaded"),
    ("| sudo", "do not run what was just downloaded"),
    ("mkfs", "no incident is repaired by an empty filesystem"),
    ("of=/dev/", "do not write to a device"),
    ("kill -9 -1", "name the process"),
    ("--force-all", "name the one thing to force"),
    ("StrictHostKeyChecking=no", "host keys are always checked"),
];

/// Words of commands that change something, which have no place under Check and Verify.
const CHANGES: &[&str] = &[
    "rm", "mv", "cp", "chmod", "chown", "kill", "pkill", "killall", "truncate", "tee", "ln",
    "mount", "umount", "reboot", "shutdown", "fsck", "dd", "sed",
];

/// Verbs of commands that only look in other forms.
const CHANGES_AFTER: &[(&str, &[&str])] = &[
    (
        "systemctl",
        &[
            "start",
            "stop",
            "restart",
            "reload",
            "enable",
            "disable",
            "mask",
            "unmask",
            "reset-failed",
            "daemon-reload",
            "edit",
            "kill",
        ],
    ),
    (
        "apt-get",
        &["install", "remove", "upgrade", "purge", "update"],
    ),
    ("apt", &["install", "remove", "upgrade", "purge", "update"]),
    ("sysctl", &["-w"]),
];

/// Looks a page over. `codes` are the codes that findings of ours can have.
#[must_use]
pub fn lint(runbook: &Runbook, codes: &BTreeSet<Code>) -> Vec<Problem> {
    let mut troubles = Vec::new();
    names(runbook, &mut troubles);
    known_codes(runbook, codes, &mut troubles);
    risk(runbook, &mut troubles);
    for section in &runbook.sections {
        text(section, runbook, &mut troubles);
        commands(section, &mut troubles);
    }
    words(runbook, &mut troubles);
    troubles.sort_by_key(|trouble| trouble.place);
    troubles
        .into_iter()
        .map(|trouble| trouble.in_file(&runbook.path))
        .collect()
}

fn names(runbook: &Runbook, troubles: &mut Vec<Trouble>) {
    let places = &runbook.places;
    let file = runbook.path.rsplit('/').next().unwrap_or(&runbook.path);
    if file != format!("{}.md", runbook.id) {
        troubles.push(Trouble::new(
            places.id,
            format!(
                "the file is named {file:?} and the runbook `{}`",
                runbook.id
            ),
            format!("name the file `{}.md`", runbook.id),
        ));
    }
    if runbook.version == 0 {
        troubles.push(Trouble::new(
            places.id,
            "the page has no version",
            "add `version: 1` and raise it with every change to what the page does",
        ));
    }
    if runbook.owner.trim().is_empty() {
        troubles.push(Trouble::new(
            places.id,
            "the page has no owner",
            "add `owner:` with the team that keeps it right",
        ));
    }
    for (what, words, place) in [
        ("title", &runbook.title, places.title),
        ("summary", &runbook.summary, places.summary),
    ] {
        if words.zh.is_empty() || words.zh.is_ascii() {
            troubles.push(Trouble::new(
                place,
                format!("the {what} has no Chinese"),
                "add `zh:`; ask in the thread if nobody of you writes it",
            ));
        }
        for line in words.en.lines().chain(words.zh.lines()) {
            if line.chars().count() > LONGEST_LINE {
                troubles.push(Trouble::new(
                    place,
                    format!("a line of the {what} is longer than a phone shows"),
                    format!("keep it under {LONGEST_LINE} characters"),
                ));
            }
        }
    }
}

fn known_codes(runbook: &Runbook, codes: &BTreeSet<Code>, troubles: &mut Vec<Trouble>) {
    let places = runbook.places.findings.iter().copied();
    for (pattern, place) in runbook.matching.findings.iter().zip(places) {
        let known = match pattern {
            Pattern::Code(code) => code.is_custom() || codes.contains(code),
            Pattern::Area(area) => {
                area == "custom" || codes.iter().any(|code| code.area() == area.as_str())
            }
        };
        if !known {
            troubles.push(Trouble::new(
                place,
                format!("no finding has the code `{pattern}`"),
                "`sickbay explain` lists them; a site's own begin with `custom.`",
            ));
        }
    }
}

fn risk(runbook: &Runbook, troubles: &mut Vec<Trouble>) {
    let place = runbook.places.risk;
    if runbook.is_prose() != (runbook.risk == Risk::Read) {
        let (what, cure) = if runbook.is_prose() {
            (
                "a page without an action changes nothing",
                "say `risk: read`",
            )
        } else {
            (
                "a page with an action does more than read",
                "say `low`, `medium` or `high`",
            )
        };
        troubles.push(Trouble::new(place, what, cure));
    }
    for action in &runbook.actions {
        let reason = match &action.work {
            Work::Typed { slots, .. } if only_pauses(slots) => None,
            Work::Typed { verb, .. } => match verb.reversal {
                Reversal::Never(reason) => Some((verb.name, reason)),
                Reversal::FromSaved | Reversal::IfSaved | Reversal::Nothing => None,
            },
            Work::Argv { undo, .. } => match undo {
                ArgvUndo::Irreversible(reason) => Some(("this command", reason.as_str())),
                ArgvUndo::Rollback(_) => None,
            },
        };
        if let Some((name, reason)) = reason
            && runbook.risk < Risk::Medium
        {
            troubles.push(Trouble::new(
                action.place,
                format!(
                    "`{name}` cannot be undone ({reason}) and the page calls itself {}",
                    runbook.risk
                ),
                "say `risk: medium` or `high`, and under Roll back what is lost",
            ));
        }
    }
}

/// Whether a signal can be taken back: STOP by CONT and the other way round.
fn only_pauses(slots: &[Filled]) -> bool {
    slots.iter().any(|slot| {
        let pauses = |filling: &Filling| {
            matches!(filling, Filling::Literal(text) if matches!(text.as_str(), "STOP" | "CONT"))
        };
        slot.kind == Slot::Signal && slot.with.iter().all(pauses)
    })
}

fn text(section: &Section, runbook: &Runbook, troubles: &mut Vec<Trouble>) {
    let name = section.heading.text();
    if section.text.is_empty() {
        let must = match section.heading {
            Heading::Verify | Heading::RollBack if !runbook.is_prose() => {
                "a page with an action says how its effect is seen and undone"
            }
            Heading::Symptom
            | Heading::Cause
            | Heading::Check
            | Heading::Fix
            | Heading::Verify
            | Heading::RollBack
            | Heading::Otherwise => "write it, or say why there is nothing to say",
        };
        troubles.push(Trouble::new(
            section.place,
            format!("`## {name}` is empty"),
            must,
        ));
    }
    if section.heading == Heading::Check && !section.text.contains("```sh") {
        troubles.push(Trouble::new(
            section.place,
            "`## Check` has no command",
            "give a read-only command in a block that begins with three backquotes and `sh`",
        ));
    }
    for (place, line) in lines(section) {
        for mark in ["TODO", "FIXME", "XXX", "TBD"] {
            if line.contains(mark) {
                troubles.push(Trouble::new(
                    place,
                    format!("{mark} is left over"),
                    "finish it; somebody will read this at night",
                ));
            }
        }
        for (danger, instead) in DANGEROUS {
            if speaks_of(line, danger) {
                troubles.push(Trouble::new(
                    place,
                    format!("`{danger}` has no place in a runbook"),
                    *instead,
                ));
            }
        }
    }
}

/// Whether a line has the words, and they do not go on: `| sh` is not `| sha256sum`.
fn speaks_of(line: &str, words: &str) -> bool {
    let whole = words.ends_with(|c: char| c.is_ascii_alphabetic());
    line.match_indices(words).any(|(at, _)| {
        let next = line
            .get(at.saturating_add(words.len())..)
            .and_then(|rest| rest.chars().next());
        !whole || !next.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}

fn words(runbook: &Runbook, troubles: &mut Vec<Trouble>) {
    for (place, words) in [
        (runbook.places.title, &runbook.title),
        (runbook.places.summary, &runbook.summary),
    ] {
        if words.en.contains("TODO") || words.zh.contains("TODO") {
            troubles.push(Trouble::new(
                place,
                "TODO is left over",
                "finish it; somebody will read this at night",
            ));
        }
    }
}

/// The commands under Check and Verify must only look, and those under Check say what they should print.
fn commands(section: &Section, troubles: &mut Vec<Trouble>) {
    if !matches!(section.heading, Heading::Check | Heading::Verify) {
        return;
    }
    let mut inside = false;
    let mut expected = false;
    for (place, line) in lines(section) {
        let line = line.trim();
        match line.strip_prefix("```") {
            Some(info) => {
                inside = !inside && info.starts_with("sh");
                continue;
            }
            None if !inside => continue,
            None => {}
        }
        if line.starts_with('#') {
            expected = true;
            continue;
        }
        if let Some(word) = changes(line) {
            troubles.push(Trouble::new(
                place,
                format!(
                    "`{word}` changes something under `## {}`",
                    section.heading.text()
                ),
                "only look here; what changes something belongs under `## Fix`",
            ));
        }
    }
    if section.heading == Heading::Check && section.text.contains("```sh") && !expected {
        troubles.push(Trouble::new(
            section.place,
            "`## Check` does not say what to expect",
            "below each command write what it prints, as a line that begins with `# `",
        ));
    }
}

/// The first word of a command line that changes something.
fn changes(line: &str) -> Option<&str> {
    for command in line.split(['|', ';', '&']) {
        let mut words = command.split_whitespace().filter(|word| *word != "sudo");
        let Some(program) = words.next() else {
            continue;
        };
        let rest: Vec<&str> = words.collect();
        // Without `-i`, sed only prints.
        let sed_prints = program == "sed" && !rest.iter().any(|word| word.starts_with("-i"));
        // Without arguments, mount only lists.
        let lists = program == "mount" && rest.is_empty();
        if CHANGES.contains(&program) && !sed_prints && !lists {
            return Some(program);
        }
        if let Some((_, verbs)) = CHANGES_AFTER.iter().find(|(name, _)| *name == program)
            && let Some(verb) = rest.iter().find(|word| verbs.contains(*word))
        {
            return Some(verb);
        }
        let writes = |word: &&&str| word.starts_with('>') && !word.contains("/dev/null");
        if let Some(word) = rest.iter().find(writes) {
            return Some(word);
        }
    }
    None
}

fn lines(section: &Section) -> impl Iterator<Item = (Place, &str)> {
    // The section's text is trimmed, so its first line is not always the line after the heading.
    let first = section.first_line;
    section
        .text
        .lines()
        .enumerate()
        .map(move |(n, line)| (Place::at(first.saturating_add(n), 1), line))
}
