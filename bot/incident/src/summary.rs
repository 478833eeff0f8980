//! The account for people: claims, each citing what it rests on.

use serde::{Deserialize, Serialize};

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

/// The account for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The claims' sentences, one a line.
    pub text: String,
    /// Who worded it.
    pub source: Source,
    /// The claims.
    pub claims: Vec<Claim>,
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
        }
    }
}
