//! Adds to what a log line says what would mend it: the package, the line of the file, the limit.

use incident::Confidence;

use super::hits::Hit;
use super::verify::{Known, plain};
use crate::draft::Draft;
use crate::units::exec::package_name;

/// A module that is not there, with the package that has it where the package database knows one.
pub(super) fn module(known: &Known<'_>, hit: &Hit<'_>, language: &str) -> Draft {
    let mut draft = plain(known, hit).fact("language", language);
    let Some(module) = hit.get("module") else {
        return draft;
    };
    let key = format!("module.package {language} {module}");
    let Ok(text) = known.look.text(&key) else {
        return draft;
    };
    draft = draft.cite(key);
    let mut best: Option<(bool, &str)> = None;
    let removed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("removed "))
        .collect();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let ["package", name, "installed", have, "candidate", could] = words.as_slice() else {
            continue;
        };
        if *have != "(none)" || *could == "(none)" || package_name(name).is_none() {
            continue;
        }
        let was_here = removed
            .iter()
            .any(|line| line.contains(&format!(" {name}:")) || line.contains(&format!(" {name} ")));
        if best.is_none_or(|(known, _)| was_here && !known) {
            best = Some((was_here, name));
        }
    }
    if let Some((was_here, package)) = best
        && uses_host_modules(known, hit)
    {
        let why = if was_here {
            "It was removed from this host a while ago."
        } else {
            "It is available from the host's package sources."
        };
        let detail = format!("{}\nPackage {package} brings it. {why}", draft.detail);
        draft = draft
            .fact("package", package)
            .fact("was_removed", was_here)
            .detail(detail);
    }
    draft
}

/// Whether the unit's program runs with the host's own interpreter, so that the host's packages reach it.
fn uses_host_modules(known: &Known<'_>, hit: &Hit<'_>) -> bool {
    let Some(needs) = hit.unit.as_deref().and_then(|unit| known.needs.get(unit)) else {
        return true;
    };
    let runs = needs.parts.iter().flat_map(|part| {
        let interpreter = part.interpreter.as_ref().map(|(path, _)| path.as_str());
        [Some(part.way.path.as_str()), interpreter]
            .into_iter()
            .flatten()
    });
    !runs.into_iter().any(|path| {
        path.contains("venv")
            || path.contains("virtualenv")
            || path.starts_with("/usr/local/bin/python")
    })
}

/// A setting that a server refuses, with the file and line where it stands.
pub(super) fn setting(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
    let mut draft = plain(known, hit);
    let Some(name) = hit.get("key") else {
        return draft;
    };
    let key = format!("setting.find {name}");
    let Ok(text) = known.look.text(&key) else {
        return draft;
    };
    let mut places = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("at ")) {
        let mut parts = line.splitn(3, ':');
        let (Some(path), Some(number), Some(said)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let fits = hit.get("value").is_none_or(|value| said.contains(value))
            && hit.get("path").is_none_or(|named| named == path);
        if let (true, Ok(number)) = (fits, number.parse::<i64>()) {
            places.push((path.to_owned(), number, said.trim().to_owned()));
        }
    }
    draft = draft.cite(key);
    if let [(path, line, said)] = places.as_slice() {
        draft = draft
            .fact("path", path.as_str())
            .fact("line", *line)
            .fact("directive", said.as_str())
            .sure(Confidence::Confirmed);
        draft.title = format!("{}, in {path} line {line}", draft.title);
    } else if places.len() > 1 {
        let list: Vec<String> = places
            .iter()
            .map(|(path, line, _)| format!("{path}:{line}"))
            .collect();
        draft = draft.fact("places", list);
    }
    draft
}

pub(super) fn open_files(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
    let mut draft = plain(known, hit).fact("key", "LimitNOFILE");
    let needs = hit.unit.as_deref().and_then(|unit| known.needs.get(unit));
    if let (Some(limit), Some(unit)) = (needs.and_then(|needs| needs.open_files), &hit.unit) {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let want = limit.saturating_mul(4).clamp(4096, 1_048_576).max(limit);
        draft = draft
            .cite(format!("unit.exec {unit}"))
            .fact("limit", limit)
            .fact("want_limit", want.to_string())
            .sure(Confidence::Confirmed);
        draft.title = format!("{unit} reached its limit of {limit} open files");
    }
    draft
}

pub(super) fn library(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
    let mut draft = plain(known, hit);
    let needs = hit.unit.as_deref().and_then(|unit| known.needs.get(unit));
    let Some(needs) = needs else { return draft };
    let wanted = hit.get("library").unwrap_or_default();
    let known_missing = needs
        .parts
        .iter()
        .flat_map(|part| &part.missing_libraries)
        .find(|(name, _)| name == wanted);
    if let Some((_, package)) = known_missing {
        draft = draft.sure(Confidence::Confirmed);
        if let Some(package) = package {
            draft = draft.fact("package", package.as_str());
        }
    }
    draft
}
