//! What INI and YAML inventories of Ansible have in common: groups, their children, their variables, and what of it counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use incident::HostName;

use super::{Address, BecomeRoot, Host, InventoryError, Way, ansible_ini, ansible_yaml, read_text};

/// Variables of a host or a group, each with the line where it stands.
pub(super) type Vars = BTreeMap<String, (String, usize)>;

/// An inventory as it was written.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Variables said of the host itself, and the line of its first mention.
    pub(super) hosts: BTreeMap<String, (Vars, usize)>,
    pub(super) groups: BTreeMap<String, Group>,
}

#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) hosts: BTreeSet<String>,
    pub(super) children: BTreeSet<String>,
    pub(super) vars: Vars,
}

/// What is wrong on which line.
pub(super) struct Wrong(pub(super) usize, pub(super) String);

pub(super) fn read(path: &Path) -> Result<Vec<Host>, InventoryError> {
    let text = read_text(path)?;
    let malformed = |Wrong(line, what)| InventoryError::Malformed {
        path: path.to_owned(),
        line,
        what,
    };
    let written = if is_yaml(path, &text) {
        ansible_yaml::parse(&text)
    } else {
        ansible_ini::parse(&text)
    };
    let written = written.map_err(malformed)?;
    written.resolve(path).map_err(malformed)
}

fn is_yaml(path: &Path, text: &str) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("yml" | "yaml" | "json") => true,
        Some("ini") => false,
        _ => text
            .lines()
            .map(str::trim_end)
            .find(|line| !line.trim().is_empty() && !line.starts_with(['#', ';']))
            .is_some_and(|line| {
                line == "---"
                    || line.starts_with('{')
                    || (line.ends_with(':') && !line.starts_with('['))
            }),
    }
}

impl Written {
    fn resolve(&self, path: &Path) -> Result<Vec<Host>, Wrong> {
        for (name, group) in &self.groups {
            if self.above(name).contains(name) {
                let line = group
                    .vars
                    .values()
                    .map(|(_, line)| *line)
                    .min()
                    .unwrap_or(1);
                return Err(Wrong(
                    line,
                    format!("group `{name}` is among its own children"),
                ));
            }
        }
        self.hosts
            .iter()
            .map(|(name, (vars, line))| self.host(path, name, vars, *line))
            .collect()
    }

    /// The groups above a group, at any height.
    fn above(&self, name: &str) -> BTreeSet<String> {
        let mut above = BTreeSet::new();
        let mut fresh = vec![name.to_owned()];
        while let Some(child) = fresh.pop() {
            for (parent, group) in &self.groups {
                if group.children.contains(&child) && above.insert(parent.clone()) {
                    fresh.push(parent.clone());
                }
            }
        }
        above
    }

    fn host(&self, path: &Path, name: &str, own: &Vars, line: usize) -> Result<Host, Wrong> {
        let host_name = HostName::new(name).map_err(|bad| Wrong(line, bad.to_string()))?;
        // The nearer a group is to the host, the more groups are above it, and the later its variables are laid on.
        let mut groups: BTreeMap<String, usize> = BTreeMap::new();
        for (group, members) in &self.groups {
            if members.hosts.contains(name) {
                let above = self.above(group);
                groups.insert(group.clone(), above.len() + 1);
                for parent in above {
                    let height = self.above(&parent).len() + 1;
                    groups.insert(parent, height);
                }
            }
        }
        groups.insert("all".to_owned(), 0);
        let mut in_order: Vec<(&usize, &String)> =
            groups.iter().map(|(name, height)| (height, name)).collect();
        in_order.sort();
        let mut vars = Vars::new();
        for (_, group) in in_order {
            if let Some(group) = self.groups.get(group) {
                vars.extend(group.vars.clone());
            }
        }
        vars.extend(own.clone());
        groups.remove("all");
        let used = Used(&vars);
        let way = match used.first(&["ansible_connection"])? {
            Some(("local", _)) => Way::Local,
            Some((
                "ssh" | "smart" | "openssh" | "paramiko" | "paramiko_ssh" | "ansible.builtin.ssh",
                _,
            ))
            | None => Way::Ssh(used.address(line)?),
            Some((other, line)) => {
                return Err(Wrong(
                    line,
                    format!(
                        "ansible_connection={other} cannot be used; Sickbay knows ssh and local"
                    ),
                ));
            }
        };
        Ok(Host {
            name: host_name,
            groups: groups.into_keys().collect(),
            labels: labels(&vars),
            way,
            become_root: used.become_root()?,
            declared: format!("{}:{line}", path.display()),
        })
    }
}

/// The variables that say how to connect.
struct Used<'a>(&'a Vars);

impl Used<'_> {
    fn first(&self, names: &[&str]) -> Result<Option<(&str, usize)>, Wrong> {
        for name in names {
            if let Some((value, line)) = self.0.get(*name) {
                if value.contains("{{") {
                    return Err(Wrong(
                        *line,
                        format!(
                            "{name} is a template, which Sickbay does not evaluate; write the value itself"
                        ),
                    ));
                }
                return Ok(Some((value, *line)));
            }
        }
        Ok(None)
    }

    /// Ansible's own `become` says what Ansible may do; what Sickbay may do has a name of its own.
    fn become_root(&self) -> Result<BecomeRoot, Wrong> {
        match self.first(&["sickbay_privilege"])? {
            None | Some(("auto", _)) => Ok(BecomeRoot::Auto),
            Some(("sudo", _)) => Ok(BecomeRoot::Sudo),
            Some(("enrolled", _)) => Ok(BecomeRoot::Enrolled),
            Some(("none", _)) => Ok(BecomeRoot::None),
            Some((other, line)) => Err(Wrong(
                line,
                format!("sickbay_privilege={other} is not known; use auto, sudo, enrolled or none"),
            )),
        }
    }

    fn address(&self, line: usize) -> Result<Address, Wrong> {
        let text = |names: &[&str]| Ok(self.first(names)?.map(|(value, _)| value.to_owned()));
        let port = match self.first(&["ansible_port", "ansible_ssh_port"])? {
            None => None,
            Some((value, line)) => Some(value.parse::<u16>().map_err(|_bad| {
                Wrong(
                    line,
                    format!("ansible_port {value:?} is no port; use 1 to 65535"),
                )
            })?),
        };
        let mut proxy_jump = None;
        for name in ["ansible_ssh_common_args", "ansible_ssh_extra_args"] {
            if let Some((value, _)) = self.first(&[name])? {
                proxy_jump = proxy_jump.or_else(|| jump_of(value));
            }
        }
        let address = Address {
            host: text(&["ansible_host", "ansible_ssh_host"])?,
            port,
            user: text(&["ansible_user", "ansible_ssh_user"])?,
            identity_file: text(&["ansible_ssh_private_key_file", "ansible_private_key_file"])?
                .map(PathBuf::from),
            proxy_jump,
        };
        address.check().map_err(|what| Wrong(line, what))?;
        Ok(address)
    }
}

/// The jump host in extra arguments for ssh: `-J HOST`, `-o ProxyJump=HOST`. Other arguments stay ssh's and Ansible's.
fn jump_of(arguments: &str) -> Option<String> {
    let mut words = arguments
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']));
    while let Some(word) = words.next() {
        let value = if word == "-J" {
            words.next()
        } else if let Some(jump) = word.strip_prefix("-J") {
            Some(jump)
        } else {
            let option = if word == "-o" {
                words.next()?
            } else {
                word.strip_prefix("-o").unwrap_or("")
            };
            option.strip_prefix("ProxyJump=")
        };
        if let Some(value) = value {
            return Some(value.to_owned());
        }
    }
    None
}

/// Plain short values of variables serve as labels; what could be a secret does not.
fn labels(vars: &Vars) -> BTreeMap<String, String> {
    let secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["pass", "secret", "token", "key", "credential", "vault"]
            .iter()
            .any(|word| name.contains(word))
    };
    vars.iter()
        .filter(|(name, (value, _))| {
            !name.starts_with("ansible_")
                && !name.starts_with("sickbay_")
                && !secret(name)
                && (1..=63).contains(&value.len())
                && value
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        })
        .map(|(name, (value, _))| (name.clone(), value.clone()))
        .collect()
}
