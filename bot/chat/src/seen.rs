//! What was heard lately, so that what a platform delivers again is not heard again.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;

/// How many deliveries are remembered.
const REMEMBERED: usize = 20_000;

/// The keys of what was heard lately.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    order: VecDeque<String>,
    keys: BTreeSet<String>,
}

impl Seen {
    /// Whether this is new; from now on it is not.
    pub(crate) fn first(&self, key: &str) -> bool {
        let Ok(mut memory) = self.0.lock() else {
            return true;
        };
        if !memory.keys.insert(key.to_owned()) {
            return false;
        }
        memory.order.push_back(key.to_owned());
        if memory.order.len() > REMEMBERED
            && let Some(oldest) = memory.order.pop_front()
        {
            memory.keys.remove(&oldest);
        }
        true
    }
}
