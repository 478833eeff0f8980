//! Approvals that come twice, too late or at once, and for a host that is no longer what the card showed.

use serde_json::Value;

use crate::lab::{Host, both};

/// A service with a fault that a runbook mends, and a counter of its starts.
const PREPARE: &str = r#"
mkdir -p /opt/twice /var/lib/twice
printf '#!/bin/sh\necho started >>/var/lib/twice/starts\nexec sleep infinity\n' >/opt/twice/run
printf '[Unit]\nDescription=Counts its starts\n[Service]\nExecStart=/opt/twice/run\n[Install]\nWantedBy=multi-user.target\n' \
  >/etc/systemd/system/twice.service
systemctl daemon-reload
systemctl enable twice 2>/dev/null
"#;

const BREAK: &str = r#"
systemctl stop twice; rm -f /var/lib/twice/starts
chmod 0644 /opt/twice/run
systemctl reset-failed twice 2>/dev/null || true
systemctl start twice 2>/dev/null || true
eventually 10 systemctl is-failed -q twice
"#;

/// Breaks the host anew and gives the id of the fix that is offered; each time with a state directory of its own.
#[track_caller]
fn offer(host: &mut Host, more: &[&str]) -> String {
    host.state = tempfile::tempdir().unwrap();
    host.must("break", BREAK);
    let name = host.name.clone();
    let args = [&["diagnose", name.as_str()], more].concat();
    let (code, seen) = host.sickbay(&args);
    crate::schema::holds(&seen);
    assert_eq!(code, 1);
    let offered = seen["hosts"][0]["proposals"].as_array().unwrap();
    let fix = offered
        .iter()
        .find(|one| one["runbook"] == "unit-exec-permission");
    let Some(id) = fix.and_then(|one| one["id"].as_str()) else {
        panic!("the fix is not offered: {:#}", seen["hosts"][0]["findings"]);
    };
    id.to_owned()
}

fn starts(host: &Host) -> usize {
    host.must("counting", "cat /var/lib/twice/starts 2>/dev/null || true")
        .lines()
        .count()
}

/// What a refusal looks like: exit code 2, `refused`, and a reason that says what to do.
#[track_caller]
fn refused(said: &(i32, Value), why: &str) {
    let (code, value) = said;
    assert_eq!(
        (*code, value["outcome"].as_str()),
        (2, Some("refused")),
        "{value:#}"
    );
    let given = value["why"].as_str().unwrap();
    assert!(given.contains(why), "{given:?} does not say {why:?}");
}

#[test]
#[ignore = "needs the lab"]
fn approvals_that_come_wrong() {
    let mut host = Host::up("it-approvals", "systemd");
    host.must("prepare", PREPARE);

    // A slip of the finger, and the same approval twice.
    let id = offer(&mut host, &[]);
    let (letters, number) = id.split_once('-').unwrap();
    let last = if letters.ends_with('x') { 'z' } else { 'x' };
    let slip = format!("{}{last}-{number}", &letters[..5]);
    refused(
        &host.sickbay(&["approve", &slip]),
        &format!("there is no proposal {slip}; did you mean {id}?"),
    );
    let (code, first) = host.sickbay(&["approve", &id]);
    assert_eq!(
        (code, &first["outcome"]),
        (0, &"verified".into()),
        "{first:#}"
    );
    refused(&host.sickbay(&["approve", &id]), "is over (verified");
    refused(&host.sickbay(&["reject", &id]), "is over (verified");
    assert_eq!(starts(&host), 1);

    // Two at the same moment.
    let id = offer(&mut host, &[]);
    let start = || {
        host.command(&["approve", &id, "--json"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let both_of_them = [start(), start()];
    let mut said: Vec<(i32, Value)> = both_of_them
        .into_iter()
        .map(|child| {
            let out = child.wait_with_output().unwrap();
            let value = serde_json::from_slice(&out.stdout);
            let value = value.unwrap_or_else(|why| panic!("{why}: {}", both(&out)));
            (out.status.code().unwrap_or(-1), value)
        })
        .collect();
    said.sort_by_key(|(code, _)| *code);
    assert_eq!(
        (said[0].0, &said[0].1["outcome"]),
        (0, &"verified".into()),
        "{said:#?}"
    );
    refused(&said[1], "it runs once");
    assert_eq!(starts(&host), 1);

    // Somebody mended it by hand.
    let id = offer(&mut host, &[]);
    host.must("mend", "chmod 0755 /opt/twice/run; systemctl restart twice");
    refused(
        &host.sickbay(&["approve", &id]),
        "is not there any more; nothing was changed",
    );
    assert_eq!(starts(&host), 1, "only the one by hand");

    // Somebody changed what a step would change.
    let id = offer(&mut host, &[]);
    host.must("change", "chmod 0600 /opt/twice/run");
    let (fits, dry) = host.sickbay(&["dry-run", &id]);
    assert_eq!((fits, &dry["fits"]), (1, &false.into()), "{dry:#}");
    refused(&host.sickbay(&["approve", &id]), "0600");
    assert_eq!(starts(&host), 0);

    // Nobody came in time.
    let config = host.state.path().with_extension("toml");
    std::fs::write(
        &config,
        "version = 1\n[people.ana]\nuids = [0]\n[[policy]]\nrisk = [\"low\"]\nhosts = \"all\"\napprovers = [\"ana\"]\nrequester = true\nexpires = \"1s\"\n",
    )
    .unwrap();
    let config = config.display().to_string();
    let id = offer(&mut host, &["--config", &config]);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while host.sickbay(&["proposals", "--config", &config]).1["proposals"] != Value::Array(vec![]) {
        assert!(std::time::Instant::now() < until, "it never expires");
    }
    refused(
        &host.sickbay(&["approve", &id, "--config", &config]),
        "expired; diagnose again to get a fresh one",
    );
    assert_eq!(starts(&host), 0);
    let (sound, audit) = host.sickbay(&["audit", "verify", "--config", &config]);
    assert_eq!(sound, 0, "{audit:#}");
    std::fs::remove_file(config).unwrap();
}
