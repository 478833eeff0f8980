//! The binary is killed at each place between two durable steps, on the way of a fix and on the way of its undo.

use super::bench::{Bench, Patience, SERVICES};
use super::check::{helps_once, undone_once, violations};

/// The click, and the lease on what it calls for: the place, and at which time it is passed.
const CLICK: [(&str, usize); SERVICES] = [
    ("store::append::before_commit", 1),
    ("store::append::after_commit", 1),
    ("app::after_approve", 1),
    ("store::lease::before_commit", 1),
    ("store::lease::after_commit", 1),
    ("app::before_check", 1),
];

/// The look before, the intent, the start.
const START: [(&str, usize); SERVICES] = [
    ("hosts::connecting", 1),
    ("store::append::before_commit", 2),
    ("store::append::after_commit", 2),
    ("app::before_dispatch", 1),
    ("hosts::before_start", 1),
    ("hosts::after_start", 1),
];

/// How it ended.
const END: [(&str, usize); SERVICES] = [
    ("app::after_dispatch", 1),
    ("store::append::before_commit", 3),
    ("store::append::after_commit", 3),
    ("store::append::after_head", 3),
    ("app::after_report", 1),
    ("store::lease::before_commit", 2),
];

/// The look afterwards.
const LOOK: [(&str, usize); SERVICES] = [
    ("store::lease::after_commit", 2),
    ("app::after_lease", 2),
    ("app::before_verify", 1),
    ("store::append::before_commit", 4),
    ("store::append::after_commit", 4),
    ("app::after_verify", 1),
];

/// Of an undo: its proposal, its approval, its run, its end.
const UNDO: [(&str, usize); SERVICES] = [
    ("store::append::after_commit", 1),
    ("store::append::after_commit", 2),
    ("hosts::before_start", 1),
    ("hosts::after_start", 1),
    ("store::append::before_commit", 4),
    ("app::before_verify", 1),
];

fn killed_at(name: &str, points: [(&str, usize); SERVICES]) {
    let mut bench = Bench::up(name);
    let fixes = bench.all_offers();
    for ((point, nth), fix) in points.iter().zip(&fixes) {
        bench.killed_at(point, *nth, &["approve", &fix.id]);
        helps_once(&bench, fix, &format!("killed at {point}, time {nth}"));
    }
    no_connection_outlives_its_process(&bench);
}

#[test]
#[ignore = "needs the lab"]
fn killed_at_the_click_a_fix_runs_once() {
    killed_at("it-harness-click", CLICK);
}

#[test]
#[ignore = "needs the lab"]
fn killed_at_the_start_a_fix_runs_once() {
    killed_at("it-harness-start", START);
}

#[test]
#[ignore = "needs the lab"]
fn killed_at_the_end_a_fix_runs_once() {
    killed_at("it-harness-end", END);
}

#[test]
#[ignore = "needs the lab"]
fn killed_at_the_look_afterwards_a_fix_runs_once() {
    killed_at("it-harness-look", LOOK);
}

#[test]
#[ignore = "needs the lab"]
fn killed_while_it_recovers_a_fix_runs_once() {
    let mut bench = Bench::up("it-harness-again");
    let fixes = bench.all_offers();
    let [one, two, three, ..] = fixes.as_slice() else {
        panic!("too few fixes");
    };
    // It runs on the host; whoever looks for it is killed as well, again and again.
    bench.killed_at("hosts::after_start", 1, &["approve", &one.id]);
    for (point, nth) in [
        ("app::after_lease", 1),
        ("app::after_look_up", 1),
        ("store::append::before_commit", 1),
        ("store::append::after_commit", 1),
        ("app::before_verify", 1),
    ] {
        bench.killed_at(point, nth, &["recover"]);
    }
    helps_once(&bench, one, "killed five times while it recovered");
    // It never reached the host, and neither did the attempt after it.
    bench.killed_at("hosts::before_start", 1, &["approve", &two.id]);
    bench.killed_at("app::after_look_up", 1, &["recover"]);
    bench.killed_at("hosts::before_start", 1, &["recover"]);
    helps_once(&bench, two, "killed before the start, twice");
    // The next click is what recovers.
    bench.killed_at("app::before_dispatch", 1, &["approve", &three.id]);
    bench.killed_at("hosts::after_start", 1, &["approve", &three.id]);
    helps_once(&bench, three, "killed while a click recovered");
}

#[test]
#[ignore = "needs the lab"]
fn killed_while_it_undoes_a_fix_is_undone_once() {
    let mut bench = Bench::up("it-harness-undo");
    let fixes = bench.all_offers();
    for ((point, nth), fix) in UNDO.iter().zip(&fixes) {
        let (code, said) = bench.sickbay(&["approve", &fix.id]);
        assert_eq!(code, 0, "{said:#}");
        bench.killed_at(point, *nth, &["rollback", &fix.id]);
        undone_once(&bench, fix, &format!("undo killed at {point}, time {nth}"));
    }
}

#[test]
#[ignore = "needs the lab"]
fn an_attempt_that_never_reached_the_host_is_buried_and_made_again() {
    let mut bench = Bench::up("it-harness-tomb");
    let fixes = bench.offers();
    let fix = &fixes[0];
    bench.killed_at("hosts::before_start", 1, &["approve", &fix.id]);
    bench.settle();
    let ends = ends(&bench, &fix.id);
    assert_eq!(ends, ["never_ran", "done"]);
    let tombs = bench.host.must(
        "looking for tombs",
        "ls -d /var/lib/sickbay/runs/*-a1/go/abandoned",
    );
    assert_eq!(tombs.lines().count(), 1, "{tombs}");
    helps_once(&bench, fix, "buried");
}

#[test]
#[ignore = "needs the lab"]
fn a_run_whose_end_the_host_forgot_is_unknown_and_never_started_again() {
    let mut bench = Bench::up("it-harness-lost");
    let fixes = bench.offers();
    let fix = &fixes[0];
    bench.killed_at("app::after_dispatch", 1, &["approve", &fix.id]);
    // The runner's record of its end is lost, as when it is killed together with the machine's power.
    bench.host.must(
        "forgetting",
        "rm -f /var/lib/sickbay/runs/*/exit /var/lib/sickbay/runs/*/sd",
    );
    bench.settle();
    assert_eq!(ends(&bench, &fix.id), ["unknown"]);
    assert_eq!(bench.truth(&fix.service).starts, 1);
    let (code, again) = bench.sickbay(&["approve", &fix.id]);
    let why = again["why"].as_str().unwrap_or("");
    assert!(code == 2 && why.contains("is over (unknown"), "{again:#}");
    let (code, undo) = bench.sickbay(&["rollback", &fix.id]);
    assert!(
        code == 2 && undo["outcome"] == "refused",
        "an undo of the unknown is refused: {undo:#}"
    );
    assert_eq!(bench.truth(&fix.service).starts, 1);
}

/// The control: the same kill, on a host whose guard has lost its memory. If the harness did not see that fix run twice, it
/// would see nothing.
#[test]
#[ignore = "needs the lab"]
fn without_the_memory_of_the_guard_the_harness_sees_a_fix_run_twice() {
    let mut bench = Bench::up("it-harness-ctrl");
    let fixes = bench.offers();
    let fix = &fixes[0];
    bench.killed_at("app::after_dispatch", 1, &["approve", &fix.id]);
    bench.host.must(
        "taking the guard's memory and the sign that it helped",
        &format!(
            "rm -rf /var/lib/sickbay/runs/*; chmod 0644 /opt/counted/{0}/run; systemctl stop counted{0}
             systemctl start counted{0} || true; eventually 20 systemctl is-failed -q counted{0}",
            fix.service
        ),
    );
    let wrong = violations(&bench, fix);
    assert!(
        wrong.iter().any(|one| one == "the fix ran 2 times"),
        "the harness does not see a double run: {wrong:#?}"
    );
}

/// How each attempt at a proposal ended.
pub(super) fn ends(bench: &Bench, proposal: &str) -> Vec<String> {
    bench
        .facts(proposal)
        .iter()
        .filter(|fact| fact["fact"] == "executed" && fact["proposal"] == proposal)
        .map(|fact| fact["ran"]["how"].as_str().unwrap_or("").to_owned())
        .collect()
}

/// What a killed Sickbay had opened ends with it.
fn no_connection_outlives_its_process(bench: &Bench) {
    let host = &bench.host.name;
    let patience = Patience::new(20);
    loop {
        let left: Vec<String> = std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok())
            .map(|words| String::from_utf8_lossy(&words).replace('\0', " "))
            .filter(|words| words.starts_with("ssh -v -N -M") && words.trim_end().ends_with(host))
            .collect();
        if left.is_empty() {
            return;
        }
        patience.or_fail(|| format!("connections to {host} are left: {left:#?}"));
    }
}
