//! The question whether one means it, before a fix is run or undone: on a phone a finger slips. Slack asks by itself; here
//! it is a message that only the person sees, and all that is known of it is in its buttons, so it outlives a restart.

use serde_json::{Value, json};

use super::FOR_ONE;
use super::layout::row;
use crate::Locale;
use crate::event::Button;

/// What a sure button's id begins with.
pub(super) const SURE: &str = "sure-";
/// The id of the button that does nothing.
pub(super) const NOT_NOW: &str = "not-now";

/// Whether a button is asked about.
pub(super) fn is_asked(button: Button) -> bool {
    match button {
        Button::Approve | Button::Undo => true,
        Button::DryRun | Button::Reject | Button::Details | Button::Evidence | Button::Account => {
            false
        }
    }
}

/// The question. What the card said of itself, as it was pressed, is quoted: its text and the titles of its embeds.
pub(super) fn sure(
    button: Button,
    about: &str,
    text: &str,
    embeds: &[&str],
    locale: Locale,
) -> Value {
    let (question, yes, style) = match button {
        Button::Undo => (locale.undo_this(), Button::Undo, 4),
        Button::Approve
        | Button::DryRun
        | Button::Reject
        | Button::Details
        | Button::Evidence
        | Button::Account => (locale.run_this(), Button::Approve, 3),
    };
    // What stands on the card was made harmless when the card was made.
    let mut quoted = vec![format!("> {}", text.lines().next().unwrap_or(""))];
    quoted.extend(embeds.iter().map(|title| format!("> {title}")));
    let buttons = [
        json!({ "type": 2, "style": style, "label": locale.button(yes), "custom_id": format!("{SURE}{}:{about}", button.word()) }),
        json!({ "type": 2, "style": 2, "label": locale.not_now(), "custom_id": NOT_NOW }),
    ];
    json!({
        "content": format!("{question}\n{}", quoted.join("\n")),
        "components": [row(&buttons)],
        "allowed_mentions": { "parse": [] },
        "flags": FOR_ONE,
    })
}

/// What the question becomes once it is answered.
pub(super) fn answered(text: &str) -> Value {
    json!({
        "content": text,
        "components": [],
        "allowed_mentions": { "parse": [] },
    })
}
