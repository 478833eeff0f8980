//! Which finding explains which, put in order: causes before what they explain, each one level below its deepest cause.

use std::collections::{BTreeMap, BTreeSet};

use incident::{Finding, Severity};

/// At most so many findings are drawn.
pub(crate) const MOST_NODES: usize = 12;

/// A finding with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node<'a> {
    pub(crate) finding: &'a Finding,
    /// 0 for a root cause.
    pub(crate) depth: usize,
    /// Its direct causes, as places in the list of nodes; all before it.
    pub(crate) causes: Vec<usize>,
}

/// The findings that explain one another, root causes first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Graph<'a> {
    /// In the order in which they are drawn.
    pub(crate) nodes: Vec<Node<'a>>,
    /// Connected findings that are not drawn.
    pub(crate) more: usize,
    /// How many of those are critical.
    pub(crate) more_critical: usize,
}

/// Orders the findings that explain another or are explained; empty where there are none.
pub(crate) fn layers(findings: &[Finding]) -> Graph<'_> {
    let edges = edges(findings);
    let mut open: Vec<usize> = vec![0; findings.len()];
    let mut linked = BTreeSet::new();
    for (from, tos) in edges.iter().enumerate() {
        for to in tos {
            linked.extend([from, *to]);
            if let Some(count) = open.get_mut(*to) {
                *count += 1;
            }
        }
    }
    let order = order(&edges, open, &linked);
    let drawn: Vec<usize> = order.iter().copied().take(MOST_NODES).collect();
    let rest = order.iter().skip(MOST_NODES);
    let more_critical = rest
        .filter_map(|n| findings.get(*n))
        .filter(|finding| finding.severity == Severity::Critical)
        .count();
    Graph {
        nodes: nodes(findings, &edges, &drawn),
        more: order.len().saturating_sub(MOST_NODES),
        more_critical,
    }
}

/// Who explains whom, as places in the list; nobody explains itself, and nobody twice.
fn edges(findings: &[Finding]) -> Vec<BTreeSet<usize>> {
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (n, finding) in findings.iter().enumerate() {
        places
            .entry((finding.host.as_str(), finding.id.as_str()))
            .or_insert(n);
    }
    let explained = |(n, finding): (usize, &Finding)| {
        let ids = finding.explains.iter();
        ids.filter_map(|id| places.get(&(finding.host.as_str(), id.as_str())).copied())
            .filter(|to| *to != n)
            .collect()
    };
    findings.iter().enumerate().map(explained).collect()
}

/// Causes before what they explain, and what a cause explains right below it. A circle is entered at its first finding.
fn order(edges: &[BTreeSet<usize>], mut open: Vec<usize>, linked: &BTreeSet<usize>) -> Vec<usize> {
    let free = |open: &[usize], n: usize| open.get(n).is_none_or(|count| *count == 0);
    let roots: Vec<usize> = linked.iter().copied().filter(|n| free(&open, *n)).collect();
    let mut order = Vec::new();
    let mut placed = BTreeSet::new();
    // After the roots every other one, for those that only a circle leads to.
    for start in roots.into_iter().chain(linked.iter().copied()) {
        let mut stack = vec![start];
        while let Some(n) = stack.pop() {
            if !placed.insert(n) {
                continue;
            }
            order.push(n);
            for to in edges.get(n).into_iter().flatten().rev() {
                if let Some(count) = open.get_mut(*to) {
                    *count = count.saturating_sub(1);
                }
                if free(&open, *to) {
                    stack.push(*to);
                }
            }
        }
    }
    order
}

fn nodes<'a>(findings: &'a [Finding], edges: &[BTreeSet<usize>], drawn: &[usize]) -> Vec<Node<'a>> {
    let explains = |from: usize, to: usize| edges.get(from).is_some_and(|tos| tos.contains(&to));
    let mut nodes: Vec<Node<'a>> = Vec::new();
    // Who lies above whom, directly or not: an arrow beside a longer way to the same place says nothing new.
    let mut above: Vec<BTreeSet<usize>> = Vec::new();
    for (at, n) in drawn.iter().enumerate() {
        let Some(finding) = findings.get(*n) else {
            continue;
        };
        let all: Vec<usize> = drawn
            .iter()
            .take(at)
            .enumerate()
            .filter(|(_, from)| explains(**from, *n))
            .map(|(place, _)| place)
            .collect();
        let further: BTreeSet<usize> = all
            .iter()
            .filter_map(|place| above.get(*place))
            .flatten()
            .copied()
            .collect();
        let causes: Vec<usize> = all
            .iter()
            .copied()
            .filter(|place| !further.contains(place))
            .collect();
        let depth = causes
            .iter()
            .filter_map(|place| nodes.get(*place))
            .map(|node| node.depth + 1)
            .max()
            .unwrap_or(0);
        above.push(all.into_iter().chain(further).collect());
        nodes.push(Node {
            finding,
            depth,
            causes,
        });
    }
    nodes
}
