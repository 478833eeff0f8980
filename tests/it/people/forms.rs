//! Forms: who says `/diagnose` and nothing more is asked where, and who rejects a fix is asked why; each may be left alone.

use incident::Span;
use tests::fakes::Trouble;
use tests::fakes::slack::{OpenView, Slack};

use super::{IN_DISCORD, IN_SLACK, Site, offered};
use crate::bot::Bot;

/// Bo may look at the web hosts in C1, ada at all.
const RULES: &str = r#"
[hosts.db1]
address = "127.0.0.1"
port = 1
groups = ["db"]
[[commands]]
who = ["bo"]
channels = ["C1"]
hosts = ["@web"]
[[commands]]
who = ["ada"]
"#;

const HOUR: Span = Span::minutes(60);
const MANY_HOSTS: usize = 130;

/// The modal that somebody has in front of them, once it is there.
async fn modal(slack: &Slack, user: &str) -> OpenView {
    let open = |state: &tests::fakes::slack::State| {
        let mut views = state.views.values();
        views.find(|view| view.user == user).cloned()
    };
    slack.wait_for("a modal", open).await
}

/// What somebody may choose who typed this.
async fn choices(slack: &Slack, user: &str, view: &OpenView, typed: &str) -> Vec<String> {
    let told = slack.suggest_in(user, view, "hosts", typed).await;
    assert!(told.came());
    let options = told.payload["options"].as_array().unwrap().iter();
    let names = options.map(|option| option["value"].as_str().unwrap().to_owned());
    // Hosts of other stories may be up beside this one.
    names.filter(|name| !name.starts_with("it-")).collect()
}

fn timeline(bot: &Bot) -> String {
    bot.printed(&["incident", "timeline", "20261123-k7f3qa"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_names_no_host_chooses_some() {
    let site = Site::new().await;
    let (slack, fleet) = (&site.slack, fleet());
    let bot = site.start(&format!("{RULES}{fleet}")).await;

    // Ada may choose among all, more than Slack shows at once.
    assert!(slack.slash("U1", "C1", "/diagnose", "").await.came());
    let all = modal(slack, "U1").await;
    let told = slack.suggest_in("U1", &all, "hosts", "").await;
    assert_eq!(told.payload["options"].as_array().unwrap().len(), 100);
    let found = choices(slack, "U1", &all, "Node12").await;
    assert_eq!(found.first().map(String::as_str), Some("node12"));
    assert!(
        found.contains(&"node120".to_owned()) && found.iter().all(|one| one.contains("node12"))
    );
    slack.close("U1", &all).await;

    // Bo only among his.
    slack.slash("U2", "C1", "/sickbay", "diagnose").await;
    let his = modal(slack, "U2").await;
    assert_eq!(choices(slack, "U2", &his, "").await, ["ghost", "@web"]);
    assert_eq!(choices(slack, "U2", &his, "db").await, Vec::<String>::new());
    let filled = [
        ("hosts", "ghost"),
        ("symptom", "the site is\ndown <!channel>"),
    ];
    assert!(slack.submit("U2", &his, &filled).await.came());
    let root = slack.wait_for_words("C1", "bo asks to look at ghost").await;
    assert!(
        root.says("<!channel>") || root.says("!channel"),
        "{}",
        root.words()
    );
    slack.wait_for_words("C1", "be reached").await;

    // A modal is no way around a rule, also one that was opened before the bot was started anew.
    slack.slash("U2", "C1", "/diagnose", "").await;
    let again = modal(slack, "U2").await;
    let forged = [("hosts", "ghost"), ("hosts", "db1")];
    slack.submit("U2", &again, &forged).await;
    site.told_in_slack("U2", "you may not ask for `diagnose` of db1 here")
        .await;
    // Where nothing may be asked there is nothing to fill in.
    slack.channel("C2", &["U1", "U2", "U3"]);
    slack.slash("U2", "C2", "/diagnose", "").await;
    site.told_in_slack("U2", "you may not ask for `diagnose` here")
        .await;
    slack.slash("U3", "C2", "/diagnose", "").await;
    site.told_in_slack("U3", "does not know you").await;
    // What Slack does not open is said in words.
    slack.trouble("views.open", Trouble::Status(503), 1);
    slack.slash("U1", "C2", "/diagnose", "").await;
    site.told_in_slack("U1", "type `diagnose TARGET [what is wrong]`")
        .await;
    assert!(slack.modal("U1").is_none());
    assert!(!bot.printed(&["incident", "list"]).contains("db1"));
    assert_eq!(slack.pings(), []);
    slack.assert_no_refusals();
}

/// Settings of many hosts.
fn fleet() -> String {
    let hosts =
        (0..MANY_HOSTS).map(|n| format!("[hosts.node{n}]\naddress = \"127.0.0.1\"\nport = 1\n"));
    hosts.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_rejects_in_slack_may_say_why() {
    let site = Site::new().await;
    let slack = &site.slack;
    offered(&site.state(), IN_SLACK, HOUR).await;
    let mut bot = site.start("").await;
    let card = site.card_in_slack(&["Reject"]).await;
    slack.press("U1", &card, "Reject").await;
    let asked = modal(slack, "U1").await;
    assert!(asked.body.to_string().contains("k7f3qa-1 on ghost: "));
    // Nothing has happened yet, and left alone nothing does.
    slack.close("U1", &asked).await;
    assert!(!timeline(&bot).contains("rejected"));
    slack.press("U1", &card, "Reject").await;
    let asked = modal(slack, "U1").await;
    // The modal outlives the bot that opened it.
    site.restart(&mut bot).await;
    let why = [(
        "why",
        "not while the backup runs\npassword=Tr0ub4dor&3 <!here>",
    )];
    assert!(slack.submit("U1", &asked, &why).await.came());
    let card = site
        .card_in_slack(&["🚫", "rejected by ada: not while the backup runs"])
        .await;
    assert!(card.button("Reject").is_none());
    let told = timeline(&bot);
    assert!(
        told.contains("(slack U1) rejected k7f3qa-1: not while"),
        "{told}"
    );
    assert!(
        !card.words().contains("Tr0ub4dor") && !told.contains("Tr0ub4dor"),
        "{told}"
    );
    assert_eq!(slack.pings(), []);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_counts_where_slack_opens_no_form() {
    let site = Site::new().await;
    offered(&site.state(), IN_SLACK, HOUR).await;
    let bot = site.start("").await;
    let card = site.card_in_slack(&["Reject"]).await;
    site.slack.trouble("views.open", Trouble::Status(503), 1);
    site.slack.press("U1", &card, "Reject").await;
    let over = site.card_in_slack(&["🚫", "rejected by ada"]).await;
    assert!(!over.says("rejected by ada:"), "{}", over.words());
    // On a card of yesterday nothing is asked any more.
    site.slack.press("U2", &card, "Reject").await;
    site.told_in_slack("U2", "is over (rejected: rejected by ada)")
        .await;
    assert!(site.slack.modal("U2").is_none());
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    site.slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_rejects_in_discord_may_say_why() {
    let site = Site::new().await;
    let discord = &site.discord;
    offered(&site.state(), IN_DISCORD, HOUR).await;
    let bot = site.start("").await;
    let card = site.card_in_discord(&["expires at"]).await;
    // Whom nobody knows is asked nothing.
    discord.press("13", &card, "Reject").await;
    site.told_in_discord("13", "does not know you").await;
    let pressed = discord.press("11", &card, "Reject").await;
    assert_eq!(pressed.response, 9);
    assert!(!timeline(&bot).contains("rejected"));
    let filled = discord
        .submit("11", &[("why", "not while the backup runs @everyone")])
        .await;
    assert!(filled.answered());
    site.card_in_discord(&["rejected by ada: not while the backup runs"])
        .await;
    let told = timeline(&bot);
    assert!(
        told.contains("(discord 11) rejected k7f3qa-1: not while"),
        "{told}"
    );
    discord.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reason_is_typed_too() {
    let site = Site::new().await;
    offered(&site.state(), IN_SLACK, HOUR).await;
    let bot = site.start("").await;
    let card = site.card_in_slack(&["Reject"]).await;
    let root = card.thread.as_deref();
    let long = format!("reject k7f3qa-1 {}", "x".repeat(501));
    site.slack.slash("U1", "C1", "/sickbay", &long).await;
    site.told_in_slack("U1", "501 characters long and may have 500")
        .await;
    let reject = "@sickbay reject k7f3qa-1 we move it today";
    site.slack.say("U1", "C1", root, reject);
    site.card_in_slack(&["rejected by ada: we move it today"])
        .await;
    let told = timeline(&bot);
    assert!(
        told.contains("rejected k7f3qa-1: we move it today"),
        "{told}"
    );
    site.slack.assert_no_refusals();
}
