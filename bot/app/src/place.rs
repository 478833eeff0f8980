//! Where Sickbay keeps what it must not lose: the state directory and the key that signs grants.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;

/// Why the state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("there is no home directory to keep the journal in; name a directory with --state DIR")]
    NoHome,
    #[error(
        "the state directory {path} cannot be used; name another with --state DIR, and where this disk is full one on another, such as /dev/shm/sickbay"
    )]
    Unusable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "{path} belongs to uid {owner} and this is uid {uid}; name your own directory with --state DIR"
    )]
    NotOurs { path: PathBuf, owner: u32, uid: u32 },
    #[error(
        "{path} is readable for others (mode {mode:o}); it signs approvals. Run: chmod 600 {path}"
    )]
    OpenKey { path: PathBuf, mode: u32 },
    #[error(
        "{path} is not a key of 32 bytes; restore it from a backup, or remove it: grants that wait are then void"
    )]
    BadKey { path: PathBuf },
}

/// Where the state directory is: the one that was named, or `sickbay/` in the XDG state directory.
pub(crate) fn state_path(named: Option<&Path>) -> Result<PathBuf, PlaceError> {
    match named {
        Some(dir) => Ok(dir.to_owned()),
        None => {
            let base = std::env::var_os("XDG_STATE_HOME")
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
                .or_else(|| {
                    let home = std::env::var_os("HOME").map(PathBuf::from);
                    home.filter(|home| home.is_absolute())
                        .map(|home| home.join(".local/state"))
                });
            Ok(base.ok_or(PlaceError::NoHome)?.join("sickbay"))
        }
    }
}

/// The state directory, made where it is not there.
pub(crate) fn state_dir(named: Option<&Path>) -> Result<PathBuf, PlaceError> {
    let dir = state_path(named)?;
    let unusable = |source| PlaceError::Unusable {
        path: dir.clone(),
        source,
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)
        .map_err(unusable)?;
    let owner = std::fs::metadata(&dir).map_err(unusable)?.uid();
    let uid = rustix::process::getuid().as_raw();
    if owner != uid {
        return Err(PlaceError::NotOurs {
            path: dir,
            owner,
            uid,
        });
    }
    Ok(dir)
}

/// The key that signs grants; none where it is not made yet.
pub(crate) fn known_grant_key(dir: &Path) -> Result<Option<SigningKey>, PlaceError> {
    let path = dir.join("grant.key");
    let unusable = |source| PlaceError::Unusable {
        path: path.clone(),
        source,
    };
    match std::fs::File::open(&path) {
        Ok(mut file) => {
            let mode = file.metadata().map_err(unusable)?.mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(PlaceError::OpenKey { path, mode });
            }
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(unusable)?;
            let bytes: [u8; 32] = bytes
                .try_into()
                .map_err(|_bytes| PlaceError::BadKey { path: path.clone() })?;
            Ok(Some(SigningKey::from_bytes(&bytes)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(unusable(source)),
    }
}

/// The key that signs grants, made at the first start.
pub(crate) fn grant_key(dir: &Path) -> Result<SigningKey, PlaceError> {
    let path = dir.join("grant.key");
    let unusable = |source| PlaceError::Unusable {
        path: path.clone(),
        source,
    };
    match known_grant_key(dir)? {
        Some(key) => Ok(key),
        None => {
            let bytes: [u8; 32] = random()?;
            // Written whole beside its place and linked into it: two first starts agree on one key.
            let mine = dir.join(format!("grant.key.{}", std::process::id()));
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&mine)
                .map_err(unusable)?;
            file.write_all(&bytes)
                .and_then(|()| file.sync_all())
                .map_err(unusable)?;
            let linked = std::fs::hard_link(&mine, &path);
            std::fs::remove_file(&mine).map_err(unusable)?;
            match linked {
                Ok(()) => Ok(SigningKey::from_bytes(&bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => grant_key(dir),
                Err(source) => Err(unusable(source)),
            }
        }
    }
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], PlaceError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| PlaceError::Unusable {
        path: PathBuf::from("/dev/urandom"),
        source: std::io::Error::other(error),
    })?;
    Ok(bytes)
}

/// Six random letters and digits that are hard to confuse when read aloud.
pub(crate) fn letters() -> Result<String, PlaceError> {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
    let bytes: [u8; 6] = random()?;
    Ok(bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|byte| char::from(*byte))
        .collect())
}
