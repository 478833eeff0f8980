//! What Discord refuses, and its documented limits: each with the body that just fits and the one that does not.

use serde_json::{Value, json};
use serenity::all::{ApplicationId, ChannelId, Http, HttpError, StatusCode};

use super::discord::guild;
use super::discord_client::http;

/// The status and Discord's number of a refusal; nothing when it went through.
pub(super) fn code<T>(result: Result<T, serenity::Error>) -> Option<(u16, isize)> {
    match result {
        Ok(_answer) => None,
        Err(serenity::Error::Http(HttpError::UnsuccessfulRequest(response))) => {
            let status: StatusCode = response.status_code;
            Some((status.as_u16(), response.error.code))
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn channel() -> ChannelId {
    ChannelId::new(21)
}

async fn send(http: &Http, body: &Value) -> Option<(u16, isize)> {
    code(http.send_message(channel(), Vec::new(), body).await)
}

fn long(n: usize) -> String {
    "x".repeat(n)
}

fn row(components: &[Value]) -> Value {
    json!({"type": 1, "components": components})
}

fn button(label: &str, id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": label, "custom_id": id})
}

#[tokio::test]
async fn messages_have_limits() {
    let discord = guild().await;
    let http = http(&discord);
    let embed = |embed: Value| json!({"embeds": [embed]});
    let parts = |parts: &[Value]| json!({"content": "x", "components": parts});
    let options = |n: usize| -> Vec<Value> {
        (0..n)
            .map(|n| json!({"label": format!("o{n}"), "value": n.to_string()}))
            .collect()
    };
    let select = |n: usize| {
        parts(&[row(&[
            json!({"type": 3, "custom_id": "s", "options": options(n)}),
        ])])
    };
    let five: Vec<Value> = (0..5).map(|n| button("x", &format!("b{n}"))).collect();
    let six: Vec<Value> = (0..6).map(|n| button("x", &format!("b{n}"))).collect();
    let single = |n: usize| row(&[button("x", &format!("r{n}"))]);
    let field = json!({"name": long(256), "value": long(1024)});
    let small = json!({"name": "n", "value": "v"});
    let big = json!({"description": long(3001)});
    for (body, fits) in [
        (json!({"content": long(2000)}), true),
        (json!({"content": long(2001)}), false),
        (json!({"content": "é".repeat(2000)}), true),
        (json!({"content": "x", "colour": 1}), false),
        (json!({"embeds": vec![json!({"title": "t"}); 10]}), true),
        (json!({"embeds": vec![json!({"title": "t"}); 11]}), false),
        (embed(json!({"title": long(256)})), true),
        (embed(json!({"title": long(257)})), false),
        (embed(json!({"description": long(4096)})), true),
        (embed(json!({"description": long(4097)})), false),
        (embed(json!({"fields": vec![small.clone(); 25]})), true),
        (embed(json!({"fields": vec![small; 26]})), false),
        (embed(json!({"fields": [field]})), true),
        (
            embed(json!({"fields": [{"name": long(257), "value": "v"}]})),
            false,
        ),
        (
            embed(json!({"fields": [{"name": "n", "value": long(1025)}]})),
            false,
        ),
        (
            embed(json!({"fields": [{"name": "n", "value": ""}]})),
            false,
        ),
        (embed(json!({"footer": {"text": long(2048)}})), true),
        (embed(json!({"footer": {"text": long(2049)}})), false),
        (json!({"embeds": [big.clone()]}), true),
        (json!({"embeds": [big.clone(), big]}), false),
        (
            embed(json!({"image": {"url": "attachment://vitals.png"}})),
            false,
        ),
        (parts(&[row(&five)]), true),
        (parts(&[row(&six)]), false),
        (parts(&(0..5).map(single).collect::<Vec<Value>>()), true),
        (parts(&(0..6).map(single).collect::<Vec<Value>>()), false),
        (parts(&[row(&[button(&long(80), "b")])]), true),
        (parts(&[row(&[button(&long(81), "b")])]), false),
        (parts(&[row(&[button("x", &long(100))])]), true),
        (parts(&[row(&[button("x", &long(101))])]), false),
        (parts(&[row(&[button("x", "")])]), false),
        (parts(&[row(&[button("x", "b"), button("y", "b")])]), false),
        (parts(&[row(&[])]), false),
        (parts(&[button("x", "b")]), false),
        (select(25), true),
        (select(26), false),
        (
            json!({"content": "x", "allowed_mentions": {"parse": ["all"]}}),
            false,
        ),
        (json!({"content": "x", "flags": 1 << 15}), false),
    ] {
        let expected = (!fits).then_some((400, 50035));
        assert_eq!(
            send(&http, &body).await,
            expected,
            "{body}\n{}",
            discord.story()
        );
        let refused = discord.change(|state| std::mem::take(&mut state.refusals).len());
        assert_eq!(refused == 0, fits, "a refusal is recorded: {body}");
    }
    assert_eq!(
        send(&http, &json!({"content": ""})).await,
        Some((400, 50006))
    );
}

#[tokio::test]
async fn what_discord_refuses_is_refused_with_its_numbers() {
    let discord = guild().await;
    discord.channel("22", "secret");
    discord.hide("22");
    let http = http(&discord);
    let body = json!({"content": "hi"});
    let theirs = discord.say("11", "21", "hello").id.into();
    let elsewhere = |id: u64| http.send_message(ChannelId::new(id), Vec::new(), &body);
    assert_eq!(code(elsewhere(21).await), None);
    assert_eq!(code(elsewhere(99).await), Some((404, 10003)));
    assert_eq!(code(elsewhere(22).await), Some((403, 50001)));
    let edit = http
        .edit_message(channel(), theirs, &body, Vec::new())
        .await;
    assert_eq!(code(edit), Some((403, 50005)));
    let gone = http
        .edit_message(channel(), 7.into(), &body, Vec::new())
        .await;
    assert_eq!(code(gone), Some((404, 10008)));
    let long_name = json!({"name": long(101)});
    let thread = http.create_thread_from_message(channel(), theirs, &long_name, None);
    assert_eq!(code(thread.await), Some((400, 50035)));
    let name = json!({"name": "incident"});
    for expected in [None, Some((400, 160_004))] {
        let thread = http.create_thread_from_message(channel(), theirs, &name, None);
        assert_eq!(code(thread.await), expected);
    }
    let stranger = serenity::all::HttpBuilder::new("stolen")
        .proxy(discord.url())
        .ratelimiter_disabled(true)
        .application_id(ApplicationId::new(1))
        .build();
    assert_eq!(code(stranger.get_current_user().await), Some((401, 0)));
}

#[tokio::test]
async fn commands_have_limits() {
    let discord = guild().await;
    let http = http(&discord);
    let option = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
    let named = |name: &str, description: &str| json!([{"name": name, "description": description}]);
    let with = |options: &[Value]| json!([{"name": "a", "description": "d", "options": options}]);
    let many = |n: usize| {
        (0..n)
            .map(|n| option(&format!("o{n}"), false))
            .collect::<Vec<Value>>()
    };
    for (body, fits) in [
        (named("diagnose", "Look at a host"), true),
        (named("诊断", "查看主机"), true),
        (named("Diagnose", "d"), false),
        (named("two words", "d"), false),
        (named(&long(32), &long(100)), true),
        (named(&long(33), "d"), false),
        (named("a", &long(101)), false),
        (named("a", ""), false),
        (with(&many(25)), true),
        (with(&many(26)), false),
        (with(&[option("a", true), option("b", false)]), true),
        (with(&[option("a", false), option("b", true)]), false),
    ] {
        let result = http.create_global_commands(&body).await;
        let expected = (!fits).then_some((400, 50035));
        assert_eq!(code(result), expected, "{body}");
    }
}

#[tokio::test]
async fn pings_are_seen_unless_they_are_switched_off() {
    let discord = guild().await;
    let http = http(&discord);
    let none = json!({"parse": []});
    let only = json!({"parse": [], "users": ["11"]});
    let rows: [(&str, Value, &[&str]); 7] = [
        ("@everyone look", Value::Null, &["@everyone"]),
        ("@everyone look", none.clone(), &[]),
        ("<@11> <@&31> @here", Value::Null, &["@&31", "@11", "@here"]),
        ("<@11> <@&31> @here", none, &[]),
        ("<@11> <@!12>", only, &["@11"]),
        ("<@11> @here", json!({"parse": ["users"]}), &["@11"]),
        ("a@b.c <#21> <:x:1>", Value::Null, &[]),
    ];
    for (content, allowed, expected) in rows {
        let body = json!({"content": content, "allowed_mentions": allowed});
        let sent = http
            .send_message(channel(), Vec::new(), &body)
            .await
            .unwrap();
        let pings = discord.look(|state| state.messages[&sent.id.get()].pings.clone());
        assert_eq!(pings, expected, "{content}");
    }
}
