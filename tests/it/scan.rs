//! A scan of a small fleet: one host is broken, one is away, one is well; and what is other the next time.

use std::fmt::Write as _;

use serde_json::Value;

use crate::lab::{Host, lab_dir};
use crate::schema::scan_holds;

fn codes(scan: &Value, list: &str) -> Vec<String> {
    let lines = scan["change"][list].as_array().unwrap();
    lines
        .iter()
        .map(|line| {
            format!(
                "{} {}",
                line["host"].as_str().unwrap(),
                line["code"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
#[ignore = "needs the lab"]
fn a_fleet_in_one_report() {
    let mut broken = Host::up("scan-web1", "systemd");
    let well = Host::up("scan-db1", "systemd");
    broken.must("prepare", "systemctl enable --now nginx");
    broken.must(
        "inject",
        "chmod 0644 /usr/sbin/nginx; systemctl restart nginx || true",
    );
    let mut config = String::from("Host away\n  Port 81\n");
    for (name, host) in [("web1", &broken), ("db1", &well), ("away", &well)] {
        writeln!(config, "Host {name}\n  HostName {}", host.address()).unwrap();
    }
    let common = format!(
        "Host *\n  User ops\n  IdentityFile {}\n  UserKnownHostsFile {}\n  GlobalKnownHostsFile /dev/null\n",
        lab_dir().join("key").display(),
        lab_dir().join("known_hosts").display()
    );
    let path = broken.state.path().join("ssh_config");
    std::fs::write(&path, config + &common).unwrap();
    broken.ssh_config = Some(path);
    let hosts = broken.state.path().join("inventory.ini");
    std::fs::write(&hosts, "[fleet]\nweb1\ndb1\naway\n").unwrap();
    let hosts = hosts.display().to_string();
    let page = broken.state.path().join("report.html");
    let page = page.display().to_string();
    let scan = || {
        let args = [
            "scan",
            "@fleet",
            "--inventory",
            &hosts,
            "--name",
            "fleet",
            "--out",
            &page,
        ];
        broken.sickbay(&args)
    };

    let (code, seen) = scan();
    scan_holds(&seen);
    assert_eq!(code, 3, "one could not be examined: {seen:#}");
    assert_eq!(
        seen["verdict"],
        "3 hosts: 1 needs somebody, 1 could not be looked at, 1 well"
    );
    let group = &seen["groups"][0];
    assert_eq!(group["code"], "unit.exec_permission", "{seen:#}");
    assert_eq!(group["hosts"], serde_json::json!(["web1"]));
    let names: Vec<&str> = seen["hosts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|host| host["host"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["away", "db1", "web1"]);
    // What a diagnosis does not ask: what the host computes with.
    let about = &seen["hosts"][1]["about"];
    let kinds: Vec<&str> = about
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"system") && kinds.contains(&"processor"),
        "{about:#}"
    );
    assert!(seen["change"].is_null());
    let text = std::fs::read_to_string(&page).unwrap();
    for words in [
        "1 needs somebody",
        "web1",
        "is not executable",
        "<svg",
        "sickbay diagnose web1",
    ] {
        assert!(text.contains(words), "{words} is not on the page");
    }
    let (_, listed) = broken.sickbay(&["incident", "list"]);
    assert_eq!(
        listed["incidents"],
        serde_json::json!([]),
        "a scan is no incident"
    );

    // Mended, and something else is wrong: that is what the next one says first.
    broken.must(
        "mend",
        "chmod 0755 /usr/sbin/nginx; systemctl restart nginx",
    );
    well.must(
        "inject",
        "systemctl enable --now nginx; chmod 0644 /usr/sbin/nginx; systemctl restart nginx || true",
    );
    let (code, seen) = scan();
    scan_holds(&seen);
    assert_eq!(code, 3);
    assert_eq!(
        codes(&seen, "gone"),
        ["web1 unit.exec_permission"],
        "{:#}",
        seen["change"]
    );
    assert_eq!(
        codes(&seen, "new"),
        ["db1 unit.exec_permission"],
        "{:#}",
        seen["change"]
    );
    assert_eq!(seen["change"]["lost_hosts"], serde_json::json!([]));

    // The report says how one goes on, and that works.
    let (code, diagnosed) = broken.sickbay(&["diagnose", "db1", "--inventory", &hosts]);
    assert_eq!(code, 1, "{diagnosed:#}");
    assert_eq!(
        diagnosed["hosts"][0]["proposals"].as_array().map(Vec::len),
        Some(1)
    );
}
