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
        let plan = incident::Plan {
            wave: 1,
            runs: Vec::new(),
        };
        let seen = world.hosts.examine(&host, &with_one_question(plan)).await;
        match seen {
            Err(error) => {
                exit = Exit::NotExamined;
                for line in steps_until(&error) {
                    screen::line(&format!("  {line}"));
                }
            }
            Ok(seen) => {
                for step in ["resolve", "connect", "host key", "authenticate", "shell"] {
                    let more = match step {
                        "host key" => format!(" {}", seen.host_key),
                        "authenticate" => format!(" as {}", seen.login),
                        _ => String::new(),
                    };
                    screen::line(&format!("  ok    {step}{more}"));
                }
                match seen.privilege {
                    incident::proposal::Privilege::None => {
                        screen::line(
                            "  none  sudo: `sudo -n` does not work; probes run without it and fixes are not offered. Allow it, or enrol the host",
                        );
                    }
                    found @ (incident::proposal::Privilege::Root
                    | incident::proposal::Privilege::Sudo
                    | incident::proposal::Privilege::Enrolled) => {
                        let word = serde_json::to_value(found).unwrap_or_default();
                        screen::line(&format!(
                            "  ok    sudo: {}",
                            word.as_str().unwrap_or("root")
                        ));
                    }
                }
                match seen.clock_skew {
                    Some(skew) if skew.abs() > 2 => {
                        screen::line(&format!(
                            "  warn  time: its clock is {skew} s ahead of this machine's; check its time synchronisation"
                        ));
                    }
                    Some(_) => screen::line("  ok    time"),
                    None => screen::line("  ?     time: the host did not say"),
                }
            }
        }
    }
    world.hosts.close().await;
    Ok(exit)
}

/// The smallest plan there is: a connection is checked by asking something.
fn with_one_question(mut plan: incident::Plan) -> incident::Plan {
    let first = probes::first_wave(&probes::Window::default(), None)
        .runs
        .into_iter()
        .next();
    plan.runs.extend(first);
    plan
}

/// The steps that went well before the one that did not, and that one.
fn steps_until(error: &hosts::Unreachable) -> Vec<String> {
    const STEPS: [&str; 5] = ["resolve", "connect", "host key", "authenticate", "shell"];
    let at = match error {
        hosts::Unreachable::Resolve { .. } => 0,
        hosts::Unreachable::Connect { .. } | hosts::Unreachable::Hung { .. } => 1,
        hosts::Unreachable::HostKeyUnknown { .. } | hosts::Unreachable::HostKeyChanged { .. } => 2,
        hosts::Unreachable::Authenticate { .. } | hosts::Unreachable::Key { .. } => 3,
        hosts::Unreachable::Broken { .. } | hosts::Unreachable::Other { .. } => 4,
    };
    let mut lines: Vec<String> = STEPS
        .iter()
        .take(at)
        .map(|step| format!("ok    {step}"))
        .collect();
    let step = STEPS.get(at).copied().unwrap_or("shell");
    lines.push(format!("STOP  {step}: {error}"));
    lines
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
