//! A front is one platform on which Sickbay answers: it hears, lays out and sends. Whoever holds one need not ask which it is.

use std::collections::BTreeMap;

use incident::notice::Notice;
use incident::{IncidentId, Moment};
use tokio::sync::mpsc::UnboundedSender;

use crate::Locale;
use crate::discord::{self, Discord, DiscordError};
use crate::event::{ChatEvent, Platform, SendError};
use crate::form::Form;
use crate::signed::Signed;
use crate::slack::{self, Slack, SlackError};
use crate::tally::Tally;
pub use crate::tally::{Deed, Fate};

/// A platform that Sickbay is installed on.
#[derive(Debug)]
pub enum Front {
    /// A workspace of Slack.
    Slack(Box<Slack>),
    /// A bot of Discord.
    Discord(Discord),
}

/// A message laid out for one platform.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// For Slack.
    Slack(slack::Content),
    /// For Discord.
    Discord(discord::Content),
}

impl Content {
    /// What tells whether a message already shows this.
    #[must_use]
    pub fn hash(&self) -> String {
        match self {
            Self::Slack(content) => content.hash(),
            Self::Discord(content) => content.hash(),
        }
    }
}

/// A message that is new.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// The conversation.
    pub place: &'a str,
    /// The message in whose thread it is to stand; none where it begins one.
    pub root: Option<&'a str>,
    /// What makes it the same message when it is posted again.
    pub once: &'a str,
    /// Since when it may stand there already: it was sent before, and nobody said that it had arrived. None the first time.
    pub again: Option<Moment>,
}

/// What keeps a platform's events coming. Dropping it ends that.
#[derive(Debug)]
pub enum Socket {
    /// Slack's.
    Slack(slack::Socket),
    /// Discord's.
    Discord(discord::Socket),
}

impl Socket {
    /// Whether the platform has greeted us.
    #[must_use]
    pub fn greeted(&self) -> bool {
        match self {
            Self::Slack(socket) => socket.greeted(),
            Self::Discord(socket) => socket.greeted(),
        }
    }
}

/// Why a platform cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FrontError {
    /// Slack.
    #[error(transparent)]
    Slack(#[from] SlackError),
    /// Discord.
    #[error(transparent)]
    Discord(#[from] DiscordError),
}

impl Front {
    /// Which platform this is.
    #[must_use]
    pub const fn platform(&self) -> Platform {
        match self {
            Self::Slack(_) => Platform::Slack,
            Self::Discord(_) => Platform::Discord,
        }
    }

    /// Whether a place or a message, by its whole name, is here.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        Platform::of(name) == Some(self.platform())
    }

    /// Makes itself known, again and again while the platform is away; then begins to hear. What people do goes to `to`.
    ///
    /// # Errors
    /// [`FrontError`] where it will never be heard.
    pub async fn arrive(&self, to: UnboundedSender<ChatEvent>) -> Result<Socket, FrontError> {
        match self {
            Self::Slack(slack) => Ok(Socket::Slack(slack.arrive(to).await?)),
            Self::Discord(discord) => Ok(Socket::Discord(discord.arrive(to).await?)),
        }
    }

    /// What takes what the platform brings over HTTP; nothing where it brings nothing there.
    #[must_use]
    pub fn signed(&self) -> Option<Signed> {
        match self {
            Self::Slack(slack) => slack.signed().map(Signed::Slack),
            Self::Discord(discord) => discord.signed().map(Signed::Discord),
        }
    }

    /// Lays a notice out, in the language of those who read it.
    #[must_use]
    pub fn content(&self, notice: &Notice<'_>, locale: Locale) -> Content {
        match self {
            Self::Slack(_) => Content::Slack(slack::content(notice, locale)),
            Self::Discord(_) => Content::Discord(discord::content(notice, locale)),
        }
    }

    /// Lays out the text of an incident's evidence, for the person who asked: what is shown of it at once, and all of it.
    #[must_use]
    pub fn evidence(
        &self,
        incident: &IncidentId,
        shown: &str,
        text: &str,
        locale: Locale,
    ) -> Content {
        match self {
            Self::Slack(_) => Content::Slack(slack::evidence(incident, shown, text, locale)),
            Self::Discord(_) => Content::Discord(discord::evidence(incident, shown, text, locale)),
        }
    }

    /// Where people can see a message, by its whole name; `root` is the one whose thread it stands in. None where nobody knows.
    #[must_use]
    pub fn link(&self, message: &str, root: Option<&str>) -> Option<String> {
        if !self.has(message) {
            return None;
        }
        match self {
            Self::Slack(slack) => slack.link(message, root),
            Self::Discord(_) => Discord::link(message),
        }
    }

    /// Whether it can say something to one person alone who did nothing that it could answer.
    #[must_use]
    pub const fn whispers_unasked(&self) -> bool {
        match self {
            Self::Slack(_) => true,
            // There only an answer to a command or a press is for one person.
            Self::Discord(_) => false,
        }
    }

    /// What of a message has to be sent as one of its own: Slack has files beside messages, never in them.
    #[must_use]
    pub fn apart(&self, content: &Content) -> Option<Content> {
        match content {
            Content::Slack(content) if !content.blocks.is_empty() && !content.files.is_empty() => {
                Some(Content::Slack(slack::Content {
                    text: String::new(),
                    blocks: Vec::new(),
                    files: content.files.clone(),
                }))
            }
            Content::Slack(_) | Content::Discord(_) => None,
        }
    }

    /// Posts a message. Gives its whole name.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn post(&self, new: New<'_>, content: &Content) -> Result<String, SendError> {
        let sent = match (self, content) {
            (Self::Slack(slack), Content::Slack(content)) => slack.post(new, content).await,
            (Self::Discord(discord), Content::Discord(content)) => {
                // Discord itself knows what it has.
                let New {
                    place, root, once, ..
                } = new;
                Box::pin(discord.post(place, root, once, content)).await
            }
            (Self::Slack(_), Content::Discord(_)) | (Self::Discord(_), Content::Slack(_)) => {
                Err(elsewhere())
            }
        };
        self.tally().count(Deed::Post, &sent);
        sent
    }

    /// Shows something else in a message of ours.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn edit(&self, message: &str, content: &Content) -> Result<(), SendError> {
        let sent = match (self, content) {
            (Self::Slack(slack), Content::Slack(content)) => slack.edit(message, content).await,
            (Self::Discord(discord), Content::Discord(content)) => {
                Box::pin(discord.edit(message, content)).await
            }
            (Self::Slack(_), Content::Discord(_)) | (Self::Discord(_), Content::Slack(_)) => {
                Err(elsewhere())
            }
        };
        self.tally().count(Deed::Edit, &sent);
        sent
    }

    /// What keeps edits of a message in their order: Slack counts all edits of a workspace together, Discord those of a
    /// conversation.
    #[must_use]
    pub fn lane_of_edits(&self, message: &str) -> String {
        match self {
            Self::Slack(_) => "slack edits".to_owned(),
            Self::Discord(_) => {
                let place = message.rsplit_once(':').map_or(message, |(place, _)| place);
                place.to_owned()
            }
        }
    }

    /// Says something that only the person sees who did this, and in their language what becomes of what is too long for that.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn whisper(
        &self,
        to: &ChatEvent,
        content: &Content,
        locale: Locale,
    ) -> Result<(), SendError> {
        let sent = match (self, content) {
            (Self::Slack(slack), Content::Slack(content)) => {
                slack.whisper(to, content, locale).await
            }
            (Self::Discord(discord), Content::Discord(content)) => {
                Box::pin(discord.whisper(to, content)).await
            }
            (Self::Slack(_), Content::Discord(_)) | (Self::Discord(_), Content::Slack(_)) => {
                Err(elsewhere())
            }
        };
        self.tally().count(Deed::Whisper, &sent);
        sent
    }

    /// Puts a form before the person who did this, where [`ChatEvent::form`] says that the platform takes one. What they fill in
    /// comes as if they had done it at once.
    ///
    /// # Errors
    /// [`SendError`]; then there is no form, as far as is known.
    pub async fn ask(&self, to: &ChatEvent, form: &Form, locale: Locale) -> Result<(), SendError> {
        let sent = match self {
            Self::Slack(slack) => slack.ask(to, form, locale).await,
            // There a form is the answer to a press, and nothing that is sent later.
            Self::Discord(_) => Err(SendError::Refused("no form follows here".to_owned())),
        };
        self.tally().count(Deed::Whisper, &sent);
        sent
    }

    /// What was sent so far, and what came of it.
    #[must_use]
    pub fn sent(&self) -> BTreeMap<(Deed, Fate), u64> {
        self.tally().so_far()
    }

    fn tally(&self) -> &Tally {
        match self {
            Self::Slack(slack) => &slack.tally,
            Self::Discord(discord) => &discord.tally,
        }
    }

    /// Ends a wait that a person sees and that nothing more is said to. Slack shows none.
    pub async fn settle(&self, to: &ChatEvent) {
        match self {
            Self::Slack(_) => {}
            Self::Discord(discord) => discord.settle(to).await,
        }
    }
}

/// A message is laid out by the front that sends it; anything else is a mistake of ours.
fn elsewhere() -> SendError {
    SendError::Refused("it is laid out for another platform".to_owned())
}
