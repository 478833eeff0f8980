//! What could still be asked of a host after a diagnosis has asked what it asks by itself: for somebody who wants to know more.
//!
//! Only questions that the program knows, about what its findings name. They read, as every probe does.

use std::collections::BTreeSet;

use incident::ProbeRun;

use crate::draft::Draft;
use crate::judge::drafts;
use crate::look::Look;
use crate::rank::{mount, path, unit};
use crate::signatures::{self, Signatures};
use crate::subjects::{SUBJECTS, specs};

#[cfg(test)]
mod tests;

/// How many are offered.
pub const MOST_FURTHER: usize = 24;

/// The questions that nobody has asked yet: what the subjects would have asked had there been room, then what is known of each
/// thing that a finding names, the worst finding first.
#[must_use]
pub fn further(look: &Look<'_>, signatures: &Signatures) -> Vec<ProbeRun> {
    let mut drafts = drafts(look, signatures);
    drafts.sort_by_key(|draft| std::cmp::Reverse((draft.severity, draft.confidence)));
    let mut runs: Vec<ProbeRun> = SUBJECTS
        .iter()
        .flat_map(|subject| (subject.follow)(look, &drafts))
        .collect();
    runs.extend(signatures::follow(look, signatures, &drafts));
    for draft in &drafts {
        for (probe, arg) in about(draft) {
            let spec = specs().find(|spec| spec.id == probe);
            runs.extend(spec.and_then(|spec| spec.run(&[&arg], &draft.code).ok()));
        }
    }
    let mut seen = BTreeSet::new();
    runs.retain(|run| {
        let key = run.key();
        !look.answers.contains_key(&key) && seen.insert(key)
    });
    runs.truncate(MOST_FURTHER);
    runs
}

/// What can be asked of the things that a draft names.
fn about(draft: &Draft) -> Vec<(&'static str, String)> {
    let mut asks = Vec::new();
    let mut ask = |probes: &[&'static str], arg: Option<String>| {
        let arg = arg.filter(|arg| !arg.is_empty());
        asks.extend(
            arg.iter()
                .flat_map(|arg| probes.iter().map(|probe| (*probe, arg.clone()))),
        );
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let unit_probes = ["unit.log", "unit.show", "unit.exec", "unit.peers"];
    ask(&unit_probes, owned(unit(draft)));
    ask(&["file.look"], owned(path(draft)));
    ask(&["disk.largest", "disk.inode_users"], owned(mount(draft)));
    let number = |name: &str| draft.int(name).map(|number| number.to_string());
    ask(&["port.holder"], number("port"));
    ask(&["process.show"], number("pid"));
    if draft.subject.kind == "container" {
        ask(&["container.show"], Some(draft.subject.name.clone()));
    }
    asks
}
