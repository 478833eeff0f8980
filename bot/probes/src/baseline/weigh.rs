//! Which change is likeliest to matter: first what a finding is about, then what breaks hosts most often.

use std::collections::BTreeSet;

use incident::change::{Area, Aspect, Change};
use incident::{Finding, Severity, Value, finding};

/// How near a change is to what a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Near {
    /// Of the same service: its other files, its package, its port.
    Akin,
    /// The very thing.
    Same,
}

/// Names that are no service's: what they share means nothing.
const COMMON: [&str; 22] = [
    "systemd",
    "default",
    "ssl",
    "alternatives",
    "network",
    "security",
    "apt",
    "dpkg",
    "cron",
    "init",
    "pam",
    "sysctl",
    "logrotate",
    "profile",
    "skel",
    "opt",
    "local",
    "lib",
    "python3",
    "udev",
    "modprobe",
    "host",
];

/// Names of one thing that do not begin alike.
const ALSO: [(&str, &str); 6] = [
    ("mariadb", "mysql"),
    ("apache2", "httpd"),
    ("ssh", "openssh"),
    ("sshd", "openssh"),
    ("named", "bind"),
    ("mysqld", "mariadb"),
];

/// Orders changes, and says of each which finding is about it. Findings come with their root causes first.
#[must_use]
pub fn weigh(mut changes: Vec<Change>, findings: &[Finding]) -> Vec<Change> {
    let roots: BTreeSet<_> = finding::roots(findings).map(|one| &one.id).collect();
    let ports: Vec<Change> = changes
        .iter()
        .filter(|change| change.area == Area::Port)
        .cloned()
        .collect();
    let about: Vec<About<'_>> = findings
        .iter()
        .filter(|one| one.severity > Severity::Info)
        .map(|one| About::of(one, &ports))
        .collect();
    let brought: Vec<String> = changes
        .iter()
        .filter(|change| change.area == Area::Package && change.aspect == Aspect::Presence)
        .map(|change| package(&change.name).to_owned())
        .collect();
    let packages = changes.iter().any(|change| change.area == Area::Package);
    let mut weighed: Vec<(u32, Change)> = Vec::new();
    for mut change in changes.drain(..) {
        let mut best: Option<(u32, &Finding)> = None;
        for about in &about {
            let Some(near) = about.near(&change) else {
                continue;
            };
            let root = roots.contains(&about.finding.id);
            // What somebody suffers from is said already; what may have made it so comes first.
            let why = if is_consequence(&change) { 0 } else { 1_500 };
            let bonus = why
                + match (near, root) {
                    (Near::Same, true) => 4_000,
                    (Near::Akin, true) => 3_000,
                    (Near::Same, false) => 2_000,
                    (Near::Akin, false) => 1_000,
                };
            if best.is_none_or(|(most, _)| bonus > most) {
                best = Some((bonus, about.finding));
            }
        }
        change.touches = best.map(|(_, finding)| finding.id.clone());
        // One of the kernel's own tree goes as it comes: nobody needed it since the last start. One from elsewhere somebody brought.
        let own = change.was.as_deref() == Some("");
        let went = change.aspect == Aspect::Presence && own && change.now.is_none();
        if change.area == Area::Module && went && best.is_none() {
            continue;
        }
        let mut weight = base(&change) + lately(&change, findings);
        // What a package brought or took along follows from it.
        let follows = change.aspect == Aspect::Presence
            && matches!(
                change.area,
                Area::File | Area::Unit | Area::User | Area::Group
            );
        if follows
            && brought
                .iter()
                .any(|name| stems(&change).iter().any(|stem| akin(name, stem)))
        {
            weight /= 4;
        }
        // A program is likely of one of the packages, by a name that does not show it.
        if packages
            && change.area == Area::File
            && change.aspect == Aspect::Content
            && change.name.starts_with("/usr/")
            && !change.name.starts_with("/usr/local/")
        {
            weight /= 4;
        }
        weighed.push((best.map_or(0, |(bonus, _)| bonus) + weight, change));
    }
    weighed.sort_by(|(a, left), (b, right)| b.cmp(a).then_with(|| left.cmp(right)));
    weighed.into_iter().map(|(_, change)| change).collect()
}

/// More for what was changed within the last day, which another question finds out: between two changes of a kind the later one
/// is likelier.
fn lately(change: &Change, findings: &[Finding]) -> u32 {
    let lists = findings
        .iter()
        .filter(|one| one.code.as_str() == "change.recent")
        .flat_map(|one| one.facts.iter());
    let mut named = lists.filter_map(|(fact, value)| match (change.area, fact.as_str(), value) {
        (Area::File, "files", Value::List(list)) => Some(list.contains(&change.name)),
        // `upgrade nginx 1.24`.
        (Area::Package, "packages", Value::List(list)) => {
            let name = package(&change.name);
            Some(list.iter().any(|one| one.split(' ').nth(1) == Some(name)))
        }
        _ => None,
    });
    if named.any(|one| one) { 6 } else { 0 }
}

/// Whether a change is what somebody suffers from, rather than what somebody did.
#[must_use]
pub const fn is_consequence(change: &Change) -> bool {
    matches!(
        (change.area, change.aspect),
        (Area::Unit, Aspect::Runs) | (Area::Port, _)
    )
}

/// How often such a change is why a host is unwell, as far as can be said without knowing the host.
fn base(change: &Change) -> u32 {
    let gone = change.now.is_none();
    let new = change.was.is_none();
    match (change.area, change.aspect) {
        (Area::Unit, Aspect::Runs) if change.now.as_deref() == Some("on") => 34,
        (Area::Unit, Aspect::Runs) => 99,
        (Area::Unit, Aspect::Enabled) if change.now.as_deref() == Some("enabled") => 36,
        (Area::Unit, Aspect::Enabled) => 100,
        (Area::Unit, _) if gone => 97,
        (Area::Unit, Aspect::Content) => 94,
        (Area::Port, _) if gone => 92,
        (Area::Port, _) if new => 42,
        (Area::Port, _) => 90,
        (Area::Mount, _) if gone => 88,
        (Area::Mount, _) if new => 32,
        (Area::Mount, _) => 86,
        (Area::File, _) if new => 40,
        (Area::File, _) => 84,
        (Area::Module, Aspect::Content | Aspect::Version) => 83,
        (Area::Package, Aspect::Content | Aspect::State) => 82,
        (Area::Package, _) if gone => 80,
        (Area::Package, _) if new => 28,
        (Area::Package, _) => 76,
        (Area::Certificate, _) => 74,
        (Area::System, _) => 66,
        (Area::Module, _) => 60,
        (Area::Sysctl, _) => 56,
        (Area::User, _) => 52,
        (Area::Group, _) => 48,
        (Area::Unit, _) => 30,
        (Area::Program, _) => 20,
    }
}

/// What a finding is about.
struct About<'f> {
    finding: &'f Finding,
    /// The very things, by their names.
    names: BTreeSet<&'f str>,
    ports: BTreeSet<i64>,
    /// The services that it has to do with.
    stems: BTreeSet<&'f str>,
}

impl<'f> About<'f> {
    fn of(finding: &'f Finding, ports: &'f [Change]) -> Self {
        let mut about = Self {
            finding,
            names: BTreeSet::new(),
            ports: BTreeSet::new(),
            stems: BTreeSet::new(),
        };
        // What a host as a whole suffers from is no thing that changes.
        if finding.subject.kind != "host" {
            about.name(&finding.subject.name);
        }
        for (fact, value) in &finding.facts {
            match value {
                Value::Text(text) if NAMING.contains(&fact.as_str()) || text.starts_with('/') => {
                    about.name(text);
                }
                Value::List(list) if fact == "packages" => {
                    list.iter().for_each(|one| about.name(one));
                }
                Value::Int(port) if fact == "port" => {
                    about.ports.insert(*port);
                }
                Value::Text(_) | Value::List(_) | Value::Int(_) | Value::Bool(_) => {}
            }
        }
        if finding.subject.kind == "nameserver" {
            about.ports.insert(53);
        }
        // Whoever listened there has to do with it.
        for port in ports {
            if port_of(&port.name).is_some_and(|number| about.ports.contains(&number)) {
                about.stems.extend(
                    port.was
                        .iter()
                        .chain(&port.now)
                        .flat_map(|who| who.split(' ')),
                );
            }
        }
        about
            .stems
            .retain(|stem| stem.len() >= 3 && !COMMON.contains(stem));
        about
    }

    fn name(&mut self, name: &'f str) {
        // `/etc/nginx/nginx.conf:12` names a line of a file.
        let name = match name.split_once(':') {
            Some((path, _line)) if path.starts_with('/') => path,
            Some(_) | None => name,
        };
        if name.is_empty() || name == "/" {
            return;
        }
        self.names.insert(name);
        if self.finding.subject.kind == "port" {
            self.ports.extend(port_of(name));
        }
        if name.starts_with('/') {
            self.stems.extend(of_path(name));
        } else if is_unit(name) {
            self.stems.insert(stem(name));
        } else if self.finding.subject.kind == "package" {
            self.stems.insert(package(name));
        }
    }

    /// How near a change is to it.
    fn near(&self, change: &Change) -> Option<Near> {
        let name = change.name.as_str();
        let same = match change.area {
            Area::Port => port_of(name).is_some_and(|port| self.ports.contains(&port)),
            Area::Package => self.names.contains(name) || self.names.contains(package(name)),
            Area::Unit => self.names.contains(name),
            Area::File => {
                self.names.contains(name)
                    || self
                        .names
                        .iter()
                        .any(|unit| is_unit(unit) && drop_in_of(name, unit))
            }
            Area::Mount => {
                self.names.contains(name)
                    || (name != "/" && self.names.iter().any(|path| under(path, name)))
            }
            Area::User | Area::Group => {
                self.finding.text("user") == Some(name) || self.finding.text("group") == Some(name)
            }
            Area::Module | Area::Sysctl | Area::Certificate => self.names.contains(name),
            Area::System | Area::Program => false,
        };
        if same {
            return Some(Near::Same);
        }
        let stems = stems(change);
        let akin = stems
            .iter()
            .any(|one| self.stems.iter().any(|other| akin(one, other)));
        akin.then_some(Near::Akin)
    }
}

/// Facts whose text names a thing.
const NAMING: [&str; 12] = [
    "unit",
    "restart_unit",
    "reset_unit",
    "timer",
    "package",
    "module",
    "key",
    "parameter",
    "mount",
    "want_mount",
    "server",
    "renewal_unit",
];

/// The services that a change has to do with, by what the thing is called.
fn stems(change: &Change) -> Vec<&str> {
    let mut stems: Vec<&str> = match change.area {
        Area::Unit => vec![stem(&change.name)],
        Area::File | Area::Certificate => of_path(&change.name).into_iter().collect(),
        Area::Package => vec![package(&change.name)],
        Area::User | Area::Group => vec![change.name.as_str()],
        Area::Port => change
            .was
            .iter()
            .chain(&change.now)
            .flat_map(|who| who.split(' '))
            .collect(),
        Area::System | Area::Module | Area::Sysctl | Area::Mount | Area::Program => Vec::new(),
    };
    stems.retain(|stem| stem.len() >= 3 && !COMMON.contains(stem));
    stems
}

/// The service that a path is of, by where it lies: `/etc/nginx/…`, `/etc/default/nginx`, `/usr/sbin/nginx`.
fn of_path(path: &str) -> Option<&str> {
    let unit = path.split('/').find(|part| {
        part.contains(".service") || part.contains(".socket") || part.contains(".timer")
    });
    if let Some(unit) = unit {
        return Some(stem(unit));
    }
    let rest = path.strip_prefix("/etc/");
    let Some(rest) = rest else {
        let places = [
            "/usr/bin/",
            "/usr/sbin/",
            "/bin/",
            "/sbin/",
            "/usr/local/bin/",
            "/usr/local/sbin/",
            "/opt/",
            "/var/lib/",
            "/var/log/",
        ];
        let rest = places.iter().find_map(|place| path.strip_prefix(place))?;
        return rest.split('/').next();
    };
    let mut parts = rest.split('/');
    let first = parts.next()?;
    match parts.next() {
        Some(second) if first == "default" || first.ends_with(".d") => {
            Some(second.split('.').next().unwrap_or(second))
        }
        Some(_) => Some(first),
        None => first.strip_suffix(".conf").or(Some(first)),
    }
}

/// The number of `80/tcp`.
fn port_of(name: &str) -> Option<i64> {
    name.split('/').next()?.parse().ok()
}

fn is_unit(name: &str) -> bool {
    let ends = [".service", ".socket", ".timer", ".path", ".mount"];
    !name.starts_with('/') && ends.iter().any(|end| name.ends_with(end))
}

/// Whether a file is a unit's own or one of its drop-ins.
fn drop_in_of(path: &str, unit: &str) -> bool {
    path.split('/')
        .any(|part| part == unit || part.strip_suffix(".d") == Some(unit))
}

fn under(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// What a unit is called without its kind and instance: `postgresql@15-main.service` -> `postgresql`.
pub(super) fn stem(unit: &str) -> &str {
    let name = unit.split('@').next().unwrap_or(unit);
    name.split(".service")
        .next()
        .and_then(|name| name.split(".socket").next())
        .and_then(|name| name.split(".timer").next())
        .and_then(|name| name.split(".path").next())
        .unwrap_or(name)
}

/// A package without its architecture.
pub(super) fn package(name: &str) -> &str {
    let name = name.split(':').next().unwrap_or(name);
    ["x86_64", "noarch", "aarch64"]
        .iter()
        .find_map(|arch| name.strip_suffix(arch)?.strip_suffix('.'))
        .unwrap_or(name)
}

/// Whether two names are of one service.
pub(super) fn akin(one: &str, other: &str) -> bool {
    let begins = |long: &str, short: &str| short.len() >= 4 && long.starts_with(short);
    let part = |name: &str, of: &str| of.split('-').any(|part| part == name);
    one == other
        || begins(one, other)
        || begins(other, one)
        || part(one, other)
        || part(other, one)
        || ALSO.iter().any(|(a, b)| {
            let is =
                |name: &str, which: &str| name == which || name.starts_with(&format!("{which}-"));
            (is(one, a) && is(other, b)) || (is(one, b) && is(other, a))
        })
}
