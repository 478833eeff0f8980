//! Judges timers: those whose last job failed, and those that will start nothing.

use incident::{Confidence, Severity};

use super::list::{Unit, Units};
use super::standing::{about, ending};
use crate::draft::Draft;

/// What is wrong with a timer, if anything.
pub(super) fn judge(units: &Units, unit: &Unit) -> Option<Draft> {
    if !unit.id.ends_with(".timer") || unit.load == "masked" {
        return None;
    }
    failed(units, unit).or_else(|| idle(units, unit))
}

/// A timer whose job failed.
fn failed(units: &Units, unit: &Unit) -> Option<Draft> {
    let job = unit
        .triggers
        .iter()
        .filter_map(|id| units.get(id))
        .find(|job| job.active == "failed")?;
    let title = format!("The last run of {} failed ({})", unit.id, job.id);
    let draft = Draft::new("unit.timer_failed", Severity::Warning, about(unit), title)
        .detail(format!(
            "{} starts {}; at its last run, {}.",
            unit.id,
            job.id,
            ending(job)
        ))
        .fact("unit", job.id.as_str())
        .fact("timer", unit.id.as_str())
        .fact("mentions", vec![job.id.clone()]);
    Some(draft)
}

/// A timer that somebody set up and that will never start anything.
fn idle(units: &Units, unit: &Unit) -> Option<Draft> {
    let enabled = unit.file_state.starts_with("enabled");
    let masked = |id: &str| units.masks.iter().any(|mask| mask.unit == id);
    let gone = unit.triggers.iter().find_map(|id| {
        let load = units.get(id).map_or("", |job| job.load.as_str());
        if load == "masked" || masked(id) {
            Some((id, "is masked"))
        } else if load == "not-found" {
            Some((id, "is not there"))
        } else {
            None
        }
    });
    let (reason, title, detail) = if let Some((job, what)) = gone {
        if !enabled && !unit.is_active() {
            return None;
        }
        (
            "job",
            format!("{} is to start {job}, which {what}", unit.id),
            "Its job never runs, and nothing but a line of the service manager says so.",
        )
    } else if unit.is_active() && unit.sub == "elapsed" && !unit.has_triggered {
        (
            "never",
            format!(
                "{} will never start anything: none of its times lies ahead",
                unit.id
            ),
            "It runs, has never started its job, and waits for no moment: a date that is over, or a time that counts from the end of a job that never ran.",
        )
    } else if enabled
        && unit.active == "inactive"
        && unit.load == "loaded"
        && !unit.is_refused()
        && units.state != "starting"
    {
        (
            "stopped",
            format!(
                "{} is enabled but stopped: its job is not started any more",
                unit.id
            ),
            "It would be started at the next boot; until then nothing starts its job.",
        )
    } else {
        return None;
    };
    let draft = Draft::new("unit.timer_idle", Severity::Warning, about(unit), title)
        .sure(if reason == "stopped" {
            Confidence::Likely
        } else {
            Confidence::Confirmed
        })
        .detail(detail)
        .fact("unit", unit.id.as_str())
        .fact("timer", unit.id.as_str())
        .fact("reason", reason)
        .fact("mentions", unit.triggers.clone());
    Some(draft)
}
