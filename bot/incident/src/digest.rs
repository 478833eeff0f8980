//! One canonical form and one hash, so that what is hashed is never a matter of spelling.

use sha2::{Digest as _, Sha256};

/// The canonical bytes of a JSON value: object keys in byte order, no white space, numbers as serde writes them.
/// (Our values have no floating-point numbers, which is where canonical forms differ.)
#[must_use]
pub fn canonical(value: &serde_json::Value) -> String {
    fn write(value: &serde_json::Value, out: &mut String) {
        match value {
            serde_json::Value::Object(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                keys.sort();
                out.push('{');
                for (n, key) in keys.into_iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    out.push_str(&serde_json::Value::String(key.clone()).to_string());
                    out.push(':');
                    if let Some(value) = map.get(key) {
                        write(value, out);
                    }
                }
                out.push('}');
            }
            serde_json::Value::Array(list) => {
                out.push('[');
                for (n, value) in list.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    write(value, out);
                }
                out.push(']');
            }
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_) => out.push_str(&value.to_string()),
        }
    }
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// `sha256:<hex>` over a domain and the canonical form, so that a hash of one kind of thing never passes for another.
#[must_use]
pub fn of(domain: &str, value: &serde_json::Value) -> String {
    of_bytes(domain, canonical(value).as_bytes())
}

/// `sha256:<hex>` over a domain and bytes.
#[must_use]
pub fn of_bytes(domain: &str, bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(domain.as_bytes());
    hash.update([0]);
    hash.update(bytes);
    format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&hash.finalize())
    )
}
