//! An endpoint that fails again and again is left alone for a while, so that nobody waits for it in an incident.

use std::time::{Duration, Instant};

/// After how many failures in a row it is left alone.
const FAILURES: u32 = 3;
/// For how long.
const REST: Duration = Duration::from_secs(60);

/// How an endpoint has done so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Breaker {
    failures: u32,
    until: Option<Instant>,
}

impl Breaker {
    /// Whether it may be asked now. When its rest is over, one question decides whether it goes on resting.
    pub(crate) fn admits(&mut self, now: Instant) -> bool {
        match self.until {
            Some(until) if now < until => false,
            Some(_) => {
                // Whoever asks at the same time is turned away until this one has its answer.
                self.until = Some(now + REST);
                true
            }
            None => true,
        }
    }

    /// Whether it is left alone now. Asking this changes nothing.
    pub(crate) fn rests(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    pub(crate) const fn did_well(&mut self) {
        self.failures = 0;
        self.until = None;
    }

    pub(crate) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.until = Some(now + REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_are_a_rest_and_one_question_ends_it() {
        let start = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            assert!(breaker.admits(start));
            breaker.failed(start);
        }
        assert!(breaker.admits(start), "two failures are no habit");
        breaker.failed(start);
        assert!(!breaker.admits(start + REST / 2));
        assert!(breaker.admits(start + REST), "it is tried again");
        assert!(!breaker.admits(start + REST), "by one alone");
        breaker.failed(start + REST);
        assert!(!breaker.admits(start + REST + REST / 2));
        assert!(breaker.admits(start + REST * 2));
        breaker.did_well();
        assert!(breaker.admits(start + REST * 2));
    }
}
