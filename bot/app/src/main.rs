//! The hall: the one place that knows every room. `sickbay` is its door.

/// A place where a test may end the process with the signal of `kill -9`; nothing in a build without `failpoints`.
macro_rules! point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::eval($name, |_| crate::die());
    };
}
pub(crate) use point;

/// Ends the process as `kill -9` does: nothing is told, flushed or cleaned up.
#[cfg(feature = "failpoints")]
fn die() {
    let us = rustix::process::getpid();
    let _gone = rustix::process::kill_process(us, rustix::process::Signal::KILL);
    std::process::abort();
}

mod account;
mod baseline;
mod cards;
mod clerk;
mod cli;
mod clock;
mod commands;
mod exit;
mod file;
mod hints;
mod journal;
mod json;
mod keys;
mod knowledge;
mod lists;
mod look;
mod metrics;
mod past;
mod people;
mod perform;
mod place;
mod progress;
mod propose;
mod scan;
mod schedule;
mod screen;
mod search;
mod secret;
mod sentence;
mod serve;
mod settings;
mod world;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use tracing_subscriber::EnvFilter;

use crate::cli::{Audit, Cli, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    // A reader of our output that goes away ends us quietly, like every other Unix tool.
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            return misread(&error).into();
        }
    };
    let filter = filter(std::env::var("SICKBAY_LOG").ok().as_deref());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(screen::coloured(&std::io::stderr()))
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
        Ok(_exit) if screen::lost() => Exit::Usage.into(),
        Ok(exit) => exit.into(),
        Err(error) => {
            screen::aside(&format!("sickbay: {}", sentence::of(error.as_ref())));
            exit::of(&error).into()
        }
    }
}

/// What is logged. The library that speaks to Discord writes into its spans what is sent and the tokens that it is sent with,
/// so of it only warnings are taken, whatever is asked for.
fn filter(asked: Option<&str>) -> EnvFilter {
    let Some(filter) = asked.and_then(|asked| EnvFilter::try_new(asked).ok()) else {
        return EnvFilter::new("error");
    };
    match "serenity=warn".parse() {
        Ok(quiet) => filter.add_directive(quiet),
        Err(_) => EnvFilter::new("error"),
    }
}

/// The command line. A variable of the environment that is set to nothing is as good as not set.
fn parse() -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    for (name, variable) in [("config", "SICKBAY_CONFIG"), ("state", "SICKBAY_STATE")] {
        if std::env::var_os(variable).is_some_and(|value| value.is_empty()) {
            command = command.mut_arg(name, |arg| arg.env(clap::builder::Resettable::Reset));
        }
    }
    Cli::from_arg_matches(&command.try_get_matches()?)
}

/// Says what is wrong with the command line, or prints the help that was asked for.
fn misread(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        // clap takes a variable of the environment for an argument, and would only say that a subcommand is missing.
        if std::env::args_os().len() == 1 {
            screen::aside(Cli::command().render_help().to_string().trim_end());
            return Exit::Usage;
        }
        match option_for_target(error) {
            Some(text) => screen::aside(&format!(
                "sickbay: {text:?} begins with `-`, so it is not a host and not an option either; `sickbay --help` lists the options"
            )),
            None => {
                let _gone = error.print();
            }
        }
        return Exit::Usage;
    }
    match error.print() {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            screen::aside(&format!(
                "sickbay: the output could not be written: {}",
                sentence::of(&why)
            ));
            Exit::Usage
        }
        Ok(()) | Err(_) => Exit::Fine,
    }
}

/// A word such as `-oProxyCommand=…` where a host was meant: clap would only name its first letter.
fn option_for_target(error: &clap::Error) -> Option<String> {
    if error.kind() != clap::error::ErrorKind::UnknownArgument {
        return None;
    }
    std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().chars().take(80).collect::<String>())
        .find(|word| word.starts_with('-') && !word.starts_with("--") && word.chars().count() > 2)
}

async fn run(cli: &Cli) -> anyhow::Result<Exit> {
    let global = &cli.global;
    match &cli.command {
        Command::Diagnose(asked) => Box::pin(commands::diagnose::run(global, asked)).await,
        Command::Capture(asked) => Box::pin(commands::diagnose::capture(global, asked)).await,
        Command::Scan(asked) => Box::pin(commands::scan::run(global, asked)).await,
        Command::Proposals(output) => commands::proposals::run(global, output).await,
        Command::Approve(click) => Box::pin(commands::click::approve(global, click)).await,
        Command::Reject(reject) => {
            commands::click::reject(global, &reject.click, &reject.why).await
        }
        Command::DryRun(click) => commands::click::dry_run(global, click).await,
        Command::Rollback(click) => Box::pin(commands::click::rollback(global, click)).await,
        Command::Baseline(asked) => Box::pin(commands::baseline::run(global, asked)).await,
        Command::Hosts(asked) => Box::pin(commands::hosts::run(global, asked)).await,
        Command::Runbook(asked) => commands::runbook::run(global, asked).await,
        Command::Explain(asked) => commands::explain::run(global, asked),
        Command::Incident(asked) => commands::incident::run(global, asked).await,
        Command::Audit(Audit::Verify(output)) => commands::audit::verify(global, output).await,
        Command::Doctor(asked) => Box::pin(commands::doctor::run(global, asked)).await,
        Command::Serve => Box::pin(serve::run(global)).await,
        Command::Health(asked) => commands::health::run(global, asked).await,
        Command::Recover(output) => commands::hosts::recover(global, output).await,
    }
}
