//! What Slack refuses, and the limits of Block Kit: each with the body that just fits and the one that does not.

use serde_json::{Value, json};
use tests::fakes::slack::Slack;

use super::slack::{button, post, workspace};
use super::slack_client::{call, client, code};

/// Calls a method with a body that it must refuse, or not, with this code.
pub(super) async fn check(slack: &Slack, method: &str, body: Value, expected: &str) {
    let api = client(slack);
    let got = code(call(&api, slack.bot_token(), method, &body).await);
    assert_eq!(got, expected, "{method} {body}\n{}", slack.story());
    let refused = slack.change(|state| std::mem::take(&mut state.refusals));
    let codes: Vec<&str> = refused
        .iter()
        .map(|refusal| refusal.code.as_str())
        .collect();
    let known = expected == "ok" || codes == [expected];
    assert!(known, "every refusal is recorded once, not {codes:?}");
}

fn long(n: usize) -> String {
    "x".repeat(n)
}

#[tokio::test]
async fn what_slack_refuses_is_refused_in_its_words() {
    let slack = workspace().await;
    slack.private_channel("G1", &["U1"]);
    slack.channel("C2", &["U1"]);
    slack.remove_bot("C2");
    slack.remove_bot("G1");
    slack.channel("C3", &["U1"]);
    slack.archive("C3");
    let theirs = slack.say("U1", "C1", None, "hello").ts;
    let ours = post(&slack, json!({"channel": "C1", "text": "first"}))
        .await
        .ts;
    let reply = post(
        &slack,
        json!({"channel": "C1", "text": "second", "thread_ts": ours}),
    )
    .await;

    let say = "chat.postMessage";
    check(&slack, say, json!({"channel": "C1", "text": "hi"}), "ok").await;
    check(
        &slack,
        say,
        json!({"channel": "C9", "text": "hi"}),
        "channel_not_found",
    )
    .await;
    check(
        &slack,
        say,
        json!({"channel": "C2", "text": "hi"}),
        "not_in_channel",
    )
    .await;
    check(
        &slack,
        say,
        json!({"channel": "G1", "text": "hi"}),
        "channel_not_found",
    )
    .await;
    check(
        &slack,
        say,
        json!({"channel": "C3", "text": "hi"}),
        "is_archived",
    )
    .await;
    check(&slack, say, json!({"channel": "C1"}), "no_text").await;
    check(
        &slack,
        say,
        json!({"channel": "C1", "text": long(40_001)}),
        "msg_too_long",
    )
    .await;
    check(
        &slack,
        say,
        json!({"channel": "C1", "text": "hi", "colour": "red"}),
        "invalid_arguments",
    )
    .await;
    check(
        &slack,
        say,
        json!({"channel": "C1", "text": "hi", "thread_ts": "1.2"}),
        "thread_not_found",
    )
    .await;
    let in_reply = json!({"channel": "C1", "text": "hi", "thread_ts": reply.ts});
    check(&slack, say, in_reply, "cannot_reply_to_message").await;
    let attachments = vec![json!({"text": "x"}); 101];
    check(
        &slack,
        say,
        json!({"channel": "C1", "attachments": attachments}),
        "too_many_attachments",
    )
    .await;
    check(
        &slack,
        say,
        json!({"channel": "C1", "text": "hi", "username": "root"}),
        "missing_scope",
    )
    .await;

    let change = "chat.update";
    check(
        &slack,
        change,
        json!({"channel": "C1", "ts": ours, "text": "new"}),
        "ok",
    )
    .await;
    check(
        &slack,
        change,
        json!({"channel": "C1", "ts": theirs, "text": "new"}),
        "cant_update_message",
    )
    .await;
    check(
        &slack,
        change,
        json!({"channel": "C1", "ts": "1.2", "text": "new"}),
        "message_not_found",
    )
    .await;
    check(
        &slack,
        change,
        json!({"channel": "C1", "ts": ours, "text": long(4_001)}),
        "msg_too_long",
    )
    .await;
    check(
        &slack,
        "chat.delete",
        json!({"channel": "C1", "ts": theirs}),
        "cant_delete_message",
    )
    .await;

    check(&slack, "chat.postTelegram", json!({}), "unknown_method").await;
    check(
        &slack,
        "apps.connections.open",
        json!({}),
        "not_allowed_token_type",
    )
    .await;
    check(
        &slack,
        "views.open",
        json!({"trigger_id": "1.2.3", "view": {}}),
        "invalid_trigger_id",
    )
    .await;
    let thumb = json!({"channel": "C1", "timestamp": ours, "name": "thumbsup"});
    check(&slack, "reactions.add", thumb.clone(), "ok").await;
    check(&slack, "reactions.add", thumb, "already_reacted").await;
    check(
        &slack,
        "users.info",
        json!({"user": "U1"}),
        "invalid_arguments",
    )
    .await;

    slack.scopes(&["chat:write"]);
    let form = client(&slack);
    let stranger = call(&form, "xoxb-stolen", "auth.test", &json!({})).await;
    assert_eq!(code(stranger), "invalid_auth");
    slack.change(|state| state.refusals.clear());
    check(
        &slack,
        "conversations.join",
        json!({"channel": "C1"}),
        "missing_scope",
    )
    .await;
    slack.revoke_tokens();
    check(
        &slack,
        say,
        json!({"channel": "C1", "text": "hi"}),
        "token_revoked",
    )
    .await;
}

#[tokio::test]
async fn block_kit_limits_hold() {
    let slack = workspace().await;
    let divider = json!({"type": "divider"});
    let plain = |text: String| json!({"type": "plain_text", "text": text});
    let section =
        |text: String| json!({"type": "section", "text": {"type": "mrkdwn", "text": text}});
    let actions = |elements: Vec<Value>| json!({"type": "actions", "elements": elements});
    let press = |change: fn(&mut Value)| {
        let mut button = button("Go", "go");
        change(&mut button);
        json!({"type": "actions", "elements": [button]})
    };
    let buttons = |n: usize| (0..n).map(|n| button("Go", &format!("go-{n}"))).collect();
    for (blocks, fits) in [
        (vec![divider.clone(); 50], true),
        (vec![divider.clone(); 51], false),
        (vec![section(long(3000))], true),
        (vec![section(long(3001))], false),
        (vec![section(String::new())], false),
        (
            vec![json!({"type": "header", "text": plain(long(150))})],
            true,
        ),
        (
            vec![json!({"type": "header", "text": plain(long(151))})],
            false,
        ),
        (
            vec![json!({"type": "header", "text": {"type": "mrkdwn", "text": "x"}})],
            false,
        ),
        (
            vec![json!({"type": "context", "elements": vec![plain(long(1)); 10]})],
            true,
        ),
        (
            vec![json!({"type": "context", "elements": vec![plain(long(1)); 11]})],
            false,
        ),
        (
            vec![json!({"type": "section", "fields": vec![plain(long(2000)); 10]})],
            true,
        ),
        (
            vec![json!({"type": "section", "fields": vec![plain(long(2)); 11]})],
            false,
        ),
        (vec![actions(buttons(25))], true),
        (vec![actions(buttons(26))], false),
        (vec![actions(Vec::new())], false),
        (
            vec![actions(vec![button("A", "same"), button("B", "same")])],
            false,
        ),
        (vec![press(|b| b["text"]["text"] = json!(long(75)))], true),
        (vec![press(|b| b["text"]["text"] = json!(long(76)))], false),
        (vec![press(|b| b["value"] = json!(long(2000)))], true),
        (vec![press(|b| b["value"] = json!(long(2001)))], false),
        (vec![press(|b| b["action_id"] = json!(long(256)))], false),
        (vec![press(|b| b["style"] = json!("warning"))], false),
        (vec![press(|b| b["colour"] = json!("red"))], false),
        (
            vec![press(|b| b["confirm"] = json!({"title": "no object"}))],
            false,
        ),
        (
            vec![json!({"type": "divider", "block_id": long(256)})],
            false,
        ),
        (
            vec![
                json!({"type": "divider", "block_id": "a"}),
                json!({"type": "divider", "block_id": "a"}),
            ],
            false,
        ),
        (
            vec![json!({"type": "markdown", "text": long(6000)}); 2],
            true,
        ),
        (
            vec![json!({"type": "markdown", "text": long(6001)}); 2],
            false,
        ),
        (vec![json!({"type": "marquee"})], false),
        (
            vec![
                json!({"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]}]}),
            ],
            true,
        ),
        (
            vec![
                json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "blink"}]}]}),
            ],
            false,
        ),
        (
            vec![
                json!({"type": "image", "alt_text": "x", "image_url": "https://example.com/a.png"}),
            ],
            true,
        ),
        (vec![json!({"type": "image", "alt_text": "x"})], false),
    ] {
        let body = json!({"channel": "C1", "text": "x", "blocks": blocks});
        let expected = if fits { "ok" } else { "invalid_blocks" };
        check(&slack, "chat.postMessage", body, expected).await;
    }
}
