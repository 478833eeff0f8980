//! The account of an incident as a Discord message. Each line ends with a link to what it rests on; its address is made here from
//! numbers, and what people wrote beside it links nothing.

use std::collections::BTreeMap;

use incident::Status;
use incident::account::{Account, Aids, Occasion, Source};

use super::layout::{BLUE, Content, GREEN, RED, YELLOW, embed, small};
use super::text::{length, name, plain};
use crate::Locale;
use crate::beside::{self, File};
use crate::words::account::{Section, label};

/// How many lines each section has, the more the better.
const MOST: [usize; 5] = [8, 5, 3, 2, 1];
/// Characters of all sections; an embed takes 4 096.
const ALL: usize = 3_900;
/// Characters of a line.
const LINE: usize = 320;

pub(super) fn account(
    account: &Account,
    aids: &Aids,
    occasion: Occasion,
    whole: &str,
    locale: Locale,
) -> Content {
    let told = locale.account(account, aids, occasion);
    let mut head: Vec<String> = told.head.iter().map(|line| plain(line, LINE)).collect();
    if let Some(last) = head.pop_if(|line| told.head.len() > 1 && !line.is_empty()) {
        head.push(small(&last));
    }
    let (mut text, mut cut) = (String::new(), false);
    for most in MOST {
        (text, cut) = (String::new(), false);
        for section in &told.sections {
            let (lines, all) = lines(section, &aids.links, most, locale);
            cut |= !all;
            text.push_str(&format!("**{}**\n{lines}", plain(&section.title, LINE)));
        }
        if length(&text) <= ALL {
            break;
        }
    }
    let incident = account.incident.id.as_str();
    let mut files = Vec::new();
    if cut && whole.is_empty() {
        text.push_str(&small(&locale.read_all(incident)));
    } else if cut {
        let file = beside::timeline(incident, whole);
        text.push_str(&small(&locale.whole(&file.name)));
        files.push(file);
    }
    let colour = match account.status {
        Status::Investigating => RED,
        Status::Mitigating => YELLOW,
        Status::Monitoring => BLUE,
        Status::Resolved => GREEN,
    };
    Content {
        title: name(&locale.incident(&account.incident.id)),
        text: head.join("\n"),
        embeds: if text.trim().is_empty() {
            Vec::new()
        } else {
            vec![embed(colour, text.trim_end())]
        },
        files,
        ..Content::default()
    }
}

/// The lines of a section, each ended, and whether they are all of them.
fn lines(
    section: &Section,
    links: &BTreeMap<Source, String>,
    most: usize,
    locale: Locale,
) -> (String, bool) {
    let (picked, left_out, before) = section.picked(most);
    let mut lines: Vec<String> = picked
        .into_iter()
        .map(|line| {
            let text = plain(&line.text, LINE);
            let Some(source) = &line.source else {
                return format!("- {text}\n");
            };
            let label = label(source);
            match links.get(source) {
                Some(url) => format!("- {text} [{label}]({url})\n"),
                // Without an address a sign for one leads nowhere.
                None if matches!(source, Source::Remark(_)) => format!("- {text}\n"),
                None => format!("- {text} {label}\n"),
            }
        })
        .collect();
    if left_out > 0 {
        let more = format!("- {}\n", locale.lines_left_out(left_out));
        lines.insert(before.min(lines.len()), more);
    }
    (lines.concat(), left_out == 0)
}

/// The draft of a postmortem: a file, and what it is.
pub(super) fn postmortem(file: &str, text: &str, locale: Locale) -> Content {
    Content {
        title: name(file),
        text: locale.draft_is_there().to_owned(),
        files: vec![File::text(file.to_owned(), text.to_owned())],
        ..Content::default()
    }
}
