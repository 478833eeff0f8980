//! The head file remembers, outside the database, how far the journal had come: so that a journal whose end was cut
//! off, or that was written anew, does not pass for the whole.
//!
//! It is written after the commit, so a crash may leave it behind, which is fine: what the journal holds beyond it
//! still chains to it. It can never be ahead of an honest journal. It is one block, overwritten in place, so it needs
//! neither room nor a rename. It moves on only from a head that the journal still contains: once they disagree it
//! stays as it is, and the disagreement is seen until a person accepts it.

mod advance;

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use ed25519_dalek::{Signature, Signer, SigningKey};
use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};

pub(crate) use advance::Grown;

/// The size of the file: one sector, which is written whole or not at all.
const SIZE: usize = 512;

/// A key that is not in the database, with which heads are signed: then only its holder can make one up.
#[derive(Clone)]
pub struct HeadKey(SigningKey);

impl HeadKey {
    /// The key that grows from a secret seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }
}

impl std::fmt::Debug for HeadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeadKey(…)")
    }
}

/// How far a journal had come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    version: u32,
    /// Which journal.
    pub(crate) journal: String,
    /// The last ledger row.
    pub(crate) n: i64,
    /// Its hash.
    pub(crate) hash: String,
    /// Over all of the above, in base64; empty without a key.
    signature: String,
}

impl Head {
    pub(crate) fn new(journal: &str, n: i64, hash: &str, key: Option<&HeadKey>) -> Self {
        let mut head = Self {
            version: 1,
            journal: journal.to_owned(),
            n,
            hash: hash.to_owned(),
            signature: String::new(),
        };
        if let Some(HeadKey(key)) = key {
            let signature = key.sign(head.signed().as_bytes());
            head.signature = data_encoding::BASE64.encode(&signature.to_bytes());
        }
        head
    }

    /// The text that the signature is over.
    fn signed(&self) -> String {
        format!(
            "sickbay head 1\n{}\n{}\n{}\n",
            self.journal, self.n, self.hash
        )
    }

    pub(crate) fn is_signed(&self) -> bool {
        !self.signature.is_empty()
    }

    pub(crate) fn is_signed_by(&self, key: &HeadKey) -> bool {
        let signature = data_encoding::BASE64
            .decode(self.signature.as_bytes())
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature.is_some_and(|signature| {
            let text = self.signed();
            key.0
                .verifying_key()
                .verify_strict(text.as_bytes(), &signature)
                .is_ok()
        })
    }

    fn block(&self) -> std::io::Result<Vec<u8>> {
        let mut block = serde_json::to_vec(self)?;
        if block.len() >= SIZE {
            return Err(std::io::Error::other(
                "the head does not fit into its block",
            ));
        }
        block.resize(SIZE - 1, b' ');
        block.push(b'\n');
        Ok(block)
    }
}

/// What the head file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Missing,
    Unreadable(String),
    Head(Head),
}

/// Reads the head file, off the threads that others need to finish writing it.
pub(crate) async fn look(path: &Path) -> Found {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || read(&path))
        .await
        .unwrap_or_else(|error| Found::Unreadable(error.to_string()))
}

/// Reads the head file, waiting a little for a writer.
fn read(path: &Path) -> Found {
    match open(path, OFlags::RDONLY) {
        Ok(mut file) => {
            if lock(&file, File::try_lock_shared).is_err() {
                return Found::Unreadable("another process keeps it locked".to_owned());
            }
            contents(&mut file)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Found::Missing,
        Err(error) => Found::Unreadable(error.to_string()),
    }
}

fn contents(file: &mut File) -> Found {
    let mut text = String::new();
    let read = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.take(4096).read_to_string(&mut text));
    if let Err(error) = read {
        return Found::Unreadable(error.to_string());
    }
    match serde_json::from_str::<Head>(&text) {
        Ok(head) if head.version == 1 => Found::Head(head),
        Ok(head) => Found::Unreadable(format!("it has version {}, not 1", head.version)),
        Err(error) => Found::Unreadable(error.to_string()),
    }
}

fn open(path: &Path, access: OFlags) -> std::io::Result<File> {
    let flags = access | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// A writer needs less than a millisecond; one that needs two seconds is stopped, and is not waited for.
fn lock(file: &File, attempt: impl Fn(&File) -> Result<(), TryLockError>) -> std::io::Result<()> {
    for _ in 0..400 {
        match attempt(file) {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(std::io::Error::other(
        "another process keeps the head file locked",
    ))
}

/// The head file, locked against other writers until dropped.
#[derive(Debug)]
pub(crate) struct Writing {
    file: File,
    /// What it says.
    pub(crate) found: Found,
}

impl Writing {
    /// Opens and locks the file that is there.
    pub(crate) fn begin(path: &Path) -> std::io::Result<Self> {
        Self::locked(open(path, OFlags::RDWR)?)
    }

    pub(crate) fn locked(mut file: File) -> std::io::Result<Self> {
        lock(&file, File::try_lock)?;
        let found = contents(&mut file);
        Ok(Self { file, found })
    }

    /// Overwrites the head.
    pub(crate) fn write(&self, head: &Head) -> std::io::Result<()> {
        self.file.write_all_at(&head.block()?, 0)?;
        if self.file.metadata()?.len() != SIZE as u64 {
            self.file.set_len(SIZE as u64)?;
        }
        Ok(())
    }

    /// Overwrites the head and waits until it is on the disk.
    pub(crate) fn write_through(&self, head: &Head) -> std::io::Result<()> {
        self.write(head)?;
        self.file.sync_all()
    }
}

#[cfg(test)]
mod tests;
