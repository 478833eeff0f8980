//! Where a secret lies, and reading it: from a file that is nobody else's business, or as a credential that the service manager
//! handed over. What is in it is never shown.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::file::{self, Unread};

#[cfg(test)]
mod tests;

/// Where the service manager puts what it hands over.
const HANDED_OVER: &str = "CREDENTIALS_DIRECTORY";
/// What a credential's name stands behind in the settings.
const CREDENTIAL: &str = "credential:";

/// Where a secret lies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Secret {
    /// In a file.
    File(PathBuf),
    /// With the service manager, under this name: `credential:NAME` in the settings.
    Credential(String),
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error(
        "credential:{name} was not handed over: {HANDED_OVER} is not set; run Sickbay as deploy/systemd does, or name a file"
    )]
    NoneHandedOver { name: String },
    #[error("there is no credential {name}; {}; LoadCredential= of the unit says which are handed over", handed_over(.there))]
    NotAmong {
        name: String,
        there: BTreeSet<String>,
    },
    #[error(
        "{path} is open to others (mode {mode:o}); run chmod 600 {path}, and take the secret for known: make a new one"
    )]
    Open { path: PathBuf, mode: u32 },
    #[error("cannot read the secret in {path}")]
    Unread { path: PathBuf, source: Unread },
}

fn handed_over(there: &BTreeSet<String>) -> String {
    if there.is_empty() {
        return "none was handed over".to_owned();
    }
    let names: Vec<&str> = there.iter().map(String::as_str).collect();
    format!("those that were handed over are {}", names.join(", "))
}

impl TryFrom<String> for Secret {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let Some(name) = text.strip_prefix(CREDENTIAL) else {
            return Ok(Self::File(PathBuf::from(text)));
        };
        // As systemd has it: a name is a file's, and no way to another directory.
        let plain = !name.is_empty()
            && !name.starts_with('.')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c));
        if !plain {
            return Err(format!(
                "{name:?} is no name of a credential; it is letters, digits, `.`, `_`, `-` and `@`, and does not begin with `.`"
            ));
        }
        Ok(Self::Credential(name.to_owned()))
    }
}

impl Secret {
    /// The private key that the inventory names for a host.
    pub(crate) fn key(named: &Path) -> Result<Self, String> {
        match named.to_str() {
            Some(text) => Self::try_from(text.to_owned()),
            None => Ok(Self::File(named.to_owned())),
        }
    }

    /// The same with a file's path taken from this directory where it is not whole.
    pub(crate) fn beside(self, dir: &Path) -> Self {
        match self {
            Self::File(path) => Self::File(dir.join(path)),
            credential @ Self::Credential(_) => credential,
        }
    }

    /// The file it lies in, which this user alone may read.
    pub(crate) fn path(&self) -> Result<PathBuf, SecretError> {
        let dir = std::env::var_os(HANDED_OVER).map(PathBuf::from);
        self.path_in(dir.as_deref())
    }

    fn path_in(&self, dir: Option<&Path>) -> Result<PathBuf, SecretError> {
        let path = match (self, dir) {
            (Self::File(path), _) => path.clone(),
            (Self::Credential(name), Some(dir)) if dir.join(name).is_file() => dir.join(name),
            (Self::Credential(name), Some(dir)) => {
                return Err(SecretError::NotAmong {
                    name: name.clone(),
                    there: names_in(dir),
                });
            }
            (Self::Credential(name), None) => {
                return Err(SecretError::NoneHandedOver { name: name.clone() });
            }
        };
        let unread = |source: std::io::Error| SecretError::Unread {
            path: path.clone(),
            source: source.into(),
        };
        let mode = std::fs::metadata(&path).map_err(unread)?.mode() & 0o777;
        // The service manager lets one more account in by a list that shows as the group's right.
        let by_list = dir.is_some_and(|dir| path.starts_with(dir));
        let others = if by_list { 0o027 } else { 0o077 };
        if mode & others != 0 {
            return Err(SecretError::Open { path, mode });
        }
        Ok(path)
    }

    /// What is in it, without the space around it.
    pub(crate) fn read(&self) -> Result<String, SecretError> {
        let path = self.path()?;
        match file::text(&path) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(source) => Err(SecretError::Unread { path, source }),
        }
    }
}

impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Credential(name) => write!(f, "{CREDENTIAL}{name}"),
        }
    }
}

/// The names of what was handed over.
fn names_in(dir: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
