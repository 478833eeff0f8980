//! How the chat platforms are reached, as the settings say it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;

use crate::secret::Secret;

/// The door for machines that watch.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Http {
    /// Where it is: an address and a port.
    pub(crate) listen: SocketAddr,
}

/// How Slack is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slack {
    /// The file with the token that posts messages, `xoxb-…`.
    pub(crate) bot_token_file: Secret,
    /// The file with the token that opens the socket, `xapp-…`.
    pub(crate) app_token_file: Secret,
    /// The Web API.
    #[serde(default = "slack_api")]
    pub(crate) api: String,
}

impl Slack {
    /// The same with the paths of its files taken from this directory where they are not whole.
    pub(super) fn beside(self, dir: &Path) -> Self {
        Self {
            bot_token_file: self.bot_token_file.beside(dir),
            app_token_file: self.app_token_file.beside(dir),
            ..self
        }
    }
}

fn slack_api() -> String {
    "https://slack.com/api".to_owned()
}

/// How Discord is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Discord {
    /// The file with the bot's token.
    pub(crate) bot_token_file: Secret,
    /// The servers in which it answers; everywhere it was added to where none is named.
    #[serde(default)]
    pub(crate) guilds: BTreeSet<String>,
    /// Whether what people say in an incident's thread is kept, for which Discord wants a privileged intent.
    #[serde(default)]
    pub(crate) hear_threads: bool,
    /// What stands before Discord's API; none where it is reached itself.
    #[serde(default)]
    pub(crate) api: Option<String>,
}

impl Discord {
    /// The same with the paths of its files taken from this directory where they are not whole.
    pub(super) fn beside(self, dir: &Path) -> Self {
        Self {
            bot_token_file: self.bot_token_file.beside(dir),
            ..self
        }
    }
}

/// Whether this is an id as Discord gives them: a number that is not 0.
pub(super) fn is_snowflake(id: &str) -> bool {
    id.parse::<u64>().is_ok_and(|number| number > 0) && id.bytes().all(|b| b.is_ascii_digit())
}
