//! What is said of keys, agents and known hosts, against the real OpenSSH.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::*;
use crate::inventory::Entry;

fn made(dir: &Path, name: &str, passphrase: &str) -> PathBuf {
    let path = dir.join(name);
    let done = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", passphrase, "-f"])
        .arg(&path)
        .status();
    assert!(done.unwrap().success());
    path
}

#[tokio::test]
async fn each_state_of_a_key_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let good = made(dir.path(), "good", "");
    let other = made(dir.path(), "other", "");
    assert!(matches!(
        key(&good).await,
        Key::Good { fingerprint, matches: Some(true) } if fingerprint.starts_with("SHA256:")
    ));
    std::fs::copy(dir.path().join("other.pub"), dir.path().join("good.pub")).unwrap();
    assert!(matches!(
        key(&good).await,
        Key::Good {
            matches: Some(false),
            ..
        }
    ));
    std::fs::remove_file(dir.path().join("good.pub")).unwrap();
    assert!(matches!(key(&good).await, Key::Good { matches: None, .. }));
    std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(key(&other).await, Key::Open { mode: 0o640 });
    let locked = made(dir.path(), "locked", "a secret");
    let public = std::fs::read_to_string(dir.path().join("locked.pub")).unwrap();
    assert_eq!(
        key(&locked).await,
        Key::Locked {
            public: Some(public.trim_end().to_owned())
        }
    );
    assert!(Agent::Holds(vec![public.clone()]).holds(&public));
    assert!(!Agent::Holds(Vec::new()).holds(&public));
    let text = dir.path().join("text");
    std::fs::write(&text, "no key\n").unwrap();
    std::fs::set_permissions(&text, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(key(&text).await, Key::Bad(_)));
    assert_eq!(key(&dir.path().join("none")).await, Key::Missing);
}

#[tokio::test]
async fn a_host_is_known_by_every_name_that_ssh_has_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let public = made(dir.path(), "host", "").with_extension("pub");
    let public = std::fs::read_to_string(public).unwrap();
    let line = |name: &str| format!("{name} {public}");
    let ssh_config = dir.path().join("config");
    std::fs::write(
        &ssh_config,
        "Host alias\n  HostKeyAlias other-name\nHost *\n  UserKnownHostsFile /dev/null\n",
    )
    .unwrap();
    let options = Options {
        known_hosts: dir.path().join("known hosts"),
        ssh_config: Some(ssh_config),
        ..Options::default()
    };
    let mut inventory = Inventory::new();
    let entry = |port| Entry {
        address: Some("192.0.2.1".to_owned()),
        port,
        ..Entry::default()
    };
    inventory.add_entry("plain", entry(None)).unwrap();
    inventory.add_entry("high", entry(Some(2222))).unwrap();
    inventory.add_entry("alias", entry(Some(2222))).unwrap();
    let check = async |name: &str, known_hosts: &str, expected: bool| {
        std::fs::write(&options.known_hosts, known_hosts).unwrap();
        let host = inventory
            .host(&incident::HostName::new(name).unwrap())
            .unwrap();
        let found = prospect(&host, &inventory, &options).await.unwrap();
        assert_eq!(found.known, Some(expected), "{name} by {known_hosts}");
        assert!(found.keys.iter().any(|path| path.ends_with("id_ed25519")));
    };
    check("plain", "", false).await;
    check("plain", &line("192.0.2.1"), true).await;
    check("plain", &line("192.0.2.2"), false).await;
    check("plain", &line("192.0.2.*"), true).await;
    check("plain", &line("@revoked 192.0.2.1"), false).await;
    check("plain", &line("@cert-authority 192.0.2.*"), true).await;
    check("plain", &line("[192.0.2.1]:2222"), false).await;
    check("high", &line("[192.0.2.1]:2222"), true).await;
    check("high", &line("192.0.2.1"), true).await;
    check("alias", &line("[192.0.2.1]:2222"), false).await;
    check("alias", &line("other-name"), true).await;
    // As ssh-keygen -H writes it.
    std::fs::write(&options.known_hosts, line("192.0.2.1")).unwrap();
    let hashed = Command::new("ssh-keygen")
        .args(["-q", "-H", "-f"])
        .arg(&options.known_hosts)
        .output();
    assert!(hashed.unwrap().status.success());
    let text = std::fs::read_to_string(&options.known_hosts).unwrap();
    assert!(text.starts_with("|1|"));
    check("plain", &text, true).await;
}

#[tokio::test]
async fn a_configuration_that_ssh_does_not_take_is_no_unknown_host() {
    let dir = tempfile::tempdir().unwrap();
    let ssh_config = dir.path().join("config");
    std::fs::write(&ssh_config, "Host *\n  NoSuchWord yes\n").unwrap();
    let options = Options {
        ssh_config: Some(ssh_config),
        ..Options::default()
    };
    let mut inventory = Inventory::new();
    inventory.add_entry("web1", Entry::default()).unwrap();
    let host = inventory
        .host(&incident::HostName::new("web1").unwrap())
        .unwrap();
    let said = prospect(&host, &inventory, &options).await.unwrap_err();
    assert!(
        said.contains("nosuchword") || said.contains("bad configuration"),
        "{said}"
    );
}

#[tokio::test]
async fn the_client_says_its_version() {
    assert!(client_version().await.unwrap().contains("OpenSSH"));
    let (_, length, most) = control_sockets().unwrap();
    assert!(length <= most, "{length}");
}
