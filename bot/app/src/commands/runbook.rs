//! `sickbay runbook`: list, search, show, lint, new, actions.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use incident::redact::Redactor;
use incident::step::VERBS;
use incident::{Code, RunbookId};
use probes::catalogue;
use store::Store;

use crate::cli::{Global, Output, Runbook};
use crate::exit::Exit;
use crate::search::Search;
use crate::world::{self, Usage};
use crate::{knowledge, past, place, screen, sentence};

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Runbook) -> anyhow::Result<Exit> {
    match asked {
        Runbook::List(output) => list(global, output),
        Runbook::Search { words, output } => search(global, &words.join(" "), output).await,
        Runbook::Show { id, output } => show(global, id, output),
        Runbook::Lint { paths, output } => lint(global, paths, output),
        Runbook::New { id } => {
            let id = RunbookId::new(id.clone()).map_err(|bad| Usage(bad.to_string()))?;
            screen::line(runbook::template(&id).trim_end());
            Ok(Exit::Fine)
        }
        Runbook::Actions(output) if output.json => {
            let verbs: Vec<_> = VERBS
                .iter()
                .filter(|verb| verb.in_runbooks)
                .map(|verb| {
                    let slots: Vec<&str> = verb.slots.iter().map(|(name, _)| *name).collect();
                    serde_json::json!({ "action": verb.name, "slots": slots })
                })
                .collect();
            screen::json(&serde_json::json!({ "version": 1, "actions": verbs }));
            Ok(Exit::Fine)
        }
        Runbook::Actions(_) => {
            for verb in VERBS.iter().filter(|verb| verb.in_runbooks) {
                let slots: Vec<&str> = verb.slots.iter().map(|(name, _)| *name).collect();
                screen::line(&format!("{:<22} {}", verb.name, slots.join(", ")));
            }
            Ok(Exit::Fine)
        }
    }
}

fn about(page: &runbook::Runbook) -> serde_json::Value {
    let findings: Vec<String> = page
        .matching
        .findings
        .iter()
        .map(ToString::to_string)
        .collect();
    serde_json::json!({
        "id": page.id, "runbook_version": page.version, "title": page.title.en, "risk": page.risk,
        "findings": findings, "has_fix": !page.is_prose(),
    })
}

fn list(global: &Global, output: &Output) -> anyhow::Result<Exit> {
    let settings = world::settings(global)?;
    let library = knowledge::read_all(global, &settings)?.library;
    if output.json {
        let pages: Vec<_> = library.iter().map(about).collect();
        screen::json(&serde_json::json!({ "version": 1, "runbooks": pages }));
        return Ok(Exit::Fine);
    }
    for page in library.iter() {
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

/// Finds pages by words, and incidents of before where there is a journal. It is only looked at: nothing is made or recorded.
async fn search(global: &Global, words: &str, output: &Output) -> anyhow::Result<Exit> {
    let settings = world::settings(global)?;
    let knowledge = Arc::new(knowledge::read_all(global, &settings)?);
    let state = global.state.as_deref().or(settings.state.as_deref());
    let store = match place::state_path(state) {
        Ok(dir) => Store::look(&dir).await.unwrap_or_else(|error| {
            tracing::warn!(error = sentence::of(&error), "the journal is left out");
            None
        }),
        Err(_) => None,
    };
    let redactor = Redactor::with("", &settings.redact).map_err(|error| world::usage(&error))?;
    let search = Search::new(&settings.models, &redactor);
    let looked = search.look(&knowledge, store.as_ref(), words, |_| true);
    let looked = looked.await?;
    if let Some(store) = store {
        store.close().await;
    }
    if output.json {
        let pages = looked.pages.iter();
        let pages = pages.filter_map(|id| knowledge.library.get(id)).map(about);
        let past = looked.past.iter().map(past::json);
        screen::json(&serde_json::json!({
            "version": 1, "runbooks": pages.collect::<Vec<_>>(), "seen_before": past.collect::<Vec<_>>(),
        }));
        return Ok(Exit::Fine);
    }
    let locale = world::locale(global, &settings, None);
    for line in looked.told(&knowledge, locale) {
        screen::wrapped(&line, 2);
    }
    Ok(Exit::Fine)
}

fn show(global: &Global, id: &str, output: &Output) -> anyhow::Result<Exit> {
    let settings = world::settings(global)?;
    let library = knowledge::read_all(global, &settings)?.library;
    let wanted = RunbookId::new(id).map_err(|bad| Usage(bad.to_string()))?;
    let Some(page) = library.get(&wanted) else {
        let near = incident::command::nearest(id, library.iter().map(|page| page.id.as_str()));
        let next = near.map_or_else(
            || "`sickbay runbook list` lists them".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Usage(format!("there is no runbook {id:?}; {next}")).into());
    };
    if output.json {
        let mut value = about(page);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("version".to_owned(), 1.into());
            fields.insert("text".to_owned(), page.source.as_str().into());
        }
        screen::json(&value);
        return Ok(Exit::Fine);
    }
    screen::line(page.source.trim_end());
    Ok(Exit::Fine)
}

/// What is wrong with the runbooks and signatures of a site.
#[derive(Debug, Default)]
pub(crate) struct Linted {
    /// How many files were read.
    pub(crate) files: usize,
    /// One line each, with its place.
    pub(crate) problems: Vec<String>,
}

/// Runbooks and files of signatures: where each is, and its text.
#[derive(Default)]
struct Pages {
    pages: Vec<(String, String)>,
    signatures: Vec<(String, String)>,
}

impl Pages {
    /// Reads a file. False where it is neither.
    fn take(&mut self, path: &Path) -> anyhow::Result<bool> {
        let name = path.display().to_string();
        if path.extension().is_some_and(|ext| ext == "toml") {
            self.signatures.push((name, knowledge::read(path)?));
        } else if knowledge::is_page(path) {
            self.pages.push((name, knowledge::read(path)?));
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Reads all that lie below a directory.
    fn take_below(&mut self, dir: &Path) -> anyhow::Result<()> {
        for path in knowledge::files_below(dir)? {
            self.take(&path)?;
        }
        Ok(())
    }

    fn linted(&self) -> Linted {
        let codes: BTreeSet<Code> = catalogue::entries()
            .filter_map(|entry| Code::new(entry.code).ok())
            .collect();
        let mut problems = Vec::new();
        for (path, text) in &self.pages {
            match runbook::parse(path, text) {
                Ok(page) => problems.extend(runbook::lint(&page, &codes)),
                Err(found) => problems.extend(found),
            }
        }
        let mut said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        said.extend(self.signatures.iter().filter_map(|(path, text)| {
            let error = probes::Signatures::parse(path, text).err()?;
            Some(error.to_string())
        }));
        Linted {
            files: self.pages.len() + self.signatures.len(),
            problems: said,
        }
    }
}

/// Lints all runbooks and signatures below a directory.
pub(crate) fn lint_below(dir: &Path) -> anyhow::Result<Linted> {
    let mut found = Pages::default();
    found.take_below(dir)?;
    Ok(found.linted())
}

fn lint(global: &Global, paths: &[PathBuf], output: &Output) -> anyhow::Result<Exit> {
    let mut found = Pages::default();
    if paths.is_empty() {
        let settings = world::settings(global)?;
        if let Some(dir) = global.runbooks.as_ref().or(settings.runbooks.as_ref()) {
            found.take_below(dir)?;
        }
    }
    for path in paths {
        if path.is_dir() {
            found.take_below(path)?;
        } else if !path.exists() {
            return Err(Usage(format!(
                "there is no {}; name a runbook or a directory of them",
                path.display()
            ))
            .into());
        } else if !found.take(path)? {
            return Err(Usage(format!(
                "{} is no runbook: a page ends in .md, a file of signatures in .toml",
                path.display()
            ))
            .into());
        }
    }
    if paths.is_empty() {
        let built_in =
            runbook::embedded::pages().filter(|(path, _)| knowledge::is_page(Path::new(path)));
        let built_in = built_in.map(|(path, text)| (path.to_owned(), text.to_owned()));
        found.pages.extend(built_in);
    }
    let Linted {
        files: count,
        problems: mut said,
    } = found.linted();
    if paths.is_empty() {
        let ours = probes::Signatures::check_shipped().err();
        said.extend(ours.map(|error| error.to_string()));
    }
    let bad = said.len();
    if output.json {
        screen::json(&serde_json::json!({ "version": 1, "files": count, "problems": said }));
    } else {
        for one in &said {
            screen::line(one);
        }
        let files = if count == 1 { "file" } else { "files" };
        let problems = if bad == 1 { "problem" } else { "problems" };
        screen::line(&format!("{count} {files}, {bad} {problems}"));
    }
    Ok(if bad == 0 { Exit::Fine } else { Exit::Findings })
}
