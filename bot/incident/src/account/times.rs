//! The times of an incident. Each is that of a recorded fact, and only the first word of a person may be the platform's: no edit
//! and no redelivery moves any of them.

use super::{Remark, Source, Stamp, numbered};
use crate::remediation::{Incident, Outcome};
use crate::{Fact, Moment};

pub(super) fn detected(facts: &[(Moment, Fact)]) -> Option<Stamp> {
    first(facts, |fact| matches!(fact, Fact::Opened { .. }))
}

pub(super) fn acknowledged(facts: &[(Moment, Fact)], remarks: &[Remark]) -> Option<Stamp> {
    let decided = first(facts, |fact| {
        matches!(
            fact,
            Fact::Acknowledged { .. } | Fact::Approved { .. } | Fact::Rejected { .. }
        )
    });
    let spoke = remarks.iter().min_by_key(|one| one.at).map(|one| Stamp {
        at: one.at,
        source: Source::Remark(one.message.clone()),
    });
    // At the same moment the journal's word counts.
    decided.into_iter().chain(spoke).min_by_key(|one| one.at)
}

pub(super) fn mitigated(incident: &Incident, facts: &[(Moment, Fact)]) -> Option<Stamp> {
    first(facts, |fact| {
        let Fact::Verified { proposal, .. } = fact else {
            return false;
        };
        let Some(one) = incident.remediations.get(proposal) else {
            return false;
        };
        one.outcome() == Some(Outcome::Verified)
            && one.proposal.undoes.is_none()
            && !incident.is_undone(proposal)
    })
}

pub(super) fn resolved(incident: &Incident) -> Option<Stamp> {
    incident.resolved.as_ref().map(|resolved| Stamp {
        at: resolved.at,
        source: Source::Fact(resolved.seq),
    })
}

fn first(facts: &[(Moment, Fact)], fits: impl Fn(&Fact) -> bool) -> Option<Stamp> {
    let mut all = numbered(facts);
    let (seq, at, _) = all.find(|(_, _, fact)| fits(fact))?;
    Some(Stamp {
        at,
        source: Source::Fact(seq),
    })
}
