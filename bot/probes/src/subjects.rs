//! The one list of subjects: what each asks, how it judges, where it looks next.

use incident::ProbeRun;

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;
use crate::{services, signatures, units};

/// A subject: some probes and the judgement over their answers.
pub(crate) struct Part {
    /// What it can ask.
    pub(crate) probes: &'static [Spec],
    /// What the answers mean.
    pub(crate) judge: fn(&Look<'_>, &mut Vec<Draft>),
    /// What else to ask because of what was found; may repeat what was asked, which is dropped.
    pub(crate) follow: fn(&Look<'_>, &[Draft]) -> Vec<ProbeRun>,
    /// What to ask in the first wave because of the words that a person wrote.
    pub(crate) hinted: fn(&str) -> Vec<ProbeRun>,
}

fn nothing_more(_look: &Look<'_>, _drafts: &[Draft]) -> Vec<ProbeRun> {
    Vec::new()
}

const fn no_hint(_symptom: &str) -> Vec<ProbeRun> {
    Vec::new()
}

/// All subjects, in the order in which their probes are asked.
pub(crate) const SUBJECTS: &[Part] = &[
    Part {
        probes: units::PROBES,
        judge: units::judge,
        follow: units::follow,
        hinted: units::hinted,
    },
    Part {
        probes: services::PROBES,
        judge: services::judge,
        follow: services::follow,
        hinted: no_hint,
    },
    Part {
        probes: signatures::PROBES,
        judge: |_look, _drafts| {},
        follow: nothing_more,
        hinted: no_hint,
    },
];

/// Every probe there is, in the order in which they are asked.
pub fn specs() -> impl Iterator<Item = &'static Spec> {
    SUBJECTS.iter().flat_map(|subject| subject.probes)
}
