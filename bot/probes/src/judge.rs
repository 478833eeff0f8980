//! Answers into drafts, and a plain list of what could not be looked at: "fine" and "could not look" are never mixed up.

use std::collections::{BTreeMap, BTreeSet};

use incident::CouldNotCheck;
use incident::evidence::ABSENT;

use crate::draft::Draft;
use crate::host::{Mount, mount_of, mounts};
use crate::look::{Answer, Look, Missing};
use crate::modules;
use crate::signatures::{self, Signatures};
use crate::spec::Spec;
use crate::subjects::{SUBJECTS, specs};
use crate::units::standing::is_health_check;

/// What the answers of one host mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Findings without numbers; one for each code and subject.
    pub drafts: Vec<Draft>,
    /// What has no usable answer.
    pub could_not_check: Vec<CouldNotCheck>,
    /// Whether all the probes without which nobody may call a host healthy gave an answer.
    pub essentials_answered: bool,
}

/// Judges all answers so far. The same answers give the same judgement.
#[must_use]
pub fn judge(look: &Look<'_>, signatures: &Signatures) -> Judgement {
    let drafts = drafts(look, signatures);
    Judgement {
        could_not_check: could_not_check(look, &drafts),
        drafts,
        essentials_answered: specs()
            .all(|spec| spec.essential.is_none_or(|tells| told(look, spec, tells))),
    }
}

/// Whether an essential question has an answer that says something of the host.
fn told(look: &Look<'_>, spec: &Spec, tells: fn(&str) -> bool) -> bool {
    look.text(spec.id).is_ok_and(|text| tells(&text))
}

/// The drafts of all subjects, merged and completed.
pub(crate) fn drafts(look: &Look<'_>, signatures: &Signatures) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for subject in SUBJECTS {
        (subject.judge)(look, &mut drafts);
    }
    signatures::judge(look, signatures, &mut drafts);
    modules::judge(look, &mut drafts);
    // Logs tell of them too.
    drafts.retain(|draft| draft.subject.kind != "unit" || !is_health_check(&draft.subject.name));
    let mounted = mounts(&look.heard("disk.mounts"));
    for draft in &mut drafts {
        place(draft, &mounted);
    }
    merge(drafts)
}

/// Adds the mount that a draft's path lies in, so that a full or read-only filesystem is seen to be its cause.
fn place(draft: &mut Draft, mounted: &[Mount]) {
    if draft.subject.kind == "mount" || draft.facts.contains_key("mount") {
        return;
    }
    let path = match draft.subject.kind.as_str() {
        "path" | "certificate" => Some(draft.subject.name.as_str()),
        _ => draft.text("path"),
    };
    let mount = path.and_then(|path| mount_of(mounted, path));
    if let Some(mount) = mount.map(|mount| mount.path.clone()) {
        draft.facts.insert("mount".to_owned(), mount.into());
    }
}

/// One draft for each code and subject: the worse and surer account, with all facts and citations.
fn merge(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut merged: Vec<Draft> = Vec::new();
    for draft in drafts {
        let same = merged
            .iter_mut()
            .find(|other| other.code == draft.code && other.subject == draft.subject);
        let Some(other) = same else {
            merged.push(draft);
            continue;
        };
        // Who knows whose limit was met says more than who only knows that memory ran out.
        let worth = |draft: &Draft| {
            (
                draft.facts.contains_key("own_limit"),
                draft.severity,
                draft.confidence,
            )
        };
        let newer_is_better = worth(&draft) > worth(other);
        let (mut kept, lesser) = if newer_is_better {
            (draft, other.clone())
        } else {
            (other.clone(), draft)
        };
        kept.severity = kept.severity.max(lesser.severity);
        for (name, value) in lesser.facts {
            kept.facts.entry(name).or_insert(value);
        }
        for key in lesser.cites {
            kept = kept.cite(key);
        }
        *other = kept;
    }
    merged
}

const MARK: &str = "sickbay: ";

/// What has no usable answer, one line for each reason that a person can act on.
fn could_not_check(look: &Look<'_>, drafts: &[Draft]) -> Vec<CouldNotCheck> {
    let mut list = BTreeSet::new();
    let mut absent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut root: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut unseen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, raw) in look.answers {
        let answer = Answer { key, raw };
        let spec = specs().find(|spec| spec.id == answer.probe());
        // A probe that was stopped but had said enough for a finding has been of use; nobody need look again for it.
        let told = drafts
            .iter()
            .any(|draft| draft.cites.iter().any(|cited| cited == key));
        list.extend(one(&answer, spec).filter(|_| !told || raw.truncated));
        list.extend(spec.and_then(|spec| unreadable(&answer, spec)));
        for line in answer.text().lines().filter_map(|l| l.strip_prefix(MARK)) {
            let line: String = line.chars().take(120).collect();
            if let Some(what) = line.strip_prefix("absent: ") {
                absent.entry(what.to_owned()).or_default().push(key.clone());
            } else if let Some(what) = line.strip_prefix("unseen: ") {
                unseen.entry(what.to_owned()).or_default().push(key.clone());
            } else if let Some(what) = line.strip_prefix("needs root: ")
                && !raw.as_root
            {
                root.entry(what.to_owned()).or_default().push(key.clone());
            }
        }
    }
    for (what, keys) in absent {
        list.insert(CouldNotCheck {
            probe: several(&keys),
            why: format!("{ABSENT}{what}"),
            next: "nothing to do if that is meant so".to_owned(),
        });
    }
    for (what, keys) in unseen {
        list.insert(CouldNotCheck {
            probe: several(&keys),
            why: format!("out of reach from here: {what}"),
            next: "look by hand as an account that may".to_owned(),
        });
    }
    for (what, keys) in root {
        list.insert(CouldNotCheck {
            probe: several(&keys),
            why: format!("needs root: {what}"),
            next: "allow `sudo -n` for the user, or enrol the host, and look again".to_owned(),
        });
    }
    list.into_iter().collect()
}

/// `unit.list and 3 more`.
fn several(keys: &[String]) -> String {
    match keys {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first}, {second}"),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// What is wrong with one answer, if anything.
fn one(answer: &Answer<'_>, spec: Option<&Spec>) -> Option<CouldNotCheck> {
    let (why, next) = match answer.missing() {
        Some(Missing::TimedOut) => {
            let limit = spec.map_or(0, |spec| spec.limit_seconds);
            (
                format!("no answer within {limit} s"),
                "look for a hung mount or a blocked program; the evidence keeps what it said until then"
                    .to_owned(),
            )
        }
        Some(Missing::Lost) => (
            "the connection ended before it answered".to_owned(),
            "look again; `sickbay hosts check` walks the connection step by step".to_owned(),
        ),
        Some(Missing::NoProgram) => {
            let program = program(&answer.text()).unwrap_or_else(|| "a program".to_owned());
            (
                format!("the host lacks {program}"),
                format!("install {program}, or look by hand"),
            )
        }
        Some(Missing::NotAsked) => return None,
        None if answer.raw.truncated => {
            let kib = spec.map_or(0, |spec| spec.cap_bytes / 1024);
            (
                format!("the answer was cut at {kib} KiB; what is beyond was not read"),
                "look by hand for the rest".to_owned(),
            )
        }
        None => return None,
    };
    Some(CouldNotCheck {
        probe: answer.key.to_owned(),
        why,
        next,
    })
}

/// An essential question that came to its end and told nothing: its program is broken, or somebody else's.
fn unreadable(answer: &Answer<'_>, spec: &Spec) -> Option<CouldNotCheck> {
    let tells = spec.essential?;
    if answer.missing().is_some() || tells(&answer.text()) {
        return None;
    }
    let said = answer.text();
    let said = said.lines().find(|line| !line.trim().is_empty());
    let said = said.map_or_else(
        || "it said nothing".to_owned(),
        |line| format!("it said {:?}", crate::read::short(line, 80)),
    );
    Some(CouldNotCheck {
        probe: answer.key.to_owned(),
        why: format!("the answer is none: {said}"),
        next: format!(
            "ask by hand for the {}; the host cannot be called well without it",
            spec.about
        ),
    })
}

/// The program that a shell did not find: `sh: 1: ss: not found`.
fn program(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.contains("not found"))?;
    let name = line
        .split(": ")
        .map(str::trim)
        .filter(|part| !part.contains("not found"))
        .last()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-/".contains(c);
    (name.len() <= 60 && name.chars().all(plain)).then(|| name.to_owned())
}

#[cfg(test)]
pub(crate) mod tests;
