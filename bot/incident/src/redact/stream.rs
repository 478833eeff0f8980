//! Redaction of what comes in pieces: the same text comes out however it was cut, and little is held back.

use super::engine::{Engine, LONGEST, Sink};
use super::{Redactor, WITHHELD};

/// Redacts bytes as they come. What is pushed comes out by whole lines; of a line that does not end, and of lines that may
/// turn out to be a private key, no more than some hundred kilobytes are held back.
#[derive(Debug)]
pub struct Stream<'r> {
    redactor: &'r Redactor,
    engine: Engine,
    held: Vec<u8>,
    /// Whether it was said that nothing can be let through.
    withheld: bool,
}

impl<'r> Stream<'r> {
    pub(super) fn new(redactor: &'r Redactor) -> Self {
        Self {
            redactor,
            engine: Engine::new(LONGEST),
            held: Vec::new(),
            withheld: false,
        }
    }

    #[cfg(test)]
    pub(super) fn with_longest(redactor: &'r Redactor, longest: usize) -> Self {
        Self {
            engine: Engine::new(longest),
            ..Self::new(redactor)
        }
    }

    /// Takes bytes, and appends what can be said of them so far.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let ends = chunk.contains(&b'\n');
        self.held.extend_from_slice(chunk);
        if ends || self.held.len() > self.engine.longest() {
            self.feed(false, out);
        }
    }

    /// Appends what was held back. Nothing may be pushed behind it.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        self.feed(true, out);
    }

    fn feed(&mut self, last: bool, out: &mut Vec<u8>) {
        let rules = match self.redactor.rules() {
            Ok(rules) => rules,
            Err(why) => {
                self.held.clear();
                if !self.withheld {
                    self.withheld = true;
                    out.extend_from_slice(format!("{WITHHELD}{why}]").as_bytes());
                }
                return;
            }
        };
        let mut sink = Sink::new(out);
        let done = self.engine.feed(&rules, &self.held, last, &mut sink);
        self.held.drain(..done.min(self.held.len()));
    }
}
