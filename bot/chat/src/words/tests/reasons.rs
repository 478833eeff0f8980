//! Why something is not done, and why something ended as it did, in both languages: the English of it is an error's or the
//! journal's, so that the compiler sees to it that each has Chinese, and this that it is some.

use std::collections::BTreeSet;

use incident::capture::Asked;
use incident::command::Misunderstood;
use incident::fact::{Claimed, Ran};
use incident::notice::{RootCure, WhyNot};
use incident::remediation::{Moved, NoRollback, Outcome, Seen, Why};
use incident::report::Verdict;
use incident::{Code, HostName, Moment, ProposalId, Refusal, ResponderId, Risk, Step, Subject};

use super::pairs::is_chinese;
use crate::Locale;

fn proposal() -> ProposalId {
    ProposalId::new("k7f3qa-1").unwrap()
}

fn host() -> HostName {
    HostName::new("web1").unwrap()
}

fn ana() -> ResponderId {
    ResponderId::new("ana").unwrap()
}

/// English has no Chinese in it, Chinese some; and what was filled into one of them is in both.
#[track_caller]
fn check(english: &str, chinese: &str) {
    assert!(!english.chars().any(is_chinese), "{english}");
    assert!(chinese.chars().any(is_chinese), "{chinese}");
    for name in ["k7f3qa-1", "web1", "ana", "/usr/sbin/x", "20261123-k7f3qa"] {
        let (here, there) = (english.contains(name), chinese.contains(name));
        assert_eq!(here, there, "{name}: {english} | {chinese}");
    }
    for sign in [", ", "; ", " ("] {
        assert!(!chinese.contains(sign), "{chinese}");
    }
}

fn whys() -> Vec<Why> {
    let code = || Code::new("unit.exec_permission").unwrap();
    let title = || "/usr/sbin/x is not executable".to_owned();
    let said = || "said".to_owned();
    let runbook = || "disk-full".parse().unwrap();
    let seen = [
        Seen::Gone {
            code: code(),
            title: title(),
        },
        Seen::There {
            code: code(),
            title: title(),
        },
        Seen::Unreachable {
            host: host(),
            why: said(),
        },
        Seen::TooLittle { host: host() },
        Seen::NoAnswer { probe: said() },
        Seen::NoHost { host: host() },
        Seen::PutBack,
        Seen::PutBackWith {
            code: code(),
            title: title(),
        },
    ];
    let looked = seen.map(|seen| Why::Looked {
        ran: Ran::Done,
        verdict: Verdict::Verified,
        seen,
    });
    let moved = [
        Moved::NoHost { host: host() },
        Moved::Runbook { runbook: runbook() },
        Moved::Unread { why: said() },
        Moved::Unreachable {
            host: host(),
            why: said(),
        },
        Moved::Key {
            host: host(),
            is: said(),
            was: said(),
        },
        Moved::Login { host: host() },
        Moved::Gone {
            subject: Subject::new("unit", "x"),
            host: host(),
        },
        Moved::TooLate,
        Moved::NeverRan,
    ];
    let ran = [
        (Ran::StepFailed { step: 1, code: 2 }, Verdict::Verified),
        (Ran::TimedOut, Verdict::Verified),
        (Ran::Done, Verdict::NotFixed),
        (Ran::Done, Verdict::Worse),
        (Ran::Done, Verdict::CouldNotCheck),
        (Ran::NeverRan, Verdict::Verified),
        (Ran::Unknown { why: said() }, Verdict::Verified),
    ];
    let ran = ran.map(|(ran, verdict)| Why::Looked {
        ran,
        verdict,
        seen: Seen::PutBack,
    });
    let more = [
        Why::Rejected {
            by: ana(),
            reason: String::new(),
        },
        Why::Rejected {
            by: ana(),
            reason: "not while the backup runs".to_owned(),
        },
        Why::NobodyInTime,
        Why::UnderWay(None),
    ];
    let all = looked.into_iter().chain(moved.map(Why::Moved));
    all.chain(ran).chain(more).collect()
}

#[test]
fn why_it_ended_is_said_in_both_languages() {
    for why in whys() {
        check(&Locale::English.why(&why), &Locale::Chinese.why(&why));
    }
    // What an earlier Sickbay recorded has words only, and they are kept.
    let why = Why::Moved(Moved::Said {
        why: "it moved".to_owned(),
    });
    assert_eq!(Locale::Chinese.why(&why), "it moved");
}

fn refusals() -> Vec<Refusal> {
    let now = Moment(60_000);
    let over = |why| Refusal::Over {
        proposal: proposal(),
        outcome: Outcome::Verified,
        why: Box::new(why),
    };
    let bad = || ProposalId::new("-x").unwrap_err();
    let step = Step::new("unit.restart", vec!["x.service".to_owned()]).unwrap();
    let no_root = |cure| WhyNot::NoRoot {
        login: "ops".to_owned(),
        host: host(),
        cure,
    };
    let mut all = vec![
        Refusal::NoProposal {
            proposal: proposal(),
            near: Some("k7f3qa-2".to_owned()),
        },
        Refusal::ResolvedBefore {
            incident: "20261123-k7f3qa".parse().unwrap(),
            by: ana(),
            at: Moment(0),
        },
        Refusal::OnItBefore {
            incident: "20261123-k7f3qa".parse().unwrap(),
            by: ana(),
            at: Moment(0),
        },
        Refusal::StillRuns {
            incident: "20261123-k7f3qa".parse().unwrap(),
            proposal: proposal(),
        },
        Refusal::NotApproved {
            proposal: proposal(),
        },
        Refusal::UnderWay {
            proposal: proposal(),
        },
        Refusal::CarriedOut {
            proposal: proposal(),
        },
        Refusal::Expired {
            proposal: proposal(),
        },
        over(Why::NobodyInTime),
        Refusal::OtherCard {
            proposal: proposal(),
        },
        Refusal::StaleCard {
            proposal: proposal(),
        },
        Refusal::Nobody {
            risk: Risk::Low,
            host: host(),
        },
        Refusal::NotThem {
            who: ana(),
            risk: Risk::High,
            host: host(),
            ask: vec![ana().into()],
        },
        Refusal::Untold {
            who: ana(),
            risk: Risk::High,
            host: host(),
            why: "Slack user group S1 cannot be read".to_owned(),
        },
        Refusal::UntoldEarlier {
            who: ana(),
            why: "Slack user group S1 cannot be read".to_owned(),
        },
        Refusal::NotAllowed { verb: "approve" },
        Refusal::NotAllowedOf {
            verb: "diagnose",
            host: host(),
        },
        Refusal::AccessUntold {
            verb: "approve",
            why: "Slack user group S1 cannot be read".to_owned(),
        },
        Refusal::UntoldUndo {
            proposal: proposal(),
            why: "Slack user group S1 cannot be read".to_owned(),
        },
        Refusal::Requester {
            who: ana(),
            proposal: proposal(),
        },
        Refusal::Twice {
            who: ana(),
            proposal: proposal(),
            missing: 1,
        },
        Refusal::OtherAttempt {
            execution: "20261123-k7f3qa-1-a1".parse().unwrap(),
            proposal: proposal(),
        },
        Refusal::OthersAtWork {
            proposal: proposal(),
        },
        Refusal::IsRollback {
            proposal: proposal(),
        },
        Refusal::EndUnknown {
            proposal: proposal(),
            host: host(),
        },
        Refusal::NeverCarriedOut {
            proposal: proposal(),
        },
        Refusal::StillCarriedOut {
            proposal: proposal(),
        },
        Refusal::UndoneBefore {
            proposal: proposal(),
        },
        Refusal::MayNotUndo {
            proposal: proposal(),
        },
        Refusal::NotInInventory { host: host() },
        Refusal::NoIncident {
            incident: "20261123-k7f3qa".parse().unwrap(),
        },
        Refusal::SayWhich {
            usage: "approve PROPOSAL",
        },
        Refusal::NoIncidentHere {
            usage: "summarise INCIDENT",
        },
        Refusal::NothingWaits,
        Refusal::BadId(bad()),
    ];
    let since = Moment(0);
    let (holder, incident, key) = ("a1".to_owned(), String::new(), "web1 x".to_owned());
    all.extend(
        [
            Claimed::HostLock {
                host: host(),
                holder,
                incident,
                since,
                now,
            },
            Claimed::Cooldown {
                key: key.clone(),
                until: now,
                now: since,
            },
            Claimed::Daily {
                key,
                used: 3,
                max: 3,
            },
        ]
        .map(Refusal::Claimed),
    );
    let verb = "file.delete".to_owned();
    let why = "gone".to_owned();
    all.extend(
        [
            NoRollback::NothingDone,
            NoRollback::Irreversible {
                number: 1,
                verb,
                why,
            },
        ]
        .map(Refusal::NoRollback),
    );
    let runbook = || "disk-full".parse().unwrap();
    all.extend(
        [
            WhyNot::Secret { runbook: runbook() },
            WhyNot::FailedBefore {
                times: 2,
                runbook: runbook(),
            },
            no_root(RootCure::SudoOrEnrol),
            no_root(RootCure::Enrol),
            no_root(RootCure::Settings),
            WhyNot::Step {
                step: Box::new(step),
                why: "no".to_owned(),
            },
            WhyNot::Done,
            WhyNot::Unrecorded("full".to_owned()),
            WhyNot::Defect,
        ]
        .map(Refusal::WouldNot),
    );
    let text = "-x".to_owned();
    all.extend(
        [
            Misunderstood::NoTarget,
            Misunderstood::Option { text },
            Misunderstood::BadId {
                verb: "reject",
                bad: bad(),
            },
            Misunderstood::BadCapture {
                bad: Asked::parse("heap nginx").unwrap_err(),
            },
            Misunderstood::BadCapture {
                bad: Asked::parse("core").unwrap_err(),
            },
            Misunderstood::BadCapture {
                bad: Asked::parse("packets db").unwrap_err(),
            },
            Misunderstood::BadCapture {
                bad: Asked::parse("profile db 600").unwrap_err(),
            },
            Misunderstood::BadCode {
                bad: Code::new("x").unwrap_err(),
            },
            Misunderstood::NoCommand {
                word: "tea".to_owned(),
                near: None,
            },
            Misunderstood::NoCommand {
                word: "statu".to_owned(),
                near: Some("status"),
            },
        ]
        .map(Refusal::Misunderstood),
    );
    all
}

#[test]
fn why_it_is_not_done_is_said_in_both_languages() {
    let all = refusals();
    for refusal in &all {
        let (english, chinese) = (
            Locale::English.refusal(refusal),
            Locale::Chinese.refusal(refusal),
        );
        check(&english, &chinese);
    }
    // All of them are here but the one that is in the words of somebody else.
    let kinds: BTreeSet<String> = all
        .iter()
        .map(|one| {
            format!("{one:?}")
                .split([' ', '('])
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(kinds.len(), 39, "{kinds:?}");
}
