//! Who the host is, since when it runs, and what about it changed lately.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::host::Host;
use crate::look::Look;
use crate::read::{after, all_after, file, int, nth, short, time};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "os.identity",
        "distribution, kernel, virtualisation, service manager",
        include_str!("sh/os.identity.sh"),
    )
    .first()
    .essential(|text| file(text, "/proc/sys/kernel/osrelease").is_some()),
    Spec::new(
        "os.uptime",
        "time, uptime, load, processors",
        include_str!("sh/os.uptime.sh"),
    )
    .first()
    .essential(|text| after(text, "now ").is_some_and(|now| int(now) > 0)),
    Spec::new(
        "os.users",
        "who is logged in",
        include_str!("sh/os.users.sh"),
    )
    .first(),
    Spec::new(
        "host.reboot",
        "whether something waits for a reboot",
        include_str!("sh/host.reboot.sh"),
    )
    .first(),
    Spec::new(
        "change.packages",
        "packages changed in the last day",
        include_str!("sh/change.packages.sh"),
    )
    .first(),
    Spec::new(
        "change.files",
        "files of the configuration changed in the last day",
        include_str!("sh/change.files.sh"),
    )
    .first()
    .root(),
];

/// What is called recent: a working day and the evening before it.
const RECENT_SECONDS: i64 = 86_400;

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let host = Host::read(look);
    reboot(look, &host, drafts);
    changes(look, &host, drafts);
}

fn reboot(look: &Look<'_>, host: &Host, drafts: &mut Vec<Draft>) {
    let text = look.heard("host.reboot");
    let packages: Vec<String> = all_after(&text, "package ")
        .take(20)
        .map(str::to_owned)
        .collect();
    let kernels: Vec<&str> = all_after(&text, "kernel ").collect();
    let running = after(&text, "running ").unwrap_or("");
    // A kernel whose modules were removed cannot load one any more: new devices and filesystems fail until the reboot.
    let modules_gone = !host.contained() && !kernels.is_empty() && !kernels.contains(&running);
    if modules_gone || after(&text, "required ").is_some() {
        let title = if modules_gone {
            format!(
                "The running kernel {} has no modules on disk any more",
                short(running, 60)
            )
        } else {
            "A reboot is pending".to_owned()
        };
        drafts.push(
            Draft::new(
                "host.reboot_required",
                Severity::Info,
                Subject::new("host", "reboot"),
                title,
            )
            .detail(if packages.is_empty() {
                "Updates take effect with the next boot.".to_owned()
            } else {
                format!("Updated: {}.", packages.join(", "))
            })
            .fact("packages", packages)
            .cite("host.reboot"),
        );
    }
}

fn changes(look: &Look<'_>, host: &Host, drafts: &mut Vec<Draft>) {
    let packages: Vec<String> = look
        .heard("change.packages")
        .lines()
        .filter(|line| line.starts_with("20"))
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(2);
            let verb = words.next()?;
            let name = words.next()?.split(':').next()?;
            let version = words.nth(1).unwrap_or("");
            Some(format!("{verb} {name} {version}"))
        })
        .collect();
    let text = look.heard("change.files");
    let now = after(&text, "now ").map_or(host.now, int);
    let files: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|line| now.saturating_sub(nth(line, 0)) < RECENT_SECONDS)
        .filter_map(|line| line.splitn(3, ' ').nth(2))
        .map(|path| short(path, 200))
        .collect();
    let booted = !host.contained() && (1..RECENT_SECONDS).contains(&host.uptime);
    if packages.is_empty() && files.is_empty() && !booted {
        return;
    }
    let mut parts = Vec::new();
    if !packages.is_empty() {
        parts.push(format!("{} packages", packages.len()));
    }
    if !files.is_empty() {
        parts.push(format!("{} files", files.len()));
    }
    if booted {
        parts.push(format!("a boot {} ago", time(host.uptime)));
    }
    let last = |list: &[String]| {
        list.iter()
            .rev()
            .take(3)
            .cloned()
            .collect::<Vec<_>>()
            .join("; ")
    };
    let first = |list: &[String]| list.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
    let mut draft = Draft::new(
        "change.recent",
        Severity::Info,
        Subject::new("host", "changes"),
        format!("Changed in the last day: {}", parts.join(", ")),
    )
    .sure(Confidence::Confirmed)
    .detail(format!(
        "Packages: {}. Files, newest first: {}.",
        last(&packages),
        first(&files)
    ))
    .fact("booted", booted)
    .cite("change.packages")
    .cite("change.files");
    if booted {
        draft = draft.cite("os.uptime");
    }
    let packages: Vec<String> = packages.into_iter().rev().take(30).collect();
    let files: Vec<String> = files.into_iter().take(30).collect();
    drafts.push(draft.fact("packages", packages).fact("files", files));
}
