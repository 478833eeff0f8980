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

    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
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
