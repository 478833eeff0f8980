//! The pages that the binary carries keep every rule.

use std::collections::{BTreeMap, BTreeSet};

use incident::Code;

use crate::front::Pattern;
use crate::{Library, Runbook, embedded, lint, parse};

/// The facts that findings of ours give; a page that asks for another would never fit.
const FACTS: &str = "unit path aside mode want_mode owner want_owner want_group recursive port pid start_time comm holder_unit \
    module library package packages line key value want have limit want_limit mount used_percent rotated_log \
    rotated_size options tool table chain rule target want_target not_after message directive restart_unit unit_state \
    reason by_error by_timer renewed others_answer renewal_unit outside lasting no_device gone signature code severity \
    limit_unit limit_key loadable release from to next dkms version headers symbol reset_unit section frozen damaged \
    runtime_directory container engine restartable namespace deployment workload node wanted kind seconds";

fn all() -> Vec<Runbook> {
    let pages =
        embedded::pages().filter(|(path, _)| !path.contains("/_") && !path.ends_with("README.md"));
    let read = |(path, text)| match parse(path, text) {
        Ok(runbook) => runbook,
        Err(problems) => panic!(
            "{}",
            problems
                .iter()
                .map(|p| format!("{p}\n"))
                .collect::<String>()
        ),
    };
    pages.map(read).collect()
}

#[test]
fn every_page_is_clean() {
    let pages = all();
    // Whether the codes exist is looked at where the catalogue is known; here only their form is.
    let codes: BTreeSet<Code> = pages
        .iter()
        .flat_map(|runbook| &runbook.matching.findings)
        .filter_map(|pattern| match pattern {
            Pattern::Code(code) => Some(code.clone()),
            Pattern::Area(_) => None,
        })
        .collect();
    let problems: Vec<String> = pages
        .iter()
        .flat_map(|runbook| lint(runbook, &codes))
        .map(|problem| problem.to_string())
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn there_are_enough_pages_and_each_id_once() {
    let pages = all();
    let mut paths = BTreeMap::new();
    for page in &pages {
        if let Some(first) = paths.insert(page.id.clone(), &page.path) {
            panic!("{first} and {} have the same id", page.path);
        }
    }
    assert!(pages.len() >= 30, "{} pages", pages.len());
    let (library, problems) = Library::load(embedded::pages());
    assert_eq!(problems, []);
    assert_eq!(library.len(), pages.len());
}

#[test]
fn pages_ask_for_facts_that_findings_give() {
    let known: BTreeSet<&str> = FACTS.split_whitespace().collect();
    for page in all() {
        for fact in page.facts() {
            assert!(
                known.contains(fact.as_str()),
                "{} asks for `{fact}`",
                page.path
            );
        }
    }
}

#[test]
fn titles_differ() {
    let mut seen = BTreeSet::new();
    for page in all() {
        assert!(
            seen.insert(page.title.en.clone()),
            "{} has another page's title",
            page.path
        );
        assert!(
            seen.insert(page.title.zh.clone()),
            "{} has another page's title",
            page.path
        );
    }
}
