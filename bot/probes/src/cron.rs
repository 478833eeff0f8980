//! What cron refused to run, or ran and saw fail.

use std::collections::BTreeMap;

use incident::step::Slot;
use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{all_after, int, short};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "cron.failures",
        "what cron complained of",
        include_str!("sh/cron.failures.sh"),
    )
    .first()
    .root()
    .takes(&[Slot::Number]),
    Spec::new(
        "cron.jobs",
        "jobs that cron passes over, programs of jobs that are gone, and whether cron runs",
        include_str!("sh/cron.jobs.sh"),
    )
    .first()
    .root(),
];

/// The account whose jobs are not run, as PAM says it: expired, or not let in.
fn refused_account(line: &str) -> Option<&str> {
    let (_, rest) = line
        .split_once("cron:account): ")
        .or_else(|| line.split_once("crond:account): "))?;
    let words = ["for user ", "account "];
    let named = words.iter().find_map(|word| rest.split_once(word))?.1;
    let name = named.split_whitespace().next()?.trim_matches(['`', '\'']);
    let denied = rest.contains("expired")
        || rest.contains("denied")
        || rest.contains("password changed in future");
    (denied && !name.is_empty()).then_some(name)
}

/// Accounts that PAM keeps cron from working for.
fn accounts(text: &str, look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let mut seen: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
    for line in text.lines() {
        if let Some(user) = refused_account(line) {
            let entry = seen.entry(user).or_insert((0, line));
            *entry = (entry.0 + 1, line);
        }
    }
    drafts.extend(seen.into_iter().map(|(user, (count, line))| {
        Draft::new(
            "cron.failed",
            Severity::Warning,
            Subject::new("user", user),
            format!("cron does not run the jobs of {user}: its account is refused"),
        )
        .detail(format!(
            "{}\n`chage -l {user}` shows what has expired; whether it may be used again is for its owner to say.",
            short(line, 300)
        ))
        .fact("user", user)
        .fact("count", count)
        .cite(look.key("cron.failures"))
    }));
}

/// What the lines mean: the subject, and whether cron will not run the job at all.
fn complaint(line: &str) -> Option<(String, bool)> {
    let refused = [
        "INSECURE MODE",
        "WRONG FILE OWNER",
        "BAD FILE MODE",
        "Error: ",
        "ERROR",
        "CAN'T OPEN",
        "Missing newline",
        "bad ",
    ];
    let which = line
        .split(['(', ')'])
        .find(|part| part.contains('/') && !part.contains(' '))
        .unwrap_or("cron")
        .to_owned();
    if line.contains("failed with exit status") {
        return Some((which, false));
    }
    refused
        .iter()
        .any(|word| line.contains(word))
        .then_some((which, true))
}

/// What is wrong with the jobs as they are written down.
fn jobs(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("cron.jobs");
    let mut found = Vec::new();
    for line in all_after(&text, "passed-over ") {
        let Some((why, path)) = line.split_once(' ') else {
            continue;
        };
        let (what, cure) = match why {
            "name" => (
                "its name has a dot or another sign that cron does not take",
                "Rename it: letters, digits, - and _ only.",
            ),
            "writable" => ("others than root may write to it", "Give it mode 0644."),
            _ => ("it does not belong to root", "Give it to root."),
        };
        let mut draft = Draft::new(
            "cron.ignored",
            Severity::Warning,
            Subject::new("path", path),
            format!("cron passes over {path}: {what}"),
        )
        .detail(format!("Its jobs do not run, and nothing says so. {cure}"))
        .fact("path", path)
        .fact("reason", why);
        if why == "writable" {
            draft = draft.fact("want_mode", "0644");
        }
        found.push(draft);
    }
    for (word, what) in [("gone ", "is not there"), ("no-bit ", "is not executable")] {
        for line in all_after(&text, word) {
            let mut words = line.splitn(3, ' ');
            let (Some(number), Some(path), Some(program)) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            found.push(
                Draft::new(
                    "cron.command_missing",
                    Severity::Warning,
                    Subject::new("path", program),
                    format!("A job of cron is to run {program}, which {what}"),
                )
                .detail(format!(
                    "{path}, line {number}. Unless mail is set up, nobody is told that it fails."
                ))
                .fact("path", program)
                .fact("file", path)
                .fact("line", int(number)),
            );
        }
    }
    let rests = all_after(&text, "daemon ")
        .next()
        .is_some_and(|line| line.ends_with(" rests"));
    let own: Vec<&str> = all_after(&text, "jobs ")
        .filter_map(|line| line.split_once(' ').map(|(_, path)| path))
        .collect();
    if let (true, Some(first)) = (rests, own.first()) {
        found.push(
            Draft::new(
                "cron.stopped",
                Severity::Warning,
                Subject::new("service", "cron"),
                "cron does not run, and there are jobs for it",
            )
            .detail(format!(
                "Jobs of this site are in {first}{}. None of them runs.",
                if own.len() > 1 { " and elsewhere" } else { "" }
            ))
            .fact("path", *first),
        );
    }
    drafts.extend(found.into_iter().map(|draft| draft.cite("cron.jobs")));
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    jobs(look, drafts);
    let text = look.heard("cron.failures");
    accounts(&text, look, drafts);
    let mut seen: BTreeMap<String, (usize, bool, &str)> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with("sickbay: ")) {
        if let (None, Some((which, refused))) = (refused_account(line), complaint(line)) {
            let entry = seen.entry(which).or_insert((0, refused, line));
            entry.0 += 1;
            entry.1 |= refused;
            entry.2 = line;
        }
    }
    for (which, (count, refused, line)) in seen {
        let title = if refused {
            format!("cron does not run {}", short(&which, 80))
        } else {
            format!("A job of cron failed {count} times")
        };
        drafts.push(
            Draft::new(
                "cron.failed",
                if refused {
                    Severity::Warning
                } else {
                    Severity::Info
                },
                Subject::new("cron", &which),
                title,
            )
            .sure(Confidence::Likely)
            .detail(short(line, 300))
            .fact("path", which.as_str())
            .fact("count", i64::try_from(count).unwrap_or(i64::MAX))
            .cite(look.key("cron.failures")),
        );
    }
}

#[cfg(test)]
mod tests;
