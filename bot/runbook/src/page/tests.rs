//! Bad pages are files under `cases/`: the page, a line of `----`, and what is said about it. Each is read as `case.md`.
#![expect(
    clippy::disallowed_methods,
    reason = "the cases are files, so that adding one is adding a file"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use incident::Code;
use proptest::prelude::*;

use super::*;
use crate::{Problem, lint, template};

pub(crate) const GOOD: &str = include_str!("../../../../runbooks/_template.md");

fn said(problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |mut text, problem| {
        let _written = writeln!(text, "{problem}");
        text
    })
}

/// Reads a page, looks it over and says everything that is wrong.
fn judge(path: &str, text: &str) -> String {
    let codes: BTreeSet<Code> = ["unit.failed", "fs.full"]
        .into_iter()
        .map(|code| Code::new(code).unwrap())
        .collect();
    match parse(path, text) {
        Ok(runbook) => said(&lint(&runbook, &codes)),
        Err(problems) => said(&problems),
    }
}

#[test]
fn bad_pages_are_told_where_and_why() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let case = std::fs::read_to_string(&file).unwrap();
        let (page, wanted) = case.split_once("\n----\n").expect("a line of ----");
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(judge("case.md", page), wanted, "{name}");
        seen += 1;
    }
    assert!(seen >= 12, "only {seen} cases");
}

#[test]
fn the_blank_page_is_complete() {
    let id = RunbookId::new("disk-on-fire").unwrap();
    assert_eq!(judge("runbooks/disk/disk-on-fire.md", &template(&id)), "");
}

#[test]
fn a_page_is_read_whole() {
    let runbook = parse("runbooks/_template.md", GOOD).unwrap();
    assert_eq!(runbook.id.as_str(), "name-of-the-failure");
    assert_eq!(runbook.version, 1);
    assert_eq!(runbook.risk, Risk::Low);
    assert_eq!(runbook.limits.timeout.as_seconds(), 60);
    assert_eq!(runbook.approval.expires.as_seconds(), 900);
    assert_eq!(runbook.actions.len(), 1);
    assert_eq!(runbook.sections.len(), 7);
    assert!(
        runbook
            .section(Heading::Check)
            .starts_with("```sh\nsystemctl is-failed")
    );
    assert!(
        runbook
            .section(Heading::RollBack)
            .starts_with("How the change is undone")
    );
    assert_eq!(runbook.facts().into_iter().collect::<Vec<_>>(), ["unit"]);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    let runbook = parse("x.md", &text).unwrap();
    assert_eq!(runbook.actions.len(), 1);
}

#[test]
fn a_huge_page_is_refused() {
    let text = format!("{GOOD}{}", "x".repeat(200_000));
    assert!(said(&parse("x.md", &text).unwrap_err()).contains("keep a page under"));
}

/// Pieces that have broken readers of YAML, Markdown and conditions before.
const SPITE: &[&str] = &[
    "---",
    "```action",
    "```",
    "~~~action\n",
    "{{",
    "}}",
    "{{ finding.",
    " or ",
    "\u{0}",
    "\u{202e}",
    "&a [*a,*a]",
    "<<: *a",
    "!!binary",
    "? ",
    "|\n",
    ">-\n",
    "'",
    "\"",
    "\t",
    "- - - ",
    "((((((((",
    "[[[[",
    "{",
    "#",
    "## Fix\n",
    "> ",
    "    ",
    "use: file.restore\n",
    "when: '1 +'\n",
    "\r",
    "é",
    "修",
    "<!--",
    "9999999999999999999",
    "~",
    "=",
    "$(x)",
];

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "\\PC{0,300}") {
        let _outcome = parse("x.md", &text);
    }

    #[test]
    fn a_spoilt_page_never_panics(
        cuts in proptest::collection::vec((0usize..2000, 0usize..40, 0usize..SPITE.len()), 1..6)
    ) {
        let mut text: Vec<char> = GOOD.chars().collect();
        for (at, drop, piece) in cuts {
            let at = at.min(text.len());
            let end = (at + drop).min(text.len());
            text.splice(at..end, SPITE[piece].chars());
        }
        let text: String = text.into_iter().collect();
        if let Ok(runbook) = parse("x.md", &text) {
            let _problems = lint(&runbook, &BTreeSet::new());
        }
    }

    #[test]
    fn a_hostile_condition_never_panics(condition in "[a-z.()\\[\\]{}'\"!&|=<>+*/,0-9 ]{0,60}") {
        let text = GOOD.replace("finding.unit == \"example.service\"", &condition.replace('\'', "''"));
        let _outcome = parse("x.md", &text);
    }
}
