//! Reads what a cluster says of its nodes and pods.

use crate::read::{after, all_after, int, nth};

/// A pod that does not simply run, as the API's own table has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) namespace: String,
    pub(super) name: String,
    /// `CrashLoopBackOff`, `Pending`, `Init:0/1`, `Running`, …
    pub(super) status: String,
    pub(super) restarts: i64,
    /// Seconds since it was made.
    pub(super) age: i64,
}

impl Row {
    /// What it belongs to: `shop/web` of `web-7d9c6b5f4-x2x9z`, the same for each pod of it and each revision.
    pub(super) fn workload(&self) -> String {
        format!("{}/{}", self.namespace, stem(&self.name))
    }
}

/// A pod's name without what its controllers added.
fn stem(name: &str) -> &str {
    let made = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len())
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let Some((front, last)) = name.rsplit_once('-') else {
        return name;
    };
    // A StatefulSet numbers its pods.
    if !last.is_empty() && last.len() <= 3 && last.chars().all(|c| c.is_ascii_digit()) {
        return front;
    }
    if !made(last, 5..=5) {
        return name;
    }
    match front.rsplit_once('-') {
        Some((base, hash)) if made(hash, 6..=10) && hash.chars().any(|c| c.is_ascii_digit()) => {
            base
        }
        _ => front,
    }
}

/// `26d`, `3h5m`, `90s` in seconds.
pub(super) fn span(text: &str) -> i64 {
    let mut total: i64 = 0;
    let mut number = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() && number.len() < 9 {
            number.push(c);
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'y' => 31_536_000,
            _ => 0,
        };
        total = total.saturating_add(int(&number).saturating_mul(unit));
        number.clear();
    }
    total
}

/// What `k8s.list` says.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    pub(super) pods: Vec<Row>,
    /// Nodes that are not plainly `Ready`, with their status.
    pub(super) nodes: Vec<(String, String)>,
    /// Why the API did not answer.
    pub(super) down: Option<String>,
    /// Whether the settings are those of the cluster's own control plane, on this host.
    pub(super) here: bool,
}

impl List {
    pub(super) fn read(text: &str) -> Self {
        let pod = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [namespace, name, _ready, status, restarts, _ago, age] = words.as_slice() else {
                return None;
            };
            Some(Row {
                namespace: (*namespace).to_owned(),
                name: (*name).to_owned(),
                status: (*status).to_owned(),
                restarts: int(restarts),
                age: span(age),
            })
        };
        let node = |line: &str| {
            let (name, status) = line.split_once(' ')?;
            Some((name.to_owned(), status.to_owned()))
        };
        Self {
            pods: all_after(text, "pod ").filter_map(pod).collect(),
            nodes: all_after(text, "node ").filter_map(node).collect(),
            down: after(text, "down ").map(|line| {
                let said = line.split_once(' ').map_or("", |(_, said)| said);
                said.to_owned()
            }),
            here: text.lines().any(|line| line == "here"),
        }
    }
}

/// A reason with its message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) reason: String,
    pub(super) message: String,
}

/// `Unschedulable "0/3 nodes are available: …"`.
fn said(line: &str) -> Said {
    let (reason, quoted) = line.split_once(' ').unwrap_or((line, ""));
    Said {
        reason: reason.to_owned(),
        message: unquoted(quoted),
    }
}

/// Text as Go quotes it, which is nearly JSON; it may have been cut.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    serde_json::from_str::<String>(text).unwrap_or_else(|_not_json| {
        text.trim_matches('"')
            .replace("\\n", " ")
            .replace("\\\"", "\"")
    })
}

/// What `k8s.pod` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pod {
    pub(super) node: String,
    pub(super) owner: String,
    pub(super) message: String,
    /// Why it has no node.
    pub(super) unscheduled: Option<String>,
    /// The container that is in trouble, and its image.
    pub(super) container: String,
    pub(super) image: String,
    pub(super) waiting: Option<Said>,
    /// How it ended last: exit code, and what is said of it.
    pub(super) last: Option<(i64, Said)>,
    pub(super) events: Vec<Said>,
    pub(super) log: Vec<String>,
    /// The deployment, its revision of this pod, and an older one whose pods are ready.
    pub(super) deployment: Option<String>,
    pub(super) revision: i64,
    pub(super) good: Option<i64>,
    /// How many pods of its own revision are ready.
    pub(super) others: i64,
    /// It has ended for good.
    pub(super) is_failed: bool,
    /// The deployment has given up waiting for it.
    pub(super) is_late: bool,
}

impl Pod {
    pub(super) fn read(text: &str) -> Self {
        let mut pod = Self {
            node: after(text, "node ").unwrap_or("").to_owned(),
            owner: after(text, "owner ").unwrap_or("").to_owned(),
            message: after(text, "message ").map(unquoted).unwrap_or_default(),
            unscheduled: after(text, "condition PodScheduled ").map(|line| said(line).message),
            events: all_after(text, "event ").map(said).collect(),
            log: all_after(text, "log ").map(str::to_owned).collect(),
            revision: after(text, "mine ").map_or(0, int),
            is_failed: after(text, "phase ") == Some("Failed"),
            is_late: after(text, "progress ").is_some_and(|line| line.starts_with("False")),
            ..Self::default()
        };
        let (mut name, mut image) = ("", "");
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let take = match word {
                "container" | "init" => {
                    (name, image) = (rest, "");
                    false
                }
                "image" => {
                    image = rest;
                    false
                }
                "waiting" => {
                    // `PodInitializing` waits for another container of the pod.
                    let waits = said(rest);
                    let own = !matches!(
                        waits.reason.as_str(),
                        "PodInitializing" | "ContainerCreating"
                    );
                    if own && pod.waiting.is_none() {
                        pod.waiting = Some(waits);
                    }
                    own && pod.container.is_empty()
                }
                "terminated" | "last" => {
                    let (code, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                    let bad = int(code) != 0;
                    if bad && pod.last.is_none() {
                        pod.last = Some((int(code), said(rest)));
                    }
                    bad && pod.container.is_empty()
                }
                _ => false,
            };
            if take {
                name.clone_into(&mut pod.container);
                image.clone_into(&mut pod.image);
            }
        }
        let mut newest = 0;
        for line in all_after(text, "set ") {
            let owner = line.split_whitespace().nth(1).unwrap_or("");
            pod.deployment = owner.strip_prefix("Deployment/").map(str::to_owned);
            let (revision, ready) = (nth(line, 2), nth(line, 4));
            newest = newest.max(revision);
            let set = line.split_whitespace().next();
            if set.is_some() && set == pod.owner.strip_prefix("ReplicaSet ") {
                pod.others = ready;
            }
            if revision < pod.revision && ready > 0 {
                pod.good = pod.good.max(Some(revision));
            }
        }
        // Only what was rolled out last can be taken back.
        if newest != pod.revision {
            pod.good = None;
        }
        pod
    }

    /// The message of the last event of one of these reasons.
    pub(super) fn event(&self, reasons: &[&str]) -> Option<&str> {
        self.events
            .iter()
            .rfind(|event| reasons.contains(&event.reason.as_str()))
            .map(|event| event.message.as_str())
    }
}

/// What `k8s.node` says: the type, status, reason and message of each condition.
pub(super) fn conditions(text: &str) -> Vec<(String, String, Said)> {
    all_after(text, "condition ")
        .filter_map(|line| {
            let (kind, rest) = line.split_once(' ')?;
            let (status, rest) = rest.split_once(' ')?;
            Some((kind.to_owned(), status.to_owned(), said(rest)))
        })
        .collect()
}
