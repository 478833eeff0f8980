//! Which hosts there are and how a target's words become hosts: nothing is reached that is not named here.

mod ansible;
mod ansible_ini;
mod ansible_yaml;
mod openssh;
mod range;
mod select;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use incident::HostName;
use serde::Deserialize;

pub use select::TargetError;

/// A host that can be reached by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name, which is also what ssh is told, so that the user's ssh configuration goes on to hold for it.
    pub name: HostName,
    /// The groups it is in, those above them included.
    pub groups: BTreeSet<String>,
    /// Its labels, such as `role` = `web`.
    pub labels: BTreeMap<String, String>,
    /// How it is reached.
    pub way: Way,
    /// How to become root there.
    pub become_root: BecomeRoot,
    /// Where it was declared, for people: `inventory.ini:4`.
    pub declared: String,
}

/// How a host is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// It is this machine.
    Local,
    /// Over SSH. What is not given here is left to ssh and its configuration.
    Ssh(Address),
}

/// What the inventory adds to ssh's own configuration for a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Name or address to connect to.
    pub host: Option<String>,
    /// Port.
    pub port: Option<u16>,
    /// Account.
    pub user: Option<String>,
    /// Private key.
    pub identity_file: Option<PathBuf>,
    /// Hosts to go through.
    pub proxy_jump: Option<String>,
}

/// How Sickbay is to become root on a host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BecomeRoot {
    /// As root if the login is root, else `sudo -n`, else not at all.
    #[default]
    Auto,
    /// `sudo -n`, as far as the site allows.
    Sudo,
    /// Through the root-owned helpers, the only sudoers entries.
    Enrolled,
    /// Not at all.
    None,
}

/// A host of the settings file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// Name or address to connect to; without it ssh resolves the host's own name.
    pub address: Option<String>,
    /// Port.
    pub port: Option<u16>,
    /// Account.
    pub user: Option<String>,
    /// Groups it is in.
    pub groups: BTreeSet<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// How to become root.
    pub privilege: BecomeRoot,
    /// Hosts to go through, as in ssh's `ProxyJump`.
    pub proxy_jump: Option<String>,
    /// Private key.
    pub identity_file: Option<PathBuf>,
}

/// Why an inventory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// The file cannot be read.
    #[error(
        "cannot read the inventory {path}; check that it exists and that this account may read it"
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Something in it is wrong.
    #[error("{path}:{line}: {what}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong and what is allowed.
        what: String,
    },
    /// A host of the settings file is wrong.
    #[error("[hosts.{name}]: {what}")]
    Entry {
        /// The host as it was written, cut at 80 characters.
        name: String,
        /// What is wrong and what is allowed.
        what: String,
    },
}

/// All hosts there are, from every source.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    hosts: BTreeMap<HostName, Host>,
    /// Hosts that stand in an inventory, not merely in somebody's ssh configuration.
    declared: BTreeSet<HostName>,
    raw_addresses: bool,
}

impl Inventory {
    /// An inventory that knows only this machine, as `localhost`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets a name that is in no inventory stand for itself.
    pub fn allow_raw_addresses(&mut self) {
        self.raw_addresses = true;
    }

    /// Adds a host of the settings file. Add these first: what is said first about a host holds.
    ///
    /// # Errors
    /// [`InventoryError::Entry`] when the name or a value could be misread by ssh.
    pub fn add_entry(&mut self, name: &str, entry: Entry) -> Result<(), InventoryError> {
        let address = Address {
            host: entry.address,
            port: entry.port,
            user: entry.user,
            identity_file: entry.identity_file,
            proxy_jump: entry.proxy_jump,
        };
        let found = (|| {
            address.check()?;
            Ok(Host {
                name: HostName::new(name).map_err(|bad| bad.to_string())?,
                groups: entry.groups,
                labels: entry.labels,
                way: Way::Ssh(address),
                become_root: entry.privilege,
                declared: format!("settings, [hosts.{name}]"),
            })
        })();
        let host = found.map_err(|what: String| InventoryError::Entry {
            name: name.chars().filter(|c| !c.is_control()).take(80).collect(),
            what,
        })?;
        self.declare(host);
        Ok(())
    }

    /// Adds the hosts of an Ansible inventory, INI or YAML.
    ///
    /// # Errors
    /// [`InventoryError`] names the file and the line.
    pub fn add_ansible(&mut self, path: &Path) -> Result<(), InventoryError> {
        for host in ansible::read(path)? {
            self.declare(host);
        }
        Ok(())
    }

    /// Adds the literal aliases of an OpenSSH client configuration and of what it includes. Add it last.
    ///
    /// # Errors
    /// [`InventoryError`] names the file and the line.
    pub fn add_ssh_config(&mut self, path: &Path) -> Result<(), InventoryError> {
        for (name, declared) in openssh::aliases(path)? {
            self.hosts
                .entry(name.clone())
                .or_insert_with(|| Host::plain(name, declared));
        }
        Ok(())
    }

    /// Every host, by name.
    pub fn hosts(&self) -> impl Iterator<Item = &Host> {
        self.hosts.values()
    }

    /// The host of this exact name; `localhost` is always there.
    #[must_use]
    pub fn host(&self, name: &HostName) -> Option<Host> {
        if let Some(host) = self.hosts.get(name) {
            return Some(host.clone());
        }
        if name.as_str() == "localhost" {
            return Some(Host::local());
        }
        self.raw_addresses
            .then(|| Host::plain(name.clone(), "the command line".to_owned()))
    }

    /// What was said first about a host's connection holds; groups and labels add up.
    fn declare(&mut self, host: Host) {
        self.declared.insert(host.name.clone());
        let Some(known) = self.hosts.get_mut(&host.name) else {
            self.hosts.insert(host.name.clone(), host);
            return;
        };
        known.groups.extend(host.groups);
        for (key, value) in host.labels {
            known.labels.entry(key).or_insert(value);
        }
        if let (Way::Ssh(known), Way::Ssh(other)) = (&mut known.way, host.way) {
            known.fill(other);
        }
    }
}

impl Host {
    /// This machine.
    #[must_use]
    pub fn local() -> Self {
        Self {
            name: HostName::localhost(),
            groups: BTreeSet::new(),
            labels: BTreeMap::new(),
            way: Way::Local,
            become_root: BecomeRoot::Auto,
            declared: "always there".to_owned(),
        }
    }

    /// A host of which only the name is known; ssh knows the rest.
    fn plain(name: HostName, declared: String) -> Self {
        Self {
            name,
            groups: BTreeSet::new(),
            labels: BTreeMap::new(),
            way: Way::Ssh(Address::default()),
            become_root: BecomeRoot::Auto,
            declared,
        }
    }

    /// The same host, logged in to as somebody else.
    pub(crate) fn logged_in_as(&self, login: Option<&str>) -> Result<Self, String> {
        let mut host = self.clone();
        if let (Way::Ssh(address), Some(login)) = (&mut host.way, login) {
            address.user = Some(login.to_owned());
            address.check()?;
        }
        Ok(host)
    }

    /// Whether it is this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.way == Way::Local
    }
}

impl Address {
    fn fill(&mut self, other: Self) {
        self.host = self.host.take().or(other.host);
        self.port = self.port.or(other.port);
        self.user = self.user.take().or(other.user);
        self.identity_file = self.identity_file.take().or(other.identity_file);
        self.proxy_jump = self.proxy_jump.take().or(other.proxy_jump);
    }

    /// Refuses what ssh, or a `ProxyCommand` that gets it as `%h`, could take for something else.
    fn check(&self) -> Result<(), String> {
        word("address", self.host.as_deref(), "._:%-")?;
        word("user", self.user.as_deref(), "._@+-\\")?;
        word("proxy_jump", self.proxy_jump.as_deref(), "._:@,[]%-")?;
        if self.port == Some(0) {
            return Err("port 0 is no port; use 1 to 65535".to_owned());
        }
        let path = self
            .identity_file
            .as_ref()
            .map(|path| path.to_string_lossy());
        if path.is_some_and(|path| path.contains(['"', '\\']) || path.contains(char::is_control)) {
            return Err("identity_file has a quote, a backslash or a control character in its name; rename the file".to_owned());
        }
        Ok(())
    }
}

/// Checks a value that ends up in ssh's configuration.
fn word(what: &str, value: Option<&str>, extra: &str) -> Result<(), String> {
    let Some(value) = value else { return Ok(()) };
    let shown: String = value.chars().filter(|c| !c.is_control()).take(80).collect();
    if value.is_empty() {
        return Err(format!("{what} is empty; leave it out or give it a value"));
    }
    if value.starts_with('-') {
        return Err(format!(
            "{what} {shown:?} begins with `-`, which ssh reads as an option"
        ));
    }
    if value.len() > 1024
        || !value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
    {
        return Err(format!(
            "{what} {shown:?} has a character that is not allowed; use letters, digits and {}",
            extra
                .chars()
                .map(|c| format!("`{c}`"))
                .collect::<Vec<_>>()
                .join(" ")
        ));
    }
    Ok(())
}

/// The text of an inventory file, at most 8 MiB, invalid UTF-8 refused with its line.
fn read_text(path: &Path) -> Result<String, InventoryError> {
    let read = || {
        const MOST: u64 = 8 << 20;
        let file = std::fs::File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(std::io::Error::other("it is a directory; name the file"));
        }
        // A device has no size and no end, so what counts is what comes out of it.
        let mut bytes = Vec::new();
        file.take(MOST + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|size| size > MOST) {
            return Err(std::io::Error::other("it is larger than 8 MiB"));
        }
        Ok(bytes)
    };
    let bytes = read().map_err(|source| InventoryError::Read {
        path: path.to_owned(),
        source,
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..good).unwrap_or_default();
        InventoryError::Malformed {
            path: path.to_owned(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            what: "the text is not UTF-8".to_owned(),
        }
    })
}
