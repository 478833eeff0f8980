//! The fake Slack against the real client.

use std::time::Duration;

use serde_json::{Value, json};
use slack_morphism::prelude::*;
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;
use tests::fakes::Trouble;
use tests::fakes::slack::{End, Message, Routes, Slack};

use super::slack_client::{call, client, code, listen, token};
use super::slack_limits::check;

pub(super) async fn workspace() -> Slack {
    let slack = Slack::start().await;
    slack.user("U1", "ada");
    slack.user("U2", "bo");
    slack.channel("C1", &["U1", "U2"]);
    slack
}

pub(super) fn button(label: &str, action: &str) -> Value {
    json!({"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, "value": "p-1"})
}

fn card() -> Value {
    json!([
        {"type": "section", "text": {"type": "mrkdwn", "text": "Restart *nginx*?"}},
        {"type": "actions", "block_id": "decide", "elements": [button("Approve", "approve"), button("Reject", "reject")]},
    ])
}

/// Posts through the client; the message as people see it.
pub(super) async fn post(slack: &Slack, body: Value) -> Message {
    let api = client(slack);
    let answer = call(&api, slack.bot_token(), "chat.postMessage", &body).await;
    let ts = answer.unwrap()["ts"].as_str().unwrap().to_owned();
    let channel = body["channel"].as_str().unwrap().to_owned();
    slack.look(|state| state.message(&channel, &ts).cloned().unwrap())
}

#[tokio::test]
async fn a_command_a_card_a_click_and_a_thread_make_the_round() {
    let slack = workspace().await;
    let api = client(&slack);
    let mut heard = listen(&slack, &api).await;

    let ack = slack
        .slash("U1", "C1", "/diagnose", "web1 the site is down")
        .await;
    ack.assert_within(1_000);
    assert_eq!(ack.text(), "Looking at it.");
    let command = heard.recv().await.unwrap();
    assert_eq!(command["text"], "web1 the site is down");
    let shown = slack.messages("C1").pop().unwrap();
    assert_eq!(shown.only_for.as_deref(), Some("U1"));

    let bot = token(&slack);
    let session = api.open_session(&bot);
    let content = SlackMessageContent::new()
        .with_text("web1: nginx is down".into())
        .with_blocks(serde_json::from_value(card()).unwrap());
    let request = SlackApiChatPostMessageRequest::new("C1".into(), content);
    let posted = session.chat_post_message(&request).await.unwrap();
    let card = slack.wait_for_words("C1", "Restart *nginx*?").await;
    assert_eq!(card.ts, posted.ts.to_string());

    let ack = slack.press("U2", &card, "Approve").await;
    assert!(ack.came(), "{ack:?}");
    let mut click = heard.recv().await.unwrap();
    // The bot hears its own message as well, as in a real channel.
    while click["type"] != "block_actions" {
        click = heard.recv().await.unwrap();
    }
    assert_eq!(click["user"]["id"], "U2");
    assert_eq!(click["actions"][0]["value"], "p-1");

    let content = SlackMessageContent::new().with_text("Approved by bo".into());
    let update = SlackApiChatUpdateRequest::new("C1".into(), content, posted.ts.clone());
    session.chat_update(&update).await.unwrap();
    assert_eq!(slack.now(&card).unwrap().buttons(), []);

    let said = slack.say("U1", "C1", Some(&card.ts), "@sickbay status");
    let mut mention = Value::Null;
    while mention["event"]["type"] != "app_mention" {
        mention = heard.recv().await.unwrap();
    }
    assert_eq!(mention["event"]["ts"], said.ts.as_str());
    assert_eq!(slack.thread("C1", &card.ts).len(), 2);
    let replies = SlackApiConversationsRepliesRequest::new("C1".into(), posted.ts);
    let replies = session.conversations_replies(&replies).await.unwrap();
    assert_eq!(replies.messages.len(), 2);
    slack.assert_no_refusals();
}

#[tokio::test]
async fn an_event_whose_acknowledgement_is_lost_comes_again() {
    let slack = workspace().await;
    let api = client(&slack);
    let mut heard = listen(&slack, &api).await;
    slack.lose_acks(1);
    slack.say("U1", "C1", None, "still down");
    let first = heard.recv().await.unwrap();
    let second = heard.recv().await.unwrap();
    assert_eq!(first["event_id"], second["event_id"]);
    slack
        .wait_for("the second acknowledgement", |state| {
            state.acks.iter().any(|ack| ack.came()).then_some(())
        })
        .await;

    // What a person does is not sent again by itself; a test may.
    slack.lose_acks(1);
    let lost = slack.slash("U1", "C1", "/diagnose", "web1").await;
    assert!(!lost.came());
    let again = slack.redeliver(&lost).await;
    assert!(again.came());
    let (first, second) = (heard.recv().await.unwrap(), heard.recv().await.unwrap());
    assert_eq!(first["trigger_id"], second["trigger_id"]);
}

#[tokio::test]
async fn a_socket_that_flaps_is_dropped_each_time_and_then_stays() {
    let slack = workspace().await;
    let api = client(&slack);
    let mut heard = listen(&slack, &api).await;
    slack.flap(50);
    slack
        .wait_for("the end of the flapping", |state| {
            (state.flaps == 0 && state.sockets == 1).then_some(())
        })
        .await;
    assert_eq!(slack.look(|state| state.hellos), 52);
    assert!(slack.slash("U1", "C1", "/diagnose", "web1").await.came());
    assert_eq!(heard.recv().await.unwrap()["text"], "web1");

    slack.end_sockets(End::Refresh);
    slack
        .wait_for("a fresh socket", |state| (state.hellos == 53).then_some(()))
        .await;
}

#[tokio::test]
async fn troubles_come_as_ordered_and_end() {
    let slack = workspace().await;
    let api = client(&slack);
    let hi = json!({"channel": "C1", "text": "hi"});
    let say = || call(&api, slack.bot_token(), "chat.postMessage", &hi);
    slack.trouble("chat.postMessage", Trouble::RateLimited(7), 1);
    assert_eq!(code(say().await), "429 Some(7s)");
    slack.trouble("chat.", Trouble::Status(503), 1);
    assert!(code(say().await).contains("503"));
    slack.trouble("", Trouble::AnswerLost, 1);
    assert_ne!(code(say().await), "ok");
    assert_eq!(
        slack.messages("C1").len(),
        1,
        "it was done, and nobody was told"
    );
    slack.trouble("chat.postMessage", Trouble::Hang, 1);
    let hung = tokio::time::timeout(Duration::from_millis(200), say()).await;
    assert!(hung.is_err());
    assert_eq!(code(say().await), "ok");

    let _heard = listen(&slack, &api).await;
    slack.outage();
    assert_ne!(code(say().await), "ok");
    slack
        .wait_for("the end of the socket", |state| {
            (state.sockets == 0).then_some(())
        })
        .await;
    slack.recover();
    assert_eq!(code(say().await), "ok");
    slack.assert_no_refusals();
}

#[tokio::test]
async fn a_response_url_serves_five_times_and_changes_what_one_person_sees() {
    let slack = workspace().await;
    let api = client(&slack);
    let mut heard = listen(&slack, &api).await;
    let body = json!({"channel": "C1", "user": "U1", "text": "only you", "blocks": card()});
    call(&api, slack.bot_token(), "chat.postEphemeral", &body)
        .await
        .unwrap();
    let whisper = slack.wait_for_words("C1", "Restart").await;
    slack.press("U1", &whisper, "approve").await;
    let click = heard.recv().await.unwrap();
    let url: SlackResponseUrl = serde_json::from_value(click["response_url"].clone()).unwrap();
    for n in 1..=6 {
        let content = SlackMessageContent::new().with_text(format!("answer {n}"));
        let request = SlackApiPostWebhookMessageRequest::new(content).with_replace_original(true);
        let result = api.respond_to_event(&url, &request).await;
        assert_eq!(result.is_ok(), n <= 5, "{result:?}");
    }
    assert_eq!(slack.now(&whisper).unwrap().text, "answer 5");
    let refused = slack.look(|state| state.refusals[0].code.clone());
    assert_eq!(refused, "used_url");
}

#[tokio::test]
async fn a_file_goes_up_in_three_steps() {
    let slack = workspace().await;
    let api = client(&slack);
    let bot = token(&slack);
    let session = api.open_session(&bot);
    let parent = post(&slack, json!({"channel": "C1", "text": "card"})).await;
    let bytes = b"3000 findings".to_vec();
    let ask = SlackApiFilesGetUploadUrlExternalRequest::new("findings.txt".into(), bytes.len());
    let place = session.get_upload_url_external(&ask).await.unwrap();
    let put = |content: &[u8]| {
        let url = place.upload_url.clone();
        SlackApiFilesUploadViaUrlRequest::new(url, content.to_vec(), "text/plain".into())
    };
    assert!(session.files_upload_via_url(&put(b"cut")).await.is_err());
    session.files_upload_via_url(&put(&bytes)).await.unwrap();
    let done = SlackApiFilesCompleteUploadExternalRequest::new(vec![SlackApiFilesComplete::new(
        place.file_id,
    )])
    .with_channel_id("C1".into())
    .with_thread_ts(parent.ts.clone().into());
    session.files_complete_upload_external(&done).await.unwrap();
    slack.change(|state| state.refusals.clear());
    let reply = slack.thread("C1", &parent.ts).pop().unwrap();
    let content = slack.look(|state| state.files[&reply.files[0]].content.clone());
    assert_eq!(content, Some(bytes));
    let picture = |id: &str| {
        let block = json!({"type": "image", "alt_text": "vitals", "slack_file": {"id": id}});
        json!({"channel": "C1", "text": "x", "blocks": [block]})
    };
    check(&slack, "chat.postMessage", picture(&reply.files[0]), "ok").await;
    check(
        &slack,
        "chat.postMessage",
        picture("F9999999999"),
        "invalid_blocks",
    )
    .await;
}

#[tokio::test]
async fn requests_are_signed_so_that_the_verifier_believes_them() {
    let slack = workspace().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/slack", listener.local_addr().unwrap());
    slack.over_http(Routes {
        commands: url.clone(),
        interactions: url.clone(),
        events: url,
    });
    let served = tokio::spawn(super::slack_client::serve_one(listener, "heard".to_owned()));
    let ack = slack
        .slash("U1", "C1", "/diagnose", "网站 挂了 & more")
        .await;
    assert_eq!(ack.text(), "heard");
    let (headers, body) = served.await.unwrap();
    assert!(body.contains("text=%E7%BD%91"), "{body}");
    let verifier = SlackEventSignatureVerifier::new(&slack.signing_secret().into());
    let header = |name: &str| headers[name].clone();
    let signature = header("x-slack-signature");
    let timestamp = header("x-slack-request-timestamp");
    verifier.verify(&signature, &body, &timestamp).unwrap();
    let forged = body.replace("diagnose", "approve");
    assert!(verifier.verify(&signature, &forged, &timestamp).is_err());
}

#[tokio::test]
async fn pings_are_seen_wherever_they_hide() {
    let slack = workspace().await;
    let rich = |part: Value| {
        let section = json!({"type": "rich_text_section", "elements": [part]});
        json!([{"type": "rich_text", "elements": [section]}])
    };
    let section =
        |kind: &str| json!([{"type": "section", "text": {"type": kind, "text": "<!here>"}}]);
    let rows: [(&str, Value, &[&str]); 7] = [
        ("a <!channel> b", json!([]), &["!channel"]),
        ("a &lt;!channel&gt; b", json!([]), &[]),
        ("<@U1> and <https://a.b|c>", json!([]), &["@U1"]),
        ("x", section("mrkdwn"), &["!here"]),
        ("x", section("plain_text"), &[]),
        (
            "x",
            rich(json!({"type": "user", "user_id": "U0123456789"})),
            &["@U0123456789"],
        ),
        (
            "x",
            rich(json!({"type": "text", "text": "<!channel>"})),
            &[],
        ),
    ];
    for (text, blocks, pings) in rows {
        let message = post(
            &slack,
            json!({"channel": "C1", "text": text, "blocks": blocks}),
        )
        .await;
        assert_eq!(message.pings(), pings, "{text} {blocks}");
    }
}

#[tokio::test]
async fn a_modal_opens_within_a_click_and_is_submitted() {
    let slack = workspace().await;
    let api = client(&slack);
    let mut heard = listen(&slack, &api).await;
    slack.slash("U1", "C1", "/diagnose", "").await;
    let trigger = heard.recv().await.unwrap()["trigger_id"].clone();
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let view = json!({
        "type": "modal", "title": plain("Diagnose"), "submit": plain("Look"),
        "blocks": [{"type": "input", "block_id": "where", "label": plain("Host"),
            "element": {"type": "plain_text_input", "action_id": "host"}}],
    });
    let open = json!({"trigger_id": trigger, "view": view});
    check(&slack, "views.open", open.clone(), "ok").await;
    check(&slack, "views.open", open, "exchanged_trigger_id").await;
    let modal = slack.modal("U1").unwrap();
    let ack = slack.submit("U1", &modal, &[("host", "web1")]).await;
    assert!(ack.came());
    let submitted = heard.recv().await.unwrap();
    assert_eq!(
        submitted["view"]["state"]["values"]["where"]["host"]["value"],
        "web1"
    );
    assert!(slack.modal("U1").is_none());
}

/// Slack has this element and slackblocks does not, so only the second opinion refuses it.
#[tokio::test]
async fn what_only_slackblocks_refuses_is_refused() {
    let slack = workspace().await;
    let api = client(&slack);
    let shout = json!({"type": "broadcast", "range": "here"});
    let section = json!({"type": "rich_text_section", "elements": [shout]});
    let blocks = json!([{"type": "rich_text", "elements": [section]}]);
    let body = json!({"channel": "C1", "text": "x", "blocks": blocks});
    let refused = call(&api, slack.bot_token(), "chat.postMessage", &body).await;
    assert_eq!(code(refused), "invalid_blocks");
    let detail = slack.look(|state| state.refusals[0].detail.clone());
    assert!(detail.starts_with("slackblocks: "), "{detail}");
}

#[tokio::test]
async fn a_frozen_socket_answers_nobody_and_rates_hold_when_asked_for() {
    let slack = workspace().await;
    let api = client(&slack);
    let _heard = listen(&slack, &api).await;
    slack.freeze_sockets();
    slack.ack_window(Duration::from_millis(100));
    let unheard = slack.slash("U1", "C1", "/diagnose", "web1").await;
    assert!(!unheard.came());
    assert_eq!(slack.look(|state| state.sockets), 1, "it looks alive");

    slack.enforce_rates();
    let hi = json!({"channel": "C1", "text": "hi"});
    let say = || call(&api, slack.bot_token(), "chat.postMessage", &hi);
    let mut codes = Vec::new();
    for _message in 0..4 {
        codes.push(code(say().await));
    }
    assert_eq!(codes[..3], ["ok", "ok", "ok"]);
    assert!(codes[3].starts_with("429"), "{codes:?}");
    let ts = slack.messages("C1").pop().unwrap().ts;
    let edit = json!({"channel": "C1", "ts": ts, "text": "hi"});
    for n in 1..=51 {
        let edited = code(call(&api, slack.bot_token(), "chat.update", &edit).await);
        assert_eq!(edited == "ok", n <= 50, "{n}: {edited}");
    }
    slack.assert_no_refusals();
}

#[tokio::test]
async fn what_people_change_and_delete_is_heard() {
    let slack = workspace().await;
    let api = client(&slack);
    let mut heard = listen(&slack, &api).await;
    let said = slack.say("U1", "C1", None, "web1 is donw");
    let said = slack.edit(&said, "web1 is down");
    slack.delete(&said);
    for (subtype, field) in [
        (Value::Null, "text"),
        (json!("message_changed"), "message"),
        (json!("message_deleted"), "previous_message"),
    ] {
        let event = heard.recv().await.unwrap()["event"].clone();
        assert_eq!(event["subtype"], subtype);
        assert!(!event[field].is_null(), "{event}");
    }
    assert_eq!(slack.now(&said), None);
}

/// A story of many at once measures the bot, not the fake.
#[tokio::test]
async fn the_fake_keeps_up_with_many_at_once() {
    let slack = workspace().await;
    let api = client(&slack);
    let mut heard = listen(&slack, &api).await;
    let commands = (0..200).map(|n| {
        let slack = slack.clone();
        tokio::spawn(async move {
            let text = format!("web{n}");
            slack.slash("U1", "C1", "/diagnose", &text).await.delay
        })
    });
    let commands: Vec<_> = commands.collect();
    for command in commands {
        assert!(command.await.unwrap().is_some());
    }
    for n in 0..1_000 {
        slack.say("U1", "C1", None, &format!("line {n}"));
    }
    slack
        .wait_for("1000 acknowledgements", |state| {
            let came = state.acks.iter().filter(|ack| ack.came()).count();
            (came == 1_200).then_some(())
        })
        .await;
    let mut texts = std::collections::BTreeSet::new();
    while let Ok(event) = heard.try_recv() {
        texts.insert(event["event"]["text"].to_string());
    }
    assert_eq!(
        texts.len(),
        1_001,
        "each message once, and the commands have none"
    );
}
