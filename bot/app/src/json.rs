//! The JSON that scripts rely on. Its shape is a promise: `tests/diagnose.schema.json` says it in full.

use chat::Locale;
use incident::account::{Account, Aids, Source, Stamp, Statement};
use incident::change::Since;
use incident::notice::Card;
use incident::remediation::{Outcome, Remediation, Why};
use incident::report::HostReport;
use incident::summary::Summary;
use incident::{Ended, Evidence, Finding, IncidentId, Need, Proposal};
use serde_json::{Value, json};

mod scan;

pub(crate) use scan::scan;

use crate::cards::View;
use crate::look::Numbered;
use crate::{clock, screen};

/// What `incident summarise --json` prints.
pub(crate) fn account(account: &Account, aids: &Aids) -> Value {
    let english = Locale::English;
    let from = |source: &Source| match source {
        Source::Fact(seq) => json!({ "fact": seq }),
        Source::Remark(message) => json!({ "message": message }),
    };
    let stamp = |stamp: &Option<Stamp>| {
        stamp
            .as_ref()
            .map(|one| json!({ "at": clock::rfc3339(one.at), "source": from(&one.source) }))
    };
    let section = |list: &[Statement]| -> Vec<Value> {
        let one = |one: &Statement| {
            let text = english.statement(account, aids, one);
            json!({ "at": clock::rfc3339(one.at), "source": from(&one.source), "text": text })
        };
        list.iter().map(one).collect()
    };
    json!({
        "version": VERSION,
        "incident": account.incident.id,
        "status": account.status.word(),
        "times": {
            "detected": stamp(&account.detected), "acknowledged": stamp(&account.acknowledged),
            "mitigated": stamp(&account.mitigated), "resolved": stamp(&account.resolved),
        },
        "happened": section(&account.happened),
        "tried": section(&account.tried),
        "known": section(&account.known),
        "decided": section(&account.decided),
        "open": section(&account.open),
        "next": english.next_step(account, aids),
        "highlights": account.highlights.as_ref().map(|chosen| json!({
            "by": chosen.model, "at": clock::rfc3339(chosen.at), "fresh": chosen.fresh,
            "statements": section(&chosen.statements),
        })),
    })
}

/// The version of the shape; grows when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// What `diagnose --json` prints.
pub(crate) fn diagnosis(
    incident: &IncidentId,
    summary: &Summary,
    reports: &[HostReport],
    evidence: &[Evidence],
    cards: &[Card<'_>],
    withheld: &[String],
) -> Value {
    let hosts: Vec<Value> = reports
        .iter()
        .map(|report| {
            let cards = cards
                .iter()
                .filter(|card| card.proposal.host == report.host);
            let seen = evidence.iter().filter(|one| one.host == report.host);
            // What things need is said by a look; a journal that is read again does not hold it.
            host(report, seen, &[], &cards.map(card).collect::<Vec<_>>())
        })
        .collect();
    json!({
        "version": VERSION,
        "incident": incident,
        "summary": summary,
        "hosts": hosts,
        "withheld": withheld,
    })
}

fn host<'a>(
    report: &HostReport,
    evidence: impl Iterator<Item = &'a Evidence>,
    needs: &[Need],
    proposals: &[Value],
) -> Value {
    json!({
        "host": report.host,
        "status": report.status,
        "duration_ms": report.took.0,
        "error": report.unreachable,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "proposals": proposals,
        "could_not_check": report.could_not_check,
        "baseline": report.since.as_deref().map(since),
        "evidence": evidence.map(one_evidence).collect::<Vec<_>>(),
        "needs": needs,
    })
}

/// The same object as [`diagnosis`], written as the hosts come, so that nobody has to hold the evidence of all of them.
#[derive(Debug)]
pub(crate) struct Stream {
    incident: String,
    hosts: usize,
}

impl Stream {
    /// Nothing is written yet.
    pub(crate) fn new(incident: &IncidentId) -> Self {
        Self {
            incident: incident.to_string(),
            hosts: 0,
        }
    }

    /// Writes one host.
    pub(crate) fn host(&mut self, numbered: &Numbered, views: &[View]) {
        let cards: Vec<Value> = views.iter().map(|view| card(&view.card())).collect();
        let evidence = numbered.evidence.iter().map(|(_wave, one)| one);
        let vitals = numbered.vitals.as_ref();
        let needs = vitals.map_or(&[][..], |vitals| &vitals.needs);
        let value = host(&numbered.report, evidence, needs, &cards);
        let before = self.before();
        screen::json_piece(&before, &value);
        self.hosts += 1;
    }

    /// Writes what stands behind the hosts.
    pub(crate) fn end(
        self,
        summary: &Summary,
        withheld: &[String],
        (seen_before, may_fit): (Value, Value),
    ) {
        let close = if self.hosts == 0 {
            format!("{}],\n\"summary\": ", self.before())
        } else {
            "],\n\"summary\": ".to_owned()
        };
        screen::json_piece(&close, &json!(summary));
        screen::json_piece(",\n\"withheld\": ", &json!(withheld));
        screen::json_piece(",\n\"seen_before\": ", &seen_before);
        screen::json_piece(",\n\"may_fit\": ", &may_fit);
        screen::json_end();
    }

    fn before(&self) -> String {
        if self.hosts > 0 {
            return ",\n".to_owned();
        }
        format!(
            "{{\n\"version\": {VERSION},\n\"incident\": {},\n\"hosts\": [",
            json!(self.incident)
        )
    }
}

/// What differs since a host's baseline, as in `diagnose --json` and `baseline diff --json`.
pub(crate) fn since(since: &Since) -> Value {
    json!({
        "taken_at": clock::rfc3339(since.taken_at),
        "taken_by": since.taken_by,
        "incident": since.incident,
        "not_compared": since.nothing,
        "changes": since.changes,
        "more": since.more,
        "unseen": since.unseen,
        "unread_files": since.unread_files,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "id": finding.id,
        "code": finding.code,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "title": finding.title,
        "subject": finding.subject,
        "detail": finding.detail,
        "facts": finding.facts,
        "cites": finding.cites,
        "explains": finding.explains,
    })
}

fn one_evidence(one: &Evidence) -> Value {
    let (exit, ended) = match one.ended {
        Ended::Exited { code } => (Some(code), "exited"),
        Ended::TimedOut => (None, "timed_out"),
        Ended::Lost => (None, "lost"),
    };
    json!({
        "id": one.id,
        "probe": one.key,
        "argv": one.argv,
        "exit": exit,
        "ended": ended,
        "duration_ms": one.took.0,
        "truncated": one.truncated,
        "text": one.text,
    })
}

fn steps(proposal: &Proposal) -> Vec<Value> {
    proposal
        .steps
        .iter()
        .map(|step| {
            json!({
                "show": Locale::English.step(step),
                "verb": step.verb(),
                "argv": step.argv(),
                "needs": step.needs(),
            })
        })
        .collect()
}

/// One proposal, as in `diagnose --json` and `proposals --json`.
pub(crate) fn card(card: &Card<'_>) -> Value {
    let proposal = card.proposal;
    json!({
        "id": proposal.id,
        "incident": proposal.incident,
        "host": proposal.host,
        "runbook": proposal.runbook,
        "runbook_version": proposal.runbook_version,
        "title": proposal.title,
        "risk": proposal.risk,
        "answers": [proposal.answers],
        "steps": steps(proposal),
        "digest": proposal.digest(),
        "rollback": proposal.undo,
        "undo": proposal.undo_words,
        "undoes": proposal.undoes,
        "diff": proposal.diff,
        "approvals_needed": card.needed,
        "approvers": card.approvers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "may_approve": card.may_approve,
        "expires_at": crate::clock::rfc3339(proposal.expires_at),
    })
}

/// What `approve --json` and `rollback --json` print.
pub(crate) fn outcome(remediation: &Remediation, outcome: Outcome, why: &Why) -> Value {
    json!({
        "version": VERSION,
        "proposal": remediation.proposal.id,
        "incident": remediation.proposal.incident,
        "host": remediation.proposal.host,
        "outcome": outcome.word(),
        "why": why.to_string(),
        "captured": Locale::English.captured(why),
        "undoes": remediation.proposal.undoes,
        "execution": remediation.execution,
        "steps": steps(&remediation.proposal),
        "output": remediation.output,
    })
}

/// What `approve --json` prints where more approvals are needed.
pub(crate) fn waiting(proposal: &Proposal, why: &str) -> Value {
    json!({
        "version": VERSION, "proposal": proposal.id, "incident": proposal.incident, "host": proposal.host,
        "outcome": "waiting", "why": why,
    })
}

/// A refusal, as every command prints it with `--json`.
pub(crate) fn refused(proposal: &str, why: &str) -> Value {
    json!({ "version": VERSION, "proposal": proposal, "outcome": "refused", "why": why })
}
