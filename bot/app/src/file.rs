//! Files that people name are read whole, but never without end: a directory, a device or a picture is said to be that.

use std::io::{Read as _, Write as _};
use std::path::Path;

/// No settings file and no runbook is larger than this, in MiB.
const MOST_MIB: u64 = 4;

/// Why a file cannot be read as text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    #[error("it is a directory, not a file")]
    Directory,
    #[error("it is larger than {MOST_MIB} MiB, which no such file is")]
    Large,
    #[error("line {line} is not UTF-8 text")]
    NotText { line: usize },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<String, Unread> {
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(Unread::Directory);
    }
    let most = MOST_MIB << 20;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > most) {
        return Err(Unread::Large);
    }
    String::from_utf8(bytes).map_err(|bad| {
        let good = bad.utf8_error().valid_up_to();
        let before = bad.as_bytes().iter().take(good);
        Unread::NotText {
            line: before.filter(|byte| **byte == b'\n').count() + 1,
        }
    })
}

/// Writes a file in one go: whoever reads it sees what was there or all of the new. What is no plain file, such as a pipe, is
/// written to as it is.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let special = std::fs::metadata(path).is_ok_and(|about| !about.is_file());
    if special {
        return std::fs::write(path, bytes);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = std::fs::File::options()
        .write(true)
        .create_new(true)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _gone = std::fs::remove_file(&beside);
    }
    written
}
