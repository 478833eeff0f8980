//! `sickbay hosts enrol`: a host's key is trusted once a person has compared it, and its helpers are installed on demand.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use hosts::{EnrolError, Host, Installed, Unreachable};
use incident::HostName;

use crate::cli::{Enrol, Global};
use crate::exit::Exit;
use crate::screen;
use crate::world::{self, Usage, World};

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Enrol) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let name = HostName::new(asked.host.as_str()).map_err(|bad| Usage(bad.to_string()))?;
    let chosen = world
        .inventory()
        .select(name.as_str())
        .map_err(|error| Usage(error.to_string()))?;
    let Some(host) = chosen.into_iter().next() else {
        return Err(Usage(format!("there is no host {name}")).into());
    };
    if host.is_local() {
        return Err(Usage(format!("{name} is this machine, which needs no enrolling")).into());
    }
    // A fingerprint is a claim about the host, so it is held against it even where a key is known already.
    if (!asked.install || asked.fingerprint.is_some())
        && !trust(&world, &host, asked.fingerprint.as_deref()).await?
    {
        return Ok(Exit::Findings);
    }
    if asked.install {
        return install(&world, &host, asked).await;
    }
    world.hosts.close().await;
    Ok(Exit::Fine)
}

/// Shows the keys that a host offers and keeps those that were compared. False when none was.
async fn trust(world: &World, host: &Host, fingerprint: Option<&str>) -> anyhow::Result<bool> {
    let name = &host.name;
    let offered = world.hosts.offered_keys(host).await?;
    if offered.is_empty() {
        return Err(anyhow::anyhow!(
            "{name} offers no host key; `sickbay hosts check {name}` says where it stops"
        ));
    }
    for key in &offered {
        screen::line(&format!("{:<22} {}", key.kind, key.fingerprint));
    }
    let kept: Vec<_> = match fingerprint {
        Some(wanted) => offered
            .into_iter()
            .filter(|key| key.fingerprint == wanted)
            .collect(),
        None if !std::io::stdin().is_terminal() => {
            return Err(Usage(format!(
                "{name}: nothing was trusted, because there is no terminal to ask at; compare a fingerprint with `ssh-keygen -lf` on the host's own console and give it with --fingerprint SHA256:…"
            ))
            .into());
        }
        None if says_yes()? => offered,
        None => Vec::new(),
    };
    if kept.is_empty() {
        let why = if fingerprint.is_some() {
            "the host offers no key with the fingerprint that was given. Either that is another host's, or somebody stands between"
        } else {
            "the answer was not yes"
        };
        screen::line(&format!("{name}: nothing was trusted: {why}."));
        return Ok(false);
    }
    world.hosts.trust(host, &kept).await?;
    let keys = if kept.len() == 1 {
        "key is"
    } else {
        "keys are"
    };
    screen::line(&format!(
        "{name}: {} {keys} trusted from now on.",
        kept.len()
    ));
    Ok(true)
}

fn says_yes() -> anyhow::Result<bool> {
    let mut out = std::io::stdout().lock();
    write!(
        out,
        "Compare them with `ssh-keygen -lf` on the host's own console. Trust these keys? Type yes: "
    )?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

/// Installs the helpers. Where the key is not known yet, it is asked for first.
async fn install(world: &World, host: &Host, asked: &Enrol) -> anyhow::Result<Exit> {
    let kit = world::kit();
    let login = asked.login.as_deref();
    let account = asked.account.as_deref();
    let put = async || {
        world
            .hosts
            .install_helpers(host, login, account, &kit)
            .await
    };
    let installed = match put().await {
        Err(EnrolError::Unreachable(Unreachable::HostKeyUnknown { owner, .. }))
            if owner == host.name.as_str() && asked.fingerprint.is_none() =>
        {
            if !trust(world, host, None).await? {
                return Ok(Exit::Findings);
            }
            put().await
        }
        done => done,
    };
    world.hosts.close().await;
    match installed {
        Ok(installed) => {
            say(world, host, &installed, kit.version());
            Ok(Exit::Fine)
        }
        Err(error @ EnrolError::Account { .. }) => Err(Usage(error.to_string()).into()),
        Err(EnrolError::Unreachable(error)) => {
            screen::aside(&format!("sickbay: {error}"));
            Ok(Exit::NotExamined)
        }
        Err(error) => {
            screen::aside(&format!("sickbay: {error}"));
            Ok(Exit::Findings)
        }
    }
}

/// What was done, and what is left to do.
fn say(world: &World, host: &Host, installed: &Installed, version: &str) {
    let (name, account) = (&host.name, &installed.account);
    screen::line(&format!(
        "{name}: the guard and the probes of version {version} are installed, and sudo lets {account} run them."
    ));
    for note in &installed.notes {
        screen::line(&format!("  note: {note}"));
    }
    screen::line("What is left to do:");
    if !world.hosts.goes_by_helpers(name) {
        screen::line(&format!(
            "  in the settings: `privilege = \"enrolled\"` under [hosts.{name}]"
        ));
    }
    screen::line(&format!(
        "  in ~{account}/.ssh/authorized_keys on {name}: put `restrict,command=\"{}\"` before Sickbay's key; then it is no login",
        hosts::GATE_PATH
    ));
    screen::line(&format!("  `sickbay hosts check {name}`"));
}

/// Writes the files of an enrolled host into a directory.
pub(crate) fn files(dir: &Path, account: &str) -> anyhow::Result<Exit> {
    let kit = world::kit();
    let files = kit
        .files(account)
        .ok_or_else(|| Usage(format!("{account:?} cannot stand in a sudoers file")))?;
    let wrong = |path: &Path, error: &std::io::Error| {
        Usage(format!("cannot write {}: {error}", path.display()))
    };
    std::fs::create_dir_all(dir).map_err(|error| wrong(dir, &error))?;
    for file in files {
        let name = Path::new(file.path).file_name().unwrap_or_default();
        // In a directory of their own the name says enough; `sickbay` alone would not.
        let path = if file.path.contains("sudoers") {
            dir.join("sudoers-enrolled")
        } else {
            dir.join(name)
        };
        let written = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(file.mode | 0o200)
            .open(&path)
            .and_then(|mut out| out.write_all(file.text.as_bytes()));
        written.map_err(|error| wrong(&path, &error))?;
        screen::line(&format!(
            "{}  belongs at {} on the host, root:root, mode {:04o}",
            path.display(),
            file.path,
            file.mode
        ));
    }
    screen::line(&format!("version {}", kit.version()));
    Ok(Exit::Fine)
}
