//! Runbooks and log signatures: the built-in ones, and a site's own laid over them, read again when somebody edits those.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use probes::Signatures;
use runbook::Library;

use crate::cli::Global;
use crate::settings::Settings;
use crate::world::{Usage, usage};

/// What is known about faults and what helps against them.
#[derive(Debug)]
pub(crate) struct Knowledge {
    /// The runbooks, built-in ones first, a site's own over them.
    pub(crate) library: Library,
    /// The log signatures.
    pub(crate) signatures: Signatures,
}

/// The knowledge in force.
#[derive(Debug)]
pub(crate) struct Shelf {
    dir: Option<PathBuf>,
    now: RwLock<Now>,
}

#[derive(Debug)]
struct Now {
    knowledge: Arc<Knowledge>,
    /// The site's files as they were when they were read.
    stamp: Stamp,
    /// Why those are not in force; empty where they are.
    wrong: String,
}

/// The files of a site, each with when it was changed and its size.
type Stamp = Vec<(PathBuf, Option<SystemTime>, u64)>;

impl Shelf {
    /// Reads what the options and the settings name.
    pub(crate) fn open(global: &Global, settings: &Settings) -> anyhow::Result<Self> {
        let dir = dir(global, settings).map(Path::to_owned);
        let stamp = dir.as_deref().map_or(Ok(Stamp::new()), stamp)?;
        let knowledge = Arc::new(knowledge(dir.as_deref())?);
        let wrong = String::new();
        let now = RwLock::new(Now {
            knowledge,
            stamp,
            wrong,
        });
        Ok(Self { dir, now })
    }

    /// What is in force.
    pub(crate) fn knowledge(&self) -> Arc<Knowledge> {
        let now = self.now.read();
        let now = now.unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&now.knowledge)
    }

    /// Reads a site's files again where they were changed. What cannot be read leaves the rest as it was.
    ///
    /// # Errors
    /// Why a site's files are not in force as they stand there now.
    pub(crate) fn reread(&self) -> Result<(), String> {
        let Some(dir) = self.dir.as_deref() else {
            return Ok(());
        };
        let stamp = stamp(dir).map_err(|error| error.to_string())?;
        let mut now = self
            .now
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if now.stamp != stamp {
            match knowledge(Some(dir)) {
                Ok(knowledge) => {
                    tracing::info!(dir = %dir.display(), "the runbooks were changed and are read again");
                    now.knowledge = Arc::new(knowledge);
                    now.wrong.clear();
                }
                Err(error) => {
                    tracing::error!(%error, "the changed runbooks cannot be used; those of before stay in force");
                    now.wrong = error.to_string();
                }
            }
            now.stamp = stamp;
        }
        if now.wrong.is_empty() {
            Ok(())
        } else {
            Err(now.wrong.clone())
        }
    }
}

/// Where a site's own runbooks lie.
fn dir<'a>(global: &'a Global, settings: &'a Settings) -> Option<&'a Path> {
    let dir = global.runbooks.as_ref().or(settings.runbooks.as_ref());
    dir.map(PathBuf::as_path)
}

/// The runbooks and signatures that the options and the settings name.
pub(crate) fn read_all(global: &Global, settings: &Settings) -> anyhow::Result<Knowledge> {
    knowledge(dir(global, settings))
}

/// The built-in runbooks and signatures alone.
#[cfg(test)]
pub(crate) fn built_in() -> anyhow::Result<Knowledge> {
    knowledge(None)
}

fn stamp(dir: &Path) -> anyhow::Result<Stamp> {
    let about = |path: PathBuf| {
        let about = path.metadata().ok();
        let changed = about.as_ref().and_then(|about| about.modified().ok());
        (path, changed, about.map_or(0, |about| about.len()))
    };
    Ok(files_below(dir)?.into_iter().map(about).collect())
}

/// The runbooks and signatures: the built-in ones, and a site's own laid over them.
fn knowledge(dir: Option<&Path>) -> anyhow::Result<Knowledge> {
    let mut pages: Vec<(String, String)> = runbook::embedded::pages()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    pages.retain(|(path, _)| is_page(Path::new(path)));
    let mut signature_files: Vec<(String, String)> = Vec::new();
    if let Some(dir) = dir {
        for path in files_below(dir)? {
            let name = path.display().to_string();
            if is_page(&path) {
                pages.push((name, read(&path)?));
            } else if path.extension().is_some_and(|ext| ext == "toml") {
                signature_files.push((name, read(&path)?));
            }
        }
    }
    let (library, problems) = Library::load(pages);
    if !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(Usage(lines.join("\n")).into());
    }
    let mut signatures = Signatures::shipped().map_err(|error| usage(&error))?;
    for (path, text) in &signature_files {
        let site = Signatures::parse(path, text).map_err(|error| usage(&error))?;
        signatures = signatures.with(site).map_err(|error| usage(&error))?;
    }
    Ok(Knowledge {
        library,
        signatures,
    })
}

/// Whether a path is a runbook: Markdown that is neither about the pages, which begins with a capital letter, nor the template.
pub(crate) fn is_page(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    name.ends_with(".md") && !name.starts_with(|c: char| c == '_' || c.is_ascii_uppercase())
}

/// The text of a runbook or a file of signatures.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    crate::file::text(path).map_err(|error| {
        let why = crate::sentence::of(&error);
        Usage(format!("cannot read {}: {why}", path.display())).into()
    })
}

/// All files below a directory, in order of their paths.
pub(crate) fn files_below(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        let entries = std::fs::read_dir(&dir).map_err(|error| {
            Usage(format!(
                "cannot read the directory {}: {}",
                dir.display(),
                crate::sentence::of(&error)
            ))
        })?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
