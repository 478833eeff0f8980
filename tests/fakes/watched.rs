//! A state that wakes whoever waits for it: no test sleeps and looks again.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::watch;

/// A state behind a lock, with a bell.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    state: Mutex<S>,
    changed: watch::Sender<u64>,
}

impl<S: Default> Default for Watched<S> {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }
}

/// A lock that a failed test poisoned still tells the next assertion what happened.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl<S> Watched<S> {
    /// Changes the state, and wakes who waits for it.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut S) -> R) -> R {
        let result = change(&mut lock(&self.state));
        self.ring();
        result
    }

    /// Looks at the state as it is.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&S) -> R) -> R {
        look(&lock(&self.state))
    }

    /// Wakes who waits, for a change that lies elsewhere.
    pub(crate) fn ring(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    /// Waits until `found` finds something; nothing when it does not in time.
    pub(crate) async fn wait<T>(
        &self,
        patience: Duration,
        found: impl Fn(&S) -> Option<T>,
    ) -> Option<T> {
        let mut changed = self.changed.subscribe();
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            changed.borrow_and_update();
            if let Some(found) = self.look(&found) {
                return Some(found);
            }
            let woken = tokio::time::timeout_at(deadline, changed.changed()).await;
            woken.ok()?.ok()?;
        }
    }
}
