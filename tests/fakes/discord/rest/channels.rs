//! Channels and threads, and the messages in them.

use serde_json::{Value, json};

use super::messages::{draft, shown};
use super::{Answer, Asked, No, no, unknown};
use crate::fakes::discord::Inner;
use crate::fakes::discord::limits::Wrong;
use crate::fakes::discord::message::Message;
use crate::fakes::discord::state::{BOT_USER, Channel, ChannelKind, State};

pub(super) fn answer(state: &mut State, inner: &Inner, asked: &Asked<'_>) -> Answer {
    let id = asked.path.get(1).copied().unwrap_or("");
    let channel = state
        .channels
        .get(id)
        .ok_or(unknown(10003, "Channel"))?
        .clone();
    if channel.hidden_from_bot {
        return Err(no(403, 50001, "Missing Access"));
    }
    match (asked.verb, &asked.path[2..]) {
        ("GET", []) => Ok((200, channel.json())),
        ("PATCH", []) => change_thread(state, asked, id),
        ("GET", ["messages"]) => list(state, asked, id),
        ("POST", ["messages"]) => {
            if channel.archived && channel.kind == ChannelKind::Thread {
                // Speaking in a thread that was put away brings it back, unless it is locked.
                state.channels.get_mut(id).unwrap().archived = false;
            }
            let nonce = asked.body.json["nonce"].as_str();
            if let Some(nonce) = nonce.filter(|_| asked.body.json["enforce_nonce"] == true) {
                let mut said = state.said();
                if let Some(same) = said.find(|one| one.nonce.as_deref() == Some(nonce)) {
                    return Ok((200, shown(state, same)));
                }
            }
            let mut message = draft(state, &asked.body, Message::default())?;
            message.channel = id.to_owned();
            message.nonce = nonce.map(str::to_owned);
            let answer = shown(state, &message);
            inner.echo(state, &message, "MESSAGE_CREATE");
            state.messages.insert(message.id, message);
            Ok((200, answer))
        }
        (verb, ["messages", message, rest @ ..]) => {
            let found = message
                .parse()
                .ok()
                .and_then(|id: u64| state.messages.get(&id));
            let found = found.filter(|found| found.channel == id && found.only_for.is_none());
            let found = found.ok_or(unknown(10008, "Message"))?.clone();
            on_message(state, inner, asked, verb, found, rest)
        }
        ("POST", ["threads"]) => make_thread(state, asked, id, None),
        ("POST", ["typing"]) => Ok((204, Value::Null)),
        ("PUT", ["thread-members", user]) => {
            let user = if *user == "@me" { BOT_USER } else { user };
            state.people.get(user).ok_or(unknown(10013, "User"))?;
            let thread = thread(state, id)?;
            thread.members.insert(user.to_owned());
            Ok((204, Value::Null))
        }
        ("DELETE", ["thread-members", user]) => {
            thread(state, id)?.members.remove(*user);
            Ok((204, Value::Null))
        }
        ("GET", ["thread-members"]) => {
            let members = thread(state, id)?.members.clone();
            let members: Vec<Value> = members
                .iter()
                .map(|user| json!({"id": id, "user_id": user, "join_timestamp": "2026-01-01T00:00:00Z", "flags": 0}))
                .collect();
            Ok((200, json!(members)))
        }
        _ => Err(no(
            404,
            0,
            "404: Not Found: this fake does not know this path",
        )),
    }
}

fn thread<'a>(state: &'a mut State, id: &str) -> Result<&'a mut Channel, No> {
    let found = state.channels.get_mut(id);
    let found = found.filter(|channel| channel.kind == ChannelKind::Thread);
    found.ok_or(no(400, 50024, "Cannot execute action on this channel type"))
}

fn on_message(
    state: &mut State,
    inner: &Inner,
    asked: &Asked<'_>,
    verb: &str,
    found: Message,
    rest: &[&str],
) -> Answer {
    match (verb, rest) {
        ("GET", []) => Ok((200, shown(state, &found))),
        ("PATCH", []) => {
            if state.channels[&found.channel].archived {
                return Err(no(400, 50083, "Thread is archived"));
            }
            if !found.by_bot {
                let words = "Cannot edit a message authored by another user";
                return Err(no(403, 50005, words));
            }
            let message = draft(state, &asked.body, found)?;
            let answer = shown(state, &message);
            inner.echo(state, &message, "MESSAGE_UPDATE");
            state.messages.insert(message.id, message);
            Ok((200, answer))
        }
        ("DELETE", []) => {
            if !found.by_bot {
                return Err(no(403, 50013, "Missing Permissions"));
            }
            state.messages.remove(&found.id);
            Ok((204, Value::Null))
        }
        ("POST", ["threads"]) => {
            let id = found.id.to_string();
            if state.channels.contains_key(&id) {
                let words = "A thread has already been created for this message";
                return Err(no(400, 160_004, words));
            }
            let channel = found.channel.clone();
            make_thread(state, asked, &channel, Some(id))
        }
        ("PUT", ["reactions", emoji, "@me"]) => {
            let message = state.messages.get_mut(&found.id).unwrap();
            let given = ((*emoji).to_owned(), BOT_USER.to_owned());
            if !message.reactions.contains(&given) {
                message.reactions.push(given);
            }
            Ok((204, Value::Null))
        }
        _ => Err(no(
            404,
            0,
            "404: Not Found: this fake does not know this path",
        )),
    }
}

fn make_thread(state: &mut State, asked: &Asked<'_>, parent: &str, id: Option<String>) -> Answer {
    let body = &asked.body.json;
    let mut wrong = Wrong::default();
    let name = body["name"].as_str().unwrap_or("").to_owned();
    if !(1..=100).contains(&name.chars().count()) {
        wrong.at("name", "Must be between 1 and 100 in length.");
    }
    let minutes = body["auto_archive_duration"].as_u64().unwrap_or(1440);
    if ![60, 1440, 4320, 10080].contains(&minutes) {
        wrong.at(
            "auto_archive_duration",
            "Value must be one of {60, 1440, 4320, 10080}.",
        );
    }
    let known = [
        "name",
        "auto_archive_duration",
        "rate_limit_per_user",
        "type",
        "invitable",
    ];
    for field in body
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _value)| name)
    {
        if !known.contains(&field.as_str()) {
            wrong.at(field, "unknown field");
        }
    }
    wrong.refuse()?;
    if state.channels[parent].kind != ChannelKind::Text {
        return Err(no(400, 50024, "Cannot execute action on this channel type"));
    }
    let id = id.unwrap_or_else(|| state.next_id().to_string());
    let thread = Channel {
        id: id.clone(),
        kind: ChannelKind::Thread,
        name,
        parent: parent.to_owned(),
        members: [BOT_USER.to_owned()].into(),
        archived: false,
        hidden_from_bot: false,
    };
    let answer = thread.json();
    state.channels.insert(id, thread);
    Ok((201, answer))
}

fn change_thread(state: &mut State, asked: &Asked<'_>, id: &str) -> Answer {
    let body = &asked.body.json;
    let thread = thread(state, id)?;
    for (name, value) in body.as_object().into_iter().flatten() {
        match (name.as_str(), value) {
            ("archived", Value::Bool(archived)) => thread.archived = *archived,
            ("name", Value::String(name)) if (1..=100).contains(&name.chars().count()) => {
                thread.name.clone_from(name);
            }
            ("locked" | "auto_archive_duration", _) => {}
            (name, value) => {
                let mut wrong = Wrong::default();
                wrong.at(name, format!("cannot be {value}"));
                wrong.refuse()?;
            }
        }
    }
    Ok((200, thread.json()))
}

fn list(state: &mut State, asked: &Asked<'_>, channel: &str) -> Answer {
    let number = |name: &str| asked.parameter(name).parse::<u64>().ok();
    let limit = number("limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        let mut wrong = Wrong::default();
        wrong.at("limit", "int value should be between 1 and 100.");
        wrong.refuse()?;
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    let (after, before) = (number("after"), number("before"));
    let fits = |message: &&Message| {
        message.only_for.is_none()
            && after.is_none_or(|after| message.id > after)
            && before.is_none_or(|before| message.id < before)
    };
    let found: Vec<&Message> = state.in_channel(channel).filter(fits).collect();
    let chosen: Vec<&Message> = match after {
        Some(_) => found.into_iter().take(limit).rev().collect(),
        None => found.into_iter().rev().take(limit).collect(),
    };
    let chosen: Vec<Value> = chosen.into_iter().map(|m| shown(state, m)).collect();
    Ok((200, json!(chosen)))
}
