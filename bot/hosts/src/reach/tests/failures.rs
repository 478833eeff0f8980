//! Each way in which a host is not reached, as the sentence that a person gets.

use std::time::{Duration, Instant};

use super::sshd::{Sshd, Wire, can_run, free_port, reach};
use super::{FINE, ask, plan, text};
use crate::inventory::Entry;
use crate::{CheckStep, Hosts, Outcome, Unreachable};

/// What examining the host says, with what differs from run to run taken out.
async fn refusal(hosts: &Hosts, host: &crate::Host, sshd: &Sshd) -> (Unreachable, String) {
    let error = hosts
        .examine(host, &plan(vec![ask("a", "echo a", 5)]))
        .await
        .unwrap_err();
    let mut said = error
        .to_string()
        .replace(&sshd.dir.path().display().to_string(), "DIR")
        .replace(&sshd.port.to_string(), "PORT");
    if sshd.at("host_key").exists() {
        said = said.replace(&sshd.fingerprint("host_key"), "SHA256:OFFERED");
    }
    (error, said)
}

/// A killed process is there until the kernel has done with it.
fn no_ssh_left(hosts: &Hosts) {
    let sockets = hosts.options().sockets.display().to_string();
    let left = || {
        let lines = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).into_owned()
        });
        lines
            .filter(|line| line.starts_with("ssh\0") && line.contains(&sockets))
            .collect::<Vec<_>>()
    };
    for _ in 0..30 {
        if left().is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("still there: {:?}", left());
}

/// Sockets of a test's own, so that what it leaves can be told from what another leaves.
fn own(mut options: crate::Options, sshd: &Sshd) -> crate::Options {
    options.sockets = sshd.at("s");
    std::fs::create_dir_all(&options.sockets).unwrap();
    options
}

#[tokio::test]
async fn an_unknown_key_is_refused_until_it_is_trusted() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    std::fs::remove_file(sshd.at("known_hosts")).unwrap();
    // A user's own laxity does not count.
    let options = own(sshd.options(), &sshd);
    let lax = std::fs::read_to_string(sshd.at("ssh_config")).unwrap()
        + "  StrictHostKeyChecking no\n  LogLevel QUIET\n";
    std::fs::write(sshd.at("ssh_config"), lax).unwrap();
    let (hosts, host) = reach(sshd.entry(), options);
    let (error, said) = refusal(&hosts, &host, &sshd).await;
    assert!(matches!(error, Unreachable::HostKeyUnknown { .. }));
    assert_eq!(
        said,
        "h: the host key SHA256:OFFERED of h is not known here; compare it with the host's own and trust it with `sickbay hosts enrol h`"
    );
    assert!(
        !sshd.at("known_hosts").exists(),
        "nothing was learnt by itself"
    );

    let offered = hosts.offered_keys(&host).await.unwrap();
    let seen: Vec<_> = offered
        .iter()
        .map(|key| (key.kind.as_str(), key.fingerprint.clone()))
        .collect();
    assert_eq!(seen, [("ssh-ed25519", sshd.fingerprint("host_key"))]);
    hosts.trust(&host, &offered).await.unwrap();
    let seen = hosts
        .examine(&host, &plan(vec![ask("a", "echo a", 5)]))
        .await
        .unwrap();
    assert_eq!(text(&seen.answers[0]), (FINE, "a\n".to_owned()));
    assert_eq!(seen.host_key, sshd.fingerprint("host_key"));
    hosts.close().await;
    no_ssh_left(&hosts);
    assert_eq!(
        std::fs::read_dir(sshd.at("s")).unwrap().count(),
        0,
        "sockets and configurations are gone"
    );
}

#[tokio::test]
async fn a_changed_key_blocks_with_both_fingerprints() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    sshd.know(&sshd.at("key.pub"));
    let (hosts, host) = reach(sshd.entry(), sshd.options());
    let (error, said) = refusal(&hosts, &host, &sshd).await;
    assert!(matches!(error, Unreachable::HostKeyChanged { .. }));
    let known = sshd.fingerprint("key");
    assert_eq!(
        said,
        format!(
            "h: the host key of h CHANGED: known is {known}, offered is SHA256:OFFERED. Either the host was installed anew or somebody stands between; nothing was sent. When you know that it is right, remove the old key (DIR/known_hosts:1) and run `sickbay hosts enrol h`"
        )
    );
    let walk = hosts.check(&host).await;
    let last = walk.last().unwrap();
    assert_eq!(
        (last.step, last.outcome),
        (CheckStep::HostKey, Outcome::Stopped)
    );
    // The one who knows that it is right trusts the new one; from then on that counts.
    let offered = hosts.offered_keys(&host).await.unwrap();
    hosts.trust(&host, &offered).await.unwrap();
    hosts.examine(&host, &plan(Vec::new())).await.unwrap();
}

#[tokio::test]
async fn a_wrong_key_and_an_unreadable_one() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    std::fs::write(sshd.at("authorized_keys"), "").unwrap();
    let (hosts, host) = reach(sshd.entry(), sshd.options());
    let (error, said) = refusal(&hosts, &host, &sshd).await;
    assert!(matches!(error, Unreachable::Authenticate { .. }));
    assert_eq!(
        said,
        "h: not let in (root@127.0.0.1: Permission denied (publickey).); check the user, the key and the host's authorized_keys"
    );
    std::fs::copy(sshd.at("key.pub"), sshd.at("authorized_keys")).unwrap();
    std::fs::write(sshd.at("key"), "no key at all\n").unwrap();
    let (error, said) = refusal(&hosts, &host, &sshd).await;
    assert!(matches!(error, Unreachable::Key { .. }), "{said}");
    assert!(
        said.starts_with("h: the private key cannot be used (Load key \"DIR/key\": "),
        "{said}"
    );
}

#[tokio::test]
async fn a_closed_port_and_a_name_without_an_address() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    let entry = Entry {
        port: Some(free_port()),
        ..sshd.entry()
    };
    let (hosts, host) = reach(entry, sshd.options());
    let (error, _said) = refusal(&hosts, &host, &sshd).await;
    assert!(
        matches!(&error, Unreachable::Connect { said, .. } if said.ends_with("Connection refused")),
        "{error}"
    );
    let entry = Entry {
        address: Some("no-such-host.invalid".to_owned()),
        ..sshd.entry()
    };
    let (hosts, host) = reach(entry, sshd.options());
    let (error, _said) = refusal(&hosts, &host, &sshd).await;
    assert!(matches!(&error, Unreachable::Resolve { .. }), "{error}");
    let walk = hosts.check(&host).await;
    assert_eq!(
        (walk.len(), walk[0].step, walk[0].outcome),
        (1, CheckStep::Resolve, Outcome::Stopped)
    );
}

#[tokio::test]
async fn a_server_that_accepts_and_hangs() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    let wire = Wire::to(sshd.port, "silent");
    let entry = Entry {
        port: Some(wire.port),
        ..sshd.entry()
    };
    let (hosts, host) = reach(entry, own(sshd.options(), &sshd));
    let started = Instant::now();
    let (error, said) = refusal(&hosts, &host, &sshd).await;
    assert!(matches!(error, Unreachable::Hung { .. }), "{said}");
    assert!(
        said.starts_with("h: nothing more came for 8 s before its greeting;"),
        "{said}"
    );
    assert!(started.elapsed() < Duration::from_secs(15));
    // One who does not want to wait leaves nothing behind.
    let given_up = tokio::time::timeout(
        Duration::from_millis(500),
        hosts.examine(&host, &plan(Vec::new())),
    )
    .await;
    assert!(given_up.is_err());
    tokio::time::sleep(Duration::from_millis(300)).await;
    no_ssh_left(&hosts);
    assert_eq!(std::fs::read_dir(sshd.at("s")).unwrap().count(), 0);
}

#[tokio::test]
async fn no_sessions_and_no_shell() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("MaxSessions 0");
    let (hosts, host) = reach(sshd.entry(), sshd.options());
    let (error, said) = refusal(&hosts, &host, &sshd).await;
    assert!(
        matches!(error, Unreachable::SessionRefused { .. }),
        "{said}"
    );
    let sshd = Sshd::start("ForceCommand echo This account is closed.");
    let (hosts, host) = reach(sshd.entry(), sshd.options());
    let (error, said) = refusal(&hosts, &host, &sshd).await;
    assert!(matches!(error, Unreachable::Shell { .. }), "{said}");
    assert_eq!(
        said,
        "h: no POSIX shell answers there (This account is closed.); give the account a real login shell, or check its forced command"
    );
    let walk = hosts.check(&host).await;
    assert_eq!(
        walk.last().map(|last| (last.step, last.outcome)),
        Some((CheckStep::Shell, Outcome::Stopped))
    );
}

#[tokio::test]
async fn a_server_cannot_forge_the_key_that_is_shown() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    std::fs::write(
        sshd.at("banner"),
        "debug1: Server host key: ssh-ed25519 SHA256:forged\ndebug1: Executing proxy command\n",
    )
    .unwrap();
    let banner = Sshd::start(&format!("Banner {}", sshd.at("banner").display()));
    let (hosts, host) = banner.reach();
    let seen = hosts.examine(&host, &plan(Vec::new())).await.unwrap();
    assert_eq!(seen.host_key, banner.fingerprint("host_key"));
}
