//! The few facts about a host that many judgements need: is it a container, how many processors, how long up.

use crate::look::Look;
use crate::read::{file, files, int, real};

/// What kind of host this is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Host {
    /// What the container engine calls itself; empty where this is no container; `?` where nothing is known of the host.
    pub(crate) container: String,
    /// Whether systemd is the service manager.
    pub(crate) systemd: bool,
    /// Whether any service manager set the host up at boot.
    pub(crate) managed: bool,
    /// Processors online, at least one.
    pub(crate) cpus: i64,
    /// Seconds since boot; of the machine where this is a container.
    pub(crate) uptime: i64,
    /// Seconds since the epoch by the host's own clock; 0 where unknown.
    pub(crate) now: i64,
    /// Load averages; of the machine where this is a container.
    pub(crate) load: [f64; 3],
    /// All tasks of the machine.
    pub(crate) tasks: i64,
}

impl Host {
    /// Reads the answers of `os.identity` and `os.uptime`.
    pub(crate) fn read(look: &Look<'_>) -> Self {
        let identity = look.heard("os.identity");
        let uptime = look.heard("os.uptime");
        let mut container = ["/run/systemd/container", "/run/host/container-manager"]
            .iter()
            .find_map(|path| file(&identity, path))
            .unwrap_or("")
            .to_owned();
        for line in identity.lines() {
            if let Some(name) = line.strip_prefix("container:") {
                name.clone_into(&mut container);
            }
        }
        if identity.is_empty() {
            // Whoever cannot say what it is gets the benefit of the doubt.
            container = "?".to_owned();
        }
        let systemd = identity.lines().any(|line| line == "init:systemd");
        let openrc = identity.lines().any(|line| line == "init:openrc");
        let load = file(&uptime, "/proc/loadavg").unwrap_or("");
        let mut loads = load.split_whitespace().map(real);
        let mut next = || loads.next().unwrap_or(0.0);
        Self {
            container,
            systemd,
            managed: systemd || openrc,
            cpus: file(&uptime, "/sys/devices/system/cpu/online").map_or(1, cpus),
            uptime: file(&uptime, "/proc/uptime")
                .and_then(|line| line.split('.').next())
                .map_or(0, int),
            now: crate::read::after(&uptime, "now ").map_or(0, int),
            load: [next(), next(), next()],
            tasks: load
                .split_whitespace()
                .nth(3)
                .and_then(|tasks| tasks.split_once('/'))
                .map_or(0, |(_, all)| int(all)),
        }
    }

    /// Whether `/proc` shows the machine's counters rather than this host's own.
    pub(crate) fn contained(&self) -> bool {
        !self.container.is_empty()
    }
}

/// How many processors a list such as `0-3,8` names; at least one.
fn cpus(list: &str) -> i64 {
    let mut n = 0;
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        n += (int(last) - int(first)).clamp(0, 65_535) + 1;
    }
    n.max(1)
}

/// One mounted filesystem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    /// Where.
    pub(crate) path: String,
    /// `8:1`.
    pub(crate) device: String,
    /// `ext4`.
    pub(crate) kind: String,
    /// `/dev/sda1`.
    pub(crate) source: String,
    /// The options of the mount.
    pub(crate) options: String,
    /// The options of the filesystem itself.
    pub(crate) of_super: String,
}

impl Mount {
    /// Whether an option is set, on the mount or on the filesystem.
    pub(crate) fn read_only(&self) -> bool {
        has(&self.options, "ro") || has(&self.of_super, "ro")
    }
}

/// Whether a comma-separated list has an option.
pub(crate) fn has(options: &str, option: &str) -> bool {
    options.split(',').any(|o| o == option)
}

/// What is mounted; of several mounts on one path the last, which is the one that is seen.
pub(crate) fn mounts(text: &str) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    for (_, line) in files(text).filter(|(path, _)| *path == "/proc/self/mountinfo") {
        let Some((left, right)) = line.split_once(" - ") else {
            continue;
        };
        let left: Vec<&str> = left.split(' ').collect();
        let mut right = right.split(' ');
        let (Some(device), Some(path), Some(options)) = (left.get(2), left.get(4), left.get(5))
        else {
            continue;
        };
        let path = crate::read::unescape(path);
        mounts.retain(|mount| mount.path != path);
        mounts.push(Mount {
            path,
            device: (*device).to_owned(),
            kind: right.next().unwrap_or("").to_owned(),
            source: crate::read::unescape(right.next().unwrap_or("")),
            options: (*options).to_owned(),
            of_super: right.next().unwrap_or("").to_owned(),
        });
    }
    mounts
}

/// The mount that a path lies in: the longest that contains it.
pub(crate) fn mount_of<'m>(mounts: &'m [Mount], path: &str) -> Option<&'m Mount> {
    mounts
        .iter()
        .filter(|mount| crate::rank::within(path, &mount.path))
        .max_by_key(|mount| mount.path.len())
}
