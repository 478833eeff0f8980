//! The blocks of a Slack message, each no larger than it may be.
//!
//! How much of a text is shown is counted in bytes of JSON. Slack documents characters for one text, and nothing for all blocks
//! of a message: it refuses them from some 11 300 on (slackapi/bolt-js issues 2509 and 2867), and a card that is refused is seen
//! by nobody.

use serde_json::{Value, json};

use crate::Locale;
use crate::event::Button;
use crate::text;

/// Of a section. Slack takes 3 000 characters.
pub(super) const SECTION: usize = 2_900;
/// Of small print; Slack takes 2 000 characters.
const SMALL: usize = 1_900;
/// Of one line of small print.
const NOTE: usize = 450;

/// As much of a text as is shown whole, to the end of a line where there is one, and the rest.
pub(super) fn split(text: &str, most: usize) -> (&str, &str) {
    let mut used = 0;
    let over = text.char_indices().find(|(_, c)| {
        used += weight(&text::shown(c.encode_utf8(&mut [0; 4])));
        used > most
    });
    let Some((end, _)) = over else {
        return (text, "");
    };
    let (part, _) = text.split_at(end);
    let end = part.rfind('\n').map_or(end, |line| line + 1);
    text.split_at(end)
}

/// The bytes that a text has as JSON, without its quotes.
pub(super) fn weight(text: &str) -> usize {
    text.chars().map(weight_of).sum()
}

fn weight_of(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        c if c.is_control() => 6,
        c => c.len_utf8(),
    }
}

/// A text as it may stand in a message, in at most so many bytes of JSON, with a sign where there were more; and whether it is
/// whole.
pub(super) fn fit(text: &str, most: usize) -> (String, bool) {
    const SIGN: &str = " […]";
    let mut shown = text::shown(text);
    // Slack refuses an empty text.
    if shown.trim().is_empty() {
        return ("–".to_owned(), true);
    }
    let room = most.saturating_sub(SIGN.len());
    let (mut used, mut keep) = (0, 0);
    for (at, c) in shown.char_indices() {
        used += weight_of(c);
        if used <= room {
            keep = at + c.len_utf8();
        } else if used > most {
            shown.truncate(keep);
            shown.push_str(SIGN);
            return (shown, false);
        }
    }
    (shown, true)
}

pub(super) fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": fit(text, most).0, "emoji": false })
}

pub(super) fn section(text: &str) -> Value {
    section_of(&fit(text, SECTION).0)
}

/// A section of a text that fits.
pub(super) fn section_of(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "plain_text", "text": text, "emoji": false } })
}

/// A line that is shown in full size, and is no longer than small print.
pub(super) fn note(text: &str) -> Value {
    section_of(&fit(text, NOTE).0)
}

pub(super) fn context(text: &str) -> Value {
    json!({ "type": "context", "elements": [plain(text, SMALL)] })
}

/// A line of small print.
pub(super) fn line(text: &str) -> Value {
    json!({ "type": "context", "elements": [plain(text, NOTE)] })
}

/// A text as it is written, and whether it is whole.
pub(super) fn preformatted(text: &str, most: usize) -> (Value, bool) {
    let (text, whole) = fit(text, most);
    let block = json!({ "type": "rich_text", "elements": [
        { "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": text }] }
    ] });
    (block, whole)
}

pub(super) fn actions(elements: &[Value]) -> Value {
    json!({ "type": "actions", "elements": elements })
}

pub(super) fn button(
    which: Button,
    about: &str,
    look: Option<(&str, Value)>,
    locale: Locale,
) -> Value {
    let mut button = json!({
        "type": "button",
        "action_id": which.word(),
        "text": plain(locale.button(which), 75),
        "value": about,
    });
    if let (Some((style, sure)), Some(map)) = (look, button.as_object_mut()) {
        map.insert("style".to_owned(), json!(style));
        map.insert("confirm".to_owned(), sure);
    }
    button
}

pub(super) fn confirm(title: &str, text: &str, yes: Button, locale: Locale) -> Value {
    json!({
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(locale.button(yes), 30),
        "deny": plain(locale.not_now(), 30),
    })
}
