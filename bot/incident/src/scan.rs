//! A scan: many hosts looked at though nobody reported anything, told as one. It opens no incident; it says where one is due.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::finding::roots;
use crate::report::HostReport;
use crate::vitals::{Area, Vitals};
use crate::{Code, Finding, FindingId, HostName, HostStatus, Moment, Severity, Span};

pub use kept::{Carried, Change, Grown, Kept, KeptHost, KeptLine, Line};

mod kept;
#[cfg(test)]
mod tests;

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
        let mut kept = Kept {
            version: 1,
            at: self.at,
            hosts: hosts.collect(),
            lines: self.hosts.iter().flat_map(lines).collect(),
        };
        if let Some(change) = &self.change {
            kept.carry(&change.carried);
        }
        kept
    }
}

/// What is wrong on a host, by itself or not.
fn lines(host: &Scanned) -> impl Iterator<Item = KeptLine> {
    let findings = &host.report.findings;
    let roots: BTreeSet<&FindingId> = roots(findings).map(|one| &one.id).collect();
    let wrong = findings.iter().filter(|one| one.severity > Severity::Info);
    wrong.map(move |one| KeptLine {
        line: Line::of(one),
        explained: !roots.contains(&one.id),
        seen_with: None,
    })
}

/// How full the filesystems of a host are, in percent.
fn rooms(host: &Scanned) -> BTreeMap<String, i64> {
    let gauges = host.vitals.iter().flat_map(|vitals| vitals.of(Area::Space));
    gauges
        .filter_map(|gauge| Some((gauge.name.clone(), gauge.percent()?)))
        .collect()
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
