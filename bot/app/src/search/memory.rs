//! What is remembered of incidents: what each came down to and what fixed it, to be found by its words.
//!
//! Whatever else is written about an incident is found here once it is remembered under a name of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use chat::Locale;
use incident::cause::Cause;
use runbook::terms::{self, Query};
use store::{Document, Index, IndexError, Store};
use tokio::sync::{Mutex, OnceCell};

use super::MOST;
use crate::knowledge::Knowledge;

/// How many incidents are remembered, the newest.
const REMEMBERED: u32 = 5_000;
/// How much of a question a memory must speak of. How rare its words are says little in a journal of a few incidents.
const COVERED: f64 = 0.5;

/// A text about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Memory {
    /// What kind of text it is: each kind has one text of a cause.
    pub(crate) kind: &'static str,
    /// What the incident came down to.
    pub(crate) cause: Cause,
    /// What there is to be found in it, beside what the cause says of itself.
    pub(crate) text: String,
}

impl Memory {
    /// What fixed a cause, in the words of its runbook in both languages.
    pub(crate) fn resolution(cause: Cause, knowledge: &Knowledge) -> Self {
        let fixed = cause.fixed.as_ref();
        let page = fixed.and_then(|fixed| knowledge.library.get(&fixed.runbook));
        let mut text = Vec::new();
        text.extend(fixed.map(|fixed| format!("{} {}", fixed.runbook, fixed.title)));
        text.extend(page.map(|page| page.title.zh().to_owned()));
        Self {
            kind: "resolution",
            text: text.join("\n"),
            cause,
        }
    }

    fn key(&self) -> String {
        let cause = &self.cause;
        let (incident, host) = (&cause.incident, &cause.host);
        format!(
            "{} {incident} {host} {} {}",
            self.kind, cause.code, cause.subject
        )
    }

    fn document(&self, key: &str) -> Document {
        let cause = &self.cause;
        let code = cause.code.as_str();
        let mut title = vec![cause.title.as_str()];
        title.extend(probes::catalogue::explain(code).map(|entry| entry.title));
        title.extend(Locale::Chinese.explained(code).map(|named| named.name));
        let about = [cause.host.as_str(), code, &cause.subject.name, &self.text];
        let tokens = |texts: &[&str]| texts.iter().flat_map(|text| terms::tokens(text)).collect();
        Document {
            id: key.to_owned(),
            title: tokens(&title),
            body: tokens(&about),
        }
    }
}

/// What is remembered, and the index over it.
#[derive(Debug, Default)]
pub(crate) struct Memories {
    index: OnceCell<Index>,
    /// By the names that they have in the index, which holds what stands here.
    memories: Mutex<BTreeMap<String, Memory>>,
}

impl Memories {
    /// The causes of incidents that these words speak of, what covers most of them first and then the newest.
    ///
    /// # Errors
    /// Where there is no memory for the index.
    pub(crate) async fn find(
        &self,
        store: &Store,
        knowledge: &Arc<Knowledge>,
        words: &str,
    ) -> Result<Vec<Cause>, IndexError> {
        let query = Query::read(words);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        // A journal of an older Sickbay that is only looked at has none.
        let causes = store.causes(REMEMBERED).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "what incidents came down to cannot be read");
            Vec::new()
        });
        let resolutions = causes
            .into_iter()
            .map(|cause| Memory::resolution(cause, knowledge));
        self.remember(resolutions.collect()).await?;
        let memories = self.memories.lock().await;
        let index = self.index.get_or_try_init(Index::in_memory).await?;
        let found = index.search(&query.tokens(), MOST).await?;
        let mut told: Vec<(f64, &Cause)> = found
            .hits
            .iter()
            .filter_map(|hit| {
                let covered = query.covered(&hit.matched, &found.known, found.of);
                let memory = memories.get(&hit.id)?;
                (covered >= COVERED).then_some((covered, &memory.cause))
            })
            .collect();
        told.sort_by(|(a, one), (b, other)| {
            let newer = other.opened_at.cmp(&one.opened_at);
            b.total_cmp(a)
                .then(newer)
                .then_with(|| one.incident.cmp(&other.incident))
        });
        let mut causes: Vec<Cause> = told.into_iter().map(|(_, cause)| cause.clone()).collect();
        // Two texts about one cause are found as one.
        causes.dedup_by(|a, b| a == b);
        Ok(incident::cause::episodes(causes))
    }

    /// Remembers texts; one that is known in another form takes its place.
    ///
    /// # Errors
    /// Where there is no memory for the index.
    pub(crate) async fn remember(&self, memories: Vec<Memory>) -> Result<(), IndexError> {
        let mut known = self.memories.lock().await;
        let news: Vec<(String, Memory)> = memories
            .into_iter()
            .map(|memory| (memory.key(), memory))
            .filter(|(key, memory)| known.get(key) != Some(memory))
            .collect();
        let documents: Vec<Document> = news
            .iter()
            .map(|(key, memory)| memory.document(key))
            .collect();
        let index = self.index.get_or_try_init(Index::in_memory).await?;
        index.add(&documents).await?;
        known.extend(news);
        Ok(())
    }
}
