//! Further questions are ones that the program knows, about what was found.

use std::collections::BTreeSet;

use incident::{Severity, Subject};

use super::*;

fn asked(draft: &Draft) -> BTreeSet<String> {
    about(draft)
        .into_iter()
        .map(|(probe, arg)| format!("{probe} {arg}"))
        .collect()
}

#[test]
fn what_a_finding_names_can_be_asked_about() {
    let draft = Draft::new(
        "app.connection_refused",
        Severity::Critical,
        Subject::new("unit", "shop.service"),
        "x",
    )
    .fact("port", 3306)
    .fact("path", "/etc/shop.conf")
    .fact("mount", "/srv");
    let asked = asked(&draft);
    for one in [
        "unit.log shop.service",
        "unit.exec shop.service",
        "file.look /etc/shop.conf",
        "disk.largest /srv",
        "port.holder 3306",
    ] {
        assert!(asked.contains(one), "{one} is not in {asked:?}");
    }
}

#[test]
fn every_probe_that_is_offered_takes_what_it_is_offered_with() {
    let draft = Draft::new(
        "unit.failed",
        Severity::Critical,
        Subject::new("container", "web"),
        "x",
    )
    .fact("unit", "a.service")
    .fact("path", "/a")
    .fact("mount", "/")
    .fact("port", 1)
    .fact("pid", 1);
    for (probe, arg) in about(&draft) {
        let spec = specs().find(|spec| spec.id == probe);
        let run = spec.map(|spec| spec.run(&[&arg], ""));
        assert!(matches!(run, Some(Ok(_))), "{probe} {arg}: {run:?}");
    }
}

#[test]
fn a_name_that_is_no_argument_is_not_asked_about() {
    let answers = incident::probe::Answers::new();
    let host = incident::HostName::new("web1").unwrap();
    let look = Look {
        host: &host,
        answers: &answers,
        window: crate::Window::default(),
    };
    // Nothing was answered, so nothing was found, and there is nothing to ask about.
    assert_eq!(further(&look, &Signatures::default()), Vec::new());
    let hostile = Draft::new(
        "unit.failed",
        Severity::Critical,
        Subject::new("unit", "$(reboot)"),
        "x",
    );
    for (probe, arg) in about(&hostile) {
        let spec = specs().find(|spec| spec.id == probe).unwrap();
        assert!(spec.run(&[&arg], "").is_err(), "{probe} {arg}");
    }
}
