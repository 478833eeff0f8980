//! The whole way in Chinese, on both platforms: a thread is in its channel's language, and what one person alone is told is in
//! theirs.

use tests::fakes::discord::Discord;
use tests::fakes::slack::Slack;

use crate::bot::{BREAK_SHOP, Bot, PEOPLE, SHOP, on_both, tokens_of_both};
use crate::lab::Host;
use crate::{discord, slack};

/// Both channels are Chinese, and bo is not.
const LANGUAGES: &str = "[channels.C1]\nlocale = \"zh\"\n[channels.21]\nlocale = \"zh\"\n";

/// Words that only an English card has.
const ENGLISH: [&str; 9] = [
    "Because",
    "may approve",
    "expires",
    "Fix ",
    "Verified",
    "Undone",
    "incident ",
    "risk",
    "approvals",
];

async fn start(host: &Host) -> (Slack, Discord, Bot) {
    let (slack, discord) = (slack::workspace().await, discord::guild().await);
    // What Discord asks her alone is in the language of her client.
    discord.user_with("11", "ada", "zh-CN", &[]);
    let people = PEOPLE.replace("[people.bo]\n", "[people.bo]\nlocale = \"en\"\n");
    let settings = on_both(&slack, &discord, &format!("{people}{LANGUAGES}"));
    let tokens = tokens_of_both(&slack, &discord);
    let bot = Bot::start(host.state.path(), &settings, &tokens);
    discord::ready(&discord).await;
    slack.connected(1).await;
    (slack, discord, bot)
}

/// No public message has a word of ours in English. What the host says stays as it is.
#[track_caller]
fn chinese_alone(said: &[String]) {
    assert!(said.len() > 2, "{said:?}");
    for text in said {
        for word in ENGLISH {
            assert!(!text.contains(word), "{word:?} in {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn in_slack_a_thread_is_in_its_channels_language_to_the_end() {
    let host = Host::up("it-chinese-slack", "systemd");
    host.must("prepare", BREAK_SHOP);
    let (slack, _discord, bot) = start(&host).await;

    let root = slack.say(
        "U1",
        "C1",
        None,
        "@sickbay 诊断 it-chinese-slack 商店打不开",
    );
    let card = slack::said(&slack, &["可由 ada 批准", "主机 it-chinese-slack"]).await;
    let names: Vec<String> = card.buttons().into_iter().map(|one| one.label).collect();
    assert_eq!(names, ["批准", "试运行", "拒绝", "详情"]);
    assert_eq!(root.thread, None);

    // Bo speaks English, and is told so alone.
    slack.press("U2", &card, "批准").await;
    let told = slack::said(&slack, &["bo may not approve"]).await;
    assert_eq!(told.only_for.as_deref(), Some("U2"));
    slack.press("U1", &card, "试运行").await;
    let told = slack::said(&slack, &["试运行"]).await;
    assert!(told.says("试运行"), "{}", told.words());

    slack.press("U1", &card, "批准").await;
    let done = slack::said(&slack, &["✅", "已批准 1/1：ada"]).await;
    assert_eq!(done.ts, card.ts);
    assert!(host.must("mode", SHOP).starts_with("755\nactive"));
    slack.say("U1", "C1", card.thread.as_deref(), "@sickbay 总结");
    slack::said(&slack, &["已验证"]).await;
    slack.press("U1", &done, "撤销").await;
    slack::said(&slack, &["✅", "已撤销"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    let public = slack.look(|state| {
        let said = state.said();
        let public = said.filter(|one| one.by_bot && one.only_for.is_none());
        public.map(|one| one.words()).collect::<Vec<String>>()
    });
    chinese_alone(&public);
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    assert_eq!(slack.pings(), []);
    slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn in_discord_a_thread_is_in_its_channels_language_to_the_end() {
    let host = Host::up("it-chinese-discord", "systemd");
    host.must("prepare", BREAK_SHOP);
    let (_slack, discord, bot) = start(&host).await;

    let asked = [("host", "it-chinese-discord"), ("symptom", "商店打不开")];
    discord.slash("11", "21", "diagnose", &asked).await;
    let card = discord::said(&discord, &["可由 ada 批准", "it-chinese-discord"]).await;
    discord::press(&discord, "11", &card, "批准").await;
    let done = discord::said(&discord, &["✅", "已批准 1/1：ada"]).await;
    assert_eq!(done.id, card.id);
    assert!(host.must("mode", SHOP).starts_with("755\nactive"));
    discord::press(&discord, "11", &done, "撤销").await;
    discord::said(&discord, &["✅", "已撤销"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));

    let public = discord.look(|state| {
        let said = state.said();
        let public = said.filter(|one| one.by_bot && one.only_for.is_none());
        public.map(|one| one.words()).collect::<Vec<String>>()
    });
    chinese_alone(&public);
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    assert_eq!(discord.pings(), []);
    discord.assert_no_refusals();
}
