//! Judges units that rest although they are meant to run: masked, stopped by hand, ended by themselves.

use std::collections::BTreeSet;

use incident::{Confidence, Severity};

use super::list::{Unit, Units};
use super::log::Line;
use super::standing::{about, described, is_standing_service};
use crate::draft::Draft;

/// A unit that somebody masked although others or the boot still ask for it.
pub(super) fn masked(units: &Units, id: &str, at: i64, lines: &[Line]) -> Option<Draft> {
    let unit = units.get(id).cloned().unwrap_or_else(|| Unit {
        id: id.to_owned(),
        ..Unit::default()
    });
    if unit.is_active()
        || !(id.ends_with(".service") || id.ends_with(".socket") || id.ends_with(".mount"))
    {
        return None;
    }
    let needed_by: Vec<String> = units
        .list
        .values()
        .filter(|other| unit.required_by.contains(&other.id) && !other.is_active())
        .map(|other| other.id.clone())
        .collect();
    let asked_for = units.wanted.contains(id) || !unit.wanted_by.is_empty();
    let was_stopped = lines.iter().any(|line| {
        line.unit.as_deref() == Some(id)
            && line.program == "systemd"
            && line.text.starts_with("Stopped ")
    });
    let age = units.now_ms / 1000 - at;
    let fresh = at > 0 && age < 24 * 3600;
    let severity = if !needed_by.is_empty() {
        Severity::Critical
    } else if asked_for && (was_stopped || fresh) {
        Severity::Warning
    } else {
        Severity::Info
    };
    let severity = if severity == Severity::Warning && was_stopped {
        Severity::Critical
    } else {
        severity
    };
    let confidence = if was_stopped || !needed_by.is_empty() {
        Confidence::Confirmed
    } else {
        Confidence::Likely
    };
    let mut why =
        vec!["A masked unit cannot be started by anybody until the mask is taken off.".to_owned()];
    if asked_for {
        why.push("It is still enabled at boot, so it is meant to run.".to_owned());
    }
    if was_stopped {
        why.push("It ran until a short while ago.".to_owned());
    }
    let mut draft = Draft::new(
        "unit.masked",
        severity,
        about(&unit),
        format!("{id} is masked and cannot be started"),
    )
    .sure(confidence)
    .detail(why.join(" "))
    .fact("unit", id)
    .fact("enabled", asked_for)
    .fact("was_running", was_stopped);
    if !needed_by.is_empty() {
        draft = draft.fact("needed_by", needed_by);
    }
    Some(draft)
}

/// How a service that rests came to rest, by the service manager's own words since boot.
struct Rest {
    /// Somebody told it to stop.
    told: bool,
    /// When it ended, in milliseconds since the epoch.
    ended: i64,
    /// For how many seconds it had run, where its start is known.
    ran: Option<i64>,
}

fn rest(units: &Units, unit: &Unit, lines: &[Line]) -> Option<Rest> {
    let boot = units.moment(1).unwrap_or(0);
    let mut said: Vec<(i64, &str)> = lines
        .iter()
        .filter(|line| line.unit.as_deref() == Some(unit.id.as_str()) && line.program == "systemd")
        .filter_map(|line| Some((line.at_ms.filter(|at| *at >= boot)?, line.text.as_str())))
        .collect();
    said.sort_by_key(|(at, _)| *at);
    let last = |start: &str| {
        said.iter()
            .rfind(|(_, text)| text.starts_with(start))
            .map(|(at, _)| *at)
    };
    let started = last("Started ").or_else(|| units.moment(unit.active_since));
    let stopping = last("Stopping ");
    let ended = said
        .iter()
        .rfind(|(_, text)| {
            text.starts_with("Stopped ") || text.ends_with("Deactivated successfully.")
        })
        .map(|(at, _)| *at)
        .or_else(|| units.moment(unit.inactive_since))?;
    Some(Rest {
        told: unit.exit_code == 2
            || stopping.is_some_and(|at| started.is_none_or(|started| at >= started)),
        ended,
        ran: started
            .filter(|started| *started <= ended)
            .map(|started| (ended - started) / 1000),
    })
}

/// An enabled service that somebody stopped, or that ended by itself without a failure.
pub(super) fn stopped(
    units: &Units,
    unit: &Unit,
    lines: &[Line],
    logs: &BTreeSet<String>,
) -> Option<Draft> {
    let standing = is_standing_service(unit)
        && unit.active == "inactive"
        && unit.load == "loaded"
        && unit.file_state == "enabled"
        && unit.triggered_by.is_empty()
        && (unit.condition_met || unit.condition_at == 0)
        && !unit.id.contains('@')
        && !units.masks.iter().any(|mask| mask.unit == unit.id);
    if !standing {
        return None;
    }
    let about_it = |severity, title: String| {
        let draft = Draft::new("unit.stopped", severity, about(unit), title);
        draft.fact("unit", unit.id.as_str())
    };
    let Some(rest) = rest(units, unit, lines) else {
        // Never started since boot, as far as is known: by a condition, or nobody asked. Its log says more.
        let open = !logs.contains(&unit.id);
        let title = format!("{} is enabled but does not run", unit.id);
        return open.then(|| {
            about_it(Severity::Info, title)
                .sure(Confidence::Possible)
                .detail("Whether it ran since boot is not known.")
        });
    };
    let ago =
        incident::Span::seconds(u64::try_from((units.now_ms - rest.ended) / 1000).unwrap_or(0));
    let (severity, confidence, how) = if rest.told {
        (
            Severity::Warning,
            Confidence::Confirmed,
            "it was told to stop",
        )
    } else if rest.ran.is_none_or(|ran| ran >= 60) {
        (
            Severity::Warning,
            Confidence::Likely,
            "its program ended by itself without an error",
        )
    } else {
        (
            Severity::Info,
            Confidence::Possible,
            "its program did its work and ended",
        )
    };
    let draft = about_it(severity, format!("{} is enabled but does not run", unit.id))
        .sure(confidence)
        .detail(format!(
            "{}. It ran since boot and stopped {ago} ago: {how}.",
            described(unit)
        ))
        .fact("told", rest.told);
    Some(draft)
}
