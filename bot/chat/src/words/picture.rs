//! What is written in pictures, and what they say to those who do not see them.

use incident::vitals::{Area, State, Unit};
use incident::{Finding, Gauge, HostName, Vitals};

use crate::locale::{Locale, say};
use crate::picture::LONGEST_ALT;
use crate::picture::layers::{Graph, Node};
use crate::picture::text::clean;

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

impl Locale {
    /// The heading of a cause graph.
    pub(crate) const fn causes_head(self) -> &'static str {
        self.say("What explains what", "因果关系")
    }

    /// How a cause graph is read.
    pub(crate) const fn arrows(self) -> &'static str {
        self.say(
            "An arrow leads from a cause to its effect.",
            "箭头由原因指向结果。",
        )
    }

    /// An area's heading.
    pub(crate) const fn area(self, area: Area) -> &'static str {
        match area {
            Area::Processors => self.say("Processors", "处理器"),
            Area::Memory => self.say("Memory", "内存"),
            Area::Space => self.say("Disk space", "磁盘空间"),
            Area::Inodes => self.say("Inodes", "inode"),
            Area::Network => self.say("Network", "网络"),
            Area::Waiting => self.say("Work that waits, last minute", "最近一分钟的等待"),
            Area::Limits => self.say("Limits of the kernel", "内核上限"),
        }
    }

    /// How near a limit is, in a word or two. A share of time or of packets has no limit, it is only too high.
    pub(crate) fn pressure(self, gauge: &Gauge) -> &'static str {
        match (gauge.state, gauge.unit) {
            (State::Fine, _) => self.say("fine", "正常"),
            (State::Unknown, _) => self.say("not seen", "未检查到"),
            (State::Near, Unit::Percent) => self.say("high", "偏高"),
            (State::Over, Unit::Percent) => self.say("too high", "过高"),
            (State::Near, _) => self.say("near its limit", "接近上限"),
            (State::Over, _) if gauge.percent() > Some(100) => {
                self.say("over its limit", "超过上限")
            }
            (State::Over, _) => self.say("at its limit", "达到上限"),
        }
    }

    /// The whole in one sentence.
    pub(crate) fn pressed(self, vitals: &Vitals) -> String {
        let count = |state: State| vitals.gauges.iter().filter(|g| g.state == state).count();
        let parts: Vec<String> = [State::Over, State::Near, State::Unknown, State::Fine]
            .into_iter()
            .map(|state| (state, count(state)))
            .filter(|(_, n)| *n > 0)
            .map(|(state, n)| match state {
                State::Over => say!(self, "{n} at a limit", "{n} 项达到上限"),
                State::Near => say!(self, "{n} near one", "{n} 项接近上限"),
                State::Unknown => say!(self, "{n} not seen", "{n} 项未检查到"),
                State::Fine => say!(self, "{n} fine", "{n} 项正常"),
            })
            .collect();
        if parts.is_empty() {
            let nobody = self.say("Nobody looked at its limits", "没有检查过它的各项上限");
            return nobody.to_owned();
        }
        parts.join(" · ")
    }

    /// Used and limit, as they stand beside a bar.
    pub(crate) fn figures(self, gauge: &Gauge, used: i64) -> String {
        match (gauge.unit, gauge.of) {
            (Unit::Percent, _) => format!("{used} %"),
            (unit, None) => amount(unit, used),
            (unit, Some(of)) => {
                let shared = unit == Unit::Bytes;
                let (used, of) = (amount(unit, used), amount(unit, of));
                // `19.8 of 20.0 GiB`: a unit that both have is said once.
                let used = match (used.rsplit_once(' '), of.rsplit_once(' ')) {
                    (Some((number, unit)), Some((_, same))) if shared && unit == same => number,
                    (None | Some(_), None | Some(_)) => &used,
                };
                let both = say!(self, "{used} of {of}", "{used} / {of}");
                match gauge.percent() {
                    Some(percent) if percent <= 999 => format!("{percent} % · {both}"),
                    Some(_) | None => both,
                }
            }
        }
    }

    /// All that is fine in an area.
    pub(crate) fn all_fine(self, gauges: &[String]) -> String {
        let gauges = gauges.join(" · ");
        say!(self, "fine: {gauges}", "正常：{gauges}")
    }

    /// Why there is no figure.
    pub(crate) fn unseen(self, why: &str) -> String {
        if why.is_empty() {
            self.say("nobody could look", "无法检查").to_owned()
        } else {
            clean(why)
        }
    }

    /// What is left out.
    pub(crate) fn left_out(self, count: usize, critical: usize) -> String {
        match critical {
            0 => say!(self, "and {count} more", "另有 {count} 项"),
            critical => say!(
                self,
                "and {count} more, {critical} of them critical",
                "另有 {count} 项，其中 {critical} 项严重"
            ),
        }
    }

    /// The first line of a finding's box.
    pub(crate) fn node(self, finding: &Finding, root: bool) -> String {
        let (id, severity) = (&finding.id, self.severity(finding.severity));
        if root {
            say!(
                self,
                "{id} · {severity} · root cause",
                "{id} · {severity} · 根因"
            )
        } else {
            format!("{id} · {severity}")
        }
    }

    /// The causes of a finding that has several.
    pub(crate) fn explained_by(self, graph: &Graph<'_>, node: &Node<'_>) -> String {
        let causes = node.causes.iter().filter_map(|n| graph.nodes.get(*n));
        let ids: Vec<String> = causes.map(|cause| cause.finding.id.to_string()).collect();
        let ids = ids.join(self.say(" and ", "、"));
        say!(self, "explained by {ids}", "由 {ids} 引起")
    }

    /// A host's vitals for those who do not see them; the worst first.
    pub(crate) fn vitals_told(self, vitals: &Vitals, host: &HostName) -> String {
        let (host, pressed) = (clean(host.as_str()), self.pressed(vitals));
        let mut parts = vec![say!(
            self,
            "Vitals of {host}: {pressed}.",
            "{host} 的各项指标：{pressed}。"
        )];
        for wanted in [State::Over, State::Near, State::Unknown, State::Fine] {
            let those = AREAS
                .iter()
                .flat_map(|area| vitals.of(*area))
                .filter(|gauge| gauge.state == wanted);
            let told: Vec<String> = those.map(|gauge| self.gauge_told(gauge)).collect();
            if !told.is_empty() {
                let told = told.join(self.semicolon());
                parts.push(match wanted {
                    State::Over => say!(
                        self,
                        "At a limit or too high: {told}.",
                        "达到上限或过高：{told}。"
                    ),
                    State::Near => say!(
                        self,
                        "Near a limit or high: {told}.",
                        "接近上限或偏高：{told}。"
                    ),
                    State::Unknown => say!(self, "Not seen: {told}.", "未检查到：{told}。"),
                    State::Fine => say!(self, "Fine: {told}.", "正常：{told}。"),
                });
            }
        }
        cut(&parts.join(self.between()))
    }

    /// What stands between two sentences.
    const fn between(self) -> &'static str {
        match self {
            Self::English => " ",
            Self::Chinese => "",
        }
    }

    fn gauge_told(self, gauge: &Gauge) -> String {
        let name = brief(&gauge.name);
        let name = match gauge.area {
            Area::Processors => say!(self, "processors, {name}", "处理器 {name}"),
            Area::Inodes => say!(self, "inodes of {name}", "{name} 的 inode"),
            Area::Space => say!(self, "space of {name}", "{name} 的空间"),
            Area::Waiting => say!(self, "waiting, {name}", "等待 {name}"),
            Area::Memory | Area::Network | Area::Limits => name,
        };
        match gauge.used.filter(|_| gauge.state != State::Unknown) {
            Some(used) => {
                let figures = self.figures(gauge, used);
                let figures = figures.replace(" · ", self.say(", ", "，"));
                format!("{name} {figures}")
            }
            None => {
                let why = self.unseen(&gauge.why);
                say!(self, "{name} ({why})", "{name}（{why}）")
            }
        }
    }

    /// A cause graph for those who do not see it; root causes first.
    pub(crate) fn causes_told(self, graph: &Graph<'_>) -> String {
        let (head, count) = (self.causes_head(), graph.nodes.len());
        let mut parts = vec![say!(
            self,
            "{head}, {count} findings.",
            "{head}，共 {count} 项发现。"
        )];
        for node in &graph.nodes {
            let finding = node.finding;
            let because = if node.causes.is_empty() {
                self.say("root cause", "根因").to_owned()
            } else {
                self.explained_by(graph, node)
            };
            let (id, severity) = (&finding.id, self.severity(finding.severity));
            let title = brief(&self.title(finding));
            let title = title.trim_end_matches('.');
            parts.push(say!(
                self,
                "{id} ({severity}, {because}): {title}.",
                "{id}（{severity}，{because}）：{title}。"
            ));
        }
        if graph.more > 0 {
            let more = self.left_out(graph.more, graph.more_critical);
            parts.push(say!(self, "{more}.", "{more}。"));
        }
        cut(&parts.join(self.between()))
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

/// A name or title that leaves room for the others.
fn brief(text: &str) -> String {
    shorten(&clean(text), 120)
}

/// Cut to what the strictest platform takes.
pub(super) fn cut(text: &str) -> String {
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
