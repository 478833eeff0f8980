//! The guard's words, read back from the guard itself and from hostile text.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

fn run(args: &[&str], steps: &str, root: &std::path::Path) -> String {
    let mut child = Command::new("/bin/sh")
        .arg("-s")
        .env("GUARD_ROOT", root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(script(args, Some(steps)).as_bytes())
        .unwrap();
    String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
}

#[test]
fn a_preview_a_run_and_its_report_are_read_as_they_are_written() {
    let dir = tempfile::tempdir().unwrap();
    let dir_path = dir.path().canonicalize().unwrap();
    let file = dir_path.join("a file");
    std::fs::write(&file, "x\n").unwrap();
    let path = file.to_str().unwrap().to_owned();
    let step = Step::new("file.comment_line", vec![path, "1".into(), "#".into()]).unwrap();
    let text = steps_text(None, None, "", std::slice::from_ref(&step));
    let root = dir_path.join("runs");
    let preview = read_preview(run(&["preview"], &text, &root).as_bytes(), 1).unwrap();
    let seen = &preview.steps[0];
    assert_eq!(seen.verdict, Verdict::Ok, "{seen:?}");
    assert!(
        seen.automatic && String::from_utf8_lossy(&seen.diff).contains("+#"),
        "{seen:?}"
    );

    let id = ExecutionId::new("20261123-abc-1-a1").unwrap();
    let text = steps_text(Some(&id), None, "", &[step.needing(seen.before.clone())]);
    let sha = sha256(&text);
    let started = run(&["start", id.as_str(), "30", &sha], &text, &root);
    read_standing(&started).unwrap_or_else(|error| panic!("{error}: {started}"));
    let ended = read_standing(&run(&["wait", id.as_str(), "20"], "", &root)).unwrap();
    assert_eq!(
        (ended.stand, ended.code),
        (Stand::Finished, Some(0)),
        "{ended:?}"
    );
    let report = read_report(&run(&["report", id.as_str()], "", &root), 1);
    assert!(
        report[0].done && report[0].before["sha256"] == seen.before["sha256"],
        "{report:?}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "#x\n");
    let again = run(&["start", id.as_str(), "30", &sha], &text, &root);
    assert!(again.contains("REFUSED=already_claimed"), "{again}");
}

#[test]
fn what_the_guard_remembers_is_no_file_to_change() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let file = root.join("a file");
    std::fs::write(&file, "x\n").unwrap();
    let path = file.to_str().unwrap().to_owned();
    let step = Step::new("file.comment_line", vec![path, "1".into(), "#".into()]).unwrap();
    let text = steps_text(None, None, "", &[step]);
    let preview = read_preview(run(&["preview"], &text, &root).as_bytes(), 1).unwrap();
    let seen = &preview.steps[0].verdict;
    assert!(
        matches!(seen, Verdict::Refused(why) if why.ends_with("is protected on every host")),
        "{seen:?}"
    );
}

/// The same words pass here and on the host; only then does a step that was shown also run.
#[test]
fn the_guard_takes_the_same_names_of_modules_and_releases() {
    use incident::step::Slot;
    let dir = tempfile::tempdir().unwrap();
    let texts = [
        "loop",
        "nf-conntrack",
        "_x",
        "8021q",
        "-r",
        "a.ko",
        "6.1.0-18-amd64",
        "6..1",
        ".x",
        "6~rc1+b",
        "a:b",
        "a/b",
        "1",
        "60",
        "61",
        "05",
        "0",
        "+5",
    ];
    let kinds = [
        (Slot::Module, "kmod.load", "a module's name"),
        (Slot::Release, "kmod.depmod", "a release or version"),
        (Slot::Minutes, "host.reboot", "1 to 60 minutes"),
    ];
    for (slot, verb, name) in kinds {
        let lines: String = (1..)
            .zip(texts)
            .map(|(n, text)| format!("step {n} {verb} {}\n", text.replace('~', "%7E")))
            .collect();
        let steps = format!("sickbay-steps 1\nid -\nexpires 9999999999\nboot -\n{lines}end\n");
        let out = run(&["preview"], &steps, dir.path());
        for (n, text) in (1..).zip(texts) {
            let malformed = out.contains(&format!("why {n} not {name}"));
            assert_eq!(malformed, slot.check(text).is_err(), "{verb} {text}: {out}");
        }
    }
}

#[test]
fn what_cannot_be_kept_is_said_in_a_sentence() {
    let error = read_standing("STATE=error ID=x MSG=nospace ROOT=/r BOOT=b").unwrap_err();
    assert!(
        error.to_string().contains("disk is full or read-only"),
        "{error}"
    );
    assert!(matches!(
        read_standing("hello"),
        Err(GuardError::Garbled { .. })
    ));
}

proptest::proptest! {
    #[test]
    fn hostile_answers_never_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), steps in 0..4_usize) {
        let _preview = read_preview(&bytes, steps);
        let text = String::from_utf8_lossy(&bytes);
        let _standing = read_standing(&text);
        let _report = read_report(&text, steps);
        let framed = format!("step 1 ok\ndiff 1 {text}\nend\n");
        let _framed = read_preview(framed.as_bytes(), 1);
    }
}
