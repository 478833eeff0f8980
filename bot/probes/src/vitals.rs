//! How hard a host is pressed against its limits, from the answers that the first wave holds; it asks nothing of its own.
//!
//! Near and over begin where the findings begin, so that a picture never calls fine what the card calls a warning.

use incident::vitals::{Area, MOST_FILESYSTEMS, State, Unit};
use incident::{Gauge, Severity, Vitals};

use crate::disk::{self, PLENTY_INODES, PLENTY_KIB, Room};
use crate::draft::Draft;
use crate::host::Host;
use crate::look::Look;
use crate::net::{CONNTRACK_FULL_PERCENT, CONNTRACK_PERCENT, ERROR_PERCENT, ERRORS};
use crate::read::{counted, file, files, percent, real, short, whole};
use crate::sample::Sample;
use crate::work::{self, sample};
use crate::{memory, needs};

/// At this share of a limit something is refused with the next burst.
const OVER_PERCENT: i64 = 98;
/// Swap that is full to this share can take no more of what memory lacks.
const SWAP_PERCENT: i64 = 90;
/// At most so many units near their limit of tasks are named.
const MOST_UNITS: usize = 3;

/// What only the machine around a container could tell.
const OF_THE_MACHINE: &str = "a container sees only its machine's";
const NOBODY_KNOWS: &str = "whether it is a container is not known";
const NO_PSI: &str = "the kernel does not measure it";
const UNREADABLE: &str = "the answer cannot be read";
const NO_LIMIT: &str = "the answer names no limit";

/// How hard a host is pressed against its limits, and what the things that `drafts` are about need. What nobody could look at is
/// said to be unknown, with the reason.
#[must_use]
pub fn vitals(look: &Look<'_>, drafts: &[Draft]) -> Vitals {
    let host = Host::read(look);
    let mut gauges = Vec::new();
    processors(look, &host, &mut gauges);
    memory_and_swap(look, &mut gauges);
    rooms(look, Kind::Space, &mut gauges);
    rooms(look, Kind::Inodes, &mut gauges);
    network(look, &mut gauges);
    waiting(look, &host, &mut gauges);
    limits(look, &host, &mut gauges);
    Vitals {
        gauges,
        needs: needs::needs(look, drafts),
    }
}

/// Why a question has no answer that could be read.
fn why(look: &Look<'_>, key: &str) -> String {
    look.text(key)
        .err()
        .map_or_else(|| UNREADABLE.to_owned(), |missing| missing.to_string())
}

/// Why what `/proc` counts may not be told of this host.
fn whose(host: &Host) -> &'static str {
    if host.container == "?" {
        NOBODY_KNOWS
    } else {
        OF_THE_MACHINE
    }
}

/// A share of a limit that is known to be there; unknown where the limit is none.
fn share(
    area: Area,
    name: impl Into<String>,
    unit: Unit,
    (used, of): (i64, i64),
    (near, over): (i64, i64),
) -> Gauge {
    if of <= 0 {
        return Gauge::unknown(area, name, unit, NO_LIMIT);
    }
    let state = State::from_percent(percent(used, of), near, over);
    Gauge::new(area, name, unit, used, Some(of), state)
}

/// A share of time in percent.
fn of_time(area: Area, name: &str, used: f64, (near, over): (i64, i64)) -> Gauge {
    let used = (whole(used).clamp(0, 100), 100);
    share(area, name, Unit::Percent, used, (near, over))
}

/// A sample that ended; a part of one says nothing of a rate.
fn whole_sample(look: &Look<'_>) -> Result<Sample, String> {
    look.text("host.sample")
        .map_err(|missing| missing.to_string())?;
    sample(look).ok_or_else(|| UNREADABLE.to_owned())
}

fn processors(look: &Look<'_>, host: &Host, gauges: &mut Vec<Gauge>) {
    let area = Area::Processors;
    let busy = whole(work::ALL_BUSY_PERCENT);
    let own_told = crate::read::after(&look.heard("host.sample"), "all processes ").is_some();
    match whole_sample(look) {
        // `/proc` shows the machine's time; of its own a container can only tell what its processes used.
        Ok(sample) if host.contained() && own_told => gauges.push(share(
            area,
            "used by this host",
            Unit::Hundredths,
            (
                whole(sample.own_cores * 100.0),
                host.cpus.saturating_mul(100),
            ),
            (busy, 100),
        )),
        Ok(sample) if !host.contained() && sample.ticks > 0 => {
            let steal = whole(work::STEAL_PERCENT);
            let io = whole(work::IO_WAITING_PERCENT);
            gauges.push(of_time(area, "busy", sample.busy, (busy, 100)));
            let stolen = of_time(area, "taken by other machines", sample.steal, (steal, 50));
            gauges.push(stolen);
            gauges.push(of_time(area, "idle for a disk", sample.iowait, (io, 80)));
        }
        Ok(_) => gauges.push(Gauge::unknown(area, "busy", Unit::Percent, UNREADABLE)),
        Err(why) => gauges.push(Gauge::unknown(area, "busy", Unit::Percent, why)),
    }
    let name = "load of five minutes";
    let text = look.heard("os.uptime");
    let told = file(&text, "/proc/loadavg").is_some()
        && file(&text, "/sys/devices/system/cpu/online").is_some();
    gauges.push(if let Err(missing) = look.text("os.uptime") {
        Gauge::unknown(area, name, Unit::Hundredths, missing)
    } else if !told {
        Gauge::unknown(area, name, Unit::Hundredths, UNREADABLE)
    } else if host.contained() {
        Gauge::unknown(area, name, Unit::Hundredths, whose(host))
    } else {
        let most = whole(work::LOAD_PER_CORE * 100.0);
        let [_, five, _] = host.load;
        let used = (whole(five * 100.0), host.cpus.saturating_mul(100));
        share(area, name, Unit::Hundredths, used, (most / 2, most))
    });
}

fn memory_and_swap(look: &Look<'_>, gauges: &mut Vec<Gauge>) {
    let area = Area::Memory;
    let text = look.text("memory.usage");
    let Some(memory) = text.ok().and_then(|text| memory::read(&text)) else {
        let why = why(look, "memory.usage");
        gauges.push(Gauge::unknown(area, "memory", Unit::Bytes, why));
        return;
    };
    let bytes = |total: i64, free: i64| {
        let used = total.saturating_sub(free).max(0);
        (used.saturating_mul(1024), total.saturating_mul(1024))
    };
    // The findings count what is left and round that down; so does this.
    let left = percent(memory.available, memory.total);
    let mut gauge = share(
        area,
        "memory",
        Unit::Bytes,
        bytes(memory.total, memory.available),
        (0, 0),
    );
    if gauge.state != State::Unknown {
        gauge.state = if left < memory::CRITICAL_PERCENT {
            State::Over
        } else if left < memory::LOW_PERCENT {
            State::Near
        } else {
            State::Fine
        };
    }
    gauges.push(gauge);
    if memory.swap_total > 0 {
        let used = bytes(memory.swap_total, memory.swap_free);
        let bounds = (SWAP_PERCENT, 100);
        gauges.push(share(area, "swap", Unit::Bytes, used, bounds));
    }
}

/// What a filesystem has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Inodes,
}

fn rooms(look: &Look<'_>, kind: Kind, gauges: &mut Vec<Gauge>) {
    let (key, area, unit, plenty, each) = match kind {
        Kind::Space => ("disk.space", Area::Space, Unit::Bytes, PLENTY_KIB, 1024),
        Kind::Inodes => ("disk.inodes", Area::Inodes, Unit::Count, PLENTY_INODES, 1),
    };
    let answered = look.text(key).is_ok();
    let mut rooms = disk::writable(look, key);
    if !answered || (rooms.is_empty() && disk::read(&look.heard(key)).is_empty()) {
        // A filesystem without inodes of its own is no line of `df -i`; one without space there is none.
        if !(answered && kind == Kind::Inodes && look.heard(key).contains("IUse%")) {
            let why = why(look, key);
            gauges.push(Gauge::unknown(area, "filesystems", unit, why));
        }
        return;
    }
    rooms.sort_by(|a, b| b.percent.cmp(&a.percent).then_with(|| a.path.cmp(&b.path)));
    for room in rooms.iter().take(MOST_FILESYSTEMS) {
        gauges.push(Gauge::new(
            area,
            short(&room.path, 200),
            unit,
            room.used.saturating_mul(each),
            // What users may fill: blocks reserved for root count neither as used nor as room.
            Some(room.used.saturating_add(room.free).saturating_mul(each)),
            room_state(room, plenty),
        ));
    }
}

fn room_state(room: &Room, plenty: i64) -> State {
    match disk::severity(room, plenty) {
        None => State::Fine,
        Some(Severity::Info | Severity::Warning) => State::Near,
        Some(Severity::Critical) => State::Over,
    }
}

fn network(look: &Look<'_>, gauges: &mut Vec<Gauge>) {
    let area = Area::Network;
    let name = "broken or dropped packets";
    gauges.push(match whole_sample(look) {
        Ok(sample) => {
            let sum = |of: fn(&crate::sample::Link) -> i64| {
                sample.links.iter().map(of).fold(0, i64::saturating_add)
            };
            let (errors, drops, packets) = (
                sum(|link| link.errors),
                sum(|link| link.drops),
                sum(|link| link.packets),
            );
            let bad = |link: &crate::sample::Link| {
                link.errors >= ERRORS && percent(link.errors, link.packets) >= ERROR_PERCENT
            };
            let lost = errors.saturating_add(drops);
            let all = packets.max(lost);
            let many = lost >= ERRORS && percent(lost, all) >= ERROR_PERCENT;
            let near = many || sample.links.iter().any(bad);
            let state = if near { State::Near } else { State::Fine };
            let share = percent(lost, all);
            Gauge::new(area, name, Unit::Percent, share, Some(100), state)
        }
        Err(why) => Gauge::unknown(area, name, Unit::Percent, why),
    });
    let name = "tracked connections";
    match look.text("net.conntrack") {
        Err(missing) => gauges.push(Gauge::unknown(area, name, Unit::Count, missing)),
        Ok(text) => {
            let value = |end: &str| {
                file(
                    &text,
                    &format!("/proc/sys/net/netfilter/nf_conntrack_{end}"),
                )
                .and_then(counted)
            };
            let bounds = (CONNTRACK_PERCENT, CONNTRACK_FULL_PERCENT);
            match (value("count"), value("max")) {
                (Some(used), Some(of)) => {
                    gauges.push(share(area, name, Unit::Count, (used, of), bounds));
                }
                // A host that tracks none has no table; there is nothing to be near to.
                (None, None) if text.trim().is_empty() => {}
                (None | Some(_), None) | (None, Some(_)) => {
                    gauges.push(Gauge::unknown(area, name, Unit::Count, UNREADABLE));
                }
            }
        }
    }
}

fn waiting(look: &Look<'_>, host: &Host, gauges: &mut Vec<Gauge>) {
    let area = Area::Waiting;
    let text = match look.text("pressure.now") {
        Ok(text) => text,
        Err(missing) => {
            gauges.push(Gauge::unknown(area, "for anything", Unit::Percent, missing));
            return;
        }
    };
    let absent = text.contains("sickbay: absent:");
    let cpu = whole(work::WAITING_PERCENT);
    let io = whole(work::IO_WAITING_PERCENT);
    let mut any = false;
    for (what, own, some, all, near) in [
        (
            "cpu",
            "cpu",
            "some work, for processors",
            "all work, for processors",
            cpu,
        ),
        (
            "memory",
            "memory",
            "some work, for memory",
            "all work, for memory",
            10,
        ),
        (
            "io",
            "io",
            "some work, for disks",
            "all work, for disks",
            io,
        ),
    ] {
        let path = if host.contained() {
            format!("/sys/fs/cgroup/{own}.pressure")
        } else {
            format!("/proc/pressure/{what}")
        };
        for (kind, name) in [("some ", some), ("full ", all)] {
            let minute = files(&text)
                .filter(|(of, _)| *of == path)
                .find_map(|(_, line)| line.strip_prefix(kind))
                .and_then(|line| line.split(' ').find_map(|w| w.strip_prefix("avg60=")))
                .filter(|number| number.parse::<f64>().is_ok_and(f64::is_finite))
                .map(real);
            // `full` of processors is no measure of a whole host: the kernel leaves it out or says zero.
            if let Some(minute) = minute.filter(|_| what != "cpu" || kind == "some ") {
                any = true;
                gauges.push(of_time(area, name, minute, (near, near.max(45) * 2)));
            }
        }
    }
    if !any {
        let why = if absent {
            NO_PSI
        } else if host.contained() {
            whose(host)
        } else {
            UNREADABLE
        };
        gauges.push(Gauge::unknown(area, "for anything", Unit::Percent, why));
    }
}

fn limits(look: &Look<'_>, host: &Host, gauges: &mut Vec<Gauge>) {
    let area = Area::Limits;
    let bounds = (crate::kernel::NEAR_PERCENT, OVER_PERCENT);
    let unknown = |name: &str, why: &str| Gauge::unknown(area, name, Unit::Count, why);
    match look.text("kernel.limits") {
        Err(missing) => {
            gauges.push(unknown("tasks", &missing.to_string()));
            gauges.push(unknown("open files", &missing.to_string()));
        }
        Ok(text) => {
            let value = |path: &str| file(&text, path).and_then(counted);
            let own = value("/sys/fs/cgroup/pids.current").zip(value("/sys/fs/cgroup/pids.max"));
            let most = ["/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"]
                .into_iter()
                .filter_map(value)
                .filter(|most| *most > 0)
                .min();
            gauges.push(match (own, most) {
                (Some(own), _) => share(area, "tasks", Unit::Count, own, bounds),
                (None, _) if host.contained() => unknown("tasks", whose(host)),
                (None, Some(most)) if host.tasks > 0 => {
                    share(area, "tasks", Unit::Count, (host.tasks, most), bounds)
                }
                (None, Some(_) | None) => unknown("tasks", UNREADABLE),
            });
            let open: Vec<i64> = file(&text, "/proc/sys/fs/file-nr")
                .map(|line| line.split_whitespace().filter_map(counted).collect())
                .unwrap_or_default();
            gauges.push(match open.as_slice() {
                _ if host.contained() => unknown("open files", whose(host)),
                [used, _, of] => share(area, "open files", Unit::Count, (*used, *of), bounds),
                _ => unknown("open files", UNREADABLE),
            });
        }
    }
    units(look, gauges);
}

/// Units that are near their own limit of tasks; those that are not would hide them.
fn units(look: &Look<'_>, gauges: &mut Vec<Gauge>) {
    let text = match look.text("limits.tasks") {
        Ok(text) => text,
        Err(missing) => {
            let name = "tasks of units";
            gauges.push(Gauge::unknown(Area::Limits, name, Unit::Count, missing));
            return;
        }
    };
    let current: std::collections::BTreeMap<&str, &str> = files(&text)
        .filter_map(|(path, value)| Some((path.strip_suffix("/pids.current")?, value)))
        .collect();
    let mut near: Vec<(i64, i64, i64, &str)> = files(&text)
        .filter_map(|(path, limit)| {
            let dir = path.strip_suffix("/pids.max")?;
            let (used, limit) = (counted(current.get(dir)?)?, counted(limit)?);
            let name = dir.rsplit('/').next()?;
            Some((percent(used, limit), used, limit, name))
        })
        .filter(|(share, ..)| *share >= crate::kernel::NEAR_PERCENT)
        .collect();
    near.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.3.cmp(b.3)));
    for (_, used, limit, name) in near.into_iter().take(MOST_UNITS) {
        gauges.push(share(
            Area::Limits,
            format!("tasks of {}", short(name, 120)),
            Unit::Count,
            (used, limit),
            (crate::kernel::NEAR_PERCENT, OVER_PERCENT),
        ));
    }
}

#[cfg(test)]
mod tests;
