//! Each notice on each platform in each language.

use incident::capture::{Call, Failed, Hot, Stack, Talk, Waiting};
use incident::command::Verb;
use incident::fact::Ran;
use incident::notice::{Card, Hints, Notice, Stage, Standing};
use incident::people::Candidate;
use incident::remediation::{Outcome, Seen, Why};
use incident::report::Verdict;
use incident::vitals::{Area, State, Unit};
use incident::{Capture, Code, Gauge, HostName, HostStatus, Refusal, ResponderId, Risk, Vitals};

use super::{
    ana, because, both, card, faces, hints, indented, on_discord, pages, proposal, reports, title,
};
use crate::{Locale, discord};

#[test]
fn an_incident_begins() {
    let incident = proposal().incident;
    let web1 = HostName::new("web1").unwrap();
    let mut out = both(|locale| {
        let symptom = match locale {
            Locale::English => "the *site* is down, see https://status.example/x",
            Locale::Chinese => "*网站*打不开，见 https://status.example/x",
        };
        faces(
            &Notice::Opened {
                incident: &incident,
                by: &ana(),
                hosts: &[web1.clone(), HostName::new("web2").unwrap()],
                symptom,
                doing: &[locale.looking(&web1, 1, 61)],
            },
            locale,
        )
    });
    out += &both(|locale| {
        let looking = Notice::Looking {
            host: &web1,
            wave: 2,
            probes: 9,
        };
        faces(&looking, locale)
    });
    insta::assert_snapshot!("begins", out);
}

#[test]
fn a_verdict() {
    let (proposal, reports) = (proposal(), reports());
    let candidates = [ana().into()];
    let cards = [card(&proposal, &candidates, 1)];
    let mut out = both(|locale| {
        faces(
            &Notice::Headline {
                incident: &proposal.incident,
                by: &ana(),
                status: HostStatus::Critical,
                summary: &locale.summary(&reports),
                cards: &cards,
                pages: &pages(locale),
                stage: incident::Status::Investigating,
                hints: &hints(title(locale)),
            },
            locale,
        )
    });
    out += &both(|locale| {
        let why = incident::notice::WhyNot::NoRoot {
            login: "ops".to_owned(),
            host: proposal.host.clone(),
            cure: incident::notice::RootCure::SudoOrEnrol,
        };
        let finding = incident::FindingId::nth(8);
        let withheld = locale.why_not(Some((title(locale), &finding)), &why);
        faces(
            &Notice::Diagnosed {
                incident: &proposal.incident,
                summary: &locale.summary(&reports),
                reports: &reports,
                cards: &[],
                pages: &pages(locale),
                withheld: &[withheld],
                hints: &hints(title(locale)),
            },
            locale,
        )
    });
    insta::assert_snapshot!("verdict", out);
}

#[test]
fn nothing_is_wrong() {
    let mut reports = reports();
    reports.truncate(1);
    let incident = proposal().incident;
    let mut out = both(|locale| {
        let healthy = Notice::Headline {
            incident: &incident,
            by: &ana(),
            status: HostStatus::Healthy,
            summary: &locale.summary(&reports),
            cards: &[],
            pages: &[],
            stage: incident::Status::Investigating,
            hints: &Hints::default(),
        };
        faces(&healthy, locale)
    });
    out += &both(|locale| {
        let found = Notice::Diagnosed {
            incident: &incident,
            summary: &locale.summary(&reports),
            reports: &reports,
            cards: &[],
            pages: &[],
            withheld: &[],
            hints: &Hints::default(),
        };
        faces(&found, locale)
    });
    insta::assert_snapshot!("healthy", out);
}

/// Why a run ended as it did.
fn looked(ran: Ran, verdict: Verdict, code: &str, title: &str) -> Why {
    let (code, title) = (Code::new(code).unwrap(), title.to_owned());
    let seen = match verdict {
        Verdict::Verified => Seen::Gone { code, title },
        Verdict::NotFixed
        | Verdict::Planned
        | Verdict::Worse
        | Verdict::CouldNotCheck
        | Verdict::Captured => Seen::There { code, title },
    };
    Why::Looked { ran, verdict, seen }
}

#[test]
fn a_card_from_its_offer_to_its_end() {
    let proposal = proposal();
    let approvers = [ana(), ResponderId::new("bo").unwrap()];
    let candidates = approvers.clone().map(Candidate::from);
    let offer = |given: &[ResponderId], standing| {
        both(|locale| {
            let card = Card {
                title: title(locale),
                because: because(locale),
                ..card(&proposal, &candidates, 2)
            };
            let notice = Notice::Offer {
                card: &card,
                given,
                standing,
            };
            faces(&notice, locale)
        })
    };
    let ended = |outcome, why, output, can_undo| Standing::Ended {
        outcome,
        why,
        output,
        can_undo,
    };
    let mut out = offer(&[ana()], Standing::Open);
    out += &both(|locale| {
        let nobody = Card {
            approvers: &[],
            title: title(locale),
            because: because(locale),
            ..card(&proposal, &candidates, 2)
        };
        let notice = Notice::Offer {
            card: &nobody,
            given: &[],
            standing: Standing::Open,
        };
        faces(&notice, locale)
    });
    let now = Stage::Running;
    out += &offer(&approvers, Standing::UnderWay { now });
    let title = "/srv/shop/releases/2026-11-23/bin/serve is not executable";
    let code = "unit.exec_permission";
    let why = looked(Ran::Done, Verdict::Verified, code, title);
    out += &offer(&approvers, ended(Outcome::Verified, &why, "", true));
    let why = Why::Rejected {
        by: ana(),
        reason: "not while the backup runs <!here> **now**".to_owned(),
    };
    out += &offer(&[], ended(Outcome::Rejected, &why, "", false));
    let output = "Job for nginx.service failed.\n@everyone ```bold``` <!channel>\n";
    let failed = Ran::StepFailed { step: 2, code: 1 };
    let why = looked(failed, Verdict::NotFixed, code, title);
    out += &offer(&approvers, ended(Outcome::Failed, &why, output, true));
    let lost = Ran::Unknown {
        why: "the host was restarted while it ran".to_owned(),
    };
    let host = proposal.host.clone();
    let why = Why::Looked {
        ran: lost,
        verdict: Verdict::CouldNotCheck,
        seen: Seen::TooLittle { host },
    };
    out += &offer(&approvers, ended(Outcome::Unknown, &why, "", false));
    insta::assert_snapshot!("card", out);
}

#[test]
fn what_one_person_is_told() {
    let proposal = proposal();
    let mut out = both(|locale| {
        let refusal = Refusal::NotThem {
            who: ResponderId::new("bo").unwrap(),
            risk: Risk::Low,
            host: proposal.host.clone(),
            ask: vec![ana().into()],
        };
        let why = locale.refusal(&refusal);
        faces(&Notice::Refused { why: &why }, locale)
    });
    out += &both(|locale| {
        let step = locale.step(&proposal.steps[0]);
        let told = [
            locale.dry_run_of(&proposal.id, &proposal.host),
            locale.rehearsed(
                &step,
                &crate::Would::Run,
                &locale.was_and_is("mode", "0644", None),
            ),
        ];
        let text = told.join("\n");
        faces(&Notice::Answer { text: &text }, locale)
    });
    out += &both(|locale| {
        let because = Some(("x is not executable", "Its mode is 0644."));
        let text = locale.details(&proposal, title(locale), because).join("\n");
        faces(&Notice::Answer { text: &text }, locale)
    });
    out += &both(|locale| {
        faces(
            &Notice::Answer {
                text: &locale.help(Verb::all()),
            },
            locale,
        )
    });
    out += &both(|locale| {
        let proposal = &proposal;
        faces(&Notice::Chosen { proposal }, locale)
    });
    out += &both(|locale| {
        let proposal = &proposal;
        faces(&Notice::Running { proposal }, locale)
    });
    out += &both(|locale| {
        let title = "nginx.service has failed";
        let ended = Notice::Ended {
            proposal: &proposal,
            outcome: Outcome::NotFixed,
            why: &looked(Ran::Done, Verdict::NotFixed, "unit.failed", title),
            output: "",
            can_undo: true,
        };
        faces(&ended, locale)
    });
    out += &both(|locale| {
        let ended = Notice::Ended {
            proposal: &proposal,
            outcome: Outcome::Planned,
            why: &Why::Looked {
                ran: Ran::Done,
                verdict: Verdict::Planned,
                seen: Seen::Reboots { minutes: 10 },
            },
            output: "",
            can_undo: true,
        };
        faces(&ended, locale)
    });
    out += &both(|locale| {
        let shown = "f-1: x\n  e-7 on web1: unit.show\n    a\n    … 1 more lines";
        let all = "f-1: x\n  e-7 on web1: unit.show\n    a\n    b";
        let evidence = discord::evidence(&proposal.incident, shown, all, locale);
        indented(&on_discord(&evidence), "  ")
    });
    insta::assert_snapshot!("told", out);
}

#[test]
fn what_was_captured_is_told_in_a_few_lines() {
    let proposal = proposal();
    let text = |texts: &[&str]| {
        texts
            .iter()
            .map(|one| (*one).to_owned())
            .collect::<Vec<_>>()
    };
    let stack = |threads, frames: &[&str], waits_in: &str| Stack {
        threads,
        frames: text(frames),
        waits_in: waits_in.to_owned(),
    };
    let captures = vec![
        Capture::Backtrace {
            threads: 14,
            stacks: vec![
                stack(11, &["wait", "worker", "start_thread"], "futex_do_wait"),
                stack(1, &["spin"], ""),
                stack(1, &[], "do_epoll_wait"),
                stack(1, &[], ""),
            ],
        },
        Capture::Syscalls {
            seconds: 5,
            calls: 90,
            top: vec![Call {
                name: "poll".to_owned(),
                times: 40,
                millis: 4100,
            }],
            failed: vec![Failed {
                name: "connect".to_owned(),
                error: "ECONNREFUSED".to_owned(),
                about: "127.0.0.1:6379".to_owned(),
                times: 28,
            }],
            waiting: vec![Waiting {
                name: "futex".to_owned(),
                about: String::new(),
                threads: 3,
            }],
        },
        Capture::Syscalls {
            seconds: 5,
            calls: 0,
            top: Vec::new(),
            failed: Vec::new(),
            waiting: Vec::new(),
        },
        Capture::Profile {
            samples: 495,
            top: vec![Hot {
                function: "regex_match".to_owned(),
                object: "libshop.so".to_owned(),
                permille: 934,
            }],
        },
        Capture::Packets {
            seconds: 10,
            packets: 12,
            talks: vec![Talk {
                from: "10.0.0.2".to_owned(),
                to: "10.0.0.5:5432".to_owned(),
                asked: 4,
                answered: 0,
                refused: 0,
                resent: 8,
                cut: 0,
                unreachable: "host 10.0.0.5 unreachable".to_owned(),
            }],
        },
        Capture::Core {
            signal: "SIGSEGV".to_owned(),
            frames: text(&["parse", "read_settings", "main"]),
        },
        Capture::Unread,
    ];
    let evidence = (1..=captures.len()).map(|n| incident::EvidenceId::nth(40 + n));
    let why = Why::Looked {
        ran: Ran::Done,
        verdict: Verdict::Captured,
        seen: Seen::Captured {
            evidence: evidence.collect(),
            captures,
        },
    };
    let out = both(|locale| {
        let ended = Notice::Ended {
            proposal: &proposal,
            outcome: Outcome::Captured,
            why: &why,
            output: "",
            can_undo: false,
        };
        faces(&ended, locale)
    });
    insta::assert_snapshot!("captured", out);
}

#[test]
fn pictures_are_beside_the_cards() {
    let reports = reports();
    let web1 = reports[1].host.clone();
    let full = Gauge::new(
        Area::Space,
        "/srv",
        Unit::Bytes,
        99 << 30,
        Some(100 << 30),
        State::Over,
    );
    let vitals = [(
        web1,
        Vitals {
            gauges: vec![full],
            needs: Vec::new(),
        },
    )];
    let out = both(|locale| {
        let pictured = Notice::Pictured {
            incident: &proposal().incident,
            vitals: &vitals,
            reports: &reports,
        };
        faces(&pictured, locale)
    });
    insta::assert_snapshot!("pictured", out);
}

#[test]
fn whoever_may_approve_is_called() {
    let proposal = proposal();
    let approvers = [ana().into()];
    let out = both(|locale| {
        let called = Notice::Called {
            card: &card(&proposal, &approvers, 1),
            names: &["11".to_owned(), "12".to_owned()],
        };
        faces(&called, locale)
    });
    insta::assert_snapshot!("called", out);
}
