//! Why a pod does not run, and what of it can be taken back.

use incident::{Severity, Subject};

use super::mentioning;
use super::read::{Pod, Row};
use crate::containers::{Start, start};
use crate::draft::Draft;
use crate::read::short;

/// What is said of one pod: the cause, what it leads to, and the rollout that it holds up.
/// `own` is what this host calls itself, empty where that is not known.
pub(super) fn of_one(row: &Row, pod: &Pod, own: &str) -> Vec<Draft> {
    let severity = severity(row, pod, own);
    let of = row.workload();
    // What comes up slowly may still come up: only what cannot, or has had its time, is worth going back for.
    let back = pod.good.filter(|_| is_stuck(row, pod));
    let draft = |code: &str, title: String| {
        let draft = Draft::new(code, severity, Subject::new("workload", of.as_str()), title)
            .fact("namespace", row.namespace.as_str())
            .fact("pod", row.name.as_str())
            .cite("k8s.list");
        match (&pod.deployment, back) {
            // With what it can be taken back to.
            (Some(name), Some(good)) => draft.fact("deployment", name.as_str()).fact("to", good),
            (Some(name), None) => draft.fact("deployment", name.as_str()),
            (None, _) => draft,
        }
    };
    let waiting = pod.waiting.as_ref();
    let reason = waiting.map_or(row.status.as_str(), |said| said.reason.as_str());
    let reason = reason.strip_prefix("Init:").unwrap_or(reason);
    let words = waiting.map_or("", |said| said.message.as_str());
    let name = short(&of, 100);
    let log = || {
        let from = pod.log.len().saturating_sub(3);
        let lines: Vec<String> = pod
            .log
            .iter()
            .skip(from)
            .map(|line| short(line, 200))
            .collect();
        lines.join("\n")
    };
    let mut ours = Vec::new();
    match reason {
        "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" => {
            let told = pod.event(&["Failed"]).unwrap_or(words);
            let image = if pod.image.is_empty() {
                "its image"
            } else {
                &pod.image
            };
            ours.push(
                draft(
                    "k8s.image_pull",
                    format!("{name} cannot have {}", short(image, 120)),
                )
                .detail(short(told, 400))
                .fact("image", short(image, 200)),
            );
        }
        "CreateContainerConfigError" => ours.push(
            draft(
                "k8s.config_missing",
                format!("{name} waits for what is not there: {}", short(words, 120)),
            )
            .fact("message", short(words, 300))
            .detail("A ConfigMap, a Secret or a key of one is named and does not exist."),
        ),
        "Evicted" => ours.push(evicted(
            row,
            pod,
            draft("k8s.evicted", format!("{name} was evicted from its node")),
        )),
        "Pending" | "Unschedulable" => ours.extend(pod.unscheduled.as_ref().map(|told| {
            let made = draft("k8s.unschedulable", format!("No node takes {name}"))
                .detail(short(told, 500))
                .fact("message", short(told, 300));
            if told.contains("unschedulable") {
                made.fact("cordoned", true)
            } else {
                made
            }
        })),
        _ => ours.extend(of_container(row, pod, reason, words, &draft, &name)),
    }
    if ours.is_empty() {
        ours.extend(of_start(pod, &draft, &name));
    }
    for draft in &mut ours {
        if draft.detail.is_empty() {
            draft.detail = log();
        }
        if !pod.container.is_empty() {
            let container = pod.container.as_str();
            draft.facts.insert("container".to_owned(), container.into());
        }
    }
    if let (Some(deployment), Some(good), false) = (&pod.deployment, back, ours.is_empty()) {
        ours.push(
            draft(
                "k8s.rollout_stuck",
                format!(
                    "Revision {} of deployment {deployment} does not come up; pods of revision {good} still serve",
                    pod.revision
                ),
            )
            .fact("revision", pod.revision)
            .detail("The rollout waits for its first new pod to become ready."),
        );
    }
    ours
}

/// A day: what failed before is a record that nobody has cleared away.
const DAY: i64 = 86_400;
/// What a deployment gives its pods to come up.
const TIME_TO_COME_UP: i64 = 600;

fn severity(row: &Row, pod: &Pod, own: &str) -> Severity {
    if pod.is_failed && row.age > DAY {
        return Severity::Info;
    }
    let first = |name: &str| {
        let name = name.split('.').next().unwrap_or_default();
        name.to_ascii_lowercase()
    };
    let elsewhere = !own.is_empty() && !pod.node.is_empty() && first(own) != first(&pod.node);
    // Where other pods serve, of this revision or of an older one, nobody is without an answer yet. What runs on another host is first
    // of all that host's trouble.
    if pod.is_failed || pod.good.is_some() || pod.others > 0 || elsewhere {
        Severity::Warning
    } else {
        Severity::Critical
    }
}

/// Whether a pod of a new revision will not come up by waiting.
fn is_stuck(row: &Row, pod: &Pod) -> bool {
    let waits = pod.waiting.as_ref().map_or("", |said| said.reason.as_str());
    let ended = pod
        .last
        .as_ref()
        .map_or("", |(_, said)| said.reason.as_str());
    let status = row.status.strip_prefix("Init:").unwrap_or(&row.status);
    let hard = [status, waits, ended].iter().any(|reason| {
        matches!(
            *reason,
            "ErrImagePull"
                | "ImagePullBackOff"
                | "InvalidImageName"
                | "ErrImageNeverPull"
                | "CreateContainerConfigError"
                | "RunContainerError"
                | "StartError"
        )
    });
    let loops = [status, waits].contains(&"CrashLoopBackOff") && row.restarts >= 3;
    hard || loops || pod.is_late || row.age > TIME_TO_COME_UP
}

/// An eviction leaves the pod behind as a record: news within the hour, a leftover later.
fn evicted(row: &Row, pod: &Pod, mut draft: Draft) -> Draft {
    draft.severity = if row.age < 3600 {
        Severity::Warning
    } else {
        Severity::Info
    };
    if !pod.node.is_empty() {
        draft = draft.fact("node", pod.node.as_str());
    }
    draft.detail(short(&pod.message, 400))
}

/// A container that ends again and again, or does not start.
fn of_container(
    row: &Row,
    pod: &Pod,
    reason: &str,
    words: &str,
    draft: &dyn Fn(&str, String) -> Draft,
    name: &str,
) -> Vec<Draft> {
    let (code, last) = pod
        .last
        .as_ref()
        .map_or((0, None), |(code, said)| (*code, Some(said)));
    let ended = last.map_or("", |said| said.reason.as_str());
    let told = last.map_or("", |said| said.message.as_str());
    let all_log = pod.log.join("\n");
    let mut ours = Vec::new();
    let cause = start(words).or_else(|| start(told));
    // One that runs at the moment loops only where it is restarted at least once an hour.
    let often = row.status != "Running" || row.age / row.restarts.max(1) < 3600;
    let loops = reason == "CrashLoopBackOff" || (row.restarts > 2 && code != 0 && often);
    if ended == "OOMKilled" || reason == "OOMKilled" {
        ours.push(
            draft(
                "k8s.oom_killed",
                format!("{name} was killed for want of memory"),
            )
            .detail("It reached the memory limit of its container, or its node had no more."),
        );
    } else if let Some(cause) = cause {
        let program = match &cause {
            Start::Missing(program) | Start::Denied(program) => program,
        };
        let program = if program.is_empty() {
            "its program"
        } else {
            program
        };
        ours.push(
            draft(
                "k8s.command_missing",
                format!("{name} cannot run {}", short(program, 120)),
            )
            .detail(short(if words.is_empty() { told } else { words }, 400))
            .fact("command", short(program, 200)),
        );
    } else if let Some(line) = pod
        .log
        .iter()
        .rfind(|line| line.contains("is forbidden") && line.contains("system:serviceaccount:"))
    {
        ours.push(
            draft(
                "k8s.rbac_denied",
                format!("{name} may not do in the cluster what it needs"),
            )
            .detail(short(line, 400)),
        );
    } else if let Some(probe) = pod
        .event(&["Unhealthy"])
        .filter(|said| said.starts_with("Liveness") || said.starts_with("Startup"))
        .filter(|_| loops)
    {
        ours.push(
            draft(
                "k8s.probe_failing",
                format!("{name} is killed by its own probe"),
            )
            .detail(short(probe, 400)),
        );
    }
    if loops {
        let code = match code {
            0 => String::new(),
            code => format!(", last with exit code {code}"),
        };
        let looped = draft(
            "k8s.crash_loop",
            format!(
                "{name} does not stay up: restarted {} times{code}",
                row.restarts
            ),
        )
        .fact("restarts", row.restarts)
        .fact("exit_code", pod.last.as_ref().map_or(0, |(code, _)| *code));
        ours.push(mentioning(looped, &all_log));
    }
    ours
}

/// A pod that has a node and does not start there, or runs and is not ready.
fn of_start(pod: &Pod, draft: &dyn Fn(&str, String) -> Draft, name: &str) -> Option<Draft> {
    if let Some(said) = pod.event(&["FailedMount", "FailedAttachVolume"]) {
        return Some(
            draft("k8s.mount_failed", format!("{name} waits for a volume"))
                .detail(short(said, 500)),
        );
    }
    if let Some(said) = pod.event(&["FailedCreatePodSandBox", "NetworkNotReady"]) {
        let made = draft(
            "k8s.cni_failed",
            format!("{name} gets no network on its node"),
        );
        return Some(mentioning(made, said).detail(short(said, 500)));
    }
    let said = pod.event(&["Unhealthy"])?;
    let made = draft(
        "k8s.probe_failing",
        format!("{name} runs, but is not ready"),
    )
    .detail(short(said, 400));
    let rolls = pod
        .deployment
        .as_ref()
        .map(|name| format!("deployment/{name}"));
    Some(match rolls {
        Some(workload) if pod.good.is_none() => made.fact("workload", workload),
        _ => made,
    })
}
