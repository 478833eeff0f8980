//! Why a host cannot be reached: at which step it stopped, and what to do about it.
//!
//! ssh says it in English sentences; this reads them once, so that nobody else has to.

use std::time::Duration;

use incident::HostName;

use crate::master::Options;

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
        "{host}: its host key {offered} is not known here; compare it with the host's own and trust it with `sickbay hosts enrol {host}`"
    )]
    HostKeyUnknown {
        /// The host.
        host: HostName,
        /// The fingerprint that it offers; `?` where ssh did not say.
        offered: String,
    },
    /// The host has another key than the one that is known.
    #[error(
        "{host}: its host key CHANGED: known is {known}, offered is {offered}. Either the host was installed anew or somebody stands between; nothing was sent. When you know that it is right, remove the old key and run `sickbay hosts enrol {host}`"
    )]
    HostKeyChanged {
        /// The host.
        host: HostName,
        /// The fingerprint that was expected.
        known: String,
        /// The one that was offered.
        offered: String,
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
    #[error("{host}: the private key cannot be used ({said}); check the file and its mode")]
    Key {
        /// The host.
        host: HostName,
        /// What ssh said.
        said: String,
    },
    /// Something answers and then says nothing.
    #[error(
        "{host}: it accepted the connection and then said nothing for {seconds} s ({step}); sshd there may hang, or something else answers on that port"
    )]
    Hung {
        /// The host.
        host: HostName,
        /// How long was waited.
        seconds: u64,
        /// How far it came.
        step: String,
    },
    /// The connection is there and no channel could be opened on it.
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

impl Unreachable {
    pub(crate) fn other(host: &HostName, said: String) -> Self {
        Self::Other {
            host: host.clone(),
            said,
        }
    }

    pub(crate) fn hung(host: &HostName, said: &str, waited: Duration) -> Self {
        let step = if said.contains("Authenticating to") {
            "while logging in"
        } else if said.contains("Connection established") {
            "before its greeting"
        } else {
            "while connecting"
        };
        Self::Hung {
            host: host.clone(),
            seconds: waited.as_secs(),
            step: step.to_owned(),
        }
    }

    /// Reads what ssh said before it ended.
    pub(crate) async fn read(host: &HostName, said: &str, options: &Options) -> Self {
        let host = host.clone();
        let plain: Vec<&str> = said
            .lines()
            .map(|line| line.trim_end_matches('\r'))
            .filter(|line| !line.starts_with("debug"))
            .collect();
        let line_with = |words: &[&str]| {
            plain
                .iter()
                .find(|line| words.iter().any(|word| line.contains(word)))
                .map(|line| (*line).to_owned())
        };
        let offered =
            || fingerprint_after(said, "Server host key: ").unwrap_or_else(|| "?".to_owned());
        if said.contains("REMOTE HOST IDENTIFICATION HAS CHANGED") {
            let known = offending(&plain, options)
                .await
                .unwrap_or_else(|| "another key".to_owned());
            return Self::HostKeyChanged {
                host,
                known,
                offered: offered(),
            };
        }
        if said.contains("host key is known for") || said.contains("Host key verification failed") {
            return Self::HostKeyUnknown {
                host,
                offered: offered(),
            };
        }
        if let Some(said) = line_with(&["Could not resolve hostname", "Name or service not known"])
        {
            return Self::Resolve {
                host,
                said: short(&said),
            };
        }
        if said.contains("Connection established") && said.contains("banner exchange") {
            return Self::Hung {
                host,
                seconds: 8,
                step: "before its greeting".to_owned(),
            };
        }
        if let Some(said) = line_with(&[
            "bad permissions",
            "invalid format",
            "UNPROTECTED PRIVATE KEY",
            "Load key",
        ]) && plain
            .iter()
            .any(|line| line.contains("Permission denied ("))
        {
            return Self::Key {
                host,
                said: short(&said),
            };
        }
        if let Some(said) = line_with(&[
            "Permission denied (",
            "Too many authentication failures",
            "no more authentication",
        ]) {
            return Self::Authenticate {
                host,
                said: short(&said),
            };
        }
        let network = [
            "Connection refused",
            "No route to host",
            "Connection timed out",
            "Operation timed out",
            "Network is unreachable",
            "Connection closed by",
            "Connection reset",
            "kex_exchange_identification",
        ];
        if let Some(said) = line_with(&network) {
            return Self::Connect {
                host,
                said: short(&said),
            };
        }
        let last = plain.iter().rev().find(|line| !line.trim().is_empty());
        Self::Other {
            host,
            said: short(last.unwrap_or(&"ssh ended without a word")),
        }
    }
}

/// `SHA256:…` on the line that has these words.
fn fingerprint_after(said: &str, words: &str) -> Option<String> {
    let (_, rest) = said.lines().rev().find_map(|line| line.split_once(words))?;
    rest.split_whitespace()
        .find(|word| word.starts_with("SHA256:"))
        .map(str::to_owned)
}

/// The fingerprint of the known key that ssh names as offending: `Offending ED25519 key in FILE:LINE`.
async fn offending(lines: &[&str], _options: &Options) -> Option<String> {
    let line = lines.iter().find(|line| line.contains("Offending"))?;
    let (_, place) = line.rsplit_once(" in ")?;
    let (file, number) = place.rsplit_once(':')?;
    let number: usize = number.trim().parse().ok()?;
    let text = tokio::fs::read_to_string(file).await.ok()?;
    let key = text.lines().nth(number.checked_sub(1)?)?.to_owned();
    fingerprint(&key)
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
