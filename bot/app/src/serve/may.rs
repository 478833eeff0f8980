//! Whether somebody may ask for something here, by the rules under `[[commands]]` of the settings.

use std::collections::BTreeSet;

use chat::Locale;
use incident::access::{Access, Ask};
use incident::command::Verb;
use incident::people::{Found, Right};
use incident::policy::HostTraits;
use incident::remediation::Incident;
use incident::{HostName, Proposal, ProposalId, Refusal, ResponderId};

use super::Serve;
use crate::propose;
use crate::settings::access;

/// What one person may ask for in one conversation, as it was looked up.
pub(super) struct Rights<'a> {
    access: &'a Access,
    who: &'a ResponderId,
    channel: &'a str,
    found: Found,
}

impl<'a> Rights<'a> {
    /// `place` is the conversation, whole; `found` is what is known of lists that are kept elsewhere.
    pub(super) fn new(
        access: &'a Access,
        who: &'a ResponderId,
        place: &'a str,
        found: Found,
    ) -> Self {
        let channel = access::channel(place);
        Self {
            access,
            who,
            channel,
            found,
        }
    }

    fn right(&self, verb: Verb, host: Option<&HostTraits>) -> Right {
        let ask = Ask {
            who: self.who,
            channel: self.channel,
            verb,
            host,
        };
        self.access.right(&ask, &self.found)
    }

    /// Whether they may ask for it here at all, about whatever host.
    pub(super) fn has(&self, verb: Verb) -> bool {
        matches!(self.right(verb, None), Right::Has(_))
    }

    /// Whether they may ask for it here about a host.
    pub(super) fn has_of(&self, verb: Verb, host: &HostTraits) -> bool {
        matches!(self.right(verb, Some(host)), Right::Has(_))
    }

    /// What there is to choose from where a host is wanted: the hosts that they may have looked at here, then the groups whose
    /// hosts they all may.
    pub(super) fn targets(&self, hosts: &[HostTraits]) -> Vec<String> {
        let (may, may_not): (Vec<_>, Vec<_>) = hosts
            .iter()
            .partition(|host| self.has_of(Verb::DIAGNOSE, host));
        let closed: BTreeSet<&String> = may_not.iter().flat_map(|host| &host.groups).collect();
        let groups: BTreeSet<&String> = may.iter().flat_map(|host| &host.groups).collect();
        let groups = groups.difference(&closed).map(|group| format!("@{group}"));
        let names = may.iter().map(|host| host.name.to_string());
        names.chain(groups).collect()
    }

    /// Refuses what they may not ask for here at all, or about one of these hosts.
    pub(super) fn check(
        &self,
        verb: Verb,
        hosts: impl IntoIterator<Item = HostTraits>,
    ) -> Result<(), Refusal> {
        told(verb, None, self.right(verb, None))?;
        for host in hosts {
            let right = self.right(verb, Some(&host));
            told(verb, Some(host.name), right)?;
        }
        Ok(())
    }
}

fn told(verb: Verb, host: Option<HostName>, right: Right) -> Result<(), Refusal> {
    let verb = verb.word();
    match right {
        Right::Has(_) => Ok(()),
        Right::Lacks => Err(match host {
            Some(host) => Refusal::NotAllowedOf { verb, host },
            None => Refusal::NotAllowed { verb },
        }),
        Right::Untold(why) => Err(Refusal::AccessUntold { verb, why }),
    }
}

impl Serve {
    /// What somebody may ask for here. `told` is what their platform said with what they did.
    pub(super) async fn rights<'a>(
        &'a self,
        who: &'a ResponderId,
        place: &'a str,
        told: &Found,
    ) -> Rights<'a> {
        let settings = &self.world.settings;
        let named = settings.access.lists();
        let found = if named.is_empty() {
            told.clone()
        } else {
            let who = BTreeSet::from([who.clone()]);
            Box::pin(self.world.lists.look(settings, &named, &who, told)).await
        };
        Rights::new(&settings.access, who, place, found)
    }

    /// The proposal that somebody asks for something about, where they may here.
    pub(super) async fn about(
        &self,
        rights: &Rights<'_>,
        verb: Verb,
        id: &ProposalId,
    ) -> Result<(Incident, Proposal), Refusal> {
        let (incident, proposal) = self.find(id).await?;
        rights.check(verb, [propose::traits(&self.world, &proposal.host)])?;
        Ok((incident, proposal))
    }

    /// Refuses what somebody may not ask for here about an incident: they have to be allowed to about each of its hosts.
    pub(super) fn may_ask(
        &self,
        rights: &Rights<'_>,
        verb: Verb,
        incident: &Incident,
    ) -> Result<(), Refusal> {
        let traits = |host| propose::traits(&self.world, host);
        rights.check(verb, incident.hosts.iter().map(traits))
    }

    /// The hosts that there are for somebody here.
    pub(super) fn hosts(&self, rights: &Rights<'_>, locale: Locale) -> String {
        let hosts = self.world.inventory().hosts();
        let theirs = hosts.filter(|host| rights.has_of(Verb::HOSTS, &propose::traits_of(host)));
        let names: Vec<String> = theirs.map(|host| host.name.to_string()).collect();
        if names.is_empty() {
            return locale.no_hosts().to_owned();
        }
        names.join("\n")
    }
}
