//! The draft of a postmortem, in Markdown: from the journal and from what people said, the same text each time. What only people
//! know is a marked blank.

use std::collections::BTreeMap;

use incident::account::{Account, Aids, Remark, Source, Stamp, What};
use incident::remediation::{Outcome, Remediation};
use incident::{CouldNotCheck, Fact, Finding, HostName, HostStatus, Moment, Span};

use crate::Locale;
use crate::markdown::escaped;

#[cfg(test)]
mod tests;

/// How many gaps of a host become follow-ups.
const GAPS: usize = 3;

/// What the draft is made from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The account.
    pub account: &'a Account,
    /// The facts, with the moment each was recorded.
    pub facts: &'a [(Moment, Fact)],
    /// What people said in the thread.
    pub remarks: &'a [Remark],
    /// What the journal does not have.
    pub aids: &'a Aids,
}

/// The draft of an incident's postmortem. Nothing in it that a host or a person wrote formats, links or pings.
#[must_use]
pub fn postmortem(sources: Sources<'_>, locale: Locale) -> String {
    let incident = &sources.account.incident;
    let hosts: Vec<&str> = incident.hosts.iter().map(HostName::as_str).collect();
    let title = locale.postmortem_of(&locale.list(&hosts), &incident.symptom);
    let reports: Vec<_> = incident.reports.values().cloned().collect();
    let summary = locale.summary(&reports);
    let draft = Draft { sources, locale };
    let mut out = format!("# {}\n\n", escaped(&title));
    let drafted = locale.drafted(incident.id.as_str(), sources.facts.len());
    out.push_str(&format!("> {}\n\n", escaped(&drafted)));
    out.push_str(&format!("{}\n", escaped(&summary.text)));
    let parts = [
        draft.impact(),
        draft.times(),
        draft.timeline(),
        draft.cause(),
        draft.detection(),
        draft.resolution(),
        draft.well(),
        draft.not_so(),
        draft.follow_ups(),
    ];
    for (heading, lines) in locale.headings().into_iter().zip(parts) {
        out.push_str(&format!("\n## {heading}\n\n"));
        if lines.is_empty() {
            out.push_str(&format!("- {}\n", locale.blank()));
        }
        for line in lines {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

struct Draft<'a> {
    sources: Sources<'a>,
    locale: Locale,
}

/// A line of a list, with the fact that it rests on where there is one.
fn item(text: &str, source: Option<&Source>) -> String {
    match source {
        Some(Source::Fact(seq)) => format!("- {} `#{seq}`", escaped(text)),
        Some(Source::Remark(_)) | None => format!("- {}", escaped(text)),
    }
}

impl<'a> Draft<'a> {
    fn reports(&self) -> impl Iterator<Item = &'a incident::report::HostReport> {
        self.sources.account.incident.reports.values()
    }

    fn remediations(&self) -> impl Iterator<Item = &'a Remediation> {
        self.sources.account.incident.remediations.values()
    }

    fn causes(&self) -> impl Iterator<Item = (&'a Finding, &'a Source)> {
        let known = self.sources.account.known.iter();
        known.filter_map(|one| match &one.what {
            What::Found { finding } => Some((&**finding, &one.source)),
            What::Asked { .. }
            | What::Judged { .. }
            | What::Said { .. }
            | What::Unchecked { .. }
            | What::Fix { .. }
            | What::OnIt { .. }
            | What::Approved { .. }
            | What::Rejected { .. }
            | What::Over { .. }
            | What::Unseen { .. } => None,
        })
    }

    fn detected(&self) -> Option<Moment> {
        self.sources.account.detected.as_ref().map(|stamp| stamp.at)
    }

    fn impact(&self) -> Vec<String> {
        let symptom = &self.sources.account.incident.symptom;
        let mut lines = Vec::new();
        if !symptom.is_empty() {
            let detected = self.sources.account.detected.as_ref();
            let source = detected.map(|stamp| &stamp.source);
            lines.push(item(&self.locale.was_reported(symptom), source));
        }
        lines.extend(
            self.reports()
                .map(|one| item(&self.locale.host_was(one), None)),
        );
        lines.push(format!("- {}", self.locale.affected()));
        lines
    }

    fn times(&self) -> Vec<String> {
        let account = self.sources.account;
        let stamps: [&Option<Stamp>; 4] = [
            &account.detected,
            &account.acknowledged,
            &account.mitigated,
            &account.resolved,
        ];
        let mut lines = vec![
            self.locale.columns_of_times().to_owned(),
            "|---|---|---|---|".to_owned(),
        ];
        for (name, stamp) in self.locale.stamps().into_iter().zip(stamps) {
            let Some(stamp) = stamp else {
                lines.push(format!("| {name} | {} | | |", self.locale.blank()));
                continue;
            };
            let at = stamp.at.utc_second();
            let after = self.detected().map(|began| stamp.at.since(began));
            let after = after.filter(|after| *after != Span(0));
            let after = after.map_or_else(|| "–".to_owned(), |after| after.to_string());
            let source = match &stamp.source {
                Source::Fact(seq) => format!("`#{seq}`"),
                Source::Remark(_) => self.locale.said_in_thread().to_owned(),
            };
            lines.push(format!("| {name} | {at} | {after} | {source} |"));
        }
        lines
    }

    /// Fact by fact, and what was said between them.
    fn timeline(&self) -> Vec<String> {
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let facts = (1_u64..).zip(self.sources.facts).map(|(seq, (at, fact))| {
            let text = escaped(&self.locale.blameless(fact));
            (*at, format!("`#{seq}` | {text}"))
        });
        let said = self.sources.remarks.iter().map(|one| {
            let next = numbers.len() + 1;
            let number = *numbers.entry(one.author.as_str()).or_insert(next);
            let text = self.locale.somebody_said(number, one.text.as_deref());
            (one.at, format!(" | {}", escaped(&text)))
        });
        let mut all: Vec<(Moment, String)> = facts.chain(said).collect();
        all.sort_by_key(|(at, _)| *at);
        let rows = all
            .into_iter()
            .map(|(at, text)| format!("| {} | {text} |", at.utc_second()));
        let head = [
            self.locale.columns_of_timeline().to_owned(),
            "|---|---|---|".to_owned(),
        ];
        head.into_iter().chain(rows).collect()
    }

    fn cause(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (finding, source) in self.causes() {
            lines.push(item(&self.locale.cause(finding), Some(source)));
            let report = self.sources.account.incident.reports.get(&finding.host);
            let others = report.into_iter().flat_map(|report| &report.findings);
            let explained = others.filter(|one| finding.explains.contains(&one.id));
            lines.extend(explained.map(|one| {
                let text = escaped(&self.locale.brought_about(one));
                format!("  - {text}")
            }));
        }
        lines.push(format!("- {}", self.locale.why_so()));
        lines
    }

    fn detection(&self) -> Vec<String> {
        let account = self.sources.account;
        let source = account.detected.as_ref().map(|stamp| &stamp.source);
        let mut lines = vec![item(&self.locale.noticed(&account.incident.hosts), source)];
        let mut asked: BTreeMap<&HostName, usize> = BTreeMap::new();
        for (_, fact) in self.sources.facts {
            if let Fact::Examined { host, evidence, .. } = fact {
                *asked.entry(host).or_default() += evidence.len();
            }
        }
        lines.extend(self.reports().map(|report| {
            let probes = asked.get(&report.host).copied().unwrap_or(0);
            let text = self.locale.probed(&report.host, probes, report.took);
            item(&text, None)
        }));
        lines.push(format!("- {}", self.locale.alarm()));
        lines
    }

    fn resolution(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for one in self.remediations() {
            let facts = self.sources.facts.iter();
            let yes = facts.filter_map(|(_, fact)| {
                let Fact::Approved { proposal, approval } = fact else {
                    return None;
                };
                let who = approval.by.as_str();
                let told = self.locale.by_right(who, &approval.because);
                (*proposal == one.proposal.id).then_some(told)
            });
            let yes: Vec<String> = yes.collect();
            let tried = &self.sources.account.tried;
            let tried = tried.iter().find(
                |two| matches!(&two.what, What::Fix { proposal } if *proposal == one.proposal.id),
            );
            let text = self.locale.remedy(self.sources.aids, one, &yes);
            lines.push(item(&text, tried.map(|two| &two.source)));
        }
        match &self.sources.account.incident.resolved {
            Some(resolved) => {
                let text = self
                    .locale
                    .resolved_by(resolved.by.as_str(), &resolved.reason);
                lines.push(item(&text, Some(&Source::Fact(resolved.seq))));
            }
            None => lines.push(item(self.locale.not_resolved(), None)),
        }
        lines
    }

    fn well(&self) -> Vec<String> {
        let account = self.sources.account;
        let mut lines = Vec::new();
        if let (Some(began), Some(stamp)) = (self.detected(), &account.acknowledged) {
            let text = self.locale.was_on_it(stamp, began);
            lines.push(item(&text, Some(&stamp.source)));
        }
        let judged = (1_u64..).zip(self.sources.facts);
        for (seq, (at, fact)) in judged {
            if let (Fact::Judged { report }, Some(began)) = (fact, self.detected())
                && self
                    .causes()
                    .any(|(finding, _)| finding.host == report.host)
            {
                let text = self.locale.was_named(report, at.since(began));
                lines.push(item(&text, Some(&Source::Fact(seq))));
            }
        }
        let helped = self.remediations().filter(|one| {
            one.proposal.undoes.is_none()
                && one.outcome() == Some(Outcome::Verified)
                && !account.incident.is_undone(&one.proposal.id)
        });
        lines.extend(helped.map(|one| item(&self.locale.helped(one), None)));
        lines
    }

    fn not_so(&self) -> Vec<String> {
        let account = self.sources.account;
        let mut lines = Vec::new();
        for one in self.remediations() {
            match one.outcome() {
                Some(Outcome::Verified) if account.incident.is_undone(&one.proposal.id) => {
                    lines.push(item(&self.locale.was_undone(one), None));
                }
                Some(Outcome::Verified | Outcome::Rejected) | None => {}
                Some(outcome) => lines.push(item(&self.locale.in_vain(one, outcome), None)),
            }
        }
        for report in self.reports() {
            match report.status {
                HostStatus::Unreachable | HostStatus::Unknown => {
                    let text = self.locale.not_examined(&report.host, report.status);
                    lines.push(item(&text, None));
                }
                HostStatus::Healthy | HostStatus::Degraded | HostStatus::Critical => {}
            }
            let gaps = report.could_not_check.iter().filter(|one| one.is_gap());
            let gaps: Vec<&CouldNotCheck> = gaps.collect();
            if let Some(first) = gaps.first() {
                let text = self.locale.unanswered(&report.host, gaps.len(), first);
                lines.push(item(&text, None));
            }
        }
        if account.resolved.is_some() && account.mitigated.is_none() {
            lines.push(item(self.locale.nothing_verified(), None));
        }
        lines
    }

    /// What is left to do, each with whoever keeps the page that it is about.
    fn follow_ups(&self) -> Vec<String> {
        let (locale, aids) = (self.locale, self.sources.aids);
        let blank = locale.blank();
        let mut lines = Vec::new();
        let mut task = |what: String, owner: Option<&String>| {
            let owner = owner.map_or_else(|| blank.to_owned(), |owner| escaped(owner));
            lines.push(format!("- [ ] {}", locale.owned(&escaped(&what), &owner)));
        };
        for (finding, _) in self.causes() {
            let page = aids.pages.get(&finding.id);
            let owner = page.and_then(|page| aids.owners.get(&page.runbook));
            let runbook = page.map(|page| page.runbook.as_str());
            task(locale.prevent(finding, runbook), owner);
        }
        for one in self.remediations() {
            let owner = aids.owners.get(&one.proposal.runbook);
            match one.outcome() {
                Some(Outcome::NotFixed | Outcome::Worse | Outcome::Failed | Outcome::Unknown) => {
                    task(locale.correct(one), owner);
                }
                Some(Outcome::Expired) => task(locale.decide_in_time(one), None),
                Some(
                    Outcome::Verified
                    | Outcome::Planned
                    | Outcome::Captured
                    | Outcome::Refused
                    | Outcome::Rejected,
                )
                | None => {}
            }
        }
        for report in self.reports() {
            match report.status {
                HostStatus::Unreachable | HostStatus::Unknown => {
                    task(locale.let_reach(&report.host), None);
                }
                HostStatus::Healthy | HostStatus::Degraded | HostStatus::Critical => {}
            }
            let gaps = report.could_not_check.iter().filter(|one| one.is_gap());
            for gap in gaps.take(GAPS) {
                task(locale.let_look(&report.host, gap), None);
            }
        }
        lines.push(format!("- [ ] {}", locale.owned(blank, blank)));
        lines
    }
}
