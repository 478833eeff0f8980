//! Slack: its tokens, what they allow, and whether a socket can be opened.

use std::collections::BTreeSet;

use chat::event::SendError;
use chat::slack::{Options, SCOPES, Scope, USER_GROUPS};

use super::report::{Area, names};
use crate::clock;
use crate::secret::{Secret, SecretError};
use crate::serve::fronts;
use crate::settings::{List, Settings, Slack};

/// How far a platform's clock may be from ours before somebody should know.
const SKEW_MS: i64 = 60_000;

/// Says that a token cannot be had. What the service manager would hand over to a service is not known elsewhere.
pub(super) fn no_token(
    what: &str,
    from: &Secret,
    error: &anyhow::Error,
    next: &str,
    area: &mut Area<'_>,
) {
    let says = crate::sentence::of(error.as_ref());
    if matches!(from.path(), Err(SecretError::NoneHandedOver { .. })) {
        area.unknown(
            what,
            says,
            "README's \"Running it as a service\" says how to run the doctor there",
        );
    } else {
        area.wrong(what, says, next);
    }
}

/// Asks Slack. No socket is opened: Slack would hand events to it that `serve` waits for.
pub(super) async fn look(slack: &Slack, settings: &Settings, area: &mut Area<'_>) {
    let bot = fronts::token(&slack.bot_token_file, "xoxb-");
    let app = slack.app_token_file.as_ref();
    let app = app.map(|file| fronts::token(file, "xapp-")).transpose();
    let secret = slack.signing_secret_file.as_ref();
    let secret = secret.map(fronts::signing_secret).transpose();
    let (bot, app, secret) = match (bot, app, secret) {
        (Ok(bot), Ok(app), Ok(secret)) => (bot, app, secret),
        (bot, app, secret) => {
            let tokens = [
                (
                    "bot token",
                    bot.map(Some),
                    Some(&slack.bot_token_file),
                    "OAuth & Permissions has it: xoxb-…",
                ),
                (
                    "app token",
                    app,
                    slack.app_token_file.as_ref(),
                    "Basic Information, App-Level Tokens has it: xapp-…",
                ),
                (
                    "signing secret",
                    secret,
                    slack.signing_secret_file.as_ref(),
                    "Basic Information, App Credentials has it",
                ),
            ];
            for (what, token, from, next) in tokens {
                match token {
                    Ok(None) => {}
                    Ok(Some(_)) => area.unknown(what, "it is tried once all can be read", ""),
                    Err(error) => {
                        if let Some(from) = from {
                            no_token(what, from, &error, next, area);
                        }
                    }
                }
            }
            return;
        }
    };
    let options = Options {
        api: slack.api.clone(),
        bot_token: bot,
        app_token: app,
        signing_secret: secret,
    };
    let looked = match chat::slack::look(&options).await {
        Ok(looked) => looked,
        Err(error) => {
            area.unknown("reach", crate::sentence::of(&error), "");
            return;
        }
    };
    match &looked.bot {
        Ok(bot) => {
            area.fine("bot token", format!("{} in {}", bot.user, bot.team));
            let groups = settings.lists.values();
            let mut groups = groups.filter(|list| matches!(list, List::SlackGroup(_)));
            scopes(bot.scopes.as_ref(), groups.next().is_some(), area);
        }
        Err(error) => not_told(
            "bot token",
            error,
            "OAuth & Permissions: install the app anew, and give its xoxb- token",
            area,
        ),
    }
    match &looked.socket {
        None => area.note(
            "socket",
            "there is none: Slack brings what people do to [http]",
            "compare the Request URLs of the app with README's \"In Slack\"; whether Slack reaches them cannot be asked",
        ),
        Some(Ok(())) => area.fine("socket", "Slack gives an address for one"),
        Some(Err(error)) => not_told(
            "socket",
            error,
            "Basic Information, App-Level Tokens: one with connections:write; and Socket Mode has to be on",
            area,
        ),
    }
    area.note(
        "events",
        "which ones the app hears cannot be asked of Slack",
        "compare Event Subscriptions with bot_events in deploy/slack-manifest.yaml",
    );
    skew(looked.date.as_deref(), area);
}

fn scopes(granted: Option<&BTreeSet<String>>, groups: bool, area: &mut Area<'_>) {
    let Some(granted) = granted else {
        area.unknown(
            "scopes",
            "Slack does not say which ones the bot token has",
            "compare OAuth & Permissions with deploy/slack-manifest.yaml",
        );
        return;
    };
    let again = "OAuth & Permissions: add it, and install the app anew";
    let mut fine = true;
    let wanted: Vec<&Scope> = SCOPES
        .iter()
        .chain(groups.then_some(&USER_GROUPS))
        .collect();
    for scope in wanted.iter().filter(|scope| !granted.contains(scope.name)) {
        let says = format!("{} is missing: {}", scope.name, scope.what);
        if scope.needed {
            fine = false;
            area.wrong("scopes", says, again);
        } else {
            area.note("scopes", says, again);
        }
    }
    let known: Vec<&str> = wanted.iter().map(|scope| scope.name).collect();
    let superfluous: Vec<String> = granted
        .iter()
        .filter(|scope| !known.contains(&scope.as_str()))
        .cloned()
        .collect();
    if !superfluous.is_empty() {
        area.note(
            "scopes",
            format!("Sickbay has no use for {}", names(&superfluous)),
            "OAuth & Permissions: take it away, and install the app anew",
        );
    }
    if fine {
        area.fine(
            "scopes",
            format!(
                "{} granted, none is missing that it cannot do without",
                granted.len()
            ),
        );
    }
}

/// What a platform refused is wrong; what it did not say is not known.
pub(super) fn not_told(what: &str, error: &SendError, next: &str, area: &mut Area<'_>) {
    match error {
        SendError::Refused(why) => area.wrong(what, format!("refused: {why}"), next),
        SendError::Limited(_) | SendError::Trouble(_) => {
            area.unknown(
                what,
                error.to_string(),
                "check the network and the address, and try again",
            );
        }
    }
}

/// Our clock against the platform's.
pub(super) fn skew(date: Option<&str>, area: &mut Area<'_>) {
    let Some(there) = date.and_then(clock::of_header) else {
        area.unknown("clock", "the platform does not say what time it is", "");
        return;
    };
    let behind = there.0 - clock::now().0;
    if behind.abs() <= SKEW_MS {
        area.fine("clock", "as there, within a minute");
    } else {
        let way = if behind > 0 { "behind" } else { "ahead of" };
        area.wrong(
            "clock",
            format!("this machine's is {} s {way} theirs", behind.abs() / 1000),
            "let chrony or systemd-timesyncd set it: what expires, expires by it",
        );
    }
}
