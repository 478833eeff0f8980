//! What incidents of before came down to: told to a table of the journal once each, and looked up when it happens again.

use chat::Locale;
use incident::cause::{Cause, Causes, episodes};
use incident::finding::roots;
use incident::notice::{FixedBy, SeenBefore};
use incident::{Finding, FindingId, IncidentId, Moment};
use serde_json::{Value, json};
use store::{ReadError, Store};

use crate::journal::{self, JournalError};
use crate::knowledge::Knowledge;
use crate::{cards, clock};

#[cfg(test)]
mod tests;

/// How many incidents are read at once where many are untold: after an upgrade, say. The others follow with the next
/// diagnoses.
const AT_ONCE: u32 = 200;
/// How many incidents of before are told of one cause.
const MOST: usize = 3;
/// How many are looked at for that.
const LOOKED_AT: u32 = 40;

/// An incident of before with the same cause as a finding of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Before {
    /// The finding of now.
    pub(crate) finding: FindingId,
    /// What it was then.
    pub(crate) cause: Cause,
}

impl Before {
    /// As a notice has it.
    pub(crate) fn told(&self, knowledge: &Knowledge, locale: Locale) -> SeenBefore {
        SeenBefore {
            finding: Some(self.finding.clone()),
            ..told(&self.cause, knowledge, locale)
        }
    }

    /// As JSON has it.
    pub(crate) fn json(&self) -> Value {
        let mut value = json(&self.cause);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("finding".to_owned(), json!(self.finding));
        }
        value
    }
}

/// A cause of before as JSON has it.
pub(crate) fn json(cause: &Cause) -> Value {
    json!({
        "incident": cause.incident,
        "host": cause.host,
        "code": cause.code,
        "subject": cause.subject,
        "title": cause.title,
        "opened_at": clock::rfc3339(cause.opened_at),
        "runbook": cause.fixed.as_ref().and_then(|fixed| fixed.runbook.as_ref()),
        "fix": cause.fixed.as_ref().map(|fixed| &fixed.title),
        "took_ms": cause.took(),
    })
}

/// A cause of before, without saying of which finding of now.
pub(crate) fn told(cause: &Cause, knowledge: &Knowledge, locale: Locale) -> SeenBefore {
    let fixed = cause.fixed.as_ref().zip(cause.took());
    SeenBefore {
        finding: None,
        title: None,
        incident: cause.incident.clone(),
        host: cause.host.clone(),
        on: clock::local_day(cause.opened_at),
        fixed: fixed.map(|(fixed, took)| {
            let page = fixed.runbook.as_ref();
            let page = page.and_then(|id| knowledge.library.get(id));
            let title = page.map(|page| cards::titled(&page.title, locale));
            FixedBy {
                runbook: fixed.runbook.clone(),
                title: title.unwrap_or(&fixed.title).to_owned(),
                took,
            }
        }),
    }
}

/// What it was: in Chinese what its code is called, and what it was about.
pub(crate) fn title(cause: &Cause, locale: Locale) -> String {
    match locale.explained(cause.code.as_str()) {
        Some(named) => locale.headed(named.name, &cause.subject.name),
        None => cause.title.clone(),
    }
}

/// Tells the journal what incidents came down to that it was not told of yet. What cannot be told now is told later.
pub(crate) async fn catch_up(store: &Store) {
    if let Err(error) = tell(store).await {
        tracing::warn!(
            error = crate::sentence::of(&error),
            "what incidents came down to is not up to date"
        );
    }
}

async fn tell(store: &Store) -> Result<(), JournalError> {
    let mut told = Vec::new();
    for (id, version) in store.untold_causes(AT_ONCE).await? {
        match causes(store, &id).await {
            Ok((version, causes)) => told.push((id, version, causes)),
            // One that cannot be read is nobody's precedent, and is not tried again until it changes.
            Err(error) if !error.is_fault() => {
                tracing::debug!(%error, incident.id = %id, "an incident is passed over");
                told.push((id, version, Vec::new()));
            }
            Err(error) => return Err(error),
        }
    }
    if !told.is_empty() {
        let kept = store.tell_causes(told).await;
        kept.map_err(|fault| JournalError::Read(ReadError::Fault(fault)))?;
    }
    Ok(())
}

/// What an incident came down to, and at which version.
async fn causes(store: &Store, id: &IncidentId) -> Result<(u64, Vec<Cause>), JournalError> {
    let mut causes = Causes::new(id.clone());
    let mut version = 0;
    journal::each_fact(store, id, |at, fact| {
        version += 1;
        causes.hear(&fact, at);
    })
    .await?;
    Ok((version, causes.told()))
}

/// The incidents of before with the same causes as these findings, which are of one host. `incident` is theirs, and when it
/// was opened.
pub(crate) async fn before(
    store: &Store,
    incident: (&IncidentId, Moment),
    findings: &[Finding],
) -> Vec<Before> {
    let mut before = Vec::new();
    for finding in roots(findings) {
        let (code, subject) = (&finding.code, &finding.subject);
        match store
            .causes_before(incident, code, subject, LOOKED_AT)
            .await
        {
            Ok(mut causes) => {
                // Who looked a while ago and mended nothing looked at this failure, not at one of before.
                causes.push(Cause {
                    incident: incident.0.clone(),
                    host: finding.host.clone(),
                    code: code.clone(),
                    subject: subject.clone(),
                    title: String::new(),
                    opened_at: incident.1,
                    fixed: None,
                });
                let causes = episodes(causes).into_iter();
                let causes = causes.filter(|cause| cause.incident != *incident.0);
                before.extend(causes.take(MOST).map(|cause| Before {
                    finding: finding.id.clone(),
                    cause,
                }));
            }
            Err(error) => tracing::warn!(%error, "whether it was seen before cannot be looked up"),
        }
    }
    before
}
