//! What people do in the workspace. They can only press what they see, and speak where they are.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::{Args, No};
use super::deliver::now;
use super::message::Message;
use super::methods::accept_view;
use super::respond::take;
use super::state::{APP, Ack, BOT_USER, ChannelKind, OpenView, ResponseUrl, State, TEAM};
use super::{Inner, Slack, blocks};

/// What became of something that a person did: the acknowledgement, which it also is.
pub type Answered = Ack;

impl Slack {
    /// Types a slash command: `slash("U1", "C1", "/diagnose", "web1 the site is down")`.
    pub async fn slash(&self, user: &str, channel: &str, command: &str, text: &str) -> Answered {
        let (payload, place) = self.change(|state| {
            let person = state.people[user].clone();
            let found = state.present(user, channel).clone();
            let place = place(channel, user, None, None);
            let payload = json!({
                "token": "deprecated", "team_id": TEAM, "team_domain": "sickbay",
                "channel_id": channel, "channel_name": found.name(), "user_id": user,
                "user_name": person.name, "command": command, "text": text, "api_app_id": APP,
                "is_enterprise_install": "false", "response_url": self.inner.respond_to(state, &place),
                "trigger_id": state.next_trigger(user),
            });
            (payload, place)
        });
        let ack = Arc::clone(&self.inner)
            .deliver(Inner::command(payload))
            .await;
        self.answer_in_channel(&ack, &place);
        ack
    }

    /// What the acknowledgement of a command carries is a message.
    fn answer_in_channel(&self, ack: &Ack, place: &ResponseUrl) {
        let args = Args(ack.payload.as_object().cloned().unwrap_or_default());
        if !args.has("text") && !args.has("blocks") && !args.has("attachments") {
            return;
        }
        self.change(|state| {
            if let Err(No { code, detail, .. }) = take(state, place, &args) {
                state.refuse("command response", &code, &detail, &ack.payload.to_string());
            }
        });
    }

    /// Presses what is labelled or named so on a message as this person saw it, which may be an old state of it.
    pub async fn press(&self, user: &str, message: &Message, name: &str) -> Answered {
        let button = message.button(name);
        let button = button.unwrap_or_else(|| {
            let seen: Vec<String> = message.buttons().into_iter().map(|b| b.label).collect();
            panic!(
                "no button {name:?} on {:?}; there are {seen:?}",
                message.words()
            )
        });
        let mut action = json!({
            "type": button.element["type"], "action_id": button.action_id,
            "block_id": button.block_id, "text": button.element["text"],
        });
        if let Some(value) = &button.value {
            action["value"] = json!(value);
        }
        self.act(user, message, action).await
    }

    /// Chooses an option, by its value, of a select on a message.
    pub async fn choose(&self, user: &str, message: &Message, name: &str, value: &str) -> Answered {
        let select = message.button(name);
        let select = select.unwrap_or_else(|| panic!("no select {name:?} on {message:?}"));
        let options = select.element["options"].as_array().into_iter().flatten();
        let option = options.clone().find(|option| option["value"] == value);
        let option =
            option.unwrap_or_else(|| panic!("no option {value:?} in {:?}", select.element));
        let action = json!({
            "type": select.element["type"], "action_id": select.action_id,
            "block_id": select.block_id, "selected_option": option,
        });
        self.act(user, message, action).await
    }

    async fn act(&self, user: &str, message: &Message, mut action: Value) -> Answered {
        let payload = self.change(|state| {
            let person = state.people[user].clone();
            let channel = state.present(user, &message.channel).clone();
            if let Some(only) = &message.only_for {
                assert_eq!(only, user, "{user} does not see this message");
            }
            action["action_ts"] = json!(state.next_ts());
            let original = Some(message.ts.clone());
            let place = place(&message.channel, user, original, message.thread.clone());
            let mut container = json!({
                "type": "message", "message_ts": message.ts, "channel_id": message.channel,
                "is_ephemeral": message.only_for.is_some(),
            });
            if let Some(thread) = &message.thread {
                container["thread_ts"] = json!(thread);
            }
            json!({
                "type": "block_actions", "team": {"id": TEAM, "domain": "sickbay"},
                "user": {"id": user, "username": person.name, "name": person.name, "team_id": TEAM},
                "api_app_id": APP, "token": "deprecated", "container": container,
                "trigger_id": state.next_trigger(user),
                "channel": {"id": message.channel, "name": channel.name()},
                "message": state.shown_or(message), "state": {"values": {}},
                "response_url": self.inner.respond_to(state, &place), "actions": [action],
                "enterprise": null, "is_enterprise_install": false,
            })
        });
        let sent = Inner::interaction(payload, false);
        Arc::clone(&self.inner).deliver(sent).await
    }

    /// Asks for suggestions while typing into an external select.
    pub async fn suggest(
        &self,
        user: &str,
        message: &Message,
        name: &str,
        typed: &str,
    ) -> Answered {
        let select = message.button(name);
        let select = select.unwrap_or_else(|| panic!("no select {name:?} on {message:?}"));
        let at = self.change(|state| {
            json!({
                "action_id": select.action_id, "block_id": select.block_id,
                "container": {"type": "message", "message_ts": message.ts, "channel_id": message.channel},
                "channel": {"id": message.channel, "name": message.channel.to_lowercase()},
                "message": state.shown_or(message),
            })
        });
        self.suggestions(user, typed, at).await
    }

    /// The same in a modal; `name` is the action id of the select.
    pub async fn suggest_in(
        &self,
        user: &str,
        view: &OpenView,
        name: &str,
        typed: &str,
    ) -> Answered {
        let mut blocks = view.body["blocks"].as_array().into_iter().flatten();
        let block = blocks.find(|block| block["element"]["action_id"] == name);
        let block = block.unwrap_or_else(|| panic!("no select {name:?} in {}", view.body));
        let at = json!({
            "action_id": name, "block_id": block["block_id"],
            "container": {"type": "view", "view_id": view.id}, "view": view.json(Value::Null),
        });
        self.suggestions(user, typed, at).await
    }

    async fn suggestions(&self, user: &str, typed: &str, mut payload: Value) -> Answered {
        let name = self.look(|state| state.people[user].name.clone());
        payload["type"] = json!("block_suggestion");
        payload["team"] = json!({"id": TEAM, "domain": "sickbay"});
        payload["user"] = json!({"id": user, "name": name});
        payload["api_app_id"] = json!(APP);
        payload["value"] = json!(typed);
        let sent = Inner::interaction(payload, true);
        let ack = Arc::clone(&self.inner).deliver(sent).await;
        let options = ack.payload["options"].as_array().cloned();
        let checked = blocks::check_options(&options.unwrap_or_default());
        if let Err(why) = checked {
            let body = ack.payload.to_string();
            self.change(|state| state.refuse("suggestions", "invalid_options", &why, &body));
        }
        ack
    }

    /// Fills in a modal and submits it: `values` are (action id, what was typed or the value chosen), several where several may be chosen.
    pub async fn submit(&self, user: &str, view: &OpenView, values: &[(&str, &str)]) -> Answered {
        let mut filled = json!({});
        for block in view.body["blocks"].as_array().into_iter().flatten() {
            let element = &block["element"];
            let (Some(block_id), Some(action)) =
                (block["block_id"].as_str(), element["action_id"].as_str())
            else {
                continue;
            };
            let given = values.iter().filter(|(name, _value)| *name == action);
            let given: Vec<&str> = given.map(|(_name, value)| *value).collect();
            filled[block_id][action] = typed(element, &given);
        }
        for (name, _value) in values {
            let there = filled.to_string().contains(&format!("\"{name}\":"));
            assert!(there, "no field {name:?} in {}", view.body);
        }
        let payload = self.view_payload(user, view, "view_submission", filled);
        let sent = Inner::interaction(payload, true);
        let ack = Arc::clone(&self.inner).deliver(sent).await;
        self.change(|state| after_submission(state, user, view, &ack));
        ack
    }

    /// Closes a modal without submitting it.
    pub async fn close(&self, user: &str, view: &OpenView) -> Option<Answered> {
        self.change(|state| state.views.remove(&view.id));
        if view.body["notify_on_close"] != true {
            return None;
        }
        let payload = self.view_payload(user, view, "view_closed", Value::Null);
        let sent = Inner::interaction(payload, false);
        Some(Arc::clone(&self.inner).deliver(sent).await)
    }

    fn view_payload(&self, user: &str, view: &OpenView, kind: &str, values: Value) -> Value {
        self.change(|state| {
            json!({
                "type": kind, "team": {"id": TEAM, "domain": "sickbay"},
                "user": {"id": user, "username": state.people[user].name,
                    "name": state.people[user].name, "team_id": TEAM},
                "api_app_id": APP, "token": "deprecated", "view": view.json(values),
                "trigger_id": state.next_trigger(user), "response_urls": [],
            })
        })
    }

    /// The modal that a person has in front of them.
    #[must_use]
    pub fn modal(&self, user: &str) -> Option<OpenView> {
        self.look(|state| {
            let mut views = state.views.values().rev();
            views
                .find(|view| view.user == user && view.body["type"] == "modal")
                .cloned()
        })
    }

    /// Uses a shortcut on a message.
    pub async fn message_shortcut(&self, user: &str, message: &Message, id: &str) -> Answered {
        let payload = self.change(|state| {
            let place = place(&message.channel, user, Some(message.ts.clone()), None);
            json!({
                "type": "message_action", "callback_id": id, "api_app_id": APP,
                "team": {"id": TEAM, "domain": "sickbay"}, "action_ts": message.ts,
                "user": {"id": user, "name": state.people[user].name},
                "channel": {"id": message.channel, "name": message.channel.to_lowercase()},
                "trigger_id": state.next_trigger(user), "message_ts": message.ts,
                "message": state.shown_or(message),
                "response_url": self.inner.respond_to(state, &place),
            })
        });
        let sent = Inner::interaction(payload, false);
        Arc::clone(&self.inner).deliver(sent).await
    }

    /// Says something; `@sickbay` and `@name` become mentions. The bot hears of it if it may, without waiting for it.
    pub fn say(&self, user: &str, channel: &str, thread: Option<&str>, text: &str) -> Message {
        let (message, events) = self.change(|state| {
            let kind = state.present(user, channel).kind;
            let heard = state.channels[channel].heard(state);
            let member = state.channels[channel].members.contains(BOT_USER);
            let text = state.with_mentions(text);
            let message = Message {
                channel: channel.to_owned(),
                ts: state.next_ts(),
                thread: thread.map(str::to_owned),
                user: user.to_owned(),
                text: text.clone(),
                ..Message::default()
            };
            state.keep(&message);
            let mut event = json!({
                "type": "message", "channel": channel, "user": user, "text": text, "team": TEAM,
                "ts": message.ts, "event_ts": message.ts, "channel_type": kind.word(),
                "client_msg_id": format!("00000000-0000-4000-9000-{:012}", state.number()),
                "blocks": [{"type": "rich_text", "block_id": "said", "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}]}],
            });
            if let Some(thread) = thread {
                event["thread_ts"] = json!(thread);
            }
            let mut events = Vec::new();
            let mentioned = text.contains(&format!("<@{BOT_USER}>"));
            if heard {
                events.push(event.clone());
            }
            let mentions = state.scopes.contains("app_mentions:read");
            if mentioned && member && mentions && kind != ChannelKind::Direct {
                event["type"] = json!("app_mention");
                event.as_object_mut().unwrap().remove("channel_type");
                events.push(event);
            }
            (message, events)
        });
        for event in events {
            self.inner.spawn_event(event);
        }
        message
    }

    /// Somebody changes what they said.
    pub fn edit(&self, message: &Message, text: &str) -> Message {
        let changed = self.change(|state| {
            let mut changed = message.clone();
            changed.text = state.with_mentions(text);
            changed.edits += 1;
            state.keep(&changed);
            state.echo(&changed, "message_changed");
            changed
        });
        self.inner.deliver_echoes();
        changed
    }

    /// Somebody deletes what they said.
    pub fn delete(&self, message: &Message) {
        self.change(|state| {
            state.echo(message, "message_deleted");
            state.forget(message);
        });
        self.inner.deliver_echoes();
    }

    /// What Slack asks of an events route before it takes it: the challenge back.
    pub async fn verify_url(&self, url: &str) -> Result<(), String> {
        let challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";
        let body =
            json!({"type": "url_verification", "token": "deprecated", "challenge": challenge});
        let body = body.to_string();
        let mut headers = self.signed(&body, now());
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        let (status, text) = self.post(url, &headers, &body).await?;
        if status == 200 && text.contains(challenge) {
            return Ok(());
        }
        Err(format!("the challenge was answered with {status} {text}"))
    }

    /// Opens the bot's home page.
    pub async fn open_home(&self, user: &str) -> Answered {
        let channel = self.change(|state| state.direct(user));
        let event = json!({"type": "app_home_opened", "user": user, "channel": channel,
            "event_ts": format!("{}.000000", now()), "tab": "home"});
        self.event(event).await
    }

    /// Half an hour passes for every `response_url`.
    pub fn expire_response_urls(&self) {
        self.change(|state| {
            for place in state.response_urls.values_mut() {
                place.expired = true;
            }
        });
    }
}

fn place(
    channel: &str,
    user: &str,
    original: Option<String>,
    thread: Option<String>,
) -> ResponseUrl {
    ResponseUrl {
        channel: channel.to_owned(),
        user: user.to_owned(),
        original,
        thread,
        used: 0,
        expired: false,
    }
}

/// What an element holds once something was typed or chosen.
fn typed(element: &Value, all: &[&str]) -> Value {
    let given = all.first().copied();
    let chosen =
        |value: &str| json!({"text": {"type": "plain_text", "text": value}, "value": value});
    let kind = element["type"].as_str().unwrap_or("");
    if kind == "plain_text_input" {
        let initial = element["initial_value"].as_str();
        return json!({"type": kind, "value": given.or(initial)});
    }
    let options = element["options"].as_array().into_iter().flatten();
    let option = options
        .clone()
        .find(|o| Some(&o["value"]) == given.map(|g| json!(g)).as_ref());
    match kind {
        "static_select" | "radio_buttons" => json!({"type": kind, "selected_option": option}),
        "checkboxes" => json!({"type": kind, "selected_options": option.map(|o| vec![o])}),
        "users_select" => json!({"type": kind, "selected_user": given}),
        "external_select" => {
            json!({"type": kind, "selected_option": given.map(chosen)})
        }
        "multi_external_select" => {
            let chosen: Vec<Value> = all.iter().copied().map(chosen).collect();
            json!({"type": kind, "selected_options": chosen})
        }
        _ => json!({"type": kind, "value": given}),
    }
}

fn after_submission(state: &mut State, user: &str, view: &OpenView, ack: &Ack) {
    if !ack.came() {
        return;
    }
    let answer = &ack.payload;
    let wrong = match answer["response_action"].as_str() {
        None | Some("clear") => {
            state.views.remove(&view.id);
            None
        }
        Some("errors") => answer["errors"].as_object().and_then(|errors| {
            let blocks = view.body["blocks"].as_array().into_iter().flatten();
            let ids: Vec<&Value> = blocks.map(|block| &block["block_id"]).collect();
            let unknown = errors.keys().find(|id| !ids.contains(&&json!(id)));
            unknown.map(|id| format!("errors name {id:?}, which is no input block"))
        }),
        Some("update" | "push") => {
            let checked = blocks::check_view(&answer["view"], "modal");
            if checked.is_ok() {
                state.views.remove(&view.id);
                accept_view(state, user, answer["view"].clone());
            }
            checked.err()
        }
        Some(other) => Some(format!("response_action {other:?}")),
    };
    if let Some(wrong) = wrong {
        let body = answer.to_string();
        state.refuse(
            "view_submission response",
            "invalid_response",
            &wrong,
            &body,
        );
    }
}

impl Inner {
    /// Makes a `response_url`.
    fn respond_to(&self, state: &mut State, place: &ResponseUrl) -> String {
        let id = format!("R{:06}", state.number());
        state.response_urls.insert(id.clone(), place.clone());
        format!("{}/response/{id}", self.base())
    }
}

impl State {
    /// The channel, for a person who is in it; a public one admits everybody.
    fn present(&self, user: &str, channel: &str) -> &super::Channel {
        assert!(self.people.contains_key(user), "there is no user {user}");
        let found = self.channels.get(channel);
        let found = found.unwrap_or_else(|| panic!("there is no channel {channel}"));
        let open = found.kind == ChannelKind::Public;
        assert!(
            open || found.members.contains(user),
            "{user} is not in {channel}"
        );
        found
    }

    /// The message as it is, or as it was when it is gone.
    fn shown_or(&self, message: &Message) -> Value {
        match self.message(&message.channel, &message.ts) {
            Some(current) => self.shown(current),
            None => message.json(&[], 0),
        }
    }

    fn with_mentions(&self, text: &str) -> String {
        let mut people: Vec<(&String, &String)> = self
            .people
            .iter()
            .map(|(id, person)| (&person.name, id))
            .collect();
        // The longest first, so that @ada does not match in @adam.
        people.sort_by_key(|(name, _id)| std::cmp::Reverse(name.len()));
        people.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("@{name}"), &format!("<@{id}>"))
        })
    }
}
