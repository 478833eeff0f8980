//! What this machine has for reaching hosts: its ssh client, keys, agent and the host keys that it knows. It is looked at
//! without reaching any host, and nothing is changed.

use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::client::{self, Options};
use crate::inventory::{Host, Inventory, Way};
use crate::trouble::fingerprint;

#[cfg(test)]
mod tests;

/// How long a program of OpenSSH may take; none of these goes to the network, but a configuration may look names up.
const LIMIT: Duration = Duration::from_secs(10);
/// The bytes of a socket's path, its end included, as the kernel has it.
const SOCKET_PATH: usize = 108;
/// What ssh puts behind a control socket's name while it makes it.
const SSH_ADDS: usize = 17;
/// `/m` and the letters of a connection.
const NAME: usize = 14;

/// What the ssh client says of its version.
///
/// # Errors
/// Where it does not start.
pub async fn client_version() -> Result<String, String> {
    let ran = run("ssh", &["-V"]).await?;
    Ok(short(&ran.said))
}

/// The agent that keeps keys open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agent {
    /// `SSH_AUTH_SOCK` names none.
    None,
    /// It answers; the keys that it holds, each as in a file of public keys.
    Holds(Vec<String>),
    /// One is named, and does not answer: why.
    Silent(String),
}

impl Agent {
    /// Whether it holds the key of this line.
    #[must_use]
    pub fn holds(&self, public: &str) -> bool {
        match self {
            Self::Holds(keys) => keys
                .iter()
                .any(|key| blob(key).is_some() && blob(key) == blob(public)),
            Self::None | Self::Silent(_) => false,
        }
    }
}

/// Asks the agent that `SSH_AUTH_SOCK` names what it holds.
pub async fn agent() -> Agent {
    let named = std::env::var_os("SSH_AUTH_SOCK").is_some_and(|path| !path.is_empty());
    if !named {
        return Agent::None;
    }
    match run("ssh-add", &["-L"]).await {
        // One that holds nothing says so in words.
        Ok(ran) if ran.code == Some(0) => Agent::Holds(
            ran.printed
                .lines()
                .filter(|line| blob(line).is_some())
                .map(str::to_owned)
                .collect(),
        ),
        Ok(ran) if ran.code == Some(1) => Agent::Holds(Vec::new()),
        Ok(ran) => Agent::Silent(short(&ran.said)),
        Err(why) => Agent::Silent(why),
    }
}

/// Where control sockets are made, and how long the path of one is: its bytes, and those that the kernel takes.
///
/// # Errors
/// The place that does not serve, and why.
pub fn control_sockets() -> Result<(PathBuf, usize, usize), (PathBuf, String)> {
    let dir = client::place_for_sockets().map_err(|(path, error)| (path, error.to_string()))?;
    let length = dir.as_os_str().len() + NAME + SSH_ADDS;
    Ok((dir, length, SOCKET_PATH))
}

/// A private key's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// There is none.
    Missing,
    /// Others may read it, so ssh does not take it.
    Open {
        /// Its mode.
        mode: u32,
    },
    /// It cannot be read, or is none.
    Bad(String),
    /// A passphrase protects it, so only an agent that holds it can use it.
    Locked {
        /// The public key that lies beside it, where one does.
        public: Option<String>,
    },
    /// It can be used.
    Good {
        /// `SHA256:…`.
        fingerprint: String,
        /// Whether the public key beside it is of this one; none where none lies there.
        matches: Option<bool>,
    },
}

/// Looks at a private key's file.
pub async fn key(path: &Path) -> Key {
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Key::Missing,
        Err(error) => return Key::Bad(error.to_string()),
    };
    let ours = about.uid() == rustix::process::geteuid().as_raw();
    if ours && about.mode() & 0o077 != 0 {
        return Key::Open {
            mode: about.mode() & 0o7777,
        };
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    let public = std::fs::read_to_string(PathBuf::from(beside)).ok();
    let public = public.and_then(|text| text.lines().next().map(str::to_owned));
    let file = path.display().to_string();
    let ran = match run("ssh-keygen", &["-y", "-P", "", "-f", &file]).await {
        Ok(ran) => ran,
        Err(why) => return Key::Bad(why),
    };
    if ran.code != Some(0) {
        return if ran.said.contains("passphrase") {
            Key::Locked { public }
        } else {
            Key::Bad(short(&ran.said))
        };
    }
    let own = ran.printed.lines().next().unwrap_or("");
    match fingerprint(own) {
        Some(fingerprint) => Key::Good {
            fingerprint,
            matches: public.map(|public| blob(&public) == blob(own)),
        },
        None => Key::Bad("ssh-keygen does not say its public part".to_owned()),
    }
}

/// What ssh would do for a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prospect {
    /// Whether it is this machine, which needs neither.
    pub local: bool,
    /// Whether a key of the host is known; none where a program of the site's own says which are.
    pub known: Option<bool>,
    /// The files of private keys that ssh would try, whether they are there or not.
    pub keys: Vec<PathBuf>,
}

/// Asks ssh what it would do for a host, and whether it would know the host's key. Nothing is connected to.
///
/// # Errors
/// What OpenSSH says where it does not take its configuration.
pub async fn prospect(
    host: &Host,
    inventory: &Inventory,
    options: &Options,
) -> Result<Prospect, String> {
    if host.is_local() {
        return Ok(Prospect {
            local: true,
            known: Some(true),
            keys: Vec::new(),
        });
    }
    let text = client::config(host, inventory, options);
    let config = in_memory(&text).map_err(|error| error.to_string())?;
    // ssh closes what it inherits, so it is told the name that the file has with us.
    let us = rustix::process::getpid().as_raw_nonzero();
    let path = format!("/proc/{us}/fd/{}", config.as_raw_fd());
    let ran = run("ssh", &["-G", "-F", &path, "--", host.name.as_str()]).await?;
    drop(config);
    if ran.code != Some(0) {
        return Err(short(&ran.said));
    }
    let says = |key: &str| {
        let key = format!("{key} ");
        let lines = ran.printed.lines();
        lines.filter_map(move |line| line.strip_prefix(&key).map(str::to_owned))
    };
    let keys = says("identityfile").map(|path| at_home(&path)).collect();
    let custom = says("knownhostscommand").any(|command| command != "none");
    let mut files: Vec<PathBuf> = ["userknownhostsfile", "globalknownhostsfile"]
        .iter()
        .flat_map(|key| says(key).collect::<Vec<_>>())
        .flat_map(|list| list.split_whitespace().map(at_home).collect::<Vec<_>>())
        .collect();
    files.push(options.known_hosts.clone());
    files.retain(|file| file.is_file());
    files.sort();
    files.dedup();
    for name in names(host, &says("hostkeyalias").next(), says) {
        for file in &files {
            if is_in(&name, file).await? {
                return Ok(Prospect {
                    local: false,
                    known: Some(true),
                    keys,
                });
            }
        }
    }
    Ok(Prospect {
        local: false,
        known: (!custom).then_some(false),
        keys,
    })
}

/// The names by which ssh looks for a host's key: with its port, where that is not the usual one, and then without.
fn names<I: Iterator<Item = String>>(
    host: &Host,
    alias: &Option<String>,
    says: impl Fn(&str) -> I,
) -> Vec<String> {
    if let Some(alias) = alias.as_ref().filter(|alias| *alias != "none") {
        return vec![alias.clone()];
    }
    let name = says("hostname").next();
    let name = name.unwrap_or_else(|| host.name.to_string());
    match says("port").next().as_deref() {
        None | Some("22") => vec![name],
        Some(port) => vec![format!("[{name}]:{port}"), name],
    }
}

/// Whether a file of host keys has one for this name that was not revoked.
async fn is_in(name: &str, file: &Path) -> Result<bool, String> {
    let file = file.display().to_string();
    let ran = run("ssh-keygen", &["-F", name, "-f", &file]).await?;
    Ok(ran.printed.lines().any(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#') && !line.starts_with("@revoked")
    }))
}

/// A path as ssh's configuration has it. Home is for ssh what the accounts' file says, whatever the environment says.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), home()) {
        (Some(rest), Some(home)) => home.join(rest),
        (_, _) => PathBuf::from(path),
    }
}

fn home() -> Option<PathBuf> {
    let uid = rustix::process::getuid().as_raw().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let listed = accounts.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let home = fields.get(5).filter(|home| !home.is_empty())?;
        (fields.get(2) == Some(&uid.as_str())).then(|| PathBuf::from(home))
    });
    listed.or_else(|| std::env::var_os("HOME").map(PathBuf::from))
}

/// A file that is nowhere on a disk.
fn in_memory(text: &str) -> std::io::Result<std::fs::File> {
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    let mut file = std::fs::File::from(rustix::fs::memfd_create("sickbay-ssh", flags)?);
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// What a program did.
struct Ran {
    code: Option<i32>,
    printed: String,
    said: String,
}

async fn run(program: &str, args: &[&str]) -> Result<Ran, String> {
    let ran = tokio::process::Command::new(program)
        .args(args)
        .env("LC_ALL", "C")
        // Nobody is asked for a passphrase.
        .env_remove("SSH_ASKPASS")
        .env("SSH_ASKPASS_REQUIRE", "never")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(LIMIT, ran).await {
        Err(_late) => Err(format!("{program} says nothing for {} s", LIMIT.as_secs())),
        Ok(Err(error)) => Err(format!(
            "{program} does not start ({error}); install the OpenSSH client"
        )),
        Ok(Ok(out)) => Ok(Ran {
            code: out.status.code(),
            printed: String::from_utf8_lossy(&out.stdout).into_owned(),
            said: String::from_utf8_lossy(&out.stderr).into_owned(),
        }),
    }
}

/// The key itself in a line of a file of public keys.
fn blob(line: &str) -> Option<&str> {
    line.split_whitespace()
        .find(|word| word.starts_with("AAAA"))
}

/// The last line of what a program says, for people.
fn short(said: &str) -> String {
    let line = said.lines().rfind(|line| !line.trim().is_empty());
    let line = line.unwrap_or("it says nothing").trim();
    line.chars().filter(|c| !c.is_control()).take(160).collect()
}

/// Whether this host is given a key of its own in the inventory, and which.
#[must_use]
pub fn own_key(host: &Host) -> Option<&Path> {
    match &host.way {
        Way::Local => None,
        Way::Ssh(address) => address.identity_file.as_deref(),
    }
}
