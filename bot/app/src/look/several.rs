//! Several hosts looked at side by side and handed on in their order, so that a slow one does not pile up those behind it.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::Seen;

/// How many hosts are looked at side by side at a terminal, which has the connections for itself.
pub(crate) const AT_ONCE: usize = 20;
/// How many where others wait for connections too: fewer than there are.
pub(crate) const BESIDE_OTHERS: usize = 8;

/// Looks that are under way, and what those saw that are over, by the host's place in the order.
#[derive(Debug)]
pub(crate) struct Looks<S = Seen> {
    width: usize,
    /// What is known of a host when the look at it ended by itself.
    nothing: fn(&hosts::Host) -> S,
    tasks: JoinSet<S>,
    /// Which host each task looks at.
    whose: BTreeMap<tokio::task::Id, usize>,
    begun: usize,
    seen: BTreeMap<usize, S>,
}

impl Default for Looks {
    fn default() -> Self {
        Self::of(AT_ONCE, Seen::nothing)
    }
}

impl<S: Send + 'static> Looks<S> {
    /// None yet, and at most so many hosts side by side. `nothing` is what is known of a host when the look at it ended by
    /// itself.
    pub(crate) fn of(width: usize, nothing: fn(&hosts::Host) -> S) -> Self {
        Self {
            width,
            nothing,
            tasks: JoinSet::new(),
            whose: BTreeMap::new(),
            begun: 0,
            seen: BTreeMap::new(),
        }
    }

    /// Begins as many looks as may be under way, where so many hosts are told; at most twice as many wait to be told.
    pub(crate) fn begin<F>(
        &mut self,
        hosts: &[hosts::Host],
        told: usize,
        look: impl Fn(hosts::Host) -> F,
    ) where
        F: Future<Output = S> + Send + 'static,
    {
        while self.tasks.len() < self.width && self.begun < told + 2 * self.width {
            let Some(host) = hosts.get(self.begun).cloned() else {
                return;
            };
            let task = self.tasks.spawn(look(host));
            self.whose.insert(task.id(), self.begun);
            self.begun += 1;
        }
    }

    /// Waits until one more is over; none where none is under way.
    pub(crate) async fn ended(&mut self, hosts: &[hosts::Host]) -> Option<()> {
        let (id, seen) = match self.tasks.join_next_with_id().await? {
            Ok((id, seen)) => (id, Some(seen)),
            Err(error) => {
                tracing::error!(%error, "a look ended by itself");
                (error.id(), None)
            }
        };
        // A host that nothing is known of is said to be that, whatever the reason.
        if let Some(n) = self.whose.remove(&id)
            && let Some(host) = hosts.get(n)
        {
            let seen = seen.unwrap_or_else(|| (self.nothing)(host));
            self.seen.insert(n, seen);
        }
        Some(())
    }

    /// What was seen of the host at this place, once it is over.
    pub(crate) fn take(&mut self, n: usize) -> Option<S> {
        self.seen.remove(&n)
    }
}
