//! The cluster that this host's kubectl speaks to: pods that do not come up or stay up, and nodes that take none.
//!
//! The API's own tables say which are in trouble; each of those is asked about by itself. What has done its work, and what was restarted
//! long ago, is no trouble.

use std::collections::BTreeSet;

use incident::step::Slot;
use incident::{ProbeRun, Severity, Subject, Value};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::short;
use crate::spec::Spec;

mod pods;
mod read;
#[cfg(test)]
mod tests;

use read::{List, Pod, Row, conditions};

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "k8s.list",
        "nodes and troubled pods of the cluster",
        concat!(
            include_str!("sh/safe.with.sh"),
            include_str!("sh/kube.with.sh"),
            include_str!("sh/k8s.list.sh")
        ),
    )
    .first()
    .root()
    .within(15, 65_536),
    POD,
    NODE,
];

const POD: Spec = Spec::new(
    "k8s.pod",
    "why one pod does not run",
    concat!(
        include_str!("sh/safe.with.sh"),
        include_str!("sh/kube.with.sh"),
        include_str!("sh/k8s.pod.sh")
    ),
)
.takes(&[Slot::KubeName, Slot::KubeName])
.root()
.within(15, 32_768);

const NODE: Spec = Spec::new(
    "k8s.node",
    "what one node of the cluster says of itself",
    concat!(
        include_str!("sh/safe.with.sh"),
        include_str!("sh/kube.with.sh"),
        include_str!("sh/k8s.node.sh")
    ),
)
.takes(&[Slot::KubeName])
.root()
.within(12, 16_384);

/// Of how many pods and nodes it is asked why.
const MOST: usize = 6;
/// A pod that is younger may still be coming up.
const YOUNG: i64 = 120;

/// Whether a pod is in trouble at first sight.
fn troubled(row: &Row) -> bool {
    match row.status.as_str() {
        "Terminating" | "Completed" | "Succeeded" => false,
        "Pending" | "ContainerCreating" | "PodInitializing" | "Running" | "NotReady" => {
            row.age > YOUNG
        }
        status
            if status.starts_with("Init:")
                && !status.contains("rr")
                && !status.contains("Back") =>
        {
            row.age > YOUNG
        }
        _ => true,
    }
}

/// One pod for each workload and kind of trouble, those first that were restarted most.
fn chosen(list: &List) -> Vec<&Row> {
    let mut rows: Vec<&Row> = list.pods.iter().filter(|row| troubled(row)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.restarts));
    let mut seen = BTreeSet::new();
    rows.retain(|row| seen.insert(row.workload()));
    rows
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("k8s.list");
    let list = List::read(&text);
    if let Some(said) = &list.down {
        drafts.push(down(said, list.here));
        return;
    }
    let mut of_pods = Vec::new();
    let identity = look.heard("os.identity");
    let own = crate::read::file(&identity, "/proc/sys/kernel/hostname").unwrap_or("");
    for row in chosen(&list) {
        let key = format!("k8s.pod {} {}", row.namespace, row.name);
        let known = look.answer(&key).is_some_and(|answer| answer.key == key);
        let heard = look.heard(&key);
        // It went while it was asked about.
        if heard.lines().any(|line| line.starts_with("gone ")) {
            continue;
        }
        let mut ours = pods::of_one(row, &Pod::read(&heard), own);
        for draft in &mut ours {
            if known {
                draft.cites.push(key.clone());
            }
        }
        of_pods.append(&mut ours);
    }
    let wanted = of_pods
        .iter()
        .any(|draft| draft.facts.contains_key("cordoned"));
    drafts.append(&mut of_pods);
    for (name, status) in &list.nodes {
        drafts.extend(of_node(look, name, status, wanted));
    }
}

/// An API that does not answer. Settings of a cluster that is elsewhere may be old; that of this host is down.
fn down(said: &str, here: bool) -> Draft {
    let said = if said.is_empty() {
        "no answer in time"
    } else {
        said
    };
    let severity = if here {
        Severity::Critical
    } else {
        Severity::Info
    };
    Draft::new(
        "k8s.api_down",
        severity,
        Subject::new("cluster", "api"),
        format!(
            "The API of the cluster does not answer: {}",
            short(said, 160)
        ),
    )
    .detail("Nothing is known of its pods and nodes; what runs may run on.")
    .fact("message", short(said, 300))
    .cite("k8s.list")
}

/// What is said of a node that is not plainly ready.
fn of_node(look: &Look<'_>, name: &str, status: &str, wanted: bool) -> Vec<Draft> {
    let key = format!("k8s.node {name}");
    let heard = look.heard(&key);
    let known = look.answer(&key).is_some_and(|answer| answer.key == key);
    let conditions = conditions(&heard);
    let draft = |code: &str, severity: Severity, title: String| {
        let draft = Draft::new(code, severity, Subject::new("node", name), title)
            .fact("node", name)
            .cite("k8s.list");
        if known {
            draft.cite(key.clone())
        } else {
            draft
        }
    };
    let mut ours = Vec::new();
    if status.starts_with("NotReady") {
        let ready = conditions.iter().find(|(kind, ..)| kind == "Ready");
        let message = ready.map_or("", |(_, _, said)| said.message.as_str());
        if message.contains("NetworkPluginNotReady") || message.contains("cni") {
            ours.push(
                mentioning(
                    draft(
                        "k8s.cni_failed",
                        Severity::Critical,
                        format!("Node {name} has no network for pods"),
                    ),
                    message,
                )
                .detail(short(message, 400)),
            );
        }
        ours.push(
            mentioning(
                draft(
                    "k8s.node_not_ready",
                    Severity::Critical,
                    format!("Node {name} is not ready"),
                ),
                message,
            )
            .detail(short(message, 400)),
        );
    }
    for (kind, status, said) in &conditions {
        if kind.ends_with("Pressure") && status == "True" {
            ours.push(
                draft(
                    "k8s.node_pressure",
                    Severity::Warning,
                    format!("Node {name} is short: {kind}"),
                )
                .detail(short(&said.message, 400))
                .fact("condition", kind.as_str()),
            );
        }
    }
    if status.contains("SchedulingDisabled") {
        // Somebody did that; it matters where pods wait for a node.
        let severity = if wanted {
            Severity::Warning
        } else {
            Severity::Info
        };
        let cordoned = draft(
            "k8s.node_cordoned",
            severity,
            format!("Node {name} takes no new pods: it is cordoned"),
        )
        .detail("Ask first whether somebody works on it: kubectl drain leaves it so.");
        // Where something else keeps pods away too, taking this back would not bring them.
        let alone = status == "Ready,SchedulingDisabled"
            && !crate::read::all_after(&heard, "taint ")
                .any(|line| !line.starts_with("node.kubernetes.io/unschedulable "));
        ours.push(if wanted && alone {
            cordoned.fact("wanted", true)
        } else {
            cordoned
        });
    }
    ours
}

/// The kernel modules that a message speaks of: one that this host lacks is then seen to be the cause.
fn mentioning(draft: Draft, message: &str) -> Draft {
    const MODULES: [(&str, &str); 7] = [
        ("br_netfilter", "br_netfilter"),
        ("bridge-nf-call", "br_netfilter"),
        ("overlay", "overlay"),
        ("ip_vs", "ip_vs"),
        ("nf_conntrack", "nf_conntrack"),
        ("vxlan", "vxlan"),
        ("wireguard", "wireguard"),
    ];
    let named: BTreeSet<String> = MODULES
        .iter()
        .filter(|(word, _)| message.contains(word))
        .map(|(_, module)| (*module).to_owned())
        .collect();
    if named.is_empty() {
        return draft;
    }
    draft.fact("mentions", Value::List(named.into_iter().collect()))
}

/// What else to ask: why each of them does not run.
pub(crate) fn follow(look: &Look<'_>, _drafts: &[Draft]) -> Vec<ProbeRun> {
    let text = look.heard("k8s.list");
    let list = List::read(&text);
    let nodes = list.nodes.iter().take(MOST).filter_map(|(name, status)| {
        let because = format!("node {} is {}", short(name, 60), short(status, 40));
        NODE.run(&[name], &because).ok()
    });
    let pods = chosen(&list).into_iter().take(MOST).filter_map(|row| {
        let because = format!("pod {} is {}", short(&row.name, 60), short(&row.status, 40));
        POD.run(&[&row.namespace, &row.name], &because).ok()
    });
    nodes.chain(pods).collect()
}
