//! The account of an incident as a Slack message. Each line ends with a link to what it rests on; links are parts of rich text, so
//! that nothing of what people wrote is read as one.

use std::collections::BTreeMap;

use incident::account::{Account, Aids, Occasion, Source};
use serde_json::{Value, json};

use super::blocks::{context, fit, note, section};
use super::layout::{Content, MESSAGE, told};
use crate::Locale;
use crate::beside::{self, File};
use crate::words::account::{Section, Told, label};

/// How many lines each section has, the more the better.
const MOST: [usize; 5] = [8, 5, 3, 2, 1];

/// Of a line.
const LINE: usize = 450;

pub(super) fn account(
    account: &Account,
    aids: &Aids,
    occasion: Occasion,
    whole: &str,
    locale: Locale,
) -> Content {
    let told_of = locale.account(account, aids, occasion);
    let next = told_of.sections.last();
    let next = next.and_then(|section| section.lines.first());
    let mut text = told_of.head.clone();
    text.extend(next.map(|line| line.text.clone()));
    let incident = account.incident.id.as_str();
    let (mut blocks, mut cut) = (Vec::new(), false);
    for most in MOST {
        (blocks, cut) = laid(&told_of, &aids.links, most, locale);
        if json!(blocks).to_string().len() <= MESSAGE {
            break;
        }
    }
    let mut files = Vec::new();
    if cut && whole.is_empty() {
        blocks.push(context(&locale.read_all(incident)));
    } else if cut {
        let file = beside::timeline(incident, whole);
        blocks.push(context(&locale.whole(&file.name)));
        files.push(file);
    }
    Content {
        files,
        ..told(&text.join("\n"), blocks)
    }
}

fn laid(
    told: &Told,
    links: &BTreeMap<Source, String>,
    most: usize,
    locale: Locale,
) -> (Vec<Value>, bool) {
    let mut head = told.head.iter();
    let mut blocks: Vec<Value> = head.next().map(|line| note(line)).into_iter().collect();
    blocks.extend(head.map(|line| context(line)));
    let mut elements = Vec::new();
    let mut cut = false;
    for section in &told.sections {
        elements.push(json!({ "type": "rich_text_section", "elements": [
            { "type": "text", "text": section.title, "style": { "bold": true } }
        ] }));
        let (items, all) = items(section, links, most, locale);
        cut |= !all;
        elements.push(json!({ "type": "rich_text_list", "style": "bullet", "elements": items }));
    }
    if elements.is_empty() {
        blocks.push(section(locale.nothing_open()));
    } else {
        blocks.push(json!({ "type": "rich_text", "elements": elements }));
    }
    (blocks, cut)
}

/// The lines of a section, and whether they are all of them.
fn items(
    section: &Section,
    links: &BTreeMap<Source, String>,
    most: usize,
    locale: Locale,
) -> (Vec<Value>, bool) {
    let (lines, left_out, before) = section.picked(most);
    let item = |parts: Vec<Value>| json!({ "type": "rich_text_section", "elements": parts });
    let words = |text: &str| json!({ "type": "text", "text": text });
    let mut items: Vec<Value> = lines
        .into_iter()
        .map(|line| {
            let text = fit(&line.text, LINE).0;
            let Some(source) = &line.source else {
                return item(vec![words(&text)]);
            };
            let label = label(source);
            match links.get(source) {
                Some(url) => item(vec![
                    words(&format!("{text} ")),
                    json!({ "type": "link", "url": url, "text": label }),
                ]),
                // Without an address a sign for one leads nowhere.
                None if matches!(source, Source::Remark(_)) => item(vec![words(&text)]),
                None => item(vec![words(&format!("{text} {label}"))]),
            }
        })
        .collect();
    if left_out > 0 {
        let more = item(vec![words(&locale.lines_left_out(left_out))]);
        items.insert(before.min(items.len()), more);
    }
    (items, left_out == 0)
}

/// The draft of a postmortem: a file, and what it is.
pub(super) fn postmortem(name: &str, text: &str, locale: Locale) -> Content {
    Content {
        text: locale.draft_is_there().to_owned(),
        blocks: Vec::new(),
        files: vec![File::text(name.to_owned(), text.to_owned())],
    }
}
