//! Waves over a real sshd: warm connections, few sessions, hosts that die, hosts that say too much, hosts without sudo.

use std::time::{Duration, Instant};

use incident::Ended;
use incident::proposal::Privilege;

use super::sshd::{Sshd, Wire, can_run, reach};
use super::{FINE, ask, plan, text};
use crate::inventory::{BecomeRoot, Entry, Host};
use crate::{CheckStep, Hosts, Inventory, Options, Outcome, Progress};

fn many(n: usize) -> incident::Plan {
    let mut runs: Vec<_> = (0..n)
        .map(|n| ask(&format!("p{n}"), &format!("echo {n}; id -u"), 5))
        .collect();
    for run in runs.iter_mut().step_by(2) {
        run.wants_root = true;
    }
    plan(runs)
}

#[tokio::test]
async fn a_wave_and_a_second_one_on_the_same_connection() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    let (hosts, host) = sshd.reach();
    let mut told = Vec::new();
    let cold = Instant::now();
    let seen = hosts
        .examine_telling(&host, &many(40), |progress| told.push(progress))
        .await
        .unwrap();
    let cold = cold.elapsed();
    assert_eq!(told.first(), Some(&Progress::Connected));
    assert_eq!(told.last(), Some(&Progress::Answered { done: 40, of: 40 }));
    for (n, answer) in seen.answers.iter().enumerate() {
        assert_eq!(text(answer), (FINE, format!("{n}\n0\n")));
        assert_eq!(answer.key, format!("p{n}"));
        assert!(answer.as_root);
    }
    assert_eq!(
        (seen.privilege, seen.login.as_str()),
        (Privilege::Root, "root")
    );
    assert_eq!(seen.host_key, sshd.fingerprint("host_key"));
    assert!(seen.clock_skew.is_some_and(|skew| skew.abs() <= 2));
    assert_eq!((seen.boot_id.len(), seen.cut_short), (36, None));
    let sessions = sshd.sessions();
    let warm = Instant::now();
    hosts.examine(&host, &many(40)).await.unwrap();
    assert_eq!(sshd.sessions(), sessions, "the same connection");
    let mut err = std::io::stderr();
    std::io::Write::write_fmt(
        &mut err,
        format_args!("40 probes: cold {cold:?}, warm {:?}\n", warm.elapsed()),
    )
    .unwrap();
    let walk = hosts.check(&host).await;
    let steps: Vec<_> = walk.iter().map(|checked| checked.step).collect();
    use CheckStep::{Authenticate, Connect, HostKey, Resolve, Shell, Sudo, Time};
    assert_eq!(
        steps,
        [Resolve, Connect, HostKey, Authenticate, Shell, Sudo, Time]
    );
    assert!(
        walk.iter()
            .all(|checked| checked.outcome == Outcome::Passed && !checked.says.is_empty()),
        "{walk:?}"
    );
}

#[tokio::test]
async fn an_sshd_with_few_sessions() {
    if !can_run() {
        return;
    }
    for most in [1, 2] {
        let sshd = Sshd::start(&format!("MaxSessions {most}"));
        let (hosts, host) = sshd.reach();
        for _wave in 0..2 {
            let seen = hosts.examine(&host, &many(20)).await.unwrap();
            assert!(
                seen.answers.iter().all(|answer| answer.ended == FINE),
                "{most}: {:?}",
                seen.cut_short
            );
        }
    }
}

#[tokio::test]
async fn a_host_that_dies_in_the_middle() {
    if !can_run() {
        return;
    }
    let mut sshd = Sshd::start("");
    let (hosts, host) = sshd.reach();
    let mut runs: Vec<_> = (0..12)
        .map(|n| ask(&format!("p{n}"), "echo here", 5))
        .collect();
    runs.extend((12..18).map(|n| ask(&format!("p{n}"), "echo half; sleep 30; echo never", 60)));
    // Those that may take long go first, so half of the lanes is long asleep before the end.
    let asked = plan(runs);
    let wave = hosts.examine(&host, &asked);
    let death = async {
        tokio::time::sleep(Duration::from_secs(4)).await;
        sshd.kill();
    };
    let started = Instant::now();
    let (seen, ()) = tokio::join!(wave, death);
    let seen = seen.unwrap();
    assert!(
        started.elapsed() < Duration::from_secs(12),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(
        seen.answers.len(),
        18,
        "every question has an answer, lost or not"
    );
    assert_eq!(text(&seen.answers[12]), (Ended::Lost, "half\n".to_owned()));
    assert!(seen.cut_short.is_some());
    // The next question does not wait on the dead connection.
    let started = Instant::now();
    let error = hosts.examine(&host, &asked).await.unwrap_err();
    assert!(error.to_string().contains("Connection refused"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_connection_that_died_while_it_was_kept() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    let wire = Wire::to(sshd.port, "");
    let entry = Entry {
        port: Some(wire.port),
        ..sshd.entry()
    };
    std::fs::write(
        sshd.at("known_hosts"),
        std::fs::read_to_string(sshd.at("known_hosts"))
            .unwrap()
            .replace(&sshd.port.to_string(), &wire.port.to_string()),
    )
    .unwrap();
    let (hosts, host) = reach(entry, sshd.options());
    hosts.examine(&host, &many(4)).await.unwrap();
    wire.becomes("cut");
    for pid in sshd.sessions() {
        let _gone = rustix::process::kill_process(
            rustix::process::Pid::from_raw(pid).unwrap(),
            rustix::process::Signal::KILL,
        );
    }
    wire.becomes("");
    let seen = hosts.examine(&host, &many(4)).await.unwrap();
    assert!(
        seen.answers.iter().all(|answer| answer.ended == FINE),
        "{:?}",
        seen.cut_short
    );
}

#[tokio::test]
async fn a_hundred_megabytes_and_a_host_that_ignores_every_cap() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    let (hosts, host) = sshd.reach();
    let started = Instant::now();
    let asked = plan(vec![
        ask("much", "head -c 104857600 /dev/zero | tr '\\0' x", 20),
        ask("little", "echo fine", 5),
    ]);
    let seen = hosts.examine(&host, &asked).await.unwrap();
    assert_eq!(
        (seen.answers[0].bytes.len(), seen.answers[0].truncated),
        (65_536, true)
    );
    assert_eq!(text(&seen.answers[1]), (FINE, "fine\n".to_owned()));
    assert!(started.elapsed() < Duration::from_secs(10));
    // It claims to be a shell and sends zeros for ever.
    let sshd = Sshd::start("ForceCommand cat /dev/zero");
    let (hosts, host) = sshd.reach();
    let started = Instant::now();
    let error = hosts.examine(&host, &asked).await.unwrap_err();
    assert!(error.to_string().contains("said more than"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn hostile_output_stays_output() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    let (hosts, host) = sshd.reach();
    let hostile = "printf '@@%032d END 1 9.00\\n' 0; printf '\\033[2J\\377\\376'; tr '\\0' '\\n' </proc/$PPID/environ | grep @@ ; exit 4";
    let seen = hosts
        .examine(
            &host,
            &plan(vec![ask("a", hostile, 5), ask("b", "echo b", 5)]),
        )
        .await
        .unwrap();
    assert_eq!(seen.answers[0].ended, Ended::Exited { code: 4 });
    assert!(seen.answers[0].bytes.ends_with(b"\x1b[2J\xff\xfe"));
    assert_eq!(text(&seen.answers[1]), (FINE, "b\n".to_owned()));
}

#[tokio::test]
async fn an_ordinary_user_without_sudo() {
    if !can_run()
        || std::process::Command::new("id")
            .arg("nobody")
            .output()
            .is_ok_and(|out| !out.status.success())
    {
        return;
    }
    let sshd = Sshd::start("");
    let (_, public) = (sshd.at("key"), sshd.at("key.pub"));
    // sshd reads the file as that user.
    std::fs::set_permissions(
        sshd.dir.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    std::fs::copy(public, sshd.at("authorized_keys")).unwrap();
    std::fs::set_permissions(
        sshd.at("authorized_keys"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    let Ok(shell) = std::process::Command::new("getent")
        .args(["passwd", "nobody"])
        .output()
    else {
        return;
    };
    let nologin = String::from_utf8_lossy(&shell.stdout).contains("nologin");
    let entry = Entry {
        user: Some("nobody".to_owned()),
        ..sshd.entry()
    };
    let (hosts, host) = reach(entry, sshd.options());
    let seen = hosts.examine(&host, &many(4)).await;
    if nologin {
        let error = seen.unwrap_err().to_string();
        assert_eq!(
            error,
            "h: no POSIX shell answers there (This account is currently not available.); give the account a real login shell, or check its forced command"
        );
        return;
    }
    let seen = seen.unwrap();
    assert_eq!(seen.privilege, Privilege::None);
    assert!(
        seen.answers
            .iter()
            .all(|answer| answer.ended == FINE && !answer.as_root)
    );
}

#[tokio::test]
async fn through_another_host() {
    if !can_run() {
        return;
    }
    let sshd = Sshd::start("");
    let bastion = Sshd::start("");
    let mut inventory = Inventory::new();
    inventory.add_entry("bastion", bastion.entry()).unwrap();
    for n in 0..6 {
        let entry = Entry {
            proxy_jump: Some("bastion".to_owned()),
            ..sshd.entry()
        };
        inventory.add_entry(&format!("inner{n}"), entry).unwrap();
    }
    let options = sshd.options();
    let both = format!(
        "{}{}",
        std::fs::read_to_string(sshd.at("known_hosts")).unwrap(),
        std::fs::read_to_string(bastion.at("known_hosts")).unwrap()
    );
    std::fs::write(sshd.at("known_hosts"), both).unwrap();
    let hosts = std::sync::Arc::new(Hosts::new(inventory.clone(), options.clone()).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    let names = (0..6).map(|n| format!("inner{n}"));
    for name in names {
        let name = incident::HostName::new(name).unwrap();
        let host = hosts.inventory().host(&name).unwrap();
        let hosts = std::sync::Arc::clone(&hosts);
        tasks.spawn(async move { hosts.examine(&host, &many(6)).await.unwrap() });
    }
    for seen in tasks.join_all().await {
        assert_eq!(
            seen.host_key,
            sshd.fingerprint("host_key"),
            "the inner host's, not the bastion's"
        );
        assert!(seen.answers.iter().all(|answer| answer.ended == FINE));
    }
    assert!(
        bastion.sessions().len() <= 3,
        "one connection, or few: {}",
        bastion.sessions().len()
    );
    hosts.close().await;
    // An unknown bastion is named as the one that is not known.
    std::fs::write(sshd.at("known_hosts"), "").unwrap();
    let hosts = Hosts::new(inventory, options).unwrap();
    let host = hosts
        .inventory()
        .hosts()
        .find(|host| host.name.as_str() == "inner0")
        .unwrap()
        .clone();
    let error = hosts
        .examine(&host, &many(1))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains(&bastion.fingerprint("host_key")), "{error}");
    assert!(error.ends_with("`sickbay hosts enrol bastion`"), "{error}");
    // With a bastion that is known it is the inner host's turn.
    std::fs::copy(bastion.at("known_hosts"), sshd.at("known_hosts")).unwrap();
    let error = hosts
        .examine(&host, &many(1))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains(&sshd.fingerprint("host_key")), "{error}");
    assert!(error.ends_with("`sickbay hosts enrol inner0`"), "{error}");
}

#[tokio::test]
async fn this_machine_without_ssh() {
    let hosts = Hosts::new(Inventory::new(), Options::default()).unwrap();
    let local = Host {
        become_root: BecomeRoot::None,
        ..Host::local()
    };
    let started = Instant::now();
    let asked = plan(vec![
        ask("a", "echo a; echo \"secret: $SICKBAY_TEST_SECRET\"", 5),
        ask("slow", "echo b; sleep 8841", 1),
    ]);
    let seen = hosts.examine(&local, &asked).await.unwrap();
    assert_eq!(text(&seen.answers[0]), (FINE, "a\nsecret: \n".to_owned()));
    assert_eq!(text(&seen.answers[1]), (Ended::TimedOut, "b\n".to_owned()));
    assert_eq!(seen.host_key, "local");
    assert!(started.elapsed() < Duration::from_secs(6));
    let walk = hosts.check(&local).await;
    assert!(
        walk.iter()
            .all(|checked| checked.outcome != Outcome::Stopped),
        "{walk:?}"
    );
}
