//! One look at one host: waves of probes, until nothing points further.

use std::collections::BTreeMap;
use std::time::Instant;

use incident::change::Since;
use incident::probe::Answers;
use incident::proposal::Privilege;
use incident::redact::{Redactor, printable};
use incident::report::HostReport;
use incident::{
    CouldNotCheck, Ended, Evidence, EvidenceId, Finding, FindingId, HostStatus, Need, Plan,
    ProbeRun, Span, Value, Vitals,
};
use probes::{Judgement, Look, Window};

use crate::baseline::{self, Known};
use crate::clock;
use crate::world::World;

pub(crate) mod several;

/// What is known of the connection that a host was examined over.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// `SHA256:…`, or `local`.
    pub(crate) host_key: String,
    /// The account there.
    pub(crate) login: String,
    /// How it becomes root.
    pub(crate) privilege: Privilege,
    /// The host's boot; empty where it has none.
    pub(crate) boot: String,
    /// What is wrong with the helpers of an enrolled host.
    pub(crate) helpers_wrong: Option<String>,
}

/// What one look saw, before anything is numbered.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The host.
    pub(crate) host: hosts::Host,
    /// The questions in the order of their waves.
    pub(crate) plans: Vec<Plan>,
    /// The answers.
    pub(crate) answers: Answers,
    /// What they mean.
    pub(crate) judgement: Option<Judgement>,
    /// How hard the host is pressed against its limits; none where it was not examined.
    pub(crate) vitals: Option<Vitals>,
    /// The connection; none where there was none.
    pub(crate) line: Option<Line>,
    /// Why there is no connection.
    pub(crate) unreachable: String,
    /// What was to be asked when the connection was lost half-way, and why it was.
    pub(crate) cut: Option<CouldNotCheck>,
    /// How long the look took.
    pub(crate) took: Span,
    /// What the host was when it was well, where that is known and it was asked what it is now.
    pub(crate) known: Option<Known>,
}

/// Progress of a look, for people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// The wave, from 1.
    pub(crate) wave: u32,
    /// How many questions it has.
    pub(crate) probes: usize,
}

/// Looks at a host. `window` says how far back logs are read; after a fix that is the time since it ran.
pub(crate) async fn look(
    world: &World,
    host: &hosts::Host,
    window: Window,
    symptom: &str,
    progress: impl Fn(Step) + Send,
) -> Seen {
    Box::pin(look_and_ask(world, host, window, symptom, None, progress)).await
}

/// The same, with one more question in the first wave.
pub(crate) async fn look_and_ask(
    world: &World,
    host: &hosts::Host,
    window: Window,
    symptom: &str,
    also: Option<ProbeRun>,
    progress: impl Fn(Step) + Send,
) -> Seen {
    let symptom = (!symptom.is_empty()).then_some(symptom);
    let mut first = probes::first_wave(&window, symptom);
    // What takes longest is started first, so that it overlaps with all the others.
    first.runs.splice(0..0, also);
    look_from(world, host, window, first, progress).await
}

/// The same, where these are the questions to begin with.
pub(crate) async fn look_from(
    world: &World,
    host: &hosts::Host,
    window: Window,
    first: Plan,
    progress: impl Fn(Step) + Send,
) -> Seen {
    let started = clock::now();
    let mut seen = Seen {
        unreachable: String::new(),
        ..Seen::nothing(host)
    };
    let knowledge = world.shelf.knowledge();
    let mut plan = Some(first);
    while let Some(asked) = plan.take() {
        progress(Step {
            wave: asked.wave,
            probes: asked.runs.len(),
        });
        let began = Instant::now();
        let examined = world.hosts.examine(host, &asked).await;
        let metrics = &world.metrics;
        metrics.wave(asked.wave, examined.is_ok(), began.elapsed());
        match examined {
            Ok(examined) => {
                seen.line.get_or_insert_with(|| Line {
                    host_key: examined.host_key.clone(),
                    login: examined.login.clone(),
                    privilege: examined.privilege,
                    boot: examined.boot_id.clone(),
                    helpers_wrong: examined.helpers_wrong.clone(),
                });
                for answer in examined.answers {
                    seen.answers.insert(answer.key.clone(), answer);
                }
            }
            Err(error) if asked.wave == 1 => {
                seen.unreachable = printable(error.to_string().as_bytes());
                seen.took = clock::now().since(started);
                return seen;
            }
            Err(error) => {
                tracing::warn!(host.name = %host.name, %error, "a later wave found the host gone");
                seen.cut = Some(cut(host, &asked, &error.to_string()));
                seen.plans.push(asked);
                break;
            }
        }
        let wave = asked.wave + 1;
        seen.plans.push(asked);
        let look = Look {
            host: &host.name,
            answers: &seen.answers,
            window,
        };
        plan = probes::next_wave(&look, &knowledge.signatures, wave);
    }
    let look = Look {
        host: &host.name,
        answers: &seen.answers,
        window,
    };
    let judgement = probes::judge(&look, &knowledge.signatures);
    seen.vitals = Some(probes::vitals(&look, &judgement.drafts));
    seen.judgement = Some(judgement);
    seen.took = clock::now().since(started);
    seen
}

/// The questions of a wave that was lost.
fn cut(host: &hosts::Host, asked: &Plan, why: &str) -> CouldNotCheck {
    let mut keys: Vec<String> = asked.runs.iter().map(ProbeRun::key).collect();
    let more = keys.len().saturating_sub(2);
    keys.truncate(2);
    let mut probe = keys.join(", ");
    if more > 0 {
        probe.push_str(&format!(" and {more} more"));
    }
    CouldNotCheck {
        probe,
        why: why.to_owned(),
        next: format!("diagnose again, or sickbay hosts check {}", host.name),
    }
}

/// What one look saw, numbered and redacted: fit to be stored and shown.
#[derive(Debug, Clone)]
pub(crate) struct Numbered {
    /// The host as a whole.
    pub(crate) report: HostReport,
    /// How hard it is pressed against its limits; none where it was not examined.
    pub(crate) vitals: Option<Vitals>,
    /// The evidence, by wave.
    pub(crate) evidence: Vec<(u32, Evidence)>,
    /// Which evidence each question has, by its key.
    pub(crate) ids: BTreeMap<String, EvidenceId>,
}

/// What an incident has of a host already: a second look at the same answers and more keeps its numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before<'a> {
    /// How many pieces of evidence and findings the incident numbered so far, of all hosts.
    pub(crate) numbered: (usize, usize),
    /// The host's evidence, by the key of its question.
    pub(crate) ids: &'a BTreeMap<String, EvidenceId>,
    /// The host's findings.
    pub(crate) findings: &'a [Finding],
}

impl Seen {
    /// A host of which nothing is known since the look at it ended by itself.
    pub(crate) fn nothing(host: &hosts::Host) -> Self {
        Self {
            host: host.clone(),
            plans: Vec::new(),
            answers: BTreeMap::new(),
            judgement: None,
            vitals: None,
            line: None,
            unreachable: "the look at it ended by itself; this is a defect, please report it"
                .to_owned(),
            cut: None,
            took: Span(0),
            known: None,
        }
    }

    /// The first of these questions that was asked and got no answer.
    pub(crate) fn unanswered<'a>(&self, keys: &'a [String]) -> Option<&'a str> {
        let lost = |key: &&String| {
            self.answers
                .get(*key)
                .is_some_and(|answer| matches!(answer.ended, Ended::TimedOut | Ended::Lost))
        };
        keys.iter().find(lost).map(String::as_str)
    }

    /// Numbers evidence and findings on from what the incident has so far.
    pub(crate) fn number(&self, so_far: (usize, usize), redactor: &Redactor) -> Numbered {
        let before = Before {
            numbered: so_far,
            ids: &BTreeMap::new(),
            findings: &[],
        };
        self.number_after(before, redactor)
    }

    /// The same where the incident has some of it already: that keeps its numbers, and only what is new is evidence here.
    pub(crate) fn number_after(&self, before: Before<'_>, redactor: &Redactor) -> Numbered {
        let mut evidence = Vec::new();
        let so_far = before.numbered;
        let mut ids = before.ids.clone();
        for plan in &self.plans {
            for run in &plan.runs {
                let Some(answer) = self.answers.get(&run.key()) else {
                    continue;
                };
                if ids.contains_key(&run.key()) {
                    continue;
                }
                let id = EvidenceId::nth(so_far.0 + evidence.len() + 1);
                ids.insert(run.key(), id.clone());
                evidence.push((plan.wave, self.evidence(id, run, answer, redactor)));
            }
        }
        let Some(judgement) = &self.judgement else {
            let report = HostReport {
                host: self.host.name.clone(),
                status: HostStatus::Unreachable,
                took: self.took,
                findings: Vec::new(),
                could_not_check: vec![CouldNotCheck {
                    probe: "everything".to_owned(),
                    why: self.unreachable.clone(),
                    next: format!("sickbay hosts check {}", self.host.name),
                }],
                unreachable: self.unreachable.clone(),
                since: None,
            };
            return Numbered {
                report,
                vitals: None,
                evidence,
                ids,
            };
        };
        let mut findings = probes::rank(
            &self.host.name,
            judgement.drafts.clone(),
            so_far.1 + 1,
            &ids,
        );
        let clean = |text: &str| redactor.redact(&printable(text.as_bytes()));
        let typed = |value: &str| redactor.typed(&printable(value.as_bytes())).into_owned();
        for finding in &mut findings {
            finding.title = clean(&finding.title);
            finding.detail = clean(&finding.detail);
            finding.subject.name = typed(&finding.subject.name);
            for value in finding.facts.values_mut() {
                match value {
                    Value::Text(text) => *text = typed(text),
                    Value::List(texts) => texts.iter_mut().for_each(|text| *text = typed(text)),
                    Value::Bool(_) | Value::Int(_) => {}
                }
            }
        }
        keep_numbers(&mut findings, before.findings, so_far.1);
        let since = self.since(&findings, redactor);
        if let Some(since) = &since {
            baseline::tell(since, &mut findings, ids.get(probes::baseline::KEY));
        }
        let could_not_check = self
            .helpers()
            .chain(self.cut.clone())
            .chain(judgement.could_not_check.clone())
            .map(|one| CouldNotCheck {
                probe: clean(&one.probe),
                why: clean(&one.why),
                next: one.next.clone(),
            })
            .collect();
        let report = HostReport {
            host: self.host.name.clone(),
            // A host that went away half-way may be worse than what was seen of it, and is never called mended.
            status: HostStatus::judge(
                &findings,
                judgement.essentials_answered && self.cut.is_none(),
            ),
            took: self.took,
            findings,
            could_not_check,
            unreachable: String::new(),
            since: since.map(Box::new),
        };
        let mut vitals = self.vitals.clone();
        for gauge in vitals.iter_mut().flat_map(|vitals| &mut vitals.gauges) {
            gauge.name = clean(&gauge.name);
            gauge.why = clean(&gauge.why);
        }
        for need in vitals.iter_mut().flat_map(|vitals| &mut vitals.needs) {
            cleaned(need, &typed, &clean);
        }
        Numbered {
            report,
            vitals,
            evidence,
            ids,
        }
    }

    /// What differs since the host's baseline. Both are compared as they are stored, since the stored one has no secrets left.
    fn since(&self, findings: &[Finding], redactor: &Redactor) -> Option<Since> {
        let known = self.known.as_ref()?;
        let answer = self.answers.get(probes::baseline::KEY);
        let now = answer.map(|answer| redactor.redact(&printable(&answer.bytes)));
        Some(known.since(
            now.as_deref(),
            self.line.as_ref(),
            findings,
            incident::change::MOST_CHANGES,
        ))
    }

    /// That what was asked may not be what this version would have asked.
    fn helpers(&self) -> impl Iterator<Item = CouldNotCheck> {
        let wrong = self
            .line
            .as_ref()
            .and_then(|line| line.helpers_wrong.as_ref());
        wrong.into_iter().map(|wrong| CouldNotCheck {
            probe: "everything that needs root".to_owned(),
            why: printable(wrong.as_bytes()),
            next: format!("sickbay hosts enrol {} --install", self.host.name),
        })
    }

    fn evidence(
        &self,
        id: EvidenceId,
        run: &ProbeRun,
        answer: &incident::RawOutput,
        redactor: &Redactor,
    ) -> Evidence {
        Evidence {
            id,
            host: self.host.name.clone(),
            probe: run.probe.clone(),
            key: redactor.redact(&printable(run.key().as_bytes())),
            argv: run
                .argv()
                .iter()
                .map(|word| redactor.redact(&printable(word.as_bytes())))
                .collect(),
            ended: answer.ended,
            took: answer.took,
            truncated: answer.truncated,
            text: redactor.redact(&printable(&answer.bytes)),
        }
    }
}

/// What was found before keeps its number, and what is new goes on from the last: proposals and claims cite numbers.
fn keep_numbers(findings: &mut [Finding], before: &[Finding], last: usize) {
    if before.is_empty() {
        return;
    }
    let mut next = last;
    let mut renamed: BTreeMap<FindingId, FindingId> = BTreeMap::new();
    for finding in findings.iter() {
        let old = before
            .iter()
            .find(|old| old.identity() == finding.identity());
        let id = old.map_or_else(
            || {
                next += 1;
                FindingId::nth(next)
            },
            |old| old.id.clone(),
        );
        renamed.insert(finding.id.clone(), id);
    }
    for finding in findings.iter_mut() {
        for id in std::iter::once(&mut finding.id).chain(&mut finding.explains) {
            if let Some(new) = renamed.get(id) {
                *id = new.clone();
            }
        }
    }
}

/// Takes secrets out of what a host calls its things, all the way down.
fn cleaned(need: &mut Need, typed: &impl Fn(&str) -> String, clean: &impl Fn(&str) -> String) {
    need.name = typed(&need.name);
    need.why = clean(&need.why);
    for below in &mut need.needs {
        cleaned(below, typed, clean);
    }
}

#[cfg(test)]
mod tests;
