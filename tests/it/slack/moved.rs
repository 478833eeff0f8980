//! What moved between the card and the press: nothing is done that the card did not show, and the card says why.

use std::io::Write as _;

use tests::fakes::slack::{Message, Slack};

use super::{said, settings, sockets_gone, tokens, workspace};
use crate::bot::{BREAK_SHOP, Bot, LONG, SHOP};
use crate::lab::Host;
use crate::reach::with_own_key;

/// Asks for a diagnosis and gives the card that comes of it: one that did not stand there before.
async fn card(slack: &Slack, host: &str) -> Message {
    let old = slack.look(|state| state.said().map(|one| one.ts.clone()).collect::<Vec<_>>());
    slack.slash("U1", "C1", "/diagnose", host).await;
    slack
        .wait_up_to(LONG, "a card", |state| {
            let mut said = state.said();
            said.find(|one| !old.contains(&one.ts) && one.button("Approve").is_some())
                .cloned()
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn an_edited_runbook_and_a_changed_host_key_void_the_card() {
    let host = Host::up("it-moved", "systemd");
    host.must("prepare", BREAK_SHOP);
    let slack = workspace().await;
    // The site has a page of its own, so far the same as the built-in one.
    let pages = tempfile::tempdir().unwrap();
    let page = pages.path().join("unit-exec-permission.md");
    let built_in = crate::lab::root().join("runbooks/unit/unit-exec-permission.md");
    std::fs::copy(built_in, &page).unwrap();
    let pages = format!("runbooks = {:?}\n{}", pages.path(), settings(&slack, ""));
    let mut bot = Bot::start(host.state.path(), &pages, &tokens(&slack));
    slack.connected(1).await;

    let first = card(&slack, "it-moved").await;
    let mut file = std::fs::File::options().append(true).open(&page).unwrap();
    writeln!(file, "\nAsk the shop's people before you do this.").unwrap();
    drop(file);
    slack.press("U1", &first, "Approve").await;
    let over = said(&slack, &["runbook unit-exec-permission was changed since"]).await;
    assert_eq!(over.ts, first.ts, "the card itself says so");
    assert!(over.button("Approve").is_none());
    assert!(host.must("mode", SHOP).starts_with("644"));

    // The next diagnosis offers what the page says now. Then the host gets another key, which is known before the press.
    let second = card(&slack, "it-moved").await;
    with_own_key(&host);
    bot.restart(sockets_gone(&slack)).await;
    slack.connected(1).await;
    slack.press("U1", &second, "Approve").await;
    let over = slack
        .wait_up_to(LONG, "the end of the second card", |state| {
            let mut said = state.said();
            said.find(|one| one.ts == second.ts && one.says("Refused"))
                .cloned()
        })
        .await;
    assert!(over.says("host key"), "{}", over.words());
    assert!(host.must("mode", SHOP).starts_with("644"));
    slack.assert_no_refusals();
}
