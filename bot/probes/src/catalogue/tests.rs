//! The table and the code that makes drafts know the same codes.

use std::collections::BTreeSet;

use incident::Code;

use super::entries;

#[test]
fn codes_are_valid_and_unique() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        Code::new(entry.code).unwrap();
        assert!(seen.insert(entry.code), "{} is listed twice", entry.code);
    }
}
