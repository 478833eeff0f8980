//! Whoever is asked: the endpoints in the order in which the site prefers them, each with a deadline, one retry, and a rest
//! when it keeps failing.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use incident::Spent;
use serde_json::Value;

use crate::breaker::Breaker;
use crate::client::{Line, Question, Usage};
use crate::endpoint::{BadEndpoint, Endpoint};
use crate::trouble::Trouble;

/// Before a question is asked again of the same endpoint.
const PAUSE: Duration = Duration::from_millis(250);

/// Why nobody can be asked.
#[derive(Debug, thiserror::Error)]
pub enum BadClerk {
    /// One is described wrongly.
    #[error("model {name}: {source}")]
    Endpoint {
        /// Which.
        name: String,
        /// What is wrong.
        source: BadEndpoint,
    },
    /// The machine has no way to speak to it.
    #[error("model {name}: no HTTP client can be made: {why}")]
    Client {
        /// Which.
        name: String,
        /// Why.
        why: String,
    },
}

/// What may be spent on one incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Tokens of both kinds.
    pub tokens: u64,
    /// In millionths of the site's currency; none where nobody counts.
    pub cost: Option<u64>,
}

impl Budget {
    /// Whether as much may be spent as one more question can cost at most.
    #[must_use]
    pub fn allows(&self, spent: Spent, next: Spent) -> bool {
        let then = spent.and(next);
        then.tokens() <= self.tokens && self.cost.is_none_or(|most| then.cost <= most)
    }
}

/// One try, for the log and the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The endpoint, as the settings call it.
    pub endpoint: String,
    /// Why it gave nothing.
    pub trouble: Trouble,
}

/// What came of a question.
#[derive(Debug)]
pub struct Asked<T> {
    /// The answer and who gave it; none where nobody did.
    pub answer: Option<Answer<T>>,
    /// What failed before it, in order.
    pub failures: Vec<Failure>,
    /// What all of it cost, failures included.
    pub spent: Spent,
}

/// An answer, and who gave it.
#[derive(Debug)]
pub struct Answer<T> {
    /// What it says, as whoever asked reads it.
    pub says: T,
    /// The endpoint, as the settings call it.
    pub endpoint: String,
    /// The model.
    pub model: String,
}

/// Whoever is asked.
pub struct Clerk {
    lines: Vec<(Line, Mutex<Breaker>)>,
}

impl std::fmt::Debug for Clerk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.lines.iter().map(|(line, _)| &line.about().name);
        f.debug_list().entries(names).finish()
    }
}

impl Clerk {
    /// A clerk with these endpoints, the preferred one first. TLS needs the process's provider to be installed before.
    ///
    /// # Errors
    /// [`BadClerk`] says which endpoint cannot be used and why.
    pub fn new(endpoints: Vec<Endpoint>) -> Result<Self, BadClerk> {
        let mut lines = Vec::with_capacity(endpoints.len());
        for endpoint in endpoints {
            let name = endpoint.name.clone();
            endpoint.check().map_err(|source| BadClerk::Endpoint {
                name: name.clone(),
                source,
            })?;
            let line = Line::new(endpoint).map_err(|error| BadClerk::Client {
                name,
                why: error.to_string(),
            })?;
            lines.push((line, Mutex::default()));
        }
        Ok(Self { lines })
    }

    /// A clerk who knows nobody to ask.
    #[must_use]
    pub const fn none() -> Self {
        Self { lines: Vec::new() }
    }

    /// Asks the endpoints one after the other until one gives an answer that `read` takes. Nothing is asked that could cost
    /// more than the budget leaves.
    pub async fn ask<T>(
        &self,
        question: &Question,
        (budget, spent): (&Budget, Spent),
        read: impl Fn(Value) -> Result<T, Trouble>,
    ) -> Asked<T> {
        let mut asked = Asked {
            answer: None,
            failures: Vec::new(),
            spent: Spent::default(),
        };
        for (line, breaker) in &self.lines {
            let about = line.about();
            let fail = |trouble| Failure {
                endpoint: about.name.clone(),
                trouble,
            };
            let affords = |so_far: Spent| budget.allows(spent.and(so_far), most(question, about));
            if !affords(asked.spent) {
                asked.failures.push(fail(Trouble::Spent));
                continue;
            }
            if !lock(breaker).admits(Instant::now()) {
                asked.failures.push(fail(Trouble::Resting));
                continue;
            }
            let until = Instant::now() + about.deadline;
            for again in [true, false] {
                let left = until.saturating_duration_since(Instant::now());
                let heard = line.ask(question, left).await;
                asked.spent = asked.spent.and(cost(&heard.usage, about));
                let trouble = match heard.answer.and_then(&read) {
                    Ok(says) => {
                        lock(breaker).did_well();
                        asked.answer = Some(Answer {
                            says,
                            endpoint: about.name.clone(),
                            model: about.model.clone(),
                        });
                        return asked;
                    }
                    Err(trouble) => trouble,
                };
                tracing::debug!(model.endpoint = about.name, %trouble, "a model gave no answer that can be used");
                let passes = trouble.passes();
                lock(breaker).failed(Instant::now());
                asked.failures.push(fail(trouble));
                let left = until.saturating_duration_since(Instant::now());
                let rests = lock(breaker).rests(Instant::now());
                if !again || !passes || rests || left <= PAUSE || !affords(asked.spent) {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        asked
    }

    /// Asks the first endpoint alone, once, whatever it did before: for those who want to know whether it works.
    pub async fn try_first(&self, question: &Question) -> Option<(Result<Value, Trouble>, Spent)> {
        let (line, _) = self.lines.first()?;
        let about = line.about();
        let heard = line.ask(question, about.deadline).await;
        Some((heard.answer, cost(&heard.usage, about)))
    }

    /// The vectors of these texts by the first endpoint.
    ///
    /// # Errors
    /// [`Trouble`] says why there are none.
    pub async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Trouble> {
        let (line, breaker) = self.lines.first().ok_or(Trouble::Resting)?;
        if !lock(breaker).admits(Instant::now()) {
            return Err(Trouble::Resting);
        }
        let vectors = line.embed(texts).await;
        match &vectors {
            Ok(_) => lock(breaker).did_well(),
            Err(_) => lock(breaker).failed(Instant::now()),
        }
        vectors
    }
}

/// What so much use of an endpoint costs.
const fn cost(usage: &Usage, about: &Endpoint) -> Spent {
    Spent {
        asked: usage.asked,
        answered: usage.answered,
        cost: about.price.of(usage.asked, usage.answered),
    }
}

/// What a question can cost at most: no token is shorter than a byte, few are shorter than two.
fn most(question: &Question, about: &Endpoint) -> Spent {
    let bytes = question.system.len() + question.user.len() + question.schema.to_string().len();
    let asked = (bytes as u64).div_ceil(2);
    let answered = u64::from(about.most_tokens);
    Spent {
        asked,
        answered,
        cost: about.price.of(asked, answered),
    }
}

/// A breaker holds no promise that a panic could have broken.
fn lock(breaker: &Mutex<Breaker>) -> std::sync::MutexGuard<'_, Breaker> {
    breaker.lock().unwrap_or_else(PoisonError::into_inner)
}
