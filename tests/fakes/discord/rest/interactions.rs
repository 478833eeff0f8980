//! Answers to what people do: the first within three seconds, the others for fifteen minutes.

use std::time::Duration;

use serde_json::{Value, json};

use super::messages::{draft, shown};
use super::{Answer, Asked, No, no, unknown};
use crate::fakes::discord::Inner;
use crate::fakes::discord::limits::{self, Wrong};
use crate::fakes::discord::message::Message;
use crate::fakes::discord::parts::Body;
use crate::fakes::discord::state::{APP, BOT_USER, State};

pub(super) fn answer(state: &mut State, inner: &Inner, asked: &Asked<'_>) -> Answer {
    match (asked.verb, asked.path.as_slice()) {
        ("POST", ["interactions", id, token, "callback"]) => {
            let found = state.interactions.get(*id);
            if found.is_none_or(|found| found.token != *token) {
                return Err(unknown(10062, "interaction"));
            }
            respond(state, id, &asked.body)?;
            Ok((204, Value::Null))
        }
        (verb, ["webhooks", APP, token, rest @ ..]) => {
            let found = state
                .interactions
                .values()
                .find(|found| found.token == *token);
            let id = found.ok_or(unknown(10015, "Webhook"))?.id.clone();
            webhook(state, inner, asked, verb, &id, rest)
        }
        _ => Err(no(
            404,
            0,
            "404: Not Found: this fake does not know this path",
        )),
    }
}

/// Takes the first response to an interaction: by the callback, or as the body of the HTTP answer.
pub(crate) fn respond(state: &mut State, id: &str, body: &Body) -> Result<(), No> {
    let found = state
        .interactions
        .get(id)
        .ok_or(unknown(10062, "interaction"))?
        .clone();
    if found.response != 0 {
        let words = "Interaction has already been acknowledged.";
        return Err(no(400, 40060, words));
    }
    let delay = found.at.elapsed();
    if delay > state.window() || found.expired {
        return Err(unknown(10062, "interaction"));
    }
    let kind = body.json["type"].as_u64().unwrap_or(0);
    let data = body.json["data"].clone();
    let mut wrong = Wrong::default();
    let fits: &[u64] = match found.kind {
        2 => &[4, 5, 9],
        3 => &[4, 5, 6, 7, 9],
        4 => &[8],
        _ if found.source.is_some() => &[4, 5, 6, 7],
        _ => &[4, 5],
    };
    if !fits.contains(&kind) {
        wrong.at(
            "type",
            format!(
                "{kind} does not answer an interaction of type {}",
                found.kind
            ),
        );
    }
    for name in body
        .json
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _v)| name)
    {
        if !["type", "data"].contains(&name.as_str()) {
            wrong.at(name, "unknown field");
        }
    }
    match kind {
        8 => limits::choices(&data, &mut wrong),
        9 => limits::modal(&data, &mut wrong),
        5 => {
            let fields = data.as_object().into_iter().flatten();
            let flags = data["flags"].as_u64().unwrap_or(0);
            let sent =
                |value: &Value| !value.is_null() && *value != json!([]) && *value != json!({});
            for (name, value) in fields {
                if name != "flags" && sent(value) && *value != json!(false) {
                    wrong.at(name, "a deferred response carries flags only");
                }
            }
            if flags & !64 != 0 {
                wrong.at("flags", "a deferred response may only be ephemeral");
            }
        }
        _ => {}
    }
    wrong.refuse()?;
    let hidden = data["flags"].as_u64().unwrap_or(0) & 64 != 0;
    let content = Body {
        json: data.clone(),
        files: body.files.clone(),
    };
    let original = match kind {
        4 => {
            let mut message = draft(state, &content, Message::default())?;
            message.channel.clone_from(&found.channel);
            message.only_for = hidden.then(|| found.user.clone());
            Some(message)
        }
        5 => Some(Message {
            id: state.next_id(),
            channel: found.channel.clone(),
            author: BOT_USER.to_owned(),
            by_bot: true,
            deferred: true,
            only_for: hidden.then(|| found.user.clone()),
            ..Message::default()
        }),
        7 => {
            let source = found.source.and_then(|source| state.messages.get(&source));
            let source = source.cloned().ok_or(unknown(10008, "Message"))?;
            Some(draft(state, &content, source)?)
        }
        _ => None,
    };
    if kind == 9 {
        let mut modal = data.clone();
        modal["from"] = json!(id);
        state.modals.insert(found.user, modal);
    }
    let original = original.map(|message| {
        let id = message.id;
        state.messages.insert(id, message);
        id
    });
    let found = state.interactions.get_mut(id).unwrap();
    found.original = match kind {
        6 => found.source,
        _ => original,
    };
    found.response = kind;
    found.delay = Some(delay);
    found.data = data;
    Ok(())
}

fn webhook(
    state: &mut State,
    inner: &Inner,
    asked: &Asked<'_>,
    verb: &str,
    id: &str,
    rest: &[&str],
) -> Answer {
    let found = state.interactions[id].clone();
    let old = found.at.elapsed() > Duration::from_mins(15);
    if found.expired || old {
        return Err(no(401, 50027, "Invalid Webhook Token"));
    }
    if found.response == 0 {
        return Err(unknown(10015, "Webhook"));
    }
    let original = found
        .original
        .and_then(|id| state.messages.get(&id))
        .cloned();
    match (verb, rest) {
        ("POST", []) => {
            // The first follow-up to a promise keeps the promise.
            let promised = original.filter(|message| message.deferred);
            let hidden = asked.body.json["flags"].as_u64().unwrap_or(0) & 64 != 0;
            let kept = promised.is_some();
            let mut message = draft(state, &asked.body, promised.unwrap_or_default())?;
            message.channel.clone_from(&found.channel);
            if !kept {
                message.only_for = hidden.then(|| found.user.clone());
            }
            Ok((200, keep(state, inner, message)))
        }
        (_, ["messages", which]) => {
            let message = match *which {
                "@original" => original,
                id => id
                    .parse()
                    .ok()
                    .and_then(|id: u64| state.messages.get(&id))
                    .cloned(),
            };
            let message = message.filter(|message| message.by_bot);
            let message = message.ok_or(unknown(10008, "Message"))?;
            match verb {
                "GET" => Ok((200, shown(state, &message))),
                "PATCH" => {
                    let message = draft(state, &asked.body, message)?;
                    Ok((200, keep(state, inner, message)))
                }
                "DELETE" => {
                    state.messages.remove(&message.id);
                    Ok((204, Value::Null))
                }
                _ => Err(no(405, 0, "405: Method Not Allowed")),
            }
        }
        _ => Err(no(
            404,
            0,
            "404: Not Found: this fake does not know this path",
        )),
    }
}

fn keep(state: &mut State, inner: &Inner, message: Message) -> Value {
    let answer = shown(state, &message);
    if message.only_for.is_none() {
        inner.echo(state, &message, "MESSAGE_UPDATE");
    }
    state.messages.insert(message.id, message);
    answer
}
