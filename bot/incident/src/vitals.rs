//! How a host is: how hard it is pressed against its limits, and what its things in trouble need; what pictures of it show, before anybody draws.

use serde::Serialize;

use crate::Need;

/// At most so many filesystems are told of, the fullest first.
pub const MOST_FILESYSTEMS: usize = 6;

/// Where a host can come up against a limit; also the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Processors: their time, and the load upon them.
    Processors,
    /// Memory and swap.
    Memory,
    /// Space of the local filesystems.
    Space,
    /// Inodes of the local filesystems.
    Inodes,
    /// Packets and tables of connections.
    Network,
    /// How much of the time work waits, by the kernel's pressure stall information.
    Waiting,
    /// Tasks, open files.
    Limits,
}

/// In what `used` and `of` are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole percent; `of` is 100.
    Percent,
    /// Bytes.
    Bytes,
    /// Things.
    Count,
    /// Hundredths of a thing: a load of 1.25 is 125, two processors are 200.
    Hundredths,
}

/// How near a limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was looked at, and there is room.
    Fine,
    /// Nobody could look. It is never shown as zero, nor as fine.
    Unknown,
    /// There is room, and not much.
    Near,
    /// What is needed is, or is about to be, more than there is.
    Over,
}

/// One limit of a host, and how much of it is used.
///
/// It is made by [`Gauge::new`] or [`Gauge::unknown`] and read from nowhere, so that none is fine without a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gauge {
    /// Where it belongs.
    pub area: Area,
    /// What is measured, in a few words: `busy`, `/var`. Parts of it may be what a host calls its things.
    pub name: String,
    /// How much is used; nothing where nobody could look.
    pub used: Option<i64>,
    /// The limit; nothing where there is none or nobody could look.
    pub of: Option<i64>,
    /// In what both are counted.
    pub unit: Unit,
    /// How near the limit is.
    pub state: State,
    /// Why nobody could look, where nobody could.
    pub why: String,
}

impl Gauge {
    /// What was measured, and how near to its limit the one who measured calls that.
    #[must_use]
    pub fn new(
        area: Area,
        name: impl Into<String>,
        unit: Unit,
        used: i64,
        of: Option<i64>,
        state: State,
    ) -> Self {
        Self {
            area,
            name: name.into(),
            used: Some(used),
            of,
            unit,
            state,
            why: String::new(),
        }
    }

    /// What nobody could look at.
    #[must_use]
    pub fn unknown(
        area: Area,
        name: impl Into<String>,
        unit: Unit,
        why: impl std::fmt::Display,
    ) -> Self {
        Self {
            area,
            name: name.into(),
            used: None,
            of: None,
            unit,
            state: State::Unknown,
            why: why.to_string(),
        }
    }

    /// The used part of the limit in percent, rounded down, also above 100; nothing where one of them is not known.
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        let (used, of) = (self.used?, self.of?);
        if of <= 0 {
            return None;
        }
        let share = i128::from(used.max(0)) * 100 / i128::from(of);
        Some(i64::try_from(share).unwrap_or(i64::MAX))
    }
}

impl State {
    /// The state of a share of a limit: near from one percentage, over from another.
    #[must_use]
    pub const fn from_percent(percent: i64, near: i64, over: i64) -> Self {
        if percent >= over {
            Self::Over
        } else if percent >= near {
            Self::Near
        } else {
            Self::Fine
        }
    }
}

/// How hard a host is pressed against its limits, by area, and what its things in trouble need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Vitals {
    /// One for each limit, in the order of [`Area`]; filesystems the fullest first.
    pub gauges: Vec<Gauge>,
    /// What the things in trouble need, a tree for each; empty where nothing in them is known to be broken.
    pub needs: Vec<Need>,
}

impl Vitals {
    /// The gauges of one area, in their order.
    pub fn of(&self, area: Area) -> impl Iterator<Item = &Gauge> {
        self.gauges.iter().filter(move |gauge| gauge.area == area)
    }

    /// The worst that is said of any limit; nobody looked where there is none.
    #[must_use]
    pub fn worst(&self) -> State {
        let states = self.gauges.iter().map(|gauge| gauge.state);
        states.max().unwrap_or(State::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Gauge, State, Unit, Vitals};

    #[track_caller]
    fn check(used: i64, of: Option<i64>, percent: Option<i64>, state: State) {
        let shared = percent.map_or(State::Unknown, |p| State::from_percent(p, 90, 100));
        let gauge = Gauge::new(Area::Memory, "used", Unit::Bytes, used, of, shared);
        assert_eq!((gauge.percent(), gauge.state), (percent, state));
    }

    #[test]
    fn a_share_is_of_a_limit_that_is_known() {
        check(89, Some(100), Some(89), State::Fine);
        check(90, Some(100), Some(90), State::Near);
        check(250, Some(100), Some(250), State::Over);
        check(-4, Some(100), Some(0), State::Fine);
        check(i64::MAX, Some(1), Some(i64::MAX), State::Over);
        check(7, Some(0), None, State::Unknown);
        check(7, None, None, State::Unknown);
    }

    #[test]
    fn nobody_looked_is_neither_zero_nor_fine() {
        let gauge = Gauge::unknown(Area::Limits, "tasks", Unit::Count, "it was not asked");
        assert_eq!(
            (gauge.used, gauge.percent(), gauge.state),
            (None, None, State::Unknown)
        );
        assert_eq!(Vitals::default().worst(), State::Unknown);
        let fine = Gauge::new(Area::Limits, "a", Unit::Count, 1, Some(9), State::Fine);
        let vitals = Vitals {
            gauges: vec![fine, gauge],
            needs: Vec::new(),
        };
        assert_eq!(vitals.worst(), State::Unknown);
    }
}
