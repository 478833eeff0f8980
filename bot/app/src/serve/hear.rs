//! What a person did in chat, and what becomes of it. Authority is checked here, at the click, never when a card is drawn.

use std::sync::Arc;
use std::time::Duration;

use chat::Locale;
use chat::event::{Button, ChatEvent, What};
use chat::front::{Content, Front};
use incident::command::{self, Command, Misunderstood, Verb};
use incident::notice::Notice;
use incident::people::Found;
use incident::remediation::{Event, Incident, State};
use incident::status::Word;
use incident::{IncidentId, Proposal, ProposalId, Refusal, ResponderId};

use super::Serve;
use super::answer::said_by;
use crate::commands::{click, explain};
use crate::journal;
use crate::{lists, perform};

/// The shortest time between two edits of a message that shows progress.
pub(super) const EDIT: Duration = Duration::from_secs(2);

/// What a person is told who asked for something, where there is something to tell; or why it is not done.
pub(super) type Answer = Result<Option<String>, Refusal>;

/// Who did something, and where the answer goes.
pub(super) struct Asker {
    pub(super) event: ChatEvent,
    pub(super) id: ResponderId,
    pub(super) via: String,
    /// The language in which they are answered.
    pub(super) locale: Locale,
    /// What the platform said with it of the lists that they are on.
    pub(super) told: Found,
}

impl Serve {
    /// Hears an event.
    pub(super) async fn heard(self: Arc<Self>, event: ChatEvent) {
        if event.what == What::Joined {
            return self.joined(&event).await;
        }
        let locale = self.locale_of(&event);
        let person = self.world.settings.whom(event.platform, &event.user);
        let Some(id) = person.cloned() else {
            let why = locale.stranger(event.platform.word(), &event.user);
            self.whisper(&event, &Notice::Refused { why: &why }).await;
            self.count(&event.what, false);
            return;
        };
        let via = format!("{} {}", event.platform.word(), event.user);
        let asker = Asker {
            told: lists::told_with(&self.world.settings, &event, &id),
            event,
            id,
            via,
            locale,
        };
        let answer = match asker.event.what.clone() {
            // That is kept elsewhere.
            What::Said { .. } | What::TookBack { .. } | What::Joined => Ok(None),
            What::Asked { text } => match command::parse(&text) {
                Ok(command) => self.command(&asker, command).await,
                Err(Misunderstood::NoTarget) => self.where_to_look(&asker).await,
                Err(misunderstood) => Err(misunderstood.into()),
            },
            What::Pressed {
                button,
                about,
                words,
            } => self.pressed(&asker, button, &about, words).await,
        };
        self.count(&asker.event.what, answer.is_ok());
        match answer {
            Ok(None) => self.settle(&asker.event).await,
            Ok(Some(text)) => {
                self.whisper(&asker.event, &Notice::Answer { text: &text })
                    .await;
            }
            Err(refusal) => {
                let why = asker.locale.refusal(&refusal);
                self.whisper(&asker.event, &Notice::Refused { why: &why })
                    .await;
            }
        }
    }

    /// Counts what somebody did, and whether it was taken.
    fn count(&self, what: &What, taken: bool) {
        let metrics = &self.world.metrics;
        match what {
            What::Asked { .. } => metrics.asked(taken),
            What::Pressed { button, .. } => metrics.pressed(*button, taken),
            What::Said { .. } | What::TookBack { .. } | What::Joined => {}
        }
    }

    /// The language in which the person is answered who did this.
    fn locale_of(&self, event: &ChatEvent) -> Locale {
        self.languages
            .of_person(event.platform, &event.user, event.locale, &event.place)
    }

    /// Says something to the person alone.
    pub(super) async fn whisper(&self, event: &ChatEvent, notice: &Notice<'_>) {
        self.whisper_laid(event, |front, locale| front.content(notice, locale))
            .await;
    }

    pub(super) async fn whisper_laid(
        &self,
        event: &ChatEvent,
        lay: impl FnOnce(&Front, Locale) -> Content,
    ) {
        let Some(front) = self.front(&event.place) else {
            return;
        };
        let locale = self.locale_of(event);
        let content = lay(front, locale);
        if let Err(error) = front.whisper(event, &content, locale).await {
            tracing::warn!(%error, "a person could not be answered");
        }
    }

    /// Lets the person see that nothing more is coming to them alone.
    pub(super) async fn settle(&self, event: &ChatEvent) {
        if let Some(front) = self.front(&event.place) {
            front.settle(event).await;
        }
    }

    /// Carries a command out. The answer goes to the person alone; what concerns all is in the thread.
    async fn command(self: &Arc<Self>, asker: &Asker, command: Command) -> Answer {
        let rights = self
            .rights(&asker.id, &asker.event.place, &asker.told)
            .await;
        rights.check(command.verb(), [])?;
        match command {
            Command::Diagnose { target, symptom } => {
                let verb = Verb::DIAGNOSE;
                self.diagnose(asker, &rights, verb, &target, &symptom)
                    .await?;
                Ok(None)
            }
            // What is asked for stands in the journal as what is wrong does, and is looked for by it.
            Command::Capture { target, asked } => {
                let (verb, symptom) = (Verb::CAPTURE, asked.to_string());
                self.diagnose(asker, &rights, verb, &target, &symptom)
                    .await?;
                Ok(None)
            }
            Command::Approve { proposal } => {
                let id = match proposal {
                    Some(id) => id,
                    None => self.only_open(asker).await?,
                };
                let (_, proposal) = self.about(&rights, Verb::APPROVE, &id).await?;
                self.approve(asker, &proposal, None).await
            }
            Command::Reject { proposal, reason } => {
                let (_, proposal) = self.about(&rights, Verb::REJECT, &proposal).await?;
                self.reject(asker, &proposal, &reason).await
            }
            Command::DryRun { proposal } => {
                let (incident, proposal) = self.about(&rights, Verb::DRY_RUN, &proposal).await?;
                self.dry_run(&incident, &proposal, asker.locale).await
            }
            Command::Rollback { proposal } => {
                self.about(&rights, Verb::ROLLBACK, &proposal).await?;
                self.undo(asker, &proposal).await
            }
            Command::Status => Ok(Some(self.status(&rights, asker.locale).await)),
            Command::Summarise { incident } => {
                let usage = "summarise INCIDENT";
                let id = self.meant(asker, incident, usage).await?;
                self.summary(asker, &rights, &id).await
            }
            Command::Ack { incident } => {
                let id = self.meant(asker, incident, "ack INCIDENT").await?;
                let (verb, word) = (Verb::ACK, Word::OnIt);
                self.attend(asker, &rights, verb, &id, word).await
            }
            Command::Resolve { incident, note } => {
                let usage = "resolve INCIDENT [note]";
                let id = self.meant(asker, incident, usage).await?;
                self.resolve(asker, &rights, &id, &note).await
            }
            Command::Postmortem { incident } => {
                let usage = "postmortem INCIDENT";
                let id = self.meant(asker, incident, usage).await?;
                self.postmortem(asker, &rights, &id).await
            }
            Command::Help => {
                let verbs = Verb::all().filter(|verb| rights.has(*verb));
                Ok(Some(asker.locale.help(verbs)))
            }
            Command::Hosts => Ok(Some(self.hosts(&rights, asker.locale))),
            Command::Explain { code } => Ok(Some(explain::briefly(code.as_str(), asker.locale))),
            Command::Runbook { query } => {
                Ok(Some(self.runbook(&rights, &query, asker.locale).await))
            }
        }
    }

    /// `words` is what they wrote into the form that the press had put before them, where it was filled in.
    async fn pressed(
        self: &Arc<Self>,
        asker: &Asker,
        button: Button,
        about: &str,
        words: Option<String>,
    ) -> Answer {
        let rights = self
            .rights(&asker.id, &asker.event.place, &asker.told)
            .await;
        if button == Button::Evidence {
            let id = IncidentId::new(about)?;
            let (shown, all) = self.evidence(&rights, &id, asker.locale).await?;
            self.whisper_laid(&asker.event, |front, locale| {
                front.evidence(&id, &shown, &all, locale)
            })
            .await;
            return Ok(None);
        }
        if button == Button::Account {
            let id = IncidentId::new(about)?;
            return self.summary(asker, &rights, &id).await;
        }
        let (id, digest) = about.split_once(' ').unwrap_or((about, ""));
        let id = ProposalId::new(id)?;
        let verb = match button {
            Button::Approve => Verb::APPROVE,
            Button::Reject => Verb::REJECT,
            Button::DryRun => Verb::DRY_RUN,
            Button::Undo => Verb::ROLLBACK,
            Button::Details | Button::Evidence | Button::Account => Verb::SUMMARISE,
        };
        let (incident, proposal) = self.about(&rights, verb, &id).await?;
        match button {
            Button::Approve => self.approve(asker, &proposal, Some(digest)).await,
            Button::Reject => match words {
                None if self.why_not(asker, about, &incident, &proposal).await => Ok(None),
                words => {
                    let reason = words.unwrap_or_default();
                    self.reject(asker, &proposal, &reason).await
                }
            },
            Button::DryRun => self.dry_run(&incident, &proposal, asker.locale).await,
            Button::Undo => self.undo(asker, &id).await,
            Button::Details => Ok(Some(self.details(&incident, &proposal, asker.locale))),
            Button::Evidence | Button::Account => Ok(None),
        }
    }

    /// The incident that somebody named, or in whose thread they asked.
    async fn meant(
        &self,
        asker: &Asker,
        named: Option<IncidentId>,
        usage: &'static str,
    ) -> Result<IncidentId, Refusal> {
        match named {
            Some(id) => Ok(id),
            None => self.this_incident(asker, usage).await,
        }
    }

    /// The incident in whose thread somebody asked. `usage` is what to type elsewhere.
    async fn this_incident(
        &self,
        asker: &Asker,
        usage: &'static str,
    ) -> Result<IncidentId, Refusal> {
        let root = asker.event.thread.as_deref();
        let root = root.ok_or(Refusal::SayWhich { usage })?;
        let found = self.world.store.incident_of_message(root).await;
        found
            .map_err(said_by)?
            .ok_or(Refusal::NoIncidentHere { usage })
    }

    /// The one proposal that waits in the thread where somebody said `approve`.
    async fn only_open(&self, asker: &Asker) -> Result<ProposalId, Refusal> {
        const USAGE: &str = "approve PROPOSAL";
        let id = self.this_incident(asker, USAGE).await?;
        let incident = journal::load(&self.world.store, &id)
            .await
            .map_err(journal::refusal)?;
        let open: Vec<_> = incident
            .remediations
            .values()
            .filter(|one| matches!(one.state, State::Proposed { .. }))
            .map(|one| &one.proposal)
            .collect();
        // Where a fix is offered, a closer look beside it makes the yes no less clear.
        let (looks, fixes): (Vec<&Proposal>, Vec<&Proposal>) = open
            .into_iter()
            .partition(|one| incident::capture::only_looks(one));
        let meant = if fixes.is_empty() { looks } else { fixes };
        let mut open = meant.into_iter().map(|one| one.id.clone());
        match (open.next(), open.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(Refusal::NothingWaits),
            (Some(_), Some(_)) => Err(Refusal::SayWhich { usage: USAGE }),
        }
    }

    pub(super) async fn find(&self, id: &ProposalId) -> Result<(Incident, Proposal), Refusal> {
        click::find(&self.world, id).await.map_err(journal::refusal)
    }

    /// Says yes as this person. `digest` is the beginning of what the card showed, where a card was pressed.
    async fn approve(
        self: &Arc<Self>,
        asker: &Asker,
        proposal: &Proposal,
        digest: Option<&str>,
    ) -> Answer {
        let (id, of) = (&proposal.id, &proposal.incident);
        let whole = proposal.digest();
        let shown = |digest: &str| {
            !digest.is_empty() && whole.trim_start_matches("sha256:").starts_with(digest)
        };
        if digest.is_some_and(|digest| !shown(digest)) {
            let proposal = id.clone();
            return Err(Refusal::StaleCard { proposal });
        }
        let event = Event::Approve {
            proposal: id.clone(),
            by: asker.id.clone(),
            via: asker.via.clone(),
            digest: whole,
        };
        let heard = self
            .world
            .hear_from(proposal, &event, None, &asker.told)
            .await;
        let (_, decision) = heard.map_err(journal::refusal)?;
        if !decision.effects.is_empty() {
            let (serve, id, of) = (Arc::clone(self), id.clone(), of.clone());
            tokio::spawn(async move { serve.carry_out(&of, &id).await });
        }
        self.show(of).await;
        Ok(None)
    }

    /// Carries out what was approved, and shows each stage.
    async fn carry_out(self: &Arc<Self>, incident: &IncidentId, id: &ProposalId) {
        // A platform that makes others wait must not hold up what is done on a host.
        let (under_way, mut over) = tokio::sync::watch::channel(());
        let (serve, of) = (Arc::clone(self), incident.clone());
        tokio::spawn(async move {
            // It ends with the work: the sender is dropped then.
            while tokio::time::timeout(EDIT, over.changed()).await.is_err() {
                serve.show(&of).await;
            }
        });
        let ended = perform::finish(&self.world, incident, id).await;
        drop(under_way);
        match ended {
            Ok((_, None)) => {}
            Ok((_, Some(why))) => {
                tracing::warn!(why, proposal.id = %id, "a fix is stuck; it is looked at again later");
            }
            Err(error) => tracing::warn!(%error, proposal.id = %id, "a fix could not be followed"),
        }
        self.show(incident).await;
    }

    async fn reject(self: &Arc<Self>, asker: &Asker, proposal: &Proposal, reason: &str) -> Answer {
        let event = Event::Reject {
            proposal: proposal.id.clone(),
            by: asker.id.clone(),
            via: asker.via.clone(),
            reason: click::reason(&self.world, reason)?,
        };
        let heard = self.world.hear(proposal, &event, None).await;
        heard.map_err(journal::refusal)?;
        self.show(&proposal.incident).await;
        Ok(None)
    }

    /// Proposes the inverse, approves it as this person, and carries it out.
    async fn undo(self: &Arc<Self>, asker: &Asker, id: &ProposalId) -> Answer {
        // Who may not approve it does not propose it either: the thread would fill with cards.
        let only_for = Some((&asker.id, &asker.told));
        let undo = click::propose_undo(&self.world, id, only_for)
            .await
            .map_err(journal::refusal)?;
        self.approve(asker, &undo, None).await
    }
}
