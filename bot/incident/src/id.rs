//! Ids are types, so that a host can never be passed where a proposal is meant.
//!
//! Every id is a short validated string: it may be typed on a phone, put in a file name and read
//! by a shell on a host, so the alphabet is small and a leading `-` is refused.

use serde::{Deserialize, Serialize};

/// Why a string cannot be an id. The text is fit to be shown to the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {text:?} is not valid: {why}")]
pub struct BadId {
    /// The kind of id that was wanted, such as `host name`.
    pub what: &'static str,
    /// What was given, cut at 80 characters.
    pub text: String,
    /// What is wrong with it and what is allowed.
    pub why: &'static str,
}

/// Checks `text` against the alphabet that all ids share and an extra set of characters.
fn check(what: &'static str, text: &str, extra: &str, longest: usize) -> Result<(), BadId> {
    let bad = |why| {
        Err(BadId {
            what,
            text: text.chars().take(80).collect(),
            why,
        })
    };
    if text.is_empty() {
        return bad("it is empty");
    }
    if text.len() > longest {
        return bad("it is too long");
    }
    if text.starts_with('-') {
        return bad("it begins with `-`, which programs read as an option");
    }
    if !text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
    {
        return bad(
            "it has a character that is not allowed; use letters, digits, `.`, `_` and `-`",
        );
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $extra:literal, $longest:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text and makes the id.
            ///
            /// # Errors
            /// [`BadId`] says what is wrong with the text.
            pub fn new(text: impl Into<String>) -> Result<Self, BadId> {
                let text = text.into();
                check($what, &text, $extra, $longest)?;
                Ok(Self(text))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::new(text)
            }
        }
    };
}

id! {
    /// One incident: `20261123-k7f3qa`, the day it opened and six random letters.
    IncidentId, "incident id", "-", 40
}
id! {
    /// One proposed remediation: `k7f3qa-1`, its incident's letters and a number. Unique in a store.
    ProposalId, "proposal id", "-", 40
}
id! {
    /// One attempt to carry out a proposal: `20261123-k7f3qa-1-a1`. The key of the run on the host;
    /// it is never used twice, so it carries the day.
    ExecutionId, "execution id", "-_", 64
}
id! {
    /// A finding within an incident: `f-1`.
    FindingId, "finding id", "-", 16
}
id! {
    /// One probe's answer within an incident: `e-1`.
    EvidenceId, "evidence id", "-", 16
}
id! {
    /// A host as named in the inventory, never a raw address unless settings allow it.
    HostName, "host name", "._:-", 253
}
id! {
    /// A person taking part, after the chat identity or the uid was mapped.
    ResponderId, "responder", "._@+-", 64
}
id! {
    /// A runbook: `unit-exec-permission`.
    RunbookId, "runbook id", "-", 64
}
id! {
    /// A probe in the catalogue: `disk.space`.
    ProbeId, "probe id", "._-", 64
}

impl HostName {
    /// This machine.
    #[must_use]
    pub fn localhost() -> Self {
        Self("localhost".to_owned())
    }
}

impl FindingId {
    /// The `n`-th finding of an incident, from 1.
    #[must_use]
    pub fn nth(n: usize) -> Self {
        Self(format!("f-{n}"))
    }
}

impl EvidenceId {
    /// The `n`-th piece of evidence of an incident, from 1.
    #[must_use]
    pub fn nth(n: usize) -> Self {
        Self(format!("e-{n}"))
    }
}

impl IncidentId {
    /// The random letters at the end, which the incident's proposals share.
    #[must_use]
    pub fn letters(&self) -> &str {
        self.0.rsplit('-').next().unwrap_or(&self.0)
    }

    /// The `n`-th proposal of this incident, from 1.
    #[must_use]
    pub fn proposal(&self, n: usize) -> ProposalId {
        ProposalId(format!("{}-{n}", self.letters()))
    }

    /// The `attempt`-th execution of one of this incident's proposals, from 1.
    #[must_use]
    pub fn execution(&self, proposal: &ProposalId, attempt: u32) -> ExecutionId {
        let number = proposal.0.rsplit('-').next().unwrap_or("0");
        ExecutionId(format!("{}-{number}-a{attempt}", self.0))
    }
}
