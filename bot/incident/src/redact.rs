//! Secrets are taken out of evidence as it is captured, before it is stored, shown or sent anywhere.
//!
//! A placeholder keeps two occurrences of the same secret recognisable as the same, without saying
//! anything about it beyond that. Redacting twice changes nothing.

use std::sync::LazyLock;

use regex::{Captures, Regex, RegexBuilder};

use crate::digest;

/// Takes secrets out of texts.
#[derive(Debug, Clone)]
pub struct Redactor {
    rules: Vec<Regex>,
    named: Vec<Regex>,
    salt: String,
}

/// Each pattern has a group `s`: the secret itself. What stands around it stays.
const PATTERNS: &[&str] = &[
    // Private keys, whole or cut off.
    r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?P<s>.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)",
    // HTTP credentials.
    r"(?i)\b(?:authorization|proxy-authorization)\s*[:=]\s*(?:(?:basic|bearer|token|digest)\s+)?(?P<s>[^\s,;]+)",
    r"(?i)\bbearer\s+(?P<s>[a-z0-9._~+/-]{16,}=*)",
    r"(?i)\b(?:set-)?cookie\s*:\s*(?P<s>[^\r\n]+)",
    // URLs with a password, which may have an @ in it.
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]*:(?P<s>[^\s/?#]+)@",
    r"(?im)^\s*(?:requirepass|masterauth)\s+(?P<s>\S+)",
    r"(?i)\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?'(?P<s>[^']+)'",
    r"(?i)\bmachine\s+\S+\s+login\s+\S+\s+password\s+(?P<s>\S+)",
    // Command lines.
    r"\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin)\b[^\n|;&]*?\s-p(?P<s>[^\s-][^\s]*)",
    r"\bsshpass\s+-p\s*(?P<s>\S+)",
    r"\bredis-cli\b[^\n|;&]*?\s-a\s+(?P<s>\S+)",
    r"\bldap(?:search|modify|add|delete|whoami|passwd)\b[^\n|;&]*?\s-w\s*(?P<s>\S+)",
    r"\b(?:mongo|mongosh|mongodump|mongorestore|docker\s+login|podman\s+login)\b[^\n|;&]*?\s-p\s+(?P<s>\S+)",
    r"\bcurl\b[^\n|;&]*?\s(?:-u|--user)[ =]?[^\s:]{1,64}:(?P<s>\S+)",
    // Keys of providers, by their form.
    r"\b(?P<s>(?:AKIA|ASIA)[A-Z0-9]{16})\b",
    r"\b(?P<s>gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,64})\b",
    r"\b(?P<s>xox[abeoprs]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,})\b",
    r"\b(?P<s>sk-[A-Za-z0-9_-]{16,}|sk_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{30,60}|LTAI[A-Za-z0-9]{12,30}|AKID[A-Za-z0-9]{13,40})\b",
    r"\b(?P<s>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,})",
    // Crypt hashes, as in /etc/shadow.
    r"(?P<s>\$(?:1|2[abxy]?|5|6|7|y|gy|argon2id?)\$[A-Za-z0-9./$,=+-]{16,})",
];

/// Names that tell: in configuration, JSON, YAML, environments, queries, connection strings and options.
const NAMES: &str = "password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|\
    secret[_-]?key|signing[_-]?key|encryption[_-]?key|pre[_-]?shared[_-]?key|psk|token|credential|requirepass|masterauth|\
    密码|口令|密钥";

/// A name that tells, `k` in whole with its last part `w`, and its value `s`; `NAMES` stands for the names. What such a
/// match really is, `is_secret` decides.
const NAMED: &[&str] = &[
    // `key = the rest of the line`, as INI files have it.
    r"(?im)^[ \t]*(?P<k>[a-z0-9_.-]*(?P<w>NAMES)[a-z0-9_-]{0,24})[ \t]+=[ \t]+(?P<s>[^\r\n]{3,})$",
    // Quoted values, also in JSON within JSON.
    r#"(?i)(?P<k>[a-z0-9_.-]*(?P<w>NAMES)[a-z0-9_-]{0,24})\\?["']?\s*(?:[:=：＝]|=>)\s*\\?"(?P<s>[^"\\\r\n]+)"#,
    r#"(?i)(?P<k>[a-z0-9_.-]*(?P<w>NAMES)[a-z0-9_-]{0,24})\\?["']?\s*(?:[:=：＝]|=>)\s*'(?P<s>[^'\r\n]+)"#,
    r#"(?i)(?P<k>[a-z0-9_.-]*(?P<w>NAMES)[a-z0-9_-]{0,24})["']?\s*(?:[:=：＝]|=>)\s*(?P<s>[^\s"',;&}]{3,})"#,
    // Options.
    r#"(?i)\s--?(?P<k>(?:[a-z0-9]+-)*(?P<w>NAMES|pass))[= ]["']?(?P<s>[^\s"']{3,})"#,
];

/// Values of such names that are no secrets.
const PLAIN_VALUES: &str = r"(?ix)^(?:
    yes|no|true|false|none|null|nil|on|off|auto|default|empty|unset|set|required|optional|sufficient|prompt|ask|enabled|disabled
    | files|compat|systemd|sss|ldap|nis|db|winbind
    | incorrect|invalid|wrong|missing|mismatch|failed|failure|expired|changed|permission|denied|not|cannot|could|unknown|error
    | authentication|unexpected|rejected|accepted|is|was|for|of|the|chauthtok|session|auth|account|loaded|created|updated|ok
    | \*+ | <[^>]*> | \$\{[a-z0-9_]+\} | \$[A-Z_]{2,} | %\w
    )[).:!\]]*$";

/// What follows the telling word in names whose values are no secrets: `password_file`, `PasswordAuthentication`.
const PLAIN_ENDS: &str = r"(?ix)(?:
    authentication|encryption|algo(?:rithm)?|policy|lifetime|length|min(?:imum)?|max(?:imum)?|expir\w*|age|days|reuse\w*|history
    |timeout|ttl|attempts|prompt|quality|file|path|dir|directory|location|count|limit|name|type|version|rotation|interval|store
    |manager|service|sync|check|check_user|required|less|changed|size|key_?id|izer|ize|s_total|hash_algo
    )$";

impl Redactor {
    /// A redactor whose placeholders carry this salt, so that they cannot be looked up in a table of common passwords.
    ///
    /// # Panics
    /// Never: the patterns are constants, and a test compiles each of them.
    #[must_use]
    pub fn new(salt: &str) -> Self {
        let compile = |pattern: &str| RegexBuilder::new(pattern).size_limit(32 << 20).build().ok();
        let rules: Vec<Regex> = PATTERNS.iter().filter_map(|one| compile(one)).collect();
        let named: Vec<Regex> = NAMED
            .iter()
            .filter_map(|one| compile(&one.replace("NAMES", NAMES)))
            .collect();
        debug_assert_eq!(
            rules.len() + named.len(),
            PATTERNS.len() + NAMED.len(),
            "a redaction pattern does not compile"
        );
        Self {
            rules,
            named,
            salt: salt.to_owned(),
        }
    }

    /// The text without the secrets that the rules know.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for rule in self.rules.iter().chain(&self.named) {
            if !rule.is_match(&text) {
                continue;
            }
            let whole = text.clone();
            text = rule
                .replace_all(&whole, |found: &Captures<'_>| self.replaced(&whole, found))
                .into_owned();
        }
        text
    }

    /// What stands in a match's place.
    fn replaced(&self, text: &str, found: &Captures<'_>) -> String {
        let whole = found.get(0).map_or("", |m| m.as_str());
        let (Some(secret), Some(at)) = (found.name("s"), found.get(0).map(|m| m.start())) else {
            return whole.to_owned();
        };
        let value = secret.as_str();
        if value.trim().is_empty() || value.contains(MARK) {
            return whole.to_owned();
        }
        if let (Some(key), Some(word)) = (found.name("k"), found.name("w")) {
            let before = text.get(..key.start()).and_then(|head| head.chars().last());
            let end = text.get(word.end()..key.end()).unwrap_or("");
            let name = Name {
                before,
                whole: key.as_str(),
                word: word.as_str(),
                end,
            };
            if !is_secret(&name, value) {
                return whole.to_owned();
            }
        }
        let (from, to) = (secret.start() - at, secret.end() - at);
        let head = whole.get(..from).unwrap_or("");
        let tail = whole.get(to..).unwrap_or("");
        format!("{head}{}{tail}", self.placeholder(value))
    }

    fn placeholder(&self, secret: &str) -> String {
        let hash = digest::of_bytes(&format!("sickbay redact {}", self.salt), secret.as_bytes());
        let short = hash.get(7..11).unwrap_or("0000");
        format!("{MARK}{short}]")
    }
}

/// A name that tells, in its parts.
struct Name<'a> {
    /// The character before it.
    before: Option<char>,
    /// `db_password_file`.
    whole: &'a str,
    /// `password`.
    word: &'a str,
    /// `_file`.
    end: &'a str,
}

/// Whether the value of such a name is a secret. In doubt it is: what is listed here was seen on real hosts.
fn is_secret(name: &Name<'_>, value: &str) -> bool {
    static VALUES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PLAIN_VALUES).ok());
    static ENDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PLAIN_ENDS).ok());
    let fits =
        |rule: &Option<Regex>, text: &str| rule.as_ref().is_some_and(|rule| rule.is_match(text));
    let whole = name.whole.to_lowercase();
    let word = name.word.to_lowercase();
    let value = value.trim();
    // `/etc/passwd: Permission denied`, `pam_unix(passwd:session)`.
    if word == "passwd" && matches!(name.before, Some('/' | '(')) {
        return false;
    }
    if fits(&VALUES, value) || fits(&ENDS, name.end) {
        return false;
    }
    // `PWD=/home/ops` of sudo is where somebody stood.
    if matches!(whole.as_str(), "pwd" | "oldpwd") && value.starts_with('/') {
        return false;
    }
    // A path is where a secret lies, not the secret. Random letters of a key are not all small.
    let is_path = value.starts_with('/')
        && value
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "/._-@".contains(c));
    if is_path {
        return false;
    }
    // systemd's `LoadCredential=name:/path`.
    if whole.starts_with("loadcredential") || whole.starts_with("importcredential") {
        return false;
    }
    // A token in a program's words is a piece of its input; one that opens doors is long and not a word.
    if word == "token" {
        let letters = value.chars().all(|c| c.is_ascii_alphabetic());
        let number = value.chars().all(|c| c.is_ascii_digit() || c == '.');
        return value.chars().count() >= 6 && !number && !(letters && value.len() < 12);
    }
    true
}

/// How a placeholder begins: `[redacted-1a2b]`.
pub const MARK: &str = "[redacted-";

/// Bytes as text that is safe to show: not UTF-8 becomes U+FFFD, terminal escapes and other control characters but line
/// feed and tab become `·`, and characters that change the direction of text are dropped.
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .filter(|c| *c != '\r')
        .map(|c| if c.is_control() && c != '\n' && c != '\t' { '·' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn every_pattern_compiles() {
        let redactor = Redactor::new("");
        assert_eq!(redactor.rules.len(), PATTERNS.len());
        assert_eq!(redactor.named.len(), NAMED.len());
        assert!(Regex::new(PLAIN_VALUES).is_ok() && Regex::new(PLAIN_ENDS).is_ok());
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
}
