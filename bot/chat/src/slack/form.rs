//! Slack's modals: opened within three seconds of a press or a command, and answered when the person is done. What is needed then
//! stands in the modal itself, so that it outlives a restart; only the hosts to choose from are kept here.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use slack_morphism::prelude::*;

use super::blocks::{plain, section};
use crate::Locale;
use crate::event::{Button, ChatEvent, Platform, What};
use crate::form::{Form, REASON, fitting};

/// How many forms have their hosts kept; whoever has an older one in front of them asks again.
const KEPT: usize = 256;
/// What Slack takes of choices, and of one of them.
const CHOICES: usize = 100;
const CHOICE: usize = 75;
/// What Slack takes of hosts that are chosen; more are named by a group.
const CHOSEN: usize = 40;
/// What Slack takes of a text that is typed.
const TYPED: usize = 3_000;

/// The names of the fields.
const HOSTS: &str = "hosts";
const SYMPTOM: &str = "symptom";
const WHY: &str = "why";

/// What a modal carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Carried {
    /// Which form it is, among those whose hosts are kept.
    form: String,
    place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    /// Where the person alone is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
    /// What the button was about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    about: String,
}

/// The hosts that people choose from just now, the newest form last.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<VecDeque<(String, Vec<String>)>>);

impl Kept {
    /// Keeps what is chosen from in a form.
    pub(super) fn keep(&self, form: &str, targets: &[String]) {
        if let Ok(mut kept) = self.0.lock() {
            if kept.len() >= KEPT {
                kept.pop_front();
            }
            kept.push_back((form.to_owned(), targets.to_vec()));
        }
    }

    /// What fits what somebody typed.
    fn fitting(&self, form: &str, typed: &str) -> Vec<String> {
        let Ok(kept) = self.0.lock() else {
            return Vec::new();
        };
        let targets = kept.iter().find(|(of, _)| of == form);
        let targets = targets.map_or(&[][..], |(_, targets)| targets);
        fitting(typed, targets.iter().map(String::as_str))
            .filter(|target| target.chars().count() <= CHOICE)
            .take(CHOICES)
            .map(str::to_owned)
            .collect()
    }
}

/// The modal of a form, for what was done.
pub(super) fn view(form: &Form, to: &ChatEvent, locale: Locale) -> Value {
    let carried = Carried {
        form: to.form.clone().unwrap_or_default(),
        place: to.place.clone(),
        thread: to.thread.clone(),
        reply: to.reply.clone(),
        about: match form {
            Form::Reject { about, .. } => about.clone(),
            Form::Diagnose { .. } => String::new(),
        },
    };
    let (verb, title, submit, blocks) = match form {
        Form::Diagnose { .. } => (
            "diagnose",
            locale.diagnose_form().to_owned(),
            locale.look_button(),
            vec![
                json!({
                    "type": "input", "block_id": HOSTS, "label": plain(locale.where_to_look(), 100),
                    "element": {
                        "type": "multi_external_select", "action_id": HOSTS, "min_query_length": 0,
                        "max_selected_items": CHOSEN,
                        "placeholder": plain(locale.type_a_host(), 100),
                    },
                }),
                json!({
                    "type": "input", "block_id": SYMPTOM, "optional": true,
                    "label": plain(locale.what_is_wrong(), 100),
                    "element": {
                        "type": "plain_text_input", "action_id": SYMPTOM, "max_length": TYPED,
                    },
                }),
            ],
        ),
        Form::Reject { about, title } => (
            Button::Reject.word(),
            locale.reject_form(about.split(' ').next().unwrap_or(about)),
            locale.button(Button::Reject),
            vec![
                section(title),
                json!({
                    "type": "input", "block_id": WHY, "optional": true,
                    "label": plain(locale.reject_why(), 100),
                    "hint": plain(locale.who_reads_why(), 150),
                    "element": {
                        "type": "plain_text_input", "action_id": WHY, "multiline": true,
                        "max_length": REASON,
                    },
                }),
            ],
        ),
    };
    json!({
        "type": "modal", "callback_id": verb,
        "title": plain(&title, 24), "submit": plain(submit, 24),
        "close": plain(locale.not_now(), 24),
        "private_metadata": serde_json::to_string(&carried).unwrap_or_default(),
        "blocks": blocks,
    })
}

fn carried(view: &SlackView) -> Option<(&str, Carried)> {
    let SlackView::Modal(view) = view else {
        return None;
    };
    let verb = view.callback_id.as_ref()?.0.as_str();
    let carried = serde_json::from_str(view.private_metadata.as_deref()?).ok()?;
    Some((verb, carried))
}

/// What somebody may choose who typed this into a form.
pub(super) fn suggested(
    kept: &Kept,
    event: &SlackInteractionBlockSuggestionEvent,
) -> SlackInteractionResponse {
    let carried = event.view.as_ref().and_then(carried);
    let targets = carried.map_or_else(Vec::new, |(_, carried)| {
        kept.fitting(&carried.form, &event.value)
    });
    let options = targets
        .into_iter()
        .map(|target| SlackBlockChoiceItem::new(target.clone().into(), target));
    SlackBlockSuggestionResponse::Options(SlackBlockSuggestionOptions::new(options.collect()))
        .into()
}

/// What somebody asks for who filled a form in.
pub(super) fn filled(event: &SlackInteractionViewSubmissionEvent) -> Option<ChatEvent> {
    let (verb, carried) = carried(&event.view.view)?;
    let values = event.view.state_params.state.as_ref();
    let value = |name: &str| {
        let block = values?.values.get(&SlackBlockId(name.to_owned()))?;
        block.get(&SlackActionId(name.to_owned()))
    };
    let typed = |name: &str| {
        let text = value(name).and_then(|value| value.value.clone());
        text.unwrap_or_default().trim().to_owned()
    };
    let what = if verb == Button::Reject.word() {
        What::Pressed {
            button: Button::Reject,
            about: carried.about,
            words: Some(typed(WHY)),
        }
    } else {
        let chosen = value(HOSTS).and_then(|value| value.selected_options.as_ref());
        let chosen = chosen.into_iter().flatten();
        let targets: Vec<&str> = chosen.map(|option| option.value.as_str()).collect();
        let (targets, symptom) = (targets.join(","), typed(SYMPTOM));
        What::Asked {
            text: format!("{verb} {targets} {symptom}"),
        }
    };
    Some(ChatEvent {
        key: format!("slack:form:{}", event.view.state_params.id),
        platform: Platform::Slack,
        user: event.user.id.to_string(),
        place: carried.place,
        thread: carried.thread,
        locale: None,
        roles: None,
        reply: carried.reply,
        form: None,
        what,
    })
}
