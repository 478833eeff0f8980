//! From findings to cards: which runbook fits, what it would do on this host as it is now.

use std::collections::{BTreeMap, BTreeSet};

use chat::Locale;
use hosts::inventory::BecomeRoot;
use incident::notice::{RootCure, WhyNot};
use incident::policy::{HostTraits, Requirement};
use incident::proposal::Privilege;
use incident::remediation::{Incident, Outcome, State};
use incident::{
    Code, Fact, Finding, FindingId, HostName, IncidentId, Moment, Proposal, RunbookId, Severity,
    Span, Step, Subject, Value,
};

use runbook::Words;

use crate::cards;
use crate::look::Line;
use crate::world::World;

mod bind;

pub(crate) use bind::bind_rollback;
use bind::{Bound, bind};

/// What came of looking for fixes on one host.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    /// What is offered, with what it takes to approve it.
    pub(crate) proposals: Vec<Proposal>,
    /// Runbooks that fit and have nothing to run for this finding.
    pub(crate) pages: Vec<Page>,
    /// Fixes that are not offered, and why.
    pub(crate) withheld: Vec<Withheld>,
}

/// A runbook that fits and has nothing to run.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    id: RunbookId,
    title: Words,
    finding: FindingId,
}

impl Page {
    /// Its id, its title and the finding, as a notice has them.
    pub(crate) fn told(&self, locale: Locale) -> (String, String, String) {
        let title = cards::titled(&self.title, locale).to_owned();
        (self.id.to_string(), title, self.finding.to_string())
    }
}

/// A fix that is not offered; without a name no fix is.
#[derive(Debug, Clone)]
pub(crate) struct Withheld {
    of: Option<(Words, FindingId)>,
    why: WhyNot,
}

impl Withheld {
    /// Why no fix is offered at all.
    pub(crate) fn all(why: WhyNot) -> Self {
        Self { of: None, why }
    }

    /// In a sentence.
    pub(crate) fn told(&self, locale: Locale) -> String {
        let of = self.of.as_ref();
        let of = of.map(|(title, finding)| (cards::titled(title, locale), finding));
        locale.why_not(of, &self.why)
    }
}

/// A host, and the connection that it was examined over.
#[derive(Debug, Clone)]
pub(crate) struct At {
    /// The host.
    pub(crate) host: hosts::Host,
    /// The connection.
    pub(crate) line: Line,
}

/// Gives what is offered its ids: they go on from what the incident has.
pub(crate) fn number(incident: &Incident, proposals: &mut [Proposal]) {
    for (n, one) in proposals.iter_mut().enumerate() {
        one.id = incident.id.proposal(incident.remediations.len() + n + 1);
    }
}

/// What the journal gets of what is offered.
pub(crate) fn proposed(proposals: &[Proposal]) -> Vec<Fact> {
    let all = proposals.iter();
    all.map(|one| Fact::Proposed {
        proposal: Box::new(one.clone()),
    })
    .collect()
}

/// Looks for fixes for the findings of one host. Changes nothing. What is offered is numbered from 1; see [`Proposal::id`].
pub(crate) async fn offers(
    world: &World,
    incident: &IncidentId,
    at: &At,
    findings: &[Finding],
    past: &Past,
    now: Moment,
) -> Offers {
    let mut offers = Offers::default();
    let findings = with_restarts(findings);
    let knowledge = world.shelf.knowledge();
    let mut offered: BTreeSet<Vec<(String, Vec<String>)>> = BTreeSet::new();
    // What somebody asked to see closer comes first. What has a known cause is not treated for itself: the cause is.
    let asked = |one: &&Finding| one.code.as_str() == ASKED;
    let asked = findings.iter().filter(asked);
    // A closer look is offered beside a fix, once a host: before a restart it is the last chance for it.
    let mut looked = false;
    for finding in asked.chain(incident::finding::roots(&findings)) {
        let is_asked = finding.code.as_str() == ASKED;
        let matches = knowledge.library.matches(finding, &findings);
        // The first that fits and cannot act on this finding: read by a person, where no other acts.
        let mut unfilled: Option<&runbook::Runbook> = None;
        let mut answered = false;
        // Nothing more is offered for this finding but a closer look.
        let mut settled = false;
        for found in matches.found {
            let Some(page) = knowledge.library.get(&found.runbook) else {
                continue;
            };
            if page.only_looks() {
                let in_vain = !is_asked && past.failed_before(&at.host, page, finding).is_some();
                if !looked
                    && !in_vain
                    && let Ok(steps) = runbook::concretise(page, finding)
                {
                    let at_it = Closer {
                        incident,
                        at,
                        finding,
                        page,
                        now,
                    };
                    looked |= look_closer(world, at_it, steps, &mut offers).await;
                    answered |= is_asked;
                }
                continue;
            }
            let steps = match runbook::concretise(page, finding) {
                Ok(steps) if steps.is_empty() => continue,
                Ok(steps) => steps,
                Err(runbook::NotRunnable::Prose) => {
                    if !settled {
                        unfilled = Some(page);
                    }
                    settled = true;
                    continue;
                }
                Err(_) if settled => continue,
                Err(why) => {
                    tracing::debug!(runbook.id = %page.id, finding.code = %finding.code, %why, "not runnable");
                    unfilled = unfilled.or(Some(page));
                    continue;
                }
            };
            if settled {
                continue;
            }
            settled = true;
            answered = true;
            let mut withhold = |why: WhyNot| {
                let of = Some((page.title.clone(), finding.id.clone()));
                offers.withheld.push(Withheld { of, why });
            };
            // A step is shown, recorded and approved in full, so one that needs a secret is none of ours.
            if steps.iter().any(needs_secret) {
                let runbook = page.id.clone();
                withhold(WhyNot::Secret { runbook });
                continue;
            }
            let same: Vec<_> = steps
                .iter()
                .map(|step| (step.verb().to_owned(), step.args().to_vec()))
                .collect();
            if !offered.insert(same) {
                continue;
            }
            if let Some(why) = past.failed_before(&at.host, page, finding) {
                withhold(why);
                continue;
            }
            if let Some(why) = no_root(at) {
                withhold(why);
                continue;
            }
            match bind(world, at, steps).await {
                Ok(bound) => {
                    let number = offers.proposals.len() + 1;
                    let proposal = make(world, incident, at, finding, page, bound, number, now);
                    offers.proposals.push(proposal);
                }
                Err(why) => {
                    withhold(why);
                    // Another page may have something that this host can do.
                    settled = false;
                }
            }
        }
        if is_asked && !answered {
            let title = Words {
                en: "A closer look".to_owned(),
                zh: "深入查看".to_owned(),
            };
            let of = Some((title, finding.id.clone()));
            let why = WhyNot::NothingMeant {
                of: finding.subject.name.clone(),
            };
            offers.withheld.push(Withheld { of, why });
        }
        if let Some(page) = unfilled.filter(|_| !answered) {
            offers.pages.push(Page {
                id: page.id.clone(),
                title: page.title.clone(),
                finding: finding.id.clone(),
            });
        }
    }
    offers
}

/// The code of what somebody asked to see closer.
const ASKED: &str = "capture.asked";

/// Whose closer look is offered, and where.
struct Closer<'a> {
    incident: &'a IncidentId,
    at: &'a At,
    finding: &'a Finding,
    page: &'a runbook::Runbook,
    now: Moment,
}

/// Offers a closer look at what a finding is about, and says whether it could. Where the host has not got what it takes, only
/// whoever asked for it is told.
async fn look_closer(world: &World, of: Closer<'_>, steps: Vec<Step>, offers: &mut Offers) -> bool {
    let Closer {
        incident,
        at,
        finding,
        page,
        now,
    } = of;
    let bound = match no_root(at) {
        Some(why) => Err(why),
        None => bind(world, at, steps).await,
    };
    match bound {
        Ok(bound) => {
            let number = offers.proposals.len() + 1;
            let proposal = make(world, incident, at, finding, page, bound, number, now);
            offers.proposals.push(proposal);
            true
        }
        Err(why) => {
            if finding.code.as_str() == ASKED {
                let of = Some((page.title.clone(), finding.id.clone()));
                offers.withheld.push(Withheld { of, why });
            }
            false
        }
    }
}

fn needs_secret(step: &Step) -> bool {
    step.args()
        .iter()
        .any(|arg| arg.contains(incident::redact::MARK))
}

/// Findings whose repair leaves a unit down name that unit as the one to start again, where they explain its failure.
fn with_restarts(findings: &[Finding]) -> Vec<Finding> {
    let units: BTreeMap<_, _> = findings
        .iter()
        .filter(|finding| finding.subject.kind == "unit" && finding.severity > Severity::Info)
        // A timer or a socket that is the effect of a failed service is not what has to be started again.
        .filter(|finding| finding.subject.name.ends_with(".service"))
        .map(|finding| (finding.id.clone(), finding.subject.name.clone()))
        .collect();
    let mut findings = findings.to_vec();
    for finding in &mut findings {
        let named = |name| finding.facts.contains_key(name);
        if named("restart_unit") || named("reset_unit") || finding.subject.kind == "unit" {
            continue;
        }
        let down = finding.explains.iter().find_map(|id| units.get(id));
        if let Some(unit) = down {
            finding
                .facts
                .insert("restart_unit".to_owned(), Value::Text(unit.clone()));
        }
    }
    findings
}

fn no_root(At { host, line }: &At) -> Option<WhyNot> {
    match line.privilege {
        Privilege::Root | Privilege::Sudo | Privilege::Enrolled => None,
        Privilege::None => {
            let cure = match host.become_root {
                BecomeRoot::Auto | BecomeRoot::Sudo => RootCure::SudoOrEnrol,
                BecomeRoot::Enrolled => RootCure::Enrol,
                BecomeRoot::None => RootCure::Settings,
            };
            Some(WhyNot::NoRoot {
                login: line.login.clone(),
                host: host.name.clone(),
                cure,
            })
        }
    }
}

/// The fixes that did not help in the last day. Read once for a diagnosis, however many hosts it has.
#[derive(Debug, Default)]
pub(crate) struct Past {
    failed: Vec<(HostName, RunbookId, Code, Subject)>,
}

impl Past {
    /// Reads them from the journal.
    pub(crate) async fn read(world: &World, now: Moment) -> Self {
        let mut past = Self::default();
        let since = Span::minutes(24 * 60);
        let failed = |incident: Incident| {
            let ended = incident.remediations.into_values().filter(|one| {
                one.proposal.undoes.is_none()
                    && matches!(
                        one.state,
                        State::Ended {
                            outcome: Outcome::NotFixed | Outcome::Worse | Outcome::Failed,
                            ..
                        }
                    )
            });
            past.failed.extend(ended.map(|one| {
                let one = one.proposal;
                (one.host, one.runbook, one.answers_code, one.answers_subject)
            }));
        };
        world.each_recent(since, now, failed).await;
        past
    }

    /// The second identical failure escalates: the button is not offered again.
    fn failed_before(
        &self,
        host: &hosts::Host,
        page: &runbook::Runbook,
        finding: &Finding,
    ) -> Option<WhyNot> {
        let same = |(on, runbook, code, subject): &&(HostName, RunbookId, Code, Subject)| {
            *on == host.name
                && *runbook == page.id
                && *code == finding.code
                && *subject == finding.subject
        };
        let failures = self.failed.iter().filter(same).count();
        (failures >= 2).then(|| WhyNot::FailedBefore {
            times: failures,
            runbook: page.id.clone(),
        })
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "a proposal's parts come from everywhere, once"
)]
fn make(
    world: &World,
    incident: &IncidentId,
    At { host, line }: &At,
    finding: &Finding,
    page: &runbook::Runbook,
    bound: Bound,
    number: usize,
    now: Moment,
) -> Proposal {
    let requirement = requirement_of(world, host, page);
    Proposal {
        id: incident.proposal(number),
        incident: incident.clone(),
        host: host.name.clone(),
        host_key: line.host_key.clone(),
        login: line.login.clone(),
        privilege: line.privilege,
        runbook: page.id.clone(),
        runbook_version: page.version,
        runbook_text: page.digest(),
        title: page.title.en.clone(),
        risk: page.risk,
        answers: finding.id.clone(),
        answers_code: finding.code.clone(),
        answers_subject: finding.subject.clone(),
        steps: bound.steps,
        undo: bound.undo,
        undo_words: bound.undo_words,
        undoes: None,
        diff: bound.diff,
        limits: page.limits,
        min_approvals: page.approval.min,
        made_at: now,
        expires_at: now.plus(requirement.expires),
    }
}

fn requirement_of(world: &World, host: &hosts::Host, page: &runbook::Runbook) -> Requirement {
    let mut requirement = world.policy.requirement(
        page.risk,
        &traits_of(host),
        page.approval.min,
        page.approval.expires,
    );
    requirement.requester &= page.approval.requester;
    requirement
}

/// What it takes to approve a proposal, under the policy in force now.
pub(crate) fn requirement(world: &World, proposal: &Proposal) -> Requirement {
    let traits = traits(world, &proposal.host);
    let life = proposal.expires_at.since(proposal.made_at);
    let mut requirement =
        world
            .policy
            .requirement(proposal.risk, &traits, proposal.min_approvals, life);
    let knowledge = world.shelf.knowledge();
    if let Some(page) = knowledge.library.get(&proposal.runbook) {
        requirement.requester &= page.approval.requester;
    }
    requirement
}

/// What a rule is told about a host of this name. One that left the inventory fits no rule but those for all, and for it.
pub(crate) fn traits(world: &World, name: &HostName) -> HostTraits {
    match &world.inventory().host(name) {
        Some(host) => traits_of(host),
        None => HostTraits {
            name: name.clone(),
            groups: BTreeSet::new(),
            labels: BTreeMap::new(),
            local: false,
        },
    }
}

/// What a rule is told about a host.
pub(crate) fn traits_of(host: &hosts::Host) -> HostTraits {
    HostTraits {
        name: host.name.clone(),
        groups: host.groups.clone(),
        labels: host.labels.clone(),
        local: host.is_local(),
    }
}
