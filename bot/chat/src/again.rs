//! What did not work is tried again: after a while, and after twice as long each time, so that a platform that is away is not
//! asked without end.

use std::time::Duration;

use crate::event::{Platform, SendError};

/// How long is waited before a platform is asked again who we are there, at first and at most.
const KNOWN: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

/// Asks a platform who we are there, again and again while it is away. Gives why it will never take us.
pub(crate) async fn known<T, F: Future<Output = Result<T, SendError>>>(
    platform: Platform,
    ask: impl Fn() -> F,
) -> Result<T, String> {
    let (first, most) = KNOWN;
    let mut again = Again::new(first, most);
    loop {
        let away = match ask().await {
            Ok(known) => return Ok(known),
            Err(SendError::Refused(why)) => return Err(why),
            Err(away) => away,
        };
        let platform = platform.name();
        tracing::warn!(%away, "{platform} does not answer; it is tried again");
        let asked = match away {
            SendError::Limited(wait) => wait,
            SendError::Trouble(_) | SendError::Refused(_) => Duration::ZERO,
        };
        tokio::time::sleep(again.wait(asked)).await;
    }
}

/// How long is waited before something is tried again.
#[derive(Debug)]
pub(crate) struct Again {
    first: Duration,
    most: Duration,
    next: Duration,
}

impl Again {
    /// Waits this long at first, and this long at most.
    pub(crate) const fn new(first: Duration, most: Duration) -> Self {
        Self {
            first,
            most,
            next: first,
        }
    }

    /// How long to wait now; at least as long as a platform asks to. The next wait is longer.
    pub(crate) fn wait(&mut self, at_least: Duration) -> Duration {
        let wait = self.next.max(at_least);
        self.next = (self.next * 2).min(self.most);
        wait
    }

    /// It worked for a while: the next wait is the first again.
    pub(crate) const fn over(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_longer_up_to_a_limit_and_no_shorter_than_is_asked_for() {
        let seconds = Duration::from_secs;
        let mut again = Again::new(seconds(2), seconds(15));
        let mut waits: Vec<u64> = Vec::new();
        for asked in [0, 0, 30, 0, 0] {
            waits.push(again.wait(seconds(asked)).as_secs());
        }
        assert_eq!(waits, [2, 4, 30, 15, 15]);
        again.over();
        assert_eq!(again.wait(Duration::ZERO), seconds(2));
    }
}
