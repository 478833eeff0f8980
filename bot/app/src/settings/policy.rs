//! The rules of who may approve what, as they are written.

use std::collections::{BTreeMap, BTreeSet};

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
    groups: &BTreeMap<String, BTreeSet<ResponderId>>,
) -> Result<Rule, String> {
    let mut approvers = BTreeSet::new();
    for name in &raw.approvers {
        if let Some(group) = name.strip_prefix('@') {
            let members = groups
                .get(group)
                .ok_or_else(|| format!("nobody in [people] is in the group {name}"))?;
            approvers.extend(members.iter().cloned());
        } else {
            let id = ResponderId::new(name.clone()).map_err(|bad| bad.to_string())?;
            if !people.contains_key(&id) {
                return Err(format!("approver {name} is not in [people]"));
            }
            approvers.insert(id);
        }
    }
    Ok(Rule {
        risks: raw.risk.clone(),
        hosts: parse_hosts(&raw.hosts)?,
        approvers,
        min: raw.min,
        requester: raw.requester,
        expires: duration(&raw.expires)?,
    })
}

fn parse_hosts(text: &str) -> Result<Hosts, String> {
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
fn duration(text: &str) -> Result<Span, String> {
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
