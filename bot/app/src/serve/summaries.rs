//! Accounts that nobody asked for: of a busy incident, for all who read its thread, now and then; and for one person alone who
//! comes later. Nobody is told twice, and nobody of what is over.

use std::sync::Arc;

use chat::event::{ChatEvent, What};
use incident::account::{Occasion, is_busy, took_part};
use incident::command::Verb;
use incident::{IncidentId, Moment, ResponderId, Span, Status};

use super::parts::Part;
use super::{FOLLOWED, Serve};
use crate::account::Gathered;
use crate::{clock, journal, lists};

/// How long it takes at most until it is looked for busy incidents again.
const LOOK: Span = Span::seconds(60);
/// How many open incidents of a channel somebody is told of who joins it, the newest first.
const JOINED: u32 = 3;
/// How many people are remembered as known to a thread.
const REMEMBERED: usize = 100_000;

impl Serve {
    /// Sums up each incident that was busy for a while without a summary.
    pub(super) async fn tell_busy(self: &Arc<Self>) {
        let Some(every) = self.world.settings.summaries.every else {
            return;
        };
        let now = clock::now();
        let due = self.notes.lock().is_ok_and(|mut notes| {
            let due = notes.summed_up <= now;
            if due {
                notes.summed_up = now.plus(LOOK.min(every));
            }
            due
        });
        if !due {
            return;
        }
        let store = &self.world.store;
        let stirred = store.stirred(now.minus(FOLLOWED), now.minus(every)).await;
        let stirred = match stirred {
            Ok(stirred) => stirred,
            Err(error) => {
                tracing::warn!(%error, "whether incidents are busy cannot be read");
                return;
            }
        };
        for (id, last) in stirred {
            let serve = Arc::clone(self);
            tokio::spawn(async move { serve.sum_up(&id, last, now).await });
        }
    }

    async fn sum_up(self: &Arc<Self>, id: &IncidentId, last: Moment, now: Moment) {
        let told = match Gathered::of(&self.world, id).await {
            Ok(told) => told,
            Err(error) => {
                tracing::warn!(%error, incident.id = %id, "an incident cannot be summed up");
                return;
            }
        };
        let place = told.account.incident.place.clone().unwrap_or_default();
        // It may be served elsewhere.
        let Some(front) = self.front(&place) else {
            return;
        };
        // Two processes may see that it is due; whoever notes it first tells it.
        match self.world.store.tell_all(id, now).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, incident.id = %id, "that an incident is summed up cannot be kept");
                return;
            }
        }
        // Of what is over there is an account already.
        let over = told.account.status == Status::Resolved;
        if over || !is_busy(&told.facts, &told.remarks, last) {
            return;
        }
        // Nobody waits for it; meanwhile somebody may have said that it is over.
        let told = self.highlighted(&told).await.unwrap_or(told);
        let now_over = journal::load(&self.world.store, id).await;
        if now_over.is_ok_and(|incident| incident.resolved.is_some()) {
            return;
        }
        let posts = self.shown(id).await;
        let locale = self.languages.of_place(&place);
        let content = self.laid(front, &told, &posts, Occasion::Busy, locale);
        let part = Part::new(format!("summary {}", now.0), content);
        if self.add(id, part).await.is_none() {
            tracing::warn!(incident.id = %id, "a summary does not arrive; the next one is due later");
        }
    }

    /// Somebody joined a conversation: they are told of the incidents that are open there.
    pub(super) async fn joined(&self, event: &ChatEvent) {
        let since = clock::now().minus(FOLLOWED);
        let store = &self.world.store;
        match store.incidents_in(&event.place, since, JOINED).await {
            Ok(all) => {
                for id in all {
                    self.catch_up_with(event, &id, Span(0)).await;
                }
            }
            Err(error) => tracing::warn!(%error, "which incidents are open cannot be read"),
        }
    }

    /// Somebody said something in a thread. Whoever does so for the first time, and late, is told what happened before.
    pub(super) fn spoke(self: &Arc<Self>, event: &ChatEvent) {
        let (Some(age), Some(thread)) = (self.world.settings.summaries.catch_up, &event.thread)
        else {
            return;
        };
        let What::Said { text, .. } = &event.what else {
            return;
        };
        // Who speaks to Sickbay may be asking for just that.
        if text.trim_start().starts_with('@') {
            return;
        }
        let key = (thread.clone(), event.user.clone());
        let first = self.notes.lock().is_ok_and(|mut notes| {
            if notes.known.len() >= REMEMBERED {
                notes.known.clear();
            }
            notes.known.insert(key)
        });
        if !first {
            return;
        }
        let (serve, event, thread) = (Arc::clone(self), event.clone(), thread.clone());
        tokio::spawn(async move {
            match serve.world.store.incident_of_message(&thread).await {
                Ok(Some(id)) => serve.catch_up_with(&event, &id, age).await,
                // What they said may be quicker than the note of the thread: then it is young.
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "whose thread it is cannot be read"),
            }
        });
    }

    /// Tells somebody alone what happened in an incident that is at least so old, where they may know, took no part in it, and
    /// were not told.
    async fn catch_up_with(&self, event: &ChatEvent, id: &IncidentId, age: Span) {
        let settings = &self.world.settings;
        let front = self.front(&event.place);
        let able = front.is_some_and(chat::front::Front::whispers_unasked);
        let who = settings.whom(event.platform, &event.user);
        let (true, Some(who), Some(_)) = (able, who, settings.summaries.catch_up) else {
            return;
        };
        let Ok(told) = Gathered::of(&self.world, id).await else {
            return;
        };
        let incident = &told.account.incident;
        if told.account.status == Status::Resolved {
            return;
        }
        let young = clock::now().since(incident.opened_at) < age;
        if young || took_part(&told.facts).contains(who) {
            self.knows(id, who).await;
            return;
        }
        let listed = lists::told_with(settings, event, who);
        let rights = self.rights(who, &event.place, &listed).await;
        // They were not refused anything: they did not ask.
        if self.may_ask(&rights, Verb::SUMMARISE, incident).is_err() {
            return;
        }
        if self.knows(id, who).await
            && let Err(error) = self.tell(event, &told, Occasion::CatchUp).await
        {
            tracing::warn!(%error, incident.id = %id, "somebody who came later is not told");
        }
    }

    /// Keeps that somebody knows of an incident. False where they did before, or where it cannot be kept.
    pub(super) async fn knows(&self, id: &IncidentId, who: &ResponderId) -> bool {
        let now = clock::now();
        let kept = self.world.store.tell_once(id, who.as_str(), now).await;
        kept.unwrap_or_else(|error| {
            tracing::warn!(%error, incident.id = %id, "that somebody is told cannot be kept, so they are not");
            false
        })
    }
}
