//! The front alone, without hosts and a journal: what only time or bad luck brings about.

use std::collections::BTreeSet;
use std::time::Duration;

use chat::discord::{Discord as Front, Options, Socket};
use chat::event::{Button, ChatEvent, What};
use tests::fakes::Trouble;
use tests::fakes::discord::{Discord, GUILD};
use tokio::sync::mpsc;

use super::guild;

async fn front(
    discord: &Discord,
    guild: &str,
) -> (Front, Socket, mpsc::UnboundedReceiver<ChatEvent>) {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let options = Options {
        token: discord.token().to_owned(),
        guilds: BTreeSet::from([guild.parse().unwrap()]),
        api: Some(discord.url()),
        people: BTreeSet::from(["11".to_owned()]),
        hosts: vec!["web1".to_owned(), "@web".to_owned()],
        patience: Duration::from_millis(300),
    };
    let front = Front::connect(options).await.unwrap();
    let (to, heard) = mpsc::unbounded_channel();
    let socket = front.listen(to);
    (front, socket, heard)
}

#[tokio::test]
async fn a_gateway_that_says_nothing_is_opened_anew() {
    let discord = guild().await;
    discord.mute_gateway(true);
    let (_front, socket, _heard) = front(&discord, GUILD).await;
    discord
        .wait_for("a connection that nobody answers", |state| {
            (state.waiting > 0).then_some(())
        })
        .await;
    assert!(!socket.greeted());
    discord.mute_gateway(false);
    discord.connected().await;
    discord.assert_no_refusals();
}

#[tokio::test]
async fn a_press_is_heard_though_discord_does_not_take_its_answer() {
    let discord = guild().await;
    let (front, _socket, mut heard) = front(&discord, GUILD).await;
    discord.connected().await;
    let place = format!("discord:{GUILD}:21");
    let evidence = chat::discord::Content {
        text: "a card".to_owned(),
        components: vec![serde_json::json!({ "type": 1, "components": [
            { "type": 2, "style": 2, "label": "Reject", "custom_id": "reject:k7f3qa-1 0123456789abcdef" },
            { "type": 2, "style": 2, "label": "Old", "custom_id": "nobody-knows" },
        ]})],
        ..chat::discord::Content::default()
    };
    front.post(&place, None, "one", &evidence).await.unwrap();
    let card = discord.wait_for_words("21", "a card").await;
    discord.trouble("POST /interactions/", Trouble::Hang, 1);
    discord.press("11", &card, "Reject").await;
    let event = heard.recv().await.unwrap();
    let about = "k7f3qa-1 0123456789abcdef".to_owned();
    let button = Button::Reject;
    assert_eq!(event.what, What::Pressed { button, about });
    assert_eq!(
        (event.user.as_str(), event.place.as_str()),
        ("11", place.as_str())
    );

    // A button of another age is taken note of, and does nothing.
    let old = discord.press("11", &card, "Old").await;
    assert_eq!(old.response, 6);
    assert!(heard.try_recv().is_err());
    discord.assert_no_refusals();
}

#[tokio::test]
async fn a_server_that_the_settings_do_not_name_is_told_so() {
    let discord = guild().await;
    // Registered by an earlier Sickbay that served it.
    let (_served, _socket, _heard) = front(&discord, GUILD).await;
    discord.registered("diagnose").await;
    drop(_socket);
    discord
        .wait_for("the end of the first", |state| {
            (state.sockets == 0).then_some(())
        })
        .await;
    let (_front, _socket, mut heard) = front(&discord, "5").await;
    discord.connected().await;
    let asked = discord
        .slash("11", "21", "diagnose", &[("host", "web1")])
        .await;
    assert!(
        asked.text().contains("does not answer in this server"),
        "{}",
        asked.text()
    );
    let typed = discord
        .autocomplete("11", "21", "diagnose", ("host", "w"), &[])
        .await;
    assert_eq!(typed.choices(), []);
    assert!(heard.try_recv().is_err());
    // It may not register commands where it was not added.
    discord.assert_no_refusals_but(&["50001"]);
}

#[tokio::test]
async fn a_token_that_is_not_taken_is_said_so() {
    let discord = guild().await;
    discord.revoke_token();
    let options = Options {
        token: discord.token().to_owned(),
        guilds: BTreeSet::new(),
        api: Some(discord.url()),
        people: BTreeSet::new(),
        hosts: Vec::new(),
        patience: chat::discord::PATIENCE,
    };
    let refused = Front::connect(options).await.unwrap_err().to_string();
    assert!(
        refused.starts_with("Discord does not take the bot token: 401"),
        "{refused}"
    );
    assert!(!refused.contains(discord.token()));
}
