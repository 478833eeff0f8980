//! Finds the time at the beginning of a line of a log file, in the many ways in which programs write it.

use regex::Regex;

use crate::read::counted;

/// The forms that are known, ready to use.
pub(crate) struct Stamps {
    forms: Vec<Regex>,
}

/// Each names what it has: year, month (number or name), day, hour, minute, second, and `zone` where it is given.
const FORMS: &[&str] = &[
    r"^\W{0,2}(?:\d+:[A-Z] )?(?P<y>\d{4})[-/](?P<m>\d\d)[-/](?P<d>\d\d)[T ] ?(?P<h>\d{1,2}):(?P<i>\d\d):(?P<s>\d\d)(?:[.,]\d+)? ?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    r"^\[?\w{3} (?P<m>[A-Z][a-z]{2}) +(?P<d>\d{1,2}) (?P<h>\d\d):(?P<i>\d\d):(?P<s>\d\d)(?:\.\d+)? (?P<y>\d{4})",
    r"^\[?(?:\d+:[A-Z] )?(?P<d>\d{1,2})[-/ ](?P<m>[A-Z][a-z]{2})[-/ ](?P<y>\d{4})[: ](?P<h>\d\d):(?P<i>\d\d):(?P<s>\d\d)(?:\.\d+)?(?: (?P<zone>[+-]\d{4}))?",
    r"^(?P<m>[A-Z][a-z]{2}) +(?P<d>\d{1,2}) (?P<h>\d\d):(?P<i>\d\d):(?P<s>\d\d)",
];

impl Stamps {
    /// All forms.
    pub(crate) fn new() -> Self {
        Self {
            forms: FORMS
                .iter()
                .filter_map(|form| Regex::new(form).ok())
                .collect(),
        }
    }

    /// The time in milliseconds since the epoch. `offset_s` is the host's distance from UTC, `now_ms` its clock: a stamp
    /// without a year is of the last twelve months.
    pub(crate) fn find(&self, line: &str, offset_s: i64, now_ms: i64) -> Option<i64> {
        let head: String = line.chars().take(64).collect();
        let found = self.forms.iter().find_map(|form| form.captures(&head))?;
        let number = |name: &str| found.name(name).and_then(|part| counted(part.as_str()));
        let month =
            number("m").or_else(|| found.name("m").and_then(|name| month(name.as_str())))?;
        let (day, hour, minute, second) = (number("d")?, number("h")?, number("i")?, number("s")?);
        let plausible = (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second < 61;
        if !plausible {
            return None;
        }
        let zone = match found.name("zone").map(|zone| zone.as_str()) {
            None => offset_s,
            Some(zone) => offset(zone),
        };
        let of_year = |year: i64| {
            let seconds =
                days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone;
            seconds * 1000
        };
        if let Some(year) = number("y") {
            return (1970..=9999).contains(&year).then(|| of_year(year));
        }
        let this_year = 1970 + now_ms.max(0) / 31_556_952_000;
        [this_year + 1, this_year, this_year - 1]
            .into_iter()
            .map(of_year)
            .find(|at| *at <= now_ms.saturating_add(86_400_000))
    }
}

fn month(name: &str) -> Option<i64> {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let place = NAMES.iter().position(|other| *other == name)?;
    i64::try_from(place + 1).ok()
}

/// `+0200`, `+02:00`, `Z` as seconds east of UTC.
pub(crate) fn offset(zone: &str) -> i64 {
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let Some(number) = counted(&digits) else {
        return 0;
    };
    let seconds = number / 100 * 3600 + number % 100 * 60;
    if zone.starts_with('-') {
        -seconds
    } else {
        seconds
    }
}

/// Days since 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
