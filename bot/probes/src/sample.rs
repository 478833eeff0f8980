//! The two looks at the kernel's counters, as rates: what is busy now, not since the boot.

use std::collections::BTreeMap;

use crate::read::{float, int, nth, real, unit};

/// Clock ticks in a second, as `/proc` counts them on every architecture of Linux.
pub(crate) const TICKS: f64 = 100.0;

/// A process of the sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Process {
    pub(crate) pid: i64,
    /// Ticks since boot at which it began: with the number, its identity.
    pub(crate) start: i64,
    pub(crate) comm: String,
    /// `D` where it was blocked in both looks.
    pub(crate) state: String,
    /// Share of one core that it used at least, in percent.
    pub(crate) cpu: f64,
    /// Share of one core that it may have used, in percent: more than `cpu` where the looks themselves had to wait.
    pub(crate) cpu_most: f64,
    /// Seconds of processor time since it began.
    pub(crate) ever: f64,
    pub(crate) nice: i64,
    pub(crate) rss_pages: i64,
    /// How it is scheduled: 0 is the usual way, 1 and 2 are real-time, 3 and 5 give way to others.
    pub(crate) policy: i64,
    /// Whether it has a terminal: somebody works with it.
    pub(crate) terminal: bool,
    /// Its unit, or nothing.
    pub(crate) unit: String,
}

/// A disk between the two looks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Disk {
    pub(crate) name: String,
    pub(crate) requests: i64,
    /// Milliseconds that one request took on the average.
    pub(crate) wait_ms: f64,
    /// Share of the time in which it was busy, in percent.
    pub(crate) busy: f64,
}

/// A link between the two looks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Link {
    pub(crate) name: String,
    pub(crate) packets: i64,
    pub(crate) errors: i64,
    pub(crate) drops: i64,
}

/// What happened between the two looks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sample {
    pub(crate) seconds: f64,
    /// Ticks of all processors between the looks; 0 where they were not told.
    pub(crate) ticks: i64,
    /// Shares of the machine's processor time in percent.
    pub(crate) busy: f64,
    pub(crate) steal: f64,
    /// Time in which a processor had nothing to do but to wait for a disk.
    pub(crate) iowait: f64,
    /// Share of stolen time since boot in percent.
    pub(crate) steal_ever: f64,
    pub(crate) cores: i64,
    pub(crate) running: i64,
    pub(crate) blocked: i64,
    /// `cpu some` and the like: percent of the sample in which somebody waited, and the kernel's average of a minute.
    pub(crate) pressure: BTreeMap<String, (f64, f64)>,
    /// Counters of vmstat, as rates per second.
    pub(crate) rates: BTreeMap<String, f64>,
    pub(crate) disks: Vec<Disk>,
    pub(crate) links: Vec<Link>,
    /// Bytes per second by which a log grew.
    pub(crate) logs: BTreeMap<String, f64>,
    pub(crate) processes: Vec<Process>,
    /// Cores' worth of work of the host's own processes.
    pub(crate) own_cores: f64,
}

/// Reads the answer of `host.sample`; nothing where it is no such answer.
pub(crate) fn read(text: &str) -> Option<Sample> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut pairs: Vec<(String, &str, &str)> = Vec::new();
    let mut sample = Sample::default();
    let mut units: BTreeMap<i64, String> = BTreeMap::new();
    let mut own_ticks = 0;
    let mut raw = Vec::new();
    let mut looked = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("1 ") {
            first.insert(key(rest), rest);
        } else if let Some(rest) = line.strip_prefix("2 ") {
            let key = key(rest);
            if let Some(before) = first.get(&key) {
                pairs.push((key, before, rest));
            }
        } else if let Some(rest) = line.strip_prefix("process ") {
            raw.push(rest);
        } else if let Some((pid, group)) = line
            .strip_prefix("cgroup ")
            .and_then(|rest| rest.split_once(' '))
        {
            let unit = unit(group);
            if !unit.is_empty() {
                units.insert(int(pid), unit);
            }
        } else if let Some(rest) = line.strip_prefix("looked ") {
            looked = rest.split_once(' ').map(|(a, b)| (real(a), real(b)));
        } else if let Some(rest) = line.strip_prefix("all ") {
            own_ticks = nth(rest, 7);
        }
    }
    sample.seconds = pairs
        .iter()
        .find(|(key, ..)| key == "uptime")
        .map(|(_, a, b)| number(b, 1) - number(a, 1))
        .filter(|seconds| (0.2..60.0).contains(seconds))?;
    for (key, a, b) in &pairs {
        counter(&mut sample, key, a, b);
    }
    let (least, most) = looked
        .filter(|(least, most)| *least >= 0.2 && least <= most && *most < 60.0)
        .unwrap_or((sample.seconds, sample.seconds));
    sample.own_cores = float(own_ticks) / TICKS / most;
    sample.processes = raw
        .into_iter()
        .map(|line| process(line, (least, most), &units))
        .collect();
    Some(sample)
}

fn key(line: &str) -> String {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or("");
    match first {
        "disk" => format!("disk {}", words.nth(2).unwrap_or("")),
        "net" | "log" => format!("{first} {}", words.next().unwrap_or("")),
        _ => first.to_owned(),
    }
}

fn number(line: &str, n: usize) -> f64 {
    line.split_whitespace().nth(n).map_or(0.0, real)
}

fn counter(sample: &mut Sample, key: &str, a: &str, b: &str) {
    let delta = |n: usize| nth(b, n).saturating_sub(nth(a, n)).max(0);
    let sum = |ns: &[usize]| {
        ns.iter()
            .fold(0_i64, |sum, n| sum.saturating_add(delta(*n)))
    };
    let seconds = sample.seconds;
    match key.split(' ').next().unwrap_or("") {
        "cpu" => {
            let all = sum(&[1, 2, 3, 4, 5, 6, 7, 8]);
            let idle = sum(&[4, 5]);
            let share = |part: i64, whole: i64| 100.0 * float(part) / float(whole.max(1));
            sample.ticks = all;
            sample.busy = share(all - idle, all);
            sample.steal = share(delta(8), all);
            sample.iowait = share(delta(5), all);
            let ever: i64 = (1..=8).map(|n| nth(b, n)).fold(0, i64::saturating_add);
            sample.steal_ever = share(nth(b, 8), ever);
        }
        "procs_running" => sample.running = nth(a, 1).min(nth(b, 1)),
        "procs_blocked" => sample.blocked = nth(a, 1).min(nth(b, 1)),
        "disk" => {
            let requests = sum(&[4, 8, 15]);
            let waited = sum(&[7, 11, 18]);
            sample.disks.push(Disk {
                name: key.strip_prefix("disk ").unwrap_or("").to_owned(),
                requests,
                wait_ms: float(waited) / float(requests.max(1)),
                busy: (float(delta(13)) / seconds / 10.0).min(100.0),
            });
        }
        "net" => sample.links.push(Link {
            name: key
                .strip_prefix("net ")
                .unwrap_or("")
                .trim_end_matches(':')
                .to_owned(),
            packets: sum(&[3, 11]),
            errors: sum(&[4, 12]),
            drops: sum(&[5, 13]),
        }),
        "log" => {
            let size = |line: &str| line.rsplit_once('\t').map_or(0, |(_, size)| int(size));
            let path = key.strip_prefix("log ").unwrap_or("");
            let grown = float(size(b).saturating_sub(size(a)).max(0));
            sample.logs.insert(path.to_owned(), grown / seconds);
        }
        path if path.starts_with("/proc/pressure/") => {
            let field = |line: &str, name: &str| {
                line.split_whitespace()
                    .find_map(|word| word.strip_prefix(name))
                    .map_or(0.0, real)
            };
            let waited = (field(b, "total=") - field(a, "total=")).max(0.0);
            let name = path.trim_start_matches("/proc/pressure/").replace(':', " ");
            let share = (waited / seconds / 10_000.0).min(100.0);
            sample.pressure.insert(name, (share, field(b, "avg60=")));
        }
        name if name.starts_with("cpu") => sample.cores += 1,
        name => {
            let rate = float(delta(1)) / seconds;
            sample.rates.insert(name.to_owned(), rate);
        }
    }
}

/// A process of the sample, whose looks lie between `least` and `most` seconds apart.
fn process(line: &str, (least, most): (f64, f64), units: &BTreeMap<i64, String>) -> Process {
    let word = |n: usize| line.split(' ').nth(n).unwrap_or("");
    let pid = int(word(0));
    let percent = |seconds: f64| float(int(word(4))) / seconds / TICKS * 100.0;
    Process {
        pid,
        start: int(word(1)),
        comm: word(2).to_owned(),
        state: word(3).to_owned(),
        cpu: percent(most),
        cpu_most: percent(least),
        ever: float(int(word(5))) / TICKS,
        nice: int(word(6)),
        rss_pages: int(word(8)),
        policy: int(word(9)),
        terminal: int(word(10)) != 0,
        unit: units.get(&pid).cloned().unwrap_or_default(),
    }
}

impl Sample {
    /// The share of the sample in which somebody waited, and the average of a minute: `cpu some`.
    pub(crate) fn pressure(&self, name: &str) -> (f64, f64) {
        self.pressure.get(name).copied().unwrap_or_default()
    }

    /// A rate of vmstat per second.
    pub(crate) fn rate(&self, name: &str) -> f64 {
        self.rates.get(name).copied().unwrap_or_default()
    }
}
