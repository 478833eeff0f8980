//! A notice as a Slack message. Everything that did not come from this file stands in plain text, where nothing is read as
//! formatting, a link or a mention; what is longer than Slack takes is cut where it is said to be.

use incident::notice::{Card, Notice, Standing};
use incident::remediation::Outcome;
use incident::{Finding, IncidentId, ResponderId};
use serde_json::{Value, json};
use slack_morphism::prelude::{SlackBlock, SlackMessageContent};

use crate::Locale;
use crate::beside::{self, File};
use crate::event::Button;
use crate::picture::Shade;
use crate::text;
use crate::words::{self, Reading};

/// Characters of a section. Slack takes 3 000.
const SECTION: usize = 2_900;
/// Characters of the text that notifications and screen readers show. Slack cuts at 40 000, phones much sooner.
const TEXT: usize = 3_000;
/// Characters of preformatted text in a block.
const BLOCK: usize = 9_000;
/// Messages that a long answer to one person may take, besides one that says that there is more.
const PARTS: usize = 4;
/// Characters of a finding's detail that are sure to be shown.
const DETAIL: usize = 2_000;
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
        } => {
            let mut lines: Vec<String> = Vec::new();
            for (n, line) in summary.text.lines().take(2).enumerate() {
                let mark = if n == 0 { words::mark(*status) } else { "" };
                lines.push(format!("{mark}{line}"));
            }
            let offered = locale.offered(cards, pages, Reading::Chat);
            lines.extend(offered.into_iter().take(1));
            let text = lines.join("\n");
            let blocks = vec![
                section(&text),
                context(&format!("{by} · {}", locale.incident(incident))),
            ];
            told(&text, blocks)
        }
        Notice::Diagnosed {
            incident,
            summary,
            reports,
            pages,
            withheld,
            ..
        } => {
            let all = words::told(reports);
            // Above the thread stand the first lines of the account; here it stands where there is nothing else, and where
            // several hosts have a line each.
            let several = reports.len() > 1;
            let mut blocks = Vec::new();
            if all.is_empty() || several {
                blocks.push(section(&summary.text));
            }
            blocks.extend(
                all.iter()
                    .take(FINDINGS)
                    .map(|finding| self::finding(finding, several, locale)),
            );
            let mut files = Vec::new();
            let long = |one: &&Finding| one.detail.chars().count() > DETAIL;
            if all.len() > FINDINGS || all.iter().any(long) {
                let file = beside::findings(incident, &all, &summary.text, several, locale);
                let more = all.len().saturating_sub(FINDINGS);
                blocks.push(context(&if more > 0 {
                    locale.more_findings(more, &file.name)
                } else {
                    locale.whole(&file.name)
                }));
                files.push(file);
            }
            let mut unread = locale.gaps(reports);
            unread.truncate(5);
            if !unread.is_empty() {
                blocks.push(context(&unread.join("\n")));
            }
            for (id, title, finding) in pages.iter().take(5) {
                blocks.push(section(&locale.page(id, title, finding)));
            }
            for why in withheld.iter().take(5) {
                blocks.push(section(&locale.withheld(why)));
            }
            if !all.is_empty() {
                let evidence = button(Button::Evidence, incident.as_str(), None, locale);
                blocks.push(actions(&[evidence]));
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
            called.push(json!({ "type": "text", "text": cut(&text, SECTION) }));
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
        Notice::Answer { text } => long("answer", text, Vec::new(), text),
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
    let mut blocks = vec![section(&head)];
    if !card.because.is_empty() {
        blocks.push(context(
            &locale.because(&locale.titled(one.answers_code.as_str(), card.because)),
        ));
    }
    blocks.push(preformatted(&steps));
    if !one.diff.is_empty() {
        blocks.push(preformatted(&text::exact(&one.diff)));
    }
    let mut said = "";
    if let Standing::Ended {
        outcome, output, ..
    } = standing
        && outcome != Outcome::Verified
        && !output.trim().is_empty()
    {
        said = output;
    }
    let mut files = Vec::new();
    if [&steps, one.diff.as_str(), said]
        .iter()
        .any(|part| part.chars().count() > BLOCK)
    {
        let file = beside::fix(one, said, locale);
        blocks.push(context(&locale.whole(&file.name)));
        files.push(file);
    }
    blocks.push(context(&locale.terms(one)));
    if !given.is_empty() {
        blocks.push(context(&locale.given(given, card.needed)));
    }
    let id = one.id.as_str();
    let mut text = head;
    match standing {
        Standing::Open => {
            let expires = locale.expires(one.expires_at);
            blocks.push(context(&format!("{} · {expires}", locale.approvers(card))));
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
            let line = locale.doing(one, now);
            blocks.push(section(&line));
            text = line;
        }
        Standing::Ended {
            outcome,
            why,
            can_undo,
            ..
        } => {
            let head = locale.ended(outcome, one.undoes.is_some());
            let line = format!(
                "{}{}",
                words::sign(outcome),
                locale.headed(head, &locale.why(why))
            );
            blocks.push(section(&line));
            if !said.is_empty() {
                blocks.push(preformatted(said));
            }
            let next = locale.next(outcome);
            if !next.is_empty() {
                blocks.push(context(next));
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
            text = format!("{id} {line}");
        }
    }
    Content {
        files,
        ..told(&text, blocks)
    }
}

fn finding(finding: &Finding, several: bool, locale: Locale) -> Value {
    let mut text = locale.headed(&locale.finding(finding, several), &locale.title(finding));
    if !finding.detail.is_empty() {
        text.push('\n');
        text.push_str(&finding.detail);
    }
    if let Some(explains) = locale.explains(finding) {
        text.push('\n');
        text.push_str(&explains);
    }
    section(&text)
}

fn words_only(text: &str) -> Content {
    told(text, vec![section(text)])
}

/// The text of a notification is read for mentions and links, so what would be one is written out.
fn told(text: &str, blocks: Vec<Value>) -> Content {
    let text = text::shown(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    Content {
        text: cut(&text, TEXT),
        blocks,
        files: Vec::new(),
    }
}

/// Lines of which nothing is lost: in the message, and as a file where they are too long for it.
fn long(called: &str, head: &str, mut blocks: Vec<Value>, text: &str) -> Content {
    let whole = text.chars().count() <= BLOCK;
    let files = if whole {
        Vec::new()
    } else {
        vec![File::text(
            format!("{called}.txt"),
            format!("{}\n", text.trim_end()),
        )]
    };
    blocks.push(preformatted(text));
    Content {
        files,
        ..told(head, blocks)
    }
}

/// What is told one person whose answer is in the thread.
pub(super) fn in_thread(content: &Content, locale: Locale) -> Content {
    let names: Vec<&str> = content
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    words_only(&locale.long_answer(&locale.list(&names)))
}

/// What is told one person in several messages, of which Slack takes five: all of it, or as much as they hold.
pub(crate) fn in_parts(content: &Content, locale: Locale) -> Vec<Content> {
    let text: Vec<String> = content.files.iter().map(File::words).collect();
    let text = text.join("\n");
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() && parts.len() < PARTS {
        let (part, more) = split(rest, BLOCK);
        parts.push(told(part, vec![preformatted(part)]));
        rest = more;
    }
    if !rest.is_empty() {
        parts.push(words_only(locale.cut_off()));
    }
    parts
}

/// A text of at most so many characters, to the end of a line where there is one, and the rest.
fn split(text: &str, most: usize) -> (&str, &str) {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return (text, "");
    };
    let (part, _) = text.split_at(end);
    let end = part.rfind('\n').map_or(end, |line| line + 1);
    text.split_at(end)
}

/// At most so many characters, with a sign that there were more.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    const SIGN: &str = " […]";
    let room = most.saturating_sub(SIGN.chars().count());
    let mut out: String = text.chars().take(room).collect();
    out.push_str(SIGN);
    out
}

/// Slack refuses an empty text.
fn filled(text: &str) -> &str {
    if text.trim().is_empty() { "–" } else { text }
}

fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": cut(filled(&text::shown(text)), most), "emoji": false })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": plain(text, SECTION) })
}

fn context(text: &str) -> Value {
    json!({ "type": "context", "elements": [plain(text, 1_900)] })
}

fn preformatted(text: &str) -> Value {
    json!({ "type": "rich_text", "elements": [
        { "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": cut(filled(&text::shown(text)), BLOCK) }] }
    ] })
}

fn actions(elements: &[Value]) -> Value {
    json!({ "type": "actions", "elements": elements })
}

fn button(which: Button, about: &str, look: Option<(&str, Value)>, locale: Locale) -> Value {
    let mut button = json!({
        "type": "button",
        "action_id": which.word(),
        "text": plain(locale.button(which), 75),
        "value": about,
    });
    if let (Some((style, sure)), Some(map)) = (look, button.as_object_mut()) {
        map.insert("style".to_owned(), json!(style));
        map.insert("confirm".to_owned(), sure);
    }
    button
}

fn confirm(title: &str, text: &str, yes: Button, locale: Locale) -> Value {
    json!({
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(locale.button(yes), 30),
        "deny": plain(locale.not_now(), 30),
    })
}

/// The text of an incident's evidence, for the person who asked.
#[must_use]
pub fn evidence(incident: &IncidentId, text: &str, locale: Locale) -> Content {
    let head = locale.evidence_of(incident);
    let called = format!("evidence-{incident}");
    long(&called, &head, vec![section(&head)], text)
}
