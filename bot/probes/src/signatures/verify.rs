//! Turns what log lines say into findings, after looking whether it is so: the path, the port, the module, the setting.

use std::collections::BTreeMap;

use incident::{Confidence, Severity, Subject, Value};

use super::hits::{Hit, Standing, severity};
use super::place::{self, Place, Refusal};
use super::port::Port;
use crate::draft::Draft;
use crate::look::Look;
use crate::units::exec::{Needs, package_name};
use crate::units::list::Units;
use crate::units::path::{Account, normal};
use crate::units::start::broken_link;

/// What was looked at, read once.
pub(crate) struct Known<'a> {
    pub(crate) look: &'a Look<'a>,
    pub(crate) units: Units,
    pub(crate) needs: BTreeMap<String, Needs>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(look: &'a Look<'a>) -> Self {
        let needs = look
            .all("unit.exec")
            .map(|answer| (answer.arg().to_owned(), Needs::read(&answer.text())));
        Self {
            look,
            units: crate::units::units(look),
            needs: needs.collect(),
        }
    }

    /// The account that does the work of a unit.
    fn worker(&self, unit: Option<&str>) -> Option<&Account> {
        self.needs.get(unit?)?.worker()
    }
}

/// The path that a hit names, without `..`.
pub(crate) fn path(hit: &Hit<'_>) -> Option<String> {
    let path = hit.get("path")?.trim_end_matches(['.', ',', ';']);
    normal(path).filter(|path| path.len() > 1)
}

/// The port that a hit names.
pub(crate) fn port(hit: &Hit<'_>) -> Option<i64> {
    let port: i64 = hit.get("port")?.parse().ok()?;
    (1..=65_535).contains(&port).then_some(port)
}

/// The language of a missing module.
pub(crate) fn language(code: &str) -> Option<&'static str> {
    match code {
        "python.module_missing" => Some("python"),
        "perl.module_missing" => Some("perl"),
        "node.module_missing" => Some("node"),
        _ => None,
    }
}

/// The drafts of one hit: none, where a look shows that it is no longer so.
pub(crate) fn drafts(known: &Known<'_>, hit: &Hit<'_>) -> Vec<Draft> {
    let code = hit.signature.code.as_str();
    let plain = || plain(known, hit);
    match code {
        "app.permission_denied" | "mysql.data_dir" | "redis.write_refused"
            if path(hit).is_some() =>
        {
            permission(known, hit)
        }
        "file.missing" => missing(known, hit),
        "net.port_taken" => taken(known, hit).into_iter().collect(),
        "app.connection_refused" | "nginx.upstream_down" => {
            refused(known, hit).into_iter().collect()
        }
        "app.no_space" => no_space(known, hit).into_iter().collect(),
        "mysql.config" | "postgres.config" => vec![setting(known, hit)],
        "unit.exec_missing" | "unit.exec_permission" | "unit.exec_interpreter" | "unit.user_missing" | "unit.working_dir" | "unit.env_file" => {
            // What the unit needs was looked at: that judgement stands, also where it says that nothing is missing any more.
            let looked = hit.unit.as_deref().is_some_and(|unit| known.needs.get(unit).is_some_and(|needs| needs.unit == unit));
            if looked { Vec::new() } else { vec![plain()] }
        }
        "unit.open_files" => vec![open_files(known, hit)],
        "unit.missing_library" => vec![library(known, hit)],
        _ => match language(code) {
            Some(language) => vec![module(known, hit, language)],
            None => vec![plain()],
        },
    }
}

/// What the line says, as it is.
fn plain(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
    let severity = severity(hit, known.units.now_ms);
    let (kind, name) = hit
        .subject
        .split_once(':')
        .unwrap_or(("host", &hit.subject));
    let mut draft = Draft::new(
        &hit.signature.code,
        severity,
        Subject::new(kind, name),
        hit.title.clone(),
    )
    .sure(hit.signature.confidence)
    .cite(hit.key.as_str());
    for (fact, value) in &hit.captures {
        draft = draft.fact(fact, typed(fact, value));
    }
    if let Some(path) = path(hit) {
        draft = draft.fact("path", path);
    }
    let times = match hit.count {
        1 => String::new(),
        n => format!(" ({n} times)"),
    };
    let mut lines = Vec::new();
    if !hit.signature.detail.is_empty() {
        lines.push(hit.signature.detail.clone());
    }
    lines.push(format!(
        "The log says{times}: {}",
        hit.example.chars().take(400).collect::<String>()
    ));
    draft
        .detail(lines.join("\n"))
        .fact("count", i64::try_from(hit.count).unwrap_or(i64::MAX))
        .fact("signature", hit.signature.id.as_str())
}

/// Captures that are numbers become numbers.
fn typed(name: &str, value: &str) -> Value {
    let number = matches!(
        name,
        "port" | "pid" | "line" | "limit" | "status" | "column"
    )
    .then(|| value.parse::<i64>().ok())
    .flatten();
    number.map_or_else(|| Value::Text(value.to_owned()), Value::Int)
}

fn quiet(draft: Draft, why: &str) -> Draft {
    let detail = format!("{}\n{why}", draft.detail);
    Draft {
        severity: Severity::Info,
        ..draft
    }
    .detail(detail)
}

/// With a confirming look, a running unit's complaint counts from the first time.
fn confirmed(hit: &Hit<'_>) -> Severity {
    hit.signature.severity
}

fn permission(known: &Known<'_>, hit: &Hit<'_>) -> Vec<Draft> {
    let unit = hit.unit.as_deref();
    let mut said = plain(known, hit);
    let Some(path) = path(hit) else {
        return vec![said];
    };
    let key = format!("file.look {path}");
    let place = known
        .look
        .text(&key)
        .ok()
        .and_then(|text| Place::read(&text));
    let (Some(place), Some(who)) = (place, known.worker(unit)) else {
        return vec![said];
    };
    said = said.cite(key.as_str());
    let own = unit
        .and_then(|unit| known.needs.get(unit))
        .map_or(&[][..], |needs| &needs.state_folders);
    let refusal = place::refusal(&place, who, unit.unwrap_or_default(), own);
    match refusal {
        Some(refusal) => {
            let code = hit.signature.code.as_str();
            let severity = match &refusal {
                Refusal::Unclear { .. } | Refusal::Fixed { .. } => said.severity,
                Refusal::Owner { .. } | Refusal::Mode { .. } => confirmed(hit),
            };
            let mut draft = place::draft(&refusal, code, severity, &path, who, unit)
                .cite(hit.key.as_str())
                .cite(key);
            if let Some(unit) = unit {
                draft = draft.cite(format!("unit.exec {unit}"));
            }
            if let Some(package) = &place.package {
                draft = draft.fact("package", package.as_str());
            }
            draft.detail = format!(
                "{}\nThe log says: {}",
                draft.detail,
                hit.example.chars().take(300).collect::<String>()
            );
            vec![draft]
        }
        None if hit.standing != Standing::Failing => {
            vec![quiet(said, "Mode and owner let it through at the moment.")]
        }
        None => {
            let why = "Mode and owner would let it through; look at access lists, at the unit's own view of the filesystem and at AppArmor or SELinux.";
            let detail = format!("{}\n{why}", said.detail);
            vec![
                said.sure(Confidence::Possible)
                    .detail(detail)
                    .fact("has_acl", place.has_acl),
            ]
        }
    }
}

fn missing(known: &Known<'_>, hit: &Hit<'_>) -> Vec<Draft> {
    let said = plain(known, hit);
    let Some(path) = path(hit) else {
        return vec![said];
    };
    let key = format!("file.look {path}");
    let Some(place) = known
        .look
        .text(&key)
        .ok()
        .and_then(|text| Place::read(&text))
    else {
        // Programs look for files that need not be there all the time.
        return if hit.standing == Standing::Failing {
            vec![said.sure(Confidence::Possible)]
        } else {
            Vec::new()
        };
    };
    let severity = if hit.standing == Standing::Failing {
        hit.signature.severity
    } else {
        said.severity
    };
    if let Some(mut draft) = broken_link(&place.way, severity) {
        if let Some(unit) = &hit.unit {
            draft = draft.fact("unit", unit.as_str());
        }
        return vec![draft.cite(hit.key.as_str()).cite(key)];
    }
    let Some(gone) = &place.way.gone else {
        return Vec::new();
    };
    let mut draft = Draft { severity, ..said }
        .sure(Confidence::Confirmed)
        .cite(key)
        .fact("gone", gone.as_str());
    if let Some(package) = &place.package {
        draft = draft.fact("package", package.as_str());
    }
    vec![draft]
}

fn taken(known: &Known<'_>, hit: &Hit<'_>) -> Option<Draft> {
    let said = plain(known, hit);
    let number = port(hit)?;
    let key = format!("port.holder {number}");
    let Some(port) = known
        .look
        .text(&key)
        .ok()
        .and_then(|text| Port::read(&text))
    else {
        return Some(said);
    };
    let said = said.cite(key);
    if !port.listens {
        return Some(quiet(
            said,
            "Nothing listens there at the moment, so the next start may succeed.",
        ));
    }
    let unit = hit.unit.as_deref();
    let runs = unit
        .and_then(|unit| known.units.get(unit))
        .is_some_and(crate::units::list::Unit::is_active);
    let Some(holder) = port.holders.first() else {
        return Some(said);
    };
    if runs && holder.unit.as_deref() == unit {
        return None;
    }
    let by = match &holder.unit {
        Some(other) => format!("{} of {other}", holder.comm),
        None => format!(
            "{} of user {}, which no service started",
            holder.comm, holder.user
        ),
    };
    let mut draft = Draft {
        severity: confirmed(hit),
        ..said
    }
    .sure(Confidence::Confirmed)
    .fact("pid", holder.pid)
    .fact("start_time", holder.start)
    .fact("comm", holder.comm.as_str())
    .fact("holder_user", holder.user.as_str())
    .fact("holder_unit", holder.unit.as_deref().unwrap_or_default())
    .fact("holder_argv", holder.argv.as_str())
    .fact("exe", holder.exe.as_str());
    draft.title = format!(
        "Port {number} is held by {} (pid {})",
        holder.comm, holder.pid
    );
    draft.detail = format!(
        "{} wants port {number}, but {by} listens there: {}\n{}",
        unit.unwrap_or("The service"),
        holder.argv,
        draft.detail
    );
    Some(draft)
}

fn refused(known: &Known<'_>, hit: &Hit<'_>) -> Option<Draft> {
    let said = plain(known, hit);
    let Some(number) = port(hit) else {
        return Some(said);
    };
    let local = hit.get("host").is_none_or(|host| {
        matches!(
            host,
            "127.0.0.1" | "::1" | "[::1]" | "localhost" | "0.0.0.0"
        )
    });
    if !local {
        return Some(said);
    }
    let key = format!("port.holder {number}");
    let Some(port) = known
        .look
        .text(&key)
        .ok()
        .and_then(|text| Port::read(&text))
    else {
        return Some(said);
    };
    let said = said.cite(key);
    if port.listens {
        return Some(quiet(said, "Something listens there again."));
    }
    let draft = Draft {
        severity: confirmed(hit),
        ..said
    }
    .sure(Confidence::Confirmed);
    let detail = format!(
        "{}\nNothing listens on port {number} of this host.",
        draft.detail
    );
    Some(draft.detail(detail))
}

fn no_space(known: &Known<'_>, hit: &Hit<'_>) -> Option<Draft> {
    let said = plain(known, hit);
    let Some(path) = path(hit) else {
        return Some(said);
    };
    let key = format!("file.look {path}");
    let Some(place) = known
        .look
        .text(&key)
        .ok()
        .and_then(|text| Place::read(&text))
    else {
        return Some(said);
    };
    let full = place.space_percent.is_some_and(|percent| percent >= 99)
        || place.inode_percent.is_some_and(|percent| percent >= 99);
    let said = said.cite(key);
    if full {
        Some(
            Draft {
                severity: confirmed(hit),
                ..said
            }
            .sure(Confidence::Confirmed),
        )
    } else {
        Some(quiet(said, "There is room at the moment."))
    }
}

/// A module that is not there, with the package that has it where the package database knows one.
fn module(known: &Known<'_>, hit: &Hit<'_>, language: &str) -> Draft {
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
fn setting(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
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

fn open_files(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
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

fn library(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
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
