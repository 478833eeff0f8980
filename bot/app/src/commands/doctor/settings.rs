//! The settings file and what it names, and the site's own runbooks.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use runbook::Library;

use super::Patient;
use super::report::Area;
use crate::commands::runbook::lint_below;

/// The settings file, and every path that it or the command line names.
pub(super) fn look(patient: &Patient<'_>, area: &mut Area<'_>) {
    let Patient {
        global, settings, ..
    } = patient;
    match &settings.file {
        Some(file) => the_file(file, area),
        None => area.note(
            "file",
            "none is named, so everything is as it is without one",
            "name one with --config FILE or SICKBAY_CONFIG; deploy/config.example.toml shows every key",
        ),
    }
    let runbooks = global.runbooks.as_ref().or(settings.runbooks.as_ref());
    let ansible = settings.inventories.iter().chain(&global.inventory);
    let ssh_config = global.ssh_config.as_ref().or(settings.ssh_config.as_ref());
    let named = runbooks
        .map(|path| ("runbooks", path))
        .into_iter()
        .chain(ansible.map(|path| ("inventory", path)))
        .chain(ssh_config.map(|path| ("ssh_config", path)));
    for (what, path) in named {
        named_path(what, path, area);
    }
}

/// Whoever can write it says who may approve what.
fn the_file(file: &Path, area: &mut Area<'_>) {
    let shown = file.display();
    let about = match std::fs::metadata(file) {
        Ok(about) => about,
        Err(error) => {
            let why = crate::sentence::of(&error);
            area.unknown("file", format!("{shown}: {why}"), "");
            return;
        }
    };
    let ours = rustix::process::geteuid().as_raw();
    if about.uid() != ours && about.uid() != 0 {
        area.wrong(
            "file",
            format!(
                "{shown} belongs to uid {}, who thereby says who may approve what",
                about.uid()
            ),
            format!("chown root {shown}"),
        );
    } else if about.mode() & 0o022 != 0 {
        area.wrong(
            "file",
            format!(
                "others may write {shown} (mode {:04o}), and say who may approve what",
                about.mode() & 0o7777
            ),
            format!("chmod go-w {shown}"),
        );
    } else {
        area.fine("file", format!("{shown} is read, every key is known"));
    }
}

fn named_path(what: &str, path: &Path, area: &mut Area<'_>) {
    let shown = path.display();
    let readable = if path.is_dir() {
        std::fs::read_dir(path).map(|_entries| ())
    } else {
        std::fs::File::open(path).map(|_file| ())
    };
    match readable {
        Ok(()) => area.fine(what, shown.to_string()),
        Err(error) => area.wrong(
            what,
            format!("{shown}: {}", crate::sentence::of(&error)),
            "make it readable for this account, or name another in the settings",
        ),
    }
}

/// The site's own runbooks and log signatures. Gives the library that would be used.
pub(super) fn runbooks(patient: &Patient<'_>, area: &mut Area<'_>) -> Option<Library> {
    let Patient {
        global, settings, ..
    } = patient;
    let own = global.runbooks.as_ref().or(settings.runbooks.as_ref());
    if let Some(dir) = own {
        match lint_below(dir) {
            Ok(linted) if linted.problems.is_empty() => {
                let files = if linted.files == 1 { "file" } else { "files" };
                area.fine("own", format!("{} {files}, nothing wrong", linted.files));
            }
            Ok(linted) => {
                const MOST: usize = 3;
                for problem in linted.problems.iter().take(MOST) {
                    area.wrong("own", problem, "");
                }
                let more = linted.problems.len().saturating_sub(MOST);
                if more > 0 {
                    area.wrong(
                        "own",
                        format!("{more} more"),
                        "`sickbay runbook lint` says them all",
                    );
                }
            }
            Err(error) => {
                area.wrong("own", crate::sentence::of(error.as_ref()), "");
            }
        }
    }
    match crate::knowledge::read_all(global, settings) {
        Ok(knowledge) => {
            let count = knowledge.library.iter().count();
            area.fine("all", format!("{count} pages"));
            Some(knowledge.library)
        }
        Err(error) => {
            // What is wrong stands above, page by page.
            let says = crate::sentence::of(error.as_ref());
            let first = says.lines().next().unwrap_or("").to_owned();
            area.wrong("all", first, "until then no command works that needs them");
            None
        }
    }
}
