//! `response_url`: five posts in half an hour, to the channel of one click, and the only way to change a message that one person sees.

use serde_json::{Map, Value, json};
use std::time::Instant;

use super::Inner;
use super::api::{Args, No};
use super::methods::{Draft, post};
use super::state::{Call, ResponseUrl, State};
use crate::fakes::door::{Heard, Said};
use crate::fakes::trouble::Trouble;

const KNOWN: [&str; 13] = [
    "text",
    "blocks",
    "attachments",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "mrkdwn",
    "unfurl_links",
    "unfurl_media",
    "metadata",
    "link_names",
    "parse",
];

/// Answers one post.
pub(super) async fn answer(inner: &Inner, id: &str, heard: &Heard) -> Said {
    let args: Map<String, Value> = serde_json::from_slice(&heard.body).unwrap_or_default();
    let trouble = inner.change(|state| state.orders.meet("response_url"));
    match trouble {
        Some(Trouble::RateLimited(seconds)) => {
            return Said::body(429, "text/plain", "rate_limited").with("retry-after", seconds);
        }
        Some(Trouble::Hang) => std::future::pending().await,
        Some(Trouble::Slow(delay)) => tokio::time::sleep(delay).await,
        Some(Trouble::Status(status)) => return Said::empty(status),
        None | Some(Trouble::AnswerLost) => {}
    }
    let args = Args(args);
    let result = inner.change(|state| {
        let result = respond(state, id, &args);
        state.calls.push(Call {
            method: "response_url".to_owned(),
            at: Instant::now(),
            args: args.0.clone(),
            outcome: result.as_ref().err().map_or("ok", |no| &no.code).to_owned(),
        });
        if let Err(no) = &result {
            let body = String::from_utf8_lossy(&heard.body);
            state.refuse("response_url", &no.code, &no.detail, &body);
        }
        result
    });
    match (result, trouble) {
        (_, Some(Trouble::AnswerLost)) => Said::hang_up(),
        (Ok(()), _) => Said::body(200, "text/plain", "ok"),
        (Err(no), _) => Said::json(404, &json!({"ok": false, "error": no.code})),
    }
}

fn respond(state: &mut State, id: &str, args: &Args) -> Result<(), No> {
    let place = state.response_urls.get_mut(id).ok_or("invalid_url")?;
    if place.expired {
        return Err("expired_url".into());
    }
    if place.used >= 5 {
        return Err("used_url".into());
    }
    place.used += 1;
    let place = place.clone();
    take(state, &place, args)
}

/// Does what a body asks for, as an answer to a click or a command.
pub(super) fn take(state: &mut State, place: &ResponseUrl, args: &Args) -> Result<(), No> {
    for name in args.0.keys() {
        if !KNOWN.contains(&name.as_str()) {
            let detail = format!("unknown field {name:?}");
            return Err(No::new("invalid_payload", detail));
        }
    }
    let original = place
        .original
        .as_ref()
        .and_then(|ts| state.message(&place.channel, ts).cloned());
    if args.flag("delete_original") {
        let original = original.ok_or("no_original")?;
        state.forget(&original);
        return Ok(());
    }
    let draft = Draft::read(state, args, 40_000)?;
    if args.flag("replace_original") {
        let mut original = original.ok_or("no_original")?;
        original.change(draft, args);
        state.keep(&original);
        return Ok(());
    }
    let thread = Some(args.text("thread_ts").to_owned()).filter(|ts| !ts.is_empty());
    let mut message = post(
        state,
        &place.channel,
        thread.or_else(|| place.thread.clone()),
        draft,
    );
    match args.text("response_type") {
        "in_channel" => {}
        "" | "ephemeral" => message.only_for = Some(place.user.clone()),
        other => {
            return Err(No::new(
                "invalid_payload",
                format!("response_type {other:?}"),
            ));
        }
    }
    state.keep(&message);
    Ok(())
}
