//! A search that knows meaning: what words put first stays first, and without the endpoint nothing is missing.

use serde_json::Value;
use tests::fakes::model::Model;

use crate::bad_input::Place;

fn settings(model: &Model) -> String {
    format!(
        r#"version = 1
[embeddings]
base_url = "{}"
model = "small"
query_prefix = "query: "
passage_prefix = "passage: "
deadline = "5s"
"#,
        model.base()
    )
}

/// The pages that these words find, by id.
fn pages(place: &Place, config: &[&str], words: &str) -> Vec<String> {
    let args = [config, &["runbook", "search", words, "--json"]].concat();
    let out = place.command(&args).output().unwrap();
    let said: Value = serde_json::from_slice(&out.stdout).unwrap();
    let pages = said["runbooks"].as_array().unwrap().clone();
    pages
        .iter()
        .map(|page| page["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn meaning_fills_places_behind_the_first() {
    let model = Model::start().await;
    let place = Place::new();
    let config = place.file("config.toml", settings(&model));
    let with = ["--config", config.as_str()];
    let words = "no space left on the disk password=hunter2secret";
    let by_words = pages(&place, &[], words);
    assert!(!by_words.is_empty());
    let both = pages(&place, &with, words);
    assert_eq!(both[0], by_words[0]);
    assert_ne!(both, by_words, "meaning has a say behind the first place");
    let asked = model.embedded();
    let (questions, passages): (Vec<_>, Vec<_>) =
        asked.iter().partition(|text| text.starts_with("query: "));
    assert_eq!(questions.len(), 1);
    assert!(passages.len() > 90 && passages.iter().all(|text| text.starts_with("passage: ")));
    assert!(!questions[0].contains("hunter2"), "{questions:?}");
    // What nothing fits by words is not made to fit by meaning, and nobody is asked about it.
    let before = model.embedded().len();
    assert_eq!(pages(&place, &with, "the printer is out of paper"), [""; 0]);
    assert_eq!(model.embedded().len(), before);
    // Without vectors it is as without the endpoint.
    model.gives_no_vectors();
    assert_eq!(pages(&place, &with, words), by_words);
    model.shut();
    assert_eq!(pages(&place, &with, words), by_words);
}
