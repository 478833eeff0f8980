//! The front matter: what a page answers, how risky it is and who may say yes.

use incident::proposal::Limits;
use incident::{Code, Risk, RunbookId, Span};
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::condition::Condition;
use crate::problem::{Place, Trouble};
use crate::yaml::Fragment;

/// The variables that `match.where` can see.
const SEEN: &[&str] = &["finding", "causes", "others"];

/// A text in English and Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese; empty when the author gave none.
    pub zh: String,
}

impl Words {
    /// The Chinese text, or the English one where there is none.
    #[must_use]
    pub fn zh(&self) -> &str {
        if self.zh.is_empty() {
            &self.en
        } else {
            &self.zh
        }
    }
}

/// Which finding codes a runbook answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// `fs.full`.
    Code(Code),
    /// `fs.*`: every code of an area.
    Area(String),
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        match text.strip_suffix(".*") {
            Some(area) => Code::new(&format!("{area}.any"))
                .ok()
                .filter(|code| code.area() == area)
                .map(|_code| Self::Area(area.to_owned()))
                .ok_or_else(|| format!("{text:?} is not an area; write it like `fs.*`")),
            None => Code::new(text)
                .map(Self::Code)
                .map_err(|bad| bad.to_string()),
        }
    }

    /// Whether it covers a code.
    #[must_use]
    pub fn covers(&self, code: &Code) -> bool {
        match self {
            Self::Code(own) => own == code,
            Self::Area(area) => code.area() == area,
        }
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => code.fmt(f),
            Self::Area(area) => write!(f, "{area}.*"),
        }
    }
}

/// What a runbook answers.
#[derive(Debug, Clone)]
pub struct Matching {
    /// The codes.
    pub findings: Vec<Pattern>,
    /// What must hold besides.
    pub condition: Option<Condition>,
}

/// Who may say yes; the policy in the settings may only make it stricter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The fewest people.
    pub min: u32,
    /// How long the proposal stands.
    pub expires: Span,
    /// Whether the person who asked for the diagnosis may approve too.
    pub requester: bool,
}

impl Default for Approval {
    fn default() -> Self {
        Self {
            min: 1,
            expires: Span::minutes(15),
            requester: true,
        }
    }
}

/// The front matter, read.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    pub(crate) id: RunbookId,
    pub(crate) version: u32,
    pub(crate) title: Words,
    pub(crate) owner: String,
    pub(crate) summary: Words,
    pub(crate) matching: Matching,
    pub(crate) risk: Risk,
    pub(crate) approval: Approval,
    pub(crate) limits: Limits,
    pub(crate) places: Places,
}

/// Where fields stand, for the lint.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) id: Place,
    pub(crate) title: Place,
    pub(crate) summary: Place,
    pub(crate) risk: Place,
    pub(crate) findings: Vec<Place>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFront {
    id: Spanned<String>,
    #[serde(default)]
    version: u32,
    title: Spanned<RawWords>,
    #[serde(default)]
    owner: String,
    summary: Spanned<RawWords>,
    #[serde(rename = "match")]
    matching: RawMatch,
    risk: Spanned<Risk>,
    approval: Option<RawApproval>,
    limits: Option<RawLimits>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWords {
    en: String,
    #[serde(default)]
    zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMatch {
    findings: Spanned<Vec<Spanned<String>>>,
    #[serde(rename = "where")]
    condition: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawApproval {
    min: Option<Spanned<u32>>,
    expires: Option<Spanned<String>>,
    #[serde(rename = "self")]
    requester: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    cooldown: Option<Spanned<String>>,
    per_host_per_day: Option<Spanned<u32>>,
    timeout: Option<Spanned<String>>,
}

/// Reads the front matter.
pub(crate) fn read(fragment: Fragment, yaml: &str) -> Result<Front, Vec<Trouble>> {
    let raw: RawFront = fragment.read(yaml).map_err(|trouble| vec![trouble])?;
    let mut troubles = Vec::new();
    let id = RunbookId::new(raw.id.value.clone())
        .map_err(|bad| bad.to_string())
        .and_then(|id| well_named(&id).map(|()| id))
        .map_err(|why| {
            let cure = "use lower-case letters, digits and `-`, as in `disk-full`";
            troubles.push(Trouble::new(fragment.of(&raw.id), why, cure));
        });
    let places = Places {
        id: fragment.of(&raw.id),
        title: fragment.of(&raw.title),
        summary: fragment.of(&raw.summary),
        risk: fragment.of(&raw.risk),
        findings: raw
            .matching
            .findings
            .value
            .iter()
            .map(|code| fragment.of(code))
            .collect(),
    };
    let title = one_line(places.title, &raw.title.value, &mut troubles);
    let summary = few_lines(places.summary, &raw.summary.value, &mut troubles);
    let matching = matching(fragment, raw.matching, &mut troubles);
    let approval = approval(fragment, raw.approval, &mut troubles);
    let limits = limits(fragment, raw.limits, &mut troubles);
    match (id, troubles.is_empty()) {
        (Ok(id), true) => Ok(Front {
            id,
            version: raw.version,
            title,
            owner: raw.owner,
            summary,
            matching,
            risk: raw.risk.value,
            approval,
            limits,
            places,
        }),
        (Ok(_) | Err(()), _) => Err(troubles),
    }
}

fn well_named(id: &RunbookId) -> Result<(), String> {
    let text = id.as_str();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.chars().all(plain) {
        Ok(())
    } else {
        Err(format!(
            "runbook id {text:?} has a letter that is not allowed"
        ))
    }
}

fn one_line(place: Place, raw: &RawWords, troubles: &mut Vec<Trouble>) -> Words {
    let words = Words {
        en: raw.en.trim().to_owned(),
        zh: raw.zh.trim().to_owned(),
    };
    if words.en.is_empty() || words.en.contains('\n') || words.zh.contains('\n') {
        troubles.push(Trouble::new(
            place,
            "the title is not one line",
            "name the failure in one line",
        ));
    }
    words
}

fn few_lines(place: Place, raw: &RawWords, troubles: &mut Vec<Trouble>) -> Words {
    let words = Words {
        en: raw.en.trim().to_owned(),
        zh: raw.zh.trim().to_owned(),
    };
    if words.en.is_empty() {
        troubles.push(Trouble::new(
            place,
            "the summary is empty",
            "say in at most three lines what is wrong and what the fix does",
        ));
    }
    if words.en.lines().count() > 3 || words.zh.lines().count() > 3 {
        troubles.push(Trouble::new(
            place,
            "the summary has more than three lines",
            "keep what a phone shows first; the rest goes under Symptom and Cause",
        ));
    }
    words
}

fn matching(fragment: Fragment, raw: RawMatch, troubles: &mut Vec<Trouble>) -> Matching {
    if raw.findings.value.is_empty() {
        troubles.push(Trouble::new(
            fragment.of(&raw.findings),
            "the runbook answers no finding",
            "list at least one code, as in `[fs.full]`",
        ));
    }
    let mut findings = Vec::new();
    for code in &raw.findings.value {
        match Pattern::parse(&code.value) {
            Ok(pattern) => findings.push(pattern),
            Err(why) => troubles.push(Trouble::new(
                fragment.of(code),
                why,
                "`sickbay explain` lists the codes",
            )),
        }
    }
    let condition = raw
        .condition
        .and_then(|source| condition(fragment, &source, SEEN, troubles));
    Matching {
        findings,
        condition,
    }
}

/// Compiles a condition that stands in YAML and tells mistakes in places of the file.
pub(crate) fn condition(
    fragment: Fragment,
    source: &Spanned<String>,
    seen: &[&str],
    troubles: &mut Vec<Trouble>,
) -> Option<Condition> {
    match Condition::compile(&source.value, seen) {
        Ok(condition) => Some(condition),
        Err(bad) => {
            let start = fragment.of(source);
            // The scalar's span counts its quotes; on one line the place within is exact.
            let written = usize::try_from(source.referenced.span().len()).unwrap_or(0);
            let quoted = usize::from(written == source.value.chars().count().saturating_add(2));
            let place = match bad.line {
                1 => Place::at(
                    start.line,
                    start
                        .column
                        .saturating_add(quoted)
                        .saturating_add(bad.column - 1),
                ),
                line => start.down(line - 1),
            };
            troubles.push(Trouble::new(place, bad.what, bad.cure));
            None
        }
    }
}

fn approval(fragment: Fragment, raw: Option<RawApproval>, troubles: &mut Vec<Trouble>) -> Approval {
    let mut approval = Approval::default();
    let Some(raw) = raw else {
        return approval;
    };
    if let Some(min) = raw.min {
        if !(1..=10).contains(&min.value) {
            troubles.push(Trouble::new(
                fragment.of(&min),
                format!("{} people cannot be asked for approval", min.value),
                "write a number from 1 to 10",
            ));
        }
        approval.min = min.value;
    }
    if let Some(text) = raw.expires {
        let (shortest, longest) = (Span::minutes(1), Span::minutes(24 * 60));
        approval.expires = span(fragment, &text, shortest, longest, troubles);
    }
    approval.requester = raw.requester.unwrap_or(true);
    approval
}

fn limits(fragment: Fragment, raw: Option<RawLimits>, troubles: &mut Vec<Trouble>) -> Limits {
    let mut limits = Limits::default();
    let Some(raw) = raw else {
        return limits;
    };
    if let Some(text) = raw.cooldown {
        let longest = Span::minutes(30 * 24 * 60);
        limits.cooldown = span(fragment, &text, Span::seconds(0), longest, troubles);
    }
    if let Some(text) = raw.timeout {
        let (shortest, longest) = (Span::seconds(1), Span::minutes(60));
        limits.timeout = span(fragment, &text, shortest, longest, troubles);
    }
    if let Some(count) = raw.per_host_per_day {
        if !(1..=1000).contains(&count.value) {
            troubles.push(Trouble::new(
                fragment.of(&count),
                format!("{} runs a day cannot be a limit", count.value),
                "write a number from 1 to 1000; a page that must never run has no action",
            ));
        }
        limits.per_host_per_day = count.value;
    }
    limits
}

fn span(
    fragment: Fragment,
    text: &Spanned<String>,
    shortest: Span,
    longest: Span,
    troubles: &mut Vec<Trouble>,
) -> Span {
    match duration(&text.value).filter(|span| (shortest..=longest).contains(span)) {
        Some(span) => span,
        None => {
            let what = match duration(&text.value) {
                Some(_) => format!("{} is not between {shortest} and {longest}", text.value),
                None => format!("{:?} is not a length of time", text.value),
            };
            let cure = "write a number with s, m, h or d, as in `90s` or `10m`";
            troubles.push(Trouble::new(fragment.of(text), what, cure));
            shortest
        }
    }
}

/// Reads `60s`, `10m`, `2h`, `1d`.
fn duration(text: &str) -> Option<Span> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds: u64 = match text.get(digits.len()..)? {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    if digits.is_empty() || digits.len() > 6 || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    Some(Span::seconds(count.saturating_mul(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        let check = |text, seconds: Option<u64>| {
            assert_eq!(duration(text), seconds.map(Span::seconds), "{text}");
        };
        check("60s", Some(60));
        check("10m", Some(600));
        check("2h", Some(7_200));
        check("1d", Some(86_400));
        for text in [
            "", "10", "m", "1.5h", "-1m", "10 m", "10ms", "9999999s", "1０m",
        ] {
            check(text, None);
        }
    }
}
