//! Moving the head file on, from a head that the journal still contains to the row just committed.

use std::path::Path;

use super::{Found, Head, Writing, look};
use crate::open::{OpenError, sync_dir};
use crate::{Store, place, record, sql};

/// How far an append has moved the ledger.
pub(crate) struct Grown {
    /// Its last row and hash as the append found them.
    pub(crate) before: (i64, String),
    /// And as it left them.
    pub(crate) end: (i64, String),
}

impl Store {
    /// Makes the head file of a journal that holds nothing, and says so in the log where an older one disagrees.
    pub(crate) async fn begin_head(&self, dir: &Path) -> Result<(), OpenError> {
        let fault = |error| OpenError::from(self.fault(error));
        let mut conn = self.readers().acquire().await.map_err(fault)?;
        let (n, hash) = self.ledger_end(&mut conn).await.map_err(fault)?;
        drop(conn);
        if n == 0 && look(self.head_path()).await == Found::Missing {
            let unwritten = |source| OpenError::Head {
                path: self.head_path().to_owned(),
                source,
            };
            let file = place::private_file(dir, self.head_path())?;
            let head = Head::new(self.journal(), n, &hash, self.head_key());
            let writing = Writing::locked(file).map_err(unwritten)?;
            writing.write_through(&head).map_err(unwritten)?;
            sync_dir(dir).map_err(unwritten)?;
        }
        match self.head_disagrees().await {
            Ok(None) => Ok(()),
            Ok(Some(found)) => {
                tracing::error!("{found}");
                Ok(())
            }
            Err(crate::ReadError::Fault(fault)) => Err(fault.into()),
            Err(other) => {
                tracing::error!("{other}");
                Ok(())
            }
        }
    }

    /// Moves the head file on with the ledger, once that is committed. Failing to leaves it behind, which is allowed.
    pub(crate) async fn advance_head(&self, grown: &Grown) {
        if let Err(error) = self.try_advance_head(grown).await {
            tracing::warn!(
                "the head file {} stays behind the journal: {error}",
                self.head_path().display()
            );
        }
    }

    async fn try_advance_head(&self, grown: &Grown) -> std::io::Result<()> {
        let path = self.head_path().to_owned();
        let writing = tokio::task::spawn_blocking(move || Writing::begin(&path))
            .await
            .map_err(std::io::Error::other)??;
        let Found::Head(old) = &writing.found else {
            return Err(std::io::Error::other("it is unreadable"));
        };
        let (n, hash) = &grown.end;
        if old.n >= *n {
            return Ok(());
        }
        if old.is_signed() && self.head_key().is_none() {
            return Err(std::io::Error::other(
                "it is signed and this process has no key",
            ));
        }
        if !self
            .contains(old, &grown.before)
            .await
            .map_err(std::io::Error::other)?
        {
            return Err(std::io::Error::other(
                "it disagrees with the journal; run `sickbay audit verify`",
            ));
        }
        writing.write(&Head::new(self.journal(), *n, hash, self.head_key()))
    }

    /// Whether the ledger contains this head, and it is ours. Mostly it is where the ledger ended before.
    async fn contains(&self, head: &Head, before: &(i64, String)) -> Result<bool, sqlx::Error> {
        if head.journal != self.journal()
            || self.head_key().is_some_and(|key| !head.is_signed_by(key))
        {
            return Ok(false);
        }
        if head.n == before.0 {
            return Ok(head.hash == before.1);
        }
        if head.n == 0 {
            return Ok(head.hash == record::ledger_genesis(self.journal()));
        }
        let hash: Option<String> = sqlx::query_scalar(sql::LEDGER_AT)
            .bind(head.n)
            .fetch_optional(self.readers())
            .await?;
        Ok(hash.as_ref() == Some(&head.hash))
    }
}
