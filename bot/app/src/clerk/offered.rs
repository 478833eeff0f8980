//! What a model is offered of an incident, and what its choices mean: ids on its side, things of ours on this one.

use std::collections::BTreeSet;

use chat::Locale;
use incident::remediation::Incident;
use incident::summary::Claim;
use incident::wording::{Model, Wording};
use incident::{Finding, FindingId, ProbeRun, RunbookId, Severity};
use llm::language::Language;
use llm::offer::{Choices, Further, Offer, Page};
use llm::veil::Veil;
use llm::verify::{self, Ground, Source, Vocabulary};
use probes::{Look, Window};
use serde_json::Value;
use store::Stored;

use super::Kept;
use crate::place;
use crate::world::World;

/// How many findings a model is shown; the worst of each host come first.
const MOST_FINDINGS: usize = 30;
/// How many runbooks it may choose among.
const MOST_RUNBOOKS: usize = 8;
/// Of how many findings lines of logs are shown, where the site allows it.
const EXCERPTS: usize = 3;
/// How many lines of each.
const LINES: usize = 5;

/// The rule that a sentence breaks which has a name that was not shown.
const NAME: &str = "name";

/// What a model is offered, and what each id stands for.
pub(super) struct Offered {
    pub(super) offer: Offer,
    findings: Vec<Finding>,
    causes: Vec<(FindingId, FindingId)>,
    runbooks: Vec<RunbookId>,
    /// Of which of the kept hosts, and what.
    probes: Vec<(usize, ProbeRun)>,
    veil: Veil,
}

impl Offered {
    /// What can be offered of an incident; none where nothing is wrong, since there is nothing to choose. `kept` are the hosts
    /// of which more may be asked, and `before` what was asked already.
    pub(super) async fn new(
        world: &World,
        incident: &Incident,
        kept: &[Kept],
        before: &BTreeSet<(usize, String)>,
        locale: Locale,
    ) -> Option<Self> {
        let mut reports: Vec<_> = incident.reports.values().collect();
        reports.sort_by_key(|report| std::cmp::Reverse(report.status.urgency()));
        let bad = |finding: &&Finding| finding.severity > Severity::Info;
        let findings: Vec<Finding> = reports
            .iter()
            .flat_map(|report| report.findings.iter().filter(bad))
            .take(MOST_FINDINGS)
            .cloned()
            .collect();
        if findings.is_empty() {
            return None;
        }
        let unseen = reports
            .iter()
            .map(|report| report.could_not_check.len())
            .sum();
        let place_of = |id: &FindingId| findings.iter().position(|one| one.id == *id);
        let causes: Vec<(FindingId, FindingId)> = probes::possible_causes(&findings);
        let pairs = causes
            .iter()
            .filter_map(|(cause, effect)| Some((place_of(cause)?, place_of(effect)?)))
            .collect();
        let (runbooks, pages) = runbooks(world, &findings, locale);
        let mut veil = Veil::new();
        let shown = shown(&findings, &mut veil);
        let (probes, further) = further(world, kept, before, &mut veil);
        // What a person says of a host may hold its name, or a line that somebody else wrote into its log.
        let (excerpts, symptom) = if world.settings.models.excerpts {
            let excerpts = excerpts(world, incident, &findings).await;
            (excerpts, fenced(&incident.symptom).unwrap_or_default())
        } else {
            (Vec::new(), String::new())
        };
        Some(Self {
            offer: Offer {
                language: language(locale),
                symptom,
                findings: shown,
                causes: pairs,
                runbooks: pages,
                probes: further,
                unseen,
                excerpts,
            },
            findings,
            causes,
            runbooks,
            probes,
            veil,
        })
    }

    /// What was chosen, in our own terms; of sentences only what holds.
    pub(super) fn wording(&self, choices: &Choices, model: &Model, locale: Locale) -> Wording {
        let id = |place: &usize| self.findings.get(*place).map(|one| one.id.clone());
        let ids = |places: &[usize]| places.iter().filter_map(id).collect();
        let causes = choices.causes.iter();
        let mut wording = Wording {
            model: Some(model.clone()),
            language: locale.tag().to_owned(),
            lead: ids(&choices.lead),
            // One alone is no choice that anybody has to be told of.
            runbook: choices
                .runbook
                .filter(|_| self.runbooks.len() > 1)
                .and_then(|place| self.runbooks.get(place).cloned()),
            because: ids(&choices.because),
            causes: causes
                .filter_map(|place| self.causes.get(*place).cloned())
                .collect(),
            ..Wording::default()
        };
        let titles: Vec<String> = self
            .findings
            .iter()
            .map(|finding| locale.title(finding).into_owned())
            .collect();
        // Only what was shown holds; what the model takes to apply is ours to mark as unverified, not its to claim.
        let shown: Vec<(FindingId, FindingId)> = self
            .findings
            .iter()
            .flat_map(|cause| {
                let effects = cause.explains.iter();
                effects.map(|effect| (cause.id.clone(), effect.clone()))
            })
            .collect();
        // What a code is called is coarser than what was found: "a filesystem is full" is said of one that is 96 % full.
        let sources: Vec<Source<'_>> = self
            .findings
            .iter()
            .zip(&titles)
            .map(|(finding, title)| Source {
                finding,
                title,
                terms: &[],
            })
            .collect();
        let ground = Ground {
            language: language(locale),
            sources,
            causes: &shown,
            vocabulary: vocabulary(),
        };
        let mut lifted = Vec::with_capacity(choices.sentences.len());
        for sentence in &choices.sentences {
            match self.lifted(sentence) {
                Some(sentence) => lifted.push(sentence),
                None => *wording.dropped.entry(NAME.to_owned()).or_default() += 1,
            }
        }
        let checked = verify::sift(lifted, &ground);
        for dropped in &checked.dropped {
            // What it says may be anything, and is for nobody's screen.
            tracing::debug!(rule = %dropped.rule, "a sentence of a model was dropped");
            let rule = dropped.rule.word().to_owned();
            *wording.dropped.entry(rule).or_default() += 1;
        }
        for sentence in checked.kept {
            let claim = Claim {
                text: sentence.text,
                cites: sentence.cites,
            };
            if !wording.claims.contains(&claim) {
                wording.claims.push(claim);
            }
        }
        wording
    }

    /// A sentence with its names put back; none where it has a name that was not shown.
    fn lifted(&self, sentence: &llm::offer::Sentence) -> Option<verify::Sentence> {
        let text = self.veil.lift(&sentence.text).ok()?;
        let cites = sentence
            .cites
            .iter()
            .filter_map(|place| self.findings.get(*place))
            .map(|finding| finding.id.to_string())
            .collect();
        Some(verify::Sentence { text, cites })
    }

    /// The questions that were picked: of which kept host, and what.
    pub(super) fn picked(&self, places: &[usize]) -> Vec<(usize, ProbeRun)> {
        let picked = places.iter().filter_map(|place| self.probes.get(*place));
        picked.cloned().collect()
    }
}

const fn language(locale: Locale) -> Language {
    match locale {
        Locale::English => Language::English,
        Locale::Chinese => Language::Chinese,
    }
}

/// The findings under their veil, each with what its code means and the host that it is on.
fn shown(findings: &[Finding], veil: &mut Veil) -> Vec<Value> {
    let aliases: Vec<String> = (1..=findings.len()).map(|n| format!("F{n}")).collect();
    let called = aliases.iter().map(String::as_str).zip(findings);
    let mut shown = veil.findings(called);
    for (one, finding) in shown.iter_mut().zip(findings) {
        with_meaning(one, finding);
        if let Some(fields) = one.as_object_mut() {
            fields.insert("host".to_owned(), veil.host(&finding.host).into());
        }
    }
    shown
}

/// Adds to a finding under its veil what its code means.
pub(super) fn with_meaning(shown: &mut Value, finding: &Finding) {
    let entry = probes::catalogue::explain(finding.code.as_str());
    if let (Some(entry), Some(fields)) = (entry, shown.as_object_mut()) {
        fields.insert("means".to_owned(), entry.title.into());
    }
}

/// The words of our trade: one of them in a sentence has to be in what it cites.
fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: std::sync::LazyLock<Vocabulary> = std::sync::LazyLock::new(|| {
        let english = probes::catalogue::entries();
        let english =
            english.flat_map(|entry| [entry.title, entry.meaning, entry.causes, entry.usual]);
        let chinese = chat::codes().flat_map(|code| [code.name, code.meaning, code.usual]);
        Vocabulary::new(english.chain(chinese))
    });
    &VOCABULARY
}

/// The runbooks that answer these findings, and what a model is told of them: pages are trusted.
fn runbooks(world: &World, findings: &[Finding], locale: Locale) -> (Vec<RunbookId>, Vec<Page>) {
    let knowledge = world.shelf.knowledge();
    let mut answers: Vec<(RunbookId, Vec<usize>)> = Vec::new();
    for finding in incident::finding::roots(findings) {
        let Some(place) = findings.iter().position(|one| one.id == finding.id) else {
            continue;
        };
        for found in knowledge.library.matches(finding, findings).found {
            match answers.iter_mut().find(|(id, _)| *id == found.runbook) {
                Some((_, places)) => places.push(place),
                None => answers.push((found.runbook, vec![place])),
            }
        }
    }
    answers.truncate(MOST_RUNBOOKS);
    answers
        .into_iter()
        .filter_map(|(id, answers)| {
            let page = knowledge.library.get(&id)?;
            let page = Page {
                title: crate::cards::titled(&page.title, locale).to_owned(),
                summary: crate::cards::titled(&page.summary, locale).to_owned(),
                answers,
            };
            Some((id, page))
        })
        .unzip()
}

/// What could still be asked of these hosts, and what a model is told of it.
fn further(
    world: &World,
    kept: &[Kept],
    before: &BTreeSet<(usize, String)>,
    veil: &mut Veil,
) -> (Vec<(usize, ProbeRun)>, Vec<Further>) {
    let knowledge = world.shelf.knowledge();
    let mut all = (Vec::new(), Vec::new());
    for (place, one) in kept.iter().enumerate() {
        let look = Look {
            host: &one.seen.host.name,
            answers: &one.seen.answers,
            window: Window::default(),
        };
        for run in probes::further(&look, &knowledge.signatures) {
            let spec = probes::specs().find(|spec| spec.id == run.probe.as_str());
            let Some(spec) = spec.filter(|_| !before.contains(&(place, run.key()))) else {
                continue;
            };
            let names = run.args.iter().map(|arg| match kind(spec.takes) {
                "number" => arg.clone(),
                kind => veil.name(kind, arg),
            });
            let of: Vec<String> = names.collect();
            all.1.push(Further {
                about: spec.about.to_owned(),
                of: of.join(" "),
                host: veil.host(&one.seen.host.name),
            });
            all.0.push((place, run));
        }
    }
    all
}

/// What kind of name a question takes.
const fn kind(takes: &[incident::step::Slot]) -> &'static str {
    use incident::step::Slot;
    match takes {
        [Slot::Path, ..] => "path",
        [Slot::Unit, ..] => "unit",
        [Slot::Number, ..] => "number",
        _ => "name",
    }
}

/// Lines of what the first findings rest on, fenced: those that name what the finding is about, else the last. What is erased is
/// not there.
async fn excerpts(world: &World, incident: &Incident, findings: &[Finding]) -> Vec<String> {
    let mut excerpts = Vec::new();
    for finding in findings.iter().take(EXCERPTS) {
        let mut lines = Vec::new();
        for cited in &finding.cites {
            let stored = world.store.body(&incident.id, cited.as_str()).await;
            if let Ok(Some(Stored::Text(text))) = stored {
                lines.extend(text.lines().map(str::to_owned));
            }
        }
        let names: Vec<&str> = std::iter::once(finding.subject.name.as_str())
            .chain(finding.facts.keys().filter_map(|name| finding.text(name)))
            .filter(|name| name.len() >= 3)
            .collect();
        let about = |line: &&String| names.iter().any(|name| line.contains(name));
        let mut chosen: Vec<&String> = lines.iter().filter(about).collect();
        if chosen.is_empty() {
            chosen = lines.iter().collect();
        }
        let last = chosen.len().saturating_sub(LINES);
        let chosen = chosen.into_iter().skip(last);
        let chosen: Vec<String> = chosen.map(|line| as_said(line)).collect();
        excerpts.extend(fenced(&chosen.join("\n")));
    }
    excerpts
}

/// A line as its writer meant it: of an entry of the journal, which comes as JSON with fields in any order, who says what.
fn as_said(line: &str) -> String {
    let entry: Option<Said> = serde_json::from_str(line).ok();
    match entry {
        Some(Said {
            message,
            who: Some(who),
        }) => format!("{who}: {message}"),
        Some(Said { message, who: None }) => message,
        None => line.to_owned(),
    }
}

/// What a person reads of an entry of the journal. One that is not text is no line.
#[derive(serde::Deserialize)]
struct Said {
    #[serde(rename = "MESSAGE")]
    message: String,
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    who: Option<String>,
}

/// A text as data that cannot end where it wants to; none where there is nothing, or no fence can be made.
pub(super) fn fenced(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    let nonce: [u8; 8] = place::random().ok()?;
    let nonce = data_encoding::HEXLOWER.encode(&nonce);
    let fenced = llm::excerpt::fence(text.lines(), &nonce, LINES);
    Some(fenced).filter(|fenced| !fenced.is_empty())
}
