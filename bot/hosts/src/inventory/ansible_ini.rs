//! Ansible's INI inventories: host lines, `[group]`, `[group:children]`, `[group:vars]`.

use super::ansible::{Vars, Written, Wrong};
use super::range::expand;

enum Section {
    Hosts(String),
    Children(String),
    Vars(String),
}

pub(super) fn parse(text: &str) -> Result<Written, Wrong> {
    let mut written = Written::default();
    let mut section = Section::Hosts("ungrouped".to_owned());
    for (n, line) in text.lines().enumerate() {
        let at = n + 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with('[')
            && (line.ends_with(']') || line.contains("] "))
            && !line.contains('=')
        {
            section = header(line, at)?;
            let (Section::Hosts(name) | Section::Children(name) | Section::Vars(name)) = &section;
            written.groups.entry(name.clone()).or_default();
            continue;
        }
        match &section {
            Section::Hosts(group) => host_line(&mut written, group, line, at)?,
            Section::Children(group) => {
                let child = before_comment(line).to_owned();
                check_group(&child, at)?;
                written
                    .groups
                    .entry(group.clone())
                    .or_default()
                    .children
                    .insert(child.clone());
                written.groups.entry(child).or_default();
            }
            Section::Vars(group) => {
                let Some((name, value)) = line.split_once('=') else {
                    return Err(Wrong(at, format!("`{}` is not name=value", cut(line))));
                };
                let value = value.trim();
                let value = words(value, at)
                    .ok()
                    .filter(|words| words.len() == 1)
                    .and_then(|mut words| words.pop())
                    .unwrap_or_else(|| value.to_owned());
                let group = written.groups.entry(group.clone()).or_default();
                group.vars.insert(name.trim().to_owned(), (value, at));
            }
        }
    }
    Ok(written)
}

fn header(line: &str, at: usize) -> Result<Section, Wrong> {
    let inside = before_comment(line)
        .trim_start_matches('[')
        .trim_end_matches(']')
        .trim();
    let (name, kind) = inside.split_once(':').unwrap_or((inside, ""));
    check_group(name, at)?;
    match kind {
        "" => Ok(Section::Hosts(name.to_owned())),
        "children" => Ok(Section::Children(name.to_owned())),
        "vars" => Ok(Section::Vars(name.to_owned())),
        other => Err(Wrong(
            at,
            format!(
                "`[{name}:{}]` is no section; use [{name}], [{name}:children] or [{name}:vars]",
                cut(other)
            ),
        )),
    }
}

fn check_group(name: &str, at: usize) -> Result<(), Wrong> {
    let fits = !name.is_empty()
        && !name.starts_with('-')
        && name.len() <= 120
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    fits.then_some(()).ok_or_else(|| {
        Wrong(
            at,
            format!(
                "`{}` is not a group name; use letters, digits, `.`, `_` and `-`",
                cut(name)
            ),
        )
    })
}

fn host_line(written: &mut Written, group: &str, line: &str, at: usize) -> Result<(), Wrong> {
    let mut words = words(line, at)?.into_iter();
    let Some(pattern) = words.next() else {
        return Ok(());
    };
    if pattern.contains('=') {
        return Err(Wrong(
            at,
            format!(
                "`{}` begins with a variable; the host's name comes first",
                cut(line)
            ),
        ));
    }
    let mut vars = Vars::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Wrong(
                at,
                format!(
                    "`{}` after the host is not name=value; one host a line",
                    cut(&word)
                ),
            ));
        };
        vars.insert(name.to_owned(), (value.to_owned(), at));
    }
    // `host:2222` carries its port; `web[1:3]` has its colon inside the brackets.
    let tail_at = pattern.rfind(']').map_or(0, |close| close + 1);
    let tail = pattern.get(tail_at..).unwrap_or("");
    let mut bare = pattern.as_str();
    if tail.matches(':').count() == 1
        && let Some((head, port)) = pattern.rsplit_once(':')
    {
        if port.parse::<u16>().is_err() {
            return Err(Wrong(
                at,
                format!("`{}`: {port:?} is no port", cut(&pattern)),
            ));
        }
        bare = head;
        vars.entry("ansible_port".to_owned())
            .or_insert_with(|| (port.to_owned(), at));
    }
    for name in expand(bare).map_err(|what| Wrong(at, what))? {
        let (known, _) = written
            .hosts
            .entry(name.clone())
            .or_insert_with(|| (Vars::new(), at));
        known.extend(vars.clone());
        written
            .groups
            .entry(group.to_owned())
            .or_default()
            .hosts
            .insert(name);
    }
    Ok(())
}

fn before_comment(line: &str) -> &str {
    line.split(" #").next().unwrap_or(line).trim()
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

/// The words of a line as a shell would split them: quotes and backslashes, and `#` begins a comment.
fn words(line: &str, at: usize) -> Result<Vec<String>, Wrong> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => match chars.next() {
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err(Wrong(at, "the line ends with a backslash".to_owned())),
            },
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, '#') if word.is_none() => break,
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(Wrong(at, "a quote is not closed".to_owned()));
    }
    words.extend(word);
    Ok(words)
}
