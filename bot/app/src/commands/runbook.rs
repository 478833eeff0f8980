//! `sickbay runbook`: list, show, lint, new, actions.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use incident::step::VERBS;
use incident::{Code, RunbookId};
use probes::catalogue;

use crate::cli::{Global, Runbook};
use crate::exit::Exit;
use crate::screen;
use crate::world::{self, Usage};

/// Runs the command.
pub(crate) fn run(global: &Global, asked: &Runbook) -> anyhow::Result<Exit> {
    match asked {
        Runbook::List => list(global),
        Runbook::Show { id } => show(global, id),
        Runbook::Lint { paths } => lint(global, paths),
        Runbook::New { id } => {
            let id = RunbookId::new(id.clone()).map_err(|bad| Usage(bad.to_string()))?;
            screen::line(runbook::template(&id).trim_end());
            Ok(Exit::Fine)
        }
        Runbook::Actions => {
            for verb in VERBS.iter().filter(|verb| verb.in_runbooks) {
                let slots: Vec<&str> = verb.slots.iter().map(|(name, _)| *name).collect();
                screen::line(&format!("{:<22} {}", verb.name, slots.join(", ")));
            }
            Ok(Exit::Fine)
        }
    }
}

fn list(global: &Global) -> anyhow::Result<Exit> {
    let settings = world::settings(global)?;
    for page in world::knowledge(global, &settings)?.library.iter() {
        let what = if page.is_prose() { "read" } else { "fix " };
        screen::line(&format!(
            "{:<28} {what} {:<6} {}",
            page.id.as_str(),
            page.risk.to_string(),
            page.title.en
        ));
    }
    Ok(Exit::Fine)
}

fn show(global: &Global, id: &str) -> anyhow::Result<Exit> {
    let settings = world::settings(global)?;
    let library = world::knowledge(global, &settings)?.library;
    let wanted = RunbookId::new(id).map_err(|bad| Usage(bad.to_string()))?;
    let Some(page) = library.get(&wanted) else {
        let near = incident::command::nearest(id, library.iter().map(|page| page.id.as_str()));
        let next = near.map_or_else(
            || "`sickbay runbook list` lists them".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Usage(format!("there is no runbook {id:?}; {next}")).into());
    };
    screen::line(page.source.trim_end());
    Ok(Exit::Fine)
}

fn lint(global: &Global, paths: &[PathBuf]) -> anyhow::Result<Exit> {
    let codes: BTreeSet<Code> = catalogue::entries()
        .filter_map(|entry| Code::new(entry.code).ok())
        .collect();
    let mut pages: Vec<(String, String)> = Vec::new();
    let mut signatures: Vec<(String, String)> = Vec::new();
    let mut take = |path: &Path| -> anyhow::Result<()> {
        let read = |path: &Path| {
            std::fs::read_to_string(path)
                .map_err(|error| Usage(format!("cannot read {}: {error}", path.display())))
        };
        if world::is_page(path) {
            pages.push((path.display().to_string(), read(path)?));
        } else if path.extension().is_some_and(|ext| ext == "toml") {
            signatures.push((path.display().to_string(), read(path)?));
        }
        Ok(())
    };
    if paths.is_empty() {
        let settings = world::settings(global)?;
        if let Some(dir) = global.runbooks.as_ref().or(settings.runbooks.as_ref()) {
            for path in world::files_below(dir)? {
                take(&path)?;
            }
        }
    }
    for path in paths {
        if path.is_dir() {
            for path in world::files_below(path)? {
                take(&path)?;
            }
        } else {
            take(path)?;
        }
    }
    if paths.is_empty() {
        let built_in =
            runbook::embedded::pages().filter(|(path, _)| world::is_page(Path::new(path)));
        pages.extend(built_in.map(|(path, text)| (path.to_owned(), text.to_owned())));
    }
    let mut problems = Vec::new();
    for (path, text) in &pages {
        match runbook::parse(path, text) {
            Ok(page) => problems.extend(runbook::lint(&page, &codes)),
            Err(found) => problems.extend(found),
        }
    }
    let mut bad = problems.len();
    for problem in &problems {
        screen::line(&problem.to_string());
    }
    for (path, text) in &signatures {
        if let Err(error) = probes::Signatures::parse(path, text) {
            screen::line(&error.to_string());
            bad += 1;
        }
    }
    let count = pages.len() + signatures.len();
    screen::line(&format!("{count} files, {bad} problems"));
    Ok(if bad == 0 { Exit::Fine } else { Exit::Findings })
}
