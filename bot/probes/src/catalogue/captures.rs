//! Codes of closer looks.

use incident::Severity::Info;

use super::{Entry, entry};

/// The entries.
pub(super) const ENTRIES: &[Entry] = &[entry(
    "capture.asked",
    "Somebody asked for a closer look",
    Info,
    "Nothing is wrong because of it: a responder wants to see stacks, system calls, a profile, packets or a core.",
    "The command `capture`, and which process, port or core of the host is meant by it.",
    "A responder who wants to know more than a diagnosis tells.",
    "Approve the capture: it changes nothing, costs the host a little for a few seconds, and what it saw is kept as evidence.",
)];
