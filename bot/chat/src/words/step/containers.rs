//! The verbs about containers and what Kubernetes runs, as sentences.

use incident::Step;

use crate::locale::{Locale, say};
use crate::text::exact;

impl Locale {
    /// A step about a container, a workload or a node.
    pub(super) fn of_containers(self, step: &Step) -> String {
        let arg = |slot| exact(step.arg(slot).unwrap_or(""));
        let (container, engine) = (arg("container"), arg("engine"));
        let (namespace, node) = (arg("namespace"), arg("node"));
        let cluster = step.needs().get("cluster").map_or_else(String::new, |at| {
            let at = exact(at);
            say!(self, " (cluster {at})", "（集群 {at}）")
        });
        match step.verb() {
            "container.start" => say!(
                self,
                "start the container {container} ({engine})",
                "启动容器 {container}（{engine}）"
            ),
            "container.stop" => say!(
                self,
                "stop the container {container} ({engine})",
                "停止容器 {container}（{engine}）"
            ),
            "container.restart" => say!(
                self,
                "restart the container {container} ({engine})",
                "重启容器 {container}（{engine}）"
            ),
            "k8s.rollout_restart" => {
                let workload = arg("workload");
                say!(
                    self,
                    "replace the pods of {workload} in {namespace} one after another{cluster}",
                    "逐个重建 {namespace} 中 {workload} 的 Pod{cluster}"
                )
            }
            "k8s.rollout_undo" => {
                let (deployment, revision) = (arg("deployment"), arg("revision"));
                let now = self.now(step, "revision");
                say!(
                    self,
                    "take deployment {deployment} in {namespace} to revision {revision}{now}{cluster}",
                    "将 {namespace} 中的 Deployment {deployment} 切换到版本 {revision}{now}{cluster}"
                )
            }
            "k8s.cordon" => say!(
                self,
                "let no new pods onto node {node}{cluster}",
                "禁止新的 Pod 调度到节点 {node}{cluster}"
            ),
            _ => say!(
                self,
                "let pods onto node {node} again{cluster}",
                "恢复节点 {node} 的调度{cluster}"
            ),
        }
    }
}
