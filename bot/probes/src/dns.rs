//! Name servers: whether each that the host is told to ask answers anything at all.

use incident::{Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{after, all_after};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "net.dns",
    "whether each name server of resolv.conf answers",
    include_str!("sh/net.dns.sh"),
)
.first()
.within(7, 16_384)];

/// Units that answer on the host itself.
const RESOLVERS: &[&str] = &[
    "dnsmasq.service",
    "named.service",
    "bind9.service",
    "unbound.service",
    "systemd-resolved.service",
    "pdns-recursor.service",
    "kresd@1.service",
];

/// What the answers mean. A refusal to look a name up is an answer: only silence and closed ports count.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("net.dns");
    let servers: Vec<(&str, &str)> = all_after(&text, "server ")
        .filter_map(|line| line.split_once(' '))
        .collect();
    let asked_for = after(&text, "/etc/nsswitch.conf:hosts:").unwrap_or("files dns");
    if !asked_for.contains("dns") && !asked_for.contains("resolve") {
        // Somebody wrote down name servers that nobody asks.
        if servers.iter().any(|(_, state)| *state == "answers") && !asked_for.contains("ldap") {
            drafts.push(
                Draft::new(
                    "net.dns",
                    Severity::Warning,
                    Subject::new("path", "/etc/nsswitch.conf"),
                    "Name servers are not asked: /etc/nsswitch.conf looks hosts up without dns",
                )
                .detail(format!("Its line says `hosts: {}`. /etc/resolv.conf names a server that answers, and nothing asks it.", asked_for.trim()))
                .fact("asked_for", asked_for.trim())
                .cite("net.dns"),
            );
        }
        return;
    }
    let listed: Vec<(i64, &str)> = text
        .lines()
        .filter_map(|line| {
            let (number, line) = line.strip_prefix("/etc/resolv.conf:")?.split_once(':')?;
            let mut words = line.split_whitespace();
            (words.next()? == "nameserver").then_some((number.parse().ok()?, words.next()?))
        })
        .collect();
    let dead = |state: &str| matches!(state, "silent" | "refuses");
    let state = |server: &str| {
        servers
            .iter()
            .find(|(s, _)| *s == server)
            .map(|(_, state)| *state)
    };
    let answering: Vec<String> = servers
        .iter()
        .filter(|(_, state)| *state == "answers")
        .map(|(server, _)| (*server).to_owned())
        .collect();
    let alone = servers.iter().all(|(_, state)| dead(state));
    if after(&text, "none-named").is_some() && listed.is_empty() && !servers.is_empty() && alone {
        // A host that is kept from the network on purpose needs none.
        let severity = if has_default_route(look) {
            Severity::Critical
        } else {
            Severity::Info
        };
        drafts.push(
            Draft::new(
                "net.dns",
                severity,
                Subject::new("path", "/etc/resolv.conf"),
                "No name server is named, and this host does not answer itself: no name can be resolved",
            )
            .detail("/etc/resolv.conf is empty, has no `nameserver` line, or is not there.")
            .fact("others_answer", false)
            .cite("net.dns"),
        );
    }
    drafts.extend(behind_resolved(look, &text));
    for (place, (line, server)) in listed.iter().enumerate() {
        let Some(how) = state(server).filter(|state| dead(state)) else {
            continue;
        };
        let severity = match (answering.is_empty(), place) {
            // A host that is kept from the network on purpose has no way to the server either.
            (true, _) if !has_a_way(look, server) => Severity::Info,
            (true, 0) => Severity::Critical,
            // Every lookup asks the first one first and waits seconds for it.
            (false, 0) => Severity::Warning,
            (_, _) => Severity::Info,
        };
        let how = if how == "refuses" {
            "refuses to be asked"
        } else {
            "does not answer"
        };
        let rest = if answering.is_empty() {
            "No other server answers: no name can be resolved.".to_owned()
        } else {
            format!(
                "{} answers; lookups wait for the dead one first.",
                answering.join(", ")
            )
        };
        let mut draft = Draft::new(
            "net.dns",
            severity,
            Subject::new("nameserver", *server),
            format!("Name server {server} {how}"),
        )
        .detail(format!("Line {line} of /etc/resolv.conf names it. {rest}"))
        .fact("server", *server)
        .fact("place", i64::try_from(place + 1).unwrap_or(i64::MAX))
        .fact("others_answer", !answering.is_empty())
        .fact("answering", answering.clone())
        .cite("net.dns");
        if server.starts_with("127.") || *server == "::1" {
            let own: Vec<String> = RESOLVERS.iter().map(|unit| (*unit).to_owned()).collect();
            draft = draft.fact("mentions", own);
        }
        if severity > Severity::Info && !answering.is_empty() {
            // Only where another answers does it help to stop asking this one.
            draft = draft.fact("path", "/etc/resolv.conf").fact("line", *line);
        } else if severity > Severity::Info && *server == "127.0.0.53" {
            draft = draft.fact("restart_unit", "systemd-resolved.service");
        }
        drafts.push(draft);
    }
}

/// The servers that systemd-resolved asks in turn: it answers for itself also when none of them does.
fn behind_resolved(look: &Look<'_>, text: &str) -> Option<Draft> {
    let behind: Vec<(&str, &str)> = all_after(text, "behind ")
        .filter_map(|line| line.split_once(' '))
        .collect();
    let names: Vec<String> = behind.iter().map(|(name, _)| (*name).to_owned()).collect();
    let unnamed = after(text, "behind-none").is_some();
    let dead = |state: &str| matches!(state, "silent" | "refuses");
    if !unnamed && (behind.is_empty() || !behind.iter().all(|(_, state)| dead(state))) {
        return None;
    }
    // A host that is kept from the network on purpose has no way to a server either.
    let severity = if unnamed && !has_default_route(look)
        || !unnamed && !names.iter().any(|name| has_a_way(look, name))
    {
        Severity::Info
    } else if unnamed {
        // Servers of single domains may still stand where nothing lists them.
        Severity::Warning
    } else {
        Severity::Critical
    };
    let (title, detail) = if unnamed {
        (
            "systemd-resolved knows no name server: no name can be resolved".to_owned(),
            "/etc/resolv.conf names systemd-resolved, and neither its settings nor any link gave it a server.",
        )
    } else {
        (
            format!(
                "systemd-resolved asks {}, and none answers",
                names.join(", ")
            ),
            "/etc/resolv.conf names systemd-resolved, which runs and answers for this host's own names; the servers that it asks in turn do not answer.",
        )
    };
    Some(
        Draft::new(
            "net.dns",
            severity,
            Subject::new("service", "systemd-resolved"),
            title,
        )
        .detail(detail)
        .fact("servers", names)
        .fact("others_answer", false)
        .cite("net.dns"),
    )
}

/// Whether there is any route by which a server could be reached: a local address, a default route, or one for its network.
fn has_a_way(look: &Look<'_>, server: &str) -> bool {
    let local = server.starts_with("127.") || server == "::1" || server.contains(':');
    let routes = look.heard("net.routes");
    let mut lines = routes
        .lines()
        .filter_map(|line| line.strip_prefix("/proc/net/route:"));
    // The table's heading alone says that it is empty; no table at all says nothing.
    let empty = lines.next().is_some() && lines.next().is_none();
    local || !empty
}

/// Whether the host is meant to reach more than its own networks.
fn has_default_route(look: &Look<'_>) -> bool {
    let routes = look.heard("net.routes");
    crate::read::files(&routes).any(|(path, line)| {
        path == "/proc/net/route" && line.split('\t').nth(1) == Some("00000000")
    })
}
