//! House rules are tests that name the cure: nobody has to remember them, and a review is about the change itself.

mod codes;
pub(crate) mod container;
mod files;
mod knowledge;
mod papers;
mod rooms;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A file of the repository as text; empty where there is none, so that a rule says what is wrong in its own words.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// Every file under these folders, as paths from the repository's root, in order. Built files are not ours.
fn files_under(folders: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(path) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&path) else {
            if path.is_file() {
                found.push(path);
            }
            continue;
        };
        open.extend(
            entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| !path.ends_with("target") && !path.ends_with(".git")),
        );
    }
    let mut names: Vec<String> = found
        .iter()
        .filter_map(|path| path.strip_prefix(root()).ok()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// Every Rust file of ours.
fn rust_files() -> Vec<String> {
    let mut files = files_under(&["bot", "tests"]);
    files.retain(|path| path.ends_with(".rs"));
    files
}

/// Whether a Rust file holds tests only.
fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// Whether a Rust file runs when the program is built, not when it is used.
fn is_build(path: &str) -> bool {
    path.ends_with("/build.rs")
}

/// The lines of a Rust file that do something, with their numbers: no comments.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .filter(|(_n, line)| !line.trim_start().starts_with("//"))
}

/// Runs the program under test, in the repository.
pub(crate) fn sickbay(args: &[&str]) -> Output {
    let binary = crate::lab::sickbay();
    Command::new(&binary)
        .args(args)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|why| panic!("cannot run {}: {why}", binary.display()))
}

/// Fails with all that is wrong at once.
#[track_caller]
fn nothing_in(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
