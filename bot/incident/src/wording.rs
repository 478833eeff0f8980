//! What a model chose and said of an incident, as far as it held: recorded like everything else, and never more than a choice
//! among what it was offered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::Source;
use crate::summary::Claim;
use crate::{FindingId, HostName, Moment, RunbookId};

/// What was spent on models.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Tokens of questions.
    pub asked: u64,
    /// Tokens of answers.
    pub answered: u64,
    /// In millionths of the site's currency.
    pub cost: u64,
}

impl Spent {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            asked: self.asked.saturating_add(other.asked),
            answered: self.answered.saturating_add(other.answered),
            cost: self.cost.saturating_add(other.cost),
        }
    }

    /// Tokens of both kinds.
    #[must_use]
    pub const fn tokens(self) -> u64 {
        self.asked.saturating_add(self.answered)
    }
}

/// Who was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// The endpoint, as the settings call it.
    pub endpoint: String,
    /// The model there.
    pub model: String,
}

/// A question that a model picked among those that it was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// Of which host it was asked.
    pub host: HostName,
    /// The probe with its arguments.
    pub key: String,
}

/// What a model takes to matter most of an account: statements of ours, by what each rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlights {
    /// Who chose; none where nobody gave an answer that could be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// The statements.
    #[serde(default)]
    pub statements: Vec<Source>,
    /// How many facts there were then.
    #[serde(default)]
    pub facts: u64,
    /// When the last thing was said that was known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Moment>,
    /// What failed on the way, in order: the endpoint and a word for it.
    #[serde(default)]
    pub failures: Vec<(String, String)>,
}

/// What a model chose and said, as far as it held.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// Who gave the answer; none where nobody gave one that could be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// The language of its sentences, by its tag.
    #[serde(default)]
    pub language: String,
    /// The findings that lead.
    #[serde(default)]
    pub lead: Vec<FindingId>,
    /// Declared pairs of cause and effect that it takes to apply. Nobody has verified them.
    #[serde(default)]
    pub causes: Vec<(FindingId, FindingId)>,
    /// The runbook that it takes to fit best, among those that matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<RunbookId>,
    /// The findings because of which it does.
    #[serde(default)]
    pub because: Vec<FindingId>,
    /// Its sentences that hold, each with the findings that it cites.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// How many of its sentences were dropped, by the rule that they broke.
    #[serde(default)]
    pub dropped: BTreeMap<String, u32>,
    /// What failed on the way, in order: the endpoint and a word for it.
    #[serde(default)]
    pub failures: Vec<(String, String)>,
}

impl Wording {
    /// How many of its sentences were dropped.
    #[must_use]
    pub fn dropped(&self) -> u32 {
        self.dropped.values().copied().fold(0, u32::saturating_add)
    }
}
