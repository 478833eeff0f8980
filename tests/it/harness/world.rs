//! The world moves between the card and the run, or has no room for the journal: nothing runs, and a sentence says so.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use serde_json::Value;

use super::bench::{Bench, Patience, ended};
use super::check::helps_once;
use super::points::ends;
use crate::lab::both;

/// A refusal with a sentence that says all of this, and a fix that did not run.
#[track_caller]
fn refused(bench: &Bench, service: &str, (code, said): &(i32, Value), words: &[&str]) {
    let why = said["why"].as_str().unwrap_or("");
    assert!(*code == 2 && said["outcome"] == "refused", "{said:#}");
    for word in words {
        assert!(why.contains(word), "it does not say {word:?}: {why}");
    }
    assert_eq!(bench.truth(service).starts, 0);
}

#[test]
#[ignore = "needs the lab"]
fn a_proposal_for_a_host_as_it_was_is_void() {
    let mut bench = Bench::up("it-harness-moved");
    // With the pauses of the page as it is shipped: what did not run uses none of them up.
    bench.options.clear();
    let fixes = bench.all_offers();
    let [one, two, three, ..] = fixes.as_slice() else {
        panic!("too few fixes");
    };
    // What a step needs has changed.
    let run = format!("/opt/counted/{}/run", one.service);
    bench
        .host
        .must("changing a mode", &format!("chmod 0600 {run}"));
    let said = bench.sickbay(&["approve", &one.id]);
    refused(&bench, &one.service, &said, &["mode", "0600", "0644"]);
    assert_eq!(ends(&bench, &one.id), ["refused"]);
    let (_, again) = bench.sickbay(&["approve", &one.id]);
    assert!(
        again["why"]
            .as_str()
            .unwrap_or("")
            .contains("is over (refused"),
        "{again:#}"
    );
    // A fresh proposal fits the host as it is, and may run at once.
    let fresh = bench.offers_again();
    let fresh = fresh.iter().find(|fix| fix.service == one.service).unwrap();
    let (code, said) = bench.sickbay(&["approve", &fresh.id]);
    assert_eq!(code, 0, "{said:#}");
    assert_eq!(bench.truth(&one.service).starts, 1);

    // Somebody has mended it meanwhile.
    let run = format!("/opt/counted/{}/run", two.service);
    bench.host.must(
        "mending",
        &format!(
            "chmod 0755 {run}; systemctl restart counted{0}; eventually 20 test -s /opt/counted/{0}/starts; rm /opt/counted/{0}/starts",
            two.service
        ),
    );
    let said = bench.sickbay(&["approve", &two.id]);
    refused(
        &bench,
        &two.service,
        &said,
        &["is not there any more", "nothing was changed"],
    );

    // The file has another content.
    let run = format!("/opt/counted/{}/run", three.service);
    bench
        .host
        .must("writing", &format!("echo '# more' >>{run}"));
    let said = bench.sickbay(&["approve", &three.id]);
    refused(&bench, &three.service, &said, &["sha256"]);
    let (sound, audit) = bench.sickbay(&["audit", "verify"]);
    assert_eq!(sound, 0, "{audit:#}");
}

#[test]
#[ignore = "needs the lab"]
fn a_proposal_whose_time_is_over_is_refused() {
    let mut bench = Bench::up("it-harness-late");
    bench.settings(
        "[people.ana]\nuids = [0]\n
         [[policy]]\nrisk = [\"low\"]\nhosts = \"all\"\napprovers = [\"ana\"]\nrequester = true\nexpires = \"1s\"\n",
    );
    let fixes = bench.offers();
    let fix = &fixes[0];
    let offered = SystemTime::now();
    let patience = Patience::new(10);
    while offered.elapsed().is_ok_and(|age| age.as_millis() <= 1000) {
        patience.or_fail(|| "the clock stands still".to_owned());
    }
    let said = bench.sickbay(&["approve", &fix.id]);
    refused(&bench, &fix.service, &said, &["expired", "diagnose again"]);
    assert!(ends(&bench, &fix.id).is_empty());
}

/// A small disk in memory, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path, options: &str) -> Self {
        run(
            "mount",
            &[
                "-t",
                "tmpfs",
                "-o",
                &format!("mode=0700,{options}"),
                "tmpfs",
                &at.display().to_string(),
            ],
        );
        Self(at.to_owned())
    }

    fn remount(&self, options: &str) {
        run(
            "mount",
            &[
                "-o",
                &format!("remount,{options}"),
                &self.0.display().to_string(),
            ],
        );
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        use std::io::Write as _;
        let mut file = std::fs::File::create(self.0.join("filler")).unwrap();
        for size in [65_536, 512, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _status = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn run(program: &str, args: &[&str]) {
    let out = Command::new(program).args(args).output().unwrap();
    assert!(out.status.success(), "{program} {args:?}: {}", both(&out));
}

#[test]
#[ignore = "needs the lab"]
fn without_room_for_the_journal_nothing_runs_and_what_ran_is_not_lost() {
    let mut bench = Bench::up("it-harness-full");
    let at = tempfile::tempdir().unwrap();
    let disk = Disk::mount(at.path(), "size=16m");
    let fixes = bench.all_offers();
    let there = tempfile::tempdir_in(&disk.0).unwrap();
    let here = std::mem::replace(&mut bench.host.state, there);
    let (here, there) = (here.path().join("."), bench.host.state.path());
    run(
        "cp",
        &[
            "-a",
            &here.display().to_string(),
            &there.display().to_string(),
        ],
    );
    let [one, two, ..] = fixes.as_slice() else {
        panic!("too few fixes");
    };

    let told = |words: &str| {
        let out = bench.command(&["approve", &one.id]).output().unwrap();
        let said = both(&out);
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(said.contains(words) && said.contains("--state"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
        assert_eq!(bench.truth(&one.service).starts, 0);
    };
    disk.remount("ro");
    told("cannot be written");
    disk.remount("rw");
    disk.fill();
    told("no room is left");
    disk.make_room();
    helps_once(&bench, one, "approved when there was room again");

    // It fills up while the fix runs: the outcome waits on the host.
    bench.slow(two, 15);
    let click = bench.spawn(&["approve", &two.id], "");
    bench.until_starting(two);
    disk.fill();
    let out = click.wait_with_output().unwrap();
    let said = both(&out);
    assert!(
        !out.status.success() && said.contains("no room is left"),
        "{said}"
    );
    disk.make_room();
    helps_once(&bench, two, "the journal had no room for the outcome");
}

#[test]
#[ignore = "needs the lab"]
fn a_connection_that_breaks_during_a_run_is_made_again() {
    let mut bench = Bench::up("it-harness-cut");
    let fixes = bench.offers();
    let fix = &fixes[0];
    bench.slow(fix, 12);
    let click = bench.spawn(&["approve", &fix.id], "");
    bench.until_starting(fix);
    // Every connection that it makes while the run goes on.
    let mut cut = 0;
    while bench.is_starting(fix) {
        for master in masters_of(click.id()) {
            run("kill", &["-s", "KILL", &master.to_string()]);
            cut += 1;
        }
    }
    let (code, said) = ended(click);
    assert!(
        code == 0 && said["outcome"] == "verified",
        "cut {cut} times: {said:#}"
    );
    assert!(cut > 0, "nothing was cut");
    assert_eq!(ends(&bench, &fix.id), ["done"]);
    helps_once(&bench, fix, &format!("its connection was cut {cut} times"));
}

/// The connections that a process has opened.
fn masters_of(parent: u32) -> Vec<u32> {
    let is_one = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let (state, of) = (fields.next()?, fields.next()?);
        let words = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        Some(state != "Z" && of.parse() == Ok(parent) && words.starts_with(b"ssh\0-v\0-N\0-M"))
    };
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| is_one(*pid).unwrap_or(false))
        .collect()
}
