//! Rates, for stories that switch them on. Discord documents only 50 requests a second for all; five messages in five
//! seconds in a channel, and as many edits, is what it has long done. Interactions have no limit.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// What was asked when.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    pub(crate) on: bool,
    asked: BTreeMap<String, VecDeque<Instant>>,
}

impl Rates {
    /// Counts a request; the seconds to wait when it is one too many.
    pub(crate) fn count(&mut self, asked: &str, now: Instant) -> Option<u64> {
        let (verb, path) = asked.split_once(' ')?;
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if !self.on || ["interactions", "webhooks"].contains(&parts[0]) {
            return None;
        }
        let everything = self.take("", 50, Duration::from_secs(1), now);
        let channel = match parts.as_slice() {
            ["channels", id, "messages", ..] if ["POST", "PATCH"].contains(&verb) => {
                self.take(&format!("{verb} {id}"), 5, Duration::from_secs(5), now)
            }
            _ => None,
        };
        everything.or(channel)
    }

    fn take(&mut self, key: &str, most: usize, within: Duration, now: Instant) -> Option<u64> {
        let asked = self.asked.entry(key.to_owned()).or_default();
        while asked.front().is_some_and(|first| now - *first >= within) {
            asked.pop_front();
        }
        if asked.len() < most {
            asked.push_back(now);
            return None;
        }
        let wait = within.saturating_sub(now - *asked.front()?);
        Some(wait.as_secs() + 1)
    }
}
