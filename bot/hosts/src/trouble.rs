//! Why a host cannot be reached: at which step it stopped, and what to do about it.
//!
//! ssh says it in English sentences; this reads them once, so that nobody else has to.

mod said;

use std::time::Duration;

use incident::HostName;

use crate::inventory::Host;

use said::{between, fingerprint_after, known_key, owner_name, short};
pub(crate) use said::{fingerprint, is_let_in, proven_key};

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
    /// The host has a certificate for its key, from an authority that is known, and it does not hold.
    #[error(
        "{host}: the host certificate of {owner} does not hold ({said}); renew it there, or trust the key itself with `sickbay hosts enrol {owner}`"
    )]
    HostCertificate {
        /// The host.
        host: HostName,
        /// Whose certificate it is.
        owner: String,
        /// What is wrong with it.
        said: String,
    },
    /// The key is one that must not be trusted any more.
    #[error(
        "{host}: the host key {offered} of {owner} is REVOKED in a known_hosts file. Somebody who has stolen it may stand between; nothing was sent. Give the host a new key and enrol that"
    )]
    HostKeyRevoked {
        /// The host.
        host: HostName,
        /// Whose key it is.
        owner: String,
        /// The fingerprint that is offered.
        offered: String,
    },
    /// ssh does not take what it is configured with.
    #[error("{host}: ssh does not take its configuration ({said}); correct the file that it names")]
    Configuration {
        /// The host.
        host: HostName,
        /// What ssh said.
        said: String,
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
        if said.contains("REVOKED HOST KEY DETECTED") {
            let owner = between(&plain, " host key for ", " was revoked");
            return Self::HostKeyRevoked {
                owner: owner_name(owner, target, said),
                host,
                offered: offered(),
            };
        }
        if said.contains("host key is known for") {
            let owner = between(&plain, "host key is known for ", " and you");
            // An authority that is known vouches for it, and ssh then looks whether the bare key is known: it seldom is.
            if let Some(what) = between(&plain, "Certificate invalid: ", "\n") {
                return Self::HostCertificate {
                    owner: owner_name(owner, target, said),
                    host,
                    said: short(&what),
                };
            }
            return Self::HostKeyUnknown {
                owner: owner_name(owner, target, said),
                host,
                offered: offered(),
            };
        }
        if let Some(said) = line_with(&["Host key verification failed", "host certificate"]) {
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
                "Permissions 0",
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
            return Self::Configuration { host, said };
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
            Self::Resolve { .. } | Self::Configuration { .. } => Step::Resolve,
            Self::Connect { .. } | Self::Hung { .. } | Self::Other { .. } => Step::Connect,
            Self::HostKeyUnknown { .. }
            | Self::HostKeyChanged { .. }
            | Self::HostCertificate { .. }
            | Self::HostKeyRevoked { .. } => Step::HostKey,
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
