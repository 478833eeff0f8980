//! One process serves Slack and Discord, and a person is one person on both.

use tests::fakes::discord::State as OnDiscord;

use super::{guild, press, ready, said};
use crate::bot::{BREAK_SHOP, Bot, LONG, PEOPLE, SHOP, on_both, tokens_of_both};
use crate::lab::Host;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn the_same_person_on_both_platforms_counts_once() {
    let host = Host::up("it-both", "systemd");
    host.must("prepare", BREAK_SHOP);
    let discord = guild().await;
    let slack = crate::slack::workspace().await;
    let people = PEOPLE
        .replace("[\"@oncall\"]", "[\"ada\", \"bo\"]")
        .replace("requester = true", "requester = true\nmin = 2");
    let settings = on_both(&slack, &discord, &people);
    let tokens = tokens_of_both(&slack, &discord);
    let _bot = Bot::start(host.state.path(), &settings, &tokens);
    ready(&discord).await;
    slack.connected(1).await;

    discord
        .slash("12", "21", "diagnose", &[("host", "it-both")])
        .await;
    let card = said(&discord, &["set mode 0755", "2 of ada, bo must approve"]).await;
    let id = card.content.split(':').next().unwrap().to_owned();

    // Ada says yes in Slack, and once more in Discord: that is one yes.
    slack
        .slash("U1", "C1", "/sickbay", &format!("approve {id}"))
        .await;
    let first = |state: &OnDiscord| {
        let card = state.messages[&card.id].clone();
        card.says("1 of 2 approvals: ada").then_some(card)
    };
    let card = discord.wait_up_to(LONG, "the first yes", first).await;
    press(&discord, "11", &card, "Approve").await;
    said(&discord, &["ada approved", "before; 1 more must"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    // In the thread there is nothing to name.
    discord
        .slash("12", &card.channel, "sickbay approve", &[])
        .await;
    said(&discord, &["✅", "Verified", "2 of 2 approvals: ada, bo"]).await;
    assert!(host.must("mode", SHOP).starts_with("755\nactive"));

    // What began in Discord is told there, and nowhere else.
    let told = slack.look(|state| state.said().filter(|one| one.only_for.is_none()).count());
    assert_eq!(told, 0);
    assert_eq!(discord.pings(), []);
    discord.assert_no_refusals();
    slack.assert_no_refusals();
}
