//! Verification walks everything that was ever recorded and names the first place where it is not what it was.
//!
//! Three things hold each other: each incident's chain, the ledger that chains all records of all incidents, and the
//! head file that remembers outside the database where the ledger had ended. A changed record breaks its hash, a
//! removed one leaves a hole in the ledger, a removed end is behind the head file, and a journal that was computed
//! anew does not contain the head. Who can also write the head file can go undetected only without a signing key.

mod verdict;

use std::collections::BTreeMap;

use sqlx::{Connection, SqliteConnection};

use crate::body::bytes_hash;
use crate::fault::{Fault, ReadError};
use crate::head::{Found, Head, Writing, look};
use crate::read::check_row;
use crate::record::{Attached, Row, genesis, ledger_genesis, ledger_hash};
use crate::{Store, sql};

pub use verdict::{Break, HeadState, Verdict, Verified};

/// How many rows are held at once.
const PAGE: i64 = 500;

/// Why a walk ended early.
enum Ended {
    Break(Break),
    Database(sqlx::Error),
}

impl From<Break> for Ended {
    fn from(found: Break) -> Self {
        Self::Break(found)
    }
}

impl From<sqlx::Error> for Ended {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// What the walk has seen so far.
struct Walk {
    /// The last ledger row and its hash.
    end: (i64, String),
    /// Each incident's last record and its hash.
    chains: BTreeMap<String, (i64, String)>,
    /// The texts that records vouch for and whose rows are yet to be seen.
    texts: BTreeMap<(String, String), String>,
    bodies: u64,
    erased: u64,
    /// The ledger's hash at the row that the head file names.
    at_head: Option<String>,
}

type WalkRow = (
    i64,
    String,
    i64,
    String,
    String,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);
type BodyRow = (String, String, Option<String>, Option<Vec<u8>>, Option<i64>);

impl Store {
    /// Walks the whole journal, as it stood at one moment, and says the first place where it is not what was recorded.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read at all.
    pub async fn verify(&self) -> Result<Verdict, ReadError> {
        // Before the snapshot, so that the snapshot holds at least what the head file had seen.
        let head = look(self.head_path()).await;
        let mut conn = self
            .readers()
            .acquire()
            .await
            .map_err(|error| self.fault(error))?;
        let walked = async {
            let mut snapshot = conn.begin().await?;
            self.walk(&mut snapshot, &head).await
        };
        match walked.await {
            Ok(verified) => Ok(Verdict::Sound(verified)),
            Err(Ended::Break(found)) => Ok(Verdict::Broken(found)),
            Err(Ended::Database(error)) => {
                let fault = self.fault(error);
                if let Fault::Damaged { source, .. } = fault {
                    let said = source.to_string();
                    return Ok(Verdict::Broken(Break::Damaged { said }));
                }
                Err(fault.into())
            }
        }
    }

    async fn walk(&self, conn: &mut SqliteConnection, head: &Found) -> Result<Verified, Ended> {
        let said: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *conn)
            .await?;
        if said != "ok" {
            return Err(Break::Damaged { said }.into());
        }
        let mut walk = Walk {
            end: (0, ledger_genesis(self.journal())),
            chains: BTreeMap::new(),
            texts: BTreeMap::new(),
            bodies: 0,
            erased: 0,
            at_head: None,
        };
        let watched = match head {
            Found::Head(head) => head.n,
            Found::Missing | Found::Unreadable(_) => -1,
        };
        if watched == 0 {
            walk.at_head = Some(walk.end.1.clone());
        }
        loop {
            let rows: Vec<WalkRow> = sqlx::query_as(sql::WALK)
                .bind(walk.end.0)
                .bind(PAGE)
                .fetch_all(&mut *conn)
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                walk.step(row)?;
                if walk.end.0 == watched {
                    walk.at_head = Some(walk.end.1.clone());
                }
            }
        }
        walk.no_other_records(conn).await?;
        walk.chains_are_listed(conn).await?;
        walk.texts_are_there(conn).await?;
        let head = self.compare(&walk, head)?;
        Ok(Verified {
            records: walk.end.0.unsigned_abs(),
            incidents: walk.chains.len() as u64,
            bodies: walk.bodies,
            erased: walk.erased,
            ledger: walk.end.0.unsigned_abs(),
            hash: walk.end.1,
            head,
        })
    }

    /// Compares the end of a walk with the head file.
    fn compare(&self, walk: &Walk, found: &Found) -> Result<HeadState, Break> {
        let head = self.trusted(found, walk.end.0)?;
        let Some(hash) = &walk.at_head else {
            return Err(Break::CutOff {
                n: walk.end.0,
                head: head.n,
            });
        };
        if *hash != head.hash {
            return Err(Break::Rewritten {
                n: head.n,
                found: hash.clone(),
                head: head.hash.clone(),
            });
        }
        let by = (walk.end.0 - head.n).unsigned_abs();
        Ok(if by == 0 {
            HeadState::Current
        } else {
            HeadState::Behind { by }
        })
    }

    /// The head, where its file is one of this journal and signed by our key, if we have one.
    fn trusted<'a>(&self, found: &'a Found, n: i64) -> Result<&'a Head, Break> {
        let path = self.head_path().display().to_string();
        let head = match found {
            Found::Missing => return Err(Break::HeadMissing { path, n }),
            Found::Unreadable(why) => {
                let why = why.clone();
                return Err(Break::HeadUnreadable { path, why });
            }
            Found::Head(head) => head,
        };
        if head.journal != self.journal() {
            let what = "is of another journal";
            return Err(Break::HeadForeign { path, what });
        }
        match self.head_key() {
            Some(_) if !head.is_signed() => {
                let what = "is not signed, though this sickbay has a key to sign it with";
                Err(Break::HeadForeign { path, what })
            }
            Some(key) if !head.is_signed_by(key) => {
                let what = "is not signed by the key of this sickbay";
                Err(Break::HeadForeign { path, what })
            }
            _ => Ok(head),
        }
    }

    /// How the head file disagrees with the journal, if it does: quick enough for every start.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn head_disagrees(&self) -> Result<Option<Break>, ReadError> {
        let found = look(self.head_path()).await;
        let fault = |error| ReadError::from(self.fault(error));
        let mut conn = self.readers().acquire().await.map_err(fault)?;
        let (n, _) = self.ledger_end(&mut conn).await.map_err(fault)?;
        let head = match self.trusted(&found, n) {
            Ok(head) => head,
            Err(found) => return Ok(Some(found)),
        };
        if head.n > n {
            return Ok(Some(Break::CutOff { n, head: head.n }));
        }
        let hash = if head.n == 0 {
            Some(ledger_genesis(self.journal()))
        } else {
            sqlx::query_scalar(sql::LEDGER_AT)
                .bind(head.n)
                .fetch_optional(&mut *conn)
                .await
                .map_err(fault)?
        };
        Ok(match hash {
            None => Some(Break::LedgerGap { n: head.n }),
            Some(found) if found != head.hash => Some(Break::Rewritten {
                n: head.n,
                found,
                head: head.hash.clone(),
            }),
            Some(_) => None,
        })
    }

    /// Takes the journal as it stands for the whole truth and makes the head file say so: after a person has looked.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read, [`crate::BackupError`] where the file cannot be written.
    pub async fn accept_head(&self) -> Result<(), crate::BackupError> {
        let fault = |error| crate::BackupError::from(self.fault(error));
        let mut conn = self.readers().acquire().await.map_err(fault)?;
        let (n, hash) = self.ledger_end(&mut conn).await.map_err(fault)?;
        let unwritten = |source| crate::BackupError::Unwritten {
            path: self.head_path().to_owned(),
            source,
        };
        let head = Head::new(self.journal(), n, &hash, self.head_key());
        let dir = self.head_path().parent().unwrap_or(self.head_path());
        let file = crate::place::private_file(dir, self.head_path())?;
        let writing = Writing::locked(file).map_err(unwritten)?;
        writing.write_through(&head).map_err(unwritten)
    }
}

impl Walk {
    /// Checks the next ledger row and the record it lists.
    fn step(&mut self, row: WalkRow) -> Result<(), Break> {
        let (n, incident, seq, listed, ledger, at, kind, body, attached, prev, hash) = row;
        if n != self.end.0 + 1 {
            return Err(Break::LedgerGap { n: self.end.0 + 1 });
        }
        let found = ledger_hash(n, &incident, seq, &listed, &self.end.1);
        if found != ledger {
            return Err(Break::LedgerEdited {
                n,
                incident,
                seq,
                found,
                recorded: ledger,
            });
        }
        let (last, before) = match self.chains.get(&incident) {
            Some((last, hash)) => (*last, hash.clone()),
            None => (0, genesis(&incident)),
        };
        if seq != last + 1 {
            return Err(Break::Order {
                n,
                incident,
                seq,
                expected: last + 1,
            });
        }
        let (Some(at), Some(kind), Some(body), Some(attached), Some(prev), Some(hash)) =
            (at, kind, body, attached, prev, hash)
        else {
            return Err(Break::Gone { incident, seq });
        };
        let row = Row {
            incident,
            seq,
            at,
            kind,
            body,
            attached,
            prev,
        };
        check_row(&row, &hash, &before)?;
        if hash != listed {
            return Err(Break::Edited {
                incident: row.incident,
                seq,
                kind: row.kind,
                found: hash,
                recorded: listed,
            });
        }
        for text in serde_json::from_str::<Vec<Attached>>(&row.attached).unwrap_or_default() {
            self.texts
                .insert((row.incident.clone(), text.id), text.hash);
        }
        self.chains.insert(row.incident, (seq, hash));
        self.end = (n, ledger);
        Ok(())
    }

    /// No record lies outside the ledger.
    async fn no_other_records(&self, conn: &mut SqliteConnection) -> Result<(), Ended> {
        let other: Option<(String, i64)> =
            sqlx::query_as(sql::UNLISTED).fetch_optional(conn).await?;
        match other {
            None => Ok(()),
            Some((incident, seq)) => Err(Break::Added { incident, seq }.into()),
        }
    }

    /// The list of incidents says what their records say.
    async fn chains_are_listed(&self, conn: &mut SqliteConnection) -> Result<(), Ended> {
        let rows: Vec<(String, i64, String)> =
            sqlx::query_as(sql::CHAIN_ENDS).fetch_all(conn).await?;
        let say = |end: Option<&(i64, String)>| {
            end.map_or_else(
                || "nothing".to_owned(),
                |(seq, hash)| format!("{seq} records and {hash}"),
            )
        };
        let listed: BTreeMap<String, (i64, String)> = rows
            .into_iter()
            .map(|(id, version, hash)| (id, (version, hash)))
            .collect();
        for incident in self.chains.keys().chain(listed.keys()) {
            let (found, said) = (self.chains.get(incident), listed.get(incident));
            if found != said {
                return Err(Break::Listed {
                    incident: incident.clone(),
                    listed: say(said),
                    found: say(found),
                }
                .into());
            }
        }
        Ok(())
    }

    /// Each text that a record vouches for is there or was erased, and there is no other.
    async fn texts_are_there(&mut self, conn: &mut SqliteConnection) -> Result<(), Ended> {
        let mut after = (String::new(), String::new());
        loop {
            let rows: Vec<BodyRow> = sqlx::query_as(sql::BODIES)
                .bind(&after.0)
                .bind(&after.1)
                .bind(PAGE / 10)
                .fetch_all(&mut *conn)
                .await?;
            if rows.is_empty() {
                break;
            }
            for (incident, id, salt, text, erased_at) in rows {
                after = (incident.clone(), id.clone());
                let what = match (self.texts.remove(&after), salt.zip(text)) {
                    (None, _) => {
                        "was put there by something else than sickbay: no record vouches for it"
                    }
                    (Some(hash), Some((salt, text))) if bytes_hash(&salt, &text) != hash => {
                        "was changed"
                    }
                    (Some(_), None) if erased_at.is_none() => "is gone without having been erased",
                    (Some(_), text) => {
                        self.bodies += 1;
                        self.erased += u64::from(text.is_none());
                        continue;
                    }
                };
                return Err(Break::Body { incident, id, what }.into());
            }
        }
        match std::mem::take(&mut self.texts).into_keys().next() {
            None => Ok(()),
            Some((incident, id)) => {
                let what = "is gone without having been erased";
                Err(Break::Body { incident, id, what }.into())
            }
        }
    }
}
