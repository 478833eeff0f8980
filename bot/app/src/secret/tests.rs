//! Which secrets are taken, and the sentence for those that are not.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::Secret;

/// A directory with one file of this mode.
fn place(mode: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("token");
    std::fs::write(&file, "s3cret\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    dir
}

/// What is said of a secret that is named so, where credentials are handed over in a directory; `DIR` stands for the place.
#[track_caller]
fn check(named: &str, mode: u32, credentials: bool, expected: &str) {
    let place = place(mode);
    let named = named.replace("DIR", &place.path().display().to_string());
    let secret = Secret::try_from(named).unwrap();
    let given = credentials.then(|| place.path());
    let said = match secret.path_in(given) {
        Ok(path) => path.display().to_string(),
        Err(error) => crate::sentence::of(&error),
    };
    let said = said.replace(&place.path().display().to_string(), "DIR");
    assert_eq!(said, expected);
}

#[test]
fn a_file_is_taken_where_nobody_else_may_read_it() {
    check("DIR/token", 0o600, false, "DIR/token");
    check("DIR/token", 0o400, false, "DIR/token");
    for mode in [0o640, 0o604, 0o660, 0o644, 0o601] {
        let sentence = format!(
            "DIR/token is open to others (mode {mode:o}); run chmod 600 DIR/token, and take the secret for known: make a new one"
        );
        check("DIR/token", mode, false, &sentence);
    }
    check(
        "DIR/other",
        0o600,
        false,
        "cannot read the secret in DIR/other: No such file or directory",
    );
}

#[test]
fn a_credential_is_looked_for_where_it_was_handed_over() {
    check("credential:token", 0o400, true, "DIR/token");
    // As the group's right shows a list that lets one more account in.
    check("credential:token", 0o440, true, "DIR/token");
    check("DIR/token", 0o440, true, "DIR/token");
    check(
        "credential:token",
        0o444,
        true,
        "DIR/token is open to others (mode 444); run chmod 600 DIR/token, and take the secret for known: make a new one",
    );
    check(
        "credential:tokn",
        0o400,
        true,
        "there is no credential tokn; those that were handed over are token; LoadCredential= of the unit says which are handed over",
    );
    check(
        "credential:token",
        0o400,
        false,
        "credential:token was not handed over: CREDENTIALS_DIRECTORY is not set; run Sickbay as deploy/systemd does, or name a file",
    );
}

#[test]
fn a_credential_s_name_leads_nowhere_else() {
    for bad in ["", "../token", ".", "a/b", "a b", "/etc/shadow"] {
        assert!(
            Secret::try_from(format!("credential:{bad}")).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn a_file_lies_beside_the_settings() {
    let secret = |text: &str| Secret::try_from(text.to_owned()).unwrap();
    let beside = |text: &str| secret(text).beside(Path::new("/etc/sickbay")).to_string();
    assert_eq!(beside("token"), "/etc/sickbay/token");
    assert_eq!(beside("/run/token"), "/run/token");
    assert_eq!(beside("credential:token"), "credential:token");
}
