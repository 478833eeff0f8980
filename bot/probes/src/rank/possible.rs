//! Pairs of findings of which the table says that one can be the cause of the other, and of which nothing here shows whether it
//! is: for somebody to look at, never to be believed.

use std::collections::BTreeSet;

use incident::{Finding, FindingId, Severity};

use super::causes::{CAUSES, Pair, Relation};
use super::{mount, path, unit};
use crate::draft::Draft;

/// How many pairs are given.
const MOST: usize = 12;

/// The pairs, cause first, in the order of the findings. A pair that is shown already, or that what was found speaks against,
/// is not among them.
#[must_use]
pub fn possible_causes(findings: &[Finding]) -> Vec<(FindingId, FindingId)> {
    let drafts: Vec<Draft> = findings.iter().map(draft).collect();
    let shown: BTreeSet<&FindingId> = findings.iter().flat_map(|one| &one.explains).collect();
    let mut pairs = Vec::new();
    for (cause, cause_draft) in findings.iter().zip(&drafts) {
        for (effect, effect_draft) in findings.iter().zip(&drafts) {
            // What has a cause needs no other, and what is merely worth knowing breaks nothing.
            let fits = cause.id != effect.id
                && cause.severity > Severity::Info
                && effect.severity > Severity::Info
                && !shown.contains(&effect.id)
                && !effect.explains.contains(&cause.id);
            let here = cause.host == effect.host;
            let mut rows = CAUSES.iter();
            let open = |row: &Pair| {
                row.cause.fits(&cause_draft.code)
                    && row.effect.fits(&effect_draft.code)
                    && row.relation.is_open(cause_draft, effect_draft, here)
            };
            if fits && rows.any(open) {
                pairs.push((cause.id.clone(), effect.id.clone()));
            }
        }
    }
    pairs.truncate(MOST);
    pairs
}

/// A finding as the table's relations look at it.
fn draft(finding: &Finding) -> Draft {
    Draft {
        code: finding.code.to_string(),
        severity: finding.severity,
        confidence: finding.confidence,
        subject: finding.subject.clone(),
        title: String::new(),
        detail: String::new(),
        facts: finding.facts.clone(),
        cites: Vec::new(),
    }
}

impl Relation {
    /// Whether what would show it is not known. Where it is known, it either holds or speaks against the pair.
    fn is_open(self, cause: &Draft, effect: &Draft, here: bool) -> bool {
        let port = |draft: &Draft| draft.facts.contains_key("port");
        if !here {
            // Over the network one host's service is the other's trouble. Units, paths and processes are of one host.
            return matches!(self, Self::SamePort | Self::Mentions);
        }
        match self {
            Self::Any | Self::SameSubject => false,
            Self::SameUnit => unit(cause).is_none() || unit(effect).is_none(),
            Self::SamePort => !(port(cause) && port(effect)),
            Self::SamePath => path(cause).is_none() || path(effect).is_none(),
            Self::SameMount => mount(cause).is_none() || mount(effect).is_none(),
            Self::MountContains => {
                mount(cause).is_some() && mount(effect).is_none() && path(effect).is_none()
            }
            Self::PathUnder => mount(cause).is_some() && path(effect).is_none(),
            Self::SamePid => cause.int("pid").is_none() || effect.int("pid").is_none(),
            Self::PackageOfUnit => !cause.facts.contains_key("packages"),
            Self::Named => path(cause).is_some() && effect.text("message").is_none(),
            Self::Mentions => {
                let named = |draft: &Draft| draft.facts.contains_key("mentions");
                !named(cause) && !named(effect)
            }
        }
    }
}
