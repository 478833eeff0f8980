//! Steps are bound to the host as it is now: what the guard sees of their targets must still be so when they run.

use std::collections::{BTreeMap, BTreeSet};

use hosts::Root;
use incident::notice::WhyNot;
use incident::proposal::Privilege;
use incident::{Step, Undo};

use super::At;
use crate::world::World;

/// The facts about a step's target that must not change between card and run.
const BOUND: [&str; 12] = [
    "exists", "type", "mode", "uid", "gid", "sha256", "target", "value", "version", "revision",
    "cluster", "tool",
];

/// Steps bound to the host as it is now, and what the guard said of them.
pub(super) struct Bound {
    pub(super) steps: Vec<Step>,
    pub(super) undo: Undo,
    pub(super) undo_words: Vec<String>,
    pub(super) diff: String,
}

pub(super) async fn bind(world: &World, at: &At, steps: Vec<Step>) -> Result<Bound, WhyNot> {
    let preview = world
        .hosts
        .preview(&at.host, at.line.privilege, Root::Disk, &steps)
        .await
        .map_err(|error| WhyNot::Unasked(error.to_string()))?;
    bound_from(world, steps, &preview)
}

fn bound_from(world: &World, steps: Vec<Step>, preview: &hosts::Preview) -> Result<Bound, WhyNot> {
    let mut bound = Bound {
        steps: Vec::new(),
        undo: Undo::Automatic,
        undo_words: Vec::new(),
        diff: String::new(),
    };
    let mut touched = BTreeSet::new();
    let mut any_change = false;
    let mut leaves_something = false;
    for (step, looked) in steps.into_iter().zip(&preview.steps) {
        if let hosts::Verdict::Refused(why) = &looked.verdict {
            return Err(WhyNot::Step {
                step: Box::new(step),
                why: world.clean(why),
            });
        }
        let noop = matches!(looked.verdict, hosts::Verdict::Noop);
        any_change |= !noop;
        // What an earlier step of the same run changes cannot be bound to what it looks like now.
        let first = touched.insert(step.target());
        let needs = if first {
            looked
                .before
                .iter()
                .filter(|(key, _)| BOUND.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        } else {
            BTreeMap::new()
        };
        if !undoable(&step, looked) {
            bound.undo = Undo::Irreversible;
        }
        leaves_something |= !passes(&step, looked);
        bound.undo_words.push(looked.undo.clone());
        if !looked.diff.is_empty() {
            bound.diff.push_str(
                &world
                    .redactor
                    .redact(&incident::redact::printable(&looked.diff)),
            );
        }
        bound.steps.push(step.needing(needs));
    }
    if !any_change {
        return Err(WhyNot::Done);
    }
    if !leaves_something {
        bound.undo = Undo::Irreversible;
    }
    if bound.steps.iter().all(incident::capture::is_capture) {
        bound.undo = Undo::Nothing;
    }
    Ok(bound)
}

/// Whether a step leaves nothing behind that could be put back: a service that runs before and after, a record of a failure.
fn passes(step: &Step, looked: &hosts::StepPreview) -> bool {
    let runs = looked
        .before
        .get("active")
        .is_some_and(|state| state == "active");
    match step.verb() {
        "unit.restart" | "unit.reload" => runs,
        "unit.reset_failed" => true,
        _ => false,
    }
}

/// Whether a step can be undone: by its verb, and by the guard's word where that depends on room for a copy.
fn undoable(step: &Step, looked: &hosts::StepPreview) -> bool {
    match incident::step::verb_named(step.verb()).map(|verb| verb.reversal) {
        // The guard may know better of a file: too many to remember, or a mode that it would not set.
        Some(incident::step::Reversal::FromSaved) => {
            looked.automatic || !step.verb().starts_with("file.")
        }
        Some(incident::step::Reversal::IfSaved) => looked.automatic,
        Some(incident::step::Reversal::Never(_) | incident::step::Reversal::Nothing) | None => {
            false
        }
    }
}

/// Steps for a rollback, bound to the host as it is now; the needs that the inverse itself set stay.
pub(crate) async fn bind_rollback(
    world: &World,
    host: &hosts::Host,
    privilege: Privilege,
    root: Root,
    steps: Vec<Step>,
) -> Result<(Vec<Step>, Undo, Vec<String>, String), WhyNot> {
    let preview = world
        .hosts
        .preview(host, privilege, root, &steps)
        .await
        .map_err(|error| WhyNot::Unasked(error.to_string()))?;
    let kept: Vec<BTreeMap<String, String>> =
        steps.iter().map(|step| step.needs().clone()).collect();
    let bound = bound_from(world, steps, &preview)?;
    let steps = bound
        .steps
        .into_iter()
        .zip(kept)
        .map(|(step, kept)| {
            let mut needs = step.needs().clone();
            needs.extend(kept);
            step.needing(needs)
        })
        .collect();
    Ok((steps, bound.undo, bound.undo_words, bound.diff))
}
