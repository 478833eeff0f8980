//! Mounts against what fstab wants: read-only though it should be writable, missing, or hung.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::host::{Host, Mount, has, mounts};
use crate::look::Look;
use crate::read::{all_after, files, unescape};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "disk.mounts",
        "what is mounted and what fstab wants",
        include_str!("sh/disk.mounts.sh"),
    )
    .first(),
    Spec::new(
        "disk.remote",
        "whether remote mounts answer",
        include_str!("sh/disk.remote.sh"),
    )
    .first(),
];

/// Filesystems that are read-only by nature.
const BORN_READ_ONLY: &[&str] = &["iso9660", "udf", "squashfs", "erofs", "cramfs", "romfs"];

/// A line of fstab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) source: String,
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) options: String,
}

/// The lines of fstab that name a place to mount on.
pub(crate) fn fstab(text: &str) -> Vec<Wanted> {
    files(text)
        .filter(|(path, line)| *path == "/etc/fstab" && !line.trim_start().starts_with('#'))
        .filter_map(|(_, line)| {
            let mut words = line.split_whitespace();
            let source = unescape(words.next()?);
            let mut path = unescape(words.next()?);
            while path.len() > 1 && path.ends_with('/') {
                path.pop();
            }
            let kind = words.next()?.to_owned();
            let options = words.next().unwrap_or("defaults").to_owned();
            (path.starts_with('/') && kind != "swap").then_some(Wanted {
                source,
                path,
                kind,
                options,
            })
        })
        .collect()
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("disk.mounts");
    let mounted = mounts(&text);
    let wanted = fstab(&text);
    let host = Host::read(look);
    for want in &wanted {
        match mounted.iter().find(|mount| mount.path == want.path) {
            Some(mount) => read_only(mount, want, drafts),
            // An image's fstab says nothing of the container that runs from it.
            None if matches!(host.container.as_str(), "docker" | "podman")
                || mounted.is_empty() => {}
            None => missing(
                want,
                all_after(&text, "no-device ").any(|of| of == want.source),
                drafts,
            ),
        }
    }
    for mount in &mounted {
        // ext4 and others turn a filesystem read-only when they meet an error.
        let turned = has(&mount.of_super, "ro")
            && has(&mount.options, "rw")
            && mount.source.starts_with("/dev/")
            && !BORN_READ_ONLY.contains(&mount.kind.as_str());
        if turned && !wanted.iter().any(|want| want.path == mount.path) {
            drafts.push(turned_read_only(mount, "rw"));
        }
    }
    hung(look, drafts);
}

fn read_only(mount: &Mount, want: &Wanted, drafts: &mut Vec<Draft>) {
    let asked_for = has(&want.options, "ro") || BORN_READ_ONLY.contains(&mount.kind.as_str());
    if mount.read_only() && !asked_for {
        drafts.push(turned_read_only(mount, "rw").fact("fstab", true));
    }
}

fn turned_read_only(mount: &Mount, options: &str) -> Draft {
    let by_error = has(&mount.of_super, "ro") && has(&mount.options, "rw");
    let why = if by_error {
        "The filesystem itself is read-only, as after an error on its device; look at the kernel's messages before it is made writable."
    } else {
        "The configuration wants it writable."
    };
    Draft::new(
        "fs.readonly",
        Severity::Critical,
        Subject::new("mount", &mount.path),
        format!("{} is mounted read-only", mount.path),
    )
    .detail(format!(
        "{} ({}) on {}. {why}",
        mount.source, mount.kind, mount.path
    ))
    .fact("path", mount.path.as_str())
    .fact("mount", mount.path.as_str())
    .fact("source", mount.source.as_str())
    .fact("fstype", mount.kind.as_str())
    .fact("options", options)
    .fact("by_error", by_error)
    .cite("disk.mounts")
}

fn missing(want: &Wanted, no_device: bool, drafts: &mut Vec<Draft>) {
    let on_demand = want.options.split(',').any(|option| {
        option == "noauto"
            || option == "x-systemd.automount"
            || option == "comment=systemd.automount"
    });
    if on_demand
        || want.path == "/"
        || want.path.starts_with("/proc")
        || want.kind == "none" && !has(&want.options, "bind")
    {
        return;
    }
    let may_fail = has(&want.options, "nofail")
        || want.path.starts_with("/media")
        || want.path.starts_with("/cdrom");
    let severity = if may_fail {
        Severity::Info
    } else {
        Severity::Warning
    };
    let title = if no_device {
        format!(
            "{} is in fstab but not mounted: there is no {}",
            want.path, want.source
        )
    } else {
        format!("{} is in fstab but not mounted", want.path)
    };
    // Without its device nothing can be mounted, and a boot waits for it in vain.
    let draft = Draft::new(
        "fs.not_mounted",
        severity,
        Subject::new("mount", &want.path),
        title,
    );
    let draft = if no_device {
        draft.fact("no_device", true)
    } else {
        draft
    };
    drafts.push(
        draft
        .detail(format!(
            "{} ({}) should be mounted there with options {}. Whatever is written to {} meanwhile lands on the filesystem below.",
            want.source, want.kind, want.options, want.path
        ))
        .fact("path", want.path.as_str())
        .fact("mount", want.path.as_str())
        .fact("source", want.source.as_str())
        .fact("fstype", want.kind.as_str())
        .fact("options", want.options.as_str())
        .cite("disk.mounts"),
    );
}

/// Remote mounts that were asked and did not answer: a dead server blocks whoever touches them.
fn hung(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("disk.remote");
    for line in all_after(&text, "mount ") {
        let Some((kind, path)) = line.split_once(' ') else {
            continue;
        };
        let answer = all_after(&text, "answer ")
            .filter_map(|line| line.split_once(' '))
            .find(|(_, of)| *of == path)
            .map(|(code, _)| code);
        let what = match answer {
            None => "does not answer",
            Some("124" | "137" | "143") => "does not answer within 2 s",
            Some("0") => continue,
            Some(_) => "answers with an error",
        };
        let path = unescape(path);
        drafts.push(
            Draft::new(
                "fs.hung",
                Severity::Critical,
                Subject::new("mount", &path),
                format!("The {kind} mount {path} {what}"),
            )
            .sure(if answer.is_none() || what.ends_with('s') {
                Confidence::Confirmed
            } else {
                Confidence::Likely
            })
            .detail("Every process that touches it waits, and cannot be killed while it does.")
            .fact("path", path.as_str())
            .fact("mount", path.as_str())
            .fact("fstype", kind)
            .cite(look.key("disk.remote")),
        );
    }
}
