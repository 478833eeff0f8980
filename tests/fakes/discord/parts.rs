//! Bodies as they come: JSON, or JSON with files beside it as multipart.

use serde_json::Value;

use crate::fakes::door::Heard;

/// A body and its files: (the number in `files[n]`, name, content).
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) json: Value,
    pub(crate) files: Vec<(String, String, Vec<u8>)>,
}

impl Body {
    pub(crate) fn names(&self) -> Vec<String> {
        self.files
            .iter()
            .map(|(_n, name, _c)| name.clone())
            .collect()
    }
}

/// Reads a body; nothing when it is neither JSON nor multipart.
pub(crate) fn read(heard: &Heard) -> Option<Body> {
    let kind = heard.header("content-type");
    if heard.body.is_empty() {
        return Some(Body::default());
    }
    if kind.starts_with("application/json") {
        let json = serde_json::from_slice(&heard.body).ok()?;
        let files = Vec::new();
        return Some(Body { json, files });
    }
    let boundary = kind
        .strip_prefix("multipart/form-data")?
        .split_once("boundary=")?
        .1
        .trim_matches('"');
    let mut body = Body::default();
    for part in split(&heard.body, format!("--{boundary}").as_bytes()) {
        let Some(at) = find(part, b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&part[..at]).into_owned();
        let content = part[at + 4..]
            .strip_suffix(b"\r\n")
            .unwrap_or(&part[at + 4..]);
        let name = quoted(&head, "name").unwrap_or_default();
        if name == "payload_json" {
            body.json = serde_json::from_slice(content).ok()?;
        } else if let Some(number) = name.strip_prefix("files[") {
            let number = number.trim_end_matches(']').to_owned();
            let file = quoted(&head, "filename").unwrap_or_default();
            body.files.push((number, file, content.to_vec()));
        } else {
            return None;
        }
    }
    Some(body)
}

fn quoted(head: &str, name: &str) -> Option<String> {
    let after = head.split(&format!("; {name}=\"")).nth(1)?;
    Some(after.split('"').next()?.to_owned())
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn split<'a>(mut text: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(text, by) {
        parts.push(&text[..at]);
        text = &text[at + by.len()..];
    }
    parts.push(text);
    parts
}
