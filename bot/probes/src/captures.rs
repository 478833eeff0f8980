//! Closer looks: what somebody asked to see of a host, and what it wrote there, read into what people are told.
//!
//! A symptom that reads `capture KIND OF SECONDS` is a request: the host is asked which process, port or core is meant, and
//! the finding `capture.asked` says so; its pages offer the rest. The guard writes sections, each under a line `== NAME …`; see
//! `take_…` in its text. Whatever is not understood is left out here: the evidence has it all.

use std::collections::BTreeMap;

use incident::capture::{Asked, Call, Failed, Hot, Kind, MOST, Waiting};
use incident::step::Slot;
use incident::{Capture, ProbeRun, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;

mod packets;
mod stacks;

const TARGET: Spec = Spec::new(
    "capture.target",
    "which process, port or core is meant by what somebody asked to see closer",
    include_str!("sh/capture.target.sh"),
)
.root()
.takes(&[Slot::Name, Slot::Line, Slot::Number]);

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[TARGET];

/// The question that a symptom asks for.
pub(crate) fn hinted(symptom: &str) -> Vec<ProbeRun> {
    let Some(asked) = Asked::of_symptom(symptom) else {
        return Vec::new();
    };
    let seconds = asked.seconds.to_string();
    let args = [asked.kind.word(), asked.of.as_str(), seconds.as_str()];
    TARGET.run(&args, "").into_iter().collect()
}

/// What is meant, for the pages that offer it.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    for key in look.answers.keys() {
        let Some(words) = key.strip_prefix("capture.target ") else {
            continue;
        };
        let Ok(asked) = Asked::parse(words) else {
            continue;
        };
        // What got no answer is said to be that.
        let Ok(text) = look.text(key) else {
            continue;
        };
        drafts.extend(meant(&asked, &text).map(|draft| draft.cite(key.clone())));
    }
}

/// None where it is not known, since not all could be read.
fn meant(asked: &Asked, text: &str) -> Option<Draft> {
    let what = match asked.kind {
        Kind::Backtrace => "its stacks",
        Kind::Syscalls => "its system calls",
        Kind::Profile => "where its processor time goes",
        Kind::Packets => "its packets",
        Kind::Core => "where it stood when it crashed",
    };
    let draft = |subject: Subject, named: String| {
        let title = format!("Somebody wants to see {what}: {named}");
        Draft::new("capture.asked", Severity::Info, subject, title)
            .fact("kind", asked.kind.word())
            .fact("seconds", i64::from(asked.seconds))
    };
    let (told, unread): (Vec<&str>, Vec<&str>) = text
        .lines()
        .partition(|line| !line.starts_with("sickbay: "));
    if told.is_empty() && !unread.is_empty() {
        return None;
    }
    let words: Vec<&str> = told
        .first()
        .copied()
        .unwrap_or_default()
        .split(' ')
        .collect();
    Some(match words.as_slice() {
        ["port", port] => {
            let draft = draft(Subject::new("port", *port), format!("port {port}"));
            match port.parse::<i64>() {
                Ok(port) => draft.fact("port", port),
                Err(_) => draft,
            }
        }
        ["path", ..] => {
            let path = words.get(1..).unwrap_or_default().join(" ");
            draft(Subject::new("path", path.as_str()), path.clone()).fact("path", path)
        }
        ["process", pid, start, comm, unit] => {
            let named = format!("{comm} (process {pid})");
            let unit = if *unit == "-" { "" } else { unit };
            let draft = draft(Subject::new("process", *pid), named).of_unit(unit);
            match (pid.parse::<i64>(), start.parse::<i64>()) {
                (Ok(pid), Ok(start)) => draft.fact("pid", pid).fact("start_time", start),
                (_, _) => draft,
            }
        }
        _ => {
            let title = format!("There is no process, unit or core called {} here", asked.of);
            let subject = Subject::new("process", asked.of.as_str());
            Draft::new("capture.asked", Severity::Info, subject, title).fact("kind", "none")
        }
    })
}

/// Reads what a capture of this kind wrote, redacted.
#[must_use]
pub fn read(kind: Kind, text: &str) -> Capture {
    let sections = Sections::of(text);
    let read = match kind {
        Kind::Backtrace => stacks::backtrace(&sections),
        Kind::Core => stacks::core(&sections),
        Kind::Syscalls => syscalls(&sections),
        Kind::Profile => profile(&sections),
        Kind::Packets => packets::packets(&sections),
    };
    read.unwrap_or(Capture::Unread)
}

/// The text by sections: the words behind the name, and the lines.
struct Sections<'a>(BTreeMap<&'a str, (Vec<&'a str>, Vec<&'a str>)>);

impl<'a> Sections<'a> {
    fn of(text: &'a str) -> Self {
        let mut sections: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
        let mut now = None;
        for line in text.lines() {
            let head = line.strip_prefix("== ").map(str::split_whitespace);
            match head.and_then(|mut words| Some((words.next()?, words))) {
                // A second section of a name is text of a tool that looks like one.
                Some((name, words)) if !sections.contains_key(name) => {
                    sections.insert(name, (words.collect(), Vec::new()));
                    now = Some(name);
                }
                Some(_) | None => {
                    if let Some((_, lines)) = now.and_then(|name| sections.get_mut(name)) {
                        lines.push(line);
                    }
                }
            }
        }
        Self(sections)
    }

    /// The lines of a section; none where there is no such section.
    fn lines(&self, name: &str) -> Option<&[&'a str]> {
        self.0.get(name).map(|(_, lines)| lines.as_slice())
    }

    /// A number behind the name of a section.
    fn number(&self, name: &str, nth: usize) -> Option<u64> {
        self.0.get(name)?.0.get(nth)?.parse().ok()
    }
}

fn syscalls(sections: &Sections<'_>) -> Option<Capture> {
    let seconds = sections.number("calls", 0)?;
    let calls = sections.number("calls", 1)?;
    let of_call = |line: &&str| {
        let mut words = line.split_whitespace();
        Some(Call {
            name: words.next()?.to_owned(),
            times: words.next()?.parse().ok()?,
            millis: words.next()?.parse().ok()?,
        })
    };
    let mut top: Vec<Call> = sections
        .lines("calls")?
        .iter()
        .filter_map(of_call)
        .collect();
    top.sort_by_key(|call| std::cmp::Reverse((call.millis, call.times)));
    let of_failed = |line: &&str| {
        let (times, rest) = line.trim_start().split_once(' ')?;
        let mut words = rest.splitn(3, ' ');
        Some(Failed {
            times: times.parse().ok()?,
            name: words.next()?.to_owned(),
            error: words.next()?.to_owned(),
            about: words.next().unwrap_or_default().trim().to_owned(),
        })
    };
    let of_waiting = |line: &&str| {
        let (threads, rest) = line.trim_start().split_once(' ')?;
        let (name, about) = rest.split_once(' ').unwrap_or((rest, ""));
        Some(Waiting {
            threads: threads.parse().ok()?,
            name: name.to_owned(),
            about: about.trim().to_owned(),
        })
    };
    let lines = |name| sections.lines(name).unwrap_or_default().iter();
    Some(Capture::Syscalls {
        seconds: u32::try_from(seconds).ok()?,
        calls,
        top: top.into_iter().take(MOST).collect(),
        failed: lines("failed").filter_map(of_failed).take(MOST).collect(),
        waiting: lines("waiting").filter_map(of_waiting).take(MOST).collect(),
    })
}

/// `perf report -t '|'`: overhead, samples, object, symbol.
fn profile(sections: &Sections<'_>) -> Option<Capture> {
    let mut samples = 0_u64;
    let mut top = Vec::new();
    for line in sections.lines("profile")? {
        let fields: Vec<&str> = line.splitn(4, '|').map(str::trim).collect();
        let [share, times, object, symbol] = fields.as_slice() else {
            continue;
        };
        let (Some(permille), Ok(times)) = (tenths(share), times.parse::<u64>()) else {
            continue;
        };
        samples = samples.saturating_add(times);
        // `[.]` is the program's own, `[k]` the kernel.
        let function = symbol.split_once(' ').map_or(*symbol, |(_, name)| name);
        top.push(Hot {
            function: function.trim().to_owned(),
            object: (*object).to_owned(),
            permille,
        });
    }
    top.truncate(MOST);
    Some(Capture::Profile { samples, top })
}

/// `19.40%` as tenths of a percent.
fn tenths(share: &str) -> Option<u32> {
    let (whole, rest) = share.strip_suffix('%')?.split_once('.')?;
    let tenth = rest.get(..1)?.parse::<u32>().ok()?;
    whole
        .parse::<u32>()
        .ok()?
        .checked_mul(10)?
        .checked_add(tenth)
}

#[cfg(test)]
mod tests;
