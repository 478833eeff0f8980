//! Why a container does not run: from what the engine says of it, and where that says nothing, from its last lines.

use super::read::{Row, Shown};
use crate::read::short;

/// A cause that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// A folder or file of the host that it is given is not there.
    Mount(String),
    /// It was given no more memory.
    Memory,
    /// What it is to run is not in its image.
    Missing(String),
    /// What it is to run may not be run.
    Denied(String),
    /// The port is taken on the host.
    Port(String),
    /// It may not do what it says, and capabilities were taken from it.
    Capability(String),
}

/// What is known; nothing where only its own log can tell.
pub(super) fn why(row: &Row, shown: &Shown) -> Option<Why> {
    if let Some(path) = missing_source(&shown.error) {
        return Some(Why::Mount(path));
    }
    // A source that went while the container runs is felt at its next start only.
    if row.state != "running"
        && let Some(path) = shown.gone.first()
    {
        return Some(Why::Mount(path.clone()));
    }
    if row.oom || shown.oom {
        return Some(Why::Memory);
    }
    start_error(&shown.error).or_else(|| {
        // A shell in the container says it of what it is to run, and ends with the same codes.
        let last = shown.log.iter().rev().take(3).map(String::as_str);
        match row.exit {
            127 => last
                .filter_map(|line| named(line, &[": not found", ": No such file or directory"]))
                .next()
                .map(Why::Missing),
            126 => last
                .filter_map(|line| named(line, &[": Permission denied", ": cannot execute"]))
                .next()
                .map(Why::Denied),
            _ => refused(shown).map(Why::Capability),
        }
    })
}

/// The line in which its program says that it may not do something, where capabilities were taken from it.
fn refused(shown: &Shown) -> Option<String> {
    let line = shown.log.iter().rev().take(5).find(|line| {
        let line = line.to_lowercase();
        line.contains("operation not permitted")
            || (line.contains("bind") && line.contains("permission denied"))
    })?;
    (!taken(shown, line).is_empty()).then(|| short(line, 200))
}

/// The capabilities that were taken from it and that such a line may be about. Podman gives no container these three: they count
/// only where the line is about what they are for.
pub(super) fn taken(shown: &Shown, line: &str) -> Vec<String> {
    let line = line.to_lowercase();
    let counts = |name: &str| match name.trim_start_matches("CAP_") {
        "AUDIT_WRITE" => false,
        "MKNOD" => line.contains("mknod"),
        "NET_RAW" => ["raw", "socket", "ping"]
            .iter()
            .any(|word| line.contains(word)),
        _ => true,
    };
    let drops = shown.drops.iter();
    drops.filter(|name| counts(name)).cloned().collect()
}

/// What an engine's error says of a start.
pub(super) fn start_error(error: &str) -> Option<Why> {
    let program = || quoted(error).unwrap_or_default();
    if error.contains("port is already allocated") || error.contains("address already in use") {
        return Some(Why::Port(port(error).unwrap_or_default()));
    }
    let runs = error.contains("exec")
        || error.contains("starting container process")
        || error.contains("open executable");
    if error.contains("executable file")
        || (runs && error.contains("no such file or directory"))
        || (runs && error.contains("No such file or directory"))
    {
        return Some(Why::Missing(program()));
    }
    let denied = error.to_lowercase();
    (runs && (denied.contains("permission denied") || denied.contains("exec format error")))
        .then(|| Why::Denied(program()))
}

/// `error stat'ing file `/srv/x`: No such file…`, `error mounting "/srv/x" to rootfs…: no such file`, `bind source path does not exist: /srv/x`,
/// `statfs /srv/x: no such file or directory`.
pub(super) fn missing_source(error: &str) -> Option<String> {
    let path = |text: &str| {
        let text = text.trim_start_matches(['"', '`', '\'', ' ']);
        let end = text.find(['"', '`', '\'', '\n']).unwrap_or(text.len());
        let text = text.get(..end)?;
        let text = text.split(": ").next().unwrap_or(text).trim();
        (text.starts_with('/') && text.len() > 1).then(|| text.to_owned())
    };
    if let Some((_, rest)) = error.split_once("bind source path does not exist: ") {
        return path(rest);
    }
    let none = error.to_lowercase().contains("no such file or directory");
    let starts = ["error stat'ing file ", "error mounting ", "statfs "];
    none.then(|| {
        starts
            .iter()
            .find_map(|start| path(error.split_once(start)?.1))
    })
    .flatten()
}

/// The last word in quotes of one kind or another.
fn quoted(text: &str) -> Option<String> {
    let text = text.replace("\\\"", "\"");
    for mark in ['`', '"'] {
        let parts: Vec<&str> = text.split(mark).collect();
        // `exec: "server": executable file not found in $PATH`: the inner one of nested quotes.
        let inner = parts
            .iter()
            .enumerate()
            .filter(|(n, part)| n % 2 == 1 && !part.trim().is_empty() && !part.contains(' '))
            .map(|(_, part)| (*part).to_owned())
            .next_back();
        if inner.is_some() {
            return inner;
        }
    }
    None
}

/// `sh: line 1: /app/run: not found` names `/app/run`.
fn named(line: &str, ends: &[&str]) -> Option<String> {
    let before = ends.iter().find_map(|end| line.split_once(end))?.0;
    let name = before.rsplit(": ").next()?.trim();
    (!name.is_empty() && !name.contains(' ')).then(|| short(name, 200))
}

/// The port of `Bind for 0.0.0.0:8080 failed`, `listen tcp4 0.0.0.0:8080: bind: address already in use`.
pub(super) fn port(error: &str) -> Option<String> {
    error
        .split_whitespace()
        .filter_map(|word| {
            let (_, port) = word.trim_end_matches(':').rsplit_once(':')?;
            let number: u16 = port.parse().ok()?;
            (number > 0).then(|| number.to_string())
        })
        .next()
}

/// What an exit code says, for people; nothing for the program's own.
pub(super) const fn told(exit: i64) -> &'static str {
    match exit {
        125 => "the engine itself could not start it",
        126 => "its program may not be run",
        127 => "its program is not there",
        132 => "SIGILL: built for another processor",
        134 => "SIGABRT: it gave up itself",
        135 => "SIGBUS",
        136 => "SIGFPE",
        137 => "SIGKILL: killed from outside",
        139 => "SIGSEGV: it crashed",
        143 => "SIGTERM: told to end",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, refused};

    #[test]
    fn what_podman_gives_nobody_explains_only_its_own_refusals() {
        let told = |drops: &[&str], line: &str| {
            let shown = Shown {
                drops: drops.iter().map(|name| (*name).to_owned()).collect(),
                log: vec![line.to_owned()],
                ..Shown::default()
            };
            refused(&shown).is_some()
        };
        let usual = ["CAP_AUDIT_WRITE", "CAP_MKNOD", "CAP_NET_RAW"];
        assert!(!told(&usual, "chown: /data: Operation not permitted"));
        assert!(told(&usual, "mknod: /dev/x: Operation not permitted"));
        assert!(told(&usual, "ping: socket: Operation not permitted"));
        assert!(told(&["ALL"], "chown: /data: Operation not permitted"));
        assert!(told(
            &["CAP_CHOWN"],
            "chown: /data: Operation not permitted"
        ));
        assert!(!told(&[], "chown: /data: Operation not permitted"));
    }
}
