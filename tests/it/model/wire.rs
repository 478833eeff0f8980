//! What servers do wrong ends as a word for it, within the deadline, and never as an answer.

use std::time::{Duration, Instant};

use incident::Spent;
use llm::clerk::{Asked, Budget};
use llm::endpoint::{Price, Structured, Style, TokenField};
use llm::{Clerk, Endpoint, Question, Trouble};
use serde_json::{Map, Value, json};
use tests::fakes::model::{Answer, Model, completion};

const DEADLINE: Duration = Duration::from_millis(800);
const PLENTY: Budget = Budget {
    tokens: 1_000_000,
    cost: None,
};

fn endpoint(name: &str, base: String) -> Endpoint {
    Endpoint {
        name: name.to_owned(),
        base,
        style: Style::OpenAi,
        proxy: None,
        key: Some("k-1".to_owned().into()),
        model: "small".to_owned(),
        structured: Structured::JsonSchema,
        token_field: TokenField::MaxTokens,
        extra_body: Map::new(),
        deadline: DEADLINE,
        most_tokens: 500,
        price: Price {
            asked: 1_000_000,
            answered: 2_000_000,
        },
    }
}

fn question() -> Question {
    let schema = json!({
        "type": "object", "properties": { "ok": { "type": "boolean" } },
        "required": ["ok"], "additionalProperties": false,
    });
    Question {
        system: "s".to_owned(),
        user: "u".to_owned(),
        schema,
    }
}

fn read(answer: &Value) -> Result<bool, Trouble> {
    answer["ok"]
        .as_bool()
        .ok_or_else(|| Trouble::Schema("no ok".to_owned()))
}

fn clerk(endpoints: Vec<Endpoint>) -> Clerk {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Clerk::new(endpoints).unwrap()
}

async fn ask(clerk: &Clerk) -> Asked<bool> {
    clerk
        .ask(&question(), (&PLENTY, Spent::default()), |answer| {
            read(&answer)
        })
        .await
}

/// What a model answered that does this, by the words for its troubles, and how often it was asked.
#[track_caller]
fn check(answer: Answer, troubles: &[&str], asked: usize) -> impl Future<Output = ()> {
    let place = std::panic::Location::caller();
    let troubles: Vec<String> = troubles.iter().map(|word| (*word).to_owned()).collect();
    async move {
        let model = Model::start().await;
        let shown = format!("{answer:?}");
        let shown: String = shown.chars().take(120).collect();
        model.answers(move |_| answer.clone());
        let clerk = clerk(vec![endpoint("a", model.base())]);
        let began = Instant::now();
        let result = ask(&clerk).await;
        let took = began.elapsed();
        let words: Vec<&str> = result
            .failures
            .iter()
            .map(|failure| failure.trouble.word())
            .collect();
        assert_eq!(words, troubles, "{place}: {shown}");
        assert_eq!(
            result.answer.is_some(),
            troubles.is_empty(),
            "{place}: {shown}"
        );
        assert!(took < DEADLINE * 2, "{place}: {shown} took {took:?}");
        assert_eq!(model.questions().len(), asked, "{place}: {shown}");
        model.assert_no_refusals();
    }
}

fn with(change: impl FnOnce(&mut Value)) -> Answer {
    let mut value = completion("{\"ok\":true}");
    change(&mut value);
    Answer::Completion(value)
}

fn writes(text: &str) -> Answer {
    Answer::Writes(text.to_owned())
}

#[tokio::test]
async fn what_compatible_servers_do_differently_is_an_answer() {
    check(writes("{\"ok\":true}"), &[], 1).await;
    check(writes("```json\n{\"ok\":true}\n```"), &[], 1).await;
    check(writes("```\n{\"ok\": true}```"), &[], 1).await;
    check(writes("<think>\nhm {\n</think>\n\n{\"ok\":true}"), &[], 1).await;
    for reason in ["eos", "", "end_turn", "stop_sequence"] {
        check(
            with(|v| v["choices"][0]["finish_reason"] = json!(reason)),
            &[],
            1,
        )
        .await;
    }
    check(with(|v| v["service_tier"] = json!("on_demand")), &[], 1).await;
    check(with(|v| v["created"] = json!(1.5)), &[], 1).await;
    check(
        with(|v| v["choices"][0]["message"]["role"] = json!("model")),
        &[],
        1,
    )
    .await;
    let bare = |v: &mut Value| {
        for name in ["id", "created", "object", "model", "usage"] {
            v.as_object_mut().unwrap().remove(name);
        }
    };
    check(with(bare), &[], 1).await;
    let parts =
        json!([{ "type": "text", "text": "{\"ok\":" }, { "type": "text", "text": "true}" }]);
    check(
        with(|v| v["choices"][0]["message"]["content"] = parts),
        &[],
        1,
    )
    .await;
    check(with(|v| v["usage"]["prompt_tokens"] = json!(12.0)), &[], 1).await;
}

#[tokio::test]
async fn what_is_no_answer_is_asked_for_once_more() {
    let twice = |word: &'static str| [word, word];
    let error = json!({ "error": { "message": "no", "code": 500 } });
    check(Answer::Completion(error), &twice("shape"), 2).await;
    check(
        Answer::Completion(json!({ "choices": [] })),
        &twice("shape"),
        2,
    )
    .await;
    check(Answer::Completion(json!([])), &twice("shape"), 2).await;
    let thinking = |v: &mut Value| {
        v["choices"][0]["message"] =
            json!({ "role": "assistant", "content": null, "reasoning_content": "{\"ok\":true}" });
    };
    check(with(thinking), &twice("shape"), 2).await;
    check(writes("I am a helpful assistant"), &twice("schema"), 2).await;
    check(writes("{\"ok\":"), &twice("schema"), 2).await;
    check(writes("{\"ok\":\"yes\"}"), &twice("schema"), 2).await;
    check(writes(""), &twice("schema"), 2).await;
    check(writes("<think>for ever"), &twice("schema"), 2).await;
    let html = |code| Answer::Status(code, "text/html", "<html>".to_owned());
    check(html(200), &twice("shape"), 2).await;
    check(html(503), &twice("status"), 2).await;
    check(html(429), &twice("status"), 2).await;
    // Whoever says to come back tomorrow is not waited for.
    check(
        Answer::With(429, "retry-after", "86400".to_owned()),
        &twice("status"),
        2,
    )
    .await;
    check(Answer::HangUp, &twice("broken"), 2).await;
    check(Answer::Half, &twice("broken"), 2).await;
    let utf8 = Answer::Status(200, "application/json", "{\"choices\":\u{0}".to_owned());
    check(utf8, &twice("shape"), 2).await;
}

#[tokio::test]
async fn what_will_not_be_better_is_not_asked_for_again() {
    let flat = |code, body: Value| Answer::Status(code, "application/json", body.to_string());
    check(
        flat(400, json!({ "error": { "code": 400, "message": "x" } })),
        &["status"],
        1,
    )
    .await;
    check(flat(401, json!({ "error": "no" })), &["status"], 1).await;
    check(flat(404, json!({ "detail": "no" })), &["status"], 1).await;
    check(
        flat(
            422,
            json!({ "object": "error", "message": "x", "code": 422 }),
        ),
        &["status"],
        1,
    )
    .await;
    check(
        with(|v| v["choices"][0]["finish_reason"] = json!("length")),
        &["cut"],
        1,
    )
    .await;
    check(
        with(|v| v["choices"][0]["finish_reason"] = json!(null)),
        &["cut"],
        1,
    )
    .await;
    check(
        with(|v| v["choices"][0]["finish_reason"] = json!("content_filter")),
        &["cut"],
        1,
    )
    .await;
    check(Answer::Endless(600 * 1024), &["too_long"], 1).await;
}

#[tokio::test]
async fn nobody_waits_longer_than_the_deadline() {
    check(Answer::Hang, &["late"], 1).await;
    check(Answer::Trickle, &["late"], 1).await;
    let late = Answer::Slow(DEADLINE * 3, Box::new(writes("{\"ok\":true}")));
    check(late, &["late"], 1).await;
    // The deadline is for both tries together.
    let slow = Answer::Slow(DEADLINE * 3 / 4, Box::new(Answer::HangUp));
    check(slow, &["broken"], 1).await;
}

#[tokio::test]
async fn a_key_goes_nowhere_but_where_it_belongs() {
    let other = Model::start().await;
    let model = Model::start().await;
    let elsewhere = format!("{}/chat/completions", other.base());
    model.answers(move |_| Answer::With(307, "location", elsewhere.clone()));
    let result = ask(&clerk(vec![endpoint("a", model.base())])).await;
    assert_eq!(result.failures[0].trouble, Trouble::Status { code: 307 });
    assert!(other.questions().is_empty());
    let keys = &model.questions()[0].keys;
    assert_eq!(
        *keys,
        [("authorization".to_owned(), "Bearer k-1".to_owned())]
    );
}

#[tokio::test]
async fn azure_is_asked_as_azure_wants_it() {
    let model = Model::start().await;
    model.wants_key("k-1");
    model.answers(|_| writes("{\"ok\":true}"));
    let style = Style::Azure {
        api_version: "2024-10-21".to_owned(),
    };
    let azure = Endpoint {
        style,
        ..endpoint("azure", model.resource())
    };
    let result = ask(&clerk(vec![azure])).await;
    assert!(result.answer.is_some(), "{:?}", result.failures);
    let asked = &model.questions()[0];
    assert_eq!(asked.path, "/openai/deployments/small/chat/completions");
    assert_eq!(asked.keys, [("api-key".to_owned(), "k-1".to_owned())]);
}

#[tokio::test]
async fn the_shape_is_asked_for_as_the_server_understands_it() {
    let model = Model::start().await;
    model.answers(|_| writes("{\"ok\":true}"));
    let asked = |structured, token_field| Endpoint {
        structured,
        token_field,
        ..endpoint("a", model.base())
    };
    for (structured, field) in [
        (Structured::JsonSchema, TokenField::MaxTokens),
        (Structured::JsonObject, TokenField::MaxCompletionTokens),
        (Structured::Prompt, TokenField::MaxTokens),
    ] {
        let result = ask(&clerk(vec![asked(structured, field)])).await;
        assert!(result.answer.is_some());
    }
    let questions = model.questions();
    let formats: Vec<&Value> = questions
        .iter()
        .map(|one| &one.body["response_format"]["type"])
        .collect();
    assert_eq!(
        formats,
        [&json!("json_schema"), &json!("json_object"), &Value::Null]
    );
    assert_eq!(questions[1].body["max_completion_tokens"], 500);
    assert_eq!(questions[1].body["max_tokens"], Value::Null);
    let told: Vec<bool> = questions
        .iter()
        .map(|one| one.told().contains("additionalProperties"))
        .collect();
    assert_eq!(told, [false, true, true]);
}

#[tokio::test]
async fn the_extra_body_goes_along_and_null_takes_a_field_out() {
    let model = Model::start().await;
    model.answers(|_| writes("{\"ok\":true}"));
    let mut with = endpoint("a", model.base());
    with.extra_body.insert("top_k".to_owned(), json!(1));
    with.extra_body
        .insert("temperature".to_owned(), Value::Null);
    assert!(ask(&clerk(vec![with])).await.answer.is_some());
    let body = &model.questions()[0].body;
    assert_eq!(body["top_k"], 1);
    assert!(body.get("temperature").is_none());
}

#[tokio::test]
async fn the_next_endpoint_answers_where_the_preferred_one_does_not() {
    let (first, second) = (Model::start().await, Model::start().await);
    first.answers(|_| Answer::Status(500, "text/plain", "x".to_owned()));
    second.answers(|_| writes("{\"ok\":true}"));
    let mut dear = endpoint("first", first.base());
    dear.model = "large".to_owned();
    let clerk = clerk(vec![dear, endpoint("second", second.base())]);
    let result = ask(&clerk).await;
    let answer = result.answer.unwrap();
    assert_eq!(
        (answer.endpoint.as_str(), answer.model.as_str()),
        ("second", "small")
    );
    assert_eq!(result.failures.len(), 2);
    // Two failures by the first question, one by the second: from then on it is left alone.
    let asked = ask(&clerk).await;
    assert_eq!(asked.failures.len(), 1, "the third in a row is the last");
    let so_far = first.questions().len();
    let third = ask(&clerk).await;
    assert_eq!(third.failures[0].trouble, Trouble::Resting);
    assert_eq!(first.questions().len(), so_far);
    assert!(third.answer.is_some());
}

#[tokio::test]
async fn what_is_spent_is_counted_and_capped() {
    let model = Model::start().await;
    model.answers(|_| writes("not JSON"));
    let clerk = clerk(vec![endpoint("a", model.base())]);
    let asked = ask(&clerk).await;
    // Wrong answers cost, too: two tries of 1000 and 100 tokens.
    let spent = Spent {
        asked: 2000,
        answered: 200,
        cost: 2400,
    };
    assert_eq!(asked.spent, spent);
    let before = model.questions().len();
    for budget in [
        Budget {
            tokens: 2500,
            cost: None,
        },
        Budget {
            tokens: u64::MAX,
            cost: Some(2401),
        },
    ] {
        let none = clerk
            .ask(&question(), (&budget, spent), |answer| read(&answer))
            .await;
        assert_eq!(none.failures[0].trouble, Trouble::Spent);
        assert_eq!(none.spent, Spent::default());
    }
    assert_eq!(model.questions().len(), before, "nothing was asked");
}

#[tokio::test]
async fn a_server_that_tells_no_usage_is_counted_all_the_same() {
    let model = Model::start().await;
    let silent = |v: &mut Value| {
        v.as_object_mut().unwrap().remove("usage");
    };
    let answer = with(silent);
    model.answers(move |_| answer.clone());
    let asked = ask(&clerk(vec![endpoint("a", model.base())])).await;
    assert!(
        asked.spent.asked > 10 && asked.spent.answered > 2,
        "{:?}",
        asked.spent
    );
}

#[tokio::test]
async fn nobody_there_is_no_connection() {
    let clerk = clerk(vec![endpoint("a", "http://127.0.0.1:1/v1".to_owned())]);
    let asked = ask(&clerk).await;
    assert_eq!(asked.failures[0].trouble, Trouble::Connect);
}
