//! The account of an incident as the program tells it: from the journal, from what people said, and from what this site knows of
//! its runbooks and its policy.

use std::collections::BTreeMap;

use chat::Locale;
use incident::account::{Account, Aids, Page, Remark};
use incident::report::HostReport;
use incident::{Fact, Finding, FindingId, IncidentId, Moment};
use store::Said;

use crate::commands::incident::timeline;
use crate::journal::{self, JournalError};
use crate::world::World;
use crate::{cards, propose};

/// What is told of an incident, and what from.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// The facts, with the moment each was recorded.
    pub(crate) facts: Vec<(Moment, Fact)>,
    /// What people said.
    pub(crate) remarks: Vec<Remark>,
    /// The account.
    pub(crate) account: Account,
}

fn remark(said: Said) -> Remark {
    Remark {
        message: said.message,
        author: said.author,
        at: said.at,
        text: said.text,
    }
}

impl Gathered {
    /// Reads all of it.
    pub(crate) async fn of(world: &World, id: &IncidentId) -> Result<Self, JournalError> {
        let facts = journal::facts(&world.store, id).await?;
        let said = world.store.said(id, timeline::MOST_SAID).await?;
        let remarks: Vec<Remark> = said.into_iter().map(remark).collect();
        Ok(Self {
            account: Account::of(id, &facts, &remarks),
            facts,
            remarks,
        })
    }

    /// What helps to read it; where statements can be seen is for others to say.
    pub(crate) fn aids(&self, world: &World, locale: Locale) -> Aids {
        let incident = &self.account.incident;
        let knowledge = world.shelf.knowledge();
        let mut aids = Aids {
            pages: pages(world, incident.reports.values(), locale),
            ..Aids::default()
        };
        for one in incident.remediations.values() {
            let proposal = &one.proposal;
            let title = cards::title(world, proposal, locale);
            aids.titles.insert(proposal.id.clone(), title);
            let able = propose::requirement(world, proposal).candidates();
            aids.approvers.insert(proposal.id.clone(), able);
        }
        let pages = aids.pages.values().map(|page| &page.runbook);
        let fixes = incident.remediations.values();
        let named = pages.chain(fixes.map(|one| &one.proposal.runbook));
        aids.owners = named
            .filter_map(|id| Some((id.clone(), knowledge.library.get(id)?.owner.clone())))
            .collect();
        aids
    }

    /// The draft of its postmortem, in Markdown.
    pub(crate) fn postmortem(&self, world: &World, locale: Locale) -> String {
        let sources = chat::Sources {
            account: &self.account,
            facts: &self.facts,
            remarks: &self.remarks,
            aids: &self.aids(world, locale),
        };
        chat::postmortem(sources, locale)
    }

    /// All that happened and was said, line by line.
    pub(crate) fn lines(&self, locale: Locale) -> String {
        let lines = timeline::lines(&self.facts, &self.remarks, locale);
        lines.join("\n")
    }
}

/// The page that fits each cause that was found.
pub(crate) fn pages<'a>(
    world: &World,
    reports: impl Iterator<Item = &'a HostReport>,
    locale: Locale,
) -> BTreeMap<FindingId, Page> {
    let knowledge = world.shelf.knowledge();
    let page = |report: &HostReport, finding: &Finding| {
        let found = knowledge.library.matches(finding, &report.findings).found;
        let id = &found.first()?.runbook;
        let page = knowledge.library.get(id)?;
        Some(Page {
            runbook: id.clone(),
            title: cards::titled(&page.title, locale).to_owned(),
        })
    };
    reports
        .flat_map(|report| {
            let roots = incident::finding::roots(&report.findings);
            roots.filter_map(|root| Some((root.id.clone(), page(report, root)?)))
        })
        .collect()
}
