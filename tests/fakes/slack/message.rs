//! A message as people see it: its words, its buttons, and whom it pings.

use serde_json::{Map, Value, json};

use super::state::{APP, BOT, BOT_USER, TEAM, UploadedFile};

/// A message in a channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    /// Where.
    pub channel: String,
    /// When, which is its id.
    pub ts: String,
    /// The parent, when it is a reply.
    pub thread: Option<String>,
    /// Who wrote it.
    pub user: String,
    /// Whether the bot did.
    pub by_bot: bool,
    /// The text: what a lock screen shows when there are blocks.
    pub text: String,
    /// The blocks.
    pub blocks: Vec<Value>,
    /// The attachments.
    pub attachments: Vec<Value>,
    /// Its files.
    pub files: Vec<String>,
    /// The only person who sees it.
    pub only_for: Option<String>,
    /// How often it was changed.
    pub edits: usize,
    /// A reply that is also shown in the channel.
    pub broadcast: bool,
    /// Reactions and who gave them.
    pub reactions: Vec<(String, String)>,
    /// What the app hid in it.
    pub metadata: Value,
}

/// A button that a person can see.
#[derive(Debug, Clone, PartialEq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// Its name for the bot.
    pub action_id: String,
    /// The block it is in.
    pub block_id: String,
    /// What it carries.
    pub value: Option<String>,
    /// The whole element.
    pub element: Value,
}

impl Message {
    /// Everything that can be read on it, blocks first, then attachments; the text alone when there are none.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        for block in self.blocks.iter().chain(&self.attachments) {
            words_of(block, &mut words);
        }
        if words.is_empty() {
            return self.text.clone();
        }
        words.join("\n")
    }

    /// Whether a person can read this, in the text or in the blocks.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.text.contains(words) || self.words().contains(words)
    }

    /// Everything that can be pressed, in order.
    #[must_use]
    pub fn buttons(&self) -> Vec<Button> {
        let mut found = Vec::new();
        let in_attachments = self
            .attachments
            .iter()
            .filter_map(|attachment| attachment["blocks"].as_array())
            .flatten();
        for block in self.blocks.iter().chain(in_attachments) {
            let elements = block["elements"].as_array().into_iter().flatten();
            for element in elements.chain(block.get("accessory")) {
                if let Some(action_id) = element["action_id"].as_str() {
                    found.push(Button {
                        label: element["text"]["text"].as_str().unwrap_or("").to_owned(),
                        action_id: action_id.to_owned(),
                        block_id: block["block_id"].as_str().unwrap_or("").to_owned(),
                        value: element["value"].as_str().map(str::to_owned),
                        element: element.clone(),
                    });
                }
            }
        }
        found
    }

    /// The button with this label or action id, if a person can see it.
    #[must_use]
    pub fn button(&self, name: &str) -> Option<Button> {
        let buttons = self.buttons();
        let exact = buttons
            .iter()
            .find(|button| button.action_id == name || button.label == name);
        exact.cloned().or_else(|| {
            buttons
                .into_iter()
                .find(|button| button.label.contains(name) || button.action_id.contains(name))
        })
    }

    /// Whom it notifies: `<!channel>`, `<@U…>`, `<!subteam^…>`, as texts and rich text do it.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        let mut found = Vec::new();
        pings_in(&self.text, &mut found);
        for block in self.blocks.iter().chain(&self.attachments) {
            pings_of(block, &mut found);
        }
        found.sort();
        found.dedup();
        found
    }

    /// As the platform returns it.
    pub(crate) fn json(&self, files: &[UploadedFile], replies: usize) -> Value {
        let mut message = json!({
            "type": "message", "ts": self.ts, "user": self.user, "text": self.text, "team": TEAM,
        });
        let object = message.as_object_mut().unwrap();
        let mut put = |name: &str, value: Value| {
            object.insert(name.to_owned(), value);
        };
        if self.by_bot {
            put("bot_id", json!(BOT));
            put("app_id", json!(APP));
        }
        if !self.blocks.is_empty() {
            put("blocks", json!(self.blocks));
        }
        if !self.attachments.is_empty() {
            put("attachments", json!(self.attachments));
        }
        if let Some(thread) = &self.thread {
            put("thread_ts", json!(thread));
        } else if replies > 0 {
            put("thread_ts", json!(self.ts));
            put("reply_count", json!(replies));
        }
        if !self.files.is_empty() {
            let files: Vec<Value> = files.iter().map(UploadedFile::json).collect();
            put("files", json!(files));
        }
        if self.edits > 0 {
            put("edited", json!({"user": BOT_USER, "ts": self.ts}));
        }
        if !self.metadata.is_null() {
            put("metadata", self.metadata.clone());
        }
        if self.broadcast {
            put("subtype", json!("thread_broadcast"));
        }
        message
    }
}

/// Texts in reading order: what is called `text`, in whatever it is nested. Labels of buttons are in brackets.
fn words_of(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| words_of(item, words)),
        Value::Object(object) => {
            if object.get("type").and_then(Value::as_str) == Some("button") {
                let label = value["text"]["text"].as_str().unwrap_or("");
                words.push(format!("[{label}]"));
                return;
            }
            for (name, inner) in in_reading_order(object) {
                match inner {
                    Value::String(text) if name == "text" || name == "alt_text" => {
                        words.push(text.clone());
                    }
                    Value::Array(_) | Value::Object(_) if name != "confirm" => {
                        words_of(inner, words);
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn in_reading_order(object: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let first = ["title", "pretext", "text"];
    let leading = object
        .iter()
        .filter(move |(name, _value)| first.contains(&name.as_str()));
    let rest = object
        .iter()
        .filter(move |(name, _value)| !first.contains(&name.as_str()));
    leading.chain(rest)
}

fn pings_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| pings_of(item, found)),
        Value::Object(object) => {
            let word = |name: &str| value[name].as_str().unwrap_or("");
            match word("type") {
                // In plain and rich text a mention is only text.
                "plain_text" | "text" => return,
                "broadcast" => found.push(format!("!{}", word("range"))),
                "user" => found.push(format!("@{}", word("user_id"))),
                "usergroup" => found.push(format!("!subteam^{}", word("usergroup_id"))),
                _ => {}
            }
            // The value of an attachment's field is read; the value of a button is not.
            let field = !object.contains_key("type") && !object.contains_key("text");
            for (name, inner) in object {
                match (name.as_str(), inner) {
                    ("text" | "pretext", Value::String(text)) => pings_in(text, found),
                    ("value", Value::String(text)) if field => pings_in(text, found),
                    (_, Value::String(_)) => {}
                    (_, other) => pings_of(other, found),
                }
            }
        }
        _ => {}
    }
}

/// Mentions in mrkdwn: `<!channel>`, `<!here|here>`, `<@U1>`.
fn pings_in(text: &str, found: &mut Vec<String>) {
    for after in text.split('<').skip(1) {
        let Some((inner, _rest)) = after.split_once('>') else {
            continue;
        };
        let target = inner.split('|').next().unwrap_or("");
        let broadcast = ["!channel", "!here", "!everyone", "!group"].contains(&target);
        if broadcast || target.starts_with("!subteam^") || target.starts_with('@') {
            found.push(target.to_owned());
        }
    }
}
