//! The settings file, read once and checked whole: an unknown key or a name that nobody has is an error with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chat::Locale;
use chat::event::Platform;
use incident::ResponderId;
use incident::access::Access;
use incident::policy::Policy;
use serde::Deserialize;

use crate::file::{self, Unread};
use crate::secret::Secret;

pub(crate) mod access;
mod channels;
mod groups;
pub(crate) mod models;
mod platforms;
mod policy;
mod redact;
pub(crate) mod scans;
mod summaries;
#[cfg(test)]
mod tests;
mod words;

use access::RawAccess;
use channels::{Channel, RawChannel, Tag};
pub(crate) use groups::List;
use groups::RawGroup;
use models::Models;
use platforms::is_snowflake;
pub(crate) use platforms::{Discord, Http, Slack};
use policy::{RawRule, make_rule};
use scans::{Planned, RawScan};
use summaries::RawSummaries;
pub(crate) use summaries::Summaries;
use words::words;

/// What the settings say, checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// The file they came from; none without one.
    pub(crate) file: Option<PathBuf>,
    /// The language where nothing else is said.
    pub(crate) locale: Option<Locale>,
    /// Whether those who may approve are called before a fix expires.
    pub(crate) reminders: bool,
    /// When threads are summed up without anybody asking.
    pub(crate) summaries: Summaries,
    /// Channels by the platform's id for them.
    pub(crate) channels: BTreeMap<String, Channel>,
    /// People by name.
    pub(crate) people: BTreeMap<ResponderId, Person>,
    /// The lists of members that platforms keep, by the name that the policy has for each.
    pub(crate) lists: BTreeMap<String, List>,
    /// Who may ask for what in chat, and where.
    pub(crate) access: Access,
    /// Who may approve what; none without a settings file.
    pub(crate) policy: Option<Policy>,
    /// Hosts, as the inventory takes them.
    pub(crate) hosts: BTreeMap<String, hosts::inventory::Entry>,
    /// Ansible inventories.
    pub(crate) inventories: Vec<PathBuf>,
    /// The OpenSSH client configuration.
    pub(crate) ssh_config: Option<PathBuf>,
    /// Whether an address that is in no inventory may be named.
    pub(crate) raw_addresses: bool,
    /// Whether curve25519 is preferred in the key exchange, for less CPU on old clients.
    pub(crate) fast_key_exchange: bool,
    /// A directory of runbooks that is laid over the built-in ones.
    pub(crate) runbooks: Option<PathBuf>,
    /// Where the journal is kept.
    pub(crate) state: Option<PathBuf>,
    /// Whether the guard may keep its record under /run where /var/lib is full or read-only.
    pub(crate) guard_in_run: bool,
    /// Slack, where Sickbay serves it.
    pub(crate) slack: Option<Slack>,
    /// Discord, where Sickbay serves it.
    pub(crate) discord: Option<Discord>,
    /// The door for machines, where there is one.
    pub(crate) http: Option<Http>,
    /// Whether root may serve.
    pub(crate) as_root: bool,
    /// The models that may be asked.
    pub(crate) models: Models,
    /// What else is a secret here, and what is none.
    pub(crate) redact: Vec<incident::redact::Rule>,
    /// The scans that are made by themselves.
    pub(crate) scans: Vec<Planned>,
}

/// A person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    /// The uids on this machine that are this person.
    pub(crate) uids: BTreeSet<u32>,
    /// The members of the Slack workspace that are this person: `U0123ABCD`.
    pub(crate) slack: BTreeSet<String>,
    /// The users of Discord that are this person: `123456789012345678`.
    pub(crate) discord: BTreeSet<String>,
    /// The language of what this person alone is told.
    pub(crate) locale: Option<Locale>,
}

impl Person {
    /// Whether a platform's name for somebody means this person.
    fn is(&self, platform: Platform, user: &str) -> bool {
        match platform {
            Platform::Slack => self.slack.contains(user),
            Platform::Discord => self.discord.contains(user),
        }
    }
}

impl Settings {
    /// Whom a platform's name for somebody means; none where nobody is known by it.
    pub(crate) fn whom(&self, platform: Platform, user: &str) -> Option<&ResponderId> {
        let mut people = self.people.iter();
        let found = people.find(|(_, person)| person.is(platform, user));
        found.map(|(id, _)| id)
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("cannot read the settings file {path}; check what --config or SICKBAY_CONFIG names")]
    Read { path: PathBuf, source: Unread },
    #[error("{path}:{line}:{column}: {what}")]
    Syntax {
        path: PathBuf,
        line: usize,
        column: usize,
        what: String,
    },
    #[error("{path}: {what}")]
    Meaning { path: PathBuf, what: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: u32,
    #[serde(default)]
    state: Option<PathBuf>,
    #[serde(default)]
    runbooks: Option<PathBuf>,
    #[serde(default)]
    locale: Option<Tag>,
    #[serde(default = "yes")]
    reminders: bool,
    #[serde(default)]
    summaries: RawSummaries,
    #[serde(default)]
    channels: BTreeMap<String, RawChannel>,
    #[serde(default)]
    people: BTreeMap<String, RawPerson>,
    #[serde(default)]
    groups: BTreeMap<String, RawGroup>,
    #[serde(default)]
    commands: Vec<RawAccess>,
    #[serde(default)]
    policy: Vec<RawRule>,
    #[serde(default)]
    inventory: RawInventory,
    #[serde(default)]
    hosts: BTreeMap<String, hosts::inventory::Entry>,
    #[serde(default)]
    ssh: RawSsh,
    #[serde(default)]
    guard: RawGuard,
    #[serde(default)]
    slack: Option<Slack>,
    #[serde(default)]
    discord: Option<Discord>,
    #[serde(default)]
    http: Option<Http>,
    #[serde(default)]
    serve: RawServe,
    #[serde(default)]
    models: Vec<models::Model>,
    #[serde(default)]
    model: models::RawShared,
    #[serde(default)]
    embeddings: Option<models::Embeddings>,
    #[serde(default)]
    redact: Vec<redact::Usable>,
    #[serde(default)]
    scans: Vec<RawScan>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawServe {
    #[serde(default)]
    as_root: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPerson {
    #[serde(default)]
    uids: BTreeSet<u32>,
    #[serde(default)]
    groups: BTreeSet<String>,
    #[serde(default)]
    slack: BTreeSet<String>,
    #[serde(default)]
    discord: BTreeSet<String>,
    #[serde(default)]
    locale: Option<Tag>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInventory {
    #[serde(default)]
    ansible: Vec<PathBuf>,
    #[serde(default)]
    ssh_config: Option<PathBuf>,
    #[serde(default)]
    raw_addresses: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSsh {
    #[serde(default)]
    fast_key_exchange: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGuard {
    #[serde(default = "yes")]
    in_run: bool,
}

impl Default for RawGuard {
    fn default() -> Self {
        Self { in_run: true }
    }
}

fn yes() -> bool {
    true
}

impl Settings {
    /// Reads the file; without one the defaults serve.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, SettingsError> {
        let Some(path) = path else {
            return Ok(Self {
                guard_in_run: true,
                ..Self::default()
            });
        };
        let text = file::text(path).map_err(|source| SettingsError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text)
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, SettingsError> {
        let raw: Raw = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let before = text.get(..at).unwrap_or("");
            SettingsError::Syntax {
                path: path.to_owned(),
                line: before.matches('\n').count() + 1,
                column: before
                    .rsplit('\n')
                    .next()
                    .map_or(0, |tail| tail.chars().count())
                    + 1,
                what: words(error.message()),
            }
        })?;
        let meaning = |what: String| SettingsError::Meaning {
            path: path.to_owned(),
            what,
        };
        if raw.version != 1 {
            return Err(meaning(format!(
                "version {} is not known; this Sickbay reads version 1",
                raw.version
            )));
        }
        let mut people = BTreeMap::new();
        let mut groups: BTreeMap<String, BTreeSet<ResponderId>> = BTreeMap::new();
        let mut taken: BTreeMap<u32, String> = BTreeMap::new();
        let mut members: BTreeMap<(Platform, String), String> = BTreeMap::new();
        for (name, person) in &raw.people {
            let id = ResponderId::new(name.clone())
                .map_err(|bad| meaning(format!("[people.{name}]: {bad}")))?;
            for uid in &person.uids {
                if let Some(other) = taken.insert(*uid, name.clone()) {
                    return Err(meaning(format!(
                        "uid {uid} belongs to both {other} and {name}; give it to one"
                    )));
                }
            }
            let slack = person.slack.iter().map(|id| (Platform::Slack, id));
            let discord = person.discord.iter().map(|id| (Platform::Discord, id));
            for (platform, member) in slack.chain(discord) {
                if platform == Platform::Discord && !is_snowflake(member) {
                    return Err(meaning(format!(
                        "[people.{name}]: {member:?} is no user of Discord; an id is a number: Settings, Advanced, Developer Mode, then Copy User ID"
                    )));
                }
                if let Some(other) = members.insert((platform, member.clone()), name.clone()) {
                    return Err(meaning(format!(
                        "the {} member {member} belongs to both {other} and {name}; give it to one",
                        platform.name()
                    )));
                }
            }
            for group in &person.groups {
                groups.entry(group.clone()).or_default().insert(id.clone());
            }
            people.insert(
                id,
                Person {
                    uids: person.uids.clone(),
                    slack: person.slack.clone(),
                    discord: person.discord.clone(),
                    locale: person.locale.map(|tag| tag.0),
                },
            );
        }
        let served = groups::Served {
            slack: raw.slack.is_some(),
            discord: raw.discord.is_some(),
        };
        let (groups, lists) = groups::groups(&raw.groups, groups, &served).map_err(meaning)?;
        let rules = raw
            .policy
            .iter()
            .enumerate()
            .map(|(n, rule)| {
                make_rule(rule, &people, &groups)
                    .map_err(|what| meaning(format!("policy rule {}: {what}", n + 1)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let access = access::access(&raw.commands, &people, &groups).map_err(meaning)?;
        let guilds = raw.discord.iter().flat_map(|discord| &discord.guilds);
        if let Some(bad) = guilds.into_iter().find(|id| !is_snowflake(id)) {
            return Err(meaning(format!(
                "[discord]: {bad:?} is no server of Discord; an id is a number: Settings, Advanced, Developer Mode, then Copy Server ID"
            )));
        }
        for (name, host) in &raw.hosts {
            if let Some(Err(bad)) = host.identity_file.as_deref().map(Secret::key) {
                return Err(meaning(format!("[hosts.{name}]: {bad}")));
            }
        }
        platforms::check(raw.slack.as_ref(), raw.discord.as_ref(), raw.http.as_ref())
            .map_err(meaning)?;
        let served = |platform| match platform {
            Platform::Slack => raw.slack.is_some(),
            Platform::Discord => raw.discord.is_some(),
        };
        let scans = scans::scans(raw.scans, served).map_err(meaning)?;
        let dir = path.parent().unwrap_or(Path::new(""));
        let relative = |file: &PathBuf| dir.join(file);
        Ok(Self {
            file: Some(path.to_owned()),
            locale: raw.locale.map(|tag| tag.0),
            reminders: raw.reminders,
            summaries: summaries::summaries(&raw.summaries).map_err(meaning)?,
            channels: channels::channels(raw.channels).map_err(meaning)?,
            people,
            lists,
            access,
            policy: Some(Policy { rules, groups }),
            hosts: raw.hosts,
            inventories: raw.inventory.ansible.iter().map(relative).collect(),
            ssh_config: raw.inventory.ssh_config.as_ref().map(relative),
            raw_addresses: raw.inventory.raw_addresses,
            fast_key_exchange: raw.ssh.fast_key_exchange,
            runbooks: raw.runbooks.as_ref().map(relative),
            state: raw.state.as_ref().map(relative),
            guard_in_run: raw.guard.in_run,
            slack: raw.slack.map(|slack| slack.beside(dir)),
            discord: raw.discord.map(|discord| discord.beside(dir)),
            http: raw.http,
            as_root: raw.serve.as_root,
            models: models::models(raw.models, raw.model, raw.embeddings, dir).map_err(meaning)?,
            redact: redact::rules(raw.redact).map_err(meaning)?,
            scans,
        })
    }
}
