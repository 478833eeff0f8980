//! What is remembered of incidents: what each came down to and what fixed it, to be found by its words.
//!
//! Whatever else is written about an incident is found here once it is remembered under a name of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chat::Locale;
use incident::cause::Cause;
use incident::{Fact, IncidentId};
use runbook::terms::{self, Query};
use store::{Document, Index, IndexError, Store};
use tokio::sync::{Mutex, OnceCell};

use super::MOST;
use crate::journal::{self, JournalError};
use crate::knowledge::Knowledge;

/// How many incidents are remembered, the newest.
const REMEMBERED: u32 = 5_000;
/// Of how many of them what people wrote is searched, too.
const WRITTEN: usize = 100;
/// How much of what they said in a thread, the last of it.
const REMARKS: u32 = 200;
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
        let runbook = fixed.and_then(|fixed| fixed.runbook.as_ref());
        let page = runbook.and_then(|id| knowledge.library.get(id));
        let mut text = Vec::new();
        text.extend(runbook.map(ToString::to_string));
        text.extend(fixed.map(|fixed| fixed.title.clone()));
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
    /// What people wrote into facts, by the version of the incident that has them.
    facts: Mutex<BTreeMap<IncidentId, (u64, String)>>,
}

/// What people wrote of an incident. What they said is read each time, since they may take it back.
async fn text(
    store: &Store,
    id: &IncidentId,
    known: &Mutex<BTreeMap<IncidentId, (u64, String)>>,
) -> Result<String, JournalError> {
    let version = store.incident(id).await?.map_or(0, |row| row.version);
    let mut known = known.lock().await;
    let mut text = match known.get(id) {
        Some((of, text)) if *of == version => text.clone(),
        Some(_) | None => {
            let facts = journal::facts(store, id).await?;
            let words: Vec<&str> = facts
                .iter()
                .filter_map(|(_, fact)| words_of(fact))
                .collect();
            let text = words.join("\n");
            known.insert(id.clone(), (version, text.clone()));
            text
        }
    };
    drop(known);
    for said in store.said(id, REMARKS).await? {
        if let Some(words) = said.text {
            text.push('\n');
            text.push_str(&words);
        }
    }
    Ok(text)
}

/// What a person wrote into a fact.
fn words_of(fact: &Fact) -> Option<&str> {
    let words = match fact {
        Fact::Opened { symptom, .. } => symptom,
        Fact::Resolved { reason, .. } | Fact::Rejected { reason, .. } => reason,
        Fact::Examined { .. }
        | Fact::Judged { .. }
        | Fact::Picked { .. }
        | Fact::Worded { .. }
        | Fact::Highlighted { .. }
        | Fact::Proposed { .. }
        | Fact::Approved { .. }
        | Fact::Expired { .. }
        | Fact::Voided { .. }
        | Fact::Granted { .. }
        | Fact::Dispatched { .. }
        | Fact::Executed { .. }
        | Fact::Verified { .. }
        | Fact::Thread { .. }
        | Fact::Acknowledged { .. }
        | Fact::Closed { .. } => return None,
    };
    Some(words)
        .filter(|words| !words.is_empty())
        .map(String::as_str)
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
        let mut memories: Vec<Memory> = resolutions.collect();
        let written = self.written(store, &memories).await;
        memories.extend(written);
        self.remember(memories).await?;
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
        // Two texts about one cause are found as one, wherever they stand.
        let mut seen = BTreeSet::new();
        let mut causes = Vec::with_capacity(told.len());
        for (_, cause) in told {
            if seen.insert((&cause.incident, &cause.host, &cause.code, &cause.subject)) {
                causes.push(cause.clone());
            }
        }
        Ok(incident::cause::episodes(causes))
    }

    /// What people wrote of the newest of these incidents, as their postmortems have it: what they said was wrong, how they said
    /// it was resolved, why they said no, and what they said meanwhile and did not take back.
    async fn written(&self, store: &Store, of: &[Memory]) -> Vec<Memory> {
        let mut written = Vec::new();
        let mut seen = BTreeSet::new();
        let newest = of
            .iter()
            .filter(|memory| seen.insert(memory.cause.incident.clone()));
        for memory in newest.take(WRITTEN) {
            let id = &memory.cause.incident;
            match text(store, id, &self.facts).await {
                // Also where there is none any more: it takes the place of what was taken back.
                Ok(text) => written.push(Memory {
                    kind: "written",
                    cause: memory.cause.clone(),
                    text,
                }),
                Err(error) => {
                    tracing::debug!(%error, incident.id = %id, "what was written of an incident is passed over");
                }
            }
        }
        written
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
