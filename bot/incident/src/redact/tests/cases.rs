//! Output as real commands give it, in files: what stands in ⟦ ⟧ there is a secret, and all else stays byte for byte.

use std::path::PathBuf;

use super::REDACTOR;

const OPEN: char = '⟦';
const CLOSE: char = '⟧';

/// A case file: its name, the text, and the same with `[*]` for each secret.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) secrets: Vec<String>,
    pub(super) expected: String,
}

#[expect(
    clippy::disallowed_methods,
    reason = "cases are files, and this test reads them"
)]
pub(super) fn cases(folder: &str) -> Vec<Case> {
    let dir: PathBuf = [env!("CARGO_MANIFEST_DIR"), "cases", "redact", folder]
        .iter()
        .collect();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let marked = std::fs::read_to_string(path).unwrap();
        let (mut text, mut expected, mut secrets) = (String::new(), String::new(), Vec::new());
        for (n, part) in marked.split(OPEN).enumerate() {
            let (secret, rest) = if n == 0 {
                (None, part)
            } else {
                let (secret, rest) = part.split_once(CLOSE).expect("each ⟦ has its ⟧");
                (Some(secret), rest)
            };
            if let Some(secret) = secret {
                text.push_str(secret);
                expected.push_str("[*]");
                secrets.push(secret.to_owned());
            }
            text.push_str(rest);
            expected.push_str(rest);
        }
        Case {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            text,
            secrets,
            expected,
        }
    };
    paths.iter().map(read).collect()
}

/// A redacted text with all placeholders alike.
pub(super) fn alike(text: &str) -> String {
    static PLACE: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| regex::Regex::new(r"\[redacted-[0-9a-f]{4}\]").unwrap());
    PLACE.replace_all(text, "[*]").into_owned()
}

#[track_caller]
fn check(case: &Case, wrong: &mut Vec<String>) {
    let once = REDACTOR.redact(&case.text);
    let twice = REDACTOR.redact(&once);
    if once != twice {
        wrong.push(format!("{}: redacting twice changes it", case.name));
    }
    let seen = alike(&once);
    for (seen, expected) in seen.lines().zip(case.expected.lines()) {
        if seen != expected {
            wrong.push(format!("{}:\n  is  {seen}\n  not {expected}", case.name));
        }
    }
    if seen.lines().count() != case.expected.lines().count() {
        wrong.push(format!("{}: has other lines than it should", case.name));
    }
}

#[test]
fn secrets_are_masked_and_nothing_else() {
    let cases = cases("secrets");
    let mut wrong = Vec::new();
    for case in &cases {
        check(case, &mut wrong);
    }
    let count: usize = cases.iter().map(|case| case.secrets.len()).sum();
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count >= 160, "only {count} secrets");
}

#[test]
fn look_alikes_stay() {
    let cases = cases("stays");
    let mut wrong = Vec::new();
    for case in &cases {
        assert_eq!(case.secrets, Vec::<String>::new());
        check(case, &mut wrong);
    }
    let count: usize = cases.iter().map(|case| case.text.lines().count()).sum();
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count >= 160, "only {count} lines");
}
