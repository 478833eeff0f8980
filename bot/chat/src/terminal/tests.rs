//! What people see in a terminal, whole screens of it: wide and piped, narrow, and with everything shown.

use incident::notice::{Card, Notice};
use incident::remediation::Outcome;
use incident::report::HostReport;
use incident::{Proposal, ResponderId, Span};
use serde_json::json;

use super::{Face, render};

const PIPED: Face = Face {
    colour: false,
    all: false,
    width: None,
};

fn finding(id: &str, severity: &str, title: &str, explains: &[&str]) -> serde_json::Value {
    json!({
        "id": id, "code": "unit.failed", "severity": severity, "confidence": "confirmed", "host": "web1",
        "subject": "unit:nginx.service", "title": title, "facts": {}, "cites": ["e-7"], "explains": explains,
        "detail": "nginx.service runs as root.\nIt failed 4 s ago: its program was not run.",
    })
}

fn reports() -> Vec<HostReport> {
    let gap =
        |probe: &str, why: &str, next: &str| json!({ "probe": probe, "why": why, "try": next });
    let value = json!([
        { "host": "db1", "status": "healthy", "took": 900, "could_not_check": [], "unreachable": "",
          "findings": [finding("f-9", "info", "Changed in the last day: 2 packages", &[])] },
        { "host": "web1", "status": "critical", "took": 2100, "unreachable": "",
          "could_not_check": [
            gap("kernel.messages 3600", "the host has no kernel log of its own", "nothing to do if that is meant so"),
            gap("disk.remote", "no answer within 5 s", "look for a hung mount or a blocked program"),
            gap("disk.deleted", "needs root: open files of other users", "allow `sudo -n` for the user, or enrol the host, and look again"),
            gap("net.firewall", "needs root: firewall rules", "allow `sudo -n` for the user, or enrol the host, and look again"),
          ],
          "findings": [
            finding("f-1", "critical", "/srv/shop/releases/2026-11-23/bin/serve is not executable (mode 0644)", &["f-2"]),
            finding("f-2", "critical", "nginx.service has failed (exit-code)", &[]),
            finding("f-3", "warning", "/var is 91% full", &[]),
            finding("f-4", "info", "A reboot is pending", &[]),
          ] },
        { "host": "web2", "status": "unreachable", "took": 80, "findings": [], "could_not_check": [],
          "unreachable": "web2: no connection (Connection refused); is it up?" },
        { "host": "web3", "status": "unknown", "took": 8000, "findings": [], "unreachable": "",
          "could_not_check": [gap("disk.space", "the answer is none: it said \"df: broken\"", "ask by hand")] },
    ]);
    serde_json::from_value(value).unwrap()
}

fn proposal() -> Proposal {
    let step = |verb: &str, args: &[&str]| json!({ "verb": verb, "args": args });
    let value = json!({
        "id": "k7f3qa-1", "incident": "20261123-k7f3qa", "host": "web1", "host_key": "SHA256:x", "login": "ops",
        "privilege": "sudo", "runbook": "unit-exec-permission", "runbook_version": 1,
        "title": "A service's program may not be executed", "risk": "low", "answers": "f-1",
        "answers_code": "unit.exec_permission", "answers_subject": "path:/x", "undo": "automatic",
        "steps": [step("file.chmod", &["/srv/shop/releases/2026-11-23/bin/serve", "0755"]), step("unit.restart", &["nginx.service"])],
        "undo_words": ["mode 0644 is put back", "the processes that ran before are gone"],
        "undoes": null, "diff": "-worker_connectons 768;\n+# worker_connectons 768;\n",
        "limits": { "cooldown": 600_000, "per_host_per_day": 3, "timeout": 60_000 },
        "min_approvals": 1, "made_at": 0, "expires_at": 900_000,
    });
    serde_json::from_value(value).unwrap()
}

fn screen(face: Face) -> String {
    let proposal = proposal();
    let ana = [ResponderId::new("ana").unwrap()];
    let reports = reports();
    let card = |may_approve, approvers, needed| Card {
        proposal: &proposal,
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
        summary: &crate::words::summary(&reports),
        reports: &reports,
        cards: &cards,
        pages: &page,
        withheld: &["A disk is failing (f-8): there is no way to become root on web1".to_owned()],
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
                why,
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
            why: "everything was put back as it was",
            output: "",
            can_undo: false,
        },
        PIPED,
    );
    insta::assert_snapshot!("ends", out);
}
