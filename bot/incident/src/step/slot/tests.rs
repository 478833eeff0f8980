//! What passes for a kernel module, a release and a number of minutes, and what does not.

use super::Slot;

#[test]
fn module_names_releases_and_minutes() {
    let long = "x".repeat(65);
    let rows: [(Slot, &[&str], &[&str]); 7] = [
        (
            Slot::Module,
            &["br_netfilter", "nf-conntrack", "8021q", "_x"],
            &["", "-r", "a.ko", "../x", "/x", "a b", "a\nb", "é", &long],
        ),
        (
            Slot::Release,
            &["6.1.0-18-amd64", "5.14.0-427.el9.x86_64", "6.8~rc1+b2"],
            &["", "-a", ".x", "..", "6..1", "6/1", "6 1", &long],
        ),
        (
            Slot::Minutes,
            &["1", "9", "59", "60"],
            &["", "0", "05", "61", "256", "-1", "+5", "1.5", "now"],
        ),
        (
            Slot::Engine,
            &["docker", "podman", "nerdctl"],
            &["", "Docker", "/usr/bin/docker", "sh", "docker "],
        ),
        (
            Slot::Container,
            &["web", "shop_api-1", "9a.b"],
            &["", "-f", "_x", ".x", "a b", "a/b", "$x", "a\nb", "é"],
        ),
        (
            Slot::KubeName,
            &["web", "ip-10-0-0-1.eu.internal", "9a", "a"],
            &[
                "", "-a", "a-", "A", "a_b", "a..b", "a.", "a/b", "a b", "a\n", &long,
            ],
        ),
        (
            Slot::Workload,
            &["deployment/web", "statefulset/db", "daemonset/kube-proxy"],
            &[
                "",
                "web",
                "deployment/",
                "pod/web",
                "deployment/-x",
                "deployment/a/b",
                "Deployment/a",
            ],
        ),
    ];
    for (slot, good, bad) in rows {
        for text in good {
            assert_eq!(slot.check(text), Ok(()), "{slot:?} {text:?}");
        }
        for text in bad {
            assert!(slot.check(text).is_err(), "{slot:?} {text:?}");
        }
    }
}
