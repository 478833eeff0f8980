//! Packages that are not wholly installed or lack what they need, unless a package tool is at work this moment.

use incident::{Confidence, ProbeRun, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{after, all_after, short};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "package.state",
        "packages that are broken or held",
        include_str!("sh/package.state.sh"),
    )
    .first()
    .within(8, 65_536),
    NEEDS,
];

/// rpm goes through all that is installed for it, which takes seconds.
const NEEDS: Spec = Spec::new(
    "package.needs",
    "what installed packages need and none provides",
    include_str!("sh/package.needs.sh"),
)
.within(9, 16_384);

/// Asks rpm what is missing only where a unit does not run: apt says it of itself, at once.
pub(crate) fn follow(look: &Look<'_>, drafts: &[Draft]) -> Vec<ProbeRun> {
    let text = look.heard("package.state");
    let failed = drafts.iter().find(|draft| {
        matches!(
            draft.code.as_str(),
            "unit.failed" | "unit.restart_loop" | "unit.start_limit"
        )
    });
    let is_asked = after(&text, "system ") == Some("rpm")
        && ["busy ", "unread ", "empty ", "sickbay: unseen"]
            .iter()
            .all(|start| after(&text, start).is_none());
    failed
        .filter(|_| is_asked)
        .and_then(|draft| NEEDS.run(&[], &draft.title).ok())
        .into_iter()
        .collect()
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("package.state");
    let system = after(&text, "system ").unwrap_or("unknown").to_owned();
    let mut broken = Vec::new();
    let mut held = Vec::new();
    for line in all_after(&text, "package ") {
        let mut words = line.split(' ');
        let (Some(name), Some(_version)) = (words.next(), words.next()) else {
            continue;
        };
        let (want, flag, status) = (words.next(), words.next(), words.next());
        // Waiting for triggers is a passing state that the next run of dpkg ends by itself.
        let half = matches!(
            status,
            Some("half-configured" | "half-installed" | "unpacked")
        );
        if flag == Some("reinstreq") || half {
            broken.push((name.to_owned(), status.unwrap_or("").to_owned()));
        } else if want == Some("hold") {
            held.push(name.to_owned());
        }
    }
    let busy = all_after(&text, "busy ").next().is_some();
    drafts.extend(database(&text, &system, busy));
    drafts.extend(requirements("package.state", &text, &system, busy));
    let needs = look.heard("package.needs");
    drafts.extend(requirements("package.needs", &needs, &system, busy));
    for said in all_after(&text, "sources ")
        .filter(|said| !said.contains("ould not be read"))
        .take(1)
    {
        let path = said
            .split_whitespace()
            .map(|word| word.trim_matches(['(', ')', ',']))
            .find(|word| word.starts_with("/etc/apt/"))
            .unwrap_or("/etc/apt/sources.list");
        drafts.push(
            Draft::new(
                "pkg.sources",
                Severity::Warning,
                Subject::new("path", path),
                format!("apt cannot read its sources: {}", short(said, 160)),
            )
            .detail(
                "Until it is mended nothing can be installed or updated, security fixes included.",
            )
            .fact("path", path)
            .fact("message", short(said, 300))
            .cite("package.state"),
        );
    }
    held.extend(all_after(&text, "held ").map(str::to_owned));
    let stuck = all_after(&text, "journal ").next().is_some();
    // An update replaces the old version: where both are there, it ended between the two.
    broken.extend(
        all_after(&text, "twice ").map(|name| (name.to_owned(), "installed twice".to_owned())),
    );
    if let Some((name, status)) = broken
        .first()
        .cloned()
        .or_else(|| stuck.then(|| (system.clone(), "interrupted".into())))
    {
        let names: Vec<String> = broken.iter().map(|(name, _)| name.clone()).collect();
        let title = match names.len() {
            0 => format!("A run of {system} was interrupted"),
            1 => format!("Package {name} is {status}"),
            n => format!(
                "{n} packages are not wholly installed: {}",
                short(&names.join(", "), 100)
            ),
        };
        drafts.push(
            Draft::new("pkg.broken", if busy { Severity::Info } else { Severity::Warning }, Subject::new("package", &name), title)
                .sure(if busy { Confidence::Possible } else { Confidence::Confirmed })
                .detail(if busy {
                    "A package tool is running; this may be its work in progress."
                } else {
                    "No package tool is running, so nothing will finish it. Until then other installations and updates fail."
                })
                .fact("packages", names)
                .fact("package", name)
                .fact("state", status)
                .fact("tool", system.as_str())
                .fact("path", match system.as_str() {
                    "rpm" => "/var/lib/rpm",
                    "apk" => "/lib/apk/db",
                    _ => "/var/lib/dpkg",
                })
                .cite("package.state"),
        );
    }
    if !held.is_empty() {
        drafts.push(
            Draft::new(
                "pkg.held",
                Severity::Info,
                Subject::new("packages", "held"),
                format!("Held at their version: {}", short(&held.join(", "), 100)),
            )
            .detail("They get no updates, security fixes included, until the hold is lifted.")
            .fact("packages", held)
            .cite("package.state"),
        );
    }
}

/// The records of what is installed: empty, or nothing that can be read.
fn database(text: &str, system: &str, busy: bool) -> Option<Draft> {
    // While a tool is at work, it may be about to write them anew.
    if let Some(path) = after(text, "empty ").filter(|_| !busy) {
        let detail = if system == "dpkg" {
            "dpkg believes that nothing is installed; an update now would do harm. /var/lib/dpkg/status-old and /var/backups/dpkg.status.* are copies of it.".to_owned()
        } else {
            format!("{system} believes that nothing is installed; an update now would do harm.")
        };
        let title = "The list of installed packages is empty";
        return Some(
            Draft::new(
                "pkg.database",
                Severity::Critical,
                Subject::new("path", path),
                title,
            )
            .detail(detail)
            .fact("path", path)
            .fact("tool", system)
            .cite("package.state"),
        );
    }
    // The last line says what could not be opened, those before it why.
    let said: Vec<&str> = all_after(text, "unread ").collect();
    let last = said.last().filter(|_| !busy)?;
    Some(
        Draft::new(
            "pkg.database",
            Severity::Warning,
            Subject::new("path", "/var/lib/rpm"),
            format!("The package database cannot be read: {}", short(last, 120)),
        )
        .detail(format!(
            "Nothing can be installed, updated or checked until it is mended; what runs is not touched by it.\n{}",
            short(&said.join("\n"), 600)
        ))
        .fact("path", "/var/lib/rpm")
        .fact("message", short(last, 300))
        .fact("tool", system)
        .cite("package.state"),
    )
}

/// What installed packages need and nobody has, as the package tool itself says it.
fn requirements(key: &str, text: &str, system: &str, busy: bool) -> Option<Draft> {
    let unmet: Vec<(&str, &str)> = all_after(text, "unmet ")
        .filter_map(|line| line.split_once(' '))
        .collect();
    let (name, needs) = unmet.first().filter(|_| !busy)?;
    let mut names: Vec<String> = unmet.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.dedup();
    let all: Vec<String> = unmet
        .iter()
        .map(|(name, needs)| format!("{name} needs {needs}"))
        .collect();
    // apt installs nothing any more until it is mended; dnf goes on.
    let severity = if system == "dpkg" {
        Severity::Warning
    } else {
        Severity::Info
    };
    Some(
        Draft::new(
            "pkg.dependencies",
            severity,
            Subject::new("package", *name),
            format!(
                "Package {name} needs {}, which is not installed",
                short(needs, 100)
            ),
        )
        .sure(Confidence::Confirmed)
        .detail(short(&all.join("\n"), 800))
        .fact("packages", names)
        .fact("package", *name)
        .fact("message", short(needs, 300))
        .fact("tool", system)
        .cite(key),
    )
}
