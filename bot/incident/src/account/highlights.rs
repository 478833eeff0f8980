//! What matters most of a long account: statements that are told anyway, chosen by a model.

use super::{Account, Highlighted, Statement};
use crate::wording::Highlights;
use crate::{Fact, Moment};

/// Of how many statements an account is short: nobody needs to be told what matters of them.
const SHORT: usize = 8;

impl Account {
    /// What can be chosen among: each statement once, by what it rests on, in the order in which they are told. Empty where the
    /// account is short.
    #[must_use]
    pub fn choices(&self) -> Vec<&Statement> {
        let mut choices: Vec<&Statement> = Vec::new();
        for one in self.statements() {
            if choices.iter().all(|there| there.source != one.source) {
                choices.push(one);
            }
        }
        if choices.len() <= SHORT {
            choices.clear();
        }
        choices
    }
}

/// What was chosen last, as far as it is still told.
pub(super) fn last(account: &Account, facts: &[(Moment, Fact)]) -> Option<Highlighted> {
    let mut chosen = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Highlighted { highlights, .. } => Some((*at, &**highlights)),
        _ => None,
    });
    let (at, Highlights { model, statements, .. }) =
        chosen.rfind(|(_, highlights)| highlights.model.is_some())?;
    let choices = account.choices();
    let kept: Vec<Statement> = choices
        .iter()
        .filter(|one| statements.contains(&one.source))
        .map(|one| (*one).clone())
        .collect();
    if kept.is_empty() {
        return None;
    }
    Some(Highlighted {
        model: model.clone()?,
        at,
        statements: kept,
        fresh: choices.iter().all(|one| one.at <= at),
    })
}
