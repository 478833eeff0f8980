//! Why a host cannot be reached: at which step it stopped, and what to do about it.
//!
//! ssh says it in English sentences; this reads them once, so that nobody else has to.

use std::path::Path;
use std::time::Duration;

use incident::HostName;

use crate::inventory::{Host, Way};

/// The step at which a connection stopped, with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// The name has no address.
    #[error(
        "{host}: its name does not resolve ({said}); check the address in the inventory and the DNS of this machine"
    )]
    Resolve {
        /// The host.
        host: HostName,
        /// What ssh said.
        said: String,
    },
    /// No TCP connection.
    #[error(
        "{host}: no connection ({said}); is it up, is sshd running, does a firewall stand between?"
    )]
    Connect {
        /// The host.
        host: HostName,
        /// What ssh said.
        said: String,
    },
    /// Nobody knows the host's key.
    #[error(
        "{host}: the host key {offered} of {owner} is not known here; compare it with the host's own and trust it with `sickbay hosts enrol {owner}`"
    )]
    HostKeyUnknown {
        /// The host.
        host: HostName,
        /// Whose key it is: the host's, or that of a host on the way to it.
        owner: String,
        /// The fingerprint that is offered; `?` where ssh did not say.
        offered: String,
    },
    /// The host has another key than the one that is known.
    #[error(
        "{host}: the host key of {owner} CHANGED: known is {known}, offered is {offered}. Either the host was installed anew or somebody stands between; nothing was sent. When you know that it is right, remove the old key{} and run `sickbay hosts enrol {owner}`",
        place(at)
    )]
    HostKeyChanged {
        /// The host.
        host: HostName,
        /// Whose key it is: the host's, or that of a host on the way to it.
        owner: String,
        /// The fingerprint that was expected.
        known: String,
        /// The one that was offered.
        offered: String,
        /// Where the known one stands: `FILE:LINE`; empty where ssh did not say.
        at: String,
    },
    /// The host does not let us in.
    #[error("{host}: not let in ({said}); check the user, the key and the host's authorized_keys")]
    Authenticate {
        /// The host.
        host: HostName,
        /// What ssh said.
        said: String,
    },
    /// The key file cannot be used.
    #[error(
        "{host}: the private key cannot be used ({said}); check the file, its owner and its mode"
    )]
    Key {
        /// The host.
        host: HostName,
        /// What ssh said.
        said: String,
    },
    /// Something answers and then says nothing.
    #[error(
        "{host}: nothing more came for {seconds} s {step}; the host or its sshd may hang, or something else answers on that port"
    )]
    Hung {
        /// The host.
        host: HostName,
        /// How long was waited.
        seconds: u64,
        /// How far it came.
        step: String,
    },
    /// It lets us in and opens no session.
    #[error(
        "{host}: it lets us in and then refuses every session ({said}); check MaxSessions in its sshd_config and what its key is restricted to"
    )]
    SessionRefused {
        /// The host.
        host: HostName,
        /// What ssh said.
        said: String,
    },
    /// There is a session and no shell in it.
    #[error(
        "{host}: no POSIX shell answers there ({said}); give the account a real login shell, or check its forced command"
    )]
    Shell {
        /// The host.
        host: HostName,
        /// What came instead.
        said: String,
    },
    /// The connection broke before anything was answered.
    #[error("{host}: the connection was lost while probes ran ({said})")]
    Broken {
        /// The host.
        host: HostName,
        /// What happened.
        said: String,
    },
    /// Something else.
    #[error("{host}: {said}")]
    Other {
        /// The host.
        host: HostName,
        /// What is known.
        said: String,
    },
}

fn place(at: &str) -> String {
    if at.is_empty() {
        String::new()
    } else {
        format!(" ({at})")
    }
}

impl Unreachable {
    pub(crate) fn other(host: &HostName, said: String) -> Self {
        Self::Other {
            host: host.clone(),
            said,
        }
    }

    /// Nothing more came; what ssh had said until then tells how far it was.
    pub(crate) fn hung(host: &HostName, said: &str, waited: Duration) -> Self {
        // The last that is found is how far it came; with jump hosts there are several rounds.
        const MILESTONES: [(&str, &str); 6] = [
            ("Connecting to", "while connecting"),
            ("Connection established", "before its greeting"),
            ("Local version string", "before its greeting"),
            ("SSH2_MSG_KEXINIT sent", "while exchanging keys"),
            ("SSH2_MSG_NEWKEYS received", "while logging in"),
            ("Authenticated to", "after logging in"),
        ];
        let step = said.lines().rev().find_map(|line| {
            let line = line.strip_prefix("debug1: ").unwrap_or(line);
            MILESTONES
                .iter()
                .rev()
                .find(|(words, _)| line.starts_with(words))
                .map(|(_, step)| *step)
        });
        Self::Hung {
            host: host.clone(),
            seconds: waited.as_secs(),
            step: step.unwrap_or("while its name was looked up").to_owned(),
        }
    }

    /// Reads what ssh said before it ended.
    pub(crate) fn read(target: &Host, said: &str) -> Self {
        let host = target.name.clone();
        let plain: Vec<&str> = said
            .lines()
            .map(|line| line.trim_end_matches('\r'))
            .filter(|line| !line.starts_with("debug"))
            .collect();
        let line_with = |words: &[&str]| {
            plain
                .iter()
                .find(|line| words.iter().any(|word| line.contains(word)))
                .map(|line| short(line))
        };
        let offered = || fingerprint_after(said).unwrap_or_else(|| "?".to_owned());
        if said.contains("REMOTE HOST IDENTIFICATION HAS CHANGED") {
            let place = plain
                .iter()
                .find(|line| line.starts_with("Offending "))
                .and_then(|line| line.split_once(" in "))
                .map_or("", |(_, place)| place.trim());
            // `Host key for [10.0.0.1]:22 has changed and you have requested strict checking.`
            let owner = between(&plain, "ost key for ", " has changed");
            return Self::HostKeyChanged {
                owner: owner_name(owner, target, said),
                host,
                known: known_key(place).unwrap_or_else(|| "another key".to_owned()),
                offered: offered(),
                at: place
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(200)
                    .collect(),
            };
        }
        if said.contains("host key is known for") {
            let owner = between(&plain, "host key is known for ", " and you");
            return Self::HostKeyUnknown {
                owner: owner_name(owner, target, said),
                host,
                offered: offered(),
            };
        }
        if let Some(said) = line_with(&[
            "has been revoked",
            "Host key verification failed",
            "is not signed by",
            "host certificate",
        ]) {
            return Self::Other {
                host,
                said: format!(
                    "its host key was refused ({said}); check it against the known_hosts files"
                ),
            };
        }
        if let Some(said) = line_with(&["Could not resolve hostname", "Name or service not known"])
        {
            return Self::Resolve { host, said };
        }
        if line_with(&["banner exchange"]).is_some_and(|line| line.contains("timed out")) {
            return Self::Hung {
                host,
                seconds: 8,
                step: "before its greeting".to_owned(),
            };
        }
        let denied = line_with(&[
            "Permission denied (",
            "Too many authentication failures",
            "No more authentication",
        ]);
        if let Some(denied) = denied {
            let key = line_with(&[
                "Load key",
                "UNPROTECTED PRIVATE KEY",
                "bad permissions",
                "invalid format",
                "no such identity",
                "No such identity",
            ]);
            return match key {
                Some(said) => Self::Key { host, said },
                None => Self::Authenticate { host, said: denied },
            };
        }
        if let Some(said) = line_with(&[
            "Bad configuration option",
            "terminating,",
            "Bad owner or permissions",
            "keyword ",
            "Unsupported option",
        ]) {
            return Self::Other {
                host,
                said: format!(
                    "ssh does not take its configuration ({said}); correct the file that it names"
                ),
            };
        }
        let network = [
            "Connection refused",
            "No route to host",
            "onnection timed out",
            "Operation timed out",
            "Network is unreachable",
            "Connection closed by",
            "Connection reset",
            "kex_exchange_identification",
            "Unable to negotiate",
            "Broken pipe",
        ];
        if let Some(said) = line_with(&network) {
            return Self::Connect { host, said };
        }
        let last = plain.iter().rev().find(|line| !line.trim().is_empty());
        Self::Other {
            host,
            said: short(last.unwrap_or(&"ssh ended without a word")),
        }
    }

    /// Where it stopped, of the steps that `hosts check` walks.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Resolve { .. } => Step::Resolve,
            Self::Connect { .. } | Self::Hung { .. } | Self::Other { .. } => Step::Connect,
            Self::HostKeyUnknown { .. } | Self::HostKeyChanged { .. } => Step::HostKey,
            Self::Authenticate { .. } | Self::Key { .. } => Step::Authenticate,
            Self::SessionRefused { .. } | Self::Shell { .. } | Self::Broken { .. } => Step::Shell,
        }
    }
}

/// The steps from a name to a host that can be examined, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The name becomes an address.
    Resolve,
    /// Something answers there.
    Connect,
    /// It is the host that we know.
    HostKey,
    /// It lets us in.
    Authenticate,
    /// A shell answers.
    Shell,
    /// We may become root.
    Sudo,
    /// Its clock agrees with ours.
    Time,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::HostKey => "host key",
            Self::Authenticate => "authenticate",
            Self::Shell => "shell",
            Self::Sudo => "sudo",
            Self::Time => "time",
        })
    }
}

fn between(lines: &[&str], before: &str, after: &str) -> Option<String> {
    let (_, rest) = lines
        .iter()
        .rev()
        .find_map(|line| line.split_once(before))?;
    Some(rest.split(after).next().unwrap_or("").to_owned())
}

/// Whose key it is. ssh names the address that it looked up; without a jump host that is the host's own.
fn owner_name(looked_up: Option<String>, target: &Host, said: &str) -> String {
    let shown: String = looked_up
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect();
    let address = shown
        .trim_start_matches('[')
        .split(']')
        .next()
        .unwrap_or("");
    let own = match &target.way {
        Way::Ssh(way) => way.host.as_deref().unwrap_or(target.name.as_str()) == address,
        Way::Local => true,
    };
    if own || address.is_empty() || !through_others(said) {
        target.name.to_string()
    } else {
        address.to_owned()
    }
}

/// Whether ssh went through another host, or a program, to this one. It says so before any server can say a word.
pub(crate) fn through_others(said: &str) -> bool {
    said.lines()
        .take_while(|line| offered_on(line).is_none())
        .any(|line| {
            line.starts_with("debug1: Executing proxy command")
                || line.starts_with("debug1: Setting implicit ProxyCommand")
        })
}

/// The fingerprint that the last of the hosts on the way offered.
fn fingerprint_after(said: &str) -> Option<String> {
    let rest = said.lines().rev().find_map(offered_on)?;
    rest.split_whitespace()
        .find(|word| word.starts_with("SHA256:"))
        .map(str::to_owned)
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
    let of = |line: &str| {
        let key = offered_on(line)?;
        key.split_whitespace()
            .find(|word| word.starts_with("SHA256:"))
            .map(str::to_owned)
    };
    if through_others(said) {
        said.lines().rev().find_map(of)
    } else {
        said.lines().find_map(of)
    }
}

/// The fingerprint of the known key at a place: `FILE:LINE`.
fn known_key(place: &str) -> Option<String> {
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
fn short(line: &str) -> String {
    let line = line.trim().trim_start_matches("ssh: ");
    line.chars().filter(|c| !c.is_control()).take(160).collect()
}
