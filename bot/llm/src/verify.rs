//! Whether a model's sentence says no more than the findings that it cites: true sentences pass, all others are dropped and counted.
//!
//! A sentence is not searched for mistakes; it is taken apart and must be made, without rest, of what may be said of what it cites
//! (`say`, `cover`). So a way to be wrong that nobody thought of is rejected too. The rules name what was wrong with it, for the
//! count. The price is that some good sentences are dropped; the template says the same.

use std::collections::{BTreeMap, BTreeSet};

use incident::{Finding, FindingId, Severity, Value};

use crate::Language;
use crate::veil::is_prose;

mod cover;
mod lex;
mod say;
pub(crate) mod surface;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use cover::Cover;
use lex::{Kind, Names, Token};
use say::Sayings;

/// A sentence of a model and the findings that it cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The sentence, with real names.
    pub text: String,
    /// The findings by id (`f-1`); evidence (`e-3`) may be named beside a finding that rests on it.
    pub cites: Vec<String>,
}

/// A finding that may be cited, and what it is called in the reader's language.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// Its title in the reader's language.
    pub title: &'a str,
    /// What else may be said of it, each as a whole: the heading of its code in the reader's language.
    pub terms: &'a [&'a str],
}

/// All that sentences may rest on.
#[derive(Debug, Clone)]
pub struct Ground<'a> {
    /// The reader's language.
    pub language: Language,
    /// The findings.
    pub sources: Vec<Source<'a>>,
    /// The declared causes that hold, each before its effect.
    pub causes: &'a [(FindingId, FindingId)],
    /// The words of our own texts.
    pub vocabulary: &'a Vocabulary,
}

/// The words of our own texts: of every code, in both languages. A title that has others has them from a host.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    words: BTreeSet<String>,
}

impl Vocabulary {
    /// The words of these texts.
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let names = Names::default();
        let tokens = texts.into_iter().flat_map(|text| lex::read(text, &names));
        Self {
            words: tokens
                .filter(|token| matches!(token.kind, Kind::Word | Kind::Sign))
                .map(|token| token.key)
                .collect(),
        }
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// Why a sentence is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// It cites nothing, what is not there, what is no trouble, or what it does not speak of.
    Citation,
    /// A number, a name or another sign that is in nothing it cites.
    Token,
    /// What is there is put together as no finding has it.
    Binding,
    /// Above for below, or where no limit was named.
    Relation,
    /// It denies what was found, or says well what is not.
    Polarity,
    /// Worse or less bad than it is.
    Severity,
    /// All, only, very, about.
    Degree,
    /// A cause that is not declared.
    Inference,
    /// A thing that what it cites is not about.
    Term,
    /// A word that is in nothing it cites.
    Word,
    /// Not the reader's language.
    Language,
    /// It tells people what to do.
    Imperative,
    /// A link or markup.
    Link,
    /// A mention of people or channels.
    Mention,
    /// A piece of a command.
    Command,
    /// A character that is not what it looks like.
    Control,
    /// Empty or too long.
    Length,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Citation,
        Self::Token,
        Self::Binding,
        Self::Relation,
        Self::Polarity,
        Self::Severity,
        Self::Degree,
        Self::Inference,
        Self::Term,
        Self::Word,
        Self::Language,
        Self::Imperative,
        Self::Link,
        Self::Mention,
        Self::Command,
        Self::Control,
        Self::Length,
    ];

    /// A stable word, for counting.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Citation => "citation",
            Self::Token => "token",
            Self::Binding => "binding",
            Self::Relation => "relation",
            Self::Polarity => "polarity",
            Self::Severity => "severity",
            Self::Degree => "degree",
            Self::Inference => "inference",
            Self::Term => "term",
            Self::Word => "word",
            Self::Language => "language",
            Self::Imperative => "imperative",
            Self::Link => "link",
            Self::Mention => "mention",
            Self::Command => "command",
            Self::Control => "control",
            Self::Length => "length",
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// A sentence that was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The sentence.
    pub sentence: Sentence,
    /// The rule that it breaks.
    pub rule: Rule,
    /// Why, for the log.
    pub why: String,
}

/// What became of the sentences of one answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Those that people may read, in their order.
    pub kept: Vec<Sentence>,
    /// The others.
    pub dropped: Vec<Dropped>,
}

impl Checked {
    /// How many were dropped by each rule.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Rule, usize> {
        let mut counts = BTreeMap::new();
        for dropped in &self.dropped {
            *counts.entry(dropped.rule).or_default() += 1;
        }
        counts
    }
}

/// Checks the sentences of one answer, in their order. One that begins `that explains` needs the one before it: it is kept only
/// directly behind one that is kept and is about the finding that it cites first.
#[must_use]
pub fn sift(sentences: Vec<Sentence>, ground: &Ground<'_>) -> Checked {
    let mut checked = Checked::default();
    let mut before: Option<Vec<String>> = None;
    for sentence in sentences {
        let leans = lex::read(&sentence.text, &Names::default())
            .first()
            .is_some_and(|token| token.key == "THAT>");
        let alone =
            leans && before.as_ref().and_then(|cites| cites.first()) != sentence.cites.first();
        let result = if is_count(&sentence.text, sentence.cites.len(), ground.language) {
            // How many more there are is said by whoever leaves them out.
            Err((Rule::Citation, "it only counts".to_owned()))
        } else if alone {
            let why = "what it leans on is not said before it".to_owned();
            Err((Rule::Binding, why))
        } else {
            check(&sentence, ground)
        };
        match result {
            Ok(()) => {
                before = Some(sentence.cites.clone());
                checked.kept.push(sentence);
            }
            Err((rule, why)) => {
                before = None;
                checked.dropped.push(Dropped {
                    sentence,
                    rule,
                    why,
                });
            }
        }
    }
    checked
}

/// The most findings that one sentence may cite.
const MOST_CITED: usize = 8;

/// Checks one sentence, as if what it leans on had been said.
///
/// # Errors
/// The rule that it breaks, and why in words for the log.
pub fn check(sentence: &Sentence, ground: &Ground<'_>) -> Result<(), (Rule, String)> {
    surface::check(&sentence.text)?;
    let cited = cited(sentence, ground)?;
    let names = Names::new(ground.sources.iter().flat_map(names));
    let own = without_titles(&sentence.text, &cited);
    if own.chars().count() > surface::LONGEST {
        return Err((Rule::Length, "it is too long".to_owned()));
    }
    surface::acts(&without_names(&sentence.text, &cited))?;
    let own = without_names(&own, &cited);
    if own.contains(['?', '？']) {
        return Err((Rule::Polarity, "it asks".to_owned()));
    }
    if is_count(&sentence.text, cited.len(), ground.language) {
        return Ok(());
    }
    language(&own, ground.language)?;
    let tokens = lex::read(&sentence.text, &names);
    let sayings: Vec<Sayings<'_>> = cited
        .iter()
        .map(|source| Sayings::new(source, &names, ground.vocabulary))
        .collect();
    let holds = |lax: bool| {
        let mut cover = Cover {
            tokens: &tokens,
            sayings: &sayings,
            causes: ground.causes,
            lax,
            steps: 0,
        };
        cover.holds()
    };
    if holds(false) {
        return Ok(());
    }
    Err(
        strange(&tokens, &sayings, ground.vocabulary).unwrap_or_else(|| {
            let has = |keys: &[&str]| {
                tokens
                    .iter()
                    .any(|token| keys.contains(&token.key.as_str()))
            };
            if has(&["CAUSE>", "<CAUSE", "THAT>"]) {
                (
                    Rule::Inference,
                    "the cause is not a declared one".to_owned(),
                )
            } else if holds(true) {
                (
                if has(&["not", "NOT", "no"]) || sayings.len() == 1 {
                    Rule::Polarity
                } else {
                    Rule::Citation
                },
                "a denial is there too often or is missing, or something cited is not spoken of"
                    .to_owned(),
            )
            } else {
                (
                    Rule::Binding,
                    "it is put together as no finding has it".to_owned(),
                )
            }
        }),
    )
}

/// The sources that a sentence cites, each once, in its order.
fn cited<'a>(sentence: &Sentence, ground: &Ground<'a>) -> Result<Vec<Source<'a>>, (Rule, String)> {
    let wrong = |why: String| Err((Rule::Citation, why));
    let mut cited: Vec<Source<'a>> = Vec::new();
    for id in sentence.cites.iter().filter(|id| !id.starts_with("e-")) {
        let mut found = ground
            .sources
            .iter()
            .filter(|source| source.finding.id.as_str() == id);
        let Some(source) = found.next() else {
            return wrong(format!("there is no finding {id:?}"));
        };
        if found.next().is_some() {
            return wrong(format!("{id} is more than one finding"));
        }
        if source.finding.severity == Severity::Info {
            return wrong(format!("{id} is no trouble"));
        }
        if !cited.iter().any(|one| one.finding.id == source.finding.id) {
            cited.push(*source);
        }
    }
    if cited.is_empty() || cited.len() > MOST_CITED {
        return wrong(format!("it cites {} findings", cited.len()));
    }
    for id in sentence.cites.iter().filter(|id| id.starts_with("e-")) {
        let rests = |source: &Source<'_>| source.finding.cites.iter().any(|one| one.as_str() == id);
        if !cited.iter().any(rests) {
            return wrong(format!("nothing that it cites rests on {id:?}"));
        }
    }
    Ok(cited)
}

/// The names that a source knows: its subject, its host, and texts that are no sentences.
fn names<'a>(source: &Source<'a>) -> Vec<&'a str> {
    let finding = source.finding;
    let mut names = vec![finding.subject.name.as_str(), finding.host.as_str()];
    for (fact, value) in &finding.facts {
        match value {
            Value::Text(text) => names.extend((!is_prose(fact, text)).then_some(text.as_str())),
            Value::List(list) => {
                let texts = list.iter().filter(|text| !is_prose(fact, text));
                names.extend(texts.map(String::as_str));
            }
            Value::Bool(_) | Value::Int(_) => {}
        }
    }
    names
}

/// The sentence without the titles that it repeats word for word.
fn without_titles(text: &str, cited: &[Source<'_>]) -> String {
    let mut text = text.to_owned();
    for source in cited {
        let title = source.title.trim_end_matches(['.', '。']);
        if title.chars().count() > 3 {
            text = text.replace(title, " ");
        }
    }
    text
}

/// The sentence without the names of what it cites, so that `/a/-/b` is not taken for a piece of a command. A name that a chat or
/// a shell could act on stays, and is judged like all else.
fn without_names(text: &str, cited: &[Source<'_>]) -> String {
    let quiet = |name: &&str| {
        name.len() > 3
            && !name.contains("//")
            && !name.starts_with(['@', '-', '#', ':'])
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "._/@:+~%-".contains(c))
    };
    let mut text = text.to_owned();
    for name in cited.iter().flat_map(names).filter(quiet) {
        text = text.replace(name, "x");
    }
    text
}

/// The sentence of the template that only counts what it cites.
fn is_count(text: &str, cited: usize, language: Language) -> bool {
    match language {
        Language::English => text == format!("And {cited} more."),
        Language::Chinese => text == format!("另有 {cited} 项发现。"),
    }
}

/// Whether the words are in the reader's language. `own` is without the titles and names that are repeated.
fn language(own: &str, language: Language) -> Result<(), (Rule, String)> {
    let strange = match language {
        Language::English => own.chars().find(|c| lex::is_han(*c)).map(String::from),
        Language::Chinese => {
            let mut words = own.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'');
            let english = |word: &&str| word.len() > 1 && words::is_ours(&word.to_lowercase());
            words.find(english).map(str::to_owned)
        }
    };
    match strange {
        Some(text) => Err((
            Rule::Language,
            format!("{text:?} is not of the reader's language"),
        )),
        None => Ok(()),
    }
}

/// The tokens that nothing cited has, and the rule that says most of them.
fn strange(
    tokens: &[Token],
    sayings: &[Sayings<'_>],
    vocabulary: &Vocabulary,
) -> Option<(Rule, String)> {
    let known = |at: usize, token: &Token| {
        token.kind == Kind::Break
            || (at == 0 && words::is_frame(&token.key))
            || matches!(token.key.as_str(), "CAUSE>" | "<CAUSE" | "THAT>")
            || sayings
                .iter()
                .any(|said| said.knows(token) || said.may_stand(tokens, at))
    };
    let rule = |token: &Token| match token.kind {
        Kind::Path | Kind::Name | Kind::Number | Kind::Times | Kind::Sign => Rule::Token,
        Kind::Word | Kind::Break => match words::rule(&token.key) {
            Some(rule) => rule,
            None if vocabulary.has(&token.key) || words::is_any_kind(&token.key) => Rule::Term,
            None => Rule::Word,
        },
    };
    let strange = tokens.iter().enumerate();
    let strange = strange.filter(|(at, token)| !known(*at, token));
    // A word of no rule says least.
    let most = strange
        .map(|(_, token)| (rule(token), token))
        .min_by_key(|(rule, _)| usize::from(*rule == Rule::Word))?;
    let (rule, token) = most;
    Some((rule, format!("{:?} is in nothing that it cites", token.key)))
}
