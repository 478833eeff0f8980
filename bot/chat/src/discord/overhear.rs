//! What people say in threads, where the settings want it kept and Discord lets the bot hear it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use incident::Moment;
use serenity::all::{Channel, ChannelId, ChannelType, GuildId, Http, Message, MessageId};
use tokio::sync::mpsc;

use super::called;
use crate::event::{ChatEvent, Platform, SendError, What};

/// Conversations that are remembered as threads, or as none.
const REMEMBERED: usize = 10_000;

/// What the gateway tells of a message.
#[derive(Debug)]
pub(super) enum Told {
    /// Somebody said it.
    Said(Box<Message>),
    /// It is gone.
    Gone(GuildId, ChannelId, MessageId),
}

/// Turns what is told into events, in its order.
pub(super) struct Overhearing {
    pub(super) http: Arc<Http>,
    /// The servers in which it answers; everywhere where none is named.
    pub(super) guilds: BTreeSet<u64>,
    pub(super) to: mpsc::UnboundedSender<ChatEvent>,
}

/// When a message was sent. Discord's numbers begin with the milliseconds since 2015.
fn moment(message: MessageId) -> Moment {
    const BEGAN: i64 = 1_420_070_400_000;
    let since = i64::try_from(message.get() >> 22).unwrap_or(0);
    Moment(since.saturating_add(BEGAN))
}

impl Overhearing {
    pub(super) async fn listen(self, mut told: mpsc::UnboundedReceiver<Told>) {
        // The channel that a thread hangs in; nothing for what is no thread.
        let mut parents: BTreeMap<u64, Option<u64>> = BTreeMap::new();
        while let Some(one) = told.recv().await {
            let (guild, channel) = match &one {
                Told::Said(message) => (message.guild_id, message.channel_id),
                Told::Gone(guild, channel, _) => (Some(*guild), *channel),
            };
            let Some(guild) = guild.map(GuildId::get) else {
                continue;
            };
            if !self.guilds.is_empty() && !self.guilds.contains(&guild) {
                continue;
            }
            let thread = channel.get();
            let name = |message: MessageId| format!("discord:{guild}:{thread}:{message}");
            let (user, thread, what) = match one {
                Told::Gone(_, _, message) => {
                    let message = name(message);
                    (String::new(), None, What::TookBack { message })
                }
                Told::Said(said) => {
                    if said.author.bot || said.webhook_id.is_some() {
                        continue;
                    }
                    let Some(parent) = self.parent(&mut parents, channel).await else {
                        continue;
                    };
                    let at = moment(said.id);
                    let (message, text) = (name(said.id), said.content);
                    (
                        said.author.id.to_string(),
                        Some(format!("discord:{guild}:{parent}:{thread}")),
                        What::Said { text, message, at },
                    )
                }
            };
            let event = ChatEvent {
                key: String::new(),
                platform: Platform::Discord,
                user,
                place: format!("discord:{guild}:{channel}"),
                thread,
                locale: None,
                roles: None,
                reply: None,
                form: None,
                what,
            };
            if self.to.send(event).is_err() {
                return;
            }
        }
    }

    /// The channel that a thread hangs in; nothing where it is no thread, or Discord does not say now.
    async fn parent(
        &self,
        parents: &mut BTreeMap<u64, Option<u64>>,
        channel: ChannelId,
    ) -> Option<u64> {
        if let Some(parent) = parents.get(&channel.get()) {
            return *parent;
        }
        let parent = match called(self.http.get_channel(channel)).await {
            Ok(Channel::Guild(about))
                if [
                    ChannelType::PublicThread,
                    ChannelType::PrivateThread,
                    ChannelType::NewsThread,
                ]
                .contains(&about.kind) =>
            {
                about.parent_id.map(ChannelId::get)
            }
            Ok(_) | Err(SendError::Refused(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "Discord does not say what conversation this is; what is said there now is not kept");
                return None;
            }
        };
        if parents.len() >= REMEMBERED {
            parents.clear();
        }
        parents.insert(channel.get(), parent);
        parent
    }
}
