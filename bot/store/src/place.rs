//! Where the journal lies decides whether it can be trusted: a private directory on a local disk, or nothing.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// The directory cannot hold a journal.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// It takes no writes.
    #[error(
        "the state directory {dir} cannot be written; point --state at a directory that can be, \
         or make this one writable"
    )]
    ReadOnly {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its disk is full.
    #[error(
        "no room is left in the state directory {dir}; free some space there, or point --state at another disk"
    )]
    Full {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something else is there.
    #[error("the state directory {dir} is not a directory; point --state at one")]
    NotADirectory {
        /// The path.
        dir: PathBuf,
    },
    /// It is somebody else's.
    #[error(
        "the state directory {dir} belongs to uid {owner}, and this is uid {ours}; \
         run as its owner, or point --state at a directory of your own"
    )]
    NotOurs {
        /// The directory.
        dir: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who we are.
        ours: u32,
    },
    /// Others could put files there.
    #[error(
        "others may write to the state directory {dir} (mode {mode:04o}); \
         take that away with `chmod go-w`, or point --state at a directory inside it"
    )]
    OthersMayWrite {
        /// The directory.
        dir: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is on another machine, or on something that cannot lock and map like a disk.
    #[error(
        "the state directory {dir} is on {kind}, where two processes can damage the journal; \
         point --state at a local disk"
    )]
    Network {
        /// The directory.
        dir: PathBuf,
        /// The kind of file system.
        kind: &'static str,
    },
    /// A file of the journal is a link or no file.
    #[error("{path} is not a plain file; put it out of the way, or point --state elsewhere")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// Anything else.
    #[error("the state directory {dir} cannot be used; point --state elsewhere")]
    Unusable {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl PlaceError {
    /// Sorts what the system said by what a person can do about it.
    pub(crate) fn of(dir: &Path, source: std::io::Error) -> Self {
        let dir = dir.to_owned();
        let kind = source.kind();
        if let ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem = kind {
            Self::ReadOnly { dir, source }
        } else if let ErrorKind::StorageFull | ErrorKind::QuotaExceeded = kind {
            Self::Full { dir, source }
        } else if let ErrorKind::NotADirectory | ErrorKind::AlreadyExists = kind {
            Self::NotADirectory { dir }
        } else {
            Self::Unusable { dir, source }
        }
    }
}

/// File systems without working locks and shared memory between all that may open the file.
const REMOTE: &[(u32, &str)] = &[
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x7375_7245, "Coda"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x564c, "NCP"),
    (0x0102_1997, "9p"),
    (0x6573_5546, "FUSE"),
    (0x00c3_6400, "Ceph"),
    (0x0116_1970, "GFS2"),
    (0x7461_636f, "OCFS2"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x1983_0326, "BeeGFS"),
    (0x786f_4256, "a VirtualBox share"),
];

/// File systems that a reboot empties.
const IN_MEMORY: &[u32] = &[0x0102_1994, 0x8584_58f6];

/// Makes the directory if need be and refuses it where a journal would not be safe. The handle serves as a lock.
pub(crate) fn prepare(dir: &Path) -> Result<File, PlaceError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|source| PlaceError::of(dir, source))?;
    check(dir)
}

/// Refuses a directory where a journal would not be safe, and makes nothing.
pub(crate) fn check(dir: &Path) -> Result<File, PlaceError> {
    let handle = File::open(dir).map_err(|source| PlaceError::of(dir, source))?;
    let about = handle
        .metadata()
        .map_err(|source| PlaceError::of(dir, source))?;
    let ours = rustix::process::geteuid().as_raw();
    if about.uid() != ours {
        return Err(PlaceError::NotOurs {
            dir: dir.to_owned(),
            owner: about.uid(),
            ours,
        });
    }
    let mode = about.permissions().mode() & 0o7777;
    if mode & 0o022 != 0 {
        return Err(PlaceError::OthersMayWrite {
            dir: dir.to_owned(),
            mode,
        });
    }
    let disk = rustix::fs::fstatfs(&handle).map_err(|source| PlaceError::of(dir, source.into()))?;
    if let Some(kind) = remote(disk.f_type) {
        return Err(PlaceError::Network {
            dir: dir.to_owned(),
            kind,
        });
    }
    if in_memory(disk.f_type) {
        tracing::warn!(
            "the state directory {} is in memory: its journal is gone after a reboot",
            dir.display()
        );
    }
    Ok(handle)
}

/// The kind of file system, where it is one that we refuse.
fn remote(magic: impl Into<i128>) -> Option<&'static str> {
    let magic = magic.into();
    REMOTE
        .iter()
        .find(|(known, _)| same(*known, magic))
        .map(|(_, kind)| *kind)
}

/// Whether a reboot empties such a file system.
pub(crate) fn in_memory(magic: impl Into<i128> + Copy) -> bool {
    IN_MEMORY.iter().any(|known| same(*known, magic))
}

/// The kernel's type is signed on some machines and has 32 bits that matter.
fn same(known: u32, magic: impl Into<i128>) -> bool {
    magic.into() & 0xffff_ffff == i128::from(known)
}

/// Makes a file of ours if it is not there, readable and writable by us alone. A link is refused.
pub(crate) fn private_file(dir: &Path, path: &Path) -> Result<File, PlaceError> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR).map_err(|source| {
        if source == rustix::io::Errno::LOOP || source == rustix::io::Errno::ISDIR {
            PlaceError::NotAFile {
                path: path.to_owned(),
            }
        } else {
            PlaceError::of(dir, source.into())
        }
    })?;
    let file = File::from(file);
    let about = file
        .metadata()
        .map_err(|source| PlaceError::of(dir, source))?;
    if !about.is_file() {
        return Err(PlaceError::NotAFile {
            path: path.to_owned(),
        });
    }
    if about.permissions().mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
            .map_err(|source| PlaceError::of(dir, source))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests;
