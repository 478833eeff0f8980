//! What is known of one host after a diagnosis: the shape that the terminal, chat and JSON show.

use serde::{Deserialize, Serialize};

use crate::change::Since;
use crate::remediation::Seen;
use crate::{CouldNotCheck, Finding, HostName, HostStatus, Span};

/// What is known of one host after a diagnosis, without the texts of its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostReport {
    /// The host.
    pub host: HostName,
    /// What is said of it as a whole.
    pub status: HostStatus,
    /// How long the diagnosis took.
    pub took: Span,
    /// Its findings, root cause first.
    pub findings: Vec<Finding>,
    /// What got no usable answer.
    pub could_not_check: Vec<CouldNotCheck>,
    /// Why it could not be reached; empty when it could.
    pub unreachable: String,
    /// What differs since the host's baseline; none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Box<Since>>,
}

/// Whether a finding was gone when it was looked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The finding is gone and nothing got worse.
    Verified,
    /// The finding is still there.
    NotFixed,
    /// It is still there, and what was done about it happens later.
    Planned,
    /// Something that was not wrong before is wrong now.
    Worse,
    /// It could not be looked at.
    CouldNotCheck,
    /// Nothing was to be mended: it was a closer look, and what it saw is kept.
    Captured,
}

/// Compares a host before and after a change.
///
/// `answered` is the finding that the change was to repair. Only findings above info that were not there before count
/// as worse, and only when they are critical: a warning that shows up beside a repaired cause is news, not harm.
#[must_use]
pub fn compare(before: &[Finding], answered: &Finding, after: &HostReport) -> (Verdict, Seen) {
    match after.status {
        HostStatus::Unreachable => {
            return (
                Verdict::CouldNotCheck,
                Seen::Unreachable {
                    host: after.host.clone(),
                    why: after.unreachable.clone(),
                },
            );
        }
        HostStatus::Unknown => {
            return (
                Verdict::CouldNotCheck,
                Seen::TooLittle {
                    host: after.host.clone(),
                },
            );
        }
        HostStatus::Healthy | HostStatus::Degraded | HostStatus::Critical => {}
    }
    let still = after.findings.iter().find(|finding| {
        finding.identity() == answered.identity() && finding.severity > crate::Severity::Info
    });
    let is_new = |finding: &&Finding| {
        finding.severity == crate::Severity::Critical
            && finding.subject != answered.subject
            && !before.iter().any(|old| old.subject == finding.subject)
    };
    let news = after.findings.iter().find(is_new);
    match (still, news) {
        (_, Some(worse)) => (Verdict::Worse, there(worse)),
        (Some(same), None) => (Verdict::NotFixed, there(same)),
        (None, None) => {
            let related = after.findings.iter().find(|finding| {
                finding.severity == crate::Severity::Critical && finding.subject == answered.subject
            });
            match related {
                // The cause that was named is gone but its subject is still broken: another cause lay under it.
                Some(next) => (Verdict::NotFixed, there(next)),
                None => {
                    let (code, title) = (answered.code.clone(), answered.title.clone());
                    (Verdict::Verified, Seen::Gone { code, title })
                }
            }
        }
    }
}

fn there(finding: &Finding) -> Seen {
    Seen::There {
        code: finding.code.clone(),
        title: finding.title.clone(),
    }
}
