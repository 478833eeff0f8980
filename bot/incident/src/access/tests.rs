//! Cases of who may ask for what where.

use std::collections::BTreeMap;

use super::*;
use crate::HostName;
use crate::people::{Group, Seen};

fn who(name: &str) -> ResponderId {
    ResponderId::new(name).unwrap()
}

fn host(name: &str, group: &str) -> HostTraits {
    HostTraits {
        name: HostName::new(name).unwrap(),
        groups: BTreeSet::from([group.to_owned()]),
        labels: BTreeMap::new(),
        local: false,
    }
}

fn verb(word: &str) -> Verb {
    Verb::of(word).unwrap()
}

/// ana is on call by the settings, bo may be by a list; everybody may look at the web hosts in C1, whoever is on call may do
/// everything in C2, and nobody may do anything in C3.
fn access() -> Access {
    let oncall = Group {
        members: BTreeSet::from([who("ana")]),
        elsewhere: BTreeSet::from(["list".to_owned()]),
    };
    Access {
        rules: vec![
            Rule {
                channels: Some(BTreeSet::from(["C1".to_owned()])),
                verbs: Some(BTreeSet::from([verb("diagnose"), verb("status")])),
                hosts: Some(vec![Hosts::Group("web".to_owned())]),
                ..Rule::default()
            },
            Rule {
                who: Some(Who {
                    people: BTreeSet::new(),
                    groups: BTreeSet::from(["oncall".to_owned()]),
                }),
                channels: Some(BTreeSet::from(["C2".to_owned()])),
                ..Rule::default()
            },
            Rule {
                who: Some(Who::default()),
                channels: Some(BTreeSet::from(["C3".to_owned()])),
                ..Rule::default()
            },
        ],
        groups: BTreeMap::from([("oncall".to_owned(), oncall)]),
    }
}

#[test]
fn a_rule_fits_by_person_channel_command_and_host_together() {
    let access = access();
    let (web, db) = (host("web1", "web"), host("db1", "db"));
    #[track_caller]
    fn check(access: &Access, ask: &str, host: Option<&HostTraits>, may: bool) {
        let words: Vec<&str> = ask.split(' ').collect();
        let who = who(words[0]);
        let ask = Ask {
            who: &who,
            channel: words[1],
            verb: verb(words[2]),
            host,
        };
        let mut found = Found::default();
        found.add("list", ResponderId::new("cy").unwrap(), Seen::Off);
        found.add("list", ResponderId::new("dee").unwrap(), Seen::On);
        let right = access.right(&ask, &found);
        assert_eq!(matches!(right, Right::Has(_)), may, "{ask:?}: {right:?}");
    }
    for (ask, host, may) in [
        ("cy C1 diagnose", Some(&web), true),
        ("cy C1 diagnose", Some(&db), false),
        // What is about no host in particular is not limited by hosts.
        ("cy C1 status", None, true),
        ("cy C1 approve", Some(&web), false),
        ("ana C1 diagnose", Some(&db), false),
        ("ana C2 approve", Some(&db), true),
        ("dee C2 approve", Some(&db), true),
        ("cy C2 diagnose", Some(&web), false),
        // Nobody is meant by an empty list, and a channel without a rule is for nothing.
        ("ana C3 diagnose", Some(&web), false),
        ("ana C4 diagnose", Some(&web), false),
        ("ana C4 help", None, true),
    ] {
        check(&access, ask, host, may);
        check(&Access::default(), ask, host, true);
    }
}

#[test]
fn what_cannot_be_told_is_no_yes_and_a_rule_that_allows_it_is_enough() {
    let mut access = access();
    let bo = who("bo");
    let ask = Ask {
        who: &bo,
        channel: "C2",
        verb: verb("approve"),
        host: None,
    };
    let mut found = Found::default();
    found.add("list", bo.clone(), Seen::Untold("Slack is away".to_owned()));
    let untold = Right::Untold("Slack is away".to_owned());
    assert_eq!(access.right(&ask, &found), untold);
    assert_eq!(access.lists(), BTreeSet::from(["list".to_owned()]));
    access.rules.push(Rule::default());
    assert!(matches!(access.right(&ask, &found), Right::Has(_)));
}

#[test]
fn a_channel_is_open_for_a_host_where_a_rule_lets_anybody_ask() {
    let access = access();
    let (web, db) = (host("web1", "web"), host("db1", "db"));
    for (channel, host, open) in [
        ("C1", &web, true),
        ("C1", &db, false),
        ("C2", &db, true),
        // The rule of C3 names nobody, and C4 has none.
        ("C3", &web, false),
        ("C4", &web, false),
    ] {
        let lets = |access: &Access| access.lets_somebody(channel, verb("diagnose"), host);
        assert_eq!(lets(&access), open, "{channel} {}", host.name);
        assert!(lets(&Access::default()));
    }
}
