//! Lists the runbooks so that the binary carries them: a page added to `runbooks/` is embedded by the next build.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "the build reads the pages, so that the room itself need not"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let Some(home) = env::var_os("CARGO_MANIFEST_DIR") else {
        return Err(io::Error::other("cargo did not say where the crate is"));
    };
    let Some(out) = env::var_os("OUT_DIR") else {
        return Err(io::Error::other("cargo did not say where to write"));
    };
    let root = Path::new(&home).join("../../runbooks").canonicalize()?;
    // Cargo watches a directory by its newest entry, at every depth.
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();

    let mut list = String::from("&[\n");
    for file in &files {
        let Ok(inside) = file.strip_prefix(&root) else {
            continue;
        };
        let name = format!("runbooks/{}", inside.display());
        let place = file.display().to_string();
        // Writing to a string cannot fail.
        let _written = writeln!(list, "    ({name:?}, include_str!({place:?})),");
    }
    list.push_str("]\n");
    fs::write(Path::new(&out).join("files.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let wanted = |ending: &str| path.extension().is_some_and(|found| found == ending);
        // Papers about the pages, which are none: they begin with a capital letter.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if wanted("md") || wanted("toml") {
            files.push(path);
        }
    }
    Ok(())
}
