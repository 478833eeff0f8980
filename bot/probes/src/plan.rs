//! What to ask, and where to look next: complete plans, made before anything runs.

use std::collections::{BTreeSet, VecDeque};

use incident::{Plan, ProbeRun};

use crate::judge::drafts;
use crate::look::{Look, Window};
use crate::signatures::{self, Signatures};
use crate::subjects::{SUBJECTS, specs};

/// No wave after the first asks more than this; one round trip stays one round trip.
pub const LONGEST_WAVE: usize = 48;

/// The questions of every diagnosis.
#[must_use]
pub fn first_wave(window: &Window, symptom: Option<&str>) -> Plan {
    let since = window.since_seconds.max(1).to_string();
    let mut runs = Vec::new();
    for spec in specs().filter(|spec| spec.first_wave) {
        let args: &[&str] = if spec.takes.is_empty() {
            &[]
        } else {
            &[&since]
        };
        runs.extend(spec.run(args, ""));
    }
    if let Some(symptom) = symptom {
        for subject in SUBJECTS {
            runs.extend((subject.hinted)(symptom));
        }
    }
    let mut seen = BTreeSet::new();
    runs.retain(|run| seen.insert(run.key()));
    // Those that wait longest are started first, so that they overlap with all the others.
    runs.sort_by_key(|run| !run.script.contains("sleep "));
    Plan { wave: 1, runs }
}

/// Where the answers so far point; nothing when there is no more to ask, or after the third wave.
#[must_use]
pub fn next_wave(look: &Look<'_>, signatures: &Signatures, wave: u32) -> Option<Plan> {
    if !(2..=3).contains(&wave) {
        return None;
    }
    let drafts = drafts(look, signatures);
    let mut queues: Vec<VecDeque<ProbeRun>> = SUBJECTS
        .iter()
        .map(|subject| (subject.follow)(look, &drafts).into())
        .collect();
    queues.push(signatures::follow(look, signatures, &drafts).into());
    let mut seen = BTreeSet::new();
    let mut runs = Vec::new();
    // In turns, so that one subject with much to ask leaves room for the others.
    while runs.len() < LONGEST_WAVE && queues.iter().any(|queue| !queue.is_empty()) {
        for queue in &mut queues {
            let fresh = std::iter::from_fn(|| queue.pop_front())
                .find(|run| !look.answers.contains_key(&run.key()) && seen.insert(run.key()));
            runs.extend(fresh);
        }
    }
    runs.truncate(LONGEST_WAVE);
    (!runs.is_empty()).then_some(Plan { wave, runs })
}
