//! A probe as declared: its shell text, its typed arguments and its limits, so that whoever runs it decides nothing.

use incident::step::Slot;
use incident::{ProbeId, ProbeRun, Span};

/// One question that can be put to a host.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Its stable name: `disk.space`.
    pub id: &'static str,
    /// What it asks, in a few words for people.
    pub about: &'static str,
    /// Its POSIX shell text; arguments are `$1`, `$2`, …. It only reads.
    ///
    /// A line `sickbay: needs root: WHAT` in its output says that something could not be read without root; a line
    /// `sickbay: absent: WHAT` that the host has no such thing (`systemd`), which is not an error; a line
    /// `sickbay: unseen: WHAT` that something is there which this account may not see, root or not.
    pub script: &'static str,
    /// The kinds of its arguments. A probe of the first wave takes nothing, or one number: the seconds to look back.
    pub takes: &'static [Slot],
    /// Whether root would see more.
    pub wants_root: bool,
    /// How long it may take on the host.
    pub limit_seconds: u64,
    /// How many bytes of its output are kept.
    pub cap_bytes: u64,
    /// Whether every diagnosis asks it.
    pub first_wave: bool,
    /// Set where a host about which it told nothing cannot be called healthy: whether a text tells something. That a
    /// program ran is not enough, its answer has to be one.
    pub essential: Option<fn(&str) -> bool>,
}

/// Why a probe cannot be asked with these arguments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadArgs {
    /// Too few or too many.
    #[error("probe {probe} takes {wanted} arguments, {given} were given")]
    Count {
        /// The probe.
        probe: &'static str,
        /// How many it takes.
        wanted: usize,
        /// How many there were.
        given: usize,
    },
    /// One is not of its kind.
    #[error("probe {probe}: argument {text:?} {why}")]
    Argument {
        /// The probe.
        probe: &'static str,
        /// What was given, cut at 120 characters.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The declared id is no probe id; a test keeps this from happening.
    #[error("probe id {probe:?} is not valid")]
    Id {
        /// The probe.
        probe: &'static str,
    },
}

impl Spec {
    /// A question with sensible limits: no arguments, no root, 5 seconds, 64 KiB, not in the first wave.
    #[must_use]
    pub const fn new(id: &'static str, about: &'static str, script: &'static str) -> Self {
        Self {
            id,
            about,
            script,
            takes: &[],
            wants_root: false,
            limit_seconds: 5,
            cap_bytes: 65_536,
            first_wave: false,
            essential: None,
        }
    }

    /// The same, asked in every diagnosis.
    #[must_use]
    pub const fn first(mut self) -> Self {
        self.first_wave = true;
        self
    }

    /// The same, of those without which a host cannot be called healthy.
    #[must_use]
    pub const fn essential(mut self, tells: fn(&str) -> bool) -> Self {
        self.essential = Some(tells);
        self
    }

    /// The same, better answered by root.
    #[must_use]
    pub const fn root(mut self) -> Self {
        self.wants_root = true;
        self
    }

    /// The same, with arguments.
    #[must_use]
    pub const fn takes(mut self, takes: &'static [Slot]) -> Self {
        self.takes = takes;
        self
    }

    /// The same, with another limit of time in seconds and of output in bytes.
    #[must_use]
    pub const fn within(mut self, limit_seconds: u64, cap_bytes: u64) -> Self {
        self.limit_seconds = limit_seconds;
        self.cap_bytes = cap_bytes;
        self
    }

    /// The question with these arguments, complete.
    ///
    /// # Errors
    /// [`BadArgs`] when an argument is not of its kind; such a question is not asked.
    pub fn run(&self, args: &[&str], because: &str) -> Result<ProbeRun, BadArgs> {
        if args.len() != self.takes.len() {
            return Err(BadArgs::Count {
                probe: self.id,
                wanted: self.takes.len(),
                given: args.len(),
            });
        }
        for (text, slot) in args.iter().zip(self.takes) {
            slot.check(text).map_err(|why| BadArgs::Argument {
                probe: self.id,
                text: text.chars().take(120).collect(),
                why,
            })?;
        }
        let probe = ProbeId::new(self.id).map_err(|_bad| BadArgs::Id { probe: self.id })?;
        Ok(ProbeRun {
            probe,
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            script: self.script.to_owned(),
            wants_root: self.wants_root,
            limit: Span::seconds(self.limit_seconds),
            cap_bytes: self.cap_bytes,
            because: because.to_owned(),
        })
    }
}
