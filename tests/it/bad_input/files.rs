//! Files that people write: settings, inventories, runbooks. Each mistake has its file, line and what would be right.

use super::Place;

/// The sentence for a settings file with this text; `DIR` stands for where it lies.
#[track_caller]
fn settings(text: impl AsRef<[u8]>, sentence: &str) {
    let place = Place::new();
    let path = place.file("sickbay.toml", text);
    place.check(&["hosts", "list", "--config", &path], 2, sentence);
    // A command with a journal says the same, and makes none.
    place.check(&["diagnose", "localhost", "--config", &path], 2, sentence);
    assert!(!place.path().join("state").exists());
}

#[test]
fn settings_with_mistakes() {
    settings(
        "version = 1\n\n[peple.ana]\nuids = [1]\n",
        "sickbay: DIR/sickbay.toml:3:2: there is no setting `peple` here; did you mean `people`?",
    );
    settings(
        "version = \"one\"\n",
        "sickbay: DIR/sickbay.toml:1:11: this is of the wrong type: string \"one\", expected a whole number",
    );
    settings(
        "version = 1\nhosts = [\n",
        "sickbay: DIR/sickbay.toml:2:10: unclosed array, expected `]`",
    );
    settings(
        b"version = 1\n# \xff\n",
        "sickbay: cannot read the settings file DIR/sickbay.toml; check what --config or SICKBAY_CONFIG names: line 2 is not UTF-8 text",
    );
    settings(
        "version = 1\n[hosts.\"-web\"]\naddress = \"x\"\n",
        "sickbay: DIR/sickbay.toml: [hosts.-web]: host name \"-web\" is not valid: it begins with `-`, which programs read as an option",
    );
    settings(
        "version = 1\n[[policy]]\nrisk = [\"low\"]\nhosts = \"all\"\napprovers = [\"bo\"]\n",
        "sickbay: DIR/sickbay.toml: policy rule 1: approver bo is not in [people]",
    );
    settings(
        "",
        "sickbay: DIR/sickbay.toml:1:1: `version = 1` is missing; put it first",
    );
}

#[test]
fn settings_that_are_no_file() {
    let place = Place::new();
    let check = |path: &str, why: &str| {
        let sentence = format!(
            "sickbay: cannot read the settings file {}; check what --config or SICKBAY_CONFIG names: {why}",
            path.replace(&place.path().display().to_string(), "DIR")
        );
        place.check(&["diagnose", "localhost", "--config", path], 2, &sentence);
    };
    check(&place.at("none.toml"), "No such file or directory");
    check("/tmp", "it is a directory, not a file");
    // A device never ends.
    check(
        "/dev/zero",
        "it is larger than 4 MiB, which no such file is",
    );
    let huge = place.file("huge.toml", vec![b'#'; 5 << 20]);
    check(&huge, "it is larger than 4 MiB, which no such file is");
}

#[test]
fn a_settings_file_that_may_not_be_read() {
    let Some(place) = super::state::as_another() else {
        return;
    };
    let path = place.file("sickbay.toml", "version = 1\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o000);
    std::fs::set_permissions(&path, mode).unwrap();
    let said = super::state::run_as_another(&place, &["hosts", "list", "--config", &path]);
    assert_eq!(
        (said.code, said.err.trim_end()),
        (
            2,
            "sickbay: cannot read the settings file DIR/sickbay.toml; check what --config or SICKBAY_CONFIG names: Permission denied"
        )
    );
}

#[track_caller]
fn inventory(name: &str, text: impl AsRef<[u8]>, sentence: &str) {
    let place = Place::new();
    let path = place.file(name, text);
    place.check(&["diagnose", "all", "--inventory", &path], 2, sentence);
}

#[test]
fn inventories_with_mistakes() {
    inventory(
        "hosts.yml",
        "all:\n  hosts: [a\n",
        "sickbay: DIR/hosts.yml:2: expected mapping start; an inventory is groups with `hosts`, `vars` and `children`",
    );
    inventory(
        "hosts.yml",
        "all:\n  children:\n    a:\n      children:\n        b:\n          children:\n            a:\n",
        "sickbay: DIR/hosts.yml:1: group `a` is among its own children",
    );
    inventory(
        "hosts.ini",
        "[a:children]\nb\n[b:children]\na\n[b]\nh1\n",
        "sickbay: DIR/hosts.ini:1: group `a` is among its own children",
    );
    inventory(
        "hosts.ini",
        "[a\nh1\n",
        "sickbay: DIR/hosts.ini:1: `[a`: a `[` without its `]`",
    );
    inventory(
        "hosts.ini",
        b"[a]\n\xff\n",
        "sickbay: DIR/hosts.ini:2: the text is not UTF-8",
    );
    let place = Place::new();
    for (path, why) in [
        (place.at("none"), "No such file or directory"),
        ("/tmp".to_owned(), "it is a directory; name the file"),
        ("/dev/zero".to_owned(), "it is larger than 8 MiB"),
    ] {
        for option in ["--inventory", "--ssh-config"] {
            let shown = path.replace(&place.path().display().to_string(), "DIR");
            let sentence = format!(
                "sickbay: cannot read the inventory {shown}; check that it exists and that this account may read it: {why}"
            );
            place.check(&["diagnose", "localhost", option, &path], 2, &sentence);
        }
    }
}

#[test]
fn runbooks_with_mistakes() {
    let place = Place::new();
    let dir = place.at("mine");
    place.file(
        "mine/a.md",
        "---\nid: a-b\nversion: one\n---\n## Symptom\n## Cause\n## Check\n## Fix\n## Verify\n## Roll back\n## If it does not help\n",
    );
    let wrong = "DIR/mine/a.md:3:10: this is not a whole number; write digits only, as in `1`";
    let said = place.run(&["runbook", "lint", &dir]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.out.contains(wrong), "{}", said.out);
    for args in [
        ["runbook", "list", "--runbooks", &dir],
        ["diagnose", "localhost", "--runbooks", &dir],
    ] {
        let said = place.run(&args);
        assert_eq!(said.code, 2, "{}", said.out);
        assert!(said.err.contains(wrong), "{}", said.err);
    }
    std::fs::remove_file(place.at("mine/a.md")).unwrap();
    place.file("mine/a.toml", "[[signature]]\nid = 1\n");
    place.check(
        &["runbook", "list", "--runbooks", &dir],
        2,
        "sickbay: DIR/mine/a.toml:2: invalid type: integer `1`, expected a string; see runbooks/signatures/README.md for the fields",
    );
    place.file("mine/a.toml", b"\n\n\xff");
    place.check(
        &["diagnose", "localhost", "--runbooks", &dir],
        2,
        "sickbay: cannot read DIR/mine/a.toml: line 3 is not UTF-8 text",
    );
    let none = place.at("none");
    for args in [
        ["runbook", "list", "--runbooks", &none],
        ["diagnose", "localhost", "--runbooks", &none],
    ] {
        place.check(
            &args,
            2,
            "sickbay: cannot read the directory DIR/none: No such file or directory",
        );
    }
    place.check(
        &["runbook", "lint", &none],
        2,
        "sickbay: there is no DIR/none; name a runbook or a directory of them",
    );
    place.check(
        &["runbook", "lint", "/dev/zero"],
        2,
        "sickbay: /dev/zero is no runbook: a page ends in .md, a file of signatures in .toml",
    );
}
