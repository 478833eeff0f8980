//! Logins that were refused: noise on every public host, unless one of the guessers got in.

use std::collections::BTreeMap;

use incident::step::Slot;
use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::short;
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "login.failed",
    "logins that were refused and accepted",
    include_str!("sh/login.failed.sh"),
)
.first()
.root()
.takes(&[Slot::Number])];

/// After so many wrong passwords a right one from the same address was guessed, or somebody is very tired.
const GUESSES: usize = 20;
/// So many refused logins are worth a word.
const NOTED: usize = 50;

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("login.failed");
    let key = look.key("login.failed");
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut let_in: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines() {
        let from = line
            .split_once(" from ")
            .map_or("", |(_, rest)| rest.split_whitespace().next().unwrap_or(""));
        if line.contains("Failed password") || line.contains("Invalid user") {
            *refused.entry(from).or_default() += 1;
        } else if line.contains("Accepted password")
            && refused.get(from).copied().unwrap_or(0) >= GUESSES
        {
            let_in.insert(from, line);
        }
    }
    for (from, line) in let_in {
        let from = short(from, 64);
        drafts.push(
            Draft::new(
                "login.failures",
                Severity::Warning,
                Subject::new("address", &from),
                format!("{from} logged in by password after many wrong ones"),
            )
            .sure(Confidence::Possible)
            .detail(short(line, 300))
            .fact("address", from)
            .cite(key.clone()),
        );
    }
    let all: usize = refused.values().sum();
    if all >= NOTED {
        drafts.push(
            Draft::new(
                "login.failures",
                Severity::Info,
                Subject::new("host", "logins"),
                format!("{all} logins were refused"),
            )
            .detail(format!(
                "They came from {} addresses; none of it got in by what is logged.",
                refused.len()
            ))
            .fact("count", i64::try_from(all).unwrap_or(i64::MAX))
            .cite(key),
        );
    }
}
