//! Files that run as root whoever starts them, where nothing says that they should: a hole, or the trace of somebody who made one.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::all_after;
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "security.setuid",
    "programs that run as root whoever starts them",
    include_str!("sh/security.setuid.sh"),
)
.first()];

/// Programs that hand over whatever their user may do: none of them is ever shipped so.
const HAND_OVER: &[&str] = &[
    "ash",
    "bash",
    "busybox",
    "csh",
    "dash",
    "fish",
    "ksh",
    "sh",
    "tcsh",
    "zsh",
    "rbash",
    "awk",
    "gawk",
    "mawk",
    "env",
    "find",
    "xargs",
    "perl",
    "php",
    "ruby",
    "node",
    "nodejs",
    "lua",
    "gdb",
    "strace",
    "vi",
    "vim",
    "vim.basic",
    "vim.tiny",
    "nano",
    "ed",
    "emacs",
    "less",
    "more",
    "man",
    "cat",
    "cp",
    "mv",
    "dd",
    "tee",
    "tar",
    "zip",
    "rsync",
    "scp",
    "sed",
    "chmod",
    "chown",
    "ln",
    "install",
    "dpkg",
    "apt",
    "apt-get",
    "rpm",
    "dnf",
    "yum",
    "apk",
    "pip",
    "pip3",
    "snap",
    "systemctl",
    "docker",
    "make",
    "nmap",
    "socat",
    "nc",
    "curl",
    "wget",
    "tcpdump",
    "openssl",
    "base64",
    "head",
    "tail",
    "sort",
    "date",
    "timeout",
    "nice",
    "taskset",
    "flock",
    "ip",
    "mysql",
    "git",
];

fn hands_over(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    HAND_OVER.contains(&name) || HAND_OVER.contains(&stem) || stem == "python"
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    for line in all_after(&look.heard("security.setuid"), "setuid ") {
        let mut words = line.splitn(3, ' ');
        let (Some(package), Some(_changed), Some(path)) =
            (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        let owned = package != "-";
        let (severity, why) = if hands_over(name) {
            (
                Severity::Warning,
                "Whoever may log in can do anything with it, as root.",
            )
        } else if owned {
            continue;
        } else if path.starts_with("/usr/local/") {
            // What a site builds for itself it may have meant so.
            (
                Severity::Info,
                "No package knows it; a site may have built it so on purpose.",
            )
        } else {
            (
                Severity::Warning,
                "No package knows it, and it lies where only packages or an intruder put programs.",
            )
        };
        let draft = Draft::new(
            "security.setuid_unexpected",
            severity,
            Subject::new("path", path),
            format!("{path} runs as root, whoever starts it"),
        )
        .sure(if severity == Severity::Info {
            Confidence::Possible
        } else {
            Confidence::Confirmed
        })
        .detail(format!(
            "{why} Nothing is done about it from here: first find out who made it so and when."
        ))
        .fact("path", path)
        .cite("security.setuid");
        drafts.push(if owned {
            draft.fact("package", package)
        } else {
            draft
        });
    }
}

#[cfg(test)]
mod tests {
    use incident::Severity;

    use super::judge;
    use crate::judge::tests::drafts_of;

    #[test]
    fn what_packages_ship_is_quiet_and_what_hands_over_root_is_not() {
        fn check(line: &str, expected: Option<Severity>) {
            let text = format!(
                "setuid sudo 1 /usr/bin/sudo\nsetuid passwd 1 /usr/bin/passwd\nsetuid {line}\n"
            );
            let drafts = drafts_of(&[("security.setuid", &text)], judge);
            assert_eq!(
                drafts.first().map(|draft| draft.severity),
                expected,
                "{line}"
            );
            assert!(drafts.len() < 2, "{drafts:#?}");
        }
        check("mount 1 /usr/bin/mount", None);
        check("dpkg 1795432454 /usr/bin/dpkg", Some(Severity::Warning));
        check(
            "python3.11-minimal 1795432454 /usr/bin/python3.11",
            Some(Severity::Warning),
        );
        check("- 1795432454 /usr/bin/xhelper", Some(Severity::Warning));
        check("- 1795432454 /tmp/.x", Some(Severity::Warning));
        check("- 1795432454 /usr/local/bin/rootsh2", Some(Severity::Info));
        check("- 1795432454 /usr/local/bin/bash", Some(Severity::Warning));
        check("openssh-client 1 /usr/bin/ssh-keysign", None);
        check("cut", None);
    }
}
