//! What can be pressed, chosen or typed into, and the parts of rich text.

use serde_json::{Map, Value};

use super::{ANY, Checked, PLAIN, each, known, length, must, text};

/// Elements: their name, what they need, what they may have, and where they fit: in Actions, Section, Input.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

const SELECT: &[&str] = &["placeholder", "confirm", "focus_on_load"];

const ELEMENTS: &[Row] = &[
    (
        "button",
        &["text"],
        &["url", "value", "style", "confirm", "accessibility_label"],
        "AS",
    ),
    (
        "static_select",
        &[],
        &["options", "option_groups", "initial_option"],
        "ASI",
    ),
    (
        "multi_static_select",
        &[],
        &[
            "options",
            "option_groups",
            "initial_options",
            "max_selected_items",
        ],
        "SI",
    ),
    (
        "multi_external_select",
        &[],
        &["initial_options", "min_query_length", "max_selected_items"],
        "SI",
    ),
    (
        "external_select",
        &[],
        &["min_query_length", "initial_option"],
        "ASI",
    ),
    ("users_select", &[], &["initial_user"], "ASI"),
    (
        "multi_users_select",
        &[],
        &["initial_users", "max_selected_items"],
        "SI",
    ),
    (
        "conversations_select",
        &[],
        &[
            "initial_conversation",
            "default_to_current_conversation",
            "response_url_enabled",
            "filter",
        ],
        "ASI",
    ),
    (
        "channels_select",
        &[],
        &["initial_channel", "response_url_enabled"],
        "ASI",
    ),
    ("overflow", &["options"], &[], "AS"),
    ("datepicker", &[], &["initial_date"], "ASI"),
    ("timepicker", &[], &["initial_time", "timezone"], "ASI"),
    ("datetimepicker", &[], &["initial_date_time"], "AI"),
    ("checkboxes", &["options"], &["initial_options"], "ASI"),
    ("radio_buttons", &["options"], &["initial_option"], "ASI"),
    (
        "plain_text_input",
        &[],
        &[
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "dispatch_action_config",
        ],
        "I",
    ),
];

/// Checks an interactive element in a block of this kind.
pub(super) fn check_element(element: &Value, inside: &str, at: &str) -> Checked {
    let kind = element["type"].as_str().unwrap_or("");
    let found = ELEMENTS.iter().find(|(name, ..)| *name == kind);
    let Some((_name, needs, may, fits)) = found else {
        return Err(format!("unsupported type: {kind} [json-pointer:{at}/type]"));
    };
    let here = inside.chars().next().unwrap_or(' ').to_ascii_uppercase();
    if !fits.contains(here) {
        return Err(must(at, &format!("not be a {kind} inside {inside}")));
    }
    let shared = ["action_id"]
        .iter()
        .chain(if kind == "button" { &[] } else { SELECT });
    let may: Vec<&str> = may.iter().chain(shared).copied().collect();
    let fields = known(element, needs, &may, at)?;
    length(fields, "action_id", 1, 255, at)?;
    if let Some(words) = fields.get("placeholder") {
        text(words, 150, PLAIN, &format!("{at}/placeholder"))?;
    }
    if let Some(dialog) = fields.get("confirm") {
        confirm(dialog, &format!("{at}/confirm"))?;
    }
    match kind {
        "button" => button(fields, at),
        "static_select" | "multi_static_select" => select(fields, at),
        "overflow" => each(fields, "options", 5, at, option),
        "checkboxes" | "radio_buttons" => each(fields, "options", 10, at, option),
        "plain_text_input" => length(fields, "initial_value", 0, 3000, at),
        _ => Ok(()),
    }
}

fn button(fields: &Map<String, Value>, at: &str) -> Checked {
    text(&fields["text"], 75, PLAIN, &format!("{at}/text"))?;
    length(fields, "value", 0, 2000, at)?;
    length(fields, "url", 1, 3000, at)?;
    length(fields, "accessibility_label", 1, 75, at)?;
    match fields
        .get("style")
        .map(|style| style.as_str().unwrap_or(""))
    {
        None | Some("primary" | "danger") => Ok(()),
        Some(_) => Err(must(&format!("{at}/style"), "be primary or danger")),
    }
}

fn confirm(dialog: &Value, at: &str) -> Checked {
    let fields = known(
        dialog,
        &["title", "text", "confirm", "deny"],
        &["style"],
        at,
    )?;
    text(&fields["title"], 100, PLAIN, &format!("{at}/title"))?;
    text(&fields["text"], 300, ANY, &format!("{at}/text"))?;
    text(&fields["confirm"], 30, PLAIN, &format!("{at}/confirm"))?;
    text(&fields["deny"], 30, PLAIN, &format!("{at}/deny"))
}

fn select(fields: &Map<String, Value>, at: &str) -> Checked {
    match (
        fields.contains_key("options"),
        fields.contains_key("option_groups"),
    ) {
        (true, false) => each(fields, "options", 100, at, option),
        (false, true) => each(fields, "option_groups", 100, at, |group, at| {
            let fields = known(group, &["label", "options"], &[], at)?;
            text(&fields["label"], 75, PLAIN, &format!("{at}/label"))?;
            each(fields, "options", 100, at, option)
        }),
        _ => Err(must(at, "have either options or option_groups")),
    }
}

/// Checks one option of a select, as suggestions have them too.
pub(crate) fn option(option: &Value, at: &str) -> Checked {
    let fields = known(option, &["text", "value"], &["description", "url"], at)?;
    text(&fields["text"], 75, ANY, &format!("{at}/text"))?;
    length(fields, "value", 1, 150, at)?;
    match fields.get("description") {
        Some(words) => text(words, 75, ANY, &format!("{at}/description")),
        None => Ok(()),
    }
}

/// Checks an image, as a block, an accessory or a part of a context.
pub(super) fn image(image: &Value, at: &str) -> Checked {
    let may = ["image_url", "slack_file", "title", "block_id"];
    let fields = known(image, &["alt_text"], &may, at)?;
    length(fields, "image_url", 1, 3000, at)?;
    length(fields, "alt_text", 1, 2000, at)?;
    if let Some(words) = fields.get("title") {
        text(words, 2000, PLAIN, &format!("{at}/title"))?;
    }
    match (fields.contains_key("image_url"), fields.get("slack_file")) {
        (true, None) => Ok(()),
        (false, Some(file)) if file["id"].is_string() || file["url"].is_string() => Ok(()),
        _ => Err(must(
            at,
            "have either image_url or slack_file with its id or url",
        )),
    }
}

/// The parts of a rich text and the fields they may have.
const PARTS: &[(&str, &[&str], &[&str])] = &[
    ("text", &["text"], &["style"]),
    ("link", &["url"], &["text", "unsafe", "style"]),
    ("user", &["user_id"], &["style"]),
    ("usergroup", &["usergroup_id"], &["style"]),
    ("channel", &["channel_id"], &["style"]),
    ("emoji", &["name"], &["unicode", "style", "skin_tone"]),
    ("broadcast", &["range"], &["style"]),
    (
        "date",
        &["timestamp", "format"],
        &["url", "fallback", "style"],
    ),
    ("color", &["value"], &["style"]),
];

/// Checks one element of a rich text block.
pub(super) fn rich_text(element: &Value, at: &str) -> Checked {
    let may: &[&str] = match element["type"].as_str().unwrap_or("") {
        "rich_text_section" => &[],
        "rich_text_preformatted" => &["border", "language"],
        "rich_text_quote" => &["border"],
        "rich_text_list" => {
            let may = ["style", "indent", "offset", "border"];
            let fields = known(element, &["elements", "style"], &may, at)?;
            return each(fields, "elements", usize::MAX, at, rich_text);
        }
        other => {
            return Err(format!(
                "unsupported type: {other} [json-pointer:{at}/type]"
            ));
        }
    };
    let fields = known(element, &["elements"], may, at)?;
    for (n, part) in fields["elements"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let at = format!("{at}/elements/{n}");
        let kind = part["type"].as_str().unwrap_or("");
        let found = PARTS.iter().find(|(name, ..)| *name == kind);
        let (_name, needs, may) =
            found.ok_or_else(|| format!("unsupported type: {kind} [json-pointer:{at}/type]"))?;
        let fields = known(part, needs, may, &at)?;
        if kind == "text" {
            length(fields, "text", 1, usize::MAX - 1, &at)?;
        }
    }
    Ok(())
}
