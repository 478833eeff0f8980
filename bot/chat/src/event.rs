//! What is heard from a chat platform, once its socket or its signature has vouched for it.

use std::collections::BTreeSet;

use incident::{Moment, Proposal};

use crate::Locale;

/// A chat platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Slack.
    Slack,
    /// Discord.
    Discord,
}

impl Platform {
    /// Its name in the settings, and at the beginning of each place.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Discord => "discord",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Discord => "Discord",
        }
    }

    /// The platform of a place or a message, by its whole name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let (word, _rest) = name.split_once(':')?;
        [Self::Slack, Self::Discord]
            .into_iter()
            .find(|platform| platform.word() == word)
    }
}

/// Something that a person did in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatEvent {
    /// What makes it the same event when it is delivered again.
    pub key: String,
    /// Where.
    pub platform: Platform,
    /// The platform's name for the person.
    pub user: String,
    /// The conversation, whole: `slack:T1:C1`, `discord:GUILD:CHANNEL`.
    pub place: String,
    /// The message that the thread hangs on, whole: `slack:T1:C1:1700000000.000100`. None outside of a thread.
    pub thread: Option<String>,
    /// The language that the person's own client has, where the platform says so and it is one of ours.
    pub locale: Option<Locale>,
    /// The roles that the platform says with this that the person has where it happened; none where it says nothing of that.
    pub roles: Option<BTreeSet<u64>>,
    /// Where the platform takes an answer for this person alone, also where Sickbay may not write.
    pub reply: Option<String>,
    /// What the platform takes within seconds to put a form before this person; none where it takes none.
    pub form: Option<String>,
    /// What.
    pub what: What,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Typed a command to Sickbay, or spoke to it by name.
    Asked {
        /// The command, without the name it was given to.
        text: String,
    },
    /// Said something in a thread.
    Said {
        /// What.
        text: String,
        /// The message, whole.
        message: String,
        /// When, as the platform tells it.
        at: Moment,
    },
    /// Took back what they had said.
    TookBack {
        /// The message, whole.
        message: String,
    },
    /// Joined the conversation.
    Joined,
    /// Pressed a button.
    Pressed {
        /// Which.
        button: Button,
        /// What the button is about: an opaque id, checked by whoever hears of it.
        about: String,
        /// What the person wrote into the form that came after it; none where none did.
        words: Option<String>,
    },
}

/// A button on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// Say yes to a fix.
    Approve,
    /// Show what a fix would do, on the host as it is now.
    DryRun,
    /// Say no to a fix.
    Reject,
    /// Show everything that is known of a fix.
    Details,
    /// Undo a fix.
    Undo,
    /// Show the evidence of an incident's findings.
    Evidence,
    /// Tell what happened in an incident so far.
    Account,
}

impl Button {
    /// All of them, with the id that the platform gives back.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Approve, "approve"),
        (Self::DryRun, "dry-run"),
        (Self::Reject, "reject"),
        (Self::Details, "details"),
        (Self::Undo, "undo"),
        (Self::Evidence, "evidence"),
        (Self::Account, "account"),
    ];

    /// Its id.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(button, _)| *button == self)
            .map_or("", |(_, word)| word)
    }

    /// What a button on a card carries: which proposal, and the beginning of the digest of what the card shows.
    #[must_use]
    pub fn about(proposal: &Proposal) -> String {
        let digest = proposal.digest();
        let short = digest.trim_start_matches("sha256:").chars().take(16);
        format!("{} {}", proposal.id, short.collect::<String>())
    }

    /// The button with this id.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, one)| *one == word)
            .map(|(button, _)| *button)
    }
}

/// What became of a message that was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Too much was sent; not before this long.
    #[error("the platform asks to wait {} s", .0.as_secs())]
    Limited(std::time::Duration),
    /// The platform refuses it, now and later: the conversation or the message is gone, or it may not be written to.
    #[error("the platform refuses it: {0}")]
    Refused(String),
    /// The platform does not answer; later it may.
    #[error("the platform does not answer: {0}")]
    Trouble(String),
}

/// An error and what is behind it, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        said.push_str(&format!(": {source}"));
        next = source.source();
    }
    said
}
