//! What is kept of a scan, and what is other in the next one of its name. What nobody could look at is never gone, and never new
//! when it is seen again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Scan;
use crate::{Code, Finding, HostName, Moment, Severity, Subject, Value};

/// How much fuller a filesystem has to be, in points of a hundred, before it is said.
const GROWN: i64 = 5;
/// At most so many filesystems are said to have grown.
const MOST_GROWN: usize = 12;

/// What is kept of a scan, for the next one of its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The version of this shape.
    pub version: u32,
    /// When it began.
    pub at: Moment,
    /// Its hosts.
    pub hosts: Vec<KeptHost>,
    /// What was wrong, by itself or not.
    pub lines: Vec<KeptLine>,
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

/// What is kept of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLine {
    /// The finding.
    #[serde(flatten)]
    pub line: Line,
    /// Whether another explained it.
    pub explained: bool,
    /// The questions without an answer when it was last seen, where that was in an earlier scan and nobody could look since.
    pub seen_with: Option<BTreeSet<String>>,
}

/// A finding as it is told from scan to scan.
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
    /// The facts that it said, so that every language can say them again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Value>,
}

impl Line {
    pub(super) fn of(finding: &Finding) -> Self {
        Self {
            host: finding.host.clone(),
            code: finding.code.clone(),
            subject: finding.subject.clone(),
            severity: finding.severity,
            title: finding.title.clone(),
            facts: said(finding),
        }
    }

    /// What makes it the same in another scan.
    const fn key(&self) -> (&HostName, &Code, &Subject) {
        (&self.host, &self.code, &self.subject)
    }
}

/// The facts that stand in a finding's title: what is kept of it grows no larger than that.
fn said(finding: &Finding) -> BTreeMap<String, Value> {
    let stands = |value: &Value| match value {
        Value::Text(text) => finding.title.contains(text.as_str()),
        Value::List(list) => finding.title.contains(&list.join(", ")),
        Value::Int(number) => finding.title.contains(&number.to_string()),
        Value::Bool(_) => false,
    };
    let facts = finding.facts.iter().filter(|(_, value)| stands(value));
    facts
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
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
    /// Hosts that cannot be examined, and could be then or were no part of it.
    pub lost: Vec<HostName>,
    /// Filesystems that are fuller.
    pub grown: Vec<Grown>,
    /// What is not told, and is known still of what nobody could look at.
    pub carried: Carried,
}

/// What a scan could not look at, as the last one that could saw it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried {
    /// What was wrong.
    pub lines: Vec<KeptLine>,
    /// How full filesystems were.
    pub rooms: BTreeMap<HostName, BTreeMap<String, i64>>,
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
        let (after, before) = (now.by_host(), self.by_host());
        let there: BTreeSet<_> = now.lines.iter().map(|one| one.line.key()).collect();
        let mut carried = Carried::default();
        let (mut gone, mut unsure) = (Vec::new(), Vec::new());
        for one in self
            .lines
            .iter()
            .filter(|one| !there.contains(&one.line.key()))
        {
            let Some(host) = after.get(&one.line.host) else {
                continue;
            };
            // What could not be asked when it was seen either did not hide it.
            let then = before.get(&one.line.host).map(|then| &then.gaps);
            let known = one.seen_with.as_ref().or(then);
            let hidden = |gap: &String| known.is_none_or(|known| !known.contains(gap));
            if host.seen && !host.gaps.iter().any(hidden) {
                // What another explained is not told of when it goes.
                gone.extend((!one.explained).then(|| one.line.clone()));
                continue;
            }
            unsure.extend((!one.explained).then(|| one.line.clone()));
            carried.lines.push(KeptLine {
                seen_with: Some(known.cloned().unwrap_or_default()),
                ..one.clone()
            });
        }
        let unseen = now.hosts.iter().filter(|host| !host.seen);
        for host in unseen.clone() {
            if let Some(then) = before.get(&host.host).filter(|then| !then.rooms.is_empty()) {
                let rooms = then.rooms.clone();
                carried.rooms.insert(host.host.clone(), rooms);
            }
        }
        let mut worst: BTreeMap<_, Severity> = BTreeMap::new();
        for one in &self.lines {
            let worst = worst.entry(one.line.key()).or_insert(one.line.severity);
            *worst = one.line.severity.max(*worst);
        }
        let was = |line: &&Line| {
            worst
                .get(&line.key())
                .is_some_and(|then| *then >= line.severity)
        };
        let roots = now.lines.iter().filter(|one| !one.explained);
        let (stays, new): (Vec<&Line>, Vec<&Line>) = roots.map(|one| &one.line).partition(was);
        let lost = unseen.filter(|host| before.get(&host.host).is_none_or(|then| then.seen));
        let mut grown: Vec<Grown> = now
            .hosts
            .iter()
            .flat_map(|host| host.rooms.iter().map(move |room| (&host.host, room)))
            .filter_map(|(host, (path, to))| {
                let from = *before.get(host)?.rooms.get(path)?;
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
            carried,
        }
    }

    /// Takes over what is known still of what nobody could look at.
    pub(super) fn carry(&mut self, carried: &Carried) {
        self.lines.extend(carried.lines.iter().cloned());
        for host in &mut self.hosts {
            if let Some(rooms) = carried.rooms.get(&host.host) {
                host.rooms.clone_from(rooms);
            }
        }
    }

    fn by_host(&self) -> BTreeMap<&HostName, &KeptHost> {
        self.hosts.iter().map(|one| (&one.host, one)).collect()
    }
}
