//! Time as a value: the pure rooms are told what time it is.

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

/// A length of time in milliseconds, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub u64);

impl Span {
    /// A span of whole seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// A span of whole minutes.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Self {
        Self::seconds(minutes.saturating_mul(60))
    }

    /// The whole seconds in it.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.0 / 1000
    }
}

impl Moment {
    /// The moment that lies `span` later.
    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.0).unwrap_or(i64::MAX)),
        )
    }

    /// The moment that lies `span` earlier.
    #[must_use]
    pub fn minus(self, span: Span) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(span.0).unwrap_or(i64::MAX)),
        )
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The day since the epoch, in UTC: what daily limits count by.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(86_400_000)
    }

    /// The moment for people, in UTC whatever the machine's time zone: `2026-11-23 09:30 UTC`.
    #[must_use]
    pub fn utc(self) -> String {
        let (year, month, day) = civil(self.day());
        format!("{year:04}-{month:02}-{day:02} {} UTC", self.clock())
    }

    /// The same to the second, without saying that it is UTC: `2026-11-23 09:30:05`.
    #[must_use]
    pub fn utc_second(self) -> String {
        let (year, month, day) = civil(self.day());
        let second = self.unix_seconds().rem_euclid(60);
        format!("{year:04}-{month:02}-{day:02} {}:{second:02}", self.clock())
    }

    /// The time of its day, in UTC: `09:30`.
    #[must_use]
    pub fn clock(self) -> String {
        let minute = self.0.div_euclid(60_000).rem_euclid(1_440);
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// The year, month and day of a day since the epoch, in the calendar that everybody uses. Years begin in March here, so that the
/// day that some have comes last.
const fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

impl std::fmt::Display for Span {
    /// `450 ms`, `12 s`, `5 min`, `3 h`, `2 d`: short, for people; the unit is the largest that keeps the number at or
    /// above one, rounded down.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            ms @ 0..1_000 => write!(f, "{ms} ms"),
            ms @ 1_000..60_000 => write!(f, "{} s", ms / 1_000),
            ms @ 60_000..3_600_000 => write!(f, "{} min", ms / 60_000),
            ms @ 3_600_000..172_800_000 => write!(f, "{} h", ms / 3_600_000),
            ms => write!(f, "{} d", ms / 86_400_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn a_moment_is_told_in_utc() {
        for (ms, told) in [
            (0, "1970-01-01 00:00 UTC"),
            (1_764_322_200_000, "2025-11-28 09:30 UTC"),
            (951_782_400_000, "2000-02-29 00:00 UTC"),
            (4_107_542_399_999, "2100-02-28 23:59 UTC"),
            (4_107_542_400_000, "2100-03-01 00:00 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
        ] {
            assert_eq!(Moment(ms).utc(), told, "{ms}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_moment_breaks_it(ms in proptest::prelude::any::<i64>()) {
            proptest::prop_assert!(Moment(ms).utc().ends_with(" UTC"));
        }
    }
}
