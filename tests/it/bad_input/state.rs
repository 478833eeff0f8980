//! State directories that cannot be used, and what is told all the same when one fills up half-way.

use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;

use super::{Place, Said};

/// An account that is not root.
const NOBODY: u32 = 65_534;

/// A place that an account other than ours can enter; nothing where we are not root, and why.
pub(super) fn as_another() -> Option<Place> {
    if !is_root() {
        // The runner counts and names it.
        #[expect(clippy::print_stdout, reason = "what leaves itself out says so")]
        {
            println!("skipped: only root can be somebody else");
        }
        return None;
    }
    let place = Place::new();
    std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o777)).unwrap();
    Some(place)
}

pub(super) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Runs the program as another account.
pub(super) fn run_as_another(place: &Place, args: &[&str]) -> Said {
    use std::os::unix::process::CommandExt as _;
    // The account may not enter the folder in which the program was built.
    let program = place.path().join("sickbay");
    if !program.exists() {
        std::fs::copy(crate::lab::sickbay(), &program).unwrap();
    }
    let output = Command::new(program)
        .args(args)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", place.path())
        .env("SICKBAY_STATE", place.path().join("state"))
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    Said::of(&output, place.path())
}

#[test]
fn directories_that_are_none() {
    let place = Place::new();
    let file = place.file("file", "");
    for (path, why) in [
        (file.as_str(), "File exists"),
        ("/proc/none", "No such file or directory"),
        ("/dev/null/x", "Not a directory"),
    ] {
        let shown = path.replace(&place.path().display().to_string(), "DIR");
        let sentence = format!(
            "sickbay: the state directory {shown} cannot be used; name another with --state DIR, and where this disk is full one on another, such as /dev/shm/sickbay: {why}"
        );
        place.check(&["diagnose", "localhost", "--state", path], 2, &sentence);
        place.check(&["proposals", "--state", path], 2, &sentence);
    }
}

#[test]
fn a_directory_of_somebody_else() {
    let Some(place) = as_another() else {
        return;
    };
    let dir = place.at("theirs");
    std::fs::create_dir(&dir).unwrap();
    chown(&dir, Some(NOBODY), Some(NOBODY)).unwrap();
    place.check(
        &["audit", "verify", "--state", &dir],
        2,
        "sickbay: DIR/theirs belongs to uid 65534 and this is uid 0; name your own directory with --state DIR",
    );
    std::fs::create_dir(place.at("ours")).unwrap();
    let ours = place.at("ours");
    let said = run_as_another(&place, &["audit", "verify", "--state", &ours]);
    assert_eq!(
        (said.code, said.err.trim_end()),
        (
            2,
            "sickbay: DIR/ours belongs to uid 0 and this is uid 65534; name your own directory with --state DIR"
        )
    );
}

#[test]
fn a_directory_that_cannot_be_written() {
    let place = Place::new();
    let args = ["diagnose", "localhost"];
    let script = "mount -t tmpfs none \"$1\" && \"$2\" audit verify --state \"$1/state\" >/dev/null && mount -o remount,ro \"$1\" && shift && exec \"$@\"";
    if let Some(said) = on_a_disk(&place, script, &args) {
        assert_eq!(
            (said.code, said.err.trim_end()),
            (
                2,
                "sickbay: the state directory DIR/disk/state cannot be written; point --state at a directory that can be, or make this one writable: Read-only file system"
            )
        );
    }
    let script = "mount -t tmpfs -o ro none \"$1\" && shift && exec \"$@\"";
    if let Some(said) = on_a_disk(&place, script, &args) {
        assert_eq!(
            (said.code, said.err.trim_end()),
            (
                2,
                "sickbay: the state directory DIR/disk/state cannot be used; name another with --state DIR, and where this disk is full one on another, such as /dev/shm/sickbay: Read-only file system"
            )
        );
    }
}

/// Makes a journal and hands its files to `spoil`.
#[track_caller]
fn spoilt(spoil: impl Fn(&Place), sentence: &str) {
    let place = Place::new();
    assert_eq!(place.run(&["audit", "verify"]).code, 0);
    spoil(&place);
    let before = std::fs::read(place.at("state/journal.db")).unwrap();
    for args in [
        &["audit", "verify"][..],
        &["diagnose", "localhost"],
        &["approve", "k7f3qa-1"],
    ] {
        place.check(args, 2, sentence);
    }
    let after = std::fs::read(place.at("state/journal.db")).unwrap();
    assert!(before == after, "what is damaged is left as it is");
}

#[test]
fn journals_that_cannot_be_read() {
    spoilt(
        |place| {
            // What a program that was killed left beside it would make it whole again.
            for beside in ["journal.db-wal", "journal.db-shm"] {
                let _none = std::fs::remove_file(place.path().join("state").join(beside));
            }
            place.file("state/journal.db", vec![0xa5; 16_384]);
        },
        "sickbay: the journal DIR/state/journal.db is damaged; keep a copy of its directory, then go on from the last backup with --state: file is not a database",
    );
    spoilt(
        |place| {
            place.file("state/grant.key", "short");
        },
        "sickbay: DIR/state/grant.key is not a key of 32 bytes; restore it from a backup, or remove it: grants that wait are then void",
    );
    spoilt(
        |place| {
            let key = place.at("state/grant.key");
            std::fs::set_permissions(key, PermissionsExt::from_mode(0o644)).unwrap();
        },
        "sickbay: DIR/state/grant.key is readable for others (mode 644); it signs approvals. Run: chmod 600 DIR/state/grant.key",
    );
}

/// Runs the program in a mount namespace of its own, in which a script mounts a disk for its state directory.
fn on_a_disk(place: &Place, script: &str, args: &[&str]) -> Option<Said> {
    as_another()?;
    let disk = place.at("disk");
    std::fs::create_dir_all(&disk).unwrap();
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", script, "sh", &disk])
        .arg(crate::lab::sickbay())
        .args(args)
        .args(["--state", &format!("{disk}/state")])
        .env("HOME", place.path())
        .current_dir(place.path())
        .output()
        .unwrap();
    Some(Said::of(&output, place.path()))
}

/// The same, on a disk of this size.
fn on_a_small_disk(place: &Place, size: &str, args: &[&str]) -> Option<Said> {
    let script = format!("mount -t tmpfs -o size={size} none \"$1\" && shift && exec \"$@\"");
    on_a_disk(place, &script, args)
}

#[test]
fn a_disk_that_is_full_from_the_start() {
    let place = Place::new();
    if let Some(said) = on_a_small_disk(&place, "64k", &["diagnose", "localhost"]) {
        assert_eq!(
            (said.code, said.err.trim_end()),
            (
                2,
                "sickbay: no room is left to write the journal DIR/disk/state/journal.db; free some space there, or point --state at another disk: database or disk is full"
            )
        );
    }
}

#[test]
fn a_disk_that_fills_up_while_a_host_is_looked_at() {
    let place = Place::new();
    let args = ["diagnose", "localhost"];
    if let Some(said) = on_a_small_disk(&place, "300k", &args) {
        assert_eq!(said.code, 2, "{}{}", said.out, said.err);
        // What was seen is told, and that no fix is offered, and why.
        assert!(said.out.contains("localhost · "), "{}", said.out);
        assert!(
            said.out.contains(
                "Not offered: any fix: the diagnosis could not be recorded (no room is left"
            ),
            "{}",
            said.out
        );
        let last = said.err.lines().last().unwrap_or("");
        assert!(
            last.starts_with(
                "sickbay: this diagnosis is not recorded: no room is left to write the journal"
            ),
            "{}",
            said.err
        );
    }
}
