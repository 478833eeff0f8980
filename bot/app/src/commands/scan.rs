//! `sickbay scan`: many hosts looked at though nobody reported anything, one report, no incident.

use std::path::Path;
use std::sync::Arc;

use incident::notice::Notice;
use incident::report::HostReport;
use incident::scan::{Scan, Telling};

use super::diagnose::exit_code;
use crate::cli::{Global, Scan as Asked};
use crate::exit::Exit;
use crate::look::several::AT_ONCE;
use crate::progress::Progress;
use crate::scan::{self, Words};
use crate::settings::scans::Planned;
use crate::world::{Usage, World};
use crate::{clock, file, json, screen};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Html,
    Json,
    Text,
}

impl Form {
    /// By the end of the file's name.
    fn of(path: &Path) -> Result<Self, Usage> {
        match path.extension().and_then(|end| end.to_str()) {
            Some("html" | "htm") => Ok(Self::Html),
            Some("json") => Ok(Self::Json),
            Some("txt") => Ok(Self::Text),
            Some(_) | None => Err(Usage(format!(
                "{} says by no ending what is to be written; name it .html, .json or .txt",
                path.display()
            ))),
        }
    }
}

/// Refuses the name of a scan of the settings for other hosts: the next report would be held against those.
fn is_its_own(name: &str, targets: &str, scans: &[Planned]) -> Result<(), Usage> {
    match scans.iter().find(|planned| planned.name == name) {
        Some(planned) if planned.targets != targets => Err(Usage(format!(
            "{name} is a scan of the settings, of {}, and is held against its last one; scan those, or give another --name",
            planned.targets
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Refuses a file whose folder is not there, before hosts are looked at for it.
fn has_folder(path: &Path) -> Result<(), Usage> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    if folder.is_none_or(Path::is_dir) {
        return Ok(());
    }
    Err(Usage(format!(
        "{} cannot be written: its folder does not exist; make it first",
        path.display()
    )))
}

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Asked) -> anyhow::Result<Exit> {
    let form = asked.out.as_deref().map(Form::of).transpose()?;
    if let Some(path) = &asked.out {
        has_folder(path)?;
    }
    let name = named(asked.name.as_deref().unwrap_or_default())?;
    let world = Arc::new(World::open(global, None).await?);
    let target = asked.targets.join(",");
    is_its_own(name, &target, &world.settings.scans)?;
    let hosts = world
        .inventory()
        .select(&target)
        .map_err(|error| Usage(error.to_string()))?;
    let progress = Progress::new(hosts.len(), asked.json, world.locale);
    let scan = scan::scan(&world, name, &hosts, AT_ONCE, &progress).await;
    world.hosts.close().await;
    let words = Words::of(&scan, world.locale, clock::local_minute);
    let telling = words.telling(&scan);
    if asked.json {
        screen::json(&json::scan(&scan));
    } else {
        let notice = Notice::Scanned {
            telling: &telling,
            file: "",
            page: "",
        };
        screen::say(&notice, asked.all, world.locale);
    }
    // What was seen is told first: it took long, and the file may not be writable after all.
    if let (Some(path), Some(form)) = (&asked.out, form) {
        let text = written(&telling, form, world.locale);
        file::replace(path, text.as_bytes())
            .map_err(|error| Usage(format!("{} cannot be written: {error}", path.display())))?;
        if !asked.json {
            screen::line(&world.locale.is_written(&path.display().to_string()));
        }
    }
    scan::keep(&world, &scan).await;
    Ok(exit_of(&scan))
}

/// The report as a file has it.
fn written(telling: &Telling<'_>, form: Form, locale: chat::Locale) -> String {
    match form {
        Form::Html => chat::page::scan(telling, locale),
        Form::Json => {
            let text = serde_json::to_string_pretty(&json::scan(telling.scan));
            format!("{}\n", text.unwrap_or_default())
        }
        Form::Text => {
            let notice = Notice::Scanned {
                telling,
                file: "",
                page: "",
            };
            let face = chat::terminal::Face {
                colour: false,
                all: true,
                width: Some(100),
                locale,
            };
            chat::terminal::render(&notice, face)
        }
    }
}

/// As `diagnose` ends.
fn exit_of(scan: &Scan) -> Exit {
    let reports: Vec<&HostReport> = scan.hosts.iter().map(|host| &host.report).collect();
    exit_code(&reports)
}

/// A name under which scans are held against each other.
pub(crate) fn named(name: &str) -> Result<&str, Usage> {
    const MOST: usize = 60;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.len() > MOST || !name.chars().all(fits) {
        return Err(Usage(format!(
            "{name:?} is no name of a scan: letters, digits, `-`, `_` and `.`, at most {MOST}"
        )));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_folder_is_refused_before_hosts_are_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let there = |path: &str| has_folder(&dir.path().join(path)).is_ok();
        assert!(there("a.html") && has_folder(Path::new("a.html")).is_ok());
        assert!(!there("away/a.html"));
    }

    #[test]
    fn a_name_of_the_settings_is_for_its_hosts_alone() {
        let planned = Planned {
            name: "monthly".to_owned(),
            targets: "web*".to_owned(),
            schedule: crate::schedule::Schedule::Every(incident::Span::minutes(60)),
            channel: "C1".to_owned(),
            platform: chat::event::Platform::Slack,
            tell: crate::settings::scans::Tell::Always,
        };
        let scans = [planned];
        assert!(is_its_own("monthly", "web*", &scans).is_ok());
        assert!(is_its_own("", "db1", &scans).is_ok());
        let Err(Usage(says)) = is_its_own("monthly", "db1", &scans) else {
            panic!("it is taken");
        };
        assert!(says.contains("of web*"), "{says}");
    }
}
