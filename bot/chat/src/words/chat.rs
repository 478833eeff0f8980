//! The sentences that only a chat needs: around a thread, on a card that others look at too, and to one person alone.

use incident::notice::Card;
use incident::remediation::Outcome;
use incident::report::HostReport;
use incident::{
    Finding, HostName, HostStatus, IncidentId, Proposal, ResponderId, Severity, Vitals,
};

use crate::event::Platform;

/// Who asked for what, above a thread.
#[must_use]
pub fn asked(by: &ResponderId, hosts: &[HostName], symptom: &str) -> String {
    const MOST: usize = 5;
    let mut named: Vec<&str> = hosts.iter().take(MOST).map(HostName::as_str).collect();
    let more = format!("{} more", hosts.len().saturating_sub(MOST));
    if hosts.len() > MOST {
        named.push(&more);
    }
    let named = named.join(", ");
    if symptom.is_empty() {
        format!("{by} asks to look at {named}")
    } else {
        format!("{by} asks to look at {named}: {symptom}")
    }
}

/// Until when a card can be approved. A clock time stays true while the card stands there.
#[must_use]
pub fn expires(at: incident::Moment) -> String {
    let minute = at.0.div_euclid(60_000);
    format!(
        "expires at {:02}:{:02} UTC",
        minute.rem_euclid(1_440) / 60,
        minute.rem_euclid(60)
    )
}

/// Who may approve a card in a chat.
#[must_use]
pub fn approvers(card: &Card<'_>) -> String {
    if card.approvers.is_empty() {
        return super::NOBODY.to_owned();
    }
    let names: Vec<&str> = card.approvers.iter().map(ResponderId::as_str).collect();
    match card.needed {
        0 | 1 => format!("{} may approve", names.join(", ")),
        many => format!("{many} of {} must approve", names.join(", ")),
    }
}

/// How far the yeses are.
#[must_use]
pub fn given(given: &[ResponderId], needed: u32) -> String {
    let names: Vec<&str> = given.iter().map(ResponderId::as_str).collect();
    format!(
        "{} of {needed} approvals: {}",
        given.len(),
        names.join(", ")
    )
}

/// Somebody whom the settings do not know.
#[must_use]
pub fn stranger(platform: &str, user: &str) -> String {
    format!(
        "Sickbay does not know you, so it does nothing for you. Ask whoever keeps its settings to add {platform} = [\"{user}\"] to your entry under [people]."
    )
}

/// A thread cannot be begun where somebody asked.
#[must_use]
pub fn no_thread(platform: Platform, incident: &IncidentId) -> String {
    let invite = match platform {
        Platform::Slack => "invite it to this conversation with /invite @sickbay",
        Platform::Discord => {
            "let it view this channel, send messages in it and in its threads, create public threads, embed links and attach files"
        }
    };
    format!(
        "Sickbay is looking, but cannot write here yet: {invite}, and the thread appears by itself. The incident is {incident}."
    )
}

/// Somebody asked where no thread can begin.
#[must_use]
pub fn no_server() -> String {
    "Sickbay answers in the channels of a server, where the others can see what is done.".to_owned()
}

/// Somebody asked in a server that the settings do not name.
#[must_use]
pub fn other_server(guild: u64) -> String {
    format!(
        "Sickbay does not answer in this server. Whoever keeps its settings can add \"{guild}\" to guilds under [discord]."
    )
}

/// Findings that a message has no room for.
pub(crate) fn more_findings(more: usize, file: &str) -> String {
    format!("{more} more findings; all of them are in {file}")
}

/// A part of a message that it has no room for.
pub(crate) fn whole(file: &str) -> String {
    format!("All of it is in {file}")
}

/// What a long answer says where its file is seen by all.
pub(crate) fn long_answer(file: &str) -> String {
    format!("It is long, so it is in the thread: {file}")
}

/// What a long answer says where there is no thread to put its rest.
pub(crate) const CUT: &str =
    "The rest does not fit here; the sickbay command at a terminal shows all of it.";

/// What is below the pictures of hosts.
pub(crate) fn pictured(vitals: &[(HostName, Vitals)]) -> String {
    let hosts: Vec<&str> = vitals.iter().map(|(host, _)| host.as_str()).collect();
    format!("How near {} to the limits", are(&hosts))
}

/// `web1 is`, `web1 and web2 are`.
fn are(names: &[&str]) -> String {
    match names {
        [] => "nobody is".to_owned(),
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
    }
}

/// Whether one means an approval.
pub(crate) const RUN_THIS: &str = "Run this?";

/// Whether one means an undo.
pub(crate) const UNDO_THIS: &str = "Undo this? What it changed is put back.";

/// Somebody was asked whether they mean it, and does not.
pub(crate) const NOT_NOW: &str = "Not now: nothing was done.";

/// Somebody was asked whether they mean it, and does. What comes of it stands on the card.
pub(crate) const SAID_YES: &str = "You said yes; the card says what comes of it.";

/// What one types in a chat to read a runbook.
pub(crate) const READ: &str = "/sickbay runbook";

/// How a host is, as a sign before the verdict.
#[must_use]
pub(crate) fn mark(status: HostStatus) -> &'static str {
    match status {
        HostStatus::Healthy => "🟢 ",
        HostStatus::Degraded => "🟡 ",
        HostStatus::Critical | HostStatus::Unreachable => "🔴 ",
        HostStatus::Unknown => "⚪ ",
    }
}

/// How something ended, as a sign before the words.
#[must_use]
pub(crate) fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => "✅ ",
        Outcome::NotFixed | Outcome::Worse | Outcome::Failed => "❌ ",
        Outcome::Unknown => "❓ ",
        Outcome::Refused | Outcome::Rejected | Outcome::Expired => "🚫 ",
    }
}

/// The exact steps of a fix, numbered.
#[must_use]
pub(crate) fn steps(proposal: &Proposal) -> String {
    let steps = proposal.steps.iter().enumerate();
    let steps: Vec<String> = steps
        .map(|(n, step)| format!("{}. {}", n + 1, super::step(step)))
        .collect();
    steps.join("\n")
}

/// Where a fix runs, what it risks, and what undo there is.
#[must_use]
pub(crate) fn terms(proposal: &Proposal) -> String {
    format!(
        "on {} · {} risk · {}",
        proposal.host,
        proposal.risk,
        super::undo(proposal.undo)
    )
}

/// A runbook that is to be read, and how.
#[must_use]
pub(crate) fn page(id: &str, title: &str, finding: &str) -> String {
    format!("Runbook for {finding}: {title}. Read it: {READ} {id}")
}

/// The findings that a chat tells of: what is above info.
#[must_use]
pub(crate) fn told(reports: &[HostReport]) -> Vec<&Finding> {
    let all = reports.iter().flat_map(|report| &report.findings);
    all.filter(|finding| finding.severity > Severity::Info)
        .collect()
}

/// What a finding is the cause of, where there is something.
#[must_use]
pub(crate) fn explains(finding: &Finding) -> Option<String> {
    let explained: Vec<&str> = finding.explains.iter().map(|id| id.as_str()).collect();
    (!explained.is_empty()).then(|| format!("{} explains {}", finding.id, explained.join(", ")))
}

/// What a finding is called above its words. Where several hosts are spoken of it says on which.
#[must_use]
pub fn finding(finding: &Finding, several: bool) -> String {
    let severity = super::severity(finding.severity).to_uppercase();
    if several {
        format!("{severity} {} on {}", finding.id, finding.host)
    } else {
        format!("{severity} {}", finding.id)
    }
}

/// What could not be looked at, host by host. Where several hosts are spoken of each line says on which.
#[must_use]
pub fn gaps(reports: &[HostReport]) -> Vec<String> {
    let several = reports.len() > 1;
    reports
        .iter()
        .flat_map(|report| report.could_not_check.iter().map(move |gap| (report, gap)))
        .map(|(report, gap)| {
            let host = &report.host;
            let on = if several {
                format!(" on {host}")
            } else {
                String::new()
            };
            format!("Could not check {}{on}: {}", gap.probe, gap.why)
        })
        .collect()
}
