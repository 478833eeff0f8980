//! The host has no room for the guard's record on its disk, or forgets what was kept in memory.

use super::bench::{Bench, Fix, Truth};
use super::check::helps_once;
use super::points::ends;

/// A disk under the guard's own directory that takes nothing.
const FULL: &str =
    "mkdir -p /var/lib/sickbay; mount -t tmpfs -o size=16k,mode=700 tmpfs /var/lib/sickbay";
const READ_ONLY: &str =
    "mkdir -p /var/lib/sickbay; mount -t tmpfs -o ro,mode=700 tmpfs /var/lib/sickbay";
const AS_BEFORE: &str = "umount /var/lib/sickbay";

/// Another boot, as the guard sees it: the hosts share the kernel of this machine, so they cannot really have another one.
const REBOOTED: &str = "
    umount /proc/sys/kernel/random/boot_id
    cat /proc/sys/kernel/random/uuid >/root/boot_id
    mount --bind /root/boot_id /proc/sys/kernel/random/boot_id";

fn runs_in(bench: &Bench, root: &str, fix: &Fix) -> usize {
    let number = fix.id.rsplit_once('-').map_or("", |(_, number)| number);
    let list = format!("ls -d {root}/*-{number}-a* 2>/dev/null | wc -l");
    bench
        .host
        .must("looking for runs", &list)
        .trim()
        .parse()
        .unwrap()
}

#[test]
#[ignore = "needs the lab"]
fn where_the_guard_cannot_keep_its_record_nothing_runs() {
    let mut bench = Bench::up("it-harness-keep");
    bench.settings(
        "[guard]\nin_run = false\n
         [people.ana]\nuids = [0]\n
         [[policy]]\nrisk = [\"low\"]\nhosts = \"all\"\napprovers = [\"ana\"]\nrequester = true\n",
    );
    let fixes = bench.all_offers();
    for (fix, state) in fixes.iter().zip([FULL, READ_ONLY]) {
        bench.host.must("taking the room", state);
        let (code, said) = bench.sickbay(&["approve", &fix.id]);
        let why = said["why"].as_str().unwrap_or("");
        assert!(
            code == 2
                && said["outcome"] == "refused"
                && why.contains("the disk is full or read-only")
                && why.contains("nothing was changed"),
            "{said:#}"
        );
        assert_eq!(bench.truth(&fix.service).starts, 0);
        bench.host.must("giving the room back", AS_BEFORE);
    }
    // The same settings, and room again.
    helps_once(&bench, &fixes[2], "there is room");
}

#[test]
#[ignore = "needs the lab"]
fn a_record_kept_in_memory_is_asked_for_there_and_not_missed_elsewhere() {
    let mut bench = Bench::up("it-harness-run");
    let fixes = bench.all_offers();
    let [full, read_only, killed, buried, ..] = fixes.as_slice() else {
        panic!("too few fixes");
    };
    for (fix, state) in [(full, FULL), (read_only, READ_ONLY)] {
        bench.host.must("taking the room", state);
        let (code, said) = bench.sickbay(&["approve", &fix.id]);
        assert!(code == 0 && said["outcome"] == "verified", "{said:#}");
        assert_eq!(runs_in(&bench, "/run/sickbay/runs", fix), 1);
        bench.host.must("giving the room back", AS_BEFORE);
    }
    // An undo goes where what it needs was saved, though the disk would do by now.
    let (code, said) = bench.sickbay(&["rollback", &full.id]);
    assert!(code == 0 && said["outcome"] == "verified", "{said:#}");
    let undone = Truth {
        starts: 1,
        mode: "644".to_owned(),
        active: false,
    };
    assert_eq!(bench.truth(&full.service), undone);
    assert_eq!(runs_in(&bench, "/var/lib/sickbay/runs", full), 0);

    // A look afterwards asks the root that the run was given, not the one that would be chosen now.
    bench.host.must("taking the room", FULL);
    bench.killed_at("hosts::after_start", 1, &["approve", &killed.id]);
    bench.host.must("giving the room back", AS_BEFORE);
    bench.settle();
    assert_eq!(ends(&bench, &killed.id), ["done"]);
    assert_eq!(runs_in(&bench, "/var/lib/sickbay/runs", killed), 0);
    helps_once(&bench, killed, "killed while its record was in memory");

    // Without a restart in between, memory is as good as the disk: what is not there never ran.
    bench.host.must("taking the room", FULL);
    bench.killed_at("hosts::before_start", 1, &["approve", &buried.id]);
    bench.settle();
    assert_eq!(ends(&bench, &buried.id), ["never_ran", "done"]);
    helps_once(&bench, buried, "buried in memory");
    bench.host.must("giving the room back", AS_BEFORE);
}

#[test]
#[ignore = "needs the lab"]
fn what_a_restart_may_have_made_the_host_forget_is_unknown_and_never_started_again() {
    let mut bench = Bench::up("it-harness-boot");
    let fixes = bench.all_offers();
    let [ran, never, kept, ..] = fixes.as_slice() else {
        panic!("too few fixes");
    };
    // In memory, one ran and one did not; after a restart nobody can tell them apart.
    for (fix, point, starts) in [
        (ran, "app::after_dispatch", 1),
        (never, "hosts::before_start", 0),
    ] {
        bench.host.must("taking the room", FULL);
        bench.killed_at(point, 1, &["approve", &fix.id]);
        bench.host.must(
            "restarting",
            &format!("{AS_BEFORE}; rm -rf /run/sickbay; {REBOOTED}"),
        );
        bench.settle();
        assert_eq!(ends(&bench, &fix.id), ["unknown"]);
        assert_eq!(bench.truth(&fix.service).starts, starts);
        let (code, said) = bench.sickbay(&["approve", &fix.id]);
        let why = said["why"].as_str().unwrap_or("");
        assert!(code == 2 && why.contains("restarted"), "{said:#}");
        assert_eq!(bench.truth(&fix.service).starts, starts);
    }
    // On the disk the end of a run outlives a restart.
    bench.killed_at("app::after_dispatch", 1, &["approve", &kept.id]);
    bench.host.must("restarting", REBOOTED);
    bench.settle();
    assert_eq!(ends(&bench, &kept.id), ["done"]);
    helps_once(&bench, kept, "restarted after the run");
}
