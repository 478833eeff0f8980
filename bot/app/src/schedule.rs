//! When a scan is due. Nothing here reads a clock: what time it is comes in.
//!
//! However long nobody looked, what was missed is due once: as if the last of it had come late.

use incident::{Moment, Span};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// When something is due, again and again.
#[derive(Debug, Clone)]
pub(crate) enum Schedule {
    /// At these times of a clock on a wall.
    Cron {
        /// The five fields.
        cron: Box<croner::Cron>,
        /// Whose clock.
        zone: TimeZone,
        /// Both as they are written.
        text: String,
    },
    /// So long after it was due before.
    Every(Span),
}

impl Schedule {
    /// The same schedule has the same text.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Cron { text, .. } => text.clone(),
            Self::Every(span) => format!("every {} s", span.as_seconds()),
        }
    }

    /// The last time that it was due, where that is after it was done last.
    pub(crate) fn due(&self, done: Moment, now: Moment) -> Option<Moment> {
        let last = match self {
            Self::Every(span) => {
                let times = now.since(done).0.checked_div(span.0)?;
                done.plus(Span(span.0.saturating_mul(times)))
            }
            Self::Cron { cron, zone, .. } => {
                let now = Timestamp::from_millisecond(now.0).ok()?;
                let now = now.to_zoned(zone.clone());
                let last = cron.find_previous_occurrence(&now, true).ok()?;
                Moment(last.timestamp().as_millisecond())
            }
        };
        (last > done).then_some(last)
    }

    /// When it is due next.
    pub(crate) fn next(&self, done: Moment, now: Moment) -> Option<Moment> {
        match self {
            Self::Every(span) => {
                let times = now.since(done).0.checked_div(span.0)?.saturating_add(1);
                Some(done.plus(Span(span.0.saturating_mul(times))))
            }
            Self::Cron { cron, zone, .. } => {
                let now = Timestamp::from_millisecond(now.0).ok()?;
                let now = now.to_zoned(zone.clone());
                let next = cron.find_next_occurrence(&now, false).ok()?;
                Some(Moment(next.timestamp().as_millisecond()))
            }
        }
    }

    /// A moment as the clock of this schedule shows it, for people.
    pub(crate) fn shown(&self, at: Moment) -> String {
        let zone = match self {
            Self::Cron { zone, .. } => zone.clone(),
            Self::Every(_) => TimeZone::system(),
        };
        Timestamp::from_millisecond(at.0).map_or_else(
            |_| String::new(),
            |at| at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string(),
        )
    }
}

#[cfg(test)]
mod tests;
