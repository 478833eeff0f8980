//! Judges units that rest although they are meant to run: masked, stopped by hand, ended by themselves.

use std::collections::BTreeSet;

use incident::{Confidence, Severity};

use super::list::{Unit, Units};
use super::log::{Line, short_unix};
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
    let fresh = is_fresh(units, at);
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

/// Whether a mask was made within the last day: an older one is there on purpose.
pub(super) fn is_fresh(units: &Units, at: i64) -> bool {
    at > 0 && units.now_ms / 1000 - at < 24 * 3600
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
        && matches!(unit.file_state.as_str(), "enabled" | "enabled-runtime")
        && unit.triggered_by.is_empty()
        && !unit.is_refused()
        // Instances come and go with what they are for; one that a unit of the host asks for is meant to be there.
        && (!unit.id.contains('@') || unit.wanted_by.iter().any(|by| by.ends_with(".service")))
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

/// A service that was not started because what its file demands is not so, though it ran since boot: somebody misses it.
pub(super) fn refused(units: &Units, unit: &Unit, lines: &[Line]) -> Option<Draft> {
    let asked = unit.condition_at.max(unit.assert_at);
    let ran = unit.active_since > 0 && unit.active_since < asked;
    if !(unit.is_refused() && is_standing_service(unit) && ran && unit.load == "loaded") {
        return None;
    }
    let what = if unit.assert_met || unit.assert_at == 0 {
        "condition"
    } else {
        "assertion"
    };
    // `… was skipped because of an unmet condition check (ConditionPathExists=/etc/shop/on).`
    let named = lines
        .iter()
        .filter(|line| line.unit.as_deref() == Some(unit.id.as_str()) && line.program == "systemd")
        .filter_map(|line| {
            let (_, rest) = line.text.split_once("unmet condition check (")?;
            rest.split_once(')').map(|(named, _)| named.to_owned())
        })
        .next_back();
    let title = named.as_ref().map_or_else(
        || {
            format!(
                "{} was not started: one {what} of its unit file does not hold",
                unit.id
            )
        },
        |named| format!("{} was not started: {named} does not hold", unit.id),
    );
    let ago =
        incident::Span::seconds(u64::try_from(units.seconds_ago(asked).unwrap_or(0)).unwrap_or(0));
    let mut draft = Draft::new("unit.condition", Severity::Warning, about(unit), title)
        .detail(format!(
            "{}. It ran since boot; when it was to be started {ago} ago, the service manager passed it over. That counts as no failure. Its {what}s stand in its file: systemctl cat {}.",
            described(unit),
            unit.id
        ))
        .fact("unit", unit.id.as_str());
    if let Some(named) = named {
        if let Some((_, path)) = named
            .split_once("Path")
            .and_then(|(_, rest)| rest.split_once('='))
            && path.starts_with('/')
        {
            draft = draft.fact("path", path);
        }
        draft = draft.fact("condition", named);
    }
    Some(draft)
}

/// No start of a service is judged before it took so long.
const LONG_START_SECONDS: i64 = 15;
/// Past this its users wait for it in earnest.
const VERY_LONG_START_SECONDS: i64 = 60;

/// A service whose start goes on and on: it is not up, and has not failed yet.
pub(super) fn starting(units: &Units, unit: &Unit) -> Option<Draft> {
    if !unit.is_starting() || !unit.is_service() || unit.transient {
        return None;
    }
    let since = units.seconds_ago(unit.left_inactive)?;
    let severity = if since >= VERY_LONG_START_SECONDS {
        Severity::Critical
    } else if since >= LONG_START_SECONDS {
        Severity::Warning
    } else {
        Severity::Info
    };
    let draft = Draft::new(
        "unit.starting",
        severity,
        about(unit),
        format!(
            "{} has been starting for {} and is not up",
            unit.id,
            incident::Span::seconds(u64::try_from(since).unwrap_or(0))
        ),
    )
    .detail(format!(
        "{}. The service manager waits for it to say that it is ready, or for its process file.",
        described(unit)
    ))
    .fact("unit", unit.id.as_str())
    .fact("since_seconds", since);
    Some(draft)
}

/// A service that a person named, which rests, is not enabled, and ran within the last day.
pub(super) fn named(text: &str, units: &Units) -> Vec<Draft> {
    let mut found = Vec::new();
    for block in text.split("rests ").skip(1) {
        let Some(id) = block.lines().next().map(str::trim) else {
            continue;
        };
        let ended = short_unix(block, id)
            .into_iter()
            .rfind(|line| line.text.starts_with("Stopped "))
            .and_then(|line| line.at_ms);
        let Some(ended) = ended else { continue };
        let ago =
            incident::Span::seconds(u64::try_from((units.now_ms - ended) / 1000).unwrap_or(0));
        found.push(
            Draft::new(
                "unit.stopped",
                Severity::Warning,
                incident::Subject::new("unit", id),
                format!("{id} does not run and is not enabled"),
            )
            .sure(Confidence::Likely)
            .detail(format!("It was stopped {ago} ago, and would not start at boot. It may be so on purpose; it is told because the symptom names it."))
            .fact("unit", id)
            .fact("told", true),
        );
    }
    found
}
