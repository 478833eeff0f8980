//! What a secret cannot hide without: the words that one pass over a text looks for. A line with none of them has no
//! secret that we know, and is not looked at again.

use std::sync::LazyLock;

use super::forms::FORMS;
use super::odd::{self, Odd};
use super::pass::Pass;

/// What a word calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name that tells, whose value may be a secret.
    Name(Tells),
    /// The form of a provider's key, by its place in [`FORMS`].
    Form(usize),
    /// A form with more than a head and a tail.
    Odd(Odd),
    /// A word of a site's own rules.
    Site,
    /// `://`, behind which a password may stand.
    Url,
    /// An HTTP header with credentials.
    Authorization,
    /// `Bearer` and what is behind it.
    Bearer,
    /// `Cookie:` and `Set-Cookie:`.
    Cookie,
    /// A program that takes passwords as arguments.
    Program,
    /// A key word of a file whose values stand behind a space, or in a column.
    Column,
    /// The beginning of a hash of a password.
    Hash,
    /// The line before, or behind, the body of a private key; or how such a body begins.
    Key,
    /// What tells of the lines that follow.
    Block,
}

/// How much a name tells of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tells {
    /// A value that looks random is a secret: `sig=`, `key:`.
    Random,
    /// The same, and an id counts as random: `session_id=`.
    Session,
    /// A value of some length is a secret: `token=`.
    Long,
    /// Any value is.
    Any,
}

/// Names of which any value is a secret.
const ANY: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "pwd",
    "secret",
    "api_key",
    "api-key",
    "apikey",
    "access_key",
    "access-key",
    "accesskey",
    "account_key",
    "account-key",
    "accountkey",
    "private_key",
    "private-key",
    "privatekey",
    "secret_key",
    "secret-key",
    "secretkey",
    "signing_key",
    "signing-key",
    "signingkey",
    "encryption_key",
    "encryption-key",
    "encryptionkey",
    "pre_shared_key",
    "pre-shared-key",
    "presharedkey",
    "preshared_key",
    "preshared-key",
    "psk",
    "credential",
    "requirepass",
    "masterauth",
    "userpass",
    "dbpass",
    "bindpw",
    "rootpw",
    "rootpass",
    "keypass",
    "storepass",
    "adminpass",
    "pass",
    "pw",
    "passcode",
    "密码",
    "口令",
    "密钥",
    "秘钥",
    "密碼",
    "密 码",
    "口 令",
    "私钥",
    "令牌",
    "授权码",
    "凭据",
    "凭证",
];

/// Names of which a long value is one.
const LONG: &[&str] = &[
    "token",
    "authkey",
    "auth_key",
    "auth-key",
    "jwt",
    "_auth",
    "community",
];

/// Names of which a value is one where it looks random.
const RANDOM: &[&str] = &[
    "key",
    "auth",
    "sig",
    "signature",
    "cred",
    "creds",
    "salt",
    "seed",
    "hmac",
    "webhook",
    "authtok",
];

/// Names of which an id is one too.
const SESSION: &[&str] = &[
    "sessid",
    "sessionid",
    "session_id",
    "session-id",
    "session",
    "sid",
];

/// Programs that take passwords as arguments; which arguments, `command` knows.
const PROGRAMS: &[&str] = &[
    "mysql",
    "mariadb",
    "sshpass",
    "redis-cli",
    "ldap",
    "mongo",
    "docker",
    "podman",
    "nerdctl",
    "buildah",
    "helm",
    "oras",
    "crane",
    "skopeo",
    "curl",
    "smbclient",
    "rpcclient",
    "smbmap",
    "sqlcmd",
    "bcp ",
    "sqlplus",
    "cqlsh",
    "influx",
    "snmpwalk",
    "snmpget",
    "snmpset",
    "snmpbulk",
    "snmptable",
    "snmptrap",
    "snmpstatus",
    "ipmitool",
    "openssl",
    "htpasswd",
    "useradd",
    "usermod",
    "chpasswd",
    "lftp",
    "ncftp",
    "vault ",
    "az ",
    "aws ",
    "rabbitmqctl",
    "7z",
    "7za ",
    "zip ",
    "unzip ",
    "xfreerdp",
    "rdesktop",
    "plink",
    "pscp",
    "mosquitto_",
    "wpa_passphrase",
    "keytool",
    "jarsigner",
    "radtest",
    "etcdctl",
    "http ",
    "https ",
    "ab ",
    "passwd ",
    "sudo ",
    "net ",
    "nmcli",
    "mc ",
    "winexe",
    "evil-winrm",
    "crackmapexec",
    "nxc ",
    "argocd",
    "kubectl",
    "oc ",
];

/// Key words of files whose values stand behind a space, or in a column; `column` knows where.
const COLUMNS: &[&str] = &[
    ":5432:",
    ":5433:",
    ":5434:",
    ":6432:",
    ":*:",
    ":0:99999:",
    "machine ",
    "login ",
    "community ",
    "community6 ",
    "com2sec",
    "enable ",
    "username ",
    "isakmp ",
    "radius-server",
    "tacacs-server",
    "identified ",
    "thin:",
    "md5",
    "requirepass ",
    "masterauth ",
    "bindpw ",
    "rootpw ",
    "password ",
    "secret ",
    "passphrase ",
    "psk ",
    "auth_pass ",
    "token ",
    "apikey ",
    "api_key ",
    "secret_key ",
    "auth ",
    "auth plain ",
    "createuser ",
    "on >",
];

/// How hashes of passwords begin.
const HASHES: &[&str] = &[
    "$1$",
    "$2$",
    "$2a$",
    "$2b$",
    "$2x$",
    "$2y$",
    "$5$",
    "$6$",
    "$7$",
    "$8$",
    "$9$",
    "$y$",
    "$gy$",
    "$argon2",
    "$apr1$",
    "$sha1$",
    "$md5",
    "$pbkdf2",
    "$scrypt$",
    "$bcrypt",
    "$p$",
    "$h$",
    "$s$",
    "$a$005$",
    "{ssha",
    "{sha}",
    "{sha256}",
    "{sha512}",
    "{crypt}",
    "{pbkdf2",
    "{md5}",
    "{smd5}",
    "{bcrypt}",
    "{argon2}",
    "pbkdf2_sha",
    "scrypt:",
    "pbkdf2:",
    "scram-sha-",
    "bcrypt_sha256$",
];

/// What stands around private keys, and how their bodies begin where that is cut off.
const KEYS: &[&str] = &[
    "private key",
    "static key",
    "private-lines:",
    "ls0tls1crudjti",
    "ibaakc",
    "ibadanbgkqhkig9w0baqef",
    "b3blbnnzac1rzxktdje",
    "mhccaqeei",
    "mighageamb",
    "mc4caqawbqydk2vwbciei",
    "mhqcaqeei",
];

/// What tells of the lines that follow.
const BLOCKS: &[&str] = &["kind: secret", "\"kind\": \"secret\"", "data:", "data\": {"];

/// The pass.
pub(super) struct Words {
    pass: Pass,
    kinds: Vec<Kind>,
}

/// A word that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// What it calls for.
    pub(super) kind: Kind,
}

impl Words {
    /// All words, made once for the process.
    pub(super) fn get() -> Result<&'static Self, &'static str> {
        static WORDS: LazyLock<Result<Words, String>> = LazyLock::new(Words::make);
        WORDS.as_ref().map_err(String::as_str)
    }

    fn make() -> Result<Self, String> {
        let mut words: Vec<(String, Kind)> = Vec::new();
        let mut add = |list: &[&str], kind: Kind| {
            words.extend(list.iter().map(|word| ((*word).to_owned(), kind)));
        };
        add(ANY, Kind::Name(Tells::Any));
        add(LONG, Kind::Name(Tells::Long));
        add(SESSION, Kind::Name(Tells::Session));
        add(RANDOM, Kind::Name(Tells::Random));
        add(&["://"], Kind::Url);
        add(&["authorization"], Kind::Authorization);
        add(&["bearer"], Kind::Bearer);
        add(&["cookie"], Kind::Cookie);
        add(PROGRAMS, Kind::Program);
        add(COLUMNS, Kind::Column);
        add(HASHES, Kind::Hash);
        add(KEYS, Kind::Key);
        add(BLOCKS, Kind::Block);
        for (n, form) in FORMS.iter().enumerate() {
            words.extend(form.words().into_iter().map(|word| (word, Kind::Form(n))));
        }
        words.extend(odd::words().map(|(word, odd)| (word, Kind::Odd(odd))));
        let pass = Pass::new(words.iter().map(|(word, _)| word.as_bytes()))?;
        let kinds = words.into_iter().map(|(_, kind)| kind).collect();
        Ok(Self { pass, kinds })
    }

    /// The words in a text, in the order in which they end. `base` is added to all places.
    pub(super) fn find(&self, text: &[u8], base: usize, hits: &mut Vec<Hit>) {
        let own = hits.len();
        self.pass.find(text, |word, start, end| {
            if let Some(kind) = self.kinds.get(word) {
                hits.push(Hit {
                    start: base + start,
                    end: base + end,
                    kind: *kind,
                });
            }
        });
        if let Some(own) = hits.get_mut(own..) {
            own.sort_by_key(|hit| (hit.end, hit.start));
        }
    }
}
