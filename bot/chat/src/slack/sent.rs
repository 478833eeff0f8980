//! Looking for a message that was sent before, where nobody said that it had arrived: Slack takes the same message twice.

use std::collections::HashMap;

use incident::Moment;
use slack_morphism::prelude::*;

use super::{Content, Slack, called, last_of};
use crate::event::SendError;
use crate::front::New;

/// What our messages are marked as, for nobody but us.
const KIND: &str = "sickbay_part";
/// The name of the mark.
const ONCE: &str = "once";
/// How far Slack's clock may be behind ours, in seconds.
const APART: i64 = 300;
/// Messages of a page, and how many pages are looked through.
const PAGE: &str = "200";
const PAGES: usize = 10;

/// What tells a message of ours from any other.
pub(super) fn mark(once: &str) -> SlackMessageMetadata {
    // The library reads nothing but texts here.
    let marks = HashMap::from([(ONCE.to_owned(), once.to_owned())]);
    SlackMessageMetadata::new(KIND.to_owned()).with_event_payload(marks)
}

impl Slack {
    /// The message that was sent before, by its whole name; none where there is none, or where Slack does not let us look.
    pub(super) async fn find(
        &self,
        new: New<'_>,
        since: Moment,
        content: &Content,
    ) -> Result<Option<String>, SendError> {
        let channel = last_of(new.place);
        let root = new.root.map(last_of);
        let oldest = (since.0.div_euclid(1_000) - APART).to_string();
        let method = match root {
            Some(_) => "conversations.replies",
            None => "conversations.history",
        };
        let session = self.client.open_session(&self.token);
        let mut cursor: Option<String> = None;
        for _page in 0..PAGES {
            let asked = [
                ("channel", Some(channel.as_str())),
                ("ts", root.as_deref()),
                ("oldest", Some(oldest.as_str())),
                ("include_all_metadata", Some("true")),
                ("limit", Some(PAGE)),
                ("cursor", cursor.as_deref()),
            ];
            // The library's own request for a thread does not ask for marks.
            let api = &session.http_session_api;
            let told = called(api.http_get(method, &asked, None)).await;
            let told: SlackApiConversationsHistoryResponse = match told {
                Ok(told) => told,
                Err(SendError::Refused(why)) => {
                    tracing::warn!(
                        why,
                        "whether a message arrived cannot be looked up; it may stand there twice"
                    );
                    return Ok(None);
                }
                Err(later) => return Err(later),
            };
            let ours = told
                .messages
                .iter()
                .find(|message| self.is_it(message, new.once, content));
            if let Some(message) = ours {
                return Ok(Some(format!("{}:{}", new.place, message.origin.ts)));
            }
            let next = told.response_metadata.and_then(|more| more.next_cursor);
            cursor = next.map(|next| next.0).filter(|next| !next.is_empty());
            if cursor.is_none() {
                break;
            }
        }
        Ok(None)
    }

    /// Whether a message is the one that was sent. One that has only files bears no mark of ours: it is told by their names.
    fn is_it(&self, message: &SlackHistoryMessage, once: &str, content: &Content) -> bool {
        if content.blocks.is_empty() {
            let me = self.ear.get().map(|ear| ear.me());
            let by_us = me.is_some_and(|me| {
                message
                    .sender
                    .user
                    .as_ref()
                    .is_some_and(|user| user.0 == me)
            });
            let files = message.content.files.as_deref().unwrap_or_default();
            let named = |name: &str| files.iter().any(|file| file.name.as_deref() == Some(name));
            return by_us && content.files.iter().all(|file| named(&file.name));
        }
        let mark = message.content.metadata.as_ref();
        let mark = mark.filter(|mark| mark.event_type == KIND);
        let marks = mark.and_then(|mark| mark.event_payload.as_ref());
        marks.and_then(|marks| marks.get(ONCE)).map(String::as_str) == Some(once)
    }
}
