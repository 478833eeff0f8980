//! Whoever can write the database still cannot make anything run, and what was touched is named.

use std::path::Path;
use std::process::Command;

use ed25519_dalek::SigningKey;
use incident::fact::Claim;
use incident::{Approval, Effect, Fact, Grant, IncidentId, Moment, Proposal, ResponderId, Span};
use store::{Append, NewEffect, NewFact, Store};

use super::bench::{Bench, Fix};
use super::points::ends;
use crate::lab::both;

/// Runs SQL on a journal by hand, as somebody would who can write the file.
fn by_hand(state: &Path, sql: &str) {
    let triggers =
        "DROP TRIGGER record_is_kept; DROP TRIGGER record_is_final; DROP TRIGGER record_is_new;";
    let out = Command::new("sqlite3")
        .args(["-bail"])
        .arg(state.join("journal.db"))
        .arg(format!("{triggers} {sql}"))
        .output()
        .unwrap_or_else(|error| panic!("sqlite3 does not start ({error}); tests/run installs it"));
    assert!(out.status.success(), "{}", both(&out));
}

/// The number of the record that grants the fix.
fn granted(bench: &Bench, fix: &Fix) -> usize {
    let facts = bench.facts(&fix.id);
    let at = facts.iter().position(|fact| fact["fact"] == "granted");
    at.unwrap_or_else(|| panic!("nothing is granted: {facts:#?}")) + 1
}

#[test]
#[ignore = "needs the lab"]
fn a_record_changed_by_hand_runs_nothing_and_is_named() {
    let mut bench = Bench::up("it-harness-edit");
    let fixes = bench.offers();
    let fix = &fixes[0];
    // The grant is recorded and nobody has acted on it.
    bench.killed_at("store::append::after_commit", 1, &["approve", &fix.id]);
    let seq = granted(&bench, fix);
    let sound = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &Path| {
        let from = format!("{}/.", from.display());
        let done = Command::new("cp").arg("-a").arg(from).arg(to).status();
        assert!(done.is_ok_and(|status| status.success()));
    };
    copy(bench.host.state.path(), sound.path());
    let cases = [
        (
            format!(
                "UPDATE record SET body = replace(body, '\"quorum\":1', '\"quorum\":0') WHERE seq = {seq};"
            ),
            format!("record {seq} of incident"),
            "was changed",
        ),
        (
            format!("DELETE FROM record WHERE seq = {seq};"),
            format!("record {seq} of incident"),
            "is gone",
        ),
        (
            format!(
                "INSERT INTO record SELECT incident, seq + 1, at, kind, body, attached, hash, hash FROM record WHERE seq = {seq};"
            ),
            format!("record {} of incident", seq + 1),
            "was put there by something else than sickbay",
        ),
    ];
    for (sql, which, what) in cases {
        bench.host.state = tempfile::tempdir().unwrap();
        copy(sound.path(), bench.host.state.path());
        by_hand(bench.host.state.path(), &sql);
        let (code, audit) = bench.sickbay(&["audit", "verify"]);
        let why = audit["why"].as_str().unwrap_or("");
        assert!(code == 1 && audit["sound"] == false, "{audit:#}");
        assert!(why.contains(&which) && why.contains(what), "{sql}: {why}");
        for _ in 0..2 {
            let (_, recovered) = bench.sickbay(&["recover"]);
            assert!(
                recovered["done"] == 0 && recovered["waiting"] == 1,
                "{sql}: {recovered:#}"
            );
        }
        assert_eq!(bench.truth(&fix.service).starts, 0, "{sql}");
    }
    // Untouched, it is carried out.
    bench.host.state = sound;
    bench.settle();
    assert_eq!(bench.truth(&fix.service).starts, 1);
}

/// An approval, a grant and an effect that nobody gave, put there with every hash right.
async fn forge(state: &Path, proposal: &Proposal, version: u64, now: Moment) {
    let store = Store::open(state, now).await.unwrap();
    let key = SigningKey::from_bytes(&[66; 32]);
    let approval = Approval {
        by: ResponderId::new("root").unwrap(),
        via: "terminal".to_owned(),
        because: String::new(),
        at: now,
        digest: proposal.digest(),
    };
    let execution = proposal.incident.execution(&proposal.id, 1);
    let grant = Grant {
        execution: execution.clone(),
        host: proposal.host.clone(),
        digest: proposal.digest(),
        approvals: vec![approval.clone()],
        quorum: 1,
        made_at: now,
        expires_at: now.plus(Span::minutes(5)),
    };
    let facts = [
        Fact::Approved {
            proposal: proposal.id.clone(),
            approval,
        },
        Fact::Granted {
            proposal: proposal.id.clone(),
            grant: Box::new(grant.sign(&key)),
            attempt: 1,
        },
    ];
    let effect = Effect::Execute {
        proposal: proposal.id.clone(),
        execution: execution.clone(),
    };
    let mut append = Append::new(proposal.incident.clone(), version, now);
    append.facts = facts
        .iter()
        .map(|fact| NewFact {
            kind: fact.kind().to_owned(),
            body: serde_json::to_value(fact).unwrap(),
        })
        .collect();
    append.effects = vec![NewEffect {
        key: effect.key(),
        kind: effect.kind().to_owned(),
        body: serde_json::to_value(&effect).unwrap(),
        not_before: now,
    }];
    append.claims = vec![Claim::HostLock {
        host: proposal.host.clone(),
        holder: execution,
    }];
    store.append(append).await.unwrap();
    store.close().await;
}

#[test]
#[ignore = "needs the lab"]
fn a_grant_that_this_sickbay_did_not_sign_runs_nothing() {
    let mut bench = Bench::up("it-harness-forge");
    let fixes = bench.offers();
    let fix = &fixes[0];
    let facts = bench.facts(&fix.id);
    let proposal = facts
        .iter()
        .filter(|fact| fact["fact"] == "proposed")
        .map(|fact| serde_json::from_value::<Proposal>(fact["proposal"].clone()).unwrap())
        .find(|proposal| proposal.id.as_str() == fix.id)
        .unwrap();
    let _: &IncidentId = &proposal.incident;
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let now = Moment(now.try_into().unwrap());
    let version = facts.len().try_into().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(forge(bench.host.state.path(), &proposal, version, now));
    let (code, audit) = bench.sickbay(&["audit", "verify"]);
    assert_eq!(code, 0, "the chain itself is right: {audit:#}");
    bench.settle();
    assert_eq!(ends(&bench, &fix.id), ["refused"]);
    let (code, said) = bench.sickbay(&["approve", &fix.id]);
    let why = said["why"].as_str().unwrap_or("");
    assert!(
        code == 2 && why.contains("is not signed by this Sickbay"),
        "{said:#}"
    );
    assert_eq!(bench.truth(&fix.service).starts, 0);
    let runs = bench.host.must(
        "looking for runs",
        "ls /var/lib/sickbay/runs 2>/dev/null | wc -l",
    );
    assert_eq!(runs.trim(), "0", "the host never heard of it");
}
