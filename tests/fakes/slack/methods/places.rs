//! Who and where: tokens, channels, people, groups.

use serde_json::{Value, json};

use crate::fakes::slack::Inner;
use crate::fakes::slack::api::{Answer, Args, Method, No, Token, need_scope};
use crate::fakes::slack::message::Message;
use crate::fakes::slack::state::{
    APP, BOT, BOT_USER, Channel, ChannelKind, Person, State, TEAM, UserGroup,
};

const fn read(
    name: &'static str,
    scope: &'static str,
    args: &'static [&'static str],
    run: fn(&mut State, &Args, &Inner) -> Answer,
) -> Method {
    Method {
        name,
        token: Token::Bot,
        scope,
        args,
        form_only: true,
        run,
    }
}

const PAGED: &[&str] = &["cursor", "limit", "team_id", "include_locale"];

pub(crate) const METHODS: &[Method] = &[
    Method {
        token: Token::Any,
        ..read("auth.test", "", &[], |_, _, inner| {
            Ok(json!({
                "url": format!("{}/", inner.base()), "team": "Sickbay", "user": "sickbay",
                "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT, "app_id": APP,
                "is_enterprise_install": false,
            }))
        })
    },
    Method {
        token: Token::App,
        form_only: false,
        ..read(
            "apps.connections.open",
            "connections:write",
            &[],
            open_connection,
        )
    },
    read("team.info", "team:read", &["team", "domain"], |_, _, _| {
        Ok(json!({"team": {"id": TEAM, "name": "Sickbay", "domain": "sickbay"}}))
    }),
    read("bots.info", "users:read", &["bot", "team_id"], |_, _, _| {
        Ok(
            json!({"bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": "sickbay",
            "deleted": false, "updated": 1_700_000_000}}),
        )
    }),
    read(
        "conversations.info",
        "",
        &["channel", "include_locale", "include_num_members"],
        |state, args, _| Ok(json!({"channel": channel_json(seen(state, args, "read")?)})),
    ),
    read(
        "conversations.members",
        "",
        &["channel", "cursor", "limit"],
        |state, args, _| {
            let channel = seen(state, args, "read")?;
            let members: Vec<Value> = channel.members.iter().map(|m| json!(m)).collect();
            page(members, args, 100, "members")
        },
    ),
    read(
        "conversations.list",
        "",
        &["cursor", "limit", "exclude_archived", "types", "team_id"],
        list_channels,
    ),
    read(
        "users.conversations",
        "",
        &[
            "cursor",
            "limit",
            "exclude_archived",
            "types",
            "user",
            "team_id",
        ],
        list_channels,
    ),
    read(
        "conversations.history",
        "",
        &[
            "channel",
            "cursor",
            "latest",
            "limit",
            "oldest",
            "inclusive",
            "include_all_metadata",
        ],
        |state, args, _| {
            let channel = in_it(state, args)?;
            let shown: Vec<&Message> = state
                .in_channel(&channel)
                .filter(|m| m.only_for.is_none() && (m.thread.is_none() || m.broadcast))
                .filter(|m| in_range(m, args))
                .collect();
            let newest_first = shown.iter().rev().map(|m| state.shown(m)).collect();
            page(newest_first, args, 100, "messages")
        },
    ),
    read(
        "conversations.replies",
        "",
        &[
            "channel",
            "ts",
            "cursor",
            "latest",
            "limit",
            "oldest",
            "inclusive",
            "include_all_metadata",
        ],
        |state, args, _| {
            let channel = in_it(state, args)?;
            let parent = args.need("ts")?;
            state.message(&channel, parent).ok_or("thread_not_found")?;
            let shown = state
                .in_thread(&channel, parent)
                .filter(|m| m.only_for.is_none())
                .filter(|m| m.ts == parent || in_range(m, args))
                .map(|m| state.shown(m))
                .collect();
            page(shown, args, 1000, "messages")
        },
    ),
    Method {
        form_only: false,
        ..read(
            "conversations.open",
            "im:write",
            &["channel", "users", "return_im", "prevent_creation"],
            |state, args, _| {
                let users = args.names("users");
                let [user] = users.as_slice() else {
                    return Err(No::new(
                        "too_many_users",
                        "this fake opens direct messages only",
                    ));
                };
                state.people.get(user).ok_or("user_not_found")?;
                Ok(json!({"channel": {"id": state.direct(user)}}))
            },
        )
    },
    Method {
        form_only: false,
        ..read(
            "conversations.join",
            "channels:join",
            &["channel"],
            |state, args, _| {
                let channel = args.need("channel")?;
                let found = state.channels.get_mut(channel).ok_or("channel_not_found")?;
                if found.kind != ChannelKind::Public {
                    return Err("method_not_supported_for_channel_type".into());
                }
                found.members.insert(BOT_USER.to_owned());
                Ok(json!({"channel": channel_json(found)}))
            },
        )
    },
    read(
        "users.info",
        "users:read",
        &["user", "include_locale"],
        |state, args, _| {
            let found = state
                .people
                .get(args.need("user")?)
                .ok_or("user_not_found")?;
            Ok(json!({"user": person_json(found, args.flag("include_locale"))}))
        },
    ),
    read("users.list", "users:read", PAGED, |state, args, _| {
        let all = state.people.values();
        let all = all.map(|p| person_json(p, args.flag("include_locale")));
        page(all.collect(), args, 1000, "members")
    }),
    read(
        "usergroups.list",
        "usergroups:read",
        &[
            "include_count",
            "include_disabled",
            "include_users",
            "team_id",
        ],
        |state, args, _| {
            let groups = state.groups.values();
            let groups: Vec<Value> = groups
                .map(|group| group_json(group, args.flag("include_users")))
                .collect();
            Ok(json!({"usergroups": groups}))
        },
    ),
    read(
        "usergroups.users.list",
        "usergroups:read",
        &["usergroup", "include_disabled", "team_id"],
        |state, args, _| {
            let group = state.groups.get(args.need("usergroup")?);
            let group = group.ok_or("no_such_subteam")?;
            Ok(json!({"users": group.users}))
        },
    ),
];

fn open_connection(state: &mut State, _args: &Args, inner: &Inner) -> Answer {
    if state.sockets >= 10 {
        return Err("too_many_websockets".into());
    }
    let ticket = format!("ticket-{}", state.number());
    state.tickets.insert(ticket.clone(), false);
    Ok(json!({"url": inner.socket_url(&ticket)}))
}

/// A channel that the bot may know of, by its scopes and its membership.
fn seen<'a>(state: &'a State, args: &Args, right: &str) -> Result<&'a Channel, No> {
    let channel = state.channels.get(args.need("channel")?);
    let channel = channel.ok_or("channel_not_found")?;
    need_scope(state, &format!("{}:{right}", channel.kind.scope()))?;
    if channel.kind != ChannelKind::Public && !channel.members.contains(BOT_USER) {
        return Err("channel_not_found".into());
    }
    Ok(channel)
}

/// A channel whose messages the bot may read.
fn in_it(state: &State, args: &Args) -> Result<String, No> {
    let channel = seen(state, args, "history")?;
    if !channel.members.contains(BOT_USER) {
        return Err("not_in_channel".into());
    }
    Ok(channel.id.clone())
}

fn in_range(message: &Message, args: &Args) -> bool {
    let (oldest, latest) = (args.text("oldest"), args.text("latest"));
    let inclusive = args.flag("inclusive");
    let ts = message.ts.as_str();
    let after = oldest.is_empty() || ts > oldest || (inclusive && ts == oldest);
    let before = latest.is_empty() || ts < latest || (inclusive && ts == latest);
    after && before
}

fn list_channels(state: &mut State, args: &Args, _inner: &Inner) -> Answer {
    let types = match args.names("types") {
        none if none.is_empty() => vec!["public_channel".to_owned()],
        some => some,
    };
    let mut kinds = Vec::new();
    for name in &types {
        let kind = match name.as_str() {
            "public_channel" => ChannelKind::Public,
            "private_channel" => ChannelKind::Private,
            "im" => ChannelKind::Direct,
            "mpim" => continue,
            other => return Err(No::new("invalid_types", other)),
        };
        need_scope(state, &format!("{}:read", kind.scope()))?;
        kinds.push(kind);
    }
    let shown = state
        .channels
        .values()
        .filter(|c| kinds.contains(&c.kind))
        .filter(|c| c.kind == ChannelKind::Public || c.members.contains(BOT_USER))
        .filter(|c| !(c.archived && args.flag("exclude_archived")))
        .map(channel_json)
        .collect();
    page(shown, args, 100, "channels")
}

/// One page, and where the next begins.
fn page(all: Vec<Value>, args: &Args, usual: usize, name: &str) -> Answer {
    let limit = args.number("limit").filter(|limit| *limit > 0);
    let limit = limit.unwrap_or(usual);
    if limit > 1000 {
        return Err(No::new("invalid_limit", "at most 1000"));
    }
    let start = match args.text("cursor") {
        "" => 0,
        cursor => cursor
            .strip_prefix("from:")
            .and_then(|n| n.parse().ok())
            .ok_or("invalid_cursor")?,
    };
    let total = all.len();
    let shown: Vec<Value> = all.into_iter().skip(start).take(limit).collect();
    let end = start + shown.len();
    let next = if end < total {
        format!("from:{end}")
    } else {
        String::new()
    };
    let mut answer = json!({"has_more": end < total, "response_metadata": {"next_cursor": next}});
    answer[name] = json!(shown);
    Ok(answer)
}

pub(crate) fn channel_json(channel: &Channel) -> Value {
    json!({
        "id": channel.id, "name": channel.id.to_lowercase(), "created": 1_700_000_000,
        "creator": BOT_USER, "is_channel": channel.kind == ChannelKind::Public,
        "is_group": channel.kind == ChannelKind::Private,
        "is_im": channel.kind == ChannelKind::Direct,
        "is_private": channel.kind != ChannelKind::Public, "is_archived": channel.archived,
        "is_member": channel.members.contains(BOT_USER), "is_general": false, "is_shared": false,
        "is_mpim": false, "num_members": channel.members.len(),
    })
}

fn person_json(person: &Person, with_locale: bool) -> Value {
    let mut json = json!({
        "id": person.id, "team_id": TEAM, "name": person.name, "real_name": person.name,
        "deleted": person.deleted, "is_bot": person.id == BOT_USER, "is_admin": false,
        "is_app_user": false, "tz": "Etc/UTC", "tz_offset": 0, "updated": 1_700_000_000,
        "profile": {"display_name": person.name, "real_name": person.name},
    });
    if with_locale {
        json["locale"] = json!(person.locale);
    }
    json
}

fn group_json(group: &UserGroup, with_users: bool) -> Value {
    let mut json = json!({
        "id": group.id, "team_id": TEAM, "is_usergroup": true, "is_subteam": true,
        "name": group.handle, "handle": group.handle, "description": "", "is_external": false,
        "date_create": 1_700_000_000, "date_update": 1_700_000_000, "date_delete": 0,
        "created_by": BOT_USER, "updated_by": BOT_USER, "user_count": group.users.len(),
        "prefs": {"channels": [], "groups": []},
    });
    if with_users {
        json["users"] = json!(group.users);
    }
    json
}
