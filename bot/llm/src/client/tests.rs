//! What comes from a server is read as it is, or not at all.

use super::*;

#[test]
fn vectors_come_in_the_order_of_their_texts() {
    let answer = json!({ "data": [
        { "index": 1, "embedding": [0.5, 1.0] },
        { "index": 0, "embedding": [1, 0.25] },
    ] });
    assert_eq!(
        vectors(&answer, 2),
        Some(vec![vec![1.0, 0.25], vec![0.5, 1.0]])
    );
}

#[test]
fn what_are_no_vectors_are_none() {
    for bad in [
        json!({}),
        json!({ "data": [] }),
        json!({ "data": [{ "embedding": [] }, { "embedding": [] }] }),
        json!({ "data": [{ "embedding": [1.0] }] }),
        json!({ "data": [{ "embedding": [1.0] }, { "embedding": [1.0, 2.0] }] }),
        json!({ "data": [{ "index": 7, "embedding": [1.0] }, { "embedding": [1.0] }] }),
        json!({ "data": [{ "embedding": ["1"] }, { "embedding": [1.0] }] }),
        json!({ "data": [{ "embedding": [1e300] }, { "embedding": [1.0] }] }),
    ] {
        assert_eq!(vectors(&bad, 2), None, "{bad}");
    }
}
