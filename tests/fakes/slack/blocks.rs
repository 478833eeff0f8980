//! Block Kit's documented limits. A field or a kind that is not in these tables is refused, as Slack refuses it.

mod elements;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use elements::{check_element, image, rich_text};

/// Where blocks are shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Surface {
    /// In a message: at most 50.
    Message,
    /// In a modal or on the home page: at most 100.
    View,
}

pub(crate) type Checked = Result<(), String>;

/// Checks the blocks of a message or a view.
pub(crate) fn check(blocks: &[Value], surface: Surface) -> Checked {
    let most = match surface {
        Surface::Message => 50,
        Surface::View => 100,
    };
    if blocks.len() > most {
        return Err(format!(
            "no more than {most} items allowed [json-pointer:/blocks], there are {}",
            blocks.len()
        ));
    }
    let mut ids = BTreeSet::new();
    let (mut markdown, mut tables) = (0, 0);
    for (n, block) in blocks.iter().enumerate() {
        let at = format!("/blocks/{n}");
        check_block(block, &at)?;
        if let Some(id) = block["block_id"].as_str()
            && !ids.insert(id)
        {
            return Err(format!(
                "block_id {id:?} is there twice [json-pointer:{at}]"
            ));
        }
        match block["type"].as_str() {
            Some("markdown") => {
                markdown += block["text"].as_str().unwrap_or("").chars().count();
            }
            Some("table") => tables += 1,
            _ => {}
        }
    }
    if markdown > 12_000 {
        return Err(format!(
            "{markdown} characters of markdown, at most 12000 in a message"
        ));
    }
    if tables > 1 {
        return Err("only_one_table_allowed".to_owned());
    }
    Ok(())
}

/// The fields of a block besides `type` and `block_id`: those it needs, those it may have.
const BLOCKS: &[(&str, &[&str], &[&str])] = &[
    ("section", &[], &["text", "fields", "accessory", "expand"]),
    ("divider", &[], &[]),
    ("header", &["text"], &[]),
    ("context", &["elements"], &[]),
    ("actions", &["elements"], &[]),
    (
        "image",
        &["alt_text"],
        &["image_url", "slack_file", "title"],
    ),
    (
        "input",
        &["label", "element"],
        &["hint", "optional", "dispatch_action"],
    ),
    ("rich_text", &["elements"], &[]),
    ("markdown", &["text"], &[]),
    ("table", &["rows"], &["column_settings"]),
];

fn check_block(block: &Value, at: &str) -> Checked {
    let kind = block["type"].as_str().unwrap_or("");
    let found = BLOCKS.iter().find(|(name, ..)| *name == kind);
    let Some((_name, needs, may)) = found else {
        return Err(format!("unsupported type: {kind} [json-pointer:{at}/type]"));
    };
    let may: Vec<&str> = may.iter().copied().chain(["block_id"]).collect();
    let fields = known(block, needs, &may, at)?;
    length(fields, "block_id", 1, 255, at)?;
    match kind {
        "section" => section(fields, at),
        "header" => text(&fields["text"], 150, PLAIN, &format!("{at}/text")),
        "context" => each(
            fields,
            "elements",
            10,
            at,
            |element, at| match element["type"].as_str() {
                Some("image") => image(element, at),
                _ => text(element, 3000, ANY, at),
            },
        ),
        "actions" => {
            let mut ids = BTreeSet::new();
            each(fields, "elements", 25, at, |element, at| {
                check_element(element, "actions", at)?;
                match element["action_id"].as_str() {
                    Some(id) if !ids.insert(id.to_owned()) => Err(format!(
                        "action_id {id:?} is there twice [json-pointer:{at}]"
                    )),
                    _ => Ok(()),
                }
            })
        }
        "image" => image(block, at),
        "input" => {
            text(&fields["label"], 2000, PLAIN, &format!("{at}/label"))?;
            if let Some(hint) = fields.get("hint") {
                text(hint, 2000, PLAIN, &format!("{at}/hint"))?;
            }
            check_element(&fields["element"], "input", &format!("{at}/element"))
        }
        "rich_text" => each(fields, "elements", usize::MAX, at, rich_text),
        "markdown" => length(fields, "text", 1, 12_000, at),
        "table" => table(fields, at),
        _ => Ok(()),
    }
}

fn section(fields: &Map<String, Value>, at: &str) -> Checked {
    if !fields.contains_key("text") && !fields.contains_key("fields") {
        return Err(format!("missing required field: text [json-pointer:{at}]"));
    }
    if let Some(words) = fields.get("text") {
        text(words, 3000, ANY, &format!("{at}/text"))?;
    }
    if fields.contains_key("fields") {
        each(fields, "fields", 10, at, |words, at| {
            text(words, 2000, ANY, at)
        })?;
    }
    match fields.get("accessory") {
        Some(element) if element["type"] == "image" => image(element, &format!("{at}/accessory")),
        Some(element) => check_element(element, "section", &format!("{at}/accessory")),
        None => Ok(()),
    }
}

fn table(fields: &Map<String, Value>, at: &str) -> Checked {
    each(fields, "rows", 100, at, |row, at| {
        let cells = row
            .as_array()
            .ok_or_else(|| must(at, "be a list of cells"))?;
        if cells.is_empty() || cells.len() > 20 {
            return Err(must(at, "have 1 to 20 cells"));
        }
        for (n, cell) in cells.iter().enumerate() {
            let at = format!("{at}/{n}");
            match cell["type"].as_str() {
                Some("raw_text") => {
                    length(known(cell, &["text"], &[], &at)?, "text", 1, 3000, &at)?;
                }
                Some("rich_text") => check_block(cell, &at)?,
                other => {
                    return Err(must(
                        &at,
                        &format!("be raw_text or rich_text, not {other:?}"),
                    ));
                }
            }
        }
        Ok(())
    })
}

/// Checks the options that answer a suggestion.
pub(crate) fn check_options(options: &[Value]) -> Checked {
    if options.len() > 100 {
        return Err(format!("{} options, at most 100", options.len()));
    }
    for (n, one) in options.iter().enumerate() {
        elements::option(one, &format!("/options/{n}"))?;
    }
    Ok(())
}

/// Checks a legacy attachment.
pub(crate) fn check_attachment(attachment: &Value) -> Checked {
    let may = [
        "color",
        "blocks",
        "fallback",
        "text",
        "pretext",
        "title",
        "title_link",
        "fields",
        "footer",
        "footer_icon",
        "image_url",
        "thumb_url",
        "author_name",
        "author_link",
        "author_icon",
        "mrkdwn_in",
        "ts",
        "id",
        "actions",
        "callback_id",
    ];
    let fields = known(attachment, &[], &may, "/attachments")?;
    match fields.get("blocks").map(Value::as_array) {
        Some(Some(blocks)) => check(blocks, Surface::Message),
        Some(None) => Err(must("/attachments/blocks", "be a list")),
        None => Ok(()),
    }
}

/// Checks a view of this kind.
pub(crate) fn check_view(view: &Value, kind: &str) -> Checked {
    let may: &[&str] = match kind {
        "modal" => &[
            "close",
            "submit",
            "private_metadata",
            "callback_id",
            "clear_on_close",
            "notify_on_close",
            "external_id",
            "submit_disabled",
        ],
        "home" => &["private_metadata", "callback_id", "external_id"],
        other => {
            return Err(must(
                "/view/type",
                &format!("be modal or home, not {other:?}"),
            ));
        }
    };
    if view["type"] != kind {
        return Err(must("/view/type", &format!("be {kind}")));
    }
    let needs: &[&str] = match kind {
        "modal" => &["title", "blocks"],
        _ => &["blocks"],
    };
    let fields = known(view, needs, may, "/view")?;
    for name in ["title", "submit", "close"] {
        if let Some(words) = fields.get(name) {
            text(words, 24, PLAIN, &format!("/view/{name}"))?;
        }
    }
    length(fields, "private_metadata", 0, 3000, "/view")?;
    length(fields, "callback_id", 0, 255, "/view")?;
    length(fields, "external_id", 0, 255, "/view")?;
    let blocks = fields["blocks"].as_array();
    let blocks = blocks.ok_or_else(|| must("/view/blocks", "be a list"))?;
    let asks = blocks.iter().any(|block| block["type"] == "input");
    if kind == "modal" && asks && !fields.contains_key("submit") {
        return Err(must(
            "/view/submit",
            "be there when there is an input block",
        ));
    }
    check(blocks, Surface::View)
}

/// The kinds of text that fit.
pub(crate) const ANY: &[&str] = &["mrkdwn", "plain_text"];
/// Where mrkdwn does not fit.
pub(crate) const PLAIN: &[&str] = &["plain_text"];

/// Checks a text object.
pub(crate) fn text(value: &Value, longest: usize, kinds: &[&str], at: &str) -> Checked {
    let kind = value["type"].as_str().unwrap_or("");
    if !kinds.contains(&kind) {
        return Err(must(
            at,
            &format!("be {}, not {kind:?}", kinds.join(" or ")),
        ));
    }
    let may: &[&str] = match kind {
        "mrkdwn" => &["verbatim"],
        _ => &["emoji"],
    };
    let fields = known(value, &["text"], may, at)?;
    length(fields, "text", 1, longest, at)
}

/// The fields of an object, when all it needs are there and no other.
pub(crate) fn known<'a>(
    value: &'a Value,
    needs: &[&str],
    may: &[&str],
    at: &str,
) -> Result<&'a Map<String, Value>, String> {
    let fields = value.as_object().ok_or_else(|| must(at, "be an object"))?;
    for name in needs {
        if fields.get(*name).is_none_or(Value::is_null) {
            return Err(format!(
                "missing required field: {name} [json-pointer:{at}]"
            ));
        }
    }
    for name in fields.keys() {
        let name = name.as_str();
        if name != "type" && !needs.contains(&name) && !may.contains(&name) {
            return Err(format!("unknown field: {name} [json-pointer:{at}]"));
        }
    }
    Ok(fields)
}

/// Checks the length of a text field, if it is there.
pub(crate) fn length(
    fields: &Map<String, Value>,
    name: &str,
    least: usize,
    most: usize,
    at: &str,
) -> Checked {
    let Some(value) = fields.get(name) else {
        return Ok(());
    };
    let Some(words) = value.as_str() else {
        return Err(must(&format!("{at}/{name}"), "be a text"));
    };
    let length = words.chars().count();
    match length {
        _ if length < least => Err(must(&format!("{at}/{name}"), "not be empty")),
        _ if length > most => Err(format!(
            "must be less than {} characters, has {length} [json-pointer:{at}/{name}]",
            most + 1
        )),
        _ => Ok(()),
    }
}

/// Checks each item of a list that has one item at least.
pub(crate) fn each(
    fields: &Map<String, Value>,
    name: &str,
    most: usize,
    at: &str,
    mut check: impl FnMut(&Value, &str) -> Checked,
) -> Checked {
    let at = format!("{at}/{name}");
    let items = fields.get(name).and_then(Value::as_array);
    let items = items.ok_or_else(|| must(&at, "be a list"))?;
    if items.is_empty() {
        return Err(must(&at, "not be empty"));
    }
    if items.len() > most {
        return Err(format!(
            "no more than {most} items allowed, there are {} [json-pointer:{at}]",
            items.len()
        ));
    }
    for (n, item) in items.iter().enumerate() {
        check(item, &format!("{at}/{n}"))?;
    }
    Ok(())
}

pub(crate) fn must(at: &str, what: &str) -> String {
    format!("must {what} [json-pointer:{at}]")
}
