//! What matters most of a long account: statements that are told anyway, chosen by a model.

use std::collections::BTreeSet;

use super::{Account, Highlighted, Remark, Source, Statement, TALK};
use crate::wording::Highlights;
use crate::{Fact, Moment};

/// Of how many statements an account is short: nobody needs to be told what matters of them.
const SHORT: usize = 8;

impl Account {
    /// What can be chosen among: each statement once, by what it rests on, in the order in which they are told. Empty where the
    /// account is short.
    #[must_use]
    pub fn choices(&self) -> Vec<&Statement> {
        let mut seen = BTreeSet::new();
        let mut choices: Vec<&Statement> = self.statements().collect();
        choices.retain(|one| seen.insert(&one.source));
        if choices.len() <= SHORT {
            choices.clear();
        }
        choices
    }
}

/// What was chosen last, as far as it is still told.
pub(super) fn last(
    account: &Account,
    facts: &[(Moment, Fact)],
    remarks: &[Remark],
) -> Option<Highlighted> {
    let mut chosen = facts.iter().filter_map(|(at, fact)| {
        if let Fact::Highlighted { highlights, .. } = fact {
            Some((*at, &**highlights))
        } else {
            None
        }
    });
    let (at, highlights) = chosen.rfind(|(_, highlights)| highlights.model.is_some())?;
    let Highlights {
        model, statements, ..
    } = highlights;
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
        fresh: is_fresh(&choices, remarks, highlights),
    })
}

/// By their places in the journal, not by their times: what is done at the same moment may be recorded later.
fn is_fresh(choices: &[&Statement], remarks: &[Remark], chosen: &Highlights) -> bool {
    let newer = |one: &&Statement| matches!(one.source, Source::Fact(seq) if seq > chosen.facts);
    let said = remarks
        .iter()
        .filter(|one| chosen.said.is_none_or(|until| one.at > until));
    !choices.iter().any(newer) && said.count() < TALK
}

#[cfg(test)]
mod tests;
