//! Kernel parameters against what the configuration wants.

use std::collections::BTreeMap;

use incident::{Severity, Subject};

use crate::draft::Draft;
use crate::host::Host;
use crate::look::Look;
use crate::read::{all_after, files, int, short};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "sysctl.values",
    "kernel parameters against their configuration",
    include_str!("sh/sysctl.values.sh"),
)
.first()
.root()
.within(5, 131_072)];

/// Parameters that are room for something: less than configured is felt.
const ROOM: &[&str] = &[
    "fs.file-max",
    "fs.nr_open",
    "fs.aio-max-nr",
    "fs.inotify.max_user_watches",
    "fs.inotify.max_user_instances",
    "kernel.pid_max",
    "kernel.threads-max",
    "kernel.shmmax",
    "kernel.shmall",
    "kernel.msgmax",
    "vm.max_map_count",
    "vm.nr_hugepages",
    "net.core.somaxconn",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "net.core.netdev_max_backlog",
    "net.core.rmem_max",
    "net.core.wmem_max",
    "net.ipv4.tcp_max_syn_backlog",
    "net.netfilter.nf_conntrack_max",
    "net.nf_conntrack_max",
];
/// Switches without which something does not work at all: forwarding, binding, overcommit.
const SWITCHES: &[&str] = &[
    "net.ipv4.ip_forward",
    "net.ipv4.conf.all.forwarding",
    "net.ipv6.conf.all.forwarding",
    "net.ipv4.ip_nonlocal_bind",
    "net.bridge.bridge-nf-call-iptables",
    "vm.overcommit_memory",
    "net.ipv6.conf.all.disable_ipv6",
];

/// A parameter as configured, with the file and as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) key: String,
    pub(crate) want: String,
    pub(crate) have: String,
    pub(crate) from: String,
}

/// Applies the order of precedence of sysctl.d(5): one file for each name, `/etc` before `/run` before `/usr/local/lib`
/// before `/usr/lib`; then all by name, the later wins; `/etc/sysctl.conf` last of all.
pub(crate) fn drifted(text: &str) -> Vec<Parameter> {
    let linked: Vec<&str> = all_after(text, "link ")
        .filter_map(|line| line.split_once(' ').map(|(_, target)| target.trim()))
        .collect();
    let rank = |path: &str| {
        ["/etc/", "/run/", "/usr/local/lib/", "/usr/lib/", "/lib/"]
            .iter()
            .position(|dir| path.starts_with(dir))
            .unwrap_or(9)
    };
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let lines: Vec<(&str, &str)> = all_after(text, "file ")
        .filter_map(|line| line.split_once(':'))
        .collect();
    let mut chosen: BTreeMap<String, &str> = BTreeMap::new();
    for (path, _) in &lines {
        // sysctl.conf counts as itself, unless a link in sysctl.d gives it a place already.
        if *path == "/etc/sysctl.conf" && linked.contains(path) {
            continue;
        }
        let name = if *path == "/etc/sysctl.conf" {
            "~".to_owned()
        } else {
            name(path)
        };
        let entry = chosen.entry(name).or_insert(path);
        if rank(path) < rank(entry) {
            *entry = path;
        }
    }
    let mut wanted: BTreeMap<String, (String, String)> = BTreeMap::new();
    for path in chosen.values() {
        for (_, line) in lines.iter().filter(|(of, _)| of == path) {
            if let Some((key, value)) = line.split_once('=') {
                let key = dotted(key.trim().trim_start_matches('-'));
                wanted.insert(key, (words(value), (*path).to_owned()));
            }
        }
    }
    let actual: BTreeMap<String, String> = files(text)
        .filter_map(|(path, value)| Some((dotted(path.strip_prefix("/proc/sys/")?), words(value))))
        .collect();
    wanted
        .into_iter()
        .filter_map(|(key, (want, from))| {
            let have = actual.get(&key)?;
            (*have != want).then(|| Parameter {
                key,
                want,
                have: have.clone(),
                from,
            })
        })
        .collect()
}

/// A key with dots. In `net/ipv4/conf/eth0.1/x` the dots of the link's name become slashes, as sysctl writes it.
fn dotted(key: &str) -> String {
    let first = key.find(['.', '/']).and_then(|at| key.get(at..=at));
    if first == Some("/") {
        key.chars()
            .map(|c| match c {
                '/' => '.',
                '.' => '/',
                c => c,
            })
            .collect()
    } else {
        key.to_owned()
    }
}

fn words(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How much room a value gives: a range its width, several numbers the last, which is the most.
fn room(value: &str) -> i64 {
    let numbers: Vec<i64> = value.split(' ').map(int).collect();
    match numbers.as_slice() {
        [first, last] => last.saturating_sub(*first),
        [.., most] => *most,
        [] => 0,
    }
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let host = Host::read(look);
    // Where nobody applied the configuration at boot, a difference says nothing.
    if !host.managed {
        return;
    }
    for parameter in drifted(&look.heard("sysctl.values")) {
        let Parameter {
            key,
            want,
            have,
            from,
        } = parameter;
        // A container has only the network's parameters to itself.
        if host.contained() && !key.starts_with("net.") {
            continue;
        }
        let less = ROOM.contains(&key.as_str()) && room(&have) < room(&want);
        let off = SWITCHES.contains(&key.as_str());
        let draft = Draft::new(
            "sysctl.drift",
            if less || off {
                Severity::Warning
            } else {
                Severity::Info
            },
            Subject::new("sysctl", &key),
            format!(
                "{} is {}, but {} is configured",
                short(&key, 80),
                short(&have, 40),
                short(&want, 40)
            ),
        )
        .detail(format!(
            "{from} wants {want}; somebody changed it since, or it was never applied."
        ))
        .fact("configured", want.as_str())
        .fact("have", have)
        .fact("file", from)
        .cite("sysctl.values");
        // Only what is felt is offered to be set back.
        drafts.push(if less || off {
            draft.fact("key", key).fact("want", want)
        } else {
            draft
        });
    }
}
