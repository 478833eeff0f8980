//! From a page and a finding to steps: facts go into slots, and the vocabulary checks every argument again.

use std::collections::BTreeMap;

use incident::step::BadStep;
use incident::{Finding, Step, Value};

use crate::action::{Filled, Work};
use crate::condition::{Answer, Scope};
use crate::filling::facts_of;
use crate::page::Runbook;

#[cfg(test)]
mod tests;

/// Why a runbook cannot be carried out for a finding. Fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRunnable {
    /// The page has no action.
    #[error("this page is for people; it has no action")]
    Prose,
    /// An action is a bare argument vector.
    #[error(
        "line {line} is a command of its own, which is not runnable here; do it by hand and tell the thread"
    )]
    Argv {
        /// Where the action stands.
        line: usize,
    },
    /// A fact is not known.
    #[error(
        "`{verb}` needs {slot}, but the finding has no fact `{fact}`; fix it by hand as the page says"
    )]
    MissingFact {
        /// The action.
        verb: &'static str,
        /// Its slot.
        slot: &'static str,
        /// The fact.
        fact: String,
    },
    /// A slot takes one value and the fact has several.
    #[error(
        "`{verb}` takes one {slot}, but the fact `{fact}` has several values; fix it by hand as the page says"
    )]
    Several {
        /// The action.
        verb: &'static str,
        /// Its slot.
        slot: &'static str,
        /// The fact.
        fact: String,
    },
    /// A value is not of its slot's kind.
    #[error("{0}; fix it by hand as the page says")]
    Refused(#[from] BadStep),
    /// No condition of an action holds.
    #[error("none of the page's actions applies to this finding; fix it by hand as the page says")]
    NothingToDo,
}

/// Fills the slots of a runbook's actions from a finding.
///
/// # Errors
/// [`NotRunnable`] says what is missing; then there are no steps at all.
pub fn concretise(runbook: &Runbook, finding: &Finding) -> Result<Vec<Step>, NotRunnable> {
    if runbook.is_prose() {
        return Err(NotRunnable::Prose);
    }
    let facts = facts_of(finding);
    let scope = Scope::of(&facts);
    let mut steps = Vec::new();
    for action in &runbook.actions {
        if let Some(when) = &action.when
            && when.ask(&scope) != Answer::Yes
        {
            continue;
        }
        match &action.work {
            Work::Argv { .. } => {
                return Err(NotRunnable::Argv {
                    line: action.place.line,
                });
            }
            Work::Typed { verb, slots } => {
                let mut args = Vec::new();
                for slot in slots {
                    args.extend(texts(verb.name, slot, &facts)?);
                }
                steps.push(Step::new(verb.name, args)?);
            }
        }
    }
    if steps.is_empty() {
        return Err(NotRunnable::NothingToDo);
    }
    Ok(steps)
}

/// The texts that fill a slot.
fn texts(
    verb: &'static str,
    slot: &Filled,
    facts: &BTreeMap<String, Value>,
) -> Result<Vec<String>, NotRunnable> {
    let mut texts = Vec::new();
    for filling in &slot.with {
        let fact = || filling.names().join("` or `");
        match filling.fill(facts) {
            None => {
                return Err(NotRunnable::MissingFact {
                    verb,
                    slot: slot.slot,
                    fact: fact(),
                });
            }
            Some(Value::List(list)) if slot.many => texts.extend(list),
            Some(Value::List(list)) => {
                let mut list = list.into_iter();
                match (list.next(), list.next()) {
                    (Some(only), None) => texts.push(only),
                    (Some(_) | None, _) => {
                        return Err(NotRunnable::Several {
                            verb,
                            slot: slot.slot,
                            fact: fact(),
                        });
                    }
                }
            }
            // What the vocabulary calls a flag is 0 or 1; nothing else takes yes or no.
            Some(Value::Bool(yes)) => texts.push(if yes { "1" } else { "0" }.to_owned()),
            Some(Value::Int(number)) => texts.push(number.to_string()),
            Some(Value::Text(text)) => texts.push(text),
        }
    }
    Ok(texts)
}
