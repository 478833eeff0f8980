//! The groups whose members platforms list: whether the lists can be read, and who of them is known here.

use std::collections::BTreeSet;

use super::report::{Area, names};
use super::slack::not_told;
use crate::lists::Lists;
use crate::settings::{List, Settings};

/// Asks the platforms who is in the groups that they list.
pub(super) async fn look(settings: &Settings, area: &mut Area<'_>) {
    let lists = Lists::default();
    let groups = settings.policy.iter().flat_map(|policy| &policy.groups);
    for (name, group) in groups {
        for list in group
            .elsewhere
            .iter()
            .filter_map(|name| settings.lists.get(name))
        {
            let what = format!("@{name}");
            match list {
                List::SlackGroup(id) => slack_group(settings, &lists, &what, id, area).await,
                List::DiscordRole { guild, role } => {
                    discord_role(settings, &lists, &what, (*guild, *role), area).await;
                }
            }
        }
    }
}

async fn slack_group(
    settings: &Settings,
    lists: &Lists,
    what: &str,
    id: &str,
    area: &mut Area<'_>,
) {
    let members = match lists.members(settings, id).await {
        Ok(members) => members,
        Err(error) => {
            not_told(
                what,
                &error,
                "OAuth & Permissions: usergroups:read; and the group has to be there",
                area,
            );
            return;
        }
    };
    let known = settings
        .people
        .iter()
        .filter(|(_, person)| !person.slack.is_disjoint(&members));
    let known: Vec<String> = known.map(|(name, _)| name.to_string()).collect();
    said(&List::SlackGroup(id.to_owned()), what, &known, area);
    let ours: BTreeSet<&String> = settings
        .people
        .values()
        .flat_map(|person| &person.slack)
        .collect();
    let strangers: Vec<String> = members
        .into_iter()
        .filter(|member| !ours.contains(member))
        .collect();
    if !strangers.is_empty() {
        area.note(
            what,
            format!(
                "{} is in it and not under [people], so is nobody here",
                names(&strangers)
            ),
            "add their ids to entries under [people], if they are to act",
        );
    }
}

async fn discord_role(
    settings: &Settings,
    lists: &Lists,
    what: &str,
    (guild, role): (u64, u64),
    area: &mut Area<'_>,
) {
    let mut known = Vec::new();
    for (name, person) in &settings.people {
        for user in &person.discord {
            match lists.roles(settings, guild, user).await {
                Ok(roles) if roles.contains(&role) => known.push(name.to_string()),
                Ok(_) => {}
                Err(error) => {
                    not_told(
                        what,
                        &error,
                        "the app has to be in that server: README's \"In Discord\"",
                        area,
                    );
                    return;
                }
            }
        }
    }
    said(&List::DiscordRole { guild, role }, what, &known, area);
}

fn said(list: &List, what: &str, known: &[String], area: &mut Area<'_>) {
    if known.is_empty() {
        area.note(
            what,
            format!("{list}: nobody under [people] is in it"),
            "compare its id, and the ids under [people]",
        );
    } else {
        area.fine(what, format!("{list}: {}", names(known)));
    }
}
