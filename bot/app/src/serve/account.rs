//! What is told of an incident besides its cards: that somebody is on it, that it is over, the account of it and the draft of its
//! postmortem. Each is posted once, as it was then.

use std::collections::BTreeMap;
use std::sync::Arc;

use chat::front::{Content, Front};
use incident::account::{Aids, Occasion, Source};
use incident::command::Verb;
use incident::notice::Notice;
use incident::remediation::Incident;
use incident::status::Word;
use incident::{Fact, IncidentId, Refusal};

use super::Serve;
use super::hear::{Answer, Asker};
use super::may::Rights;
use super::parts::{Part, Shown, fix};
use crate::account::Gathered;
use crate::commands::click;
use crate::{clerk, clock, journal};

/// What the part is called that says that somebody is on it.
fn on_it(seq: u64) -> String {
    format!("on it {seq}")
}

/// What the file of a draft is called.
fn draft(id: &IncidentId, version: &str) -> String {
    format!("postmortem-{id}-{version}.md")
}

impl Serve {
    /// What a thread says once: who is on it, and, where it is resolved, the account of it and the draft of its postmortem.
    pub(super) async fn once(
        &self,
        front: &Front,
        incident: &Incident,
        posts: &BTreeMap<String, Shown>,
    ) -> Vec<Part> {
        let place = incident.place.as_deref().unwrap_or("");
        let locale = self.languages.of_place(place);
        let (id, mut parts) = (&incident.id, Vec::new());
        for (by, _, seq) in &incident.on_it {
            let notice = Notice::OnIt { incident: id, by };
            parts.push(Part::new(on_it(*seq), front.content(&notice, locale)));
        }
        if let Some(resolved) = &incident.resolved {
            let seq = resolved.seq;
            let (account, postmortem) = (format!("account {seq}"), format!("postmortem {seq}"));
            if !posts.contains_key(&account) || !posts.contains_key(&postmortem) {
                match Gathered::of(&self.world, id).await {
                    Ok(told) => {
                        let told_of = self.laid(front, &told, posts, Occasion::Resolved, locale);
                        parts.push(Part::new(account, told_of));
                        let file = draft(id, &seq.to_string());
                        let drafted = self.drafted(front, &told, &file, locale);
                        parts.push(Part::new(postmortem, drafted));
                    }
                    Err(error) => {
                        tracing::warn!(%error, incident.id = %id, "an incident cannot be summed up");
                    }
                }
            }
        }
        // What stands there says what was so then.
        parts.retain(|part| !posts.contains_key(&part.name));
        parts
    }

    /// An account as it is posted for all.
    pub(super) fn laid(
        &self,
        front: &Front,
        told: &Gathered,
        posts: &BTreeMap<String, Shown>,
        occasion: Occasion,
        locale: chat::Locale,
    ) -> Content {
        let message_of = |part: &str| posts.get(part).map(|post| post.message.as_str());
        self.account(front, told, message_of, (occasion, ""), locale)
    }

    /// An account as this front has it. `whole` is all that happened, for whoever wants more than a message holds.
    fn account<'a>(
        &self,
        front: &Front,
        told: &Gathered,
        message_of: impl Fn(&str) -> Option<&'a str>,
        (occasion, whole): (Occasion, &str),
        locale: chat::Locale,
    ) -> Content {
        let aids = Aids {
            links: links(front, told, message_of),
            ..told.aids(&self.world, locale)
        };
        let notice = Notice::Account {
            account: &told.account,
            aids: &aids,
            occasion,
            whole,
        };
        front.content(&notice, locale)
    }

    /// The draft of a postmortem as this front has it, in a file of this name.
    fn drafted(&self, front: &Front, told: &Gathered, file: &str, locale: chat::Locale) -> Content {
        let notice = Notice::Postmortem {
            incident: &told.account.incident.id,
            file,
            text: &told.postmortem(&self.world, locale),
        };
        front.content(&notice, locale)
    }

    /// Tells one person alone of an incident.
    pub(super) async fn tell(
        &self,
        event: &chat::event::ChatEvent,
        told: &Gathered,
        occasion: Occasion,
    ) -> Result<(), Refusal> {
        let id = &told.account.incident.id;
        let posts = self.world.store.posts(id).await;
        let posts = posts.map_err(super::answer::said_by)?;
        let of_part = |part: &str| {
            let post = posts.iter().find(|post| post.part == part);
            post.and_then(|post| post.message.as_deref())
        };
        self.whisper_laid(event, |front, locale| {
            // A file is put where all see it: into the incident's own thread, and no other. Outside of threads it comes in parts, to
            // whoever asked.
            let here = event
                .thread
                .as_deref()
                .is_none_or(|root| of_part("root") == Some(root));
            let whole = match occasion {
                Occasion::Asked if here => told.lines(locale),
                Occasion::Asked
                | Occasion::Busy
                | Occasion::CatchUp
                | Occasion::Resolved
                | Occasion::Highlights => String::new(),
            };
            self.account(front, told, of_part, (occasion, &whole), locale)
        })
        .await;
        Ok(())
    }

    /// What happened in an incident, who decided what, what people said of it, and what is open: for whoever asks, alone.
    pub(super) async fn summary(
        self: &Arc<Self>,
        asker: &Asker,
        rights: &Rights<'_>,
        id: &IncidentId,
    ) -> Answer {
        // What was said just now is part of it.
        let whole = self.kept().await;
        let told = self.gathered(id).await?;
        self.may_ask(rights, Verb::SUMMARISE, &told.account.incident)?;
        self.tell(&asker.event, &told, Occasion::Asked).await?;
        // Nobody has to be caught up who knows.
        self.knows(id, &asker.id).await;
        // The answer is there; what a model makes of it follows.
        let (serve, event) = (Arc::clone(self), asker.event.clone());
        tokio::spawn(async move {
            if let Some(told) = serve.highlighted(&told).await
                && let Err(refusal) = serve.tell(&event, &told, Occasion::Highlights).await
            {
                tracing::warn!(?refusal, "what matters most of an incident is not told");
            }
        });
        Ok((!whole).then(|| asker.locale.behind().to_owned()))
    }

    /// The account with what a model takes to matter most of it; none where no model says anything that was not said before.
    pub(super) async fn highlighted(&self, told: &Gathered) -> Option<Gathered> {
        let id = &told.account.incident.id;
        let again = match clerk::highlight(&self.world, told).await {
            Ok(true) => Gathered::of(&self.world, id).await,
            Ok(false) => return None,
            Err(error) => Err(error),
        };
        again
            .inspect_err(|error| tracing::warn!(%error, incident.id = %id, "what matters most of an incident is not told"))
            .ok()
    }

    /// Adds to a thread what a model takes to matter most of the account that ends it.
    async fn add_highlights(self: &Arc<Self>, id: &IncidentId) {
        let Ok(told) = self.gathered(id).await else {
            return;
        };
        let place = told.account.incident.place.clone().unwrap_or_default();
        let (Some(front), Some(told)) = (self.front(&place), self.highlighted(&told).await) else {
            return;
        };
        let Some(resolved) = &told.account.incident.resolved else {
            return;
        };
        let posts = self.shown(id).await;
        let locale = self.languages.of_place(&place);
        let content = self.laid(front, &told, &posts, Occasion::Highlights, locale);
        let part = Part::new(format!("highlights {}", resolved.seq), content);
        self.add(id, part).await;
    }

    async fn gathered(&self, id: &IncidentId) -> Result<Gathered, Refusal> {
        let told = Gathered::of(&self.world, id).await;
        let told = told.map_err(journal::refusal)?;
        if told.facts.is_empty() {
            let incident = id.clone();
            return Err(Refusal::NoIncident { incident });
        }
        Ok(told)
    }

    /// Records what somebody says of an incident as a whole, and shows it.
    pub(super) async fn attend(
        self: &Arc<Self>,
        asker: &Asker,
        rights: &Rights<'_>,
        verb: Verb,
        id: &IncidentId,
        word: Word,
    ) -> Answer {
        let store = &self.world.store;
        let incident = journal::load(store, id).await.map_err(journal::refusal)?;
        self.may_ask(rights, verb, &incident)?;
        let by = (&asker.id, asker.via.as_str());
        let heard = Some(asker.event.key.as_str()).filter(|key| !key.is_empty());
        // What was said so far is told of where it ends here.
        self.kept().await;
        let said = journal::attend(store, id, &word, by, heard, clock::now()).await;
        let incident = said.map_err(journal::refusal)?;
        self.show(id).await;
        if incident.place.is_some() {
            if matches!(word, Word::Over { .. }) {
                let (serve, id) = (Arc::clone(self), id.clone());
                tokio::spawn(async move { serve.add_highlights(&id).await });
            }
            return Ok(None);
        }
        // Without a thread nobody would see it.
        let who = asker.id.as_str();
        Ok(Some(match &word {
            Word::OnIt => asker.locale.is_on_it(who),
            Word::Over { reason } => asker.locale.resolved_by(who, reason),
        }))
    }

    /// Says that an incident is over.
    pub(super) async fn resolve(
        self: &Arc<Self>,
        asker: &Asker,
        rights: &Rights<'_>,
        id: &IncidentId,
        note: &str,
    ) -> Answer {
        let reason = click::reason(&self.world, note)?;
        let word = Word::Over { reason };
        self.attend(asker, rights, Verb::RESOLVE, id, word).await
    }

    /// Puts the draft of a postmortem into the incident's thread, or gives it to whoever asks where there is none.
    pub(super) async fn postmortem(
        self: &Arc<Self>,
        asker: &Asker,
        rights: &Rights<'_>,
        id: &IncidentId,
    ) -> Answer {
        self.kept().await;
        let told = self.gathered(id).await?;
        let incident = &told.account.incident;
        self.may_ask(rights, Verb::POSTMORTEM, incident)?;
        // Another one only where there is more to say.
        let version = format!("{}.{}", incident.version, told.remarks.len());
        let file = draft(id, &version);
        let lay = |front: &Front, locale| self.drafted(front, &told, &file, locale);
        let place = incident.place.as_deref().unwrap_or("");
        if let Some(front) = self.front(place) {
            let content = lay(front, self.languages.of_place(place));
            let name = format!("postmortem {version}");
            if let Some(root) = self.add(id, Part::new(name, content)).await {
                let here = asker.event.thread.as_deref() == Some(root.as_str());
                return Ok((!here).then(|| asker.locale.is_in_thread(&file)));
            }
        }
        // Its file would be put into the thread where they asked, which is another incident's.
        let alone = chat::event::ChatEvent {
            thread: None,
            ..asker.event.clone()
        };
        self.whisper_laid(&alone, lay).await;
        Ok(None)
    }
}

/// Where what a statement rests on can be seen: a message, or the message that shows a fact.
fn links<'a>(
    front: &Front,
    told: &Gathered,
    message_of: impl Fn(&str) -> Option<&'a str>,
) -> BTreeMap<Source, String> {
    let root = message_of("root");
    let mut links = BTreeMap::new();
    for one in &told.remarks {
        if let Some(link) = front.link(&one.message, root) {
            links.insert(Source::Remark(one.message.clone()), link);
        }
    }
    for (seq, (_, fact)) in (1_u64..).zip(&told.facts) {
        let shown = shown_by(seq, fact).and_then(|part| message_of(&part));
        if let Some(link) = shown.and_then(|message| front.link(message, root)) {
            links.insert(Source::Fact(seq), link);
        }
    }
    links
}

/// The part of a thread that shows a fact.
fn shown_by(seq: u64, fact: &Fact) -> Option<String> {
    match fact {
        Fact::Opened { .. } | Fact::Worded { .. } => Some("root".to_owned()),
        Fact::Examined { .. } | Fact::Judged { .. } => Some("found".to_owned()),
        Fact::Acknowledged { .. } => Some(on_it(seq)),
        Fact::Picked { .. }
        | Fact::Highlighted { .. }
        | Fact::Thread { .. }
        | Fact::Resolved { .. }
        | Fact::Closed { .. } => None,
        Fact::Proposed { .. }
        | Fact::Approved { .. }
        | Fact::Rejected { .. }
        | Fact::Expired { .. }
        | Fact::Voided { .. }
        | Fact::Granted { .. }
        | Fact::Dispatched { .. }
        | Fact::Executed { .. }
        | Fact::Verified { .. } => fact.proposal().map(fix),
    }
}
