//! The hosts there are: whether their keys are known, and, where it is asked for, whether they can be reached.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hosts::machine::{self, Prospect};
use hosts::{Inventory, Outcome};
use incident::HostName;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Patient;
use super::report::{Area, names};
use crate::world;

/// How many hosts are looked at side by side.
const AT_ONCE: usize = 8;

/// What ssh would do for each host, or why it does not say.
pub(super) type Prospects = BTreeMap<HostName, Result<Prospect, String>>;

/// Reads the inventory.
pub(super) fn read(patient: &Patient<'_>, area: &mut Area<'_>) -> Option<Inventory> {
    match world::inventory(patient.global, &patient.settings) {
        Ok(inventory) => Some(inventory),
        Err(error) => {
            let says = crate::sentence::of(error.as_ref());
            area.wrong("reads", says, "");
            None
        }
    }
}

/// Looks at what is known of each host here. Nothing is connected to.
pub(super) async fn look(
    patient: &Patient<'_>,
    inventory: &Inventory,
    area: &mut Area<'_>,
) -> Prospects {
    let count = inventory.hosts().count();
    if count == 0 {
        area.note(
            "hosts",
            "only localhost",
            "name hosts under [hosts], in an Ansible inventory (--inventory) or in ~/.ssh/config",
        );
        return Prospects::new();
    }
    let hosts = if count == 1 { "host" } else { "hosts" };
    area.fine("hosts", format!("{count} {hosts}"));
    let state = patient.state.as_deref().unwrap_or(Path::new(""));
    let options = world::ssh_options(patient.global, &patient.settings, state);
    let shared = Arc::new((inventory.clone(), options));
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut looking = JoinSet::new();
    for host in inventory.hosts().cloned() {
        let (shared, turns) = (Arc::clone(&shared), Arc::clone(&turns));
        looking.spawn(async move {
            let _turn = turns.acquire().await;
            let (inventory, options) = &*shared;
            let found = machine::prospect(&host, inventory, options).await;
            (host.name, found)
        });
    }
    let prospects: Prospects = looking.join_all().await.into_iter().collect();
    known(&prospects, area);
    prospects
}

fn known(prospects: &Prospects, area: &mut Area<'_>) {
    let mut unknown = Vec::new();
    let mut by_command = Vec::new();
    let mut failed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (host, prospect) in prospects {
        match prospect.as_ref().map(|prospect| prospect.known) {
            Ok(Some(true)) => {}
            Ok(Some(false)) => unknown.push(host.to_string()),
            Ok(None) => by_command.push(host.to_string()),
            Err(why) => failed.entry(why).or_default().push(host.to_string()),
        }
    }
    if let Some(first) = unknown.first() {
        let next = format!("compare and keep it: sickbay hosts enrol {first}");
        let says = format!("of {} no host key is known", names(&unknown));
        area.wrong("host keys", says, next);
    }
    if !by_command.is_empty() {
        area.note(
            "host keys",
            format!(
                "for {} KnownHostsCommand says which are",
                names(&by_command)
            ),
            "sickbay doctor --hosts tries it",
        );
    }
    for (why, hosts) in failed {
        area.unknown(
            "host keys",
            format!("of {}: {why}", names(&hosts)),
            "ssh does not take its configuration; correct it",
        );
    }
    let all = prospects
        .values()
        .all(|found| matches!(found, Ok(found) if found.known == Some(true)));
    if all {
        area.fine("host keys", "of every host one is known");
    }
}

/// Connects to every host and says where it stops.
pub(super) async fn connect(patient: &Patient<'_>, inventory: &Inventory, area: &mut Area<'_>) {
    let state = patient.state.as_deref().unwrap_or(Path::new(""));
    let options = world::ssh_options(patient.global, &patient.settings, state);
    let way = match hosts::Hosts::new(inventory.clone(), options) {
        Ok(way) => Arc::new(way),
        Err(error) => {
            area.unknown("reach", crate::sentence::of(&error), "");
            return;
        }
    };
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut walking = JoinSet::new();
    for host in inventory.hosts().cloned() {
        let (way, turns) = (Arc::clone(&way), Arc::clone(&turns));
        walking.spawn(async move {
            let _turn = turns.acquire().await;
            let walk = way.check(&host).await;
            way.forget(&host.name).await;
            (host.name, walk)
        });
    }
    let walks: BTreeMap<_, _> = walking.join_all().await.into_iter().collect();
    for (host, walk) in walks {
        let next = format!("sickbay hosts check {host}");
        let worst = |outcome| walk.iter().find(|step| step.outcome == outcome);
        if let Some(at) = worst(Outcome::Stopped) {
            let says = format!("stops at {}: {}", at.step, at.says);
            area.wrong(host.as_str(), says, next);
        } else if let Some(at) = worst(Outcome::Warned) {
            area.note(host.as_str(), format!("{}: {}", at.step, at.says), next);
        } else {
            area.fine(host.as_str(), "can be reached");
        }
    }
    way.close().await;
}
