//! Scripts rely on the JSON: what the program prints is what `tests/diagnose.schema.json` promises.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use crate::tidy::{read, sickbay};

#[test]
fn a_diagnosis_of_this_machine_keeps_the_promise() {
    let state = tempfile::tempdir().unwrap();
    let state = state.path().to_str().unwrap();
    let output = sickbay(&["diagnose", "localhost", "--json", "--state", state]);
    let code = output.status.code();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|why| {
        panic!(
            "exit {code:?}, not JSON ({why}): {}",
            String::from_utf8_lossy(&output.stderr)
        )
    });
    let schema: Value = serde_json::from_str(&read("tests/diagnose.schema.json")).unwrap();
    let mut wrong = Vec::new();
    check(&schema, &schema, &printed, "", &mut wrong);
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));

    let host = &printed["hosts"][0];
    let bad = host["findings"]
        .as_array()
        .is_some_and(|list| list.iter().any(|one| one["severity"] != "info"));
    let expected = match host["status"].as_str() {
        Some("unknown" | "unreachable") => 3,
        _ if bad => 1,
        _ => 0,
    };
    assert_eq!(code, Some(expected), "status {}", host["status"]);
    assert!(
        host["evidence"]
            .as_array()
            .is_some_and(|list| list.len() > 20)
    );
    ids_are_unique_and_cited(host);
}

/// What is cited is there, and no id is given twice.
fn ids_are_unique_and_cited(host: &Value) {
    let ids = |kind: &str| -> Vec<String> {
        let list = host[kind].as_array().cloned().unwrap_or_default();
        list.iter()
            .map(|one| one["id"].as_str().unwrap_or("").to_owned())
            .collect()
    };
    let all: Vec<String> = [ids("evidence"), ids("findings"), ids("proposals")].concat();
    let known: BTreeSet<&String> = all.iter().collect();
    assert_eq!(known.len(), all.len(), "an id is given twice: {all:?}");
    let findings = host["findings"].as_array().cloned().unwrap_or_default();
    for finding in &findings {
        for list in ["cites", "explains"] {
            for id in finding[list].as_array().into_iter().flatten() {
                let id = id.as_str().unwrap_or("").to_owned();
                assert!(
                    known.contains(&id),
                    "{} {list} {id}, which is not there",
                    finding["code"]
                );
            }
        }
    }
}

/// The part of JSON Schema that our schema uses.
fn check(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(place) = schema["$ref"].as_str() {
        let target = root
            .pointer(place.trim_start_matches('#'))
            .unwrap_or(&Value::Null);
        return check(root, target, value, at, wrong);
    }
    let mut say = |what: String| wrong.push(format!("{at}: {what}"));
    if let Some(only) = schema.get("const")
        && only != value
    {
        say(format!("{value} is not {only}"));
    }
    if let Some(one_of) = schema["enum"].as_array()
        && !one_of.contains(value)
    {
        say(format!("{value} is not one of {one_of:?}"));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(kind, value)) {
        say(format!("{value} is not a {}", kinds.join(" or ")));
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str())
        && !Regex::new(pattern).unwrap().is_match(text)
    {
        say(format!("{text:?} does not match {pattern}"));
    }
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if value.get(name).is_none() {
            say(format!("{name} is missing"));
        }
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            check(root, inner, value, &format!("{at}/{name}"), wrong);
        }
    }
    if let Some(inner) = schema.get("items") {
        for (n, value) in value.as_array().into_iter().flatten().enumerate() {
            check(root, inner, value, &format!("{at}/{n}"), wrong);
        }
    }
    // A field that nobody promised is one that nobody described.
    if let (Some(described), Some(fields)) = (schema["properties"].as_object(), value.as_object()) {
        for name in fields.keys().filter(|name| !described.contains_key(*name)) {
            wrong.push(format!(
                "{at}: {name} is not in the schema; describe it there"
            ));
        }
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}
