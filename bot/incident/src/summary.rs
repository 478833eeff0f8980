//! The account for people: claims, each citing what it rests on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wording::{Model, Spent};

/// Who worded a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The template, from typed findings.
    Template,
    /// A model, every sentence verified.
    Model,
}

/// One sentence and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The sentence.
    pub text: String,
    /// Findings (`f-1`) and evidence (`e-3`) by id; never empty unless it says that nothing was found.
    pub cites: Vec<String>,
}

/// What a model had to do with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelNote {
    /// Who gave an answer that could be used; none where nobody did, and the template stands.
    pub by: Option<Model>,
    /// How many sentences were dropped, by the rule that they broke.
    pub dropped: BTreeMap<String, u32>,
    /// What failed: the endpoint, and a word for it.
    pub failures: Vec<(String, String)>,
    /// What was spent on the incident so far.
    pub spent: Spent,
    /// What the cost is in.
    pub currency: String,
}

/// The account for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The claims' sentences, one a line.
    pub text: String,
    /// Who worded it.
    pub source: Source,
    /// The claims.
    pub claims: Vec<Claim>,
    /// What a model had to do with it; none where none was asked.
    #[serde(default)]
    pub model: Option<ModelNote>,
}

impl Summary {
    /// A summary of these claims.
    #[must_use]
    pub fn of(source: Source, claims: Vec<Claim>) -> Self {
        let text = claims
            .iter()
            .map(|claim| claim.text.as_str())
            .collect::<Vec<_>>()
            .join("\n");
        Self {
            text,
            source,
            claims,
            model: None,
        }
    }
}
