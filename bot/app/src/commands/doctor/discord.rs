//! Discord: the bot's token, its servers, what it may do there, and its commands.

use std::collections::BTreeSet;

use chat::discord::{ADMINISTRATOR, Application, COMMANDS, CONTENT, Looked, PERMISSIONS, Server};

use super::report::{Area, names};
use super::slack::{no_token, not_told, skew};
use crate::serve::fronts;
use crate::settings::{Discord, Settings};

/// Asks Discord. No gateway is opened.
pub(super) async fn look(settings: &Settings, discord: &Discord, area: &mut Area<'_>) {
    let options = match fronts::discord_options(settings, discord) {
        Ok(options) => options,
        Err(error) => {
            let next = "the Bot page of the developer portal has it, after Reset Token";
            no_token("bot token", &discord.bot_token_file, &error, next, area);
            return;
        }
    };
    let guilds = &options.guilds;
    let looked = chat::discord::look(&options).await;
    match &looked.application {
        Ok(application) => the_application(application, discord, area),
        Err(error) => {
            not_told(
                "bot token",
                error,
                "copy it anew from the Bot page of the developer portal",
                area,
            );
            skew(looked.date.as_deref(), area);
            return;
        }
    }
    match &looked.servers {
        Ok(servers) => the_servers(servers, guilds, area),
        Err(error) => not_told("servers", error, "try again", area),
    }
    commands(&looked, guilds, area);
    skew(looked.date.as_deref(), area);
}

fn the_application(application: &Application, discord: &Discord, area: &mut Area<'_>) {
    let hears = discord.hear_threads;
    area.fine(
        "bot token",
        format!("{}, application {}", application.name, application.id),
    );
    if discord.public_key.is_some() {
        if application.elsewhere {
            area.fine("endpoint", "the portal names an Interactions Endpoint URL");
        } else {
            area.wrong(
                "endpoint",
                "the portal names no Interactions Endpoint URL, so nothing comes to [http]",
                "General Information: put the address of /discord/interactions into that box; or take public_key out of the settings",
            );
        }
    } else if application.elsewhere {
        area.wrong(
            "gateway",
            "the portal names an Interactions Endpoint URL, so commands and buttons go there and not to Sickbay",
            "General Information: empty that box",
        );
    } else {
        area.fine("gateway", "commands and buttons come over it");
    }
    intents(application.intents.as_deref(), hears, area);
}

/// The privileged intents that are on, and those that are needed where what people say is to be kept.
fn intents(on: Option<&[&str]>, hears: bool, area: &mut Area<'_>) {
    let Some(on) = on else {
        area.unknown(
            "intents",
            "Discord does not say which are on",
            "Bot page, Privileged Gateway Intents: only hear_threads needs one, Message Content",
        );
        return;
    };
    let has = on.contains(&CONTENT);
    let needless: Vec<String> = on
        .iter()
        .filter(|name| !(hears && **name == CONTENT))
        .map(|name| (*name).to_owned())
        .collect();
    if hears && !has {
        area.wrong(
            "intents",
            format!("{CONTENT} is off, so nothing of what people say is heard, whatever hear_threads says"),
            "Bot page, Privileged Gateway Intents: switch it on, or set hear_threads = false",
        );
    } else if !needless.is_empty() {
        area.note(
            "intents",
            format!("{} is on, and Sickbay has no use for it", names(&needless)),
            "Bot page, Privileged Gateway Intents: switch it off",
        );
    } else if hears {
        area.fine("intents", "only the one that hear_threads needs");
    } else {
        area.fine("intents", "no privileged one, as it should be");
    }
}

fn the_servers(servers: &[Server], guilds: &BTreeSet<u64>, area: &mut Area<'_>) {
    let absent: Vec<String> = guilds
        .iter()
        .filter(|id| !servers.iter().any(|server| server.id == **id))
        .map(ToString::to_string)
        .collect();
    if !absent.is_empty() {
        area.wrong(
            "servers",
            format!("it was not added to {}", names(&absent)),
            "add it with the invitation of README's \"In Discord\", or take the server out of guilds",
        );
    }
    let others: Vec<String> = servers
        .iter()
        .filter(|server| !guilds.is_empty() && !guilds.contains(&server.id))
        .map(|server| format!("{} ({})", server.name, server.id))
        .collect();
    if !others.is_empty() {
        area.note(
            "servers",
            format!(
                "it was added to {} too, and does not answer there",
                names(&others)
            ),
            "remove it there, or name the server in guilds",
        );
    }
    if servers.is_empty() {
        area.wrong(
            "servers",
            "it was added to none",
            "add it with the invitation of README's \"In Discord\"",
        );
    }
    for server in servers
        .iter()
        .filter(|server| guilds.is_empty() || guilds.contains(&server.id))
    {
        let missing: Vec<String> = PERMISSIONS
            .iter()
            .filter(|(bit, _)| server.permissions & (bit | ADMINISTRATOR) == 0)
            .map(|(_, name)| (*name).to_owned())
            .collect();
        let where_ = format!("{} ({})", server.name, server.id);
        if !missing.is_empty() {
            area.wrong(
                "permissions",
                format!("in {where_} it may not {}", missing.join(", ")),
                "give its role these in Server Settings, Roles",
            );
        } else if server.permissions & ADMINISTRATOR != 0 {
            area.note(
                "permissions",
                format!("in {where_} it is an administrator, which it has no use for"),
                "take Administrator from its role",
            );
        } else {
            area.fine(
                "permissions",
                format!("in {where_} all that it needs, as far as no channel says otherwise"),
            );
        }
    }
}

fn commands(looked: &Looked, guilds: &BTreeSet<u64>, area: &mut Area<'_>) {
    let ours = |names: &BTreeSet<String>| COMMANDS.iter().all(|name| names.contains(*name));
    let any = |names: &BTreeSet<String>| COMMANDS.iter().any(|name| names.contains(*name));
    let mut everywhere = false;
    let mut wanted: Vec<Option<u64>> = guilds.iter().map(|id| Some(*id)).collect();
    if wanted.is_empty() {
        wanted.push(None);
    }
    for (place, told) in &looked.commands {
        let where_ = place.map_or("for all servers".to_owned(), |id| format!("in server {id}"));
        match told {
            Err(error) if wanted.contains(place) => not_told(
                "commands",
                error,
                "add it there with the scope applications.commands",
                area,
            ),
            Err(_) => {}
            Ok(names) if wanted.contains(place) && ours(names) => {
                area.fine("commands", format!("registered {where_}"));
            }
            Ok(_) if wanted.contains(place) => area.wrong(
                "commands",
                format!("/diagnose and /sickbay are not registered {where_}"),
                "start `sickbay serve`: it registers them",
            ),
            Ok(names) => everywhere |= any(names),
        }
    }
    if everywhere {
        area.note(
            "commands",
            "they are registered for all servers too, so people see each twice",
            "they are left from a time without guilds; remove those for all servers",
        );
    }
}
