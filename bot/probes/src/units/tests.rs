//! Units: readers and judgements over what real hosts said.

use proptest::prelude::*;

use super::exec::{Mount, Needs, Role};
use super::list::Units;
use super::log::{json, short_unix};
use super::path::{Account, Node, normal, parent, read_ways};
use super::standing::{self, Log};
use super::start;
use crate::draft::Draft;

const BROKEN: &str = include_str!("tests/list-broken.txt");

fn codes(drafts: &[Draft]) -> Vec<String> {
    let mut codes: Vec<_> = drafts
        .iter()
        .map(|draft| format!("{:?} {} {}", draft.severity, draft.code, draft.subject))
        .collect();
    codes.sort();
    codes
}

fn stand(list: &str, journal: &str) -> Vec<String> {
    let log = Log {
        lines: json(journal),
        key: "log.journal 3600".to_owned(),
        ..Log::default()
    };
    let mut drafts = Vec::new();
    standing::judge(&Units::read(list), &log, "unit.list", &mut drafts);
    codes(&drafts)
}

fn needs(text: &str) -> Vec<Draft> {
    let mut drafts = Vec::new();
    start::judge(&Needs::read(text), true, "unit.exec x", &mut drafts);
    drafts
}

/// One unit as `unit.list` shows it, 1000 s after boot.
fn one(properties: &str) -> String {
    format!("manager systemd\nstate degraded\nnow 1795426000.5 1000.00\n{properties}\n")
}

#[test]
fn a_host_with_thirty_broken_units_is_read() {
    insta::assert_snapshot!(stand(BROKEN, "").join("\n"));
}

#[test]
fn a_healthy_host_has_nothing_to_say() {
    let healthy = one(
        "Type=simple\nId=cron.service\nLoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nWantedBy=multi-user.target\n\n\
         Type=oneshot\nId=e2scrub_reap.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=enabled\nConditionResult=yes\nConditionTimestampMonotonic=5\n",
    );
    assert_eq!(stand(&healthy, ""), Vec::<String>::new());
}

#[test]
fn how_podman_asks_after_a_container_is_no_unit_of_its_own() {
    let id = "96d31ecb1fe0153620cb787a521bdd475f9fd6222a9263e9bf9eba8b807f6e59";
    let failed = |id: &str| {
        format!(
            "Id={id}\nLoadState=loaded\nActiveState=failed\nSubState=failed\nResult=start-limit-hit\nType=oneshot\nTransient=no\n"
        )
    };
    assert_eq!(stand(&failed(&format!("{id}.service")), ""), [""; 0]);
    assert_eq!(stand(&failed(&format!("{id}-5a6b.service")), ""), [""; 0]);
    assert!(!stand(&failed(&format!("{}.service", &id[1..])), "").is_empty());
}

#[test]
fn what_was_stopped_by_hand_differs_from_what_ended_by_itself() {
    let rests = one(
        "Type=simple\nId=web.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=enabled\nWantedBy=multi-user.target\n",
    );
    let line = |at: u64, text: &str| {
        format!(
            "{{\"__REALTIME_TIMESTAMP\":\"{at}000000\",\"UNIT\":\"web.service\",\"SYSLOG_IDENTIFIER\":\"systemd\",\"MESSAGE\":\"{text}\"}}\n"
        )
    };
    let by_hand = line(1795425400, "Stopping web.service - Web...")
        + &line(1795425401, "Stopped web.service - Web.");
    assert_eq!(
        stand(&rests, &by_hand),
        ["Warning unit.stopped unit:web.service"]
    );
    let job = line(1795425400, "Started web.service - Web.")
        + &line(1795425410, "web.service: Deactivated successfully.");
    assert_eq!(stand(&rests, &job), ["Info unit.stopped unit:web.service"]);
    let long = line(1795425100, "Started web.service - Web.")
        + &line(1795425410, "web.service: Deactivated successfully.");
    assert_eq!(
        stand(&rests, &long),
        ["Warning unit.stopped unit:web.service"]
    );
    let before_boot = line(1795424400, "Stopping web.service - Web...");
    assert_eq!(
        stand(&rests, &before_boot),
        ["Info unit.stopped unit:web.service"]
    );
}

#[test]
fn a_mask_matters_where_something_asks_for_the_unit() {
    let links = |wants: &str| {
        one("")
            + "-- failed of every kind\n-- links\nmask 1795425900 /etc/systemd/system/redis.service\n"
            + wants
    };
    let asked = links("wants /etc/systemd/system/multi-user.target.wants/redis.service\n");
    assert_eq!(
        stand(&links(""), ""),
        ["Info unit.masked unit:redis.service"]
    );
    assert_eq!(
        stand(&asked, ""),
        ["Warning unit.masked unit:redis.service"]
    );
    let stopped = "{\"__REALTIME_TIMESTAMP\":\"1795425900000000\",\"UNIT\":\"redis.service\",\"SYSLOG_IDENTIFIER\":\"systemd\",\"MESSAGE\":\"Stopped redis.service - Redis.\"}";
    assert_eq!(
        stand(&asked, stopped),
        ["Critical unit.masked unit:redis.service"]
    );
}

#[test]
fn what_keeps_a_unit_from_starting_is_named() {
    fn check(case: &str, expected: &str) {
        let found = needs(case);
        let shown: Vec<_> = found
            .iter()
            .map(|draft| {
                let facts = [
                    "path",
                    "reason",
                    "want_mode",
                    "want_target",
                    "interpreter",
                    "user",
                    "group",
                    "library",
                    "package",
                    "mount",
                    "said_by",
                ];
                let facts: Vec<_> = facts
                    .iter()
                    .filter_map(|name| Some(format!("{name}={}", draft.facts.get(*name)?)))
                    .collect();
                format!("{} {}", draft.code, facts.join(" "))
            })
            .collect();
        assert_eq!(shown.join("; "), expected);
    }
    check(
        include_str!("tests/exec-missing.txt"),
        "unit.exec_missing path=/opt/gone/bin/server",
    );
    check(
        include_str!("tests/exec-no-bit.txt"),
        "unit.exec_permission path=/opt/noexec.sh reason=mode want_mode=0755 user=root group=root",
    );
    check(
        include_str!("tests/exec-noexec-mount.txt"),
        "unit.exec_permission path=/mnt/ne/prog reason=noexec_mount mount=/mnt/ne",
    );
    check(
        include_str!("tests/exec-crlf.txt"),
        "unit.exec_interpreter path=/opt/crlf.sh reason=carriage_return interpreter=/bin/sh",
    );
    check(
        include_str!("tests/exec-env.txt"),
        "unit.exec_interpreter path=/opt/envinterp.sh reason=missing interpreter=node",
    );
    check(
        include_str!("tests/exec-garbage.txt"),
        "unit.exec_interpreter path=/opt/badelf reason=not_a_program interpreter=",
    );
    check(
        include_str!("tests/exec-user.txt"),
        "unit.user_missing user=nosuch",
    );
    check(
        include_str!("tests/exec-group.txt"),
        "unit.user_missing group=nosuchgrp",
    );
    check(
        include_str!("tests/exec-chdir.txt"),
        "unit.working_dir path=/srv/gone reason=missing",
    );
    // The last drop-in that names it is the one that says so.
    let dirs = "/etc/systemd/system/t-chdir.service.d";
    let added = format!(
        "-- who\nset {dirs}/a.conf WorkingDirectory=/srv/gone\nset {dirs}/b.conf WorkingDirectory = -/srv/gone\nset {dirs}/c.conf ExecStart=/srv/gone/x\n"
    );
    check(
        &include_str!("tests/exec-chdir.txt").replace("-- who\n", &added),
        "unit.working_dir path=/srv/gone reason=missing said_by=/etc/systemd/system/t-chdir.service.d/b.conf",
    );
    check(
        include_str!("tests/exec-envfile.txt"),
        "unit.env_file path=/etc/gone.env",
    );
    check(
        include_str!("tests/exec-rwpaths.txt"),
        "file.missing path=/srv/nothere",
    );
    check(
        include_str!("tests/exec-dangling.txt"),
        "file.dangling_link path=/srv/shop/current want_target=/srv/shop/releases/2026-05-02",
    );
    check(
        include_str!("tests/exec-library.txt"),
        "unit.missing_library path=/usr/bin/redis-server library=liblzf.so.1 package=liblzf1",
    );
    check(include_str!("tests/exec-fine.txt"), "");
}

#[test]
fn users_get_where_modes_let_them() {
    let who = Account {
        name: "shop".to_owned(),
        group: "shop".to_owned(),
        home: "/var/lib/shop".to_owned(),
        uid: 997,
        gids: vec![997],
    };
    let node = |mode: &str, uid: u32, gid: u32| {
        Node::read(&format!("{mode} {uid} {gid} a b 1 1 /x")).unwrap()
    };
    assert!(node("81a4", 0, 0).allows(&who, 4));
    assert!(!node("81a4", 0, 0).allows(&who, 2));
    assert!(node("81b0", 0, 997).allows(&who, 4));
    assert!(
        !node("8007", 997, 0).allows(&who, 4),
        "the owner's bits count for the owner alone"
    );
    assert!(
        !node("81a4", 0, 0).allows(&Account::root(), 1),
        "root runs what somebody may run"
    );
    assert!(node("41c0", 997, 0).allows(&Account::root(), 7));
}

#[test]
fn paths_are_taken_apart() {
    assert_eq!(normal("/a/./b//c/../d").as_deref(), Some("/a/b/d"));
    assert_eq!(normal("/../etc"), None);
    assert_eq!(normal("etc"), None);
    assert_eq!(parent("/a/b"), "/a");
    assert_eq!(parent("/a"), "/");
    assert_eq!(parent("/"), "/");
}

#[test]
fn the_holding_mount_is_the_longest() {
    let text = "mount / ext4 rw\nmount /mnt/ne tmpfs rw,noexec\nmount /mnt tmpfs ro";
    let mounts: Vec<_> = text.lines().filter_map(Mount::read).collect();
    assert!(Mount::of(&mounts, "/mnt/ne/x").unwrap().noexec);
    assert!(Mount::of(&mounts, "/mnt/nearby").unwrap().read_only);
}

#[test]
fn log_lines_are_read_in_both_forms() {
    let lines = short_unix(
        "1795425656.314718 web1 nginx[77]: bind() failed\n    and more\n-- Boot 1 --\nsickbay: needs root: x\n",
        "nginx.service",
    );
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].at_ms, Some(1_795_425_656_314));
    assert_eq!(
        (lines[0].program.as_str(), lines[1].text.as_str()),
        ("nginx", "and more")
    );
    let lines =
        json("{\"MESSAGE\":[104,105],\"_SYSTEMD_UNIT\":\"a.service\"}\n{\"MESSAGE\":null}\n{cut");
    assert_eq!(
        (lines[0].text.as_str(), lines[0].unit.as_deref()),
        ("hi", Some("a.service"))
    );
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(text in "\\PC{0,400}", lines in proptest::collection::vec("[a-zA-Z=:/ .0-9-]{0,60}", 0..30)) {
        let joined = lines.join("\n");
        for text in [text.as_str(), joined.as_str()] {
            let _units = stand(text, text);
            let _needs = needs(text);
            let _lines = (short_unix(text, "x.service"), json(text), read_ways(text, |_, _| {}), normal(text), parent(text));
        }
    }

    #[test]
    fn hostile_values_in_known_places_never_panic(value in "\\PC{0,60}", number in any::<u64>()) {
        let list = one(&format!("Id={value}\nActiveState=failed\nNRestarts={number}\nActiveEnterTimestampMonotonic={number}\nInactiveEnterTimestampMonotonic={number}\nResult={value}\n"));
        let _units = stand(&list, "");
        let _needs = needs(&format!("Id=x.service\n-- who\nuser {value}\nids {value}\n-- programs\nexec {value}\npath /{value}\nnode {value}\ndangling {value}\nelf machine {number} of {value}\nlibrary {value} -\n"));
        prop_assert!(Needs::read("").parts.iter().all(|part| part.role != Role::Program));
    }
}

#[test]
fn a_unit_that_runs_between_two_ends_is_still_failing() {
    use crate::signatures::standing_of;
    let list = |restarts: u64, since: u64| {
        one(&format!(
            "Type=simple\nId=web.service\nLoadState=loaded\nActiveState=active\nSubState=running\nNRestarts={restarts}\nActiveEnterTimestampMonotonic={since}\n"
        ))
    };
    // The host's clock says 1795426000.5 s, 1000 s after boot.
    let said_at = 1_795_425_990_000;
    assert!(standing_of(&list(4, 998_000_000), "web.service", said_at));
    assert!(!standing_of(&list(4, 900_000_000), "web.service", said_at));
    assert!(!standing_of(&list(0, 998_000_000), "web.service", said_at));
}

/// nginx writes whole seconds: what it says in the second in which it began is not of the time before.
#[test]
fn a_line_of_the_second_in_which_a_unit_began_counts() {
    use crate::signatures::counts;
    let list = one(
        "Type=simple\nId=web.service\nLoadState=loaded\nActiveState=active\nSubState=running\nNRestarts=0\nActiveEnterTimestampMonotonic=990000000\n",
    );
    // The host's clock says 1795426000.5 s, 1000 s after boot: the unit began at 1795425990.5.
    for (at, expected) in [
        (1_795_425_989_000, false),
        (1_795_425_990_000, true),
        (1_795_425_990_100, false),
        (1_795_425_990_600, true),
        (1_795_425_991_000, true),
    ] {
        assert_eq!(counts(&list, "web.service", at), expected, "{at}");
    }
}
