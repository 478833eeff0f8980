//! Every file says why it exists, fits in a head, and is finished.

use super::{code_lines, files_under, is_build, is_test, nothing_in, read, root, rust_files};

const LONGEST_FILE: usize = 500;

/// Files that may be longer, each with the reason.
const LONG_FILES: &[(&str, &str)] =
    &[("bot/runbook/src/embedded/tests.rs", "a table of every page")];

/// What a public type is not called: such a name says that nobody knew what the thing is.
const DRIFT: [&str; 8] = [
    "Manager", "Handler", "Service", "Helper", "Helpers", "Utils", "Data", "Info",
];

#[test]
fn every_file_opens_with_its_reason() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        let text = read(&path);
        let first = text.lines().next().unwrap_or("");
        if !first.starts_with("//! ") || first.len() < 20 {
            wrong.push(format!(
                "{path} does not open with `//! ` and a sentence that says why it exists"
            ));
        }
    }
    for path in shell_files() {
        let text = read(&path);
        if !text
            .lines()
            .nth(1)
            .is_some_and(|line| line.starts_with("# "))
        {
            wrong.push(format!(
                "{path} has no `# ` line under its #! that says why it exists"
            ));
        }
    }
    nothing_in(&wrong);
}

#[test]
fn no_file_is_too_long() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        let lines = read(&path).lines().count();
        let allowed = LONG_FILES.iter().any(|(long, _why)| *long == path);
        if lines > LONGEST_FILE && !allowed {
            wrong.push(format!(
                "{path} has {lines} lines; split it by what changes together (at most {LONGEST_FILE})"
            ));
        }
        if lines <= LONGEST_FILE && allowed {
            wrong.push(format!(
                "{path} has only {lines} lines; take it off LONG_FILES"
            ));
        }
    }
    nothing_in(&wrong);
}

#[test]
fn modules_are_named_files() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        if let Some(folder) = path.strip_suffix("/mod.rs") {
            wrong.push(format!("{path}: call it {folder}.rs"));
        }
    }
    nothing_in(&wrong);
}

#[test]
fn every_story_is_listed() {
    let main = read("tests/it/main.rs");
    let mut wrong = Vec::new();
    for path in files_under(&["tests/it"]) {
        let Some(name) = path
            .strip_prefix("tests/it/")
            .and_then(|p| p.strip_suffix(".rs"))
        else {
            continue;
        };
        if name != "main" && !name.contains('/') && !main.contains(&format!("mod {name};")) {
            wrong.push(format!(
                "{path} never runs; add `mod {name};` to tests/it/main.rs"
            ));
        }
    }
    nothing_in(&wrong);
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here so that this file does not find itself.
    let marks = ["TO", "FIX", "XX", "HA"].map(|start| match start {
        "TO" => format!("{start}DO"),
        "FIX" => format!("{start}ME"),
        "XX" => format!("{start}X:"),
        start => format!("{start}CK:"),
    });
    let macros = ["to", "unimplemen"].map(|start| match start {
        "to" => format!("{start}do!("),
        start => format!("{start}ted!("),
    });
    let mut wrong = Vec::new();
    for path in written_files() {
        for (n, line) in read(&path).lines().enumerate() {
            for mark in marks.iter().chain(&macros) {
                // In quotes it is a word about the mark, as in the lint that refuses it.
                let quoted = ["\"", "`"]
                    .iter()
                    .any(|quote| line.contains(&format!("{quote}{mark}")));
                if line.contains(mark.as_str()) && !quoted {
                    wrong.push(format!(
                        "{path}:{} has {mark:?}; finish it, or open an issue and delete the mark",
                        n + 1
                    ));
                }
            }
        }
    }
    nothing_in(&wrong);
}

#[test]
fn no_file_knows_this_machine() {
    let Ok(here) = root().canonicalize() else {
        return;
    };
    let here = here.display().to_string();
    // A checkout at `/src` or under /usr has a name that texts may well contain.
    if here.matches('/').count() < 2 || here.starts_with("/usr/") || here.starts_with("/var/") {
        return;
    }
    let mut wrong = Vec::new();
    for path in written_files() {
        for (n, line) in read(&path).lines().enumerate() {
            if line.contains(&here) {
                wrong.push(format!(
                    "{path}:{} names {here}; use a path from the repository",
                    n + 1
                ));
            }
        }
    }
    nothing_in(&wrong);
}

#[test]
fn code_does_not_crash_on_purpose() {
    let mut wrong = Vec::new();
    for path in rust_files()
        .iter()
        .filter(|path| !is_test(path) && !is_build(path))
    {
        let text = read(path);
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        for (n, line) in code_lines(code) {
            for crash in [
                ".unwrap()",
                ".expect(\"",
                "panic!(",
                "unreachable!(",
                "process::exit(",
            ] {
                if line.contains(crash) {
                    wrong.push(format!(
                        "{path}:{n} has {crash:?}; return an error that says what to do"
                    ));
                }
            }
        }
    }
    nothing_in(&wrong);
}

#[test]
fn public_types_have_names_of_their_own() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        for (n, line) in code_lines(&read(&path)) {
            let Some(name) = public_type(line) else {
                continue;
            };
            for word in DRIFT {
                if name.ends_with(word) {
                    wrong.push(format!(
                        "{path}:{n}: {name} ends in {word}; use the word for the thing (the glossary is in CONTRIBUTING.md)"
                    ));
                }
            }
        }
    }
    nothing_in(&wrong);
}

/// The name of the public type that a line declares.
fn public_type(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub ")?;
    let rest = ["struct ", "enum ", "trait ", "type "]
        .iter()
        .find_map(|word| rest.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric()).next()
}

/// Files that people write, recorded output and pictures left out.
fn written_files() -> Vec<String> {
    let mut files = files_under(&[
        "bot",
        "tests",
        "runbooks",
        "deploy",
        ".ci",
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "Cargo.toml",
        "justfile",
        "deny.toml",
        "clippy.toml",
        "_typos.toml",
    ]);
    files.retain(|path| !path.contains("/cases/") && !path.ends_with(".snap"));
    files
}

fn shell_files() -> Vec<String> {
    let mut files = written_files();
    files.retain(|path| {
        let text = read(path);
        text.starts_with("#!/") && text.lines().next().is_some_and(|line| line.ends_with("sh"))
    });
    files
}
