//! What a person is told who asks: nothing of it changes anything.

use chat::Locale;
use incident::remediation::{Incident, State};
use incident::{Fact, IncidentId, ProposalId, RunbookId, Severity, Span};
use store::Stored;

use super::Serve;
use super::hear::sentence;
use crate::commands::{click, incident::timeline};
use crate::{clock, journal};

impl Serve {
    pub(super) async fn dry_run(
        &self,
        id: &ProposalId,
        locale: Locale,
    ) -> Result<Option<String>, String> {
        let (incident, proposal) = self.find(id).await?;
        let rehearsed = click::rehearse(&self.world, &incident, &proposal, locale).await?;
        Ok(Some(format!(
            "Dry run of {id} on {}: nothing was changed\n{}",
            proposal.host,
            rehearsed.lines.join("\n")
        )))
    }

    /// Everything that is known of a proposal, in full.
    pub(super) async fn details(
        &self,
        id: &ProposalId,
        locale: Locale,
    ) -> Result<Option<String>, String> {
        let (incident, proposal) = self.find(id).await?;
        let mut lines = vec![
            format!("{id}: {}", proposal.title),
            format!("on {} ({})", proposal.host, proposal.host_key),
            format!(
                "runbook {} version {}",
                proposal.runbook, proposal.runbook_version
            ),
            format!("digest {}", proposal.digest()),
        ];
        if let Some(finding) = incident.answered(&proposal) {
            lines.push(format!("because {}", finding.title));
            lines.push(finding.detail.clone());
        }
        for (n, step) in proposal.steps.iter().enumerate() {
            lines.push(format!("{}. {}", n + 1, locale.step(step)));
            lines.push(format!("   {}", step.argv().join(" ")));
        }
        lines.push(format!("undo: {}", locale.undo(proposal.undo)));
        lines.extend(
            proposal
                .undo_words
                .iter()
                .map(|words| format!("   {words}")),
        );
        if !proposal.diff.is_empty() {
            lines.push(proposal.diff.clone());
        }
        Ok(Some(lines.join("\n")))
    }

    /// What happened in an incident, who decided what, what people said of it, and what is open.
    pub(super) async fn summary(&self, id: &IncidentId) -> Result<String, String> {
        // What was said just now is part of it.
        let whole = self.kept().await;
        let store = &self.world.store;
        let facts = journal::facts(store, id).await;
        let mut facts = facts.map_err(|error| sentence(&error))?;
        if facts.is_empty() {
            return Err(format!("there is no incident {id}"));
        }
        let incident = Incident::replay(id.clone(), facts.iter().cloned());
        facts.retain(|(_, fact)| {
            !matches!(
                fact,
                Fact::Examined { .. }
                    | Fact::Thread { .. }
                    | Fact::Granted { .. }
                    | Fact::Dispatched { .. }
            )
        });
        let said = store.said(id, timeline::MOST_SAID).await;
        let said = said.map_err(|error| error.to_string())?;
        let mut lines: Vec<String> = timeline::lines(&facts, &said)
            .into_iter()
            .map(|(at, line)| format!("{}  {line}", clock::local(at)))
            .collect();
        let open = incident
            .remediations
            .values()
            .filter(|one| !matches!(one.state, State::Ended { .. }));
        if !whole {
            lines.push("What was said last is not in it: the journal is behind".to_owned());
        }
        lines.extend(open.map(|one| format!("Open: {}: {}", one.proposal.id, one.proposal.title)));
        Ok(lines.join("\n"))
    }

    /// What the findings of an incident rest on, most important first.
    pub(super) async fn evidence(&self, id: &IncidentId) -> Result<String, String> {
        const LINES: usize = 25;
        let facts = journal::facts(&self.world.store, id).await;
        let facts = facts.map_err(|error| sentence(&error))?;
        let mut incident = Incident::new(id.clone());
        let mut all = Vec::new();
        for (at, fact) in facts {
            incident.apply(&fact, at);
            if let Fact::Examined { evidence, .. } = fact {
                all.extend(evidence);
            }
        }
        let mut out = Vec::new();
        let findings: Vec<_> = incident
            .reports
            .values()
            .flat_map(|report| report.findings.clone())
            .filter(|finding| finding.severity > Severity::Info)
            .collect();
        for finding in &findings {
            out.push(format!("{}: {}", finding.id, finding.title));
            let cited: Vec<_> = all
                .iter()
                .filter(|one| finding.cites.contains(&one.id))
                .collect();
            for one in cited {
                out.push(format!("  {} on {}: {}", one.id, one.host, one.key));
                let stored = self.world.store.body(id, one.id.as_str()).await;
                match stored.map_err(|error| error.to_string())? {
                    Some(Stored::Text(text)) => {
                        out.extend(text.lines().take(LINES).map(|line| format!("    {line}")));
                        let more = text.lines().count().saturating_sub(LINES);
                        if more > 0 {
                            out.push(format!("    … {more} more lines"));
                        }
                    }
                    Some(Stored::Erased(_)) | None => out.push("    (erased)".to_owned()),
                }
            }
        }
        Ok(out.join("\n"))
    }

    /// The page of this name, or the pages that speak of these words.
    pub(super) fn runbook(&self, query: &str) -> String {
        const MOST: usize = 20;
        let named = RunbookId::new(query).ok();
        let knowledge = self.world.shelf.knowledge();
        if let Some(page) = named.and_then(|id| knowledge.library.get(&id)) {
            // What stands before the text is for the program.
            let text = page.source.splitn(3, "---\n").nth(2);
            return format!(
                "{}\n{}",
                page.title.en,
                text.unwrap_or(&page.source).trim_end()
            );
        }
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let fits = |page: &&runbook::Runbook| {
            let text = format!("{} {}", page.id, page.title.en).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let mut fitting: Vec<String> = knowledge
            .library
            .iter()
            .filter(fits)
            .map(|page| format!("{}: {}", page.id, page.title.en))
            .collect();
        if fitting.is_empty() {
            return "no runbook speaks of that".to_owned();
        }
        let more = fitting.len().saturating_sub(MOST);
        fitting.truncate(MOST);
        if more > 0 {
            fitting.push(format!("and {more} more; name a word of what you look for"));
        }
        fitting.join("\n")
    }

    /// What is open.
    pub(super) async fn status(&self) -> String {
        let now = clock::now();
        let recent = self.world.recent(Span::minutes(24 * 60), now).await;
        let mut lines: Vec<String> = recent
            .iter()
            .flat_map(|incident| incident.remediations.values())
            .filter(|one| !matches!(one.state, State::Ended { .. }))
            .map(|one| {
                let proposal = &one.proposal;
                format!("{} on {}: {}", proposal.id, proposal.host, proposal.title)
            })
            .collect();
        if lines.is_empty() {
            lines.push("nothing waits and nothing runs".to_owned());
        }
        lines.join("\n")
    }
}
