//! What was sent to a platform and what came of it, counted where it is sent, so that nothing goes out uncounted.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::event::SendError;

/// What is done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// It is new.
    Post,
    /// It says something else.
    Edit,
    /// One person alone sees it.
    Whisper,
}

impl Deed {
    /// Its name for machines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Edit => "edit",
            Self::Whisper => "whisper",
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is there.
    Sent,
    /// The platform asked to wait.
    Limited,
    /// The platform does not want it.
    Refused,
    /// The platform did not answer.
    Failed,
}

impl Fate {
    /// What became of a message.
    pub(crate) const fn of<T>(sent: &Result<T, SendError>) -> Self {
        match sent {
            Ok(_) => Self::Sent,
            Err(SendError::Limited(_)) => Self::Limited,
            Err(SendError::Refused(_)) => Self::Refused,
            Err(SendError::Trouble(_)) => Self::Failed,
        }
    }

    /// Its name for machines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Limited => "limited",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// The count.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<BTreeMap<(Deed, Fate), u64>>);

impl Tally {
    /// Counts one.
    pub(crate) fn count<T>(&self, deed: Deed, sent: &Result<T, SendError>) {
        if let Ok(mut counts) = self.0.lock() {
            *counts.entry((deed, Fate::of(sent))).or_default() += 1;
        }
    }

    /// The count so far.
    pub(crate) fn so_far(&self) -> BTreeMap<(Deed, Fate), u64> {
        self.0
            .lock()
            .map(|counts| counts.clone())
            .unwrap_or_default()
    }
}
