//! Many hosts in one diagnosis: told in their order, numbered apart, whatever order they answered in and whatever fails.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::lab::{Host, lab_dir};

fn ids(hosts: &[Value], list: &str) -> Vec<String> {
    hosts
        .iter()
        .flat_map(|host| host[list].as_array().unwrap())
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
#[ignore = "needs the lab"]
fn each_in_its_place() {
    let mut host = Host::up("it-many", "systemd");
    host.must("prepare", "systemctl enable --now nginx");
    host.must(
        "inject",
        "chmod 0644 /usr/sbin/nginx; systemctl restart nginx || true",
    );
    // The same host under nine names, between them one that is closed and one with a key that nobody knows.
    let mut config = String::from("Host n3\n  Port 81\nHost n6\n  UserKnownHostsFile /dev/null\n");
    let mut inventory = String::from("[many]\n");
    for n in 0..9 {
        writeln!(config, "Host n{n}\n  HostName {}", host.address()).unwrap();
        writeln!(inventory, "n{n}").unwrap();
    }
    let common = format!(
        "Host *\n  User ops\n  IdentityFile {}\n  UserKnownHostsFile {}\n  GlobalKnownHostsFile /dev/null\n",
        lab_dir().join("key").display(),
        lab_dir().join("known_hosts").display()
    );
    let path = host.state.path().join("ssh_config");
    std::fs::write(&path, config + &common).unwrap();
    host.ssh_config = Some(path);
    let hosts = host.state.path().join("inventory.ini");
    std::fs::write(&hosts, inventory).unwrap();
    let hosts = hosts.display().to_string();

    let (code, seen) = host.sickbay(&["diagnose", "@many", "--inventory", &hosts]);
    assert_eq!(code, 3, "two could not be examined");
    let parts = seen["hosts"].as_array().unwrap();
    let names: Vec<&str> = parts
        .iter()
        .map(|one| one["host"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"]
    );
    for (n, part) in parts.iter().enumerate() {
        let there = n != 3 && n != 6;
        let status = if there { "critical" } else { "unreachable" };
        assert_eq!(part["status"], status, "n{n}: {part:#}");
        let offers = part["proposals"].as_array().unwrap();
        assert_eq!(
            offers.len(),
            usize::from(there),
            "n{n}: {offers:#?} {:#}",
            seen["withheld"]
        );
        for offer in offers {
            assert_eq!(offer["host"], format!("n{n}"));
            assert!(
                ids(std::slice::from_ref(part), "findings")
                    .contains(&offer["answers"][0].as_str().unwrap().to_owned())
            );
        }
    }
    for list in ["evidence", "findings", "proposals"] {
        let all = ids(parts, list);
        let apart: BTreeSet<&String> = all.iter().collect();
        assert_eq!(
            all.len(),
            apart.len(),
            "{list} have ids of their own: {all:?}"
        );
    }
    assert!(
        seen["summary"]["claims"].as_array().unwrap().len() >= 7,
        "{:#}",
        seen["summary"]
    );

    // What was printed is what the journal has, and one of them can be approved by what was printed.
    let incident = seen["incident"].as_str().unwrap();
    let (_, shown) = host.sickbay(&["incident", "show", incident, "--inventory", &hosts]);
    for list in ["evidence", "findings"] {
        assert_eq!(
            ids(shown["hosts"].as_array().unwrap(), list),
            ids(parts, list)
        );
    }
    let id = parts[4]["proposals"][0]["id"].as_str().unwrap();
    let (code, outcome) = host.sickbay(&["approve", id, "--inventory", &hosts]);
    assert_eq!(
        (code, &outcome["outcome"]),
        (0, &"verified".into()),
        "{outcome:#}"
    );
    let (code, audit) = host.sickbay(&["audit", "verify"]);
    assert_eq!(code, 0, "{audit:#}");
}
