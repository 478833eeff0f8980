//! `decide`: the one place where an event is weighed against the rules.

use ed25519_dalek::SigningKey;

use super::{Decision, Event, Incident, Moved, Outcome, Remediation, Rules, State};
use crate::fact::{Claim, Fact, Ran, StepReport};
use crate::grant::GRANT_LIFE;
use crate::people::Right;
use crate::{Approval, Effect, ExecutionId, Grant, Moment, Proposal, ProposalId, Refusal};

/// What keeps the same runbook from running again for the same subject.
#[must_use]
pub fn cooldown_key(proposal: &Proposal) -> String {
    format!(
        "{} {} {}",
        proposal.host, proposal.runbook, proposal.answers_subject
    )
}

/// Decides what an event means. Does nothing; the caller records the facts, then performs the effects.
///
/// # Errors
/// [`Refusal`] when the event makes no sense now; its text says what to do instead.
pub fn decide(
    incident: &Incident,
    event: Event,
    rules: &Rules<'_>,
    now: Moment,
) -> Result<Decision, Refusal> {
    match event {
        Event::Approve {
            proposal,
            by,
            via,
            digest,
        } => approve(
            incident,
            &proposal,
            Approval {
                by,
                via,
                because: String::new(),
                at: now,
                digest,
            },
            rules,
            now,
        ),
        Event::Reject {
            proposal,
            by,
            via,
            reason,
        } => {
            let remediation = find(incident, &proposal)?;
            match &remediation.state {
                State::Proposed { .. } => Ok(Decision {
                    facts: vec![Fact::Rejected {
                        proposal,
                        by,
                        via,
                        reason,
                    }],
                    ..Decision::default()
                }),
                state @ (State::Granted { .. }
                | State::Dispatched { .. }
                | State::Executed { .. }
                | State::Ended { .. }) => Err(already(&proposal, state)),
            }
        }
        Event::Moved { proposal, moved } => {
            let remediation = find(incident, &proposal)?;
            let State::Granted { grant, .. } = &remediation.state else {
                return Err(already(&proposal, &remediation.state));
            };
            Ok(Decision {
                releases: vec![grant.grant.execution.clone()],
                returns: unused(&remediation.proposal, &grant.grant),
                facts: vec![voided(proposal, moved)],
                ..Decision::default()
            })
        }
        Event::Starting {
            proposal,
            root,
            boot,
        } => {
            let remediation = find(incident, &proposal)?;
            match &remediation.state {
                State::Granted { grant, .. } => Ok(Decision {
                    facts: vec![Fact::Dispatched {
                        execution: grant.grant.execution.clone(),
                        proposal,
                        root,
                        boot,
                    }],
                    ..Decision::default()
                }),
                state @ (State::Dispatched { .. }
                | State::Executed { .. }
                | State::Ended { .. }
                | State::Proposed { .. }) => Err(already(&proposal, state)),
            }
        }
        Event::Ran {
            proposal,
            execution,
            ran,
            steps,
            output,
        } => ran_on_host(
            incident, proposal, execution, &ran, steps, output, rules, now,
        ),
        Event::Looked {
            proposal,
            verdict,
            seen,
        } => {
            let remediation = find(incident, &proposal)?;
            match &remediation.state {
                State::Executed { execution, .. } => Ok(Decision {
                    releases: vec![execution.clone()],
                    facts: vec![Fact::Verified {
                        proposal,
                        verdict,
                        why: seen.to_string(),
                        seen: Some(seen),
                    }],
                    ..Decision::default()
                }),
                state @ (State::Granted { .. }
                | State::Dispatched { .. }
                | State::Ended { .. }
                | State::Proposed { .. }) => Err(already(&proposal, state)),
            }
        }
        Event::Tick => Ok(expire(incident, now)),
    }
}

fn find<'a>(incident: &'a Incident, proposal: &ProposalId) -> Result<&'a Remediation, Refusal> {
    let found = incident.remediations.get(proposal);
    found.ok_or_else(|| Refusal::NoProposal {
        proposal: proposal.clone(),
        near: None,
    })
}

fn voided(proposal: ProposalId, moved: Moved) -> Fact {
    Fact::Voided {
        proposal,
        why: moved.to_string(),
        moved: Some(moved),
    }
}

fn already(proposal: &ProposalId, state: &State) -> Refusal {
    let proposal = proposal.clone();
    match state {
        State::Proposed { .. } => Refusal::NotApproved { proposal },
        State::Granted { .. } | State::Dispatched { .. } => Refusal::UnderWay { proposal },
        State::Executed { .. } => Refusal::CarriedOut { proposal },
        State::Ended {
            outcome: Outcome::Expired,
            ..
        } => Refusal::Expired { proposal },
        State::Ended { outcome, why, .. } => Refusal::Over {
            proposal,
            outcome: *outcome,
            why: Box::new(why.clone()),
        },
    }
}

fn approve(
    incident: &Incident,
    id: &ProposalId,
    approval: Approval,
    rules: &Rules<'_>,
    now: Moment,
) -> Result<Decision, Refusal> {
    let remediation = find(incident, id)?;
    let proposal = &remediation.proposal;
    let State::Proposed { approvals } = &remediation.state else {
        return Err(already(id, &remediation.state));
    };
    if now > proposal.expires_at {
        return Err(Refusal::Expired {
            proposal: id.clone(),
        });
    }
    let digest = proposal.digest();
    if approval.digest != digest {
        return Err(Refusal::OtherCard {
            proposal: id.clone(),
        });
    }
    let asked = incident.by.as_ref();
    let required = rules.requirement;
    let because = match required.right(&approval.by) {
        Right::Has(because) => because,
        Right::Lacks => {
            let (risk, host) = (proposal.risk, proposal.host.clone());
            let mut ask = required.candidates();
            if ask.is_empty() {
                return Err(Refusal::Nobody { risk, host });
            }
            ask.truncate(5);
            let who = approval.by;
            return Err(Refusal::NotThem {
                who,
                risk,
                host,
                ask,
            });
        }
        Right::Untold(why) => {
            return Err(Refusal::Untold {
                who: approval.by,
                risk: proposal.risk,
                host: proposal.host.clone(),
                why,
            });
        }
    };
    if !asked.is_some_and(|asked| required.may(&approval.by, asked)) {
        return Err(Refusal::Requester {
            who: approval.by,
            proposal: id.clone(),
        });
    }
    if approvals.iter().any(|earlier| earlier.by == approval.by) {
        let given = u32::try_from(approvals.len()).unwrap_or(u32::MAX);
        return Err(Refusal::Twice {
            who: approval.by,
            proposal: id.clone(),
            missing: required.min.saturating_sub(given),
        });
    }
    let approval = Approval {
        because,
        ..approval
    };
    let fact = Fact::Approved {
        proposal: id.clone(),
        approval: approval.clone(),
    };
    // Only people who may approve now count: somebody may have lost the right since.
    let mut counted = Vec::new();
    for one in approvals {
        match required.right(&one.by) {
            Right::Has(_) => counted.push(one.clone()),
            Right::Lacks => {}
            Right::Untold(why) => {
                return Err(Refusal::UntoldEarlier {
                    who: one.by.clone(),
                    why,
                });
            }
        }
    }
    let mut approvals = counted;
    approvals.push(approval);
    if approvals.len() < usize::try_from(required.min).unwrap_or(usize::MAX) {
        return Ok(Decision {
            facts: vec![fact],
            ..Decision::default()
        });
    }
    let mut decision = grant(
        incident,
        proposal,
        approvals,
        required.min,
        1,
        rules.key,
        now,
    );
    decision.facts.insert(0, fact);
    decision.claims.extend(limits(proposal, now));
    Ok(decision)
}

/// What a run approved at this moment uses up of its runbook's limits. An undo is not limited.
fn limits(proposal: &Proposal, at: Moment) -> Vec<Claim> {
    if proposal.undoes.is_some() {
        return Vec::new();
    }
    vec![
        Claim::Cooldown {
            key: cooldown_key(proposal),
            until: at.plus(proposal.limits.cooldown),
        },
        Claim::Daily {
            key: format!("{} {}", proposal.host, proposal.runbook),
            day: at.day(),
            max: proposal.limits.per_host_per_day,
        },
    ]
}

/// The same, where nothing ran: a fresh proposal must not be told that it was done a short while ago.
fn unused(proposal: &Proposal, grant: &Grant) -> Vec<Claim> {
    // They were claimed with the approval that made the quorum.
    let claimed = grant.approvals.last().map(|approval| approval.at);
    claimed.map_or_else(Vec::new, |at| limits(proposal, at))
}

fn grant(
    incident: &Incident,
    proposal: &Proposal,
    approvals: Vec<Approval>,
    quorum: u32,
    attempt: u32,
    key: &SigningKey,
    now: Moment,
) -> Decision {
    let execution = incident.id.execution(&proposal.id, attempt);
    let grant = Grant {
        execution: execution.clone(),
        host: proposal.host.clone(),
        digest: proposal.digest(),
        approvals,
        quorum,
        made_at: now,
        expires_at: now.plus(GRANT_LIFE),
    };
    Decision {
        facts: vec![Fact::Granted {
            proposal: proposal.id.clone(),
            grant: Box::new(grant.sign(key)),
            attempt,
        }],
        effects: vec![Effect::Execute {
            proposal: proposal.id.clone(),
            execution: execution.clone(),
        }],
        claims: vec![Claim::HostLock {
            host: proposal.host.clone(),
            holder: execution,
        }],
        releases: Vec::new(),
        returns: Vec::new(),
    }
}

/// How often an attempt that is proved never to have run is made again.
const MOST_ATTEMPTS: u32 = 3;

#[expect(
    clippy::too_many_arguments,
    reason = "the event's parts, unpacked once"
)]
fn ran_on_host(
    incident: &Incident,
    proposal: ProposalId,
    execution: ExecutionId,
    ran: &Ran,
    steps: Vec<StepReport>,
    output: String,
    rules: &Rules<'_>,
    now: Moment,
) -> Result<Decision, Refusal> {
    let remediation = find(incident, &proposal)?;
    let (State::Granted {
        grant: signed,
        attempt,
    }
    | State::Dispatched {
        grant: signed,
        attempt,
        ..
    }) = &remediation.state
    else {
        return Err(already(&proposal, &remediation.state));
    };
    if signed.grant.execution != execution {
        return Err(Refusal::OtherAttempt {
            execution,
            proposal,
        });
    }
    let fact = Fact::Executed {
        proposal: proposal.clone(),
        execution: execution.clone(),
        ran: ran.clone(),
        steps,
        output,
    };
    match ran {
        Ran::NeverRan => {
            if now > signed.grant.expires_at || *attempt >= MOST_ATTEMPTS {
                return Ok(Decision {
                    returns: unused(&remediation.proposal, &signed.grant),
                    facts: vec![fact, voided(proposal, Moved::NeverRan)],
                    releases: vec![execution],
                    ..Decision::default()
                });
            }
            // The tombstone proves that the attempt never ran and never can, so the next one is safe.
            let again = signed.grant.approvals.clone();
            let mut decision = grant(
                incident,
                &remediation.proposal,
                again,
                signed.grant.quorum,
                attempt + 1,
                rules.key,
                now,
            );
            decision.facts.insert(0, fact);
            decision.releases.push(execution);
            Ok(decision)
        }
        Ran::Refused { .. } => Ok(Decision {
            facts: vec![fact],
            releases: vec![execution],
            returns: unused(&remediation.proposal, &signed.grant),
            ..Decision::default()
        }),
        Ran::Done | Ran::StepFailed { .. } | Ran::TimedOut | Ran::Unknown { .. } => Ok(Decision {
            facts: vec![fact],
            effects: vec![Effect::Verify {
                proposal,
                execution,
            }],
            ..Decision::default()
        }),
    }
}

fn expire(incident: &Incident, now: Moment) -> Decision {
    let late = incident.remediations.values().filter(|remediation| {
        matches!(remediation.state, State::Proposed { .. }) && now > remediation.proposal.expires_at
    });
    let facts = late
        .map(|one| Fact::Expired {
            proposal: one.proposal.id.clone(),
        })
        .collect();
    Decision {
        facts,
        ..Decision::default()
    }
}
