//! What is written in pictures, and what they say to those who do not see them.

use incident::vitals::{Area, State, Unit};
use incident::{Finding, Gauge, HostName, Vitals};

use crate::picture::LONGEST_ALT;
use crate::picture::layers::{Graph, Node};
use crate::picture::text::clean;

/// The heading of a cause graph.
pub(crate) const CAUSES: &str = "What explains what";
/// How a cause graph is read.
pub(crate) const ARROWS: &str = "An arrow leads from a cause to its effect.";

/// The areas in the order in which they are shown.
pub(crate) const AREAS: [Area; 7] = [
    Area::Processors,
    Area::Memory,
    Area::Space,
    Area::Inodes,
    Area::Network,
    Area::Waiting,
    Area::Limits,
];

/// An area's heading.
pub(crate) const fn area(area: Area) -> &'static str {
    match area {
        Area::Processors => "Processors",
        Area::Memory => "Memory",
        Area::Space => "Disk space",
        Area::Inodes => "Inodes",
        Area::Network => "Network",
        Area::Waiting => "Work that waits, last minute",
        Area::Limits => "Limits of the kernel",
    }
}

/// How near a limit is, in a word or two. A share of time or of packets has no limit, it is only too high.
pub(crate) fn state(gauge: &Gauge) -> &'static str {
    match (gauge.state, gauge.unit) {
        (State::Fine, _) => "fine",
        (State::Unknown, _) => "not seen",
        (State::Near, Unit::Percent) => "high",
        (State::Over, Unit::Percent) => "too high",
        (State::Near, _) => "near its limit",
        (State::Over, _) if gauge.percent() > Some(100) => "over its limit",
        (State::Over, _) => "at its limit",
    }
}

/// The whole in one sentence.
pub(crate) fn pressed(vitals: &Vitals) -> String {
    let count = |state: State| vitals.gauges.iter().filter(|g| g.state == state).count();
    let mut parts = Vec::new();
    for (state, word) in [
        (State::Over, "at a limit"),
        (State::Near, "near one"),
        (State::Unknown, "not seen"),
        (State::Fine, "fine"),
    ] {
        match count(state) {
            0 => {}
            n => parts.push(format!("{n} {word}")),
        }
    }
    if parts.is_empty() {
        return "Nobody looked at its limits".to_owned();
    }
    parts.join(" · ")
}

/// Used and limit, as they stand beside a bar.
pub(crate) fn figures(gauge: &Gauge, used: i64) -> String {
    match (gauge.unit, gauge.of) {
        (Unit::Percent, _) => format!("{used} %"),
        (unit, None) => amount(unit, used),
        (unit, Some(of)) => {
            let shared = unit == Unit::Bytes;
            let (used, of) = (amount(unit, used), amount(unit, of));
            // `19.8 of 20.0 GiB`: a unit that both have is said once.
            let both = match (used.rsplit_once(' '), of.rsplit_once(' ')) {
                (Some((number, unit)), Some((_, same))) if shared && unit == same => {
                    format!("{number} of {of}")
                }
                (None | Some(_), None | Some(_)) => format!("{used} of {of}"),
            };
            match gauge.percent() {
                Some(percent) if percent <= 999 => format!("{percent} % · {both}"),
                Some(_) | None => both,
            }
        }
    }
}

/// A gauge in a few words: its name and its share.
pub(crate) fn short(gauge: &Gauge) -> String {
    let name = clean(&gauge.name);
    match (gauge.percent(), gauge.used) {
        (Some(percent), _) => format!("{name} {percent} %"),
        (None, Some(used)) => format!("{name} {}", amount(gauge.unit, used)),
        (None, None) => name,
    }
}

/// All that is fine in an area.
pub(crate) fn fine(gauges: &[String]) -> String {
    format!("fine: {}", gauges.join(" · "))
}

/// Why there is no figure.
pub(crate) fn unseen(why: &str) -> String {
    if why.is_empty() {
        "nobody could look".to_owned()
    } else {
        clean(why)
    }
}

/// What is left out.
pub(crate) fn more(count: usize, critical: usize) -> String {
    match critical {
        0 => format!("and {count} more"),
        critical => format!("and {count} more, {critical} of them critical"),
    }
}

/// The first line of a finding's box.
pub(crate) fn node(finding: &Finding, root: bool) -> String {
    let severity = super::severity(finding.severity);
    let root = if root { " · root cause" } else { "" };
    format!("{} · {severity}{root}", finding.id)
}

/// The causes of a finding that has several.
pub(crate) fn because(graph: &Graph<'_>, node: &Node<'_>) -> String {
    format!("explained by {}", causes_of(graph, node))
}

fn causes_of(graph: &Graph<'_>, node: &Node<'_>) -> String {
    let causes = node.causes.iter().filter_map(|n| graph.nodes.get(*n));
    let ids: Vec<String> = causes.map(|cause| cause.finding.id.to_string()).collect();
    ids.join(" and ")
}

/// A host's vitals for those who do not see them; the worst first.
pub(crate) fn vitals(vitals: &Vitals, host: &HostName) -> String {
    let mut parts = vec![format!(
        "Vitals of {}: {}.",
        clean(host.as_str()),
        pressed(vitals)
    )];
    for wanted in [State::Over, State::Near, State::Unknown, State::Fine] {
        let those = AREAS
            .iter()
            .flat_map(|area| vitals.of(*area))
            .filter(|gauge| gauge.state == wanted);
        let told: Vec<String> = those.map(told).collect();
        if !told.is_empty() {
            let word = match wanted {
                State::Over => "At a limit or too high",
                State::Near => "Near a limit or high",
                State::Unknown => "Not seen",
                State::Fine => "Fine",
            };
            parts.push(format!("{word}: {}.", told.join("; ")));
        }
    }
    cut(&parts.join(" "))
}

fn told(gauge: &Gauge) -> String {
    let place = match gauge.area {
        Area::Processors => "processors, ",
        Area::Inodes => "inodes of ",
        Area::Space => "space of ",
        Area::Waiting => "waiting, ",
        Area::Memory | Area::Network | Area::Limits => "",
    };
    let name = brief(&gauge.name);
    match gauge.used.filter(|_| gauge.state != State::Unknown) {
        Some(used) => format!(
            "{place}{name} {}",
            figures(gauge, used).replace(" · ", ", ")
        ),
        None => format!("{place}{name} ({})", unseen(&gauge.why)),
    }
}

/// A cause graph for those who do not see it; root causes first.
pub(crate) fn causes(graph: &Graph<'_>) -> String {
    let mut parts = vec![format!("{CAUSES}, {} findings.", graph.nodes.len())];
    for node in &graph.nodes {
        let finding = node.finding;
        let because = if node.causes.is_empty() {
            "root cause".to_owned()
        } else {
            because(graph, node)
        };
        parts.push(format!(
            "{} ({}, {because}): {}.",
            finding.id,
            super::severity(finding.severity),
            brief(&finding.title).trim_end_matches('.')
        ));
    }
    if graph.more > 0 {
        parts.push(format!("{}.", more(graph.more, graph.more_critical)));
    }
    cut(&parts.join(" "))
}

/// A name or title that leaves room for the others.
fn brief(text: &str) -> String {
    shorten(&clean(text), 120)
}

fn cut(text: &str) -> String {
    shorten(text, LONGEST_ALT)
}

fn shorten(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(longest.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// An amount for people: `1.4 GiB`, `12 300`, `8.90`.
fn amount(unit: Unit, n: i64) -> String {
    match unit {
        Unit::Percent => format!("{n} %"),
        Unit::Hundredths if n % 100 == 0 => format!("{}", n / 100),
        Unit::Hundredths => format!("{}.{:02}", n / 100, (n % 100).abs()),
        Unit::Count => count(n),
        Unit::Bytes => bytes(n),
    }
}

/// A count that fits beside a bar: whole below ten thousand, then `261 k`, `16.7 M`.
fn count(n: i64) -> String {
    match n {
        ..10_000 => n.to_string(),
        10_000..1_000_000 => format!("{} k", n / 1000),
        1_000_000..1_000_000_000 => format!("{}.{} M", n / 1_000_000, n / 100_000 % 10),
        _ => format!("{} G", n / 1_000_000_000),
    }
}

/// Bytes in the largest unit that leaves a whole number before the point.
fn bytes(n: i64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if n < 1024 {
        return format!("{} B", n.max(0));
    }
    let mut tenths = n.saturating_mul(10) / 1024;
    if n > i64::MAX / 10 {
        tenths = n / 1024 * 10;
    }
    let mut name = "KiB";
    for next in UNITS {
        name = next;
        if tenths < 10_240 || next == "PiB" {
            break;
        }
        tenths /= 1024;
    }
    if tenths >= 1000 {
        format!("{} {name}", tenths / 10)
    } else {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    }
}
