//! An action made concrete: this host, these steps, this expiry, one digest over all of it.

use serde::{Deserialize, Serialize};

use crate::step::Step;
use crate::{Code, FindingId, HostName, IncidentId, Moment, ProposalId, RunbookId, Span, Subject};

/// How much harm an action could do when it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// It only looks.
    Read,
    /// Easily undone, touches one thing that is broken already.
    Low,
    /// Touches something that works, or what others depend on.
    Medium,
    /// May lose data or take down more than it repairs.
    High,
}

impl std::fmt::Display for Risk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

/// What undo there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// Every step is undone from what the guard saves before it.
    Automatic,
    /// The runbook declares what undoes it.
    Declared,
    /// There is none for at least one step; the reason is shown.
    Irreversible,
    /// It only looks, so there is nothing to undo.
    Nothing,
}

impl std::fmt::Display for Undo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Automatic => "automatic",
            Self::Declared => "declared",
            Self::Irreversible => "irreversible",
            Self::Nothing => "nothing",
        })
    }
}

/// Limits of a runbook on how often its action runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// How long after one run of this runbook for the same subject on the same host the next may be approved.
    pub cooldown: Span,
    /// How many runs on one host a day.
    pub per_host_per_day: u32,
    /// How long an execution may take on the host.
    pub timeout: Span,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cooldown: Span::minutes(10),
            per_host_per_day: 3,
            timeout: Span::seconds(120),
        }
    }
}

/// How Sickbay becomes root on a host, which the approver also approves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// Logs in as root, or runs as root on this machine.
    Root,
    /// `sudo -n`, as far as the site allows.
    Sudo,
    /// The root-owned guard is the only sudoers entry.
    Enrolled,
    /// No way to become root.
    None,
}

/// An action made concrete. Immutable; the digest covers every field but the texts that only explain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id, unique in the store.
    pub id: ProposalId,
    /// The incident it belongs to.
    pub incident: IncidentId,
    /// The host it changes.
    pub host: HostName,
    /// The host's key fingerprint (`SHA256:…`) it was made for, or `local` for this machine.
    pub host_key: String,
    /// The account that runs it on the host.
    pub login: String,
    /// How it becomes root there.
    pub privilege: Privilege,
    /// The runbook and its version; for a rollback those of what it undoes.
    pub runbook: RunbookId,
    /// The runbook's version.
    pub runbook_version: u32,
    /// The digest of the runbook's text; empty where an older Sickbay made it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub runbook_text: String,
    /// One line for people.
    pub title: String,
    /// The risk, from the runbook.
    pub risk: Risk,
    /// The finding it answers.
    pub answers: FindingId,
    /// That finding's code, which is checked again before and after.
    pub answers_code: Code,
    /// That finding's subject.
    pub answers_subject: Subject,
    /// The steps, in order, each with what it needs to be still true.
    pub steps: Vec<Step>,
    /// What undo there is.
    pub undo: Undo,
    /// For each step what undoes it or why nothing does; for people.
    pub undo_words: Vec<String>,
    /// The proposal that this one rolls back.
    pub undoes: Option<ProposalId>,
    /// What would change in files, as a unified diff; for people. Redacted.
    pub diff: String,
    /// The runbook's limits.
    pub limits: Limits,
    /// The fewest approvals that the runbook asks for; the policy may ask for more.
    pub min_approvals: u32,
    /// When it was made.
    pub made_at: Moment,
    /// After this it cannot be approved or started.
    pub expires_at: Moment,
}

impl Proposal {
    /// When whoever may approve is called once more: a third of its life before it expires.
    #[must_use]
    pub fn calls_at(&self) -> Moment {
        let life = self.expires_at.since(self.made_at);
        self.expires_at.minus(Span(life.0 / 3))
    }

    /// The digest that an approval is bound to: `sha256:<64 hex digits>`.
    ///
    /// It covers the runbook, its version and its text, the canonical steps with their needs, host, host key, login and privilege, the
    /// finding answered, the undo, the limits and the expiry.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut bound = serde_json::json!({
            "format": 1,
            "id": self.id,
            "incident": self.incident,
            "host": self.host,
            "host_key": self.host_key,
            "login": self.login,
            "privilege": self.privilege,
            "runbook": self.runbook,
            "runbook_version": self.runbook_version,
            "risk": self.risk,
            "answers": self.answers_code,
            "subject": self.answers_subject,
            "steps": self.steps,
            "undo": self.undo,
            "undoes": self.undoes,
            "limits": self.limits,
            "min_approvals": self.min_approvals,
            "expires_at": self.expires_at,
        });
        // An older one keeps the digest that it was approved by.
        if !self.runbook_text.is_empty()
            && let Some(bound) = bound.as_object_mut()
        {
            bound.insert("runbook_text".to_owned(), self.runbook_text.clone().into());
        }
        crate::digest::of("sickbay proposal 1", &bound)
    }
}
