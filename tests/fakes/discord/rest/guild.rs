//! The guild, its people and roles, the bot itself and its commands.

use serde_json::{Value, json};

use super::{Answer, Asked, no, unknown};
use crate::fakes::discord::Inner;
use crate::fakes::discord::limits::{self, Wrong};
use crate::fakes::discord::state::{APP, BOT_USER, ChannelKind, GUILD, State};

/// The privileged intent for lists of members.
const MEMBERS: u64 = 1 << 1;

pub(super) fn answer(state: &mut State, inner: &Inner, asked: &Asked<'_>) -> Answer {
    match (asked.verb, asked.path.as_slice()) {
        ("GET", ["gateway"]) => Ok((200, json!({"url": inner.gateway_url()}))),
        ("GET", ["gateway", "bot"]) => Ok((
            200,
            json!({"url": inner.gateway_url(), "shards": 1, "session_start_limit":
                {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}}),
        )),
        ("GET", ["users", "@me"]) => {
            let mut me = state.people[BOT_USER].json();
            me["verified"] = json!(true);
            me["mfa_enabled"] = json!(true);
            Ok((200, me))
        }
        ("GET", ["users", "@me", "guilds"]) => servers(state, asked),
        ("POST", ["users", "@me", "channels"]) => {
            let user = asked.body.json["recipient_id"]
                .as_str()
                .unwrap_or("")
                .to_owned();
            let person = state
                .people
                .get(&user)
                .ok_or(unknown(10013, "User"))?
                .json();
            let channel = state.direct(&user);
            let mut channel = state.channels[&channel].json();
            channel["recipients"] = json!([person]);
            Ok((200, channel))
        }
        ("GET", ["users", user]) => {
            let person = state.people.get(*user).ok_or(unknown(10013, "User"))?;
            Ok((200, person.json()))
        }
        ("GET", ["applications" | "oauth2", .., "@me"]) => Ok((
            200,
            json!({"id": APP, "name": "sickbay", "icon": null, "description": "", "bot_public": false,
                "bot_require_code_grant": false, "verify_key": inner.public_key(),
                "flags": state.flags, "interactions_endpoint_url": state.interactions_url}),
        )),
        (_, ["applications", APP, rest @ ..]) => commands(state, asked, rest),
        (_, ["guilds", GUILD, rest @ ..]) => guild(state, asked, rest),
        (_, ["guilds", ..]) => Err(unknown(10004, "Guild")),
        _ => Err(no(
            404,
            0,
            "404: Not Found: this fake does not know this path",
        )),
    }
}

/// The servers that the bot was added to, a page of them in order of their ids.
fn servers(state: &State, asked: &Asked<'_>) -> Answer {
    let limit = match asked.parameter("limit") {
        "" => 200,
        text => text.parse().unwrap_or(0),
    };
    let mut wrong = Wrong::default();
    if !(1..=200).contains(&limit) {
        let what = "Value must be between 1 and 200.".to_owned();
        wrong.0.push(("limit".to_owned(), what));
    }
    wrong.refuse()?;
    let number = |id: &str| id.parse::<u64>().unwrap_or(0);
    let after = number(asked.parameter("after"));
    let mut all: Vec<_> = state.servers.iter().collect();
    all.sort_by_key(|(id, _name, _may)| number(id));
    let page: Vec<Value> = all
        .into_iter()
        .filter(|(id, _name, _may)| number(id) > after)
        .take(limit)
        .map(|(id, name, may)| {
            json!({"id": id, "name": name, "icon": null, "owner": false,
                "permissions": may.to_string(), "features": []})
        })
        .collect();
    Ok((200, json!(page)))
}

fn commands(state: &mut State, asked: &Asked<'_>, rest: &[&str]) -> Answer {
    let guild = match rest {
        ["commands"] => Value::Null,
        ["guilds", GUILD, "commands"] if state.servers.iter().any(|(id, ..)| id == GUILD) => {
            json!(GUILD)
        }
        ["guilds", ..] => return Err(no(403, 50001, "Missing Access")),
        _ => return Err(no(404, 0, "404: Not Found")),
    };
    match asked.verb {
        "PUT" => {
            let mut wrong = Wrong::default();
            limits::commands(&asked.body.json, &mut wrong);
            wrong.refuse()?;
            state
                .commands
                .retain(|command| command["guild_id"] != guild);
            for command in asked.body.json.as_array().into_iter().flatten() {
                let mut command = command.clone();
                command["id"] = json!(state.next_id().to_string());
                command["version"] = json!(state.next_id().to_string());
                command["application_id"] = json!(APP);
                if command["type"].is_null() {
                    command["type"] = json!(1);
                }
                for name in ["default_member_permissions", "name_localizations"] {
                    if command.get(name).is_none() {
                        command[name] = Value::Null;
                    }
                }
                if command["description"].is_null() {
                    command["description"] = json!("");
                }
                command["guild_id"] = guild.clone();
                state.commands.push(command);
            }
        }
        "GET" => {}
        _ => return Err(no(405, 0, "405: Method Not Allowed")),
    }
    let shown: Vec<Value> = state
        .commands
        .iter()
        .filter(|command| command["guild_id"] == guild)
        .cloned()
        .collect();
    Ok((200, json!(shown)))
}

fn guild(state: &mut State, asked: &Asked<'_>, rest: &[&str]) -> Answer {
    let roles: Vec<Value> = state
        .roles
        .iter()
        .map(|(id, name)| {
            json!({"id": id, "name": name, "color": 0, "hoist": false, "managed": false,
                "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
                "mentionable": true, "permissions": "0", "position": 1, "icon": null,
                "unicode_emoji": null, "flags": 0})
        })
        .collect();
    match (asked.verb, rest) {
        ("GET", []) => Ok((
            200,
            json!({"id": GUILD, "name": "Sickbay", "icon": null, "owner_id": "1", "roles": roles,
                "emojis": [], "features": [], "verification_level": 0, "afk_timeout": 300,
                "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
                "system_channel_flags": 0, "premium_tier": 0, "preferred_locale": "en-US",
                "nsfw_level": 0, "premium_progress_bar_enabled": false, "stickers": []}),
        )),
        ("GET", ["roles"]) => Ok((200, json!(roles))),
        ("GET", ["channels"]) => {
            let shown = state.channels.values();
            let shown = shown.filter(|c| c.kind == ChannelKind::Text && !c.hidden_from_bot);
            Ok((200, json!(shown.map(|c| c.json()).collect::<Vec<Value>>())))
        }
        ("GET", ["members"]) => {
            if state.privileged & MEMBERS == 0 {
                return Err(no(403, 50001, "Missing Access"));
            }
            let members: Vec<Value> = state.people.values().map(|p| p.member()).collect();
            Ok((200, json!(members)))
        }
        ("GET", ["members", user]) => {
            let person = state.people.get(*user).ok_or(unknown(10007, "Member"))?;
            Ok((200, person.member()))
        }
        _ => Err(no(
            404,
            0,
            "404: Not Found: this fake does not know this path",
        )),
    }
}
