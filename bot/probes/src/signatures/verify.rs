//! Turns what log lines say into findings, after looking whether it is so: the path, the port, the module, the setting.

use std::collections::BTreeMap;

use incident::{Confidence, Severity, Subject, Value};

use super::hits::{Hit, Standing, severity};
use super::leftover;
use super::place::{self, Place, Refusal};
use super::port::Port;
use super::refused;
use super::remedy::{library, module, open_files, setting};
use super::sandbox::{owner_around, sandbox};
use crate::draft::Draft;
use crate::look::Look;
use crate::units::exec::{Needs, Role};
use crate::units::list::Units;
use crate::units::path::{Account, Node, normal};
use crate::units::start::{broken_link, with_gone};

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
    pub(super) fn worker(&self, unit: Option<&str>) -> Option<&Account> {
        self.needs.get(unit?)?.worker()
    }

    /// Whether another unit is known to work as the same account, one of its own.
    fn shares_worker(&self, unit: &str) -> bool {
        let Some(own) = self.worker(Some(unit)).filter(|own| own.name != "root") else {
            return false;
        };
        self.needs.values().any(|needs| {
            needs.unit != unit && needs.worker().is_some_and(|other| other.name == own.name)
        })
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
        "file.wrong_mode" => vec![too_open(known, hit)],
        "redis.config" => vec![own_config(known, hit)],
        "net.port_taken" => taken(known, hit),
        "file.left_behind" => leftover::drafts(known, hit),
        "app.connection_refused" | "nginx.upstream_down" => refused::drafts(known, hit),
        "app.no_space" => no_space(known, hit).into_iter().collect(),
        "mysql.config" | "postgres.config" | "redis.module_missing" => vec![setting(known, hit)],
        "unit.exec_missing"
        | "unit.exec_permission"
        | "unit.exec_interpreter"
        | "unit.user_missing"
        | "unit.working_dir"
        | "unit.env_file" => {
            // What the unit needs was looked at: that judgement stands, also where it says that nothing is missing any more.
            let looked = hit.unit.as_deref().is_some_and(|unit| {
                known
                    .needs
                    .get(unit)
                    .is_some_and(|needs| needs.unit == unit)
            });
            if looked { Vec::new() } else { vec![plain()] }
        }
        "redis.fork_refused" => vec![fork(known, hit)],
        "unit.open_files" => vec![open_files(known, hit)],
        "unit.missing_library" => vec![library(known, hit)],
        _ => match language(code) {
            Some(language) => vec![module(known, hit, language)],
            None => vec![plain()],
        },
    }
}

/// A refused copy: the setting is the cause only where it is as the kernel comes with it.
fn fork(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
    let mut draft = plain(known, hit);
    let usage = known.look.heard("memory.usage");
    let live = crate::read::file(&usage, "/proc/sys/vm/overcommit_memory");
    if live.map(str::trim) != Some("0") {
        draft.facts.remove("want");
        draft.severity = draft.severity.min(Severity::Warning);
    }
    draft.cite("memory.usage")
}

/// What the line says, as it is.
pub(super) fn plain(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
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

pub(super) fn quiet(draft: Draft, why: &str) -> Draft {
    let detail = format!("{}\n{why}", draft.detail);
    Draft {
        severity: Severity::Info,
        ..draft
    }
    .detail(detail)
}

/// With a confirming look, a running unit's complaint counts from the first time.
pub(super) fn confirmed(hit: &Hit<'_>) -> Severity {
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
    let read_only = hit.example.contains("ead-only file system");
    // Root is refused nowhere by a mode: the program gave its rights up before.
    let other = (who.uid == 0 && !read_only)
        .then(|| owner_around(&place))
        .flatten();
    let guessed = other.is_some();
    let who = other.as_ref().unwrap_or(who);
    let own = unit
        .and_then(|unit| known.needs.get(unit))
        .map_or(&[][..], |needs| &needs.state_folders);
    let refusal = place::refusal(&place, who, unit.unwrap_or_default(), own);
    if matches!(refusal, None | Some(Refusal::Unclear { .. }))
        && let Some(draft) = sandbox(known, hit, &path, &place)
    {
        return vec![draft.cite(format!("file.look {path}"))];
    }
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
            if guessed {
                draft.confidence = draft.confidence.min(Confidence::Likely);
            }
            let log: String = hit.example.chars().take(300).collect();
            draft.detail = format!("{}\nThe log says: {log}", draft.detail)
                .trim_start()
                .to_owned();
            vec![draft]
        }
        None if hit.standing != Standing::Failing => {
            vec![quiet(said, "Mode and owner let it through at the moment.")]
        }
        None => {
            let why = if who.uid == 0 && !read_only {
                "Root would be let through, so the program works as somebody else, who is not: which account that is was not to be seen."
            } else {
                "Mode and owner would let it through; look at access lists, at the unit's own view of the filesystem and at AppArmor or SELinux."
            };
            let detail = format!("{}\n{why}", said.detail);
            vec![
                said.sure(Confidence::Possible)
                    .detail(detail)
                    .fact("has_acl", place.has_acl),
            ]
        }
    }
}

/// A line of the configuration that the unit's own command names.
fn own_config(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
    let said = plain(known, hit);
    let Some((unit, needs)) = hit
        .unit
        .as_deref()
        .and_then(|unit| Some((unit, known.needs.get(unit)?)))
    else {
        return said;
    };
    let config = needs
        .parts
        .iter()
        .find(|part| part.role == Role::Argument && part.way.path.ends_with(".conf"));
    match config {
        // Without the word that the line begins with, nobody can tell whether it protects something.
        Some(part) if said.facts.contains_key("directive") => said
            .fact("path", part.way.path.as_str())
            .cite(format!("unit.exec {unit}")),
        _ => said,
    }
}

/// A key that others may read: what its program takes is owner and, where root owns it, group.
fn too_open(known: &Known<'_>, hit: &Hit<'_>) -> Draft {
    let said = plain(known, hit);
    let Some(path) = path(hit) else { return said };
    let key = format!("file.look {path}");
    let place = known.look.text(&key).ok();
    let place = place.and_then(|text| Place::read(&text));
    let Some(node) = place.as_ref().and_then(|place| place.way.end()) else {
        return said;
    };
    let kept = if node.uid == 0 { 0o640 } else { 0o600 };
    let want = node.mode & kept;
    if node.mode & 0o777 == want {
        return quiet(said, "Its mode is right again.").cite(key);
    }
    said.fact("mode", node.octal())
        .fact("want_mode", format!("{want:04o}"))
        .cite(key)
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
    if place.way.gone.is_none() {
        return match hit.standing {
            Standing::Failing => sandbox(known, hit, &path, &place)
                .map(|draft| draft.cite(key))
                .into_iter()
                .collect(),
            Standing::Running | Standing::Unknown => Vec::new(),
        };
    }
    let mut draft = Draft { severity, ..said }
        .sure(Confidence::Confirmed)
        .cite(key);
    if let Some(package) = &place.package {
        draft = draft.fact("package", package.as_str());
    }
    vec![with_gone(
        run_folder(known, hit, draft, place.way.gone.as_deref()),
        &place.way,
        Node::is_file,
    )]
}

/// A folder directly below `/run` that bears the name of the unit or of its account is the unit's own: it is made anew at each
/// boot, or by nobody.
fn run_folder(known: &Known<'_>, hit: &Hit<'_>, draft: Draft, gone: Option<&str>) -> Draft {
    let own = hit
        .unit
        .as_deref()
        .filter(|_| hit.standing == Standing::Failing)
        // One of several of its kind would take the folder of the others away when it ends.
        .filter(|unit| !unit.contains('@') && !known.shares_worker(unit))
        .and_then(|unit| {
            let gone = gone?;
            let name = gone
                .strip_prefix("/run/")
                .or_else(|| gone.strip_prefix("/var/run/"))?;
            let account = known.worker(Some(unit)).map(|who| who.name.as_str());
            let stem = unit.split(['.', '@']).next().unwrap_or(unit);
            let is_name = !name.is_empty()
                && !name.starts_with('.')
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
            // A file that is gone in a folder that is there is something else.
            let below = hit
                .get("path")
                .is_some_and(|path| path.contains(&format!("/{name}/")));
            (is_name && below && (stem == name || account == Some(name))).then_some(name)
        });
    match own {
        Some(name) => draft.fact("runtime_directory", name),
        None => draft,
    }
}

fn taken(known: &Known<'_>, hit: &Hit<'_>) -> Vec<Draft> {
    let said = plain(known, hit);
    let Some(number) = port(hit) else {
        return leftover::socket_of(known, hit, &said).unwrap_or_else(|| vec![said]);
    };
    let key = format!("port.holder {number}");
    let Some(port) = known
        .look
        .text(&key)
        .ok()
        .and_then(|text| Port::read(&text))
    else {
        return vec![said];
    };
    let said = said.cite(key);
    if !port.listens {
        return vec![quiet(
            said,
            "Nothing listens there at the moment, so the next start may succeed.",
        )];
    }
    let unit = hit.unit.as_deref();
    let runs = unit
        .and_then(|unit| known.units.get(unit))
        .is_some_and(crate::units::list::Unit::is_active);
    let Some(holder) = port.holders.first() else {
        return vec![said];
    };
    if runs && holder.unit.as_deref() == unit {
        return Vec::new();
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
    vec![draft]
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the same shape as the other judgements"
)]
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
