//! `sickbay doctor`: what works, what does not, and what to do about it. It looks, and changes nothing anywhere.

mod discord;
mod groups;
mod http;
mod inventory;
mod journal;
mod keys;
mod models;
mod policy;
mod report;
mod scans;
mod settings;
mod slack;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::cli::{Doctor, Global};
use crate::exit::Exit;
use crate::settings::Settings;
use crate::world;

use report::Report;

/// What everything is looked at with.
struct Patient<'a> {
    global: &'a Global,
    settings: Settings,
    /// Where the journal is or would be; none where nobody says.
    state: Option<PathBuf>,
}

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Doctor) -> anyhow::Result<Exit> {
    // As `serve` does: without it the first connection over TLS would end the task that makes it.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let mut report = Report::default();
    let settings = match world::settings(global) {
        Ok(settings) => settings,
        Err(error) => {
            let says = crate::sentence::of(error.as_ref());
            report.area("settings").wrong(
                "file",
                says,
                "correct it; nothing else can be looked at",
            );
            report.print(asked.output.json);
            return Ok(Exit::Usage);
        }
    };
    let named = global.state.as_deref().or(settings.state.as_deref());
    let patient = Patient {
        global,
        state: crate::place::state_path(named).ok(),
        settings,
    };
    settings::look(&patient, &mut report.area("settings"));
    Box::pin(journal::look(&patient, &mut report.area("journal"))).await;
    keys::client(&mut report.area("ssh")).await;
    let inventory = inventory::read(&patient, &mut report.area("inventory"));
    if let Some(inventory) = &inventory {
        let prospects = inventory::look(&patient, inventory, &mut report.area("inventory")).await;
        keys::look(inventory, &prospects, &mut report.area("keys")).await;
        if asked.hosts {
            Box::pin(inventory::connect(
                &patient,
                inventory,
                &mut report.area("hosts"),
            ))
            .await;
        }
    }
    let library = settings::runbooks(&patient, &mut report.area("runbooks"));
    if let Some(inventory) = &inventory {
        let pages = library.as_ref();
        policy::look(&patient, inventory, pages, &mut report.area("policy"));
    }
    Box::pin(scans::look(
        &patient,
        inventory.as_ref(),
        &mut report.area("scans"),
    ))
    .await;
    policy::people(&patient.settings, &mut report.area("people"));
    groups::look(&patient.settings, &mut report.area("groups")).await;
    if let Some(slack) = &patient.settings.slack {
        slack::look(slack, &patient.settings, &mut report.area("slack")).await;
    }
    if let Some(discord) = &patient.settings.discord {
        Box::pin(discord::look(
            &patient.settings,
            discord,
            &mut report.area("discord"),
        ))
        .await;
    }
    if patient.settings.slack.is_none() && patient.settings.discord.is_none() {
        report.area("chat").note(
            "platforms",
            "none is set up, so `sickbay serve` has nothing to do",
            "README's \"In Slack\" and \"In Discord\" say how",
        );
    }
    models::look(&patient.settings.models, &mut report.area("models")).await;
    if let Some(http) = &patient.settings.http {
        http::look(http, &mut report.area("http")).await;
    }
    report.print(asked.output.json);
    Ok(if report.is_fine() {
        Exit::Fine
    } else {
        Exit::Findings
    })
}
