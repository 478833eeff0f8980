//! Discord's documented limits as tables. A field that is not in them is refused, so that nothing is sent in vain.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What is wrong with a body, each with its place in it, as Discord lists it.
#[derive(Debug, Default)]
pub(crate) struct Wrong(pub(crate) Vec<(String, String)>);

impl Wrong {
    pub(crate) fn at(&mut self, place: &str, what: impl ToString) {
        self.0.push((place.to_owned(), what.to_string()));
    }

    fn known<'a>(
        &mut self,
        value: &'a Value,
        fields: &[&str],
        place: &str,
    ) -> Option<&'a Map<String, Value>> {
        let Some(object) = value.as_object() else {
            self.at(place, "Only dictionaries may be used in a DictType");
            return None;
        };
        for name in object.keys() {
            if !fields.contains(&name.as_str()) {
                self.at(&format!("{place}.{name}"), "unknown field");
            }
        }
        Some(object)
    }

    /// A text with a length.
    fn text(&mut self, value: &Value, least: usize, most: usize, place: &str) -> usize {
        match value {
            Value::Null => 0,
            Value::String(text) => {
                let length = text.chars().count();
                if length > most || length < least {
                    let what =
                        format!("Must be between {least} and {most} in length, is {length}.");
                    self.at(place, what);
                }
                length
            }
            _ => {
                self.at(place, "Could not interpret as string");
                0
            }
        }
    }

    fn need(&mut self, object: &Map<String, Value>, names: &[&str], place: &str) {
        for name in names {
            if object.get(*name).is_none_or(Value::is_null) {
                self.at(&format!("{place}.{name}"), "This field is required");
            }
        }
    }

    /// A list with at most so many items.
    fn list<'a>(&mut self, value: &'a Value, most: usize, place: &str) -> &'a [Value] {
        match value {
            Value::Null => &[],
            Value::Array(items) => {
                if items.len() > most {
                    let what = format!("Must be {most} or fewer in length, is {}.", items.len());
                    self.at(place, what);
                }
                items
            }
            _ => {
                self.at(place, "Only iterables may be used in a ListType");
                &[]
            }
        }
    }
}

const MESSAGE: &[&str] = &[
    "content",
    "tts",
    "nonce",
    "enforce_nonce",
    "embeds",
    "allowed_mentions",
    "message_reference",
    "components",
    "sticker_ids",
    "attachments",
    "flags",
];

/// Checks the body of a message, an edit or a response; `files` are the names of what comes with it.
pub(crate) fn message(body: &Value, files: &[String], wrong: &mut Wrong) {
    wrong.known(body, MESSAGE, "");
    wrong.text(&body["nonce"], 1, 25, "nonce");
    wrong.text(&body["content"], 0, 2000, "content");
    let mut total = 0;
    for (n, one) in wrong.list(&body["embeds"], 10, "embeds").iter().enumerate() {
        total += embed(one, files, &format!("embeds[{n}]"), wrong);
    }
    if total > 6000 {
        let what = format!("Embed size exceeds maximum size of 6000, is {total}");
        wrong.at("embeds", what);
    }
    allowed_mentions(&body["allowed_mentions"], wrong);
    components(&body["components"], wrong);
    if body["flags"].as_u64().unwrap_or(0) & (1 << 15) != 0 {
        wrong.at("flags", "this fake does not know components of version 2");
    }
    for (n, attachment) in wrong
        .list(&body["attachments"], 10, "attachments")
        .iter()
        .enumerate()
    {
        let place = format!("attachments[{n}]");
        wrong.known(
            attachment,
            &["id", "filename", "description", "title"],
            &place,
        );
        wrong.text(
            &attachment["description"],
            0,
            1024,
            &format!("{place}.description"),
        );
    }
    if files.len() > 10 {
        wrong.at("files", "at most 10 files");
    }
}

fn embed(value: &Value, files: &[String], place: &str, wrong: &mut Wrong) -> usize {
    let fields = [
        "title",
        "type",
        "description",
        "url",
        "timestamp",
        "color",
        "footer",
        "image",
        "thumbnail",
        "author",
        "fields",
    ];
    wrong.known(value, &fields, place);
    let at = |name: &str| format!("{place}.{name}");
    let mut total = wrong.text(&value["title"], 0, 256, &at("title"));
    total += wrong.text(&value["description"], 0, 4096, &at("description"));
    total += wrong.text(&value["footer"]["text"], 1, 2048, &at("footer.text"));
    total += wrong.text(&value["author"]["name"], 1, 256, &at("author.name"));
    for (n, field) in wrong
        .list(&value["fields"], 25, &at("fields"))
        .iter()
        .enumerate()
    {
        let place = format!("{place}.fields[{n}]");
        if let Some(object) = wrong.known(field, &["name", "value", "inline"], &place) {
            wrong.need(object, &["name", "value"], &place);
        }
        total += wrong.text(&field["name"], 1, 256, &format!("{place}.name"));
        total += wrong.text(&field["value"], 1, 1024, &format!("{place}.value"));
    }
    if value["color"]
        .as_u64()
        .is_some_and(|color| color > 0xFF_FF_FF)
    {
        wrong.at(
            &at("color"),
            "int value should be less than or equal to 16777215.",
        );
    }
    for name in ["image", "thumbnail"] {
        let url = value[name]["url"].as_str().unwrap_or("");
        if let Some(file) = url.strip_prefix("attachment://")
            && !files.iter().any(|sent| sent == file)
        {
            wrong.at(
                &at(name),
                format!("{file} is not among the files {files:?}"),
            );
        }
    }
    total
}

fn allowed_mentions(value: &Value, wrong: &mut Wrong) {
    if value.is_null() {
        return;
    }
    let fields = ["parse", "roles", "users", "replied_user"];
    wrong.known(value, &fields, "allowed_mentions");
    for kind in wrong.list(&value["parse"], 3, "allowed_mentions.parse") {
        let kind = kind.as_str().unwrap_or("");
        if !["roles", "users", "everyone"].contains(&kind) {
            wrong.at("allowed_mentions.parse", format!("unknown kind {kind:?}"));
        }
        if value[kind].as_array().is_some_and(|ids| !ids.is_empty()) {
            let what = format!("parse:[{kind}] and {kind} are mutually exclusive");
            wrong.at("allowed_mentions", what);
        }
    }
    wrong.list(&value["users"], 100, "allowed_mentions.users");
    wrong.list(&value["roles"], 100, "allowed_mentions.roles");
}

/// Kinds of components: number, what they may have, what they need, how much room of five they take.
type Row = (u64, &'static [&'static str], &'static [&'static str], usize);

const SELECT: &[&str] = &[
    "custom_id",
    "placeholder",
    "min_values",
    "max_values",
    "disabled",
    "default_values",
    "channel_types",
    "options",
];

const COMPONENTS: &[Row] = &[
    (
        2,
        &["style", "label", "emoji", "custom_id", "url", "disabled"],
        &["style"],
        1,
    ),
    (3, SELECT, &["custom_id", "options"], 5),
    (5, SELECT, &["custom_id"], 5),
    (6, SELECT, &["custom_id"], 5),
    (7, SELECT, &["custom_id"], 5),
    (8, SELECT, &["custom_id"], 5),
];

const TEXT_INPUT: Row = (
    4,
    &[
        "custom_id",
        "style",
        "label",
        "min_length",
        "max_length",
        "required",
        "value",
        "placeholder",
    ],
    &["custom_id", "style", "label"],
    5,
);

fn components(value: &Value, wrong: &mut Wrong) {
    rows(value, COMPONENTS, "components", wrong);
}

fn rows(value: &Value, kinds: &[Row], place: &str, wrong: &mut Wrong) {
    let mut ids = BTreeSet::new();
    for (n, row) in wrong.list(value, 5, place).iter().enumerate() {
        let place = format!("{place}[{n}]");
        wrong.known(row, &["type", "components", "id"], &place);
        if row["type"] != 1 {
            let what = format!("Value of field \"type\" must be 1, is {}", row["type"]);
            wrong.at(&place, what);
            continue;
        }
        let inner = wrong.list(&row["components"], 5, &format!("{place}.components"));
        if inner.is_empty() {
            wrong.at(
                &format!("{place}.components"),
                "Must be between 1 and 5 in length.",
            );
        }
        let mut room = 0;
        for (n, component) in inner.iter().enumerate() {
            let place = format!("{place}.components[{n}]");
            room += one(component, kinds, &place, wrong);
            if let Some(id) = component["custom_id"].as_str()
                && !ids.insert(id.to_owned())
            {
                let what = format!("Component custom id cannot be duplicated: {id}");
                wrong.at(&format!("{place}.custom_id"), what);
            }
        }
        if room > 5 {
            wrong.at(&place, "Too many components in an action row");
        }
    }
}

fn one(component: &Value, kinds: &[Row], place: &str, wrong: &mut Wrong) -> usize {
    let number = component["type"].as_u64().unwrap_or(0);
    let found = kinds.iter().find(|(kind, ..)| *kind == number);
    let Some((_kind, may, needs, room)) = found else {
        wrong.at(place, format!("component type {number} does not fit here"));
        return 0;
    };
    let fields: Vec<&str> = may.iter().copied().chain(["type", "id"]).collect();
    if let Some(object) = wrong.known(component, &fields, place) {
        wrong.need(object, needs, place);
    }
    let at = |name: &str| format!("{place}.{name}");
    wrong.text(&component["custom_id"], 1, 100, &at("custom_id"));
    match number {
        2 => {
            wrong.text(&component["label"], 1, 80, &at("label"));
            if component["label"].is_null() && component["emoji"].is_null() {
                wrong.at(&at("label"), "a button needs a label or an emoji");
            }
            let link = component["style"] == 5;
            if link == component["url"].is_null() || link != component["custom_id"].is_null() {
                wrong.at(
                    place,
                    "a link has a url, every other button has a custom_id",
                );
            }
        }
        4 => {
            wrong.text(&component["label"], 1, 45, &at("label"));
            wrong.text(&component["placeholder"], 0, 100, &at("placeholder"));
            wrong.text(&component["value"], 0, 4000, &at("value"));
        }
        _ => {
            wrong.text(&component["placeholder"], 0, 150, &at("placeholder"));
            options(&component["options"], &at("options"), wrong);
            if number == 3 && component["options"].as_array().is_some_and(Vec::is_empty) {
                wrong.at(&at("options"), "Must be between 1 and 25 in length.");
            }
        }
    }
    *room
}

fn options(value: &Value, place: &str, wrong: &mut Wrong) {
    let mut values = BTreeSet::new();
    for (n, option) in wrong.list(value, 25, place).iter().enumerate() {
        let place = format!("{place}[{n}]");
        let fields = ["label", "value", "description", "emoji", "default"];
        if let Some(object) = wrong.known(option, &fields, &place) {
            wrong.need(object, &["label", "value"], &place);
        }
        for name in ["label", "value", "description"] {
            wrong.text(&option[name], 1, 100, &format!("{place}.{name}"));
        }
        if !values.insert(option["value"].to_string()) {
            wrong.at(&place, "The specified option value is already used");
        }
    }
}

/// Checks the data of a modal.
pub(crate) fn modal(data: &Value, wrong: &mut Wrong) {
    let object = wrong.known(data, &["custom_id", "title", "components"], "data");
    if let Some(object) = object {
        wrong.need(object, &["custom_id", "title", "components"], "data");
    }
    wrong.text(&data["custom_id"], 1, 100, "data.custom_id");
    wrong.text(&data["title"], 1, 45, "data.title");
    rows(&data["components"], &[TEXT_INPUT], "data.components", wrong);
    if data["components"].as_array().is_some_and(Vec::is_empty) {
        wrong.at("data.components", "Must be between 1 and 5 in length.");
    }
}

/// Checks what an autocomplete offers.
pub(crate) fn choices(data: &Value, wrong: &mut Wrong) {
    wrong.known(data, &["choices"], "data");
    for (n, choice) in wrong
        .list(&data["choices"], 25, "data.choices")
        .iter()
        .enumerate()
    {
        let place = format!("data.choices[{n}]");
        wrong.known(choice, &["name", "name_localizations", "value"], &place);
        wrong.text(&choice["name"], 1, 100, &format!("{place}.name"));
        if choice["value"].is_string() {
            wrong.text(&choice["value"], 0, 100, &format!("{place}.value"));
        }
    }
}

/// Checks the commands of a bulk PUT: names, descriptions, options, and 8000 characters in total.
pub(crate) fn commands(body: &Value, wrong: &mut Wrong) {
    let mut names = BTreeSet::new();
    for (n, command) in wrong.list(body, 110, "commands").iter().enumerate() {
        let place = format!("[{n}]");
        let fields = [
            "name",
            "name_localizations",
            "description",
            "description_localizations",
            "options",
            "default_member_permissions",
            "dm_permission",
            "integration_types",
            "contexts",
            "type",
            "nsfw",
            "handler",
            "id",
        ];
        wrong.known(command, &fields, &place);
        let kind = command["type"].as_u64().unwrap_or(1);
        if !names.insert((kind, command["name"].to_string())) {
            wrong.at(&place, "Application command names must be unique");
        }
        let total = named(command, kind == 1, &place, wrong);
        if total > 8000 {
            let what = format!("Command exceeds maximum size of 8000, is {total}");
            wrong.at(&place, what);
        }
    }
}

/// The name and description of a command or an option, and what is below; returns its characters.
fn named(value: &Value, chat: bool, place: &str, wrong: &mut Wrong) -> usize {
    let name = value["name"].as_str().unwrap_or("");
    let fits =
        |c: char| c == '-' || c == '_' || c == '\'' || (c.is_alphanumeric() && !c.is_uppercase());
    let mut total = wrong.text(&value["name"], 1, 32, &format!("{place}.name"));
    if total == 0 || (chat && !name.chars().all(fits)) {
        wrong.at(&format!("{place}.name"), format!("invalid name {name:?}"));
    }
    if chat {
        let place = format!("{place}.description");
        let length = wrong.text(&value["description"], 1, 100, &place);
        if length == 0 {
            wrong.at(&place, "This field is required");
        }
        total += length;
    }
    let mut seen_optional = false;
    let place = format!("{place}.options");
    for (n, option) in wrong.list(&value["options"], 25, &place).iter().enumerate() {
        let place = format!("{place}[{n}]");
        let fields = [
            "type",
            "name",
            "name_localizations",
            "description",
            "description_localizations",
            "required",
            "choices",
            "options",
            "channel_types",
            "min_value",
            "max_value",
            "min_length",
            "max_length",
            "autocomplete",
        ];
        wrong.known(option, &fields, &place);
        total += named(option, true, &place, wrong);
        let required = option["required"] == true;
        if required && seen_optional {
            wrong.at(
                &place,
                "Required options must be placed before non-required options",
            );
        }
        seen_optional |= !required;
        let choices = wrong.list(&option["choices"], 25, &format!("{place}.choices"));
        if option["autocomplete"] == true && !choices.is_empty() {
            wrong.at(&place, "autocomplete and choices are mutually exclusive");
        }
        for (n, choice) in choices.iter().enumerate() {
            let place = format!("{place}.choices[{n}].name");
            total += wrong.text(&choice["name"], 1, 100, &place);
        }
    }
    total
}
