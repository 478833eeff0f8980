//! Why a remediation ended as it did: in parts, so that each language has a sentence of its own for it. Shown as it is, it is
//! English, as the journal keeps it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fact::Ran;
use crate::report::Verdict;
use crate::{Capture, Code, EvidenceId, HostName, ResponderId, RunbookId, Subject};

/// Why a remediation ended as it did.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// A person said no.
    Rejected {
        /// Who.
        by: ResponderId,
        /// Why, in their words; may be empty.
        reason: String,
    },
    /// Nobody said yes in time.
    NobodyInTime,
    /// The world had moved.
    Moved(Moved),
    /// The guard refused it, in its words.
    Guard(String),
    /// It ran, or may have, and the host was looked at afterwards.
    Looked {
        /// How it ran.
        ran: Ran,
        /// What the look came to.
        verdict: Verdict,
        /// What was seen.
        seen: Seen,
    },
    /// It is not over: somebody else is at it, or it is stuck, in the words of whoever found that.
    UnderWay(Option<String>),
}

/// What had moved between a yes and the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "moved")]
pub enum Moved {
    /// The inventory does not have the host any more.
    NoHost {
        /// Which.
        host: HostName,
    },
    /// The runbook was changed.
    Runbook {
        /// Which.
        runbook: RunbookId,
    },
    /// The runbooks cannot be read.
    Unread {
        /// Why, in the words of whoever tried.
        why: String,
    },
    /// The host cannot be reached.
    Unreachable {
        /// Which.
        host: HostName,
        /// Why, in the words of whoever tried.
        why: String,
    },
    /// The host has another key.
    Key {
        /// Which.
        host: HostName,
        /// The key that it has.
        is: String,
        /// The key that the card was made for.
        was: String,
    },
    /// The host lets us in as somebody else, or with other rights.
    Login {
        /// Which.
        host: HostName,
    },
    /// What was to be mended is gone.
    Gone {
        /// What it was about.
        subject: Subject,
        /// Where.
        host: HostName,
    },
    /// The host was not ready in time.
    TooLate,
    /// It was sent and never ran, and the time to start it is over.
    NeverRan,
    /// Something else; in the words of whoever found it.
    Said {
        /// Them.
        why: String,
    },
}

/// What was seen after a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "seen")]
pub enum Seen {
    /// What was to be mended is gone.
    Gone {
        /// Its code.
        code: Code,
        /// What was said of it.
        title: String,
    },
    /// This is there: it still is, or came.
    There {
        /// Its code.
        code: Code,
        /// What is said of it.
        title: String,
    },
    /// The host could not be reached.
    Unreachable {
        /// Which.
        host: HostName,
        /// Why, in the words of whoever tried.
        why: String,
    },
    /// Too little could be read.
    TooLittle {
        /// Where.
        host: HostName,
    },
    /// The question behind what was to be mended got no answer.
    NoAnswer {
        /// Which.
        probe: String,
    },
    /// The inventory does not have the host any more.
    NoHost {
        /// Which.
        host: HostName,
    },
    /// The host reboots later.
    Reboots {
        /// How many minutes after it was planned.
        minutes: u32,
    },
    /// Everything was put back.
    PutBack,
    /// Everything was put back, and what had been mended is back too.
    PutBackWith {
        /// Its code.
        code: Code,
        /// What was said of it.
        title: String,
    },
    /// A closer look: what each of its steps saw, and which evidence has the whole.
    Captured {
        /// In the order of the steps.
        captures: Vec<Capture>,
        /// Of each, in the same order.
        evidence: Vec<EvidenceId>,
    },
    /// A closer look that was broken off: nothing of it is kept.
    NothingTaken,
    /// Something else; in the words of whoever saw it.
    Said {
        /// Them.
        why: String,
    },
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected { by, reason } if reason.is_empty() => write!(f, "rejected by {by}"),
            Self::Rejected { by, reason } => write!(f, "rejected by {by}: {reason}"),
            Self::NobodyInTime => f.write_str("nobody approved it in time"),
            Self::Moved(moved) => moved.fmt(f),
            Self::Guard(why) => f.write_str(why),
            Self::Looked { ran, verdict, seen } => match (ran, verdict) {
                (Ran::Unknown { why }, _) => write!(f, "{why}; looked afterwards: {seen}"),
                (Ran::StepFailed { step, code }, _) => write!(
                    f,
                    "step {step} failed with exit code {code}; looked afterwards: {seen}"
                ),
                (Ran::TimedOut, _) => write!(
                    f,
                    "it was stopped at its time limit; looked afterwards: {seen}"
                ),
                (Ran::Done, Verdict::Verified | Verdict::Planned | Verdict::Captured) => {
                    seen.fmt(f)
                }
                (Ran::Done, Verdict::NotFixed) => write!(f, "still there: {seen}"),
                (Ran::Done, Verdict::Worse) => write!(f, "new: {seen}"),
                (Ran::Done, Verdict::CouldNotCheck) => {
                    write!(f, "it ran, but whether it helped could not be seen: {seen}")
                }
                (Ran::Refused { why }, _) => f.write_str(why),
                (Ran::NeverRan, _) => f.write_str("it never ran"),
            },
            Self::UnderWay(stuck) => {
                let stuck = stuck.as_deref();
                let why = stuck.unwrap_or("another Sickbay is carrying it out");
                write!(
                    f,
                    "{why}; `sickbay recover` looks again, nothing is started twice"
                )
            }
        }
    }
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHost { host } => write!(
                f,
                "{host} is no longer in the inventory; nothing was changed"
            ),
            Self::Runbook { runbook } => write!(
                f,
                "runbook {runbook} was changed since this was proposed; nothing was changed"
            ),
            Self::Unread { why } => write!(
                f,
                "the runbooks cannot be read now ({why}); nothing was changed"
            ),
            Self::Unreachable { host, why } => write!(
                f,
                "{host} cannot be reached any more ({why}); nothing was changed"
            ),
            Self::Key { host, is, was } => write!(
                f,
                "{host} has the host key {is} and this was proposed for {was}; nothing was changed"
            ),
            Self::Login { host } => write!(
                f,
                "{host} is reached as another user or with other rights than when this was proposed; nothing was changed"
            ),
            Self::Gone { subject, host } => write!(
                f,
                "{subject} on {host} is not there any more; nothing was changed"
            ),
            Self::TooLate => f.write_str("the time to start it ran out before the host was ready"),
            Self::NeverRan => f.write_str(
                "it never ran on the host, and the time to start it is over; nothing was changed",
            ),
            Self::Said { why } => f.write_str(why),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The title is a sentence of its own.
            Self::Gone { title, .. } => write!(f, "“{title}” is gone"),
            Self::There { code, title } => write!(f, "{title} ({code})"),
            Self::Unreachable { host, why } => {
                write!(f, "{host} could not be reached afterwards: {why}")
            }
            Self::TooLittle { host } => write!(f, "too little could be read on {host} afterwards"),
            Self::NoAnswer { probe } => {
                write!(f, "{probe} gave no answer this time; diagnose again")
            }
            Self::NoHost { host } => write!(f, "{host} is no longer in the inventory"),
            Self::Reboots { minutes } => write!(
                f,
                "the host reboots {minutes} min after this; until then it can be called off"
            ),
            Self::PutBack => f.write_str("everything was put back as it was"),
            Self::PutBackWith { title, .. } => {
                write!(f, "everything was put back as it was; so is: {title}")
            }
            Self::NothingTaken => f.write_str("nothing was changed, and nothing of it is kept"),
            Self::Captured { evidence, .. } => {
                let ids: Vec<&str> = evidence.iter().map(EvidenceId::as_str).collect();
                write!(f, "what was seen is kept as {}", ids.join(", "))
            }
            Self::Said { why } => f.write_str(why),
        }
    }
}
