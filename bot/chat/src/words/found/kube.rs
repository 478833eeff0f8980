//! What is said of a cluster.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "k8s.image_pull",
        "{subject} cannot have {image}",
        "{subject} 无法拉取镜像 {image}",
    ),
    said(
        "k8s.config_missing",
        "{subject} waits for what is not there: {_message}",
        "{subject} 引用了不存在的配置：{_message}",
    ),
    said(
        "k8s.evicted",
        "{subject} was evicted from its node",
        "{subject} 被所在节点驱逐",
    ),
    said(
        "k8s.unschedulable",
        "No node takes {subject}",
        "没有节点可以调度 {subject}",
    ),
    said(
        "k8s.rollout_stuck",
        "Revision {revision} of deployment {deployment} does not come up; pods of revision {to} still serve",
        "Deployment {deployment} 的版本 {revision} 起不来；版本 {to} 的 Pod 仍在提供服务",
    ),
    said(
        "k8s.oom_killed",
        "{subject} was killed for want of memory",
        "{subject} 因内存不足被终止",
    ),
    said(
        "k8s.command_missing",
        "{subject} cannot run {command}",
        "{subject} 无法执行 {command}",
    ),
    said(
        "k8s.rbac_denied",
        "{subject} may not do in the cluster what it needs",
        "{subject} 缺少所需的集群权限",
    ),
    said(
        "k8s.probe_failing",
        "{subject} is killed by its own probe",
        "{subject} 被自己的探针终止",
    ),
    said(
        "k8s.probe_failing",
        "{subject} runs, but is not ready",
        "{subject} 在运行，但未就绪",
    ),
    said(
        "k8s.crash_loop",
        "{subject} does not stay up: restarted {restarts} times",
        "{subject} 反复退出：已重启 {restarts} 次",
    ),
    said(
        "k8s.crash_loop",
        "{subject} does not stay up: restarted {restarts} times, last with exit code {exit_code}",
        "{subject} 反复退出：已重启 {restarts} 次，最近一次退出码 {exit_code}",
    ),
    said(
        "k8s.mount_failed",
        "{subject} waits for a volume",
        "{subject} 在等待卷挂载",
    ),
    said(
        "k8s.cni_failed",
        "{subject} gets no network on its node",
        "{subject} 在节点上得不到网络",
    ),
    said(
        "k8s.cni_failed",
        "Node {node} has no network for pods",
        "节点 {node} 的 Pod 网络不可用",
    ),
    said(
        "k8s.node_not_ready",
        "Node {node} is not ready",
        "节点 {node} 未就绪",
    ),
    said(
        "k8s.node_pressure",
        "Node {node} is short: {condition}",
        "节点 {node} 资源不足：{condition}",
    ),
    said(
        "k8s.node_cordoned",
        "Node {node} takes no new pods: it is cordoned",
        "节点 {node} 不接收新的 Pod：已被 cordon",
    ),
    said(
        "k8s.api_down",
        "The API of the cluster does not answer: {_message}",
        "集群 API 没有应答：{_message}",
    ),
];
