//! What differs on a host since it was well: the stored baseline beside what a look saw, compared in the pure rooms.

use chat::Locale;
use incident::change::{Nothing, Since};
use incident::{EvidenceId, Finding, HostName, finding};
use probes::baseline::{Snapshot, is_consequence, weigh};
use store::Baseline;

use crate::look::Line;
use crate::world::World;

/// How many changes the detail of a finding names.
const NAMED: usize = 3;

/// A baseline and what it says; no text where that is lost.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) baseline: Baseline,
    pub(crate) text: Option<String>,
}

/// The baseline of a host, if it has one. Where the journal cannot be read the host is looked at all the same.
pub(crate) async fn known(world: &World, host: &HostName) -> Option<Known> {
    match read(world, host).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, host.name = %host, "its baseline cannot be read");
            None
        }
    }
}

/// The same, where somebody asked for it and is told why it cannot be read.
pub(crate) async fn read(
    world: &World,
    host: &HostName,
) -> Result<Option<Known>, store::ReadError> {
    let Some(baseline) = world.store.baseline(host).await? else {
        return Ok(None);
    };
    let text = world.store.baseline_text(&baseline).await?;
    Ok(Some(Known { baseline, text }))
}

impl Known {
    /// At most so much of what differs in what the host says of itself now, redacted as the baseline is; none where it did not say.
    pub(crate) fn since(
        &self,
        now: Option<&str>,
        line: Option<&Line>,
        findings: &[Finding],
        most: usize,
    ) -> Since {
        let mut since = Since {
            taken_at: self.baseline.taken_at,
            taken_by: self.baseline.taken_by.clone(),
            incident: self.baseline.incident.clone(),
            nothing: None,
            changes: Vec::new(),
            more: 0,
            unseen: Vec::new(),
            unread_files: 0,
        };
        let Some(was) = self.text.as_deref().and_then(Snapshot::read) else {
            since.nothing = Some(Nothing::Lost);
            return since;
        };
        let now = now.and_then(Snapshot::read);
        let Some(now) = now.filter(|now| !now.is_blank()) else {
            since.nothing = Some(Nothing::Unanswered);
            return since;
        };
        let key = line.map_or("", |line| line.host_key.as_str());
        if self.is_another(&was, &now, key) {
            since.nothing = Some(Nothing::AnotherMachine);
            return since;
        }
        let diff = was.diff(&now);
        since.changes = weigh(diff.changes, findings);
        since.more = since.changes.len().saturating_sub(most);
        since.changes.truncate(most);
        since.unseen = diff.unseen;
        since.unread_files = diff.unread_files;
        since
    }

    /// A machine is told by its id. Only where it has none by its key, which may be renewed, or of another kind than last time.
    fn is_another(&self, was: &Snapshot, now: &Snapshot, key: &str) -> bool {
        match (&was.machine, &now.machine) {
            (Some(was), Some(now)) => was != now,
            (Some(_), None) | (None, Some(_)) | (None, None) => {
                let was = self.baseline.host_key.as_str();
                !was.is_empty() && !key.is_empty() && was != key
            }
        }
    }
}

/// Says in each root cause what changed of the thing that it is about, and where that was seen.
pub(crate) fn tell(since: &Since, findings: &mut [Finding], seen: Option<&EvidenceId>) {
    let english = Locale::English;
    let roots: Vec<_> = finding::roots(findings).map(|one| one.id.clone()).collect();
    for one in findings.iter_mut().filter(|one| roots.contains(&one.id)) {
        let touching = since
            .changes
            .iter()
            .filter(|change| change.touches.as_ref() == Some(&one.id) && !is_consequence(change));
        let named: Vec<String> = touching
            .take(NAMED)
            .map(|change| english.change(change))
            .collect();
        if named.is_empty() {
            continue;
        }
        let head = english.changed_since_for_a_finding(since.taken_at);
        if !one.detail.is_empty() {
            one.detail.push('\n');
        }
        one.detail
            .push_str(&format!("{head} {}.", named.join("; ")));
        one.cites
            .extend(seen.filter(|id| !one.cites.contains(id)).cloned());
    }
}
