//! The sentences of a scan: of many hosts at once, so each says of how many and names them.

use incident::scan::{About, Change, Gap, Group, Grown, Line, Scan, Scanned, Tally, Telling};
use incident::vitals::Area;
use incident::{Finding, HostName, HostStatus, Severity, Span};

use super::mark;
use crate::locale::{Locale, say};

/// Codes that a message in a chat names.
const WORST: usize = 8;
/// More hosts than this are not named in one sentence.
const NAMED: usize = 8;

impl Locale {
    /// The verdict on all of them, in a line.
    #[must_use]
    pub fn scan_verdict(self, tally: &Tally) -> String {
        let Tally {
            hosts,
            need,
            unseen,
            well,
            partly,
        } = *tally;
        let mut parts = Vec::new();
        if need > 0 {
            let needs = if need == 1 { "needs" } else { "need" };
            parts.push(say!(self, "{need} {needs} somebody", "{need} 台需要处理"));
        }
        if unseen > 0 {
            parts.push(say!(
                self,
                "{unseen} could not be looked at",
                "{unseen} 台无法检查"
            ));
        }
        // Of whom not everything could be read nobody says without more that they are well.
        match (well, partly) {
            (0, _) => {}
            (_, 0) => parts.push(say!(self, "{well} well", "{well} 台正常")),
            _ if well == partly => parts.push(say!(
                self,
                "{well} well as far as could be read",
                "{well} 台在能检查的范围内正常"
            )),
            _ => parts.push(say!(
                self,
                "{well} well, {partly} of them as far as could be read",
                "{well} 台正常（其中 {partly} 台未能完整检查）"
            )),
        }
        let hosts = self.so_many_hosts(hosts);
        let parts = parts.join(self.say(", ", "，"));
        say!(self, "{hosts}: {parts}", "{hosts}：{parts}")
    }

    /// How many hosts.
    pub(crate) fn so_many_hosts(self, hosts: usize) -> String {
        if hosts == 1 {
            return self.say("1 host", "1 台主机").to_owned();
        }
        say!(self, "{hosts} hosts", "{hosts} 台主机")
    }

    /// The names of hosts; of many only the first.
    pub(crate) fn few_hosts(self, hosts: &[&HostName]) -> String {
        let named: Vec<&str> = hosts.iter().take(NAMED).map(|host| host.as_str()).collect();
        let named = self.list(&named);
        match hosts.len().saturating_sub(NAMED) {
            0 => named,
            more => say!(
                self,
                "{named} and {more} more",
                "{named} 等（另有 {more} 台）"
            ),
        }
    }

    /// Which scan it is, and how long it took.
    pub(crate) fn scan_of(self, name: &str, at: &str, took: Span) -> String {
        if name.is_empty() {
            return say!(
                self,
                "scan · {at} · took {took}",
                "扫描 · {at} · 用时 {took}"
            );
        }
        say!(
            self,
            "scan {name} · {at} · took {took}",
            "扫描 {name} · {at} · 用时 {took}"
        )
    }

    /// What is other than in the last one, in a line.
    pub(crate) fn scan_change(self, change: &Change, since: &str) -> String {
        let (new, gone, stays) = (change.new.len(), change.gone.len(), change.stays);
        let mut text = say!(
            self,
            "Since {since}: {new} new, {gone} gone, {stays} as before",
            "与 {since} 相比：新增 {new} 项，消失 {gone} 项，{stays} 项不变"
        );
        let unsure = change.unsure.len();
        if unsure > 0 {
            text.push_str(&say!(
                self,
                ", {unsure} that could not be looked for again",
                "，{unsure} 项这次无法复查"
            ));
        }
        if !change.lost.is_empty() {
            let lost: Vec<&HostName> = change.lost.iter().collect();
            let lost = self.few_hosts(&lost);
            text.push_str(&say!(
                self,
                "; could not be examined, which is new: {lost}",
                "；新出现的无法检查的主机：{lost}"
            ));
        }
        text
    }

    /// What stands before what was not there, what is not there any more, and what nobody could look for.
    pub(crate) const fn since_last(self, how: Changed) -> &'static str {
        match how {
            Changed::New => self.say("new", "新增"),
            Changed::Gone => self.say("gone", "消失"),
            Changed::Unsure => self.say("not looked for", "无法复查"),
        }
    }

    /// What is kept of a finding.
    pub(crate) fn kept_line(self, line: &Line) -> String {
        let title = self.title_of_line(line);
        self.headed(line.host.as_str(), &title)
    }

    /// A filesystem that is fuller.
    pub(crate) fn grown(self, one: &Grown) -> String {
        let Grown {
            host,
            path,
            from,
            to,
        } = one;
        say!(
            self,
            "{host}: {path} was {from}% full and is {to}%",
            "{host}：{path} 使用率从 {from}% 升到 {to}%"
        )
    }

    /// What a code is called and on which hosts it is.
    pub(crate) fn group(self, group: &Group<'_>, name: &str) -> String {
        let hosts = group.hosts();
        let so_many = self.so_many_hosts(hosts.len());
        let named = self.few_hosts(&hosts);
        if hosts.len() == 1 {
            return say!(self, "{name} — {named}", "{name} — {named}");
        }
        say!(
            self,
            "{name} — {so_many}: {named}",
            "{name} — {so_many}：{named}"
        )
    }

    /// One finding below its group.
    pub(crate) fn of_host(self, finding: &Finding) -> String {
        self.headed(finding.host.as_str(), &self.title(finding))
    }

    /// Findings of a group that are not shown.
    pub(crate) fn more_of_group(self, more: usize) -> String {
        say!(self, "and {more} more", "另有 {more} 项")
    }

    /// How one goes on.
    pub(crate) fn go_on(self, hosts: &[&HostName]) -> String {
        const MOST: usize = 4;
        let named: Vec<&str> = hosts.iter().take(MOST).map(|host| host.as_str()).collect();
        let named = named.join(",");
        say!(
            self,
            "to go on: sickbay diagnose {named}",
            "下一步：sickbay diagnose {named}"
        )
    }

    /// One host in a line: how many findings above info, and what it is.
    pub(crate) fn scanned(self, host: &Scanned) -> String {
        let findings = host.report.findings.iter();
        let bad = findings.filter(|one| one.severity > Severity::Info).count();
        let mut parts = Vec::new();
        match bad {
            0 => {}
            1 => parts.push(self.say("1 finding", "1 项发现").to_owned()),
            bad => parts.push(say!(self, "{bad} findings", "{bad} 项发现")),
        }
        parts.extend(host.about.iter().map(|about| self.about(about)));
        parts.join(" · ")
    }

    /// Something that is known of a host and is no finding.
    pub(crate) fn about(self, about: &About) -> String {
        match about {
            About::System { name, kernel } => {
                let both = [name.as_str(), kernel.as_str()];
                let both: Vec<&str> = both.into_iter().filter(|one| !one.is_empty()).collect();
                both.join(", ")
            }
            About::Processor {
                model,
                online,
                within,
            } if within.is_empty() => format!("{online} × {model}"),
            About::Processor {
                model,
                online,
                within,
            } if within == "?" => say!(
                self,
                "{online} × {model}, in a virtual machine",
                "{online} × {model}，运行于虚拟机"
            ),
            About::Processor {
                model,
                online,
                within,
            } => say!(
                self,
                "{online} × {model}, within {within}",
                "{online} × {model}，运行于 {within}"
            ),
            About::Up { days } => say!(self, "up {days} d", "已运行 {days} 天"),
            About::Unmitigated { faults } => {
                let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
                let faults = self.list(&faults);
                say!(
                    self,
                    "the kernel does nothing about {faults}",
                    "内核未缓解的处理器漏洞：{faults}"
                )
            }
            About::Modules { asked, lost } if lost.is_empty() => say!(
                self,
                "all {asked} modules load again",
                "{asked} 个模块均可再次加载"
            ),
            About::Modules { asked, lost } => {
                let so_many = lost.len();
                say!(
                    self,
                    "{so_many} of {asked} modules would not load again",
                    "{asked} 个模块中有 {so_many} 个无法再次加载"
                )
            }
            About::Certificate { path, days } if *days < 0 => say!(
                self,
                "a certificate has ended ({path})",
                "证书已过期（{path}）"
            ),
            About::Certificate { path, days } => say!(
                self,
                "first certificate ends in {days} d ({path})",
                "最早到期的证书还有 {days} 天（{path}）"
            ),
        }
    }

    /// Why a host could not be examined.
    #[must_use]
    pub fn unseen_host(self, host: &HostName, why: &str) -> String {
        let why = why.strip_prefix(&format!("{host}: ")).unwrap_or(why);
        if why.is_empty() {
            return say!(
                self,
                "{host}: too little could be read to say how it is",
                "{host}：能读取的信息太少，无法判断"
            );
        }
        let why = self.reason(why);
        say!(self, "{host}: {why}", "{host}：{why}")
    }

    /// What could not be looked at, and where.
    pub(crate) fn scan_gap(self, gap: &Gap<'_>) -> String {
        let Gap {
            probe, why, next, ..
        } = gap;
        let (why, next) = (self.reason(why), self.reason(next));
        let hosts = self.few_hosts(&gap.hosts);
        let semicolon = self.semicolon();
        say!(
            self,
            "{probe} on {hosts}: {why}{semicolon}{next}",
            "{hosts} 的 {probe}：{why}{semicolon}{next}"
        )
    }

    /// Gaps that are not shown.
    pub(crate) fn more_scan_gaps(self, more: usize) -> String {
        say!(
            self,
            "and {more} more questions without an answer",
            "另有 {more} 项没有得到回答"
        )
    }

    /// Hosts that are well, in one line.
    pub(crate) fn all_well(self, hosts: &[&HostName]) -> String {
        let named = self.few_hosts(hosts);
        say!(self, "well: {named}", "正常：{named}")
    }

    /// A heading of a report.
    pub(crate) const fn scan_heading(self, heading: Heading) -> &'static str {
        match heading {
            Heading::Found => self.say("What was found", "发现"),
            Heading::Hosts => self.say("Hosts", "主机"),
            Heading::Gaps => self.say("Could not be looked at", "无法检查"),
            Heading::Changed => self.say("What is other than last time", "与上次相比"),
            Heading::Limits => self.say("How near to their limits", "接近上限的程度"),
        }
    }

    /// That nothing was found.
    pub(crate) const fn nothing_found(self) -> &'static str {
        self.say(
            "Nothing above info was found where Sickbay could look.",
            "在能够检查的范围内，没有提示级别以上的发现。",
        )
    }

    /// Hosts of a picture that it has no room for.
    pub(crate) fn not_pictured(self, more: usize) -> String {
        say!(
            self,
            "{more} more hosts are in the list below.",
            "另有 {more} 台主机见下方列表。"
        )
    }

    /// What the signs of the picture mean.
    pub(crate) const fn legend(self) -> &'static str {
        self.say(
            "· there is room   ! near a limit   ‼ over a limit   ? nobody could look",
            "· 有余量   ! 接近上限   ‼ 超过上限   ? 无法检查",
        )
    }

    /// An area in a few letters, for the head of a column.
    pub(crate) const fn area_short(self, area: Area) -> &'static str {
        match area {
            Area::Processors => self.say("cpu", "处理器"),
            Area::Memory => self.say("mem", "内存"),
            Area::Space => self.say("disk", "磁盘"),
            Area::Inodes => self.say("inode", "inode"),
            Area::Network => self.say("net", "网络"),
            Area::Waiting => self.say("wait", "等待"),
            Area::Limits => self.say("limit", "限制"),
        }
    }

    /// The same picture for those who do not see it.
    pub(crate) fn heat_told(self, tally: &Tally) -> String {
        let hosts = self.so_many_hosts(tally.hosts);
        say!(
            self,
            "How near {hosts} are to their limits; each host's own part says the same in words.",
            "{hosts}接近上限的程度；各主机部分有相同内容的文字说明。"
        )
    }

    /// A scan in the few lines that a chat has room for: the verdict, what changed, the worst, whom nobody could look at.
    pub(crate) fn scan_brief(self, telling: &Telling<'_>) -> Vec<String> {
        let scan = telling.scan;
        let mut lines = Vec::new();
        // Whatever is cut off, that somebody was not looked at is not.
        let unseen: Vec<&HostName> = scan.unseen().map(|one| &one.host).collect();
        if !unseen.is_empty() {
            let named = self.few_hosts(&unseen);
            lines.push(say!(
                self,
                "❔ could not be looked at: {named}",
                "❔ 无法检查：{named}"
            ));
        }
        if let Some(change) = &scan.change {
            lines.push(self.scan_change(change, telling.since));
        }
        let groups = scan.groups();
        for group in groups.iter().take(WORST) {
            let name = telling.name(group.code);
            let text = match group.found.as_slice() {
                [one] => self.of_host(one),
                _ => self.group(group, name),
            };
            let mark = mark(match group.severity {
                Severity::Critical => HostStatus::Critical,
                Severity::Warning | Severity::Info => HostStatus::Degraded,
            });
            lines.push(format!("{mark}{text}"));
        }
        if let more @ 1.. = groups.len().saturating_sub(WORST) {
            lines.push(self.more_of_group(more));
        }
        if let Some(group) = groups.first() {
            lines.push(self.go_on(&group.hosts()));
        }
        lines
    }

    /// That a scan could not even begin.
    #[must_use]
    pub fn scan_not_begun(self, name: &str, why: &str) -> String {
        let why = self.reason(why);
        say!(
            self,
            "The scan {name} could not be made: {why}",
            "扫描 {name} 无法进行：{why}"
        )
    }

    /// What a report is called.
    #[must_use]
    pub fn scan_title(self, telling: &Telling<'_>) -> String {
        let Scan { name, took, .. } = telling.scan;
        self.scan_of(name, telling.at, *took)
    }

    /// What the page ends with: that nothing was changed.
    pub(crate) const fn scan_foot(self) -> &'static str {
        self.say(
            "Sickbay only looked. A scan opens no incident; sickbay diagnose does, and offers what would help.",
            "Sickbay 只是查看，没有做任何改动。扫描不会建立故障；sickbay diagnose 会，并给出可行的修复。",
        )
    }

    /// What stands below a scan's verdict in a chat, where the whole of it is a file.
    pub(crate) fn whole_scan(self, file: &str) -> String {
        say!(self, "The whole report: {file}", "完整报告：{file}")
    }
}

/// How a finding stands to the last scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    New,
    Gone,
    Unsure,
}

/// A part of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heading {
    Found,
    Hosts,
    Gaps,
    Changed,
    Limits,
}
