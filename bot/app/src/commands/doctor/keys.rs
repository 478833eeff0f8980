//! The ssh client of this machine, its agent, and the private keys that hosts are reached with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hosts::Inventory;
use hosts::machine::{self, Agent, Key};
use incident::HostName;

use super::inventory::Prospects;
use super::report::{Area, names};
use crate::secret::{Secret, SecretError};

/// Looks at the client.
pub(super) async fn client(area: &mut Area<'_>) {
    match machine::client_version().await {
        Ok(version) if version.starts_with("OpenSSH") => area.fine("client", version),
        Ok(other) => area.wrong(
            "client",
            format!("ssh says it is {other}"),
            "install the OpenSSH client; Sickbay is made for it",
        ),
        Err(why) => area.wrong("client", why, ""),
    }
    match machine::control_sockets() {
        Ok((dir, length, most)) if length <= most => area.fine(
            "control path",
            format!("{length} of {most} bytes, in {}", dir.display()),
        ),
        Ok((dir, length, most)) => area.wrong(
            "control path",
            format!(
                "{length} bytes in {}, and a socket's path has {most}",
                dir.display()
            ),
            "set XDG_RUNTIME_DIR to a directory with a shorter name",
        ),
        Err((dir, why)) => area.wrong(
            "control path",
            format!("{}: {why}", dir.display()),
            "set XDG_RUNTIME_DIR to a directory that is yours alone",
        ),
    }
}

/// Looks at the keys that ssh would try, and at the agent.
pub(super) async fn look(inventory: &Inventory, prospects: &Prospects, area: &mut Area<'_>) {
    let agent = machine::agent().await;
    match &agent {
        Agent::None => area.fine(
            "agent",
            "none is named; keys without a passphrase need none",
        ),
        Agent::Holds(keys) => area.fine("agent", format!("holds {} keys", keys.len())),
        Agent::Silent(why) => area.wrong(
            "agent",
            format!("SSH_AUTH_SOCK names one that does not answer: {why}"),
            "start it, or unset SSH_AUTH_SOCK",
        ),
    }
    let mut tried: BTreeMap<&PathBuf, Vec<&HostName>> = BTreeMap::new();
    for (host, prospect) in prospects {
        for path in prospect.iter().flat_map(|prospect| &prospect.keys) {
            tried.entry(path).or_default().push(host);
        }
    }
    let own = inventory.hosts().filter_map(machine::own_key);
    let own: Vec<PathBuf> = own.map(Path::to_owned).collect();
    let mut usable = Vec::new();
    for path in tried.keys() {
        let found = machine::key(path).await;
        let named = own.iter().any(|own| own == *path);
        if one_key(path, &found, &agent, named, area) {
            usable.push(*path);
        }
    }
    let agent_helps = matches!(&agent, Agent::Holds(keys) if !keys.is_empty());
    let without: Vec<String> = prospects
        .iter()
        .filter_map(|(host, prospect)| Some((host, prospect.as_ref().ok()?)))
        .filter(|(_, prospect)| {
            !prospect.local && !prospect.keys.iter().any(|key| usable.contains(&key))
        })
        .map(|(host, _)| host.to_string())
        .collect();
    if !agent_helps && !without.is_empty() {
        area.wrong(
            "hosts",
            format!("there is no key to reach {} with", names(&without)),
            "name one with identity_file, or make one: ssh-keygen -t ed25519",
        );
    }
}

/// Says how a key is. Whether ssh can use it.
fn one_key(path: &Path, found: &Key, agent: &Agent, named: bool, area: &mut Area<'_>) -> bool {
    let shown = path.display();
    if out_of_reach(path) {
        area.unknown(
            "file",
            format!("{shown} is handed over to the service alone"),
            "README's \"Running it as a service\" says how to run the doctor there",
        );
        return false;
    }
    match found {
        // What ssh tries of itself need not be there.
        Key::Missing if !named => false,
        Key::Missing => {
            area.wrong(
                "file",
                format!("there is no {shown}"),
                "put the private key there, or name another file",
            );
            false
        }
        Key::Open { mode } => {
            area.wrong(
                "file",
                format!("{shown} is open to others (mode {mode:04o}), so ssh does not take it"),
                format!("chmod 600 {shown}"),
            );
            false
        }
        Key::Bad(why) => {
            area.wrong(
                "file",
                format!("{shown} cannot be used: {why}"),
                "put a private key there that this account may read",
            );
            false
        }
        Key::Locked { public } if public.as_ref().is_some_and(|key| agent.holds(key)) => {
            area.fine("file", format!("{shown} is open in the agent"));
            true
        }
        Key::Locked { public } => {
            let says = format!("{shown} has a passphrase, and nobody is there to type it");
            let next = if public.is_none() {
                format!(
                    "ssh-add {shown}; put {shown}.pub beside it, so that it is found in the agent"
                )
            } else {
                format!("ssh-add {shown}, or name a key without one")
            };
            if named {
                area.wrong("file", says, next);
            } else {
                area.note("file", says, next);
            }
            false
        }
        Key::Good {
            fingerprint,
            matches: Some(false),
        } => {
            area.wrong(
                "file",
                format!("{shown}.pub is another key's: a host that was given that one lets nobody in with {fingerprint}"),
                format!("ssh-keygen -y -f {shown} > {shown}.pub, and give hosts that one"),
            );
            true
        }
        Key::Good {
            fingerprint,
            matches: Some(true) | None,
        } => {
            area.fine("file", format!("{shown} {fingerprint}"));
            true
        }
    }
}

/// Whether a key is one that a service manager hands over, and none did.
fn out_of_reach(path: &Path) -> bool {
    let from = Secret::key(path);
    from.is_ok_and(|from| matches!(from.path(), Err(SecretError::NoneHandedOver { .. })))
}
