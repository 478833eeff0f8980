//! How a run goes on the host, and what its end means: the guard's words become the vocabulary's.

use hosts::{Root, Stand, Standing};
use incident::fact::{Ran, StepReport};
use incident::remediation::Incident;
use incident::{Approved, ExecutionId, Proposal};

use crate::world::World;

/// How a run ended, with what the guard kept of it.
#[derive(Debug, Clone)]
pub(super) struct Report {
    pub(super) ran: Ran,
    pub(super) steps: Vec<StepReport>,
    pub(super) output: String,
}

impl Report {
    /// An end without a run.
    pub(super) fn bare(ran: Ran) -> Self {
        Self {
            ran,
            steps: Vec::new(),
            output: String::new(),
        }
    }
}

/// Where an execution was sent to: what every later look at it must know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'a> {
    /// Where the guard keeps its record.
    pub(super) root: Root,
    /// The host's boot at that time; empty where it has none.
    pub(super) boot: &'a str,
}

/// How long a look waits for a run that is still going on.
const PATIENCE: u64 = 60;

/// Where the guard is to keep its record: on the disk, or under /run where the disk is full or read-only and the settings
/// let it. Chosen once for an execution; every later look asks the same root. What a rollback needs was saved where the
/// run that it undoes kept its record, so it has no choice.
pub(super) async fn choose_root(
    world: &World,
    host: &hosts::Host,
    incident: &Incident,
    proposal: &Proposal,
) -> Result<Root, String> {
    let privilege = proposal.privilege;
    let undone = proposal.undoes.as_ref();
    if let Some(undone) = undone.and_then(|id| incident.remediations.get(id)) {
        let root = Root::of(&undone.root);
        let kept = world.hosts.can_keep(host, privilege, root).await;
        return kept.map(|()| root).map_err(|no| no.to_string());
    }
    let no = match world.hosts.can_keep(host, privilege, Root::Disk).await {
        Ok(()) => return Ok(Root::Disk),
        Err(no) => no,
    };
    if !world.settings.guard_in_run {
        return Err(format!(
            "{no}; the settings do not let the guard use /run instead; nothing was changed"
        ));
    }
    match world.hosts.can_keep(host, privilege, Root::Run).await {
        Ok(()) => Ok(Root::Run),
        Err(also) => Err(format!("{no}; under /run: {also}; nothing was changed")),
    }
}

/// Starts an approved run and waits for its end. An error means that the end is not known yet.
pub(super) async fn run(
    world: &World,
    host: &hosts::Host,
    sent: &Sent<'_>,
    approved: Approved,
) -> Result<Report, String> {
    let proposal = approved.proposal().clone();
    let execution = approved.execution().clone();
    match world.hosts.execute(host, sent.root, approved).await {
        Ok(standing) => read(world, host, &proposal, &execution, sent.root, standing).await,
        // It may have been started all the same: look, never start again.
        Err(_error) => look_up(world, &proposal, &execution, sent).await,
    }
}

/// Asks the host how an execution stands, and buries it where it never started.
pub(super) async fn look_up(
    world: &World,
    proposal: &Proposal,
    execution: &ExecutionId,
    sent: &Sent<'_>,
) -> Result<Report, String> {
    let root = sent.root;
    let Some(host) = world.inventory().host(&proposal.host) else {
        return Err(format!(
            "{} is no longer in the inventory, so nobody can ask it",
            proposal.host
        ));
    };
    let privilege = proposal.privilege;
    let ask = world.hosts.status(&host, privilege, root, execution).await;
    let mut standing = ask.map_err(|error| error.to_string())?;
    // What was kept in memory is gone with the boot: that nothing is there then proves nothing.
    if root == Root::Run && standing.stand == Stand::Absent && standing.boot != sent.boot {
        return Ok(Report::bare(Ran::Unknown {
            why: "the host was restarted, and its record of what ran was kept in memory".to_owned(),
        }));
    }
    if matches!(standing.stand, Stand::Absent | Stand::Claimed) {
        let buried = world.hosts.abandon(&host, privilege, root, execution).await;
        standing = buried.map_err(|error| error.to_string())?;
    }
    if matches!(standing.stand, Stand::Running | Stand::Starting) {
        let waited = world
            .hosts
            .wait(&host, privilege, root, execution, PATIENCE)
            .await;
        standing = waited.map_err(|error| error.to_string())?;
    }
    read(world, &host, proposal, execution, root, standing).await
}

async fn read(
    world: &World,
    host: &hosts::Host,
    proposal: &Proposal,
    execution: &ExecutionId,
    root: Root,
    standing: Standing,
) -> Result<Report, String> {
    let report = async || {
        let steps = proposal.steps.len();
        let asked = world
            .hosts
            .report(host, proposal.privilege, root, execution, steps)
            .await;
        asked.map_err(|error| error.to_string())
    };
    let unknown = |why: &str| Ran::Unknown {
        why: why.to_owned(),
    };
    let ran = match (standing.stand, standing.code) {
        (Stand::Abandoned | Stand::Rejected, _) => return Ok(Report::bare(Ran::NeverRan)),
        (Stand::Refused, _) | (Stand::Finished, Some(2)) => {
            return Ok(Report::bare(Ran::Refused { why: standing.why }));
        }
        (Stand::Running | Stand::Starting | Stand::Claimed | Stand::Absent, _) => {
            return Err("it still runs on the host".to_owned());
        }
        (Stand::Finished, Some(0)) => Ran::Done,
        (Stand::Finished, Some(124)) => Ran::TimedOut,
        (Stand::Finished, code) => Ran::StepFailed {
            step: 0,
            code: code.unwrap_or(-1),
        },
        (Stand::Lost, _) => unknown("its runner on the host ended without a record"),
        (Stand::Rebooted, _) => unknown("the host was restarted while it ran"),
    };
    let (steps, output) = report().await?;
    let ran = match ran {
        Ran::StepFailed { code, .. } => {
            let failed = steps.iter().position(|step| !step.done).unwrap_or(0);
            let code = steps.get(failed).map_or(code, |step| step.code);
            Ran::StepFailed {
                step: failed + 1,
                code,
            }
        }
        Ran::Done | Ran::Refused { .. } | Ran::TimedOut | Ran::NeverRan | Ran::Unknown { .. } => {
            ran
        }
    };
    Ok(Report { ran, steps, output })
}
