//! Who is on the lists of members that platforms keep: looked up when it decides something, and remembered only briefly.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use chat::discord::Discord;
use chat::event::{ChatEvent, Platform, SendError};
use chat::slack::Slack;
use incident::ResponderId;
use incident::people::{Found, Seen};
use tokio::sync::OnceCell;

use crate::serve::fronts;
use crate::settings::{List, Person, Settings};

/// How long what a platform said of a list holds. Whoever is taken off one may act for so long.
const HOLDS: Duration = Duration::from_secs(20);

/// What a platform said, and when.
type Said<K, V> = Mutex<BTreeMap<K, (Instant, BTreeSet<V>)>>;

/// The lists. A platform is asked for nothing before it is needed.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    slack: OnceCell<Result<Slack, String>>,
    discord: OnceCell<Result<Discord, String>>,
    /// By user group, its members.
    groups: Said<String, String>,
    /// By server and user, their roles there.
    roles: Said<(u64, String), u64>,
}

/// What the platform itself said with something that a person did: Discord says the roles that they have there.
pub(crate) fn told_with(settings: &Settings, event: &ChatEvent, who: &ResponderId) -> Found {
    match event.platform {
        Platform::Discord => told_of_roles(settings, &event.place, event.roles.as_ref(), who),
        Platform::Slack => Found::default(),
    }
}

/// The same of roles that somebody has in Discord, where it says so.
pub(crate) fn told_of_roles(
    settings: &Settings,
    place: &str,
    roles: Option<&BTreeSet<u64>>,
    who: &ResponderId,
) -> Found {
    let mut found = Found::default();
    let Some(roles) = roles else {
        return found;
    };
    for (name, list) in &settings.lists {
        if let List::DiscordRole { guild, role } = list
            && place.starts_with(&format!("discord:{guild}:"))
        {
            let seen = if roles.contains(role) {
                Seen::On
            } else {
                Seen::Off
            };
            found.add(name, who.clone(), seen);
        }
    }
    found
}

impl Lists {
    /// Looks up who of these people is on which of these lists. `told` is what is known already.
    pub(crate) async fn look(
        &self,
        settings: &Settings,
        lists: &BTreeSet<String>,
        people: &BTreeSet<ResponderId>,
        told: &Found,
    ) -> Found {
        let mut found = told.clone();
        for name in lists {
            let Some(list) = settings.lists.get(name) else {
                continue;
            };
            for who in people {
                if found.has(name, who) {
                    continue;
                }
                let seen = match settings.people.get(who) {
                    Some(person) => self.seen(settings, list, person).await,
                    // Who is nobody here is on no list: a platform says who is on it, never who somebody is.
                    None => Seen::Off,
                };
                found.add(name, who.clone(), seen);
            }
        }
        found
    }

    async fn seen(&self, settings: &Settings, list: &List, person: &Person) -> Seen {
        let on = match list {
            List::SlackGroup(group) if !person.slack.is_empty() => {
                let members = self.members(settings, group).await;
                members.map(|members| !members.is_disjoint(&person.slack))
            }
            List::DiscordRole { guild, role } if !person.discord.is_empty() => {
                self.has_role(settings, *guild, *role, person).await
            }
            // Without an id there they cannot be on it.
            List::SlackGroup(_) | List::DiscordRole { .. } => Ok(false),
        };
        match on {
            Ok(true) => Seen::On,
            Ok(false) => Seen::Off,
            Err(error) => Seen::Untold(format!("{list} cannot be read: {error}")),
        }
    }

    async fn has_role(
        &self,
        settings: &Settings,
        guild: u64,
        role: u64,
        person: &Person,
    ) -> Result<bool, SendError> {
        let mut missing = None;
        for user in &person.discord {
            match self.roles(settings, guild, user).await {
                Ok(roles) if roles.contains(&role) => return Ok(true),
                Ok(_) => {}
                Err(why) => missing = Some(why),
            }
        }
        missing.map_or(Ok(false), Err)
    }

    /// Who is in a user group of Slack.
    pub(crate) async fn members(
        &self,
        settings: &Settings,
        group: &str,
    ) -> Result<BTreeSet<String>, SendError> {
        if let Some(fresh) = fresh(&self.groups, &group.to_owned()) {
            return Ok(fresh);
        }
        let slack = self.slack.get_or_init(|| async { slack(settings) }).await;
        let slack = slack
            .as_ref()
            .map_err(|why| SendError::Refused(why.clone()))?;
        let said = slack.members(group).await?;
        Ok(keep(&self.groups, group.to_owned(), said))
    }

    /// The roles that somebody has in a server of Discord.
    pub(crate) async fn roles(
        &self,
        settings: &Settings,
        guild: u64,
        user: &str,
    ) -> Result<BTreeSet<u64>, SendError> {
        let key = (guild, user.to_owned());
        if let Some(fresh) = fresh(&self.roles, &key) {
            return Ok(fresh);
        }
        let init = || async { discord(settings) };
        let discord = self.discord.get_or_init(init).await;
        let discord = discord
            .as_ref()
            .map_err(|why| SendError::Refused(why.clone()))?;
        let said = Box::pin(discord.roles(guild, user)).await?;
        Ok(keep(&self.roles, key, said))
    }
}

fn slack(settings: &Settings) -> Result<Slack, String> {
    let slack = settings.slack.as_ref();
    let slack = slack.ok_or_else(|| "the settings have no [slack]".to_owned())?;
    let options = fronts::slack_options(slack).map_err(|error| error.to_string())?;
    Slack::new(options).map_err(|error| crate::sentence::of(&error))
}

fn discord(settings: &Settings) -> Result<Discord, String> {
    // Without it the first connection over TLS would end the task that makes it.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let discord = settings.discord.as_ref();
    let discord = discord.ok_or_else(|| "the settings have no [discord]".to_owned())?;
    let options = fronts::discord_options(settings, discord).map_err(|error| error.to_string())?;
    Ok(Discord::new(options))
}

fn fresh<K: Ord, V: Clone>(said: &Said<K, V>, key: &K) -> Option<BTreeSet<V>> {
    let said = said.lock().ok()?;
    let (at, members) = said.get(key)?;
    (at.elapsed() < HOLDS).then(|| members.clone())
}

fn keep<K: Ord, V: Clone>(said: &Said<K, V>, key: K, members: BTreeSet<V>) -> BTreeSet<V> {
    if let Ok(mut said) = said.lock() {
        said.retain(|_, (at, _)| at.elapsed() < HOLDS);
        said.insert(key, (Instant::now(), members.clone()));
    }
    members
}
