//! Slack's documented rates, for stories that switch them on: a method's calls a minute, and one message a second in a channel.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::api::Args;

/// Calls in a minute, by method. Slack promises these at least and allows bursts; a bot that keeps to them is safe.
const A_MINUTE: &[(&str, usize)] = &[
    ("apps.connections.open", 10),
    ("chat.delete", 50),
    ("chat.postEphemeral", 100),
    ("chat.update", 50),
    ("conversations.history", 50),
    ("conversations.info", 50),
    ("conversations.join", 50),
    ("conversations.list", 20),
    ("conversations.members", 100),
    ("conversations.open", 50),
    ("conversations.replies", 50),
    ("files.completeUploadExternal", 100),
    ("files.getUploadURLExternal", 100),
    ("reactions.add", 50),
    ("reactions.remove", 20),
    ("usergroups.list", 20),
    ("usergroups.users.list", 20),
    ("users.info", 100),
    ("users.list", 20),
    ("views.open", 100),
    ("views.publish", 100),
    ("views.push", 100),
    ("views.update", 100),
];

/// How many messages may come at once before one a second is all.
const BURST: usize = 3;

/// What was called when.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    pub(crate) on: bool,
    calls: BTreeMap<String, VecDeque<Instant>>,
}

impl Rates {
    /// Counts a call; the seconds to wait when it is one too many.
    pub(crate) fn count(&mut self, method: &str, args: &Args, now: Instant) -> Option<u64> {
        if !self.on {
            return None;
        }
        let (key, most, within) = match method {
            "chat.postMessage" => {
                let key = format!("{method} {}", args.text("channel"));
                let within = Duration::from_secs(BURST as u64);
                (key, BURST, within)
            }
            _ => {
                let (_name, most) = A_MINUTE.iter().find(|(name, _most)| *name == method)?;
                (method.to_owned(), *most, Duration::from_mins(1))
            }
        };
        let calls = self.calls.entry(key).or_default();
        while calls.front().is_some_and(|first| now - *first >= within) {
            calls.pop_front();
        }
        if calls.len() < most {
            calls.push_back(now);
            return None;
        }
        let wait = within.saturating_sub(now - *calls.front()?);
        // Whole seconds, rounded up.
        Some(wait.as_secs() + 1)
    }
}
