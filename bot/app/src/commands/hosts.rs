//! `sickbay hosts`: list and check. And `sickbay recover`, which asks hosts how runs ended.

use super::enrol;
use crate::cli::{Global, Hosts, Output};
use crate::exit::Exit;
use crate::world::{self, Usage, World};
use crate::{perform, screen};

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Hosts) -> anyhow::Result<Exit> {
    match asked {
        Hosts::List(output) => list(global, output),
        Hosts::Check { targets, output } => check(global, targets, output).await,
        Hosts::Enrol(asked) => Box::pin(enrol::run(global, asked)).await,
        Hosts::Files { dir, account } => enrol::files(dir, account),
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
async fn check(global: &Global, targets: &[String], output: &Output) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let hosts = world
        .inventory()
        .select(&targets.join(","))
        .map_err(|error| Usage(error.to_string()))?;
    let mut exit = Exit::Fine;
    let mut rows = Vec::new();
    for host in hosts {
        if !output.json {
            screen::line(host.name.as_str());
        }
        let mut steps = Vec::new();
        let mut reachable = true;
        for checked in world.hosts.check(&host).await {
            let (word, mark) = match checked.outcome {
                hosts::Outcome::Passed => ("passed", "ok"),
                hosts::Outcome::Warned => ("warned", "warn"),
                hosts::Outcome::Stopped => ("stopped", "STOP"),
            };
            if checked.outcome == hosts::Outcome::Stopped {
                exit = Exit::NotExamined;
                reachable = false;
            }
            let says = incident::redact::printable(checked.says.as_bytes());
            if output.json {
                steps.push(serde_json::json!({
                    "step": checked.step.to_string(), "outcome": word, "says": says,
                }));
            } else {
                let row = format!("  {mark:<5} {:<13} {says}", checked.step);
                screen::wrapped(row.trim_end(), 22);
            }
        }
        if output.json {
            rows.push(
                serde_json::json!({ "host": host.name, "reachable": reachable, "steps": steps }),
            );
        }
    }
    if output.json {
        screen::json(&serde_json::json!({ "version": 1, "hosts": rows }));
    }
    world.hosts.close().await;
    Ok(exit)
}

/// `sickbay recover`: finishes what an interrupted Sickbay left.
pub(crate) async fn recover(global: &Global, output: &Output) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let perform::Recovered { done, stuck } = perform::recover_now(&world).await;
    let waiting = world.store.pending(100, None).await?.len();
    world.hosts.close().await;
    if output.json {
        screen::json(
            &serde_json::json!({ "version": 1, "done": done, "waiting": waiting, "stuck": stuck }),
        );
    } else {
        screen::line(&format!("{done} finished, {waiting} still waiting."));
        for why in stuck {
            screen::line(&format!("  {why}"));
        }
    }
    Ok(if waiting == 0 {
        Exit::Fine
    } else {
        Exit::Findings
    })
}
