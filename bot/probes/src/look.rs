//! The answers of one host so far, with the few ways in which readers ask for them.

use std::borrow::Cow;

use incident::probe::Answers;
use incident::{Ended, HostName, RawOutput};

/// How far back in time to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Log probes read what is younger than this; after a fix, the seconds since it ran.
    pub since_seconds: u64,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            since_seconds: 3600,
        }
    }
}

/// One host's answers of all waves so far.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The host that answered.
    pub host: &'a HostName,
    /// What it answered, by the key of the question.
    pub answers: &'a Answers,
    /// How far back log probes looked.
    pub window: Window,
}

/// Why there is no answer to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Nobody asked.
    #[error("it was not asked")]
    NotAsked,
    /// It did not end in time.
    #[error("it did not end within its time limit")]
    TimedOut,
    /// The connection broke before it ended.
    #[error("the connection ended before it answered")]
    Lost,
    /// The host lacks the program.
    #[error("the host lacks the program for it")]
    NoProgram,
}

/// One answer with its key.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The key of the question: probe and arguments.
    pub key: &'a str,
    /// The answer as it came.
    pub raw: &'a RawOutput,
}

impl<'a> Answer<'a> {
    /// The probe's id: the key up to its first space.
    #[must_use]
    pub fn probe(&self) -> &'a str {
        self.key.split(' ').next().unwrap_or(self.key)
    }

    /// The arguments as one text, as in the key. Most probes with arguments have one.
    #[must_use]
    pub fn arg(&self) -> &'a str {
        self.key.split_once(' ').map_or("", |(_probe, arg)| arg)
    }

    /// What it said, also where it was cut or stopped; bytes that are not UTF-8 become `\u{fffd}`.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(&self.raw.bytes)
    }

    /// The exit code, where it ended by itself.
    #[must_use]
    pub fn exit(&self) -> Option<i32> {
        match self.raw.ended {
            Ended::Exited { code } => Some(code),
            Ended::TimedOut | Ended::Lost => None,
        }
    }

    /// Why this cannot be read as an answer, if it cannot.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        match self.raw.ended {
            Ended::Exited { code: 127 } if self.raw.bytes.len() < 400 => Some(Missing::NoProgram),
            Ended::Exited { .. } => None,
            Ended::TimedOut => Some(Missing::TimedOut),
            Ended::Lost => Some(Missing::Lost),
        }
    }
}

impl<'a> Look<'a> {
    /// The answer to a question: by its exact key, else the first of the probe of that id.
    #[must_use]
    pub fn answer(&self, key: &str) -> Option<Answer<'a>> {
        match self.answers.get_key_value(key) {
            Some((key, raw)) => Some(Answer { key, raw }),
            None => self.all(key).next(),
        }
    }

    /// All answers of one probe, with whatever arguments, in the order of their keys.
    pub fn all(&self, probe: &str) -> impl Iterator<Item = Answer<'a>> + use<'a> {
        let probe = probe.to_owned();
        self.answers
            .range(probe.clone()..)
            .map(|(key, raw)| Answer { key, raw })
            .take_while({
                let probe = probe.clone();
                move |answer| answer.key.starts_with(&probe)
            })
            .filter(move |answer| answer.probe() == probe)
    }

    /// The text of an answer that came to its end.
    ///
    /// # Errors
    /// [`Missing`] says why there is none: never read it as "fine".
    pub fn text(&self, key: &str) -> Result<Cow<'a, str>, Missing> {
        let answer = self.answer(key).ok_or(Missing::NotAsked)?;
        match answer.missing() {
            Some(why) => Err(why),
            None => Ok(answer.text()),
        }
    }

    /// What was said, complete or not: for readers to which a part is better than nothing.
    #[must_use]
    pub fn heard(&self, key: &str) -> Cow<'a, str> {
        self.answer(key)
            .map_or(Cow::Borrowed(""), |answer| answer.text())
    }

    /// The key under which a probe answered, for citing; the given text where it did not.
    #[must_use]
    pub fn key(&self, probe: &str) -> String {
        self.answer(probe)
            .map_or_else(|| probe.to_owned(), |answer| answer.key.to_owned())
    }

    /// Whether a probe ended by itself with this exit code.
    #[must_use]
    pub fn exited(&self, key: &str) -> Option<i32> {
        self.answer(key)?.exit()
    }

    /// Whether the probe ran as root.
    #[must_use]
    pub fn as_root(&self, key: &str) -> bool {
        self.answer(key).is_some_and(|answer| answer.raw.as_root)
    }
}
