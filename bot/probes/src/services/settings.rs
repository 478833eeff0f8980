//! Judges what databases are told to take against what their host has: a pool that does not fit keeps a server from starting, or
//! waits to end it.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::host::Host;
use crate::look::Look;
use crate::memory::{self, Memory};
use crate::read::{int, percent, size};

#[cfg(test)]
mod tests;

/// One place of a setting, in the order in which the server reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) line: i64,
    pub(super) section: String,
    pub(super) key: String,
    pub(super) value: String,
    /// Whether all of the value is here: a long one may have been cut.
    whole: bool,
}

/// What one server is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// `mysql` or `postgres`.
    pub(super) server: String,
    pub(super) unit: String,
    /// The most that its unit may have, in bytes.
    pub(super) most: Option<i64>,
    /// What its main process holds, in KiB.
    pub(super) holds: i64,
    pub(super) places: Vec<Place>,
    /// Libraries that it is told to load and that are not there.
    pub(super) lacks: Vec<String>,
}

/// Huge pages of the host: how many are free, and how big one is in KiB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pages {
    free: i64,
    kib: i64,
}

/// Sections that a server of that name reads.
fn is_read(section: &str) -> bool {
    matches!(section, "mysqld" | "server" | "mariadb" | "mariadbd")
        || ["mysqld-", "mariadb-", "mariadbd-"]
            .iter()
            .any(|start| section.starts_with(start))
}

/// Reads the answer of `database.settings`.
pub(super) fn read(text: &str) -> (Vec<Told>, Pages) {
    let mut all: Vec<Told> = Vec::new();
    let mut pages = Pages::default();
    for line in text.lines() {
        let Some((word, rest)) = line.split_once(' ') else {
            continue;
        };
        if word == "server" {
            all.push(Told {
                server: rest.trim().to_owned(),
                ..Told::default()
            });
            continue;
        }
        if word == "pages" {
            let (name, value) = rest.split_once(':').unwrap_or_default();
            let number = value.split_whitespace().next().map_or(0, int);
            match name {
                "HugePages_Free" => pages.free = number,
                "Hugepagesize" => pages.kib = number,
                _ => {}
            }
            continue;
        }
        let Some(told) = all.last_mut() else { continue };
        match word {
            "unit" => rest.trim().clone_into(&mut told.unit),
            "most" => told.most = rest.trim().parse().ok(),
            "lacks" => told.lacks.push(rest.trim().to_owned()),
            "holds" => told.holds = int(rest.trim()),
            "at" => told.places.extend(
                place(rest).filter(|place| told.server != "mysql" || is_read(&place.section)),
            ),
            _ => {}
        }
    }
    (all, pages)
}

fn place(rest: &str) -> Option<Place> {
    let mut parts = rest.splitn(4, ':');
    let (path, line, section) = (parts.next()?, parts.next()?, parts.next()?);
    let (key, value) = parts.next()?.split_once('=')?;
    Some(Place {
        path: path.to_owned(),
        line: line.parse().ok()?,
        section: section.to_owned(),
        key: key.to_owned(),
        value: plain(value),
        whole: is_whole(value),
    })
}

/// A value without its comment and quotes.
fn plain(value: &str) -> String {
    let value = value.split(['#', ';']).next().unwrap_or_default().trim();
    value.trim_matches(['\'', '"']).trim().to_owned()
}

/// Whether a value that begins with a quote ends with it.
fn is_whole(value: &str) -> bool {
    let value = value.trim();
    let value = value.split('#').next().unwrap_or_default().trim_end();
    !value.starts_with('\'') || (value.len() > 1 && value.ends_with('\''))
}

impl Told {
    /// The place that counts: the last one.
    pub(super) fn last(&self, key: &str) -> Option<&Place> {
        self.places.iter().rfind(|place| place.key == key)
    }
}

/// A size as MariaDB and MySQL read it: digits and one letter.
pub(super) fn mysql_size(text: &str) -> Option<i64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, letter) = text.split_at(end);
    let shift = match letter.to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(1 << shift)
}

/// A size as PostgreSQL reads it: a number of blocks of 8 kB, or with a unit.
pub(super) fn postgres_size(text: &str) -> Option<i64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let each: i64 = match unit.trim() {
        "" => 8192,
        "B" => 1,
        "kB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(each)
}

/// What a server could have, in bytes: all there is, and what the others leave.
#[derive(Debug, Clone, Copy)]
struct Room {
    all: i64,
    left: i64,
}

impl Room {
    /// A server that runs may have all of its pool already, which its main process does not show: a segment that is shared, or huge
    /// pages.
    fn of(told: &Told, memory: Memory, pool: i64, up: bool) -> Self {
        let kib = |kib: i64| kib.saturating_mul(1024);
        let all = kib(memory.total);
        let own = if up { pool } else { kib(told.holds) };
        let left = kib(memory.available).saturating_add(own).min(all);
        match told.most.filter(|most| *most < all) {
            Some(most) => Self {
                all: most,
                left: left.min(most),
            },
            None => Self { all, left },
        }
    }

    /// So many percent of what there is for it, in whole MiB: of everything where it is nearly alone, else of what the others leave.
    fn share(self, share: i64) -> i64 {
        let of = if percent(self.left, self.all) >= 85 {
            self.all
        } else {
            self.left
        };
        let mib = of / (1 << 20) * share / 100;
        // A pool is made of chunks of 128 MiB.
        if mib >= 1024 { mib / 128 * 128 } else { mib }
    }
}

/// The share of memory from which a pool is a mistake on any host.
const TOO_MUCH_PERCENT: i64 = 80;
/// The share that is too much for a server that runs, though nothing waits for memory yet.
const ANYWHERE_PERCENT: i64 = 90;
/// The share from which it is worth knowing.
const MUCH_PERCENT: i64 = 70;

/// What a server of this kind is told about its pool, and what would be right.
struct Pool {
    code: &'static str,
    key: &'static str,
    name: &'static str,
    size: fn(&str) -> Option<i64>,
    /// The share of memory that its makers advise.
    share: i64,
    unit: &'static str,
}

const POOLS: &[(&str, Pool)] = &[
    (
        "mysql",
        Pool {
            code: "mysql.buffer_pool",
            key: "innodb_buffer_pool_size",
            name: "The database server",
            size: mysql_size,
            share: 70,
            unit: "M",
        },
    ),
    (
        "postgres",
        Pool {
            code: "postgres.shared_memory",
            key: "shared_buffers",
            name: "PostgreSQL",
            size: postgres_size,
            share: 25,
            unit: "MB",
        },
    ),
];

/// What the answers mean.
pub(super) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let Ok(text) = look.text("database.settings") else {
        return;
    };
    let Some(memory) = memory::read(&look.heard("memory.usage")) else {
        return;
    };
    let (all, pages) = read(&text);
    let units = crate::units::units(look);
    let counted = look.heard("os.uptime").contains("/cpu/online");
    let cores = if counted { Host::read(look).cpus } else { 0 };
    let scarce = memory::is_scarce(look, memory);
    for told in &all {
        let up = units
            .get(&told.unit)
            .is_some_and(crate::units::list::Unit::is_active);
        let mut found: Vec<Draft> = POOLS
            .iter()
            .filter(|(server, _)| *server == told.server)
            .filter_map(|(_, kind)| pool(told, kind, memory, up, scarce))
            .collect();
        found.extend(huge_pages(told, pages, up));
        found.extend(libraries(told, up));
        found.extend(connections(told, cores));
        drafts.extend(found.into_iter().map(|draft| {
            draft
                .cite("database.settings")
                .cite("memory.usage")
                .of_unit(&told.unit)
        }));
    }
}

fn pool(told: &Told, kind: &Pool, memory: Memory, up: bool, scarce: bool) -> Option<Draft> {
    let place = told.last(kind.key)?;
    let bytes = (kind.size)(&place.value)?;
    let room = Room::of(told, memory, bytes, up);
    let share = percent(bytes, room.all);
    let others = room.all.saturating_sub(room.left);
    let fits = bytes.saturating_add(others) <= room.all / 100 * 95;
    // Where memory is not the trouble at all, a log that says so stands for itself.
    if share < MUCH_PERCENT && fits {
        return None;
    }
    let (severity, sure) = if share > 100 {
        (Severity::Critical, Confidence::Confirmed)
    } else if share > ANYWHERE_PERCENT
        || ((scarce || !up) && (share >= TOO_MUCH_PERCENT || (share >= MUCH_PERCENT && !fits)))
    {
        (Severity::Warning, Confidence::Likely)
    } else {
        (Severity::Info, Confidence::Possible)
    };
    let has = match told.most {
        Some(most) if most == room.all => "its unit may have",
        _ => "the host has",
    };
    let mut detail = format!(
        "{} in {} line {}; {has} {}, and everything else needs {}.",
        size(bytes),
        place.path,
        place.line,
        size(room.all),
        size(others)
    );
    detail.push_str(if up {
        "\nThe pool fills as data is read; when it is full the host swaps or the kernel ends the server."
    } else {
        "\nThe server asks for all of it at its start."
    });
    let want = room.share(kind.share);
    let mut draft = Draft::new(
        kind.code,
        severity,
        Subject::new("setting", kind.key),
        format!(
            "{} is told to take {share} % of the memory for {}",
            kind.name, kind.key
        ),
    )
    .sure(sure)
    .fact("key", kind.key)
    .fact("path", place.path.as_str())
    .fact("line", place.line)
    .fact("have", place.value.as_str())
    .fact("pool_percent", share);
    if !place.section.is_empty() {
        draft = draft.fact("section", place.section.as_str());
    }
    // Less than it has already, and enough to work with.
    if want >= 64 && want.saturating_mul(1 << 20) < bytes {
        draft = draft.fact("want", format!("{want}{}", kind.unit));
    }
    if !up {
        draft = draft.fact("down", true);
    }
    Some(draft.detail(detail))
}

/// Huge pages that PostgreSQL insists on and that the host does not have.
fn huge_pages(told: &Told, pages: Pages, up: bool) -> Option<Draft> {
    let place = told
        .last("huge_pages")
        .filter(|place| place.value == "on")?;
    let pool = told
        .last("shared_buffers")
        .and_then(|place| postgres_size(&place.value))
        .unwrap_or(128 << 20);
    let free = pages.free.saturating_mul(pages.kib).saturating_mul(1024);
    if up || told.server != "postgres" || free > pool {
        return None;
    }
    Some(
        Draft::new(
            "postgres.huge_pages",
            Severity::Critical,
            Subject::new("setting", "huge_pages"),
            "PostgreSQL insists on huge pages, which the host does not have",
        )
        .detail(format!(
            "huge_pages = on in {} line {}; {} of huge pages are free, {} are wanted. With `try` it takes them where there are enough.",
            place.path,
            place.line,
            size(free),
            size(pool)
        ))
        .fact("key", "huge_pages")
        .fact("path", place.path.as_str())
        .fact("line", place.line)
        .fact("have", "on")
        .fact("want", "try"),
    )
}

/// Libraries that PostgreSQL is told to load at its start and that are not there.
fn libraries(told: &Told, up: bool) -> Option<Draft> {
    let place = told.last("shared_preload_libraries")?;
    let lacks = told.lacks.first()?;
    let rest: Vec<&str> = place
        .value
        .split(',')
        .map(|name| name.trim().trim_matches(['\'', '"']))
        .filter(|name| !name.is_empty() && !told.lacks.iter().any(|lacks| lacks == name))
        .collect();
    let want = place.whole.then(|| format!("'{}'", rest.join(",")));
    let (severity, later) = if up {
        (
            Severity::Warning,
            "It runs on with what it loaded before, but will not start again.",
        )
    } else {
        (Severity::Critical, "It does not start with it.")
    };
    let draft = Draft::new(
        "postgres.library_missing",
        severity,
        Subject::new("library", lacks),
        format!("PostgreSQL is told to load {lacks}, which is not there"),
    )
    .detail(format!(
        "shared_preload_libraries in {} line {}. {later} Install the package that brings it, or take it off the list.",
        place.path, place.line
    ))
    .fact("key", "shared_preload_libraries")
    .fact("library", lacks.as_str())
    .fact("path", place.path.as_str())
    .fact("line", place.line)
    .fact("have", place.value.as_str());
    let draft = match want {
        Some(want) => draft.fact("want", want),
        None => draft,
    };
    Some(if up { draft } else { draft.fact("down", true) })
}

/// A limit of connections that somebody set, and that the processors could never serve at once: worth knowing, no more.
fn connections(told: &Told, cores: i64) -> Option<Draft> {
    /// What servers come with; up to here nobody chose it.
    const USUAL: i64 = 200;
    let place = told.last("max_connections")?;
    let limit: i64 = place.value.parse().ok()?;
    if cores < 1 || limit <= USUAL || limit <= cores.saturating_mul(5) {
        return None;
    }
    Some(
        Draft::new(
            "database.connections",
            Severity::Info,
            Subject::new("setting", format!("{}.max_connections", told.server)),
            format!("{limit} connections are allowed to a database on {cores} cores"),
        )
        .sure(Confidence::Possible)
        .detail(format!(
            "{} line {}. So many at once only wait for each other and each takes memory; a pool in front serves more with fewer.",
            place.path, place.line
        ))
        .fact("limit", limit)
        .fact("cores", cores)
        .fact("path", place.path.as_str())
        .fact("line", place.line),
    )
}
