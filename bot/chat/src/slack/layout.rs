//! A notice as a Slack message. Everything that did not come from this file stands in plain text, where nothing is read as
//! formatting, a link or a mention; what is longer than Slack takes is cut where it is said to be.

use incident::notice::{Card, Notice, Standing};
use incident::remediation::Outcome;
use incident::{Finding, IncidentId, ResponderId};
use serde_json::{Value, json};
use slack_morphism::prelude::{SlackBlock, SlackMessageContent};

use crate::beside::{self, File};
use crate::event::Button;
use crate::picture::Shade;
use crate::words;

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
pub fn content(notice: &Notice<'_>) -> Content {
    match notice {
        Notice::Looking { host, wave, probes } => words_only(&words::looking(host, *wave, *probes)),
        Notice::Opened {
            incident,
            by,
            hosts,
            symptom,
            doing,
        } => {
            let head = words::asked(by, hosts, symptom);
            let mut blocks = vec![section(&head)];
            if !doing.is_empty() {
                blocks.push(context(&doing.join("\n")));
            }
            blocks.push(context(&format!("incident {incident}")));
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
            lines.extend(
                words::offered(cards, pages, words::READ)
                    .into_iter()
                    .take(1),
            );
            let text = lines.join("\n");
            let blocks = vec![
                section(&text),
                context(&format!("{by} · incident {incident}")),
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
                    .map(|finding| self::finding(finding, several)),
            );
            let mut files = Vec::new();
            let long = |one: &&Finding| one.detail.chars().count() > DETAIL;
            if all.len() > FINDINGS || all.iter().any(long) {
                let file = beside::findings(incident, &all, &summary.text, several);
                let more = all.len().saturating_sub(FINDINGS);
                blocks.push(context(&if more > 0 {
                    words::more_findings(more, &file.name)
                } else {
                    words::whole(&file.name)
                }));
                files.push(file);
            }
            let mut unread = words::gaps(reports);
            unread.truncate(5);
            if !unread.is_empty() {
                blocks.push(context(&unread.join("\n")));
            }
            for (id, title, finding) in pages.iter().take(5) {
                blocks.push(section(&words::page(id, title, finding)));
            }
            for why in withheld.iter().take(5) {
                blocks.push(section(&format!("Not offered: {why}")));
            }
            if !all.is_empty() {
                blocks.push(actions(&[button(
                    Button::Evidence,
                    "Evidence",
                    incident.as_str(),
                    None,
                )]));
            }
            Content {
                files,
                ..told(&summary.text, blocks)
            }
        }
        Notice::Pictured {
            vitals, reports, ..
        } => Content {
            text: words::pictured(vitals),
            blocks: Vec::new(),
            files: beside::pictures(vitals, reports, Shade::Light),
        },
        Notice::Offer {
            card,
            given,
            standing,
        } => offer(card, given, *standing),
        Notice::Chosen { proposal } => words_only(&words::chosen(proposal)),
        Notice::Running { proposal } => {
            words_only(&format!("Running {} on {}", proposal.id, proposal.host))
        }
        Notice::Ended {
            proposal,
            outcome,
            why,
            ..
        } => words_only(&format!(
            "{}: {why}",
            words::ended(*outcome, proposal.undoes.is_some())
        )),
        Notice::Refused { why } => words_only(why),
        Notice::Answer { text } => long("answer", text, Vec::new(), text),
    }
}

fn offer(card: &Card<'_>, given: &[ResponderId], standing: Standing<'_>) -> Content {
    let one = card.proposal;
    let head = format!("{}: {}", one.id, one.title);
    let steps = words::steps(one);
    let mut blocks = vec![section(&head)];
    if !card.because.is_empty() {
        blocks.push(context(&format!("Because: {}", card.because)));
    }
    blocks.push(preformatted(&steps));
    if !one.diff.is_empty() {
        blocks.push(preformatted(&one.diff));
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
        let file = beside::fix(one, said);
        blocks.push(context(&words::whole(&file.name)));
        files.push(file);
    }
    blocks.push(context(&words::terms(one)));
    if !given.is_empty() {
        blocks.push(context(&words::given(given, card.needed)));
    }
    let id = one.id.as_str();
    let mut text = head;
    match standing {
        Standing::Open => {
            let expires = words::expires(one.expires_at);
            blocks.push(context(&format!("{} · {expires}", words::approvers(card))));
            let sure = confirm(
                &format!("Run {id} on {}?", one.host),
                &words::gist(one),
                "Approve",
            );
            blocks.push(actions(&[
                button(
                    Button::Approve,
                    "Approve",
                    &Button::about(card.proposal),
                    Some(("primary", sure)),
                ),
                button(
                    Button::DryRun,
                    "Dry run",
                    &Button::about(card.proposal),
                    None,
                ),
                button(
                    Button::Reject,
                    "Reject",
                    &Button::about(card.proposal),
                    None,
                ),
                button(
                    Button::Details,
                    "Details",
                    &Button::about(card.proposal),
                    None,
                ),
            ]));
        }
        Standing::UnderWay { now } => {
            let line = words::doing(one, now);
            blocks.push(section(&line));
            text = line;
        }
        Standing::Ended {
            outcome,
            why,
            can_undo,
            ..
        } => {
            let line = format!(
                "{}{}: {why}",
                words::sign(outcome),
                words::ended(outcome, one.undoes.is_some())
            );
            blocks.push(section(&line));
            if !said.is_empty() {
                blocks.push(preformatted(said));
            }
            let next = words::next(outcome);
            if !next.is_empty() {
                blocks.push(context(next));
            }
            if can_undo {
                let sure = confirm(
                    &format!("Undo {id}?"),
                    &format!("What it changed on {} is put back.", one.host),
                    "Undo",
                );
                blocks.push(actions(&[
                    button(
                        Button::Undo,
                        "Undo",
                        &Button::about(card.proposal),
                        Some(("danger", sure)),
                    ),
                    button(
                        Button::Details,
                        "Details",
                        &Button::about(card.proposal),
                        None,
                    ),
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

fn finding(finding: &Finding, several: bool) -> Value {
    let mut text = format!("{}: {}", words::finding(finding, several), finding.title);
    if !finding.detail.is_empty() {
        text.push('\n');
        text.push_str(&finding.detail);
    }
    if let Some(explains) = words::explains(finding) {
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
    let text = text
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
pub(super) fn in_thread(content: &Content) -> Content {
    let names: Vec<&str> = content
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    words_only(&words::long_answer(&names.join(", ")))
}

/// What is told one person in several messages, of which Slack takes five: all of it, or as much as they hold.
pub(crate) fn in_parts(content: &Content) -> Vec<Content> {
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
        parts.push(words_only(words::CUT));
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
    const SIGN: &str = " … (cut)";
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
    json!({ "type": "plain_text", "text": cut(filled(text), most), "emoji": false })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": plain(text, SECTION) })
}

fn context(text: &str) -> Value {
    json!({ "type": "context", "elements": [plain(text, 1_900)] })
}

fn preformatted(text: &str) -> Value {
    json!({ "type": "rich_text", "elements": [
        { "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": cut(filled(text), BLOCK) }] }
    ] })
}

fn actions(elements: &[Value]) -> Value {
    json!({ "type": "actions", "elements": elements })
}

fn button(which: Button, label: &str, about: &str, look: Option<(&str, Value)>) -> Value {
    let mut button = json!({
        "type": "button",
        "action_id": which.word(),
        "text": plain(label, 75),
        "value": about,
    });
    if let (Some((style, sure)), Some(map)) = (look, button.as_object_mut()) {
        map.insert("style".to_owned(), json!(style));
        map.insert("confirm".to_owned(), sure);
    }
    button
}

fn confirm(title: &str, text: &str, yes: &str) -> Value {
    json!({
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Not now", 30),
    })
}

/// The text of an incident's evidence, for the person who asked.
#[must_use]
pub fn evidence(incident: &IncidentId, text: &str) -> Content {
    let head = format!("Evidence of {incident}");
    let called = format!("evidence-{incident}");
    long(&called, &head, vec![section(&head)], text)
}
