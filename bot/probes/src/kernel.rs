//! What the kernel says: killed for memory, hung, broken disks, crashed programs; and its own limits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use incident::step::Slot;
use incident::{Confidence, Severity, Subject};
use regex::Regex;

use crate::draft::Draft;
use crate::host::Host;
use crate::limits::{self, Killed};
use crate::look::Look;
use crate::pattern::patterns;
use crate::read::{after, file, files, int, nth, percent, real, short, time, unit, whole};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "kernel.messages",
        "the kernel's last messages",
        include_str!("sh/kernel.messages.sh"),
    )
    .first()
    .root()
    .takes(&[Slot::Number])
    .within(5, 131_072),
    Spec::new(
        "kernel.limits",
        "limits of the host and how much of each is used",
        include_str!("sh/kernel.limits.sh"),
    )
    .first(),
    Spec::new(
        "limits.tasks",
        "tasks of each unit against its limit",
        include_str!("sh/limits.tasks.sh"),
    )
    .first(),
];

/// At this share of a limit of the whole host something will be refused soon.
pub(crate) const NEAR_PERCENT: i64 = 90;
/// So often must a program crash within the window to be more than one bad request.
const CRASHES: usize = 3;

/// A message with the second since boot at which it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Message<'t> {
    pub(crate) at: f64,
    pub(crate) text: &'t str,
}

/// Reads lines of dmesg (`[  12.345678] text`) and of journalctl (`[   12.345678] host kernel: text`).
pub(crate) fn messages(text: &str) -> Vec<Message<'_>> {
    text.lines()
        .filter_map(|line| {
            let line = line
                .strip_prefix('<')
                .and_then(|l| l.split_once('>'))
                .map_or(line, |(_, l)| l);
            let (at, rest) = line.strip_prefix('[')?.split_once(']')?;
            let rest = rest.trim_start();
            let text = rest
                .split_once(" kernel: ")
                .filter(|(host, _)| !host.contains(' '))
                .map_or(rest, |(_, text)| text);
            Some(Message { at: real(at), text })
        })
        .collect()
}

patterns! {
    KILLED = r"[Oo]ut of memory: Killed process (\d+) \(([^)]*)\)";
    TASK = r"oom-kill:constraint=(\w+),.*?(?:oom_memcg=([^,]*),)?task_memcg=([^,]*),task=.*,pid=(\d+)";
    LIMIT = r"^memory: usage \d+kB, limit (\d+)kB";
    HUNG = r"task ([^:]+(?::[^:]+)?):(\d+) blocked for more than (\d+) seconds";
    DISK = r"(?:I/O error, dev ([A-Za-z0-9]+)|Buffer I/O error on dev(?:ice)? ([A-Za-z0-9-]+)|(?:critical (?:medium|target|space allocation) error), dev ([A-Za-z0-9]+))";
    FILESYSTEM = r"(EXT[234]-fs error|XFS \([^)]*\): (?:Metadata )?(?:corruption|Corruption|metadata I/O error|Filesystem has been shut down|log I/O error)|BTRFS (?:error|critical)|Remounting filesystem read-only)[^(]*(?:\((?:device )?([A-Za-z0-9-]+)\))?";
    CRASH = r"(?:^|\s)([^\s\[]+)\[(\d+)\]:? (?:segfault at|general protection|trap (?:invalid opcode|divide error))";
    TRACKED = r"nf_conntrack: (?:nf_conntrack: )?table full, dropping packet";
}

fn find<'t>(pattern: &LazyLock<Option<Regex>>, text: &'t str) -> Option<regex::Captures<'t>> {
    pattern.as_ref()?.captures(text)
}

fn group<'t>(found: &regex::Captures<'t>, n: usize) -> &'t str {
    found.get(n).map_or("", |m| m.as_str())
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    said(look, drafts);
    limits(look, drafts);
}

#[derive(Default)]
struct Seen<'t> {
    count: usize,
    last: f64,
    line: &'t str,
    pid: i64,
    unit: String,
    limit: i64,
}

fn said(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("kernel.messages");
    let key = look.key("kernel.messages");
    let up = after(&text, "uptime ").map_or(0.0, real);
    let window = crate::read::float(i64::try_from(look.window.since_seconds).unwrap_or(i64::MAX));
    let mut seen: BTreeMap<(&str, String), Seen<'_>> = BTreeMap::new();
    let mut victim = Victim::default();
    let mut limit = 0;
    // Kills at a limit of a group's own, by the group, the unit in it and the program.
    let mut reached: BTreeMap<(String, String, String), Seen<'_>> = BTreeMap::new();
    for message in messages(&text)
        .into_iter()
        .filter(|message| up - message.at <= window)
    {
        let line = message.text;
        let mut note = |code: &'static str, name: &str, pid: i64, unit: &str| {
            let entry = seen.entry((code, short(name, 48))).or_default();
            entry.count += 1;
            entry.last = message.at;
            entry.line = line;
            entry.pid = pid;
            unit.clone_into(&mut entry.unit);
        };
        if let Some(found) = find(&LIMIT, line) {
            limit = int(group(&found, 1)).saturating_mul(1024);
        } else if let Some(found) = find(&TASK, line) {
            let own = group(&found, 1) == "CONSTRAINT_MEMCG";
            victim = Victim {
                unit: unit(group(&found, 3)),
                owner: if own {
                    group(&found, 2).to_owned()
                } else {
                    String::new()
                },
                limit: std::mem::take(&mut limit),
            };
        } else if let Some(found) = find(&KILLED, line) {
            let (comm, pid) = (group(&found, 2), int(group(&found, 1)));
            let victim = std::mem::take(&mut victim);
            if limits::limited(&victim.owner).is_some() {
                let who = (victim.owner, victim.unit, short(comm, 48));
                let entry = reached.entry(who).or_default();
                entry.count += 1;
                (entry.last, entry.line, entry.pid) = (message.at, line, pid);
                entry.limit = victim.limit;
            } else {
                note("mem.oom", comm, pid, &victim.unit);
            }
        } else if let Some(found) = find(&HUNG, line) {
            note(
                "kernel.hung_task",
                group(&found, 1),
                int(group(&found, 2)),
                "",
            );
        } else if let Some(found) = find(&FILESYSTEM, line) {
            note("kernel.io_error", group(&found, 2), 0, "");
        } else if let Some(found) = find(&DISK, line) {
            let device = [1, 2, 3].map(|n| group(&found, n)).concat();
            // An empty drive answers every question with an error.
            if !["fd", "sr", "loop", "ram"]
                .iter()
                .any(|kind| device.starts_with(kind))
            {
                note("disk.io_errors", &device, 0, "");
            }
        } else if let Some(found) = find(&CRASH, line) {
            note(
                "kernel.segfault",
                group(&found, 1),
                int(group(&found, 2)),
                "",
            );
        } else if find(&TRACKED, line).is_some() {
            note("net.conntrack_full", "conntrack", 0, "");
        }
    }
    for ((code, name), seen) in seen {
        drafts.extend(message(code, &name, &seen, up).map(|draft| draft.cite(key.clone())));
    }
    if reached.is_empty() {
        return;
    }
    let units = crate::units::units(look);
    for ((owner, unit, comm), seen) in reached {
        let known = limits::limit_of(look, &owner);
        let killed = Killed {
            owner: &owner,
            unit: &unit,
            comm: &comm,
            pid: seen.pid,
            count: seen.count,
            ago: &time(whole(up - seen.last)),
            limit: if known > 0 { known } else { seen.limit },
            line: &short(seen.line, 300),
        };
        drafts.extend(
            limits::killed(look, &units, &killed)
                .map(|draft| draft.cite(key.clone()).cite("memory.usage")),
        );
    }
}

/// Whom the kernel is about to name as killed: the unit, and the group whose own limit was met, if it was one.
#[derive(Default)]
struct Victim {
    unit: String,
    owner: String,
    limit: i64,
}

fn message(code: &str, name: &str, seen: &Seen<'_>, up: f64) -> Option<Draft> {
    let ago = time(whole(up - seen.last));
    let times = if seen.count == 1 {
        "once".to_owned()
    } else {
        format!("{} times", seen.count)
    };
    let (severity, subject, title) = match code {
        "mem.oom" => (
            Severity::Warning,
            Subject::new(
                "process",
                if seen.unit.is_empty() {
                    name
                } else {
                    &seen.unit
                },
            ),
            format!("The kernel killed {name} for memory {times}, last {ago} ago"),
        ),
        "kernel.hung_task" => (
            Severity::Warning,
            Subject::new("process", name),
            format!("{name} was blocked for minutes, last {ago} ago"),
        ),
        "kernel.io_error" => (
            Severity::Critical,
            Subject::new("disk", if name.is_empty() { "filesystem" } else { name }),
            format!(
                "The kernel found errors in a filesystem{}, last {ago} ago",
                if name.is_empty() {
                    String::new()
                } else {
                    format!(" on {name}")
                }
            ),
        ),
        "disk.io_errors" => (
            Severity::Critical,
            Subject::new("disk", name),
            format!("Disk {name} failed to read or write {times}, last {ago} ago"),
        ),
        "kernel.segfault" => (
            if seen.count >= CRASHES {
                Severity::Warning
            } else {
                Severity::Info
            },
            Subject::new("process", name),
            format!("{name} crashed {times}, last {ago} ago"),
        ),
        "net.conntrack_full" => (
            Severity::Critical,
            Subject::new("host", "conntrack"),
            format!("The kernel dropped packets as the connection table was full, last {ago} ago"),
        ),
        _ => return None,
    };
    Some(
        Draft::new(code, severity, subject, title)
            .sure(Confidence::Confirmed)
            .detail(short(seen.line, 300))
            .fact("comm", name)
            .fact("pid", seen.pid)
            .of_unit(&seen.unit)
            .fact("count", i64::try_from(seen.count).unwrap_or(i64::MAX)),
    )
}

fn limits(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("kernel.limits");
    let host = Host::read(look);
    let open = file(&text, "/proc/sys/fs/file-nr").unwrap_or("");
    let mut near = |code: &str, name: &str, used: i64, limit: i64, key: &str| {
        let share = percent(used, limit);
        if limit > 0 && share >= NEAR_PERCENT {
            drafts.push(
                Draft::new(
                    code,
                    Severity::Critical,
                    Subject::new("host", name),
                    format!("{used} of {limit} {name} are in use on the host"),
                )
                .detail("When the last is gone, no program can start or open anything.")
                .fact("used", used)
                .fact("limit", limit)
                .fact("want_limit", limit.saturating_mul(2))
                .fact("used_percent", share)
                .fact("key", key)
                .cite("kernel.limits"),
            );
        }
    };
    // Counters of the machine, which a container cannot be blamed for.
    if !host.contained() {
        near(
            "limits.files",
            "open files",
            nth(open, 0),
            nth(open, 2),
            "fs.file-max",
        );
        let most = file(&text, "/proc/sys/kernel/pid_max").map_or(0, int);
        let threads = file(&text, "/proc/sys/kernel/threads-max").map_or(0, int);
        let key = if threads > 0 && threads < most {
            "kernel.threads-max"
        } else {
            "kernel.pid_max"
        };
        near(
            "limits.pids",
            "tasks",
            host.tasks,
            if threads > 0 { most.min(threads) } else { most },
            key,
        );
    }
    let used = file(&text, "/sys/fs/cgroup/pids.current").map_or(0, int);
    near(
        "limits.pids",
        "tasks",
        used,
        file(&text, "/sys/fs/cgroup/pids.max").map_or(0, int),
        "",
    );

    let text = look.heard("limits.tasks");
    for (path, limit) in files(&text).filter(|(path, _)| path.ends_with("/pids.max")) {
        let Some(dir) = path.strip_suffix("/pids.max") else {
            continue;
        };
        let unit = dir.rsplit('/').next().unwrap_or(dir);
        let used = file(&text, &format!("{dir}/pids.current")).map_or(0, int);
        let (limit, share) = (int(limit), percent(used, int(limit)));
        if limit > 0 && share >= NEAR_PERCENT {
            drafts.push(
                Draft::new(
                    "limits.tasks",
                    Severity::Warning,
                    Subject::new("unit", unit),
                    format!("{unit} has {used} of the {limit} tasks that it may have"),
                )
                .detail("At the limit it can start no thread and no process.")
                .fact("unit", unit)
                .fact("used", used)
                .fact("limit", limit)
                .fact("want_limit", limit.saturating_mul(2))
                .fact("used_percent", share)
                .cite("limits.tasks"),
            );
        }
    }
}

#[cfg(test)]
mod tests;
