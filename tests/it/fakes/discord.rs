//! The fake Discord against the real client.

use std::time::{Duration, Instant};

use serde_json::json;
use serenity::all::*;
use tests::fakes::Trouble;
use tests::fakes::discord::{Discord, End, GUILD};
use tokio::sync::mpsc::UnboundedReceiver;

use super::discord_client::{Heard, http, http_over_tls, listen};
use super::discord_limits::code;

/// A guild with two people, a channel and a role.
pub(super) async fn guild() -> Discord {
    let discord = Discord::start().await;
    discord.role("31", "on-call");
    discord.user("11", "ada");
    discord.user_with("12", "bo", "zh-CN", &["31"]);
    discord.channel("21", "ops");
    discord
}

async fn register(http: &Http) {
    let host = CreateCommandOption::new(CommandOptionType::String, "host", "Which host")
        .required(true)
        .set_autocomplete(true);
    let command = CreateCommand::new("diagnose").description("Look at a host");
    let guild = GuildId::new(GUILD.parse().unwrap());
    let commands = vec![command.add_option(host)];
    guild.set_commands(http, commands).await.unwrap();
}

async fn command(heard: &mut UnboundedReceiver<Heard>) -> CommandInteraction {
    match heard.recv().await {
        Some(Heard::Did(interaction)) => {
            let typing = interaction.clone().autocomplete();
            typing.or_else(|| interaction.command()).unwrap()
        }
        other => panic!("{other:?}"),
    }
}

async fn component(heard: &mut UnboundedReceiver<Heard>) -> ComponentInteraction {
    match heard.recv().await {
        Some(Heard::Did(interaction)) => interaction.message_component().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn card() -> CreateMessage {
    let approve = CreateButton::new("p-1/approve")
        .label("Approve")
        .style(ButtonStyle::Danger);
    let reason = CreateButton::new("p-1/reject").label("Reject");
    let embed = CreateEmbed::new()
        .title("web1: nginx is down")
        .image("attachment://vitals.png");
    CreateMessage::new()
        .embed(embed)
        .add_file(CreateAttachment::bytes(b"PNG".as_slice(), "vitals.png"))
        .components(vec![CreateActionRow::Buttons(vec![approve, reason])])
        .allowed_mentions(CreateAllowedMentions::new())
}

#[tokio::test]
async fn a_command_a_card_a_click_a_modal_and_a_thread_make_the_round() {
    let discord = guild().await;
    let http = http(&discord);
    let mut heard = listen(&discord, GatewayIntents::empty()).await;
    register(&http).await;
    discord.registered("diagnose").await;

    let complete = async {
        let typing = command(&mut heard).await;
        let choices = CreateAutocompleteResponse::new().add_string_choice("web1", "web1");
        let answer = CreateInteractionResponse::Autocomplete(choices);
        typing.create_response(&http, answer).await.unwrap();
    };
    let typed = discord.autocomplete("11", "21", "diagnose", ("host", "we"), &[]);
    let (typed, ()) = tokio::join!(typed, complete);
    assert_eq!(typed.choices(), [("web1".to_owned(), json!("web1"))]);

    let look = async {
        let asked = command(&mut heard).await;
        assert_eq!(asked.data.options[0].value.as_str(), Some("web1"));
        asked.defer(&http).await.unwrap();
        let edit = EditInteractionResponse::new().content("Looking at web1.");
        asked.edit_response(&http, edit).await.unwrap();
        let whisper = CreateInteractionResponseFollowup::new()
            .content("psst")
            .ephemeral(true);
        asked.create_followup(&http, whisper).await.unwrap();
    };
    let (slash, ()) = tokio::join!(
        discord.slash("11", "21", "diagnose", &[("host", "web1")]),
        look
    );
    slash.assert_within(1_000);
    let whisper = discord.wait_for_words("21", "psst").await;
    assert_eq!(whisper.only_for.as_deref(), Some("11"));
    let original = slash.clone();
    let edited = discord.look(|state| state.interactions[&original.id].original);
    let edited = discord.look(|state| state.messages[&edited.unwrap()].clone());
    assert_eq!(
        (edited.content.as_str(), edited.deferred),
        ("Looking at web1.", false)
    );

    let sent = ChannelId::new(21)
        .send_message(&http, card())
        .await
        .unwrap();
    let card = discord.wait_for_words("21", "nginx is down").await;
    assert_eq!(card.file("vitals.png").unwrap().content, b"PNG");
    let thread = CreateThread::new("web1: nginx is down");
    let thread = sent
        .channel_id
        .create_thread_from_message(&http, sent.id, thread);
    let thread = thread.await.unwrap();
    thread.id.say(&http, "Restarting nginx.").await.unwrap();
    assert_eq!(discord.thread(&card).len(), 1);

    let decide = async {
        let click = component(&mut heard).await;
        assert_eq!(click.user.id.get(), 12);
        let why = CreateInputText::new(InputTextStyle::Short, "Why?", "why");
        let modal =
            CreateModal::new("p-1/why", "Reject").components(vec![CreateActionRow::InputText(why)]);
        let answer = CreateInteractionResponse::Modal(modal);
        click.create_response(&http, answer).await.unwrap();
    };
    let (press, ()) = tokio::join!(discord.press("12", &card, "Reject"), decide);
    assert_eq!(press.response, 9);

    let settle = async {
        let Some(Heard::Did(interaction)) = heard.recv().await else {
            panic!("no submission");
        };
        let submitted = interaction.modal_submit().unwrap();
        let ActionRowComponent::InputText(text) = &submitted.data.components[0].components[0]
        else {
            panic!("{submitted:?}");
        };
        assert_eq!(text.value.as_deref(), Some("not now"));
        let message = CreateInteractionResponseMessage::new()
            .content("Rejected by bo: not now")
            .components(Vec::new());
        let answer = CreateInteractionResponse::UpdateMessage(message);
        submitted.create_response(&http, answer).await.unwrap();
    };
    let (_submitted, ()) = tokio::join!(discord.submit("12", &[("why", "not now")]), settle);
    let card = discord.now(&card).unwrap();
    assert_eq!(card.buttons(), []);
    assert!(card.says("Rejected by bo"));
    assert_eq!(discord.pings(), []);
    discord.assert_no_refusals();
}

#[tokio::test]
async fn an_interaction_is_answered_once_in_time_and_for_fifteen_minutes() {
    let discord = guild().await;
    let http = http(&discord);
    let mut heard = listen(&discord, GatewayIntents::empty()).await;
    register(&http).await;
    let message = || CreateInteractionResponseMessage::new().content("hi");
    let answer = async {
        let asked = command(&mut heard).await;
        let early = EditInteractionResponse::new().content("too early");
        assert_eq!(
            code(asked.edit_response(&http, early).await),
            Some((404, 10015))
        );
        let pong = asked.create_response(&http, CreateInteractionResponse::Acknowledge);
        assert_eq!(code(pong.await), Some((400, 50035)), "6 answers no command");
        let first = CreateInteractionResponse::Message(message());
        asked.create_response(&http, first).await.unwrap();
        let second = CreateInteractionResponse::Message(message());
        let second = asked.create_response(&http, second).await;
        assert_eq!(code(second), Some((400, 40060)));
        asked
    };
    let slash = discord.slash("11", "21", "diagnose", &[("host", "web1")]);
    let (slash, asked) = tokio::join!(slash, answer);
    assert_eq!(slash.text(), "hi");
    discord.redeliver(&slash);
    assert_eq!(command(&mut heard).await.id, asked.id);
    discord.expire_tokens();
    let late = EditInteractionResponse::new().content("too late");
    assert_eq!(
        code(asked.edit_response(&http, late).await),
        Some((401, 50027))
    );

    discord.answer_window(Duration::from_millis(100));
    let silent = discord
        .slash("11", "21", "diagnose", &[("host", "web1")])
        .await;
    assert!(!silent.answered());
}

#[tokio::test]
async fn a_session_is_resumed_and_told_what_it_missed() {
    let discord = guild().await;
    let http = http(&discord);
    let mut heard = listen(&discord, GatewayIntents::empty()).await;
    register(&http).await;
    // Nobody answers here; what matters is that it is told.
    discord.answer_window(Duration::from_millis(100));
    for (how, resumes) in [(End::Reconnect, 1), (End::Dropped, 2)] {
        discord.end_sockets(how);
        discord
            .wait_for("the end of the connection", |state| {
                (state.sockets == 0 || state.resumes == resumes).then_some(())
            })
            .await;
        let meanwhile = discord.slash("11", "21", "diagnose", &[("host", "web1")]);
        let (_late, told) = tokio::join!(meanwhile, command(&mut heard));
        assert_eq!(told.data.name, "diagnose");
        discord.connected().await;
        assert_eq!(
            discord.look(|state| (state.identifies, state.resumes)),
            (1, resumes)
        );
    }
    discord.assert_no_refusals();
}

#[tokio::test]
async fn intents_decide_what_is_heard() {
    let discord = guild().await;
    let intents = GatewayIntents::GUILD_MESSAGES;
    let mut heard = listen(&discord, intents).await;
    discord.say("11", "21", "still down");
    discord.say("11", "21", "@sickbay status");
    let mut texts = Vec::new();
    for _message in 0..2 {
        match heard.recv().await {
            Some(Heard::Said(message)) => texts.push(message.content),
            other => panic!("{other:?}"),
        }
    }
    texts.sort();
    let mention = format!("<@{}> status", discord.bot_user());
    assert_eq!(
        texts,
        [String::new(), mention],
        "content is privileged, a mention is not"
    );
}

#[tokio::test]
async fn a_429_is_shown_without_the_limiter_and_waited_for_with_it() {
    let discord = guild().await;
    let hi = json!({"content": "hi"});
    let channel = ChannelId::new(21);
    let plain = http(&discord);
    discord.trouble("POST /channels/", Trouble::RateLimited(1), 1);
    let limited = plain.send_message(channel, Vec::new(), &hi).await;
    let status = match limited {
        Err(Error::Http(HttpError::UnsuccessfulRequest(response))) => response.status_code,
        other => panic!("{other:?}"),
    };
    assert_eq!(status.as_u16(), 429);

    let production = http_over_tls(&discord).await;
    discord.trouble("POST /channels/", Trouble::RateLimited(1), 1);
    let began = Instant::now();
    production
        .send_message(channel, Vec::new(), &hi)
        .await
        .unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(discord.messages("21").len(), 1);
    discord.assert_no_refusals();

    discord.trouble("", Trouble::AnswerLost, 1);
    let lost = plain.send_message(channel, Vec::new(), &hi).await;
    assert!(lost.is_err());
    assert_eq!(
        discord.messages("21").len(),
        2,
        "it was done, and nobody was told"
    );
    discord.outage();
    assert!(plain.send_message(channel, Vec::new(), &hi).await.is_err());
    discord.recover();
    plain.send_message(channel, Vec::new(), &hi).await.unwrap();
}

#[tokio::test]
async fn requests_are_signed_so_that_the_verifier_believes_them() {
    let discord = guild().await;
    register(&http(&discord)).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    discord.over_http(&format!(
        "http://{}/discord",
        listener.local_addr().unwrap()
    ));
    let answer = json!({"type": 4, "data": {"content": "heard"}});
    let served = tokio::spawn(super::slack_client::serve_one(listener, answer.to_string()));
    let slash = discord
        .slash("12", "21", "diagnose", &[("host", "web1")])
        .await;
    assert_eq!(slash.text(), "heard");
    let (headers, body) = served.await.unwrap();
    let verifier = serenity::interactions_endpoint::Verifier::new(&discord.public_key());
    let signature = headers["x-signature-ed25519"].as_str();
    let timestamp = headers["x-signature-timestamp"].as_str();
    verifier
        .verify(signature, timestamp, body.as_bytes())
        .unwrap();
    let forged = body.replace("web1", "web2");
    assert!(
        verifier
            .verify(signature, timestamp, forged.as_bytes())
            .is_err()
    );
    let heard: Interaction = serde_json::from_str(&body).unwrap();
    assert_eq!(heard.command().unwrap().locale, "zh-CN");
}

#[tokio::test]
async fn rates_hold_when_asked_for() {
    let discord = guild().await;
    discord.enforce_rates();
    let hi = json!({"content": "hi"});
    let http = http(&discord);
    let mut codes = Vec::new();
    for _message in 0..6 {
        let sent = http.send_message(ChannelId::new(21), Vec::new(), &hi).await;
        codes.push(code(sent).map(|(status, _number)| status));
    }
    assert_eq!(codes, [None, None, None, None, None, Some(429)]);
    discord.assert_no_refusals();
}

#[tokio::test]
async fn a_gateway_that_flaps_is_resumed_each_time() {
    let discord = guild().await;
    let _heard = listen(&discord, GatewayIntents::empty()).await;
    discord.flap(2);
    discord
        .wait_for("the end of the flapping", |state| {
            (state.flaps == 0 && state.resumes >= 3 && state.sockets == 1).then_some(())
        })
        .await;
    assert_eq!(discord.look(|state| state.identifies), 1);
}

#[tokio::test]
async fn what_the_gateway_does_not_allow_ends_the_connection() {
    let discord = guild().await;
    let content = GatewayIntents::MESSAGE_CONTENT;
    let mut client = ClientBuilder::new_with_http(http(&discord), content)
        .await
        .unwrap();
    let refused = client.start().await;
    let why = refused.unwrap_err().to_string();
    assert!(why.contains("Disallowed"), "{why}");
    assert_eq!(discord.look(|state| state.refusals[0].code.clone()), "4014");
}
