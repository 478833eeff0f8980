//! What limits that a unit was given itself do to it: killed at its memory, held back by it, held back by its share of processors.
//!
//! A full group says nothing, since its page cache counts and can go; what tells is that work in it has to wait, or was killed.

use std::collections::BTreeMap;

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{after, file, files, int, nth, percent, real, size, whole};
use crate::spec::Spec;
use crate::units::list::Units;
use crate::units::{standing, units};
use crate::{host, memory};

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "limits.groups",
    "units with a limit of memory or processors of their own, and how long they wait because of it",
    include_str!("sh/limits.groups.sh"),
)
.first()];

/// Share of ten seconds and of a minute that all of a group's work waited for memory, at which people feel it.
const MEMORY_WAITS: (f64, f64) = (10.0, 5.0);
/// The same for a share of processors: a burst may wait for its turn, a service may not do so all the time.
const CPU_WAITS: (f64, f64) = (30.0, 15.0);
/// A group in which most periods end early is held back by its limit, not by its neighbours.
const THROTTLED_PERCENT: i64 = 50;
/// A group that has this share of its limit is at it.
const AT_LIMIT_PERCENT: i64 = 90;
/// No unit is given more than this share of the host's memory by a fix.
const MOST_OF_HOST: i64 = 75;

/// One control group with a limit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Group {
    /// Bytes at which the kernel kills; 0 where there is no such limit.
    memory_max: i64,
    /// Bytes from which the kernel slows down; 0 where there is no such limit.
    memory_high: i64,
    /// Bytes that it has now, page cache and all.
    memory_current: i64,
    /// Share of ten seconds and of a minute in which nothing in it went on for lack of memory, in percent.
    memory_waits: (f64, f64),
    /// Hundredths of a processor that it may use; 0 where there is no limit.
    cpu_percent: i64,
    /// Share of its periods that were cut short, in percent.
    throttled: i64,
    /// Share of ten seconds and of a minute in which something in it waited for a processor.
    cpu_waits: (f64, f64),
}

impl Group {
    /// The lower of its limits of memory, with its name; 0 where it has none.
    fn binding(&self) -> (&'static str, i64) {
        match (self.memory_high, self.memory_max) {
            (0, max) => ("MemoryMax", max),
            (high, max) if max == 0 || high <= max => ("MemoryHigh", high),
            (_, max) => ("MemoryMax", max),
        }
    }
}

/// Reads `limits.groups`: path of the group, such as `/system.slice/shop.service`, to what it says.
pub(crate) fn read(text: &str) -> BTreeMap<String, Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut periods: BTreeMap<String, i64> = BTreeMap::new();
    for (path, line) in files(text) {
        let Some((dir, file)) = path
            .strip_prefix("/sys/fs/cgroup")
            .and_then(|p| p.rsplit_once('/'))
        else {
            continue;
        };
        let group = groups.entry(dir.to_owned()).or_default();
        match file {
            "memory.max" => group.memory_max = int(line),
            "memory.high" => group.memory_high = int(line),
            "memory.current" => group.memory_current = int(line),
            "memory.pressure" => waits(line, "full ", &mut group.memory_waits),
            "cpu.pressure" => waits(line, "some ", &mut group.cpu_waits),
            "cpu.max" => group.cpu_percent = percent(nth(line, 0), nth(line, 1)),
            "cpu.stat" => {
                if let Some(n) = line.strip_prefix("nr_periods ") {
                    periods.insert(dir.to_owned(), int(n));
                } else if let Some(n) = line.strip_prefix("nr_throttled ") {
                    group.throttled = percent(int(n), periods.get(dir).copied().unwrap_or(0));
                }
            }
            _ => {}
        }
    }
    groups
}

/// `full avg10=27.37 avg60=5.65 avg300=1.20 total=3875351`
fn waits(line: &str, kind: &str, into: &mut (f64, f64)) {
    if let Some(rest) = line.strip_prefix(kind) {
        let field = |name: &str| {
            rest.split(' ')
                .find_map(|word| word.strip_prefix(name))
                .map_or(0.0, real)
        };
        *into = (field("avg10="), field("avg60="));
    }
}

const fn over(waits: (f64, f64), from: (f64, f64)) -> bool {
    waits.0 >= from.0 && waits.1 >= from.1
}

/// The unit whose limit a group is, by the last part of its path: a service or a slice; nothing for containers and sessions.
pub(crate) fn limited(path: &str) -> Option<&str> {
    let (above, name) = path.rsplit_once('/')?;
    // Only what hangs on slices all the way up is this host's own: below a service, a scope or a container's group lies another's.
    let own = above
        .split('/')
        .filter(|part| !part.is_empty())
        .all(|part| {
            part.ends_with(".slice")
                && !part.starts_with("machine")
                && !part.starts_with("kubepods")
        });
    let unit = name.ends_with(".service") || name.ends_with(".slice");
    let outside =
        name.starts_with("kubepods") || name.starts_with("machine") || name == "user.slice";
    (own && unit && !outside).then_some(name)
}

/// The limit that a unit may be given, in bytes: twice what it has, where the host has that to give; nothing where it has not.
fn roomier(look: &Look<'_>, limit: i64, most: i64) -> Option<i64> {
    const MIB: i64 = 1 << 20;
    let memory = memory::read(&look.heard("memory.usage"))?;
    let (total, available) = (
        memory.total.saturating_mul(1024),
        memory.available.saturating_mul(1024),
    );
    let want = limit
        .saturating_mul(2)
        .min(total / 100 * MOST_OF_HOST)
        .min(most)
        / MIB
        * MIB;
    let more = want - limit;
    (limit > 0 && more >= limit / 4 && more <= available / 10 * 8).then_some(want)
}

/// Adds to a draft about a unit's memory limit what a fix needs: whose limit, which, and how much it may be, `most` at most.
fn with_limit(
    draft: Draft,
    look: &Look<'_>,
    owner: &str,
    key: &str,
    limit: i64,
    most: i64,
) -> Draft {
    let draft = draft.fact("limit_unit", owner).fact("limit_key", key);
    if limit == 0 {
        return draft;
    }
    let draft = draft.fact("limit", size(limit));
    // The limit of a slice is shared by what else runs in it; that is for people.
    match roomier(look, limit, most).filter(|_| owner.ends_with(".service")) {
        Some(want) => draft.fact("want_limit", format!("{}M", want >> 20)),
        None => draft,
    }
}

/// A unit that met its own memory limit and lost a process to the kernel, as the kernel's log tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Killed<'k> {
    /// The group whose limit it was: `/system.slice/shop.service`.
    pub(crate) owner: &'k str,
    /// The service in which the process ran; empty where it is none.
    pub(crate) unit: &'k str,
    /// The program.
    pub(crate) comm: &'k str,
    /// Its last number.
    pub(crate) pid: i64,
    /// How often within the window.
    pub(crate) count: usize,
    /// How long ago the last time was, in words.
    pub(crate) ago: &'k str,
    /// What the kernel said the limit is, in bytes; 0 where it did not.
    pub(crate) limit: i64,
    /// The kernel's own line.
    pub(crate) line: &'k str,
}

/// The finding about a unit that was killed at its own limit; nothing where the group belongs to no unit.
pub(crate) fn killed(look: &Look<'_>, units: &Units, killed: &Killed<'_>) -> Option<Draft> {
    let owner = limited(killed.owner)?;
    let unit = if killed.unit.is_empty() {
        owner
    } else {
        killed.unit
    };
    let listed = units.get(unit);
    // What came up again by itself and runs is no outage.
    let severity = listed
        .filter(|unit| unit.is_not_up())
        .map_or(Severity::Warning, standing::severity);
    let of = if owner == unit {
        "its own memory limit".to_owned()
    } else {
        format!("the memory limit of {owner}")
    };
    let limit = if killed.limit > 0 {
        format!(" of {}", size(killed.limit))
    } else {
        String::new()
    };
    let times = if killed.count == 1 {
        String::new()
    } else {
        format!(" {} times", killed.count)
    };
    let comm = killed.comm;
    let draft = Draft::new(
        "unit.oom_killed",
        severity,
        Subject::new("unit", unit),
        format!(
            "{unit} reached {of}{limit}, and the kernel ended {comm}{times}, last {} ago",
            killed.ago
        ),
    )
    .detail(killed.line)
    .fact("unit", unit)
    .fact("comm", comm)
    .fact("pid", killed.pid)
    .fact("count", i64::try_from(killed.count).unwrap_or(i64::MAX))
    .fact("own_limit", true);
    let draft = draft.fact("by_timer", listed.is_some_and(standing::is_timed));
    Some(with_limit(
        draft,
        look,
        owner,
        "MemoryMax",
        killed.limit,
        i64::MAX,
    ))
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let groups = read(&look.heard("limits.groups"));
    if groups.is_empty() && look.all("unit.show").next().is_none() {
        return;
    }
    let units = units(look);
    for (path, group) in groups {
        let Some(owner) = limited(&path) else {
            continue;
        };
        // A job that is held back on purpose takes its time, and so does what shares a slice.
        let severity = match units.get(owner) {
            Some(unit) if standing::is_standing_service(unit) => Severity::Warning,
            Some(_) => Severity::Info,
            None if owner.ends_with(".service") => Severity::Warning,
            None => Severity::Info,
        };
        // On a host that is short of memory itself everybody waits, also those far from their limit.
        let (_, limit) = group.binding();
        let at_limit = limit > 0 && group.memory_current >= limit / 100 * AT_LIMIT_PERCENT;
        if at_limit && over(group.memory_waits, MEMORY_WAITS) {
            drafts.push(tight(look, owner, severity, &group));
        }
        if group.cpu_percent > 0
            && group.throttled >= THROTTLED_PERCENT
            && over(group.cpu_waits, CPU_WAITS)
        {
            drafts.push(held_back(look, owner, severity, &group));
        }
    }
    unlogged(look, &units, drafts);
}

fn tight(look: &Look<'_>, owner: &str, severity: Severity, group: &Group) -> Draft {
    let (key, limit) = group.binding();
    let waits = group.memory_waits.0;
    let draft = Draft::new(
        "unit.memory_limit",
        severity,
        Subject::new("unit", owner),
        format!("{owner} stands still {waits:.0} % of the time at its own memory limit of {}", size(limit)),
    )
    .detail(format!(
        "{key} of the unit lets it have no more, so the kernel takes memory from it as fast as it asks for some; the host itself may have plenty."
    ))
    .fact("unit", owner)
    .fact("waiting_percent", whole(waits))
    .cite("limits.groups")
    .cite("memory.usage");
    // Above its MemoryMax a MemoryHigh slows nothing down any more: what was slow would be killed.
    let most = if key == "MemoryHigh" && group.memory_max > 0 {
        group.memory_max / 100 * AT_LIMIT_PERCENT
    } else {
        i64::MAX
    };
    let most = if severity == Severity::Info { 0 } else { most };
    with_limit(draft, look, owner, key, limit, most)
}

fn held_back(look: &Look<'_>, owner: &str, severity: Severity, group: &Group) -> Draft {
    let waits = group.cpu_waits.0;
    // Something is left for the others.
    let most = host::Host::read(look).cpus.saturating_mul(MOST_OF_HOST);
    let want = group.cpu_percent.saturating_mul(2).max(50).min(most);
    let draft = Draft::new(
        "unit.cpu_limit",
        severity,
        Subject::new("unit", owner),
        format!("{owner} may use {} % of one processor and waits {waits:.0} % of the time", group.cpu_percent),
    )
    .detail(format!(
        "CPUQuota of the unit stops it in {} % of the periods in which it has work; the processors may be idle meanwhile.",
        group.throttled
    ))
    .fact("unit", owner)
    .fact("limit_key", "CPUQuota")
    .fact("limit", format!("{}%", group.cpu_percent))
    .fact("waiting_percent", whole(waits))
    .cite("limits.groups");
    if want > group.cpu_percent && severity > Severity::Info && owner.ends_with(".service") {
        draft.fact("want_limit", format!("{want}%"))
    } else {
        draft
    }
}

/// Units of which only the service manager says that memory ran out, since the kernel's log is not there or says nothing. The unit's own
/// limit is the likely one where it has one and the host did not run out.
fn unlogged(look: &Look<'_>, units: &Units, drafts: &mut Vec<Draft>) {
    let ran_out = |draft: &Draft| matches!(draft.code.as_str(), "mem.oom" | "mem.low");
    if drafts.iter().any(ran_out) {
        return;
    }
    for answer in look.all("unit.show") {
        let Some(unit) = units
            .get(answer.arg())
            .filter(|unit| unit.result == "oom-kill")
        else {
            continue;
        };
        let text = answer.text();
        let limit = after(&text, "MemoryMax=").map_or(0, int);
        let same = |draft: &Draft| draft.code == "unit.oom_killed" && draft.subject.name == unit.id;
        if limit == 0
            || drafts
                .iter()
                .any(|draft| same(draft) && draft.facts.contains_key("own_limit"))
        {
            continue;
        }
        let draft = Draft::new(
            "unit.oom_killed",
            standing::severity(unit),
            Subject::new("unit", &unit.id),
            format!("{} was ended because memory ran out, most likely at its own limit of {}", unit.id, size(limit)),
        )
        .detail("The service manager says that memory ran out; the host has some, and the unit has a limit. What could be read of the kernel's log does not say which it was.")
        .fact("unit", unit.id.as_str())
        .fact("own_limit", true)
        .sure(Confidence::Likely)
        .cite(standing::LIST)
        .cite(answer.key)
        .cite("memory.usage");
        let draft = draft.fact("by_timer", standing::is_timed(unit));
        drafts.push(with_limit(
            draft,
            look,
            &unit.id,
            "MemoryMax",
            limit,
            i64::MAX,
        ));
    }
}

/// The memory limit of a group as this look knows it, in bytes; 0 where it is unknown.
pub(crate) fn limit_of(look: &Look<'_>, path: &str) -> i64 {
    let file_of = format!("/sys/fs/cgroup{path}/memory.max");
    file(&look.heard("limits.groups"), &file_of).map_or(0, int)
}

#[cfg(test)]
mod tests;
