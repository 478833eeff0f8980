//! What is a secret is taken out, what only looks like one stays, and nothing else changes.

mod cases;
mod streams;

use std::sync::LazyLock;

use super::{Does, MARK, Redactor, Rule, printable};

#[track_caller]
fn check(text: &str, secret: &str) {
    let redactor = &*REDACTOR;
    let redacted = redactor.redact(text);
    assert!(
        !redacted.contains(secret),
        "{redacted:?} still has {secret:?}"
    );
    assert!(
        redacted.contains(MARK),
        "{redacted:?} says nothing of a secret"
    );
    assert_eq!(
        redactor.redact(&redacted),
        redacted,
        "redacting twice changes it"
    );
}

#[test]
fn secrets_are_taken_out() {
    check("Authorization: Bearer abc.def.ghi", "abc.def.ghi");
    check("postgres://app:hunter2@db1/app", "hunter2");
    check("password = hunter2", "hunter2");
    check("\"db_password\": \"hunter2\",", "hunter2");
    check("DB_PASSWORD_FILE_VALUE=hunter2", "hunter2");
    check("mysqldump -u root -phunter2 shop", "hunter2");
    check("app --token abcdef123456", "abcdef123456");
    check("密码：hunter2", "hunter2");
    check(
        "root:$6$abcdefgh$0123456789abcdefghij:19000:0:99999:7:::",
        "0123456789abcdefghij",
    );
    check(
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\naC1rZXk",
        "b3BlbnNz",
    );
    check("key AKIAABCDEFGHIJKLMNOP used", "AKIAABCDEFGHIJKLMNOP");
    check("requirepass s3cretWord", "s3cretWord");
    check("CREATE USER a IDENTIFIED BY 'hunter2'", "hunter2");
    check("Cookie: session=abc; other=def", "session=abc");
    check("curl -u admin:hunter2 http://x", "hunter2");
    check("postgres://app:hun@ter2@db1/app", "ter2");
    check("password = correct horse, battery", "battery");
    check(
        r#"{"password": "correct horse, battery", "x": 1}"#,
        "battery",
    );
    check(r#"body={\"password\": \"hunter2\"}"#, "hunter2");
    check("GITHUB_TOKEN=0123456789abcdef", "0123456789abcdef");
    check("?token=a1b2c3d4e5&x=1", "a1b2c3d4e5");
    check("app --db-password hunter2 --port 1", "hunter2");
    check("MYSQL_PWD=hunter2", "hunter2");
    check("Server=db;Uid=sa;Pwd=hunter2;", "hunter2");
    check("PrivateKey = aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=", "aGVsbG8");
    check("redis-cli -h cache -a hunter2 ping", "hunter2");
    check("machine git login ops password hunter2", "hunter2");
    check("secret_id: 84f1-hunter2", "hunter2");
    check("password=/Xk3+9aQ/bb7", "Xk3");
    check("sent Bearer abcdefghij0123456789", "abcdefghij");
}

#[test]
fn what_is_not_secret_stays() {
    let redactor = Redactor::new("salt");
    for text in [
        "Failed password for root from 10.0.0.1 port 22 ssh2",
        "nginx.service: Main process exited, code=exited, status=1/FAILURE",
        "http://10.0.0.1:8080/path@v1",
        "tcp 0 0 0.0.0.0:80 users:((\"nginx\",pid=12,fd=6))",
        "sudo:      ops : PWD=/home/ops ; USER=root ; COMMAND=/bin/sh -s",
        "OLDPWD=/home/Ops",
        "Access denied for user 'root'@'localhost' (using password: YES)",
        "cat: /etc/passwd: Permission denied",
        "passwd:         files systemd",
        "passwd[812]: pam_unix(passwd:chauthtok): password changed for ops",
        "PasswordAuthentication=yes",
        "password_encryption = scram-sha-256",
        "ssl_key_password_file = /etc/ssl/private/pass.txt",
        "private_key: /etc/ssl/private/site.pem",
        "CREDENTIALS_DIRECTORY=/run/credentials/nginx.service",
        "LoadCredential=db:/etc/app/db.key",
        "api.service: Failed to set up credentials: Protocol error",
        "cannot read the password: Input/output error",
        "syntax error near unexpected token `)'",
        "unexpected token: identifier at line 3",
        "server_tokens off; max_tokens=4096 token=12",
        "-rw-r--r-- 1 root root 1684 Nov 1 10:00 /etc/passwd",
        "lock-password.service loaded active; password-store.timer",
        "commit 0f9c1a5f0b6a44c6b1f9aa0de1f0c9be33b3f6a1",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "MACHINE_ID=4f1b2b0b822cd15d6c15b0f00a08aaaa boot 550e8400-e29b-41d4-a716-446655440000",
        "http://10.0.0.1:8080?mail=a@b.c",
        "Started systemd-ask-password-wall.path - Forward Password Requests to Wall",
        "default_password_lifetime=360",
    ] {
        assert_eq!(redactor.redact(text), text);
    }
}

#[test]
fn escapes_do_not_reach_a_terminal() {
    assert_eq!(printable(b"a\x1b[31mb\xff\r\nc\x07"), "a·[31mb\u{fffd}\nc·");
}

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new("s"));

proptest::proptest! {
    #[test]
    fn hostile_text_never_panics(text in "\\PC{0,300}") {
        let redactor = &*REDACTOR;
        let once = redactor.redact(&text);
        proptest::prop_assert_eq!(redactor.redact(&once), once);
    }
}

#[test]
fn the_same_secret_has_the_same_placeholder_however_it_stands() {
    let place = |text: &str| {
        let clean = REDACTOR.redact(text);
        let at = clean.find(MARK).expect(text);
        clean[at..at + MARK.len() + 5].to_owned()
    };
    let first = place("password=hun/ter@2");
    for text in [
        "password: \"hun/ter@2\"",
        "postgres://app:hun%2Fter%402@db1/app",
        r#"{"password": "hun\/ter@2"}"#,
        "GET /a?password=hun%2Fter%402&x=1",
        "mysql -phun/ter@2 shop",
        "密码：hun/ter@2",
    ] {
        assert_eq!(place(text), first, "{text}");
    }
    assert_ne!(place("password=hun/ter@3"), first);
    let other = Redactor::new("another salt").redact("password=hun/ter@2");
    assert!(!other.contains(&first), "the salt is part of it");
}

#[test]
fn a_key_has_the_same_placeholder_in_lines_and_in_a_string() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4";
    let lines = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    let string = format!("x: {}", lines.replace('\n', "\\n"));
    let place = |text: &str| {
        let clean = REDACTOR.redact(text);
        let at = clean.find(MARK).expect(text);
        clean[at..at + MARK.len() + 5].to_owned()
    };
    assert_eq!(place(&lines), place(&string));
}

#[test]
fn a_site_has_rules_of_its_own() {
    let mask = |name: &str, pattern: &str, keywords: &[&str]| Rule {
        name: name.to_owned(),
        does: Does::Mask {
            pattern: pattern.to_owned(),
            keywords: keywords.iter().map(|word| (*word).to_owned()).collect(),
        },
    };
    let keep = Rule {
        name: "fixtures".to_owned(),
        does: Does::Keep("fixture-[0-9]+|AKIA.*|-----BEGIN.*".to_owned()),
    };
    let rules = [
        mask("badge", r"badge (?<secret>BDG-\d{4})", &["BDG-"]),
        mask("工号", r"工号[:：](?<s>\d+)", &[]),
        keep,
    ];
    let redactor = Redactor::with("s", &rules).unwrap();
    let clean = |text: &str| cases::alike(&redactor.redact(text));
    assert_eq!(
        clean("a\nthe badge BDG-1234 of bo\nb"),
        "a\nthe badge [*] of bo\nb"
    );
    assert_eq!(clean("工号：10086，男"), "工号：[*]，男");
    assert_eq!(clean("password=fixture-7 x"), "password=fixture-7 x");
    assert_eq!(clean("password=fixture-7x y"), "password=[*] y");
    assert_eq!(
        clean("password=AKIAABCDEFGHIJKLMNOP"),
        "password=[*]",
        "a form is never kept"
    );
    let wrong = |rule: Rule| Redactor::with("", &[rule]).unwrap_err().what;
    assert!(wrong(mask("a", "(", &[])).contains("cannot be read"));
    assert!(wrong(mask("a", "x*", &[])).contains("nothing stands"));
    assert!(wrong(mask("a", "x{999}{999}{9}", &[])).contains("more than 1 MB"));
    assert!(wrong(mask("a", "x", &[" "])).contains("keyword"));
}

/// What cannot be redacted is not let through.
#[test]
fn a_broken_redactor_withholds() {
    let broken = Redactor::broken("a test says so");
    let expected = "[withheld: secrets cannot be taken out of this: a test says so]";
    assert_eq!(broken.redact("nothing secret at all"), expected);
    assert_eq!(broken.typed("/etc/hosts"), expected);
    let mut out = Vec::new();
    let mut stream = broken.stream();
    stream.push(b"password=hunter2\n", &mut out);
    stream.push(b"more\n", &mut out);
    stream.finish(&mut out);
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn typed_values_stay() {
    for value in [
        "/etc/app/password.txt",
        "/srv/token=abcdef0123456789/x",
        "/run/secrets/db:password:hunter2",
        "token-service.service",
        "password-store.timer",
        "api-key@secret:prod.service",
        "secret",
        "3306",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "550e8400-e29b-41d4-a716-446655440000",
        "root:root",
        "0000:00:1f.2",
        "[::1]:443",
        "net.ipv4.tcp_keepalive_time",
    ] {
        assert_eq!(REDACTOR.typed(value), value);
    }
    for value in [
        "password=hunter2",
        "/srv/ghp_0123456789abcdefghijABCDEFGHIJ012345/x",
        "login failed, password: hunter2",
        "postgres://app:hunter2@db1/app",
    ] {
        assert!(REDACTOR.typed(value).contains(MARK), "{value}");
    }
}

#[test]
fn nothing_found_is_nothing_copied() {
    let text =
        "Nov 28 09:00:01 web1 sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2\n";
    let clean = REDACTOR.clean(text);
    assert!(matches!(clean, std::borrow::Cow::Borrowed(_)));
}

#[test]
fn what_a_fresh_pair_of_eyes_found_is_taken_out() {
    check(
        "curl -H 'Authorization: GenieKey 8a7f6b3e-11aa-4c2d' x",
        "8a7f6b3e",
    );
    check(
        "Authorization: Zoho-oauthtoken 1000.8cb99dxxxxxxxx9be93",
        "8cb99d",
    );
    check(
        "curl -sku elastic:changeme https://localhost:9200",
        "changeme",
    );
    check("curl -sSu admin:s3cret https://x", "s3cret");
    check("ldapsearch -xw hunter2 -b dc=x", "hunter2");
    check("PASS=trustnoone", "trustnoone");
    for text in [
        "name=$(getent passwd \"$name\" 2>/dev/null)",
        "{\"argv\":\"$(getent passwd \\\"$name\\\" 2>/dev/null)\"}",
        "--- PASS: TestFoo (0.00s)",
    ] {
        assert_eq!(REDACTOR.redact(text), text);
    }
}

/// Lines that were written so that each word reads all that is behind it. They take seconds where reading is bounded, and hours
/// or all memory where it is not.
#[test]
fn a_line_that_is_written_to_be_slow_is_read_all_the_same() {
    for word in [
        "Cookie:a=b;",
        "$1$",
        "x://u:p@h/a",
        "eyJ-",
        "v1.0-",
        "machine ",
        "enable ",
        "password=「",
        "password=\"",
        "createUser u SHA ",
        "Authorization: ",
        "-----BEGIN PRIVATE KEY-----",
        "token=",
        "mysql -p",
        "curl -u a:",
        "密码：",
    ] {
        let line = word.repeat(256 * 1024 / word.len());
        let once = REDACTOR.redact(&line);
        assert!(once.len() < line.len() * 8, "{word}");
    }
    // Among so many words a secret is still taken out, also one that goes on beyond what its rule reads.
    let long = "x1".repeat(20_000);
    let line = format!(
        "{}password={long} {}",
        "token= ".repeat(600),
        "token= ".repeat(600)
    );
    assert!(!REDACTOR.redact(&line).contains(&long[..64]));
}
