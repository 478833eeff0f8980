//! Everything a command works with, put together once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chat::Locale;
use ed25519_dalek::SigningKey;
use incident::people::{Found, Right};
use incident::policy::{Policy, Requirement};
use incident::redact::Redactor;
use incident::remediation::{Decision, Event, Incident, Outcome, State};
use incident::{Moment, Proposal, ProposalId, ResponderId, Span};
use store::{AppendError, Leased, Store};

use crate::clerk::Clerk;
use crate::cli::Global;
use crate::journal::JournalError;
use crate::knowledge::Shelf;
use crate::lists::Lists;
use crate::metrics::Metrics;
use crate::people::{self, Person};
use crate::search::Search;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::{clock, journal, place, propose};

/// What the arguments or the settings have wrong: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Everything a command works with.
#[derive(Debug)]
pub(crate) struct World {
    /// The settings.
    pub(crate) settings: Arc<Settings>,
    /// Who may approve what.
    pub(crate) policy: Policy,
    /// The journal.
    pub(crate) store: Store,
    /// The way to the hosts.
    pub(crate) hosts: hosts::Hosts,
    /// The runbooks and log signatures.
    pub(crate) shelf: Shelf,
    /// The key that signs grants.
    pub(crate) key: SigningKey,
    /// Takes secrets out.
    pub(crate) redactor: Redactor,
    /// Who is at the terminal.
    pub(crate) who: Person,
    /// In which language they are told.
    pub(crate) locale: Locale,
    /// Looks for pages by their words.
    pub(crate) search: Search,
    /// What is counted meanwhile.
    pub(crate) metrics: Metrics,
    /// The lists of members that platforms keep.
    pub(crate) lists: Lists,
    /// Whoever asks models.
    pub(crate) clerk: Clerk,
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
pub(crate) fn usage(error: &(dyn std::error::Error + 'static)) -> anyhow::Error {
    anyhow::Error::new(Usage(crate::sentence::of(error)))
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

/// What all connections to hosts share.
pub(crate) fn ssh_options(global: &Global, settings: &Settings, state: &Path) -> hosts::Options {
    hosts::Options {
        ssh_config: ssh_config(global, settings),
        known_hosts: state.join("known_hosts"),
        fast_key_exchange: settings.fast_key_exchange,
        helpers: kit().version().to_owned(),
        ..hosts::Options::default()
    }
}

/// How a remediation ended; nothing where it did not.
fn ended(incident: &Incident, proposal: &ProposalId) -> Option<Outcome> {
    match incident.remediations.get(proposal)?.state {
        State::Ended { outcome, .. } => Some(outcome),
        State::Proposed { .. }
        | State::Granted { .. }
        | State::Dispatched { .. }
        | State::Executed { .. } => None,
    }
}

/// The people whose right an event depends on: whoever says yes, and those who did before.
fn concerned(incident: &Incident, event: &Event) -> BTreeSet<ResponderId> {
    let Event::Approve { proposal, by, .. } = event else {
        return BTreeSet::new();
    };
    let mut concerned = BTreeSet::from([by.clone()]);
    if let Some(State::Proposed { approvals }) =
        incident.remediations.get(proposal).map(|one| &one.state)
    {
        concerned.extend(approvals.iter().map(|approval| approval.by.clone()));
    }
    concerned
}

impl World {
    /// Puts everything together. `as_name` is the responder that `--as` names.
    pub(crate) async fn open(global: &Global, as_name: Option<&str>) -> anyhow::Result<Self> {
        Self::with(global, settings(global)?, as_name).await
    }

    /// The same with settings that somebody has read, and looked at, already.
    pub(crate) async fn with(
        global: &Global,
        settings: Settings,
        as_name: Option<&str>,
    ) -> anyhow::Result<Self> {
        let who = people::at_terminal(&settings, as_name).map_err(|error| usage(&error))?;
        let shelf = Shelf::open(global, &settings)?;
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
        let options = ssh_options(global, &settings, &dir);
        let redactor = Redactor::with(&salt, &settings.redact).map_err(|error| usage(&error))?;
        let hosts = hosts::Hosts::new(inventory, options).map_err(|error| usage(&error))?;
        let locale = locale(global, &settings, Some(&who));
        let search = Search::new(&settings.models, &redactor);
        Ok(Self {
            settings: Arc::new(settings),
            policy,
            store,
            hosts,
            shelf,
            key,
            redactor,
            who,
            search,
            metrics: Metrics::new(),
            locale,
            lists: Lists::default(),
            clerk: Clerk::default(),
        })
    }

    /// Hears an event about a proposal, under the policy in force now. `done` is the effect that brought it, if one did.
    pub(crate) async fn hear(
        &self,
        proposal: &Proposal,
        event: &Event,
        done: Option<&Leased>,
    ) -> Result<(Incident, Decision), JournalError> {
        self.hear_from(proposal, event, done, &Found::default())
            .await
    }

    /// The same where a platform said with it on which lists the person is. Who may is looked up now, and again where
    /// somebody else recorded something meanwhile.
    pub(crate) async fn hear_from(
        &self,
        proposal: &Proposal,
        event: &Event,
        done: Option<&Leased>,
        told: &Found,
    ) -> Result<(Incident, Decision), JournalError> {
        let now = clock::now();
        let mut races = 0;
        loop {
            let incident = journal::load(&self.store, &proposal.incident).await?;
            let requirement = propose::requirement(self, proposal);
            let concerned = concerned(&incident, event);
            let requirement = self.looked_up(requirement, &concerned, told).await;
            let (store, key) = (&self.store, &self.key);
            match journal::hear(store, incident, event, &requirement, key, done, now).await {
                Err(JournalError::Append(AppendError::Conflict { .. }))
                    if races < journal::MOST_RACES =>
                {
                    races += 1;
                }
                heard => {
                    let heard = heard?;
                    let (incident, decision) = &heard;
                    let ended = ended(incident, &proposal.id);
                    if let Some(outcome) = ended.filter(|_| !decision.facts.is_empty()) {
                        self.metrics.ended(outcome);
                    }
                    return Ok(heard);
                }
            }
        }
    }

    /// A requirement with what platforms say of these people, where the settings alone do not decide about them.
    pub(crate) async fn looked_up(
        &self,
        requirement: Requirement,
        people: &BTreeSet<ResponderId>,
        told: &Found,
    ) -> Requirement {
        let requirement = requirement.with(told.clone());
        let open = people
            .iter()
            .filter(|who| matches!(requirement.right(who), Right::Untold(_)));
        let open: BTreeSet<ResponderId> = open.cloned().collect();
        if open.is_empty() {
            return requirement;
        }
        let lists = requirement.lists();
        let look = self.lists.look(&self.settings, &lists, &open, told);
        let found = Box::pin(look).await;
        requirement.with(found)
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
