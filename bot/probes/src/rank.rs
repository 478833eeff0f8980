//! Drafts into findings: who explains whom, by a declared table, and the root cause first.

use std::collections::{BTreeMap, BTreeSet};

use incident::{Code, Confidence, EvidenceId, Finding, FindingId, HostName, Severity, Value};

use crate::draft::Draft;

mod causes;
mod possible;
use causes::{CAUSES, Relation};
pub use possible::possible_causes;

/// Numbers the drafts from `first_number`, each cause before what it explains, the worst first among equals.
///
/// A draft whose citations are all unknown to `evidence` is left out: a finding cites what it rests on.
#[must_use]
pub fn rank(
    host: &HostName,
    drafts: Vec<Draft>,
    first_number: usize,
    evidence: &BTreeMap<String, EvidenceId>,
) -> Vec<Finding> {
    let mut drafts: Vec<(Draft, Code, Vec<EvidenceId>)> = drafts
        .into_iter()
        .filter_map(|draft| {
            let cites: Vec<_> = draft
                .cites
                .iter()
                .filter_map(|key| evidence.get(key).cloned())
                .collect();
            let code = Code::new(&draft.code).ok()?;
            (!cites.is_empty()).then_some((draft, code, cites))
        })
        .collect();
    drafts.sort_by(|(a, ..), (b, ..)| (&a.code, &a.subject).cmp(&(&b.code, &b.subject)));
    let plain: Vec<&Draft> = drafts.iter().map(|(draft, ..)| draft).collect();
    let edges = edges(&plain);
    let order = order(&plain, &edges);

    let place: BTreeMap<usize, usize> = order
        .iter()
        .enumerate()
        .map(|(place, &draft)| (draft, place))
        .collect();
    let id = |draft: usize| {
        let place = place.get(&draft).copied().unwrap_or(draft);
        FindingId::nth(first_number + place)
    };
    let mut findings: Vec<(usize, Finding)> = drafts
        .into_iter()
        .enumerate()
        .map(|(n, (draft, code, cites))| {
            let mut explained: Vec<usize> = edges
                .iter()
                .filter(|(cause, _)| *cause == n)
                .map(|(_, effect)| *effect)
                .collect();
            explained.sort_by_key(|effect| place.get(effect).copied());
            let finding = Finding {
                id: id(n),
                code,
                severity: draft.severity,
                confidence: draft.confidence,
                host: host.clone(),
                subject: draft.subject,
                title: draft.title,
                detail: draft.detail,
                facts: draft.facts,
                cites,
                explains: explained.into_iter().map(id).collect(),
            };
            (place.get(&n).copied().unwrap_or(n), finding)
        })
        .collect();
    findings.sort_by_key(|(place, _)| *place);
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// Cause and effect by place in the list; an edge that would close a circle is not drawn.
fn edges(drafts: &[&Draft]) -> BTreeSet<(usize, usize)> {
    let mut edges = BTreeSet::new();
    for pair in CAUSES {
        for (c, cause) in drafts.iter().enumerate() {
            if !pair.cause.fits(&cause.code) {
                continue;
            }
            for (e, effect) in drafts.iter().enumerate() {
                let fits = c != e
                    && pair.effect.fits(&effect.code)
                    && pair.relation.holds(cause, effect)
                    && (cause.severity > Severity::Info || effect.severity == Severity::Info);
                if fits && !reaches(&edges, e, c) {
                    edges.insert((c, e));
                }
            }
        }
    }
    edges
}

fn reaches(edges: &BTreeSet<(usize, usize)>, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(edges.range((at, 0)..=(at, usize::MAX)).map(|(_, e)| *e));
        }
    }
    false
}

/// The order: a cause stands before its effects and weighs as much as the worst of them.
fn order(drafts: &[&Draft], edges: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let weight = |n: usize| {
        drafts
            .iter()
            .enumerate()
            .filter(|(e, _)| reaches(edges, n, *e))
            .map(|(_, draft)| draft.severity)
            .max()
    };
    let mut open: BTreeSet<usize> = (0..drafts.len()).collect();
    let mut order = Vec::new();
    while !open.is_empty() {
        let free = open
            .iter()
            .copied()
            .filter(|n| {
                !edges
                    .iter()
                    .any(|(cause, effect)| effect == n && open.contains(cause))
            })
            .max_by_key(|&n| {
                let draft = drafts.get(n);
                let effects = edges.iter().filter(|(cause, _)| *cause == n).count();
                (
                    weight(n),
                    effects > 0,
                    draft.map(|draft| draft.severity),
                    draft.map_or(Confidence::Possible, |draft| draft.confidence),
                    effects,
                    std::cmp::Reverse(n),
                )
            });
        let Some(next) = free else { break };
        open.remove(&next);
        order.push(next);
    }
    order
}

impl Relation {
    /// Whether the two drafts are related as the table says.
    fn holds(self, cause: &Draft, effect: &Draft) -> bool {
        match self {
            Self::Any => true,
            Self::SameSubject => cause.subject == effect.subject,
            Self::SameUnit => {
                matches!((unit(cause), unit(effect)), (Some(a), Some(b)) if a == b)
            }
            Self::SamePort => match (cause.facts.get("port"), effect.facts.get("port")) {
                (Some(a), Some(b)) => a.to_string() == b.to_string(),
                _ => false,
            },
            Self::SamePath => match (path(cause), path(effect)) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
            Self::SameMount => match (mount(cause), mount(effect)) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
            Self::MountContains => {
                let Some(mount) = mount(cause) else {
                    return false;
                };
                match (effect.text("mount"), path(effect)) {
                    (Some(of_effect), _) => of_effect == mount,
                    (None, Some(path)) => within(path, mount),
                    (None, None) => false,
                }
            }
            Self::PathUnder => match (mount(cause), path(effect)) {
                (Some(mount), Some(path)) => within(path, mount),
                _ => false,
            },
            Self::SamePid => match (cause.int("pid"), effect.int("pid")) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
            Self::PackageOfUnit => {
                let Some(stem) = unit(effect).and_then(|unit| unit.split(['.', '@']).next()) else {
                    return false;
                };
                let Some(Value::List(packages)) = cause.facts.get("packages") else {
                    return false;
                };
                packages
                    .iter()
                    .any(|package| package == stem || package.split('-').next() == Some(stem))
            }
            Self::Named => matches!(
                (path(cause), effect.text("message")),
                (Some(path), Some(message)) if message.contains(path)
            ),
            Self::Mentions => mentions(cause, effect) || mentions(effect, cause),
        }
    }
}

/// Whether one draft names the other's subject.
fn mentions(draft: &Draft, other: &Draft) -> bool {
    match draft.facts.get("mentions") {
        Some(Value::List(names)) => names.contains(&other.subject.name),
        Some(Value::Text(name)) => *name == other.subject.name,
        Some(Value::Bool(_) | Value::Int(_)) | None => false,
    }
}

/// The unit that a draft is about.
pub(crate) fn unit(draft: &Draft) -> Option<&str> {
    if draft.subject.kind == "unit" {
        return Some(&draft.subject.name);
    }
    draft.text("unit").filter(|unit| !unit.is_empty())
}

/// The path that a draft is about.
pub(crate) fn path(draft: &Draft) -> Option<&str> {
    if matches!(draft.subject.kind.as_str(), "path" | "certificate") {
        return Some(&draft.subject.name);
    }
    draft.text("path").filter(|path| path.starts_with('/'))
}

/// The mount that a draft is about.
pub(crate) fn mount(draft: &Draft) -> Option<&str> {
    if draft.subject.kind == "mount" {
        return Some(&draft.subject.name);
    }
    draft.text("mount")
}

/// Whether a path lies under a mount point.
pub(crate) fn within(path: &str, mount: &str) -> bool {
    let mount = mount.trim_end_matches('/');
    path.strip_prefix(mount)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests;
