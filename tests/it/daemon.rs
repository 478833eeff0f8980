//! The unit of `deploy/systemd` on a real systemd: it starts, it is shut in, and what it is for works inside.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::lab::{Host, both, lab, root, sickbay};

/// Above this systemd itself calls a service more exposed than `OK`.
const EXPOSURE: f64 = 2.0;

/// Puts a file on the host.
fn put(host: &Host, from: &Path, to: &str) {
    let out = Command::new(root().join("tests/lab/lab"))
        .args(["ssh", &host.name, &format!("cat >{to}")])
        .stdin(File::open(from).unwrap())
        .stdout(Stdio::null())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", both(&out));
}

const SETTINGS: &str = r#"
cat >/etc/sickbay/config.toml <<'X'
version = 1
[hosts.self]
address = "127.0.0.1"
user = "ops"
identity_file = "credential:secret_id_ed25519"
[http]
listen = "127.0.0.1:9180"
[discord]
bot_token_file = "credential:secret_discord-bot-token"
X
echo MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0123456789AB >/etc/sickbay/secrets/discord-bot-token
chmod 600 /etc/sickbay/secrets/*
"#;

/// The same unit with another command: what works in it works for the bot.
const LOOK: &str = r#"
systemctl stop sickbay
mkdir -p /etc/systemd/system/sickbay.service.d
cat >/etc/systemd/system/sickbay.service.d/look.conf <<'X'
[Service]
Type=oneshot
Restart=no
ExecStart=
ExecStart=/usr/local/bin/sickbay diagnose self --config /etc/sickbay/config.toml
X
systemctl daemon-reload
install -d -o sickbay-bot -g sickbay-bot -m 700 /var/lib/sickbay-bot/.ssh
ssh-keyscan 127.0.0.1 2>/dev/null >/var/lib/sickbay-bot/.ssh/known_hosts
systemctl start sickbay
journalctl -q --no-pager -o cat -u sickbay
"#;

/// Stops the process where it is; the service manager notices, and another is there.
const HANG: &str = r#"
rm /etc/systemd/system/sickbay.service.d/look.conf
printf '[Service]\nWatchdogSec=5\nRestartSec=1\n' >/etc/systemd/system/sickbay.service.d/soon.conf
systemctl daemon-reload
systemctl restart sickbay
old=$(systemctl show -p MainPID --value sickbay)
kill -STOP "$old"
eventually 60 sh -c "systemctl is-active -q sickbay && [ \$(systemctl show -p MainPID --value sickbay) != $old ]"
journalctl -q -o cat -u sickbay | grep -qi 'watchdog timeout'
"#;

#[test]
#[ignore = "needs the lab"]
fn the_unit_starts_is_shut_in_and_reaches_hosts() {
    let host = Host::up("daemon", "systemd");
    let unit = root().join("deploy/systemd");
    host.must(
        "a place for it",
        "install -d -m 755 /etc/sickbay; install -d -m 700 /etc/sickbay/secrets",
    );
    put(&host, &sickbay(), "/usr/local/bin/sickbay");
    put(
        &host,
        &unit.join("sickbay.service"),
        "/etc/systemd/system/sickbay.service",
    );
    put(
        &host,
        &unit.join("sickbay.sysusers"),
        "/usr/lib/sysusers.d/sickbay.conf",
    );
    let key = lab(&["key"]);
    let key = String::from_utf8(key.stdout).unwrap();
    put(
        &host,
        Path::new(key.trim()),
        "/etc/sickbay/secrets/id_ed25519",
    );
    host.must("settings", SETTINGS);
    host.must(
        "the unit is valid",
        "chmod 755 /usr/local/bin/sickbay; systemd-sysusers; systemctl daemon-reload; systemd-analyze verify sickbay.service",
    );
    // Discord cannot be reached from here, which is no reason to end.
    host.must(
        "it starts",
        "systemctl start sickbay; eventually 20 sh -c 'journalctl -q -o cat -u sickbay | grep -q \"serving Discord\"'; systemctl is-active sickbay",
    );
    let told = host.must(
        "what systemd was told",
        "systemctl show -p Type -p StatusText -p WatchdogUSec sickbay",
    );
    for line in [
        "Type=notify",
        "StatusText=waiting for Discord; http://127.0.0.1:9180",
        "WatchdogUSec=1min",
    ] {
        assert!(told.lines().any(|one| one == line), "{told}");
    }
    let door = host.must(
        "what it says at its door",
        "curl -s http://127.0.0.1:9180/healthz; curl -s -w '%{http_code}' http://127.0.0.1:9180/readyz",
    );
    assert!(
        door.starts_with("alive\n") && door.ends_with("503"),
        "{door}"
    );
    assert!(door.contains("\"journal\": \"ready\""), "{door}");
    let owner = host.must(
        "who it is",
        "ps -o user= -p $(systemctl show -p MainPID --value sickbay)",
    );
    assert_eq!(owner.trim(), "sickbay-bot");
    let shut = host.must(
        "how exposed it is",
        "systemd-analyze security --no-pager sickbay.service | tail -n 1",
    );
    let exposure: f64 = shut
        .split_whitespace()
        .find_map(|word| word.parse().ok())
        .unwrap();
    assert!(exposure <= EXPOSURE, "{shut}");
    let said = host.must("it looks at a host", LOOK);
    assert!(said.contains("self · healthy"), "{said}");
    // Its records are apart from those that the guard keeps on a host that is examined.
    host.must(
        "its journal is its own",
        "[ \"$(stat -c '%U %a' /var/lib/sickbay-bot)\" = 'sickbay-bot 700' ]; [ ! -e /var/lib/sickbay ]; [ -s /var/lib/sickbay-bot/journal/journal.db ]",
    ); // Nobody but the service has the secrets, so the doctor is run as it is.
    let doctor = "/usr/local/bin/sickbay doctor --config /etc/sickbay/config.toml --state /var/lib/sickbay-bot/journal";
    let told = host.must(
        "the doctor is handed what the service is",
        &format!("systemd-run -q --pipe --wait -p User=sickbay-bot -p LoadCredential=secret:/etc/sickbay/secrets {doctor} || true"),
    );
    assert!(told.contains("secret_id_ed25519 SHA256:"), "{told}");
    assert!(told.contains("ok    host keys"), "{told}");
    assert!(
        told.contains("?     bot token       the platform does not answer"),
        "{told}"
    );
    let told = host.must(
        "elsewhere it says that it cannot look",
        &format!("runuser -u sickbay-bot -- {doctor} || true"),
    );
    assert!(told.contains("?     bot token       credential:"), "{told}");
    assert!(told.contains("?     file            credential:"), "{told}");
    host.must("one that hangs is started again", HANG);
}
