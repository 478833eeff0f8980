//! A message as people see it: its words, its buttons, its files, and whom it pings.

use serde_json::{Value, json};

use super::state::{APP, GUILD, Person, now};

/// A message in a channel or a thread.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: u64,
    /// Where: a channel or a thread.
    pub channel: String,
    /// Who wrote it.
    pub author: String,
    /// Whether the bot did.
    pub by_bot: bool,
    /// The text.
    pub content: String,
    /// The embeds.
    pub embeds: Vec<Value>,
    /// The rows of components.
    pub components: Vec<Value>,
    /// Its files.
    pub files: Vec<File>,
    /// The only person who sees it.
    pub only_for: Option<String>,
    /// How often it was changed.
    pub edits: usize,
    /// The bot is thinking: it was only promised.
    pub deferred: bool,
    /// Whom it pinged when it was sent or changed.
    pub pings: Vec<String>,
    /// Reactions and who gave them.
    pub reactions: Vec<(String, String)>,
    /// The message it answers.
    pub answers: Option<String>,
    /// What makes it the same message when it is sent again.
    pub nonce: Option<String>,
}

/// A file on a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
    /// The words for those who cannot see it.
    pub description: String,
}

/// Something that can be pressed or chosen from.
#[derive(Debug, Clone, PartialEq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// Its name for the bot.
    pub custom_id: String,
    /// Shown, and not to be pressed.
    pub disabled: bool,
    /// The whole component.
    pub component: Value,
}

impl Message {
    /// Everything that can be read on it: the text, the embeds, the labels of buttons in brackets.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        if !self.content.is_empty() {
            words.push(self.content.clone());
        }
        for embed in &self.embeds {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            words.extend(text(&embed["author"]["name"]));
            words.extend(text(&embed["title"]));
            words.extend(text(&embed["description"]));
            for field in embed["fields"].as_array().into_iter().flatten() {
                words.extend(text(&field["name"]));
                words.extend(text(&field["value"]));
            }
            words.extend(text(&embed["footer"]["text"]));
        }
        let buttons = self.buttons().into_iter();
        words.extend(buttons.map(|button| format!("[{}]", button.label)));
        words.join("\n")
    }

    /// Whether a person can read this.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// Everything that can be pressed or chosen from, in order.
    #[must_use]
    pub fn buttons(&self) -> Vec<Button> {
        let rows = self.components.iter();
        let components = rows
            .filter_map(|row| row["components"].as_array())
            .flatten();
        components
            .filter_map(|component| {
                let label = component["label"].as_str();
                let label = label.or_else(|| component["placeholder"].as_str());
                Some(Button {
                    label: label.unwrap_or("").to_owned(),
                    custom_id: component["custom_id"].as_str()?.to_owned(),
                    disabled: component["disabled"] == true,
                    component: component.clone(),
                })
            })
            .collect()
    }

    /// The button with this label or custom id, if a person can press it.
    #[must_use]
    pub fn button(&self, name: &str) -> Option<Button> {
        let live = self.buttons().into_iter().filter(|button| !button.disabled);
        let live: Vec<Button> = live.collect();
        let exact = live
            .iter()
            .find(|button| button.custom_id == name || button.label == name);
        exact.cloned().or_else(|| {
            live.into_iter()
                .find(|button| button.label.contains(name) || button.custom_id.contains(name))
        })
    }

    /// A file by its name.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    /// As the platform returns it.
    pub(crate) fn json(&self, author: &Person, in_guild: bool) -> Value {
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|file| {
                let url = format!(
                    "https://cdn.discordapp.com/attachments/{}/{}",
                    file.id, file.name
                );
                json!({"id": file.id.to_string(), "filename": file.name, "size": file.content.len(),
                    "url": url, "proxy_url": url, "description": file.description})
            })
            .collect();
        let mut flags = 0;
        if self.only_for.is_some() {
            flags |= 64;
        }
        if self.deferred {
            flags |= 128;
        }
        let edited = (self.edits > 0).then(now);
        let mut json = json!({
            "id": self.id.to_string(), "channel_id": self.channel, "author": author.json(),
            "content": self.content, "timestamp": now(), "edited_timestamp": edited, "tts": false,
            "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": files,
            "embeds": self.embeds, "pinned": false, "type": 0, "components": self.components,
            "flags": flags,
        });
        if self.by_bot {
            json["application_id"] = json!(APP);
        }
        if in_guild {
            json["guild_id"] = json!(GUILD);
        }
        json
    }
}

/// Whom a text pings, given what the body allows. Without `allowed_mentions` everything in it pings.
pub(crate) fn pings(content: &str, allowed: &Value) -> Vec<String> {
    let parse = |what: &str| {
        let kinds = allowed["parse"].as_array().into_iter().flatten();
        allowed.is_null() || kinds.clone().any(|kind| kind == what)
    };
    let listed = |what: &str, id: &str| {
        let ids = allowed[what].as_array().into_iter().flatten();
        ids.clone().any(|listed| listed == id)
    };
    let mut found = Vec::new();
    for word in ["@everyone", "@here"] {
        if content.contains(word) && parse("everyone") {
            found.push(word.to_owned());
        }
    }
    for after in content.split("<@").skip(1) {
        let Some((target, _rest)) = after.split_once('>') else {
            continue;
        };
        let digits = |id: &str| !id.is_empty() && id.chars().all(|c| c.is_ascii_digit());
        match target.strip_prefix('&') {
            Some(role) if digits(role) && (parse("roles") || listed("roles", role)) => {
                found.push(format!("@&{role}"));
            }
            Some(_) => {}
            None => {
                let user = target.trim_start_matches('!');
                if digits(user) && (parse("users") || listed("users", user)) {
                    found.push(format!("@{user}"));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}
