//! What `ssh -v` says, taken apart: whose key it speaks of, which one was offered, which one is known.

use std::path::Path;

use crate::client::hop_name;
use crate::inventory::{Host, Way};

pub(super) fn between(lines: &[&str], before: &str, after: &str) -> Option<String> {
    let (_, rest) = lines
        .iter()
        .rev()
        .find_map(|line| line.split_once(before))?;
    Some(rest.split(after).next().unwrap_or("").to_owned())
}

/// Whose key it is, by the name that the inventory or ssh's configuration has for it. ssh names the address that it looked
/// up; without a jump host that is the host's own.
pub(super) fn owner_name(looked_up: Option<String>, target: &Host, said: &str) -> String {
    let shown: String = looked_up
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect();
    if shown.is_empty() || !through_others(said) {
        return target.name.to_string();
    }
    // Each ssh on the way says for which address it starts the next one, and by which name it calls that.
    let mut name = target.name.to_string();
    let mut hops = 0;
    for (reached, next) in before_keys(said).filter_map(hop) {
        if reached == shown {
            return name;
        }
        name = next.to_owned();
        hops += 1;
    }
    let own = match &target.way {
        Way::Ssh(way) => way.host.as_deref().unwrap_or(target.name.as_str()) == shown,
        Way::Local => true,
    };
    if hops > 0 || own { name } else { shown }
}

/// `debug1: Executing proxy command: exec ssh -v -W '[10.0.0.2]:22' bastion`: the address as it stands in `known_hosts`,
/// and the name of the next host.
fn hop(line: &str) -> Option<(String, &str)> {
    let command = line.strip_prefix("debug1: Executing proxy command: exec ssh ")?;
    let (_, rest) = command.split_once(" -W '[")?;
    let (address, rest) = rest.split_once("]:")?;
    let (port, rest) = rest.split_once('\'')?;
    let address = match port {
        "22" => address.to_owned(),
        port => format!("[{address}]:{port}"),
    };
    Some((address, hop_name(rest.split_whitespace().next()?)))
}

/// What ssh says before any server can say a word.
fn before_keys(said: &str) -> impl Iterator<Item = &str> {
    said.lines().take_while(|line| offered_on(line).is_none())
}

/// Whether ssh went through another host, or a program, to this one.
fn through_others(said: &str) -> bool {
    before_keys(said).any(|line| {
        line.starts_with("debug1: Executing proxy command")
            || line.starts_with("debug1: Setting implicit ProxyCommand")
    })
}

/// The fingerprint that the last of the hosts on the way offered.
pub(super) fn fingerprint_after(said: &str) -> Option<String> {
    let rest = said.lines().rev().find_map(offered_on)?;
    fingerprint_in(rest)
}

/// The first fingerprint of a line. That of a certificate has a comma behind it.
fn fingerprint_in(line: &str) -> Option<String> {
    let word = line
        .split_whitespace()
        .find(|word| word.starts_with("SHA256:"))?;
    Some(word.trim_end_matches(',').to_owned())
}

/// What a line of ssh says of a key that is offered to it.
fn offered_on(line: &str) -> Option<&str> {
    let line = line.strip_prefix("debug1: ")?;
    line.strip_prefix("Server host key: ")
        .or_else(|| line.strip_prefix("Server host certificate: "))
}

/// The fingerprint of the key that the host proved to have, from what `ssh -v` says.
///
/// What a server says before it lets us in is printed too, and could look like such a line. It comes later than its key:
/// without a jump host the first key counts, and with one the last before the last login.
pub(crate) fn proven_key(said: &str) -> Option<String> {
    let of = |line: &str| fingerprint_in(offered_on(line)?);
    if through_others(said) {
        said.lines().rev().find_map(of)
    } else {
        said.lines().find_map(of)
    }
}

/// Whether ssh has said that the host let us in, which is the last that it says on the way.
pub(crate) fn is_let_in(said: &str) -> bool {
    let through = through_others(said);
    said.lines().any(|line| {
        let line = line.strip_prefix("debug1: ").unwrap_or(line);
        line.starts_with("Authenticated to ") && (!through || line.contains("(via proxy)"))
    })
}

/// The fingerprint of the known key at a place: `FILE:LINE`.
pub(super) fn known_key(place: &str) -> Option<String> {
    let (file, number) = place.rsplit_once(':')?;
    let number: usize = number.trim().parse().ok()?;
    let text = std::fs::read_to_string(Path::new(file)).ok()?;
    fingerprint(text.lines().nth(number.checked_sub(1)?)?)
}

/// The `SHA256:…` fingerprint of the key on a `known_hosts` line.
pub(crate) fn fingerprint(line: &str) -> Option<String> {
    use sha2::{Digest as _, Sha256};
    let blob = line
        .split_whitespace()
        .find(|word| word.starts_with("AAAA"))?;
    let bytes = data_encoding::BASE64.decode(blob.as_bytes()).ok()?;
    Some(format!(
        "SHA256:{}",
        data_encoding::BASE64_NOPAD.encode(&Sha256::digest(&bytes))
    ))
}

/// One line, at most 160 characters, without the noise that ssh puts before it.
pub(super) fn short(line: &str) -> String {
    let line = line.trim().trim_start_matches("ssh: ");
    line.chars().filter(|c| !c.is_control()).take(160).collect()
}
