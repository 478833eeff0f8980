//! Who may approve what: risk × host -> who, how many, may the requester, for how long.
//!
//! Every rule that fits applies and the most restrictive wins, so that adding a rule never weakens
//! the others. No rule that fits means nobody; an empty list of approvers means nobody.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::people::{self, Candidate, Found, Groups, Right, Who};
use crate::{HostName, ResponderId, Risk, Span};

#[cfg(test)]
mod tests;

/// What a rule is told about the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostTraits {
    /// Its inventory name.
    pub name: HostName,
    /// The groups it belongs to.
    pub groups: BTreeSet<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Whether it is this machine.
    pub local: bool,
}

/// Which hosts a rule is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hosts {
    /// All of the inventory.
    All,
    /// This machine.
    Local,
    /// The hosts of a group.
    Group(String),
    /// The hosts that have all of these labels.
    Labels(BTreeMap<String, String>),
    /// One host.
    Named(HostName),
}

impl Hosts {
    /// Whether a host is among them.
    #[must_use]
    pub fn fit(&self, host: &HostTraits) -> bool {
        match self {
            Self::All => true,
            Self::Local => host.local,
            Self::Group(group) => host.groups.contains(group),
            Self::Labels(labels) => labels
                .iter()
                .all(|(key, value)| host.labels.get(key) == Some(value)),
            Self::Named(name) => *name == host.name,
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The risks it is for.
    pub risks: BTreeSet<Risk>,
    /// The hosts it is for.
    pub hosts: Hosts,
    /// The people who may approve.
    pub approvers: Who,
    /// How many of them.
    pub min: u32,
    /// Whether the person who asked may approve too.
    pub requester: bool,
    /// How long a proposal may be approved.
    pub expires: Span,
}

/// All rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// In the order in which they are written; it only names them.
    pub rules: Vec<Rule>,
    /// The groups that they speak of.
    pub groups: Groups,
}

/// What it takes to approve one proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The rules that fit, by their number from 1, with whom each lets approve: it takes all of them.
    rules: Vec<(usize, Who)>,
    groups: Groups,
    found: Found,
    /// How many people.
    pub min: u32,
    /// Whether the person who asked may approve too.
    pub requester: bool,
    /// How long a proposal may be approved.
    pub expires: Span,
}

impl Requirement {
    /// Whether somebody is among those who may approve, whoever asked for it; and why, for the journal.
    #[must_use]
    pub fn right(&self, who: &ResponderId) -> Right {
        let rights = self.rules.iter().map(|(n, approvers)| {
            match approvers.right(who, &self.groups, &self.found) {
                Right::Has(why) => Right::Has(format!("rule {n}, {why}")),
                other @ (Right::Lacks | Right::Untold(_)) => other,
            }
        });
        rights.reduce(Right::and).unwrap_or(Right::Lacks)
    }

    /// Whether this person may approve what that person asked for. What cannot be told now is no yes.
    #[must_use]
    pub fn may(&self, who: &ResponderId, asked: &ResponderId) -> bool {
        matches!(self.right(who), Right::Has(_)) && (self.requester || who != asked)
    }

    /// Whether this person may perhaps: only looking it up would tell.
    #[must_use]
    pub fn could(&self, who: &ResponderId, asked: &ResponderId) -> bool {
        self.right(who) != Right::Lacks && (self.requester || who != asked)
    }

    /// Who may approve, as far as that is settled before anybody does; empty means nobody.
    #[must_use]
    pub fn candidates(&self) -> Vec<Candidate> {
        people::candidates(self.rules.iter().map(|(_, who)| who), &self.groups)
    }

    /// The lists that are kept elsewhere and decide about somebody of whom the settings alone do not.
    #[must_use]
    pub fn lists(&self) -> BTreeSet<String> {
        let rules = self.rules.iter();
        let lists = rules.flat_map(|(_, who)| who.lists(&self.groups));
        lists.cloned().collect()
    }

    /// The same with what was looked up.
    #[must_use]
    pub fn with(mut self, found: Found) -> Self {
        self.found = found;
        self
    }
}

impl Policy {
    /// What it takes to approve an action of this risk on this host. The runbook's own minimum and expiry can only make
    /// it stricter.
    #[must_use]
    pub fn requirement(
        &self,
        risk: Risk,
        host: &HostTraits,
        runbook_min: u32,
        runbook_expires: Span,
    ) -> Requirement {
        let mut requirement = Requirement {
            rules: Vec::new(),
            groups: self.groups.clone(),
            found: Found::default(),
            min: runbook_min.max(1),
            requester: true,
            expires: runbook_expires,
        };
        for (n, rule) in self.rules.iter().enumerate() {
            if rule.risks.contains(&risk) && rule.hosts.fit(host) {
                requirement.rules.push((n + 1, rule.approvers.clone()));
                requirement.min = requirement.min.max(rule.min);
                requirement.requester &= rule.requester;
                requirement.expires = requirement.expires.min(rule.expires);
            }
        }
        requirement.requester &= !requirement.rules.is_empty();
        requirement
    }

    /// The policy without any settings: this person may approve low and medium risk on this machine and, where `also`
    /// says so, on the hosts of the inventory that was given on the command line.
    #[must_use]
    pub fn without_settings(who: &ResponderId, also: bool) -> Self {
        let rule = |hosts| Rule {
            risks: BTreeSet::from([Risk::Low, Risk::Medium]),
            hosts,
            approvers: Who::named([who.clone()]),
            min: 1,
            requester: true,
            expires: Span::minutes(60),
        };
        let hosts = if also { Hosts::All } else { Hosts::Local };
        Self {
            rules: vec![rule(hosts)],
            groups: Groups::new(),
        }
    }
}
