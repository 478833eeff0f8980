//! Groups of people: what people's own entries say, and the lists that platforms keep. Who somebody is stands under
//! `[people]` alone; a list only says of those whether they are in a group.

use std::collections::{BTreeMap, BTreeSet};

use incident::ResponderId;
use incident::people::{Group, Groups};
use serde::Deserialize;

use super::platforms::is_snowflake;

/// A list of members that a platform keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum List {
    /// A user group of Slack: `S0123ABCD`.
    SlackGroup(String),
    /// A role in a server of Discord.
    DiscordRole {
        /// The server.
        guild: u64,
        /// The role.
        role: u64,
    },
}

impl std::fmt::Display for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SlackGroup(id) => write!(f, "Slack user group {id}"),
            Self::DiscordRole { guild, role } => write!(f, "Discord role {role} of server {guild}"),
        }
    }
}

/// A group as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGroup {
    #[serde(default)]
    slack: BTreeSet<String>,
    #[serde(default)]
    discord: BTreeSet<String>,
}

/// Which platforms the settings have.
pub(super) struct Served {
    pub(super) slack: bool,
    pub(super) discord: bool,
}

/// All groups, and the lists by the name that a rule has for them.
pub(super) fn groups(
    raw: &BTreeMap<String, RawGroup>,
    members: BTreeMap<String, BTreeSet<ResponderId>>,
    served: &Served,
) -> Result<(Groups, BTreeMap<String, List>), String> {
    let mut groups: Groups = members
        .into_iter()
        .map(|(name, members)| {
            let group = Group {
                members,
                ..Group::default()
            };
            (name, group)
        })
        .collect();
    let mut lists = BTreeMap::new();
    for (name, raw) in raw {
        let wrong = |what: String| format!("[groups.{name}]: {what}");
        let without = |platform: &str| {
            wrong(format!(
                "its members are listed in {platform}, and there is no [{}] to ask it with",
                platform.to_lowercase()
            ))
        };
        if !raw.slack.is_empty() && !served.slack {
            return Err(without("Slack"));
        }
        if !raw.discord.is_empty() && !served.discord {
            return Err(without("Discord"));
        }
        let slack = raw.slack.iter().map(|id| slack_group(id));
        let discord = raw.discord.iter().map(|id| discord_role(id));
        let group = groups.entry(name.clone()).or_default();
        for list in slack.chain(discord) {
            let list = list.map_err(wrong)?;
            group.elsewhere.insert(list.to_string());
            lists.insert(list.to_string(), list);
        }
    }
    Ok((groups, lists))
}

fn slack_group(id: &str) -> Result<List, String> {
    let rest = id.strip_prefix('S').unwrap_or("");
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    if rest.is_empty() || !rest.bytes().all(fits) {
        return Err(format!(
            "{id:?} is no user group of Slack; an id is S with letters and digits: People & user groups, the group, Copy group ID"
        ));
    }
    Ok(List::SlackGroup(id.to_owned()))
}

fn discord_role(id: &str) -> Result<List, String> {
    let parts = id
        .split_once('/')
        .filter(|(guild, role)| is_snowflake(guild) && is_snowflake(role));
    let Some((guild, role)) = parts else {
        return Err(format!(
            "{id:?} is no role of Discord; it is \"SERVER/ROLE\", both numbers: Settings, Advanced, Developer Mode, then Copy Server ID, and Copy Role ID in Server Settings, Roles"
        ));
    };
    if guild == role {
        return Err(format!(
            "{id:?} is the role that everybody in the server has; name one that people are given"
        ));
    }
    let number = |text: &str| text.parse().map_err(|bad| format!("{text}: {bad}"));
    Ok(List::DiscordRole {
        guild: number(guild)?,
        role: number(role)?,
    })
}
