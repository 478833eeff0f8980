//! Services: what their own checks and states say.

use incident::Value;
use proptest::prelude::*;

use super::databases;
use super::openrc;
use super::syntax::{self, Service};
use crate::draft::Draft;

fn service(down: bool) -> Service<'static> {
    Service {
        name: "nginx",
        code: "nginx.config_syntax",
        unit: "nginx.service",
        down,
    }
}

fn check(text: &str, down: bool, as_root: bool) -> Option<Draft> {
    syntax::read(text)
        .iter()
        .find_map(|check| syntax::judge(check, service(down), as_root))
}

#[test]
fn a_refused_line_is_named_with_its_text() {
    fn place(text: &str, path: &str, line: i64, message: &str, directive: &str) {
        let draft = check(text, true, true).unwrap();
        assert_eq!(draft.text("path"), Some(path), "{text}");
        assert_eq!(draft.int("line"), Some(line), "{text}");
        assert_eq!(draft.text("message"), Some(message), "{text}");
        assert_eq!(
            draft.text("directive").unwrap_or_default(),
            directive,
            "{text}"
        );
    }
    place(
        "> 2026/11/23 09:45:30 [emerg] 3676#3676: unknown directive \"foo\" in /etc/nginx/nginx.conf:5\n> nginx: configuration file /etc/nginx/nginx.conf test failed\nexit 1\nline 5 of /etc/nginx/nginx.conf is   foo bar;\n",
        "/etc/nginx/nginx.conf",
        5,
        "unknown directive \"foo\"",
        "foo",
    );
    place(
        "> AH00526: Syntax error on line 1 of /etc/apache2/conf-enabled/z.conf:\n> Invalid command 'Foo', perhaps misspelled\nexit 1\nline 1 of /etc/apache2/conf-enabled/z.conf is Foo bar\n",
        "/etc/apache2/conf-enabled/z.conf",
        1,
        "Invalid command 'Foo', perhaps misspelled",
        "Foo",
    );
    place(
        "> apache2: Syntax error on line 146 of /etc/apache2/apache2.conf: Syntax error on line 2 of /etc/apache2/mods-enabled/foo.load: Cannot load x into server\nexit 1\n",
        "/etc/apache2/mods-enabled/foo.load",
        2,
        "Cannot load x into server",
        "",
    );
    place(
        "> [ALERT]    (3670) : config : parsing [/etc/haproxy/haproxy.cfg:35] : unknown keyword 'foo' in 'defaults' section\nexit 1\n",
        "/etc/haproxy/haproxy.cfg",
        35,
        "unknown keyword 'foo' in 'defaults' section",
        "",
    );
    place(
        "> /etc/ssh/sshd_config: line 123: Bad configuration option: Foo\nexit 255\n",
        "/etc/ssh/sshd_config",
        123,
        "Bad configuration option: Foo",
        "",
    );
    place(
        "> dnsmasq: bad option at line 3 of /etc/dnsmasq.conf\nexit 1\n",
        "/etc/dnsmasq.conf",
        3,
        "bad option",
        "",
    );
}

#[test]
fn a_check_that_passes_or_was_not_run_says_nothing() {
    assert_eq!(check("> Syntax OK\nexit 0\n", true, true), None);
    assert_eq!(
        check(
            "skipped: /etc/nginx/x does not belong to root alone\n",
            true,
            true
        ),
        None
    );
    assert_eq!(check("", true, true), None);
}

#[test]
fn without_root_a_refused_file_is_no_mistake_in_the_configuration() {
    let text = "> nginx: [emerg] open() \"/var/log/nginx/error.log\" failed (13: Permission denied)\nexit 1\n";
    assert_eq!(check(text, true, false), None);
}

#[test]
fn a_missing_certificate_is_a_missing_file() {
    let text = "> nginx: [emerg] cannot load certificate \"/etc/ssl/site.pem\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory)\nexit 1\n";
    let draft = check(text, true, true).unwrap();
    assert_eq!(
        (draft.code.as_str(), draft.text("path")),
        ("file.missing", Some("/etc/ssl/site.pem"))
    );
}

#[test]
fn mysql_counts_all_but_the_question_itself() {
    let state = |used: i64, limit: i64| {
        format!("Threads_connected\t{used}\nmax_connections\t{limit}\nexit 0\n")
    };
    let said = |used, limit| {
        databases::mysql(&state(used, limit), "mariadb.service").map(|draft| draft.severity)
    };
    assert_eq!(said(1, 151), None);
    assert_eq!(said(10, 10), None);
    assert_eq!(said(11, 10), Some(incident::Severity::Critical));
    assert_eq!(said(97, 100), Some(incident::Severity::Warning));
    let refused = databases::mysql(
        "ERROR 1040 (HY000): Too many connections\nexit 1\n",
        "mariadb.service",
    );
    assert!(refused.is_some());
    assert_eq!(
        databases::mysql("ERROR 1698 (28000): Access denied\nexit 1\n", ""),
        None
    );
}

#[test]
fn postgres_keeps_some_connections_for_its_administrators() {
    let state = |used: i64| {
        format!(
            "server 5432\nconnections {used}\nsetting max_connections 20 65 /etc/postgresql/15/main/postgresql.conf\nsetting superuser_reserved_connections 3 0 \nexit 0\n"
        )
    };
    assert_eq!(databases::postgres(&state(5), "u"), None);
    let draft = databases::postgres(&state(17), "u").unwrap();
    assert_eq!(draft.facts.get("want_limit"), Some(&Value::Int(100)));
    assert_eq!(
        draft.text("path"),
        Some("/etc/postgresql/15/main/postgresql.conf")
    );
}

#[test]
fn redis_that_drops_old_keys_is_not_full() {
    let state = |policy: &str| {
        format!(
            "used_memory:1000\nmaxmemory:1000\nconfig maxmemory-policy {policy}\nrdb_last_bgsave_status:ok\n"
        )
    };
    assert!(databases::redis(&state("allkeys-lru"), "").is_empty());
    assert_eq!(
        databases::redis(&state("noeviction"), "")[0].code,
        "redis.maxmemory"
    );
    assert!(databases::redis("locked: it asks for a password\n", "").is_empty());
}

#[test]
fn openrc_and_scripts_are_read() {
    let text = "manager openrc\ncurrent default\nRunlevel: default\n sshd                                   [  started 01:02:03 (0) ]\n nginx                                  [  crashed  ]\n chronyd                                [  stopped  ]\nRunlevel: boot\n hwclock                                [  stopped  ]\nDynamic Runlevel: manual\n other                                  [  stopped  ]\n";
    let said: Vec<_> = openrc::judge(text)
        .iter()
        .map(|draft| format!("{} {}", draft.code, draft.subject))
        .collect();
    assert_eq!(
        said,
        ["unit.failed unit:nginx", "unit.stopped unit:chronyd"]
    );
    // While another runlevel is on, those of the usual one rest.
    let single = text.replace("current default", "current single");
    let said: Vec<_> = openrc::judge(&single)
        .iter()
        .map(|draft| format!("{} {}", draft.code, draft.subject))
        .collect();
    assert_eq!(said, ["unit.failed unit:nginx"]);
    let text = "manager init.d\nruns ssh 12\ngone nginx 4242 /run/nginx.pid\n";
    assert_eq!(openrc::judge(text)[0].text("path"), Some("/run/nginx.pid"));
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(text in "\\PC{0,300}", number in any::<i64>()) {
        for text in [text.clone(), format!("> {text}\nexit 1\nline {number} of {text} is {text}"), format!("Threads_connected\t{number}\nmax_connections\t{number}\nsetting max_connections {number} {number} /{text}\nconnections {number}\nused_memory:{number}\nmaxmemory:{number}\nrdb_last_bgsave_status:err\nruns-as {text}\npath /{text}")] {
            let _draft = check(&text, true, true);
            let _drafts = (databases::mysql(&text, ""), databases::postgres(&text, ""), databases::redis(&text, ""));
            let _services = openrc::judge(&format!("manager openrc\n{text}"));
        }
    }
}
