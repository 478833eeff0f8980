//! Reads signatures from TOML, with the file and line in every error, and keeps each to its own examples.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use incident::{Code, Confidence, Severity};
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use super::template::{fill, placeholders};

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// The journal of the service manager.
    Journal,
    /// A file of lines below `/var/log`.
    File,
    /// The kernel.
    Kernel,
}

/// Why a signature cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}; {next}")]
pub struct SignatureError {
    /// The file as named by the caller.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub next: String,
}

/// A regular expression that is compiled when a line first fits: of some hundred patterns a look needs a handful.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The expression; nothing where it is none, which loading and the set of all patterns refuse.
    fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| compile(&self.text).ok())
            .as_ref()
    }
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(1 << 20).build()
}

/// Whose signatures are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Ours: a test keeps them to their examples, so that no start has to.
    Shipped,
    /// A site's: each is kept to its examples when it is read.
    Site,
}

/// A pattern over log lines and what a line that fits means.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) id: String,
    pattern: Pattern,
    pub(crate) code: String,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) subject: String,
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) sources: Vec<Source>,
    /// Units whose lines it reads, `*` for any run of characters; empty for all.
    pub(crate) units: Vec<String>,
    /// Programs whose lines it reads; empty for all but the service manager.
    pub(crate) programs: Vec<String>,
    pub(crate) facts: BTreeMap<String, String>,
    /// How often a unit that runs all the same must say it before it counts.
    pub(crate) repeats: usize,
    /// Whether what is said on the way up holds for as long as the unit runs: it runs without something.
    pub(crate) lasting: bool,
    /// Lines that it fits, as a host wrote them.
    examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: toml::Spanned<u32>,
    #[serde(default)]
    signature: Vec<toml::Spanned<RawSignature>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSignature {
    id: String,
    pattern: toml::Spanned<String>,
    code: toml::Spanned<String>,
    severity: Severity,
    #[serde(default = "likely")]
    confidence: Confidence,
    subject: toml::Spanned<String>,
    title: toml::Spanned<String>,
    #[serde(default)]
    detail: String,
    #[serde(default = "everywhere")]
    sources: Vec<Source>,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    programs: Vec<String>,
    #[serde(default)]
    facts: BTreeMap<String, String>,
    #[serde(default = "three")]
    repeats: usize,
    #[serde(default)]
    lasting: bool,
    examples: toml::Spanned<Vec<String>>,
    #[serde(default)]
    counter: Vec<String>,
}

const fn likely() -> Confidence {
    Confidence::Likely
}

fn everywhere() -> Vec<Source> {
    vec![Source::Journal, Source::File]
}

const fn three() -> usize {
    3
}

/// The patterns in force.
#[derive(Debug, Default)]
pub struct Signatures {
    list: Vec<Signature>,
    set: RegexSet,
}

/// What ships with the program, so that it works without any folder beside it.
const SHIPPED: &[(&str, &str)] = &[
    (
        "applications.toml",
        include_str!("../../../../runbooks/signatures/applications.toml"),
    ),
    (
        "containers.toml",
        include_str!("../../../../runbooks/signatures/containers.toml"),
    ),
    (
        "databases.toml",
        include_str!("../../../../runbooks/signatures/databases.toml"),
    ),
    (
        "files.toml",
        include_str!("../../../../runbooks/signatures/files.toml"),
    ),
    (
        "kernel.toml",
        include_str!("../../../../runbooks/signatures/kernel.toml"),
    ),
    (
        "languages.toml",
        include_str!("../../../../runbooks/signatures/languages.toml"),
    ),
    (
        "network.toml",
        include_str!("../../../../runbooks/signatures/network.toml"),
    ),
    (
        "systemd.toml",
        include_str!("../../../../runbooks/signatures/systemd.toml"),
    ),
    (
        "web.toml",
        include_str!("../../../../runbooks/signatures/web.toml"),
    ),
];

impl Signatures {
    /// No patterns at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The patterns that ship with the program.
    ///
    /// # Errors
    /// [`SignatureError`] when one of them is wrong; a test keeps this from happening.
    pub fn shipped() -> Result<Self, SignatureError> {
        let mut list = Vec::new();
        for (file, text) in SHIPPED {
            read(file, text, Whose::Shipped, &mut list)?;
        }
        Self::of(list)
    }

    /// What ships with the program, each kept to its own examples.
    ///
    /// # Errors
    /// [`SignatureError`] names file and line.
    pub fn check_shipped() -> Result<(), SignatureError> {
        let mut list = Vec::new();
        for (file, text) in SHIPPED {
            read(file, text, Whose::Site, &mut list)?;
        }
        Ok(())
    }

    /// The patterns of one TOML text; `file` is how errors name it.
    ///
    /// # Errors
    /// [`SignatureError`] names file and line.
    pub fn parse(file: &str, text: &str) -> Result<Self, SignatureError> {
        let mut list = Vec::new();
        read(file, text, Whose::Site, &mut list)?;
        Self::of(list)
    }

    /// These and a site's own: one of the same id takes the place of ours.
    ///
    /// # Errors
    /// [`SignatureError`] when both together are too large.
    pub fn with(self, site: Self) -> Result<Self, SignatureError> {
        let mut list = self.list;
        list.retain(|ours| !site.list.iter().any(|theirs| theirs.id == ours.id));
        list.extend(site.list);
        Self::of(list)
    }

    fn of(list: Vec<Signature>) -> Result<Self, SignatureError> {
        let set =
            RegexSetBuilder::new(list.iter().map(|signature| signature.pattern.text.as_str()))
                .size_limit(32 << 20)
                .build()
                .map_err(|source| SignatureError {
                    file: "all signatures".to_owned(),
                    line: 1,
                    what: source.to_string(),
                    next: "make the patterns simpler".to_owned(),
                })?;
        Ok(Self { list, set })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Lines as hosts write them, each with the code of the finding that it leads to.
    pub fn examples(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().flat_map(|signature| {
            let examples = signature.examples.iter();
            examples.map(|line| (signature.code.as_str(), line.as_str()))
        })
    }

    /// The signatures that fit a line: one pass over all patterns, whatever their number.
    pub(crate) fn fitting(&self, text: &str) -> impl Iterator<Item = &Signature> {
        let hits = self.set.matches(text);
        hits.into_iter().filter_map(|n| self.list.get(n))
    }
}

fn read(
    file: &str,
    text: &str,
    whose: Whose,
    list: &mut Vec<Signature>,
) -> Result<(), SignatureError> {
    let fail = |span: Option<Range<usize>>, what: String, next: &str| SignatureError {
        file: file.to_owned(),
        line: line_of(text, span),
        what,
        next: next.to_owned(),
    };
    let raw: RawFile = toml::from_str(text).map_err(|error| {
        fail(
            error.span(),
            error.message().trim().replace('\n', ", "),
            "see runbooks/signatures/README.md for the fields",
        )
    })?;
    if *raw.version.get_ref() != 1 {
        let what = format!("version {} is not known", raw.version.get_ref());
        return Err(fail(Some(raw.version.span()), what, "write `version = 1`"));
    }
    for raw in raw.signature {
        let whole = raw.span();
        let raw = raw.into_inner();
        let compiled = OnceLock::new();
        if whose == Whose::Site {
            let pattern = check(&raw, &whole, list, &fail)?;
            // It was empty a moment ago.
            let _set = compiled.set(Some(pattern));
        }
        list.push(Signature {
            id: raw.id,
            pattern: Pattern {
                text: raw.pattern.into_inner(),
                compiled,
            },
            code: raw.code.into_inner(),
            severity: raw.severity,
            confidence: raw.confidence,
            subject: raw.subject.into_inner(),
            title: raw.title.into_inner(),
            detail: raw.detail,
            sources: raw.sources,
            units: raw.units,
            programs: raw.programs,
            facts: raw.facts,
            repeats: raw.repeats.max(1),
            lasting: raw.lasting,
            examples: raw.examples.into_inner(),
        });
    }
    Ok(())
}

/// Keeps a signature to what it promises, and gives its expression.
fn check(
    raw: &RawSignature,
    whole: &Range<usize>,
    others: &[Signature],
    fail: &impl Fn(Option<Range<usize>>, String, &str) -> SignatureError,
) -> Result<Regex, SignatureError> {
    if raw.id.is_empty()
        || !raw
            .id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    {
        let what = format!("id {:?} is not lower-case words with dashes", raw.id);
        return Err(fail(
            Some(whole.clone()),
            what,
            "write it like `nginx-bind-in-use`",
        ));
    }
    if others.iter().any(|other| other.id == raw.id) {
        let what = format!("id {:?} is given twice", raw.id);
        return Err(fail(Some(whole.clone()), what, "choose another id"));
    }
    let code = raw.code.get_ref();
    let known = Code::new(code).is_ok_and(|code| code.is_custom())
        || crate::catalogue::explain(code).is_some();
    if !known {
        let what = format!("code {code:?} is not in the catalogue");
        return Err(fail(
            Some(raw.code.span()),
            what,
            "use a code of `sickbay explain`, or your own beginning with `custom.`",
        ));
    }
    let pattern = compile(raw.pattern.get_ref()).map_err(|source| {
        fail(
            Some(raw.pattern.span()),
            format!("pattern: {source}").replace('\n', " "),
            "mend the regular expression",
        )
    })?;
    let names: Vec<&str> = pattern.capture_names().flatten().collect();
    for template in [&raw.subject, &raw.title] {
        let unknown = placeholders(template.get_ref())
            .into_iter()
            .find(|name| *name != "unit" && !names.contains(name));
        if let Some(name) = unknown {
            let what = format!("{{{name}}} is not captured by the pattern");
            return Err(fail(
                Some(template.span()),
                what,
                "name the capture, as in `(?P<path>…)`",
            ));
        }
    }
    if !raw.subject.get_ref().contains(':') {
        let what = format!("subject {:?} has no kind", raw.subject.get_ref());
        return Err(fail(
            Some(raw.subject.span()),
            what,
            "write it like `path:{path}`",
        ));
    }
    if raw.examples.get_ref().is_empty() {
        return Err(fail(
            Some(raw.examples.span()),
            "there is no example".to_owned(),
            "add a line from a real log",
        ));
    }
    if let Some(example) = raw
        .examples
        .get_ref()
        .iter()
        .find(|line| !pattern.is_match(line))
    {
        let what = format!("the pattern does not fit its example {example:?}");
        return Err(fail(
            Some(raw.examples.span()),
            what,
            "mend the pattern or the example",
        ));
    }
    if let Some(counter) = raw.counter.iter().find(|line| pattern.is_match(line)) {
        let what = format!("the pattern fits its counter-example {counter:?}");
        return Err(fail(Some(whole.clone()), what, "make the pattern narrower"));
    }
    Ok(pattern)
}

/// The line, from 1, on which a span begins.
fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let start = span.map_or(0, |span| span.start);
    text.bytes()
        .take(start)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

impl Signature {
    /// Whether it reads lines of this source, unit and program.
    pub(crate) fn reads(&self, source: Source, unit: Option<&str>, program: &str) -> bool {
        let from_kernel = source == Source::Kernel || program == "kernel";
        let source = if from_kernel { Source::Kernel } else { source };
        self.sources.contains(&source)
            && self.reads_program(program)
            && (self.units.is_empty()
                || unit.is_none_or(|unit| self.units.iter().any(|glob| fits(glob, unit))))
    }

    /// Without a list of programs: all but the service manager, whose own words have signatures of their own.
    fn reads_program(&self, program: &str) -> bool {
        if self.programs.is_empty() {
            return program != "systemd" && !program.starts_with('(');
        }
        program.is_empty() || self.programs.iter().any(|glob| fits(glob, program))
    }

    /// The named captures of a line that fits.
    pub(crate) fn captures(&self, text: &str) -> Option<BTreeMap<String, String>> {
        let pattern = self.pattern.regex()?;
        let captures = pattern.captures(text)?;
        let mut named = BTreeMap::new();
        for name in pattern.capture_names().flatten() {
            if let Some(found) = captures.name(name) {
                named.insert(name.to_owned(), found.as_str().to_owned());
            }
        }
        for (name, template) in &self.facts {
            if let Some(value) = fill(template, &named) {
                named.insert(name.clone(), value);
            }
        }
        Some(named)
    }
}

/// Whether a name fits a pattern in which `*` stands for any run of characters.
pub(crate) fn fits(glob: &str, name: &str) -> bool {
    match glob.split_once('*') {
        None => glob == name,
        Some((start, end)) => name.strip_prefix(start).is_some_and(|rest| {
            rest.char_indices()
                .map(|(n, _)| n)
                .chain([rest.len()])
                .any(|n| rest.get(n..).is_some_and(|rest| fits(end, rest)))
        }),
    }
}
