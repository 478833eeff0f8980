//! What happens again is told to have happened: when, what fixed it, and how long that took.

use serde_json::Value;

use crate::lab::Host;

/// Breaks a service's program, and gives what a diagnosis says of it.
fn break_and_look(host: &Host) -> Value {
    host.must(
        "break",
        "install -m 0644 /opt/shop/bin/shop /opt/shop/bin/shop.new\n\
         mv /opt/shop/bin/shop.new /opt/shop/bin/shop\n\
         systemctl restart shop || true\n\
         eventually 30 systemctl is-failed shop",
    );
    let (_, seen) = host.sickbay(&["diagnose", &host.name]);
    crate::schema::holds(&seen);
    assert_eq!(
        seen["hosts"][0]["findings"][0]["code"], "unit.exec_permission",
        "{seen:#}"
    );
    seen
}

/// What it says that a person reads.
fn told(host: &Host, args: &[&str]) -> String {
    let out = host.command(args).output().unwrap();
    String::from_utf8_lossy(&out.stdout).into_owned()
}

#[test]
#[ignore = "needs the lab"]
fn a_fault_that_comes_back_was_seen_before() {
    let host = Host::up("it-before", "systemd");
    host.must(
        "prepare",
        "systemctl enable --now shop\n\
         eventually 20 curl -fs http://127.0.0.1:8080/",
    );
    let first = break_and_look(&host);
    assert_eq!(first["seen_before"], serde_json::json!([]));
    let fix = first["hosts"][0]["proposals"][0]["id"].as_str().unwrap();
    let (_, outcome) = host.sickbay(&["approve", fix]);
    assert_eq!(outcome["outcome"], "verified", "{outcome:#}");

    let second = break_and_look(&host);
    let before = &second["seen_before"][0];
    assert_eq!(
        second["seen_before"].as_array().map(Vec::len),
        Some(1),
        "{second:#}"
    );
    assert_eq!(before["incident"], first["incident"]);
    assert_eq!(before["finding"], "f-1");
    assert_eq!(before["host"], host.name.as_str());
    assert_eq!(before["runbook"], "unit-exec-permission");
    assert!(before["took_ms"].as_i64().unwrap() > 0, "{before:#}");

    // People are told on one line, the search finds what fixed it, and the journal is as sound as before.
    let id = first["incident"].as_str().unwrap();
    let seen = told(&host, &["diagnose", &host.name, "--locale", "en"]);
    let line = seen
        .lines()
        .find(|line| line.starts_with("Seen before (f-1): it-before, "));
    assert!(
        line.is_some_and(|line| line.contains("by unit-exec-permission")),
        "{seen}"
    );
    let found = told(
        &host,
        &["runbook", "search", "shop 没有执行权限", "--locale", "en"],
    );
    assert!(found.contains("unit-exec-permission: "), "{found}");
    assert!(found.contains(id), "{found}");
    let (code, audit) = host.sickbay(&["audit", "verify"]);
    assert_eq!(code, 0, "{audit:#}");
}
