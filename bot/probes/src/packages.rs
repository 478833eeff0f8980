//! Packages that are not wholly installed, unless a package tool is at work this moment.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{after, all_after, short};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "package.state",
    "packages that are broken or held",
    include_str!("sh/package.state.sh"),
)
.first()];

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
    if all_after(&text, "empty ").next().is_some() {
        drafts.push(
            Draft::new(
                "pkg.database",
                Severity::Critical,
                Subject::new("path", "/var/lib/dpkg/status"),
                "The list of installed packages is empty",
            )
            .detail("dpkg believes that nothing is installed; an update now would do harm. /var/lib/dpkg/status-old and /var/backups/dpkg.status.* are copies of it.")
            .fact("path", "/var/lib/dpkg/status")
            .cite("package.state"),
        );
    }
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
    let busy = all_after(&text, "busy ").next().is_some();
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
                .fact("path", if system == "rpm" { "/var/lib/rpm" } else { "/var/lib/dpkg" })
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
