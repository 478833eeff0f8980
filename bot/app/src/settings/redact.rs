//! A site's own rules of redaction. Each is tried where it is read, so what is wrong with one is told with its place.

use incident::redact::{Does, Redactor, Rule};
use serde::Deserialize;

/// A rule as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    name: String,
    #[serde(default)]
    pattern: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    keep: Option<String>,
}

/// A rule that can be used.
#[derive(Debug, Deserialize)]
#[serde(try_from = "RawRule")]
pub(super) struct Usable(Rule);

impl TryFrom<RawRule> for Usable {
    type Error = String;

    fn try_from(raw: RawRule) -> Result<Self, String> {
        let RawRule {
            name,
            pattern,
            keywords,
            keep,
        } = raw;
        if name.trim().is_empty() {
            return Err("a rule under [[redact]] has no name; give it one".to_owned());
        }
        let does = match (pattern, keep) {
            (Some(pattern), None) => Does::Mask { pattern, keywords },
            (None, Some(keep)) if keywords.is_empty() => Does::Keep(keep),
            (None, Some(_)) => {
                return Err(format!(
                    "[[redact]] {name}: keywords say where a pattern is looked for, and keep has none; leave them out"
                ));
            }
            (Some(_), Some(_)) | (None, None) => {
                return Err(format!(
                    "[[redact]] {name}: a rule has either pattern, which finds a secret, or keep, which says what is none"
                ));
            }
        };
        let rule = Rule { name, does };
        Redactor::with("", std::slice::from_ref(&rule))
            .map_err(|wrong| format!("[[redact]] {wrong}"))?;
        Ok(Self(rule))
    }
}

/// All rules.
pub(super) fn rules(usable: Vec<Usable>) -> Result<Vec<Rule>, String> {
    let rules: Vec<Rule> = usable.into_iter().map(|one| one.0).collect();
    Redactor::with("", &rules).map_err(|wrong| format!("[[redact]] {wrong}"))?;
    Ok(rules)
}
