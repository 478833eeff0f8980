//! What cron refused to run, or ran and saw fail.

use std::collections::BTreeMap;

use incident::step::Slot;
use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::short;
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "cron.failures",
    "what cron complained of",
    include_str!("sh/cron.failures.sh"),
)
.first()
.root()
.takes(&[Slot::Number])];

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

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("cron.failures");
    let mut seen: BTreeMap<String, (usize, bool, &str)> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with("sickbay: ")) {
        if let Some((which, refused)) = complaint(line) {
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
