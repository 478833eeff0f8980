//! Ansible's YAML inventories: groups with `hosts`, `vars` and `children`, nested at will.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::ansible::{Vars, Written, Wrong};
use super::range::expand;

type RawVars = Option<BTreeMap<String, Value>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawGroup {
    hosts: Option<BTreeMap<String, RawVars>>,
    vars: RawVars,
    children: Option<BTreeMap<String, Option<Self>>>,
}

pub(super) fn parse(text: &str) -> Result<Written, Wrong> {
    let raw: Option<BTreeMap<String, Option<RawGroup>>> =
        serde_saphyr::from_str(text).map_err(|error| {
            let line = error
                .location()
                .map_or(1, |location| usize::try_from(location.line()).unwrap_or(1));
            // The reader's message goes on with a picture of the place over several lines; the first says what is wrong.
            let what = error.without_snippet().to_string();
            let what = what.lines().next().unwrap_or("is not YAML");
            let what = what.split(" at line ").next().unwrap_or(what);
            Wrong(
                line,
                format!("{what}; an inventory is groups with `hosts`, `vars` and `children`"),
            )
        })?;
    let mut written = Written::default();
    let lines = Lines(text);
    for (name, group) in raw.into_iter().flatten() {
        add(&mut written, &lines, &name, group.unwrap_or_default(), 0)?;
    }
    Ok(written)
}

/// Where a key stands: the reader gives values without places, so the first line with that key has to do.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn of(&self, key: &str) -> usize {
        let here = |line: &str| {
            let line = line.trim_start().trim_start_matches(['"', '\'']);
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
        };
        self.0.lines().position(here).map_or(1, |n| n + 1)
    }
}

fn add(
    written: &mut Written,
    lines: &Lines<'_>,
    name: &str,
    raw: RawGroup,
    depth: usize,
) -> Result<(), Wrong> {
    if depth > 32 {
        return Err(Wrong(
            lines.of(name),
            "children are nested more than 32 deep".to_owned(),
        ));
    }
    let group_vars = vars(lines, raw.vars);
    written
        .groups
        .entry(name.to_owned())
        .or_default()
        .vars
        .extend(group_vars);
    for (pattern, own) in raw.hosts.into_iter().flatten() {
        let line = lines.of(&pattern);
        let own = vars(lines, own);
        for host in expand(&pattern).map_err(|what| Wrong(line, what))? {
            let (known, _) = written
                .hosts
                .entry(host.clone())
                .or_insert_with(|| (Vars::new(), line));
            known.extend(own.clone());
            written
                .groups
                .entry(name.to_owned())
                .or_default()
                .hosts
                .insert(host);
        }
    }
    for (child, raw) in raw.children.into_iter().flatten() {
        if child == name {
            return Err(Wrong(
                lines.of(&child),
                format!("group `{child}` is among its own children"),
            ));
        }
        written
            .groups
            .entry(name.to_owned())
            .or_default()
            .children
            .insert(child.clone());
        add(written, lines, &child, raw.unwrap_or_default(), depth + 1)?;
    }
    Ok(())
}

fn vars(lines: &Lines<'_>, raw: RawVars) -> Vars {
    let mut vars = Vars::new();
    for (name, value) in raw.into_iter().flatten() {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        };
        let line = lines.of(&name);
        vars.insert(name, (text, line));
    }
    vars
}
