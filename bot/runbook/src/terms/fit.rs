//! Which pages fit what somebody asked for, and when none does: a page that shares a word with a question is no answer to it.

use std::cmp::Ordering;

/// A text that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Which.
    pub id: String,
    /// The higher, the closer.
    pub score: f64,
    /// How much of what was asked it speaks of, from 0 to 1.
    pub covered: f64,
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Fit {
    /// These fit, the closest first; at least one.
    Fits(Vec<Scored>),
    /// None does.
    Nothing,
}

impl Fit {
    /// What fits.
    #[must_use]
    pub fn found(&self) -> &[Scored] {
        match self {
            Self::Fits(found) => found,
            Self::Nothing => &[],
        }
    }
}

/// How much of a question the best page must speak of.
const COVERED: f64 = 0.4;

/// Judges what was found.
#[must_use]
pub fn fit(mut found: Vec<Scored>) -> Fit {
    found.sort_by(closer);
    match found.first() {
        Some(best) if best.covered >= COVERED => Fit::Fits(found),
        Some(_) | None => Fit::Nothing,
    }
}

/// The closer one first; of two that are equally close the one whose id comes first.
pub(super) fn closer(a: &Scored, b: &Scored) -> Ordering {
    b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id))
}
