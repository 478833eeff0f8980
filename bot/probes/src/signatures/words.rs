//! What a unit that does not run said last, where nothing else explains it: unknown words are still the best there is.

use std::sync::LazyLock;

use incident::{Confidence, Severity, Subject};
use regex::Regex;

use super::hits::{Hit, is_log_of};
use super::lines::Seen;
use super::load::Signatures;
use super::verify::Known;
use crate::draft::Draft;
use crate::units::list::Unit;
use crate::units::show::Shown;
use crate::units::standing::{is_standing_service, severity};

/// Words of an error, as programs write them.
static ERROR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)error|exception|fatal|panic|fail|cannot|can't|could ?n[o']t|unable|denied|refus|invalid|not found|missing|no such|abort|unknown|unrecogni|undefined|unsupported|bad |illegal|expected|must |exceed|too many|already|corrupt|unexpected|\beof\b|not permitted|not allowed|no space|terminate called|assert").ok()
});
/// Levels that a program gives its lines; the first line with one is worth more than the last.
static LEVEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\[(?:ERROR|error|emerg|alert|crit|fatal|FATAL)\]|\b(?:ERROR|FATAL|PANIC|CRITICAL|SEVERE|EMERG)\b\s*:?|^# .*(?:Fatal|FATAL)").ok()
});
/// Lines that say no more than that it ends, or where to read on.
static EMPTY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)^\W*(?:at |File "|---|\*\*\*|goroutine |\^|~+|Node\.js v|For more|See |Try |Usage:|hint:|traceback|stack trace|note:|The log |during handling)|is not recoverable|due to previous errors|\baborting\W*$|shut(?:ting)? ?down\b|is shut down|examine the log|could not start server|test failed\W*$|^(?:\W*|.*[#*] |.*: )exiting\W*$|^\W*$"#).ok()
});
/// Lines that warn, and those that only follow from others: told where there is nothing else.
static LESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\[warn(?:ing)?\]|\bwarn(?:ing)?\b|^Can't open PID file").ok()
});
/// The time and the process with which a program begins its lines.
static STAMP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\W?\d{4}[-/]\d\d[-/]\d\d[ T]+\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: ?[A-Z]{3,4}|Z)?\W*(?:\[?\d+\]?)?[: ]*").ok()
});
/// Mistakes that the next attempt makes again.
static LASTING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)syntax|indentation|pars(?:e|ing)|unknown (?:option|variable|keyword|directive|command|argument)|unrecogni|invalid (?:option|argument|value|syntax|setting|parameter)|undefined symbol|symbol lookup|unexpected|no such (?:option|setting)|bad (?:option|directive)|NameError|TypeError|AttributeError|not permitted|invalid permissions|requires? ").ok()
});

fn is(form: &LazyLock<Option<Regex>>, text: &str) -> bool {
    form.as_ref().is_some_and(|form| form.is_match(text))
}

/// Codes that say that a unit does not run, and nothing of why.
const STATES: [&str; 8] = [
    "unit.failed",
    "unit.start_limit",
    "unit.restart_loop",
    "unit.starting",
    "unit.timeout",
    "unit.crashed",
    "unit.timer_failed",
    "unit.dependency_failed",
];

/// A draft for each unit that does not run, was read closely, and has no cause among the drafts.
pub(super) fn judge(
    known: &Known<'_>,
    signatures: &Signatures,
    hits: &[Hit<'_>],
    lines: &[Seen],
    drafts: &mut Vec<Draft>,
) {
    let mut found = Vec::new();
    for unit in known
        .units
        .list
        .values()
        .filter(|unit| unit.is_service() && !unit.transient)
        .filter(|unit| {
            unit.active == "failed"
                || unit.is_restarting()
                || unit.is_starting()
                || loops(unit, drafts)
        })
    {
        let key = format!("unit.log {}", unit.id);
        if !known.look.answers.contains_key(&key) || explained(unit, drafts) {
            continue;
        }
        found.extend(of_unit(known, signatures, hits, lines, unit, &key));
    }
    // A job's words belong to the account of its failure; what its timer or its caller lacks comes before them.
    found.retain(|error| {
        let standing = known
            .units
            .get(&error.subject.name)
            .is_some_and(is_standing_service);
        let failure = drafts
            .iter_mut()
            .find(|draft| draft.code == "unit.failed" && draft.subject == error.subject);
        match failure {
            Some(failure) if !standing => {
                failure.detail = format!("{}\n{}", failure.detail, error.detail);
                for key in &error.cites {
                    *failure = failure.clone().cite(key.as_str());
                }
                false
            }
            _ => true,
        }
    });
    // What the next attempt fails on again, those who would try once more should know.
    for draft in drafts
        .iter_mut()
        .filter(|draft| draft.code == "unit.start_limit")
    {
        let lasts = found
            .iter()
            .any(|error| error.facts.contains_key("lasting") && error.subject == draft.subject);
        if lasts {
            draft.facts.insert("lasting".to_owned(), true.into());
        }
    }
    drafts.extend(found);
}

/// Whether it runs at the moment, between two ends.
fn loops(unit: &Unit, drafts: &[Draft]) -> bool {
    let subject = Subject::new("unit", &unit.id);
    drafts
        .iter()
        .any(|draft| draft.code == "unit.restart_loop" && draft.subject == subject)
}

/// Whether a draft tells of something wrong with a unit.
pub(super) fn tells_of(draft: &Draft, unit: &str) -> bool {
    let of_it = draft.text("unit") == Some(unit)
        || (draft.subject.kind == "unit" && draft.subject.name == unit);
    of_it && draft.severity > Severity::Info
}

/// Whether something else already says why.
fn explained(unit: &Unit, drafts: &[Draft]) -> bool {
    drafts.iter().any(|draft| {
        // A name that was not found may have been asked for by the way: where that is what it says last, it is told all the same.
        let by_the_way = draft.code == "net.dns" && draft.facts.contains_key("signature");
        tells_of(draft, &unit.id) && !by_the_way && !STATES.contains(&draft.code.as_str())
    })
}

fn of_unit(
    known: &Known<'_>,
    signatures: &Signatures,
    hits: &[Hit<'_>],
    lines: &[Seen],
    unit: &Unit,
    key: &str,
) -> Option<Draft> {
    let said = last_attempt(known, lines, unit);
    let words: Vec<&str> = said
        .iter()
        .copied()
        .filter(|text| !is(&EMPTY, text))
        .collect();
    let telling = telling(&words);
    // Words that a signature knows were looked into: what they say is over, or is told elsewhere.
    let is_known = telling.is_some_and(|text| {
        signatures.fitting(text).any(|signature| {
            !STATES.contains(&signature.code.as_str())
                && hits.iter().any(|hit| {
                    hit.signature.id == signature.id && hit.unit.as_deref() == Some(&unit.id)
                })
        })
    });
    if is_known {
        return None;
    }
    let show = format!("unit.show {}", unit.id);
    let shown = known
        .look
        .text(&show)
        .ok()
        .map(|text| Shown::read(&text))
        .unwrap_or_default();
    let step = shown
        .failed_step
        .filter(|_| unit.exit_code == 0 || !unit.is_starting());
    let (title, message) = match (telling, &step) {
        (Some(text), _) => (
            format!("{} says: {}", unit.id, short(&bare(text), 200)),
            text,
        ),
        (None, Some(step)) => (
            format!(
                "{}: its {} command ended with exit code {}: {}",
                unit.id,
                step.key,
                step.status,
                short(&step.argv, 120)
            ),
            step.argv.as_str(),
        ),
        (None, None) => return None,
    };
    let mut detail = Vec::new();
    if let (Some(_), Some(step)) = (telling, &step) {
        detail.push(format!(
            "Its {} command ended with exit code {}: {}",
            step.key,
            step.status,
            short(&step.argv, 200)
        ));
    }
    if said.is_empty() {
        detail.push("It wrote nothing about it.".to_owned());
    } else {
        detail.push("It said last:".to_owned());
        // Attempts that follow each other closely say the same: the last is enough.
        let repeats: Vec<usize> = said
            .iter()
            .enumerate()
            .filter(|(_, text)| Some(**text) == telling)
            .map(|(at, _)| at)
            .collect();
        let before = match repeats.as_slice() {
            [.., earlier, _] => earlier + 1,
            _ => 0,
        };
        let from = before.max(said.len().saturating_sub(8));
        detail.extend(
            said.iter()
                .skip(from)
                .map(|text| format!("  {}", short(text, 240))),
        );
    }
    let mut draft = Draft::new(
        "app.error",
        severity(unit),
        Subject::new("unit", &unit.id),
        title,
    )
    .sure(if telling.is_some() {
        Confidence::Likely
    } else {
        Confidence::Confirmed
    })
    .detail(detail.join("\n"))
    .fact("unit", unit.id.as_str())
    .fact("message", short(message, 300))
    .cite(key);
    if step.is_some() {
        draft = draft.cite(show);
    }
    if telling.is_some_and(|text| is(&LASTING, text)) {
        draft = draft.fact("lasting", true);
    }
    Some(draft)
}

/// How far back the words of a unit that runs between two ends are read.
const LOOKED_BACK_MS: i64 = 180_000;

/// What the unit, or the service manager on its behalf, wrote in its last attempt.
fn last_attempt<'a>(known: &Known<'_>, lines: &'a [Seen], unit: &Unit) -> Vec<&'a str> {
    let since = if unit.is_active() {
        // What it said before it was started once more.
        known.units.now_ms.saturating_sub(LOOKED_BACK_MS)
    } else {
        known
            .units
            .moment(unit.left_inactive.max(unit.started_at))
            .unwrap_or(0)
            .saturating_sub(1500)
    };
    let manager = format!("{}: ", unit.id);
    let mut said = Vec::new();
    let mut own: Vec<(i64, &str)> = lines
        .iter()
        .filter(|seen| match (&seen.line.unit, &seen.file) {
            (Some(of), _) => *of == unit.id,
            (None, Some(file)) => is_log_of(&unit.id, file),
            (None, None) => false,
        })
        .filter_map(|seen| Some((seen.line.at_ms?, seen)))
        .filter(|(at, _)| *at >= since)
        .filter_map(|(at, seen)| {
            let text = seen.line.text.trim_end();
            let by_manager = seen.line.program == "systemd" || seen.line.program.starts_with('(');
            if !by_manager {
                return Some((at, text));
            }
            let text = text.strip_prefix(manager.as_str())?;
            let says_why = [
                "Failed to set up ",
                "Failed at step ",
                "Failed to load ",
                "Can't open PID file ",
            ];
            let why = says_why.iter().any(|start| text.starts_with(start));
            why.then_some((at, text))
        })
        .collect();
    own.sort_by_key(|(at, _)| *at);
    for (_, text) in own {
        if said.last() != Some(&text) {
            said.push(text);
        }
    }
    said
}

/// The line that says most: the first with a level of error; of a traceback its end; else the last with words of an error.
fn telling<'a>(said: &[&'a str]) -> Option<&'a str> {
    let strong: Vec<&str> = said
        .iter()
        .copied()
        .filter(|text| !is(&LESS, text))
        .collect();
    most_telling(&strong).or_else(|| most_telling(said))
}

fn most_telling<'a>(said: &[&'a str]) -> Option<&'a str> {
    if let Some(text) = said.iter().find(|text| is(&LEVEL, text)) {
        return Some(text);
    }
    let caused = said
        .iter()
        .rfind(|text| text.trim_start().starts_with("Caused by: "));
    caused
        .or_else(|| {
            said.iter()
                .rfind(|text| !text.starts_with(char::is_whitespace) && is(&ERROR, text))
        })
        .or_else(|| said.iter().rfind(|text| is(&ERROR, text)))
        .copied()
}

/// A line without the time and the process with which it begins.
pub(super) fn bare(text: &str) -> std::borrow::Cow<'_, str> {
    STAMP
        .as_ref()
        .map_or(text.into(), |stamp| stamp.replace(text, ""))
}

/// Whether a program gave the line a level of error.
pub(super) fn has_level(text: &str) -> bool {
    is(&LEVEL, text)
}

pub(super) fn short(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}
