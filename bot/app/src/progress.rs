//! A line for each host while it is looked at, where somebody is watching.

use std::io::IsTerminal as _;

use crate::look::Step;
use crate::screen;

/// The progress of a command.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    shown: bool,
    live: bool,
}

/// The progress of one host.
#[derive(Debug, Clone)]
pub(crate) struct HostLine {
    host: String,
    progress: Progress,
}

/// More hosts than this are not named one by one.
const MOST_LINES: usize = 20;

impl Progress {
    /// Progress for so many hosts; none where JSON is printed.
    pub(crate) fn new(hosts: usize, json: bool) -> Self {
        let live = std::io::stderr().is_terminal();
        Self {
            shown: !json && hosts <= MOST_LINES,
            live,
        }
    }

    /// The line of a host.
    pub(crate) fn host(&self, host: &str) -> HostLine {
        HostLine {
            host: host.to_owned(),
            progress: self.clone(),
        }
    }

    /// Leaves an empty line after the last, where lines were shown.
    pub(crate) fn clear(&self) {
        if self.shown && self.live {
            screen::aside("");
        }
    }
}

impl HostLine {
    /// A wave begins.
    pub(crate) fn wave(&self, step: Step) {
        if self.progress.shown {
            let what = if step.wave == 1 {
                "looking"
            } else {
                "looking closer"
            };
            screen::aside(&format!("{}: {what}, {} probes", self.host, step.probes));
        }
    }

    /// The look is over.
    pub(crate) fn done(&self) {
        tracing::debug!(host.name = %self.host, "looked");
    }
}
