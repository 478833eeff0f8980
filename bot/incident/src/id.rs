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

/// The order of people, who count: `web-2` is before `web-10`. What counts the same is in the order of its text.
fn counted(one: &str, other: &str) -> std::cmp::Ordering {
    use std::cmp::Ordering;

    let (mut left, mut right) = (one.as_bytes(), other.as_bytes());
    while let (Some((a, left_rest)), Some((b, right_rest))) =
        (left.split_first(), right.split_first())
    {
        if !(a.is_ascii_digit() && b.is_ascii_digit()) {
            match a.cmp(b) {
                Ordering::Equal => (left, right) = (left_rest, right_rest),
                unequal @ (Ordering::Less | Ordering::Greater) => return unequal,
            }
            continue;
        }
        let (a, left_rest) = number(left);
        let (b, right_rest) = number(right);
        // Without leading zeros the longer number is the greater one.
        match a.len().cmp(&b.len()).then(a.cmp(b)) {
            Ordering::Equal => (left, right) = (left_rest, right_rest),
            unequal @ (Ordering::Less | Ordering::Greater) => return unequal,
        }
    }
    left.len().cmp(&right.len()).then(one.cmp(other))
}

/// The digits that a text begins with, without leading zeros, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let (mut digits, rest) = text.split_at(end.unwrap_or(text.len()));
    while let [b'0', more @ ..] = digits {
        digits = more;
    }
    (digits, rest)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $extra:literal, $longest:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                counted(&self.0, &other.0)
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

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
    /// Whether it begins as the id of an incident does: with a day and a stroke.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        let day = self.0.split_once('-').map(|(day, _)| day);
        day.is_some_and(|day| day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()))
    }

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_in_the_order_in_which_people_count() {
        let mut ids = ["web10", "web2", "web-1", "web1a", "web1", "web01"]
            .map(|id| HostName::new(id).unwrap());
        ids.sort();
        let sorted = ids.each_ref().map(HostName::as_str);
        assert_eq!(sorted, ["web-1", "web01", "web1", "web1a", "web2", "web10"]);
    }

    proptest! {
        #[test]
        fn their_order_is_one(a in "[a01]{1,5}", b in "[a01]{1,5}", c in "[a01]{1,5}") {
            let mut ids = [a, b, c].map(|id| HostName::new(id).unwrap());
            prop_assert_eq!(ids[0] == ids[1], ids[0].cmp(&ids[1]).is_eq());
            prop_assert_eq!(ids[0].cmp(&ids[1]), ids[1].cmp(&ids[0]).reverse());
            ids.sort();
            prop_assert!(ids[0] <= ids[2]);
        }
    }
}
