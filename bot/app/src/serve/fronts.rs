//! The platforms that are served, as the settings name them, with the secrets that they need.

use std::sync::Arc;

use chat::discord::Discord;
use chat::event::Platform;
use chat::front::Front;
use chat::slack::Slack;
use incident::policy::HostTraits;

use super::may::Rights;
use crate::lists;
use crate::propose::traits_of;
use crate::secret::Secret;
use crate::settings::{self, Settings};
use crate::world::{Usage, World};

/// Whether there is anything to serve.
pub(super) fn are_named(settings: &Settings) -> anyhow::Result<()> {
    if settings.slack.is_none() && settings.discord.is_none() {
        return Err(Usage(
            "there is nothing to serve: the settings have neither [slack] nor [discord]; deploy/config.example.toml shows them".to_owned(),
        )
        .into());
    }
    Ok(())
}

/// The platforms that the settings name. None is asked for anything yet.
pub(super) fn of(world: &World) -> anyhow::Result<Vec<Arc<Front>>> {
    let settings = &world.settings;
    let mut fronts = Vec::new();
    if let Some(slack) = &settings.slack {
        let slack = Slack::new(slack_options(slack)?);
        let slack = slack.map_err(|error| Usage(crate::sentence::of(&error)))?;
        fronts.push(Front::Slack(Box::new(slack)));
    }
    if let Some(discord) = &settings.discord {
        let options = chat::discord::Options {
            offers: offers(world),
            ..discord_options(settings, discord)?
        };
        fronts.push(Front::Discord(Discord::new(options)));
    }
    Ok(fronts.into_iter().map(Arc::new).collect())
}

/// How Slack is reached, with its secrets.
pub(crate) fn slack_options(slack: &settings::Slack) -> anyhow::Result<chat::slack::Options> {
    let app_token = slack.app_token_file.as_ref();
    let signing = slack.signing_secret_file.as_ref();
    Ok(chat::slack::Options {
        api: slack.api.clone(),
        bot_token: token(&slack.bot_token_file, "xoxb-")?,
        app_token: app_token.map(|file| token(file, "xapp-")).transpose()?,
        signing_secret: signing.map(signing_secret).transpose()?,
    })
}

/// How Discord is reached, with its token. No host is offered.
pub(crate) fn discord_options(
    settings: &Settings,
    discord: &settings::Discord,
) -> anyhow::Result<chat::discord::Options> {
    let people = settings.people.values();
    let guilds = discord.guilds.iter();
    Ok(chat::discord::Options {
        token: discord_token(&discord.bot_token_file)?,
        guilds: guilds.filter_map(|id| id.parse().ok()).collect(),
        web: None,
        api: discord.api.clone(),
        people: people.flat_map(|person| person.discord.clone()).collect(),
        languages: settings.languages(),
        offers: chat::discord::Offers::none(),
        hear_threads: discord.hear_threads,
        public_key: discord.public_key.clone(),
        patience: chat::discord::PATIENCE,
    })
}

/// What is offered to somebody who types a host.
fn offers(world: &World) -> chat::discord::Offers {
    let settings = Arc::clone(&world.settings);
    let hosts: Vec<HostTraits> = world.inventory().hosts().map(traits_of).collect();
    chat::discord::Offers::new(move |typing| {
        let Some(who) = settings.whom(Platform::Discord, typing.user) else {
            return Vec::new();
        };
        let roles = typing.roles;
        let told = lists::told_of_roles(&settings, typing.place, roles, who);
        Rights::new(&settings.access, who, typing.place, told).targets(&hosts)
    })
}

/// The bot's token of Discord from its file: three parts with dots between them.
fn discord_token(from: &Secret) -> anyhow::Result<String> {
    let token = secret(from)?;
    if token.contains(char::is_whitespace)
        || token.split('.').filter(|part| !part.is_empty()).count() != 3
    {
        return Err(Usage(format!(
            "{from} does not hold a bot token of Discord; it is on the Bot page of the developer portal, after Reset Token"
        ))
        .into());
    }
    Ok(token)
}

/// A token from its file. What is in it is never shown.
pub(crate) fn token(from: &Secret, begins: &str) -> anyhow::Result<String> {
    let token = secret(from)?;
    if !token.starts_with(begins) || token.contains(char::is_whitespace) {
        return Err(Usage(format!(
            "{from} does not hold a Slack token of the kind that is wanted here: it begins with {begins}"
        ))
        .into());
    }
    Ok(token)
}

/// What Slack signs its requests with, from its file: letters and digits. A token is something else, and knows no signatures.
pub(crate) fn signing_secret(from: &Secret) -> anyhow::Result<String> {
    let secret = secret(from)?;
    if secret.len() < 16 || !secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Usage(format!(
            "{from} does not hold a signing secret of Slack; it is on the Basic Information page of the app, under App Credentials"
        ))
        .into());
    }
    Ok(secret)
}

/// What a secret is; where it cannot be had, nothing is begun.
fn secret(from: &Secret) -> anyhow::Result<String> {
    from.read()
        .map_err(|error| Usage(crate::sentence::of(&error)).into())
}
