//! What ssh is told: our own terms first, since it keeps the first value that it finds, then the user's configuration.
//!
//! Strict host keys and no surprises stand before everything. Names, keys, agents, certificates and jump hosts stay with
//! the user's own files, which are included whole. A jump host is reached by an ssh that our command line does not reach,
//! so all of this stands in a file.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use incident::HostName;
use sha2::{Digest as _, Sha256};

use crate::inventory::{Address, Host, Inventory, Way};

/// What all connections share.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The OpenSSH client configuration to take hosts and their options from.
    pub ssh_config: Option<PathBuf>,
    /// Host keys that were enrolled; `known_hosts` format. It is asked besides the user's own files.
    pub known_hosts: PathBuf,
    /// Where control sockets are made; short, and ours alone. Left empty, a place is found.
    pub sockets: PathBuf,
    /// The version of the helpers that enrolled hosts should have; empty where it does not matter.
    pub helpers: String,
    /// Prefer curve25519 in the key exchange: less CPU with old clients, no post-quantum protection there.
    pub fast_key_exchange: bool,
}

/// Before all else, for every host and every jump host.
const TERMS: &str = "\
Host *
  BatchMode yes
  StrictHostKeyChecking yes
  VerifyHostKeyDNS no
  NoHostAuthenticationForLocalhost no
  UpdateHostKeys no
  FingerprintHash sha256
  VisualHostKey no
  PasswordAuthentication no
  KbdInteractiveAuthentication no
  ForwardAgent no
  ForwardX11 no
  ClearAllForwardings yes
  PermitLocalCommand no
  RemoteCommand none
  Tunnel no
  RequestTTY no
  EscapeChar none
  ConnectionAttempts 1
  ServerAliveInterval 10
  ServerAliveCountMax 3
  Compression yes
";

/// Where nobody has said otherwise.
const DEFAULTS: &str = "\
Host *
  ConnectTimeout 8
";

/// The client configuration for one host.
pub(crate) fn config(host: &Host, inventory: &Inventory, options: &Options) -> String {
    let mut text = TERMS.to_owned();
    // Ours stands where a system's keys stand, so that the user's own file goes on to be asked.
    if !options.known_hosts.as_os_str().is_empty() {
        let known = quoted(&options.known_hosts, true);
        line(
            &mut text,
            "GlobalKnownHostsFile",
            Some(&format!(
                "{known} /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2"
            )),
        );
    }
    if options.fast_key_exchange {
        line(&mut text, "KexAlgorithms", Some("^curve25519-sha256"));
    }
    if let Way::Ssh(address) = &host.way {
        stanza(&mut text, host.name.as_str(), address);
    }
    for (jump, address) in jumps(host, inventory) {
        stanza(&mut text, &jump, &address.unwrap_or_default());
        // All that go through it share one connection to it: a bastion's sshd drops the eleventh newcomer.
        line(&mut text, "ControlMaster", Some("auto"));
        line(&mut text, "ControlPersist", Some("no"));
        line(
            &mut text,
            "ControlPath",
            Some(&quoted(&options.sockets.join(jump_socket(&jump)), true)),
        );
    }
    let user = user_config();
    let chosen = options
        .ssh_config
        .as_ref()
        .map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    text.push_str("Host *\n");
    if let Some(path) = &chosen {
        line(&mut text, "Include", Some(&quoted(path, false)));
    }
    // As ssh itself has it: a file that was named stands alone, the user's own stands before the system's.
    if chosen.is_none() || chosen == user {
        text.push_str("Host *\n");
        line(&mut text, "Include", Some("/etc/ssh/ssh_config"));
    }
    text.push_str(DEFAULTS);
    text
}

fn line(text: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        // Writing to a string cannot fail.
        writeln!(text, "  {key} {value}").ok();
    }
}

fn stanza(text: &mut String, name: &str, way: &Address) {
    writeln!(text, "Host {name}").ok();
    // `%` begins a token there.
    line(
        text,
        "HostName",
        way.host
            .as_deref()
            .map(|host| host.replace('%', "%%"))
            .as_deref(),
    );
    line(
        text,
        "Port",
        way.port.map(|port| port.to_string()).as_deref(),
    );
    line(text, "User", way.user.as_deref());
    line(text, "ProxyJump", way.proxy_jump.as_deref());
    let key = way.identity_file.as_ref().map(|path| quoted(path, true));
    line(text, "IdentityFile", key.as_deref());
}

/// The hosts that one goes through, with what the inventory says of them; those that only ssh knows have nothing.
fn jumps(host: &Host, inventory: &Inventory) -> Vec<(String, Option<Address>)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([host.name.to_string()]);
    let mut open = vec![host.way.clone()];
    while let Some(way) = open.pop() {
        let Way::Ssh(Address {
            proxy_jump: Some(through),
            ..
        }) = way
        else {
            continue;
        };
        for name in through.split(',').map(hop_name) {
            if seen.len() >= 16
                || name.is_empty()
                || name == "none"
                || !seen.insert(name.to_owned())
            {
                continue;
            }
            let known = HostName::new(name)
                .ok()
                .and_then(|name| inventory.host(&name));
            let address = known.map(|host| {
                open.push(host.way.clone());
                match host.way {
                    Way::Ssh(address) => address,
                    Way::Local => Address::default(),
                }
            });
            found.push((name.to_owned(), address));
        }
    }
    found
}

/// `ops@bastion:2222` without account and port.
pub(crate) fn hop_name(hop: &str) -> &str {
    let hop = hop.trim().rsplit('@').next().unwrap_or("");
    match hop.strip_prefix('[') {
        Some(inside) => inside.split(']').next().unwrap_or(""),
        None => hop.split(':').next().unwrap_or(""),
    }
}

fn jump_socket(jump: &str) -> String {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(jump.as_bytes()));
    format!("j{}", hash.get(..12).unwrap_or(""))
}

/// Whose sshd takes the connection: what connections in the making are counted by.
pub(crate) fn door(host: &Host) -> String {
    match &host.way {
        Way::Local => String::new(),
        Way::Ssh(address) => address
            .proxy_jump
            .as_deref()
            .and_then(|through| through.split(',').next())
            .map(|hop| hop_name(hop).to_owned())
            .or_else(|| address.host.clone())
            .unwrap_or_else(|| host.name.to_string()),
    }
}

/// A path as a value; `tokens` where ssh reads `%` as the beginning of one.
fn quoted(path: &Path, tokens: bool) -> String {
    let path = path.display().to_string();
    format!(
        "\"{}\"",
        if tokens {
            path.replace('%', "%%")
        } else {
            path
        }
    )
}

fn user_config() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("HOME")?).join(".ssh/config"))
}

/// Where control sockets may be made, the best place first: a socket's path may have 108 bytes, and ssh adds 17 of its own.
fn places_for_sockets() -> impl Iterator<Item = PathBuf> {
    let uid = rustix::process::getuid().as_raw();
    let wanted = std::env::var_os("XDG_RUNTIME_DIR")
        .map(|dir| PathBuf::from(dir).join("sickbay"))
        .filter(|path| path.as_os_str().len() <= 60 && path.is_absolute())
        .or_else(|| (uid == 0).then(|| PathBuf::from("/run/sickbay-ssh")));
    wanted
        .into_iter()
        .chain([PathBuf::from(format!("/tmp/sickbay-{uid}"))])
}

/// Whether a directory is one of this user's alone.
fn ours_alone(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let uid = rustix::process::getuid().as_raw();
    let about = std::fs::symlink_metadata(path)?;
    if about.is_dir() && about.uid() == uid && about.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(std::io::Error::other(
        "it is not a directory of this user's alone",
    ))
}

/// A short directory of our own for control sockets.
pub(crate) fn sockets() -> Result<PathBuf, (PathBuf, std::io::Error)> {
    use std::os::unix::fs::DirBuilderExt as _;
    serving(|path| {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)?;
        ours_alone(path)
    })
}

/// The same one, where it is there or could be made. Nothing is made.
pub(crate) fn place_for_sockets() -> Result<PathBuf, (PathBuf, std::io::Error)> {
    use rustix::fs::Access;
    serving(|path| match ours_alone(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let above = path.parent().unwrap_or(path);
            Ok(rustix::fs::access(
                above,
                Access::WRITE_OK | Access::EXEC_OK,
            )?)
        }
        looked => looked,
    })
}

/// The first place for control sockets that serves, or the last with why it does not.
fn serving(
    serves: impl Fn(&Path) -> std::io::Result<()>,
) -> Result<PathBuf, (PathBuf, std::io::Error)> {
    let mut last = (
        PathBuf::new(),
        std::io::Error::from(std::io::ErrorKind::NotFound),
    );
    for path in places_for_sockets() {
        match serves(&path) {
            Ok(()) => return Ok(path),
            Err(error) => last = (path, error),
        }
    }
    Err(last)
}

/// Removes what a process that was killed left behind: sockets nobody listens on, configurations older than a day.
pub(crate) fn sweep(sockets: &Path) {
    let old = |path: &Path| {
        let age = std::fs::symlink_metadata(path)
            .and_then(|about| about.modified())
            .ok()
            .and_then(|at| at.elapsed().ok());
        age.is_some_and(|age| age.as_secs() > 86_400)
    };
    for entry in std::fs::read_dir(sockets).into_iter().flatten().flatten() {
        let path = entry.path();
        let ours = entry
            .file_name()
            .to_string_lossy()
            .starts_with(['m', 'c', 'j', 'e']);
        if ours && old(&path) && std::os::unix::net::UnixStream::connect(&path).is_err() {
            let _gone = std::fs::remove_file(&path);
        }
    }
}
