//! In what order messages go out, and when they wait. Within a conversation nothing overtakes; where a platform asks for
//! patience one message waits for all; what only shows progress gives way to what somebody decides by.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chat::event::{Platform, SendError};
use chat::front::{Content, Front, New};

/// How often a message that is too soon is tried again before the thread is left for the next round.
const TRIES: usize = 5;
/// The longest that a message waits for its platform in one go.
const PATIENCE: Duration = Duration::from_secs(60);
/// The shortest time between two messages of a platform that only show progress, whichever threads they are in. Slack takes
/// fifty edits a minute from all of them, and a card's edit must not wait for the next minute.
const PROGRESS: Duration = Duration::from_secs(2);

/// The lanes in which messages go out: one at a time in each.
#[derive(Debug, Default)]
pub(super) struct Sends {
    lanes: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
    progress: Mutex<BTreeMap<Platform, Instant>>,
}

/// What is done so that a message says something.
pub(super) enum Sending<'a> {
    /// It stands there, and says something else from now on.
    Edit(&'a str),
    /// It is new.
    Post(New<'a>),
}

impl Sends {
    /// Whether a message that only shows progress may be sent now; if so, the next one waits a while.
    pub(super) fn may_tell_progress(&self, platform: Platform, now: Instant) -> bool {
        self.progress.lock().is_ok_and(|mut last| {
            let soon = last
                .get(&platform)
                .is_some_and(|last| now.duration_since(*last) < PROGRESS);
            if !soon {
                last.insert(platform, now);
            }
            !soon
        })
    }

    /// Sends a message and gives its name; waits where the platform asks to, and behind what was sent before.
    pub(super) async fn deliver(
        &self,
        front: &Front,
        sending: Sending<'_>,
        content: &Content,
    ) -> Result<String, SendError> {
        let name = match &sending {
            Sending::Edit(message) => front.lane_of_edits(message),
            Sending::Post(new) => new.place.to_owned(),
        };
        let lane = self.lane(name);
        let _turn = lane.lock().await;
        let mut tries = 0;
        loop {
            let sent = match &sending {
                Sending::Edit(message) => front
                    .edit(message, content)
                    .await
                    .map(|()| (*message).to_owned()),
                Sending::Post(new) => front.post(*new, content).await,
            };
            match sent {
                Err(SendError::Limited(wait)) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(wait.min(PATIENCE)).await;
                }
                sent => return sent,
            }
        }
    }

    fn lane(&self, name: String) -> Arc<tokio::sync::Mutex<()>> {
        self.lanes
            .lock()
            .map(|mut lanes| Arc::clone(lanes.entry(name).or_default()))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_once_in_a_while_on_each_platform() {
        let sends = Sends::default();
        let now = Instant::now();
        assert!(sends.may_tell_progress(Platform::Slack, now));
        assert!(!sends.may_tell_progress(Platform::Slack, now + PROGRESS / 2));
        assert!(sends.may_tell_progress(Platform::Discord, now + PROGRESS / 2));
        assert!(sends.may_tell_progress(Platform::Slack, now + PROGRESS));
        assert!(!sends.may_tell_progress(Platform::Slack, now + PROGRESS * 3 / 2));
    }
}
