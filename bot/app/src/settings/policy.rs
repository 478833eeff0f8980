//! The rules of who may approve what, as they are written.

use std::collections::{BTreeMap, BTreeSet};

use incident::people::{Groups, Who};
use incident::policy::{Hosts, Rule};
use incident::{HostName, ResponderId, Risk, Span};
use serde::Deserialize;

use super::Person;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    risk: BTreeSet<Risk>,
    hosts: String,
    approvers: BTreeSet<String>,
    #[serde(default = "one")]
    min: u32,
    #[serde(default)]
    requester: bool,
    #[serde(default = "quarter_hour")]
    expires: String,
}

fn one() -> u32 {
    1
}

fn quarter_hour() -> String {
    "15m".to_owned()
}

pub(super) fn make_rule(
    raw: &RawRule,
    people: &BTreeMap<ResponderId, Person>,
    groups: &Groups,
) -> Result<Rule, String> {
    Ok(Rule {
        risks: raw.risk.clone(),
        hosts: parse_hosts(&raw.hosts)?,
        approvers: who(&raw.approvers, "approver", people, groups)?,
        min: raw.min,
        requester: raw.requester,
        expires: duration(&raw.expires)?,
    })
}

/// People and `@groups`, each of which there is.
pub(super) fn who(
    names: &BTreeSet<String>,
    what: &str,
    people: &BTreeMap<ResponderId, Person>,
    groups: &Groups,
) -> Result<Who, String> {
    let mut who = Who::default();
    for name in names {
        if let Some(group) = name.strip_prefix('@') {
            if !groups.contains_key(group) {
                return Err(format!(
                    "nobody in [people] is in the group {name}, and there is no [groups.{group}]"
                ));
            }
            who.groups.insert(group.to_owned());
        } else {
            let id = ResponderId::new(name.clone()).map_err(|bad| bad.to_string())?;
            if !people.contains_key(&id) {
                return Err(format!("{what} {name} is not in [people]"));
            }
            who.people.insert(id);
        }
    }
    Ok(who)
}

/// The hosts that a rule is for.
pub(super) fn parse_hosts(text: &str) -> Result<Hosts, String> {
    if text == "all" {
        return Ok(Hosts::All);
    }
    if text == "localhost" {
        return Ok(Hosts::Local);
    }
    if let Some(group) = text.strip_prefix('@') {
        return Ok(Hosts::Group(group.to_owned()));
    }
    if text.contains('=') {
        let labels = text
            .split(',')
            .map(|pair| {
                pair.split_once('=')
                    .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
                    .ok_or_else(|| format!("hosts {text:?}: {pair:?} is not label=value"))
            })
            .collect::<Result<_, _>>()?;
        return Ok(Hosts::Labels(labels));
    }
    HostName::new(text)
        .map(Hosts::Named)
        .map_err(|bad| bad.to_string())
}

/// A span such as `90s`, `15m`, `2h` or `1d`.
pub(super) fn duration(text: &str) -> Result<Span, String> {
    let bad = || format!("{text:?} is not a span of time; write it like 90s, 15m, 2h or 1d");
    let unit = text.chars().last().ok_or_else(bad)?;
    let number = text.strip_suffix(unit).ok_or_else(bad)?;
    let number: u64 = number.trim().parse().map_err(|_bad| bad())?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(bad()),
    };
    Ok(Span::seconds(number.saturating_mul(seconds)))
}
