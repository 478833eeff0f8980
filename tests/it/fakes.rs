//! The fakes, driven by the clients that the bot uses: what they let through, what they refuse, and the troubles they make.

mod discord;
mod discord_answers;
pub(crate) mod discord_client;
mod discord_limits;
mod slack;
mod slack_answers;
mod slack_client;
mod slack_limits;
mod slack_sockets;
