//! The front alone, without hosts and a journal: what only time or bad luck brings about.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chat::Languages;
use chat::discord::{Content, Discord as Front, Offers, Options, Socket};
use chat::event::{Button, ChatEvent, What};
use tests::fakes::Trouble;
use tests::fakes::discord::{Discord, GUILD};
use tokio::sync::mpsc;

use super::guild;
use crate::fakes::discord_client::web_over_tls;

/// How the fake is reached.
fn options(discord: &Discord, guild: &str) -> Options {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Options {
        token: discord.token().to_owned(),
        guilds: BTreeSet::from([guild.parse().unwrap()]),
        web: None,
        api: Some(discord.url()),
        languages: Languages::default(),
        people: BTreeSet::from(["11".to_owned()]),
        offers: Offers::new(|_typing| vec!["web1".to_owned(), "@web".to_owned()]),
        hear_threads: false,
        public_key: None,
        patience: Duration::from_millis(300),
    }
}

async fn front(options: Options) -> (Front, Socket, mpsc::UnboundedReceiver<ChatEvent>) {
    let front = Front::new(options);
    let (to, heard) = mpsc::unbounded_channel();
    let socket = front.arrive(to).await.unwrap();
    (front, socket, heard)
}

fn words(text: &str) -> Content {
    Content {
        title: format!("about {text}"),
        text: text.to_owned(),
        ..Content::default()
    }
}

#[tokio::test]
async fn a_gateway_that_says_nothing_is_opened_anew() {
    let discord = guild().await;
    discord.mute_gateway(true);
    let (_front, socket, _heard) = front(options(&discord, GUILD)).await;
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
    let (front, _socket, mut heard) = front(options(&discord, GUILD)).await;
    discord.connected().await;
    let place = format!("discord:{GUILD}:21");
    let card = Content {
        components: vec![serde_json::json!({ "type": 1, "components": [
            { "type": 2, "style": 2, "label": "Reject", "custom_id": "reject:k7f3qa-1 0123456789abcdef" },
            { "type": 2, "style": 2, "label": "Old", "custom_id": "nobody-knows" },
        ]})],
        ..words("a card")
    };
    front.post(&place, None, "one", &card).await.unwrap();
    let card = discord.wait_for_words("21", "a card").await;
    discord.trouble("POST /interactions/", Trouble::Hang, 1);
    discord.press("11", &card, "Reject").await;
    let event = heard.recv().await.unwrap();
    let about = "k7f3qa-1 0123456789abcdef".to_owned();
    let button = Button::Reject;
    assert_eq!(
        event.what,
        What::Pressed {
            button,
            about,
            words: None
        }
    );
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
    let (_served, _socket, _heard) = front(options(&discord, GUILD)).await;
    discord.registered("diagnose").await;
    drop(_socket);
    discord
        .wait_for("the end of the first", |state| {
            (state.sockets == 0).then_some(())
        })
        .await;
    let (_front, _socket, mut heard) = front(options(&discord, "5")).await;
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
    let (to, _heard) = mpsc::unbounded_channel();
    let refused = Front::new(options(&discord, GUILD))
        .arrive(to)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.starts_with("Discord does not take the bot token: 401"),
        "{refused}"
    );
    assert!(!refused.contains(discord.token()));
}

#[tokio::test]
async fn what_is_posted_arrives_once_and_a_thread_that_was_put_away_comes_back() {
    let discord = guild().await;
    let (front, _socket, _heard) = front(options(&discord, GUILD)).await;
    let place = format!("discord:{GUILD}:21");
    discord.trouble("POST /channels/21/messages", Trouble::AnswerLost, 1);
    let lost = front
        .post(&place, None, "one root", &words("looking"))
        .await;
    assert!(lost.is_err());
    // What it says has changed meanwhile: there is still one message, and it says what it ought to.
    let root = front.post(&place, None, "one root", &words("found")).await;
    let root = root.unwrap();
    assert_eq!(discord.messages("21").len(), 1);
    let message = discord.wait_for_words("21", "found").await;
    assert_eq!(root, format!("{place}:{}", message.id));

    let thread = message.id.to_string();
    let card = front
        .post(&place, Some(&root), "one fix", &words("a card"))
        .await;
    let card = card.unwrap();
    assert_eq!(discord.messages(&thread).len(), 1);
    discord.archive(&thread);
    front.edit(&card, &words("expired")).await.unwrap();
    assert!(discord.messages(&thread)[0].says("expired"));
    let gone = front
        .edit(&format!("{place}:7"), &words("x"))
        .await
        .unwrap_err();
    assert_eq!(
        gone.to_string(),
        "the platform refuses it: Unknown Message (10008)"
    );
    discord.assert_no_refusals_but(&["50083", "10008"]);
}

#[tokio::test]
async fn as_in_production_the_limiter_is_on_and_nothing_stands_before_discord() {
    let discord = guild().await;
    let web = web_over_tls(&discord).await;
    let production = Options {
        api: None,
        web: Some(web),
        ..options(&discord, GUILD)
    };
    let (front, socket, mut heard) = front(production).await;
    discord.connected().await;
    discord.registered("sickbay").await;
    let host = [("host", "@web")];
    let asked = discord.slash("11", "21", "diagnose", &host).await;
    let event = heard.recv().await.unwrap();
    let text = "diagnose @web".to_owned();
    assert_eq!(event.what, What::Asked { text });
    assert!(asked.answered());

    // Too fast: it waits as long as it is told to, and goes on.
    discord.trouble("POST /channels/", Trouble::RateLimited(1), 1);
    let began = Instant::now();
    let root = front
        .post(&event.place, None, "one root", &words("looking"))
        .await;
    let root = root.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    front.settle(&event).await;
    front
        .post(&event.place, Some(&root), "one found", &words("found"))
        .await
        .unwrap();
    front.edit(&root, &words("done")).await.unwrap();
    front.whisper(&event, &words("psst")).await.unwrap();
    let told = discord.wait_for_words("21", "psst").await;
    assert_eq!(told.only_for.as_deref(), Some("11"));
    let thinking = discord.look(|state| state.said().filter(|m| m.deferred).count());
    assert_eq!(thinking, 0);
    assert!(socket.greeted());
    discord.assert_no_refusals();
}
