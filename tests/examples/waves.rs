//! What a wave of questions costs by itself: cold, and on the connection that is open by then. For `tests/bench/run`.
//!
//! `waves SSH_CONFIG NAME… [--follow N]` asks all of these hosts the first wave at once, and then each N times more what a
//! second wave usually asks. It prints one JSON object: milliseconds, and the slowest probe as the host saw it.
//! `waves --script` prints the first wave as the one script that other tools can run. `COMMANDS=FILE` asks the plain
//! commands of a file instead, one a line.

#![expect(
    clippy::print_stdout,
    reason = "the figures go to the script that asked for them"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use hosts::{Hosts, Inventory, Options};
use incident::{Plan, ProbeId, ProbeRun, Span};
use probes::Window;

/// How many questions a second wave has; those that take longest to answer are left to the first.
const FOLLOW_UP: usize = 5;

/// What every host is asked first.
fn asked() -> Result<Plan, Box<dyn std::error::Error>> {
    let first = probes::first_wave(&Window::default(), None);
    let Some(file) = std::env::var_os("COMMANDS") else {
        return Ok(first);
    };
    let run = |(n, command): (usize, &str)| {
        Ok(ProbeRun {
            probe: ProbeId::new(format!("bench.c{n}"))?,
            args: Vec::new(),
            script: command.to_owned(),
            wants_root: true,
            limit: Span::seconds(5),
            cap_bytes: 65_536,
            because: String::new(),
        })
    };
    let text = std::fs::read_to_string(file)?;
    let runs = text.lines().enumerate().map(run);
    Ok(Plan {
        wave: 1,
        runs: runs.collect::<Result<_, Box<dyn std::error::Error>>>()?,
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1).peekable();
    if words.peek().is_some_and(|word| word == "--script") {
        print!("{}", hosts::script_of(&asked()?)?);
        return Ok(());
    }
    let config = PathBuf::from(
        words
            .next()
            .ok_or("usage: waves SSH_CONFIG NAME… [--follow N]")?,
    );
    let mut names: Vec<String> = words.collect();
    let mut follow = 0;
    if let Some(at) = names.iter().position(|word| word == "--follow") {
        follow = names
            .get(at + 1)
            .ok_or("--follow takes a number")?
            .parse()?;
        names.truncate(at);
    }
    let mut inventory = Inventory::new();
    inventory.add_ssh_config(&config)?;
    let chosen = inventory.select(&names.join(","))?;
    let options = Options {
        ssh_config: Some(config),
        fast_key_exchange: std::env::var_os("FAST_KEY_EXCHANGE").is_some(),
        ..Options::default()
    };
    let reach = Arc::new(Hosts::new(inventory, options)?);
    let first = asked()?;
    let second = Plan {
        wave: 2,
        runs: first
            .runs
            .iter()
            .filter(|run| run.limit.0 <= 3_000)
            .take(FOLLOW_UP)
            .cloned()
            .collect(),
    };
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for host in chosen {
        let (reach, first) = (Arc::clone(&reach), first.clone());
        tasks.spawn(async move { reach.examine(&host, &first).await.map(|seen| (host, seen)) });
    }
    let (mut answered, mut slowest, mut last) = (0, 0, None);
    while let Some(ended) = tasks.join_next().await {
        let (host, seen) = ended??;
        answered += seen.answers.len();
        slowest = seen
            .answers
            .iter()
            .map(|answer| answer.took.0)
            .max()
            .unwrap_or(0)
            .max(slowest);
        last = Some(host);
    }
    let cold = began.elapsed();
    let mut warm = Vec::new();
    for _ in 0..follow {
        let Some(host) = &last else { break };
        let began = Instant::now();
        reach.examine(host, &second).await?;
        warm.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    reach.close().await;
    println!(
        "{}",
        serde_json::json!({
            "first_ms": cold.as_secs_f64() * 1000.0,
            "slowest_probe_ms": slowest,
            "answers": answered,
            "follow_ms": warm,
        })
    );
    Ok(())
}
