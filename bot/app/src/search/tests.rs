//! Questions as tired people type them, and which page answers each.

use std::sync::Arc;

use super::Search;
use crate::knowledge;

const CASES: &str = include_str!("../../../../tests/bench/queries.tsv");

/// What somebody types, and the pages that answer it; none where none does.
struct Case {
    query: &'static str,
    answers: Vec<&'static str>,
    held_out: bool,
}

fn cases() -> Vec<Case> {
    let lines = CASES.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [query, answers, half] = cells[..] else {
                panic!("{line:?} has not three cells");
            };
            assert!(["tuning", "held-out"].contains(&half), "{line}");
            Case {
                query,
                answers: answers.split(',').filter(|one| *one != "-").collect(),
                held_out: half == "held-out",
            }
        })
        .collect()
}

/// How many of the questions that a page answers have one first, and among the first three; how many that none answers are
/// told so. Of `of` and `foreign`.
#[derive(Debug, Default)]
struct Tally {
    first: usize,
    three: usize,
    of: usize,
    refused: usize,
    foreign: usize,
}

impl Tally {
    fn add(&mut self, case: &Case, found: &[&str]) {
        if case.answers.is_empty() {
            self.foreign += 1;
            self.refused += usize::from(found.is_empty());
            return;
        }
        self.of += 1;
        let hit = |most: usize| {
            found
                .iter()
                .take(most)
                .any(|one| case.answers.contains(one))
        };
        self.first += usize::from(hit(1));
        self.three += usize::from(hit(3));
    }

    fn share(part: usize, of: usize) -> f64 {
        f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(of).unwrap())
    }
}

#[tokio::test]
async fn questions_find_their_runbooks_and_strange_ones_none() {
    let knowledge = Arc::new(knowledge::built_in().unwrap());
    let search = Search::default();
    let (mut tuned, mut held_out) = (Tally::default(), Tally::default());
    for case in cases() {
        for answer in &case.answers {
            let known = knowledge
                .library
                .iter()
                .any(|page| page.id.as_str() == *answer);
            assert!(known, "{answer} is no runbook");
        }
        let found = search.pages(&knowledge, case.query).await.unwrap();
        let found: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        let tally = if case.held_out {
            &mut held_out
        } else {
            &mut tuned
        };
        tally.add(&case, &found);
    }
    for tally in [&tuned, &held_out] {
        assert!(
            tally.of >= 60 && tally.foreign >= 12,
            "too few questions: {tally:?}"
        );
        assert!(Tally::share(tally.first, tally.of) >= 0.78, "{tally:?}");
        assert!(Tally::share(tally.three, tally.of) >= 0.86, "{tally:?}");
        assert!(
            Tally::share(tally.refused, tally.foreign) >= 0.85,
            "{tally:?}"
        );
    }
}
