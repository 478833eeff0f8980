//! The hash of a row is the hash of the object that DESIGN describes, whatever the fact holds.

use incident::digest;
use proptest::prelude::*;

use super::{Row, genesis};

fn row(kind: &str, body: &serde_json::Value) -> Row {
    Row {
        incident: "20261123-k7f3qa".to_owned(),
        seq: 7,
        at: 1_795_425_600_000,
        kind: kind.to_owned(),
        body: digest::canonical(body),
        attached: "[]".to_owned(),
        prev: genesis("20261123-k7f3qa"),
    }
}

proptest! {
    #[test]
    fn is_the_hash_of_the_canonical_object(kind in "\\PC{0,20}", text in "\\PC{0,80}", n in any::<i64>()) {
        let body = serde_json::json!({"z": text, "a": [n, null, {"k\"": kind}]});
        let row = row(&kind, &body);
        let object = serde_json::json!({
            "incident": row.incident, "seq": row.seq, "at": row.at, "kind": row.kind, "body": body,
            "attached": [], "prev": row.prev,
        });
        prop_assert_eq!(row.hash(), digest::of("sickbay record 1", &object));
    }
}

#[test]
fn no_field_can_stand_in_for_another() {
    let plain = row("a", &serde_json::json!({}));
    let mut moved = plain.clone();
    moved.kind = "b".to_owned();
    assert_ne!(plain.hash(), moved.hash());
    let mut later = plain.clone();
    later.seq = 8;
    assert_ne!(plain.hash(), later.hash());
    let mut unlinked = plain.clone();
    unlinked.prev = genesis("other");
    assert_ne!(plain.hash(), unlinked.hash());
}
