//! Scripts rely on the JSON: what the program prints is what `tests/diagnose.schema.json` and `tests/scan.schema.json` promise.

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
    holds(&printed);

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
}

#[test]
fn a_scan_of_this_machine_keeps_the_promise_and_opens_no_incident() {
    let state = tempfile::tempdir().unwrap();
    let dir = state.path().to_str().unwrap();
    let page = state.path().join("report.html");
    let page = page.to_str().unwrap();
    let scan = || {
        let args = [
            "scan",
            "localhost",
            "--json",
            "--name",
            "here",
            "--out",
            page,
            "--state",
            dir,
        ];
        let output = sickbay(&args);
        let printed: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)));
        scan_holds(&printed);
        printed
    };
    let first = scan();
    assert!(first["change"].is_null(), "{first:#}");
    assert_eq!(first["tally"]["hosts"], 1);
    let second = scan();
    assert_eq!(second["change"]["since"], first["at"]);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("localhost"),
        "{page}"
    );
    let listed = sickbay(&["incident", "list", "--json", "--state", dir]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(
        listed["incidents"].as_array().map(Vec::len),
        Some(0),
        "{listed:#}"
    );
}

/// What `diagnose --json` printed is what the schema promises, and its ids hold together.
#[track_caller]
pub(crate) fn holds(printed: &Value) {
    let schema: Value = serde_json::from_str(&read("tests/diagnose.schema.json")).unwrap();
    let mut wrong = Vec::new();
    check(&schema, &schema, printed, "", &mut wrong);
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    ids_are_unique_and_cited(printed);
}

/// What is cited is there, and no id is given twice in the whole incident.
#[track_caller]
fn ids_are_unique_and_cited(printed: &Value) {
    let list = |value: &Value, kind: &str| value[kind].as_array().cloned().unwrap_or_default();
    let id = |value: &Value| value["id"].as_str().unwrap_or("").to_owned();
    let hosts = list(printed, "hosts");
    let all: Vec<String> = hosts
        .iter()
        .flat_map(|host| {
            ["evidence", "findings", "proposals"]
                .iter()
                .flat_map(|kind| list(host, kind))
                .map(|one| id(&one))
                .collect::<Vec<_>>()
        })
        .collect();
    let known: BTreeSet<&String> = all.iter().collect();
    assert_eq!(known.len(), all.len(), "an id is given twice: {all:?}");
    let cited = |value: &Value, field: &str| {
        for id in list(value, field) {
            let id = id.as_str().unwrap_or("").to_owned();
            assert!(
                known.contains(&id),
                "{field} names {id}, which is not there: {value:#}"
            );
        }
    };
    for claim in list(&printed["summary"], "claims") {
        cited(&claim, "cites");
    }
    for host in &hosts {
        for finding in list(host, "findings") {
            assert!(
                !list(&finding, "cites").is_empty(),
                "{finding:#} cites nothing"
            );
            cited(&finding, "cites");
            cited(&finding, "explains");
        }
        for proposal in list(host, "proposals") {
            cited(&proposal, "answers");
        }
    }
}

/// What `scan --json` printed is what its schema promises.
#[track_caller]
pub(crate) fn scan_holds(printed: &Value) {
    let schema: Value = serde_json::from_str(&read("tests/scan.schema.json")).unwrap();
    let mut wrong = Vec::new();
    check(&schema, &schema, printed, "", &mut wrong);
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_schemas_are_strict() {
    for schema in ["tests/diagnose.schema.json", "tests/scan.schema.json"] {
        strict(schema);
    }
}

#[track_caller]
fn strict(schema: &str) {
    let schema: Value = serde_json::from_str(&read(schema)).unwrap();
    let mut loose = Vec::new();
    each_object(&schema, "", &mut |at, object| {
        if object["type"] == "object" && object.get("additionalProperties").is_none() {
            loose.push(at.to_owned());
        }
        let required = object["required"].as_array();
        let described = object["properties"].as_object();
        if let (Some(required), Some(described)) = (required, described) {
            for name in described.keys() {
                if !required.iter().any(|one| one == name) {
                    loose.push(format!("{at}/{name} may be left out"));
                }
            }
        }
    });
    assert!(loose.is_empty(), "{loose:#?}");
}

/// Every object of a JSON value, with its place.
fn each_object(value: &Value, at: &str, seen: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => {
            seen(at, value);
            for (name, inner) in fields {
                each_object(inner, &format!("{at}/{name}"), seen);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| each_object(inner, at, seen)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
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
        // What is null where there is nothing has no fields then.
        if value.is_object() && value.get(name).is_none() {
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
    if let (Some(least), Some(list)) = (schema["minItems"].as_u64(), value.as_array())
        && u64::try_from(list.len()).is_ok_and(|there| there < least)
    {
        wrong.push(format!(
            "{at}: {} entries are fewer than {least}",
            list.len()
        ));
    }
    // A field that nobody promised is one that nobody described.
    let others = value.as_object().into_iter().flatten().filter(|(name, _)| {
        let described = schema["properties"].as_object();
        described.is_none_or(|described| !described.contains_key(*name))
    });
    for (name, inner) in others {
        match &schema["additionalProperties"] {
            Value::Bool(false) => wrong.push(format!(
                "{at}: {name} is not in the schema; describe it there"
            )),
            Value::Object(_) => check(
                root,
                &schema["additionalProperties"],
                inner,
                &format!("{at}/{name}"),
                wrong,
            ),
            Value::Null
            | Value::Bool(true)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => {}
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
