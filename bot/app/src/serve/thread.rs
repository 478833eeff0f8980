//! The messages that an incident's thread ought to have, and bringing it there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chat::event::SendError;
use chat::front::{Content, Front};
use incident::notice::{Notice, Stage, Standing};
use incident::remediation::{Incident, Remediation, State};
use incident::report::HostReport;
use incident::{HostStatus, IncidentId, Span};
use store::Post;

use super::Serve;
use crate::{cards, clock, journal, perform};

/// How often a message that is too soon is tried again before the thread is left for the next round.
const TRIES: usize = 5;

/// How long it is tried to begin a thread where Sickbay may not write: somebody may invite it.
const INVITED_WITHIN: Span = Span::minutes(60);

/// What a diagnosis said that the journal does not keep.
#[derive(Debug, Clone, Default)]
pub(super) struct Extras {
    /// Runbooks that fit and have nothing to run: id, title, the finding.
    pub(super) pages: Vec<(String, String, String)>,
    /// Fixes that are not offered, and why.
    pub(super) withheld: Vec<String>,
}

/// A part of a thread.
struct Part {
    name: String,
    content: Content,
    /// Whether a message that stands there already is left as it is.
    once: bool,
}

impl Serve {
    /// Brings a thread up to date. What cannot be sent now is sent later.
    pub(super) async fn show(self: &Arc<Self>, id: &IncidentId) {
        let turn = self.turn(id);
        let _turn = turn.lock().await;
        let incident = match journal::load(&self.world.store, id).await {
            Ok(incident) => incident,
            Err(error) => {
                tracing::warn!(%error, incident.id = %id, "an incident cannot be read");
                return;
            }
        };
        let whole = match &incident.place {
            Some(place) => match self.front(place) {
                Some(front) => self.send(front, &incident, place).await,
                // Its platform is not served here.
                None => true,
            },
            None => true,
        };
        if let Ok(mut notes) = self.notes.lock() {
            if whole {
                notes.shown.insert(id.clone(), incident.version);
            }
            for (proposal, one) in &incident.remediations {
                match one.state {
                    State::Proposed { .. } if incident.place.is_some() => {
                        notes.open.insert(proposal.clone(), one.proposal.expires_at);
                    }
                    State::Proposed { .. }
                    | State::Granted { .. }
                    | State::Dispatched { .. }
                    | State::Executed { .. }
                    | State::Ended { .. } => {
                        notes.open.remove(proposal);
                    }
                }
            }
        }
    }

    /// Sends what differs. False where something could not be sent now.
    async fn send(&self, front: &Front, incident: &Incident, place: &str) -> bool {
        let posts: BTreeMap<String, Post> = match self.world.store.posts(&incident.id).await {
            Ok(posts) => posts
                .into_iter()
                .map(|post| (post.part.clone(), post))
                .collect(),
            Err(error) => {
                tracing::warn!(%error, incident.id = %incident.id, "nobody knows what was posted");
                return false;
            }
        };
        let mut root = posts.get("root").map(|post| post.message.clone());
        for part in self.parts(front, incident, &posts) {
            let hash = part.content.hash();
            let stands = posts.get(&part.name);
            if stands.is_some_and(|post| part.once || post.shown == hash) {
                continue;
            }
            let once = format!("{} {}", incident.id, part.name);
            let sent = match stands {
                Some(post) => Sending::Edit(&post.message),
                None => Sending::Post(place, root.as_deref(), &once),
            };
            let sent = deliver(front, sent, &part.content).await;
            let message = match sent {
                Ok(message) => message,
                Err(SendError::Refused(why)) => {
                    tracing::warn!(why, part = part.name, incident.id = %incident.id, "the platform refuses a message");
                    match stands {
                        Some(post) => post.message.clone(),
                        // Without its first message there is no thread; invited, Sickbay writes it after all.
                        None if part.name == "root" => {
                            return clock::now().since(incident.opened_at) > INVITED_WITHIN;
                        }
                        None => continue,
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, incident.id = %incident.id, "a thread falls behind");
                    return false;
                }
            };
            crate::point!("app::after_send");
            if part.name == "root" {
                root = Some(message.clone());
            }
            let post = Post {
                part: part.name,
                message,
                shown: hash,
            };
            if let Err(error) = self.world.store.keep_post(&incident.id, &post).await {
                tracing::warn!(%error, "what was posted could not be kept; it may be posted again");
            }
        }
        true
    }

    /// What the thread ought to say, in order.
    fn parts(
        &self,
        front: &Front,
        incident: &Incident,
        posts: &BTreeMap<String, Post>,
    ) -> Vec<Part> {
        let Some(by) = &incident.by else {
            return Vec::new();
        };
        let (doing, extras, looking) = self
            .notes
            .lock()
            .map(|notes| {
                (
                    notes.doing.get(&incident.id).cloned().unwrap_or_default(),
                    notes.extras.get(&incident.id).cloned(),
                    notes.looking.contains(&incident.id),
                )
            })
            .unwrap_or_default();
        let reports: Vec<HostReport> = incident
            .hosts
            .iter()
            .filter_map(|host| incident.reports.get(host).cloned())
            .collect();
        let told = !looking && reports.len() == incident.hosts.len();
        if !told {
            let notice = Notice::Opened {
                incident: &incident.id,
                by,
                hosts: &incident.hosts,
                symptom: &incident.symptom,
                doing: &doing,
            };
            return vec![Part {
                name: "root".to_owned(),
                content: front.content(&notice),
                once: false,
            }];
        }
        let now = clock::now();
        let proposals = incident.remediations.values().map(|one| &one.proposal);
        let views = cards::views(&self.world, incident, proposals, now);
        let cards: Vec<_> = views.iter().map(cards::View::card).collect();
        let offered: Vec<_> = cards
            .iter()
            .filter(|card| card.proposal.undoes.is_none())
            .cloned()
            .collect();
        let summary = chat::words::summary(&reports);
        let known = extras.is_some();
        let extras = extras.unwrap_or_default();
        let status = reports
            .iter()
            .map(|report| report.status)
            .max_by_key(|status| status.urgency())
            .unwrap_or(HostStatus::Unknown);
        let headline = Notice::Headline {
            incident: &incident.id,
            by,
            status,
            summary: &summary,
            cards: &offered,
            pages: &extras.pages,
        };
        let found = Notice::Diagnosed {
            incident: &incident.id,
            summary: &summary,
            reports: &reports,
            cards: &offered,
            pages: &extras.pages,
            withheld: &extras.withheld,
        };
        let mut parts = vec![
            Part {
                name: "root".to_owned(),
                content: front.content(&headline),
                // After a restart nobody knows the pages any more; what stands there says them.
                once: !known && posts.contains_key("found"),
            },
            Part {
                name: "found".to_owned(),
                content: front.content(&found),
                once: true,
            },
        ];
        for card in &cards {
            let id = &card.proposal.id;
            let Some(one) = incident.remediations.get(id) else {
                continue;
            };
            let notice = Notice::Offer {
                card,
                given: &one.given,
                standing: standing(incident, one),
            };
            parts.push(Part {
                name: format!("fix {id}"),
                content: front.content(&notice),
                once: false,
            });
        }
        parts
    }
}

/// What is done so that a message says something.
enum Sending<'a> {
    /// It stands there, and says something else from now on.
    Edit(&'a str),
    /// It is new: where, in the thread of which message, and what makes it the same when it is sent again.
    Post(&'a str, Option<&'a str>, &'a str),
}

/// Sends a message and gives its name; waits where the platform asks to.
async fn deliver(
    front: &Front,
    sending: Sending<'_>,
    content: &Content,
) -> Result<String, SendError> {
    let mut tries = 0;
    loop {
        let sent = match &sending {
            Sending::Edit(message) => front
                .edit(message, content)
                .await
                .map(|()| (*message).to_owned()),
            Sending::Post(place, root, once) => front.post(place, *root, once, content).await,
        };
        match sent {
            Err(SendError::Limited(wait)) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(wait.min(Duration::from_secs(60))).await;
            }
            sent => return sent,
        }
    }
}

fn standing<'a>(incident: &Incident, one: &'a Remediation) -> Standing<'a> {
    match &one.state {
        State::Proposed { .. } => Standing::Open,
        State::Granted { .. } => Standing::UnderWay {
            now: Stage::Checking,
        },
        State::Dispatched { .. } => Standing::UnderWay {
            now: Stage::Running,
        },
        State::Executed { .. } => Standing::UnderWay {
            now: Stage::Verifying,
        },
        State::Ended { outcome, why, .. } => Standing::Ended {
            outcome: *outcome,
            why,
            output: &one.output,
            can_undo: perform::can_undo(incident, &one.proposal.id)
                && !incident
                    .remediations
                    .values()
                    .any(|other| other.proposal.undoes.as_ref() == Some(&one.proposal.id)),
        },
    }
}
