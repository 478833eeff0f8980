//! Kernel modules: which are wanted or needed and not there, and why the kernel has not got them.
//!
//! A module that is missing is rarely told of by anybody: the loader at boot ends well where it finds none of that name. So what the
//! configuration wants is held against what is loaded, and each that is not is asked about.

use std::collections::{BTreeMap, BTreeSet};

use incident::step::Slot;
use incident::{ProbeRun, Severity, Value};

use crate::draft::Draft;
use crate::host::Host;
use crate::look::Look;
use crate::spec::Spec;

mod ignored;
mod near;
mod read;
#[cfg(test)]
mod tests;
mod whole;
mod why;

use read::{Module, State, same_name};
use whole::of_want;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "kernel.modules",
        "modules that are wanted or needed, and whether they are loaded",
        include_str!("sh/kernel.modules.sh"),
    )
    .first()
    .within(8, 131_072),
    MODULE,
];

const MODULE: Spec = Spec::new(
    "kernel.module",
    "why a kernel module is not loaded",
    include_str!("sh/kernel.module.sh"),
)
.takes(&[Slot::Module])
.root()
.within(10, 65_536);

/// The code of a module that is not there, as long as nobody knows why.
const FAILED: &str = "kmod.load_failed";
/// The unit that loads modules at boot.
const LOADER: &str = "systemd-modules-load.service";
/// Of how many modules it is asked why.
const MOST: usize = 16;

/// Why somebody wants a module.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    /// A file that is read at boot names it.
    AtBoot {
        /// The file and its line.
        file: String,
        line: i64,
    },
    /// A kernel parameter that only it has is configured.
    Parameter {
        /// The parameter.
        key: String,
    },
    /// A filesystem of fstab is of its kind.
    Mount {
        /// Where.
        target: String,
    },
    /// A unit failed without it.
    Unit {
        /// Which.
        unit: String,
    },
    /// A log says that it could not be loaded; the draft that says so.
    Said(Box<Draft>),
}

impl Wanted {
    /// Whether a package wants it on whatever host it is installed on.
    fn is_vendors(&self) -> bool {
        match self {
            Self::AtBoot { file, .. } => !file.starts_with("/etc/") && !file.starts_with("/run/"),
            Self::Parameter { .. } | Self::Mount { .. } | Self::Unit { .. } | Self::Said(_) => {
                false
            }
        }
    }
}

/// What the answers mean: after the signatures, since logs name modules too.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("kernel.modules");
    let state = State::read(&text);
    let host = Host::read(look);
    // A container has the modules of the machine that it runs on, and cannot load any.
    if host.contained() || !state.loadable {
        return;
    }
    drafts.extend(whole::initrd(&state));
    let asked = answered(look);
    ignored::judge(look, &asked, drafts);
    let mut wanted = wanted(&state, host.managed);
    // What a log says of a module is one more who wants it; of one that is there by now it is old news.
    drafts.retain(|draft| {
        let named = (draft.code == FAILED)
            .then(|| draft.text("module"))
            .flatten();
        let Some(name) = named.map(same_name) else {
            return true;
        };
        if state.has.contains(&name) {
            return false;
        }
        let known = asked.contains_key(&name) || !state.tree;
        if known {
            wanted
                .entry(name)
                .or_default()
                .push(Wanted::Said(Box::new(draft.clone())));
        }
        !known
    });
    wanted.retain(|name, _| {
        let there = asked
            .get(name)
            .is_some_and(|module| module.is_there(&state));
        !there && !state.has.contains(name)
    });
    if let Some(draft) = whole::kernel_gone(&state, &wanted) {
        drafts.push(draft);
        return;
    }
    if state.disabled {
        wanted.retain(|name, _| asked.get(name).is_some_and(|module| module.file.is_some()));
        drafts.extend(whole::locked(&state, &wanted));
        return;
    }
    for (name, wants) in &wanted {
        let Some(module) = asked.get(name) else {
            continue;
        };
        let draft = felt(why::draft(&state, module, wants), &state, wants);
        // What a package wants on all hosts is not there on many.
        let by_vendor = wants.iter().all(Wanted::is_vendors);
        if !by_vendor || draft.code != "kmod.not_found" {
            drafts.push(draft);
        }
    }
}

/// How bad it is, and what waits for the module: that is started again once it is there.
fn felt(mut draft: Draft, state: &State<'_>, wants: &[Wanted]) -> Draft {
    let mut worst = Severity::Info;
    for want in wants {
        let severity = match want {
            want if want.is_vendors() => Severity::Info,
            Wanted::AtBoot { .. } => Severity::Warning,
            Wanted::Parameter { key } => {
                draft = draft.fact("key", key.as_str());
                // Pods reach no service without it; elsewhere a firewall loads it when it comes to that.
                if state.runs_pods && key.starts_with("net.bridge.") {
                    Severity::Warning
                } else {
                    Severity::Info
                }
            }
            Wanted::Mount { target } => {
                // Every draft about a path is given the mount that the path lies in; this one is to be mounted.
                draft = of_want(draft, want).fact("target", target.as_str());
                Severity::Critical
            }
            Wanted::Unit { unit } => {
                draft = of_want(draft, want).fact("restart_unit", unit.as_str());
                Severity::Critical
            }
            Wanted::Said(said) => {
                // The loader has nothing to start again: it did the rest of its work, and its failure is taken off.
                let loader = said.text("unit") == Some(LOADER);
                let restart = if loader { "" } else { "restart_unit" };
                for name in ["unit", restart, "unit_state", "message"] {
                    if let Some(value) = said.facts.get(name) {
                        draft.facts.insert(name.to_owned(), value.clone());
                    }
                }
                if loader {
                    draft = draft.fact("reset_unit", LOADER);
                }
                for key in &said.cites {
                    draft = draft.cite(key.clone());
                }
                said.severity
            }
        };
        worst = worst.max(severity);
    }
    draft.severity = draft.severity.min(worst);
    // Anybody may write into a log: what nothing but a line asks for is loaded by a person.
    let serious = |want: &Wanted| match want {
        Wanted::Said(said) => said.text("unit_state") == Some("failed"),
        Wanted::AtBoot { .. }
        | Wanted::Parameter { .. }
        | Wanted::Mount { .. }
        | Wanted::Unit { .. } => true,
    };
    if !wants.iter().any(serious) {
        draft.facts.remove("loadable");
    }
    draft
}

/// What was answered about modules, by name.
fn answered<'a>(look: &Look<'a>) -> BTreeMap<String, Module> {
    look.all("kernel.module")
        .filter(|answer| answer.missing().is_none())
        .map(|answer| {
            let module = Module::read(answer.key, answer.arg(), &answer.text());
            (same_name(answer.arg()), module)
        })
        .collect()
}

/// Who wants which module.
fn wanted(state: &State<'_>, managed: bool) -> BTreeMap<String, Vec<Wanted>> {
    let mut wanted: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
    for (name, want) in state.wanted(managed) {
        wanted
            .entry(same_name(name))
            .or_default()
            .push(want.clone());
    }
    wanted
}

/// Asks about each that is wanted and not loaded.
pub(crate) fn follow(look: &Look<'_>, drafts: &[Draft]) -> Vec<ProbeRun> {
    let text = look.heard("kernel.modules");
    let state = State::read(&text);
    let host = Host::read(look);
    if host.contained() || !state.loadable || !state.tree {
        return Vec::new();
    }
    let mut names: Vec<String> = drafts
        .iter()
        .filter(|draft| draft.code == FAILED)
        .filter_map(|draft| draft.text("module"))
        .map(str::to_owned)
        .collect();
    names.extend(state.wanted(host.managed).map(|(name, _)| name.to_owned()));
    let mut seen = BTreeSet::new();
    names.retain(|name| !state.has.contains(&same_name(name)) && seen.insert(same_name(name)));
    let mut runs: Vec<ProbeRun> = names
        .iter()
        .take(MOST)
        .filter_map(|name| {
            MODULE
                .run(&[name], &format!("module {name} is wanted and not loaded"))
                .ok()
        })
        .collect();
    for name in ignored::names(look).iter().take(4) {
        let because = format!("module {name} did not know a parameter");
        runs.extend(MODULE.run(&[name], &because));
    }
    runs
}

/// A list as a fact.
fn list(names: impl Iterator<Item = String>) -> Value {
    Value::List(names.take(12).collect())
}
