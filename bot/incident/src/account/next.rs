//! What comes next in an incident: the first of a fixed list of things that is there to be done.

use super::{Source, Statement, What};
use crate::capture::only_looks;
use crate::remediation::{Incident, Outcome, State};
use crate::{Fact, Finding, HostName, HostStatus, Moment, ProposalId};

/// What comes next, and what that rests on.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Nothing: it is over.
    Nothing,
    /// To wait until a fix that runs has ended.
    Wait {
        /// Which.
        proposal: ProposalId,
        /// What it rests on.
        source: Source,
    },
    /// To look at a host by hand, where nobody knows how a fix ended.
    Look {
        /// Which fix.
        proposal: ProposalId,
        /// Where.
        host: HostName,
        /// What it rests on.
        source: Source,
    },
    /// To say yes or no.
    Decide {
        /// To what.
        proposal: ProposalId,
        /// What it rests on.
        source: Source,
    },
    /// To wait until a host is looked at.
    Looking {
        /// Which.
        host: HostName,
        /// What it rests on.
        source: Source,
    },
    /// To see why a host could not be looked at.
    Reach {
        /// Which.
        host: HostName,
        /// What it rests on.
        source: Source,
    },
    /// To diagnose again, since a fix did not help.
    Again {
        /// Where.
        host: HostName,
        /// What it rests on.
        source: Source,
    },
    /// To read what is done by hand about what is wrong.
    Read {
        /// What is wrong.
        finding: Box<Finding>,
        /// What it rests on.
        source: Source,
    },
    /// To say that it is over: nothing is open.
    Resolve,
}

impl Next {
    /// What it rests on; none where it rests on all of it.
    #[must_use]
    pub const fn source(&self) -> Option<&Source> {
        match self {
            Self::Nothing | Self::Resolve => None,
            Self::Wait { source, .. }
            | Self::Look { source, .. }
            | Self::Decide { source, .. }
            | Self::Looking { source, .. }
            | Self::Reach { source, .. }
            | Self::Again { source, .. }
            | Self::Read { source, .. } => Some(source),
        }
    }
}

/// What comes next. What is open decides, in this order: what runs, what nobody knows the end of, what waits for a yes, hosts that
/// were not looked at or could not be, what is wrong and was tried in vain, what is wrong and has a page.
pub(super) fn next(incident: &Incident, facts: &[(Moment, Fact)], open: &[Statement]) -> Next {
    if incident.resolved.is_some() || facts.is_empty() {
        return Next::Nothing;
    }
    let mut best: Option<(u8, Next)> = None;
    for one in open {
        let Some((rank, next)) = of(incident, one) else {
            continue;
        };
        if best.as_ref().is_none_or(|(least, _)| rank < *least) {
            best = Some((rank, next));
        }
    }
    best.map_or(Next::Resolve, |(_, next)| next)
}

/// What an open thing asks for, and how urgent that is: the lower, the sooner.
fn of(incident: &Incident, open: &Statement) -> Option<(u8, Next)> {
    let source = open.source.clone();
    match &open.what {
        What::Fix { proposal } => {
            let one = incident.remediations.get(proposal)?;
            let (proposal, host) = (proposal.clone(), one.proposal.host.clone());
            match &one.state {
                State::Proposed { .. } => Some((2, Next::Decide { proposal, source })),
                State::Granted { .. }
                | State::Dispatched { .. }
                | State::Executed { .. }
                | State::Ended {
                    outcome: Outcome::Planned,
                    ..
                } => Some((0, Next::Wait { proposal, source })),
                State::Ended {
                    outcome: Outcome::Unknown,
                    ..
                } => Some((
                    1,
                    Next::Look {
                        proposal,
                        host,
                        source,
                    },
                )),
                State::Ended { .. } => None,
            }
        }
        What::Unseen { host } => {
            let host = host.clone();
            Some((3, Next::Looking { host, source }))
        }
        What::Judged {
            host,
            status: HostStatus::Unreachable | HostStatus::Unknown,
            ..
        } => {
            let host = host.clone();
            Some((4, Next::Reach { host, source }))
        }
        What::Found { finding } => {
            let in_vain = incident.remediations.values().any(|one| {
                one.proposal.host == finding.host
                    && one.proposal.answers == finding.id
                    && one.execution.is_some()
                    && !only_looks(&one.proposal)
            });
            Some(if in_vain {
                let host = finding.host.clone();
                (5, Next::Again { host, source })
            } else {
                let finding = finding.clone();
                (6, Next::Read { finding, source })
            })
        }
        What::Asked { .. }
        | What::Judged { .. }
        | What::Said { .. }
        | What::Unchecked { .. }
        | What::OnIt { .. }
        | What::Approved { .. }
        | What::Rejected { .. }
        | What::Over { .. } => None,
    }
}
