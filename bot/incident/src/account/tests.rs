//! An account of incidents that went this way and that: each time is a fact's, each statement rests on something that is there.

use std::collections::BTreeSet;

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::{Account, NEWS, Next, Remark, Source, What, is_busy, is_news, took_part};
use crate::fact::Ran;
use crate::grant::GRANT_LIFE;
use crate::proposal::{Limits, Privilege};
use crate::remediation::{Incident, Outcome, Seen};
use crate::report::{HostReport, Verdict};
use crate::*;

pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub(crate) fn ana() -> ResponderId {
    id("ana")
}

fn code() -> Code {
    Code::new("unit.exec_permission").unwrap()
}

/// The facts of an incident, one a minute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    pub(crate) facts: Vec<(Moment, Fact)>,
    pub(crate) remarks: Vec<Remark>,
}

impl Story {
    pub(crate) fn push(&mut self, fact: Fact) {
        let at = i64::try_from(self.facts.len()).unwrap() * 60_000;
        self.facts.push((Moment(at), fact));
    }

    pub(crate) fn opened() -> Self {
        let mut story = Self::default();
        story.push(Fact::Opened {
            by: ana(),
            via: "slack U1".to_owned(),
            hosts: vec![id("web1")],
            symptom: "the site is down".to_owned(),
            policy: String::new(),
        });
        story
    }

    /// Web1 was looked at, and a fix is offered.
    pub(crate) fn found() -> Self {
        let mut story = Self::opened();
        story.push(Fact::Judged { report: report() });
        story.propose("abc-1", None);
        story
    }

    fn propose(&mut self, name: &str, undoes: Option<&str>) {
        let proposal = Box::new(Proposal {
            id: id(name),
            undoes: undoes.map(id),
            ..proposal()
        });
        self.push(Fact::Proposed { proposal });
    }

    /// What is offered last is a closer look instead.
    pub(crate) fn only_look(&mut self) {
        if let Some((_, Fact::Proposed { proposal })) = self.facts.last_mut() {
            let args = vec!["7".to_owned(), "99".to_owned()];
            proposal.steps = vec![Step::new("capture.backtrace", args).unwrap()];
        }
    }

    pub(crate) fn on_it(&mut self, who: &str) {
        let (by, via) = (id(who), "slack".to_owned());
        self.push(Fact::Acknowledged { by, via });
    }

    pub(crate) fn over(&mut self, who: &str) {
        self.push(Fact::Resolved {
            by: id(who),
            via: "slack".to_owned(),
            reason: String::new(),
        });
    }

    fn yes(&mut self, who: &str, name: &str) {
        let approval = Approval {
            by: id(who),
            via: "slack U2".to_owned(),
            because: "@oncall".to_owned(),
            at: Moment(0),
            digest: String::new(),
        };
        let (proposal, execution) = (id::<ProposalId>(name), id(&format!("20261123-{name}-a1")));
        self.push(Fact::Approved {
            proposal: proposal.clone(),
            approval: approval.clone(),
        });
        let grant = Grant {
            execution,
            host: id("web1"),
            digest: String::new(),
            approvals: vec![approval],
            quorum: 1,
            made_at: Moment(0),
            expires_at: Moment(0).plus(GRANT_LIFE),
        };
        let grant = Box::new(grant.sign(&SigningKey::from_bytes(&[7; 32])));
        self.push(Fact::Granted {
            proposal,
            grant,
            attempt: 1,
        });
    }

    pub(crate) fn approved(&mut self, who: &str) {
        self.yes(who, "abc-1");
    }

    fn executed(&mut self, name: &str) {
        self.push(Fact::Executed {
            proposal: id(name),
            execution: id(&format!("20261123-{name}-a1")),
            ran: Ran::Done,
            steps: Vec::new(),
            output: String::new(),
        });
    }

    fn verified(&mut self, name: &str, verdict: Verdict) {
        self.push(Fact::Verified {
            proposal: id(name),
            verdict,
            why: String::new(),
            seen: Some(Seen::PutBack),
        });
    }

    pub(crate) fn ran(&mut self) {
        self.executed("abc-1");
    }

    pub(crate) fn looked(&mut self, outcome: Outcome) {
        let verdict = match outcome {
            Outcome::Verified => Verdict::Verified,
            Outcome::Unknown => Verdict::CouldNotCheck,
            Outcome::Planned => Verdict::Planned,
            Outcome::Captured => Verdict::Captured,
            Outcome::NotFixed
            | Outcome::Worse
            | Outcome::Failed
            | Outcome::Refused
            | Outcome::Rejected
            | Outcome::Expired => Verdict::NotFixed,
        };
        self.verified("abc-1", verdict);
    }

    pub(crate) fn undoing(&mut self, who: &str) {
        self.propose("abc-2", Some("abc-1"));
        self.yes(who, "abc-2");
    }

    pub(crate) fn undone(&mut self) {
        self.executed("abc-2");
        self.verified("abc-2", Verdict::Verified);
    }

    pub(crate) fn said(&mut self, who: &str, at: i64, text: Option<&str>) {
        self.remarks.push(Remark {
            message: format!("slack:T1:C1:{}", self.remarks.len()),
            author: who.to_owned(),
            at: Moment(at),
            text: text.map(str::to_owned),
        });
    }

    pub(crate) fn incident(&self) -> Incident {
        Incident::replay(id("20261123-abc"), self.facts.iter().cloned())
    }

    pub(crate) fn account(&self) -> Account {
        Account::of(&id("20261123-abc"), &self.facts, &self.remarks)
    }
}

fn finding(name: &str, explains: &[&str]) -> Finding {
    Finding {
        id: id(name),
        code: code(),
        severity: Severity::Critical,
        confidence: Confidence::Confirmed,
        host: id("web1"),
        subject: Subject::new("path", name),
        title: format!("{name} is wrong"),
        detail: String::new(),
        facts: std::collections::BTreeMap::new(),
        cites: vec![id("e-1")],
        explains: explains.iter().map(|one| id(one)).collect(),
    }
}

fn report() -> HostReport {
    HostReport {
        host: id("web1"),
        status: HostStatus::Critical,
        took: Span::seconds(1),
        findings: vec![finding("f-1", &["f-2"]), finding("f-2", &[])],
        could_not_check: vec![CouldNotCheck {
            probe: "net.firewall".to_owned(),
            why: "needs root".to_owned(),
            next: "allow sudo".to_owned(),
        }],
        unreachable: String::new(),
        since: None,
    }
}

fn proposal() -> Proposal {
    Proposal {
        id: id("abc-1"),
        incident: id("20261123-abc"),
        host: id("web1"),
        host_key: "SHA256:x".to_owned(),
        login: "ops".to_owned(),
        privilege: Privilege::Sudo,
        runbook: id("unit-exec-permission"),
        runbook_version: 1,
        runbook_text: String::new(),
        title: "Make it executable".to_owned(),
        risk: Risk::Low,
        answers: id("f-1"),
        answers_code: code(),
        answers_subject: Subject::new("path", "f-1"),
        steps: Vec::new(),
        undo: Undo::Automatic,
        undo_words: Vec::new(),
        undoes: None,
        diff: String::new(),
        limits: Limits::default(),
        min_approvals: 1,
        made_at: Moment(0),
        expires_at: Moment(900_000),
    }
}

/// The four times, as the fact or message each rests on.
fn times(account: &Account) -> [Option<(i64, Source)>; 4] {
    let stamps = [
        &account.detected,
        &account.acknowledged,
        &account.mitigated,
        &account.resolved,
    ];
    stamps.map(|stamp| stamp.clone().map(|stamp| (stamp.at.0, stamp.source)))
}

fn fact(minute: i64) -> (i64, Source) {
    let seq = u64::try_from(minute).unwrap() + 1;
    (minute * 60_000, Source::Fact(seq))
}

#[test]
fn each_time_is_that_of_a_fact() {
    let mut story = Story::found();
    assert_eq!(times(&story.account()), [Some(fact(0)), None, None, None]);
    story.approved("bo");
    // An approval is a word that somebody is on it, where nobody gave one before.
    assert_eq!(times(&story.account())[1], Some(fact(3)));
    story.ran();
    story.looked(Outcome::Verified);
    assert_eq!(
        times(&story.account()),
        [Some(fact(0)), Some(fact(3)), Some(fact(6)), None]
    );
    story.on_it("ana");
    story.over("ana");
    let whole = [Some(fact(0)), Some(fact(3)), Some(fact(6)), Some(fact(8))];
    assert_eq!(times(&story.account()), whole);
    // What is said in the thread counts where it came first, also where it was taken back.
    story.said("bo", 90_000, None);
    story.said("bo", 400_000, Some("done"));
    let spoke = Some((90_000, Source::Remark("slack:T1:C1:0".to_owned())));
    assert_eq!(times(&story.account())[1], spoke);
    // Undone, it is neither mitigated nor over.
    story.undoing("bo");
    assert_eq!(times(&story.account())[2..], [Some(fact(6)), None]);
    story.undone();
    assert_eq!(times(&story.account())[2..], [None, None]);
}

#[test]
fn a_fix_that_did_not_help_mitigates_nothing() {
    for outcome in [Outcome::NotFixed, Outcome::Unknown] {
        let mut story = Story::found();
        story.approved("bo");
        story.ran();
        story.looked(outcome);
        assert_eq!(times(&story.account())[2], None, "{outcome:?}");
    }
}

#[test]
fn what_comes_next_follows_from_what_is_open() {
    let mut story = Story::opened();
    assert!(matches!(story.account().next, Next::Looking { host, .. } if host == id("web1")));
    story.push(Fact::Judged { report: report() });
    let next = story.account().next;
    assert!(matches!(&next, Next::Read { finding, .. } if finding.id == id("f-1")));
    assert_eq!(next.source(), Some(&Source::Fact(2)));
    story.propose("abc-1", None);
    assert!(
        matches!(story.account().next, Next::Decide { proposal, .. } if proposal == id("abc-1"))
    );
    story.approved("bo");
    assert!(matches!(story.account().next, Next::Wait { .. }));
    story.ran();
    let mut lost = story.clone();
    lost.looked(Outcome::Unknown);
    assert!(matches!(lost.account().next, Next::Look { host, .. } if host == id("web1")));
    let mut failed = story.clone();
    failed.looked(Outcome::NotFixed);
    assert!(matches!(failed.account().next, Next::Again { .. }));
    story.looked(Outcome::Verified);
    assert_eq!(story.account().next, Next::Resolve);
    story.over("ana");
    assert_eq!(story.account().next, Next::Nothing);
    assert_eq!(story.account().open, []);
    let mut away = Story::opened();
    let report = HostReport {
        status: HostStatus::Unreachable,
        findings: Vec::new(),
        ..report()
    };
    away.push(Fact::Judged { report });
    assert!(matches!(away.account().next, Next::Reach { .. }));
}

#[test]
fn what_is_told_is_what_there_was() {
    let mut story = Story::found();
    story.said("bo", 61_000, Some("I pulled a plug"));
    story.said("bo", 62_000, None);
    story.approved("bo");
    story.ran();
    story.looked(Outcome::Verified);
    let account = story.account();
    let what = |list: &[super::Statement]| -> Vec<String> {
        let words = list.iter().map(|one| format!("{:?}", one.what));
        let word = |text: String| text.split(' ').next().unwrap_or("").to_owned();
        words.map(word).collect()
    };
    assert_eq!(what(&account.happened), ["Asked", "Judged", "Said"]);
    assert_eq!(what(&account.tried), ["Fix"]);
    assert_eq!(what(&account.known), ["Found", "Unchecked"]);
    assert_eq!(what(&account.decided), ["Approved"]);
    // F-2 is explained by f-1, which was repaired.
    assert_eq!(account.open, []);
    let known = &account.known[0].what;
    assert!(matches!(known, What::Found { finding } if finding.id == id("f-1")));
    assert_eq!(took_part(&story.facts), BTreeSet::from([ana(), id("bo")]));
}

#[test]
fn it_is_busy_where_something_was_decided_or_people_talk() {
    let mut story = Story::found();
    let busy = |story: &Story, since: i64| is_busy(&story.facts, &story.remarks, Moment(since));
    assert!(!busy(&story, 0), "what was found stands in the thread");
    story.on_it("ana");
    assert!(busy(&story, 0) && !busy(&story, 180_000));
    for n in 0..3 {
        assert!(!busy(&story, 180_000));
        story.said("bo", 200_000 + n, Some("hm"));
        story.said("bo", 200_000 + n, None);
    }
    assert!(busy(&story, 180_000) && !busy(&story, 200_000));
}

#[test]
fn what_is_news_is_known_to_whoever_looks_for_it() {
    let mut story = Story::found();
    story.approved("bo");
    story.ran();
    story.looked(Outcome::Verified);
    story.on_it("ana");
    story.over("ana");
    let news = story.facts.iter().filter(|(_, fact)| is_news(fact));
    let kinds: Vec<&str> = news.map(|(_, fact)| fact.kind()).collect();
    assert_eq!(kinds, ["approved", "executed", "verified", "acknowledged"]);
    let no = Fact::Rejected {
        proposal: id("abc-1"),
        by: ana(),
        via: String::new(),
        reason: String::new(),
    };
    let void = Fact::Voided {
        proposal: id("abc-1"),
        why: String::new(),
        moved: None,
    };
    let all = story.facts.iter().map(|(_, fact)| fact);
    for fact in all.chain([&no, &void]) {
        assert_eq!(is_news(fact), NEWS.contains(&fact.kind()), "{fact:?}");
    }
}

/// One more thing that may happen, whether it makes sense or not.
fn happens(story: &mut Story, what: u8) {
    match what {
        0 => story.on_it("ana"),
        1 => story.over("bo"),
        2 => story.approved("bo"),
        3 => story.ran(),
        4 => story.looked(Outcome::Verified),
        5 => story.looked(Outcome::NotFixed),
        6 => story.undoing("bo"),
        7 => story.undone(),
        8 => story.propose("abc-1", None),
        9 => story.push(Fact::Judged { report: report() }),
        10 => story.push(Fact::Expired {
            proposal: id("abc-9"),
        }),
        11 => story.said("bo", i64::MAX, Some("")),
        12 => story.said("eve", i64::MIN, None),
        13 => story.push(Fact::Closed { by: ana() }),
        _ => story.push(Story::opened().facts[0].1.clone()),
    }
}

proptest! {
    #[test]
    fn every_statement_rests_on_something_that_is_there(all in prop::collection::vec(0_u8..15, 0..25)) {
        let mut story = Story::default();
        for what in all {
            happens(&mut story, what);
        }
        let account = story.account();
        let there = |source: &Source| match source {
            Source::Fact(seq) => {
                let at = usize::try_from(*seq).unwrap();
                (1..=story.facts.len()).contains(&at)
            }
            Source::Remark(message) => story.remarks.iter().any(|one| one.message == *message),
        };
        for one in account.statements() {
            prop_assert!(there(&one.source), "{:?}", one);
        }
        let stamps = [&account.detected, &account.acknowledged, &account.mitigated, &account.resolved];
        for stamp in stamps.into_iter().flatten() {
            prop_assert!(there(&stamp.source), "{:?}", stamp);
        }
        prop_assert!(account.next.source().is_none_or(there));
        prop_assert_eq!(&account, &story.account());
        prop_assert_eq!(account.resolved.is_some(), account.status == Status::Resolved);
    }
}

#[test]
fn a_reboot_that_is_planned_is_waited_for_until_it_is_called_off() {
    let mut story = Story::found();
    story.approved("bo");
    story.ran();
    story.verified("abc-1", Verdict::Planned);
    let incident = story.incident();
    let fix = incident.remediations.values().next().unwrap();
    assert_eq!(fix.outcome(), Some(Outcome::Planned));
    assert_eq!(incident.status(), Status::Mitigating);
    assert!(matches!(story.account().next, Next::Wait { proposal, .. } if proposal == id("abc-1")));
    assert_eq!(
        times(&story.account())[2],
        None,
        "nothing is mended by a plan"
    );
    story.undoing("bo");
    story.undone();
    assert!(!matches!(story.account().next, Next::Wait { .. }));
}
