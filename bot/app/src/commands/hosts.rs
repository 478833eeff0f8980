//! `sickbay hosts`: list, check, enrol. And `sickbay recover`, which asks hosts how runs ended.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use crate::cli::{Global, Hosts, Output};
use crate::exit::Exit;
use crate::world::{self, Usage, World};
use crate::{clock, perform, screen};

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Hosts) -> anyhow::Result<Exit> {
    match asked {
        Hosts::List(output) => list(global, output),
        Hosts::Check { targets } => check(global, targets).await,
        Hosts::Enrol {
            host,
            install,
            fingerprint,
        } => enrol(global, host, *install, fingerprint.as_deref()).await,
    }
}

fn list(global: &Global, output: &Output) -> anyhow::Result<Exit> {
    let settings = world::settings(global)?;
    let inventory = world::inventory(global, &settings)?;
    let mut rows = Vec::new();
    for host in inventory.hosts() {
        let groups: Vec<&str> = host.groups.iter().map(String::as_str).collect();
        let labels: Vec<String> = host
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        if output.json {
            rows.push(serde_json::json!({
                "host": host.name, "groups": host.groups, "labels": host.labels, "declared": host.declared,
            }));
        } else {
            screen::line(&format!(
                "{:<24} {:<20} {}  {}",
                host.name,
                groups.join(","),
                labels.join(","),
                host.declared
            ));
        }
    }
    if output.json {
        screen::json(&serde_json::json!({ "version": 1, "hosts": rows }));
    } else if rows.is_empty() && inventory.hosts().next().is_none() {
        screen::line(
            "Only localhost: name hosts in the settings, an Ansible inventory (--inventory) or an ssh_config (--ssh-config).",
        );
    }
    Ok(Exit::Fine)
}

/// Walks from the name to root and says where it stops.
async fn check(global: &Global, targets: &[String]) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let hosts = world
        .inventory()
        .select(&targets.join(","))
        .map_err(|error| Usage(error.to_string()))?;
    let mut exit = Exit::Fine;
    for host in hosts {
        screen::line(&format!("{}", host.name));
        for checked in world.hosts.check(&host).await {
            let word = match checked.outcome {
                hosts::Outcome::Passed => "ok",
                hosts::Outcome::Warned => "warn",
                hosts::Outcome::Stopped => "STOP",
            };
            if checked.outcome == hosts::Outcome::Stopped {
                exit = Exit::NotExamined;
            }
            screen::line(format!("  {word:<5} {:<13} {}", checked.step, checked.says).trim_end());
        }
    }
    world.hosts.close().await;
    Ok(exit)
}

/// Shows the keys that a host offers, and trusts one once a person has compared it.
async fn enrol(
    global: &Global,
    host: &str,
    install: bool,
    fingerprint: Option<&str>,
) -> anyhow::Result<Exit> {
    if install {
        return Err(Usage(
            "enrol --install is not there yet: deploy/ssh/README.md says how to put the guard on a host by hand".to_owned(),
        )
        .into());
    }
    let world = World::open(global, None).await?;
    let name = incident::HostName::new(host).map_err(|bad| Usage(bad.to_string()))?;
    let chosen = world
        .inventory()
        .select(name.as_str())
        .map_err(|error| Usage(error.to_string()))?;
    let Some(host) = chosen.into_iter().next() else {
        return Err(Usage(format!("there is no host {name}")).into());
    };
    let offered = world.hosts.offered_keys(&host).await?;
    if offered.is_empty() {
        return Err(anyhow::anyhow!(
            "{name} offers no host key; `sickbay hosts check {name}` says where it stops"
        ));
    }
    for key in &offered {
        screen::line(&format!("{:<22} {}", key.kind, key.fingerprint));
    }
    let trusted = match fingerprint {
        Some(wanted) => offered.iter().any(|key| key.fingerprint == wanted),
        None if std::io::stdin().is_terminal() => {
            let mut out = std::io::stdout().lock();
            write!(
                out,
                "Compare them with `ssh-keygen -lf` on the host's own console. Trust these keys? Type yes: "
            )?;
            out.flush()?;
            let mut answer = String::new();
            std::io::stdin().lock().read_line(&mut answer)?;
            answer.trim() == "yes"
        }
        None => false,
    };
    if !trusted {
        screen::line(
            "Nothing was trusted. Give the fingerprint that you compared with --fingerprint SHA256:…",
        );
        return Ok(Exit::Findings);
    }
    let kept: Vec<_> = offered
        .into_iter()
        .filter(|key| fingerprint.is_none_or(|wanted| wanted == key.fingerprint))
        .collect();
    world.hosts.trust(&host, &kept).await?;
    screen::line(&format!(
        "{name} is enrolled with {} key(s), at {}.",
        kept.len(),
        clock::local(clock::now())
    ));
    Ok(Exit::Fine)
}

/// `sickbay recover`: finishes what an interrupted Sickbay left.
pub(crate) async fn recover(global: &Global, output: &Output) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let done = perform::recover(&world).await;
    let waiting = world.store.pending(100, None).await?.len();
    world.hosts.close().await;
    if output.json {
        screen::json(&serde_json::json!({ "version": 1, "done": done, "waiting": waiting }));
    } else {
        screen::line(&format!("{done} finished, {waiting} still waiting."));
    }
    Ok(if waiting == 0 {
        Exit::Fine
    } else {
        Exit::Findings
    })
}
