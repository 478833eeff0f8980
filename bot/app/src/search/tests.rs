//! Questions as tired people type them, and which page answers each.

use std::sync::Arc;

use super::{Search, ask};
use crate::knowledge;
use runbook::terms::Query;

const CASES: &str = include_str!("../../../runbook/cases/queries.tsv");

#[tokio::test]
async fn measure() {
    let knowledge = Arc::new(knowledge::built_in().unwrap());
    let search = Search::default();
    let began = std::time::Instant::now();
    let index = search.index(&knowledge).await.unwrap();
    println!("indexed in {:?}", began.elapsed());
    for line in CASES.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let query = Query::read(cells[0]);
        let found = index.search(&query.tokens(), 20).await.unwrap();
        let hits: Vec<String> = found
            .hits
            .iter()
            .map(|hit| {
                format!(
                    "{}:{:.3}:{:.3}",
                    hit.id,
                    hit.score,
                    query.covered(&hit.matched, &found.known, found.of)
                )
            })
            .collect();
        println!("ROW\t{line}\t{}", hits.join(" "));
    }
    let _ = ask(&index, &Query::read("x")).await;
}
