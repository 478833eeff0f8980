//! A proposal with what it takes to approve it, for whoever is looking.

use chat::Locale;
use incident::notice::Card;
use incident::people::Candidate;
use incident::remediation::Incident;
use incident::{Moment, Proposal, Span};

use crate::propose;
use crate::world::World;

/// A card's parts, owned.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// What is offered.
    pub(crate) proposal: Proposal,
    title: String,
    because: String,
    approvers: Vec<Candidate>,
    needed: u32,
    may_approve: bool,
    left: Span,
}

impl View {
    /// The card.
    pub(crate) fn card(&self) -> Card<'_> {
        Card {
            proposal: &self.proposal,
            title: &self.title,
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
    locale: Locale,
) -> Vec<View> {
    proposals
        .map(|proposal| {
            let requirement = propose::requirement(world, proposal);
            let may_approve = incident
                .by
                .as_ref()
                .is_some_and(|asked| requirement.could(&world.who.id, asked));
            View {
                proposal: proposal.clone(),
                title: title(world, proposal, locale),
                because: incident
                    .answered(proposal)
                    .map_or_else(String::new, |finding| locale.title(finding).into_owned()),
                approvers: requirement.candidates(),
                needed: requirement.min,
                may_approve,
                left: proposal.expires_at.since(now),
            }
        })
        .collect()
}

/// What a proposal is called: in Chinese as its runbook is, where that has a title in Chinese.
pub(crate) fn title(world: &World, proposal: &Proposal, locale: Locale) -> String {
    let knowledge = world.shelf.knowledge();
    let page = knowledge.library.get(&proposal.runbook);
    match (locale, page) {
        (Locale::English, _) | (_, None) => proposal.title.clone(),
        (Locale::Chinese, Some(page)) => {
            let title = titled(&page.title, locale);
            match &proposal.undoes {
                Some(undone) => locale.undo_of(undone, title),
                None => title.to_owned(),
            }
        }
    }
}

/// A runbook's words in a language.
pub(crate) fn titled(words: &runbook::Words, locale: Locale) -> &str {
    match locale {
        Locale::English => &words.en,
        Locale::Chinese => words.zh(),
    }
}
