//! A proposal with what it takes to approve it, for whoever is looking.

use incident::notice::Card;
use incident::remediation::Incident;
use incident::{Moment, Proposal, ResponderId, Span};

use crate::propose;
use crate::world::World;

/// A card's parts, owned.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// What is offered.
    pub(crate) proposal: Proposal,
    because: String,
    approvers: Vec<ResponderId>,
    needed: u32,
    may_approve: bool,
    left: Span,
}

impl View {
    /// The card.
    pub(crate) fn card(&self) -> Card<'_> {
        Card {
            proposal: &self.proposal,
            because: &self.because,
            approvers: &self.approvers,
            needed: self.needed,
            may_approve: self.may_approve,
            left: self.left,
        }
    }

    /// Whether the person at this terminal may approve it.
    pub(crate) fn may_approve(&self) -> bool {
        self.may_approve
    }
}

/// The cards of proposals of one incident, under the policy in force now.
pub(crate) fn views<'a>(
    world: &World,
    incident: &Incident,
    proposals: impl Iterator<Item = &'a Proposal>,
    now: Moment,
) -> Vec<View> {
    proposals
        .map(|proposal| {
            let requirement = propose::requirement(world, proposal);
            let may_approve = incident
                .by
                .as_ref()
                .is_some_and(|asked| requirement.may(&world.who.id, asked));
            View {
                proposal: proposal.clone(),
                because: incident
                    .answered(proposal)
                    .map_or_else(String::new, |finding| finding.title.clone()),
                approvers: requirement.approvers.iter().cloned().collect(),
                needed: requirement.min,
                may_approve,
                left: proposal.expires_at.since(now),
            }
        })
        .collect()
}
