//! A target's words become hosts, or a sentence that says which words would have.

use std::collections::{BTreeMap, BTreeSet};

use incident::HostName;

use super::{Host, Inventory};

/// Why a target names no host. Fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing was named.
    #[error(
        "no host was named; name one of the inventory, a group as @group, labels as role=web, or localhost"
    )]
    Empty,
    /// It could be taken for an option.
    #[error("{text:?} begins with `-`, which ssh would read as an option; no host's name does")]
    Option {
        /// What was given, cut and without control characters.
        text: String,
    },
    /// It has characters that no name has.
    #[error("{text:?} has {what} in it; a host's name is letters, digits, `.`, `_`, `:` and `-`")]
    Characters {
        /// What was given, cut and without control characters.
        text: String,
        /// What kind of character.
        what: &'static str,
    },
    /// There is no such host.
    #[error(
        "no host is named {name}{}",
        did_you_mean(
            nearest,
            "add it to [hosts] in the settings, an Ansible inventory or ssh_config"
        )
    )]
    UnknownHost {
        /// The name.
        name: String,
        /// The names that are nearest to it.
        nearest: Vec<String>,
    },
    /// There is no such group.
    #[error(
        "no group is named @{name}{}",
        did_you_mean(nearest, "`sickbay hosts list` shows the groups")
    )]
    UnknownGroup {
        /// The name.
        name: String,
        /// The groups that are nearest to it.
        nearest: Vec<String>,
    },
    /// No host has these labels.
    #[error("no host has the labels {labels}; `sickbay hosts list` shows the labels")]
    NoSuchLabels {
        /// The labels.
        labels: String,
    },
    /// A label expression is not one.
    #[error("{text:?} is not a list of label=value; write role=web,env=prod")]
    Labels {
        /// What was given.
        text: String,
    },
    /// An address that is in no inventory.
    #[error(
        "{text} is an address, not a name of the inventory; add the host, or allow it with `raw_addresses = true` in [inventory]"
    )]
    RawAddress {
        /// The address.
        text: String,
    },
    /// There is nothing to choose from.
    #[error(
        "there is no host in the inventory; add [hosts] to the settings or give --inventory FILE or --ssh-config FILE"
    )]
    NoHosts,
}

fn did_you_mean(nearest: &[String], otherwise: &str) -> String {
    if nearest.is_empty() {
        format!("; {otherwise}")
    } else {
        format!("; did you mean {}?", nearest.join(", "))
    }
}

impl Inventory {
    /// The hosts that a target names, each once, in the order in which they were named.
    ///
    /// # Errors
    /// [`TargetError`] says what is wrong with the words and which would be right.
    pub fn select(&self, target: &str) -> Result<Vec<Host>, TargetError> {
        let shown = || {
            target
                .chars()
                .filter(|c| !c.is_control())
                .take(120)
                .collect::<String>()
        };
        if target.contains(char::is_control) {
            let what = if target.contains(['\n', '\r']) {
                "a line break"
            } else {
                "a control character"
            };
            return Err(TargetError::Characters {
                text: shown(),
                what,
            });
        }
        let target = target.trim();
        if target.is_empty() {
            return Err(TargetError::Empty);
        }
        if target.starts_with('-') {
            return Err(TargetError::Option { text: shown() });
        }
        if target.contains('=') {
            return self.by_labels(target);
        }
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for word in target.split(',').map(str::trim) {
            let hosts = match word {
                "" => return Err(TargetError::Empty),
                "all" if !self.hosts.keys().any(|name| name.as_str() == "all") => {
                    self.group("all")?
                }
                word => match word.strip_prefix('@') {
                    Some(group) => self.group(group)?,
                    None => vec![self.one(word)?],
                },
            };
            found.extend(
                hosts
                    .into_iter()
                    .filter(|host| seen.insert(host.name.clone())),
            );
        }
        Ok(found)
    }

    fn one(&self, word: &str) -> Result<Host, TargetError> {
        let text: String = word.chars().take(120).collect();
        if word.starts_with('-') {
            return Err(TargetError::Option { text });
        }
        let Ok(name) = HostName::new(word) else {
            let what = if word.contains(char::is_whitespace) {
                "a space"
            } else {
                "a character that is not allowed"
            };
            return Err(TargetError::Characters { text, what });
        };
        self.host(&name).ok_or_else(|| {
            if word.parse::<std::net::IpAddr>().is_ok() {
                return TargetError::RawAddress { text };
            }
            let names = self.hosts.keys().map(HostName::as_str).chain(["localhost"]);
            TargetError::UnknownHost {
                nearest: nearest(word, names),
                name: text,
            }
        })
    }

    fn group(&self, group: &str) -> Result<Vec<Host>, TargetError> {
        if group == "all" {
            // Somebody's ssh_config also names hosts that are none of ours; it counts only where it is all there is.
            let all: Vec<Host> = self
                .hosts
                .values()
                .filter(|host| self.declared.is_empty() || self.declared.contains(&host.name))
                .cloned()
                .collect();
            return if all.is_empty() {
                Err(TargetError::NoHosts)
            } else {
                Ok(all)
            };
        }
        let members: Vec<Host> = self
            .hosts
            .values()
            .filter(|host| host.groups.contains(group))
            .cloned()
            .collect();
        if members.is_empty() {
            let groups: BTreeSet<&str> = self
                .hosts
                .values()
                .flat_map(|host| host.groups.iter().map(String::as_str))
                .collect();
            return Err(TargetError::UnknownGroup {
                nearest: nearest(group, groups.into_iter().chain(["all"])),
                name: group.chars().take(120).collect(),
            });
        }
        Ok(members)
    }

    fn by_labels(&self, target: &str) -> Result<Vec<Host>, TargetError> {
        let mut wanted = BTreeMap::new();
        for pair in target.split(',') {
            match pair.trim().split_once('=') {
                Some((key, value))
                    if !key.is_empty() && !value.is_empty() && !value.contains('=') =>
                {
                    wanted.insert(key, value);
                }
                _ => {
                    return Err(TargetError::Labels {
                        text: target.chars().take(120).collect(),
                    });
                }
            }
        }
        let fits = |host: &&Host| {
            wanted
                .iter()
                .all(|(key, value)| host.labels.get(*key).is_some_and(|have| have == value))
        };
        let found: Vec<Host> = self.hosts.values().filter(fits).cloned().collect();
        if found.is_empty() {
            return Err(TargetError::NoSuchLabels {
                labels: target.chars().take(120).collect(),
            });
        }
        Ok(found)
    }
}

/// At most three names that a person may have meant, the nearest first.
fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let word: String = word.chars().take(120).collect::<String>().to_lowercase();
    let limit = (word.chars().count() / 3).max(2);
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (distance(&word, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            *distance <= limit || (word.len() >= 3 && name.to_lowercase().starts_with(&word))
        })
        .collect();
    near.sort();
    near.into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// How many letters have to be changed, added, left out or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&row, j) + usize::from(x != y))
                .min(at(&row, j + 1) + 1)
                .min(at(&next, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}
