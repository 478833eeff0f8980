//! Reads what the service manager says of its units: one block of properties each, and the links that an administrator made.

use std::collections::{BTreeMap, BTreeSet};

/// One unit as the service manager knows it. Times are microseconds since boot; 0 is never.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) load: String,
    pub(crate) active: String,
    pub(crate) sub: String,
    pub(crate) result: String,
    pub(crate) kind: String,
    pub(crate) file_state: String,
    pub(crate) fragment: String,
    pub(crate) load_error: String,
    pub(crate) restart: String,
    pub(crate) restarts: u64,
    pub(crate) start_limit_burst: u64,
    pub(crate) transient: bool,
    pub(crate) reload_needed: bool,
    pub(crate) condition_met: bool,
    pub(crate) condition_at: u64,
    pub(crate) assert_met: bool,
    pub(crate) assert_at: u64,
    pub(crate) exit_code: u64,
    pub(crate) exit_status: i64,
    pub(crate) started_at: u64,
    pub(crate) exited_at: u64,
    pub(crate) active_since: u64,
    pub(crate) inactive_since: u64,
    pub(crate) left_inactive: u64,
    pub(crate) triggered_by: Vec<String>,
    pub(crate) triggers: Vec<String>,
    pub(crate) wanted_by: Vec<String>,
    pub(crate) required_by: Vec<String>,
    /// Of a timer: whether it has ever started its job.
    pub(crate) has_triggered: bool,
    /// Of a timer: the settings of its times, such as `OnCalendar=*-*-* 03:00:00`.
    pub(crate) times: Vec<String>,
}

impl Unit {
    /// Whether it is a service.
    pub(crate) fn is_service(&self) -> bool {
        self.id.ends_with(".service")
    }

    /// Whether it does not do what it should: failed, or between two attempts.
    pub(crate) fn is_down(&self) -> bool {
        self.active == "failed" || self.is_restarting() || self.is_broken()
    }

    /// Whether it waits for the next automatic restart.
    pub(crate) fn is_restarting(&self) -> bool {
        self.sub.starts_with("auto-restart")
    }

    /// Whether a start of it is under way. Jobs are: that is their work.
    pub(crate) fn is_starting(&self) -> bool {
        self.active == "activating" && !self.is_restarting() && self.kind != "oneshot"
    }

    /// Whether it should run and does not: down, or still on its way up.
    pub(crate) fn is_not_up(&self) -> bool {
        self.is_down() || self.is_starting()
    }

    /// Whether it was last asked to start when what its file demands was not so.
    pub(crate) fn is_refused(&self) -> bool {
        let unmet = (!self.condition_met && self.condition_at > 0)
            || (!self.assert_met && self.assert_at > 0);
        self.active == "inactive" && unmet
    }

    /// Whether its unit file could not be used.
    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.load.as_str(), "bad-setting" | "error")
    }

    /// Whether it runs.
    pub(crate) fn is_active(&self) -> bool {
        matches!(self.active.as_str(), "active" | "reloading" | "refreshing")
    }

    /// Whether somebody expects it to run without being asked.
    pub(crate) fn is_wanted(&self) -> bool {
        self.file_state.starts_with("enabled")
            || !self.wanted_by.is_empty()
            || !self.required_by.is_empty()
    }

    fn from_block(block: &BTreeMap<&str, &str>) -> Option<Self> {
        let text = |name: &str| block.get(name).copied().unwrap_or_default().to_owned();
        let number = |name: &str| {
            let text = block.get(name).copied().unwrap_or_default();
            text.parse::<u64>().unwrap_or(0)
        };
        let names = |name: &str| {
            let text = block.get(name).copied().unwrap_or_default();
            text.split_whitespace().map(str::to_owned).collect()
        };
        let yes = |name: &str| block.get(name).copied() == Some("yes");
        let id = text("Id");
        (!id.is_empty()).then(|| Self {
            id,
            description: text("Description"),
            load: text("LoadState"),
            active: text("ActiveState"),
            sub: text("SubState"),
            result: text("Result"),
            kind: text("Type"),
            file_state: text("UnitFileState"),
            fragment: text("FragmentPath"),
            load_error: text("LoadError"),
            restart: text("Restart"),
            restarts: number("NRestarts"),
            start_limit_burst: number("StartLimitBurst"),
            transient: yes("Transient"),
            reload_needed: yes("NeedDaemonReload"),
            condition_met: yes("ConditionResult"),
            condition_at: number("ConditionTimestampMonotonic"),
            assert_met: yes("AssertResult"),
            assert_at: number("AssertTimestampMonotonic"),
            exit_code: number("ExecMainCode"),
            exit_status: i64::try_from(number("ExecMainStatus")).unwrap_or(0),
            started_at: number("ExecMainStartTimestampMonotonic"),
            exited_at: number("ExecMainExitTimestampMonotonic"),
            active_since: number("ActiveEnterTimestampMonotonic"),
            inactive_since: number("InactiveEnterTimestampMonotonic"),
            left_inactive: number("InactiveExitTimestampMonotonic"),
            triggered_by: names("TriggeredBy"),
            triggers: names("Triggers"),
            wanted_by: names("WantedBy"),
            required_by: names("RequiredBy"),
            has_triggered: !text("LastTriggerUSec").is_empty(),
            times: Vec::new(),
        })
    }
}

/// A unit that an administrator made unstartable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) unit: String,
    /// When the link was made, in seconds since the epoch; 0 where the host could not say.
    pub(crate) at: i64,
    pub(crate) link: String,
}

/// All units of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Units {
    pub(crate) state: String,
    /// The host's clock in milliseconds since the epoch.
    pub(crate) now_ms: i64,
    pub(crate) uptime_us: u64,
    pub(crate) list: BTreeMap<String, Unit>,
    pub(crate) masks: Vec<Mask>,
    /// Units that a link of an administrator or a package asks for at boot.
    pub(crate) wanted: BTreeSet<String>,
}

impl Units {
    /// The unit of that name.
    pub(crate) fn get(&self, id: &str) -> Option<&Unit> {
        self.list.get(id)
    }

    /// A time since boot as milliseconds since the epoch, or nothing for "never".
    pub(crate) fn moment(&self, since_boot_us: u64) -> Option<i64> {
        if since_boot_us == 0 || self.now_ms == 0 {
            return None;
        }
        let ago_ms = i64::try_from(self.uptime_us.saturating_sub(since_boot_us) / 1000).ok()?;
        Some(self.now_ms.saturating_sub(ago_ms))
    }

    /// How many seconds ago a time since boot was.
    pub(crate) fn seconds_ago(&self, since_boot_us: u64) -> Option<i64> {
        self.moment(since_boot_us)
            .map(|moment| self.now_ms.saturating_sub(moment) / 1000)
    }

    /// Whether an answer of `unit.list` says anything: a service manager that lists no unit did not answer.
    pub(crate) fn told(text: &str) -> bool {
        text.lines().any(|line| line == "sickbay: absent: systemd")
            || !Self::read(text).list.is_empty()
    }

    /// Reads the answer of `unit.list`. Lines that are none of ours are passed over.
    pub(crate) fn read(text: &str) -> Self {
        let mut units = Self::default();
        let (properties, rest) = text
            .split_once("-- failed of every kind")
            .unwrap_or((text, ""));
        let (failed, links) = rest.split_once("-- links").unwrap_or((rest, ""));
        for line in properties.lines().take(8) {
            if let Some(state) = line.strip_prefix("state ") {
                units.state = state.trim().to_owned();
            } else if let Some(now) = line.strip_prefix("now ") {
                let mut words = now.split_whitespace();
                let now_us = words.next().map_or(0, microseconds);
                units.now_ms = i64::try_from(now_us / 1000).unwrap_or(0);
                units.uptime_us = words.next().map_or(0, microseconds);
            }
        }
        for block in blocks(properties) {
            if let Some(unit) = Unit::from_block(&block) {
                units.list.insert(unit.id.clone(), unit);
            }
        }
        units.add_times(properties);
        for line in failed.lines() {
            units.add_failed(line);
        }
        for line in links.lines() {
            units.add_link(line);
        }
        units
    }

    /// `TimersCalendar={ OnCalendar=… ; next_elapse=… }`: a timer has one such line for each of its times.
    fn add_times(&mut self, properties: &str) {
        for block in properties
            .split("\n\n")
            .filter(|block| block.contains("\nTimers") || block.starts_with("Timers"))
        {
            let id = block.lines().find_map(|line| line.strip_prefix("Id="));
            let Some(unit) = id.and_then(|id| self.list.get_mut(id)) else {
                continue;
            };
            unit.times = block
                .lines()
                .filter(|line| line.starts_with("Timers"))
                .filter_map(|line| line.split_once("={ "))
                .map(|(_, rest)| rest.split(" ; ").next().unwrap_or(rest).to_owned())
                .collect();
        }
    }

    /// A line of `systemctl list-units --failed`: kinds that were not shown in full.
    fn add_failed(&mut self, line: &str) {
        let mut words = line.trim_start_matches('●').split_whitespace();
        let (Some(id), Some(load), Some(active), Some(sub)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return;
        };
        if active != "failed" || !id.contains('.') || self.list.contains_key(id) {
            return;
        }
        let unit = Unit {
            id: id.to_owned(),
            description: words.collect::<Vec<_>>().join(" "),
            load: load.to_owned(),
            active: active.to_owned(),
            sub: sub.to_owned(),
            ..Unit::default()
        };
        self.list.insert(id.to_owned(), unit);
    }

    fn add_link(&mut self, line: &str) {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some(rest) = line.strip_prefix("mask ") {
            let Some((at, link)) = rest.split_once(' ') else {
                return;
            };
            self.masks.push(Mask {
                unit: name(link),
                at: crate::read::int(at),
                link: link.to_owned(),
            });
        } else if let Some(link) = line.strip_prefix("wants ") {
            let unit = name(link);
            let folder = name(link.rsplit_once('/').map_or("", |(folder, _)| folder));
            let by = folder
                .strip_suffix(".wants")
                .or_else(|| folder.strip_suffix(".requires"))
                .unwrap_or(&folder)
                .to_owned();
            // A unit that could not be loaded does not know who wants it, nor does one that only a unit wants that rests.
            if let Some(unit) = self
                .list
                .get_mut(&unit)
                .filter(|unit| !unit.wanted_by.contains(&by))
            {
                unit.wanted_by.push(by);
            }
            self.wanted.insert(unit);
        }
    }
}

/// `2601.98` seconds as microseconds.
fn microseconds(seconds: &str) -> u64 {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let whole = whole.parse::<u64>().unwrap_or(0).saturating_mul(1_000_000);
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    whole.saturating_add(part.parse().unwrap_or(0))
}

/// Blocks of `Key=value` lines with empty lines between. The first of a repeated key counts.
pub(crate) fn blocks(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut blocks = vec![BTreeMap::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            blocks.push(BTreeMap::new());
        } else if let Some((key, value)) = line.split_once('=')
            && key.chars().all(|c| c.is_ascii_alphanumeric())
            && let Some(block) = blocks.last_mut()
        {
            block.entry(key).or_insert(value);
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}
