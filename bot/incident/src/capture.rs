//! What a capture saw: the closer look that costs the host something, and is therefore taken only after a responder agreed.
//!
//! A capture is a remediation like any other, but it changes nothing: its steps are `capture.…`, what they wrote is fetched
//! as evidence and removed from the host, and the verdict is what was seen instead of whether it helped.

use serde::{Deserialize, Serialize};

use crate::step::Slot;
use crate::{Proposal, Step};

/// How the verbs of captures begin.
const AREA: &str = "capture.";

/// Whether a step only looks.
#[must_use]
pub fn is_capture(step: &Step) -> bool {
    Kind::of_verb(step.verb()).is_some()
}

/// Whether a proposal only looks: nothing of it changes the host.
#[must_use]
pub fn only_looks(proposal: &Proposal) -> bool {
    !proposal.steps.is_empty() && proposal.steps.iter().all(is_capture)
}

/// What a capture can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Where each thread of a process stands.
    Backtrace,
    /// The system calls of a process.
    Syscalls,
    /// Where a process spends its processor time.
    Profile,
    /// The packets of a port, headers only.
    Packets,
    /// Where a process stood when it crashed.
    Core,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Backtrace,
        Self::Syscalls,
        Self::Profile,
        Self::Packets,
        Self::Core,
    ];

    /// The word that people type.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Backtrace => "backtrace",
            Self::Syscalls => "syscalls",
            Self::Profile => "profile",
            Self::Packets => "packets",
            Self::Core => "core",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// For how long it is watched where nobody says how long, in seconds.
    #[must_use]
    pub const fn usual_seconds(self) -> u32 {
        match self {
            Self::Packets => 10,
            Self::Backtrace | Self::Syscalls | Self::Profile | Self::Core => 5,
        }
    }

    /// The kind of a step's verb; none where it is no capture.
    #[must_use]
    pub fn of_verb(verb: &str) -> Option<Self> {
        Self::of(verb.strip_prefix(AREA)?)
    }
}

/// What somebody asked to have captured: `capture KIND OF [SECONDS]`, which is also how the journal says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What is to be seen.
    pub kind: Kind,
    /// Of which process, unit, port or core, as the person called it.
    pub of: String,
    /// For how long; the guard bounds it too.
    pub seconds: u32,
}

/// What is wrong with what somebody asked to have captured. Shown to them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCapture {
    /// There is no such kind.
    #[error(
        "{word:?} is nothing that can be captured; it is one of backtrace, syscalls, profile, packets and core"
    )]
    Kind {
        /// What was typed.
        word: String,
    },
    /// It does not say of what.
    #[error(
        "it does not say of what: a process id, a unit, a program, a port for packets, a file for core"
    )]
    NothingNamed,
    /// What is named cannot be one.
    #[error(
        "{text:?} is no process id, unit or program; packets take a port, core takes a file or a program"
    )]
    Of {
        /// What was typed, cut at 120 characters.
        text: String,
    },
    /// The seconds are none.
    #[error("{text:?} is not a number of seconds from 1 to 30")]
    Seconds {
        /// What was typed, cut at 120 characters.
        text: String,
    },
}

impl Asked {
    /// Reads `KIND OF [SECONDS]`.
    ///
    /// # Errors
    /// [`BadCapture`] with what is wrong.
    pub fn parse(text: &str) -> Result<Self, BadCapture> {
        let cut = |text: &str| text.chars().take(120).collect::<String>();
        let mut words = text.split_whitespace();
        let word = words.next().unwrap_or_default();
        let kind = Kind::of(word).ok_or_else(|| BadCapture::Kind { word: cut(word) })?;
        let of = words.next().ok_or(BadCapture::NothingNamed)?;
        let slot = match kind {
            Kind::Packets => Slot::Port,
            Kind::Core if of.starts_with('/') => Slot::Path,
            Kind::Backtrace | Kind::Syscalls | Kind::Profile | Kind::Core => Slot::Name,
        };
        if of.is_empty() || slot.check(of).is_err() {
            return Err(BadCapture::Of { text: cut(of) });
        }
        let seconds = match words.next() {
            None => kind.usual_seconds(),
            Some(text) => Some(text)
                .filter(|text| Slot::Seconds.check(text).is_ok())
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| BadCapture::Seconds { text: cut(text) })?,
        };
        if let Some(more) = words.next() {
            return Err(BadCapture::Of { text: cut(more) });
        }
        let of = of.to_owned();
        Ok(Self { kind, of, seconds })
    }

    /// What a symptom asks to have captured, where it is one that [`Self`] wrote.
    #[must_use]
    pub fn of_symptom(symptom: &str) -> Option<Self> {
        Self::parse(symptom.strip_prefix("capture ")?).ok()
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "capture {} {} {}",
            self.kind.word(),
            self.of,
            self.seconds
        )
    }
}

/// What one capture saw, summarised by the program; the whole is evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "capture")]
pub enum Capture {
    /// Threads of a process.
    Backtrace {
        /// How many threads there are.
        threads: u32,
        /// Threads that stand at the same place, most first; at most [`MOST`].
        stacks: Vec<Stack>,
    },
    /// System calls.
    Syscalls {
        /// For how many seconds it was watched.
        seconds: u32,
        /// How many calls ended in that time.
        calls: u64,
        /// The calls that took longest together, first; at most [`MOST`].
        top: Vec<Call>,
        /// Those that failed with an error, most often first; at most [`MOST`].
        failed: Vec<Failed>,
        /// Calls that had not ended when the watch did: what threads wait in.
        waiting: Vec<Waiting>,
    },
    /// Processor time.
    Profile {
        /// How many samples were taken.
        samples: u64,
        /// Functions, busiest first; at most [`MOST`].
        top: Vec<Hot>,
    },
    /// Packets.
    Packets {
        /// For how many seconds it was listened.
        seconds: u32,
        /// How many packets were seen.
        packets: u64,
        /// Attempts to connect, by who tried with whom; at most [`MOST`], unanswered first.
        talks: Vec<Talk>,
    },
    /// A core.
    Core {
        /// The signal that ended it, where the core says so.
        signal: String,
        /// Where the thread stood that crashed, innermost first; at most [`MOST`].
        frames: Vec<String>,
    },
    /// Nothing could be made of it; the evidence has what was written.
    Unread,
}

/// More of a kind than this are left to the evidence.
pub const MOST: usize = 5;

/// Threads at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// How many threads.
    pub threads: u32,
    /// Functions, innermost first; at most [`MOST`]. Empty where only the kernel could be asked.
    pub frames: Vec<String>,
    /// What they wait for in the kernel, as the kernel calls it; empty where they run.
    pub waits_in: String,
}

/// A system call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// `futex`.
    pub name: String,
    /// How often it was made.
    pub times: u64,
    /// How long all of them took together, in milliseconds.
    pub millis: u64,
}

/// A system call that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// `openat`.
    pub name: String,
    /// `ENOENT`.
    pub error: String,
    /// The path or address that it was about; may be empty.
    pub about: String,
    /// How often.
    pub times: u64,
}

/// A system call that does not end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// `recvfrom`.
    pub name: String,
    /// What it waits for: a file, a pipe, a peer's address; may be empty.
    pub about: String,
    /// How many threads.
    pub threads: u32,
}

/// A function that takes processor time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hot {
    /// Its name; an address where it has none.
    pub function: String,
    /// The library or program that it is in.
    pub object: String,
    /// Its share of all samples, in tenths of a percent.
    pub permille: u32,
}

/// Attempts to connect from one place to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Who tried: an address.
    pub from: String,
    /// With whom: address and port.
    pub to: String,
    /// How many connections were asked for.
    pub asked: u32,
    /// How many of them were answered.
    pub answered: u32,
    /// How many were refused.
    pub refused: u32,
    /// How many packets were sent once more because nobody had confirmed them.
    pub resent: u32,
    /// How many connections were cut off (RST) that had been made.
    pub cut: u32,
    /// What a router or host on the way said of it (ICMP); empty where nothing.
    pub unreachable: String,
}
