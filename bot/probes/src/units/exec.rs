//! Reads what a unit needs to be started: its user, its program with interpreter and libraries, its places.

use super::list::blocks;
use super::path::{Account, Way, read_ways};

/// Why a unit names a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is run.
    Program,
    /// It is given to the program.
    Argument,
    /// `WorkingDirectory=`.
    Folder,
    /// `EnvironmentFile=`.
    Environment,
    /// `LoadCredential=`.
    Credential,
    /// `ReadWritePaths=`.
    Writable,
}

/// A path that the unit names, with what was read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) role: Role,
    pub(crate) way: Way,
    /// The first four bytes in hexadecimal digits, or `empty`.
    pub(crate) magic: Option<String>,
    /// The program in its first line, and whether it `runs`, is `missing` or `not-executable`.
    pub(crate) interpreter: Option<(String, String)>,
    /// Whether the first line ends in a carriage return, which becomes part of the interpreter's name.
    pub(crate) ends_in_cr: bool,
    /// A program that `env` was to find, when it found none.
    pub(crate) env_misses: Option<String>,
    /// Needed libraries that are nowhere, with the package that should bring each, where one is known.
    pub(crate) missing_libraries: Vec<(String, Option<String>)>,
    /// How many libraries it needs that are there.
    pub(crate) libraries: usize,
    /// The package that the path belongs to.
    pub(crate) package: Option<String>,
    /// The machine numbers of the file and the name of the host's machine.
    pub(crate) machine: Option<(u32, String)>,
}

/// What a unit needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) unit: String,
    /// The account that the program runs as; nothing where it could not be told.
    pub(crate) account: Option<Account>,
    /// The accounts that its processes run as.
    pub(crate) runs_as: Vec<Account>,
    pub(crate) missing_user: Option<String>,
    pub(crate) missing_group: Option<String>,
    pub(crate) dynamic_user: bool,
    pub(crate) state_folders: Vec<String>,
    /// The number of files that it may have open.
    pub(crate) open_files: Option<u64>,
    pub(crate) parts: Vec<Part>,
    pub(crate) mounts: Vec<Mount>,
    /// How much of the filesystem the unit may write, by `ProtectSystem=`.
    pub(crate) protect_system: String,
    pub(crate) writable: Vec<String>,
    /// What drop-ins add to the unit, in the order in which they do: the file, the directive and its value.
    pub(crate) added: Vec<(String, String, String)>,
}

/// A mount point with what matters here of its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    pub(crate) point: String,
    pub(crate) kind: String,
    pub(crate) read_only: bool,
    pub(crate) noexec: bool,
}

impl Mount {
    /// Reads `mount POINT TYPE rw,noexec`.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("mount ")?.split(' ');
        let point = words.next()?.replace("\\040", " ");
        let kind = words.next()?.to_owned();
        let options = words.next()?;
        Some(Self {
            point,
            kind,
            read_only: options.split(',').any(|word| word == "ro"),
            noexec: options.split(',').any(|word| word == "noexec"),
        })
    }

    /// The mount that holds a path: the longest point, the last where two are equal.
    pub(crate) fn of<'a>(mounts: &'a [Self], path: &str) -> Option<&'a Self> {
        mounts
            .iter()
            .filter(|mount| crate::rank::within(path, &mount.point))
            .max_by_key(|mount| mount.point.len())
    }
}

impl Needs {
    /// Reads the answer of `unit.exec`.
    pub(crate) fn read(text: &str) -> Self {
        let (show, rest) = text.split_once("-- who").unwrap_or((text, ""));
        let (who, paths) = rest.split_once("-- programs").unwrap_or((rest, ""));
        let mut needs = Self::default();
        needs.read_show(show);
        needs.read_who(who);
        let mut roles = Vec::new();
        let mut notes: Vec<(usize, String)> = Vec::new();
        let ways = read_ways(paths, |count, line| {
            let role = match line.split_once(' ') {
                Some(("exec", _)) => Some(Role::Program),
                Some(("argument", _)) => Some(Role::Argument),
                Some(("place", what)) if what.starts_with("directory ") => Some(Role::Folder),
                Some(("place", what)) if what.starts_with("environment ") => {
                    Some(Role::Environment)
                }
                Some(("place", what)) if what.starts_with("credential ") => Some(Role::Credential),
                Some(("place", _)) => Some(Role::Writable),
                _ => None,
            };
            match role {
                Some(role) => roles.push((count, role)),
                None => notes.push((count, line.to_owned())),
            }
        });
        for (n, way) in ways.into_iter().enumerate() {
            let role = roles.iter().find(|(count, _)| *count == n);
            let mut part = Part::new(role.map_or(Role::Argument, |(_, role)| *role), way);
            for (_, note) in notes.iter().filter(|(count, _)| *count == n + 1) {
                part.note(note);
            }
            needs.parts.push(part);
        }
        needs.mounts = notes
            .iter()
            .filter_map(|(_, line)| Mount::read(line))
            .collect();
        needs
    }

    fn read_show(&mut self, show: &str) {
        let blocks = blocks(show);
        let Some(block) = blocks.first() else { return };
        let text = |name: &str| block.get(name).copied().unwrap_or_default();
        let words = |name: &str| text(name).split_whitespace().map(str::to_owned).collect();
        text("Id").clone_into(&mut self.unit);
        self.dynamic_user = text("DynamicUser") == "yes";
        self.open_files = text("LimitNOFILESoft").parse().ok();
        text("ProtectSystem").clone_into(&mut self.protect_system);
        self.writable = words("ReadWritePaths");
        let state: Vec<String> = words("StateDirectory");
        let logs: Vec<String> = words("LogsDirectory");
        let cache: Vec<String> = words("CacheDirectory");
        for (base, names) in [
            ("/var/lib", state),
            ("/var/log", logs),
            ("/var/cache", cache),
        ] {
            let folders = names.iter().map(|name| format!("{base}/{name}"));
            self.state_folders.extend(folders);
        }
        if text("User").is_empty() && !self.unit.is_empty() && !self.dynamic_user {
            self.account = Some(Account::root());
        }
    }

    fn read_who(&mut self, who: &str) {
        let mut entry = None;
        let mut ids = "";
        let mut group = None;
        let mut running = None;
        for line in who.lines() {
            match line.split_once(' ') {
                Some(("runs-as", rest)) => running = Some(rest),
                Some(("runs-as-ids", rest)) => {
                    self.runs_as
                        .extend(running.take().and_then(|entry| account(entry, rest)));
                }
                Some(("user", rest)) => entry = Some(rest),
                Some(("ids", rest)) => ids = rest,
                Some(("group", rest)) => group = Some(rest),
                Some(("set", rest)) => self.added.extend(added(rest)),
                Some(("user-missing", name)) if !self.dynamic_user => {
                    self.missing_user = Some(name.trim().to_owned());
                }
                Some(("group-missing", name)) if !self.dynamic_user => {
                    self.missing_group = Some(name.trim().to_owned());
                }
                _ => {}
            }
        }
        if let Some(account) = entry.and_then(|entry| account(entry, ids)) {
            self.account = Some(account);
        }
        let mut fields = group.unwrap_or_default().split(':');
        if let (Some(account), Some(name), Some(gid)) = (
            &mut self.account,
            fields.next(),
            fields.nth(1).and_then(|gid| gid.parse().ok()),
        ) {
            name.clone_into(&mut account.group);
            account.gids.push(gid);
        }
    }

    /// The drop-in that says this of the unit: the last whose value names it.
    pub(crate) fn said_by(&self, directives: &[&str], what: &str) -> Option<&str> {
        let words = |value: &str| {
            value
                .split_whitespace()
                .any(|word| word.trim_start_matches(['-', '!', '+', '@', ':']) == what)
        };
        let said = |(_, key, value): &&(String, String, String)| {
            directives.contains(&key.as_str()) && words(value)
        };
        let last = self.added.iter().rev().find(said);
        last.map(|(file, _, _)| file.as_str())
    }

    /// The account that does the unit's work: one without privilege, where there is one.
    pub(crate) fn worker(&self) -> Option<&Account> {
        let plain = |account: &&Account| account.uid != 0;
        self.account
            .iter()
            .find(plain)
            .or_else(|| self.runs_as.iter().find(plain))
            .or(self.account.as_ref())
    }
}

/// Reads `FILE DIRECTIVE=VALUE`.
fn added(line: &str) -> Option<(String, String, String)> {
    let (file, line) = line.split_once(' ')?;
    let (key, value) = line.split_once('=')?;
    let owned = |text: &str| text.trim().to_owned();
    Some((owned(file), owned(key), owned(value)))
}

/// An account of a line of the user database and the words of `id`.
pub(crate) fn account(entry: &str, ids: &str) -> Option<Account> {
    let mut fields = entry.split(':');
    let name = fields.next()?.to_owned();
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let home = fields.nth(1).unwrap_or_default().to_owned();
    let mut gids = vec![gid];
    let groups = ids.split_once("groups=").map_or("", |(_, groups)| groups);
    for group in groups.split(',') {
        let digits: String = group.chars().take_while(char::is_ascii_digit).collect();
        gids.extend(digits.parse::<u32>().ok());
    }
    let group = ids
        .split_once("gid=")
        .and_then(|(_, rest)| rest.split_once('('))
        .and_then(|(_, rest)| rest.split_once(')'))
        .map_or_else(|| gid.to_string(), |(name, _)| name.to_owned());
    Some(Account {
        name,
        group,
        home,
        uid,
        gids,
    })
}

impl Part {
    const fn new(role: Role, way: Way) -> Self {
        Self {
            role,
            way,
            magic: None,
            interpreter: None,
            ends_in_cr: false,
            env_misses: None,
            missing_libraries: Vec::new(),
            libraries: 0,
            package: None,
            machine: None,
        }
    }

    fn note(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "magic" => self.magic = Some(rest.trim().to_owned()),
            "shebang-ends-in-cr" => self.ends_in_cr = true,
            "interpreter" => {
                self.interpreter = rest
                    .rsplit_once(' ')
                    .map(|(path, state)| (path.to_owned(), state.to_owned()));
            }
            "env-finds" => {
                if let Some((name, "-")) = rest.rsplit_once(' ') {
                    self.env_misses = Some(name.to_owned());
                }
            }
            "library" => match rest.rsplit_once(' ') {
                Some((name, "-")) => self.missing_libraries.push((name.to_owned(), None)),
                Some(_) => self.libraries += 1,
                None => {}
            },
            "library-package" => {
                if let Some((name, package)) = rest.split_once(' ')
                    && let Some(library) =
                        self.missing_libraries.iter_mut().find(|(so, _)| so == name)
                {
                    library.1 = package_name(package);
                }
            }
            "package" => {
                let named = rest.split_once(": ").map_or(rest, |(package, _)| package);
                self.package = self.package.take().or_else(|| package_name(named));
            }
            "elf" if self.machine.is_none() => {
                let mut words = rest
                    .split(' ')
                    .skip_while(|word| *word != "machine")
                    .skip(1);
                let number = words.next().and_then(|word| word.parse().ok());
                let host = words.nth(1).map(str::to_owned);
                self.machine = number.zip(host);
            }
            _ => {}
        }
    }
}

/// The first of `a, b`, where it has the form of a package name.
pub(crate) fn package_name(text: &str) -> Option<String> {
    let name = text.split(',').next()?.trim();
    incident::step::Slot::Package
        .check(name)
        .is_ok()
        .then(|| name.to_owned())
}
