//! What a host is made of, so that a day on which it is unwell can be compared with one on which it was well.
//!
//! The probe prints a snapshot; [`Snapshot::read`] reads it, [`Snapshot::diff`] compares two, [`weigh`] puts what is likeliest to
//! matter first. Whether a host has a baseline is not known here: whoever knows asks [`question`].

use std::collections::{BTreeMap, BTreeSet};

use incident::ProbeRun;
use incident::change::{Area, Aspect, Change};

use crate::read::short;
use crate::spec::Spec;

#[cfg(test)]
mod tests;
mod weigh;

pub use weigh::{is_consequence, weigh};

/// The key of the question, under which the answer is found.
pub const KEY: &str = "baseline.take";

const TAKE: Spec = Spec::new(
    KEY,
    "what the host is made of: packages, units, modules, ports, mounts, parameters, accounts, files of the configuration",
    include_str!("sh/baseline.take.sh"),
)
.root()
.within(10, 524_288);

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[TAKE];

/// What the host is made of.
#[must_use]
pub fn question(because: &str) -> Option<ProbeRun> {
    TAKE.run(&[], because).ok()
}

/// More lines than a host prints that keeps to the probe's limits.
const MOST_LINES: usize = 20_000;
/// The longest name or value that is kept of one thing.
const LONGEST: usize = 240;

/// Files that are written along with the accounts.
const BESIDE_ACCOUNTS: [&str; 3] = ["/etc/shadow", "/etc/subuid", "/etc/subgid"];

/// What is known of one thing; what could not be seen of it is not in here.
type Thing = BTreeMap<Aspect, String>;

/// What a host was made of at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// A hash of the machine's id; none where it has none.
    pub machine: Option<String>,
    seen: BTreeSet<Area>,
    things: BTreeMap<(Area, String), Thing>,
    /// Programs of services: those that the service manager knows of at the time, so that none of them is ever new or gone.
    programs: BTreeSet<String>,
    /// Directories that could not be looked into.
    blind: Vec<String>,
    /// The parts of which there was more than is told: files, certificates.
    cut: BTreeSet<Area>,
}

/// What two snapshots differ in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// The changes, in no order that means anything.
    pub changes: Vec<Change>,
    /// What was seen in one of them only, and is not compared.
    pub unseen: Vec<Area>,
    /// How many files could be read in one of them only.
    pub unread_files: usize,
}

fn area(word: &str) -> Option<Area> {
    Some(match word {
        "fact" => Area::System,
        "mod" => Area::Module,
        "sysctl" => Area::Sysctl,
        "mount" => Area::Mount,
        "user" => Area::User,
        "group" => Area::Group,
        "unit" => Area::Unit,
        "port" => Area::Port,
        "program" => Area::Program,
        "pkg" => Area::Package,
        "cert" => Area::Certificate,
        "file" => Area::File,
        _ => return None,
    })
}

impl Snapshot {
    /// Reads what the probe printed; nothing where that is no snapshot.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        lines.find(|line| *line == "baseline 1")?;
        let mut snapshot = Self::default();
        for line in lines.take(MOST_LINES) {
            snapshot.line(line);
        }
        Some(snapshot)
    }

    /// Whether it tells enough to be compared with: accounts are seen by everybody, wherever the probe ran to its end.
    #[must_use]
    pub fn tells(&self) -> bool {
        self.seen.contains(&Area::User) && self.seen.contains(&Area::File)
    }

    /// Whether no part of the host was seen to its end, so that nothing can be compared.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.seen.is_empty()
    }

    /// How many things it knows of each part that was seen.
    #[must_use]
    pub fn counts(&self) -> Vec<(Area, usize)> {
        let of = |area: &Area| self.things.keys().filter(|(of, _)| of == area).count();
        let seen = self.seen.iter().filter(|area| **area != Area::Program);
        seen.map(|area| (*area, of(area))).collect()
    }

    fn line(&mut self, line: &str) {
        let Some((word, rest)) = line.split_once(' ') else {
            return;
        };
        match word {
            "machine" => self.machine = Some(short(rest, 64)),
            "seen" => self.seen.extend(area(rest)),
            "blind" => self.blind.push(short(rest, LONGEST)),
            "cut" => self.cut.extend(area(rest)),
            "file" | "exe" => {
                let mut part = rest.splitn(4, ' ');
                let (Some(mode), Some(owner), Some(content), Some(path)) =
                    (part.next(), part.next(), part.next(), part.next())
                else {
                    return;
                };
                let mode = u32::from_str_radix(mode, 16).unwrap_or(0) & 0o7777;
                let mode = format!("{mode:04o}");
                if word == "exe" {
                    self.programs.insert(short(path, LONGEST));
                }
                self.put(
                    Area::File,
                    path,
                    &[
                        (Aspect::Mode, &mode),
                        (Aspect::Owner, owner),
                        (Aspect::Content, content),
                    ],
                );
            }
            "link" => {
                if let Some((path, target)) = rest.split_once(' ') {
                    self.put(Area::File, path, &[(Aspect::Target, target)]);
                }
            }
            "port" => self.port(rest),
            _ => self.named(word, rest),
        }
    }

    /// A line that begins with a name: what follows means what its part says.
    fn named(&mut self, word: &str, line: &str) {
        let Some((area, (name, rest))) = area(word).zip(line.split_once(' ')) else {
            return;
        };
        let parts: Vec<&str> = rest.split(' ').collect();
        let nth = |n: usize| parts.get(n).copied().unwrap_or("-");
        match area {
            Area::System | Area::User | Area::Group => {
                self.put(area, name, &[(Aspect::Value, rest)]);
            }
            Area::Sysctl => self.put(area, &name.replace('/', "."), &[(Aspect::Value, rest)]),
            Area::Module => self.put(
                area,
                name,
                &[
                    (Aspect::Content, nth(0)),
                    (Aspect::Version, nth(1)),
                    (Aspect::State, nth(2)),
                ],
            ),
            Area::Mount => {
                let source = format!("{} ({})", nth(0), nth(1));
                self.put(
                    area,
                    name,
                    &[(Aspect::Source, &source), (Aspect::Options, nth(2))],
                );
            }
            Area::Unit => self.put(
                area,
                name,
                &[
                    (Aspect::Enabled, nth(0)),
                    (Aspect::Runs, nth(1)),
                    (Aspect::Content, nth(2)),
                ],
            ),
            Area::Package => {
                let state = parts.get(4).map_or("installed", |state| state.trim());
                self.put(
                    area,
                    name,
                    &[
                        (Aspect::Version, nth(0)),
                        (Aspect::Content, nth(1)),
                        (Aspect::State, state),
                    ],
                );
            }
            // The fingerprint stands before the path.
            Area::Certificate => {
                let (path, end) = rest.split_once(' ').unwrap_or((rest, ""));
                let content = format!("{name} until {end}");
                self.put(area, path, &[(Aspect::Content, &content)]);
            }
            Area::Port | Area::Program | Area::File => {}
        }
    }

    /// `80/tcp ADDRESS PROGRAM`; several addresses and programs of one port stand together.
    fn port(&mut self, line: &str) {
        let mut parts = line.split(' ');
        let (Some(name), Some(at), Some(who)) = (parts.next(), parts.next(), parts.next()) else {
            return;
        };
        let thing = self
            .things
            .entry((Area::Port, short(name, 40)))
            .or_default();
        for (aspect, value) in [(Aspect::Source, at), (Aspect::Program, who)] {
            if value == "-" {
                continue;
            }
            let known = thing.entry(aspect).or_default();
            if known.len() < LONGEST && !known.split(' ').any(|one| one == value) {
                let mut all: Vec<&str> = known.split(' ').filter(|one| !one.is_empty()).collect();
                all.push(value);
                all.sort_unstable();
                *known = all.join(" ");
            }
        }
    }

    fn put(&mut self, area: Area, name: &str, aspects: &[(Aspect, &str)]) {
        if name.is_empty() {
            return;
        }
        let known = aspects
            .iter()
            .filter(|(_, value)| !matches!(*value, "-" | "" | "~"));
        let thing = known
            .map(|(aspect, value)| (*aspect, short(value, LONGEST)))
            .collect();
        self.things.insert((area, short(name, LONGEST)), thing);
    }

    /// What differs from `self` in `now`. Only what both saw is compared.
    #[must_use]
    pub fn diff(&self, now: &Self) -> Diff {
        let mut diff = Diff {
            unseen: self.seen.symmetric_difference(&now.seen).copied().collect(),
            ..Diff::default()
        };
        let both = |area: Area| self.seen.contains(&area) && now.seen.contains(&area);
        let passing = |area: Area, name: &String| {
            area == Area::File && (self.programs.contains(name) || now.programs.contains(name))
        };
        let keys: BTreeSet<&(Area, String)> = self.things.keys().chain(now.things.keys()).collect();
        for key in keys {
            let (area, name) = key;
            if !both(*area) {
                continue;
            }
            match (self.things.get(key), now.things.get(key)) {
                (Some(was), Some(is)) => diff.both(*area, name, was, is),
                (Some(_), None) | (None, Some(_)) if passing(*area, name) => {}
                (Some(was), None) if now.can_tell(*area, name) => {
                    diff.push(*area, name, Aspect::Presence, Some(told(*area, was)), None);
                }
                (None, Some(is)) if self.can_tell(*area, name) => {
                    diff.push(*area, name, Aspect::Presence, None, Some(told(*area, is)));
                }
                (Some(_), None) | (None, Some(_)) => diff.unread_files += 1,
                (None, None) => {}
            }
        }
        diff.unseen.extend(self.cut.union(&now.cut));
        diff.unseen.sort_unstable();
        diff.unseen.dedup();
        diff.leave_out();
        diff
    }

    /// Whether this snapshot would name the thing if it were there.
    fn can_tell(&self, area: Area, name: &str) -> bool {
        let inside = |dir: &String| {
            name.strip_prefix(dir.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let unread = || {
            let file = self.things.get(&(Area::File, name.to_owned()));
            let content = file.and_then(|file| file.get(&Aspect::Content));
            content.is_some_and(|content| content.starts_with('~'))
        };
        match area {
            Area::File => !self.cut.contains(&area) && !self.blind.iter().any(inside),
            // A file that is there and could not be read may hold one.
            Area::Certificate => {
                !self.cut.contains(&area) && !self.blind.iter().any(inside) && !unread()
            }
            Area::System
            | Area::Module
            | Area::Sysctl
            | Area::Mount
            | Area::User
            | Area::Group
            | Area::Unit
            | Area::Port
            | Area::Program
            | Area::Package => true,
        }
    }
}

/// What is worth telling of a thing that came or went.
fn told(area: Area, thing: &Thing) -> String {
    let aspect = match area {
        Area::Package => Aspect::Version,
        Area::Port => Aspect::Program,
        Area::Unit => Aspect::Enabled,
        Area::Mount => Aspect::Source,
        Area::File if thing.contains_key(&Aspect::Target) => Aspect::Target,
        Area::System | Area::Sysctl | Area::User | Area::Group => Aspect::Value,
        Area::Module => Aspect::State,
        Area::Program | Area::Certificate | Area::File => Aspect::Content,
    };
    thing.get(&aspect).cloned().unwrap_or_default()
}

impl Diff {
    fn push(
        &mut self,
        area: Area,
        name: &str,
        aspect: Aspect,
        was: Option<String>,
        now: Option<String>,
    ) {
        self.changes.push(Change {
            area,
            name: name.to_owned(),
            aspect,
            was,
            now,
            touches: None,
        });
    }

    /// A thing that is there on both days.
    fn both(&mut self, area: Area, name: &str, was: &Thing, now: &Thing) {
        let link = |thing: &Thing| thing.contains_key(&Aspect::Target);
        if link(was) != link(now) {
            let kind = |thing| Some(if link(thing) { "link" } else { "file" }.to_owned());
            self.push(area, name, Aspect::Content, kind(was), kind(now));
            return;
        }
        for (aspect, before) in was {
            let Some(after) = now.get(aspect).filter(|after| *after != before) else {
                continue;
            };
            // A size and a time do not compare with a hash: one of the two days could not read it.
            if before.starts_with('~') != after.starts_with('~') && *aspect == Aspect::Content {
                self.unread_files += 1;
                continue;
            }
            self.push(
                area,
                name,
                *aspect,
                Some(before.clone()),
                Some(after.clone()),
            );
        }
    }

    /// Leaves out what follows from another change, and what comes and goes by itself.
    fn leave_out(&mut self) {
        let kernel = self
            .changes
            .iter()
            .any(|change| change.area == Area::System && change.name == "kernel");
        let packages: Vec<String> = self
            .changes
            .iter()
            .filter(|change| change.area == Area::Package)
            .map(|change| weigh::package(&change.name).to_owned())
            .collect();
        let certificates: BTreeSet<String> = self
            .changes
            .iter()
            .filter(|change| change.area == Area::Certificate)
            .map(|change| change.name.clone())
            .collect();
        let accounts = self
            .changes
            .iter()
            .any(|change| matches!(change.area, Area::User | Area::Group));
        let versions: BTreeSet<String> = self
            .changes
            .iter()
            .filter(|change| change.area == Area::Package && change.aspect == Aspect::Version)
            .map(|change| change.name.clone())
            .collect();
        self.changes.retain(|change| {
            let appeared = change.aspect == Aspect::Presence && change.now.is_some();
            match change.area {
                // The kernel loads what it needs when it needs it; one that is not of its own tree somebody brought.
                Area::Module if appeared => {
                    change.now.as_deref().is_some_and(|taint| !taint.is_empty())
                }
                // Another kernel has other modules of the same names.
                Area::Module => !(kernel && change.aspect != Aspect::Presence),
                // A parameter is there as long as its module is.
                Area::Sysctl => change.aspect != Aspect::Presence,
                // Another version has other files.
                Area::Package => {
                    change.aspect != Aspect::Content || !versions.contains(&change.name)
                }
                // Whoever adds an account writes these too.
                Area::File if accounts && BESIDE_ACCOUNTS.contains(&change.name.as_str()) => false,
                // A package brings its programs and unit files.
                Area::File if change.aspect == Aspect::Content => {
                    let of_a_package = ["/usr/bin/", "/usr/sbin/", "/usr/lib/", "/bin/", "/sbin/"]
                        .iter()
                        .any(|dir| change.name.starts_with(dir));
                    let program = change.name.rsplit('/').next().unwrap_or("");
                    let brought = |package: &String| weigh::akin(package, program);
                    let follows = of_a_package && packages.iter().any(brought);
                    !follows && !certificates.contains(&change.name)
                }
                Area::Unit if change.aspect == Aspect::Content => {
                    let stem = weigh::stem(&change.name);
                    !packages.iter().any(|package| weigh::akin(package, stem))
                }
                Area::System
                | Area::Mount
                | Area::User
                | Area::Group
                | Area::Unit
                | Area::Port
                | Area::Program
                | Area::Certificate
                | Area::File => true,
            }
        });
    }
}
