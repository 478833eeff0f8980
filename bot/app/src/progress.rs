//! What is under way, where somebody is watching: one line that is drawn again and gone at the end, so that the verdict
//! stands alone. Where nobody watches it is a line for each wave.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex};

use chat::Locale;
use incident::HostName;

use crate::look::Step;
use crate::screen;

/// More hosts than this are counted and not named, where each would have lines of its own.
const MOST_LINES: usize = 20;

/// The progress of a command.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    way: Way,
    locale: Locale,
    hosts: usize,
    state: Arc<Mutex<State>>,
    /// Who else is told, line by line.
    told: Option<tokio::sync::watch::Sender<Vec<String>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One line that is drawn again.
    Live,
    /// A line for each wave.
    Lines,
    /// Nothing.
    Quiet,
}

#[derive(Debug, Default)]
struct State {
    under_way: BTreeMap<HostName, Step>,
    done: usize,
}

/// The progress of one host.
#[derive(Debug, Clone)]
pub(crate) struct HostLine {
    host: HostName,
    progress: Progress,
}

impl Progress {
    /// Progress for so many hosts; none where JSON is printed.
    pub(crate) fn new(hosts: usize, json: bool, locale: Locale) -> Self {
        let way = match (json, std::io::stderr().is_terminal()) {
            (true, _) => Way::Quiet,
            (false, true) => Way::Live,
            (false, false) if hosts <= MOST_LINES => Way::Lines,
            (false, false) => Way::Quiet,
        };
        Self {
            way,
            locale,
            hosts,
            state: Arc::default(),
            told: None,
        }
    }

    /// Progress that is told to a thread in chat, and nowhere else.
    pub(crate) fn telling(
        hosts: usize,
        told: tokio::sync::watch::Sender<Vec<String>>,
        locale: Locale,
    ) -> Self {
        Self {
            told: Some(told),
            ..Self::new(hosts, true, locale)
        }
    }

    /// The line of a host.
    pub(crate) fn host(&self, host: &HostName) -> HostLine {
        HostLine {
            host: host.clone(),
            progress: self.clone(),
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if self.way == Way::Live {
            draw("");
        }
    }

    fn changed(&self, change: impl FnOnce(&mut State)) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        change(&mut state);
        if let Some(told) = &self.told {
            const MOST: usize = 8;
            let mut lines: Vec<String> = state
                .under_way
                .iter()
                .take(MOST)
                .map(|(host, step)| self.locale.looking(host, step.wave, step.probes))
                .collect();
            if self.hosts > 1 {
                lines.push(self.locale.looked(state.done, self.hosts));
            }
            let _nobody = told.send(lines);
        }
        if self.way != Way::Live {
            return;
        }
        let mut text = if self.hosts > 1 {
            self.locale.looked(state.done, self.hosts)
        } else {
            String::new()
        };
        for (host, step) in &state.under_way {
            if !text.is_empty() {
                text.push_str(" · ");
            }
            text.push_str(&self.locale.looking(host, step.wave, step.probes));
        }
        draw(&text);
    }
}

/// Says what is being done with a fix, where somebody is watching.
pub(crate) fn doing(what: &str) {
    if std::io::stderr().is_terminal() {
        draw(what);
    }
}

/// Takes away what was said last.
pub(crate) fn over() {
    doing("");
}

/// Draws the line again, cut where the terminal ends so that it stays one line.
fn draw(text: &str) {
    let columns = screen::width_of(&std::io::stderr()).unwrap_or(80);
    let cut: String = text.chars().take(columns.saturating_sub(1)).collect();
    let mut out = std::io::stderr().lock();
    let _gone = write!(out, "\r\x1b[K{cut}").and_then(|()| out.flush());
}

impl HostLine {
    /// A wave begins.
    pub(crate) fn wave(&self, step: Step) {
        if self.progress.way == Way::Lines {
            screen::aside(
                &self
                    .progress
                    .locale
                    .looking(&self.host, step.wave, step.probes),
            );
        }
        self.progress.changed(|state| {
            state.under_way.insert(self.host.clone(), step);
        });
    }

    /// The look is over.
    pub(crate) fn done(&self) {
        self.progress.changed(|state| {
            state.under_way.remove(&self.host);
            state.done += 1;
        });
        tracing::debug!(host.name = %self.host, "looked");
    }
}
