//! How the chat platforms are reached, as the settings say it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use chat::discord::PublicKey;
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
    /// The file with the token that opens the socket, `xapp-…`; none where Slack brings what people do to the door alone.
    #[serde(default)]
    pub(crate) app_token_file: Option<Secret>,
    /// The file with what Slack signs its requests with; none where it brings none.
    #[serde(default)]
    pub(crate) signing_secret_file: Option<Secret>,
    /// The Web API.
    #[serde(default = "slack_api")]
    pub(crate) api: String,
}

impl Slack {
    /// The same with the paths of its files taken from this directory where they are not whole.
    pub(super) fn beside(self, dir: &Path) -> Self {
        Self {
            bot_token_file: self.bot_token_file.beside(dir),
            app_token_file: self.app_token_file.map(|file| file.beside(dir)),
            signing_secret_file: self.signing_secret_file.map(|file| file.beside(dir)),
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
    /// What Discord's signatures are checked by, where it brings what people do to the door and not over the gateway.
    #[serde(default, deserialize_with = "key")]
    pub(crate) public_key: Option<PublicKey>,
    /// What stands before Discord's API; none where it is reached itself.
    #[serde(default)]
    pub(crate) api: Option<String>,
}

fn key<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<PublicKey>, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
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

/// Why the platforms cannot be heard as these say.
pub(super) fn check(
    slack: Option<&Slack>,
    discord: Option<&Discord>,
    http: Option<&Http>,
) -> Result<(), String> {
    if let Some(slack) = slack
        && slack.app_token_file.is_none()
        && slack.signing_secret_file.is_none()
    {
        return Err("[slack]: nothing says how Sickbay hears; give app_token_file, with which it opens a socket, or signing_secret_file, with which it knows what Slack brings to [http]".to_owned());
    }
    let signed = [
        (
            slack.is_some_and(|slack| slack.signing_secret_file.is_some()),
            "[slack]: signing_secret_file",
        ),
        (
            discord.is_some_and(|discord| discord.public_key.is_some()),
            "[discord]: public_key",
        ),
    ];
    for (is_set, what) in signed {
        if is_set && http.is_none() {
            return Err(format!(
                "{what} is for what is brought to [http], which is not there; add it, with listen"
            ));
        }
    }
    Ok(())
}

/// Whether this is an id as Discord gives them: a number that is not 0.
pub(super) fn is_snowflake(id: &str) -> bool {
    id.parse::<u64>().is_ok_and(|number| number > 0) && id.bytes().all(|b| b.is_ascii_digit())
}
