//! Rules of approval and people, each as it is told.

use std::path::Path;

use clap::Parser as _;
use hosts::Inventory;

use super::report::Report;
use super::*;

fn global() -> Global {
    crate::cli::Cli::parse_from(["sickbay", "doctor"]).global
}

/// What is said of these settings.
fn told(text: &str) -> String {
    let text = format!("version = 1\n{text}");
    let settings = Settings::parse(Path::new("sickbay.toml"), &text).unwrap();
    let global = global();
    let mut inventory = Inventory::new();
    for (name, entry) in &settings.hosts {
        inventory.add_entry(name, entry.clone()).unwrap();
    }
    let patient = Patient {
        global: &global,
        state: None,
        settings,
    };
    let mut report = Report::default();
    let library = crate::knowledge::read_all(&global, &patient.settings)
        .unwrap()
        .library;
    policy::look(
        &patient,
        &inventory,
        Some(&library),
        &mut report.area("policy"),
    );
    policy::people(&patient.settings, &mut report.area("people"));
    let rows = report.rows();
    let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
    rows.join("\n")
}

/// Some of what is said, line by line.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let told = told(text);
    for line in expected {
        assert!(told.contains(line), "{line:?} is not in\n{told}");
    }
}

const PEOPLE: &str = r#"
[people.ana]
uids = [1]
groups = ["oncall"]
[people.bo]
uids = [2]
groups = ["oncall", "leads"]
[hosts.web1]
groups = ["web"]
[hosts.db1]
"#;

fn rules(rules: &str) -> String {
    format!("{PEOPLE}{rules}")
}

#[test]
fn rules_that_can_be_met_are_fine() {
    check(
        &rules(
            r#"
[[policy]]
risk = ["low", "medium", "high"]
hosts = "all"
approvers = ["@oncall"]
"#,
        ),
        &[
            "  ok    rule 1          1 of 2 may approve",
            "  ok    risks           low, medium, high: somebody may approve it on every host",
            "  ok    everybody       2 people, each known by an id",
            "3 looked at, nothing is wrong.",
        ],
    );
}

#[test]
fn a_rule_that_is_never_met_is_wrong() {
    check(
        &rules(
            r#"
[[policy]]
risk = ["low"]
hosts = "all"
approvers = ["@oncall"]
min = 3
"#,
        ),
        &[
            "  WRONG rule 1          it wants 3 approvals and lets 2 give one: it is never met",
            "  WRONG risks           low: on db1, web1, localhost the rules that fit take 3 approvals and let 2 give one: nothing can be approved",
            "  note  risks           medium, high: no rule lets anybody approve it on db1, web1, localhost",
        ],
    );
}

#[test]
fn rules_with_nobody_in_common_are_wrong() {
    check(
        &rules(
            r#"
[[policy]]
risk = ["low"]
hosts = "all"
approvers = ["ana"]
requester = true
[[policy]]
risk = ["low"]
hosts = "@web"
approvers = ["@leads"]
requester = true
"#,
        ),
        &[
            "  ok    rule 1          1 of 1 may approve",
            "  WRONG risks           low: on web1 the rules that fit take 1 approvals and let 0 give one: nothing can be approved",
        ],
    );
}

#[test]
fn what_may_be_meant_is_a_note() {
    check(
        &rules(
            r#"
[[policy]]
risk = ["low"]
hosts = "all"
approvers = ["ana"]
[[policy]]
risk = ["low"]
hosts = "@mail"
approvers = ["ana", "bo"]
[[policy]]
risk = ["high"]
hosts = "all"
approvers = []
"#,
        ),
        &[
            "  note  rule 1          it takes ana and not the one who asked",
            "  note  rule 2          no host of the inventory is one that it is for",
            "  note  rule 3          its list of approvers is empty",
            "  note  risks           medium, high: no rule lets anybody approve it on",
            "looked at, nothing is wrong.",
        ],
    );
}

#[test]
fn runbooks_that_take_more_people_than_there_are_are_told() {
    let one = r#"
[people.ana]
uids = [1]
[[policy]]
risk = ["low", "medium", "high"]
hosts = "all"
approvers = ["ana"]
requester = true
"#;
    let strict = "take more approvals than there are people for their risk";
    let told = told(one);
    let library = crate::knowledge::read_all(&global(), &Settings::default());
    let two = library
        .unwrap()
        .library
        .iter()
        .any(|page| !page.is_prose() && page.approval.min > 1);
    assert_eq!(told.contains(strict), two, "{told}");
}

#[test]
fn people_whom_nobody_can_be_are_wrong() {
    check(
        "[people.ana]\nslack = [\"@ana\"]\n[people.bo]\n",
        &[
            "  WRONG ana             @ana is no id of a member in Slack",
            "  WRONG bo              has no uid and no id in Slack or Discord, so nobody can act as them",
        ],
    );
    check(
        "[people.ana]\nslack = [\"U0123ABCD\"]\n[discord]\nbot_token_file = \"x\"\n",
        &[
            "  WRONG everybody       nobody has an id in Discord, so it does nothing for anybody there",
        ],
    );
    check(
        "",
        &["  note  everybody       nobody is named, so nobody in chat is known"],
    );
}
