//! Every command that a script may want prints one JSON object, with its version.

use serde_json::Value;

use crate::bad_input::Place;

/// Runs a command with `--json` and gives what it printed, which must have these fields and no others.
#[track_caller]
fn prints(place: &Place, args: &[&str], code: i32, fields: &[&str]) -> Value {
    let said = place.run(&[args, &["--json"]].concat());
    let value: Value = serde_json::from_str(&said.out)
        .unwrap_or_else(|why| panic!("{args:?}: {why}: {}{}", said.out, said.err));
    let mut printed: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut wanted = [fields, &["version"]].concat();
    printed.sort_unstable();
    wanted.sort_unstable();
    assert_eq!((said.code, printed), (code, wanted), "{args:?}");
    assert_eq!(value["version"], 1, "{args:?}");
    value
}

#[test]
fn commands_without_a_host() {
    let place = Place::new();
    let diagnosis = [
        "incident",
        "summary",
        "hosts",
        "withheld",
        "seen_before",
        "may_fit",
    ];
    let ssh = place.file("config", "Host gone\n  HostName 127.0.0.1\n  Port 1\n");
    let with = |args: &[&'static str]| -> Vec<String> {
        args.iter()
            .map(|arg| (*arg).to_owned())
            .chain(["--ssh-config".to_owned(), ssh.clone()])
            .collect()
    };
    let check = |args: &[&'static str], code, fields: &[&str]| {
        let args = with(args);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        prints(&place, &args, code, fields)
    };
    let seen = check(&["diagnose", "gone"], 3, &diagnosis);
    crate::schema::holds(&seen);
    let listed = check(&["hosts", "list"], 0, &["hosts"]);
    assert_eq!(listed["hosts"][0]["host"], "gone");
    let walk = check(&["hosts", "check", "gone"], 3, &["hosts"]);
    assert_eq!(walk["hosts"][0]["reachable"], false);
    assert_eq!(walk["hosts"][0]["steps"][1]["outcome"], "stopped");

    let check = |args: &[&str], code, fields: &[&str]| prints(&place, args, code, fields);
    check(&["proposals"], 0, &["proposals"]);
    let refused = ["proposal", "outcome", "why"];
    for verb in ["approve", "reject", "dry-run", "rollback"] {
        check(&[verb, "k7f3qa-1"], 2, &refused);
    }
    let incidents = check(&["incident", "list"], 0, &["incidents"]);
    let id = incidents["incidents"][0]["id"].as_str().unwrap();
    let shown = ["opened_at", "symptom", "status", "remediations"];
    let shown = [&diagnosis[..], &shown].concat();
    check(&["incident", "show", id], 0, &shown);
    check(&["incident", "timeline", id], 0, &["incident", "timeline"]);
    let account = [
        "incident", "status", "times", "happened", "tried", "known", "decided",
    ];
    let told = check(
        &["incident", "summarise", id],
        0,
        &[&account[..], &["open", "next", "highlights"]].concat(),
    );
    assert_eq!(told["happened"][0]["source"]["fact"], 1);
    assert_eq!(
        told["next"],
        "Find out why gone cannot be looked at: sickbay hosts check gone"
    );
    let draft = ["incident", "postmortem"];
    check(&["incident", "postmortem", id], 0, &draft);
    let said = ["incident", "by", "status"];
    check(&["incident", "ack", id], 0, &said);
    check(&["incident", "ack", id], 2, &["incident", "outcome", "why"]);
    let over = check(&["incident", "resolve", id, "--note", "a cable"], 0, &said);
    assert_eq!(over["status"], "resolved");
    check(
        &["incident", "resolve", id],
        2,
        &["incident", "outcome", "why"],
    );
    let audit = ["sound", "why", "records", "incidents"];
    check(&["audit", "verify"], 0, &audit);
    check(&["recover"], 0, &["done", "waiting", "stuck"]);
    check(&["doctor"], 0, &["fine", "lines"]);
    let books = check(&["runbook", "list"], 0, &["runbooks"]);
    let book = books["runbooks"][0]["id"].as_str().unwrap();
    let about = [
        "id",
        "runbook_version",
        "title",
        "risk",
        "findings",
        "has_fix",
        "text",
    ];
    check(&["runbook", "show", book], 0, &about);
    let found = check(
        &["runbook", "search", "证书", "expired"],
        0,
        &["runbooks", "seen_before"],
    );
    assert_eq!(found["runbooks"][0]["id"], "tls-expired");
    let strange = check(
        &["runbook", "search", "打印机没纸了"],
        0,
        &["runbooks", "seen_before"],
    );
    assert_eq!(strange["runbooks"].as_array().map(Vec::len), Some(0));
    check(&["runbook", "lint"], 0, &["files", "problems"]);
    check(&["runbook", "actions"], 0, &["actions"]);
    check(&["explain"], 0, &["codes"]);
    let code = [
        "code", "title", "severity", "meaning", "detected", "causes", "usual", "runbooks",
    ];
    check(&["explain", "fs.full"], 0, &code);
}
