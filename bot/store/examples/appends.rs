//! How fast the journal takes appends here: `cargo run --release -p store --example appends [DIR]`.
#![expect(
    clippy::print_stdout,
    reason = "it is a program whose output is figures"
)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use incident::{IncidentId, Moment, Span};
use store::{Append, Body, NewEffect, NewFact, Store, Verdict};

type Outcome<T> = Result<T, Box<dyn Error>>;

const NOW: Moment = Moment(1_795_435_200_000);
const COUNT: u64 = 1_000;

/// An append as a click makes it: one fact, one effect, one key and one text of 2 kB.
fn append(incident: &IncidentId, version: u64, run: &str) -> Append {
    let mut append = Append::new(incident.clone(), version, NOW);
    let key = format!("{run} {incident} {version}");
    append.facts = vec![NewFact {
        kind: "examined".to_owned(),
        body: serde_json::json!({"fact": "examined", "host": "web1", "why": "x".repeat(300)}),
    }];
    append.effects = vec![NewEffect {
        key: key.clone(),
        kind: "execute".to_owned(),
        body: serde_json::json!({"effect": "execute"}),
        not_before: NOW,
    }];
    append.bodies = vec![Body {
        id: format!("e-{version}"),
        text: "line of evidence\n".repeat(120),
        salt: "0123456789abcdef".to_owned(),
    }];
    append.heard = Some(key);
    append
}

/// Appends `count` times to one incident and says how long each took.
async fn write(store: Store, letters: String, count: u64) -> Result<Vec<Duration>, String> {
    let id = IncidentId::new(format!("20261123-{letters}")).map_err(|bad| bad.to_string())?;
    let mut times = Vec::new();
    for version in 0..count {
        let begun = Instant::now();
        let appended = store.append(append(&id, version, "bench")).await;
        appended.map_err(|error| error.to_string())?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

fn say(what: &str, count: u64, took: Duration, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{what}: {count} in {took:.2?}, {:.0}/s, median {:.2?}, p99 {:.2?}",
        count as f64 / took.as_secs_f64(),
        at(50),
        at(99)
    );
}

async fn run(dir: &Path) -> Outcome<()> {
    let begun = Instant::now();
    let store = Store::open(dir, NOW).await?;
    println!("open, new: {:.2?}", begun.elapsed());
    let begun = Instant::now();
    let times = write(store.clone(), "aaaaaa".to_owned(), COUNT).await?;
    say("one after the other", COUNT, begun.elapsed(), times);

    let begun = Instant::now();
    let mut writers = Vec::new();
    for letters in ["bbbbbb", "cccccc", "dddddd", "eeeeee"] {
        let other = Store::open(dir, NOW).await?;
        writers.push(tokio::spawn(write(other, letters.to_owned(), COUNT / 4)));
    }
    let mut times = Vec::new();
    for writer in writers {
        times.extend(writer.await??);
    }
    say(
        "four connections, as four processes",
        COUNT,
        begun.elapsed(),
        times,
    );

    let begun = Instant::now();
    let mut leased = 0;
    loop {
        let some = store
            .lease("bench", NOW, Span::minutes(5), 10, None)
            .await?;
        if some.is_empty() {
            break;
        }
        leased += some.len();
    }
    println!(
        "leased {leased} effects, ten at a time, in {:.2?}",
        begun.elapsed()
    );
    let begun = Instant::now();
    let records = store.load(&IncidentId::new("20261123-aaaaaa")?).await?;
    println!(
        "loaded and checked {} records in {:.2?}",
        records.len(),
        begun.elapsed()
    );
    let begun = Instant::now();
    let Verdict::Sound(verified) = store.verify().await? else {
        return Err("the journal is broken".into());
    };
    println!(
        "verified {} records and {} texts in {:.2?}",
        verified.records,
        verified.bodies,
        begun.elapsed()
    );
    store.close().await;
    let begun = Instant::now();
    let store = Store::open(dir, NOW).await?;
    println!(
        "open, {} kB: {:.2?}",
        std::fs::metadata(store.path())?.len() / 1024,
        begun.elapsed()
    );
    Ok(())
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let parent = std::env::args_os()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = tempfile::Builder::new()
        .prefix("sickbay-bench")
        .tempdir_in(parent)?;
    run(dir.path()).await
}
