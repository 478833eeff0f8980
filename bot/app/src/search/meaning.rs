//! What is near in meaning, where the site has an endpoint for that: it may fill places behind the first, and nothing waits long
//! for it.

use std::sync::Arc;
use std::time::Duration;

use incident::redact::Redactor;
use runbook::terms::{self, Scored};
use tokio::sync::Mutex;

use crate::knowledge::Knowledge;
use crate::settings::models::Embeddings;

/// How many texts are asked about at a time.
const AT_ONCE: usize = 32;

/// An endpoint of vectors, and the vectors of the pages.
#[derive(Debug)]
pub(crate) struct Meaning {
    clerk: llm::Clerk,
    /// How long a search waits for it.
    deadline: Duration,
    settings: Embeddings,
    /// What somebody types goes to the endpoint; a secret in it does not.
    redactor: Redactor,
    pages: Mutex<Option<Pages>>,
}

#[derive(Debug)]
struct Pages {
    of: Arc<Knowledge>,
    vectors: Vec<(String, Vec<f32>)>,
}

impl Meaning {
    /// An endpoint that was not asked yet.
    ///
    /// # Errors
    /// Why it cannot be asked.
    pub(crate) fn new(settings: &Embeddings, redactor: Redactor) -> Result<Self, String> {
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let endpoint = settings.endpoint()?;
        let deadline = endpoint.deadline;
        let clerk = llm::Clerk::new(vec![endpoint]);
        Ok(Self {
            deadline,
            clerk: clerk.map_err(|error| crate::sentence::of(&error))?,
            settings: settings.clone(),
            redactor,
            pages: Mutex::default(),
        })
    }

    /// The pages by how near they are to these words; none where the endpoint does not answer.
    pub(crate) async fn near(&self, knowledge: &Arc<Knowledge>, words: &str) -> Vec<Scored> {
        // The first search reads all pages, which is several questions; it waits no longer for that than for one.
        let asked = tokio::time::timeout(self.deadline, self.asked(knowledge, words)).await;
        match asked.unwrap_or(Err(llm::Trouble::Late(self.deadline))) {
            Ok(near) => near,
            Err(trouble) => {
                tracing::warn!(%trouble, "meaning is left out of a search");
                Vec::new()
            }
        }
    }

    async fn asked(
        &self,
        knowledge: &Arc<Knowledge>,
        words: &str,
    ) -> Result<Vec<Scored>, llm::Trouble> {
        let mut pages = self.pages.lock().await;
        let current = pages
            .as_ref()
            .filter(|pages| Arc::ptr_eq(&pages.of, knowledge));
        if current.is_none() {
            let vectors = self.read(knowledge).await?;
            let of = Arc::clone(knowledge);
            *pages = Some(Pages { of, vectors });
        }
        let query = format!(
            "{}{}",
            self.settings.query_prefix,
            self.redactor.redact(words)
        );
        let question = self.clerk.embed(&[query]).await?;
        let (Some(question), Some(pages)) = (question.first(), pages.as_ref()) else {
            return Ok(Vec::new());
        };
        let vectors = pages.vectors.iter();
        let texts = vectors.map(|(id, vector)| (id.as_str(), vector.as_slice()));
        Ok(terms::nearest(question, texts))
    }

    /// The vectors of all pages.
    async fn read(&self, knowledge: &Knowledge) -> Result<Vec<(String, Vec<f32>)>, llm::Trouble> {
        let pages: Vec<(String, String)> = knowledge
            .library
            .iter()
            .map(|page| {
                let text = format!("{}{}", self.settings.passage_prefix, terms::gist(page));
                (page.id.to_string(), text)
            })
            .collect();
        let mut vectors = Vec::with_capacity(pages.len());
        for some in pages.chunks(AT_ONCE) {
            let texts: Vec<String> = some.iter().map(|(_, text)| text.clone()).collect();
            let answered = self.clerk.embed(&texts).await?;
            let ids = some.iter().map(|(id, _)| id.clone());
            vectors.extend(ids.zip(answered));
        }
        Ok(vectors)
    }
}
