//! Whatever a finding says, a step has only arguments that the vocabulary accepts.

use incident::step::{VERBS, verb_named};
use incident::{Code, Confidence, EvidenceId, FindingId, HostName, Severity, Subject};
use proptest::prelude::*;

use super::*;
use crate::parse;

fn page(actions: &str) -> Runbook {
    let blank = include_str!("../../../../runbooks/_template.md");
    let (before, rest) = blank.split_once("```action").unwrap();
    let (_, after) = rest.split_once("```").unwrap();
    parse("x.md", &format!("{before}{actions}{after}")).unwrap()
}

fn finding(facts: &[(&str, Value)]) -> Finding {
    Finding {
        id: FindingId::nth(1),
        code: Code::new("unit.failed").unwrap(),
        severity: Severity::Critical,
        confidence: Confidence::Confirmed,
        host: HostName::new("web1").unwrap(),
        subject: Subject::new("unit", "shop.service"),
        title: "shop.service failed".to_owned(),
        detail: String::new(),
        facts: facts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        cites: vec![EvidenceId::nth(1)],
        explains: Vec::new(),
    }
}

/// The steps as `verb arg|arg`, one a line, or why there are none.
fn check(actions: &str, facts: &[(&str, Value)], wanted: &str) {
    let said = match concretise(&page(actions), &finding(facts)) {
        Ok(steps) => {
            let lines = steps
                .iter()
                .map(|step| format!("{} {}", step.verb(), step.args().join("|")));
            lines.collect::<Vec<_>>().join("\n")
        }
        Err(why) => why.to_string(),
    };
    assert_eq!(said, wanted);
}

const CHMOD: &str = "```action\nuse: file.chmod\npath: \"{{ finding.path }}\"\nmode: \"{{ finding.want_mode or 0644 }}\"\n```";

#[test]
fn facts_fill_slots() {
    check(
        CHMOD,
        &[("path", "/a".into()), ("want_mode", "0755".into())],
        "file.chmod /a|0755",
    );
    check(CHMOD, &[("path", "/a".into())], "file.chmod /a|0644");
    check(
        CHMOD,
        &[("path", "/a".into()), ("want_mode", "".into())],
        "file.chmod /a|0644",
    );
    // A literal keeps its leading zero, whatever YAML makes of such a number.
    let literal = "```action\nuse: file.chmod\npath: /srv/x\nmode: 0640\n```";
    check(literal, &[], "file.chmod /srv/x|0640");
}

#[test]
fn the_subject_is_a_fact_too() {
    let restart =
        "```action\nuse: unit.restart\nunit: \"{{ finding.restart_unit or finding.unit }}\"\n```";
    check(restart, &[], "unit.restart shop.service");
    check(
        restart,
        &[("restart_unit", "web.service".into())],
        "unit.restart web.service",
    );
    check(
        restart,
        &[("unit", "other.service".into())],
        "unit.restart other.service",
    );
}

#[test]
fn what_is_missing_or_wrong_is_said() {
    check(
        CHMOD,
        &[],
        "`file.chmod` needs path, but the finding has no fact `path`; fix it by hand as the page says",
    );
    check(
        CHMOD,
        &[("path", "/a/../etc/shadow".into())],
        "file.chmod: path \"/a/../etc/shadow\" is not normalised: it has `..`, `.` or `//` in it; fix it by hand as the page says",
    );
    check(
        CHMOD,
        &[("path", vec!["/a".to_owned(), "/b".to_owned()].into())],
        "`file.chmod` takes one path, but the fact `path` has several values; fix it by hand as the page says",
    );
    check("", &[], "this page is for people; it has no action");
    let argv = "```action\nargv: [systemctl, \"--job-mode={{ finding.mode }}\"]\nirreversible: it is only shown\n```";
    check(
        argv,
        &[],
        "line 44 is a command of its own, which is not runnable here; do it by hand and tell the thread",
    );
}

#[test]
fn a_rule_is_many_words_and_none_of_them_is_split() {
    let delete = "```action\nuse: firewall.delete_rule\ntool: iptables\ntable: filter\nchain: INPUT\nrule: \"{{ finding.rule }}\"\n```";
    let words = |words: &[&str]| Value::List(words.iter().map(|word| (*word).to_owned()).collect());
    check(
        delete,
        &[("rule", words(&["-p", "tcp", "-j", "DROP"]))],
        "firewall.delete_rule iptables|filter|INPUT|-p|tcp|-j|DROP",
    );
    check(
        delete,
        &[("rule", "-p tcp -j DROP".into())],
        "firewall.delete_rule: rule \"-p tcp -j DROP\" has a character that firewall rules of ours may not have; fix it by hand as the page says",
    );
    let literal = "```action\nuse: firewall.delete_rule\ntool: iptables\ntable: filter\nchain: INPUT\nrule: [-p, tcp, --dport, 80, -j, DROP]\n```";
    check(
        literal,
        &[],
        "firewall.delete_rule iptables|filter|INPUT|-p|tcp|--dport|80|-j|DROP",
    );
}

#[test]
fn steps_with_a_condition_are_left_out_when_it_does_not_hold() {
    let both = "```action\nuse: unit.reset_failed\nwhen: 'finding.unit_state == \"failed\"'\nunit: \"{{ finding.unit }}\"\n```\n\n```action\nuse: unit.start\nunit: \"{{ finding.unit }}\"\n```";
    check(both, &[], "unit.start shop.service");
    check(
        both,
        &[("unit_state", "active".into())],
        "unit.start shop.service",
    );
    check(
        both,
        &[("unit_state", "failed".into())],
        "unit.reset_failed shop.service\nunit.start shop.service",
    );
    let one = "```action\nuse: unit.start\nwhen: 'has(finding.restart_unit)'\nunit: \"{{ finding.restart_unit }}\"\n```";
    check(
        one,
        &[],
        "none of the page's actions applies to this finding; fix it by hand as the page says",
    );
}

#[test]
fn yes_and_numbers_fill_slots() {
    let chown = "```action\nuse: file.chown\npath: /srv/x\nowner: shop\ngroup: shop\nrecursive: \"{{ finding.recursive or 0 }}\"\n```";
    check(
        chown,
        &[("recursive", true.into())],
        "file.chown /srv/x|shop|shop|1",
    );
    check(
        chown,
        &[("recursive", false.into())],
        "file.chown /srv/x|shop|shop|0",
    );
    check(
        chown,
        &[("recursive", 1.into())],
        "file.chown /srv/x|shop|shop|1",
    );
    check(chown, &[], "file.chown /srv/x|shop|shop|0");
}

/// A page with one action for every verb that runbooks may use, each slot filled from a fact of its name.
fn every_verb() -> Vec<Runbook> {
    let verbs = VERBS.iter().filter(|verb| verb.in_runbooks);
    let block = |verb: &incident::step::Verb| {
        let slots = verb.slots.iter();
        let lines: String = slots
            .map(|(slot, _)| format!("{slot}: \"{{{{ finding.{slot} }}}}\"\n"))
            .collect();
        page(&format!("```action\nuse: {}\n{lines}```", verb.name))
    };
    verbs.map(block).collect()
}

fn hostile() -> impl Strategy<Value = Value> {
    let spite = prop_oneof![
        "\\PC{0,40}",
        "[/a-z.~ ]{0,20}",
        "[0-7]{3,4}",
        Just("$(reboot)".to_owned()),
        Just("-rf".to_owned()),
        Just("/etc/../etc/shadow".to_owned()),
        Just("a\nstep 2 file.delete /etc/passwd".to_owned()),
        Just("x.service; reboot".to_owned()),
        Just("--modprobe=/tmp/x".to_owned()),
        Just("shop.service".to_owned()),
        Just("/var/log/x".to_owned()),
    ];
    prop_oneof![
        spite.clone().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Int),
        any::<bool>().prop_map(Value::Bool),
        proptest::collection::vec(spite, 0..4).prop_map(Value::List),
    ]
}

#[test]
fn no_step_has_an_argument_that_was_not_checked() {
    let mut names: Vec<&str> = VERBS
        .iter()
        .flat_map(|verb| verb.slots)
        .map(|(slot, _)| *slot)
        .collect();
    names.sort_unstable();
    names.dedup();
    let pages = every_verb();
    proptest!(|(values in proptest::collection::vec(hostile(), 24))| {
        let facts: Vec<(&str, Value)> = names.iter().copied().zip(values.into_iter().cycle()).collect();
        let finding = finding(&facts);
        for steps in pages.iter().filter_map(|page| concretise(page, &finding).ok()) {
            for step in steps {
                let verb = verb_named(step.verb()).unwrap();
                prop_assert!(verb.in_runbooks);
                for (n, text) in step.args().iter().enumerate() {
                    let (_, kind) = verb.slots.get(n).or(verb.slots.last()).unwrap();
                    prop_assert_eq!(kind.check(text), Ok(()));
                }
            }
        }
    });
}
