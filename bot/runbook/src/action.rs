//! An action block: a verb with typed slots, or a bare argument vector that says how it is undone.

use incident::step::{Slot, VERBS, Verb, verb_named};
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::condition::Condition;
use crate::filling::Filling;
use crate::front::condition;
use crate::problem::{Place, Trouble};
use crate::yaml::{Fragment, Texts};

/// One action of a runbook.
#[derive(Debug, Clone)]
pub struct Action {
    /// Where it stands.
    pub place: Place,
    /// The step is left out unless this holds.
    pub when: Option<Condition>,
    /// What it does.
    pub work: Work,
}

/// What an action does.
#[derive(Debug, Clone)]
pub enum Work {
    /// A verb of the vocabulary; what it changes and how it is undone is known.
    Typed {
        /// The verb.
        verb: &'static Verb,
        /// Its slots, in the verb's order.
        slots: Vec<Filled>,
    },
    /// An argument vector: the escape hatch.
    Argv {
        /// The words, program first.
        argv: Vec<Word>,
        /// How it is undone.
        undo: ArgvUndo,
    },
}

/// A slot with what fills it.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The slot's name.
    pub slot: &'static str,
    /// What its text may be.
    pub kind: Slot,
    /// Whether it may take several words.
    pub many: bool,
    /// What fills it; exactly one unless it may take several.
    pub with: Vec<Filling>,
}

/// A word of an argument vector: `--size=` and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// A flag up to and with its `=`, or nothing.
    pub flag: String,
    /// The rest of the word.
    pub filling: Filling,
}

/// How an argument vector is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgvUndo {
    /// By this argument vector.
    Rollback(Vec<Word>),
    /// Not at all, for this reason.
    Irreversible(String),
}

/// What fills a slot when the author says nothing.
const DEFAULTS: &[(&str, &str)] = &[
    ("recursive", "0"),
    ("comment", "#"),
    ("section", ""),
    ("separator", "="),
    ("version", ""),
];

/// The fields of a block, in order, each with its place.
struct RawAction(Vec<(Spanned<String>, Spanned<Texts>)>);

impl<'de> Deserialize<'de> for RawAction {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = RawAction;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("fields such as `use: file.chmod`")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<RawAction, A::Error> {
                let mut fields = Vec::new();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    let value = if takes_many(&key.value) {
                        map.next_value::<Spanned<Texts>>()?
                    } else {
                        // As a text, so that `mode: 0644` keeps its zero.
                        let one = map.next_value::<Spanned<String>>()?;
                        let (referenced, defined) = (one.referenced, one.defined);
                        Spanned {
                            value: Texts(vec![one]),
                            referenced,
                            defined,
                        }
                    };
                    fields.push((key, value));
                }
                Ok(RawAction(fields))
            }
        }
        reader.deserialize_map(Visitor)
    }
}

fn takes_many(field: &str) -> bool {
    let repeats = |verb: &&Verb| verb.repeats;
    let last = |verb: &'static Verb| verb.slots.last();
    matches!(field, "argv" | "rollback")
        || VERBS
            .iter()
            .filter(repeats)
            .filter_map(last)
            .any(|(name, _)| *name == field)
}

/// Reads one block.
pub(crate) fn read(fragment: Fragment, place: Place, yaml: &str) -> Result<Action, Vec<Trouble>> {
    let mut fields: RawAction = fragment.read(yaml).map_err(|trouble| vec![trouble])?;
    let mut troubles = Vec::new();
    let when = fields
        .one("when")
        .and_then(|source| condition(fragment, &source, &["finding"], &mut troubles));
    let work = match (fields.one("use"), fields.take("argv")) {
        (Some(name), None) => typed(fragment, &name, &mut fields, &mut troubles),
        (None, Some((_, argv))) => bare(fragment, &argv, &mut fields, &mut troubles),
        (Some(_), Some((key, _))) => {
            troubles.push(Trouble::new(
                fragment.of(&key),
                "an action has either `use` or `argv`",
                "remove one; `use` where a verb fits",
            ));
            None
        }
        (None, None) => {
            troubles.push(Trouble::new(
                place,
                "the action does not say what it does",
                "begin with `use:` and a verb; `sickbay runbook actions` lists them",
            ));
            None
        }
    };
    if work.is_some() {
        for (key, _) in &fields.0 {
            troubles.push(Trouble::new(
                fragment.of(key),
                format!("this action has no slot {:?}", key.value),
                slots_of(work.as_ref()),
            ));
        }
    }
    match work {
        Some(work) if troubles.is_empty() => Ok(Action { place, when, work }),
        Some(_) | None => Err(troubles),
    }
}

impl RawAction {
    fn take(&mut self, name: &str) -> Option<(Spanned<String>, Spanned<Texts>)> {
        let at = self.0.iter().position(|(key, _)| key.value == name)?;
        Some(self.0.remove(at))
    }

    fn one(&mut self, name: &str) -> Option<Spanned<String>> {
        self.take(name)
            .and_then(|(_, texts)| texts.value.0.into_iter().next())
    }
}

fn slots_of(work: Option<&Work>) -> String {
    match work {
        Some(Work::Typed { slots, .. }) if slots.is_empty() => "it takes none".to_owned(),
        Some(Work::Typed { slots, .. }) => {
            let names: Vec<&str> = slots.iter().map(|filled| filled.slot).collect();
            format!("it takes {}", names.join(", "))
        }
        Some(Work::Argv { .. }) | None => {
            "an argv action takes `rollback` or `irreversible`, and `when`".to_owned()
        }
    }
}

fn typed(
    fragment: Fragment,
    name: &Spanned<String>,
    fields: &mut RawAction,
    troubles: &mut Vec<Trouble>,
) -> Option<Work> {
    let Some(verb) = verb_named(&name.value).filter(|verb| verb.in_runbooks) else {
        let what = match verb_named(&name.value) {
            Some(_) => format!("`{}` is for rollbacks only", name.value),
            None => format!("there is no action {:?}", name.value),
        };
        let cure = "`sickbay runbook actions` lists those a runbook may use";
        troubles.push(Trouble::new(fragment.of(name), what, cure));
        return None;
    };
    let mut slots = Vec::new();
    for (n, (slot, kind)) in verb.slots.iter().enumerate() {
        let many = verb.repeats && n.saturating_add(1) == verb.slots.len();
        let with = match fields.take(slot) {
            Some((key, texts)) => fill(fragment, *kind, &key, &texts, troubles),
            // A default must suit: the version of a package may be left out, that of a module's source may not.
            None => match DEFAULTS
                .iter()
                .find(|(name, text)| name == slot && kind.check(text).is_ok())
            {
                Some((_, text)) => vec![Filling::Literal((*text).to_owned())],
                None => {
                    troubles.push(Trouble::new(
                        fragment.of(name),
                        format!("`{}` needs the slot `{slot}`", verb.name),
                        format!("add `{slot}:` with a value or a `{{{{ finding.NAME }}}}`"),
                    ));
                    Vec::new()
                }
            },
        };
        slots.push(Filled {
            slot,
            kind: *kind,
            many,
            with,
        });
    }
    Some(Work::Typed { verb, slots })
}

fn fill(
    fragment: Fragment,
    kind: Slot,
    key: &Spanned<String>,
    texts: &Spanned<Texts>,
    troubles: &mut Vec<Trouble>,
) -> Vec<Filling> {
    if texts.value.0.is_empty() {
        troubles.push(Trouble::new(
            fragment.of(texts),
            format!("the slot `{}` is empty", key.value),
            "give it at least one word",
        ));
    }
    let mut with = Vec::new();
    for text in &texts.value.0 {
        let place = match text.referenced.line() {
            0 => fragment.of(texts),
            _ => fragment.of(text),
        };
        match Filling::parse(&text.value) {
            Err((what, cure)) => troubles.push(Trouble::new(place, what, cure)),
            Ok(filling) => {
                let literal = match &filling {
                    Filling::Literal(text) => Some(text),
                    Filling::Facts { fallback, .. } => fallback.as_ref(),
                };
                if let Some(Err(why)) = literal.map(|text| kind.check(text)) {
                    troubles.push(Trouble::new(
                        place,
                        format!(
                            "{} {:?} {why}",
                            key.value,
                            literal.map_or("", String::as_str)
                        ),
                        "correct the value",
                    ));
                }
                with.push(filling);
            }
        }
    }
    with
}

fn bare(
    fragment: Fragment,
    argv: &Spanned<Texts>,
    fields: &mut RawAction,
    troubles: &mut Vec<Trouble>,
) -> Option<Work> {
    let words = words(fragment, argv, troubles);
    let undo = match (fields.take("rollback"), fields.one("irreversible")) {
        (Some((_, rollback)), None) => {
            ArgvUndo::Rollback(self::words(fragment, &rollback, troubles))
        }
        (None, Some(reason)) if !reason.value.trim().is_empty() => {
            ArgvUndo::Irreversible(reason.value.trim().to_owned())
        }
        (Some(_), Some(_)) | (None, Some(_) | None) => {
            troubles.push(Trouble::new(
                fragment.of(argv),
                "an argv action must say how it is undone",
                "add either `rollback:` with an argv or `irreversible:` with the reason",
            ));
            return None;
        }
    };
    Some(Work::Argv { argv: words, undo })
}

fn words(fragment: Fragment, texts: &Spanned<Texts>, troubles: &mut Vec<Trouble>) -> Vec<Word> {
    let mut words = Vec::new();
    for text in &texts.value.0 {
        let place = match text.referenced.line() {
            0 => fragment.of(texts),
            _ => fragment.of(text),
        };
        match Word::parse(&text.value) {
            Ok(word) => words.push(word),
            Err((what, cure)) => troubles.push(Trouble::new(place, what, cure)),
        }
    }
    let program = words
        .first()
        .map(|word| (&word.filling, word.flag.is_empty()));
    match program {
        Some((Filling::Literal(program), true)) if is_shell(program) => {
            troubles.push(Trouble::new(
                fragment.of(texts),
                format!("{program:?} is a shell"),
                "name the program itself and give it its arguments",
            ));
        }
        Some((Filling::Literal(program), true)) if !program.is_empty() => {}
        Some(_) | None => troubles.push(Trouble::new(
            fragment.of(texts),
            "the first word is not a program",
            "begin with the program's name, written out",
        )),
    }
    words
}

fn is_shell(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    matches!(
        name,
        "sh" | "bash"
            | "dash"
            | "ash"
            | "zsh"
            | "ksh"
            | "fish"
            | "busybox"
            | "env"
            | "xargs"
            | "eval"
    )
}

impl Word {
    fn parse(text: &str) -> Result<Self, (String, String)> {
        if let Some((flag, rest)) = text.split_once('=')
            && rest.starts_with("{{")
            && is_flag(flag)
        {
            return Ok(Self {
                flag: format!("{flag}="),
                filling: Filling::parse(rest)?,
            });
        }
        if text.chars().any(char::is_control) {
            return Err((
                format!("{text:?} has control characters"),
                "write plain words".to_owned(),
            ));
        }
        Ok(Self {
            flag: String::new(),
            filling: Filling::parse(text)?,
        })
    }
}

fn is_flag(text: &str) -> bool {
    let name = text.trim_start_matches('-');
    let dashes = text.len() - name.len();
    (1..=2).contains(&dashes)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
