//! What a person is asked where a platform takes a form: nobody has to know a grammar by heart.

use std::sync::Arc;

use chat::form::Form;
use incident::Proposal;
use incident::command::{Misunderstood, Verb};
use incident::remediation::{Incident, State};

use super::Serve;
use super::hear::{Answer, Asker};
use crate::{cards, propose};

impl Serve {
    /// Asks which hosts are meant, where `diagnose` was said without any; where no form can be put before them, says how it is
    /// typed.
    pub(super) async fn where_to_look(self: &Arc<Self>, asker: &Asker) -> Answer {
        let rights = self
            .rights(&asker.id, &asker.event.place, &asker.told)
            .await;
        rights.check(Verb::DIAGNOSE, [])?;
        let hosts: Vec<_> = self
            .world
            .inventory()
            .hosts()
            .map(propose::traits_of)
            .collect();
        let targets = rights.targets(&hosts);
        if !targets.is_empty() && self.ask(asker, &Form::Diagnose { targets }).await {
            return Ok(None);
        }
        Err(Misunderstood::NoTarget.into())
    }

    /// Asks why a fix is rejected; whether that is asked now. Where no form can be put before them, the no counts without a
    /// reason.
    pub(super) async fn why_not(
        self: &Arc<Self>,
        asker: &Asker,
        about: &str,
        incident: &Incident,
        proposal: &Proposal,
    ) -> bool {
        let one = incident.remediations.get(&proposal.id);
        if !one.is_some_and(|one| matches!(one.state, State::Proposed { .. })) {
            // It is told at once that it is too late.
            return false;
        }
        let title = cards::title(&self.world, proposal, asker.locale);
        let form = Form::Reject {
            about: about.to_owned(),
            title: asker.locale.form_title(proposal, &title),
        };
        self.ask(asker, &form).await
    }

    async fn ask(&self, asker: &Asker, form: &Form) -> bool {
        let event = &asker.event;
        let front = event.form.as_ref().and_then(|_| self.front(&event.place));
        let Some(front) = front else {
            return false;
        };
        match front.ask(event, form, asker.locale).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "a form could not be put before a person");
                false
            }
        }
    }
}
