//! `sickbay explain CODE`: what a code means, how it is found, what can cause it, what is usually done.

use chat::{Locale, Named};
use probes::catalogue;

use crate::cli::{Explain, Global};
use crate::exit::Exit;
use crate::settings::Settings;
use crate::world::{self, Usage};
use crate::{cards, people, screen};

/// Runs the command.
pub(crate) fn run(global: &Global, asked: &Explain) -> anyhow::Result<Exit> {
    let Some(text) = &asked.code else {
        if asked.output.json {
            let codes: Vec<_> = catalogue::entries()
                .map(|entry| {
                    serde_json::json!({ "code": entry.code, "title": entry.title, "severity": entry.severity })
                })
                .collect();
            screen::json(&serde_json::json!({ "version": 1, "codes": codes }));
            return Ok(Exit::Fine);
        }
        let settings = world::settings(global)?;
        let locale = locale_of(global, &settings);
        for entry in catalogue::entries() {
            let named = locale.explained(entry.code);
            let title = named.map_or(entry.title, |named| named.name);
            screen::line(&format!("{:<28} {title}", entry.code));
        }
        return Ok(Exit::Fine);
    };
    let wanted = text.trim().to_lowercase();
    let settings = world::settings(global)?;
    let locale = locale_of(global, &settings);
    let Some(entry) = catalogue::explain(&wanted) else {
        return Err(Usage(unknown(&wanted, locale)).into());
    };
    let library = crate::knowledge::read_all(global, &settings)?.library;
    let pages: Vec<_> = library
        .iter()
        .filter(|page| {
            page.matching
                .findings
                .iter()
                .any(|pattern| pattern.to_string() == entry.code)
        })
        .collect();
    if asked.output.json {
        let runbooks: Vec<&str> = pages.iter().map(|page| page.id.as_str()).collect();
        screen::json(&serde_json::json!({
            "version": 1, "code": entry.code, "title": entry.title, "severity": entry.severity,
            "meaning": entry.meaning, "detected": entry.detected, "causes": entry.causes,
            "usual": entry.usual, "runbooks": runbooks,
        }));
        return Ok(Exit::Fine);
    }
    for text in told(entry, locale) {
        screen::wrapped(&text, 2);
    }
    if !pages.is_empty() {
        screen::line(&format!("\n{}", locale.runbooks()));
    }
    for page in pages {
        let title = cards::titled(&page.title, locale);
        screen::line(&format!("  {:<28} {title}", page.id.as_str()));
    }
    Ok(Exit::Fine)
}

/// In which language whoever asks is told.
fn locale_of(global: &Global, settings: &Settings) -> Locale {
    let who = people::at_terminal(settings, None).ok();
    world::locale(global, settings, who.as_ref())
}

/// A code for people, a paragraph each. How it is found and what can cause it is written in English only.
fn told(entry: &catalogue::Entry, locale: Locale) -> Vec<String> {
    let severity = locale.severity(entry.severity);
    let head = |title: &str| locale.explains_head(entry.code, title, severity);
    match locale.explained(entry.code) {
        Some(Named {
            name,
            meaning,
            usual,
            ..
        }) => vec![
            head(name),
            format!("\n{meaning}"),
            format!("\n{}", locale.usually(usual)),
        ],
        None => vec![
            head(entry.title),
            format!("\n{}", entry.meaning),
            format!("\nHow it is found: {}", entry.detected),
            format!("\nWhat can cause it: {}", entry.causes),
            format!("\n{}", locale.usually(entry.usual)),
        ],
    }
}

/// A code in a sentence or two, for a chat.
pub(crate) fn briefly(code: &str, locale: Locale) -> String {
    let Some(entry) = catalogue::explain(code) else {
        return unknown(code, locale);
    };
    match locale.explained(code) {
        Some(Named {
            name,
            meaning,
            usual,
            ..
        }) => {
            let what = format!("{code} — {name}\n{meaning}");
            format!("{what}\n{}", locale.usually(usual))
        }
        None => format!("{code}: {}", entry.meaning),
    }
}

/// Says that there is no such code, and which may have been meant: those of its area, or the nearest.
fn unknown(wanted: &str, locale: Locale) -> String {
    let shown: String = wanted.chars().take(80).collect();
    let area = format!("{wanted}.");
    let codes = || catalogue::entries().map(|entry| entry.code);
    let below: Vec<&str> = codes().filter(|code| code.starts_with(&area)).collect();
    locale.no_code(&shown, &below, incident::command::nearest(wanted, codes()))
}
