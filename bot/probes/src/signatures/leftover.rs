//! What a process that is gone left behind: a lock, a file with its number, a socket. The next start takes it for a running one.

use incident::{Confidence, Subject};

use super::hits::{Hit, Standing};
use super::verify::{Known, path, plain, quiet};
use crate::draft::Draft;
use crate::read::int;

/// What is left behind goes by this name when it is set aside.
const ASIDE: &str = ".left-behind";

/// Files that must not be moved from under what may still hold the data: their server judges them better than anybody.
const UNTOUCHED: [&str; 2] = ["postmaster.pid", "mongod.lock"];

/// A process of this host.
struct Process {
    /// In seconds since 1970, as the clock stands now.
    started: i64,
    comm: String,
}

/// Who uses what lies at a path.
#[derive(Default)]
struct Holders {
    /// `file`, `socket` or `other`.
    kind: String,
    /// Where it lies, without links on the way.
    real: String,
    /// When it was written, in seconds since 1970.
    changed: i64,
    /// When the host booted, in seconds since 1970.
    boot: i64,
    /// The process that it names itself.
    written: Option<i64>,
    /// That process, where one of that number lives.
    alive: Option<Process>,
    /// Whether somebody listens there, locked it or has it open.
    in_use: bool,
    /// Whether all of it could be seen.
    whole: bool,
}

impl Holders {
    /// Reads the answer of `file.holders`; nothing where the path is gone.
    fn read(text: &str) -> Option<Self> {
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
                "real" => rest.clone_into(&mut holders.real),
                "boot" => holders.boot = int(rest),
                "written" => holders.written = rest.parse().ok(),
                "pid" => {
                    let mut words = rest.splitn(3, ' ').skip(1);
                    holders.alive = Some(Process {
                        started: int(words.next()?),
                        comm: words.next().unwrap_or_default().to_owned(),
                    });
                }
                "listens" | "locked" | "open" => holders.in_use = true,
                "sickbay:" => holders.whole = false,
                _ => {}
            }
        }
        (!holders.kind.is_empty() && holders.real.starts_with('/')).then_some(holders)
    }

    /// Whether the process whose number it holds is the one that wrote it: it lived then, or bears the name of the file or the unit.
    /// The clock may have been set since, so the times alone do not make a stranger of it.
    fn has_owner(&self, unit: Option<&str>) -> bool {
        let file = self.real.rsplit('/').next().unwrap_or_default();
        let alike = |comm: &str, name: &str| {
            let stem = name.split(['.', '@']).next().unwrap_or_default();
            let (long, short) = if comm.len() > stem.len() {
                (comm, stem)
            } else {
                (stem, comm)
            };
            short.len() >= 2 && long.starts_with(short)
        };
        self.alive.as_ref().is_some_and(|process| {
            process.started <= self.changed.saturating_add(2)
                || alike(&process.comm, file)
                || unit.is_some_and(|unit| alike(&process.comm, unit))
        })
    }
}

/// What a line about a lock, a process file or a socket means, after a look at it. Where it is in use, gone, or could not be looked
/// at, what the unit says last stands for itself.
pub(super) fn drafts(known: &Known<'_>, hit: &Hit<'_>) -> Vec<Draft> {
    let Some(path) = path(hit) else {
        return Vec::new();
    };
    let key = format!("file.holders {path}");
    let text = known.look.text(&key).ok();
    let holders = text.and_then(|text| Holders::read(&text));
    let said = plain(known, hit).cite(key);
    holders
        .and_then(|holders| judge(said, hit, &holders))
        .into_iter()
        .collect()
}

fn judge(said: Draft, hit: &Hit<'_>, holders: &Holders) -> Option<Draft> {
    let unit = hit.unit.as_deref();
    let file = holders.real.rsplit('/').next().unwrap_or_default();
    let expected = hit.get("kind").unwrap_or("file");
    if holders.kind != expected || UNTOUCHED.contains(&file) {
        return None;
    }
    if holders.in_use || holders.has_owner(unit) {
        return None;
    }
    // A file that stays while its lock goes says nothing by lying there: without a number in it, it counts only where the program
    // says that it exists, and does not run.
    let sure = holders.kind == "socket" || holders.written.is_some();
    let exists = hit.example.to_ascii_lowercase().contains("exist");
    let likely = exists && holders.whole && hit.standing == Standing::Failing;
    if !sure && !likely {
        return None;
    }
    let what = match (holders.kind.as_str(), holders.written, &holders.alive) {
        ("socket", ..) => "Nobody listens at this socket.".to_owned(),
        (_, Some(pid), Some(process)) => format!(
            "Process {pid} is {} now, which began after this file was written: the one that wrote it is gone.",
            process.comm
        ),
        (_, Some(pid), None) => format!("Process {pid}, which it names, is gone."),
        (_, None, _) => "No process has it open or holds a lock on it.".to_owned(),
    };
    let since = if holders.boot > holders.changed {
        " It is older than the last boot."
    } else {
        ""
    };
    let detail = format!("{what}{since}\n{}", said.detail);
    let mut draft = said
        .sure(if sure {
            Confidence::Confirmed
        } else {
            Confidence::Likely
        })
        .fact("path", holders.real.as_str())
        .fact("kind", holders.kind.as_str())
        .fact("aside", format!("{}{ASIDE}", holders.real));
    "file.left_behind".clone_into(&mut draft.code);
    draft.subject = Subject::new("path", &holders.real);
    draft.title = format!("{} was left behind by a process that is gone", holders.real);
    draft.detail = detail;
    if let Some(pid) = holders.written {
        draft = draft.fact("pid", pid);
    }
    Some(match unit {
        Some(unit) => draft.fact("unit", unit),
        None => draft,
    })
}

/// A unit that finds its address in use and names none: the one socket of its own account at which nobody listens. That a port is
/// meant stays possible.
pub(super) fn socket_of(known: &Known<'_>, hit: &Hit<'_>, said: &Draft) -> Option<Vec<Draft>> {
    let unit = hit.unit.as_deref()?;
    let worker = known.worker(Some(unit))?;
    let key = format!("unit.sockets {unit}");
    let text = known.look.text(&key).ok()?;
    let mut own = text
        .lines()
        .filter_map(|line| line.strip_prefix("stale "))
        .filter_map(|line| line.split_once(' '))
        .filter(|(owner, _)| *owner == worker.name);
    let (path, named_in) = own.next()?.1.split_once(' ')?;
    if own.next().is_some() {
        return None;
    }
    let said = said.clone().cite(key);
    let holders = Holders {
        kind: "socket".to_owned(),
        real: path.to_owned(),
        ..Holders::default()
    };
    let of_socket = Hit {
        captures: [("kind".to_owned(), "socket".to_owned())].into(),
        ..hit.clone()
    };
    let mut draft = judge(said.clone(), &of_socket, &holders)?.sure(Confidence::Likely);
    draft.detail = format!("{named_in} names it. {}", draft.detail);
    let port = quiet(
        said,
        &format!("It may mean {path}, at which nobody listens."),
    );
    Some(vec![draft, port])
}

#[cfg(test)]
mod tests {
    use super::{Holders, judge};
    use crate::draft::Draft;
    use crate::signatures::Signatures;
    use crate::signatures::hits::{Hit, Standing};
    use incident::{Severity, Subject};

    /// The confidence with which a line is taken for one about a leftover; nothing where it is not.
    fn judged(
        signatures: &Signatures,
        line: &str,
        standing: Standing,
        look: &str,
    ) -> Option<String> {
        let signature = signatures
            .fitting(line)
            .find(|one| one.code == "file.left_behind")?;
        let hit = Hit {
            signature,
            subject: "path:/x".to_owned(),
            title: String::new(),
            captures: signature.captures(line)?,
            unit: Some("importer.service".to_owned()),
            standing,
            count: 1,
            last_ms: None,
            example: line.to_owned(),
            key: String::new(),
        };
        let said = Draft::new(
            "file.left_behind",
            Severity::Critical,
            Subject::new("path", "/x"),
            String::new(),
        );
        judge(said, &hit, &Holders::read(look)?).map(|draft| format!("{:?}", draft.confidence))
    }

    #[test]
    fn only_what_nobody_uses_was_left_behind() {
        let exists = "FileExistsError: [Errno 17] File exists: '/srv/importer/importer.lock'";
        let running = "another importer is already running, lock file /srv/importer/importer.lock";
        let socket = "listen unix /run/app.sock: bind: address already in use";
        let lock = |rest: &str| {
            format!("left file 5000\nreal /srv/importer/importer.lock\nboot 100\n{rest}")
        };
        let sock = |kind: &str, rest: &str| {
            format!("left {kind} 5000\nreal /run/app.sock\nboot 100\n{rest}")
        };
        let failing = Standing::Failing;
        let signatures = Signatures::shipped().unwrap();
        let check = |line: &str, standing, look: &str, expected: Option<&str>| {
            assert_eq!(
                judged(&signatures, line, standing, look).as_deref(),
                expected,
                "{line}: {look}"
            );
        };
        check(running, failing, &lock("written 77\n"), Some("Confirmed"));
        check(
            running,
            failing,
            &lock("written 77\npid 77 6000 nginx\n"),
            Some("Confirmed"),
        );
        // Its own process, also where the clock was set since; a lock that is held; a file that only stays.
        check(
            running,
            failing,
            &lock("written 77\npid 77 4000 nginx\n"),
            None,
        );
        check(
            running,
            failing,
            &lock("written 77\npid 77 6000 importer\n"),
            None,
        );
        check(running, failing, &lock("written 77\nlocked\n"), None);
        check(
            running,
            failing,
            &lock("written 77\nopen 9 importer\n"),
            None,
        );
        check(running, failing, &lock(""), None);
        check(exists, failing, &lock(""), Some("Likely"));
        check(exists, Standing::Running, &lock(""), None);
        check(
            exists,
            failing,
            &lock("sickbay: needs root: who has it open\n"),
            None,
        );
        check(socket, failing, &sock("socket", ""), Some("Confirmed"));
        check(socket, failing, &sock("socket", "listens\n"), None);
        // A program, a list of packages: no lock lies there.
        check(socket, failing, &sock("file", ""), None);
        check(socket, failing, &sock("other", ""), None);
        check(exists, failing, "gone\n", None);
        let server = r#"FATAL:  lock file "/var/lib/pg/postmaster.pid" already exists"#;
        let pid = "left file 5000\nreal /var/lib/pg/postmaster.pid\nboot 100\nwritten 77\n";
        check(server, failing, pid, None);
    }
}
