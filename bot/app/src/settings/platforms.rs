//! How the chat platforms are reached, as the settings say it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;

/// How Slack is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slack {
    /// The file with the token that posts messages, `xoxb-…`.
    pub(crate) bot_token_file: PathBuf,
    /// The file with the token that opens the socket, `xapp-…`.
    pub(crate) app_token_file: PathBuf,
    /// The Web API.
    #[serde(default = "slack_api")]
    pub(crate) api: String,
}

fn slack_api() -> String {
    "https://slack.com/api".to_owned()
}

/// How Discord is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Discord {
    /// The file with the bot's token.
    pub(crate) bot_token_file: PathBuf,
    /// The servers in which it answers; everywhere it was added to where none is named.
    #[serde(default)]
    pub(crate) guilds: BTreeSet<String>,
    /// What stands before Discord's API; none where it is reached itself.
    #[serde(default)]
    pub(crate) api: Option<String>,
}

/// Whether this is an id as Discord gives them: a number that is not 0.
pub(super) fn is_snowflake(id: &str) -> bool {
    id.parse::<u64>().is_ok_and(|number| number > 0) && id.bytes().all(|b| b.is_ascii_digit())
}
