//! A start that would be unsafe is refused, with all that is wrong at once and what to do about it; what is merely unwise is said
//! loudly. It is looked at before anything is made, so that a refusal leaves nothing behind.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use incident::policy::{Policy, Rule};

use crate::cli::Global;
use crate::place;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::world::Usage;

#[cfg(test)]
mod tests;

/// The bits of a mode by which others may write.
const OTHERS_WRITE: u32 = 0o022;

/// Refuses to serve where that is unsafe.
pub(super) fn check(global: &Global, settings: &Settings) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    let uid = rustix::process::geteuid().as_raw();
    wrong.extend(as_root(uid, settings));
    wrong.extend(
        settings
            .file
            .as_deref()
            .and_then(|file| the_file(file, uid)),
    );
    let state = global.state.as_deref().or(settings.state.as_deref());
    // Where none can be named, whoever opens it says so.
    let state = place::state_path(state).ok();
    wrong.extend(state.as_deref().and_then(the_state));
    wrong.extend(keys(settings));
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Usage(wrong.join("\n")).into())
}

fn as_root(uid: u32, settings: &Settings) -> Option<String> {
    (uid == 0 && !settings.as_root).then(|| {
        "it is run as root, and whoever takes it over has this machine then; run it as an account of its own, as the unit in deploy/systemd does with User=, or say as_root = true under [serve]".to_owned()
    })
}

/// Whoever can write the settings says who may approve what.
fn the_file(file: &Path, uid: u32) -> Option<String> {
    let about = std::fs::metadata(file).ok()?;
    let shown = file.display();
    if about.uid() != uid && about.uid() != 0 {
        return Some(format!(
            "{shown} belongs to uid {}, who thereby says who may approve what; run chown root {shown}",
            about.uid()
        ));
    }
    (about.mode() & OTHERS_WRITE != 0).then(|| {
        format!(
            "others may write {shown} (mode {:o}), and say who may approve what; run chmod go-w {shown}",
            about.mode() & 0o777
        )
    })
}

/// Whoever can write to the state directory can put another journal there, and another key.
pub(crate) fn the_state(dir: &Path) -> Option<String> {
    let about = std::fs::metadata(dir).ok()?;
    let shown = dir.display();
    (about.mode() & OTHERS_WRITE != 0).then(|| {
        format!(
            "others may write to the state directory {shown} (mode {:o}), and so change the journal and the key that signs approvals; run chmod 700 {shown}, then sickbay audit verify",
            about.mode() & 0o777
        )
    })
}

/// The private keys that the settings name for hosts. What is not there yet, ssh tells of.
fn keys(settings: &Settings) -> Vec<String> {
    let named = settings.hosts.iter().filter_map(|(name, host)| {
        let key = Secret::key(host.identity_file.as_deref()?).ok()?;
        let is_there = match &key {
            Secret::File(path) => path.exists(),
            Secret::Credential(_) => true,
        };
        is_there.then_some((name, key))
    });
    named
        .filter_map(|(name, key)| {
            let error = key.path().err()?;
            Some(format!("[hosts.{name}]: {}", crate::sentence::of(&error)))
        })
        .collect()
}

/// What is unwise about the settings.
pub(super) fn warnings(settings: &Settings) -> Vec<String> {
    let mut unwise = Vec::new();
    let met = settings
        .policy
        .as_ref()
        .is_some_and(|policy| policy.rules.iter().any(|rule| can_be_met(policy, rule)));
    if !met {
        unwise.push("NOBODY may approve anything: no rule under [[policy]] names as many people as it asks for. Hosts are looked at; no fix can be carried out".to_owned());
    }
    let brought = settings
        .slack
        .as_ref()
        .is_some_and(|slack| slack.signing_secret_file.is_some())
        || settings
            .discord
            .as_ref()
            .is_some_and(|discord| discord.public_key.is_some());
    if let Some(http) = &settings.http
        && !http.listen.ip().is_loopback()
        && !brought
    {
        unwise.push(format!(
            "http://{} can be reached from elsewhere and asks nobody who they are, though neither Slack nor Discord brings anything there; listen on 127.0.0.1 unless another machine watches it",
            http.listen
        ));
    }
    unwise
}

/// Whether as many people may approve as a rule asks for. How many are on a list that a platform keeps, only it knows.
fn can_be_met(policy: &Policy, rule: &Rule) -> bool {
    let needed = usize::try_from(rule.min.max(1)).unwrap_or(usize::MAX);
    let groups = &policy.groups;
    rule.approvers.settled(groups).len() >= needed || !rule.approvers.open(groups).is_empty()
}
