//! What people do in Slack, as events: one parser, whichever way it came. Nothing is done here: what was heard is handed on.

use incident::Moment;
use slack_morphism::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use super::form::{self, Kept};
use crate::event::{Button, ChatEvent, Platform, What};
use crate::seen::Seen;

/// Hears for one workspace. All ways that lead to it share one, so that what comes twice is heard once.
#[derive(Debug)]
pub(super) struct Ear {
    to: UnboundedSender<ChatEvent>,
    me: String,
    seen: Seen,
    /// What people choose from in the forms that they have before them.
    pub(super) kept: Kept,
}

/// Nobody takes what people do any more, so Slack must not be told that it has arrived.
#[derive(Debug, thiserror::Error)]
#[error("nobody listens to Slack any more")]
pub(super) struct Closed;

impl Ear {
    /// Hands on to `to`; `me` is the name that people call us by.
    pub(super) fn new(to: UnboundedSender<ChatEvent>, me: String) -> Self {
        Self {
            to,
            me,
            seen: Seen::default(),
            kept: Kept::default(),
        }
    }

    /// Slack's name for us.
    pub(super) fn me(&self) -> &str {
        &self.me
    }

    /// Hands an event on, once.
    fn hand_on(&self, event: ChatEvent) -> Result<(), Closed> {
        if self.to.is_closed() {
            return Err(Closed);
        }
        if !self.seen.first(&event.key) {
            return Ok(());
        }
        self.to.send(event).map_err(|_event| Closed)
    }

    /// Somebody typed a command.
    pub(super) fn command(&self, event: &SlackCommandEvent) -> Result<(), Closed> {
        let text = event.text.clone().unwrap_or_default();
        let command = event.command.to_string();
        let text = match command.trim_start_matches('/') {
            // `/sickbay hosts` is `hosts`; `/diagnose web1` is `diagnose web1`.
            "sickbay" => text,
            verb => format!("{verb} {text}"),
        };
        self.hand_on(ChatEvent {
            key: format!("slack:command:{}", event.trigger_id),
            platform: Platform::Slack,
            user: event.user_id.to_string(),
            place: place(&event.team_id, &event.channel_id),
            thread: None,
            locale: None,
            roles: None,
            reply: Some(event.response_url.value().to_string()),
            form: Some(event.trigger_id.to_string()),
            what: What::Asked { text: plain(&text) },
        })
    }

    /// Somebody pressed a button, or is at a form. Gives what Slack is to be told with its acknowledgement.
    pub(super) fn did(
        &self,
        event: &SlackInteractionEvent,
    ) -> Result<SlackInteractionResponse, Closed> {
        match event {
            SlackInteractionEvent::BlockActions(event) => self.pressed(event)?,
            SlackInteractionEvent::ViewSubmission(event) => {
                if let Some(event) = form::filled(event) {
                    self.hand_on(event)?;
                }
            }
            SlackInteractionEvent::BlockSuggestion(event) => {
                return Ok(form::suggested(&self.kept, event));
            }
            SlackInteractionEvent::DialogSubmission(_)
            | SlackInteractionEvent::MessageAction(_)
            | SlackInteractionEvent::Shortcut(_)
            | SlackInteractionEvent::ViewClosed(_) => {}
        }
        Ok(SlackInteractionResponse::Empty)
    }

    fn pressed(&self, event: &SlackInteractionBlockActionsEvent) -> Result<(), Closed> {
        let (Some(user), Some(channel)) = (event.user.as_ref(), event.channel.as_ref()) else {
            return Ok(());
        };
        let place = place(&event.team.id, &channel.id);
        let thread = event
            .message
            .as_ref()
            .and_then(|message| message.origin.thread_ts.clone())
            .map(|ts| format!("{place}:{ts}"));
        for action in event.actions.iter().flatten() {
            // One id a message: what stands behind a colon only tells buttons of one kind apart.
            let id = action.action_id.to_string();
            let word = id.split(':').next().unwrap_or(&id);
            let Some(button) = Button::of(word) else {
                continue;
            };
            let at = action
                .action_ts
                .as_ref()
                .map_or_else(|| event.trigger_id.to_string(), ToString::to_string);
            self.hand_on(ChatEvent {
                key: format!("slack:press:{}:{at}:{}", user.id, action.action_id),
                platform: Platform::Slack,
                user: user.id.to_string(),
                place: place.clone(),
                thread: thread.clone(),
                locale: None,
                roles: None,
                reply: None,
                form: Some(event.trigger_id.to_string()),
                what: What::Pressed {
                    button,
                    about: action.value.clone().unwrap_or_default(),
                    words: None,
                },
            })?;
        }
        Ok(())
    }

    /// Somebody said something.
    pub(super) fn said(&self, event: SlackPushEventCallback) -> Result<(), Closed> {
        let key = format!("slack:event:{}", event.event_id);
        if let SlackEventCallbackBody::AppMention(mention) = event.event {
            let place = place(&event.team_id, &mention.channel);
            let thread = mention
                .origin
                .thread_ts
                .as_ref()
                .map(|ts| format!("{place}:{ts}"));
            let text = mention.content.text.unwrap_or_default();
            let name = format!("<@{}>", self.me);
            return self.hand_on(ChatEvent {
                key,
                platform: Platform::Slack,
                user: mention.user.to_string(),
                place,
                thread,
                locale: None,
                roles: None,
                reply: None,
                form: None,
                what: What::Asked {
                    text: plain(text.replace(&name, " ").trim()),
                },
            });
        } else if let SlackEventCallbackBody::MemberJoinedChannel(joined) = event.event {
            // That we were invited is no news to us.
            if joined.user.0 == self.me {
                return Ok(());
            }
            return self.hand_on(ChatEvent {
                key,
                platform: Platform::Slack,
                user: joined.user.to_string(),
                place: place(&event.team_id, &joined.channel),
                thread: None,
                locale: None,
                roles: None,
                reply: None,
                form: None,
                what: What::Joined,
            });
        } else if let SlackEventCallbackBody::Message(message) = event.event
            && let Some(event) = told(&event.team_id, key, message)
        {
            return self.hand_on(event);
        }
        Ok(())
    }
}

/// What a person said in a thread, or took back. Our own messages, edits and joins are not what people say.
fn told(team: &SlackTeamId, key: String, message: SlackMessageEvent) -> Option<ChatEvent> {
    let place = place(team, message.origin.channel.as_ref()?);
    let event = |user: &SlackUserId, thread: Option<String>, what| ChatEvent {
        key,
        platform: Platform::Slack,
        user: user.to_string(),
        place: place.clone(),
        thread,
        locale: None,
        roles: None,
        reply: None,
        form: None,
        what,
    };
    if let (Some(SlackMessageEventType::MessageDeleted), Some(ts)) =
        (&message.subtype, &message.deleted_ts)
    {
        let by = message.previous_message?.sender.user?;
        let message = format!("{place}:{ts}");
        return Some(event(&by, None, What::TookBack { message }));
    }
    let shared = matches!(
        message.subtype,
        Some(SlackMessageEventType::FileShare | SlackMessageEventType::ThreadBroadcast)
    );
    if message.sender.bot_id.is_some() || (message.subtype.is_some() && !shared) {
        return None;
    }
    let thread = format!("{place}:{}", message.origin.thread_ts?);
    let text = message.content.and_then(|content| content.text);
    let what = What::Said {
        text: plain(&text.unwrap_or_default()),
        message: format!("{place}:{}", message.origin.ts),
        at: moment(message.origin.ts.value()),
    };
    Some(event(&message.sender.user?, Some(thread), what))
}

/// `1700000000.000100`, the name of a message, says when it was sent: seconds and their millionths.
fn moment(ts: &str) -> Moment {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, ""));
    let seconds: i64 = seconds.parse().unwrap_or(0);
    let thousandths: i64 = rest.get(..3).and_then(|ms| ms.parse().ok()).unwrap_or(0);
    Moment(seconds.saturating_mul(1000).saturating_add(thousandths))
}

fn place(team: &SlackTeamId, channel: &SlackChannelId) -> String {
    format!("slack:{team}:{channel}")
}

/// What was typed, as it was typed: Slack escapes three characters, and turns what looks like an address into a link.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, link) = rest.split_at(at);
        out.push_str(before);
        let Some(end) = link.find('>') else {
            rest = link;
            break;
        };
        let inner = link.get(1..end).unwrap_or("");
        let shown = match inner.split_once('|') {
            Some((_, label)) if !inner.starts_with(['@', '#', '!']) => label,
            _ => inner.trim_start_matches("mailto:"),
        };
        out.push_str(shown);
        rest = link.get(end + 1..).unwrap_or("");
    }
    out.push_str(rest);
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use incident::Moment;

    use super::{moment, plain};

    #[track_caller]
    fn check(sent: &str, typed: &str) {
        assert_eq!(plain(sent), typed);
    }

    #[test]
    fn a_message_is_named_by_its_time() {
        let check = |ts: &str, ms: i64| assert_eq!(moment(ts), Moment(ms), "{ts}");
        check("1700000000.000100", 1_700_000_000_000);
        check("1700000000.250100", 1_700_000_000_250);
        check("1700000000", 1_700_000_000_000);
        check("x.y", 0);
    }

    #[test]
    fn what_slack_sends_is_what_was_typed() {
        check("web1 the site is down", "web1 the site is down");
        check(
            "<http://web1.example|web1.example> is down",
            "web1.example is down",
        );
        check("<http://a.example/x> 502", "http://a.example/x 502");
        check("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d");
        check("<@U1> look <#C1|general>", "@U1 look #C1|general");
        check("half <open", "half <open");
        check("&amp;lt;", "&lt;");
    }
}
