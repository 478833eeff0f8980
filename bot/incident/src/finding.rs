//! A judgement over evidence, with a stable code and what it cites.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Code, EvidenceId, FindingId, HostName};

/// How bad a finding is. `Info` never makes a host unhealthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; nothing is wrong by it.
    Info,
    /// It will hurt, or hurts somewhat.
    Warning,
    /// Something does not work.
    Critical,
}

/// How sure we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// It would fit what was seen.
    Possible,
    /// Signs point to it.
    Likely,
    /// The evidence contains the fact.
    Confirmed,
}

/// What a finding is about: `unit:nginx.service`, `mount:/var`, `port:80/tcp`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject {
    /// `host`, `unit`, `mount`, `path`, `port`, `process`, `package`, `interface`, `certificate`, ….
    pub kind: String,
    /// Its name in its own namespace.
    pub name: String,
}

impl Subject {
    /// A subject of a kind and a name.
    #[must_use]
    pub fn new(kind: &str, name: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            name: name.into(),
        }
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl TryFrom<String> for Subject {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            Some((kind, name)) => Ok(Self::new(kind, name)),
            None => Err(format!("subject {text:?} has no `kind:` before its name")),
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}

/// A typed fact of a finding: what conditions (`finding.used_percent > 95`) and slots (`{{ finding.path }}`) use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number in the unit that the fact's name says (`size_bytes`, `used_percent`).
    Int(i64),
    /// A text as the host has it, without what it had of secrets; never shell.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}
impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}
impl From<Vec<String>> for Value {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(b) => write!(f, "{b}"),
            Self::Int(n) => write!(f, "{n}"),
            Self::Text(text) => f.write_str(text),
            Self::List(list) => f.write_str(&list.join(", ")),
        }
    }
}

/// A judgement over evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `f-1`, in order of rank, unique within the incident.
    pub id: FindingId,
    /// The stable code.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The host it is about.
    pub host: HostName,
    /// What on the host it is about.
    pub subject: Subject,
    /// One line for people, without the host's name.
    pub title: String,
    /// A few lines that say what was seen and what it means; redacted.
    pub detail: String,
    /// Typed facts for conditions and slots.
    pub facts: BTreeMap<String, Value>,
    /// The evidence it rests on; never empty.
    pub cites: Vec<EvidenceId>,
    /// The findings that it is the cause of.
    pub explains: Vec<FindingId>,
}

impl Finding {
    /// What makes two findings of different looks the same finding: code and subject.
    #[must_use]
    pub fn identity(&self) -> (&Code, &Subject) {
        (&self.code, &self.subject)
    }

    /// Whether a service that runs says one thing again and again: no verdict, and still the best lead where nothing is wrong.
    #[must_use]
    pub fn is_complaint(&self) -> bool {
        self.code.as_str() == "app.complains"
    }

    /// A text fact, or nothing.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.facts.get(name) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Bool(_) | Value::Int(_) | Value::List(_)) | None => None,
        }
    }
}

/// What is wrong by itself among the findings of a host: above info, and explained by no other.
pub fn roots(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let explained: BTreeSet<&FindingId> = findings.iter().flat_map(|one| &one.explains).collect();
    findings
        .iter()
        .filter(move |one| one.severity > Severity::Info && !explained.contains(&one.id))
}

/// What is said of a host as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostStatus {
    /// Examined; nothing above info.
    Healthy,
    /// Something is or will be wrong.
    Degraded,
    /// Something does not work.
    Critical,
    /// It answered, but too little could be read to say.
    Unknown,
    /// It could not be reached.
    Unreachable,
}

impl HostStatus {
    /// How soon somebody has to look: the higher, the sooner. What could not be reached outranks what merely degrades.
    #[must_use]
    pub const fn urgency(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Unknown => 1,
            Self::Degraded => 2,
            Self::Unreachable => 3,
            Self::Critical => 4,
        }
    }

    /// The status of a host that was examined: by the worst finding, where the essential probes gave an answer.
    #[must_use]
    pub fn judge(findings: &[Finding], essentials_answered: bool) -> Self {
        let worst = findings.iter().map(|finding| finding.severity).max();
        match worst {
            _ if !essentials_answered => Self::Unknown,
            Some(Severity::Critical) => Self::Critical,
            Some(Severity::Warning) => Self::Degraded,
            Some(Severity::Info) | None => Self::Healthy,
        }
    }
}
