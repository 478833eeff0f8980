//! The messages that an incident's thread ought to have, and bringing it there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use chat::event::{Platform, SendError};
use chat::front::{Front, New};
use incident::people::Found;
use incident::remediation::{Incident, Remediation, State};
use incident::{HostName, IncidentId, Moment, ProposalId, ResponderId, Span, Vitals};
use store::{Fault, Post, Thread};

use super::Serve;
use super::look::untold;
use super::parts::{Part, Shown, called};
use super::sends::Sending;
use crate::hints::Gathered;
use crate::propose::{self, Page, Withheld};
use crate::{clock, journal};

/// How long it is tried to begin a thread where Sickbay may not write: somebody may invite it.
const INVITED_WITHIN: Span = Span::minutes(60);

/// What a diagnosis said that the journal does not keep.
#[derive(Debug, Clone, Default)]
pub(super) struct Extras {
    /// Runbooks that fit and have nothing to run: id, title, the finding.
    pub(super) pages: Vec<Page>,
    /// Fixes that are not offered, and why.
    pub(super) withheld: Vec<Withheld>,
    /// What is known beside.
    pub(super) hints: Gathered,
    /// How hard each host that was examined is pressed against its limits.
    pub(super) vitals: Vec<(HostName, Vitals)>,
}

/// What is to be sent so that a thread is up to date.
struct Plan<'a> {
    incident: Incident,
    /// The conversation and its front; none where nothing can be sent.
    to: Option<(&'a Front, String)>,
    posts: BTreeMap<String, Shown>,
    /// What was sent before, and of which nobody knows whether it arrived.
    unsure: BTreeSet<String>,
    /// What differs, in order, with its hash.
    parts: Vec<(Part, String)>,
}

impl Serve {
    /// Brings a thread up to date, and gives the incident that it shows. What cannot be sent now is sent later.
    pub(super) async fn show(self: &Arc<Self>, id: &IncidentId) -> Option<Incident> {
        let turn = self.turn(id);
        let _turn = turn.lock().await;
        let plan = self.plan(id).await?;
        let whole = self.send(&plan).await;
        // One that shows how far a diagnosis is is looked through at the next start: the diagnosis is gone on with there.
        if self.note(&plan.incident, whole)
            && untold(&plan.incident).is_empty()
            && let Err(error) = self.keep_thread(&plan.incident).await
        {
            tracing::warn!(%error, "what a thread shows is not kept; it is looked through again at the next start");
        }
        self.say_caught_up();
        Some(plan.incident)
    }

    /// Adds something to a thread that does not follow from its incident as it is, once. Gives the thread's first message where it
    /// stands there now; nothing where there is no thread, or where it cannot be sent now.
    pub(super) async fn add(self: &Arc<Self>, id: &IncidentId, part: Part) -> Option<String> {
        let turn = self.turn(id);
        let _turn = turn.lock().await;
        let mut plan = self.plan(id).await?;
        let root = plan.posts.get("root")?.message.clone();
        if plan.posts.contains_key(&part.name) {
            return Some(root);
        }
        let (name, hash) = (part.name.clone(), part.content.hash());
        plan.parts = vec![(part, hash)];
        self.send(&plan).await;
        self.shown(id).await.contains_key(&name).then_some(root)
    }

    /// What stands in a thread; nothing where that cannot be read.
    pub(super) async fn shown(&self, id: &IncidentId) -> BTreeMap<String, Shown> {
        let posts = self.world.store.posts(id).await.unwrap_or_default();
        let there = posts.into_iter().filter_map(|post| {
            let (message, hash) = (post.message?, post.shown);
            Some((post.part, Shown { message, hash }))
        });
        there.collect()
    }

    /// What a platform calls these people, without those who said yes already.
    fn names(
        &self,
        platform: Platform,
        people: &[ResponderId],
        given: &[ResponderId],
    ) -> Vec<String> {
        let settings = &self.world.settings.people;
        people
            .iter()
            .filter(|one| !given.contains(one))
            .filter_map(|one| settings.get(one))
            .filter_map(|person| match platform {
                Platform::Slack => person.slack.first().cloned(),
                Platform::Discord => person.discord.first().cloned(),
            })
            .collect()
    }

    /// Whom to call by name now, for each proposal that has waited for long and for which nobody was called.
    async fn calls(
        &self,
        front: &Front,
        incident: &Incident,
        posts: &BTreeMap<String, Shown>,
    ) -> BTreeMap<ProposalId, Vec<String>> {
        let mut calls = BTreeMap::new();
        if !self.world.settings.reminders || incident.resolved.is_some() {
            return calls;
        }
        let now = clock::now();
        let told = Found::default();
        let everybody: BTreeSet<ResponderId> = self.world.settings.people.keys().cloned().collect();
        for one in incident.remediations.values() {
            let proposal = &one.proposal;
            let waits = matches!(one.state, State::Proposed { .. });
            let soon = (proposal.calls_at()..proposal.expires_at).contains(&now);
            if !waits || !soon || posts.contains_key(&called(&proposal.id)) {
                continue;
            }
            let requirement = propose::requirement(&self.world, proposal);
            let requirement = self.world.looked_up(requirement, &everybody, &told).await;
            let asked = incident.by.as_ref();
            let able: Vec<ResponderId> = everybody
                .iter()
                .filter(|who| asked.is_none_or(|asked| requirement.may(who, asked)))
                .cloned()
                .collect();
            let names = self.names(front.platform(), &able, &one.given);
            calls.insert(proposal.id.clone(), names);
        }
        calls
    }

    async fn keep_thread(&self, incident: &Incident) -> Result<(), Fault> {
        let thread = Thread {
            incident: incident.id.clone(),
            version: incident.version,
            open: open(incident).collect(),
        };
        self.world.store.keep_thread(&self.layout, &thread).await
    }

    /// Notes what a thread shows, and until when its cards can be approved. True where it shows another version by now.
    fn note(&self, incident: &Incident, whole: bool) -> bool {
        let Ok(mut notes) = self.notes.lock() else {
            return false;
        };
        let id = &incident.id;
        let mut moved = false;
        if whole {
            let before = notes.shown.insert(id.clone(), incident.version);
            moved = before != Some(incident.version);
            notes.behind.remove(id);
            // They are there, or are refused for good.
            if let Some(extras) = notes.extras.get_mut(id) {
                extras.vitals.clear();
            }
        } else {
            notes.behind.insert(id.clone());
        }
        for proposal in incident.remediations.keys() {
            notes.open.remove(proposal);
        }
        let now = clock::now();
        for (proposal, calls, expires) in open(incident) {
            let waits = super::Waits::new(id, calls, expires, now);
            notes.open.insert(proposal, waits);
        }
        moved
    }

    /// What differs between the thread as it is and as it ought to be; nothing where that cannot be known now.
    async fn plan(&self, id: &IncidentId) -> Option<Plan<'_>> {
        // After an outage or a restart many threads are looked through at once.
        let _place = self.reading.acquire().await;
        let incident = match journal::load(&self.world.store, id).await {
            Ok(incident) => incident,
            Err(error) => {
                tracing::warn!(%error, incident.id = %id, "an incident cannot be read");
                return None;
            }
        };
        // Its platform may not be served here.
        let to = incident
            .place
            .as_ref()
            .and_then(|place| Some((self.front(place)?, place.clone())));
        let mut plan = Plan {
            incident,
            to,
            posts: BTreeMap::new(),
            unsure: BTreeSet::new(),
            parts: Vec::new(),
        };
        let Some((front, _)) = &plan.to else {
            return Some(plan);
        };
        match self.world.store.posts(id).await {
            Ok(posts) => {
                for post in posts {
                    let hash = post.shown;
                    if let Some(message) = post.message {
                        plan.posts.insert(post.part, Shown { message, hash });
                    } else {
                        plan.unsure.insert(post.part);
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, incident.id = %id, "nobody knows what was posted");
                return None;
            }
        }
        let calls = self.calls(front, &plan.incident, &plan.posts).await;
        let parts = self.parts(front, &plan.incident, &plan.posts, &calls);
        let once = self.once(front, &plan.incident, &plan.posts).await;
        for part in parts.into_iter().chain(once) {
            // The file that a message speaks of is there before it.
            let file = format!("{} file", part.name);
            let apart = front.apart(&part.content).map(|content| Part {
                anew: true,
                ..Part::new(file, content)
            });
            for part in apart.into_iter().chain([part]) {
                let hash = part.content.hash();
                let stands = plan.posts.get(&part.name);
                if stands.is_none_or(|post| post.hash != hash) {
                    plan.parts.push((part, hash));
                }
            }
        }
        Some(plan)
    }

    /// Sends what differs. False where something could not be sent now.
    async fn send(&self, plan: &Plan<'_>) -> bool {
        let incident = &plan.incident;
        let Some((front, place)) = &plan.to else {
            return true;
        };
        let mut root = plan.posts.get("root").map(|post| post.message.clone());
        for (part, hash) in &plan.parts {
            let stands = plan.posts.get(&part.name).filter(|_| !part.anew);
            if part.progress
                && stands.is_some()
                && !self
                    .sends
                    .may_tell_progress(front.platform(), Instant::now())
            {
                return false;
            }
            let once = format!("{} {}", incident.id, part.name);
            let sending = if let Some(post) = stands {
                Sending::Edit(&post.message)
            } else {
                let again = plan.unsure.contains(&part.name);
                // A file that stands there in an older form is found by its name, so the new one would not be missed.
                if !again && !plan.posts.contains_key(&part.name) {
                    self.keep_part(&incident.id, part, None, "").await;
                }
                Sending::Post(New {
                    place,
                    root: root.as_deref(),
                    once: &once,
                    again: again.then_some(incident.opened_at),
                })
            };
            let sent = self.sends.deliver(front, sending, &part.content).await;
            let message = match sent {
                Ok(message) => message,
                Err(SendError::Refused(why)) => {
                    tracing::warn!(why, part = part.name, incident.id = %incident.id, "the platform refuses a message");
                    match stands {
                        Some(post) => post.message.clone(),
                        // Without its first message there is no thread; invited, Sickbay writes it after all.
                        None if part.name == "root" => {
                            self.forget_part(&incident.id, part).await;
                            return clock::now().since(incident.opened_at) > INVITED_WITHIN;
                        }
                        None => {
                            self.forget_part(&incident.id, part).await;
                            continue;
                        }
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
            self.keep_part(&incident.id, part, Some(message), hash)
                .await;
        }
        true
    }

    /// Keeps which message shows a part; none while it is being sent.
    async fn keep_part(
        &self,
        incident: &IncidentId,
        part: &Part,
        message: Option<String>,
        hash: &str,
    ) {
        let post = Post {
            part: part.name.clone(),
            message,
            shown: hash.to_owned(),
        };
        if let Err(error) = self.world.store.keep_post(incident, &post).await {
            tracing::warn!(%error, "what was posted could not be kept; it may be posted again");
        }
    }

    /// Forgets that a part is being sent: it did not arrive.
    async fn forget_part(&self, incident: &IncidentId, part: &Part) {
        let store = &self.world.store;
        if let Err(error) = store.forget_post(incident, &part.name).await {
            tracing::warn!(%error, "that a message did not arrive could not be kept; it is looked for");
        }
    }
}

/// What waits for an approval in an incident's thread, when somebody is called for it, and until when it waits.
fn open(incident: &Incident) -> impl Iterator<Item = (ProposalId, Moment, Moment)> {
    let waits = |one: &&Remediation| matches!(one.state, State::Proposed { .. });
    incident
        .remediations
        .values()
        .filter(|_| incident.place.is_some())
        .filter(waits)
        .map(|one| {
            let proposal = &one.proposal;
            (
                proposal.id.clone(),
                proposal.calls_at(),
                proposal.expires_at,
            )
        })
}
