//! The literal aliases of an ssh configuration. Only the names: what they mean is left to ssh itself.

use std::path::{Path, PathBuf};

use incident::HostName;

use super::{InventoryError, read_text};

/// How deep includes may nest, as in ssh.
const DEEPEST: usize = 16;

/// Every alias without a pattern in it, with where it stands.
pub(super) fn aliases(path: &Path) -> Result<Vec<(HostName, String)>, InventoryError> {
    let mut found = Vec::new();
    read(path, 0, &mut found)?;
    Ok(found)
}

fn read(
    path: &Path,
    depth: usize,
    found: &mut Vec<(HostName, String)>,
) -> Result<(), InventoryError> {
    let text = read_text(path)?;
    for (n, line) in text.lines().enumerate() {
        let malformed = |what: String| InventoryError::Malformed {
            path: path.to_owned(),
            line: n + 1,
            what,
        };
        let Some(words) = words(line).map_err(malformed)? else {
            continue;
        };
        let Some((keyword, values)) = words.split_first() else {
            continue;
        };
        match keyword.to_ascii_lowercase().as_str() {
            "host" => {
                if values.is_empty() {
                    return Err(malformed(
                        "Host without a name; write `Host NAME`".to_owned(),
                    ));
                }
                for value in values {
                    if value.contains(['*', '?', '!']) {
                        continue;
                    }
                    let name =
                        HostName::new(value.clone()).map_err(|bad| malformed(bad.to_string()))?;
                    found.push((name, format!("{}:{}", path.display(), n + 1)));
                }
            }
            "include" => {
                if depth >= DEEPEST {
                    return Err(malformed(
                        "Include nests too deeply; does a file include itself?".to_owned(),
                    ));
                }
                for value in values {
                    for file in included(value) {
                        read(&file, depth + 1, found)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The words of a line: `Keyword value…` or `Keyword=value`, quotes taken off; nothing for an empty line or a comment.
fn words(line: &str) -> Result<Option<Vec<String>>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let end = line
        .find(|c: char| c.is_whitespace() || c == '=')
        .unwrap_or(line.len());
    let (keyword, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    let mut words = vec![keyword.to_owned()];
    let mut word = String::new();
    let (mut quoted, mut started) = (false, false);
    for c in rest.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                started = true;
            }
            c if c.is_whitespace() && !quoted => {
                if started {
                    words.push(std::mem::take(&mut word));
                }
                started = false;
            }
            '#' if !started => break,
            c => {
                word.push(c);
                started = true;
            }
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    if started {
        words.push(word);
    }
    Ok(Some(words))
}

/// The files that an `Include` value stands for, in order. Relative ones lie in `~/.ssh`; missing ones are no error.
fn included(value: &str) -> Vec<PathBuf> {
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default();
    let path = match value.strip_prefix("~/") {
        Some(rest) => home.join(rest),
        None if value.starts_with('/') => PathBuf::from(value),
        None => home.join(".ssh").join(value),
    };
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        let part = part.as_os_str().to_string_lossy().into_owned();
        if !part.contains(['*', '?']) {
            for path in &mut found {
                path.push(&part);
            }
            continue;
        }
        found = found
            .iter()
            .flat_map(|dir| {
                let mut names: Vec<String> = std::fs::read_dir(dir)
                    .into_iter()
                    .flatten()
                    .flatten()
                    .filter_map(|entry| entry.file_name().into_string().ok())
                    .filter(|name| {
                        fits(&part, name) && (!name.starts_with('.') || part.starts_with('.'))
                    })
                    .collect();
                names.sort();
                names.into_iter().map(move |name| dir.join(name))
            })
            .collect();
    }
    found.retain(|path| path.is_file());
    found
}

/// Whether a name fits a pattern of `*` and `?`.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match (pattern.get(p), name.get(n)) {
            (Some('*'), _) => {
                star = Some((p, n));
                p += 1;
            }
            (Some(want), Some(have)) if *want == '?' || want == have => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}
