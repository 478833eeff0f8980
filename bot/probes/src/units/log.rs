//! Reads log lines: the journal's `short-unix` and JSON forms.

use serde::Deserialize;

use crate::read::counted;

/// One line of a log with what is known about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Milliseconds since the epoch; nothing where the line does not say.
    pub(crate) at_ms: Option<i64>,
    /// The unit it is about, where that is known.
    pub(crate) unit: Option<String>,
    /// Who wrote it: `systemd`, `nginx`, `kernel`.
    pub(crate) program: String,
    pub(crate) text: String,
}

/// Reads `journalctl -o short-unix` of one unit: `1795425656.314718 web1 nginx[777]: text`.
/// A line that does not begin so continues the one before.
pub(crate) fn short_unix(text: &str, unit: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for raw in text.lines() {
        if raw.starts_with("sickbay: ") || raw.starts_with("-- ") {
            continue;
        }
        let Some((stamp, rest)) = raw.split_once(' ').filter(|(stamp, _)| is_stamp(stamp)) else {
            if let Some(last) = lines.last() {
                let (at_ms, program) = (last.at_ms, last.program.clone());
                lines.push(Line {
                    at_ms,
                    unit: Some(unit.to_owned()),
                    program,
                    text: raw.trim_start().to_owned(),
                });
            }
            continue;
        };
        let rest = rest.split_once(' ').map_or("", |(_host, rest)| rest);
        let (who, said) = rest
            .split_once(": ")
            .unwrap_or((rest.trim_end_matches(':'), ""));
        let program = who.split('[').next().unwrap_or_default().to_owned();
        lines.push(Line {
            at_ms: milliseconds(stamp),
            unit: Some(unit.to_owned()),
            program,
            text: said.to_owned(),
        });
    }
    lines
}

fn is_stamp(text: &str) -> bool {
    text.contains('.') && text.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// `1795425656.314718` as milliseconds.
fn milliseconds(stamp: &str) -> Option<i64> {
    let (seconds, part) = stamp.split_once('.')?;
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    counted(seconds)?
        .checked_mul(1000)?
        .checked_add(counted(&part)?)
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    at: Option<String>,
    #[serde(rename = "MESSAGE")]
    message: Option<Message>,
    #[serde(rename = "UNIT")]
    about: Option<Message>,
    #[serde(rename = "_SYSTEMD_UNIT")]
    by: Option<Message>,
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    program: Option<Message>,
    #[serde(rename = "_TRANSPORT")]
    transport: Option<Message>,
}

/// A field: text; bytes, where it is not UTF-8; or several values.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Text(String),
    Bytes(Vec<u8>),
    Other(serde::de::IgnoredAny),
}

impl Message {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Self::Other(_) => String::new(),
        }
    }
}

/// Reads `journalctl -o json`. What is no record is passed over: the answer may be cut anywhere.
pub(crate) fn json(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for raw in text.lines().filter(|line| line.starts_with('{')) {
        let Ok(record) = serde_json::from_str::<Record>(raw) else {
            continue;
        };
        let at_ms = record.at.and_then(|at| counted(&at)).map(|us| us / 1000);
        let field = |message: Option<Message>| message.map(Message::text).unwrap_or_default();
        let about = field(record.about);
        let unit = if about.is_empty() {
            field(record.by)
        } else {
            about
        };
        let mut program = field(record.program);
        if field(record.transport) == "kernel" {
            "kernel".clone_into(&mut program);
        }
        for said in field(record.message).lines() {
            lines.push(Line {
                at_ms,
                unit: Some(unit.clone()).filter(|unit| !unit.is_empty()),
                program: program.clone(),
                text: said.to_owned(),
            });
        }
    }
    lines
}
