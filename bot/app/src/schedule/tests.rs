//! The clock is made by hand: months pass without anybody waiting.

use std::path::Path;

use incident::{Moment, Span};

use super::Schedule;
use crate::settings::Settings;

/// The schedule that a line of the settings says.
fn schedule(line: &str) -> Schedule {
    let text = format!(
        "version = 1\n[slack]\nbot_token_file = \"b\"\napp_token_file = \"a\"\n[[scans]]\nname = \"x\"\ntargets = [\"all\"]\nchannel = \"C1\"\n{line}\n"
    );
    let settings = Settings::parse(Path::new("sickbay.toml"), &text).unwrap();
    settings.scans[0].schedule.clone()
}

fn at(text: &str) -> Moment {
    let at: jiff::Timestamp = text.parse().unwrap();
    Moment(at.as_millisecond())
}

fn shown(at: Option<Moment>) -> String {
    let at = at.map(|at| jiff::Timestamp::from_millisecond(at.0).unwrap());
    at.map_or_else(|| "-".to_owned(), |at| at.to_string())
}

#[track_caller]
fn due(of: &Schedule, done: &str, now: &str, expected: &str) {
    assert_eq!(shown(of.due(at(done), at(now))), expected, "{done} {now}");
}

#[test]
fn the_first_of_a_month_by_the_clock_on_the_wall() {
    let monthly = schedule("cron = \"0 6 1 * *\"\nzone = \"Europe/Berlin\"");
    let done = "2026-10-01T04:00:00Z";
    due(&monthly, done, "2026-10-31T23:00:00Z", "-");
    due(&monthly, done, "2026-11-01T04:59:59Z", "-");
    // In winter an hour later by UTC.
    let winter = "2026-11-01T05:00:00Z";
    due(&monthly, done, "2026-11-01T05:00:00Z", winter);
    due(&monthly, done, "2026-11-20T05:00:00Z", winter);
    due(&monthly, winter, "2026-11-20T05:00:00Z", "-");
    let next = monthly.next(at(winter), at("2026-11-20T05:00:00Z"));
    assert_eq!(shown(next), "2026-12-01T05:00:00Z");
    assert_eq!(monthly.shown(at(winter)), "2026-11-01 06:00 CET");
}

#[test]
fn what_was_missed_is_due_once_and_late() {
    let daily = schedule("cron = \"30 2 * * *\"\nzone = \"UTC\"");
    let done = "2026-03-01T02:30:00Z";
    let last = "2026-06-09T02:30:00Z";
    due(&daily, done, "2026-06-09T12:00:00Z", last);
    due(&daily, last, "2026-06-09T12:00:00Z", "-");
    let often = schedule("every = \"6h\"");
    due(&often, done, "2026-03-01T08:29:59Z", "-");
    due(&often, done, "2026-03-01T08:30:00Z", "2026-03-01T08:30:00Z");
    due(&often, done, "2026-03-09T12:00:00Z", "2026-03-09T08:30:00Z");
    let next = often.next(at(done), at("2026-03-09T12:00:00Z"));
    assert_eq!(shown(next), "2026-03-09T14:30:00Z");
}

#[test]
fn a_clock_that_is_turned_back_makes_nothing_due_twice() {
    let daily = schedule("cron = \"30 2 * * *\"\nzone = \"Europe/Berlin\"");
    // 02:30 comes twice in the night to the 25th of October 2026, and not at all in the night to the 29th of March.
    for (first, minutes) in [
        ("2026-10-24T00:00:00Z", 3 * 1440),
        ("2026-03-28T00:00:00Z", 3 * 1440),
    ] {
        let mut done = at(first);
        let mut times = 0;
        for minute in 0..minutes {
            let now = at(first).plus(Span::minutes(minute));
            if let Some(due) = daily.due(done, now) {
                assert!(due > done);
                done = due;
                times += 1;
            }
        }
        assert_eq!(times, 3, "after {first}");
    }
}

#[test]
fn what_comes_every_four_years_comes() {
    let leap = schedule("cron = \"0 0 29 2 *\"\nzone = \"UTC\"");
    let now = "2027-03-01T02:30:00Z";
    due(&leap, "2026-03-01T02:30:00Z", now, "-");
    let next = leap.next(at("2026-03-01T02:30:00Z"), at(now));
    assert_eq!(shown(next), "2028-02-29T00:00:00Z");
}
