//! Everything a command works with, put together once.

use std::path::{Path, PathBuf};

use chat::Locale;
use ed25519_dalek::SigningKey;
use incident::policy::Policy;
use incident::redact::Redactor;
use incident::remediation::{Decision, Event, Incident};
use incident::{Moment, Proposal, Span};
use probes::Signatures;
use runbook::Library;
use store::{Leased, Store};

use crate::cli::Global;
use crate::journal::JournalError;
use crate::people::{self, Person};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::{clock, journal, place, propose};

/// What the arguments or the settings have wrong: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// What needs no host and no journal: settings, runbooks, signatures.
#[derive(Debug)]
pub(crate) struct Knowledge {
    /// The runbooks, built-in ones first, a site's own over them.
    pub(crate) library: Library,
    /// The log signatures.
    pub(crate) signatures: Signatures,
}

/// Everything a command works with.
#[derive(Debug)]
pub(crate) struct World {
    /// The settings.
    pub(crate) settings: Settings,
    /// Who may approve what.
    pub(crate) policy: Policy,
    /// The journal.
    pub(crate) store: Store,
    /// The way to the hosts.
    pub(crate) hosts: hosts::Hosts,
    /// The runbooks.
    pub(crate) library: Library,
    /// The log signatures.
    pub(crate) signatures: Signatures,
    /// The key that signs grants.
    pub(crate) key: SigningKey,
    /// Takes secrets out.
    pub(crate) redactor: Redactor,
    /// Who is at the terminal.
    pub(crate) who: Person,
    /// In which language they are told.
    pub(crate) locale: Locale,
}

/// Reads the settings that the options name.
pub(crate) fn settings(global: &Global) -> anyhow::Result<Settings> {
    Settings::load(global.config.as_deref()).map_err(|error| usage(&error))
}

/// The language in which whoever is at the terminal is told.
pub(crate) fn locale(global: &Global, settings: &Settings, who: Option<&Person>) -> Locale {
    let who = who.map(|who| &who.id);
    settings.language_at_terminal(global.locale, who, |name| std::env::var(name).ok())
}

/// An error and its sources in one sentence, as wrong usage.
fn usage(error: &(dyn std::error::Error + 'static)) -> anyhow::Error {
    anyhow::Error::new(Usage(crate::sentence::of(error)))
}

/// The runbooks and signatures: the built-in ones, and a site's own laid over them.
pub(crate) fn knowledge(global: &Global, settings: &Settings) -> anyhow::Result<Knowledge> {
    let mut pages: Vec<(String, String)> = runbook::embedded::pages()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    pages.retain(|(path, _)| is_page(Path::new(path)));
    let mut signature_files: Vec<(String, String)> = Vec::new();
    if let Some(dir) = global.runbooks.as_ref().or(settings.runbooks.as_ref()) {
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

/// Whether a path is a runbook: Markdown that is neither the format's description nor the template.
pub(crate) fn is_page(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    name.ends_with(".md") && name != "README.md" && !name.starts_with('_')
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

/// The inventory of the options and the settings.
pub(crate) fn inventory(global: &Global, settings: &Settings) -> anyhow::Result<hosts::Inventory> {
    let mut inventory = hosts::Inventory::new();
    for (name, entry) in &settings.hosts {
        let mut entry = entry.clone();
        // What was not handed over keeps its name, and ssh says of it that it is not there: most commands need no key.
        if let Some(Ok(key @ Secret::Credential(_))) =
            entry.identity_file.as_deref().map(Secret::key)
            && let Ok(path) = key.path()
        {
            entry.identity_file = Some(path);
        }
        inventory
            .add_entry(name, entry)
            .map_err(|error| match &settings.file {
                Some(file) => Usage(format!("{}: {error}", file.display())).into(),
                None => usage(&error),
            })?;
    }
    for path in settings.inventories.iter().chain(&global.inventory) {
        inventory.add_ansible(path).map_err(|error| usage(&error))?;
    }
    if let Some(path) = ssh_config(global, settings) {
        inventory
            .add_ssh_config(&path)
            .map_err(|error| usage(&error))?;
    }
    if settings.raw_addresses {
        inventory.allow_raw_addresses();
    }
    Ok(inventory)
}

/// What enrolled hosts have of ours.
pub(crate) fn kit() -> hosts::Kit {
    hosts::Kit::new(probes::specs().map(|spec| hosts::ProbeText {
        id: spec.id,
        script: spec.script,
        slots: spec.takes,
        limit: Span::seconds(spec.limit_seconds),
        cap_bytes: spec.cap_bytes,
    }))
}

/// The OpenSSH client configuration: the one that is named, or the user's own where there is one.
pub(crate) fn ssh_config(global: &Global, settings: &Settings) -> Option<PathBuf> {
    global
        .ssh_config
        .clone()
        .or_else(|| settings.ssh_config.clone())
        .or_else(|| {
            let home = PathBuf::from(std::env::var_os("HOME")?);
            Some(home.join(".ssh/config")).filter(|path| path.is_file())
        })
}

impl World {
    /// Puts everything together. `as_name` is the responder that `--as` names.
    pub(crate) async fn open(global: &Global, as_name: Option<&str>) -> anyhow::Result<Self> {
        let settings = settings(global)?;
        let who = people::at_terminal(&settings, as_name).map_err(|error| usage(&error))?;
        let Knowledge {
            library,
            signatures,
        } = knowledge(global, &settings)?;
        let inventory = inventory(global, &settings)?;
        let state = global.state.as_deref().or(settings.state.as_deref());
        let dir = place::state_dir(state).map_err(|error| usage(&error))?;
        let key = place::grant_key(&dir).map_err(|error| usage(&error))?;
        let store = Store::open(&dir, clock::now())
            .await
            .map_err(|error| usage(&error))?;
        let policy = match &settings.policy {
            Some(policy) => policy.clone(),
            None => {
                let named =
                    who.uid == 0 && (!global.inventory.is_empty() || global.ssh_config.is_some());
                Policy::without_settings(&who.id, named)
            }
        };
        // The salt only has to be unknown to readers of the journal, and the same for one state directory.
        let salt = incident::digest::of_bytes("sickbay redaction salt", &key.to_bytes());
        let options = hosts::Options {
            ssh_config: ssh_config(global, &settings),
            known_hosts: dir.join("known_hosts"),
            fast_key_exchange: settings.fast_key_exchange,
            helpers: kit().version().to_owned(),
            ..hosts::Options::default()
        };
        let hosts = hosts::Hosts::new(inventory, options).map_err(|error| usage(&error))?;
        let locale = locale(global, &settings, Some(&who));
        Ok(Self {
            settings,
            policy,
            store,
            hosts,
            library,
            signatures,
            key,
            redactor: Redactor::new(&salt),
            who,
            locale,
        })
    }

    /// Hears an event about a proposal, under the policy in force now. `done` is the effect that brought it, if one did.
    pub(crate) async fn hear(
        &self,
        proposal: &Proposal,
        event: &Event,
        done: Option<&Leased>,
    ) -> Result<(Incident, Decision), JournalError> {
        let requirement = propose::requirement(self, proposal);
        let (store, id, now) = (&self.store, &proposal.incident, clock::now());
        journal::hear(store, id, event, &requirement, &self.key, done, now).await
    }

    /// A text from a host as it may be kept and shown: without secrets, and without what steers a terminal.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.redactor
            .redact(&incident::redact::printable(text.as_bytes()))
    }

    /// The inventory.
    pub(crate) fn inventory(&self) -> &hosts::Inventory {
        self.hosts.inventory()
    }

    /// The incidents of the last while that can be read, newest first.
    pub(crate) async fn recent(&self, since: Span, now: Moment) -> Vec<Incident> {
        let mut incidents = Vec::new();
        self.each_recent(since, now, |incident| incidents.push(incident))
            .await;
        incidents
    }

    /// The same one by one, for those who keep little of each.
    pub(crate) async fn each_recent(
        &self,
        since: Span,
        now: Moment,
        mut take: impl FnMut(Incident) + Send,
    ) {
        let rows = self.store.incidents(200).await.unwrap_or_default();
        for row in rows.iter().filter(|row| now.since(row.opened_at) <= since) {
            if let Ok(incident) = journal::load(&self.store, &row.id).await {
                take(incident);
            }
        }
    }
}
