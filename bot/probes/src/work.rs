//! Processors: who works, who waits for whom, and whether that is more than a passing burst.

use incident::step::Slot;
use incident::{Confidence, ProbeRun, Severity, Subject};

use crate::draft::{Draft, whose};
use crate::host::Host;
use crate::look::Look;
use crate::read::{after, float, nth, short, time, unit, whole};
use crate::sample::{self, Process, Sample, TICKS};
use crate::spec::Spec;

mod frozen;

/// The shared sample; other subjects read it too.
const SAMPLE: Spec = Spec::new(
    "host.sample",
    "what is busy now: processors, processes, disks, links, logs, over 0.7 s",
    include_str!("sh/host.sample.sh"),
)
.first()
.within(8, 131_072);

/// One process again, to tell a burst from lasting work.
pub(crate) const SHOW: Spec = Spec::new(
    "process.show",
    "one process, looked at twice a second apart",
    include_str!("sh/process.show.sh"),
)
.takes(&[Slot::Number])
.root();

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    SAMPLE,
    Spec::new(
        "pressure.now",
        "how long work waits for processors, memory and disks",
        include_str!("sh/pressure.now.sh"),
    )
    .first(),
    SHOW,
];

/// A process that uses this share of a core is looked at: less leaves room for others even on one core.
const HOG_PERCENT: f64 = 80.0;
/// Processor seconds after which work is no start-up burst.
const HOG_SECONDS: f64 = 3.0;
/// Share of the machine at which the next process has to wait.
pub(crate) const ALL_BUSY_PERCENT: f64 = 90.0;
/// Share of the sample in which somebody waited for a processor, by PSI, at which it is felt.
pub(crate) const WAITING_PERCENT: f64 = 20.0;
/// Share of the host's cores that its own processes must use for it to be this host's doing.
const OWN_SHARE: f64 = 0.85;
/// Stolen time is felt from here; 10 % is common on shared machines and harmless.
pub(crate) const STEAL_PERCENT: f64 = 20.0;
/// Load per core over a quarter of an hour that no batch of compilers makes by itself.
pub(crate) const LOAD_PER_CORE: f64 = 4.0;
/// Share of the sample in which somebody waited for a disk.
pub(crate) const IO_WAITING_PERCENT: f64 = 40.0;
/// Average time of a request that is slow even for a spinning disk under load.
const SLOW_MS: f64 = 200.0;

/// Programs whose purpose is to use a core for a while and then to end.
const PASSING: &[&str] = &[
    "gzip",
    "xz",
    "zstd",
    "bzip2",
    "pigz",
    "tar",
    "rsync",
    "dpkg",
    "dpkg-deb",
    "apt",
    "apt-get",
    "unattended-upgr",
    "mandb",
    "updatedb",
    "plocate",
    "fstrim",
    "restic",
    "borg",
    "rustc",
    "cargo",
    "cc1",
    "cc1plus",
    "ld",
    "make",
    "ninja",
    "go",
    "mysqldump",
    "pg_dump",
    "logrotate",
    "depmod",
    "update-initramf",
    "aide",
    "clamscan",
    "freshclam",
    "e2scrub",
    "btrfs",
    "dnf",
    "yum",
    "rpm",
];

/// Reads the shared sample of a host.
pub(crate) fn sample(look: &Look<'_>) -> Option<Sample> {
    sample::read(&look.heard("host.sample"))
}

/// Whether somebody waits for a processor because of what this host does.
fn others_wait(sample: &Sample, host: &Host) -> bool {
    sample.busy >= ALL_BUSY_PERCENT
        || sample.pressure("cpu some").0 >= WAITING_PERCENT
        || sample.own_cores >= OWN_SHARE * float(host.cpus)
}

/// Processes that may be hogs, the busiest first.
fn suspects(sample: &Sample) -> Vec<&Process> {
    let mut list: Vec<&Process> = sample
        .processes
        .iter()
        .filter(|process| process.cpu_most >= HOG_PERCENT && process.rss_pages > 0)
        .collect();
    list.sort_by(|a, b| b.cpu.total_cmp(&a.cpu).then(a.pid.cmp(&b.pid)));
    list.truncate(4);
    list
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let Some(sample) = sample(look) else { return };
    let host = Host::read(look);
    drafts.extend(frozen::judge(&sample));
    for process in suspects(&sample) {
        drafts.push(hog(look, &sample, &host, process));
    }
    let own_share = sample.own_cores / float(host.cpus);
    if own_share >= OWN_SHARE && sample.busy >= ALL_BUSY_PERCENT {
        // The load of five minutes tells lasting work from a burst.
        let lasting = host.load[1] >= float(host.cpus);
        let severity = if lasting {
            Severity::Warning
        } else {
            Severity::Info
        };
        drafts.push(
            Draft::new(
                "cpu.saturated",
                severity,
                Subject::new("host", "cpu"),
                format!("All {} processors are busy", host.cpus),
            )
            .sure(Confidence::Likely)
            .detail(format!(
                "This host's processes use {:.1} of {} cores; load {:.1}, {:.1}, {:.1}.",
                sample.own_cores, host.cpus, host.load[0], host.load[1], host.load[2]
            ))
            .fact("busy_percent", whole(sample.busy))
            .cite("host.sample")
            .cite("os.uptime"),
        );
    }
    if !host.contained() {
        machine(&sample, &host, drafts);
    }
}

/// What only a host that is its own machine can be blamed for.
fn machine(sample: &Sample, host: &Host, drafts: &mut Vec<Draft>) {
    let at = |code: &str, name: &str, title: String| {
        Draft::new(code, Severity::Warning, Subject::new("host", name), title)
            .sure(Confidence::Likely)
            .cite("host.sample")
            .cite("os.uptime")
    };
    if sample.steal >= STEAL_PERCENT && sample.steal_ever >= 5.0 {
        let title = format!(
            "The hypervisor takes {:.0} % of the processors away",
            sample.steal
        );
        drafts.push(
            at("cpu.steal", "cpu", title)
                .detail("Other machines on the same hardware are served first; nothing on this host can change that.")
                .fact("steal_percent", whole(sample.steal)),
        );
    }
    let per_core = |n: usize| host.load.get(n).copied().unwrap_or(0.0) / float(host.cpus);
    if per_core(2) >= LOAD_PER_CORE && per_core(0) >= LOAD_PER_CORE {
        let title = format!(
            "The load has been {:.0} on {} cores for a quarter of an hour",
            host.load[2], host.cpus
        );
        drafts.push(
            at("load.high", "load", title)
                .detail(format!(
                    "{} running, {} blocked",
                    sample.running, sample.blocked
                ))
                .fact("load_15", whole(host.load[2])),
        );
    }
    let (now, minute) = sample.pressure("io some");
    if now >= IO_WAITING_PERCENT && minute >= IO_WAITING_PERCENT {
        let title = format!("Work waits for disks {minute:.0} % of the time");
        drafts.push(at("io.pressure", "io", title).fact("waiting_percent", whole(minute)));
    }
    for disk in &sample.disks {
        let partition = disk.name.starts_with("loop") || disk.name.starts_with("ram");
        if !partition && disk.requests >= 10 && disk.wait_ms >= SLOW_MS && disk.busy >= 90.0 {
            let mut draft = at(
                "disk.slow",
                "io",
                format!(
                    "Disk {} takes {:.0} ms for a request",
                    disk.name, disk.wait_ms
                ),
            );
            draft.subject = Subject::new("disk", &disk.name);
            if minute < IO_WAITING_PERCENT {
                draft.severity = Severity::Info;
            }
            drafts.push(draft.fact("wait_ms", whole(disk.wait_ms)));
        }
    }
}

fn hog(look: &Look<'_>, sample: &Sample, host: &Host, process: &Process) -> Draft {
    let key = format!("process.show {}", process.pid);
    let again = look.answer(&key).map(|answer| answer.text());
    let again = again.as_deref().and_then(second);
    let real_time = matches!(process.policy, 1 | 2);
    let yields = process.nice > 0 || matches!(process.policy, 3 | 5);
    let passing = yields || PASSING.contains(&process.comm.as_str());
    let lasting = again.as_ref().is_some_and(|again| {
        again.start == process.start && again.cpu >= HOG_PERCENT && again.ever >= HOG_SECONDS
    });
    let waits = real_time || others_wait(sample, host);
    // The second look is the longer one.
    let cpu = match &again {
        Some(again) if lasting => again.cpu,
        Some(_) | None => process.cpu,
    };
    let severity = if lasting && waits && !passing {
        Severity::Warning
    } else {
        Severity::Info
    };
    let unit = again
        .as_ref()
        .map_or(process.unit.as_str(), |again| &again.unit);
    let unit = whose(unit);
    let ever = again.as_ref().map_or(process.ever, |again| again.ever);
    let at = again.as_ref().map_or(float(host.uptime), |again| again.at);
    let age = at - float(process.start) / TICKS;
    let comm = short(&process.comm, 32);
    let who = if unit.is_empty() {
        String::new()
    } else {
        format!(" of {unit}")
    };
    let draft = Draft::new(
        "cpu.hog",
        severity,
        Subject::new(
            "process",
            if unit.is_empty() {
                format!("{comm}/{}", process.pid)
            } else {
                unit.to_owned()
            },
        ),
        format!(
            "Process {comm} ({}){who} uses {cpu:.0} % of a core",
            process.pid
        ),
    )
    .sure(if lasting {
        Confidence::Confirmed
    } else {
        Confidence::Likely
    })
    .detail(format!(
        "It has used {} of processor time{}. {}",
        time(whole(ever)),
        if age > 0.0 {
            format!(" in the {} since it began", time(whole(age)))
        } else {
            String::new()
        },
        if real_time {
            "It has real-time priority: nothing else gets the core while it wants it."
        } else if waits {
            "Other work has to wait for a processor."
        } else {
            "There is processor time left for others."
        },
    ))
    .fact("cpu_percent", whole(cpu))
    .fact("cpu_seconds", whole(ever))
    .fact("nice", process.nice)
    .cite("host.sample");
    let draft = if again.is_some() {
        draft.cite(key)
    } else {
        draft
    };
    if severity == Severity::Info {
        // Nothing has to be done about it, so nothing is given to do it with.
        return draft.fact("comm", comm);
    }
    draft
        .fact("comm", comm)
        .fact("pid", process.pid)
        .fact("start_time", process.start)
        .of_unit(unit)
}

/// The second look at a process.
struct Again {
    /// Seconds since boot.
    at: f64,
    start: i64,
    /// Share of a core that it used at least, in percent.
    cpu: f64,
    ever: f64,
    unit: String,
}

fn second(text: &str) -> Option<Again> {
    let mut stats = text.lines().filter_map(|line| {
        let (pid, _) = line.split_once(" (")?;
        pid.parse::<i64>().ok()?;
        line.rsplit_once(") ").map(|(_, fields)| fields)
    });
    let (a, b) = (stats.next()?, stats.next()?);
    let times = after(text, "again ")?;
    let (from, to) = times.split_once(' ')?;
    let seconds = crate::read::real(to) - crate::read::real(from);
    let ticks = |fields: &str| nth(fields, 11).saturating_add(nth(fields, 12));
    let unit = crate::read::files(text)
        .filter(|(path, _)| path.ends_with("/cgroup"))
        .map(|(_, group)| unit(group))
        .find(|unit| !unit.is_empty())
        .unwrap_or_default();
    (seconds > 0.1).then(|| Again {
        at: crate::read::real(to),
        start: nth(b, 19),
        cpu: float(ticks(b) - ticks(a)) / TICKS / seconds * 100.0,
        ever: float(ticks(b)) / TICKS,
        unit,
    })
}

/// What else to ask: each suspect again.
pub(crate) fn follow(look: &Look<'_>, _drafts: &[Draft]) -> Vec<ProbeRun> {
    let Some(sample) = sample(look) else {
        return Vec::new();
    };
    let mut runs = Vec::new();
    for process in suspects(&sample) {
        let because = format!(
            "{} uses {:.0} % of a core",
            short(&process.comm, 32),
            process.cpu_most
        );
        runs.extend(SHOW.run(&[&process.pid.to_string()], &because));
    }
    runs
}
