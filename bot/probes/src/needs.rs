//! What the units and modules in trouble need, from answers that were asked anyway: units of units, programs and their libraries and
//! packages, modules of modules and their symbols, with what is broken in it marked.

use std::collections::{BTreeMap, BTreeSet};

use incident::Severity;
use incident::needs::{Kind, Need, State};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{after, all_after, short};
use crate::units::exec::{Needs, Part, Role};
use crate::units::list::{Unit, Units};
use crate::units::units;

/// At most so many things in trouble have their tree.
const MOST_TREES: usize = 3;
/// So deep units are followed: a chain that is longer is none that a person reads.
const DEEPEST: usize = 4;
/// At most so many things of one kind that are there are listed below another; the rest is counted.
const MOST_WELL: usize = 3;
/// The longest account of what is wrong.
const LONGEST_WHY: usize = 80;

/// The trees of what is in trouble, those with something broken in them; the worst first.
pub(crate) fn needs(look: &Look<'_>, drafts: &[Draft]) -> Vec<Need> {
    let units = units(look);
    let tree = Trees {
        look,
        drafts,
        units: &units,
    };
    let mut worst: Vec<&Draft> = drafts
        .iter()
        .filter(|draft| draft.severity > Severity::Info)
        .collect();
    worst.sort_by_key(|draft| std::cmp::Reverse(draft.severity));
    let mut roots: Vec<Need> = Vec::new();
    let mut seen = BTreeSet::new();
    for draft in worst {
        if roots.len() == MOST_TREES {
            break;
        }
        let need = match (draft.text("unit"), draft.subject.kind.as_str()) {
            (Some(name), _) => tree.root_unit(name, &mut seen),
            (None, "unit") => tree.root_unit(&draft.subject.name, &mut seen),
            (None, "module") => tree.root_module(&draft.subject.name, &mut seen),
            (None, _) => None,
        };
        // One thing alone is no picture.
        roots.extend(need.filter(|need| need.is_hurt() && !need.needs.is_empty()));
    }
    roots
}

struct Trees<'l> {
    look: &'l Look<'l>,
    drafts: &'l [Draft],
    units: &'l Units,
}

impl Trees<'_> {
    fn root_unit(&self, name: &str, seen: &mut BTreeSet<String>) -> Option<Need> {
        let known = self.units.get(name).is_some();
        (known && !seen.contains(name)).then(|| self.unit(name, 0, seen))
    }

    fn root_module(&self, name: &str, seen: &mut BTreeSet<String>) -> Option<Need> {
        let key = format!("kernel.module {name}");
        (self.look.answer(&key).is_some() && seen.insert(name.to_owned()))
            .then(|| self.module(name))
    }

    /// What a finding says about a thing of this name, in a few words.
    fn told(&self, facts: &[&str], name: &str) -> Option<String> {
        let names = |draft: &&Draft| facts.iter().any(|fact| draft.text(fact) == Some(name));
        let draft = self
            .drafts
            .iter()
            .filter(|draft| draft.severity > Severity::Info)
            .find(names)?;
        Some(short(&draft.title, LONGEST_WHY))
    }

    fn unit(&self, name: &str, level: usize, seen: &mut BTreeSet<String>) -> Need {
        seen.insert(name.to_owned());
        let mut need = match self.units.get(name) {
            None => Need::new(Kind::Unit, name, State::Unknown, ""),
            Some(unit) => {
                let (state, why) = standing(unit);
                Need::new(Kind::Unit, name, state, why)
            }
        };
        if level >= DEEPEST {
            return need;
        }
        let mut below: Vec<Need> = Vec::new();
        let needed: Vec<&str> = self
            .units
            .list
            .values()
            .filter(|unit| {
                let requires = unit.required_by.iter().any(|by| by == name);
                requires || unit.triggers.iter().any(|to| to == name)
            })
            .map(|unit| unit.id.as_str())
            .filter(|id| !everywhere(id))
            .collect();
        for id in needed {
            if !seen.contains(id) {
                below.push(self.unit(id, level + 1, seen));
            }
        }
        let text = self.look.heard(&format!("unit.exec {name}"));
        if !text.is_empty() {
            for part in &Needs::read(&text).parts {
                below.extend(self.part(part));
            }
        }
        for module in self.modules_of(name) {
            if seen.insert(module.clone()) {
                below.push(self.module(&module));
            }
        }
        fill(&mut need, below);
        need
    }

    /// Modules that are known to be missing for a unit.
    fn modules_of(&self, unit: &str) -> Vec<String> {
        self.drafts
            .iter()
            .filter(|draft| draft.code.starts_with("kmod.") && draft.text("unit") == Some(unit))
            .map(|draft| {
                draft
                    .text("module")
                    .unwrap_or(&draft.subject.name)
                    .to_owned()
            })
            .collect()
    }

    fn part(&self, part: &Part) -> Option<Need> {
        let path = part.way.path.as_str();
        // What a unit may write is no part of what it is made of.
        if part.role == Role::Writable || path.is_empty() {
            return None;
        }
        let told = self.told(&["path", "target"], path);
        let (state, why) = if let Some(told) = told {
            (State::Broken, told)
        } else if part.way.hidden.is_some() {
            (State::Unknown, "it may not be looked at".to_owned())
        } else if part.way.end().is_some() {
            (State::There, String::new())
        } else if part.way.gone.is_some() || part.way.dangling.is_some() {
            (State::Broken, "it is not there".to_owned())
        } else {
            (State::Unknown, String::new())
        };
        let mut need = Need::new(Kind::File, path, state, why);
        let mut below = Vec::new();
        if let Some((interpreter, how)) = &part.interpreter {
            let (state, why) = match how.as_str() {
                "runs" => (State::There, ""),
                "missing" => (State::Broken, "it is not there"),
                _ => (State::Broken, "it may not be run"),
            };
            below.push(Need::new(Kind::Interpreter, interpreter, state, why));
        }
        for (library, package) in &part.missing_libraries {
            let mut missing = Need::new(
                Kind::Library,
                library,
                State::Broken,
                "no folder of libraries has it",
            );
            missing.needs.extend(package.iter().map(|package| {
                Need::new(Kind::Package, package, State::Unknown, "should bring it")
            }));
            below.push(missing);
        }
        if let Some(package) = &part.package {
            let told = self.told(&["package"], package);
            let state = if told.is_some() {
                State::Broken
            } else {
                State::There
            };
            below.push(Need::new(
                Kind::Package,
                package,
                state,
                told.unwrap_or_default(),
            ));
        }
        fill(&mut need, below);
        need.more += part.libraries;
        Some(need)
    }

    fn module(&self, name: &str) -> Need {
        let text = self.look.heard(&format!("kernel.module {name}"));
        let loaded = text.lines().any(|line| line == "loaded");
        let told = self
            .drafts
            .iter()
            .filter(|draft| draft.code.starts_with("kmod."))
            .find(|draft| draft.subject.name == name || draft.text("module") == Some(name));
        let (state, why) = match told {
            _ if loaded => (State::There, "loaded".to_owned()),
            Some(draft) => (State::Broken, short(&draft.title, LONGEST_WHY)),
            None if text.is_empty() => (State::Unknown, String::new()),
            None => (State::Broken, "not loaded".to_owned()),
        };
        let mut need = Need::new(Kind::Module, name, state, why);
        let gone: BTreeSet<String> = all_after(&text, "lacks ").map(module_of).collect();
        let mut below: Vec<Need> = after(&text, "dep ")
            .and_then(|line| line.split_once(": "))
            .map_or("", |(_, list)| list)
            .split_whitespace()
            .map(module_of)
            .map(|module| {
                let (state, why) = if gone.contains(&module) {
                    (State::Broken, "its file is not there")
                } else {
                    (State::There, "")
                };
                Need::new(Kind::Module, module, state, why)
            })
            .collect();
        below.extend(told.and_then(|draft| draft.text("symbol")).map(|symbol| {
            Need::new(
                Kind::Symbol,
                symbol,
                State::Broken,
                "no module that is there has it",
            )
        }));
        fill(&mut need, below);
        need
    }
}

/// Adds what a thing needs, what is broken first; of what is there only some of each kind.
fn fill(need: &mut Need, mut below: Vec<Need>) {
    below.sort_by_key(|one| (!one.is_hurt(), std::cmp::Reverse(one.state), one.kind));
    let mut well: BTreeMap<Kind, usize> = BTreeMap::new();
    for one in below {
        let listed = well.entry(one.kind).or_default();
        if one.is_hurt() {
            need.needs.push(one);
        } else if *listed < MOST_WELL {
            *listed += 1;
            need.needs.push(one);
        } else {
            need.more += 1;
        }
    }
}

/// Units that everything needs and that say nothing.
fn everywhere(id: &str) -> bool {
    id.ends_with(".slice")
        || id == "-.mount"
        || matches!(id, "sysinit.target" | "basic.target" | "local-fs.target")
}

fn standing(unit: &Unit) -> (State, String) {
    let of = |state: &str| match unit.result.as_str() {
        "" | "success" => state.to_owned(),
        result => format!("{state} ({result})"),
    };
    if unit.load == "masked" {
        (State::Broken, "masked".to_owned())
    } else if unit.load == "not-found" {
        (State::Broken, "there is no such unit".to_owned())
    } else if unit.is_not_up() {
        (State::Broken, of(&unit.active))
    } else if unit.is_active() {
        (State::There, String::new())
    } else {
        // One that rests may be meant to.
        (State::Unknown, of(&unit.active))
    }
}

/// `kernel/net/bridge/bridge.ko.xz` -> `bridge`.
fn module_of(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let name = file.split_once(".ko").map_or(file, |(name, _)| name);
    name.replace('-', "_")
}

#[cfg(test)]
mod tests;
