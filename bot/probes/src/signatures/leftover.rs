//! What a process that is gone left behind: a lock, a file with its number, a socket. The next start takes it for a running one.

use incident::{Confidence, Severity, Subject};

use super::hits::{Hit, Standing};
use super::verify::{Known, path, plain};
use crate::draft::Draft;
use crate::read::int;

/// What is left behind goes by this name when it is set aside.
const ASIDE: &str = ".left-behind";

/// Who uses what lies at a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Holders {
    /// `file`, `socket` or `other`.
    kind: String,
    /// When it was written, in seconds since 1970.
    changed: i64,
    /// When the host booted, in seconds since 1970.
    boot: i64,
    /// The process that it names itself.
    written: Option<i64>,
    /// Processes of the numbers that it, or the log, names: number, start in seconds since 1970, name.
    alive: Vec<(i64, i64, String)>,
    /// Whether somebody listens there, locked it or has it open.
    in_use: Option<String>,
    /// Whether all of it could be seen.
    whole: bool,
}

impl Holders {
    /// Reads the answer of `file.holders`; nothing where the path is gone.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut holders = Self {
            whole: true,
            ..Self::default()
        };
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "left" => {
                    let (kind, changed) = rest.split_once(' ')?;
                    kind.clone_into(&mut holders.kind);
                    holders.changed = int(changed);
                }
                "boot" => holders.boot = int(rest),
                "written" => holders.written = rest.parse().ok(),
                "pid" => {
                    let mut words = rest.splitn(3, ' ');
                    let pid = int(words.next().unwrap_or_default());
                    let start = int(words.next().unwrap_or_default());
                    let comm = words.next().unwrap_or_default().to_owned();
                    holders.alive.push((pid, start, comm));
                }
                "listens" => holders.in_use = Some("somebody listens there".to_owned()),
                "locked" => holders.in_use = Some("a process holds a lock on it".to_owned()),
                "open" => {
                    let by = rest.split_once(' ').map_or(rest, |(_, comm)| comm);
                    holders.in_use = Some(format!("{by} has it open"));
                }
                "sickbay:" => holders.whole = false,
                _ => {}
            }
        }
        (!holders.kind.is_empty()).then_some(holders)
    }

    /// The process that still owns it: one of the numbers that lives, and lived when it was written.
    fn owner(&self) -> Option<&(i64, i64, String)> {
        // Clocks of processes are counted from a boot that is known to the second.
        self.alive
            .iter()
            .find(|(_, start, _)| *start <= self.changed.saturating_add(2))
    }
}

/// The question that a hit leads to: the path, and the process that the line names.
pub(super) fn question(hit: &Hit<'_>) -> Option<Vec<String>> {
    let mut args = vec![path(hit)?];
    args.extend(hit.get("pid").map(str::to_owned));
    Some(args)
}

/// What a line about a lock, a process file or a socket means, after a look at it.
pub(super) fn drafts(known: &Known<'_>, hit: &Hit<'_>) -> Vec<Draft> {
    let Some(path) = path(hit) else {
        return Vec::new();
    };
    let Some(args) = question(hit) else {
        return Vec::new();
    };
    let key = format!("file.holders {}", args.join(" "));
    let Some(holders) = known
        .look
        .text(&key)
        .ok()
        .and_then(|text| Holders::read(&text))
    else {
        // Gone, or not looked at: what the unit says last stands for itself.
        return Vec::new();
    };
    let said = plain(known, hit).cite(key);
    judge(said, hit, &path, &holders).into_iter().collect()
}

fn judge(said: Draft, hit: &Hit<'_>, path: &str, holders: &Holders) -> Option<Draft> {
    let unit = hit.unit.as_deref();
    let pid = holders
        .written
        .or_else(|| hit.get("pid").and_then(|pid| pid.parse().ok()));
    if holders.in_use.is_some() || holders.owner().is_some() || holders.kind == "other" {
        return None;
    }
    // Without its process's number, only that nobody has it open speaks for it being a leftover.
    let sure = holders.kind == "socket" || pid.is_some();
    if !sure && (!holders.whole || hit.standing != Standing::Failing) {
        return None;
    }
    let what = match (holders.kind.as_str(), pid) {
        ("socket", _) => "Nobody listens at this socket.".to_owned(),
        (_, Some(pid)) => match holders.alive.first() {
            Some((_, _, comm)) => format!(
                "Process {pid} is {comm} now, which began after this file was written: the one that wrote it is gone."
            ),
            None => format!("Process {pid} is gone."),
        },
        (_, None) => "No process has it open or holds a lock on it.".to_owned(),
    };
    let since = if holders.boot > holders.changed {
        " It is older than the last boot."
    } else {
        ""
    };
    let severity = match hit.standing {
        Standing::Failing => hit.signature.severity,
        Standing::Running | Standing::Unknown => said.severity.max(Severity::Warning),
    };
    let detail = format!("{what}{since}\n{}", said.detail);
    let mut draft = Draft { severity, ..said }
        .sure(if sure {
            Confidence::Confirmed
        } else {
            Confidence::Likely
        })
        .fact("path", path)
        .fact("kind", holders.kind.as_str())
        .fact("aside", format!("{path}{ASIDE}"));
    draft.subject = Subject::new("path", path);
    draft.title = format!("{path} was left behind by a process that is gone");
    draft.detail = detail;
    if let Some(pid) = pid {
        draft = draft.fact("pid", pid);
    }
    if let Some(unit) = unit {
        draft = draft.fact("unit", unit);
    }
    Some(draft)
}

/// A unit that finds its address in use and names no port: the one socket of its own at which nobody listens.
pub(super) fn socket_of(known: &Known<'_>, hit: &Hit<'_>) -> Option<Draft> {
    let unit = hit.unit.as_deref()?;
    let key = format!("unit.sockets {unit}");
    let text = known.look.text(&key).ok()?;
    let mut stale = text.lines().filter_map(|line| line.strip_prefix("stale "));
    let (path, named_in) = stale.next()?.split_once(' ')?;
    if stale.next().is_some() {
        return None;
    }
    let holders = Holders {
        kind: "socket".to_owned(),
        changed: i64::MAX,
        ..Holders::default()
    };
    let mut said = plain(known, hit).cite(key);
    "file.left_behind".clone_into(&mut said.code);
    let mut draft = judge(said, hit, path, &holders)?.sure(Confidence::Likely);
    draft.detail = format!("{named_in} names it. {}", draft.detail);
    Some(draft)
}

#[cfg(test)]
mod tests {
    use super::Holders;

    #[test]
    fn a_number_that_another_process_has_now_is_no_owner() {
        let of = |start: i64| {
            let text = format!("boot 100\nleft file 5000\nwritten 77\npid 77 {start} nginx\n");
            Holders::read(&text).unwrap().owner().is_some()
        };
        assert!(of(4990));
        assert!(of(5001), "the second is rounded");
        assert!(!of(5010));
        assert_eq!(Holders::read("gone\n"), None);
    }
}
