//! An incident that somebody asks for in chat: opened, looked into, told in its thread, and gone on with after an interruption.

use std::sync::Arc;

use chat::Locale;
use incident::command::Verb;
use incident::notice::Notice;
use incident::remediation::Incident;
use incident::{Fact, IncidentId, Refusal, Span};

use super::Serve;
use super::answer::said_by;
use super::hear::{Asker, EDIT};
use super::may::Rights;
use super::thread::Extras;
use crate::clerk::{self, Kept};
use crate::commands::diagnose;
use crate::commands::diagnose::sweep::Sweep;
use crate::hints::Gathered;
use crate::progress::Progress;
use crate::{clock, journal, propose};

impl Serve {
    /// Opens an incident and looks into it. The thread tells how it gets on.
    pub(super) async fn diagnose(
        self: &Arc<Self>,
        asker: &Asker,
        rights: &Rights<'_>,
        verb: Verb,
        target: &str,
        symptom: &str,
    ) -> Result<(), Refusal> {
        let hosts = self.world.inventory().select(target).map_err(said_by)?;
        rights.check(verb, hosts.iter().map(propose::traits_of))?;
        let symptom = diagnose::symptom(symptom).map_err(said_by)?;
        let by = (&asker.id, asker.via.as_str());
        let (mut incident, opened) =
            diagnose::opened(&self.world, by, &hosts, &symptom).map_err(said_by)?;
        let id = incident.id.clone();
        let thread = Fact::Thread {
            place: asker.event.place.clone(),
        };
        let heard = asker.event.key.clone();
        if let Ok(mut notes) = self.notes.lock() {
            notes.looking.insert(id.clone());
        }
        let store = &self.world.store;
        let now = clock::now();
        let first = journal::open(store, &mut incident, &[opened, thread], heard, now)
            .await
            .map_err(journal::refusal)?;
        if !first {
            if let Ok(mut notes) = self.notes.lock() {
                notes.looking.remove(&id);
            }
            return Ok(());
        }
        self.world.metrics.opened();
        // A platform that makes others wait does not keep anybody from looking.
        tokio::join!(self.begin_thread(asker, &id), self.look(incident, hosts));
        Ok(())
    }

    /// Begins the thread of an incident, or says why there is none.
    async fn begin_thread(self: &Arc<Self>, asker: &Asker, id: &IncidentId) {
        self.show(id).await;
        if self.has_thread(id).await {
            self.settle(&asker.event).await;
        } else {
            let why = asker.locale.no_thread(asker.event.platform, id);
            self.whisper(&asker.event, &Notice::Answer { text: &why })
                .await;
        }
    }

    /// Who reads a thread is not known, so where anybody may not ask about everything, it tells of its own hosts alone.
    fn keep_to_rights(&self, incident: &Incident, hints: &mut Gathered) {
        if !self.world.settings.access.rules.is_empty() {
            hints.only_on(|host| incident.hosts.contains(host));
        }
    }

    async fn has_thread(&self, id: &IncidentId) -> bool {
        let posts = self.world.store.posts(id).await;
        posts.is_ok_and(|posts| {
            posts
                .iter()
                .any(|post| post.part == "root" && post.message.is_some())
        })
    }

    /// Goes on with a diagnosis that an interrupted Sickbay left in the middle: with the hosts that were not told yet.
    pub(super) async fn resume(self: &Arc<Self>, seen: &Incident) {
        const YOUNG: Span = Span::minutes(60);
        let fresh = clock::now().since(seen.opened_at) <= YOUNG;
        let here = seen
            .place
            .as_ref()
            .is_some_and(|place| self.front(place).is_some());
        if !here || untold(seen).is_empty() || !fresh {
            return;
        }
        let id = &seen.id;
        let first = self
            .notes
            .lock()
            .is_ok_and(|mut notes| notes.looking.insert(id.clone()));
        if !first {
            return;
        }
        // From here on nobody else looks; what was seen before may be over.
        let now = journal::load(&self.world.store, id).await;
        let hosts = now
            .map_err(|error| crate::sentence::of(&error))
            .and_then(|now| {
                let untold = untold(&now).join(",");
                if untold.is_empty() {
                    return Ok(None);
                }
                let hosts = self.world.inventory().select(&untold);
                let hosts = hosts.map_err(|error| error.to_string())?;
                Ok(Some((now, hosts)))
            });
        match hosts {
            Ok(Some((incident, hosts))) => return self.look(incident, hosts).await,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, incident.id = %id, "it cannot be gone on with"),
        }
        if let Ok(mut notes) = self.notes.lock() {
            notes.looking.remove(id);
        }
    }

    /// Looks at the hosts of an incident that is opened, and shows how it gets on.
    async fn look(self: &Arc<Self>, mut incident: Incident, hosts: Vec<hosts::Host>) {
        let id = incident.id.clone();
        let (told, mut doing) = tokio::sync::watch::channel(Vec::new());
        let serve = Arc::clone(self);
        let of = id.clone();
        // It ends with the progress: the sender is dropped then. Nobody breaks it off, or what is just being posted would be
        // posted again.
        tokio::spawn(async move {
            while doing.changed().await.is_ok() {
                let lines = doing.borrow_and_update().clone();
                if let Ok(mut notes) = serve.notes.lock()
                    && notes.looking.contains(&of)
                {
                    notes.doing.insert(of.clone(), lines);
                }
                serve.show(&of).await;
                tokio::time::sleep(EDIT).await;
            }
        });
        let place = incident.place.as_deref().unwrap_or("");
        let locale = self.languages.of_place(place);
        let progress = Progress::telling(hosts.len(), told, locale);
        let symptom = incident.symptom.clone();
        let mut extras = Extras::default();
        let world = &self.world;
        let sweep = Sweep::new(world, &mut incident, &hosts, &symptom, progress).await;
        let swept = sweep
            .run(|_incident, part| {
                extras.hints.take(&part.numbered.report, part.hints);
                let host = part.numbered.report.host;
                extras
                    .vitals
                    .extend(part.numbered.vitals.map(|vitals| (host, vitals)));
                extras.pages.extend(part.offers.pages);
                extras.withheld.extend(part.offers.withheld);
            })
            .await;
        extras.hints.finish(world, &symptom).await;
        self.keep_to_rights(&incident, &mut extras.hints);
        if !swept.unrecorded.is_empty() {
            tracing::error!(why = swept.unrecorded, incident.id = %id, "a diagnosis is not recorded");
        }
        if let Ok(mut notes) = self.notes.lock() {
            notes.looking.remove(&id);
            notes.doing.remove(&id);
            notes.extras.insert(id.clone(), extras);
        }
        self.show(&id).await;
        if swept.unrecorded.is_empty() {
            self.have_worded(id, swept.kept, locale);
        }
    }

    /// Asks a model beside everything else, and shows what came of it. Nobody waits for it, nor for its end.
    fn have_worded(self: &Arc<Self>, id: IncidentId, kept: Vec<Kept>, locale: Locale) {
        let serve = Arc::clone(self);
        tokio::spawn(async move {
            match clerk::word(&serve.world, &id, kept, locale).await {
                Ok(false) => {}
                Ok(true) => {
                    serve.show(&id).await;
                }
                Err(error) => {
                    tracing::warn!(%error, incident.id = %id, "what a model said is not recorded");
                }
            }
        });
    }
}

/// The hosts of an incident of which nothing was told yet.
pub(super) fn untold(incident: &Incident) -> Vec<&str> {
    let hosts = incident.hosts.iter();
    let untold = hosts.filter(|host| !incident.reports.contains_key(*host));
    untold.map(|host| host.as_str()).collect()
}
