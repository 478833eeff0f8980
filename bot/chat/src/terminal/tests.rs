//! What people see in a terminal, whole screens of it: wide and piped, narrow, and with everything shown.

use incident::notice::{Card, Notice};
use incident::remediation::{Outcome, Why};
use incident::{ResponderId, Span};

use super::{Face, render};
use crate::Locale;
use crate::tests::{hints, proposal, reports};

const PIPED: Face = Face {
    colour: false,
    all: false,
    width: None,
    locale: Locale::English,
};

fn screen(face: Face) -> String {
    let proposal = proposal();
    let ana = [ResponderId::new("ana").unwrap().into()];
    let reports = reports();
    let card = |may_approve, approvers, needed| Card {
        proposal: &proposal,
        title: &proposal.title,
        because: "/srv/shop/releases/2026-11-23/bin/serve is not executable",
        approvers,
        needed,
        may_approve,
        left: Span::minutes(14),
    };
    let cards = [
        card(true, &ana[..], 1),
        card(false, &ana[..], 2),
        card(false, &[], 1),
    ];
    let page = [("disk-full", "A filesystem is full", "f-3")]
        .map(|(id, title, finding)| (id.to_owned(), title.to_owned(), finding.to_owned()));
    let notice = Notice::Diagnosed {
        incident: &proposal.incident,
        summary: &Locale::English.summary(&reports),
        reports: &reports,
        cards: &cards,
        pages: &page,
        withheld: &["A disk is failing (f-8): there is no way to become root on web1".to_owned()],
        hints: &hints("A filesystem is full"),
    };
    render(&notice, face)
}

#[test]
fn a_diagnosis_of_four_hosts() {
    insta::assert_snapshot!("piped", screen(PIPED));
    insta::assert_snapshot!("all", screen(Face { all: true, ..PIPED }));
    let narrow = screen(Face {
        width: Some(40),
        ..PIPED
    });
    for line in narrow.lines() {
        assert!(super::wrap::columns(line) <= 40, "{line:?} is too wide");
    }
    insta::assert_snapshot!("narrow", narrow);
}

#[test]
fn colours_change_nothing_but_colours() {
    let coloured = screen(Face {
        colour: true,
        width: Some(60),
        ..PIPED
    });
    let plain = screen(Face {
        width: Some(60),
        ..PIPED
    });
    assert!(coloured.contains("\x1b[31;1m") || coloured.contains("\x1b[1;31m"));
    let mut bare = String::new();
    let mut escape = false;
    for c in coloured.chars() {
        escape |= c == '\x1b';
        if !escape {
            bare.push(c);
        }
        escape &= c != 'm';
    }
    assert_eq!(bare, plain);
}

#[test]
fn how_a_fix_ends() {
    let proposal = proposal();
    let mut undo = proposal.clone();
    undo.undoes = Some(proposal.id.clone());
    let mut out = render(
        &Notice::Chosen {
            proposal: &proposal,
        },
        PIPED,
    );
    out += &render(
        &Notice::Running {
            proposal: &proposal,
        },
        PIPED,
    );
    for (outcome, why, can_undo) in [
        (Outcome::Verified, "/x is not executable is gone", true),
        (
            Outcome::NotFixed,
            "/x is not executable (unit.exec_permission)",
            true,
        ),
        (
            Outcome::Worse,
            "nginx.service has failed (unit.failed)",
            true,
        ),
        (Outcome::Failed, "step 2 failed with exit code 1", false),
        (Outcome::Refused, "mode was 0644 and is 0600 now", false),
        (Outcome::Unknown, "the host does not answer", false),
    ] {
        out += &render(
            &Notice::Ended {
                proposal: &proposal,
                outcome,
                why: &Why::Guard(why.to_owned()),
                output: if outcome == Outcome::Failed {
                    "no such unit\n\n"
                } else {
                    ""
                },
                can_undo,
            },
            PIPED,
        );
        out.push('\n');
    }
    out += &render(
        &Notice::Ended {
            proposal: &undo,
            outcome: Outcome::Verified,
            why: &Why::Guard("everything was put back as it was".to_owned()),
            output: "",
            can_undo: false,
        },
        PIPED,
    );
    insta::assert_snapshot!("ends", out);
}
