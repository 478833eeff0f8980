//! Whatever is done to the file behind the program's back is found, and named.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use store::{Break, HeadKey, HeadState, ReadError, Store};

use crate::common::*;

/// Runs statements as somebody who can write the file, and who has dropped the triggers.
async fn tamper(dir: &Path, statements: &[&'static str]) {
    let mut conn = raw(dir).await;
    for trigger in [
        "record_is_kept",
        "record_is_final",
        "record_is_new",
        "ledger_is_kept",
        "ledger_is_final",
        "ledger_is_new",
        "body_is_kept",
        "body_is_final",
    ] {
        let drop = sqlx::AssertSqlSafe(format!("DROP TRIGGER IF EXISTS {trigger}"));
        sqlx::query(drop).execute(&mut conn).await.unwrap();
    }
    for statement in statements {
        let done = sqlx::query(*statement).execute(&mut conn).await.unwrap();
        assert!(done.rows_affected() > 0, "changed nothing: {statement}");
    }
    conn.close().await.unwrap();
}

async fn raw(dir: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(dir.join("journal.db"))
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

/// Two incidents whose records alternate, with a text, and an effect.
async fn journal(dir: &Path) -> Store {
    let store = open(dir).await;
    let mut first = facts("aaaaaa", 0, &["a1", "a2"]);
    first.bodies = vec![body("e-1", "evidence")];
    done(&store, first).await;
    done(&store, facts("bbbbbb", 0, &["b1"])).await;
    done(&store, facts("aaaaaa", 2, &["a3"])).await;
    done(&store, facts("bbbbbb", 1, &["b2", "b3"])).await;
    store
}

/// What verification says after tampering.
async fn after_tampering(statements: &[&'static str]) -> Break {
    let dir = tempfile::tempdir().unwrap();
    let store = journal(dir.path()).await;
    sound(&store).await;
    tamper(dir.path(), statements).await;
    let found = broken(&store).await;
    // It is found again after a restart, and going on writing does not cover it up.
    store.close().await;
    let store = open(dir.path()).await;
    assert_eq!(broken(&store).await, found);
    done(
        &store,
        facts(
            "cccccc",
            0,
            &["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"],
        ),
    )
    .await;
    broken(&store).await;
    found
}

#[tokio::test]
async fn a_sound_journal_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let store = journal(dir.path()).await;
    let verified = sound(&store).await;
    assert_eq!(
        (verified.records, verified.incidents, verified.bodies),
        (6, 2, 1)
    );
    assert_eq!((verified.ledger, verified.head), (6, HeadState::Current));
    let empty = tempfile::tempdir().unwrap();
    let verified = sound(&open(empty.path()).await).await;
    assert_eq!((verified.records, verified.head), (0, HeadState::Current));
}

#[tokio::test]
async fn a_longer_journal_than_a_page_is_walked_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let texts: Vec<String> = (0..700).map(|n| n.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut append = facts("aaaaaa", 0, &texts[..350]);
    append.bodies = (0..120).map(|n| body(&format!("e-{n}"), "text")).collect();
    done(&store, append).await;
    done(&store, facts("aaaaaa", 350, &texts[350..])).await;
    let verified = sound(&store).await;
    assert_eq!((verified.records, verified.bodies), (700, 120));
    tamper(
        dir.path(),
        &["UPDATE record SET body = '{}' WHERE seq = 699"],
    )
    .await;
    assert!(matches!(
        broken(&store).await,
        Break::Edited { seq: 699, .. }
    ));
}

#[tokio::test]
async fn an_edited_fact_is_named() {
    for edit in [
        "UPDATE record SET body = replace(body, 'a2', 'x2') WHERE seq = 2 AND incident LIKE '%aaaaaa'",
        "UPDATE record SET at = at + 1 WHERE seq = 2 AND incident LIKE '%aaaaaa'",
        "UPDATE record SET kind = 'approved' WHERE seq = 2 AND incident LIKE '%aaaaaa'",
        "UPDATE record SET attached = '[{}]' WHERE seq = 2 AND incident LIKE '%aaaaaa'",
        "UPDATE record SET hash = 'sha256:00' WHERE seq = 2 AND incident LIKE '%aaaaaa'",
    ] {
        let found = after_tampering(&[edit]).await;
        assert!(
            matches!(&found, Break::Edited { seq: 2, incident, .. } if incident.ends_with("aaaaaa")),
            "{edit}: {found}"
        );
    }
    let found = after_tampering(&["UPDATE record SET body = '{\"fact\":\"noted\",\"text\":\"x\"}' WHERE seq = 2 AND incident LIKE '%aaaaaa'"]).await;
    let said = found.to_string();
    assert!(
        said.starts_with(
            "record 2 of incident 20261123-aaaaaa (noted) was changed: it hashes to sha256:"
        ),
        "{said}"
    );
}

#[tokio::test]
async fn an_edited_incident_is_not_loaded_but_can_be_shown() {
    let dir = tempfile::tempdir().unwrap();
    let store = journal(dir.path()).await;
    tamper(
        dir.path(),
        &["UPDATE record SET body = '{}' WHERE seq = 2 AND incident LIKE '%aaaaaa'"],
    )
    .await;
    let refused = store.load(&incident("aaaaaa")).await.unwrap_err();
    assert!(matches!(refused, ReadError::Broken { .. }), "{refused}");
    assert_eq!(
        store
            .load_unchecked(&incident("aaaaaa"))
            .await
            .unwrap()
            .len(),
        3
    );
    assert_eq!(store.load(&incident("bbbbbb")).await.unwrap().len(), 3);
}

#[tokio::test]
async fn nobody_decides_on_an_incident_whose_end_was_touched() {
    let check = async |sql: &[&'static str], words: &str| {
        let dir = tempfile::tempdir().unwrap();
        let store = journal(dir.path()).await;
        tamper(dir.path(), sql).await;
        let refused = store.load(&incident("aaaaaa")).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
        assert_eq!(store.load(&incident("bbbbbb")).await.unwrap().len(), 3);
    };
    check(
        &["DELETE FROM record WHERE seq = 3 AND incident LIKE '%aaaaaa'"],
        "record 3 of incident 20261123-aaaaaa is gone",
    )
    .await;
    check(
        &["UPDATE incident SET version = 2 WHERE id LIKE '%aaaaaa'"],
        "record 3 of incident 20261123-aaaaaa was put there",
    )
    .await;
    check(
        &["UPDATE incident SET hash = 'sha256:00' WHERE id LIKE '%aaaaaa'"],
        "is listed with 3 records and sha256:00",
    )
    .await;
    check(
        &["DELETE FROM incident WHERE id LIKE '%aaaaaa'"],
        "is listed with nothing",
    )
    .await;
}

#[tokio::test]
async fn records_put_in_another_order_are_named() {
    let found = after_tampering(&[
        "UPDATE record SET seq = 99 WHERE seq = 1 AND incident LIKE '%aaaaaa'",
        "UPDATE record SET seq = 1 WHERE seq = 2 AND incident LIKE '%aaaaaa'",
        "UPDATE record SET seq = 2 WHERE seq = 99 AND incident LIKE '%aaaaaa'",
    ])
    .await;
    assert!(matches!(found, Break::Edited { seq: 1, .. }), "{found}");
    let found = after_tampering(&[
        "UPDATE ledger SET n = 99 WHERE n = 3",
        "UPDATE ledger SET n = 3 WHERE n = 2",
        "UPDATE ledger SET n = 2 WHERE n = 99",
    ])
    .await;
    assert!(matches!(found, Break::LedgerEdited { n: 2, .. }), "{found}");
}

#[tokio::test]
async fn removed_records_are_named() {
    let found =
        after_tampering(&["DELETE FROM record WHERE seq = 3 AND incident LIKE '%aaaaaa'"]).await;
    assert_eq!(
        found.to_string(),
        "record 3 of incident 20261123-aaaaaa is gone"
    );
    let found =
        after_tampering(&["DELETE FROM record WHERE seq = 1 AND incident LIKE '%bbbbbb'"]).await;
    assert_eq!(
        found.to_string(),
        "record 1 of incident 20261123-bbbbbb is gone"
    );
    let found = after_tampering(&[
        "DELETE FROM record WHERE incident LIKE '%aaaaaa'",
        "DELETE FROM body",
        "DELETE FROM incident WHERE id LIKE '%aaaaaa'",
    ])
    .await;
    assert_eq!(
        found.to_string(),
        "record 1 of incident 20261123-aaaaaa is gone"
    );
    let found = after_tampering(&[
        "DELETE FROM record WHERE incident LIKE '%aaaaaa'",
        "DELETE FROM body",
        "DELETE FROM incident WHERE id LIKE '%aaaaaa'",
        "DELETE FROM ledger WHERE incident LIKE '%aaaaaa'",
    ])
    .await;
    assert_eq!(found.to_string(), "row 1 of the ledger is gone");
}

#[tokio::test]
async fn an_end_that_was_cut_off_is_named() {
    let found = after_tampering(&[
        "DELETE FROM record WHERE seq = 3 AND incident LIKE '%bbbbbb'",
        "DELETE FROM ledger WHERE n = 6",
        "UPDATE incident SET version = 2, hash = (SELECT hash FROM record WHERE seq = 2 AND incident LIKE '%bbbbbb') \
         WHERE id LIKE '%bbbbbb'",
    ])
    .await;
    assert_eq!(
        found.to_string(),
        "the journal ends at row 5 of the ledger, and had reached row 6: its end was cut off, or an older copy put back"
    );
    let found = after_tampering(&[
        "DELETE FROM record",
        "DELETE FROM ledger",
        "DELETE FROM body",
        "DELETE FROM incident",
    ])
    .await;
    assert!(matches!(found, Break::CutOff { n: 0, head: 6 }), "{found}");
}

#[tokio::test]
async fn an_end_cut_off_under_a_running_process_is_not_covered_up() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    done(&store, facts("aaaaaa", 0, &["a1"])).await;
    done(&store, facts("bbbbbb", 0, &["b1"])).await;
    tamper(
        dir.path(),
        &[
            "DELETE FROM record WHERE incident LIKE '%bbbbbb'",
            "DELETE FROM ledger WHERE n = 2",
            "DELETE FROM incident WHERE id LIKE '%bbbbbb'",
        ],
    )
    .await;
    for version in 0..4 {
        done(&store, facts("cccccc", version, &["c"])).await;
        let found = broken(&store).await;
        assert!(matches!(found, Break::Rewritten { n: 2, .. }), "{found}");
    }
}

#[tokio::test]
async fn an_older_copy_put_back_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = journal(dir.path()).await;
    let old = dir.path().join("old");
    store.backup(&old).await.unwrap();
    done(&store, facts("aaaaaa", 3, &["approved"])).await;
    store.close().await;
    std::fs::copy(old.join("journal.db"), dir.path().join("journal.db")).unwrap();
    let store = open(dir.path()).await;
    assert!(matches!(
        broken(&store).await,
        Break::CutOff { n: 6, head: 7 }
    ));
    // Going on past the old end does not cover it up: the head file stays where it was.
    done(&store, facts("aaaaaa", 3, &["other", "facts"])).await;
    assert!(matches!(
        broken(&store).await,
        Break::Rewritten { n: 7, .. }
    ));
    done(&store, facts("aaaaaa", 5, &["more"])).await;
    assert!(matches!(
        broken(&store).await,
        Break::Rewritten { n: 7, .. }
    ));
    // Until a person has looked, and says so.
    store.accept_head().await.unwrap();
    assert_eq!(sound(&store).await.head, HeadState::Current);
    done(&store, facts("aaaaaa", 6, &["on"])).await;
    assert_eq!(sound(&store).await.head, HeadState::Current);
}

#[tokio::test]
async fn a_journal_computed_anew_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = journal(dir.path()).await;
    let id = store.load(&incident("aaaaaa")).await.unwrap().len();
    assert_eq!(id, 3);
    store.close().await;
    // The forger runs our own program over forged facts, under the same journal id.
    let forged_dir = tempfile::tempdir().unwrap();
    let forged = open(forged_dir.path()).await;
    forged.close().await;
    copy_id(dir.path(), forged_dir.path()).await;
    std::fs::remove_file(forged_dir.path().join("head")).unwrap();
    let forged = open(forged_dir.path()).await;
    done(
        &forged,
        facts("aaaaaa", 0, &["a1", "forged", "a3", "b1", "b2", "b3", "b4"]),
    )
    .await;
    sound(&forged).await;
    forged.close().await;
    std::fs::copy(
        forged_dir.path().join("journal.db"),
        dir.path().join("journal.db"),
    )
    .unwrap();
    let store = open(dir.path()).await;
    let found = broken(&store).await;
    assert!(matches!(found, Break::Rewritten { n: 6, .. }), "{found}");
    assert_eq!(store.head_disagrees().await.unwrap(), Some(found));
}

/// Gives the second journal the first one's id.
async fn copy_id(from: &Path, to: &Path) {
    let mut conn = raw(from).await;
    let id: String = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'journal'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let mut conn = raw(to).await;
    sqlx::query("UPDATE meta SET value = $1 WHERE name = 'journal'")
        .bind(id)
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn what_somebody_added_is_named() {
    let found = after_tampering(&[
        "INSERT INTO record SELECT incident, 4, at, kind, body, attached, hash, 'sha256:00' \
        FROM record WHERE seq = 3 AND incident LIKE '%aaaaaa'",
    ])
    .await;
    assert!(matches!(found, Break::Added { seq: 4, .. }), "{found}");
    let found = after_tampering(&["UPDATE incident SET version = 4 WHERE id LIKE '%aaaaaa'"]).await;
    assert!(matches!(found, Break::Listed { .. }), "{found}");
    let found = after_tampering(&["INSERT INTO incident SELECT '20261123-zzzzzz', 'zzzzzz', 1, hash, 1, 1 FROM incident LIMIT 1"]).await;
    assert!(
        found
            .to_string()
            .starts_with("incident 20261123-zzzzzz is listed with 1 records"),
        "{found}"
    );
}

#[tokio::test]
async fn a_changed_text_is_named() {
    for (edit, says) in [
        (
            "UPDATE body SET text = CAST('other' AS BLOB)",
            "was changed",
        ),
        ("UPDATE body SET salt = 'other'", "was changed"),
        ("UPDATE body SET id = 'e-9'", "no record vouches for it"),
        ("DELETE FROM body", "is gone without having been erased"),
    ] {
        let found = after_tampering(&[edit]).await.to_string();
        assert!(
            found.starts_with("the text e-") && found.ends_with(says) || found.contains(says),
            "{edit}: {found}"
        );
    }
}

#[tokio::test]
async fn the_program_itself_cannot_change_a_record() {
    let dir = tempfile::tempdir().unwrap();
    let store = journal(dir.path()).await;
    let mut conn = raw(dir.path()).await;
    for statement in [
        "UPDATE record SET at = 0",
        "DELETE FROM record",
        "INSERT OR REPLACE INTO record SELECT incident, seq, 0, kind, body, attached, prev, hash FROM record",
        "UPDATE ledger SET n = n + 1",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT n, incident, seq, record, 'x' FROM ledger",
        "DELETE FROM body",
        "UPDATE body SET text = CAST('x' AS BLOB)",
    ] {
        let refused = sqlx::query(statement).execute(&mut conn).await.unwrap_err();
        assert!(
            refused.to_string().contains("append-only") || refused.to_string().contains("erased"),
            "{refused}"
        );
    }
    conn.close().await.unwrap();
    sound(&store).await;
}

#[tokio::test]
async fn a_head_file_that_was_touched_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = journal(dir.path()).await;
    let head = dir.path().join("head");
    let good = std::fs::read(&head).unwrap();
    std::fs::remove_file(&head).unwrap();
    assert!(matches!(
        broken(&store).await,
        Break::HeadMissing { n: 6, .. }
    ));
    done(&store, facts("cccccc", 0, &["c"])).await;
    assert!(!head.exists(), "it is not made up again in silence");
    std::fs::write(&head, "{}").unwrap();
    assert!(matches!(broken(&store).await, Break::HeadUnreadable { .. }));
    let other = tempfile::tempdir().unwrap();
    let other_store = journal(other.path()).await;
    std::fs::copy(other.path().join("head"), &head).unwrap();
    assert!(matches!(broken(&store).await, Break::HeadForeign { .. }));
    sound(&other_store).await;
    // An older one of ours is what a crash leaves; the next append puts it right.
    std::fs::write(&head, good).unwrap();
    assert_eq!(sound(&store).await.head, HeadState::Behind { by: 1 });
    done(&store, facts("cccccc", 1, &["c"])).await;
    assert_eq!(sound(&store).await.head, HeadState::Current);
}

#[tokio::test]
async fn a_signed_head_cannot_be_made_up_without_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let key = |seed| Some(HeadKey::from_seed(&[seed; 32]));
    let signing = |seed| Store::open_signing(dir.path(), NOON, key(seed));
    let store = signing(1).await.unwrap();
    done(&store, facts("aaaaaa", 0, &["a1", "a2"])).await;
    assert_eq!(sound(&store).await.head, HeadState::Current);
    // A process without the key reads it, and does not take the signature away.
    let without = open(dir.path()).await;
    done(&without, facts("aaaaaa", 2, &["a3"])).await;
    assert_eq!(sound(&store).await.head, HeadState::Behind { by: 1 });
    done(&store, facts("aaaaaa", 3, &["a4"])).await;
    assert_eq!(sound(&store).await.head, HeadState::Current);
    let good = std::fs::read(dir.path().join("head")).unwrap();
    // A forger who can write every file, but has no key.
    without.accept_head().await.unwrap();
    let found = broken(&store).await.to_string();
    assert!(
        found.ends_with("is not signed, though this sickbay has a key to sign it with"),
        "{found}"
    );
    let forger = signing(2).await.unwrap();
    forger.accept_head().await.unwrap();
    let found = broken(&store).await.to_string();
    assert!(
        found.ends_with("is not signed by the key of this sickbay"),
        "{found}"
    );
    done(&store, facts("aaaaaa", 4, &["a5"])).await;
    broken(&store).await;
    std::fs::write(dir.path().join("head"), good).unwrap();
    assert_eq!(sound(&store).await.head, HeadState::Behind { by: 1 });
}
