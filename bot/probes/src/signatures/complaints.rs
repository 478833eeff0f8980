//! What services that run complain of again and again, in words that no signature knows: no verdict, but where to look first when
//! nothing else is wrong.

use std::collections::{BTreeMap, BTreeSet};

use incident::{Severity, Subject};

use super::hits::FRESH_MS;
use super::lines::Seen;
use super::load::Signatures;
use super::verify::Known;
use super::words::{bare, has_level, short, tells_of};
use crate::draft::Draft;
use crate::units::standing::is_standing_service;

/// Fewer times is an incident of its own, and over.
const REPEATS: usize = 3;
/// More than this says nothing to a person in a hurry.
const MOST: usize = 3;

/// The same words with other numbers.
fn alike(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

/// A draft for each unit that runs and says one thing at a level of error, at least so often, and is not told of otherwise.
pub(super) fn judge(
    known: &Known<'_>,
    signatures: &Signatures,
    lines: &[Seen],
    drafts: &mut Vec<Draft>,
) {
    let since = known.units.now_ms.saturating_sub(FRESH_MS);
    let mut said: BTreeMap<(&str, String), (usize, &Seen)> = BTreeMap::new();
    for seen in lines {
        let line = &seen.line;
        let (Some(of), Some(at)) = (line.unit.as_deref(), line.at_ms) else {
            continue;
        };
        let runs = known
            .units
            .get(of)
            .is_some_and(|unit| unit.is_active() && !unit.transient && is_standing_service(unit));
        if !runs || at < since || line.program == "systemd" || !has_level(&line.text) {
            continue;
        }
        if signatures.fitting(&line.text).next().is_some() {
            continue;
        }
        let times = said
            .entry((of, alike(&bare(&line.text))))
            .or_insert((0, seen));
        *times = (times.0 + 1, seen);
    }
    let is_told = |unit: &str| drafts.iter().any(|draft| tells_of(draft, unit));
    let mut list: Vec<(&str, usize, &Seen)> = said
        .into_iter()
        .map(|((of, _), (times, seen))| (of, times, seen))
        .filter(|(of, times, _)| *times >= REPEATS && !is_told(of))
        .collect();
    list.sort_by_key(|(of, times, _)| (std::cmp::Reverse(*times), *of));
    // Of each unit what it says most often.
    let mut told = BTreeSet::new();
    list.retain(|(of, ..)| told.insert(*of));
    list.truncate(MOST);
    drafts.extend(list.into_iter().map(|(of, times, seen)| {
        let message = bare(&seen.line.text);
        Draft::new(
            "app.complains",
            Severity::Info,
            Subject::new("unit", of),
            format!("{of} says again and again: {}", short(&message, 200)),
        )
        .detail(format!(
            "At least {times} times in the last quarter of an hour."
        ))
        .fact("unit", of)
        .fact("message", short(&message, 200))
        .fact("count", i64::try_from(times).unwrap_or(i64::MAX))
        .cite(seen.key.as_str())
    }));
}

#[cfg(test)]
mod tests {
    use incident::Severity;

    use super::judge;
    use crate::judge::tests::{answers, look_at};
    use crate::signatures::Signatures;
    use crate::signatures::lines::Seen;
    use crate::signatures::load::Source;
    use crate::signatures::verify::Known;
    use crate::units::log::Line;

    const UNITS: &str = "manager systemd\nstate running\nnow 1795426000.5 1000.00\nId=rep.service\nLoadState=loaded\nActiveState=active\nSubState=running\nType=simple\n";

    fn said(lines: &[(&str, i64)]) -> Vec<(String, Severity)> {
        let signatures = Signatures::shipped().unwrap();
        let seen = |(text, seconds_ago): &(&str, i64)| Seen {
            line: Line {
                at_ms: Some(1_795_426_000_000 - seconds_ago * 1000),
                unit: Some("rep.service".to_owned()),
                program: "rep".to_owned(),
                text: (*text).to_owned(),
            },
            source: Source::Journal,
            file: None,
            key: "log.journal 3600".to_owned(),
        };
        let lines: Vec<Seen> = lines.iter().map(seen).collect();
        look_at(&answers(&[("unit.list", UNITS)]), |look| {
            let mut drafts = Vec::new();
            judge(&Known::new(look), &signatures, &lines, &mut drafts);
            drafts
                .into_iter()
                .map(|draft| (draft.title, draft.severity))
                .collect()
        })
    }

    #[test]
    fn what_is_said_again_and_again_is_told_and_is_no_verdict() {
        let three = [
            ("ERROR fetch 17: timed out", 30),
            ("ERROR fetch 18: timed out", 20),
            ("ERROR fetch 19: timed out", 10),
        ];
        assert_eq!(
            said(&three),
            [(
                "rep.service says again and again: ERROR fetch 19: timed out".to_owned(),
                Severity::Info
            )]
        );
        assert_eq!(said(&three[1..]), [], "twice is an incident of its own");
        let old = three.map(|(text, ago)| (text, ago + 1000));
        assert_eq!(said(&old), [], "that is over");
        let other = [
            ("ERROR one", 30),
            ("ERROR two", 20),
            ("INFO 0 errors", 10),
            ("INFO 1 errors", 9),
            ("INFO 2 errors", 8),
        ];
        assert_eq!(said(&other), []);
    }
}
