//! What every program relies on: modes of common places, the loader's list, who may log in, what is started at boot.

use incident::{Severity, Subject};

use crate::draft::Draft;
use crate::host::Host;
use crate::look::Look;
use crate::read::{all_after, file, int, short};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "host.base",
    "modes, links and lists that every program relies on",
    include_str!("sh/host.base.sh"),
)
.first()
.within(6, 32_768)];

/// Folders through which everybody must be able to pass.
const OPEN_FOLDERS: &[&str] = &[
    "/", "/etc", "/usr", "/usr/bin", "/usr/lib", "/var", "/var/lib", "/run",
];
/// Files that every program reads, with the mode that they come with.
const OPEN_FILES: &[(&str, &str)] = &[
    ("/etc/passwd", "no program knows whose anything is"),
    ("/etc/group", "no program knows the groups"),
    (
        "/etc/hosts",
        "programs other than root's do not know localhost",
    ),
    (
        "/etc/resolv.conf",
        "programs other than root's cannot resolve names",
    ),
    (
        "/etc/nsswitch.conf",
        "programs other than root's look names up in the wrong places",
    ),
    (
        "/etc/localtime",
        "programs other than root's run in another time zone",
    ),
    (
        "/etc/ld.so.cache",
        "programs other than root's start slowly or not at all",
    ),
    (
        "/etc/ssl/certs/ca-certificates.crt",
        "programs other than root's trust no certificate",
    ),
];
/// Folders in which everybody may write and nobody may delete what is another's.
const SHARED_FOLDERS: &[&str] = &["/tmp", "/var/tmp", "/dev/shm"];
/// Fewer ports than this for outgoing connections are used up by one busy client.
const FEW_PORTS: i64 = 1024;

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("host.base");
    let mut found = Vec::new();
    for line in all_after(&text, "mode ") {
        found.extend(mode(line));
    }
    for line in all_after(&text, "dangling ") {
        let (path, target) = line.split_once(' ').unwrap_or((line, ""));
        found.push(
            Draft::new(
                "file.dangling_link",
                Severity::Warning,
                Subject::new("path", path),
                format!("{path} leads to {}, which is gone", short(target, 120)),
            )
            .detail("Every program that reads it goes on as if it were not there.")
            .fact("path", path)
            .fact("target", target),
        );
    }
    found.extend(all_after(&text, "nologin ").next().map(nologin));
    for library in all_after(&text, "preload-missing ") {
        found.push(
            Draft::new(
                "ld.preload_missing",
                Severity::Warning,
                Subject::new("path", library),
                format!("/etc/ld.so.preload names {library}, which is not there"),
            )
            .detail("Every program that is started complains of it, and what reads their output may stumble over that.")
            .fact("path", library),
        );
    }
    found.extend(pam(&text));
    let host = Host::read(look);
    let target = all_after(&text, "target ").next().unwrap_or("");
    if host.systemd && matches!(target, "rescue.target" | "emergency.target") {
        found.push(
            Draft::new(
                "boot.target",
                Severity::Warning,
                Subject::new("host", "boot"),
                format!("The host boots into {target}: after the next start no service runs"),
            )
            .detail(
                "Somebody made that the default for a repair. `systemctl get-default` shows it.",
            )
            .fact("target", target),
        );
    }
    if let Some(range) = file(&text, "/proc/sys/net/ipv4/ip_local_port_range") {
        let mut ends = range.split_whitespace().map(int);
        let (low, high) = (ends.next().unwrap_or(0), ends.next().unwrap_or(0));
        let ports = high.saturating_sub(low).saturating_add(1);
        if low > 0 && ports < FEW_PORTS {
            found.push(
                Draft::new(
                    "net.few_ports",
                    Severity::Warning,
                    Subject::new("sysctl", "net.ipv4.ip_local_port_range"),
                    format!("Only {ports} ports are left for outgoing connections ({low} to {high})"),
                )
                .detail("When they are in use, connections fail with `Cannot assign requested address`. The kernel's own range is 32768 to 60999.")
                .fact("ports", ports),
            );
        }
    }
    drafts.extend(found.into_iter().map(|draft| draft.cite("host.base")));
}

/// A line of `stat`: mode, owner, kind and path.
fn mode(line: &str) -> Option<Draft> {
    let (rest, path) = line
        .split_once(":/")
        .map(|(rest, path)| (rest, format!("/{path}")))?;
    let mut words = rest.splitn(3, ' ');
    let mode = u32::from_str_radix(words.next()?, 8).ok()?;
    let owner = words.next()?;
    let kind = words.next()?;
    let path = path.as_str();
    let wrong = |severity, title: String, why: &str| {
        Draft::new(
            "file.wrong_mode",
            severity,
            Subject::new("path", path),
            title,
        )
        .detail(why)
        .fact("path", path)
        .fact("mode", format!("{mode:04o}"))
    };
    if path == "/dev/null" {
        let fits = kind.starts_with("character") && mode & 0o666 == 0o666;
        return (!fits).then(|| {
            wrong(
                Severity::Critical,
                format!("/dev/null is {} with mode {mode:04o}, not the device that swallows everything", kind.trim()),
                "Scripts and services that write to it fail or fill a disk. `rm -f /dev/null; mknod -m 666 /dev/null c 1 3` makes it again.",
            )
        });
    }
    if SHARED_FOLDERS.contains(&path) && kind == "directory" {
        if mode & 0o002 == 0 {
            let closed = wrong(
                Severity::Critical,
                format!("{path} has mode {mode:04o}: only root may write there"),
                &format!(
                    "Databases, PHP sessions, mail and much else need it. It comes with mode 1777: chmod 1777 {path}"
                ),
            );
            // The guard changes nothing at the top of the tree, and sets no mode elsewhere that lets everybody write.
            let offered = path == "/var/tmp";
            return Some(if offered {
                closed.fact("want_mode", "1777")
            } else {
                closed
            });
        }
        return (mode & 0o1000 == 0).then(|| {
            wrong(
                Severity::Warning,
                format!("{path} has mode {mode:04o}: anybody may delete what is another's"),
                &format!("The sticky bit is gone. It comes with mode 1777: chmod 1777 {path}"),
            )
        });
    }
    if OPEN_FOLDERS.contains(&path) {
        return (mode & 0o001 == 0).then(|| {
            wrong(
                Severity::Critical,
                format!("{path} has mode {mode:04o}: nobody but its owner may pass through"),
                &format!("Every service that does not run as root is cut off from what lies below. It comes with mode 0755: chmod 0755 {path}"),
            )
        });
    }
    if let Some((_, why)) = OPEN_FILES.iter().find(|(of, _)| *of == path) {
        return (mode & 0o004 == 0).then(|| {
            wrong(
                Severity::Critical,
                format!("{path} has mode {mode:04o}: {why}"),
                "It comes readable for everybody, with mode 0644.",
            )
            .fact("want_mode", "0644")
        });
    }
    let sudo = path.ends_with("/sudo") && (mode & 0o4000 == 0 || owner != "0");
    sudo.then(|| {
        wrong(
            Severity::Warning,
            format!("{path} has lost its setuid bit or its owner: nobody becomes root by it"),
            &format!("It comes as root's with mode 4755. Only root can give it back: chown root:root {path}; chmod 4755 {path}"),
        )
    })
}

fn nologin(line: &str) -> Draft {
    let (path, said) = line.split_once(' ').unwrap_or((line, ""));
    let said = if said.trim().is_empty() {
        String::new()
    } else {
        format!(" It says: {}", short(said.trim(), 160))
    };
    Draft::new(
        "login.closed",
        Severity::Warning,
        Subject::new("path", path),
        format!("{path} keeps everybody but root from logging in"),
    )
    .detail(format!(
        "It is made for maintenance and while the host starts or goes down.{said}"
    ))
    .fact("path", path)
}

/// Modules of the login rules that are nowhere.
fn pam(text: &str) -> Vec<Draft> {
    let mut found: Vec<Draft> = Vec::new();
    for line in all_after(text, "pam-missing ") {
        let mut words = line.splitn(3, ' ');
        let (Some(module), Some(kind), Some(path)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let strict = matches!(kind, "required" | "requisite");
        if found.iter().any(|draft| draft.subject.name == path) || !strict {
            continue;
        }
        found.push(
            Draft::new(
                "login.module_missing",
                Severity::Critical,
                Subject::new("path", path),
                format!("{path} demands {module}, which is not on the host"),
            )
            .detail("A rule whose module is missing counts as failed, so nobody is let in by it. Keep the session open that you have.")
            .fact("path", path)
            .fact("module", module),
        );
    }
    found
}

#[cfg(test)]
mod tests;
