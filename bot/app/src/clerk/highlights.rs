//! What matters most of a long account: a model chooses among its statements, which are ours, and adds no word to them.

use std::collections::BTreeMap;

use incident::account::{Account, Statement, What};
use incident::remediation::{Remediation, State};
use incident::wording::Highlights;
use incident::{Fact, Finding, IncidentId, ProposalId, ResponderId};
use llm::highlight::Highlight;
use llm::veil::Veil;
use serde_json::{Value, json};

use super::MOST_HOSTS;
use super::offered::{fenced, with_meaning};
use crate::account::Gathered;
use crate::journal::{self, JournalError};
use crate::world::World;

/// How many statements are offered; of what people said the last.
const MOST: usize = 60;

/// Asks a model what matters most of an account, and records what it chose. True where there is something to be told that was
/// not there before. Nobody is asked of a short account, of one that was chosen from already, and where a site has no model.
pub(crate) async fn highlight(world: &World, told: &Gathered) -> Result<bool, JournalError> {
    // Of two who ask at once, one is told nothing new.
    let Some(_turn) = Turn::take(world, &told.account.incident.id) else {
        return Ok(false);
    };
    choose(world, told).await
}

/// An incident of whose account a model is asked, as long as this lives.
struct Turn<'a> {
    world: &'a World,
    id: &'a IncidentId,
}

impl<'a> Turn<'a> {
    /// None where somebody else has it.
    fn take(world: &'a World, id: &'a IncidentId) -> Option<Self> {
        let mut busy = world.clerk.highlighting.lock().ok()?;
        busy.insert(id.clone()).then_some(Self { world, id })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Ok(mut busy) = self.world.clerk.highlighting.lock() {
            busy.remove(self.id);
        }
    }
}

async fn choose(world: &World, told: &Gathered) -> Result<bool, JournalError> {
    let models = &world.settings.models;
    let account = &told.account;
    let id = &account.incident.id;
    if account.highlights.as_ref().is_some_and(|last| last.fresh) {
        return Ok(false);
    }
    let mut choices = account.choices();
    if !models.excerpts {
        // Who does not see what people said cannot say whether it matters.
        choices.retain(|one| !matches!(one.what, What::Said { .. }));
    }
    thin(&mut choices);
    if choices.len() <= llm::highlight::MOST {
        return Ok(false);
    }
    let Some((clerk, mut lacking)) = world.clerk.of(models) else {
        return Ok(false);
    };
    let offer = offer(account, &choices, models.excerpts);
    let question = offer.question();
    let read = |answer| offer.read(answer);
    let mut asked = super::ask(world, &clerk, &account.incident, &question, read).await;
    lacking.append(&mut asked.failures);
    let mut highlights = Highlights {
        facts: u64::try_from(told.facts.len()).unwrap_or(u64::MAX),
        said: told.remarks.iter().map(|one| one.at).max(),
        failures: lacking,
        ..Highlights::default()
    };
    if let Some((model, places)) = asked.answer {
        let chosen = places.iter().filter_map(|place| choices.get(*place));
        highlights.statements = chosen.map(|one| one.source.clone()).collect();
        highlights.model = Some(model);
    }
    let chose = highlights.model.is_some();
    let fact = Fact::Highlighted {
        highlights: Box::new(highlights),
        spent: asked.spent,
    };
    journal::add(&world.store, id, &[], |_incident| vec![fact.clone()]).await?;
    Ok(chose)
}

/// Leaves out the oldest of what people said until few enough are left, and then the oldest of all.
fn thin(choices: &mut Vec<&Statement>) {
    let mut over = choices.len().saturating_sub(MOST);
    choices.retain(|one| {
        let drop = over > 0 && matches!(one.what, What::Said { .. });
        over -= usize::from(drop);
        !drop
    });
    choices.drain(..over);
}

/// The statements as a model may see them.
fn offer(account: &Account, choices: &[&Statement], excerpts: bool) -> Highlight {
    let mut shown = Shown {
        account,
        excerpts,
        veil: Veil::new(),
        fixes: BTreeMap::new(),
        findings: 0,
    };
    let began = account.incident.opened_at;
    let statements = choices.iter().map(|one| {
        let mut value = shown.statement(&one.what);
        if let Value::Object(fields) = &mut value {
            let minute = one.at.since(began).0 / 60_000;
            fields.insert("minute".to_owned(), json!(minute));
        }
        value
    });
    Highlight {
        statements: statements.collect(),
    }
}

/// What is shown so far.
struct Shown<'a> {
    account: &'a Account,
    excerpts: bool,
    veil: Veil,
    fixes: BTreeMap<ProposalId, usize>,
    findings: usize,
}

impl Shown<'_> {
    fn statement(&mut self, what: &What) -> Value {
        match what {
            What::Asked { by, hosts, symptom } => {
                let shown = hosts.iter().take(MOST_HOSTS);
                let hosts: Vec<String> = shown.map(|host| self.veil.host(host)).collect();
                let by = self.person(by);
                self.with(
                    json!({ "kind": "asked to look", "by": by, "hosts": hosts }),
                    symptom,
                )
            }
            What::Judged {
                host,
                status,
                first,
            } => {
                let first = first.as_deref().map(|first| self.finding(first));
                json!({ "kind": "looked at", "host": self.veil.host(host), "is": status, "cause": first })
            }
            What::Said { author, text } => {
                let by = self.veil.name("user", author);
                self.with(json!({ "kind": "said", "by": by }), text)
            }
            What::Found { finding } => {
                json!({ "kind": "cause", "finding": self.finding(finding) })
            }
            What::Unchecked { host, probes } => {
                json!({ "kind": "not answered", "host": self.veil.host(host), "probes": probes })
            }
            What::Fix { proposal } => {
                let fix = self.account.incident.remediations.get(proposal);
                let mut value = json!({ "kind": "fix", "fix": self.fix(proposal) });
                if let (Some(fix), Some(fields)) = (fix, value.as_object_mut()) {
                    let host = self.veil.host(&fix.proposal.host);
                    fields.insert("host".to_owned(), json!(host));
                    fields.insert("undo".to_owned(), json!(fix.proposal.undoes.is_some()));
                    fields.insert("stands".to_owned(), json!(stands(fix)));
                }
                value
            }
            What::OnIt { by } => json!({ "kind": "is on it", "by": self.person(by) }),
            What::Approved { by, proposal } => {
                json!({ "kind": "approved", "by": self.person(by), "fix": self.fix(proposal) })
            }
            What::Rejected {
                by,
                proposal,
                reason,
            } => {
                let (by, fix) = (self.person(by), self.fix(proposal));
                self.with(json!({ "kind": "rejected", "by": by, "fix": fix }), reason)
            }
            What::Over { by, reason } => {
                let by = self.person(by);
                self.with(json!({ "kind": "said that it is over", "by": by }), reason)
            }
            What::Unseen { host } => {
                json!({ "kind": "not looked at yet", "host": self.veil.host(host) })
            }
        }
    }

    /// With what a person said, fenced, where the site allows it.
    fn with(&self, mut value: Value, said: &str) -> Value {
        let said = if self.excerpts { fenced(said) } else { None };
        if let (Some(said), Some(fields)) = (said, value.as_object_mut()) {
            fields.insert("said".to_owned(), json!(said));
        }
        value
    }

    fn person(&mut self, who: &ResponderId) -> String {
        self.veil.name("user", who.as_str())
    }

    /// What a fix is called here: in the order in which they are told of.
    fn fix(&mut self, proposal: &ProposalId) -> String {
        let next = self.fixes.len() + 1;
        let number = self.fixes.entry(proposal.clone()).or_insert(next);
        format!("X{number}")
    }

    fn finding(&mut self, finding: &Finding) -> Value {
        self.findings += 1;
        let alias = format!("F{}", self.findings);
        let mut shown = self.veil.finding(&alias, finding);
        with_meaning(&mut shown, finding);
        shown
    }
}

/// How a fix stands, in a word.
fn stands(fix: &Remediation) -> Value {
    match &fix.state {
        State::Proposed { .. } => json!("waits for a yes"),
        State::Granted { .. } | State::Dispatched { .. } | State::Executed { .. } => {
            json!("is being carried out")
        }
        State::Ended { outcome, .. } => json!(outcome),
    }
}

#[cfg(test)]
mod tests {
    use incident::Moment;
    use incident::account::Source;

    use super::*;

    fn said(n: i64) -> Statement {
        Statement {
            at: Moment(n),
            source: Source::Remark(n.to_string()),
            what: What::Said {
                author: "eve".to_owned(),
                text: "a word".to_owned(),
            },
        }
    }

    fn on_it(n: i64) -> Statement {
        Statement {
            what: What::OnIt {
                by: "ana".parse().unwrap(),
            },
            ..said(n)
        }
    }

    #[test]
    fn what_people_said_long_ago_is_left_out_first() {
        let all: Vec<Statement> = (0..70)
            .map(|n| if n < 30 { on_it(n) } else { said(n) })
            .collect();
        let mut choices: Vec<&Statement> = all.iter().collect();
        thin(&mut choices);
        let kept: Vec<i64> = choices.iter().map(|one| one.at.0).collect();
        assert_eq!(kept, (0..30).chain(40..70).collect::<Vec<i64>>());
        let all: Vec<Statement> = (0..70).map(on_it).collect();
        let mut choices: Vec<&Statement> = all.iter().collect();
        thin(&mut choices);
        assert_eq!(choices.first().map(|one| one.at.0), Some(10));
        assert_eq!(choices.len(), MOST);
    }
}
