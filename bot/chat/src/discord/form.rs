//! The form that a press on Reject puts before a person: Discord takes it as the answer to the press. It is of the older kind, since
//! the client library loses what people fill into the newer one.

use serde_json::{Value, json};
use serenity::all::{ActionRowComponent, ModalInteractionData};

use super::layout::row;
use super::text::plain;
use crate::Locale;
use crate::event::{Button, What};
use crate::form::REASON;

/// The name of the field.
const WHY: &str = "why";

/// The form, for what the button was about.
pub(super) fn reject(about: &str, locale: Locale) -> Value {
    let id = about.split(' ').next().unwrap_or(about);
    json!({
        "custom_id": format!("{}:{about}", Button::Reject.word()),
        "title": plain(&locale.reject_form(id), 45),
        "components": [row(&[json!({
            "type": 4, "custom_id": WHY, "style": 2, "required": false, "max_length": REASON,
            "label": plain(locale.reject_why(), 45),
            "placeholder": locale.who_reads_why(),
        })])],
    })
}

/// What somebody asks for who filled the form in.
pub(super) fn filled(data: &ModalInteractionData) -> Option<What> {
    let (word, about) = data.custom_id.split_once(':')?;
    let button = Button::of(word)?;
    let fields = data.components.iter().flat_map(|row| &row.components);
    let typed = fields.filter_map(|field| match field {
        ActionRowComponent::InputText(text) if text.custom_id == WHY => text.value.clone(),
        ActionRowComponent::InputText(_)
        | ActionRowComponent::Button(_)
        | ActionRowComponent::SelectMenu(_)
        | _ => None,
    });
    let words: String = typed.collect();
    Some(What::Pressed {
        button,
        about: about.to_owned(),
        words: Some(words.trim().to_owned()),
    })
}
