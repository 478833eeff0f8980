//! A head file survives being half there, and a signature holds to exactly what it signed.

use proptest::prelude::*;

use super::{Found, Head, HeadKey, Writing, read};

fn key(seed: u8) -> HeadKey {
    HeadKey::from_seed(&[seed; 32])
}

#[test]
fn only_the_key_that_signed_it_vouches_for_a_head() {
    let head = Head::new("j", 3, "sha256:00", Some(&key(1)));
    assert!(head.is_signed_by(&key(1)));
    assert!(!head.is_signed_by(&key(2)));
    assert!(!Head { n: 4, ..head }.is_signed_by(&key(1)));
    assert!(!Head::new("j", 3, "sha256:00", None).is_signed_by(&key(1)));
}

#[test]
fn the_longest_head_fits_its_block() {
    let hash = format!("sha256:{}", "f".repeat(64));
    let head = Head::new(&"a".repeat(32), i64::MAX, &hash, Some(&key(1)));
    assert_eq!(head.block().unwrap().len(), 512);
}

#[test]
fn what_is_written_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("head");
    assert_eq!(read(&path), Found::Missing);
    std::fs::write(&path, "").unwrap();
    assert!(matches!(read(&path), Found::Unreadable(_)));
    let head = Head::new("j", 3, "sha256:00", None);
    Writing::begin(&path).unwrap().write_through(&head).unwrap();
    assert_eq!(read(&path), Found::Head(head));
}

proptest! {
    #[test]
    fn hostile_heads_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        std::fs::write(&path, bytes).unwrap();
        prop_assert!(matches!(read(&path), Found::Unreadable(_)));
    }
}
