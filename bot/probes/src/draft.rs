//! A finding before it has a number: what a subject says about the answers it read.

use std::collections::BTreeMap;

use incident::{Confidence, Severity, Subject, Value};

/// A judgement that cites probe keys; [`crate::rank`] makes findings of drafts.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// A code of the catalogue, or a site's own.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What on the host it is about.
    pub subject: Subject,
    /// One line for people, without the host's name.
    pub title: String,
    /// A few lines that say what was seen and what it means.
    pub detail: String,
    /// Typed facts for conditions and slots.
    pub facts: BTreeMap<String, Value>,
    /// The keys of the probes that it rests on; never empty.
    pub cites: Vec<String>,
}

impl Draft {
    /// A confirmed draft; the other parts are added by the methods below.
    #[must_use]
    pub fn new(code: &str, severity: Severity, subject: Subject, title: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            confidence: Confidence::Confirmed,
            subject,
            title: title.into(),
            detail: String::new(),
            facts: BTreeMap::new(),
            cites: Vec::new(),
        }
    }

    /// The same, less sure.
    #[must_use]
    pub const fn sure(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// The same, with its detail.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The same, with one more fact.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// The same, resting on one more probe.
    #[must_use]
    pub fn cite(mut self, key: impl Into<String>) -> Self {
        let key = key.into();
        if !self.cites.contains(&key) {
            self.cites.push(key);
        }
        self
    }

    /// The same, of a process that runs in this unit, if in any: facts `unit` and `restart_unit`. Without one there are no
    /// such facts, as conditions ask whether there is one.
    #[must_use]
    pub(crate) fn of_unit(self, unit: &str) -> Self {
        match whose(unit) {
            "" => self,
            unit if unit.ends_with(".service") => {
                self.fact("unit", unit).fact("restart_unit", unit)
            }
            unit => self.fact("unit", unit),
        }
    }

    /// A text fact, or nothing.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.facts.get(name) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Bool(_) | Value::Int(_) | Value::List(_)) | None => None,
        }
    }

    /// A whole-number fact, or nothing.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.facts.get(name) {
            Some(Value::Int(n)) => Some(*n),
            Some(Value::Bool(_) | Value::Text(_) | Value::List(_)) | None => None,
        }
    }
}

/// The unit whose work a process in it does; nothing for units that start the work of others, such as sshd and cron: they say
/// nothing about whose work it is and must not be restarted for it.
pub(crate) fn whose(unit: &str) -> &str {
    const STARTERS: [&str; 14] = [
        "ssh",
        "cron",
        "atd",
        "anacron",
        "user@",
        "systemd-",
        "dbus",
        "init",
        "getty@",
        "serial-getty@",
        "docker",
        "containerd",
        "inetd",
        "xinetd",
    ];
    if STARTERS.iter().any(|start| unit.starts_with(start)) {
        ""
    } else {
        unit
    }
}
