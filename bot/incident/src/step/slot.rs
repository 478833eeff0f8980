//! The kinds of argument that a step may have, each with its check.

use serde::{Deserialize, Serialize};

/// What an argument of a verb may be. The guard checks the same kinds again on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// An absolute, normalised path: no `..`, no `//`, no control characters.
    Path,
    /// Three or four octal digits, without setuid, setgid or write access for everybody.
    Mode,
    /// A user or group name, or a number.
    Account,
    /// `0` or `1`.
    Flag,
    /// A positive whole number.
    Number,
    /// A systemd unit name with its suffix.
    Unit,
    /// A name such as a configuration key or section; may be empty.
    Name,
    /// One line of text without control characters; may be empty.
    Line,
    /// Text of several lines that we wrote ourselves.
    Content,
    /// A signal name from a short list.
    Signal,
    /// A sysctl key.
    Sysctl,
    /// A package name.
    Package,
    /// A package version, or empty for the candidate.
    Version,
    /// `iptables` or `ip6tables`.
    FirewallTool,
    /// One word of a firewall rule.
    RuleWord,
    /// A size such as `500M`.
    Size,
    /// An id of an earlier execution.
    Execution,
    /// Mount options, comma-separated.
    MountOptions,
    /// A kernel module's name, without `.ko` and without a path.
    Module,
    /// A kernel release such as `6.1.0-18-amd64`, or the version of a module's source.
    Release,
    /// 1 to 60 minutes from now.
    Minutes,
    /// 1 to 30 seconds.
    Seconds,
    /// A TCP or UDP port, 1 to 65535.
    Port,
    /// `docker`, `podman` or `nerdctl`.
    Engine,
    /// A container's name.
    Container,
    /// The name of an object of Kubernetes: letters, digits, `-` and `.` (DNS-1123).
    KubeName,
    /// What rolls out in Kubernetes: `deployment/web`, `statefulset/db`, `daemonset/agent`.
    Workload,
}

impl Slot {
    /// Checks a text against the kind.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with the text.
    pub fn check(self, text: &str) -> Result<(), &'static str> {
        let all = |ok: fn(char) -> bool| !text.is_empty() && text.chars().all(ok);
        let plain = |c: char| c.is_ascii_alphanumeric();
        if text.contains('\0') {
            return Err("has a NUL byte");
        }
        match self {
            Self::Path => path(text),
            Self::Mode => mode(text),
            Self::Account => {
                let ok = all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
                    && !text.starts_with('-')
                    && text.len() <= 32;
                ok.then_some(()).ok_or("is not a user or group name")
            }
            Self::Flag => matches!(text, "0" | "1")
                .then_some(())
                .ok_or("is not 0 or 1"),
            Self::Number => (all(|c| c.is_ascii_digit()) && text.len() <= 18)
                .then_some(())
                .ok_or("is not a whole number"),
            Self::Unit => unit(text),
            Self::Name => (text.len() <= 128
                && !text.starts_with('-')
                && text.chars().all(|c| plain(c) || "_.-@: /".contains(c)))
            .then_some(())
            .ok_or("is not a plain name"),
            Self::Line => (text.len() <= 1024 && !text.chars().any(char::is_control))
                .then_some(())
                .ok_or("is not one line of plain text"),
            Self::Content => (text.len() <= 65_536
                && !text
                    .chars()
                    .any(|c| c.is_control() && c != '\n' && c != '\t'))
            .then_some(())
            .ok_or("is too long or has control characters"),
            Self::Signal => matches!(
                text,
                "TERM" | "KILL" | "HUP" | "STOP" | "CONT" | "INT" | "USR1"
            )
            .then_some(())
            .ok_or("is not one of TERM, KILL, HUP, STOP, CONT, INT, USR1"),
            Self::Sysctl => (all(|c| c.is_ascii_alphanumeric() || "_.-/".contains(c))
                && !text.contains("..")
                && !text.starts_with(['-', '/']))
            .then_some(())
            .ok_or("is not a sysctl key"),
            Self::Package => {
                (all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+.-:".contains(c))
                    && text.starts_with(plain))
                .then_some(())
                .ok_or("is not a package name")
            }
            Self::Version => (text.is_empty()
                || (all(|c| c.is_ascii_alphanumeric() || ".+-~:".contains(c))
                    && text.starts_with(plain)))
            .then_some(())
            .ok_or("is not a package version"),
            Self::FirewallTool => matches!(text, "iptables" | "ip6tables")
                .then_some(())
                .ok_or("is not iptables or ip6tables"),
            Self::RuleWord => (all(|c| c.is_ascii_alphanumeric() || "_.,:/+=@%!-".contains(c))
                && text.len() <= 256)
                .then_some(())
                .ok_or("has a character that firewall rules of ours may not have"),
            Self::Size => {
                let digits = text.trim_end_matches(['K', 'M', 'G']);
                (!digits.is_empty()
                    && digits.chars().all(|c| c.is_ascii_digit())
                    && text.len() - digits.len() <= 1)
                    .then_some(())
                    .ok_or("is not a size such as 500M")
            }
            Self::Execution => crate::ExecutionId::new(text)
                .map(|_id| ())
                .map_err(|_bad| "is not an execution id"),
            Self::MountOptions => (all(|c| c.is_ascii_alphanumeric() || ",=_.-".contains(c))
                && !text.starts_with('-'))
            .then_some(())
            .ok_or("is not a list of mount options"),
            Self::Module => (all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
                && !text.starts_with('-')
                && text.len() <= 64)
                .then_some(())
                .ok_or("is not the name of a kernel module"),
            Self::Release => (all(|c| c.is_ascii_alphanumeric() || "._+~-".contains(c))
                && text.starts_with(plain)
                && !text.contains("..")
                && text.len() <= 64)
                .then_some(())
                .ok_or("is not a release or version such as 6.1.0-18-amd64"),
            Self::Minutes => number_up_to(text, 60)
                .then_some(())
                .ok_or("is not a number of minutes from 1 to 60"),
            Self::Seconds => number_up_to(text, 30)
                .then_some(())
                .ok_or("is not a number of seconds from 1 to 30"),
            Self::Port => number_up_to(text, 65_535)
                .then_some(())
                .ok_or("is not a port from 1 to 65535"),
            Self::Engine => matches!(text, "docker" | "podman" | "nerdctl")
                .then_some(())
                .ok_or("is not docker, podman or nerdctl"),
            Self::Container => (all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
                && text.starts_with(plain)
                && text.len() <= 128)
                .then_some(())
                .ok_or("is not the name of a container"),
            Self::KubeName => kube_name(text)
                .then_some(())
                .ok_or("is not a name of Kubernetes"),
            Self::Workload => text
                .split_once('/')
                .is_some_and(|(kind, name)| {
                    matches!(kind, "deployment" | "statefulset" | "daemonset") && kube_name(name)
                })
                .then_some(())
                .ok_or("is not a workload such as deployment/web"),
        }
    }
}

/// 1 to `most`, as a person writes it: no sign, no zero in front.
fn number_up_to(text: &str, most: u32) -> bool {
    text.starts_with(|c: char| ('1'..='9').contains(&c))
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u32>().is_ok_and(|number| number <= most)
}

/// A DNS-1123 subdomain: labels of small letters, digits and `-`, each beginning and ending with a letter or digit.
fn kube_name(text: &str) -> bool {
    let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 253
        && text.split('.').all(|label| {
            label.starts_with(sound)
                && label.ends_with(sound)
                && label.len() <= 63
                && label.chars().all(|c| sound(c) || c == '-')
        })
}

fn path(text: &str) -> Result<(), &'static str> {
    if !text.starts_with('/') {
        return Err("is not an absolute path");
    }
    if text.len() > 4095 {
        return Err("is longer than a path may be");
    }
    if text.chars().any(char::is_control) {
        return Err("has control characters");
    }
    if text.contains("//") || text.split('/').any(|part| part == ".." || part == ".") {
        return Err("is not normalised: it has `..`, `.` or `//` in it");
    }
    Ok(())
}

fn mode(text: &str) -> Result<(), &'static str> {
    if !(3..=4).contains(&text.len()) || !text.chars().all(|c| ('0'..='7').contains(&c)) {
        return Err("is not a file mode such as 0755");
    }
    let bits = u32::from_str_radix(text, 8).map_err(|_bad| "is not a file mode such as 0755")?;
    if bits & 0o6000 != 0 {
        return Err("would set setuid or setgid");
    }
    if bits & 0o0002 != 0 && bits & 0o1000 == 0 {
        return Err("would let everybody write");
    }
    Ok(())
}

fn unit(text: &str) -> Result<(), &'static str> {
    const SUFFIXES: [&str; 9] = [
        ".service",
        ".socket",
        ".timer",
        ".mount",
        ".automount",
        ".target",
        ".path",
        ".slice",
        ".swap",
    ];
    let ok = text.len() <= 255
        && !text.starts_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ":_.\\@-".contains(c))
        && SUFFIXES
            .iter()
            .any(|suffix| text.len() > suffix.len() && text.ends_with(suffix));
    ok.then_some(())
        .ok_or("is not a unit name such as nginx.service")
}

#[cfg(test)]
mod tests;
