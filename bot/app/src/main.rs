//! The hall: the one place that knows every room. `sickbay` is its door.

/// A place where a test may end the process as `kill -9` would; nothing in a build without `failpoints`.
macro_rules! point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::eval($name, |_| std::process::abort());
    };
}
pub(crate) use point;

mod cards;
mod cli;
mod clock;
mod commands;
mod exit;
mod journal;
mod json;
mod keys;
mod look;
mod people;
mod perform;
mod place;
mod progress;
mod propose;
mod screen;
mod settings;
mod world;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::cli::{Audit, Cli, Command};
use crate::exit::Exit;
use crate::world::Usage;

fn main() -> ExitCode {
    // A reader of our output that goes away ends us quietly, like every other Unix tool.
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let wrong = error.use_stderr();
            let _gone = error.print();
            return if wrong {
                Exit::Usage.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let filter = EnvFilter::try_from_env("SICKBAY_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            screen::aside(&format!("sickbay: the runtime does not start: {error}"));
            return Exit::Usage.into();
        }
    };
    let ended = runtime.block_on(run(&cli));
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            let text = if error.is::<Usage>() {
                error.to_string()
            } else {
                format!("{error:#}")
            };
            screen::aside(&format!("sickbay: {text}"));
            Exit::Usage.into()
        }
    }
}

async fn run(cli: &Cli) -> anyhow::Result<Exit> {
    let global = &cli.global;
    match &cli.command {
        Command::Diagnose(asked) => Box::pin(commands::diagnose::run(global, asked)).await,
        Command::Proposals(output) => commands::proposals::run(global, output).await,
        Command::Approve(click) => Box::pin(commands::click::approve(global, click)).await,
        Command::Reject(click) => commands::click::reject(global, click).await,
        Command::DryRun(click) => commands::click::dry_run(global, click).await,
        Command::Rollback(click) => Box::pin(commands::click::rollback(global, click)).await,
        Command::Hosts(asked) => Box::pin(commands::hosts::run(global, asked)).await,
        Command::Runbook(asked) => commands::runbook::run(global, asked),
        Command::Explain(asked) => commands::explain::run(global, asked),
        Command::Incident(asked) => commands::incident::run(global, asked).await,
        Command::Audit(Audit::Verify(output)) => commands::audit::verify(global, output).await,
        Command::Recover(output) => commands::hosts::recover(global, output).await,
    }
}
