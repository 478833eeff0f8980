//! A slot is filled by a literal or by one whole fact: nothing is ever pasted into a longer text.

use std::collections::BTreeMap;

use incident::{Finding, Value};

/// What fills a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// The text as written.
    Literal(String),
    /// Facts of the finding: `{{ finding.path }}`, `{{ finding.restart_unit or finding.unit }}`,
    /// `{{ finding.recursive or 0 }}`.
    Facts {
        /// The facts' names; the first that the finding has is taken.
        names: Vec<String>,
        /// What stands in when it has none of them.
        fallback: Option<String>,
    },
}

impl Filling {
    /// Reads what an author wrote.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub(crate) fn parse(text: &str) -> Result<Self, (String, String)> {
        if !text.contains("{{") && !text.contains("}}") {
            return Ok(Self::Literal(text.to_owned()));
        }
        let inside = text
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"))
            .filter(|inside| !inside.contains("{{") && !inside.contains("}}"));
        let Some(inside) = inside else {
            return Err((
                format!("{text:?} mixes text and a fact"),
                "a slot takes one literal or exactly one `{{ finding.NAME }}`".to_owned(),
            ));
        };
        let mut names = Vec::new();
        let mut fallback = None;
        for part in inside.split(" or ").map(str::trim) {
            if fallback.is_some() {
                return Err((
                    format!("{part:?} comes after the text that stands in"),
                    "put that text last".to_owned(),
                ));
            }
            match part.strip_prefix("finding.") {
                Some(name) if is_name(name) => names.push(name.to_owned()),
                None if !names.is_empty() => fallback = Some(literal(part)?),
                Some(_) | None => {
                    return Err((
                        format!("{part:?} is not a fact"),
                        "write `finding.` and a name of lower-case letters, digits and `_`"
                            .to_owned(),
                    ));
                }
            }
        }
        Ok(Self::Facts { names, fallback })
    }

    /// What it gives for a finding; `None` when the finding has no such fact.
    pub(crate) fn fill(&self, facts: &BTreeMap<String, Value>) -> Option<Value> {
        match self {
            Self::Literal(text) => Some(Value::Text(text.clone())),
            Self::Facts { names, fallback } => names
                .iter()
                .find_map(|name| facts.get(name).filter(|value| !is_empty(value)))
                .cloned()
                .or_else(|| fallback.clone().map(Value::Text)),
        }
    }

    /// The facts it names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Self::Literal(_) => &[],
            Self::Facts { names, .. } => names,
        }
    }
}

impl std::fmt::Display for Filling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Facts { names, fallback } => {
                let names: Vec<String> =
                    names.iter().map(|name| format!("finding.{name}")).collect();
                write!(f, "{{{{ {}", names.join(" or "))?;
                if let Some(text) = fallback {
                    write!(f, " or {text:?}")?;
                }
                f.write_str(" }}")
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Bool(_) | Value::Int(_) => false,
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn literal(text: &str) -> Result<String, (String, String)> {
    let quoted = |mark: char| {
        text.strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark))
            .filter(|inside| !inside.contains(mark) && !inside.contains('\\'))
    };
    let bare = |c: char| c.is_ascii_alphanumeric() || "._/:@=+,-".contains(c);
    match quoted('"').or_else(|| quoted('\'')) {
        Some(inside) => Ok(inside.to_owned()),
        None if !text.is_empty() && text.chars().all(bare) => Ok(text.to_owned()),
        None => Err((
            format!("{text:?} cannot stand in for a missing fact"),
            "write one plain word, or put the text in quotes".to_owned(),
        )),
    }
}

/// Everything that conditions and slots can see of a finding: its facts, without those that are empty, its subject under the subject's kind
/// (`unit:nginx.service` gives `unit`) where no fact has that name, and `code`, `severity`, `confidence`, `subject` and
/// `host`.
#[must_use]
pub fn facts_of(finding: &Finding) -> BTreeMap<String, Value> {
    let severity = match finding.severity {
        incident::Severity::Info => "info",
        incident::Severity::Warning => "warning",
        incident::Severity::Critical => "critical",
    };
    let confidence = match finding.confidence {
        incident::Confidence::Possible => "possible",
        incident::Confidence::Likely => "likely",
        incident::Confidence::Confirmed => "confirmed",
    };
    let mut facts = BTreeMap::new();
    facts.insert(
        finding.subject.kind.clone(),
        Value::Text(finding.subject.name.clone()),
    );
    facts.extend(
        finding
            .facts
            .iter()
            .filter(|(_, value)| !is_empty(value))
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    let reserved = [
        ("code", finding.code.to_string()),
        ("severity", severity.to_owned()),
        ("confidence", confidence.to_owned()),
        ("subject", finding.subject.to_string()),
        ("host", finding.host.to_string()),
    ];
    facts.extend(
        reserved
            .into_iter()
            .map(|(name, text)| (name.to_owned(), Value::Text(text))),
    );
    facts
}
