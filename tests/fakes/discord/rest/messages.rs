//! What a message is made of, checked, whichever way it is sent.

use serde_json::Value;

use super::{No, no};
use crate::fakes::discord::limits::{self, Wrong};
use crate::fakes::discord::message::{File, Message, pings};
use crate::fakes::discord::parts::Body;
use crate::fakes::discord::state::{BOT_USER, ChannelKind, State};

/// A discord server without boosts takes 10 MiB a file, and 25 MiB a request.
const LARGEST_FILE: usize = 10 * 1024 * 1024;

/// A message of the bot made from a body, over what was there before when it is an edit.
pub(super) fn draft(state: &mut State, body: &Body, before: Message) -> Result<Message, No> {
    let mut wrong = Wrong::default();
    let names = body.names();
    limits::message(&body.json, &names, &mut wrong);
    wrong.refuse()?;
    let sizes = body.files.iter().map(|(_n, _name, content)| content.len());
    if sizes.clone().any(|size| size > LARGEST_FILE) || sizes.sum::<usize>() > 25 * 1024 * 1024 {
        return Err(no(413, 40005, "Request entity too large"));
    }
    let new = before.id == 0;
    let mut message = before;
    if new {
        message.id = state.next_id();
        message.author = BOT_USER.to_owned();
        message.by_bot = true;
    } else if !message.deferred {
        message.edits += 1;
    }
    message.deferred = false;
    let json = &body.json;
    if let Some(content) = json.get("content") {
        message.content = content.as_str().unwrap_or("").to_owned();
    }
    let list = |name: &str| {
        json.get(name)
            .map(|v| v.as_array().cloned().unwrap_or_default())
    };
    if let Some(embeds) = list("embeds") {
        message.embeds = embeds;
    }
    if let Some(components) = list("components") {
        message.components = components;
    }
    let described = list("attachments");
    if let Some(kept) = &described
        && !new
    {
        message.files.retain(|file| {
            let id = file.id.to_string();
            kept.iter().any(|kept| kept["id"] == id.as_str())
        });
    }
    for (number, name, content) in &body.files {
        let described = described.iter().flatten();
        let mut described = described.filter(|one| named(&one["id"], number));
        let description = described.next().and_then(|one| one["description"].as_str());
        message.files.push(File {
            id: state.next_id(),
            name: name.clone(),
            content: content.clone(),
            description: description.unwrap_or("").to_owned(),
        });
    }
    if let Some(reference) = json["message_reference"]["message_id"].as_str() {
        message.answers = Some(reference.to_owned());
    }
    let empty = message.content.is_empty()
        && message.embeds.is_empty()
        && message.components.is_empty()
        && message.files.is_empty();
    if empty {
        return Err(no(400, 50006, "Cannot send an empty message"));
    }
    if json.get("content").is_some() {
        message
            .pings
            .extend(pings(&message.content, &json["allowed_mentions"]));
    }
    Ok(message)
}

/// An id as number or as text.
fn named(id: &Value, number: &str) -> bool {
    id.as_str()
        .map_or(id.as_u64() == number.parse().ok(), |id| id == number)
}

/// A message as the platform returns it.
pub(crate) fn shown(state: &State, message: &Message) -> Value {
    let direct = state.channels[&message.channel].kind == ChannelKind::Direct;
    message.json(&state.people[&message.author], !direct)
}
