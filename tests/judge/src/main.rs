//! A second opinion on what is sent to Slack: one JSON body a line, and a line for each that says what is wrong with it.
//!
//! A line is `{"as": "message" | "modal" | "home", "body": …}`; the answer is empty when the body is fine.

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};
use slackblocks::{HomeTabView, MessagePayload, ModalView};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let wrong = judge(&line?).err().unwrap_or_default();
        writeln!(out, "{}", wrong.replace('\n', " "))?;
        out.flush()?;
    }
    Ok(())
}

fn judge(line: &str) -> Result<(), String> {
    let asked: Value = serde_json::from_str(line).map_err(|why| why.to_string())?;
    let body = asked["body"].clone();
    let say = |why: serde_json::Error| why.to_string();
    match asked["as"].as_str() {
        Some("message") => {
            let mut message = json!({"channel": "C1"});
            for name in ["text", "blocks", "attachments"] {
                if let Some(value) = body.get(name) {
                    message[name] = value.clone();
                }
            }
            serde_json::from_value::<MessagePayload>(message).map_err(say)?;
        }
        Some("modal") => drop(serde_json::from_value::<ModalView>(body).map_err(say)?),
        Some("home") => drop(serde_json::from_value::<HomeTabView>(body).map_err(say)?),
        other => return Err(format!("cannot judge {other:?}")),
    }
    Ok(())
}
