//! Which pages fit what somebody asked for, and when none does: a page that shares a word with a question is no answer to it.
//!
//! The figures were chosen on the half of `tests/bench/queries.tsv` that is for tuning. How far the best page is ahead of the next
//! one was tried, too: it says little, since of two pages about one fault either is an answer.

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

/// A page that speaks of so much of a question fits, however common its words are.
const MOST_OF_IT: f64 = 0.7;
/// One that speaks of less than this much does not, however rare they are.
const SOME_OF_IT: f64 = 0.35;
/// Between the two, the words that it shares with the question must weigh so much.
const WEIGHT: f64 = 5.0;

impl Scored {
    /// A text by what its words weigh (`bm25`) and how much of the question they are. Many words that mean little do not
    /// make up for those that are missing.
    #[must_use]
    pub fn new(id: impl Into<String>, bm25: f64, covered: f64) -> Self {
        Self {
            id: id.into(),
            score: bm25 * covered,
            covered,
        }
    }

    /// Whether it is an answer at all.
    fn fits(&self) -> bool {
        self.covered >= MOST_OF_IT || (self.covered >= SOME_OF_IT && self.score >= WEIGHT)
    }
}

/// The closest first, where the closest is an answer; nothing where no text is.
#[must_use]
pub fn fit(mut found: Vec<Scored>) -> Vec<Scored> {
    found.sort_by(closer);
    if !found.first().is_some_and(Scored::fits) {
        found.clear();
    }
    found
}

/// The closer one first; of two that are equally close the one whose id comes first.
pub(super) fn closer(a: &Scored, b: &Scored) -> Ordering {
    b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id))
}
