//! Secrets on a host never reach the journal, the JSON or the screen; what merely looks like one stays readable.

use crate::lab::{Host, both};

/// Every secret has this in it, and a number of its own.
const MARK: &str = "CANARY";

/// Secrets wherever hosts keep them: arguments, environments, logs, configuration, addresses, file names.
const PREPARE: &str = r#"
mkdir -p /opt/app
cat >/opt/app/run <<'R'
#!/bin/sh
echo "starting with password=CANARY01x and postgres://app:CANARY02x@db/app"
echo "GITHUB_TOKEN=CANARY03xabc Authorization: Bearer CANARY04xabcdefghij"
echo '{"db": {"password": "CANARY05x, with a comma"}}' >&2
echo '-----BEGIN RSA PRIVATE KEY-----' >&2
echo 'CANARY06xMIIEpAIBAAKCAQEA' >&2
echo '-----END RSA PRIVATE KEY-----' >&2
printf 'steers \033[31mred\033]0;title\007 \377\376 done\n' >&2
exit 3
R
chmod 755 /opt/app/run
cat >/etc/systemd/system/app.service <<'U'
[Service]
Environment=DB_PASSWORD=CANARY07x MODE=x
ExecStart=/opt/app/run --api-token CANARY08xy --db-password=CANARY09x
U
systemctl daemon-reload
systemctl start app || true
eventually 10 systemctl is-failed -q app
echo 'proxy_pass http://u:CANARY10x@back; bogus "password=CANARY11x";' >/etc/nginx/conf.d/x.conf
systemctl restart nginx 2>/dev/null || true
logger -p daemon.err "login failed for admin, password: CANARY12x from 192.0.2.7"
logger -p daemon.err "mysqldump -u root -pCANARY13x shop failed: api_key=CANARY14x"
(exec -a 'worker --password CANARY15x --token CANARY16xyz' sleep 300) >/dev/null 2>&1 &
"#;

/// What people need to read and no rule may take for a secret.
const ORDINARY: &str = r#"
su -l ops -c 'cd /home/ops && sudo -n true'
logger -p daemon.err "cat: /etc/passwd: Permission denied"
logger -p daemon.err "Access denied for user 'root'@'localhost' (using password: YES)"
logger -p daemon.err "syntax error near unexpected token: identifier"
logger -p daemon.err "commit 0f9c1a5f0b6a44c6b1f9aa0de1f0c9be33b3f6a1 of 550e8400-e29b-41d4-a716-446655440000"
"#;

#[test]
#[ignore = "needs the lab"]
fn no_secret_is_kept_or_shown() {
    let host = Host::up("it-secrets", "systemd");
    host.must("ordinary things", ORDINARY);
    let name = host.name.clone();
    let (_, seen) = host.sickbay(&["diagnose", &name]);
    let text = seen.to_string();
    let from = text.find("[redacted");
    let around = from.map(|at| {
        text.chars()
            .skip(at.saturating_sub(200))
            .take(300)
            .collect::<String>()
    });
    assert_eq!(around, None, "nothing of this is a secret");

    host.must("secrets", PREPARE);
    let (code, seen) = host.sickbay(&["diagnose", &name, "--symptom", "password=CANARY17x"]);
    crate::schema::holds(&seen);
    let json = seen.to_string();
    assert!(code == 1 && json.contains("[redacted-"), "{code}");
    let screen = both(
        &host
            .command(&["diagnose", &name, "--all"])
            .output()
            .unwrap(),
    );
    let id = seen["incident"].as_str().unwrap();
    let told = both(
        &host
            .command(&["incident", "timeline", id])
            .output()
            .unwrap(),
    );
    let facts = host.sickbay(&["incident", "timeline", id]).1.to_string();
    for (what, text) in [
        ("JSON", json),
        ("screen", screen),
        ("timeline", told),
        ("facts", facts),
    ] {
        assert_eq!(leaks(text.as_bytes()), Vec::<String>::new(), "{what}");
        assert!(!text.contains('\x1b'), "{what} steers a terminal");
    }
    let mut looked = 0;
    for entry in std::fs::read_dir(host.state.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        looked += bytes.len();
        assert_eq!(leaks(&bytes), Vec::<String>::new(), "{}", path.display());
    }
    assert!(looked > 10_000, "the journal was looked at");
}

/// The secrets that are to be read in these bytes.
fn leaks(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.match_indices(MARK)
        .map(|(at, _)| text[at..].chars().take(9).collect())
        .collect()
}
