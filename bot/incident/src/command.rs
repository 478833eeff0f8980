//! One grammar for what people type, in chat or in a terminal.

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
    /// Say yes to a proposal; without an id to the only one that is open.
    Approve {
        /// Which.
        proposal: Option<ProposalId>,
    },
    /// Say no.
    Reject {
        /// Which.
        proposal: ProposalId,
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

/// A text that is no command. Shown to the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {next}")]
pub struct Misunderstood {
    /// What is wrong with it.
    pub what: String,
    /// What to type instead.
    pub next: String,
}

/// The verbs with their usage, in the order in which help shows them.
pub const VERBS: [(&str, &str); 11] = [
    ("diagnose", "diagnose TARGET [what is wrong]"),
    ("approve", "approve [PROPOSAL]"),
    ("reject", "reject PROPOSAL"),
    ("dry-run", "dry-run PROPOSAL"),
    ("rollback", "rollback PROPOSAL"),
    ("summarise", "summarise [INCIDENT]"),
    ("status", "status"),
    ("hosts", "hosts"),
    ("explain", "explain CODE"),
    ("runbook", "runbook [WORDS]"),
    ("help", "help"),
];

/// Parses what a person typed, with or without a leading `/`.
///
/// # Errors
/// [`Misunderstood`] with the nearest verb or the right usage.
pub fn parse(text: &str) -> Result<Command, Misunderstood> {
    let text = text.trim();
    let text = text.strip_prefix('/').unwrap_or(text);
    let (verb, rest) = match text.split_once(char::is_whitespace) {
        Some((verb, rest)) => (verb, rest.trim()),
        None => (text, ""),
    };
    let usage = |what: String| {
        let usage = VERBS
            .iter()
            .find(|(name, _)| *name == verb)
            .map_or("help", |(_, usage)| usage);
        Misunderstood {
            what,
            next: format!("type `{usage}`"),
        }
    };
    let id = || ProposalId::new(rest).map_err(|bad: BadId| usage(bad.to_string()));
    match verb {
        "diagnose" => {
            let (target, symptom) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            if target.is_empty() {
                return Err(usage(
                    "diagnose needs a host, a group or a label".to_owned(),
                ));
            }
            if target.starts_with('-') {
                return Err(usage(format!(
                    "{target:?} begins with `-`, so it is not a host"
                )));
            }
            Ok(Command::Diagnose {
                target: target.to_owned(),
                symptom: symptom.trim().to_owned(),
            })
        }
        "approve" if rest.is_empty() => Ok(Command::Approve { proposal: None }),
        "approve" => Ok(Command::Approve {
            proposal: Some(id()?),
        }),
        "reject" => Ok(Command::Reject { proposal: id()? }),
        "dry-run" => Ok(Command::DryRun { proposal: id()? }),
        "rollback" | "undo" => Ok(Command::Rollback { proposal: id()? }),
        "summarise" | "summarize" | "incident" if rest.is_empty() => {
            Ok(Command::Summarise { incident: None })
        }
        "summarise" | "summarize" | "incident" => match IncidentId::new(rest) {
            Ok(id) => Ok(Command::Summarise { incident: Some(id) }),
            Err(bad) => Err(usage(bad.to_string())),
        },
        "status" => Ok(Command::Status),
        "hosts" => Ok(Command::Hosts),
        "help" | "" => Ok(Command::Help),
        "explain" => match Code::new(rest) {
            Ok(code) => Ok(Command::Explain { code }),
            Err(bad) => Err(usage(bad.to_string())),
        },
        "runbook" => Ok(Command::Runbook {
            query: rest.to_owned(),
        }),
        other => {
            let next = nearest(other, VERBS.iter().map(|(name, _)| *name)).map_or_else(
                || "type `help`".to_owned(),
                |verb| format!("did you mean `{verb}`?"),
            );
            Err(Misunderstood {
                what: format!("there is no command {other:?}"),
                next,
            })
        }
    }
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
