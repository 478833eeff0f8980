//! Room on filesystems: space and inodes, and what could go.

use incident::step::Slot;
use incident::{ProbeRun, Severity, Subject};

use crate::draft::Draft;
use crate::host::{Host, mounts};
use crate::look::Look;
use crate::rank::within;
use crate::read::{int, percent, size, time};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "disk.space",
        "space of the local filesystems",
        include_str!("sh/disk.space.sh"),
    )
    .first()
    .essential(|text| !read(text).is_empty()),
    Spec::new(
        "disk.inodes",
        "inodes of the local filesystems",
        include_str!("sh/disk.inodes.sh"),
    )
    .first(),
    LARGEST,
    INODE_USERS,
    Spec::new(
        "disk.devices",
        "block devices and software RAID",
        include_str!("sh/disk.devices.sh"),
    )
    .first(),
];

const LARGEST: Spec = Spec::new(
    "disk.largest",
    "the largest files of one filesystem",
    include_str!("sh/disk.largest.sh"),
)
.takes(&[Slot::Path])
.root()
.within(12, 65_536);

const INODE_USERS: Spec = Spec::new(
    "disk.inode_users",
    "the fullest directories of one filesystem, and their oldest files",
    include_str!("sh/disk.inode_users.sh"),
)
.takes(&[Slot::Path])
.root()
.within(12, 65_536);

/// From here a filesystem is mentioned, in percent of what users may fill.
const NOTED_PERCENT: i64 = 90;
/// From here it is a warning: the usual alert level, and where ext4 and XFS begin to fragment badly.
const FULL_PERCENT: i64 = 95;
/// From here writing fails, or will with the next large file.
const CRITICAL_PERCENT: i64 = 99;
/// With this much left in KiB no percentage is a worry: 50 GiB.
pub(crate) const PLENTY_KIB: i64 = 50 * 1024 * 1024;
/// With so many left no percentage is a worry.
pub(crate) const PLENTY_INODES: i64 = 10_000_000;
/// Files younger than this in seconds may still be in somebody's hands.
const SETTLED_SECONDS: i64 = 1800;

/// One line of df: space in KiB or inodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) device: String,
    pub(crate) total: i64,
    pub(crate) used: i64,
    pub(crate) free: i64,
    /// Of what users may fill: blocks reserved for root count as used.
    pub(crate) percent: i64,
    pub(crate) path: String,
}

/// Reads `df -P -k` or `df -P -i`. Lines that are none of its, such as complaints, are passed over.
pub(crate) fn read(text: &str) -> Vec<Room> {
    let mut rooms: Vec<Room> = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        let mut word = || {
            rest = rest.trim_start();
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            rest = after;
            word
        };
        let (device, total, used, free, share) = (word(), word(), word(), word(), word());
        let path = rest.trim();
        if !share.ends_with('%') || !path.starts_with('/') {
            continue;
        }
        let (total, used, free) = (int(total), int(used), int(free));
        if total <= 0 {
            continue;
        }
        rooms.retain(|room| room.path != path);
        rooms.push(Room {
            device: device.to_owned(),
            total,
            used,
            free,
            percent: percent(used, used.saturating_add(free)),
            path: path.to_owned(),
        });
    }
    rooms
}

/// Rooms that can be written to at all, one for each filesystem: of several paths to one the shortest.
pub(crate) fn writable(look: &Look<'_>, key: &str) -> Vec<Room> {
    let mounted = mounts(&look.heard("disk.mounts"));
    let mut seen = Vec::new();
    let mut rooms = read(&look.heard(key));
    rooms.sort_by(|a, b| (a.path.len(), &a.path).cmp(&(b.path.len(), &b.path)));
    rooms.retain(|room| {
        let Some(mount) = mounted.iter().find(|mount| mount.path == room.path) else {
            return true;
        };
        let twin = seen.contains(&mount.device);
        seen.push(mount.device.clone());
        !twin && !crate::host::has(&mount.of_super, "ro") && !crate::host::has(&mount.options, "ro")
    });
    rooms.sort_by(|a, b| a.path.cmp(&b.path));
    rooms
}

/// How bad a share of use is, if it is worth a word.
pub(crate) fn severity(room: &Room, plenty: i64) -> Option<Severity> {
    match room.percent {
        p if p >= CRITICAL_PERCENT && room.free < plenty => Some(Severity::Critical),
        p if p >= FULL_PERCENT && room.free < plenty => Some(Severity::Warning),
        p if p >= NOTED_PERCENT => Some(Severity::Info),
        _ => None,
    }
}

/// A file of `disk.largest`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    bytes: i64,
    size: i64,
    age: i64,
    /// Bytes a second by which it grew from its birth to its last change; 0 where its birth is not known.
    rate: i64,
    path: String,
}

fn largest(text: &str, now: i64) -> Vec<File> {
    let mut files: Vec<File> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.strip_prefix("file ")?.splitn(6, ' ');
            let blocks = int(words.next()?);
            let size = int(words.next()?);
            let changed = int(words.next()?.split('.').next()?);
            let birth = int(words.next()?);
            let _owner = words.next()?;
            let lived = changed.saturating_sub(birth).max(1);
            let path = words.next()?.to_owned();
            Some(File {
                bytes: blocks.saturating_mul(512),
                size,
                age: if now > 0 {
                    now.saturating_sub(changed)
                } else {
                    i64::MAX
                },
                rate: if birth > 0 { size / lived } else { 0 },
                path,
            })
        })
        .filter(|file| Slot::Path.check(&file.path).is_ok())
        .collect();
    files.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
    files.dedup_by(|a, b| a.path == b.path);
    files
}

/// Whether a path lies where logs lie.
pub(crate) fn in_log_directory(path: &str) -> bool {
    within(path, "/var/log")
        || path
            .rsplit_once('/')
            .is_some_and(|(dir, _)| dir.split('/').any(|part| part == "log" || part == "logs"))
}

/// Whether a name is that of a log that was rotated away: nobody writes to it any more.
pub(crate) fn rotated(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let packed = [".gz", ".xz", ".bz2", ".zst"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    if path.contains("/journal/") {
        return false;
    }
    let bare = packed.unwrap_or(name);
    let numbered = bare.rsplit_once('.').is_some_and(|(_, n)| {
        !n.is_empty() && n.len() <= 3 && n.chars().all(|c| c.is_ascii_digit())
    });
    let dated = bare.rsplit_once(['-', '.']).is_some_and(|(_, date)| {
        date.len() >= 8 && date.starts_with("20") && date.chars().all(|c| c.is_ascii_digit())
    });
    packed.is_some() || numbered || dated || name.ends_with(".old")
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let now = Host::read(look).now;
    for room in writable(look, "disk.space") {
        if let Some(severity) = severity(&room, PLENTY_KIB) {
            drafts.push(full(look, &room, severity, now));
        }
    }
    for room in writable(look, "disk.inodes") {
        if let Some(severity) = severity(&room, PLENTY_INODES) {
            drafts.push(no_inodes(look, &room, severity, now));
        }
    }
    for line in look.heard("disk.devices").lines() {
        let Some(state) = line.strip_prefix("/proc/mdstat:") else {
            continue;
        };
        // `[2/1] [U_]`: two members wanted, one there.
        let missing = state.trim_end().ends_with(']')
            && state
                .rsplit_once('[')
                .is_some_and(|(_, map)| map.contains('_') && map.contains('U'));
        if missing {
            drafts.push(
                Draft::new(
                    "disk.raid_degraded",
                    Severity::Warning,
                    Subject::new("host", "mdraid"),
                    "A software RAID lacks a member",
                )
                .detail(state.trim())
                .cite("disk.devices"),
            );
        }
    }
}

fn full(look: &Look<'_>, room: &Room, severity: Severity, now: i64) -> Draft {
    let key = format!("disk.largest {}", room.path);
    let files = largest(&look.heard(&key), now);
    let files: Vec<&File> = files
        .iter()
        .filter(|file| within(&file.path, &room.path))
        .collect();
    let old_logs: Vec<&&File> = files
        .iter()
        .filter(|file| {
            in_log_directory(&file.path) && rotated(&file.path) && file.age > SETTLED_SECONDS
        })
        .collect();
    let mut draft = Draft::new(
        "fs.full",
        severity,
        Subject::new("mount", &room.path),
        format!(
            "{} is {} % full, {} left",
            room.path,
            room.percent,
            size(room.free.saturating_mul(1024))
        ),
    )
    .fact("path", room.path.as_str())
    .fact("mount", room.path.as_str())
    .fact("device", room.device.as_str())
    .fact("used_percent", room.percent)
    .fact("size_kib", room.total)
    .fact("free_kib", room.free)
    .cite("disk.space");
    let mut detail = format!(
        "{} of {} are used.",
        size(room.used.saturating_mul(1024)),
        size(room.total.saturating_mul(1024))
    );
    if let Some(answer) = look.answer(&key) {
        draft = draft.cite(answer.key);
        let list: Vec<String> = files
            .iter()
            .take(10)
            .map(|file| format!("{} {}", size(file.bytes), file.path))
            .collect();
        if !list.is_empty() {
            detail.push_str(&format!(
                " Largest: {}.",
                list.iter().take(3).cloned().collect::<Vec<_>>().join("; ")
            ));
            draft = draft.fact("largest", list);
        }
    }
    if let Some(biggest) = old_logs.first() {
        detail.push_str(&format!(
            " Rotated log {} ({}) was last written {} ago.",
            biggest.path,
            size(biggest.bytes),
            time(biggest.age)
        ));
        draft = draft
            .fact("rotated_log", biggest.path.as_str())
            .fact("rotated_size", biggest.bytes)
            .fact(
                "rotated_logs",
                old_logs
                    .iter()
                    .take(10)
                    .map(|file| file.path.clone())
                    .collect::<Vec<_>>(),
            );
    }
    let live = files.iter().find(|file| {
        let name = file.path.rsplit('/').next().unwrap_or("");
        let named =
            name.contains("log") || matches!(name, "messages" | "mail" | "maillog" | "secure");
        named
            && in_log_directory(&file.path)
            && !rotated(&file.path)
            && !file.path.contains("/journal/")
    });
    if let Some(live) = live {
        draft = draft
            .fact("live_log", live.path.as_str())
            .fact("live_size", live.size)
            .fact("live_age", live.age.max(0))
            .fact("live_rate", live.rate);
    }
    draft.detail(detail)
}

fn no_inodes(look: &Look<'_>, room: &Room, severity: Severity, now: i64) -> Draft {
    let key = format!("disk.inode_users {}", room.path);
    let text = look.heard(&key);
    let mut draft = Draft::new(
        "fs.inodes",
        severity,
        Subject::new("mount", &room.path),
        format!(
            "{} has {} of {} inodes left",
            room.path, room.free, room.total
        ),
    )
    .fact("path", room.path.as_str())
    .fact("mount", room.path.as_str())
    .fact("used_percent", room.percent)
    .fact("free_inodes", room.free)
    .cite("disk.inodes");
    let mounted = mounts(&look.heard("disk.mounts"));
    if mounted
        .iter()
        .any(|mount| mount.path == room.path && mount.kind == "tmpfs")
    {
        // A tmpfs can be given more while it is in use, and less again.
        draft = draft.fact(
            "options",
            format!("nr_inodes={}", room.total.saturating_mul(2)),
        );
    }
    let mut detail =
        "No new file can be made when the last is gone, however much space there is.".to_owned();
    if let Some(answer) = look.answer(&key) {
        draft = draft.cite(answer.key);
    }
    let fullest = crate::read::after(&text, "directory ").and_then(|line| line.split_once(' '));
    if let Some((count, directory)) = fullest.filter(|(_, directory)| within(directory, &room.path))
    {
        detail.push_str(&format!(" {directory} holds {count} entries."));
        draft = draft
            .fact("directory", directory)
            .fact("entries", int(count));
        let old: Vec<(i64, String)> = crate::read::all_after(&text, "old ")
            .filter_map(|line| {
                let mut words = line.splitn(4, ' ');
                let changed = int(words.next()?);
                let (_size, _owner) = (words.next()?, words.next()?);
                let path = words.next()?;
                (Slot::Path.check(path).is_ok() && within(path, directory))
                    .then(|| (now.saturating_sub(changed), path.to_owned()))
            })
            .collect();
        if let Some((age, path)) = old.first() {
            detail.push_str(&format!(
                " The oldest file there, {path}, is {} old.",
                time(*age)
            ));
            draft = draft
                .fact("old_file", path.as_str())
                .fact("old_days", age / 86_400)
                .fact(
                    "old_files",
                    old.iter()
                        .take(100)
                        .map(|(_, path)| path.clone())
                        .collect::<Vec<_>>(),
                );
        }
    }
    draft.detail(detail)
}

/// What else to ask: who fills what is full.
pub(crate) fn follow(_look: &Look<'_>, drafts: &[Draft]) -> Vec<ProbeRun> {
    let mut runs = Vec::new();
    for draft in drafts {
        let (spec, what) = match draft.code.as_str() {
            "fs.full" => (LARGEST, "space"),
            "fs.inodes" => (INODE_USERS, "inodes"),
            _ => continue,
        };
        let used = draft.int("used_percent").unwrap_or(0);
        let because = format!("{} has used {used} % of its {what}", draft.subject.name);
        runs.extend(spec.run(&[&draft.subject.name], &because));
    }
    runs.truncate(6);
    runs
}
