//! Reads what a service's own check says of its configuration.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use incident::{Severity, Subject};
use regex::Regex;

use crate::draft::Draft;

/// A complaint with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) path: String,
    pub(crate) line: Option<i64>,
    pub(crate) message: String,
    /// The file itself, where the path is a link to it.
    pub(crate) real: Option<String>,
    /// The line of the file that it complains of.
    pub(crate) text: Option<String>,
}

impl Complaint {
    /// What would have to be edited.
    pub(crate) fn file(&self) -> &str {
        self.real.as_deref().unwrap_or(&self.path)
    }
}

/// One service's own check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Check {
    /// The service, where one answer has several.
    pub(crate) service: String,
    /// The exit code; nothing where it was not run.
    pub(crate) exit: Option<i32>,
    pub(crate) said: Vec<String>,
    lines: BTreeMap<(String, i64), String>,
    /// Where the links lead that it complains of.
    reals: BTreeMap<String, String>,
}

/// The forms of a complaint: `path`, `line` and `message`, tried in order.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\[(?:emerg|alert)\] (?:\d+#\d+: )?(?P<message>.+) in (?P<path>/\S+):(?P<line>\d+)$",
        r".*Syntax error on line (?P<line>\d+) of (?P<path>/[^:]+):\s*(?P<message>.*)$",
        r"parsing \[(?P<path>/[^:\]]+):(?P<line>\d+)\] ?: (?P<message>.+)$",
        r"^(?P<path>/\S*[^:\s]):? line (?P<line>\d+): (?P<message>.+)$",
        r"(?P<message>bad option|illegal repeated keyword|missing parameter|junk found|error) at line (?P<line>\d+) of (?P<path>/\S+)$",
        r"^(?P<path>/[^:\s]+):(?P<line>\d+): (?P<message>.+)$",
        r"^(?P<path>/[^:\s]+):(?P<line>\d+):\d+: (?P<message>.+)$",
        r"\[(?P<path>/[^\]:]+):(?P<line>\d+)\] (?P<message>.+)$",
    ]
    .iter()
    .filter_map(|form| Regex::new(form).ok())
    .collect()
});

/// A file that a check could not open.
static FILE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?:Cannot access directory|cannot load certificate(?: key)?|open\(\)|SSLCertificate(?:Key)?File: file|unable to stat) ["']?(?P<path>/[^"' ]+)["']?.*(?:[Nn]o such file|does not exist|for (?:main error|error) log)"#).ok()
});

/// A line of a check that says what is wrong.
static WRONG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\[(?:emerg|alert|crit|error|ALERT|ERROR)\]|\bAH\d{5}: |(?i)\b(?:error|failed|cannot|invalid|unknown|bad)\b").ok()
});

/// What stands before it: a time, a level, a process.
static PREFIX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[\w.-]+: )?(?:\d{4}/\d\d/\d\d [\d:]+ )?(?:\[\w+\] *)?(?:\d+#\d+: )?").ok()
});

/// Complaints about what a line names, not about the line: without it the service would start, and lack it.
static OUTSIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)no such file or dir|could not resolve|not resolve|host not found|cannot assign requested|permission denied|getpwnam|getgrnam|bad (?:user|group) name|unable to (?:stat|load|open)|cannot load cert|does not exist").ok()
});

/// Whether the line may be right and what it names is what is wrong. A module that is not there is a line too many.
fn is_outside(message: &str) -> bool {
    !message.contains("shared object file")
        && OUTSIDE
            .as_ref()
            .is_some_and(|outside| outside.is_match(message))
}

/// Reads the answers of `gate.sh`, one check or several that begin with `service NAME`.
pub(crate) fn read(text: &str) -> Vec<Check> {
    let mut checks = vec![Check::default()];
    for raw in text.lines() {
        if let Some(name) = raw.strip_prefix("service ") {
            checks.push(Check {
                service: name.trim().to_owned(),
                ..Check::default()
            });
            continue;
        }
        let Some(check) = checks.last_mut() else {
            continue;
        };
        if let Some(said) = raw.strip_prefix("> ") {
            check.said.push(said.to_owned());
        } else if let Some(code) = raw.strip_prefix("exit ") {
            check.exit = code.trim().parse().ok();
        } else if let Some((link, real)) = raw
            .strip_prefix("real ")
            .and_then(|rest| rest.split_once(" is "))
        {
            check.reals.insert(link.to_owned(), real.to_owned());
        } else if let Some(rest) = raw.strip_prefix("line ")
            && let Some((number, rest)) = rest.split_once(" of ")
            && let Some((path, text)) = rest.split_once(" is ")
            && let Ok(number) = number.parse()
        {
            check
                .lines
                .insert((path.to_owned(), number), text.to_owned());
        }
    }
    checks.retain(|check| check.exit.is_some());
    checks
}

impl Check {
    /// Whether the service would refuse its configuration.
    pub(crate) fn refused(&self) -> bool {
        self.exit.is_some_and(|code| code != 0)
    }

    /// The first complaint that names a place.
    pub(crate) fn complaint(&self) -> Option<Complaint> {
        self.said.iter().enumerate().find_map(|(n, said)| {
            let found = FORMS.iter().find_map(|form| form.captures(said))?;
            let path = found.name("path")?.as_str().to_owned();
            let line: Option<i64> = found
                .name("line")
                .and_then(|line| line.as_str().parse().ok());
            let message = found
                .name("message")
                .map_or("", |message| message.as_str())
                .trim();
            // Apache says what is wrong in the line after.
            let message = if message.is_empty() {
                self.said.get(n + 1).map_or("", String::as_str)
            } else {
                message
            };
            let text = line.and_then(|line| self.lines.get(&(path.clone(), line)).cloned());
            Some(Complaint {
                real: self.reals.get(&path).cloned(),
                path,
                line,
                message: message.to_owned(),
                text,
            })
        })
    }

    /// What it says that is wrong, without the words around it; nothing where no line stands out.
    fn main_point(&self) -> Option<String> {
        let said = self.said.iter().find(|said| {
            WRONG.as_ref().is_some_and(|wrong| wrong.is_match(said))
                && !said.contains("test failed")
                && !said.contains("Could not reliably determine")
        })?;
        let point = PREFIX
            .as_ref()
            .map_or(said.as_str().into(), |prefix| prefix.replace(said, ""));
        Some(point.trim().to_owned()).filter(|point| !point.is_empty())
    }

    /// The first file that is named as missing.
    fn missing_file(&self) -> Option<String> {
        let form = FILE.as_ref()?;
        let found = self.said.iter().find_map(|said| form.captures(said))?;
        Some(
            found
                .name("path")?
                .as_str()
                .trim_end_matches('/')
                .to_owned(),
        )
    }
}

/// The service that a check is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service<'a> {
    /// Its name for people.
    pub(crate) name: &'a str,
    pub(crate) code: &'a str,
    /// Its unit on this host, with its state; empty where there is none.
    pub(crate) unit: &'a str,
    pub(crate) down: bool,
}

/// What a refused configuration means.
pub(crate) fn judge(check: &Check, service: Service<'_>, as_root: bool) -> Option<Draft> {
    if !check.refused() {
        return None;
    }
    let all = check.said.join("\n");
    // Without root a check fails over what only root may read; that says nothing about the configuration.
    if !as_root
        && (all.contains("ermission denied")
            || all.contains("no hostkeys available")
            || all.contains("(13"))
    {
        return None;
    }
    let severity = if service.down {
        Severity::Critical
    } else {
        Severity::Warning
    };
    let name = service.name;
    let later = if service.down {
        "It does not start with it."
    } else {
        "It runs on with what it read before, but will not start again."
    };
    let draft = if let Some(complaint) = check.complaint() {
        let place = complaint.line.map_or_else(
            || complaint.path.clone(),
            |line| format!("{}, line {line}", complaint.path),
        );
        let mut draft = Draft::new(
            service.code,
            severity,
            Subject::new("path", &complaint.path),
            format!("{name} refuses {place}: {}", short(&complaint.message, 160)),
        )
        .fact("path", complaint.file())
        .fact("message", short(&complaint.message, 300))
        .detail(format!(
            "Its own check says: {}\n{}{later}",
            short(&complaint.message, 300),
            complaint
                .real
                .as_ref()
                .map_or_else(String::new, |real| format!("It is a link to {real}.\n"))
        ));
        if let Some(line) = complaint.line {
            draft = draft.fact("line", line);
        }
        if is_outside(&complaint.message) {
            draft = draft.fact("outside", true);
        }
        if let Some(text) = &complaint.text {
            let directive = text
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .trim_end_matches([';', '{']);
            draft = draft
                .fact("directive", directive)
                .fact("text", short(text.trim(), 200));
        }
        draft
    } else if let Some(path) = check.missing_file() {
        Draft::new(
            "file.missing",
            severity,
            Subject::new("path", &path),
            format!("{name} needs {path}, which is not there"),
        )
        .fact("path", path.as_str())
        .detail(format!(
            "Its own check says:\n{}\n{later}",
            short(&all, 600)
        ))
    } else if service.down && check.exit.is_some_and(|code| code < 126) {
        let title = check.main_point().map_or_else(
            || format!("{name} refuses its own configuration"),
            |said| format!("{name} does not start: {}", short(&said, 200)),
        );
        Draft::new(
            service.code,
            severity,
            Subject::new("unit", service.unit),
            title,
        )
        .detail(format!(
            "Its own check says:\n{}\n{later}",
            short(&all, 800)
        ))
    } else {
        return None;
    };
    Some(if service.unit.is_empty() {
        draft
    } else {
        draft
            .fact("unit", service.unit)
            .fact("restart_unit", service.unit)
    })
}

/// At most so many characters.
fn short(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
