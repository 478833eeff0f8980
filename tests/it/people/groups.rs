//! Groups that Slack and Discord list: who is on them is asked at the click, who somebody is says [people] alone.

use incident::Span;
use tests::fakes::Trouble;

use super::{FIX, IN_DISCORD, IN_SLACK, Site, approvals, offered};

/// Three people of the group must approve.
const RULE: &str = r#"
[[policy]]
risk = ["low"]
hosts = "all"
approvers = ["@oncall"]
min = 3
requester = true
"#;

const SLACK_LISTS: &str = "[groups.oncall]\nslack = [\"S1\"]\n";
const DISCORD_LISTS: &str = "[groups.oncall]\ndiscord = [\"100000000000000001/31\"]\n";

const HOUR: Span = Span::minutes(60);

/// How often Slack was asked who is in a user group.
fn asked(site: &Site) -> usize {
    site.slack
        .look(|state| state.calls_of("usergroups.users.list").count())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_group_of_slack_says_who_may_and_not_who_somebody_is() {
    let site = Site::new().await;
    site.slack.user_group("S1", "oncall", &["U1", "U3"]);
    offered(&site.state(), IN_SLACK, HOUR).await;
    let mut bot = site.start(&format!("{SLACK_LISTS}{RULE}")).await;
    let card = site.card_in_slack(&["3 of @oncall must approve"]).await;
    assert_eq!(asked(&site), 0, "a card is drawn without asking");

    site.slack.press("U2", &card, "Approve").await;
    site.told_in_slack("U2", "bo may not approve low risk on ghost; ask @oncall")
        .await;
    // Eve is in the user group, and nobody here.
    site.slack.press("U3", &card, "Approve").await;
    site.told_in_slack("U3", "does not know you").await;
    site.slack.press("U1", &card, "Approve").await;
    site.card_in_slack(&["1 of 3 approvals: ada"]).await;
    assert_eq!(asked(&site), 1, "what Slack said holds for a moment");

    // Bo is taken on call. What was remembered is gone with the process.
    site.slack.user_group("S1", "oncall", &["U1", "U2"]);
    site.restart(&mut bot).await;
    site.slack.press("U2", &card, "Approve").await;
    site.card_in_slack(&["2 of 3 approvals: ada, bo"]).await;
    let by = "rule 1, in @oncall by Slack user group S1".to_owned();
    assert_eq!(
        approvals(&bot),
        [("ada".to_owned(), by.clone()), ("bo".to_owned(), by)]
    );
    let told = bot.printed(&["incident", "timeline", "20261123-k7f3qa"]);
    let line = "ada (slack U1) approved k7f3qa-1, by rule 1, in @oncall by Slack user group S1";
    assert!(told.contains(line), "{told}");
    assert_eq!(site.slack.pings(), []);
    site.slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_group_that_cannot_be_read_lets_nobody() {
    let site = Site::new().await;
    site.slack.user_group("S1", "oncall", &["U1", "U2"]);
    offered(&site.state(), IN_SLACK, HOUR).await;
    let bot = site.start(&format!("{SLACK_LISTS}{RULE}")).await;
    let card = site.card_in_slack(&["3 of @oncall must approve"]).await;
    let unread = "whether ada may approve low risk on ghost cannot be told now: Slack user group S1 cannot be read: ";
    let lists = "usergroups.users.list";

    site.slack.trouble(lists, Trouble::Status(503), 1);
    site.slack.press("U1", &card, "Approve").await;
    site.told_in_slack("U1", &format!("{unread}the platform does not answer"))
        .await;
    site.slack.trouble(lists, Trouble::RateLimited(9), 1);
    site.slack.press("U1", &card, "Approve").await;
    site.told_in_slack("U1", &format!("{unread}the platform asks to wait 9 s"))
        .await;
    site.slack.scopes(&["chat:write", "commands"]);
    site.slack.press("U1", &card, "Approve").await;
    site.told_in_slack(
        "U1",
        &format!("{unread}the platform refuses it: missing_scope"),
    )
    .await;
    assert_eq!(approvals(&bot), []);
    // At a terminal as well.
    assert_eq!(bot.terminal(&["approve", FIX]), 2);
    assert_eq!(approvals(&bot), []);

    site.slack
        .scopes(&["chat:write", "commands", "usergroups:read"]);
    site.slack.press("U1", &card, "Approve").await;
    site.card_in_slack(&["1 of 3 approvals: ada"]).await;
    site.slack.assert_no_refusals_but(&["missing_scope"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_of_discord_comes_with_the_press() {
    let site = Site::new().await;
    offered(&site.state(), IN_DISCORD, HOUR).await;
    let bot = site.start(&format!("{DISCORD_LISTS}{RULE}")).await;
    let card = site
        .card_in_discord(&["3 of @\u{200b}oncall must approve"])
        .await;
    site.approve_in_discord("12", &card).await;
    site.told_in_discord(
        "12",
        "bo may not approve low risk on ghost; ask @\u{200b}oncall",
    )
    .await;
    site.approve_in_discord("11", &card).await;
    site.card_in_discord(&["1 of 3 approvals: ada"]).await;
    let by = "rule 1, in @oncall by Discord role 31 of server 100000000000000001";
    assert_eq!(approvals(&bot), [("ada".to_owned(), by.to_owned())]);
    let asked = |state: &tests::fakes::discord::State| {
        let members = format!("GET /guilds/{}/members/", tests::fakes::discord::GUILD);
        state.calls_of(&members).count()
    };
    assert_eq!(site.discord.look(asked), 0, "what came with it is enough");
    assert_eq!(site.discord.pings(), []);
    site.discord.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_one_platform_holds_on_the_other_and_at_a_terminal() {
    let site = Site::new().await;
    offered(&site.state(), IN_SLACK, HOUR).await;
    let bot = site.start(&format!("{DISCORD_LISTS}{RULE}")).await;
    let card = site.card_in_slack(&["3 of @oncall must approve"]).await;
    // Whoever presses in Slack: their roles are asked of Discord.
    let members = "GET /guilds/";
    site.discord.trouble(members, Trouble::Status(502), 1);
    site.slack.press("U1", &card, "Approve").await;
    site.told_in_slack(
        "U1",
        "whether ada may approve low risk on ghost cannot be told now: Discord role 31 of server 100000000000000001 cannot be read",
    )
    .await;
    site.slack.press("U2", &card, "Approve").await;
    site.told_in_slack("U2", "bo may not approve").await;
    assert_eq!(approvals(&bot), []);
    // One yes of three is given.
    assert_eq!(bot.terminal(&["approve", FIX]), 1);
    site.card_in_slack(&["1 of 3 approvals: ada"]).await;
    // The same person counts once, wherever they press.
    site.slack.press("U1", &card, "Approve").await;
    site.told_in_slack("U1", "ada approved k7f3qa-1 before")
        .await;
    assert_eq!(approvals(&bot).len(), 1);
    site.slack.assert_no_refusals();
    site.discord.assert_no_refusals();
}
