//! The guard over a real sshd: a preview, and a change that is not sent to another host than the approved one.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ed25519_dalek::SigningKey;
use incident::grant::{Approval, Grant};
use incident::proposal::{Limits, Privilege, Risk, Undo};
use incident::{
    Approved, Code, ExecutionId, FindingId, HostName, IncidentId, Moment, Proposal, ProposalId,
    ResponderId, RunbookId, Span, Step, Subject,
};

use super::plan;
use super::sshd::{Sshd, can_run};
use crate::{Root, Stand, Verdict};

/// What a person approved: these steps on the host `h` with this key.
fn approved(host_key: &str, steps: Vec<Step>, attempt: u32) -> Approved {
    let incident = IncidentId::new("20261123-abcdef").unwrap();
    let id = ProposalId::new("abcdef-1").unwrap();
    let now = Moment(
        std::time::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_millis()
            .try_into()
            .unwrap(),
    );
    let proposal = Proposal {
        id: id.clone(),
        incident: incident.clone(),
        host: HostName::new("h").unwrap(),
        host_key: host_key.to_owned(),
        login: "root".to_owned(),
        privilege: Privilege::Root,
        runbook: RunbookId::new("test").unwrap(),
        runbook_version: 1,
        runbook_text: "sha256:0".to_owned(),
        title: "test".to_owned(),
        risk: Risk::Low,
        answers: FindingId::nth(1),
        answers_code: Code::new("file.wrong_mode").unwrap(),
        answers_subject: Subject::new("path", "/x"),
        steps,
        undo: Undo::Automatic,
        undo_words: Vec::new(),
        undoes: None,
        diff: String::new(),
        limits: Limits::default(),
        min_approvals: 1,
        made_at: now,
        expires_at: now.plus(Span::minutes(10)),
    };
    let digest = proposal.digest();
    let by = ResponderId::new("ana").unwrap();
    let grant = Grant {
        execution: incident.execution(&id, attempt),
        host: proposal.host.clone(),
        digest: digest.clone(),
        approvals: vec![Approval {
            by,
            via: "terminal".to_owned(),
            because: String::new(),
            at: now,
            digest,
        }],
        quorum: 1,
        made_at: now,
        expires_at: now.plus(Span::minutes(5)),
    };
    let key = SigningKey::from_bytes(&[7; 32]);
    Approved::verify(&grant.sign(&key), proposal, &key.verifying_key(), now).unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn a_change_goes_to_the_approved_host_once() {
    if !can_run() {
        return;
    }
    let runs = tempfile::tempdir().unwrap();
    let own = format!(
        "SetEnv GUARD_ROOT={} GUARD_NO_SYSTEMD=1",
        runs.path().join("runs").display()
    );
    let sshd = Sshd::start(&own);
    let (hosts, host) = sshd.reach();
    let file = runs.path().join("a file");
    std::fs::write(&file, "x").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let key = hosts
        .examine(&host, &plan(Vec::new()))
        .await
        .unwrap()
        .host_key;
    let step = Step::new(
        "file.chmod",
        vec![file.display().to_string(), "0640".to_owned()],
    )
    .unwrap();
    let seen = hosts
        .preview(
            &host,
            Privilege::Root,
            Root::Disk,
            std::slice::from_ref(&step),
        )
        .await
        .unwrap();
    assert_eq!(seen.steps[0].verdict, Verdict::Ok, "{seen:?}");
    let step = step.needing(seen.steps[0].before.clone());
    hosts
        .can_keep(&host, Privilege::Root, Root::Disk)
        .await
        .unwrap();

    let first = ExecutionId::new("20261123-abcdef-1-a1").unwrap();
    let absent = hosts
        .status(&host, Privilege::Root, Root::Disk, &first)
        .await
        .unwrap();
    assert_eq!(absent.stand, Stand::Absent);

    // The same name and another key: nothing is sent.
    let other = hosts
        .execute(
            &host,
            Root::Disk,
            approved("SHA256:other", vec![step.clone()], 1),
        )
        .await
        .unwrap();
    assert_eq!(other.stand, Stand::Refused);
    assert!(
        other.why.contains("SHA256:other") && other.why.contains(&key),
        "{}",
        other.why
    );
    let absent = hosts
        .status(&host, Privilege::Root, Root::Disk, &first)
        .await
        .unwrap();
    assert_eq!((absent.stand, mode(&file)), (Stand::Absent, 0o600));

    let done = hosts
        .execute(&host, Root::Disk, approved(&key, vec![step.clone()], 1))
        .await
        .unwrap();
    assert_eq!(
        (done.stand, done.code, mode(&file)),
        (Stand::Finished, Some(0), 0o640),
        "{done:?}"
    );
    let (reports, _said) = hosts
        .report(&host, Privilege::Root, Root::Disk, &first, 1)
        .await
        .unwrap();
    assert!(reports[0].done);
    assert_eq!(
        reports[0].before.get("mode").map(String::as_str),
        Some("0600")
    );

    // Nobody may run it a second time, whatever has become of the host since.
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let again = hosts
        .execute(&host, Root::Disk, approved(&key, vec![step.clone()], 1))
        .await
        .unwrap();
    assert_eq!((again.stand, mode(&file)), (Stand::Finished, 0o600));
    hosts
        .acknowledge(&host, Privilege::Root, Root::Disk, &first)
        .await
        .unwrap();

    // What was buried before it ran can never run.
    let second = ExecutionId::new("20261123-abcdef-1-a2").unwrap();
    let buried = hosts
        .abandon(&host, Privilege::Root, Root::Disk, &second)
        .await
        .unwrap();
    assert_eq!(buried.stand, Stand::Abandoned);
    let never = hosts
        .execute(&host, Root::Disk, approved(&key, vec![step], 2))
        .await
        .unwrap();
    assert_eq!((never.stand, mode(&file)), (Stand::Abandoned, 0o600));
}
