//! Links, routes, queues and the table of connections.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{after, all_after, file, files, int, percent, short};
use crate::spec::Spec;
use crate::work::sample;

pub(crate) mod hung;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "net.links",
        "links, their state and their addresses",
        include_str!("sh/net.links.sh"),
    )
    .first(),
    Spec::new("net.routes", "routes", include_str!("sh/net.routes.sh")).first(),
    Spec::new(
        "net.sockets",
        "what listens, and who",
        include_str!("sh/net.sockets.sh"),
    )
    .first()
    .root(),
    Spec::new(
        "net.connections",
        "connections by state, and queues that overflowed",
        include_str!("sh/net.connections.sh"),
    )
    .first(),
    Spec::new(
        "net.conntrack",
        "how full the table of tracked connections is",
        include_str!("sh/net.conntrack.sh"),
    )
    .first(),
];

/// From here new connections will soon be dropped.
pub(crate) const CONNTRACK_PERCENT: i64 = 90;
/// From here they are being dropped, or will be with the next burst.
pub(crate) const CONNTRACK_FULL_PERCENT: i64 = 98;
/// Share of broken packets that is no passing disturbance.
pub(crate) const ERROR_PERCENT: i64 = 1;
/// So many broken packets in one sample are no accident.
pub(crate) const ERRORS: i64 = 10;

/// A socket that waits for connections or packets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Listener {
    /// `tcp` or `udp`.
    pub(crate) protocol: String,
    pub(crate) address: String,
    pub(crate) port: i64,
    /// Connections that wait to be accepted, and how many may; −1 where unknown.
    pub(crate) waiting: i64,
    pub(crate) backlog: i64,
    pub(crate) comm: String,
    pub(crate) pid: i64,
}

impl Listener {
    /// Whether only this host itself can reach it.
    pub(crate) fn local(&self) -> bool {
        self.address.starts_with("127.") || self.address == "[::1]" || self.address == "::1"
    }
}

/// Reads `net.sockets`: the output of ss, of netstat, or lines of `/proc/net/tcp`.
pub(crate) fn listeners(text: &str) -> Vec<Listener> {
    let mut list = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let word = |n: usize| words.get(n).copied().unwrap_or("");
        let found = match word(0) {
            "tcp" | "udp" if matches!(word(1), "LISTEN" | "UNCONN") => ss(&words, line),
            "tcp" | "udp" | "tcp6" | "udp6" => netstat(&words),
            first
                if first.starts_with("/proc/net/tcp:") || first.starts_with("/proc/net/tcp6:") =>
            {
                kernel(&words)
            }
            _ => None,
        };
        list.extend(found.filter(|listener| (1..=65_535).contains(&listener.port)));
    }
    list
}

fn address(text: &str) -> (String, i64) {
    let (address, port) = text.rsplit_once(':').unwrap_or((text, ""));
    (address.to_owned(), int(port))
}

fn ss(words: &[&str], line: &str) -> Option<Listener> {
    let (address, port) = address(words.get(4)?);
    let users = line.split_once("users:((\"").map_or("", |(_, users)| users);
    let comm = users.split('"').next().unwrap_or("");
    let pid = users
        .split_once("pid=")
        .and_then(|(_, rest)| rest.split(',').next())
        .map_or(0, int);
    Some(Listener {
        protocol: (*words.first()?).to_owned(),
        address,
        port,
        waiting: int(words.get(2)?),
        backlog: int(words.get(3)?),
        comm: short(comm, 32),
        pid,
    })
}

fn netstat(words: &[&str]) -> Option<Listener> {
    let (address, port) = address(words.get(3)?);
    let (pid, comm) = words.last()?.split_once('/').unwrap_or(("0", ""));
    Some(Listener {
        protocol: words.first()?.trim_end_matches('6').to_owned(),
        address,
        port,
        waiting: -1,
        backlog: -1,
        comm: short(comm, 32),
        pid: int(pid),
    })
}

fn kernel(words: &[&str]) -> Option<Listener> {
    let (address, port) = words.get(1)?.rsplit_once(':')?;
    Some(Listener {
        protocol: "tcp".to_owned(),
        address: if address == "0100007F" {
            "127.0.0.1".to_owned()
        } else {
            address.to_owned()
        },
        port: i64::from_str_radix(port, 16).ok()?,
        waiting: -1,
        backlog: -1,
        ..Listener::default()
    })
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    links(look, drafts);
    conntrack(look, drafts);
    queues(look, drafts);
    routes(look, drafts);
}

fn links(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("net.links");
    for (path, value) in files(&text).filter(|(path, _)| path.ends_with("/carrier")) {
        let name = path.split('/').nth(4).unwrap_or("");
        let hardware = text
            .lines()
            .any(|line| line.strip_prefix("device ") == Some(name));
        let addressed = text.lines().any(|line| {
            let mut words = line.split_whitespace().skip(1);
            words.next() == Some(name) && line.contains(" scope global")
        });
        // A link that is up and has an address was meant to carry something; a bridge without members was not.
        if value.trim() == "0" && hardware && addressed {
            drafts.push(
                Draft::new(
                    "net.link_down",
                    Severity::Warning,
                    Subject::new("interface", name),
                    format!("{name} has an address but no link"),
                )
                .detail("The cable, the switch port or the virtual network behind it is gone.")
                .fact("interface", name)
                .cite("net.links"),
            );
        }
    }
    // Bit 0 of the flags is whether the link is up.
    let down = file(&text, "/sys/class/net/lo/flags")
        .and_then(|flags| u32::from_str_radix(flags.trim_start_matches("0x"), 16).ok())
        .is_some_and(|flags| flags & 1 == 0);
    if down {
        drafts.push(
            Draft::new(
                "net.link_down",
                Severity::Critical,
                Subject::new("interface", "lo"),
                "The loopback link lo is down",
            )
            .detail("Programs of this host do not reach each other through 127.0.0.1. `ip link set lo up` brings it back.")
            .fact("interface", "lo")
            .cite("net.links"),
        );
    }
    for link in sample(look).map(|sample| sample.links).unwrap_or_default() {
        if link.errors >= ERRORS && percent(link.errors, link.packets) >= ERROR_PERCENT {
            drafts.push(
                Draft::new(
                    "net.errors",
                    Severity::Warning,
                    Subject::new("interface", &link.name),
                    format!("{} of {} packets on {} were broken", link.errors, link.packets, short(&link.name, 16)),
                )
                .sure(Confidence::Likely)
                .detail("Errors on a link come from cables, duplex settings, drivers or overloaded virtual links.")
                .fact("interface", link.name.as_str())
                .fact("errors", link.errors)
                .cite("host.sample"),
            );
        }
    }
}

fn conntrack(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("net.conntrack");
    let value = |name: &str| file(&text, &format!("/proc/sys/net/netfilter/{name}")).map_or(0, int);
    let (used, limit) = (value("nf_conntrack_count"), value("nf_conntrack_max"));
    let share = percent(used, limit);
    if share >= CONNTRACK_PERCENT {
        drafts.push(
            Draft::new(
                "net.conntrack_full",
                if share >= CONNTRACK_FULL_PERCENT { Severity::Critical } else { Severity::Warning },
                Subject::new("host", "conntrack"),
                format!("{used} of {limit} tracked connections are in use"),
            )
            .detail("When the table is full, new connections are dropped although everything else works.")
            .fact("used", used)
            .fact("limit", limit)
            .fact("want_limit", limit.saturating_mul(2))
            .fact("key", "net.netfilter.nf_conntrack_max")
            .cite("net.conntrack"),
        );
    }
}

fn queues(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let overflowed =
        after(&look.heard("net.connections"), "counter ListenOverflows ").map_or(0, int);
    for listener in listeners(&look.heard("net.sockets")) {
        let full = listener.protocol == "tcp"
            && listener.backlog > 0
            && listener.waiting > listener.backlog;
        if full && overflowed > 0 {
            let Listener {
                port,
                waiting,
                backlog,
                comm,
                pid,
                ..
            } = listener;
            let draft = Draft::new(
                    "net.listen_overflow",
                    Severity::Warning,
                    Subject::new("port", format!("{port}/tcp")),
                    format!("{waiting} connections wait to be accepted on port {port}, more than fit"),
                )
                .detail(format!(
                    "{comm} ({pid}) does not accept them as fast as they come; its queue holds {backlog}. {overflowed} were turned away since boot."
                ))
                .fact("port", port)
                .fact("pid", pid)
                .fact("comm", comm)
                .fact("backlog", backlog)
                .cite("net.sockets")
                .cite("net.connections");
            drafts.push(hung::known(look, draft, port));
        }
    }
}

fn routes(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let (Ok(routes), Ok(links)) = (look.text("net.routes"), look.text("net.links")) else {
        return;
    };
    let addressed = links
        .lines()
        .any(|line| line.contains(" scope global") && !line.contains(" docker0"));
    let v4 = files(&routes).any(|(path, line)| {
        path == "/proc/net/route" && line.split('\t').nth(1) == Some("00000000")
    });
    let v6 = files(&routes).any(|(path, line)| {
        path == "/proc/net/ipv6_route"
            && line.starts_with("00000000000000000000000000000000 00 ")
            && !line.trim_end().ends_with(" lo")
    });
    if addressed && !v4 && !v6 {
        let base = look.heard("host.base");
        let gateway = all_after(&base, "gateway ")
            .next()
            .filter(|gateway| !gateway.is_empty());
        let (severity, why) = match gateway {
            Some(gateway) => (
                Severity::Critical,
                format!("Only directly connected networks can be reached, but the configuration names {gateway} as the gateway."),
            ),
            None => (
                Severity::Info,
                "Only directly connected networks can be reached. That is fine where it is meant so.".to_owned(),
            ),
        };
        let draft = Draft::new(
            "net.no_route",
            severity,
            Subject::new("host", "route"),
            "There is no default route",
        )
        .sure(if gateway.is_some() {
            Confidence::Confirmed
        } else {
            Confidence::Likely
        })
        .detail(why)
        .cite("net.routes")
        .cite("net.links");
        drafts.push(if gateway.is_some() {
            draft.cite("host.base")
        } else {
            draft
        });
    }
}
