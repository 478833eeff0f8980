//! Words that take back what a name tells: values that are no secrets, and names whose values are none.

/// Values that are no secrets.
#[rustfmt::skip]
pub(super) const PLAIN: &[&str] = &[
    "amd64", "arm64", "armhf", "armel", "i386", "any", "native", "ppc64el", "riscv64", "s390x", "yes", "no", "true", "false",
    "none", "null", "nil", "on", "off", "auto", "default", "empty", "unset", "set", "required", "requisite", "optional",
    "sufficient", "include", "substack", "prompt", "ask", "enabled", "disabled", "enable", "disable", "files", "compat",
    "systemd", "sss", "ldap", "nis", "db", "winbind", "incorrect", "invalid", "wrong", "missing", "mismatch", "failed",
    "failure", "expired", "changed", "permission", "denied", "not", "cannot", "could", "unknown", "error", "authentication",
    "unexpected", "rejected", "accepted", "is", "was", "for", "of", "the", "chauthtok", "session", "auth", "account",
    "loaded", "created", "updated", "ok", "string", "str", "bool", "boolean", "integer", "int", "number", "object",
    "undefined", "nan", "optional[str]", "&str", "publickey", "keyboard-interactive", "hostbased", "md5", "scram-sha-256",
    "sha512", "sha256", "yescrypt", "bcrypt", "argon2id", "plain", "plaintext", "hidden", "masked", "redacted", "[redacted]",
    "<redacted>", "(redacted)", "***redacted***", "removed", "filtered", "[filtered]", "sensitive", "(sensitive)", "opaque",
    "kubernetes.io/tls", "never", "active", "inactive", "locked", "unlocked", "present", "absent", "refused", "timeout",
    "reset", "must", "should", "too", "does", "did", "has", "have", "can't", "unable", "bad", "please", "enter", "using",
    "file", "stdin", "protocol", "operation", "input/output", "connection", "resource", "broken", "network", "device", "错误", "正确", "已过期", "过期", "已修改", "已更改", "已重置", "失败", "不能为空", "无效", "为空", "空", "无", "未设置", "已设置", "已加密",
    "不正确", "不匹配", "强度不足",
];

/// What a name ends with, behind the telling word, whose values are no secrets: `password_file`.
#[rustfmt::skip]
pub(super) const PLAIN_ENDS: &[&str] = &[
    "authentication", "encryption", "algo", "algorithm", "alg", "policy", "lifetime", "length", "len", "min", "minimum",
    "max", "maximum", "expire", "expires", "expired", "expiry", "expiration", "expirytime", "in", "at", "age", "days",
    "reuse", "time", "history", "timeout", "ttl", "attempts", "prompt", "quality", "file", "files", "filename", "path", "dir",
    "directory", "location", "count", "limit", "name", "names", "type", "version", "rotation", "interval", "store", "manager",
    "service", "sync", "check", "user", "required", "less", "changed", "size", "keyid", "izer", "ize", "s_total", "total",
    "id", "ids", "url", "uri", "endpoint", "issuer", "enabled", "disabled", "hint", "format", "status", "state", "mode",
    "usage", "ref", "provider", "class", "method", "methods", "scope", "scopes", "strength", "bits", "prefix", "header",
    "field", "column", "index", "created", "updated", "change", "warn", "login", "server", "host", "port", "plugin",
    "backend", "driver", "exchange", "authority", "regex", "complexity", "rotated", "policies", "accessor", "filter",
];

/// Words that say of a key that everybody may have it.
#[rustfmt::skip]
pub(super) const PUBLIC: &[&str] = &[
    "public", "pub", "id", "host", "primary", "foreign", "cache", "sort", "partition", "group", "index", "row",
    "routing_hash", "lookup", "idempotency", "object", "s3", "name", "fingerprint", "dns", "registry", "map", "unique",
    "shard", "message", "ssh", "known", "etag", "zone", "job", "task", "lock", "bucket", "translation", "i18n", "sysfs",
    "proc", "keyboard", "trusted", "gpg", "apt", "rpm", "signed", "by",
];
