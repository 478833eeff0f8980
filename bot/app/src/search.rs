//! Looking for what has no exact match: which page speaks of what somebody typed.

use std::collections::BTreeMap;
use std::sync::Arc;

use chat::Locale;
use incident::RunbookId;
use incident::cause::Cause;
use incident::notice::SeenBefore;
use incident::redact::Redactor;
use runbook::terms::{self, Query, Scored};
use runbook::{Heading, Pattern, Runbook};
use store::{Document, Index, IndexError, Store};
use tokio::sync::Mutex;

use crate::knowledge::Knowledge;
use crate::settings::models::Models;
use crate::{cards, past};
use meaning::Meaning;
use memory::Memories;

pub(crate) mod meaning;
pub(crate) mod memory;
#[cfg(test)]
mod tests;

/// How many texts are judged, however many are then shown.
const MOST: u32 = 20;
/// How many pages are shown, and how many incidents of before.
const MOST_PAGES: usize = 5;
const MOST_PAST: usize = 3;

/// What words found.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// Pages that fit, the closest first; none where no runbook fits.
    pub(crate) pages: Vec<RunbookId>,
    /// What incidents of before came down to.
    pub(crate) past: Vec<Cause>,
}

impl Looked {
    /// Line by line.
    pub(crate) fn told(&self, knowledge: &Knowledge, locale: Locale) -> Vec<String> {
        let pages = self.pages.iter().filter_map(|id| {
            let page = knowledge.library.get(id)?;
            Some(locale.headed(id.as_str(), cards::titled(&page.title, locale)))
        });
        let mut lines: Vec<String> = pages.collect();
        if lines.is_empty() {
            lines.push(locale.no_runbook().to_owned());
        }
        lines.extend(self.past.iter().map(|cause| {
            let seen = past::told(cause, knowledge, locale);
            let title = Some(past::title(cause, locale));
            locale.seen_before(&SeenBefore { title, ..seen })
        }));
        lines
    }
}

/// What can be looked for. The index of the runbooks is made when something is first looked for, and again when they are
/// changed.
#[derive(Debug, Default)]
pub(crate) struct Search {
    pages: Mutex<Option<Shelved>>,
    /// What is remembered of incidents.
    pub(crate) past: Memories,
    /// What is near in meaning; none where the site has no endpoint for that.
    meaning: Option<Meaning>,
}

#[derive(Debug)]
struct Shelved {
    index: Arc<Index>,
    of: Arc<Knowledge>,
}

impl Search {
    /// A search by words, and by meaning where the settings have an endpoint for that. One that cannot be asked is said in the
    /// log, and left out.
    pub(crate) fn new(models: &Models, redactor: &Redactor) -> Self {
        let meaning = models.embeddings.as_ref().and_then(|embeddings| {
            Meaning::new(embeddings, redactor.clone())
                .inspect_err(|why| tracing::warn!(why, "search goes by words alone"))
                .ok()
        });
        Self {
            meaning,
            ..Self::default()
        }
    }

    /// The pages that fit these words, the closest first; none where no runbook fits.
    ///
    /// # Errors
    /// Where there is no memory for the index.
    pub(crate) async fn pages(
        &self,
        knowledge: &Arc<Knowledge>,
        words: &str,
    ) -> Result<Vec<Scored>, IndexError> {
        let found = self.pages_by_words(knowledge, words).await?;
        match &self.meaning {
            // Where no word fits, nothing does, however near it is in meaning.
            Some(meaning) if !found.is_empty() => {
                let mut near = meaning.near(knowledge, words).await;
                near.truncate(MOST_PAGES);
                Ok(terms::fuse(&found, &near))
            }
            Some(_) | None => Ok(found),
        }
    }

    /// The same by words alone: nothing leaves this process, and nobody waits for an endpoint.
    ///
    /// # Errors
    /// Where there is no memory for the index.
    pub(crate) async fn pages_by_words(
        &self,
        knowledge: &Arc<Knowledge>,
        words: &str,
    ) -> Result<Vec<Scored>, IndexError> {
        let query = Query::read(words);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let index = self.index(knowledge).await?;
        ask(&index, &query).await
    }

    /// The pages and the incidents of before that these words fit. What may not be told of incidents is left out.
    ///
    /// # Errors
    /// Where there is no memory for the index.
    pub(crate) async fn look(
        &self,
        knowledge: &Arc<Knowledge>,
        store: Option<&Store>,
        words: &str,
        may_be_told: impl Fn(&Cause) -> bool,
    ) -> Result<Looked, IndexError> {
        let pages = self.pages(knowledge, words).await?;
        let mut past = match store {
            Some(store) => self.past.find(store, knowledge, words).await?,
            None => Vec::new(),
        };
        past.retain(may_be_told);
        past.truncate(MOST_PAST);
        let mut pages: Vec<RunbookId> = pages
            .into_iter()
            .filter_map(|one| RunbookId::new(one.id).ok())
            .collect();
        pages.truncate(MOST_PAGES);
        Ok(Looked { pages, past })
    }

    async fn index(&self, knowledge: &Arc<Knowledge>) -> Result<Arc<Index>, IndexError> {
        let mut pages = self.pages.lock().await;
        if let Some(shelved) = pages.as_ref()
            && Arc::ptr_eq(&shelved.of, knowledge)
        {
            return Ok(Arc::clone(&shelved.index));
        }
        let index = match pages.take() {
            Some(shelved) => shelved.index,
            None => Arc::new(Index::in_memory().await?),
        };
        index.hold(&documents(knowledge)).await?;
        *pages = Some(Shelved {
            index: Arc::clone(&index),
            of: Arc::clone(knowledge),
        });
        Ok(index)
    }
}

/// Looks a query up and judges what was found.
async fn ask(index: &Index, query: &Query) -> Result<Vec<Scored>, IndexError> {
    let found = index.search(&query.tokens(), MOST).await?;
    let scored = found.hits.iter().map(|hit| {
        let covered = query.covered(&hit.matched, &found.known, found.of);
        Scored::new(&hit.id, hit.score, covered)
    });
    Ok(terms::fit(scored.collect()))
}

/// Every page as the index has it.
fn documents(knowledge: &Knowledge) -> Vec<Document> {
    let mut lines: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (code, line) in knowledge.signatures.examples() {
        lines.entry(code).or_default().push(line);
    }
    let pages = knowledge.library.iter();
    pages.map(|page| document(page, &lines)).collect()
}

/// A page: its name and title, and then what it says, what the catalogue says of its codes in both languages, and lines
/// that hosts write when it happens.
fn document(page: &Runbook, lines: &BTreeMap<&str, Vec<&str>>) -> Document {
    let title = [page.id.as_str(), &page.title.en, page.title.zh()];
    let mut body = vec![page.summary.en.as_str(), page.summary.zh()];
    body.extend(Heading::ALL.map(|heading| page.section(heading)));
    let codes: Vec<String> = page
        .matching
        .findings
        .iter()
        .filter_map(|pattern| match pattern {
            Pattern::Code(code) => Some(code.to_string()),
            Pattern::Area(_) => None,
        })
        .collect();
    for code in &codes {
        body.push(code);
        if let Some(entry) = probes::catalogue::explain(code) {
            body.extend([entry.title, entry.meaning, entry.causes]);
        }
        if let Some(named) = Locale::Chinese.explained(code) {
            body.extend([named.name, named.meaning]);
        }
        body.extend(lines.get(code.as_str()).into_iter().flatten());
    }
    let tokens = |texts: &[&str]| texts.iter().flat_map(|text| terms::tokens(text)).collect();
    Document {
        id: page.id.to_string(),
        title: tokens(&title),
        body: tokens(&body),
    }
}
