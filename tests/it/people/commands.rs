//! Commands by role and channel: what the rules under [[commands]] do not let somebody ask for here is refused, is no part of
//! their help, and is not offered while they type.

use incident::Span;
use tests::fakes::Trouble;

use super::{IN_DISCORD, IN_SLACK, Site, approvals, offered};

/// Everybody may look at the web hosts in C1 and 21; whoever is on call may do everything there; nobody may do anything elsewhere.
const RULES: &str = r#"
[hosts.db1]
address = "127.0.0.1"
port = 1
groups = ["db"]
[groups.oncall]
slack = ["S1"]
discord = ["100000000000000001/31"]
[[commands]]
channels = ["C1", "21"]
commands = ["diagnose", "hosts", "status"]
hosts = ["@web"]
[[commands]]
who = ["@oncall"]
channels = ["C1", "21"]
[[policy]]
risk = ["low"]
hosts = "all"
approvers = ["@oncall", "bo"]
min = 2
requester = true
"#;

const HOUR: Span = Span::minutes(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_slack_a_rule_says_who_may_ask_for_what_where() {
    let site = Site::new().await;
    site.slack.user_group("S1", "oncall", &["U1"]);
    site.slack.channel("C2", &["U1", "U2"]);
    offered(&site.state(), IN_SLACK, HOUR).await;
    let bot = site.start(RULES).await;
    let card = site.card_in_slack(&["2 of "]).await;

    // Bo asks for what is his, and for what is not.
    site.slack.slash("U2", "C1", "/sickbay", "help").await;
    let help = site.answer_in_slack("U2", "/sickbay diagnose TARGET").await;
    for (usage, is_there) in [
        ("/sickbay status", true),
        ("/sickbay hosts", true),
        ("/sickbay help", true),
        ("/sickbay approve", false),
        ("/sickbay runbook", false),
        ("/sickbay summarise", false),
    ] {
        assert_eq!(help.says(usage), is_there, "{usage}");
    }
    site.slack.slash("U2", "C1", "/sickbay", "hosts").await;
    let hosts = site.answer_in_slack("U2", "ghost").await;
    assert!(!hosts.says("db1"), "{}", hosts.words());
    site.slack.slash("U2", "C1", "/diagnose", "db1").await;
    site.told_in_slack("U2", "you may not ask for `diagnose` of db1 here")
        .await;
    site.slack.slash("U2", "C1", "/diagnose", "ghost,db1").await;
    site.slack.slash("U2", "C1", "/sickbay", "runbook").await;
    site.told_in_slack("U2", "you may not ask for `runbook` here; `help` says")
        .await;

    // A button is a command too, also where the policy would take it.
    for (button, verb) in [
        ("Approve", "approve"),
        ("Reject", "reject"),
        ("Dry run", "dry-run"),
        ("Details", "summarise"),
    ] {
        site.slack.press("U2", &card, button).await;
        let no = format!("you may not ask for `{verb}` here");
        site.told_in_slack("U2", &no).await;
    }
    assert_eq!(approvals(&bot), []);

    // Ada may here, and in no other channel.
    site.slack.slash("U1", "C2", "/sickbay", "status").await;
    site.told_in_slack("U1", "you may not ask for `status` here")
        .await;
    site.slack.press("U1", &card, "Approve").await;
    site.card_in_slack(&["1 of 2 approvals: ada"]).await;
    let told = bot.printed(&["incident", "list"]);
    assert!(!told.contains("db1"), "{told}");
    site.slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_list_that_cannot_be_read_would_allow_is_not_done() {
    let site = Site::new().await;
    site.slack.user_group("S1", "oncall", &["U1"]);
    offered(&site.state(), IN_SLACK, HOUR).await;
    let rules = RULES.replace("discord = [\"100000000000000001/31\"]\n", "");
    let bot = site.start(&rules).await;
    let card = site.card_in_slack(&["2 of "]).await;
    let lists = "usergroups.users.list";
    site.slack.trouble(lists, Trouble::Status(503), 1);
    site.slack.press("U1", &card, "Approve").await;
    site.told_in_slack(
        "U1",
        "whether you may ask for `approve` here cannot be told now: Slack user group S1 cannot be read: ",
    )
    .await;
    assert_eq!(approvals(&bot), []);
    site.slack.press("U1", &card, "Approve").await;
    site.card_in_slack(&["1 of 2 approvals: ada"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_discord_only_hosts_are_offered_that_may_be_named_here() {
    let site = Site::new().await;
    site.slack.user_group("S1", "oncall", &[]);
    offered(&site.state(), IN_DISCORD, HOUR).await;
    let _bot = site.start(RULES).await;
    for (user, channel, offered) in [
        // Ada has the role.
        ("11", "21", vec!["ghost", "db1", "@db", "@web"]),
        ("12", "21", vec!["ghost", "@web"]),
        ("12", "22", vec![]),
        ("13", "21", vec![]),
    ] {
        let typed = site
            .discord
            .autocomplete(user, channel, "diagnose", ("host", ""), &[])
            .await;
        let choices = typed.choices();
        let mut names: Vec<&str> = choices.iter().map(|(name, _)| name.as_str()).collect();
        // Hosts of other stories may be up beside this one.
        names.retain(|name| ["ghost", "db1", "@db", "@web"].contains(name));
        names.sort_unstable();
        let mut expected = offered;
        expected.sort_unstable();
        assert_eq!(names, expected, "{user} in {channel}");
    }
    let asked = [("host", "db1")];
    site.discord.slash("12", "21", "diagnose", &asked).await;
    site.told_in_discord("12", "of db1 here; ").await;
}
