//! A place that would lose the journal is refused in words that say where to go.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{PlaceError, prepare, private_file, remote};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_new_directory_and_its_files_are_private() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a/b");
    prepare(&dir).unwrap();
    assert_eq!(mode(&dir), 0o700);
    let file = dir.join("journal.db");
    drop(private_file(&dir, &file).unwrap());
    assert_eq!(mode(&file), 0o600);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(private_file(&dir, &file).unwrap());
    assert_eq!(
        mode(&file),
        0o600,
        "a file that others could read is closed to them"
    );
}

#[test]
fn what_others_may_write_is_refused() {
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(root.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let refused = prepare(root.path()).unwrap_err();
    assert!(
        matches!(refused, PlaceError::OthersMayWrite { mode: 0o777, .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("chmod go-w"));
}

#[test]
fn a_file_in_the_way_and_a_link_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("f");
    std::fs::write(&file, "").unwrap();
    for dir in [file.clone(), file.join("below")] {
        let refused = prepare(&dir).unwrap_err();
        assert!(
            matches!(refused, PlaceError::NotADirectory { .. }),
            "{refused:?}"
        );
    }
    let link = root.path().join("journal.db");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let refused = private_file(root.path(), &link).unwrap_err();
    assert!(
        matches!(refused, PlaceError::NotAFile { .. }),
        "{refused:?}"
    );
}

#[test]
fn file_systems_of_other_machines_are_known_by_their_magic() {
    assert_eq!(remote(0x6969_i64), Some("NFS"));
    assert_eq!(
        remote(i64::from(0xff53_4d42_u32.cast_signed())),
        Some("CIFS")
    );
    assert_eq!(remote(0xff53_4d42_i64), Some("CIFS"));
    assert_eq!(remote(0x6573_5546_i64), Some("FUSE"));
    assert_eq!(remote(0xef53_i64), None, "ext4");
    assert_eq!(remote(0x794c_7630_i64), None, "overlay");
}
