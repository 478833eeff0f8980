//! A scan that is due in Discord: one message with its page beside it, once.

use incident::{Moment, Span};
use store::Store;
use tests::fakes::discord::State;

use super::{guild, ready, said, settings, socket_gone};
use crate::bot::{Bot, GHOST, PEOPLE};

const SCAN: &str = r#"
[[scans]]
name = "nightly"
targets = ["ghost"]
every = "1d"
channel = "21"
tell = "findings"
[channels.21]
locale = "zh"
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_is_told_in_the_language_of_its_channel_with_its_page() {
    let dir = tempfile::tempdir().unwrap();
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    let then = now.minus(Span::minutes(3 * 24 * 60 + 5));
    let store = Store::open(&dir.path().join("state"), now).await.unwrap();
    let plan = "every 86400 s";
    assert_eq!(store.scan_done("nightly", plan, then).await.unwrap(), then);
    store.close().await;

    let discord = guild().await;
    let settings = format!("{}{GHOST}{SCAN}", settings(&discord, PEOPLE));
    let mut bot = Bot::start(dir.path(), &settings, &[("bot", discord.token())]);
    ready(&discord).await;
    let report = said(&discord, &["1 台主机：1 台无法检查", "扫描 nightly"]).await;
    assert_eq!(report.channel, "21");
    let page = &report.files[0];
    assert!(page.name.starts_with("scan-nightly-"), "{page:?}");
    let text = String::from_utf8(page.content.clone()).unwrap();
    assert!(text.contains("<html lang=\"zh-CN\">") && text.contains("ghost"));

    bot.restart_gently(socket_gone(&discord)).await;
    ready(&discord).await;
    discord.slash("11", "21", "sickbay help", &[]).await;
    said(&discord, &["diagnose"]).await;
    let reports = |state: &State| {
        let said = state.said();
        said.filter(|one| one.says("扫描 nightly")).count()
    };
    assert_eq!(discord.look(reports), 1);
    bot.end();
    assert_eq!(discord.pings(), []);
    discord.assert_no_refusals();
}
