//! What is refused, and what is merely said.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;

fn settings(text: &str) -> Settings {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("config.toml");
    std::fs::write(&file, format!("version = 1\n{text}")).unwrap();
    Settings::load(Some(&file)).unwrap()
}

fn with_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn root_is_refused_unless_the_settings_say_so() {
    let check = |uid: u32, text: &str, refused: bool| {
        assert_eq!(
            as_root(uid, &settings(text)).is_some(),
            refused,
            "{uid} {text}"
        );
    };
    check(0, "", true);
    check(0, "[serve]\nas_root = false\n", true);
    check(0, "[serve]\nas_root = true\n", false);
    check(1000, "", false);
}

#[test]
fn what_others_may_write_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("config.toml");
    std::fs::write(&file, "").unwrap();
    let ours = std::fs::metadata(&file).unwrap().uid();
    for (mode, refused) in [(0o600, false), (0o644, false), (0o664, true), (0o646, true)] {
        with_mode(&file, mode);
        assert_eq!(the_file(&file, ours).is_some(), refused, "{mode:o}");
    }
    for (mode, refused) in [(0o700, false), (0o755, false), (0o770, true), (0o707, true)] {
        with_mode(place.path(), mode);
        assert_eq!(the_state(place.path()).is_some(), refused, "{mode:o}");
    }
    with_mode(place.path(), 0o700);
    // What is not there is made, by us alone.
    assert_eq!(the_state(&place.path().join("state")), None);
}

#[test]
fn the_settings_of_somebody_else_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("config.toml");
    std::fs::write(&file, "").unwrap();
    with_mode(&file, 0o644);
    let owner = std::fs::metadata(&file).unwrap().uid();
    let another = owner + 1;
    // Root's are everybody's to follow.
    assert_eq!(the_file(&file, another).is_some(), owner != 0);
    assert_eq!(the_file(&file, owner), None);
}

#[test]
fn who_may_approve_nothing_is_told_and_so_is_an_open_door() {
    const PEOPLE: &str = "[people.a]\nuids = [1]\n[[policy]]\nrisk = [\"low\"]\nhosts = \"all\"\n";
    #[track_caller]
    fn check(text: &str, begins: &[&str]) {
        let said = warnings(&settings(text));
        assert_eq!(said.len(), begins.len(), "{said:?}");
        for (said, begins) in said.iter().zip(begins) {
            assert!(said.starts_with(begins), "{said}");
        }
    }
    let nobody = "NOBODY may approve anything";
    check("", &[nobody]);
    check(&format!("{PEOPLE}approvers = []\n"), &[nobody]);
    check(
        &format!("{PEOPLE}approvers = [\"a\"]\nmin = 2\n"),
        &[nobody],
    );
    let met = format!("{PEOPLE}approvers = [\"a\"]\n");
    check(&met, &[]);
    check(&format!("{met}[http]\nlisten = \"127.0.0.1:1\"\n"), &[]);
    check(&format!("{met}[http]\nlisten = \"[::1]:1\"\n"), &[]);
    let open = format!("{met}[http]\nlisten = \"0.0.0.0:1\"\n");
    check(&open, &["http://0.0.0.0:1 can be reached from elsewhere"]);
    let signed = "[slack]\nbot_token_file = \"b\"\nsigning_secret_file = \"s\"\n";
    check(&format!("{open}{signed}"), &[]);
}
