//! Log signatures: patterns over log lines, kept as data so that a site adds its own without Rust.

use incident::step::Slot;
use incident::{ProbeRun, Severity};

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;

mod complaints;
mod hits;
mod leftover;
mod lines;
mod load;
pub(crate) mod place;
pub(crate) mod port;
mod refused;
mod remedy;
mod sandbox;
mod stamp;
mod template;
#[cfg(test)]
mod tests;
mod verify;
mod words;

pub use load::{SignatureError, Signatures};

use hits::{Hit, Standing};
use verify::Known;

/// What can be asked because of signatures.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "log.journal",
        "what the journal complains of",
        include_str!("signatures/journal.sh"),
    )
    .takes(&[Slot::Number])
    .first()
    .root()
    .within(8, 524_288),
    Spec::new(
        "log.files",
        "what log files complain of",
        include_str!("signatures/files.sh"),
    )
    .takes(&[Slot::Number])
    .first()
    .root()
    .within(6, 262_144),
    Spec::new(
        "file.look",
        "a path that an error names: what lies on the way, around it and who may use it",
        concat!(
            include_str!("units/paths.sh"),
            include_str!("signatures/file.sh")
        ),
    )
    .takes(&[Slot::Path])
    .root(),
    Spec::new(
        "port.holder",
        "who holds a port that an error names, or would if it ran",
        concat!(
            include_str!("signatures/wiring.sh"),
            include_str!("signatures/port.sh")
        ),
    )
    .takes(&[Slot::Number])
    .root(),
    Spec::new(
        "unit.peers",
        "which ports of this host a refused unit is set up to connect to",
        concat!(
            include_str!("signatures/wiring.sh"),
            include_str!("signatures/peers.sh")
        ),
    )
    .takes(&[Slot::Unit])
    .root(),
    Spec::new(
        "file.holders",
        "who uses a lock, a process file or a socket that an error names",
        concat!(
            include_str!("sh/opened.with.sh"),
            include_str!("signatures/networks.sh"),
            include_str!("signatures/holders.sh")
        ),
    )
    .takes(&[Slot::Path])
    .root(),
    Spec::new(
        "unit.sockets",
        "sockets that a unit names and at which nobody listens",
        concat!(
            include_str!("signatures/wiring.sh"),
            include_str!("signatures/networks.sh"),
            include_str!("signatures/sockets.sh")
        ),
    )
    .takes(&[Slot::Unit])
    .root(),
    Spec::new(
        "module.package",
        "which package has a module that is missing",
        include_str!("signatures/module.sh"),
    )
    .takes(&[Slot::Name, Slot::Name]),
    Spec::new(
        "setting.find",
        "where a refused setting stands",
        include_str!("signatures/setting.sh"),
    )
    .takes(&[Slot::Name])
    .root(),
];

fn found<'a>(known: &Known<'_>, signatures: &'a Signatures) -> Vec<Hit<'a>> {
    let lines = lines::lines(known.look);
    hits::hits(known.look, &known.units, signatures, &lines)
}

/// What the log lines mean by the patterns, after what they name was looked at.
pub(crate) fn judge(look: &Look<'_>, signatures: &Signatures, drafts: &mut Vec<Draft>) {
    let known = Known::new(look);
    if !signatures.is_empty() {
        let lines = lines::lines(look);
        let hits = hits::hits(look, &known.units, signatures, &lines);
        for hit in &hits {
            drafts.extend(verify::drafts(&known, hit));
        }
        words::judge(&known, signatures, &hits, &lines, drafts);
        complaints::judge(&known, signatures, &lines, drafts);
    }
    drop_the_vague(drafts);
    for draft in drafts {
        state_of_unit(&known, draft);
    }
}

/// Where one line names the path and another only the service, of the same trouble, the path is enough.
fn drop_the_vague(drafts: &mut Vec<Draft>) {
    let named: Vec<(String, String)> = drafts
        .iter()
        .filter(|draft| draft.subject.kind == "path" && draft.severity > Severity::Info)
        .filter_map(|draft| Some((draft.code.clone(), draft.text("unit")?.to_owned())))
        .collect();
    drafts.retain(|draft| {
        let vague = draft.facts.contains_key("signature")
            && matches!(draft.subject.kind.as_str(), "unit" | "service");
        let of_path = |(code, unit): &(String, String)| {
            *code == draft.code && draft.text("unit").is_none_or(|of| of == unit)
        };
        !(vague && named.iter().any(of_path))
    });
}

/// Adds how the unit of a draft stands, for those who choose what to do about it.
fn state_of_unit(known: &Known<'_>, draft: &mut Draft) {
    let unit = draft
        .text("unit")
        .and_then(|unit| known.units.get(unit))
        .map(|unit| (unit.id.clone(), unit.active.clone()));
    if let Some((id, state)) = unit
        && !state.is_empty()
    {
        draft
            .facts
            .entry("unit_state".to_owned())
            .or_insert_with(|| state.into());
        if id.ends_with(".service")
            && draft.subject.kind != "unit"
            && !matches!(
                draft.code.as_str(),
                "nginx.upstream_down" | "app.connection_refused"
            )
        {
            draft
                .facts
                .entry("restart_unit".to_owned())
                .or_insert_with(|| id.into());
        }
    }
}

/// What else to ask because of what the lines name: first for units that do not run, then for what is said most often.
pub(crate) fn follow(look: &Look<'_>, signatures: &Signatures, _drafts: &[Draft]) -> Vec<ProbeRun> {
    if signatures.is_empty() {
        return Vec::new();
    }
    let known = Known::new(look);
    let mut hits = found(&known, signatures);
    hits.sort_by_key(|hit| {
        (
            std::cmp::Reverse(hit.standing),
            std::cmp::Reverse(hit.signature.severity),
            std::cmp::Reverse(hit.count),
        )
    });
    let mut runs = Runs::default();
    for hit in &hits {
        let code = hit.signature.code.as_str();
        let because = format!("{}: {}", hit.unit.as_deref().unwrap_or("log"), hit.title);
        if matches!(
            code,
            "app.permission_denied"
                | "mysql.data_dir"
                | "redis.write_refused"
                | "file.missing"
                | "file.wrong_mode"
                | "app.no_space"
        ) && let Some(path) = verify::path(hit)
        {
            runs.ask("file.look", &[&path], &because, 10);
            if let Some(unit) = hit.unit.as_deref().filter(|_| code != "file.missing") {
                runs.ask("unit.exec", &[unit], &because, 4);
                runs.ask("unit.show", &[unit], &because, 4);
            }
        }
        if matches!(
            code,
            "net.port_taken" | "app.connection_refused" | "nginx.upstream_down"
        ) && let Some(port) = verify::port(hit)
        {
            runs.ask("port.holder", &[&port.to_string()], &because, 6);
        }
        if code == "file.left_behind"
            && let Some(path) = verify::path(hit)
        {
            runs.ask("file.holders", &[&path], &because, 6);
        }
        if let ("net.port_taken", None, Some(unit), Standing::Failing) =
            (code, verify::port(hit), hit.unit.as_deref(), hit.standing)
        {
            runs.ask("unit.sockets", &[unit], &because, 3);
        }
        if let ("app.connection_refused", None, Some(unit)) =
            (code, verify::port(hit), hit.unit.as_deref())
        {
            runs.ask("unit.peers", &[unit], &because, 3);
        }
        if let (Some(language), Some(module)) = (verify::language(code), hit.get("module")) {
            runs.ask("module.package", &[language, module], &because, 4);
        }
        if let (true, Some(key)) = (
            code.ends_with(".config") || code == "redis.module_missing",
            hit.get("key"),
        ) {
            runs.ask("setting.find", &[key], &because, 4);
        }
        if let (Standing::Running, "unit.open_files", Some(unit)) =
            (hit.standing, code, hit.unit.as_deref())
        {
            runs.ask("unit.exec", &[unit], &because, 4);
        }
    }
    runs.list
}

/// Questions so far, no more than so many of each probe.
#[derive(Default)]
struct Runs {
    list: Vec<ProbeRun>,
}

impl Runs {
    fn ask(&mut self, probe: &str, args: &[&str], because: &str, most: usize) {
        let asked = self
            .list
            .iter()
            .filter(|run| run.probe.as_str() == probe)
            .count();
        let spec = PROBES
            .iter()
            .chain(crate::units::PROBES)
            .find(|spec| spec.id == probe);
        // An argument that is not of its kind comes from a hostile or garbled line: it is not asked.
        let run = spec.and_then(|spec| spec.run(args, because).ok());
        if let Some(run) = run.filter(|_| asked < most)
            && !self.list.contains(&run)
        {
            self.list.push(run);
        }
    }
}

/// Whether a line of that time counts, or belongs to what the unit has left behind.
#[cfg(test)]
pub(crate) fn counts(list: &str, unit: &str, at_ms: i64) -> bool {
    let units = crate::units::list::Units::read(list);
    hits::standing(&units, Some(unit), Some(at_ms)).is_some()
}

/// Whether a line of that time counts as said by a failing unit.
#[cfg(test)]
pub(crate) fn standing_of(list: &str, unit: &str, at_ms: i64) -> bool {
    let units = crate::units::list::Units::read(list);
    hits::standing(&units, Some(unit), Some(at_ms)) == Some(Standing::Failing)
}
