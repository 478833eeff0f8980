//! What is said of a cluster, from the answers that the scripts give of the real kubectl (1.20 and 1.32), with the words of kubelets and schedulers of 1.28.

use incident::HostName;
use proptest::prelude::*;

use super::read::{Row, span};
use crate::judge::judge;
use crate::judge::tests::{answers, found};
use crate::look::{Look, Window};
use crate::signatures::Signatures;

/// One pod in a cluster that is well apart from it.
#[track_caller]
fn check(status: &str, pod: &str, want: &[&str]) {
    let list = format!("cluster\nnodes 2\npod shop web-7d9c6b60f-x2x9z 0/1 {status}\npods 5\n");
    let (found, gaps, _) = found(&[
        ("k8s.list", &list),
        ("k8s.pod shop web-7d9c6b60f-x2x9z", pod),
    ]);
    assert_eq!(found, want, "{pod}");
    assert!(gaps.is_empty(), "{gaps:?}");
}

const ROLLOUT: &str = r#"phase Running
node worker-1
owner ReplicaSet web-7d9c6b60f
condition Ready ContainersNotReady "containers with unready status: [web]"
container web
image shop:2-broken
ready false 9
waiting CrashLoopBackOff "back-off 5m0s restarting failed container=web pod=web-7d9c6b60f-x2x9z"
last 1 Error 
event BackOff "Back-off restarting failed container web in pod web-7d9c6b60f-x2x9z_shop(1)"
log starting
log panic: no column tenant
mine 2
set web-7d9c6b5f4 Deployment/web 1 2 2
set web-7d9c6b60f Deployment/web 2 1 0
"#;

#[test]
fn a_rollout_that_is_stuck_beside_pods_that_serve() {
    let want = [
        "Warning k8s.crash_loop workload:shop/web | shop/web does not stay up: restarted 9 times, last with exit code 1",
        "Warning k8s.rollout_stuck workload:shop/web | Revision 2 of deployment web does not come up; pods of revision 1 still serve",
    ];
    check("CrashLoopBackOff 9 2m 21m", ROLLOUT, &want);
    // Nobody serves: nothing is known to work, so nothing is rolled back.
    let alone = ROLLOUT.replace("Deployment/web 1 2 2", "Deployment/web 1 0 0");
    check(
        "CrashLoopBackOff 9 2m 21m",
        &alone,
        &[
            "Critical k8s.crash_loop workload:shop/web | shop/web does not stay up: restarted 9 times, last with exit code 1",
        ],
    );
    // A pod of an older revision fails while a newer one is out.
    let newer = format!("{ROLLOUT}set web-7d9c6b61a Deployment/web 3 2 2\n");
    check(
        "CrashLoopBackOff 9 2m 21m",
        &newer,
        &[
            "Critical k8s.crash_loop workload:shop/web | shop/web does not stay up: restarted 9 times, last with exit code 1",
        ],
    );
}

#[test]
fn a_rollout_that_is_only_slow_is_not_taken_back() {
    let offers = |status: &str, pod: &str| {
        let (found, ..) = found(&[
            (
                "k8s.list",
                &format!("cluster\npod shop web-7d9c6b60f-x2x9z 0/1 {status}\n"),
            ),
            ("k8s.pod shop web-7d9c6b60f-x2x9z", pod),
        ]);
        assert!(!found.is_empty(), "{status}");
        assert!(found.iter().all(|one| one.starts_with("Warning")));
        found.iter().any(|one| one.contains("k8s.rollout_stuck"))
    };
    let slow = "phase Running\nowner ReplicaSet web-7d9c6b60f\ncontainer web\nimage shop:2\nready false 0\nevent Unhealthy \"Readiness probe failed: HTTP probe failed with statuscode: 503\"\nmine 2\nset web-7d9c6b5f4 Deployment/web 1 2 2\nset web-7d9c6b60f Deployment/web 2 1 0\n";
    assert!(!offers("Running 0 - 3m", slow));
    assert!(!offers(
        "Running 0 - 3m",
        &format!("{slow}progress True ReplicaSetUpdated\n")
    ));
    assert!(offers("Running 0 - 11m", slow));
    assert!(offers(
        "Running 0 - 3m",
        &format!("{slow}progress False ProgressDeadlineExceeded\n")
    ));
    assert!(!offers("CrashLoopBackOff 2 20s 3m", ROLLOUT));
    assert!(offers("CrashLoopBackOff 3 20s 3m", ROLLOUT));
    let pull = slow.replace("ready false 0", "ready false 0\nwaiting ImagePullBackOff ");
    assert!(offers("ImagePullBackOff 0 - 3m", &pull));
}

#[test]
fn what_has_failed_or_has_others_beside_it_is_less() {
    let failed = "phase Failed\nnode w-1\nowner ReplicaSet web-7d9c6b60f\ncontainer web\nimage shop:2\nready false 0\nterminated 1 Error \n";
    let title = "k8s.crash_loop workload:shop/web | shop/web does not stay up: restarted 3 times, last with exit code 1";
    check("Error 3 - 1h", failed, &[&format!("Warning {title}")]);
    check("Error 3 - 3d", failed, &[&format!("Info {title}")]);
    let runs = failed.replace("Failed", "Running");
    check("Error 3 - 1h", &runs, &[&format!("Critical {title}")]);
    let served = format!("{runs}mine 2\nset web-7d9c6b60f Deployment/web 2 3 2\n");
    check("Error 3 - 1h", &served, &[&format!("Warning {title}")]);
    for (own, severity) in [
        ("w-1", "Critical"),
        ("W-1.example.com", "Critical"),
        ("w-2", "Warning"),
    ] {
        let (found, ..) = found(&[
            ("os.identity", &format!("/proc/sys/kernel/hostname:{own}\n")),
            (
                "k8s.list",
                "cluster\npod shop web-7d9c6b60f-x2x9z 0/1 Error 3 - 1h\n",
            ),
            ("k8s.pod shop web-7d9c6b60f-x2x9z", &runs),
        ]);
        assert!(
            found.contains(&format!("{severity} {title}")),
            "{own}: {found:?}"
        );
    }
}

#[test]
fn why_a_pod_does_not_run() {
    let loops = "Critical k8s.crash_loop workload:shop/web | shop/web does not stay up: restarted 7 times, last with exit code";
    let last = |code: i64, reason: &str| {
        format!(
            "container web\nimage shop:2\nready false 7\nwaiting CrashLoopBackOff \"back-off 5m0s restarting failed container=web\"\nlast {code} {reason} \n"
        )
    };
    let status = "CrashLoopBackOff 7 90s 21m";
    check(
        status,
        &last(137, "OOMKilled"),
        &[
            "Critical k8s.oom_killed workload:shop/web | shop/web was killed for want of memory",
            &format!("{loops} 137"),
        ],
    );
    check(
        status,
        &format!(
            "{}event Unhealthy \"Liveness probe failed: Get \\\"http://10.244.1.7:8080/live\\\": context deadline exceeded\"\n",
            last(137, "Error")
        ),
        &[
            "Critical k8s.probe_failing workload:shop/web | shop/web is killed by its own probe",
            &format!("{loops} 137"),
        ],
    );
    check(
        status,
        &format!(
            "{}log pods is forbidden: User \"system:serviceaccount:shop:default\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"\n",
            last(1, "Error")
        ),
        &[
            "Critical k8s.rbac_denied workload:shop/web | shop/web may not do in the cluster what it needs",
            &format!("{loops} 1"),
        ],
    );
    check(
        "RunContainerError 7 - 21m",
        "container web\nimage shop:2\nready false 7\nwaiting RunContainerError \"failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \\\"/app/srv\\\": stat /app/srv: no such file or directory: unknown\"\nlast 128 StartError \n",
        &[
            "Critical k8s.command_missing workload:shop/web | shop/web cannot run /app/srv",
            &format!("{loops} 128"),
        ],
    );
    check(
        "ImagePullBackOff 0 - 21m",
        "container web\nimage registry.example.com/shop:9\nready false 0\nwaiting ImagePullBackOff \"Back-off pulling image \\\"registry.example.com/shop:9\\\"\"\nevent Failed \"Failed to pull image \\\"registry.example.com/shop:9\\\": rpc error: code = NotFound desc = failed to pull and unpack image: not found\"\n",
        &[
            "Critical k8s.image_pull workload:shop/web | shop/web cannot have registry.example.com/shop:9",
        ],
    );
    check(
        "CreateContainerConfigError 0 - 21m",
        "container web\nimage shop:2\nready false 0\nwaiting CreateContainerConfigError \"secret \\\"shop-db\\\" not found\"\n",
        &[
            "Critical k8s.config_missing workload:shop/web | shop/web waits for what is not there: secret \"shop-db\" not found",
        ],
    );
    check(
        "Init:CrashLoopBackOff 7 90s 21m",
        "init migrate\nimage shop:2\nready false 7\nwaiting CrashLoopBackOff \"back-off\"\nlast 2 Error \ncontainer web\nimage shop:2\nready false 0\nwaiting PodInitializing \n",
        &[&format!("{loops} 2")],
    );
    check(
        "Pending 0 - 21m",
        "phase Pending\ncondition PodScheduled Unschedulable \"0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu.\"\n",
        &["Critical k8s.unschedulable workload:shop/web | No node takes shop/web"],
    );
    check(
        "ContainerCreating 0 - 21m",
        "phase Pending\nnode worker-1\ncontainer web\nimage shop:2\nready false 0\nwaiting ContainerCreating \nevent FailedMount \"MountVolume.SetUp failed for volume \\\"conf\\\" : configmap \\\"shop\\\" not found\"\n",
        &["Critical k8s.mount_failed workload:shop/web | shop/web waits for a volume"],
    );
    check(
        "ContainerCreating 0 - 21m",
        "phase Pending\nnode worker-1\ncontainer web\nimage shop:2\nready false 0\nwaiting ContainerCreating \nevent FailedCreatePodSandBox \"Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type=\\\"flannel\\\" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory\"\n",
        &["Critical k8s.cni_failed workload:shop/web | shop/web gets no network on its node"],
    );
    check(
        "Running 0 - 21m",
        "phase Running\ncontainer web\nimage shop:2\nready false 0\nevent Unhealthy \"Readiness probe failed: HTTP probe failed with statuscode: 503\"\n",
        &["Critical k8s.probe_failing workload:shop/web | shop/web runs, but is not ready"],
    );
    check(
        "Evicted 0 - 20m",
        "phase Failed\nreason Evicted\nmessage \"The node was low on resource: memory. \"\n",
        &["Warning k8s.evicted workload:shop/web | shop/web was evicted from its node"],
    );
}

#[test]
fn what_is_no_trouble() {
    for status in [
        "Terminating 0 - 1h",
        "ContainerCreating 0 - 9s",
        "Running 0 - 40s",
        "Init:0/1 0 - 30s",
    ] {
        check(status, "", &[]);
    }
    check(
        "Evicted 0 - 8d",
        "",
        &["Info k8s.evicted workload:shop/web | shop/web was evicted from its node"],
    );
    check(
        "CrashLoopBackOff 9 2m 21m",
        "gone Error from server (NotFound): pods \"web-7d9c6b60f-x2x9z\" not found\n",
        &[],
    );
}

#[test]
fn nodes() {
    let down = "condition MemoryPressure False KubeletHasSufficientMemory \"kubelet has sufficient memory available\"\ncondition DiskPressure True KubeletHasDiskPressure \"kubelet has disk pressure\"\ncondition Ready False KubeletNotReady \"container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized\"\n";
    let (told, _, asks) = found(&[
        (
            "k8s.list",
            "cluster\nnode w-1 NotReady\nnode w-2 Ready,SchedulingDisabled\nnodes 3\npods 9\n",
        ),
        ("k8s.node w-1", down),
    ]);
    assert_eq!(
        told,
        [
            "Critical k8s.cni_failed node:w-1 | Node w-1 has no network for pods",
            "Warning k8s.node_pressure node:w-1 | Node w-1 is short: DiskPressure",
            "Critical k8s.node_not_ready node:w-1 | Node w-1 is not ready",
            "Info k8s.node_cordoned node:w-2 | Node w-2 takes no new pods: it is cordoned",
        ]
    );
    assert_eq!(asks, ["k8s.node w-2"]);
    let waits = "phase Pending\ncondition PodScheduled Unschedulable \"0/2 nodes are available: 1 Insufficient memory, 1 node(s) were unschedulable.\"\n";
    let (told, ..) = found(&[
        (
            "k8s.list",
            "cluster\nnode w-2 Ready,SchedulingDisabled\npod shop web-0 0/1 Pending 0 - 9m\n",
        ),
        ("k8s.pod shop web-0", waits),
    ]);
    assert_eq!(
        told,
        [
            "Warning k8s.node_cordoned node:w-2 | Node w-2 takes no new pods: it is cordoned",
            "Critical k8s.unschedulable workload:shop/web | No node takes shop/web",
        ]
    );
}

#[test]
fn a_node_is_opened_only_where_nothing_else_keeps_pods_away() {
    let offered = |status: &str, taints: &str| {
        let host = HostName::new("web1").unwrap();
        let list = format!("cluster\nnode w-2 {status}\npod shop web-0 0/1 Pending 0 - 9m\n");
        let waits = "phase Pending\ncondition PodScheduled Unschedulable \"0/2 nodes are available: 1 node(s) were unschedulable.\"\n";
        let answers = answers(&[
            ("k8s.list", list.as_str()),
            ("k8s.pod shop web-0", waits),
            ("k8s.node w-2", taints),
        ]);
        let look = Look {
            host: &host,
            answers: &answers,
            window: Window::default(),
        };
        let judged = judge(&look, &Signatures::none());
        judged
            .drafts
            .iter()
            .any(|draft| draft.code == "k8s.node_cordoned" && draft.facts.contains_key("wanted"))
    };
    let own = "taint node.kubernetes.io/unschedulable NoSchedule\ncordoned\n";
    assert!(offered("Ready,SchedulingDisabled", own));
    assert!(!offered(
        "Ready,SchedulingDisabled",
        &format!("{own}taint node.kubernetes.io/disk-pressure NoSchedule\n")
    ));
    assert!(!offered("NotReady,SchedulingDisabled", own));
}

#[test]
fn what_cannot_be_seen() {
    let list = "sickbay: unseen: nodes is forbidden: User oncall cannot list resource nodes in API group  at the cluster scope\ncluster\npods 3\n";
    let (told, gaps, _) = found(&[("k8s.list", list)]);
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(
        gaps,
        [
            "k8s.list: out of reach from here: nodes is forbidden: User oncall cannot list resource nodes in API group  at the cluster scope"
        ]
    );
    let refused = "down 1 The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?\n";
    let title = "k8s.api_down cluster:api | The API of the cluster does not answer: The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?";
    assert_eq!(found(&[("k8s.list", refused)]).0, [format!("Info {title}")]);
    let here = format!("here\n{refused}");
    assert_eq!(
        found(&[("k8s.list", &here)]).0,
        [format!("Critical {title}")]
    );
}

#[test]
fn names_and_spans() {
    let rows = [
        ("web-7d9c6b5f4-x2x9z", "web"),
        ("shop-api-7d9c6b5f4d-x2x9z", "shop-api"),
        ("db-0", "db"),
        ("kube-proxy-abcde", "kube-proxy"),
        ("etcd-master", "etcd-master"),
        ("x", "x"),
    ];
    for (name, want) in rows {
        let row = Row {
            namespace: "n".to_owned(),
            name: name.to_owned(),
            ..Row::default()
        };
        assert_eq!(row.workload(), format!("n/{want}"), "{name}");
    }
    for (text, want) in [
        ("9s", 9),
        ("21m", 1260),
        ("3h5m", 11_100),
        ("26d", 2_246_400),
        ("<unknown>", 0),
    ] {
        assert_eq!(span(text), want, "{text}");
    }
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(list in "(pod [a-z0-9 :/-]{0,60}\n|node .{0,30}\n|down .{0,20}\n){0,6}", pod in "((waiting|last|set|event|condition|mine|container|image) .{0,60}\n){0,8}") {
        let _found = found(&[("k8s.list", &list), ("k8s.pod a a", &pod), ("k8s.node a", &pod)]);
    }
}
