//! Memory and swap: not how much is in use, but whether anything has to wait for it.

use incident::{Confidence, Severity, Subject};

use crate::draft::{Draft, whose};
use crate::look::Look;
use crate::read::{file, float, int, nth, percent, short, size, whole};
use crate::spec::Spec;
use crate::work::sample;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "memory.usage",
    "memory and swap, and the host's own limit where it is a container",
    include_str!("sh/memory.usage.sh"),
)
.first()
.essential(|text| read(text).is_some())];

/// Below this share of available memory the kernel reclaims all the time.
pub(crate) const LOW_PERCENT: i64 = 5;
/// Below this share the next allocation may kill.
pub(crate) const CRITICAL_PERCENT: i64 = 2;
/// A process that holds this share of all memory is worth naming when memory is short.
const HOG_PERCENT: i64 = 40;
/// Pages a second in both directions that make a host crawl: 4 MiB/s each way.
const SWAP_PAGES: f64 = 1000.0;
/// The size of a page, in KiB, on nearly every host.
const PAGE_KIB: i64 = 4;

/// Memory in KiB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) total: i64,
    pub(crate) available: i64,
    pub(crate) swap_total: i64,
    pub(crate) swap_free: i64,
}

/// Reads `memory.usage`; the limit of a container's own control group counts as its total.
pub(crate) fn read(text: &str) -> Option<Memory> {
    let field = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(|rest| nth(rest, 0))
    };
    let mut memory = Memory {
        total: field("MemTotal")?,
        available: field("MemAvailable")
            .or_else(|| Some(field("MemFree")? + field("Cached").unwrap_or(0)))?,
        swap_total: field("SwapTotal").unwrap_or(0),
        swap_free: field("SwapFree").unwrap_or(0),
    };
    let limit = file(text, "/sys/fs/cgroup/memory.max").map_or(0, int) / 1024;
    let used = file(text, "/sys/fs/cgroup/memory.current").map_or(0, int) / 1024;
    // The group's use counts its page cache, which can go; so only a limit that is full to the brim says something.
    if limit > 0 && limit < memory.total && used > 0 {
        memory.total = limit;
        memory.available = memory.available.min((limit - used).max(limit / 10));
    }
    Some(memory)
}

/// Whether anything has to wait for memory at this moment, or hardly any is left.
pub(crate) fn is_scarce(look: &Look<'_>, memory: Memory) -> bool {
    let sample = sample(look).unwrap_or_default();
    let (waiting, minute) = sample.pressure("memory some");
    percent(memory.available, memory.total) < LOW_PERCENT
        || waiting.max(minute) >= 10.0
        || (sample.rate("pswpin") > 10.0 && sample.rate("pswpout") > 10.0)
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let Some(memory) = read(&look.heard("memory.usage")) else {
        return;
    };
    let sample = sample(look).unwrap_or_default();
    let left = percent(memory.available, memory.total);
    let mut short_of = false;
    if left < LOW_PERCENT {
        short_of = true;
        let severity = if left < CRITICAL_PERCENT {
            Severity::Critical
        } else {
            Severity::Warning
        };
        drafts.push(
            Draft::new(
                "mem.low",
                severity,
                Subject::new("host", "memory"),
                format!(
                    "Only {} of {} memory are available",
                    size(memory.available.saturating_mul(1024)),
                    size(memory.total.saturating_mul(1024))
                ),
            )
            .detail(format!(
                "{left} % are left; swap: {} of {} free.",
                size(memory.swap_free.saturating_mul(1024)),
                size(memory.swap_total.saturating_mul(1024))
            ))
            .fact("available_kib", memory.available)
            .fact("total_kib", memory.total)
            .fact("available_percent", left)
            .cite("memory.usage"),
        );
    }
    let (inward, outward) = (sample.rate("pswpin"), sample.rate("pswpout"));
    let (waiting, minute) = sample.pressure("memory some");
    if inward >= SWAP_PAGES && outward >= SWAP_PAGES && waiting.max(minute) >= 10.0 {
        short_of = true;
        drafts.push(
            Draft::new(
                "swap.thrash",
                Severity::Warning,
                Subject::new("host", "swap"),
                "Memory is moved to swap and back all the time",
            )
            .sure(Confidence::Likely)
            .detail(format!("{inward:.0} pages/s in, {outward:.0} pages/s out; work waits for memory {waiting:.0} % of the time."))
            .fact("in_pages_per_second", whole(inward))
            .fact("out_pages_per_second", whole(outward))
            .cite("host.sample"),
        );
    }
    if !short_of {
        return;
    }
    for process in &sample.processes {
        let kib = process.rss_pages.saturating_mul(PAGE_KIB);
        let share = percent(kib, memory.total);
        if share < HOG_PERCENT {
            continue;
        }
        let comm = short(&process.comm, 32);
        drafts.push(
            Draft::new(
                "mem.hog",
                Severity::Warning,
                Subject::new(
                    "process",
                    if whose(&process.unit).is_empty() {
                        format!("{comm}/{}", process.pid)
                    } else {
                        process.unit.clone()
                    },
                ),
                format!(
                    "Process {comm} ({}) holds {}, {share} % of all memory",
                    process.pid,
                    size(kib.saturating_mul(1024))
                ),
            )
            .sure(Confidence::Likely)
            .detail(format!(
                "It is the one to look at while memory is short ({:.1} MiB resident).",
                float(kib) / 1024.0
            ))
            .fact("pid", process.pid)
            .fact("start_time", process.start)
            .fact("comm", comm)
            .of_unit(&process.unit)
            .fact("rss_kib", kib)
            .cite("host.sample")
            .cite("memory.usage"),
        );
    }
}
