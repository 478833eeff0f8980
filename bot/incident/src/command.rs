//! One grammar for what people type, in chat or in a terminal.

use crate::capture::{Asked, BadCapture};
use crate::code::BadCode;
use crate::id::BadId;
use crate::{Code, IncidentId, ProposalId};

/// What a person asked for, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Look at hosts.
    Diagnose {
        /// A target of the inventory: `web1`, `web1,web2`, `@group`, `role=web,env=prod`, `localhost`.
        target: String,
        /// What is wrong, in the person's words; may be empty.
        symptom: String,
    },
    /// Look closer at one thing of a host, once somebody who may has agreed.
    Capture {
        /// A target of the inventory.
        target: String,
        /// What is to be seen of what.
        asked: Asked,
    },
    /// Say yes to a proposal; without an id to the only one that is open.
    Approve {
        /// Which.
        proposal: Option<ProposalId>,
    },
    /// Say no.
    Reject {
        /// Which.
        proposal: ProposalId,
        /// Why, in the person's words; may be empty.
        reason: String,
    },
    /// Show what a proposal would do, on the host as it is now.
    DryRun {
        /// Which.
        proposal: ProposalId,
    },
    /// Undo what a proposal did.
    Rollback {
        /// Which.
        proposal: ProposalId,
    },
    /// What happened in an incident; without an id in the one whose thread this is.
    Summarise {
        /// Which.
        incident: Option<IncidentId>,
    },
    /// Say that one is on it; without an id on the incident whose thread this is.
    Ack {
        /// Which.
        incident: Option<IncidentId>,
    },
    /// Say that an incident is over; without an id the one whose thread this is.
    Resolve {
        /// Which.
        incident: Option<IncidentId>,
        /// How, in the person's words; may be empty.
        note: String,
    },
    /// The draft of an incident's postmortem; without an id of the one whose thread this is.
    Postmortem {
        /// Which.
        incident: Option<IncidentId>,
    },
    /// What is open.
    Status,
    /// What can be asked.
    Help,
    /// The inventory.
    Hosts,
    /// What a finding code means.
    Explain {
        /// The code.
        code: Code,
    },
    /// Runbooks that speak of these words.
    Runbook {
        /// Words, may be empty.
        query: String,
    },
}

/// What a command is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verb(&'static str);

impl Verb {
    /// Whoever may ask for nothing may still ask what there is.
    pub const HELP: Self = Self("help");
    /// Reading what is known of an incident: its evidence, and the details of what is proposed.
    pub const SUMMARISE: Self = Self("summarise");
    /// Looking at hosts.
    pub const DIAGNOSE: Self = Self("diagnose");
    /// Asking for a closer look.
    pub const CAPTURE: Self = Self("capture");
    /// Saying yes.
    pub const APPROVE: Self = Self("approve");
    /// Saying no.
    pub const REJECT: Self = Self("reject");
    /// Showing what would be done.
    pub const DRY_RUN: Self = Self("dry-run");
    /// Undoing.
    pub const ROLLBACK: Self = Self("rollback");
    /// Saying that one is on it.
    pub const ACK: Self = Self("ack");
    /// Saying that an incident is over.
    pub const RESOLVE: Self = Self("resolve");
    /// The draft of a postmortem.
    pub const POSTMORTEM: Self = Self("postmortem");
    /// What is open.
    pub const STATUS: Self = Self("status");
    /// The inventory.
    pub const HOSTS: Self = Self("hosts");

    /// All of them, in the order in which help shows them.
    pub fn all() -> impl Iterator<Item = Self> {
        VERBS.iter().map(|(word, _)| Self(word))
    }

    /// The one of this name.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::all().find(|verb| verb.0 == word)
    }

    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.0
    }
}

impl Command {
    /// What it is called.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Diagnose { .. } => Verb::DIAGNOSE,
            Self::Capture { .. } => Verb::CAPTURE,
            Self::Approve { .. } => Verb::APPROVE,
            Self::Reject { .. } => Verb::REJECT,
            Self::DryRun { .. } => Verb::DRY_RUN,
            Self::Rollback { .. } => Verb::ROLLBACK,
            Self::Summarise { .. } => Verb::SUMMARISE,
            Self::Ack { .. } => Verb::ACK,
            Self::Resolve { .. } => Verb::RESOLVE,
            Self::Postmortem { .. } => Verb::POSTMORTEM,
            Self::Status => Verb::STATUS,
            Self::Help => Verb::HELP,
            Self::Hosts => Verb::HOSTS,
            Self::Explain { .. } => Verb("explain"),
            Self::Runbook { .. } => Verb("runbook"),
        }
    }
}

/// A text that is no command, and what to type instead. Shown to the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misunderstood {
    /// It does not say where to look.
    #[error(
        "diagnose needs a host, a group or a label; type `{}`",
        usage("diagnose")
    )]
    NoTarget,
    /// What stands where a host is meant looks like an option.
    #[error(
        "{text:?} begins with `-`, so it is not a host; type `{}`",
        usage("diagnose")
    )]
    Option {
        /// What stands there.
        text: String,
    },
    /// What is to be captured is nothing that can be.
    #[error("{bad}; type `{}`", usage("capture"))]
    BadCapture {
        /// What is wrong with it.
        bad: BadCapture,
    },
    /// What stands where an id is meant is none.
    #[error("{bad}; type `{}`", usage(verb))]
    BadId {
        /// Of which command.
        verb: &'static str,
        /// What is wrong with it.
        bad: BadId,
    },
    /// What stands where a finding code is meant is none.
    #[error("{bad}; type `{}`", usage("explain"))]
    BadCode {
        /// What is wrong with it.
        bad: BadCode,
    },
    /// There is no such command.
    #[error("there is no command {word:?}; {}", meant(*near))]
    NoCommand {
        /// What was typed.
        word: String,
        /// The one that may have been meant.
        near: Option<&'static str>,
    },
}

fn meant(near: Option<&str>) -> String {
    near.map_or_else(
        || "type `help`".to_owned(),
        |verb| format!("did you mean `{verb}`?"),
    )
}

/// How a verb is used.
fn usage(verb: &str) -> &'static str {
    let found = VERBS.iter().find(|(name, _)| *name == verb);
    found.map_or("help", |(_, usage)| usage)
}

/// The verbs with their usage, in the order in which help shows them.
pub const VERBS: [(&str, &str); 15] = [
    ("diagnose", "diagnose TARGET [what is wrong]"),
    ("capture", "capture TARGET KIND OF [SECONDS]"),
    ("approve", "approve [PROPOSAL]"),
    ("reject", "reject PROPOSAL [why]"),
    ("dry-run", "dry-run PROPOSAL"),
    ("rollback", "rollback PROPOSAL"),
    ("summarise", "summarise [INCIDENT]"),
    ("ack", "ack [INCIDENT]"),
    ("resolve", "resolve [INCIDENT] [note]"),
    ("postmortem", "postmortem [INCIDENT]"),
    ("status", "status"),
    ("hosts", "hosts"),
    ("explain", "explain CODE"),
    ("runbook", "runbook [WORDS]"),
    ("help", "help"),
];

/// What the verbs are called in Chinese, for those who speak to Sickbay by its name. No blank is needed behind one, as in
/// Chinese there is none between words.
pub const IN_CHINESE: [(&str, &str); 17] = [
    ("诊断", "diagnose"),
    ("检查", "diagnose"),
    ("采集", "capture"),
    ("批准", "approve"),
    ("拒绝", "reject"),
    ("试运行", "dry-run"),
    ("撤销", "rollback"),
    ("回滚", "rollback"),
    ("总结", "summarise"),
    ("认领", "ack"),
    ("解决", "resolve"),
    ("复盘", "postmortem"),
    ("状态", "status"),
    ("主机", "hosts"),
    ("解释", "explain"),
    ("手册", "runbook"),
    ("帮助", "help"),
];

/// The incident that is named, where one is.
fn incident(verb: &'static str, text: &str) -> Result<Option<IncidentId>, Misunderstood> {
    if text.is_empty() {
        return Ok(None);
    }
    let id = IncidentId::new(text).map_err(|bad| Misunderstood::BadId { verb, bad })?;
    Ok(Some(id))
}

/// The verb that a text begins with, and the rest.
fn split(text: &str) -> (&str, &str) {
    let in_chinese = IN_CHINESE
        .iter()
        .find_map(|(word, verb)| Some((*verb, text.strip_prefix(word)?)));
    let (verb, rest) = in_chinese
        .or_else(|| text.split_once(char::is_whitespace))
        .unwrap_or((text, ""));
    (verb, rest.trim())
}

/// Parses what a person typed, with or without a leading `/`.
///
/// # Errors
/// [`Misunderstood`] with the nearest verb or the right usage.
pub fn parse(text: &str) -> Result<Command, Misunderstood> {
    let text = text.trim();
    let text = text.strip_prefix('/').unwrap_or(text);
    let (verb, rest) = split(text);
    let named = |verb, text| {
        let bad = |bad: BadId| Misunderstood::BadId { verb, bad };
        ProposalId::new(text).map_err(bad)
    };
    let id = |verb| named(verb, rest);
    match verb {
        "diagnose" => {
            let (target, symptom) = targeted(rest)?;
            Ok(Command::Diagnose { target, symptom })
        }
        "capture" => {
            let (target, asked) = targeted(rest)?;
            let asked = Asked::parse(&asked).map_err(|bad| Misunderstood::BadCapture { bad })?;
            Ok(Command::Capture { target, asked })
        }
        "approve" if rest.is_empty() => Ok(Command::Approve { proposal: None }),
        "approve" => Ok(Command::Approve {
            proposal: Some(id("approve")?),
        }),
        "reject" => {
            let (proposal, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            Ok(Command::Reject {
                proposal: named("reject", proposal)?,
                reason: reason.trim().to_owned(),
            })
        }
        "dry-run" => Ok(Command::DryRun {
            proposal: id("dry-run")?,
        }),
        "rollback" | "undo" => Ok(Command::Rollback {
            proposal: id("rollback")?,
        }),
        "summarise" | "summarize" | "incident" => Ok(Command::Summarise {
            incident: incident("summarise", rest)?,
        }),
        "ack" | "acknowledge" => Ok(Command::Ack {
            incident: incident("ack", rest)?,
        }),
        "postmortem" => Ok(Command::Postmortem {
            incident: incident("postmortem", rest)?,
        }),
        "resolve" => {
            let (first, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            // A note needs no incident before it, and looks like none.
            let named = IncidentId::new(first).ok().filter(IncidentId::is_dated);
            let note = if named.is_some() { more } else { rest };
            Ok(Command::Resolve {
                incident: named,
                note: note.trim().to_owned(),
            })
        }
        "status" => Ok(Command::Status),
        "hosts" => Ok(Command::Hosts),
        "help" | "" => Ok(Command::Help),
        "explain" => match Code::new(rest) {
            Ok(code) => Ok(Command::Explain { code }),
            Err(bad) => Err(Misunderstood::BadCode { bad }),
        },
        "runbook" => Ok(Command::Runbook {
            query: rest.to_owned(),
        }),
        other => {
            let near = nearest(other, VERBS.iter().map(|(name, _)| *name));
            Err(Misunderstood::NoCommand {
                word: other.to_owned(),
                near,
            })
        }
    }
}

/// Where to look, and the rest.
fn targeted(text: &str) -> Result<(String, String), Misunderstood> {
    let (target, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if target.is_empty() {
        return Err(Misunderstood::NoTarget);
    }
    if target.starts_with('-') {
        return Err(Misunderstood::Option {
            text: target.to_owned(),
        });
    }
    // Chinese keyboards have commas of their own.
    let target = target.replace(['，', '、'], ",");
    Ok((target, rest.trim().to_owned()))
}

/// The candidate nearest to a word, when it is near enough to be a slip of the finger.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A slip is a few letters, however long the word.
    let most = (word.chars().count() / 3).clamp(1, 4);
    candidates
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(far, _)| *far <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The number of insertions, deletions and replacements between two words.
#[must_use]
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(256).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, one) in a.chars().take(256).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (other, above) in b.iter().zip(row.iter().skip(1)) {
            let swap = diagonal + usize::from(one != *other);
            left = swap.min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
