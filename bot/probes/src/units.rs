//! Units of the service manager: failed, restarting, masked, stopped by a limit; and why those that do not run cannot.

use incident::ProbeRun;
use incident::step::Slot;

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;

pub(crate) mod exec;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod path;
mod resting;
pub(crate) mod show;
pub(crate) mod standing;
pub(crate) mod start;
#[cfg(test)]
mod tests;
mod timers;
mod whole;

use exec::Needs;
use list::Units;
use standing::Log;

/// What can be asked about units.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "unit.list",
        "units of the service manager with their states, masks and what is enabled",
        include_str!("units/list.sh"),
    )
    .first()
    .essential(Units::told)
    // A host that is short of time is the one to be looked at: this question gets longer than others.
    .within(15, 786_432),
    Spec::new("unit.show", "one unit's settings and unit file", include_str!("units/show.sh"))
        .takes(&[Slot::Unit])
        .root(),
    Spec::new("unit.log", "the last log lines of one unit", include_str!("units/log.sh"))
        .takes(&[Slot::Unit])
        .root()
        .within(6, 131_072),
    Spec::new(
        "unit.named",
        "a service that was named and rests without being enabled",
        include_str!("units/named.sh"),
    )
    .takes(&[Slot::Name])
    .root(),
    Spec::new(
        "unit.exec",
        "what a unit needs to start: user, program, interpreter, libraries, folders; nothing is run",
        concat!(
            include_str!("units/paths.sh"),
            include_str!("units/elf.sh"),
            include_str!("units/exec.sh")
        ),
    )
    .takes(&[Slot::Unit])
    .root()
    .within(8, 131_072),
    Spec::new(
        "unit.whole",
        "whether the programs and libraries of a unit are as their packages brought them; nothing is run",
        concat!(include_str!("units/elf.sh"), include_str!("units/whole.sh")),
    )
    .takes(&[Slot::Unit])
    .root()
    .within(10, 32_768),
];

/// No more units than this are looked at closely.
const CLOSE_LOOKS: usize = 6;

/// The units that the host listed.
pub(crate) fn units(look: &Look<'_>) -> Units {
    Units::read(&look.heard(standing::LIST))
}

/// What the service manager's log says of the window and of single units.
fn log(look: &Look<'_>) -> Log {
    let mut log = Log::default();
    if let Some(answer) = look.all("log.journal").next() {
        answer.key.clone_into(&mut log.key);
        log.lines = log::json(&answer.text());
    }
    for answer in look.all("unit.log") {
        log.units.insert(answer.arg().to_owned());
        log.lines
            .extend(log::short_unix(&answer.text(), answer.arg()));
    }
    log
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let units = units(look);
    standing::judge(&units, &log(look), &look.key(standing::LIST), drafts);
    for answer in look.all("unit.named") {
        drafts.extend(
            resting::named(&answer.text(), &units)
                .into_iter()
                .map(|draft| draft.cite(answer.key)),
        );
    }
    for answer in look.all("unit.whole") {
        if let Some(unit) = units.get(answer.arg()) {
            let found = whole::judge(&answer.text(), unit);
            drafts.extend(found.into_iter().map(|draft| draft.cite(answer.key)));
        }
    }
    for answer in look.all("unit.exec") {
        let needs = Needs::read(&answer.text());
        let down = units.get(answer.arg()).is_some_and(list::Unit::is_down);
        if needs.unit == answer.arg() {
            start::judge(&needs, down, answer.key, drafts);
        }
    }
}

/// What else to ask about units that do not run: the worst first, a few.
pub(crate) fn follow(_look: &Look<'_>, drafts: &[Draft]) -> Vec<ProbeRun> {
    let mut wanted: Vec<(&str, &str, std::cmp::Reverse<incident::Severity>)> = Vec::new();
    for draft in drafts
        .iter()
        .filter(|draft| draft.code.starts_with("unit."))
    {
        let unit = draft.text("unit").unwrap_or(&draft.subject.name);
        let close = !matches!(
            draft.code.as_str(),
            "unit.masked" | "unit.stopped" | "unit.timer_failed" | "unit.timer_idle"
        );
        // A start that goes on may be about to fail: its words tell.
        if close
            && (draft.severity > incident::Severity::Info || draft.code == "unit.starting")
            && !wanted.iter().any(|(id, ..)| *id == unit)
        {
            wanted.push((unit, &draft.code, std::cmp::Reverse(draft.severity)));
        }
    }
    wanted.sort_by_key(|(id, _, severity)| (*severity, *id));
    let mut runs = Vec::new();
    for (unit, code, _) in wanted.into_iter().take(CLOSE_LOOKS) {
        let because = format!("{unit}: {code}");
        let is_service = unit.ends_with(".service");
        for spec in PROBES.iter().filter(|spec| {
            is_close_look(spec) && (is_service || !matches!(spec.id, "unit.exec" | "unit.whole"))
        }) {
            runs.extend(spec.run(&[unit], &because));
        }
    }
    // Those that were stopped or masked by somebody: only their log, which says when.
    for draft in drafts
        .iter()
        .filter(|draft| matches!(draft.code.as_str(), "unit.masked" | "unit.stopped"))
        .take(3)
    {
        let log = PROBES.iter().find(|spec| spec.id == "unit.log");
        runs.extend(log.and_then(|log| log.run(&[&draft.subject.name], &draft.code).ok()));
    }
    runs
}

/// Whether a probe is asked about every unit that is looked at closely.
fn is_close_look(spec: &Spec) -> bool {
    !spec.first_wave && spec.id != "unit.named"
}

/// Words of a sentence that name no service.
const PLAIN_WORDS: &str = " the and are but for not has had its was one all any can our out how why who did get got too now nobody \
    this that with from have does when what they there since after down slow site page pages web website server host broken error \
    errors fails failed failing works working start starts stopped running again last change today tonight night morning users ";

/// What to ask because of the words that a person wrote: units that they name, in full or in short.
pub(crate) fn hinted(symptom: &str) -> Vec<ProbeRun> {
    let short = symptom
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .map(str::to_ascii_lowercase)
        .filter(|word| word.len() > 2 && word.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter(|word| !PLAIN_WORDS.contains(&format!(" {word} ")))
        .take(6)
        .filter_map(|word| {
            let spec = PROBES.iter().find(|spec| spec.id == "unit.named")?;
            spec.run(&[&word], "named in the symptom").ok()
        });
    let words = symptom.split(|c: char| c.is_whitespace() || ",;\"'()`".contains(c));
    let full = words
        .filter(|word| {
            word.ends_with(".service") || word.ends_with(".timer") || word.ends_with(".socket")
        })
        .take(2)
        .flat_map(|unit| {
            PROBES
                .iter()
                .filter(|spec| is_close_look(spec))
                .filter_map(move |spec| spec.run(&[unit], "named in the symptom").ok())
        });
    full.chain(short).collect()
}
