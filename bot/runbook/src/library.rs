//! The library: every runbook by id, and which of them answer a finding and why.

use std::collections::BTreeMap;

use incident::{Finding, RunbookId};

use crate::condition::{Answer, Scope};
use crate::filling::facts_of;
use crate::front::Pattern;
use crate::page::{Runbook, parse};
use crate::problem::Problem;

#[cfg(test)]
mod tests;

/// Runbooks by id.
#[derive(Debug, Clone, Default)]
pub struct Library {
    runbooks: BTreeMap<RunbookId, Runbook>,
}

/// A runbook that answers a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunbookMatch {
    /// Which.
    pub runbook: RunbookId,
    /// Why, for people.
    pub reason: String,
    /// The higher, the closer: an exact code before an area, a condition that holds before none.
    pub score: u32,
}

/// A runbook that names the finding's code and yet does not answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Which.
    pub runbook: RunbookId,
    /// Why not, for people.
    pub reason: String,
}

/// What the library has for a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matches {
    /// What fits, the closest first. Empty is an answer.
    pub found: Vec<RunbookMatch>,
    /// What came close, by id.
    pub missed: Vec<Missed>,
}

impl Library {
    /// Reads pages. A later page replaces an earlier one of the same id, so a site's own come after the built-in ones.
    /// Files whose name begins with a capital letter (`README.md`) or `_` are not pages. A page that cannot be read takes out the one that
    /// it would have replaced: a site that meant to change a runbook must not get the old one instead.
    pub fn load<P, T>(files: impl IntoIterator<Item = (P, T)>) -> (Self, Vec<Problem>)
    where
        P: AsRef<str>,
        T: AsRef<str>,
    {
        let mut library = Self::default();
        let mut problems = Vec::new();
        for (path, text) in files {
            let path = path.as_ref();
            let name = path.rsplit('/').next().unwrap_or(path);
            let Some(stem) = name.strip_suffix(".md") else {
                continue;
            };
            if stem.starts_with(|c: char| c == '_' || c.is_ascii_uppercase()) {
                continue;
            }
            match parse(path, text.as_ref()) {
                Ok(runbook) => {
                    library.runbooks.insert(runbook.id.clone(), runbook);
                }
                Err(told) => {
                    problems.extend(told);
                    library.runbooks.retain(|id, _| id.as_str() != stem);
                }
            }
        }
        (library, problems)
    }

    /// The runbook of an id.
    #[must_use]
    pub fn get(&self, id: &RunbookId) -> Option<&Runbook> {
        self.runbooks.get(id)
    }

    /// Every runbook, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Runbook> {
        self.runbooks.values()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.runbooks.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runbooks.is_empty()
    }

    /// Which runbooks answer a finding. `all` are the findings of the same incident; those of other hosts do not count.
    #[must_use]
    pub fn matches(&self, finding: &Finding, all: &[Finding]) -> Matches {
        let here = |other: &&Finding| other.host == finding.host && other.id != finding.id;
        let causes = all
            .iter()
            .filter(here)
            .filter(|other| other.explains.contains(&finding.id))
            .map(|other| other.code.to_string())
            .collect();
        let others = all
            .iter()
            .filter(here)
            .map(|other| other.code.to_string())
            .collect();
        let scope = Scope::of(&facts_of(finding))
            .with("causes", causes)
            .with("others", others);

        let mut matches = Matches::default();
        for runbook in self.runbooks.values() {
            let patterns = &runbook.matching.findings;
            // `Code` sorts before `Area`, so the closest pattern comes first.
            let Some(pattern) = patterns
                .iter()
                .filter(|pattern| pattern.covers(&finding.code))
                .min()
            else {
                continue;
            };
            let (close, mut reason) = match pattern {
                Pattern::Code(code) => (20, format!("answers {code}")),
                Pattern::Area(area) => (10, format!("answers every {area} finding")),
            };
            let score = match &runbook.matching.condition {
                None => close,
                Some(condition) => match condition.ask(&scope) {
                    Answer::Yes => {
                        reason.push_str(" where ");
                        reason.push_str(condition.source());
                        close + 5
                    }
                    Answer::No(reason) => {
                        matches.missed.push(Missed {
                            runbook: runbook.id.clone(),
                            reason,
                        });
                        continue;
                    }
                },
            };
            // A page that only looks closer stands beside those that answer, never before them.
            let score = if runbook.only_looks() { 1 } else { score };
            matches.found.push(RunbookMatch {
                runbook: runbook.id.clone(),
                reason,
                score,
            });
        }
        // Of two that fit equally, the page that answers fewer codes is the closer one.
        let breadth = |found: &RunbookMatch| {
            let runbook = self.runbooks.get(&found.runbook);
            runbook.map_or(0, |runbook| runbook.matching.findings.len())
        };
        matches.found.sort_by(|a, b| {
            let closer = b.score.cmp(&a.score);
            closer
                .then_with(|| breadth(a).cmp(&breadth(b)))
                .then_with(|| a.runbook.cmp(&b.runbook))
        });
        matches
    }
}
