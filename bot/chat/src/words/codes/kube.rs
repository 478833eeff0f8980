//! Codes of what runs in Kubernetes, and of its nodes.

use super::{Named, named};

/// The codes.
pub(super) const CODES: &[Named] = &[
    named(
        "k8s.crash_loop",
        "Pod 反复重启",
        "它的容器退出后被一次次重新启动。",
        "查看上一次运行的日志；回滚发布。",
    ),
    named(
        "k8s.image_pull",
        "Pod 无法拉取镜像",
        "节点无法从镜像仓库获取镜像。",
        "改正镜像名称或拉取凭据；回滚发布。",
    ),
    named(
        "k8s.config_missing",
        "Pod 引用的配置不存在",
        "缺少它引用的 ConfigMap 或 Secret，容器无法创建。",
        "补上缺少的对象，或改正名称。",
    ),
    named(
        "k8s.command_missing",
        "Pod 的程序无法执行",
        "容器要运行的程序不在镜像里，或没有执行权限。",
        "改正命令或镜像；回滚发布。",
    ),
    named(
        "k8s.oom_killed",
        "Pod 因内存不足被终止",
        "容器达到了内存上限。",
        "提高内存上限，或找出占用内存的原因。",
    ),
    named(
        "k8s.probe_failing",
        "Pod 探针失败",
        "它在运行，但收不到请求，或被自己的探针终止。",
        "查看探针的内容；如果卡住则重启。",
    ),
    named(
        "k8s.rbac_denied",
        "Pod 缺少集群权限",
        "它的服务账号没有程序所需的权限，程序因此退出。",
        "在 Role 中补上日志里提到的权限。",
    ),
    named(
        "k8s.unschedulable",
        "Pod 无法调度",
        "没有节点可用，它一直在等待。",
        "查看调度器给出的原因；腾出资源或改正规则。",
    ),
    named(
        "k8s.mount_failed",
        "Pod 的卷无法挂载",
        "所有卷就绪之前它不会启动。",
        "检查 PVC，以及卷挂在哪个节点上。",
    ),
    named(
        "k8s.cni_failed",
        "Pod 网络无法建立",
        "该节点上的 Pod 无法启动，或节点整体未就绪。",
        "检查该节点上的网络插件、/etc/cni/net.d 和内核模块。",
    ),
    named(
        "k8s.evicted",
        "Pod 被驱逐",
        "节点内存、磁盘或进程数不足，终止了它。",
        "检查节点压力；设置 requests 与 limits。",
    ),
    named(
        "k8s.node_not_ready",
        "节点未就绪",
        "新的 Pod 不会调度过去，几分钟后其上的 Pod 会在别处重建。",
        "检查该主机的 kubelet 与 containerd。",
    ),
    named(
        "k8s.node_cordoned",
        "节点已禁止调度",
        "它被 cordon；如果有 Pod 因此等待，则为警告。",
        "确认没有人在维护后恢复调度（uncordon）。",
    ),
    named(
        "k8s.node_pressure",
        "节点资源不足",
        "它不再接收新的 Pod，并会驱逐一部分。",
        "在该主机上腾出资源。",
    ),
    named(
        "k8s.rollout_stuck",
        "发布停滞",
        "新版本起不来，旧版本的 Pod 仍在提供服务。",
        "先回滚发布，再排查新版本。",
    ),
    named(
        "k8s.api_down",
        "集群 API 没有应答",
        "无法查看或更改；已在运行的可能继续运行。",
        "检查控制平面上的 API server 容器和证书。",
    ),
];
