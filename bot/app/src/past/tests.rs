//! What is told of incidents of before, with a journal of its own.

use std::sync::Arc;

use chat::Locale;
use incident::remediation::Incident;
use incident::report::{HostReport, Verdict};
use incident::{Fact, Finding, IncidentId, Moment, Proposal};
use serde_json::json;
use store::Store;

use super::{Before, before, catch_up};
use crate::hints::Gathered;
use crate::knowledge;
use crate::search::Search;
use crate::search::memory::Memory;
use crate::{clock, journal};

/// Some noon; the incidents are hours and days around it.
const NOON: i64 = 1_795_435_200_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn finding(id: &str, code: &str, subject: &str, host: &str) -> Finding {
    let value = json!({
        "id": id, "code": code, "severity": "critical", "confidence": "confirmed", "host": host, "subject": subject,
        "title": format!("{subject} is the trouble"), "detail": "", "facts": {}, "cites": ["e-1"], "explains": [],
    });
    serde_json::from_value(value).unwrap()
}

fn report(host: &str, findings: &[Finding]) -> HostReport {
    let value = json!({
        "host": host, "status": "critical", "took": 1, "findings": findings, "could_not_check": [], "unreachable": "",
    });
    serde_json::from_value(value).unwrap()
}

fn proposal(incident: &IncidentId, answers: &Finding) -> Proposal {
    let value = json!({
        "id": incident.proposal(1), "incident": incident, "host": answers.host, "host_key": "", "login": "ops",
        "privilege": "sudo", "runbook": "free-space-rotated-logs", "runbook_version": 1, "title": "Rotated logs fill a filesystem",
        "risk": "low", "answers": answers.id, "answers_code": answers.code, "answers_subject": answers.subject,
        "undo": "automatic", "steps": [], "undo_words": [], "undoes": null, "diff": "",
        "limits": { "cooldown": 0, "per_host_per_day": 3, "timeout": 0 }, "min_approvals": 1, "made_at": 0, "expires_at": 0,
    });
    serde_json::from_value(value).unwrap()
}

struct Journal {
    store: Store,
    _dir: tempfile::TempDir,
}

impl Journal {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), Moment(NOON)).await.unwrap();
        Self { store, _dir: dir }
    }

    /// Records an incident about one finding, opened then; with a fix that was verified so many minutes later, or none.
    async fn incident(
        &self,
        letters: &str,
        at: i64,
        found: &Finding,
        fixed_after: Option<i64>,
    ) -> IncidentId {
        let id = IncidentId::new(format!("20261123-{letters}")).unwrap();
        let mut incident = Incident::new(id.clone());
        let opened = Fact::Opened {
            by: "ana".parse().unwrap(),
            via: "terminal".to_owned(),
            hosts: vec![found.host.clone()],
            symptom: String::new(),
            policy: String::new(),
        };
        let judged = Fact::Judged {
            report: report(found.host.as_str(), std::slice::from_ref(found)),
        };
        let record = async |incident: &mut Incident, facts: &[Fact], at: i64| {
            let now = Moment(NOON + at);
            journal::record(&self.store, incident, facts, Vec::new(), now)
                .await
                .unwrap();
        };
        record(&mut incident, &[opened, judged], at).await;
        if let Some(minutes) = fixed_after {
            let proposal = Box::new(proposal(&id, found));
            let verified = Fact::Verified {
                proposal: proposal.id.clone(),
                verdict: Verdict::Verified,
                why: String::new(),
                seen: None,
            };
            record(
                &mut incident,
                &[Fact::Proposed { proposal }, verified],
                at + minutes * MINUTE,
            )
            .await;
        }
        id
    }
}

/// The end of each id, and after how many minutes it was fixed.
fn short(before: &[Before]) -> Vec<String> {
    let one = |one: &Before| {
        let letters = &one.cause.incident.as_str()[9..];
        match one.cause.took() {
            Some(took) => format!("{letters} {}", took.as_seconds() / 60),
            None => letters.to_owned(),
        }
    };
    before.iter().map(one).collect()
}

#[tokio::test]
async fn the_same_thing_comes_first_and_then_what_is_new() {
    let journal = Journal::new().await;
    let var = finding("f-1", "fs.full", "mount:/var", "web1");
    let srv = finding("f-1", "fs.full", "mount:/srv", "web2");
    let other = finding("f-1", "unit.failed", "unit:a.service", "web1");
    journal.incident("aaaaaa", -30 * DAY, &var, Some(12)).await;
    journal.incident("bbbbbb", -20 * DAY, &srv, Some(3)).await;
    journal.incident("cccccc", -10 * DAY, &other, Some(1)).await;
    // Two looks at one failure are one.
    journal.incident("dddddd", -5 * DAY, &srv, None).await;
    journal
        .incident("eeeeee", -5 * DAY + MINUTE, &srv, None)
        .await;
    journal.incident("ffffff", -4 * DAY, &srv, Some(5)).await;
    let now = journal.incident("zzzzzz", 0, &var, None).await;
    let before = async |findings: &[Finding], at: i64| {
        catch_up(&journal.store).await;
        short(&before(&journal.store, (&now, Moment(NOON + at)), findings).await)
    };
    assert_eq!(
        before(std::slice::from_ref(&var), 0).await,
        ["aaaaaa 12", "ffffff 5", "eeeeee"]
    );
    // What came later is not of before.
    assert_eq!(
        before(std::slice::from_ref(&var), -15 * DAY).await,
        ["aaaaaa 12", "bbbbbb 3"]
    );
    assert_eq!(
        before(&[finding("f-1", "dns.slow", "host:web1", "web1")], 0).await,
        [""; 0]
    );
    // What another finding explains, or what is merely worth knowing, is no cause.
    let mut cause = other.clone();
    cause.id = "f-2".parse().unwrap();
    cause.explains = vec![var.id.clone()];
    assert_eq!(before(&[var.clone(), cause], 0).await, ["cccccc 1"]);
    let mut info = var.clone();
    info.severity = incident::Severity::Info;
    assert_eq!(before(&[info], 0).await, [""; 0]);
    // A look of an hour ago that mended nothing was at the same failure.
    journal.incident("hhhhhh", -60 * MINUTE, &var, None).await;
    assert_eq!(
        before(std::slice::from_ref(&var), 0).await,
        ["aaaaaa 12", "ffffff 5", "eeeeee"]
    );
    // What changes is told again.
    journal.incident("gggggg", -DAY, &var, Some(7)).await;
    assert_eq!(
        before(std::slice::from_ref(&var), 0).await,
        ["gggggg 7", "aaaaaa 12", "ffffff 5"]
    );
}

#[tokio::test]
async fn a_diagnosis_tells_each_incident_once_and_only_what_may_be_told() {
    let journal = Journal::new().await;
    let var = finding("f-1", "fs.full", "mount:/var", "web1");
    let old = finding("f-1", "fs.full", "mount:/var", "db1");
    journal.incident("aaaaaa", -DAY, &old, Some(12)).await;
    catch_up(&journal.store).await;
    let now: IncidentId = "20261123-zzzzzz".parse().unwrap();
    let here = before(
        &journal.store,
        (&now, Moment(NOON)),
        std::slice::from_ref(&var),
    )
    .await;
    let mut gathered = Gathered::default();
    for host in ["web1", "web2"] {
        let of_host = Gathered::with(here.clone());
        gathered.take(&report(host, std::slice::from_ref(&var)), of_host);
    }
    let knowledge = knowledge::built_in().unwrap();
    let told = |gathered: &Gathered, locale| gathered.told(&knowledge, locale).seen_before;
    let day = clock::local_day(Moment(NOON - DAY));
    let lines = |locale: Locale| -> Vec<String> {
        let told = told(&gathered, locale);
        told.iter().map(|one| locale.seen_before(one)).collect()
    };
    assert_eq!(
        lines(Locale::English),
        [format!(
            "Seen before (f-1): db1, {day}; fixed after 12 min by free-space-rotated-logs (Rotated logs fill a filesystem); \
             incident 20261123-aaaaaa"
        )]
    );
    assert_eq!(
        lines(Locale::Chinese),
        [format!(
            "以前出现过（f-1）：db1，{day}；12 min 后由 free-space-rotated-logs（轮转后的日志占满了文件系统）修复；\
             故障 20261123-aaaaaa"
        )]
    );
    let (json, _) = gathered.json(&knowledge);
    assert_eq!(json[0]["took_ms"], 12 * MINUTE);
    gathered.only_on(|host| host.as_str() == "web1");
    assert_eq!(told(&gathered, Locale::English), []);
}

#[tokio::test]
async fn what_fixed_an_incident_is_found_by_words_of_either_language() {
    let journal = Journal::new().await;
    let var = finding("f-1", "fs.full", "mount:/var", "web1");
    journal.incident("aaaaaa", -DAY, &var, Some(12)).await;
    let unit = finding("f-1", "unit.failed", "unit:shop.service", "web2");
    journal.incident("bbbbbb", -2 * DAY, &unit, None).await;
    catch_up(&journal.store).await;
    let knowledge = Arc::new(knowledge::built_in().unwrap());
    let search = Search::default();
    let find = async |words: &str| -> Vec<String> {
        let found = search
            .past
            .find(&journal.store, &knowledge, words)
            .await
            .unwrap();
        found
            .iter()
            .map(|one| one.incident.as_str()[9..].to_owned())
            .collect()
    };
    assert_eq!(find("/var full of rotated logs").await, ["aaaaaa"]);
    assert_eq!(find("文件系统满了").await, ["aaaaaa"]);
    assert_eq!(find("shop failed").await, ["bbbbbb"]);
    assert_eq!(find("打印机没纸了").await, [""; 0]);
    // Whatever else is written about an incident is found beside that, and changed where it changes.
    let causes = journal.store.causes(10).await.unwrap();
    let cause = causes
        .iter()
        .find(|one| one.host.as_str() == "web2")
        .unwrap();
    let written = |text: &str| Memory {
        kind: "postmortem",
        cause: cause.clone(),
        text: text.to_owned(),
    };
    search
        .past
        .remember(vec![written("the payment gateway")])
        .await
        .unwrap();
    assert_eq!(find("payment gateway").await, ["bbbbbb"]);
    search
        .past
        .remember(vec![written("the mail relay")])
        .await
        .unwrap();
    assert_eq!(find("payment gateway").await, [""; 0]);
    assert_eq!(find("mail relay").await, ["bbbbbb"]);
}

#[tokio::test]
async fn an_incident_that_cannot_be_read_is_passed_over_once() {
    let journal = Journal::new().await;
    let var = finding("f-1", "fs.full", "mount:/var", "web1");
    journal.incident("aaaaaa", -DAY, &var, Some(12)).await;
    let strange = store::NewFact {
        kind: "strange".to_owned(),
        body: json!({ "fact": "of a newer Sickbay" }),
    };
    let id: IncidentId = "20261123-bbbbbb".parse().unwrap();
    let mut append = store::Append::new(id, 0, Moment(NOON));
    append.facts = vec![strange];
    journal.store.append(append).await.unwrap();
    assert_eq!(journal.store.untold_causes(10).await.unwrap().len(), 2);
    catch_up(&journal.store).await;
    assert_eq!(journal.store.untold_causes(10).await.unwrap(), []);
    assert_eq!(journal.store.causes(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_people_wrote_is_found_until_they_take_it_back() {
    let journal = Journal::new().await;
    let var = finding("f-1", "fs.full", "mount:/var", "web1");
    let id = journal.incident("aaaaaa", -DAY, &var, Some(12)).await;
    catch_up(&journal.store).await;
    let knowledge = Arc::new(knowledge::built_in().unwrap());
    let search = Search::default();
    let find = async |words: &str| {
        let found = search.past.find(&journal.store, &knowledge, words).await;
        found.unwrap().len()
    };
    assert_eq!(find("vendor quota").await, 0);
    let resolved = Fact::Resolved {
        by: "ana".parse().unwrap(),
        via: "terminal".to_owned(),
        reason: "the vendor raised our quota".to_owned(),
    };
    let make = |_: &Incident| vec![resolved.clone()];
    crate::journal::add(&journal.store, &id, &[], make)
        .await
        .unwrap();
    assert_eq!(find("vendor quota").await, 1);
    let said = store::Said {
        incident: id.clone(),
        message: "slack:C1:1.0".to_owned(),
        author: "bo".to_owned(),
        at: Moment(0),
        text: Some("the nightly export doubled".to_owned()),
    };
    journal.store.keep_said(vec![said]).await.unwrap();
    assert_eq!(find("nightly export").await, 1);
    journal.store.unsay("slack:C1:1.0").await.unwrap();
    assert_eq!(find("nightly export").await, 0, "it was taken back");
    assert_eq!(find("vendor quota").await, 1);
}

#[tokio::test]
async fn a_text_that_is_all_taken_back_is_found_no_more_and_no_cause_twice() {
    let journal = Journal::new().await;
    let var = finding("f-1", "fs.full", "mount:/var", "web1");
    let id = journal.incident("aaaaaa", -DAY, &var, Some(12)).await;
    let other = finding("f-1", "fs.full", "mount:/srv", "web2");
    journal.incident("bbbbbb", -2 * DAY, &other, Some(3)).await;
    catch_up(&journal.store).await;
    let knowledge = Arc::new(knowledge::built_in().unwrap());
    let search = Search::default();
    let find = async |words: &str| {
        let found = search.past.find(&journal.store, &knowledge, words).await;
        let found = found.unwrap().into_iter();
        found
            .map(|one| one.incident.as_str()[9..].to_owned())
            .collect::<Vec<_>>()
    };
    let said = store::Said {
        incident: id.clone(),
        message: "slack:C1:2.0".to_owned(),
        author: "bo".to_owned(),
        at: Moment(0),
        text: Some("a full disk again, the nightly export doubled".to_owned()),
    };
    journal.store.keep_said(vec![said]).await.unwrap();
    assert_eq!(find("nightly export").await, ["aaaaaa"]);
    let mut both = find("disk full").await;
    both.sort();
    assert_eq!(both, ["aaaaaa", "bbbbbb"], "each once");
    journal.store.unsay("slack:C1:2.0").await.unwrap();
    assert_eq!(find("nightly export").await, [""; 0]);
}
