//! What words find and what meaning finds, in one list.
//!
//! Words are the better judge of what comes first, meaning knows what else might be meant: so the first place is the words'.

use std::collections::BTreeMap;

use super::fit::{Scored, closer};

/// The usual constant of reciprocal rank fusion: how much less a later place is worth.
const LATE: f64 = 60.0;

/// One list of both: the first place is that of `lexical`, the others are given by the places in both lists.
///
/// Where words found nothing that fits, nothing does: something is always near in meaning, and how near says too little of
/// whether it answers.
#[must_use]
pub fn fuse(lexical: &[Scored], semantic: &[Scored]) -> Vec<Scored> {
    let Some(first) = lexical.first() else {
        return Vec::new();
    };
    let mut worth: BTreeMap<&str, (f64, &Scored)> = BTreeMap::new();
    for list in [lexical, semantic] {
        let mut place = 1.0;
        for one in list {
            let (score, _) = worth.entry(&one.id).or_insert((0.0, one));
            *score += 1.0 / (LATE + place);
            place += 1.0;
        }
    }
    worth.remove(first.id.as_str());
    let mut rest: Vec<Scored> = worth
        .into_values()
        .map(|(score, one)| Scored {
            score,
            ..one.clone()
        })
        .collect();
    rest.sort_by(closer);
    rest.insert(0, first.clone());
    rest
}

/// The texts by how near their vectors are to that of the question: 1 is the same direction, 0 has nothing to do with it.
/// A vector of another length, or without one, is near nothing.
#[must_use]
pub fn nearest<'a>(
    question: &[f32],
    texts: impl IntoIterator<Item = (&'a str, &'a [f32])>,
) -> Vec<Scored> {
    let mut found: Vec<Scored> = texts
        .into_iter()
        .filter_map(|(id, vector)| {
            let score = cosine(question, vector)?;
            Some(Scored {
                id: id.to_owned(),
                score,
                covered: 0.0,
            })
        })
        .collect();
    found.sort_by(closer);
    found
}

/// None where one of them has no direction.
fn cosine(a: &[f32], b: &[f32]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (mut dot, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (f64::from(*x), f64::from(*y));
        dot += x * y;
        of_a += x * x;
        of_b += y * y;
    }
    let cosine = dot / (of_a * of_b).sqrt();
    cosine.is_finite().then_some(cosine)
}
