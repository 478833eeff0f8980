//! A model in a diagnosis of a real host: what it may do, and all that it may not.

use serde_json::{Value, json};
use tests::fakes::model::{Answer, Model, Question, completion};

use crate::bot::{BREAK_SHOP, Bot, LONG, PEOPLE};
use crate::lab::{Host, both};
use crate::slack::{said, workspace};

/// Settings with this model.
pub(super) fn models(model: &Model, more: &str) -> String {
    format!(
        r#"
[[models]]
name = "fake"
base_url = "{}"
model = "small"
deadline = "2s"
price = {{ asked = 1.0, answered = 2.0 }}
{more}"#,
        model.base()
    )
}

/// Writes settings into the host's state directory; gives the arguments that name them.
pub(super) fn config(host: &Host, settings: &str) -> String {
    let file = host.state.path().join("model.toml");
    std::fs::write(&file, format!("version = 1\n{settings}")).unwrap();
    format!("--config={}", file.display())
}

/// What differs from one diagnosis to the next though nothing else does.
fn still(mut value: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for name in [
                    "incident",
                    "duration_ms",
                    "evidence",
                    "id",
                    "expires_at",
                    "digest",
                    "detail",
                    "diff",
                    "facts",
                ] {
                    fields.remove(name);
                }
                fields.values_mut().for_each(walk);
            }
            Value::Array(all) => all.iter_mut().for_each(walk),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    walk(&mut value);
    value
}

/// How many sentences were dropped, by whatever rule.
pub(super) fn dropped(summary: &Value) -> u64 {
    let rules = summary["model"]["dropped"].as_object().unwrap();
    rules.values().map(|count| count.as_u64().unwrap()).sum()
}

/// The finding of this code: its alias, and the placeholder of its subject.
pub(super) fn alias(question: &Question, code: &str) -> (String, String) {
    let told = question.told();
    let start = told.find("{\"").unwrap();
    let mut values = serde_json::Deserializer::from_str(&told[start..]).into_iter::<Value>();
    let told = values.next().unwrap().unwrap();
    let findings = told["findings"].as_array().unwrap();
    let one = findings.iter().find(|one| one["code"] == code).unwrap();
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    (text("id"), text("subject"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn a_model_words_what_holds_and_changes_nothing_else() {
    let host = Host::up("it-model", "systemd");
    host.must("prepare", BREAK_SHOP);
    let model = Model::start().await;
    let config = config(&host, &models(&model, ""));
    let args = [
        &config,
        "diagnose",
        "it-model",
        "--symptom",
        "the shop is down",
    ];
    let (code, without) = host.sickbay(&[&args[..], &["--no-model"]].concat());
    assert_eq!(code, 1);
    assert_eq!(without["summary"]["source"], "template");
    assert_eq!(without["summary"]["model"], Value::Null);
    assert!(model.questions().is_empty(), "nobody is asked");

    model.answers(|question| {
        let (permission, _) = alias(question, "unit.exec_permission");
        let (failed, unit) = alias(question, "unit.failed");
        let mut answer = question.least();
        answer["lead"] = json!([permission, failed]);
        answer["runbook"] = json!("R1");
        answer["runbook_because"] = json!([permission]);
        answer["sentences"] = json!([
            { "text": format!("{unit} failed."), "cites": [failed] },
            { "text": format!("{unit} is running again."), "cites": [failed] },
            { "text": format!("Please reboot {unit} now."), "cites": [failed] },
            { "text": "<unit_99> failed.", "cites": [failed] },
        ]);
        Answer::json(&answer)
    });
    let (code, with) = host.sickbay(&args);
    assert_eq!(code, 1);
    model.assert_no_refusals();
    crate::schema::holds(&with);
    let summary = &with["summary"];
    assert_eq!(summary["source"], "model", "{summary}");
    assert_eq!(
        summary["model"]["by"],
        json!({ "endpoint": "fake", "model": "small" })
    );
    assert_eq!(dropped(summary), 3, "{summary}");
    assert_eq!(
        summary["model"]["spent"]["cost"], 1200,
        "1000 and 100 tokens"
    );
    let text = summary["text"].as_str().unwrap();
    assert!(text.contains("shop.service failed."), "{text}");
    assert!(
        text.contains("is not executable"),
        "the root cause stays: {text}"
    );
    for no in ["running again", "reboot", "unit_99", "<"] {
        assert!(!text.contains(no), "{text}");
    }
    // Everything but the account is as it was without.
    let (mut without, mut with) = (still(without), still(with));
    without["summary"] = Value::Null;
    with["summary"] = Value::Null;
    assert_eq!(with, without);

    // What it was told holds no name of the host, of its units, of its files.
    let told = model.questions()[0].told();
    for name in ["it-model", "shop", "/opt", "sickbay"] {
        assert!(!told.contains(name), "{name} is in {told}");
    }
    // Lines of the host, and what the person said, go along only where the site says so, and then behind a fence.
    let excerpts = self::config(&host, &models(&model, "[model]\nexcerpts = true\n"));
    let args = [&[excerpts.as_str()], &args[1..]].concat();
    assert_eq!(host.sickbay(&args).0, 1);
    let told = model.questions().last().unwrap().told();
    for fenced in [
        "| the shop is down\n",
        "begin: lines of a host, data only]",
        "shop.service: Failed with result 'exit-code'.\n",
    ] {
        assert!(told.contains(fenced), "{fenced} is not in {told}");
    }
    // The journal has it, and is sound.
    let (_, list) = host.sickbay(&[&config, "incident", "list"]);
    let id = list["incidents"][0]["id"].as_str().unwrap();
    let (_, timeline) = host.sickbay(&[&config, "incident", "timeline", id]);
    let worded = timeline["timeline"].as_array().unwrap().iter();
    let worded: Vec<_> = worded
        .filter(|one| one["fact"]["fact"] == "worded")
        .collect();
    assert_eq!(worded.len(), 1);
    assert_eq!(host.sickbay(&["audit", "verify"]).0, 0);
    // Who is told in Chinese is told by the template: the sentences are English.
    let zh = host.command(&[&config, "--locale", "zh", "incident", "show", id]);
    let zh = both(&{ zh }.output().unwrap());
    assert!(
        zh.contains("模板") && !zh.contains("shop.service failed."),
        "{zh}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn whatever_a_model_does_wrong_the_template_stands() {
    let host = Host::up("it-model-bad", "systemd");
    host.must("prepare", BREAK_SHOP);
    let model = Model::start().await;
    let config = config(&host, &models(&model, ""));
    let (_, plain) = host.sickbay(&[&config, "diagnose", "it-model-bad", "--no-model"]);
    assert!(model.questions().is_empty(), "--no-model asks nobody");
    for (answer, word) in [
        (Answer::Hang, "late"),
        (Answer::HangUp, "broken"),
        (Answer::Status(401, "text/html", String::new()), "status"),
        (Answer::Writes("All is well.".to_owned()), "schema"),
        (
            Answer::json(&json!({ "lead": ["F99"], "sentences": [] })),
            "choice",
        ),
        (
            Answer::json(&json!({ "lead": ["F1"], "sentences": [], "run": "reboot" })),
            "schema",
        ),
        (Answer::Endless(600 * 1024), "too_long"),
    ] {
        let shown = format!("{answer:?}");
        model.answers(move |_| answer.clone());
        let (code, said) = host.sickbay(&[&config, "diagnose", "it-model-bad"]);
        assert_eq!(code, 1, "{shown}");
        assert_eq!(said["summary"]["source"], "template", "{shown}");
        assert_eq!(
            said["summary"]["claims"].as_array().unwrap().len(),
            plain["summary"]["claims"].as_array().unwrap().len()
        );
        assert_eq!(said["summary"]["text"], plain["summary"]["text"], "{shown}");
        let last = said["summary"]["model"]["failures"]
            .as_array()
            .unwrap()
            .last();
        assert_eq!(last, Some(&json!(["fake", word])), "{shown}");
    }
    // A budget that is spent asks nobody: here by an answer that cost nearly all of it.
    model.answers(|_| {
        let mut dear = completion("All is well.");
        dear["usage"]["prompt_tokens"] = json!(39_000);
        Answer::Completion(dear)
    });
    let next = models(&model, "").replace("\"fake\"", "\"next\"");
    let config = self::config(&host, &[models(&model, ""), next].concat());
    let asked = model.questions().len();
    let (_, said) = host.sickbay(&[&config, "diagnose", "it-model-bad"]);
    let failures = &said["summary"]["model"]["failures"];
    assert_eq!(*failures, json!([["fake", "schema"], ["next", "budget"]]));
    assert_eq!(model.questions().len(), asked + 1);
    assert_eq!(said["summary"]["model"]["spent"]["asked"], 39_000);
    // One whose key cannot be read is left out and named, and the others are asked.
    model.answers(|question| Answer::json(&question.least()));
    let lacking = models(&model, "key_file = \"nowhere\"\n");
    let next = models(&model, "").replace("\"fake\"", "\"next\"");
    let config = self::config(&host, &[lacking, next].concat());
    let (_, said) = host.sickbay(&[&config, "diagnose", "it-model-bad"]);
    assert_eq!(said["summary"]["model"]["by"]["endpoint"], "next");
    let failures = &said["summary"]["model"]["failures"];
    assert_eq!(*failures, json!([["fake", "settings"]]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn a_model_asks_for_more_and_the_thread_tells_what_came_of_it() {
    let host = Host::up("it-model-ask", "systemd");
    host.must("prepare", BREAK_SHOP);
    let model = Model::start().await;
    model.answers(|question| {
        let mut answer = question.least();
        let offered = question.offered("probes");
        if offered.is_empty() {
            let (failed, unit) = alias(question, "unit.failed");
            answer["sentences"] = json!([{ "text": format!("{unit} failed."), "cites": [failed] }]);
        } else {
            answer["probes"] = json!(&offered[..offered.len().min(2)]);
        }
        Answer::json(&answer)
    });
    let slack = workspace().await;
    let settings = format!(
        r#"[slack]
bot_token_file = "bot"
app_token_file = "app"
api = "{}"
{PEOPLE}
{}
[model]
rounds = 3
"#,
        slack.api_url(),
        models(&model, "")
    );
    let tokens = [("bot", slack.bot_token()), ("app", slack.app_token())];
    let bot = Bot::start(host.state.path(), &settings, &tokens);
    slack.connected(1).await;
    slack
        .slash("U2", "C1", "/diagnose", "it-model-ask the shop is down")
        .await;
    // The deterministic card is there first, and is edited.
    let root = said(&slack, &["bo", "it-model-ask"]).await;
    slack
        .wait_up_to(LONG, "the words of the model", |state| {
            let message = state.said().find(|message| message.ts == root.ts)?;
            let words = message.words();
            let there = words.contains("shop.service failed.") && words.contains("small (fake)");
            (there && words.contains("is not executable")).then_some(())
        })
        .await;
    let questions = model.questions();
    assert!((2..=4).contains(&questions.len()), "{}", questions.len());
    // Nothing is offered twice that was asked already.
    let timeline = bot.printed(&["incident", "list", "--json"]);
    let list: Value = serde_json::from_str(&timeline).unwrap();
    let id = list["incidents"][0]["id"].as_str().unwrap();
    let timeline = bot.printed(&["incident", "timeline", id, "--json"]);
    let timeline: Value = serde_json::from_str(&timeline).unwrap();
    let facts: Vec<&Value> = timeline["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["fact"])
        .collect();
    let picked: Vec<&Value> = facts
        .iter()
        .copied()
        .filter(|fact| fact["fact"] == "picked")
        .collect();
    assert_eq!(picked.len(), questions.len() - 1);
    let mut keys = std::collections::BTreeSet::new();
    for fact in &picked {
        for probe in fact["probes"].as_array().unwrap() {
            let key = probe["key"].as_str().unwrap().to_owned();
            assert!(keys.insert(key), "asked twice: {fact}");
            // Each was answered, after it was asked for.
            let answered = facts.iter().any(|fact| {
                fact["fact"] == "examined"
                    && fact["evidence"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|one| one["key"] == probe["key"])
            });
            assert!(answered, "{probe}");
        }
    }
    assert!(!keys.is_empty());
    // Evidence and findings are numbered once each.
    let mut ids: Vec<&str> = facts
        .iter()
        .filter_map(|fact| fact["evidence"].as_array())
        .flatten()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    let audit = bot.printed(&["audit", "verify"]);
    assert!(!audit.contains("BROKEN"), "{audit}");
    slack.assert_no_refusals();
}
