//! What changed: a host is well and its baseline is taken, something is done to it, and both the diagnosis and the comparison say what.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use incident::{EvidenceId, Moment, ResponderId};
use serde_json::Value;
use store::{Baseline, Store};
use tokio::net::TcpListener;

use crate::bad_input::Place;
use crate::bot::{GHOST, LONG};
use crate::lab::{Host, both};
use crate::schema;

const PREPARE: &str = "systemctl enable --now nginx redis-server 2>&1; eventually 20 curl -fs http://127.0.0.1/ >/dev/null";

/// The changes as `area name aspect`.
fn changes(since: &Value) -> Vec<String> {
    let word = |one: &Value, key: &str| one[key].as_str().unwrap_or("").to_owned();
    let list = since["changes"].as_array();
    let list = list.unwrap_or_else(|| panic!("no changes: {since:#}"));
    list.iter()
        .map(|one| {
            format!(
                "{} {} {}",
                word(one, "area"),
                word(one, "name"),
                word(one, "aspect")
            )
        })
        .collect()
}

/// The host is compared with its baseline, without a diagnosis.
fn differs(host: &Host, more: &[&str]) -> (i32, Value) {
    let args: Vec<&str> = more
        .iter()
        .copied()
        .chain(["baseline", "diff", &host.name])
        .collect();
    let (code, told) = host.sickbay(&args);
    (code, told["hosts"][0]["baseline"].clone())
}

fn take(host: &Host, more: &[&str]) -> (i32, Value) {
    let args: Vec<&str> = more
        .iter()
        .copied()
        .chain(["baseline", "take", &host.name])
        .collect();
    let (code, told) = host.sickbay(&args);
    (code, told["hosts"][0].clone())
}

#[test]
#[ignore = "needs the lab"]
fn what_was_done_to_a_host_is_told() {
    let host = Host::up("baseline-told", "systemd");
    host.must("prepare", PREPARE);
    let (code, without) = host.sickbay(&["diagnose", &host.name]);
    assert_eq!(
        (code, &without["hosts"][0]["baseline"]),
        (0, &Value::Null),
        "{without:#}"
    );
    let asked = |told: &Value| {
        let all = told["hosts"][0]["evidence"].as_array().unwrap().clone();
        all.iter().any(|one| one["probe"] == "baseline.take")
    };
    assert!(
        !asked(&without),
        "a host without a baseline is asked what it is made of"
    );
    let (code, none) = differs(&host, &[]);
    assert_eq!((code, none), (2, Value::Null));

    let (code, taken) = take(&host, &[]);
    assert_eq!((code, &taken["taken"]), (0, &true.into()), "{taken:#}");
    let (code, same) = differs(&host, &[]);
    assert_eq!((code, changes(&same)), (0, Vec::new()), "{same:#}");

    host.must(
        "do this and that",
        "sed -i s/worker_connections/worker_conections/ /etc/nginx/nginx.conf; ! systemctl restart nginx 2>/dev/null; \
         systemctl disable --now redis-server 2>/dev/null; useradd -m bob; sysctl -qw net.ipv4.tcp_fin_timeout=33; \
         chmod 0600 /etc/hosts.deny; dpkg --purge busybox >/dev/null",
    );
    let (code, told) = differs(&host, &[]);
    assert_eq!(code, 1);
    let expected = [
        "unit redis-server.service enabled",
        "unit nginx.service runs",
        "port 6379/tcp presence",
        "port 80/tcp presence",
        "file /etc/hosts.deny mode",
        "file /etc/nginx/nginx.conf content",
        "package busybox:amd64 presence",
        "sysctl net.ipv4.tcp_fin_timeout value",
        "user bob presence",
        "group bob presence",
    ];
    assert_eq!(changes(&told), expected, "{told:#}");

    let (code, seen) = host.sickbay(&["diagnose", &host.name]);
    schema::holds(&seen);
    assert_eq!(code, 1);
    let since = &seen["hosts"][0]["baseline"];
    let mut all = changes(since);
    // What the root cause is about comes first.
    assert_eq!(all[0], "file /etc/nginx/nginx.conf content", "{since:#}");
    assert_eq!(since["changes"][0]["touches"], "f-1");
    let root = &seen["hosts"][0]["findings"][0];
    assert_eq!(root["code"], "nginx.config_syntax");
    let detail = root["detail"].as_str().unwrap();
    assert!(
        detail.contains("/etc/nginx/nginx.conf was edited"),
        "{detail}"
    );
    all.sort();
    let mut expected = expected.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(all, expected);
    // A change is no finding.
    let loud = seen["hosts"][0]["findings"].as_array().unwrap();
    assert!(
        loud.iter()
            .all(|one| !one["code"].as_str().unwrap().starts_with("baseline"))
    );

    let out = host.command(&["diagnose", &host.name]).output().unwrap();
    let text = both(&out);
    assert!(text.contains("Changed since the baseline of "), "{text}");
    assert!(
        text.contains("/etc/nginx/nginx.conf was edited (f-1)"),
        "{text}"
    );
    assert!(
        text.contains("and 5 more; sickbay baseline diff baseline-told --all lists them"),
        "{text}"
    );
    let out = host
        .command(&["--locale", "zh", "baseline", "diff", &host.name])
        .output()
        .unwrap();
    assert!(
        both(&out).contains("/etc/nginx/nginx.conf 被修改过"),
        "{}",
        both(&out)
    );

    // It is not well now.
    let (code, refused) = take(&host, &[]);
    assert_eq!((code, &refused["taken"]), (2, &false.into()), "{refused:#}");
    let says = refused["says"].as_str().unwrap();
    assert!(
        says.contains("no baseline is taken, since something is wrong: nginx refuses"),
        "{says}"
    );
    let (code, still) = differs(&host, &[]);
    assert_eq!((code, still["changes"].as_array().unwrap().len()), (1, 10));
    let (code, _) = host.sickbay(&["baseline", "take", "--anyway", &host.name]);
    assert_eq!(code, 0);
    let (code, same) = differs(&host, &[]);
    assert_eq!((code, changes(&same)), (0, Vec::new()));
    // The one before it counts again.
    let (code, _) = host.sickbay(&["baseline", "drop", &host.name]);
    assert_eq!((code, differs(&host, &[]).0), (0, 1));
    let (code, audit) = host.sickbay(&["audit", "verify"]);
    assert_eq!(code, 0, "{audit:#}");
}

#[test]
#[ignore = "needs the lab"]
fn what_comes_and_goes_by_itself_is_not_told() {
    let host = Host::up("baseline-quiet", "systemd");
    host.must("prepare", PREPARE);
    let (code, taken) = take(&host, &[]);
    assert_eq!((code, &taken["taken"]), (0, &true.into()), "{taken:#}");
    host.must(
        "an ordinary day",
        "systemctl restart nginx redis-server cron; systemctl start logrotate dpkg-db-backup systemd-tmpfiles-clean; logrotate -f /etc/logrotate.conf 2>/dev/null || true; \
         systemctl reload nginx; systemctl daemon-reexec; systemd-run --unit=passing sleep 300 2>/dev/null; systemd-run --scope --quiet true; \
         su - plain -c true; touch /etc/hosts /etc/nginx/nginx.conf; logger hello; ip link add veth-a type veth peer name veth-b; \
         systemd-run --unit=ephemeral python3 -c 'import socket,time; s=[socket.create_server((\"127.0.0.1\",0)) for _ in range(3)]; time.sleep(300)' 2>/dev/null; \
         eventually 20 curl -fs http://127.0.0.1/ >/dev/null",
    );
    let (code, same) = differs(&host, &[]);
    assert_eq!((code, changes(&same)), (0, Vec::new()), "{same:#}");
    let (code, seen) = host.sickbay(&["diagnose", &host.name]);
    assert_eq!(
        (code, changes(&seen["hosts"][0]["baseline"])),
        (0, Vec::new()),
        "{seen:#}"
    );
    let out = host.command(&["diagnose", &host.name]).output().unwrap();
    assert!(!both(&out).contains("the baseline of"), "{}", both(&out));
}

/// Settings in which a host is reached as an account without sudo.
fn unprivileged(host: &Host) -> PathBuf {
    let path = host.state.path().join("plain.toml");
    let text = format!(
        "version = 1\n[hosts.{}]\nuser = \"plain\"\nprivilege = \"none\"\n",
        host.name
    );
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
#[ignore = "needs the lab"]
fn without_root_less_is_known_and_nothing_is_gone() {
    let host = Host::up("baseline-plain", "systemd");
    host.must("prepare", PREPARE);
    let plain = unprivileged(&host);
    let plain = ["--config", plain.to_str().unwrap()];
    // Taken as root, compared without.
    let (code, taken) = take(&host, &[]);
    assert_eq!(code, 0, "{taken:#}");
    let (code, told) = differs(&host, &plain);
    // Not all could be compared, so nobody may take it for the same.
    assert_eq!((code, changes(&told)), (3, Vec::new()), "{told:#}");
    assert_eq!(told["unseen"], serde_json::json!(["program"]));
    assert!(told["unread_files"].as_u64().unwrap() > 3, "{told:#}");
    // Taken without, compared without: a file that cannot be read is known by its size and time.
    let (code, taken) = take(&host, &plain);
    assert_eq!(code, 0, "{taken:#}");
    host.must("do", "systemctl disable --now redis-server 2>/dev/null; echo '# x' >>/etc/sudoers.d/README; echo 1.2.3.4 x >>/etc/hosts");
    let (code, told) = differs(&host, &plain);
    assert_eq!(code, 1);
    assert_eq!(
        changes(&told),
        [
            "unit redis-server.service enabled",
            "port 6379/tcp presence",
            "file /etc/hosts content",
            "file /etc/sudoers.d/README content",
        ],
        "{told:#}"
    );
    assert_eq!(
        (&told["unseen"], &told["unread_files"]),
        (&serde_json::json!([]), &0.into())
    );
}

#[test]
#[ignore = "needs the lab"]
fn another_machine_of_the_same_name_is_not_compared() {
    for init in ["systemd", "busybox"] {
        let name = format!("baseline-other-{init}");
        let mut host = Host::up(&name, init);
        let (code, taken) = take(&host, &[]);
        assert_eq!(code, 0, "{taken:#}");
        let (code, same) = differs(&host, &[]);
        assert_eq!((code, changes(&same)), (0, Vec::new()), "{same:#}");
        // Those of BusyBox have no machine-id, and all of the lab have the same host keys.
        if init == "busybox" {
            continue;
        }
        let state = std::mem::replace(&mut host.state, tempfile::tempdir().unwrap());
        drop(host);
        let mut again = Host::up(&name, init);
        again.state = state;
        let (code, other) = differs(&again, &[]);
        assert_eq!(
            (code, &other["not_compared"]),
            (3, &"another_machine".into()),
            "{other:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_are_compared_side_by_side_and_told_in_their_order() {
    let place = Place::new();
    // Some incident, which the baselines are of; there is no text to compare with, and the hosts are asked all the same.
    let ghost = place.file("ghost.toml", format!("version = 1\n{GHOST}"));
    let seen = place.run(&["diagnose", "ghost", "--json", "--config", &ghost]);
    let seen: Value = serde_json::from_str(&seen.out).unwrap();
    let incident = seen["incident"].as_str().unwrap();
    let at = Moment(jiff::Timestamp::now().as_millisecond());
    let store = Store::open(&place.path().join("state"), at).await.unwrap();
    let mut settings = String::from("version = 1\n");
    let mut silent = Vec::new();
    // Hosts that take connections and say nothing: whoever waits for one before the next waits long.
    for name in ["s3", "s1", "s2"] {
        let host = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = host.local_addr().unwrap().port();
        writeln!(
            settings,
            "[hosts.{name}]\naddress = \"127.0.0.1\"\nport = {port}"
        )
        .unwrap();
        silent.push(host);
        let baseline = Baseline {
            host: name.parse().unwrap(),
            taken_at: at,
            taken_by: ResponderId::new("ada").unwrap(),
            host_key: "SHA256:abc".to_owned(),
            incident: incident.parse().unwrap(),
            evidence: EvidenceId::nth(1),
            hash: "sha256:00".to_owned(),
        };
        store.keep_baseline(baseline).await.unwrap();
    }
    settings.push_str("[hosts.s4]\naddress = \"127.0.0.1\"\n");
    store.close().await;
    let config = place.file("sickbay.toml", settings);
    let args = [
        "baseline", "diff", "s3", "s4", "s1", "s2", "--json", "--config", &config,
    ];
    let program = place
        .command(&args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let all = async {
        let mut held = Vec::new();
        for host in &silent {
            held.push(host.accept().await.unwrap());
        }
        held
    };
    let held = tokio::time::timeout(LONG, all).await;
    drop(held.expect("one host is waited for before the next is asked"));
    drop(silent);
    let ended = tokio::task::spawn_blocking(|| program.wait_with_output());
    let ended = ended.await.unwrap().unwrap();
    assert_eq!(ended.status.code(), Some(3));
    let told: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let hosts = told["hosts"].as_array().unwrap();
    let names: Vec<&str> = hosts
        .iter()
        .filter_map(|one| one["host"].as_str())
        .collect();
    assert_eq!(names, ["s3", "s4", "s1", "s2"]);
    for host in hosts {
        let error = host["error"].as_str().unwrap();
        let without = host["host"] == "s4";
        assert_eq!(error.contains("there is no baseline"), without, "{error}");
        assert!(!error.is_empty() && host["baseline"].is_null(), "{host}");
    }
}
