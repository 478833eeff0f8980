//! Who may ask for what in chat, and where: the command, the conversation and the host together. It stands before the policy,
//! which says besides who may approve a change; at a terminal the account on the machine decides instead.
//!
//! Rules only add. Without any, everybody whom the settings know may ask for everything everywhere.

use std::collections::BTreeSet;

use crate::ResponderId;
use crate::command::Verb;
use crate::people::{Found, Groups, Right, Who};
use crate::policy::{HostTraits, Hosts};

#[cfg(test)]
mod tests;

/// One rule: what it leaves open is not limited by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Who; none means everybody whom the settings know.
    pub who: Option<Who>,
    /// The conversations, by the names that their platform has for them; none means all.
    pub channels: Option<BTreeSet<String>>,
    /// What; none means everything.
    pub verbs: Option<BTreeSet<Verb>>,
    /// About which hosts; none means all.
    pub hosts: Option<Vec<Hosts>>,
}

/// Something that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Who.
    pub who: &'a ResponderId,
    /// In which conversation, by its platform's name for it.
    pub channel: &'a str,
    /// What.
    pub verb: Verb,
    /// About which host; none where it is about none, or about any.
    pub host: Option<&'a HostTraits>,
}

/// All rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// In the order in which they are written, which means nothing.
    pub rules: Vec<Rule>,
    /// The groups that they speak of.
    pub groups: Groups,
}

impl Rule {
    fn fits(&self, channel: &str, verb: Verb, host: Option<&HostTraits>) -> bool {
        let hosts = self.hosts.as_ref().zip(host);
        self.channels
            .as_ref()
            .is_none_or(|all| all.contains(channel))
            && self.verbs.as_ref().is_none_or(|all| all.contains(&verb))
            && hosts.is_none_or(|(all, host)| all.iter().any(|hosts| hosts.fit(host)))
    }
}

impl Access {
    /// Whether somebody may ask for it; and why, or why nobody can tell now.
    #[must_use]
    pub fn right(&self, ask: &Ask<'_>, found: &Found) -> Right {
        if self.rules.is_empty() || ask.verb == Verb::HELP {
            return Right::Has("no rule limits it".to_owned());
        }
        let fits = |rule: &&Rule| rule.fits(ask.channel, ask.verb, ask.host);
        let fitting = self.rules.iter().filter(fits);
        let rights = fitting.map(|rule| match &rule.who {
            None => Right::Has("everybody may".to_owned()),
            Some(who) => who.right(ask.who, &self.groups, found),
        });
        rights.fold(Right::Lacks, Right::or)
    }

    /// Whether the rules let anybody at all ask for it there; an empty list of people is nobody.
    #[must_use]
    pub fn lets_somebody(&self, channel: &str, verb: Verb, host: &HostTraits) -> bool {
        let nobody = Who::default();
        let lets = |rule: &Rule| {
            rule.fits(channel, verb, Some(host)) && rule.who.as_ref() != Some(&nobody)
        };
        self.rules.is_empty() || self.rules.iter().any(lets)
    }

    /// The lists kept elsewhere by which the rules may decide.
    #[must_use]
    pub fn lists(&self) -> BTreeSet<String> {
        let named = self.rules.iter().filter_map(|rule| rule.who.as_ref());
        let lists = named.flat_map(|who| who.lists(&self.groups));
        lists.cloned().collect()
    }
}
