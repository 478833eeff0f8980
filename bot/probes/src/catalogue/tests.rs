//! The table and the code that makes drafts know the same codes.

use std::collections::BTreeSet;

use incident::Code;
use regex::Regex;

use super::{entries, explain};

#[test]
fn codes_are_valid_and_unique() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        Code::new(entry.code).unwrap();
        assert!(seen.insert(entry.code), "{} is listed twice", entry.code);
        for text in [
            entry.title,
            entry.meaning,
            entry.detected,
            entry.causes,
            entry.usual,
        ] {
            assert!(!text.is_empty(), "{} lacks a text", entry.code);
        }
    }
}

/// Every text of the crate and of the signatures, but for the catalogue and the table of causes.
fn sources() -> String {
    fn read(dir: &std::path::Path, all: &mut String) {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test that reads the sources beside it"
        )]
        let list = std::fs::read_dir(dir).unwrap();
        for entry in list {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !name.contains('.') && name != "catalogue" && name != "rank" {
                read(&path, all);
            } else if name.ends_with(".rs") || name.ends_with(".toml") {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "a test that reads the sources beside it"
                )]
                all.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut all = String::new();
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    read(&here.join("src"), &mut all);
    read(&here.join("../../runbooks/signatures"), &mut all);
    all
}

#[test]
fn every_code_of_a_draft_is_explained_and_every_entry_is_used() {
    let sources = sources();
    let made = Regex::new(r#"(?m)(?:Draft::new\(\s*|^code = )"([a-z_.]+)""#).unwrap();
    for found in made.captures_iter(&sources) {
        let code = &found[1];
        assert!(
            explain(code).is_some() || code.starts_with("custom."),
            "{code} is not in the catalogue; add an entry to the file of its area"
        );
    }
    // Other names of a code, and one that only says that others exist; kept, as sites may match on them.
    let aliases = [
        "host.recent_change",
        "system.clock_unsynced",
        "system.degraded",
    ];
    let unused: Vec<&str> = entries()
        .map(|entry| entry.code)
        .filter(|code| !aliases.contains(code) && !sources.contains(&format!("\"{code}\"")))
        .collect();
    assert!(
        unused.is_empty(),
        "nothing makes a draft of {unused:?}; drop these entries"
    );
}
