//! A model chooses what it was offered, in the shape that was asked for, or nothing.

use proptest::prelude::*;

use super::*;

fn offer() -> Offer {
    Offer {
        language: Language::English,
        symptom: String::new(),
        findings: vec![
            json!({ "id": "F1" }),
            json!({ "id": "F2" }),
            json!({ "id": "F3" }),
        ],
        causes: vec![(1, 0)],
        runbooks: vec![Page {
            title: "A full disk".to_owned(),
            summary: "Free some space.".to_owned(),
            answers: vec![0, 2],
        }],
        probes: vec![Further {
            about: "the last lines of a unit's journal".to_owned(),
            of: "<unit_1>".to_owned(),
            host: "<host_1>".to_owned(),
        }],
        unseen: 2,
        excerpts: Vec::new(),
    }
}

fn whole() -> Value {
    json!({
        "lead": ["F2", "F1", "F2"], "causes": ["C1"], "runbook": "R1", "runbook_because": ["F1"],
        "probes": ["P1"], "sentences": [{ "text": "It is full.", "cites": ["F1"] }],
    })
}

#[test]
fn choices_are_places_and_none_stands_twice() {
    let choices = offer().read(whole()).unwrap();
    assert_eq!(choices.lead, [1, 0]);
    assert_eq!(
        (choices.causes, choices.runbook, choices.because),
        (vec![0], Some(0), vec![0])
    );
    assert_eq!(choices.probes, [0]);
    assert_eq!(choices.sentences[0].cites, [0]);
}

#[track_caller]
fn check(change: impl FnOnce(&mut Value), word: &str) {
    let mut answer = whole();
    change(&mut answer);
    let trouble = offer().read(answer).unwrap_err();
    assert_eq!(trouble.word(), word, "{trouble}");
}

#[test]
fn what_was_not_offered_cannot_be_chosen() {
    for id in [
        "F4",
        "F0",
        "F01",
        "f1",
        "R1",
        "F1 ",
        "F99999999999999999999",
        "",
        "F１",
        "F-1",
        "F+1",
    ] {
        check(|answer| answer["lead"] = json!([id]), "choice");
        check(
            |answer| answer["sentences"][0]["cites"] = json!([id]),
            "choice",
        );
    }
    check(|answer| answer["runbook"] = json!("R2"), "choice");
    check(|answer| answer["runbook"] = json!("rm -rf /"), "choice");
    check(|answer| answer["probes"] = json!(["P1", "P2"]), "choice");
    check(|answer| answer["causes"] = json!(["C0"]), "choice");
}

#[test]
fn an_answer_has_exactly_its_shape() {
    check(|answer| answer["lead"] = json!([]), "schema");
    check(|answer| answer["lead"] = json!("F1"), "schema");
    check(|answer| answer["command"] = json!("reboot"), "schema");
    check(
        |answer| answer["sentences"][0]["run"] = json!("reboot"),
        "schema",
    );
    check(
        |answer| answer["sentences"][0]["cites"] = json!([]),
        "schema",
    );
    check(
        |answer| answer["sentences"][0]["text"] = json!("x".repeat(601)),
        "schema",
    );
    check(
        |answer| answer["sentences"] = json!(vec![answer["sentences"][0].clone(); 7]),
        "schema",
    );
    check(|answer| *answer = json!([]), "schema");
}

#[test]
fn what_was_not_offered_is_no_field_of_the_schema() {
    let bare = Offer {
        causes: Vec::new(),
        runbooks: Vec::new(),
        probes: Vec::new(),
        ..offer()
    };
    let schema = bare.question().schema;
    let fields: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["lead", "sentences"]);
    let none = bare
        .read(json!({ "lead": ["F1"], "sentences": [] }))
        .unwrap();
    assert_eq!(none.runbook, None);
}

#[test]
fn the_question_reads_well() {
    insta::assert_snapshot!(offer().question().user);
    let schema = serde_json::to_string_pretty(&offer().question().schema).unwrap();
    insta::assert_snapshot!(schema);
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic_or_choose_what_is_not_there(text in "\\PC{0,60}", id in "[FCRP]?[0-9]{0,3}") {
        let offer = offer();
        for field in ["lead", "causes", "runbook", "runbook_because", "probes"] {
            for value in [json!(text), json!([text]), json!(id), json!([id]), json!([id, text])] {
                let mut answer = whole();
                answer[field] = value;
                if let Ok(choices) = offer.read(answer) {
                    prop_assert!(choices.lead.iter().chain(&choices.because).all(|place| *place < 3));
                    prop_assert!(choices.causes.iter().chain(&choices.probes).all(|place| *place < 1));
                    prop_assert!(choices.runbook.is_none_or(|place| place < 1));
                }
            }
        }
    }
}
