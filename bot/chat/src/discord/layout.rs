//! A notice as a Discord message: the first lines, which a lock screen shows, as text; what one reads then as embeds, where a
//! mention pings nobody; what does not fit as a file beside it. What did not come from this file formats nothing.

use incident::notice::{Card, Notice, Standing};
use incident::remediation::Outcome;
use incident::scan::{Tally, Telling};
use incident::{Finding, IncidentId, ResponderId, Severity};
use serde_json::{Value, json};

use super::account;
use super::text::{code, length, name, plain};
use crate::Locale;
use crate::beside::{self, File};
use crate::event::Button;
use crate::picture::Shade;
use crate::text;
use crate::words::{self, Reading};

/// Characters of a line of the text. Discord takes 2 000 for all of it.
const LINE: usize = 550;
/// Characters of the text of a refusal.
const TEXT: usize = 1_900;
/// Characters of a block of code; an embed's description may have 4 096, all embeds 6 000 together.
const BLOCK: usize = 3_800;
/// Characters of the steps on a card, and of its diff.
const STEPS: usize = 2_400;
const DIFF: usize = 1_600;
/// Characters of what a fix that did not work said.
const OUTPUT: usize = 900;
/// Characters of a line within an embed.
const NOTE: usize = 500;
/// Characters of a line of a scan; an embed takes 4 096 of all of them.
const BRIEF: usize = 240;
/// Characters of all findings of a message, and how many of them are shown; Discord takes ten embeds.
const FINDINGS: usize = 4_000;
const SHOWN: usize = 7;

pub(super) const RED: u32 = 0x00d6_3031;
pub(super) const YELLOW: u32 = 0x00f0_b429;
pub(super) const GREEN: u32 = 0x0027_ae60;
pub(super) const BLUE: u32 = 0x0034_98db;
const GREY: u32 = 0x0095_a5a6;

/// A message as Discord takes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// What a thread is called that begins with it.
    pub title: String,
    /// What a notification shows.
    pub text: String,
    /// What is read then.
    pub embeds: Vec<Value>,
    /// Its buttons, in rows.
    pub components: Vec<Value>,
    /// Pictures, and what did not fit, whole.
    pub files: Vec<File>,
    /// The users whom it pings.
    pub pings: Vec<String>,
}

impl Content {
    /// What tells whether a message already shows this.
    #[must_use]
    pub fn hash(&self) -> String {
        let value = json!({
            "text": self.text,
            "embeds": self.embeds,
            "components": self.components,
            "files": beside::digests(&self.files),
            "pings": self.pings,
        });
        incident::digest::of("sickbay discord post 1", &value)
    }

    /// The body of a message: it replaces all that stood there, and pings nobody but whom it names.
    pub(super) fn body(&self) -> Value {
        let files: Vec<Value> = self
            .files
            .iter()
            .enumerate()
            .map(|(n, file)| match file.alt.as_str() {
                "" => json!({ "id": n, "filename": file.name }),
                alt => json!({ "id": n, "filename": file.name, "description": alt }),
            })
            .collect();
        json!({
            "content": self.text,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": files,
            "allowed_mentions": { "parse": [], "users": self.pings },
        })
    }
}

/// Lays a notice out.
#[must_use]
pub fn content(notice: &Notice<'_>, locale: Locale) -> Content {
    match notice {
        Notice::Looking { host, wave, probes } => words_only(&locale.looking(host, *wave, *probes)),
        Notice::Opened {
            incident,
            by,
            hosts,
            symptom,
            doing,
        } => {
            let mut lines = vec![plain(&locale.asked(by, hosts, symptom), 1_200)];
            lines.extend(doing.iter().take(4).map(|line| small(&plain(line, 120))));
            lines.push(small(&locale.incident(incident)));
            let names: Vec<&str> = hosts.iter().map(|host| host.as_str()).collect();
            let names = locale.list(&names);
            let title = if symptom.is_empty() {
                names
            } else {
                locale.headed(&names, symptom)
            };
            Content {
                title: name(&title),
                text: lines.join("\n"),
                ..Content::default()
            }
        }
        Notice::Headline {
            incident,
            by,
            status,
            summary,
            cards,
            pages,
            stage,
            hints,
        } => {
            let mut lines: Vec<String> = Vec::new();
            for (n, line) in words::first_lines(summary).enumerate() {
                let mark = if n == 0 { words::mark(*status) } else { "" };
                lines.push(format!("{mark}{}", plain(line, LINE)));
            }
            let offered = locale.offered(cards, pages, hints, Reading::Chat);
            lines.extend(offered.into_iter().take(1).map(|line| plain(&line, LINE)));
            let seen = hints.seen_before.first();
            lines.extend(seen.map(|seen| plain(&locale.seen_before(seen), LINE)));
            let below = locale.below(by, incident, *stage, summary);
            lines.push(small(&plain(&below, LINE)));
            Content {
                title: name(summary.text.lines().next().unwrap_or("")),
                text: lines.join("\n"),
                ..Content::default()
            }
        }
        Notice::Diagnosed {
            incident,
            summary,
            reports,
            pages,
            withheld,
            hints,
            ..
        } => {
            let all = words::told(reports);
            let several = reports.len() > 1;
            let (mut embeds, files) = findings(incident, &all, &summary.text, several, locale);
            let mut notes = locale.gaps(reports);
            let more = notes.len().saturating_sub(3);
            notes.truncate(3);
            if more > 0 {
                notes.push(locale.more_gaps(more, incident));
            }
            let changed = locale.changed(reports);
            let changed: Vec<String> = changed
                .iter()
                .take(3)
                .map(|line| plain(line, 900))
                .collect();
            let pages = pages.iter().take(2);
            notes.extend(pages.map(|(id, title, finding)| locale.page(id, title, finding)));
            notes.extend(withheld.iter().take(2).map(|why| locale.withheld(why)));
            notes.extend(locale.hints(hints, Reading::Chat).into_iter().take(6));
            if !notes.is_empty() || !changed.is_empty() {
                let notes = notes.iter().map(|note| plain(note, 220));
                let notes: Vec<String> = changed.into_iter().chain(notes).collect();
                embeds.push(embed(GREY, &notes.join("\n")));
            }
            // Above the thread stand the first lines of the account; here it stands where there is nothing else, and where
            // several hosts have a line each.
            let text = if all.is_empty() || several {
                plain(&summary.text, TEXT)
            } else {
                String::new()
            };
            let buttons = beside::buttons(reports, &all).into_iter();
            let buttons = buttons.map(|one| button(one, incident.as_str(), 2, locale));
            let buttons: Vec<Value> = buttons.collect();
            let components = if buttons.is_empty() {
                Vec::new()
            } else {
                vec![row(&buttons)]
            };
            Content {
                text,
                embeds,
                components,
                files,
                title: name(&locale.incident(incident)),
                pings: Vec::new(),
            }
        }
        Notice::Offer {
            card,
            given,
            standing,
        } => offer(card, given, *standing, locale),
        Notice::Called { card, names } => {
            // The one place where anybody is pinged.
            let called: Vec<String> = names.iter().map(|name| format!("<@{name}>")).collect();
            let text = plain(&locale.waits(card), LINE);
            Content {
                text: format!("{} {text}", called.join(" ")),
                pings: names.to_vec(),
                ..Content::default()
            }
        }
        Notice::Pictured {
            vitals, reports, ..
        } => Content {
            text: small(&plain(&locale.pictured(vitals), LINE)),
            files: beside::pictures(vitals, reports, Shade::Dark, locale),
            ..Content::default()
        },
        Notice::Worded { later, .. } => words_only(&locale.later(later)),
        Notice::Account {
            account,
            aids,
            occasion,
            whole,
        } => account::account(account, aids, *occasion, whole, locale),
        Notice::OnIt { by, .. } => words_only(&format!("👋 {}", locale.is_on_it(by.as_str()))),
        Notice::Scanned {
            telling,
            file,
            page,
        } => scan(telling, file, page, locale),
        Notice::Postmortem { file, text, .. } => account::postmortem(file, text, locale),
        Notice::Chosen { proposal } => words_only(&locale.chosen(proposal)),
        Notice::Running { proposal } => words_only(&locale.running(proposal)),
        Notice::Ended {
            proposal,
            outcome,
            why,
            ..
        } => {
            let head = locale.ended(*outcome, proposal.undoes.is_some());
            words_only(&locale.headed(head, &locale.why(why)))
        }
        Notice::Refused { why } => words_only(why),
        Notice::Answer { text } => long("answer", "", text, text),
    }
}

/// A scan: its verdict and the worst of it, and beside it all of it as a page.
fn scan(telling: &Telling<'_>, file: &str, page: &str, locale: Locale) -> Content {
    let tally = telling.scan.tally();
    let verdict = plain(&locale.scan_verdict(&tally), LINE);
    let colour = match tally {
        Tally { need: 1.., .. } => RED,
        Tally { unseen: 1.., .. } => GREY,
        Tally { .. } => GREEN,
    };
    let brief = locale.scan_brief(telling);
    let brief: Vec<String> = brief.iter().map(|line| plain(line, BRIEF)).collect();
    let mut small_print = vec![plain(&locale.scan_title(telling), NOTE)];
    let mut files = Vec::new();
    if !page.is_empty() {
        small_print.push(plain(&locale.whole_scan(file), NOTE));
        files.push(File::text(file.to_owned(), page.to_owned()));
    }
    let foot: Vec<String> = small_print.iter().map(|line| small(line)).collect();
    let text = format!("{}\n{}", brief.join("\n"), foot.join("\n"));
    Content {
        title: name(&locale.scan_title(telling)),
        text: verdict,
        embeds: vec![embed(colour, text.trim_start())],
        files,
        ..Content::default()
    }
}

/// Each finding with the colour of its severity, the cause first, and a file of all where not all of them fit.
fn findings(
    incident: &IncidentId,
    all: &[&Finding],
    account: &str,
    several: bool,
    locale: Locale,
) -> (Vec<Value>, Vec<File>) {
    let mut embeds = Vec::new();
    let mut used = 0;
    // An account of many hosts is long; no host may be lost from it.
    let mut whole = length(&plain(account, 100_000)) <= TEXT;
    for one in all.iter().take(SHOWN) {
        let colour = match one.severity {
            Severity::Critical => RED,
            Severity::Warning => YELLOW,
            Severity::Info => GREY,
        };
        let head = plain(&locale.finding(one, several), NOTE);
        let title = plain(&locale.title(one), NOTE);
        let mut lines = vec![format!(
            "**{}** {title}",
            locale.headed(&head, "").trim_end()
        )];
        if !one.detail.is_empty() {
            lines.push(plain(&one.detail, 900));
            whole &= length(&plain(&one.detail, 4_000)) <= 900;
        }
        lines.extend(locale.explains(one).map(|line| small(&line)));
        let text = lines.join("\n");
        if used + length(&text) > FINDINGS {
            break;
        }
        used += length(&text);
        embeds.push(embed(colour, &text));
    }
    let more = all.len() - embeds.len();
    if more == 0 && whole {
        return (embeds, Vec::new());
    }
    let file = beside::findings(incident, all, account, several, locale);
    if more > 0 {
        embeds.push(embed(GREY, &locale.more_findings(more, &file.name)));
    }
    (embeds, vec![file])
}

fn offer(
    card: &Card<'_>,
    given: &[ResponderId],
    standing: Standing<'_>,
    locale: Locale,
) -> Content {
    let one = card.proposal;
    let id = one.id.as_str();
    let steps = locale.steps(one);
    let mut parts = Vec::new();
    if !card.because.is_empty() {
        parts.push(plain(&locale.because(card.because), NOTE));
    }
    let (block, mut whole) = code(&steps, "", STEPS);
    parts.push(block);
    if !one.diff.is_empty() {
        let (block, all) = code(&text::exact(&one.diff), "diff", DIFF);
        parts.push(block);
        whole &= all;
    }
    let mut said = String::new();
    let mut foot = Vec::new();
    if !given.is_empty() {
        foot.push(plain(&locale.given(given, card.needed), NOTE));
    }
    let mut text = plain(&locale.headed(id, card.title), LINE);
    let mut buttons = Vec::new();
    let about = Button::about(one);
    let mut colour = BLUE;
    match standing {
        Standing::Open => {
            foot.push(plain(&locale.approvers(card), NOTE));
            // Discord shows the second one as the time that is left, in the words and the zone of whoever looks.
            let seconds = one.expires_at.0.div_euclid(1_000);
            foot.push(format!(
                "{} (<t:{seconds}:R>)",
                locale.expires(one.expires_at)
            ));
            buttons = vec![
                button(Button::Approve, &about, 3, locale),
                button(Button::DryRun, &about, 2, locale),
                button(Button::Reject, &about, 2, locale),
                button(Button::Details, &about, 2, locale),
            ];
        }
        Standing::UnderWay { now } => {
            text = format!("{text}\n{}", plain(&locale.doing(one, now), LINE));
        }
        Standing::Ended {
            outcome,
            why,
            output,
            can_undo,
        } => {
            let line = locale.headed(
                locale.ended(outcome, one.undoes.is_some()),
                &locale.why(why),
            );
            text = format!("{text}\n{}{}", words::sign(outcome), plain(&line, LINE));
            colour = if matches!(outcome, Outcome::Verified | Outcome::Captured) {
                GREEN
            } else {
                RED
            };
            said = locale.said_of(outcome, why, output);
            if !said.is_empty() {
                let (block, all) = code(&said, "", OUTPUT);
                foot.push(block);
                whole &= all;
            }
            let next = locale.next(outcome);
            if !next.is_empty() {
                foot.push(plain(next, NOTE));
            }
            if can_undo {
                buttons = vec![
                    button(Button::Undo, &about, 4, locale),
                    button(Button::Details, &about, 2, locale),
                ];
            }
        }
    }
    let mut files = Vec::new();
    if !whole {
        let file = beside::fix(one, &said, locale);
        parts.push(locale.whole(&file.name));
        files.push(file);
    }
    let mut last = embed(colour, &foot.join("\n"));
    let head = locale.terms(one);
    if let Some(last) = last.as_object_mut() {
        last.insert("title".to_owned(), json!(plain(&head, 250)));
    }
    Content {
        text,
        embeds: vec![embed(colour, &parts.join("\n")), last],
        components: if buttons.is_empty() {
            Vec::new()
        } else {
            vec![row(&buttons)]
        },
        files,
        title: name(&locale.incident(&one.incident)),
        pings: Vec::new(),
    }
}

/// A line in small type.
pub(super) fn small(escaped: &str) -> String {
    format!("-# {escaped}")
}

fn words_only(text: &str) -> Content {
    // Discord refuses an empty message.
    let text = if text.trim().is_empty() { "–" } else { text };
    Content {
        text: plain(text, TEXT),
        ..Content::default()
    }
}

pub(super) fn embed(colour: u32, text: &str) -> Value {
    json!({ "color": colour, "description": text })
}

pub(super) fn row(buttons: &[Value]) -> Value {
    json!({ "type": 1, "components": buttons })
}

/// A button. Styles: 2 grey, 3 green, 4 red.
fn button(which: Button, about: &str, style: u8, locale: Locale) -> Value {
    json!({
        "type": 2,
        "style": style,
        "label": locale.button(which),
        "custom_id": format!("{}:{about}", which.word()),
    })
}

/// Lines of which nothing is lost: as a block what is shown of them, and all of them as a file where that is less.
fn long(called: &str, head: &str, shown: &str, text: &str) -> Content {
    let (block, whole) = code(shown, "", BLOCK);
    Content {
        text: plain(head, TEXT),
        embeds: vec![embed(GREY, &block)],
        files: if whole && shown == text {
            Vec::new()
        } else {
            vec![File::text(
                format!("{called}.txt"),
                format!("{}\n", text.trim_end()),
            )]
        },
        ..Content::default()
    }
}

/// The text of an incident's evidence, for the person who asked: what is shown of it, and all of it.
#[must_use]
pub fn evidence(incident: &IncidentId, shown: &str, text: &str, locale: Locale) -> Content {
    let head = locale.evidence_of(incident);
    long(&format!("evidence-{incident}"), &head, shown, text)
}
