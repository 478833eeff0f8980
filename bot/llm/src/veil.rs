//! Hides from a model what an attacker can word: names of users, files, processes, units and hosts become placeholders, numbers pass,
//! and prose does not pass at all.
//!
//! A model that reads `<unit_1> failed` can be told nothing by whoever named the unit. What it says of `<unit_1>` gets the name back
//! afterwards, and is verified with it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use incident::{Confidence, Finding, FindingId, HostName, Severity, Value};
use regex::Regex;
use serde_json::{Map, json};

mod known;
pub(crate) use known::is_prose;
#[cfg(test)]
mod tests;

/// A placeholder that stands for nothing, or is not written as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sentence has {text:?}, which stands for nothing that was shown; drop the sentence")]
pub struct UnknownName {
    /// What stood there, cut at 40 characters.
    pub text: String,
}

/// The names behind the placeholders of one request. They are numbered in the order in which they are first used.
#[derive(Debug, Clone, Default)]
pub struct Veil {
    /// From the name to its placeholder, without brackets.
    placeholders: BTreeMap<String, String>,
    /// From the placeholder to the name.
    names: BTreeMap<String, String>,
    /// How many there are of each kind.
    counts: BTreeMap<&'static str, usize>,
    /// What findings are called in this request.
    aliases: BTreeMap<FindingId, String>,
}

/// The most of a list that is shown.
const MOST: usize = 8;

impl Veil {
    /// Nothing is hidden so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Findings with what each is called: `F1`. Which explains which is told where both are among them.
    pub fn findings<'f>(
        &mut self,
        findings: impl IntoIterator<Item = (&'f str, &'f Finding)> + Clone,
    ) -> Vec<serde_json::Value> {
        for (alias, finding) in findings.clone() {
            self.call(alias, &finding.id);
        }
        findings
            .into_iter()
            .map(|(alias, finding)| self.finding(alias, finding))
            .collect()
    }

    /// A finding as a model may see it. Of what it explains only what was named before is told.
    pub fn finding(&mut self, alias: &str, finding: &Finding) -> serde_json::Value {
        self.call(alias, &finding.id);
        let kind = known::subject_kind(&finding.subject.kind);
        let subject = self.text(known::placeholder(kind), &finding.subject.name);
        let mut facts = Map::new();
        for (name, value) in finding.facts.iter().filter(|(name, _)| is_fact(name)) {
            let shown = match value {
                Value::Bool(yes) => json!(yes),
                Value::Int(number) => json!(number),
                // What is said in sentences is left out, not hidden: a placeholder for it would tell nothing.
                Value::Text(text) if known::is_prose(name, text) => continue,
                Value::Text(text) => json!(self.text(known::placeholder(name), text)),
                Value::List(list) => {
                    let texts = list.iter().filter(|text| !known::is_prose(name, text));
                    let shown = texts
                        .take(MOST)
                        .map(|text| self.text(known::placeholder(name), text));
                    json!(shown.collect::<Vec<String>>())
                }
            };
            facts.insert(name.clone(), shown);
        }
        let explains: Vec<&String> = finding
            .explains
            .iter()
            .filter_map(|id| self.aliases.get(id))
            .collect();
        json!({
            "id": alias,
            "code": finding.code.as_str(),
            "severity": severity(finding.severity),
            "confidence": confidence(finding.confidence),
            "subject_kind": kind,
            "subject": subject,
            "facts": facts,
            "explains": explains,
        })
    }

    /// What a question is about, by the kind of its argument: `unit`, `path`, `container`.
    pub fn name(&mut self, kind: &str, text: &str) -> String {
        self.text(known::placeholder(kind), text)
    }

    /// A host, always by its placeholder.
    pub fn host(&mut self, host: &HostName) -> String {
        self.hide("host", host.as_str())
    }

    /// A model's sentence with the names in it. The letters of a placeholder may be large or small.
    ///
    /// # Errors
    /// [`UnknownName`] where something looks like a placeholder and is none that was shown.
    pub fn lift(&self, text: &str) -> Result<String, UnknownName> {
        let mut lifted = String::with_capacity(text.len());
        let mut rest = text;
        let placeholder = PLACEHOLDER.as_ref().ok_or_else(|| unknown(text))?;
        while let Some(found) = placeholder.captures(rest) {
            let (Some(whole), Some(inner)) = (found.get(0), found.get(1)) else {
                break;
            };
            let before = rest.get(..whole.start()).unwrap_or_default();
            lifted.push_str(plain(before)?);
            let name = self.names.get(&inner.as_str().to_ascii_lowercase());
            lifted.push_str(name.ok_or_else(|| unknown(whole.as_str()))?);
            rest = rest.get(whole.end()..).unwrap_or_default();
        }
        lifted.push_str(plain(rest)?);
        Ok(lifted)
    }

    fn call(&mut self, alias: &str, finding: &FindingId) {
        self.aliases.insert(finding.clone(), alias.to_owned());
    }

    /// A text as it is where anybody could have guessed it, else its placeholder.
    fn text(&mut self, kind: &'static str, text: &str) -> String {
        if known::is_known(text) {
            text.to_owned()
        } else {
            self.hide(if text.starts_with('/') { "path" } else { kind }, text)
        }
    }

    fn hide(&mut self, kind: &'static str, name: &str) -> String {
        if let Some(placeholder) = self.placeholders.get(name) {
            return format!("<{placeholder}>");
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let placeholder = format!("{kind}_{count}");
        self.placeholders
            .insert(name.to_owned(), placeholder.clone());
        self.names.insert(placeholder.clone(), name.to_owned());
        format!("<{placeholder}>")
    }
}

// Without its pattern nothing is lifted.
static PLACEHOLDER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<([A-Za-z]{2,16}_[0-9]{1,4})>").ok());

/// What a placeholder looks like without its brackets, or with others.
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let kinds = known::KINDS.join("|");
    Regex::new(&format!(
        r"(?i)(?:^|[^a-z0-9])(?:{kinds})_[0-9]+|[<>＜＞〈〉‹›«»⟨⟩]"
    ))
    .ok()
});

/// A part of a sentence between placeholders, where nothing looks like one.
fn plain(part: &str) -> Result<&str, UnknownName> {
    let bare = BARE.as_ref().ok_or_else(|| unknown(part))?;
    match bare.find(part) {
        Some(found) => Err(unknown(found.as_str())),
        None => Ok(part),
    }
}

fn unknown(text: &str) -> UnknownName {
    UnknownName {
        text: text.chars().take(40).collect(),
    }
}

/// Whether a fact's name is one as probes and signatures give them.
fn is_fact(name: &str) -> bool {
    name.len() <= 40
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Possible => "possible",
        Confidence::Likely => "likely",
        Confidence::Confirmed => "confirmed",
    }
}
