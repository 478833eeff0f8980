//! Who is meant by a rule, and whether somebody is among them. What a platform knows of its groups comes in as a value: a
//! membership that could not be read is neither a yes nor a no.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ResponderId;

/// People by name, and groups of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// By name.
    pub people: BTreeSet<ResponderId>,
    /// Groups, without the `@`.
    pub groups: BTreeSet<String>,
}

/// A group of people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Those of whom the settings say it.
    pub members: BTreeSet<ResponderId>,
    /// Lists that are kept elsewhere: whoever is on one of them is in the group too. By names that people understand;
    /// opaque here.
    pub elsewhere: BTreeSet<String>,
}

/// All groups by name.
pub type Groups = BTreeMap<String, Group>;

/// Whether somebody is on a list that is kept elsewhere, as it was looked up now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// They are.
    On,
    /// They are not.
    Off,
    /// Nobody can tell now: why.
    Untold(String),
}

/// What was looked up for one decision: by list and person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found(BTreeMap<(String, ResponderId), Seen>);

impl Found {
    /// Adds what was seen.
    pub fn add(&mut self, list: impl Into<String>, who: ResponderId, seen: Seen) {
        self.0.insert((list.into(), who), seen);
    }

    /// Whether it was looked up whether somebody is on a list.
    #[must_use]
    pub fn has(&self, list: &str, who: &ResponderId) -> bool {
        self.0.contains_key(&(list.to_owned(), who.clone()))
    }

    fn seen(&self, list: &str, who: &ResponderId) -> Seen {
        let seen = self.0.get(&(list.to_owned(), who.clone()));
        seen.cloned()
            .unwrap_or_else(|| Seen::Untold(format!("it was not looked up in {list}")))
    }
}

/// Whether somebody is among those that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// They are: why, for the journal.
    Has(String),
    /// They are not.
    Lacks,
    /// Nobody can tell now: why.
    Untold(String),
}

impl Right {
    /// Both: whoever has one and lacks the other has nothing, and what cannot be told stays so.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Lacks, _) | (_, Self::Lacks) => Self::Lacks,
            (Self::Untold(why), _) | (_, Self::Untold(why)) => Self::Untold(why),
            (Self::Has(one), Self::Has(other)) => Self::Has(format!("{one}; {other}")),
        }
    }

    /// Either.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Has(why), _) | (_, Self::Has(why)) => Self::Has(why),
            (Self::Untold(why), _) | (_, Self::Untold(why)) => Self::Untold(why),
            (Self::Lacks, Self::Lacks) => Self::Lacks,
        }
    }
}

impl Who {
    /// These people, by name.
    #[must_use]
    pub fn named(people: impl IntoIterator<Item = ResponderId>) -> Self {
        Self {
            people: people.into_iter().collect(),
            groups: BTreeSet::new(),
        }
    }

    /// Whether nobody is meant: an empty list, or groups without anybody and without a list elsewhere.
    #[must_use]
    pub fn is_nobody(&self, groups: &Groups) -> bool {
        self.people.is_empty()
            && self
                .groups
                .iter()
                .filter_map(|name| groups.get(name))
                .all(|group| group.members.is_empty() && group.elsewhere.is_empty())
    }

    /// Those of whom the settings alone say it.
    #[must_use]
    pub fn settled(&self, groups: &Groups) -> BTreeSet<ResponderId> {
        let members = self.groups.iter().filter_map(|name| groups.get(name));
        let members = members.flat_map(|group| group.members.iter().cloned());
        self.people.iter().cloned().chain(members).collect()
    }

    /// The groups whose members are listed elsewhere too.
    #[must_use]
    pub fn open(&self, groups: &Groups) -> BTreeSet<String> {
        let open = |name: &&String| {
            let group = groups.get(*name);
            group.is_some_and(|group| !group.elsewhere.is_empty())
        };
        self.groups.iter().filter(open).cloned().collect()
    }

    /// The lists kept elsewhere that say who is in its groups.
    pub fn lists<'a>(&'a self, groups: &'a Groups) -> impl Iterator<Item = &'a String> {
        let groups = self.groups.iter().filter_map(|name| groups.get(name));
        groups.flat_map(|group| &group.elsewhere)
    }

    /// Whether somebody is meant.
    #[must_use]
    pub fn right(&self, who: &ResponderId, groups: &Groups, found: &Found) -> Right {
        if self.people.contains(who) {
            return Right::Has("by name".to_owned());
        }
        let mut right = Right::Lacks;
        for name in &self.groups {
            let Some(group) = groups.get(name) else {
                continue;
            };
            if group.members.contains(who) {
                return Right::Has(format!("in @{name} by the settings"));
            }
            for list in &group.elsewhere {
                right = right.or(match found.seen(list, who) {
                    Seen::On => Right::Has(format!("in @{name} by {list}")),
                    Seen::Off => Right::Lacks,
                    Seen::Untold(why) => Right::Untold(why),
                });
            }
        }
        right
    }
}

/// Somebody who is meant, as far as that is settled before anybody does anything: a person, whoever is in some groups, or a
/// person who has to be in some groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// By name.
    pub person: Option<ResponderId>,
    /// The groups that they have to be in, without the `@`.
    pub groups: BTreeSet<String>,
}

impl From<ResponderId> for Candidate {
    fn from(person: ResponderId) -> Self {
        Self {
            person: Some(person),
            groups: BTreeSet::new(),
        }
    }
}

impl std::fmt::Display for Candidate {
    /// `ana`, `@oncall`, `ana in @oncall`, `@oncall in @leads`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let person = self.person.iter().map(ToString::to_string);
        let groups = self.groups.iter().map(|name| format!("@{name}"));
        let words: Vec<String> = person.chain(groups).collect();
        f.write_str(&words.join(" in "))
    }
}

/// Those who are meant by all of these at once.
#[must_use]
pub(crate) fn candidates<'a>(
    all: impl Iterator<Item = &'a Who>,
    groups: &Groups,
) -> Vec<Candidate> {
    let mut so_far = vec![Candidate::default()];
    let mut any = false;
    for who in all {
        any = true;
        let settled = who.settled(groups);
        let open = who.open(groups);
        let mut next = BTreeSet::new();
        for candidate in &so_far {
            match &candidate.person {
                Some(person) if settled.contains(person) => {
                    next.insert(candidate.clone());
                    continue;
                }
                Some(_) => {}
                None => next.extend(
                    settled
                        .iter()
                        .map(|person| settle(person, candidate, groups)),
                ),
            }
            next.extend(open.iter().map(|name| {
                let mut candidate = candidate.clone();
                candidate.groups.insert(name.clone());
                candidate
            }));
        }
        so_far = least(&next);
    }
    if any { so_far } else { Vec::new() }
}

/// A person who is known now, without the groups that the settings themselves have them in.
fn settle(person: &ResponderId, candidate: &Candidate, groups: &Groups) -> Candidate {
    let mut settled = Candidate::from(person.clone());
    settled.groups.clone_from(&candidate.groups);
    settled.groups.retain(|name| {
        let group = groups.get(name);
        !group.is_some_and(|group| group.members.contains(person))
    });
    settled
}

/// Without those of whom more is asked than of another who is the same.
fn least(all: &BTreeSet<Candidate>) -> Vec<Candidate> {
    let asks_more = |one: &Candidate| {
        all.iter().any(|other| {
            let same = other.person.is_none() || other.person == one.person;
            other != one && same && other.groups.is_subset(&one.groups)
        })
    };
    all.iter().filter(|one| !asks_more(one)).cloned().collect()
}
