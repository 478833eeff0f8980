//! The one place that asks what time it is.

use incident::Moment;

/// The time now.
pub(crate) fn now() -> Moment {
    Moment(jiff::Timestamp::now().as_millisecond())
}

/// A moment for machines: `2026-11-23T09:30:00Z`.
pub(crate) fn rfc3339(at: Moment) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| String::new(),
        |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}

/// A moment for people, in the machine's time zone: `2026-11-23 10:30:00`.
pub(crate) fn local(at: Moment) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| String::new(),
        |at| {
            at.to_zoned(jiff::tz::TimeZone::system())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string()
        },
    )
}

/// The same to the minute: `2026-11-23 10:30`.
pub(crate) fn local_minute(at: Moment) -> String {
    let mut local = local(at);
    local.truncate("2026-11-23 10:30".len());
    local
}

/// The day of a moment for people, in the machine's time zone: `2026-11-23`.
pub(crate) fn local_day(at: Moment) -> String {
    let local = local(at);
    local.split(' ').next().unwrap_or_default().to_owned()
}

/// The day for an incident's id: `20261123`, in UTC.
pub(crate) fn day(at: Moment) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y%m%d").to_string())
}

/// The moment of a `Date` header: `Mon, 23 Nov 2026 09:30:00 GMT`.
pub(crate) fn of_header(text: &str) -> Option<Moment> {
    let at = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()?;
    Some(Moment(at.as_millisecond()))
}
