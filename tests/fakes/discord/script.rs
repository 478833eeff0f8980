//! What people do in the guild. They can only use commands that are registered, and press what they see.

use std::sync::Arc;
use std::time::Instant;

use data_encoding::HEXLOWER;
use ed25519_dalek::Signer;
use serde_json::{Value, json};

use super::parts::Body;
use super::rest::respond;
use super::state::{APP, BOT_USER, ChannelKind, GUILD, Interaction, State};
use super::{Discord, Message};
use crate::fakes::post::post;
use crate::fakes::watched::lock;

impl Discord {
    /// Uses a slash command with its options: `slash("11", "21", "diagnose", &[("host", "web1")])`.
    pub async fn slash(
        &self,
        user: &str,
        channel: &str,
        name: &str,
        options: &[(&str, &str)],
    ) -> Interaction {
        let data = self.look(|state| command_data(state, name, options, None));
        self.interact(user, channel, 2, data, None).await
    }

    /// Types into an option of a command; `others` were filled in before.
    pub async fn autocomplete(
        &self,
        user: &str,
        channel: &str,
        name: &str,
        typed: (&str, &str),
        others: &[(&str, &str)],
    ) -> Interaction {
        let mut options = others.to_vec();
        options.push(typed);
        let data = self.look(|state| command_data(state, name, &options, Some(typed.0)));
        self.interact(user, channel, 4, data, None).await
    }

    /// Presses what is labelled or named so on a message as this person saw it, which may be an old state of it.
    pub async fn press(&self, user: &str, message: &Message, name: &str) -> Interaction {
        let button = message.button(name);
        let button = button.unwrap_or_else(|| {
            let seen: Vec<String> = message.buttons().into_iter().map(|b| b.label).collect();
            panic!(
                "no button {name:?} to press on {:?}; there are {seen:?}",
                message.words()
            )
        });
        let data = json!({"custom_id": button.custom_id, "component_type": 2, "id": 1});
        self.on_message(user, message, data).await
    }

    /// Chooses values of a select.
    pub async fn choose(
        &self,
        user: &str,
        message: &Message,
        name: &str,
        values: &[&str],
    ) -> Interaction {
        let select = message.button(name);
        let select = select.unwrap_or_else(|| panic!("no select {name:?} on {message:?}"));
        let kind = &select.component["type"];
        let data = json!({"custom_id": select.custom_id, "component_type": kind, "values": values, "id": 1});
        self.on_message(user, message, data).await
    }

    async fn on_message(&self, user: &str, message: &Message, data: Value) -> Interaction {
        if let Some(only) = &message.only_for {
            assert_eq!(only, user, "{user} does not see this message");
        }
        self.interact(user, &message.channel, 3, data, Some(message.clone()))
            .await
    }

    /// Fills in the modal that this person has in front of them, and submits it.
    pub async fn submit(&self, user: &str, values: &[(&str, &str)]) -> Interaction {
        let (modal, from) = self.change(|state| {
            let modal = state.modals.remove(user);
            let modal = modal.unwrap_or_else(|| panic!("{user} has no modal"));
            let from = state.interactions[modal["from"].as_str().unwrap()].clone();
            (modal, from)
        });
        let mut rows = Vec::new();
        for row in modal["components"].as_array().into_iter().flatten() {
            let input = &row["components"][0];
            let given = values
                .iter()
                .find(|(name, _value)| input["custom_id"] == *name);
            let initial = input["value"].as_str().unwrap_or("");
            let value = given.map_or(initial, |(_name, value)| *value);
            let text = json!({"type": 4, "id": 2, "custom_id": input["custom_id"], "value": value});
            rows.push(json!({"type": 1, "id": 1, "components": [text]}));
        }
        for (name, _value) in values {
            let there = rows
                .iter()
                .any(|row| row["components"][0]["custom_id"] == *name);
            assert!(there, "no field {name:?} in {modal}");
        }
        let data = json!({"custom_id": modal["custom_id"], "components": rows});
        let source = from.source;
        let source = source.and_then(|id| self.look(|state| state.messages.get(&id).cloned()));
        self.interact(user, &from.channel, 5, data, source).await
    }

    /// Does what a person does, and waits until it is answered or the three seconds are over.
    async fn interact(
        &self,
        user: &str,
        channel: &str,
        kind: u64,
        data: Value,
        source: Option<Message>,
    ) -> Interaction {
        let endpoint = lock(&self.inner.endpoint).clone();
        let (id, payload) = self.change(|state| {
            let (id, payload) = new_interaction(state, user, channel, kind, data, source.as_ref());
            if endpoint.is_none() {
                self.inner
                    .tell_one(state, "INTERACTION_CREATE", payload.clone());
            }
            (id, payload)
        });
        if let Some(url) = endpoint {
            let body = payload.to_string();
            let headers = self.signed(&body, &now());
            let discord = self.clone();
            let answered = id.clone();
            tokio::spawn(async move {
                let answer = post(&url, &headers, body).await;
                discord.take_answer(&answered, answer);
            });
        }
        let inner = Arc::clone(&self.inner);
        let answered = |state: &State| {
            let found = &state.interactions[&id];
            found.answered().then(|| found.clone())
        };
        let window = self.look(State::window);
        let came = inner.watched.wait(window, answered).await;
        came.unwrap_or_else(|| self.look(|state| state.interactions[&id].clone()))
    }

    /// The body of an HTTP answer is the first response; 202 says that the callback will be used.
    fn take_answer(&self, id: &str, answer: Result<(u16, String), String>) {
        self.change(|state| {
            let wrong = match &answer {
                Ok((200, text)) => {
                    let body = Body {
                        json: serde_json::from_str(text).unwrap_or(Value::Null),
                        files: Vec::new(),
                    };
                    respond(state, id, &body).err().map(|no| format!("{no:?}"))
                }
                Ok((202 | 204, _empty)) => None,
                Ok((status, text)) => Some(format!("{status} {text}")),
                Err(why) => Some(why.clone()),
            };
            if let Some(wrong) = wrong {
                state.refuse(
                    "interactions endpoint",
                    "answer",
                    &wrong,
                    &format!("{answer:?}"),
                );
            }
        });
    }

    /// What Discord asks of an endpoint before it takes it: a PING, and a forged one, which must be refused with 401.
    pub async fn try_endpoint(&self, url: &str) -> Result<(), String> {
        let body = json!({"id": "1", "application_id": APP, "type": 1, "token": "t", "version": 1,
            "user": self.look(|state| state.people[BOT_USER].json())})
        .to_string();
        let (status, text) = post(url, &self.signed(&body, &now()), body.clone()).await?;
        let pong: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status != 200 || pong["type"] != 1 {
            return Err(format!("a ping was answered with {status} {text}"));
        }
        let forged = self.signed("another body", &now());
        let (status, text) = post(url, &forged, body).await?;
        if status != 401 {
            return Err(format!("a forged ping was answered with {status} {text}"));
        }
        Ok(())
    }

    /// The headers of a signed request.
    #[must_use]
    pub fn signed(&self, body: &str, timestamp: &str) -> Vec<(String, String)> {
        let signature = self.inner.key.sign(format!("{timestamp}{body}").as_bytes());
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        vec![
            header(
                "x-signature-ed25519",
                &HEXLOWER.encode(&signature.to_bytes()),
            ),
            header("x-signature-timestamp", timestamp),
            header("content-type", "application/json"),
        ]
    }

    /// Says something; `@sickbay` and `@name` become mentions. The bot hears of it if its intents allow.
    pub fn say(&self, user: &str, channel: &str, text: &str) -> Message {
        self.change(|state| {
            let found = state.channels.get_mut(channel);
            let found = found.unwrap_or_else(|| panic!("there is no channel {channel}"));
            if found.kind == ChannelKind::Thread {
                found.members.insert(user.to_owned());
            }
            let mut content = text.to_owned();
            for person in state.people.values() {
                let mention = format!("<@{}>", person.id);
                content = content.replace(&format!("@{}", person.name), &mention);
            }
            let message = Message {
                id: state.next_id(),
                channel: channel.to_owned(),
                author: user.to_owned(),
                content,
                ..Message::default()
            };
            self.inner.echo(state, &message, "MESSAGE_CREATE");
            state.messages.insert(message.id, message.clone());
            message
        })
    }

    /// Somebody changes what they said.
    pub fn edit(&self, message: &Message, text: &str) -> Message {
        self.change(|state| {
            let mut changed = message.clone();
            text.clone_into(&mut changed.content);
            changed.edits += 1;
            self.inner.echo(state, &changed, "MESSAGE_UPDATE");
            state.messages.insert(changed.id, changed.clone());
            changed
        })
    }

    /// Somebody deletes what they said.
    pub fn delete(&self, message: &Message) {
        self.change(|state| {
            state.messages.remove(&message.id);
            let id = message.id.to_string();
            let data = json!({"id": id, "channel_id": message.channel, "guild_id": GUILD});
            self.inner.tell_one(state, "MESSAGE_DELETE", data);
        });
    }

    /// The gateway tells of an interaction once more, as it should not.
    pub fn redeliver(&self, interaction: &Interaction) {
        self.change(|state| {
            let told = state
                .sessions
                .values()
                .flat_map(|session| session.told.iter());
            let frame = told
                .map(|(_n, frame)| serde_json::from_str::<Value>(frame).unwrap_or(Value::Null))
                .find(|frame| frame["d"]["id"] == interaction.id.as_str());
            let frame = frame.unwrap_or_else(|| panic!("{} was never told", interaction.id));
            self.inner
                .tell_one(state, "INTERACTION_CREATE", frame["d"].clone());
        });
    }

    /// Fifteen minutes pass for every interaction.
    pub fn expire_tokens(&self) {
        self.change(|state| {
            for interaction in state.interactions.values_mut() {
                interaction.expired = true;
            }
        });
    }
}

fn now() -> String {
    crate::fakes::discord::state::seconds().to_string()
}

fn new_interaction(
    state: &mut State,
    user: &str,
    channel: &str,
    kind: u64,
    data: Value,
    source: Option<&Message>,
) -> (String, Value) {
    let person = state.people.get(user);
    let person = person
        .unwrap_or_else(|| panic!("there is no user {user}"))
        .clone();
    let place = state.channels.get(channel);
    let place = place
        .unwrap_or_else(|| panic!("there is no channel {channel}"))
        .clone();
    let direct = place.kind == ChannelKind::Direct;
    let id = state.next_id().to_string();
    let token = format!("token-{id}");
    let mut payload = json!({
        "id": id, "application_id": APP, "type": kind, "data": data, "token": token, "version": 1,
        "channel_id": channel, "channel": place.json(), "locale": person.locale,
        "app_permissions": "2147483647", "entitlements": [], "attachment_size_limit": 10_485_760,
        "authorizing_integration_owners": {"0": GUILD}, "context": i32::from(direct),
    });
    if direct {
        payload["user"] = person.json();
    } else {
        payload["guild_id"] = json!(GUILD);
        payload["guild_locale"] = json!("en-US");
        payload["guild"] = json!({"id": GUILD, "locale": "en-US", "features": []});
        payload["member"] = person.member();
    }
    if let Some(message) = source {
        // What was deleted since is still on the screen of who pressed.
        let current = state.messages.get(&message.id).unwrap_or(message).clone();
        payload["message"] = super::rest::shown(state, &current);
    }
    let interaction = Interaction {
        id: id.clone(),
        token,
        kind,
        user: user.to_owned(),
        channel: channel.to_owned(),
        at: Instant::now(),
        delay: None,
        response: 0,
        data: Value::Null,
        source: source.map(|message| message.id),
        original: None,
        expired: false,
    };
    state.interactions.insert(id.clone(), interaction);
    (id, payload)
}

/// The data of a command as a client sends it; a client refuses what the command does not take.
fn command_data(
    state: &State,
    name: &str,
    options: &[(&str, &str)],
    focused: Option<&str>,
) -> Value {
    let (name, sub) = name
        .split_once(' ')
        .map_or((name, None), |(n, sub)| (n, Some(sub)));
    let command = state
        .commands
        .iter()
        .find(|command| command["name"] == name);
    let command = command.unwrap_or_else(|| {
        let known: Vec<&Value> = state.commands.iter().map(|c| &c["name"]).collect();
        panic!("no command {name:?} is registered; there are {known:?}")
    });
    let mut known = command;
    if let Some(sub) = sub {
        let subs = command["options"].as_array().into_iter().flatten();
        let found = subs.clone().find(|o| o["name"] == sub && o["type"] == 1);
        known = found.unwrap_or_else(|| panic!("no subcommand {sub:?} in {command}"));
    }
    let mut filled = Vec::new();
    for (name, value) in options {
        let known = known["options"].as_array().into_iter().flatten();
        let option = known.clone().find(|option| option["name"] == *name);
        let option = option.unwrap_or_else(|| panic!("no option {name:?} in {command}"));
        let value = match option["type"].as_u64() {
            Some(4) => json!(value.parse::<i64>().unwrap()),
            Some(5) => json!(*value == "true"),
            Some(10) => json!(value.parse::<f64>().unwrap()),
            _ => json!(value),
        };
        let mut one = json!({"name": name, "type": option["type"], "value": value});
        if focused == Some(*name) {
            assert_eq!(option["autocomplete"], true, "{name} is not completed");
            one["focused"] = json!(true);
        }
        filled.push(one);
    }
    for option in known["options"].as_array().into_iter().flatten() {
        let given = options.iter().any(|(name, _value)| option["name"] == *name);
        let missing = option["required"] == true && !given && focused.is_none();
        assert!(!missing, "option {} is required", option["name"]);
    }
    if let Some(sub) = sub {
        filled = vec![json!({"name": sub, "type": 1, "options": filled})];
    }
    json!({"id": command["id"], "name": name, "type": 1, "options": filled})
}
