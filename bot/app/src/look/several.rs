//! Several hosts looked at side by side and handed on in their order, so that a slow one does not pile up those behind it.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::Seen;

/// How many hosts are looked at side by side.
const AT_ONCE: usize = 20;
/// How many hosts may be begun and not yet told.
const AHEAD: usize = 40;

/// Looks that are under way, and what those saw that are over, by the host's place in the order.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    tasks: JoinSet<Seen>,
    /// Which host each task looks at.
    whose: BTreeMap<tokio::task::Id, usize>,
    begun: usize,
    seen: BTreeMap<usize, Seen>,
}

impl Looks {
    /// Begins as many looks as may be under way, where so many hosts are told.
    pub(crate) fn begin<F>(
        &mut self,
        hosts: &[hosts::Host],
        told: usize,
        look: impl Fn(hosts::Host) -> F,
    ) where
        F: Future<Output = Seen> + Send + 'static,
    {
        while self.tasks.len() < AT_ONCE && self.begun < told + AHEAD {
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
            let seen = seen.unwrap_or_else(|| Seen::nothing(host));
            self.seen.insert(n, seen);
        }
        Some(())
    }

    /// What was seen of the host at this place, once it is over.
    pub(crate) fn take(&mut self, n: usize) -> Option<Seen> {
        self.seen.remove(&n)
    }
}
