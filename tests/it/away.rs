//! A platform that is away when Sickbay starts: the others are served at once, and it too when it is back. A token that is not
//! taken is another matter.

use std::path::Path;

use tests::fakes::Trouble;
use tests::fakes::discord::Discord;
use tests::fakes::slack::Slack;

use crate::bot::{Bot, LONG, PEOPLE, on_both, tokens_of_both};
use crate::discord::{guild, ready, said as said_in_discord};
use crate::slack::{said as said_in_slack, workspace};

/// Starts it for both platforms.
fn start(dir: &Path, slack: &Slack, discord: &Discord) -> Bot {
    let settings = on_both(slack, discord, PEOPLE);
    let tokens = tokens_of_both(slack, discord);
    Bot::start(dir, &settings, &tokens)
}

/// Somebody asks in Slack, and is answered.
async fn slack_answers(slack: &Slack) {
    let asked = slack.slash("U1", "C1", "/sickbay", "status").await;
    assert!(asked.came(), "{}", asked.trouble);
    said_in_slack(slack, &["nothing waits and nothing runs"]).await;
    slack.assert_no_refusals();
}

/// Somebody asks in Discord, and is answered.
async fn discord_answers(discord: &Discord) {
    let asked = discord.slash("11", "21", "sickbay status", &[]).await;
    assert!(asked.answered());
    said_in_discord(discord, &["nothing waits and nothing runs"]).await;
    discord.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_slack_is_away_discord_is_served_and_slack_when_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let (slack, discord) = (workspace().await, guild().await);
    slack.outage();
    let _bot = start(dir.path(), &slack, &discord);
    ready(&discord).await;
    discord_answers(&discord).await;

    // Back, but not well yet.
    slack.trouble("auth.test", Trouble::Status(503), 1);
    slack.trouble("auth.test", Trouble::RateLimited(1), 1);
    slack.recover();
    let greeted = |state: &tests::fakes::slack::State| (state.sockets > 0).then_some(());
    slack.wait_up_to(LONG, "a socket", greeted).await;
    slack_answers(&slack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_discord_is_away_slack_is_served_and_discord_when_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let (slack, discord) = (workspace().await, guild().await);
    discord.outage();
    let _bot = start(dir.path(), &slack, &discord);
    slack.connected(1).await;
    slack_answers(&slack).await;

    discord.trouble("GET /oauth2/", Trouble::Status(503), 1);
    discord.trouble("GET /oauth2/", Trouble::RateLimited(1), 1);
    discord.recover();
    let there = |state: &tests::fakes::discord::State| {
        let known = state.commands.iter().any(|one| one["name"] == "sickbay");
        (state.sockets > 0 && known).then_some(())
    };
    discord.wait_up_to(LONG, "the gateway", there).await;
    discord_answers(&discord).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_taken_ends_it_though_the_other_platform_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let (slack, discord) = (workspace().await, guild().await);
    slack.revoke_tokens();
    let mut bot = start(dir.path(), &slack, &discord);
    assert_eq!(bot.ended(), 2);
    let log = bot.log();
    let sentence = "sickbay: Slack does not take the bot token: token_revoked; install the app anew and give its xoxb- token";
    assert!(log.lines().any(|line| line == sentence), "{log}");

    let dir = tempfile::tempdir().unwrap();
    let (slack, discord) = (workspace().await, guild().await);
    discord.revoke_token();
    let mut bot = start(dir.path(), &slack, &discord);
    assert_eq!(bot.ended(), 2);
    let log = bot.log();
    let sentence = "sickbay: Discord does not take the bot token: 401: Unauthorized (0); copy it anew from the Bot page of the developer portal";
    assert!(log.lines().any(|line| line == sentence), "{log}");
    assert!(!log.contains(discord.token()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_token_for_which_slack_opens_no_socket_ends_it_and_says_which() {
    let dir = tempfile::tempdir().unwrap();
    let (slack, discord) = (workspace().await, guild().await);
    slack.app_scopes(&["authorizations:read"]);
    let mut bot = start(dir.path(), &slack, &discord);
    assert_eq!(bot.ended(), 2);
    let log = bot.log();
    let sentence = "sickbay: Slack opens no socket for the app token: missing_scope; Basic Information, App-Level Tokens: give one with connections:write, and switch Socket Mode on";
    assert!(log.lines().any(|line| line == sentence), "{log}");
    assert!(!log.contains(slack.app_token()));
}
