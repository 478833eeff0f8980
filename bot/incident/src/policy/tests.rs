//! What it takes to approve: rules together, groups that are kept elsewhere, and why somebody might.

use super::*;
use crate::people::{Group, Seen};

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

fn web1() -> HostTraits {
    HostTraits {
        name: id("web1"),
        groups: BTreeSet::new(),
        labels: BTreeMap::new(),
        local: false,
    }
}

/// A rule for low risk; what begins with `@` is a group.
fn rule(approvers: &[&str], min: u32, requester: bool) -> Rule {
    let (groups, people): (Vec<&str>, Vec<&str>) =
        approvers.iter().partition(|name| name.starts_with('@'));
    Rule {
        risks: BTreeSet::from([Risk::Low]),
        hosts: Hosts::All,
        approvers: Who {
            people: people.into_iter().map(id).collect(),
            groups: groups
                .into_iter()
                .map(|name| name[1..].to_owned())
                .collect(),
        },
        min,
        requester,
        expires: Span::minutes(10),
    }
}

/// `oncall` is kept elsewhere and has `ana` in the settings too; `leads` has `bo`, and `sec` is elsewhere alone.
fn groups() -> Groups {
    let group = |members: &[&str], elsewhere: &[&str]| Group {
        members: members.iter().map(|name| id(name)).collect(),
        elsewhere: elsewhere.iter().map(|list| (*list).to_owned()).collect(),
    };
    Groups::from([
        ("oncall".to_owned(), group(&["ana"], &["list O", "list P"])),
        ("leads".to_owned(), group(&["bo"], &[])),
        ("sec".to_owned(), group(&[], &["list S"])),
    ])
}

fn required(rules: Vec<Rule>, found: &[(&str, &str, Seen)]) -> Requirement {
    let policy = Policy {
        rules,
        groups: groups(),
    };
    let mut seen = Found::default();
    for (list, who, what) in found {
        seen.add(*list, id(who), what.clone());
    }
    let required = policy.requirement(Risk::Low, &web1(), 1, Span::minutes(15));
    required.with(seen)
}

#[track_caller]
fn check(rules: &[&[&str]], found: &[(&str, &str, Seen)], who: &str, expected: &str) {
    let rules = rules.iter().map(|names| rule(names, 1, true)).collect();
    let got = match required(rules, found).right(&id(who)) {
        Right::Has(because) => because,
        Right::Lacks => "no".to_owned(),
        Right::Untold(why) => format!("? {why}"),
    };
    assert_eq!(got, expected);
}

fn away() -> Seen {
    Seen::Untold("the platform does not answer".to_owned())
}

#[test]
fn why_somebody_may_is_said() {
    check(&[&["cy"]], &[], "cy", "rule 1, by name");
    check(
        &[&["@leads"]],
        &[],
        "bo",
        "rule 1, in @leads by the settings",
    );
    check(
        &[&["@oncall"]],
        &[],
        "ana",
        "rule 1, in @oncall by the settings",
    );
    let on = [("list O", "cy", Seen::On), ("list P", "cy", Seen::Off)];
    check(&[&["@oncall"]], &on, "cy", "rule 1, in @oncall by list O");
    check(
        &[&["@oncall"], &["cy", "bo"]],
        &on,
        "cy",
        "rule 1, in @oncall by list O; rule 2, by name",
    );
    check(&[], &[], "cy", "no");
    check(&[&[]], &[], "cy", "no");
}

#[test]
fn what_cannot_be_read_is_no_yes() {
    let off = [("list O", "cy", Seen::Off), ("list P", "cy", Seen::Off)];
    check(&[&["@oncall"]], &off, "cy", "no");
    // Nobody looked.
    check(
        &[&["@oncall"]],
        &[],
        "cy",
        "? it was not looked up in list O",
    );
    // Somebody else was looked up.
    let other = [("list O", "dee", Seen::On), ("list P", "dee", Seen::On)];
    check(
        &[&["@oncall"]],
        &other,
        "cy",
        "? it was not looked up in list O",
    );
    let half = [("list O", "cy", away()), ("list P", "cy", Seen::Off)];
    check(
        &[&["@oncall"]],
        &half,
        "cy",
        "? the platform does not answer",
    );
    // One list is enough to be in; the settings need none.
    let enough = [("list O", "cy", away()), ("list P", "cy", Seen::On)];
    check(
        &[&["@oncall"]],
        &enough,
        "cy",
        "rule 1, in @oncall by list P",
    );
    let gone = [("list O", "ana", away()), ("list P", "ana", away())];
    check(
        &[&["@oncall"]],
        &gone,
        "ana",
        "rule 1, in @oncall by the settings",
    );
    // Whoever lacks one of two lacks both, whatever the other is.
    check(&[&["@oncall"], &["bo"]], &half, "cy", "no");
    check(
        &[&["@oncall"], &["cy"]],
        &half,
        "cy",
        "? the platform does not answer",
    );
}

#[track_caller]
fn shown(rules: &[&[&str]], expected: &[&str]) {
    let rules = rules.iter().map(|names| rule(names, 1, true)).collect();
    let shown: Vec<String> = required(rules, &[])
        .candidates()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_card_says_what_is_settled() {
    shown(&[&["bo", "ana"]], &["ana", "bo"]);
    shown(&[&["@leads"]], &["bo"]);
    shown(&[&["@oncall"]], &["@oncall", "ana"]);
    shown(&[&["ana", "bo"], &["bo", "cy"]], &["bo"]);
    shown(&[&["ana"], &["bo"]], &[]);
    shown(&[], &[]);
    shown(&[&[]], &[]);
    // Ana is in @oncall by the settings, and of bo it has to be looked up.
    shown(&[&["@oncall"], &["ana", "bo"]], &["ana", "bo in @oncall"]);
    shown(&[&["ana", "bo"], &["@oncall"]], &["ana", "bo in @oncall"]);
    shown(
        &[&["@oncall"], &["@sec"]],
        &["@oncall in @sec", "ana in @sec"],
    );
    shown(&[&["@sec"], &["@sec", "ana"]], &["@sec"]);
}

#[test]
fn another_rule_never_weakens_the_policy() {
    let mut rules = vec![rule(&["ana", "bo"], 1, true)];
    let wide = required(rules.clone(), &[]);
    rules.push(rule(&["bo", "cy"], 2, false));
    let strict = required(rules.clone(), &[]);
    for who in ["ana", "bo", "cy"] {
        let who = id(who);
        assert!(wide.right(&who) != Right::Lacks || strict.right(&who) == Right::Lacks);
    }
    assert!(strict.min >= wide.min && !strict.requester);
    let policy = Policy {
        rules,
        groups: groups(),
    };
    let high = policy.requirement(Risk::High, &web1(), 1, Span::minutes(15));
    assert!(high.candidates().is_empty() && !high.requester);
    assert_eq!(high.right(&id("ana")), Right::Lacks);
}

proptest::proptest! {
    /// Whatever the rules and whatever was seen: a further rule gives nobody a right, and nobody may who is shown by none.
    #[test]
    fn rules_only_take_away(
        rules in proptest::collection::vec(proptest::collection::btree_set(0..6_usize, 0..4), 1..4),
        seen in proptest::collection::vec(0..3_u8, 12),
    ) {
        const NAMES: [&str; 6] = ["ana", "bo", "cy", "@oncall", "@leads", "@sec"];
        let rules: Vec<Rule> = rules
            .iter()
            .map(|names| {
                let names: Vec<&str> = names.iter().map(|n| NAMES[*n]).collect();
                rule(&names, 1, true)
            })
            .collect();
        let mut found = Vec::new();
        for (n, list) in ["list O", "list P", "list S"].into_iter().enumerate() {
            for (m, who) in ["ana", "bo", "cy"].into_iter().enumerate() {
                let what = match seen[n * 3 + m] {
                    0 => Seen::On,
                    1 => Seen::Off,
                    _ => away(),
                };
                found.push((list, who, what));
            }
        }
        let all = required(rules.clone(), &found);
        let mut fewer = rules.clone();
        fewer.pop();
        let fewer = required(fewer, &found);
        let candidates = all.candidates();
        for who in ["ana", "bo", "cy"] {
            let who: ResponderId = id(who);
            let right = all.right(&who);
            if rules.len() > 1 && matches!(right, Right::Has(_)) {
                proptest::prop_assert!(matches!(fewer.right(&who), Right::Has(_)));
            }
            if right != Right::Lacks {
                let named = candidates.iter().any(|one| one.person.as_ref().is_none_or(|person| *person == who));
                proptest::prop_assert!(named, "{who} in {candidates:?}");
            }
        }
    }
}
