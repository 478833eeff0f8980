//! How well runbooks are found by words. For `tests/bench/run retrieval`.
//!
//! `retrieval SICKBAY [URL]` asks the program each question of `tests/bench/queries.tsv` and prints how many have their runbook
//! first, and among the first three, and how many that no runbook answers are told so. With the URL of an endpoint for
//! embeddings, the same with what meaning finds in the places after the first.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "the figures go to the script that asked for them, and what does not work ends it"
)]

use std::process::Command;
use std::time::Instant;

use runbook::Library;
use runbook::terms::{Scored, fuse, gist, nearest};
use serde_json::{Value, json};

/// What somebody types, and the pages that answer it; none where none does.
struct Case<'a> {
    query: &'a str,
    answers: Vec<&'a str>,
    half: &'a str,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            Case {
                query: cells[0],
                answers: cells[1].split(',').filter(|one| *one != "-").collect(),
                half: cells[2],
            }
        })
        .collect()
}

/// The pages that the program names, the closest first.
fn lexical(sickbay: &str, query: &str) -> Vec<Scored> {
    let asked = Command::new(sickbay)
        .args(["runbook", "search", "--json", "--", query])
        .output()
        .unwrap();
    assert!(asked.status.success(), "{query}: {asked:?}");
    let found: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let found = found["runbooks"].as_array().unwrap().iter();
    found
        .map(|page| Scored::new(page["id"].as_str().unwrap(), 1.0, 1.0))
        .collect()
}

/// Vectors of these texts. The name of the model says which of its two sides they are for.
async fn vectors(url: &str, model: &str, texts: &[String]) -> Vec<Vec<f32>> {
    let body = json!({ "model": model, "input": texts }).to_string();
    let post = reqwest::Client::new().post(format!("{url}/embeddings"));
    let sent = post.header("content-type", "application/json").body(body);
    let answer = sent.send().await.unwrap().bytes().await.unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let data = answer["data"].as_array().unwrap().iter();
    data.map(|one| serde_json::from_value(one["embedding"].clone()).unwrap())
        .collect()
}

#[derive(Default)]
struct Tally {
    of: usize,
    first: usize,
    three: usize,
    foreign: usize,
    refused: usize,
}

impl Tally {
    fn add(&mut self, case: &Case<'_>, found: &[Scored]) {
        if case.answers.is_empty() {
            self.foreign += 1;
            self.refused += usize::from(found.is_empty());
            return;
        }
        let hit = |most: usize| {
            let mut first = found.iter().take(most);
            first.any(|one| case.answers.contains(&one.id.as_str()))
        };
        self.of += 1;
        self.first += usize::from(hit(1));
        self.three += usize::from(hit(3));
    }

    fn say(&self, name: &str) {
        let share = |part: usize, of: usize| part * 1_000 / of.max(1);
        let (first, three) = (share(self.first, self.of), share(self.three, self.of));
        println!(
            "{name:<44} hit@1 0.{first:03}  hit@3 0.{three:03} of {}  no runbook fits 0.{:03} of {}",
            self.of,
            share(self.refused, self.foreign),
            self.foreign
        );
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (sickbay, url) = (&args[0], args.get(1));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/queries.tsv");
    let text = std::fs::read_to_string(root).unwrap();
    let cases = cases(&text);
    let (library, problems) = Library::load(runbook::embedded::pages());
    assert!(problems.is_empty(), "{problems:?}");
    let mut pages: Vec<(String, Vec<f32>)> = Vec::new();
    if let Some(url) = url {
        let texts: Vec<String> = library.iter().map(gist).collect();
        let ids = library.iter().map(|page| page.id.to_string());
        pages = ids.zip(vectors(url, "e5-passage", &texts).await).collect();
    }
    let began = Instant::now();
    let found: Vec<Vec<Scored>> = cases
        .iter()
        .map(|case| lexical(sickbay, case.query))
        .collect();
    let each =
        began.elapsed().as_secs_f64() * 1_000.0 / f64::from(u32::try_from(cases.len()).unwrap());
    let mut near: Vec<Vec<Scored>> = Vec::new();
    if let Some(url) = url {
        let questions: Vec<String> = cases.iter().map(|case| case.query.to_owned()).collect();
        for question in vectors(url, "e5-query", &questions).await {
            let texts = pages
                .iter()
                .map(|(id, vector)| (id.as_str(), vector.as_slice()));
            near.push(nearest(&question, texts));
        }
    }
    for half in ["tuning", "held-out", ""] {
        let name = if half.is_empty() { "all" } else { half };
        let (mut words, mut alone, mut both) =
            (Tally::default(), Tally::default(), Tally::default());
        for (n, case) in cases.iter().enumerate() {
            if !half.is_empty() && case.half != half {
                continue;
            }
            words.add(case, &found[n]);
            if let Some(near) = near.get(n) {
                alone.add(case, near);
                both.add(case, &fuse(&found[n], near));
            }
        }
        words.say(&format!("{name} questions, words"));
        if url.is_some() {
            alone.say(&format!("{name} questions, meaning alone"));
            both.say(&format!("{name} questions, words then meaning"));
        }
    }
    println!("{each:.1} ms for each question, the start of the program and the index with it");
}
