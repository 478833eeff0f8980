//! The key of an enrolled host in the wrong hands: with ssh alone it gets the verbs of two programs and nothing beyond.

use std::process::{Command, Output, Stdio};

use crate::lab::{Host, both, lab_dir};

/// The key by itself: two programs and their verbs, whatever is asked for.
pub(super) fn can_do_no_more_than_the_verbs(host: &Host) {
    const GUARD: &str = "sudo -n /usr/local/libexec/sickbay-guard";
    let out = thief(host, &[], &[&format!("{GUARD} version")], "");
    assert!(out.status.success(), "the way in works: {}", both(&out));
    let canary = "/root/canary";
    for command in [
        "",
        "id",
        "sh",
        "/bin/sh -s",
        "sudo -n sh",
        "sudo -n /bin/sh -s",
        "sudo -n id",
        "sudo -n -u root id",
        "sudo -n /usr/local/libexec/sickbay-gate",
        "/usr/local/libexec/sickbay-guard version",
        "sudo -n /usr/local/libexec/sickbay-guard",
        "sudo -n /usr/local/libexec/sickbay-guard __run x 5",
        "sudo -n /usr/local/libexec/sickbay-guard __steps x",
        "sudo -n /usr/local/libexec/sickbay-guard gc 0",
        "sudo -n /usr/local/libexec/sickbay-guard --root /tmp status x",
        "sudo -n /usr/local/libexec/sickbay-guard version; touch /root/canary",
        "sudo -n /usr/local/libexec/sickbay-guard version\ntouch /root/canary",
        "sudo -n /usr/local/libexec/sickbay-guard status $(touch /root/canary)",
        "sudo -n /usr/local/libexec/sickbay-guard status ../../../etc",
        "sudo -n GUARD_ROOT=/tmp /usr/local/libexec/sickbay-guard version",
        "sudo -n -E /usr/local/libexec/sickbay-guard version",
        "sudo -n --preserve-env /usr/local/libexec/sickbay-guard version",
        "sudo -n /usr/local/libexec/sickbay-probe x",
        "sudo -n /usr/local/libexec/../libexec/sickbay-guard version",
        "scp -t /tmp",
        "internal-sftp",
        "true; id",
    ] {
        let input = "touch /root/canary\nid\n";
        let out = thief(host, &[], &[command], input);
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(
            !out.status.success() && !said.contains("uid="),
            "{command:?}: {}",
            both(&out)
        );
    }
    for options in [&["-s"][..], &["-t"], &["-N", "-W", "127.0.0.1:22"]] {
        let command: &[&str] = if options == ["-s"] { &["sftp"] } else { &[] };
        let out = thief(host, options, command, "");
        assert!(
            !out.status.success() && out.stdout.is_empty(),
            "{options:?}: {}",
            both(&out)
        );
    }
    // Behind the gate the programs judge again: what they are told is data.
    let nonce = "0123456789abcdef0123456789abcdef";
    for (input, says) in [
        (
            "touch /root/canary\n".to_owned(),
            "neither nonce, run nor end",
        ),
        (
            format!("nonce {nonce}\nrun 0 os.kind;touch /root/canary\n"),
            "do not belong there",
        ),
        (format!("nonce {nonce}\nrun 0 /bin/sh\nend\n"), "UNKNOWN 0"),
    ] {
        let out = thief(
            host,
            &[],
            &["sudo -n /usr/local/libexec/sickbay-probe"],
            &input,
        );
        assert!(both(&out).contains(says), "{input:?}: {}", both(&out));
    }
    for step in [
        "file.put /etc/cron.d/x 0644 *%20*%20*%20*%20*%20root%20id%0A",
        "file.put /home/enrolled/.ssh/authorized_keys 0600 x",
        "file.put /etc/sudoers.d/y 0440 x",
        "file.chmod /bin/bash 4755",
        "file.chown /etc/hostname 1001 1001 0",
        "sysctl.set kernel.core_pattern |/tmp/x",
        "unit.stop ssh.service",
        "shell.run id",
    ] {
        let text =
            format!("sickbay-steps 1\nid -\nexpires 9999999999\nboot -\nstep 1 {step}\nend\n");
        let out = thief(host, &[], &[&format!("{GUARD} preview")], &text);
        let said = both(&out);
        assert!(
            !said.contains("step 1 ok") && !said.contains("step 1 noop"),
            "{step}: {said}"
        );
    }
    host.must("nothing of it ran", &format!("! test -e {canary}"));

    // Without the gate, sudo alone decides the same.
    for command in [
        "sudo -n sh -c id",
        "sudo -n id",
        "sudo -n /usr/local/libexec/sickbay-guard __run x 5",
        "sudo -n GUARD_ROOT=/tmp /usr/local/libexec/sickbay-guard version",
        "sudo -n /usr/local/libexec/sickbay-probe x",
    ] {
        let out = host.run(&format!("su enrolled -c '{command}'"));
        assert!(!out.status.success(), "{command}: {}", both(&out));
    }
    host.must(
        "and lets the two through",
        &format!("su enrolled -c '{GUARD} version'"),
    );
}

/// What somebody can do who has the key: ssh with it, and nothing of ours.
fn thief(host: &Host, options: &[&str], command: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new("timeout")
        .args([
            "20",
            "ssh",
            "-F",
            "/dev/null",
            "-o",
            "BatchMode=yes",
            "-l",
            "enrolled",
        ])
        .args([
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-o",
            "LogLevel=ERROR",
        ])
        .arg("-i")
        .arg(lab_dir().join("key"))
        .args(options)
        .arg(host.address())
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _gone = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}
