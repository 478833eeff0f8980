//! What is asked of a host, and what came back, before anybody reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ProbeId, Span};

/// One question to one host. Complete: whoever runs it makes no choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeRun {
    /// The probe in the catalogue.
    pub probe: ProbeId,
    /// Its typed arguments, such as the unit to show; never shell text.
    pub args: Vec<String>,
    /// The probe's own POSIX shell text; the arguments are its `$1`, `$2`, ….
    pub script: String,
    /// Whether root would see more. Without root it runs all the same and says what it could not read.
    pub wants_root: bool,
    /// How long it may take on the host.
    pub limit: Span,
    /// How many bytes of output are kept.
    pub cap_bytes: u64,
    /// What in an earlier wave called for it; empty in the first.
    pub because: String,
}

impl ProbeRun {
    /// What tells this question from every other of the same plan: the probe and its arguments.
    #[must_use]
    pub fn key(&self) -> String {
        key(&self.probe, &self.args)
    }

    /// The argument vector as shown to people: the command itself where the probe is one plain command, else the shell
    /// text and its arguments.
    #[must_use]
    pub fn argv(&self) -> Vec<String> {
        let plain = !self
            .script
            .chars()
            .any(|c| "|&;<>()$`\\\"'*?[]#~=%{}!\n".contains(c));
        if plain {
            return self.script.split_whitespace().map(str::to_owned).collect();
        }
        ["sh", "-c", self.script.trim(), self.probe.as_str()]
            .into_iter()
            .map(str::to_owned)
            .chain(self.args.iter().cloned())
            .collect()
    }
}

/// The key of a probe with arguments: `disk.space`, or `unit.show nginx.service`.
#[must_use]
pub fn key(probe: &ProbeId, args: &[String]) -> String {
    let mut key = probe.to_string();
    for arg in args {
        key.push(' ');
        key.push_str(arg);
    }
    key
}

/// All that is asked of one host in one round trip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// 1 for the first wave; a later wave goes where the one before pointed.
    pub wave: u32,
    /// The questions, in the order in which they are to be started.
    pub runs: Vec<ProbeRun>,
}

/// How a probe ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Ended {
    /// It ran to its end with this exit code. 127 means that the host lacks the program.
    Exited {
        /// The exit code, 0–255.
        code: i32,
    },
    /// It was stopped at its time limit; what it had said until then is kept.
    TimedOut,
    /// It was never started, or its end was never heard of: the connection broke.
    Lost,
}

/// One probe's answer as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawOutput {
    /// The key of the run that it answers, as [`ProbeRun::key`] makes it.
    pub key: String,
    /// How it ended.
    pub ended: Ended,
    /// Standard output and standard error, as they came, up to the cap.
    pub bytes: Vec<u8>,
    /// Whether output was cut at the cap.
    pub truncated: bool,
    /// How long it took on the host.
    pub took: Span,
    /// Whether it ran as root.
    pub as_root: bool,
}

/// The answers of a host so far, by [`ProbeRun::key`].
pub type Answers = BTreeMap<String, RawOutput>;
