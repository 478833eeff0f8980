//! Signatures: every shipped one holds to its own examples; a wrong one says where it is wrong.

use super::Signatures;

#[test]
fn the_shipped_ones_are_right() {
    match Signatures::shipped() {
        Ok(signatures) => assert!(
            signatures.len() >= 60,
            "only {} signatures",
            signatures.len()
        ),
        Err(error) => panic!("{error}"),
    }
}
