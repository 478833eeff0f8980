//! What a person is told who asks: nothing of it changes anything.

use chat::Locale;
use incident::cause::Cause;
use incident::command::Verb;
use incident::fact::EvidenceRecord;
use incident::remediation::{Incident, State};
use incident::{Fact, IncidentId, Proposal, Refusal, RunbookId, Severity, Span};
use store::Stored;

use super::Serve;
use super::hear::Answer;
use super::may::Rights;
use crate::commands::click;
use crate::{cards, clock, journal, past, propose};

impl Serve {
    pub(super) async fn dry_run(
        &self,
        incident: &Incident,
        proposal: &Proposal,
        locale: Locale,
    ) -> Answer {
        let rehearsed = click::rehearse(&self.world, incident, proposal, locale).await?;
        let mut lines = vec![locale.dry_run_of(&proposal.id, &proposal.host)];
        lines.extend(rehearsed.lines);
        Ok(Some(lines.join("\n")))
    }

    /// Everything that is known of a proposal, in full.
    pub(super) fn details(
        &self,
        incident: &Incident,
        proposal: &Proposal,
        locale: Locale,
    ) -> String {
        let title = cards::title(&self.world, proposal, locale);
        let finding = incident.answered(proposal);
        let because = finding.map(|finding| (locale.title(finding), finding.detail.as_str()));
        let because = because.as_ref().map(|(title, detail)| (&**title, *detail));
        locale.details(proposal, &title, because).join("\n")
    }

    /// What the findings of an incident rest on, most important first: the first lines of each piece, and all of it.
    pub(super) async fn evidence(
        &self,
        rights: &Rights<'_>,
        id: &IncidentId,
        locale: Locale,
    ) -> Result<(String, String), Refusal> {
        const LINES: usize = 25;
        let facts = journal::facts(&self.world.store, id).await;
        let facts = facts.map_err(journal::refusal)?;
        let mut incident = Incident::new(id.clone());
        let mut all = Vec::new();
        for (at, fact) in facts {
            incident.apply(&fact, at);
            if let Fact::Examined { evidence, .. } = fact {
                all.extend(evidence);
            }
        }
        self.may_ask(rights, Verb::SUMMARISE, &incident)?;
        // A head and what stands under it.
        let mut pieces: Vec<(String, Vec<String>)> = Vec::new();
        let findings: Vec<_> = incident
            .reports
            .values()
            .flat_map(|report| report.findings.clone())
            .filter(|finding| finding.severity > Severity::Info)
            .collect();
        for finding in &findings {
            let head = locale.headed(finding.id.as_str(), &locale.title(finding));
            pieces.push((head, Vec::new()));
            for one in all.iter().filter(|one| finding.cites.contains(&one.id)) {
                let head = locale.evidence_head(one.id.as_str(), &one.host, &one.key);
                let lines = self.lines_of(id, one, locale).await?;
                pieces.push((format!("  {head}"), lines));
            }
        }
        // What was captured is kept for itself.
        for one in all.iter().filter(|one| captured(one)) {
            let head = locale.evidence_head(one.id.as_str(), &one.host, &one.key);
            let lines = self.lines_of(id, one, locale).await?;
            pieces.push((head, lines));
        }
        let told = |most: usize| {
            let mut out = Vec::new();
            for (head, lines) in &pieces {
                out.push(head.clone());
                out.extend(lines.iter().take(most).map(|line| format!("    {line}")));
                if let more @ 1.. = lines.len().saturating_sub(most) {
                    out.push(format!("    {}", locale.more_lines(more)));
                }
            }
            out.join("\n")
        };
        Ok((told(LINES), told(usize::MAX)))
    }

    /// The text of a piece of evidence, line by line.
    async fn lines_of(
        &self,
        id: &IncidentId,
        one: &EvidenceRecord,
        locale: Locale,
    ) -> Result<Vec<String>, Refusal> {
        let stored = self.world.store.body(id, one.id.as_str()).await;
        Ok(match stored.map_err(said_by)? {
            Some(Stored::Text(text)) => text.lines().map(str::to_owned).collect(),
            Some(Stored::Erased(_)) | None => vec![locale.erased().to_owned()],
        })
    }

    /// The page of this name, or the pages and incidents that these words fit; without words every page.
    pub(super) async fn runbook(&self, rights: &Rights<'_>, query: &str, locale: Locale) -> String {
        const MOST: usize = 20;
        let named = RunbookId::new(query).ok();
        let knowledge = self.world.shelf.knowledge();
        if let Some(page) = named.and_then(|id| knowledge.library.get(&id)) {
            // What stands before the text is for the program.
            let text = page.source.splitn(3, "---\n").nth(2);
            return format!(
                "{}\n{}",
                cards::titled(&page.title, locale),
                text.unwrap_or(&page.source).trim_end()
            );
        }
        if query.trim().is_empty() {
            let all = knowledge.library.iter();
            let all =
                all.map(|page| locale.headed(page.id.as_str(), cards::titled(&page.title, locale)));
            let mut lines: Vec<String> = all.collect();
            let more = lines.len().saturating_sub(MOST);
            lines.truncate(MOST);
            if more > 0 {
                lines.push(locale.more_runbooks(more));
            }
            return lines.join("\n");
        }
        let may_be_told = |cause: &Cause| {
            rights.has_of(Verb::SUMMARISE, &propose::traits(&self.world, &cause.host))
        };
        let (search, store) = (&self.world.search, &self.world.store);
        past::catch_up(store).await;
        let found = search
            .look(&knowledge, Some(store), query, may_be_told)
            .await;
        found.map_or_else(
            |error| error.to_string(),
            |found| found.told(&knowledge, locale).join("\n"),
        )
    }

    /// What is open.
    pub(super) async fn status(&self, rights: &Rights<'_>, locale: Locale) -> String {
        let now = clock::now();
        let recent = self.world.recent(Span::minutes(24 * 60), now).await;
        let mut lines: Vec<String> = recent
            .iter()
            .flat_map(|incident| incident.remediations.values())
            .filter(|one| !matches!(one.state, State::Ended { .. }))
            .filter(|one| {
                let host = propose::traits(&self.world, &one.proposal.host);
                rights.has_of(Verb::STATUS, &host)
            })
            .map(|one| locale.at_work(one, &cards::title(&self.world, &one.proposal, locale)))
            .collect();
        if lines.is_empty() {
            lines.push(locale.nothing_open().to_owned());
        }
        lines.join("\n")
    }
}

/// What is in the way, in the words of whoever found it.
pub(super) fn said_by(error: impl std::fmt::Display) -> Refusal {
    Refusal::Said(error.to_string())
}

/// Whether it is what a closer look saw.
fn captured(one: &EvidenceRecord) -> bool {
    let verb = one.key.split(' ').next().unwrap_or_default();
    incident::capture::Kind::of_verb(verb).is_some()
}
