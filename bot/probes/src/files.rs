//! Open files: those that were deleted and still fill a disk, and processes near their limit.

use std::collections::BTreeMap;

use incident::{Confidence, Severity, Subject};

use crate::disk;
use crate::draft::{Draft, whose};
use crate::host::{Mount, mount_of, mounts};
use crate::look::Look;
use crate::read::{all_after, int, percent, short, size, unit};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "disk.deleted",
    "deleted files that are still open, and processes with many open files",
    include_str!("sh/disk.deleted.sh"),
)
.first()
.root()
.within(6, 65_536)];

/// A filesystem that is fuller than this has no room for files that nobody can see.
const TIGHT_PERCENT: i64 = 90;
/// Deleted files below this share of a filesystem did not fill it.
const SHARE_PERCENT: i64 = 5;
/// Deleted files from this size on are mentioned even where there is room.
const NOTED_BYTES: i64 = 256 * 1024 * 1024;
/// At this share of the limit of open files the next burst of connections fails.
const NEAR_LIMIT_PERCENT: i64 = 90;

/// A deleted file that a process holds open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) pid: i64,
    pub(crate) bytes: i64,
    pub(crate) device: String,
    pub(crate) inode: i64,
    pub(crate) path: String,
}

/// Reads the `deleted` lines; a file that several processes hold counts once, for the first of them.
pub(crate) fn held(text: &str) -> Vec<Held> {
    let mut seen: BTreeMap<(String, i64), ()> = BTreeMap::new();
    let mut list: Vec<Held> = all_after(text, "deleted ")
        .filter_map(|line| {
            let mut words = line.splitn(5, ' ');
            let pid = int(words.next()?);
            let bytes = int(words.next()?).saturating_mul(512);
            let device = device(int(words.next()?));
            let inode = int(words.next()?);
            let path = words.next()?.strip_suffix(" (deleted)")?.to_owned();
            path.starts_with('/').then_some(Held {
                pid,
                bytes,
                device,
                inode,
                path,
            })
        })
        .collect();
    list.sort_by(|a, b| b.bytes.cmp(&a.bytes).then(a.pid.cmp(&b.pid)));
    list.retain(|held| seen.insert((held.device.clone(), held.inode), ()).is_none());
    list
}

/// `8:1` of the number that stat prints for a device.
fn device(number: i64) -> String {
    let major = (number >> 8) & 0xfff;
    let minor = (number & 0xff) | ((number >> 12) & 0xf_ff00);
    format!("{major}:{minor}")
}

/// Name and unit of the processes that the answer speaks of.
fn owners(text: &str) -> BTreeMap<i64, (String, String)> {
    let mut owners: BTreeMap<i64, (String, String)> = BTreeMap::new();
    for line in all_after(text, "comm ") {
        if let Some((pid, name)) = line.split_once(' ') {
            owners.entry(int(pid)).or_default().0 = short(name, 32);
        }
    }
    for line in all_after(text, "cgroup ") {
        if let Some((pid, group)) = line.split_once(' ') {
            let unit = unit(group);
            if !whose(&unit).is_empty() {
                owners.entry(int(pid)).or_default().1 = unit;
            }
        }
    }
    owners
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("disk.deleted");
    let owners = owners(&text);
    let mounted = mounts(&look.heard("disk.mounts"));
    let rooms = disk::read(&look.heard("disk.space"));
    for held in held(&text) {
        let by_device = mounted.iter().filter(|mount| mount.device == held.device);
        let mount = by_device
            .min_by_key(|mount| mount.path.len())
            .or_else(|| mount_of(&mounted, &held.path))
            .map_or("/", |mount: &Mount| &mount.path);
        let room = rooms.iter().find(|room| room.path == mount);
        let fills = room.is_some_and(|room| {
            room.percent >= TIGHT_PERCENT && percent(held.bytes / 1024, room.total) >= SHARE_PERCENT
        });
        if !fills && held.bytes < NOTED_BYTES {
            continue;
        }
        let (comm, unit) = owners.get(&held.pid).cloned().unwrap_or_default();
        let severity = if fills {
            Severity::Warning
        } else {
            Severity::Info
        };
        let who = if unit.is_empty() {
            String::new()
        } else {
            format!(" of {unit}")
        };
        drafts.push(
            Draft::new(
                "fs.deleted_open",
                severity,
                Subject::new("path", &held.path),
                format!(
                    "{comm} ({}){who} holds {} of a deleted file",
                    held.pid,
                    size(held.bytes)
                ),
            )
            .detail(format!(
                "{} was deleted, but its space on {mount} is free only when the process closes it.",
                short(&held.path, 200)
            ))
            .fact("pid", held.pid)
            .fact("comm", comm)
            .of_unit(&unit)
            .fact("path", held.path.as_str())
            .fact("mount", mount)
            .fact("size_bytes", held.bytes)
            .cite("disk.deleted")
            .cite("disk.space"),
        );
    }
    for line in all_after(&text, "open ") {
        let mut words = line.split(' ');
        let mut next = || words.next().map_or(0, int);
        let (pid, used, limit) = (next(), next(), next());
        let share = percent(used, limit);
        if share < NEAR_LIMIT_PERCENT {
            continue;
        }
        let (comm, unit) = owners.get(&pid).cloned().unwrap_or_default();
        let who = if unit.is_empty() {
            String::new()
        } else {
            format!(" of {unit}")
        };
        drafts.push(
            Draft::new(
                "limits.files",
                Severity::Warning,
                Subject::new(
                    "process",
                    if unit.is_empty() {
                        format!("{comm}/{pid}")
                    } else {
                        unit.clone()
                    },
                ),
                format!("{comm} ({pid}){who} has {used} of {limit} files open"),
            )
            .sure(Confidence::Confirmed)
            .detail("At the limit it can accept no connection and open no file.")
            .fact("pid", pid)
            .fact("comm", comm)
            .of_unit(&unit)
            .fact("used", used)
            .fact("limit", limit)
            .fact("want_limit", limit.saturating_mul(4))
            .fact("used_percent", share)
            .cite("disk.deleted"),
        );
    }
}
