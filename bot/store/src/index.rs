//! A search index in memory: full-text search over tokens that somebody else made, in an SQLite of its own.
//!
//! It holds nothing that cannot be made again, so it is in no file: opening the journal does not wait for it, a text that
//! is erased there does not live on here, and who may only look at a journal can still search.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::Mutex;

use crate::sql::index as sql;

/// A text to be found, as tokens. A token has no space in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Which; unique in its index.
    pub id: String,
    /// What it is called; a word here weighs three times as much as one in the body.
    pub title: Vec<String>,
    /// What it says.
    pub body: Vec<String>,
}

/// A text that has some of the tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which.
    pub id: String,
    /// By BM25: the higher, the closer.
    pub score: f64,
    /// Which of the tokens stand in it.
    pub matched: BTreeSet<String>,
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The closest first.
    pub hits: Vec<Hit>,
    /// In how many texts each token stands that stands in any.
    pub known: BTreeMap<String, usize>,
    /// How many texts there are.
    pub of: usize,
}

/// The search index could not be used.
#[derive(Debug, thiserror::Error)]
#[error("the search index in memory could not be used; runbooks can still be read by their names")]
pub struct IndexError {
    #[from]
    source: sqlx::Error,
}

/// An index. It is gone with the process.
#[derive(Debug)]
pub struct Index {
    conn: Mutex<SqliteConnection>,
}

impl Index {
    /// An index without texts.
    ///
    /// # Errors
    /// [`IndexError`] where there is no memory for it.
    pub async fn in_memory() -> Result<Self, IndexError> {
        let mut conn = SqliteConnectOptions::new()
            .in_memory(true)
            .journal_mode(SqliteJournalMode::Off)
            .disable_statement_logging()
            .connect()
            .await?;
        for statement in sql::SCHEMA {
            sqlx::query(*statement).execute(&mut conn).await?;
        }
        Ok(Self {
            conn: Mutex::new(conn),
        })
    }

    /// Makes the index hold these texts and no others, and says how many had to be written or taken out.
    ///
    /// # Errors
    /// [`IndexError`] where there is no memory for it.
    pub async fn hold(&self, documents: &[Document]) -> Result<usize, IndexError> {
        let mut conn = self.conn.lock().await;
        let wanted: BTreeSet<&str> = documents.iter().map(|one| one.id.as_str()).collect();
        let there: Vec<(i64, String)> = sqlx::query_as(sql::ALL_DOCUMENTS)
            .fetch_all(&mut *conn)
            .await?;
        let mut changed = 0;
        let mut all = conn.begin().await?;
        for (n, _) in there.iter().filter(|(_, id)| !wanted.contains(&**id)) {
            take_out(&mut all, *n).await?;
            changed += 1;
        }
        changed += put(&mut all, documents).await?;
        all.commit().await?;
        Ok(changed)
    }

    /// Adds texts; one of the same id is replaced. Says how many were not there, or were different.
    ///
    /// # Errors
    /// [`IndexError`] where there is no memory for it.
    pub async fn add(&self, documents: &[Document]) -> Result<usize, IndexError> {
        let mut conn = self.conn.lock().await;
        let mut all = conn.begin().await?;
        let changed = put(&mut all, documents).await?;
        all.commit().await?;
        Ok(changed)
    }

    /// The texts that have any of these tokens, the closest first, at most so many.
    ///
    /// # Errors
    /// [`IndexError`] where there is no memory for it.
    pub async fn search(&self, tokens: &[String], most: u32) -> Result<Found, IndexError> {
        let mut conn = self.conn.lock().await;
        let mut found = Found::default();
        let of: i64 = sqlx::query_scalar(sql::COUNT).fetch_one(&mut *conn).await?;
        found.of = usize::try_from(of).unwrap_or(0);
        for token in tokens {
            let spread: i64 = sqlx::query_scalar(sql::SPREAD)
                .bind(quoted(token))
                .fetch_one(&mut *conn)
                .await?;
            if let spread @ 1.. = usize::try_from(spread).unwrap_or(0) {
                found.known.insert(token.clone(), spread);
            }
        }
        if found.known.is_empty() {
            return Ok(found);
        }
        let any: Vec<String> = found.known.keys().map(|token| quoted(token)).collect();
        let rows: Vec<(String, String, f64)> = sqlx::query_as(sql::SEARCH)
            .bind(any.join(" OR "))
            .bind(most)
            .fetch_all(&mut *conn)
            .await?;
        let hits = rows.into_iter().map(|(id, tokens, score)| {
            let there: BTreeSet<&str> = tokens.split(' ').collect();
            let matched = found.known.keys().filter(|one| there.contains(&***one));
            Hit {
                id,
                score,
                matched: matched.cloned().collect(),
            }
        });
        found.hits = hits.collect();
        Ok(found)
    }
}

/// A token as a phrase: nothing in it is an operator, and a query ends where it ends, not at a NUL.
fn quoted(token: &str) -> String {
    format!("\"{}\"", token.replace('"', "\"\"").replace('\0', " "))
}

async fn put(all: &mut SqliteConnection, documents: &[Document]) -> Result<usize, sqlx::Error> {
    let mut changed = 0;
    for one in documents {
        let (title, body) = (one.title.join(" "), one.body.join(" "));
        let hash =
            incident::digest::of_bytes("sickbay text 1", format!("{title}\n{body}").as_bytes());
        let there: Option<(i64, String)> = sqlx::query_as(sql::DOCUMENT)
            .bind(&one.id)
            .fetch_optional(&mut *all)
            .await?;
        if let Some((n, old)) = there {
            if old == hash {
                continue;
            }
            take_out(all, n).await?;
        }
        let tokens: BTreeSet<&str> = one
            .title
            .iter()
            .chain(&one.body)
            .map(String::as_str)
            .collect();
        let tokens: Vec<&str> = tokens.into_iter().collect();
        let n: i64 = sqlx::query_scalar(sql::ADD_DOCUMENT)
            .bind(&one.id)
            .bind(hash)
            .bind(tokens.join(" "))
            .fetch_one(&mut *all)
            .await?;
        sqlx::query(sql::ADD_WORDS)
            .bind(n)
            .bind(title)
            .bind(body)
            .execute(&mut *all)
            .await?;
        changed += 1;
    }
    Ok(changed)
}

async fn take_out(all: &mut SqliteConnection, n: i64) -> Result<(), sqlx::Error> {
    for statement in [sql::DROP_WORDS, sql::DROP_DOCUMENT] {
        sqlx::query(statement).bind(n).execute(&mut *all).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
