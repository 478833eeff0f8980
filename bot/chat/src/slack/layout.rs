//! A notice as a Slack message. Everything that did not come from this file stands in plain text, where nothing is read as
//! formatting, a link or a mention; what is longer than Slack takes is cut where it is said to be.

use incident::notice::{Card, Notice, Standing};
use incident::scan::Telling;
use incident::{Finding, IncidentId, ResponderId};
use serde_json::{Value, json};
use slack_morphism::prelude::{SlackBlock, SlackMessageContent};

use super::account;
use super::blocks::{
    SECTION, actions, button, confirm, context, fit, line, note, preformatted, section, section_of,
    split, weight,
};
use crate::Locale;
use crate::beside::{self, File};
use crate::event::Button;
use crate::picture::Shade;
use crate::text;
use crate::words::{self, Reading};

// How much of a text is shown is counted as `blocks` counts it.

/// Of all blocks, besides buttons.
pub(super) const MESSAGE: usize = 10_500;
/// Of the text that notifications and screen readers show. Slack takes 4 000 bytes where a message is edited.
const TEXT: usize = 3_000;
/// Of the one block of an answer.
const BLOCK: usize = 9_000;
/// Of the steps on a card, of its diff, and of what was said where they did not work.
const STEPS: usize = 3_500;
const DIFF: usize = 1_500;
const OUTPUT: usize = 1_200;
/// Of all findings of a message.
const FOUND: usize = 7_500;
/// Messages that a long answer to one person may take, besides one that says that there is more.
const PARTS: usize = 4;
/// What could not be checked, line by line.
const GAPS: usize = 5;
/// Findings that are shown in a message; Slack takes 50 blocks.
const FINDINGS: usize = 20;

/// A message as Slack takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// What a notification shows.
    pub text: String,
    /// What the message shows; empty where there are only files.
    pub blocks: Vec<Value>,
    /// Pictures, and what did not fit, whole. Slack has them beside messages, never in them.
    pub files: Vec<File>,
}

impl Content {
    /// What tells whether a message already shows this.
    #[must_use]
    pub fn hash(&self) -> String {
        let files = beside::digests(&self.files);
        let value = json!({ "text": self.text, "blocks": self.blocks, "files": files });
        incident::digest::of("sickbay post 1", &value)
    }

    pub(super) fn message(&self) -> SlackMessageContent {
        let blocks = self.blocks.iter().cloned().map(SlackBlock::Unknown);
        SlackMessageContent::new()
            .with_text(self.text.clone())
            .with_blocks(blocks.collect())
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
            let head = locale.asked(by, hosts, symptom);
            let mut blocks = vec![section(&head)];
            if !doing.is_empty() {
                blocks.push(context(&doing.join("\n")));
            }
            blocks.push(context(&locale.incident(incident)));
            told(&head, blocks)
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
                lines.push(format!("{mark}{line}"));
            }
            let offered = locale.offered(cards, pages, hints, Reading::Chat);
            lines.extend(offered.into_iter().take(1));
            let seen = hints.seen_before.first();
            lines.extend(seen.map(|seen| locale.seen_before(seen)));
            let text = lines.join("\n");
            let blocks = vec![
                section(&text),
                context(&locale.below(by, incident, *stage, summary)),
            ];
            told(&text, blocks)
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
            // Above the thread stand the first lines of the account; here it stands where there is nothing else, and where
            // several hosts have a line each.
            let several = reports.len() > 1;
            let mut blocks = Vec::new();
            let mut whole = true;
            if all.is_empty() || several {
                let (text, all_of_it) = fit(&summary.text, SECTION);
                blocks.push(section_of(&text));
                whole &= all_of_it;
            }
            let (mut used, mut more) = (0, all.len());
            for one in all.iter().take(FINDINGS) {
                let (text, all_of_it) = fit(&finding(one, several, locale), SECTION);
                used += weight(&text);
                if used > FOUND {
                    break;
                }
                blocks.push(section_of(&text));
                whole &= all_of_it;
                more -= 1;
            }
            let mut files = Vec::new();
            if more > 0 || !whole {
                let file = beside::findings(incident, &all, &summary.text, several, locale);
                blocks.push(context(&if more > 0 {
                    locale.more_findings(more, &file.name)
                } else {
                    locale.whole(&file.name)
                }));
                files.push(file);
            }
            let mut unread = locale.gaps(reports);
            let more = unread.len().saturating_sub(GAPS);
            unread.truncate(GAPS);
            if more > 0 {
                unread.push(locale.more_gaps(more, incident));
            }
            let changed = locale.changed(reports);
            let changed = changed.iter().take(GAPS).map(|line| note(line));
            let unread = (!unread.is_empty()).then(|| context(&unread.join("\n")));
            let pages = pages.iter().take(5);
            let pages = pages.map(|(id, title, finding)| note(&locale.page(id, title, finding)));
            let withheld = withheld.iter().take(5);
            let withheld = withheld.map(|why| note(&locale.withheld(why)));
            let hints = locale.hints(hints, Reading::Chat);
            let hints = hints.iter().take(8).map(|hint| note(hint));
            for block in changed
                .chain(unread)
                .chain(pages)
                .chain(withheld)
                .chain(hints)
            {
                blocks.push(block);
                if json!(blocks).to_string().len() > MESSAGE {
                    blocks.pop();
                }
            }
            let pressed = beside::buttons(reports, &all);
            let buttons = pressed.iter();
            let buttons = buttons.map(|one| button(*one, incident.as_str(), None, locale));
            let buttons: Vec<Value> = buttons.collect();
            if !buttons.is_empty() {
                blocks.push(actions(&buttons));
            }
            Content {
                files,
                ..told(&summary.text, blocks)
            }
        }
        Notice::Called { card, names } => {
            let text = locale.waits(card);
            // The one place where anybody is pinged.
            let mut called: Vec<Value> = names
                .iter()
                .flat_map(|name| {
                    [
                        json!({ "type": "user", "user_id": name }),
                        json!({ "type": "text", "text": " " }),
                    ]
                })
                .collect();
            called.push(json!({ "type": "text", "text": fit(&text, SECTION).0 }));
            let section = json!({ "type": "rich_text_section", "elements": called });
            told(
                &text,
                vec![json!({ "type": "rich_text", "elements": [section] })],
            )
        }
        Notice::Pictured {
            vitals, reports, ..
        } => Content {
            text: locale.pictured(vitals),
            blocks: Vec::new(),
            files: beside::pictures(vitals, reports, Shade::Light, locale),
        },
        Notice::Offer {
            card,
            given,
            standing,
        } => offer(card, given, *standing, locale),
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
        Notice::Answer { text } => long("answer", text, Vec::new(), text, text),
    }
}

fn offer(
    card: &Card<'_>,
    given: &[ResponderId],
    standing: Standing<'_>,
    locale: Locale,
) -> Content {
    let one = card.proposal;
    let head = locale.headed(one.id.as_str(), card.title);
    let steps = locale.steps(one);
    let mut blocks = vec![note(&head)];
    if !card.because.is_empty() {
        blocks.push(line(&locale.because(card.because)));
    }
    let (block, mut whole) = preformatted(&steps, STEPS);
    blocks.push(block);
    if !one.diff.is_empty() {
        let (block, all_of_it) = preformatted(&text::exact(&one.diff), DIFF);
        blocks.push(block);
        whole &= all_of_it;
    }
    let mut said = None;
    if let Standing::Ended {
        outcome,
        why,
        output,
        ..
    } = standing
    {
        let text = locale.said_of(outcome, why, output);
        if !text.is_empty() {
            let (block, all_of_it) = preformatted(&text, OUTPUT);
            said = Some((block, text));
            whole &= all_of_it;
        }
    }
    let mut files = Vec::new();
    if !whole {
        let output = said
            .as_ref()
            .map_or("", |(_, output): &(_, String)| output.as_str());
        let file = beside::fix(one, output, locale);
        blocks.push(line(&locale.whole(&file.name)));
        files.push(file);
    }
    blocks.push(line(&locale.terms(one)));
    if !given.is_empty() {
        blocks.push(line(&locale.given(given, card.needed)));
    }
    let id = one.id.as_str();
    let mut text = head;
    match standing {
        Standing::Open => {
            let expires = locale.expires(one.expires_at);
            blocks.push(line(&format!("{} · {expires}", locale.approvers(card))));
            let sure = confirm(
                &locale.run_named(one),
                &locale.gist(one),
                Button::Approve,
                locale,
            );
            let about = Button::about(one);
            blocks.push(actions(&[
                button(Button::Approve, &about, Some(("primary", sure)), locale),
                button(Button::DryRun, &about, None, locale),
                button(Button::Reject, &about, None, locale),
                button(Button::Details, &about, None, locale),
            ]));
        }
        Standing::UnderWay { now } => {
            text = locale.doing(one, now);
            blocks.push(section(&text));
        }
        Standing::Ended {
            outcome,
            why,
            can_undo,
            ..
        } => {
            let head = locale.ended(outcome, one.undoes.is_some());
            let ended = format!(
                "{}{}",
                words::sign(outcome),
                locale.headed(head, &locale.why(why))
            );
            blocks.push(note(&ended));
            blocks.extend(said.map(|(block, _)| block));
            let next = locale.next(outcome);
            if !next.is_empty() {
                blocks.push(line(next));
            }
            if can_undo {
                let sure = confirm(
                    &locale.undo_named(one),
                    &locale.put_back(one),
                    Button::Undo,
                    locale,
                );
                let about = Button::about(one);
                blocks.push(actions(&[
                    button(Button::Undo, &about, Some(("danger", sure)), locale),
                    button(Button::Details, &about, None, locale),
                ]));
            }
            text = format!("{id} {ended}");
        }
    }
    Content {
        files,
        ..told(&text, blocks)
    }
}

fn finding(finding: &Finding, several: bool, locale: Locale) -> String {
    let mut text = locale.headed(&locale.finding(finding, several), &locale.title(finding));
    if !finding.detail.is_empty() {
        text.push('\n');
        text.push_str(&finding.detail);
    }
    if let Some(explains) = locale.explains(finding) {
        text.push('\n');
        text.push_str(&explains);
    }
    text
}

/// The longest line of what a scan came to: all of them fit into one block.
const BRIEF: usize = 240;

/// A scan: its verdict and the worst of it, and beside it all of it as a page.
fn scan(telling: &Telling<'_>, file: &str, page: &str, locale: Locale) -> Content {
    let verdict = locale.scan_verdict(&telling.scan.tally());
    let mut blocks = vec![section(&verdict)];
    let brief = locale.scan_brief(telling);
    if !brief.is_empty() {
        let brief: Vec<String> = brief.iter().map(|line| fit(line, BRIEF).0).collect();
        blocks.push(section(&brief.join("\n")));
    }
    blocks.push(context(&locale.scan_title(telling)));
    let mut files = Vec::new();
    if !page.is_empty() {
        blocks.push(context(&locale.whole_scan(file)));
        files.push(File::text(file.to_owned(), page.to_owned()));
    }
    Content {
        files,
        ..told(&verdict, blocks)
    }
}

fn words_only(text: &str) -> Content {
    told(text, vec![section(text)])
}

/// The text of a notification is read for mentions and links, so what would be one is written out.
pub(super) fn told(text: &str, blocks: Vec<Value>) -> Content {
    let text = text::shown(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    Content {
        text: fit(&text, TEXT).0,
        blocks,
        files: Vec::new(),
    }
}

/// Lines of which nothing is lost: in the message as much as is shown of them, and all of them as a file where that is less.
fn long(called: &str, head: &str, mut blocks: Vec<Value>, shown: &str, text: &str) -> Content {
    let (block, whole) = preformatted(shown, BLOCK);
    let files = if whole && shown == text {
        Vec::new()
    } else {
        vec![File::text(
            format!("{called}.txt"),
            format!("{}\n", text.trim_end()),
        )]
    };
    blocks.push(block);
    Content {
        files,
        ..told(head, blocks)
    }
}

/// What is told one person whose whole answer is in the thread: as much as a message holds, and where the rest is.
pub(super) fn in_thread(content: &Content, locale: Locale) -> Content {
    let names: Vec<&str> = content
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    let rest = locale.long_answer(&locale.list(&names));
    let mut blocks = content.blocks.clone();
    blocks.push(note(&rest));
    told(&rest, blocks)
}

/// What is told one person in several messages, of which Slack takes five: all of it, or as much as they hold.
pub(crate) fn in_parts(content: &Content, locale: Locale) -> Vec<Content> {
    let text: Vec<String> = content.files.iter().map(File::words).collect();
    let text = text.join("\n");
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() && parts.len() < PARTS {
        let (part, more) = split(rest, BLOCK);
        parts.push(told(part, vec![preformatted(part, BLOCK).0]));
        rest = more;
    }
    if !rest.is_empty() {
        parts.push(words_only(locale.cut_off()));
    }
    parts
}

/// The text of an incident's evidence, for the person who asked: what is shown of it, and all of it.
#[must_use]
pub fn evidence(incident: &IncidentId, shown: &str, text: &str, locale: Locale) -> Content {
    let head = locale.evidence_of(incident);
    let called = format!("evidence-{incident}");
    long(&called, &head, vec![section(&head)], shown, text)
}
