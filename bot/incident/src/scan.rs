//! A scan: many hosts looked at though nobody reported anything, told as one. It opens no incident; it says where one is due.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::finding::roots;
use crate::report::HostReport;
use crate::vitals::{Area, Vitals};
use crate::{Code, Finding, HostName, HostStatus, Moment, Severity, Span, Subject};

#[cfg(test)]
mod tests;

/// How much fuller a filesystem has to be, in points of a hundred, before it is said.
const GROWN: i64 = 5;
/// At most so many filesystems are said to have grown.
const MOST_GROWN: usize = 12;

/// What a scan came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// What it is called in the settings or at the terminal; empty where it has no name.
    pub name: String,
    /// When it began.
    pub at: Moment,
    /// How long it took.
    pub took: Span,
    /// Host by host, in the order in which they were named.
    pub hosts: Vec<Scanned>,
    /// What is other than in the last scan of this name; none where there was none.
    pub change: Option<Change>,
}

/// One host of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// What was found.
    pub report: HostReport,
    /// How hard it is pressed against its limits; none where it was not examined.
    pub vitals: Option<Vitals>,
    /// What it is and what lies ahead, where nothing is wrong with that.
    pub about: Vec<About>,
}

/// Something that is known of a host and is no finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum About {
    /// What runs on it.
    System {
        /// The distribution, as it calls itself; may be empty.
        name: String,
        /// The kernel's release; may be empty.
        kernel: String,
    },
    /// What it computes with.
    Processor {
        /// As it calls itself.
        model: String,
        /// How many are online.
        online: i64,
        /// What it runs in, `kvm` or `nspawn`; empty for a machine of its own.
        within: String,
    },
    /// How long it has been up.
    Up {
        /// Whole days.
        days: i64,
    },
    /// Faults of the processor that the kernel says nothing is done about.
    Unmitigated {
        /// By the kernel's names for them.
        faults: Vec<String>,
    },
    /// Kernel modules, and whether all would be there after the next start.
    Modules {
        /// How many were asked about.
        asked: i64,
        /// Those that would not.
        lost: Vec<String>,
    },
    /// The certificate that ends first.
    Certificate {
        /// Its file.
        path: String,
        /// Whole days until then; negative where it has ended.
        days: i64,
    },
}

/// How many hosts are how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// All.
    pub hosts: usize,
    /// Those with a finding above info.
    pub need: usize,
    /// Those that could not be examined, or of which too little could be read.
    pub unseen: usize,
    /// Those that are well.
    pub well: usize,
    /// Those of the well ones of which not everything could be read.
    pub partly: usize,
}

/// One code, on all hosts that have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'a> {
    /// The code.
    pub code: &'a Code,
    /// The worst that it is anywhere.
    pub severity: Severity,
    /// What was found, in the order of the hosts.
    pub found: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// The hosts that have it, each once, in their order.
    #[must_use]
    pub fn hosts(&self) -> Vec<&'a HostName> {
        let mut seen = BTreeSet::new();
        let hosts = self.found.iter().map(|one| &one.host);
        hosts.filter(|host| seen.insert(*host)).collect()
    }
}

/// Something that could not be looked at, on all hosts where that is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap<'a> {
    /// The question.
    pub probe: &'a str,
    /// Why there is no answer.
    pub why: &'a str,
    /// What to try.
    pub next: &'a str,
    /// Where.
    pub hosts: Vec<&'a HostName>,
}

impl Scanned {
    /// Whether it could be looked at at all.
    #[must_use]
    pub const fn seen(&self) -> bool {
        !matches!(
            self.report.status,
            HostStatus::Unknown | HostStatus::Unreachable
        )
    }

    /// The questions that got no usable answer.
    fn gaps(&self) -> BTreeSet<&str> {
        let gaps = self.report.could_not_check.iter();
        gaps.filter(|gap| gap.is_gap())
            .map(|gap| gap.probe.as_str())
            .collect()
    }
}

impl Scan {
    /// How many hosts are how.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for host in &self.hosts {
            tally.hosts += 1;
            match host.report.status {
                HostStatus::Critical | HostStatus::Degraded => tally.need += 1,
                HostStatus::Unknown | HostStatus::Unreachable => tally.unseen += 1,
                HostStatus::Healthy => {
                    tally.well += 1;
                    tally.partly += usize::from(!host.gaps().is_empty());
                }
            }
        }
        tally
    }

    /// What is wrong by itself, by code: the worst first, then what most hosts have.
    #[must_use]
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: BTreeMap<&Code, Group<'_>> = BTreeMap::new();
        for one in self.hosts.iter().flat_map(|h| roots(&h.report.findings)) {
            let group = groups.entry(&one.code).or_insert_with(|| Group {
                code: &one.code,
                severity: one.severity,
                found: Vec::new(),
            });
            group.severity = group.severity.max(one.severity);
            group.found.push(one);
        }
        let mut groups: Vec<Group<'_>> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse((group.severity, group.hosts().len())));
        groups
    }

    /// What could not be looked at on hosts that were reached, the most hosts first.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap<'_>> {
        let mut gaps: BTreeMap<(&str, &str, &str), Vec<&HostName>> = BTreeMap::new();
        let reached = self.hosts.iter().map(|host| &host.report);
        for report in reached.filter(|report| report.unreachable.is_empty()) {
            for gap in report.could_not_check.iter().filter(|gap| gap.is_gap()) {
                let key = (gap.next.as_str(), gap.probe.as_str(), gap.why.as_str());
                gaps.entry(key).or_default().push(&report.host);
            }
        }
        let mut gaps: Vec<Gap<'_>> = gaps
            .into_iter()
            .map(|((next, probe, why), hosts)| Gap {
                probe,
                why,
                next,
                hosts,
            })
            .collect();
        gaps.sort_by_key(|gap| std::cmp::Reverse(gap.hosts.len()));
        gaps
    }

    /// The hosts that could not be examined, and why.
    pub fn unseen(&self) -> impl Iterator<Item = &HostReport> {
        let hosts = self.hosts.iter().filter(|host| !host.seen());
        hosts.map(|host| &host.report)
    }

    /// Whether nobody has to do anything: all could be looked at, and nothing above info was found.
    #[must_use]
    pub fn is_well(&self) -> bool {
        let tally = self.tally();
        tally.well == tally.hosts
    }

    /// What the next scan of this name is held against.
    #[must_use]
    pub fn keep(&self) -> Kept {
        let hosts = self.hosts.iter().map(|host| KeptHost {
            host: host.report.host.clone(),
            seen: host.seen(),
            gaps: host.gaps().into_iter().map(str::to_owned).collect(),
            rooms: rooms(host),
        });
        let found = self.hosts.iter().flat_map(|h| roots(&h.report.findings));
        Kept {
            version: 1,
            at: self.at,
            hosts: hosts.collect(),
            lines: found.map(Line::of).collect(),
        }
    }
}

/// How full the filesystems of a host are, in percent.
fn rooms(host: &Scanned) -> BTreeMap<String, i64> {
    let gauges = host.vitals.iter().flat_map(|vitals| vitals.of(Area::Space));
    gauges
        .filter_map(|gauge| Some((gauge.name.clone(), gauge.percent()?)))
        .collect()
}

/// A finding as it is kept from scan to scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The host.
    pub host: HostName,
    /// The code.
    pub code: Code,
    /// What on the host.
    pub subject: Subject,
    /// How bad.
    pub severity: Severity,
    /// What it said.
    pub title: String,
}

impl Line {
    fn of(finding: &Finding) -> Self {
        Self {
            host: finding.host.clone(),
            code: finding.code.clone(),
            subject: finding.subject.clone(),
            severity: finding.severity,
            title: finding.title.clone(),
        }
    }

    fn is(&self, other: &Self) -> bool {
        (&self.host, &self.code, &self.subject) == (&other.host, &other.code, &other.subject)
    }
}

/// What is kept of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptHost {
    /// The host.
    pub host: HostName,
    /// Whether it could be looked at.
    pub seen: bool,
    /// The questions that got no usable answer.
    pub gaps: BTreeSet<String>,
    /// How full its filesystems are, in percent.
    pub rooms: BTreeMap<String, i64>,
}

/// What is kept of a scan, for the next one of its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The version of this shape.
    pub version: u32,
    /// When it began.
    pub at: Moment,
    /// Its hosts.
    pub hosts: Vec<KeptHost>,
    /// What was wrong by itself.
    pub lines: Vec<Line>,
}

/// What is other than in the last scan of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When that was.
    pub since: Moment,
    /// What was not there, or is worse.
    pub new: Vec<Line>,
    /// What is not there any more.
    pub gone: Vec<Line>,
    /// What was not seen any more where not all could be looked at that could be then: nobody knows whether it is gone.
    pub unsure: Vec<Line>,
    /// How much stays as it was.
    pub stays: usize,
    /// Hosts that could be examined then, and now cannot.
    pub lost: Vec<HostName>,
    /// Filesystems that are fuller.
    pub grown: Vec<Grown>,
}

/// A filesystem that is fuller than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grown {
    /// The host.
    pub host: HostName,
    /// Where it is mounted.
    pub path: String,
    /// How full it was, in percent.
    pub from: i64,
    /// How full it is, in percent.
    pub to: i64,
}

impl Change {
    /// Whether something is worse than it was.
    #[must_use]
    pub const fn is_worse(&self) -> bool {
        !self.new.is_empty() || !self.lost.is_empty()
    }
}

impl Kept {
    /// What is other in a later scan. Of hosts that are no part of it any more nothing is said.
    #[must_use]
    pub fn compare(&self, scan: &Scan) -> Change {
        let now = scan.keep();
        let after = |host: &HostName| now.hosts.iter().find(|one| one.host == *host);
        let before = |host: &HostName| self.hosts.iter().find(|one| one.host == *host);
        let (mut gone, mut unsure) = (Vec::new(), Vec::new());
        for line in &self.lines {
            if now.lines.iter().any(|one| one.is(line)) {
                continue;
            }
            let Some(host) = after(&line.host) else {
                continue;
            };
            // What could not be asked then either did not hide it.
            let known = before(&line.host).map(|then| &then.gaps);
            let hidden = |gap: &String| known.is_none_or(|known| !known.contains(gap));
            if host.seen && !host.gaps.iter().any(hidden) {
                gone.push(line.clone());
            } else {
                unsure.push(line.clone());
            }
        }
        let was = |line: &&Line| {
            let mut then = self.lines.iter().filter(|then| then.is(line));
            then.any(|then| then.severity >= line.severity)
        };
        let (stays, new): (Vec<&Line>, Vec<&Line>) = now.lines.iter().partition(was);
        let lost = now.hosts.iter().filter(|host| !host.seen);
        let lost = lost.filter(|host| before(&host.host).is_some_and(|then| then.seen));
        let mut grown: Vec<Grown> = now
            .hosts
            .iter()
            .flat_map(|host| host.rooms.iter().map(move |room| (&host.host, room)))
            .filter_map(|(host, (path, to))| {
                let from = *before(host)?.rooms.get(path)?;
                (to - from >= GROWN).then(|| Grown {
                    host: host.clone(),
                    path: path.clone(),
                    from,
                    to: *to,
                })
            })
            .collect();
        grown.sort_by_key(|one| std::cmp::Reverse(one.to));
        grown.truncate(MOST_GROWN);
        Change {
            since: self.at,
            new: new.into_iter().cloned().collect(),
            gone,
            unsure,
            stays: stays.len(),
            lost: lost.map(|host| host.host.clone()).collect(),
            grown,
        }
    }
}

/// A scan as people are told of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Telling<'a> {
    /// The scan.
    pub scan: &'a Scan,
    /// When it began, as people write it.
    pub at: &'a str,
    /// When the one that it is held against began, as people write it; empty where there is none.
    pub since: &'a str,
    /// What each code is called, in the reader's language.
    pub names: &'a BTreeMap<String, String>,
}

impl<'a> Telling<'a> {
    /// What a code is called.
    #[must_use]
    pub fn name(&self, code: &'a Code) -> &'a str {
        self.names
            .get(code.as_str())
            .map_or(code.as_str(), String::as_str)
    }

    /// The hosts, those first that need somebody soonest.
    #[must_use]
    pub fn hosts(&self) -> Vec<&'a Scanned> {
        let mut hosts: Vec<&Scanned> = self.scan.hosts.iter().collect();
        hosts.sort_by_key(|host| std::cmp::Reverse(host.report.status.urgency()));
        hosts
    }
}
