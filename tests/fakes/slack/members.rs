//! Who comes into a channel: the bot, by invitation, and people.

use serde_json::json;

use super::Slack;
use super::deliver::now;
use super::script::Answered;
use super::state::{BOT_USER, ChannelKind, TEAM};

impl Slack {
    /// Somebody invites the bot into a channel.
    pub async fn invite_bot(&self, by: &str, channel: &str) -> Answered {
        let kind = self.change(|state| {
            let found = state.channels.get_mut(channel).unwrap();
            found.members.insert(BOT_USER.to_owned());
            found.kind
        });
        let letter = if kind == ChannelKind::Private {
            "G"
        } else {
            "C"
        };
        let event = json!({"type": "member_joined_channel", "user": BOT_USER, "channel": channel,
            "channel_type": letter, "team": TEAM, "inviter": by,
            "event_ts": format!("{}.000000", now())});
        self.event(event).await
    }

    /// Somebody joins a channel, or comes back to it. The bot hears of it where it is a member and may know the channel.
    pub async fn join(&self, user: &str, channel: &str) -> Answered {
        let (letter, heard) = self.change(|state| {
            let found = state.channels.get_mut(channel).unwrap();
            found.members.insert(user.to_owned());
            let bot = found.members.contains(BOT_USER);
            let scope = format!("{}:read", found.kind.scope());
            let letter = if found.kind == ChannelKind::Private {
                "G"
            } else {
                "C"
            };
            (letter, bot && state.scopes.contains(&scope))
        });
        assert!(heard, "the app is not told who joins {channel}");
        let event = json!({"type": "member_joined_channel", "user": user, "channel": channel,
            "channel_type": letter, "team": TEAM, "event_ts": format!("{}.000000", now())});
        self.event(event).await
    }
}
