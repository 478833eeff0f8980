//! Judges timers: those whose last job failed, and those that will start nothing.

use incident::{Confidence, Severity};

use super::list::{Unit, Units};
use super::resting::is_fresh;
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
    // While units are still started or stopped, or nobody can say which are, a timer that rests tells nothing.
    if !matches!(units.state.as_str(), "running" | "degraded") {
        return None;
    }
    let enabled = unit.file_state.starts_with("enabled");
    let mask = |id: &str| units.masks.iter().find(|mask| mask.unit == id);
    let gone = unit.triggers.iter().find_map(|id| {
        let load = units.get(id).map_or("", |job| job.load.as_str());
        let mask = mask(id);
        if load == "masked" || mask.is_some() {
            // What was masked long ago was masked on purpose.
            let fresh = mask.is_some_and(|mask| is_fresh(units, mask.at));
            Some((id, "is masked", fresh))
        } else if load == "not-found" {
            Some((id, "is not there", true))
        } else {
            None
        }
    });
    let (reason, wrong, title, detail) = if let Some((job, what, wrong)) = gone {
        if !enabled && !unit.is_active() {
            return None;
        }
        (
            "job",
            wrong,
            format!("{} is to start {job}, which {what}", unit.id),
            "Its job never runs, and nothing but a line of the service manager says so.",
        )
    } else if unit.is_active() && unit.sub == "elapsed" && !unit.has_triggered {
        let never = counts_from_its_job_alone(unit);
        (
            "never",
            never,
            format!(
                "{} will never start anything: none of its times lies ahead",
                unit.id
            ),
            if never {
                "It runs, has never started its job, and counts its time from a run of that job, which never came."
            } else {
                // A date that is over may have been served before the host was last started.
                "It runs and waits for no moment: its dates are over."
            },
        )
    } else if enabled
        && unit.active == "inactive"
        && unit.load == "loaded"
        && !unit.is_refused()
        && is_missed(units, unit)
    {
        (
            "stopped",
            true,
            format!(
                "{} is enabled but stopped: its job is not started any more",
                unit.id
            ),
            "It would be started at the next boot; until then nothing starts its job.",
        )
    } else {
        return None;
    };
    let severity = if wrong {
        Severity::Warning
    } else {
        Severity::Info
    };
    let draft = Draft::new("unit.timer_idle", severity, about(unit), title)
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

/// Whether each of its times counts from a run of its own job, so that the first run never comes.
fn counts_from_its_job_alone(unit: &Unit) -> bool {
    let after =
        |time: &String| time.starts_with("OnUnitActive") || time.starts_with("OnUnitInactive");
    !unit.times.is_empty() && unit.times.iter().all(after)
}

/// Whether something that wants it is up: what only a resting unit wants rests with it.
fn is_missed(units: &Units, unit: &Unit) -> bool {
    unit.wanted_by.iter().chain(&unit.required_by).any(|by| {
        matches!(by.as_str(), "timers.target" | "multi-user.target")
            || units.get(by).is_some_and(Unit::is_active)
    })
}

#[cfg(test)]
mod tests {
    use super::super::list::Units;
    use super::judge;

    /// What is said of the timers of a host; its clock stands at 1795426000.
    fn told(state: &str, blocks: &str, links: &str) -> Vec<String> {
        let units = Units::read(&format!(
            "manager systemd\nstate {state}\nnow 1795426000.5 1000.00\n{blocks}\n-- failed of every kind\n-- links\n{links}\n"
        ));
        let drafts = units.list.values().filter_map(|unit| judge(&units, unit));
        drafts
            .map(|draft| format!("{:?} {}", draft.severity, draft.title))
            .collect()
    }

    const RESTING: &str = "Id=a.timer\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=enabled\n";

    #[test]
    fn a_timer_is_stopped_where_what_wants_it_is_up() {
        let by = |by: &str| {
            let links = format!("wants /etc/systemd/system/{by}.wants/a.timer");
            let raid =
                "\nId=up.service\nActiveState=active\n\nId=raid.service\nActiveState=inactive\n";
            told("running", &format!("{RESTING}{raid}"), &links)
        };
        let stopped = ["Warning a.timer is enabled but stopped: its job is not started any more"];
        assert_eq!(by("timers.target"), stopped);
        assert_eq!(by("up.service"), stopped);
        assert_eq!(by("raid.service"), Vec::<String>::new());
        assert_eq!(by("other.service"), Vec::<String>::new());
        let known = format!("{RESTING}WantedBy=timers.target\n");
        assert_eq!(told("degraded", &known, ""), stopped);
        assert_eq!(told("starting", &known, ""), Vec::<String>::new());
        assert_eq!(told("offline", &known, ""), Vec::<String>::new());
    }

    #[test]
    fn a_job_that_was_masked_long_ago_was_masked_on_purpose() {
        let timer = "Id=a.timer\nLoadState=loaded\nActiveState=active\nSubState=waiting\nUnitFileState=enabled\nTriggers=a.service\n";
        let masked = |at: &str| {
            told(
                "running",
                timer,
                &format!("mask {at} /etc/systemd/system/a.service"),
            )
        };
        let said = "a.timer is to start a.service, which is masked";
        assert_eq!(masked("1795420000"), [format!("Warning {said}")]);
        assert_eq!(masked("1705420000"), [format!("Info {said}")]);
        let gone = format!("{timer}\nId=a.service\nLoadState=not-found\n");
        assert_eq!(
            told("running", &gone, ""),
            ["Warning a.timer is to start a.service, which is not there"]
        );
    }

    #[test]
    fn a_date_that_is_over_may_have_been_served() {
        let elapsed = |times: &str| {
            told(
                "running",
                &format!(
                    "{times}\nId=a.timer\nLoadState=loaded\nActiveState=active\nSubState=elapsed\nTriggers=a.service\n"
                ),
                "",
            )
        };
        let said = "a.timer will never start anything: none of its times lies ahead";
        let job = "TimersMonotonic={ OnUnitActiveUSec=1d ; next_elapse=0 }";
        let date = "TimersCalendar={ OnCalendar=2020-01-01 03:00:00 ; next_elapse=n/a }";
        let boot = "TimersMonotonic={ OnBootUSec=5min ; next_elapse=0 }";
        assert_eq!(elapsed(job), [format!("Warning {said}")]);
        assert_eq!(elapsed(date), [format!("Info {said}")]);
        assert_eq!(elapsed(&format!("{job}\n{boot}")), [format!("Info {said}")]);
        assert_eq!(
            elapsed(&format!(
                "LastTriggerUSec=Tue 2026-12-01 03:00:00 UTC\n{job}"
            )),
            Vec::<String>::new()
        );
    }
}
