//! `sickbay incident timeline`: the journal told for people, a line a fact.

use chat::Locale;
use incident::fact::Ran;
use incident::report::Verdict;
use incident::{Fact, HostName, IncidentId, Moment, Severity};
use store::Said;

use crate::cli::Output;
use crate::exit::Exit;
use crate::world::World;
use crate::{clock, journal, screen};

/// How much of what was said in the thread is told: the last of it.
pub(crate) const MOST_SAID: u32 = 2_000;

/// Tells an incident from its first fact to its last.
pub(super) async fn tell(world: &World, id: &IncidentId, output: &Output) -> anyhow::Result<Exit> {
    let facts = journal::facts(&world.store, id).await?;
    let said = world.store.said(id, MOST_SAID).await?;
    if output.json {
        let of = |at: Moment, what: &str, value| {
            (
                at,
                serde_json::json!({ "at": clock::rfc3339(at), what: value }),
            )
        };
        let facts = facts
            .iter()
            .map(|(at, fact)| of(*at, "fact", serde_json::json!(fact)));
        let said = said.iter().map(|one| {
            let words = serde_json::json!({ "by": one.author, "text": one.text });
            of(one.at, "said", words)
        });
        let list = in_order(facts.chain(said));
        let list: Vec<_> = list.into_iter().map(|(_, value)| value).collect();
        screen::json(&serde_json::json!({ "version": 1, "incident": id, "timeline": list }));
        return Ok(Exit::Fine);
    }
    for (at, line) in lines(&facts, &said) {
        screen::wrapped(&format!("{}  {line}", clock::local(at)), 21);
    }
    Ok(Exit::Fine)
}

/// What happened and what people said of it, a line each, in order.
pub(crate) fn lines(facts: &[(Moment, Fact)], said: &[Said]) -> Vec<(Moment, String)> {
    let facts = facts.iter().map(|(at, fact)| (*at, told(fact)));
    in_order(facts.chain(said.iter().map(|one| (one.at, quoted(one)))))
}

/// By time; what happened at the same moment stays as it was.
fn in_order<T>(all: impl Iterator<Item = (Moment, T)>) -> Vec<(Moment, T)> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(at, _)| *at);
    all
}

/// What somebody said, on one line.
fn quoted(said: &Said) -> String {
    let Some(text) = &said.text else {
        return format!("{} took back what they had said", said.author);
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("{}: {}", said.author, words.join(" "))
}

/// A fact in a sentence.
fn told(fact: &Fact) -> String {
    match fact {
        Fact::Opened {
            by,
            via,
            hosts,
            symptom,
            ..
        } => {
            let hosts: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
            let symptom = if symptom.is_empty() {
                String::new()
            } else {
                format!(": {symptom}")
            };
            format!("{by} ({via}) asked about {}{symptom}", hosts.join(", "))
        }
        Fact::Examined {
            host,
            wave,
            evidence,
        } => {
            let round = if *wave == 1 { "" } else { ", looking closer" };
            format!("{host} answered {} probes{round}", evidence.len())
        }
        Fact::Judged { report } => {
            let first = report
                .findings
                .iter()
                .find(|finding| finding.severity > Severity::Info);
            let first = first.map_or_else(String::new, |finding| format!(": {}", finding.title));
            format!(
                "{} is {}{first}",
                report.host,
                Locale::English.status(report.status)
            )
        }
        Fact::Proposed { proposal } => {
            let what = if proposal.undoes.is_some() {
                "undo"
            } else {
                "fix"
            };
            format!(
                "{what} {} offered on {}: {} ({} risk)",
                proposal.id, proposal.host, proposal.title, proposal.risk
            )
        }
        Fact::Approved { proposal, approval } => {
            format!("{} ({}) approved {proposal}", approval.by, approval.via)
        }
        Fact::Rejected { proposal, by, via } => format!("{by} ({via}) rejected {proposal}"),
        Fact::Expired { proposal } => format!("{proposal} expired"),
        Fact::Voided { proposal, why } => format!("{proposal} no longer stands: {why}"),
        Fact::Granted {
            proposal, grant, ..
        } => {
            format!("{proposal} may run, once, as {}", grant.grant.execution)
        }
        Fact::Dispatched { execution, .. } => format!("{execution} was sent to the host"),
        Fact::Executed { execution, ran, .. } => format!("{execution} {}", ended(ran)),
        Fact::Verified {
            proposal,
            verdict,
            why,
        } => format!(
            "{proposal} looked at again, {}: {why}",
            verdict_word(*verdict)
        ),
        Fact::Thread { .. } => "it got a thread in chat".to_owned(),
        Fact::Closed { by } => format!("{by} closed the incident"),
    }
}

fn ended(ran: &Ran) -> String {
    match ran {
        Ran::Done => "was done, every step".to_owned(),
        Ran::StepFailed { step, code } => {
            format!("stopped: step {step} failed with exit code {code}")
        }
        Ran::Refused { why } => format!("was refused by the host's guard: {why}"),
        Ran::TimedOut => "was stopped at its time limit".to_owned(),
        Ran::NeverRan => "never ran, and never will".to_owned(),
        Ran::Unknown { why } => format!("may have run, nobody can tell: {why}"),
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "verified",
        Verdict::NotFixed => "not fixed",
        Verdict::Worse => "worse",
        Verdict::CouldNotCheck => "could not be checked",
    }
}
