//! The fault harness: the binary is killed at every durable boundary and at random, and the host tells what really ran.
//!
//! The fix starts a service whose program writes a line each time it starts, so the host itself counts how often the
//! fix ran. What must hold at the end of every run: the fix ran at most once for each approval, an approval that was
//! taken is never lost, no outcome is made up, and the journal verifies. A control with the guard's look-up taken out
//! must be caught by the same check.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::lab::{Host, both};

/// Where the binary can be killed between two durable steps, in the order in which a fix passes them.
const BOUNDARIES: [&str; 11] = [
    "app::before_append",
    "store::append::before_commit",
    "store::append::after_commit",
    "app::after_append",
    "app::after_approve",
    "store::lease::after_commit",
    "app::after_lease",
    "app::before_dispatch",
    "app::after_dispatch",
    "app::after_report",
    "store::finish::after_commit",
];

/// A service with a fault that a runbook mends, and a counter of its starts.
const PREPARE: &str = r#"
mkdir -p /opt/counted /var/lib/counted
printf '#!/bin/sh\necho started >>/var/lib/counted/starts\nexec sleep infinity\n' >/opt/counted/run
chmod 0644 /opt/counted/run
printf '[Unit]\nDescription=Counts its starts\n[Service]\nExecStart=/opt/counted/run\n[Install]\nWantedBy=multi-user.target\n' \
  >/etc/systemd/system/counted.service
systemctl daemon-reload
systemctl enable counted 2>/dev/null
"#;

/// Puts the fault back and the counter to nothing; the journal of the guard stays.
const BREAK: &str = r#"
systemctl stop counted; rm -f /var/lib/counted/starts
chmod 0644 /opt/counted/run
systemctl reset-failed counted 2>/dev/null || true
systemctl start counted 2>/dev/null || true
eventually 10 systemctl is-failed -q counted
"#;

fn starts(host: &Host) -> usize {
    host.must(
        "counting",
        "cat /var/lib/counted/starts 2>/dev/null || true",
    )
    .lines()
    .count()
}

/// Diagnoses the broken host and gives the id of the fix. Each round has a state directory's worth of cooldowns, so a
/// round has a state directory of its own.
fn propose(host: &Host) -> String {
    let (_, seen) = host.sickbay(&["diagnose", &host.name]);
    let proposals = seen["hosts"][0]["proposals"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let fix = proposals
        .iter()
        .find(|one| one["runbook"] == "unit-exec-permission");
    let Some(id) = fix.and_then(|one| one["id"].as_str()) else {
        panic!("the fix is not offered: {:#}", seen["hosts"][0]["findings"]);
    };
    id.to_owned()
}

/// Starts an approval that dies at a fail point the `nth` time it is reached.
fn approve_dying(host: &Host, id: &str, point: &str, nth: usize) -> std::process::Output {
    let passes = nth.saturating_sub(1);
    let action = if passes == 0 {
        "return".to_owned()
    } else {
        format!("{passes}*off->return")
    };
    host.command(&["approve", id, "--json"])
        .env("FAILPOINTS", format!("{point}={action}"))
        .output()
        .unwrap_or_else(|error| panic!("sickbay does not start: {error}"))
}

/// Lets whatever is left finish, as the next person at a terminal would, and gives the timeline.
fn settle(host: &Host, id: &str) -> Vec<Value> {
    let until = Instant::now() + Duration::from_secs(90);
    loop {
        let (_, recovered) = host.sickbay(&["recover"]);
        if recovered["waiting"] == 0 {
            break;
        }
        assert!(Instant::now() < until, "effects never end: {recovered:#}");
        std::thread::yield_now();
    }
    let letters = id.rsplit_once('-').map_or(id, |(letters, _)| letters);
    let (_, incidents) = host.sickbay(&["incident", "list"]);
    let list = incidents["incidents"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let incident = list
        .iter()
        .filter_map(|one| one["id"].as_str())
        .find(|one| one.ends_with(letters))
        .unwrap_or_else(|| panic!("no incident for {id}"));
    let (_, timeline) = host.sickbay(&["incident", "timeline", incident]);
    timeline["timeline"].as_array().cloned().unwrap_or_default()
}

fn facts<'a>(timeline: &'a [Value], kind: &str) -> Vec<&'a Value> {
    timeline
        .iter()
        .map(|one| &one["fact"])
        .filter(|fact| fact["fact"] == kind)
        .collect()
}

/// What must hold, whatever happened. Gives what was violated.
fn violations(host: &Host, id: &str) -> Vec<String> {
    let timeline = settle(host, id);
    let ran = starts(host);
    let approvals = facts(&timeline, "approved").len();
    let executed: Vec<String> = facts(&timeline, "executed")
        .iter()
        .map(|fact| fact["ran"]["how"].as_str().unwrap_or("").to_owned())
        .collect();
    let verified = facts(&timeline, "verified").len();
    let mut wrong = Vec::new();
    if ran > 1 {
        wrong.push(format!("the fix ran {ran} times"));
    }
    if ran > 0 && approvals == 0 {
        wrong.push("it ran without an approval".to_owned());
    }
    let done = executed.iter().filter(|how| *how == "done").count();
    if done > 0 && ran == 0 {
        wrong.push(format!("it is said to have run and did not: {executed:?}"));
    }
    if ran > 0 && !executed.iter().any(|how| how == "done" || how == "unknown") {
        wrong.push(format!("it ran and nobody says so: {executed:?}"));
    }
    let voided = !facts(&timeline, "voided").is_empty();
    if approvals > 0 && verified == 0 && !voided {
        wrong.push(format!(
            "an approval was taken and nothing came of it: {executed:?}"
        ));
    }
    let (sound, audit) = host.sickbay(&["audit", "verify"]);
    if sound != 0 {
        wrong.push(format!("the journal does not verify: {audit}"));
    }
    wrong
}

/// A fresh state directory for the next round.
fn fresh(host: &mut Host) {
    host.state = tempfile::tempdir().unwrap_or_else(|error| panic!("no directory: {error}"));
}

#[test]
#[ignore = "needs the lab"]
fn killed_at_every_durable_boundary_nothing_runs_twice_and_nothing_is_lost() {
    let mut host = Host::up("it-harness-points", "systemd");
    host.must("prepare", PREPARE);
    let mut reached = 0;
    for point in BOUNDARIES {
        for nth in 1..=2 {
            fresh(&mut host);
            host.must("break", BREAK);
            let id = propose(&host);
            let died = approve_dying(&host, &id, point, nth);
            // Where the point is passed fewer times the approval simply ends.
            let hit = died.status.code().is_none();
            reached += usize::from(hit);
            if nth == 1 {
                assert!(hit, "{point} is never reached: {}", both(&died));
            }
            let wrong = violations(&host, &id);
            assert!(
                wrong.is_empty(),
                "killed at {point}, time {nth}: {wrong:#?}"
            );
        }
    }
    assert!(reached >= BOUNDARIES.len(), "only {reached} kills");
}

#[test]
#[ignore = "needs the lab"]
fn without_the_look_up_on_the_host_the_harness_sees_a_fix_run_twice() {
    let mut host = Host::up("it-harness-ctrl", "systemd");
    host.must("prepare", PREPARE);
    fresh(&mut host);
    host.must("break", BREAK);
    let id = propose(&host);
    let died = approve_dying(&host, &id, "app::after_dispatch", 1);
    assert!(
        died.status.code().is_none(),
        "it was not killed: {}",
        both(&died)
    );
    assert_eq!(starts(&host), 1);
    // What a plain queue does with a task whose worker died: it runs it again.
    let out = host
        .command(&["recover", "--json"])
        .env("FAILPOINTS", "app::start_again=return")
        .output()
        .unwrap_or_else(|error| panic!("sickbay does not start: {error}"));
    assert!(out.status.success(), "{}", both(&out));
    let wrong = violations(&host, &id);
    assert!(
        wrong
            .iter()
            .any(|one| one.starts_with("the fix ran 2 times")),
        "the harness does not see a double run: {wrong:#?}"
    );
}

#[test]
#[ignore = "needs the lab"]
fn an_attempt_that_never_reached_the_host_is_buried_and_made_again() {
    let mut host = Host::up("it-harness-tomb", "systemd");
    host.must("prepare", PREPARE);
    fresh(&mut host);
    host.must("break", BREAK);
    let id = propose(&host);
    let died = approve_dying(&host, &id, "app::before_dispatch", 1);
    assert!(
        died.status.code().is_none(),
        "it was not killed: {}",
        both(&died)
    );
    let timeline = settle(&host, &id);
    let how: Vec<_> = facts(&timeline, "executed")
        .iter()
        .map(|fact| fact["ran"]["how"].clone())
        .collect();
    assert_eq!(how, ["never_ran", "done"], "{timeline:#?}");
    assert_eq!(starts(&host), 1);
}

#[test]
#[ignore = "needs the lab"]
fn a_run_whose_end_the_host_forgot_is_unknown_and_never_started_again() {
    let mut host = Host::up("it-harness-lost", "systemd");
    host.must("prepare", PREPARE);
    fresh(&mut host);
    host.must("break", BREAK);
    let id = propose(&host);
    let died = approve_dying(&host, &id, "app::after_dispatch", 1);
    assert!(
        died.status.code().is_none(),
        "it was not killed: {}",
        both(&died)
    );
    // The runner's record of its end is lost, as when it is killed together with the machine's power.
    host.must(
        "forget",
        "rm -f /var/lib/sickbay/runs/*/exit /var/lib/sickbay/runs/*/sd",
    );
    let timeline = settle(&host, &id);
    let ends = facts(&timeline, "executed");
    let how: Vec<_> = ends.iter().map(|fact| fact["ran"]["how"].clone()).collect();
    assert_eq!(how, ["unknown"], "{timeline:#?}");
    assert_eq!(starts(&host), 1);
    let (code, undo) = host.sickbay(&["rollback", &id]);
    assert!(
        code != 0 && undo["outcome"] == "refused",
        "an undo of the unknown is refused: {undo:#}"
    );
}

/// How long the random part runs: seconds in every run, minutes with `just soak`.
fn soak_time() -> Duration {
    let seconds = std::env::var("SICKBAY_SOAK_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(25))
}

#[test]
#[ignore = "needs the lab"]
fn killed_at_random_with_several_clicks_nothing_runs_twice_and_nothing_is_lost() {
    let mut host = Host::up("it-harness-soak", "systemd");
    host.must("prepare", PREPARE);
    let until = Instant::now() + soak_time();
    let (mut rounds, mut kills) = (0_u64, 0_u64);
    let mut dice = Dice(u64::from(std::process::id()) | 1);
    while Instant::now() < until {
        fresh(&mut host);
        host.must("break", BREAK);
        let id = propose(&host);
        // Two people press the same button, twice; each process is killed somewhere, or lives.
        let mut clicks: Vec<Child> = Vec::new();
        for _ in 0..2 {
            clicks.push(quiet(host.command(&["approve", &id, "--json"])));
        }
        let mut deadline = Instant::now();
        for click in &mut clicks {
            deadline += Duration::from_millis(dice.roll(1500));
            while Instant::now() < deadline && matches!(click.try_wait(), Ok(None)) {
                std::thread::yield_now();
            }
            if matches!(click.try_wait(), Ok(None)) && click.kill().is_ok() {
                kills += 1;
            }
            let _status = click.wait();
        }
        let again = quiet(host.command(&["approve", &id, "--json"])).wait();
        assert!(again.is_ok());
        let wrong = violations(&host, &id);
        assert!(
            wrong.is_empty(),
            "round {rounds}, {kills} kills: {wrong:#?}"
        );
        rounds += 1;
    }
    assert!(rounds > 0);
    #[expect(
        clippy::print_stderr,
        reason = "the figures of the soak are read from the test's output"
    )]
    {
        eprintln!("soak: {rounds} rounds, {kills} kills, no double run, nothing lost");
    }
}

fn quiet(mut command: Command) -> Child {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("sickbay does not start: {error}"))
}

/// A small generator of pseudo-random numbers (xorshift): the rounds differ, and need no more than that.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}
