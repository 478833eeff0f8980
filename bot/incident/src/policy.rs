//! Who may approve what: risk × host -> who, how many, may the requester, for how long.
//!
//! Every rule that fits applies and the most restrictive wins, so that adding a rule never weakens
//! the others. No rule that fits means nobody; an empty list of approvers means nobody.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{HostName, ResponderId, Risk, Span};

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
    /// The people who may approve, groups already resolved.
    pub approvers: BTreeSet<ResponderId>,
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
    /// In any order.
    pub rules: Vec<Rule>,
}

/// What it takes to approve one proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The people who may approve; empty means nobody.
    pub approvers: BTreeSet<ResponderId>,
    /// How many of them.
    pub min: u32,
    /// Whether the person who asked may approve too.
    pub requester: bool,
    /// How long a proposal may be approved.
    pub expires: Span,
}

impl Requirement {
    /// Whether this person may approve what that person asked for.
    #[must_use]
    pub fn may(&self, who: &ResponderId, asked: &ResponderId) -> bool {
        self.approvers.contains(who) && (self.requester || who != asked)
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
        let fitting = self
            .rules
            .iter()
            .filter(|rule| rule.risks.contains(&risk) && rule.hosts.fit(host));
        let mut strictest: Option<Requirement> = None;
        for rule in fitting {
            strictest = Some(match strictest {
                None => Requirement {
                    approvers: rule.approvers.clone(),
                    min: rule.min.max(1),
                    requester: rule.requester,
                    expires: rule.expires,
                },
                Some(so_far) => Requirement {
                    approvers: so_far
                        .approvers
                        .intersection(&rule.approvers)
                        .cloned()
                        .collect(),
                    min: so_far.min.max(rule.min),
                    requester: so_far.requester && rule.requester,
                    expires: so_far.expires.min(rule.expires),
                },
            });
        }
        let mut requirement = strictest.unwrap_or(Requirement {
            approvers: BTreeSet::new(),
            min: 1,
            requester: false,
            expires: runbook_expires,
        });
        requirement.min = requirement.min.max(runbook_min).max(1);
        requirement.expires = requirement.expires.min(runbook_expires);
        requirement
    }

    /// The policy without any settings: this person may approve low and medium risk on this machine and, where `also`
    /// says so, on the hosts of the inventory that was given on the command line.
    #[must_use]
    pub fn without_settings(who: &ResponderId, also: bool) -> Self {
        let rule = |hosts| Rule {
            risks: BTreeSet::from([Risk::Low, Risk::Medium]),
            hosts,
            approvers: BTreeSet::from([who.clone()]),
            min: 1,
            requester: true,
            expires: Span::minutes(60),
        };
        let hosts = if also { Hosts::All } else { Hosts::Local };
        Self {
            rules: vec![rule(hosts)],
        }
    }
}
