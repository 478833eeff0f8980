//! Secrets are taken out of evidence as it is captured, before it is stored, shown or sent anywhere.
//!
//! A placeholder keeps two occurrences of the same secret recognisable as the same, without saying
//! anything about it beyond that. Redacting twice changes nothing.

use regex::{Captures, Regex, RegexBuilder};

use crate::digest;

/// Takes secrets out of texts.
#[derive(Debug, Clone)]
pub struct Redactor {
    rules: Vec<Regex>,
    salt: String,
}

/// Each pattern has a group `s`: the secret itself. What stands around it stays.
const PATTERNS: &[&str] = &[
    // Private keys, whole or cut off.
    r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?P<s>.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)",
    // HTTP credentials.
    r"(?i)\b(?:authorization|proxy-authorization)\s*[:=]\s*(?:(?:basic|bearer|token|digest)\s+)?(?P<s>[^\s,;]+)",
    r"(?i)\b(?:set-)?cookie\s*:\s*(?P<s>[^\r\n]+)",
    // URLs with a password.
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]*:(?P<s>[^\s/@]+)@",
    // Names that tell, with a value: in configuration, JSON, YAML, environments, queries and connection strings.
    r#"(?i)(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|client[_-]?secret|credential|requirepass|masterauth|密码|口令|密钥)[a-z0-9_-]{0,24}["']?\s*(?:[:=：＝]|\s=>\s)\s*["']?(?P<s>[^\s"',;&}]{3,})"#,
    r"(?im)^\s*(?:requirepass|masterauth)\s+(?P<s>\S+)",
    r"(?i)\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?'(?P<s>[^']+)'",
    // Command lines.
    r"(?i)\s--?(?:password|passwd|pass|token|secret|api-key)[= ](?P<s>[^\s]{3,})",
    r"\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin)\b[^\n|;&]*?\s-p(?P<s>[^\s-][^\s]*)",
    r"\bsshpass\s+-p\s*(?P<s>\S+)",
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

impl Redactor {
    /// A redactor whose placeholders carry this salt, so that they cannot be looked up in a table of common passwords.
    ///
    /// # Panics
    /// Never: the patterns are constants, and a test compiles each of them.
    #[must_use]
    pub fn new(salt: &str) -> Self {
        let compile = |pattern: &&str| RegexBuilder::new(pattern).size_limit(32 << 20).build().ok();
        let rules: Vec<Regex> = PATTERNS.iter().filter_map(compile).collect();
        debug_assert_eq!(
            rules.len(),
            PATTERNS.len(),
            "a redaction pattern does not compile"
        );
        Self {
            rules,
            salt: salt.to_owned(),
        }
    }

    /// The text without the secrets that the rules know.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for rule in &self.rules {
            if !rule.is_match(&text) {
                continue;
            }
            text = rule
                .replace_all(&text, |found: &Captures<'_>| {
                    let whole = found.get(0).map_or("", |m| m.as_str());
                    let (Some(secret), Some(at)) =
                        (found.name("s"), found.get(0).map(|m| m.start()))
                    else {
                        return whole.to_owned();
                    };
                    if secret.as_str().trim().is_empty() || secret.as_str().contains(MARK) {
                        return whole.to_owned();
                    }
                    let (from, to) = (secret.start() - at, secret.end() - at);
                    let head = whole.get(..from).unwrap_or("");
                    let tail = whole.get(to..).unwrap_or("");
                    format!("{head}{}{tail}", self.placeholder(secret.as_str()))
                })
                .into_owned();
        }
        text
    }

    fn placeholder(&self, secret: &str) -> String {
        let hash = digest::of_bytes(&format!("sickbay redact {}", self.salt), secret.as_bytes());
        let short = hash.get(7..11).unwrap_or("0000");
        format!("{MARK}{short}]")
    }
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
        assert_eq!(Redactor::new("").rules.len(), PATTERNS.len());
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
    }

    #[test]
    fn what_is_not_secret_stays() {
        let redactor = Redactor::new("salt");
        for text in [
            "Failed password for root from 10.0.0.1 port 22 ssh2",
            "nginx.service: Main process exited, code=exited, status=1/FAILURE",
            "http://10.0.0.1:8080/path@v1",
            "tcp 0 0 0.0.0.0:80 users:((\"nginx\",pid=12,fd=6))",
        ] {
            assert_eq!(redactor.redact(text), text);
        }
    }

    #[test]
    fn escapes_do_not_reach_a_terminal() {
        assert_eq!(printable(b"a\x1b[31mb\xff\r\nc\x07"), "a·[31mb\u{fffd}\nc·");
    }

    static REDACTOR: std::sync::LazyLock<Redactor> =
        std::sync::LazyLock::new(|| Redactor::new("s"));

    proptest::proptest! {
        #[test]
        fn hostile_text_never_panics(text in "\\PC{0,300}") {
            let redactor = &*REDACTOR;
            let once = redactor.redact(&text);
            proptest::prop_assert_eq!(redactor.redact(&once), once);
        }
    }
}
