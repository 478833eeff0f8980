//! What the sentences look like, verb by verb.

use incident::people::Candidate;
use incident::step::{Slot, VERBS};
use incident::{ResponderId, Step};

use crate::Locale;

mod pairs;
mod reasons;

#[test]
fn every_verb_has_a_sentence_of_its_own() {
    for verb in VERBS {
        let args = verb
            .slots
            .iter()
            .map(|(name, kind)| sample(name, *kind))
            .collect();
        let step = Step::new(verb.name, args).unwrap();
        for locale in Locale::ALL {
            let said = locale.step(&step);
            assert_ne!(
                said,
                step.argv().join(" "),
                "{} has no sentence in chat/src/words/step.rs",
                verb.name
            );
            assert!(!said.contains('\n'), "{said:?}");
        }
    }
}

#[test]
fn who_may_approve_is_said_with_their_groups() {
    let one = |person: &str, groups: &[&str]| Candidate {
        person: ResponderId::new(person).ok(),
        groups: groups.iter().map(|name| (*name).to_owned()).collect(),
    };
    let all = [
        one("ana", &[]),
        one("", &["oncall"]),
        one("bo", &["oncall"]),
        one("", &["leads", "oncall"]),
    ];
    let english = "ana, @oncall, bo in @oncall, @leads in @oncall";
    assert_eq!(Locale::English.candidates(&all), english);
    let chinese = "ana、@oncall、bo（须属于 @oncall）、@leads（须属于 @oncall）";
    assert_eq!(Locale::Chinese.candidates(&all), chinese);
}

fn sample(slot: &str, kind: Slot) -> String {
    match slot {
        _ if kind == Slot::Module => "loop",
        "engine" => "podman",
        "workload" => "deployment/web",
        "revision" => "4",
        "path" | "from" | "to" | "target" => "/etc/x",
        "mode" => "0644",
        "recursive" => "1",
        "line" | "pid" | "start_time" | "index" | "step" => "3",
        "unit" => "nginx.service",
        "signal" => "TERM",
        "key" => "vm.swappiness",
        "package" => "nginx",
        "version" => "1.2",
        "tool" => "iptables",
        "size" => "500M",
        "minutes" => "10",
        "seconds" => "5",
        "port" => "5432",
        "execution" => "20261123-abc-1-a1",
        _ => "word",
    }
    .to_owned()
}
