//! Reads what `file.look` saw of a path, and says why a user is refused there and what would be right.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::units::exec::{Mount, package_name};
use crate::units::path::{Account, Node, Way, parent, read_ways};

/// A path with its neighbours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) way: Way,
    /// What lies in the same folder.
    pub(crate) beside: Vec<Node>,
    /// What lies in it, where it is a folder.
    pub(crate) inside: Vec<Node>,
    pub(crate) package: Option<String>,
    /// Attributes such as `i` for immutable.
    pub(crate) flags: String,
    /// Whether somebody was given more or fewer rights than the mode shows.
    pub(crate) has_acl: bool,
    /// How full the filesystem is, in percent of space and of inodes.
    pub(crate) space_percent: Option<u64>,
    pub(crate) inode_percent: Option<u64>,
    pub(crate) mounts: Vec<Mount>,
    /// A folder that is made anew at each boot, and the account that the host's own list gives it to.
    pub(crate) keeper: Option<(String, Account)>,
}

impl Place {
    /// Reads the answer of `file.look`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut place = Self::default();
        let mut ways = read_ways(text, |_, line| place.note(line));
        (!ways.is_empty()).then(|| {
            place.way = ways.swap_remove(0);
            place
        })
    }

    fn note(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "beside" => self.beside.extend(Node::read(rest)),
            "inside" => self.inside.extend(Node::read(rest)),
            "package" => {
                let named = rest.split_once(": ").map_or(rest, |(package, _)| package);
                self.package = self.package.take().or_else(|| package_name(named));
            }
            "flags" => rest.clone_into(&mut self.flags),
            "acl" => self.has_acl = true,
            "space" => self.space_percent = percent(rest),
            "inodes" => self.inode_percent = percent(rest),
            "mount" => self.mounts.extend(Mount::read(line)),
            "tmpfiles" if self.keeper.is_none() => self.keeper = keeper(rest),
            _ => {}
        }
    }
}

/// `/run/postgresql 2775 postgres 105 postgres 110`: a folder with its mode, owner and group.
fn keeper(rest: &str) -> Option<(String, Account)> {
    let mut words = rest.rsplit(' ');
    let gid = words.next()?.parse().ok()?;
    let group = words.next()?.to_owned();
    let uid = words.next()?.parse().ok()?;
    let name = words.next()?.to_owned();
    let path = rest.split(' ').next()?.to_owned();
    let account = Account {
        name,
        group,
        home: String::new(),
        uid,
        gids: vec![gid],
    };
    Some((path, account))
}

/// The `19%` of a line of `df -P`.
fn percent(line: &str) -> Option<u64> {
    line.split_whitespace()
        .find_map(|word| word.strip_suffix('%')?.parse().ok())
}

/// What keeps a user from a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It belongs to somebody else although all around says that it should be the user's.
    Owner {
        node: Node,
        group: String,
        recursive: bool,
        why: String,
    },
    /// The mode is too narrow.
    Mode { node: Node, want: String },
    /// It is refused, and what would be right is not clear.
    Unclear { node: Node },
    /// The filesystem or the file may not be changed by anybody.
    Fixed { what: String },
}

/// Folders that belong to nobody's service: what lies below them says nothing about who should own it.
const COMMON: [&str; 16] = [
    "/",
    "/bin",
    "/etc",
    "/home",
    "/lib",
    "/mnt",
    "/opt",
    "/run",
    "/srv",
    "/tmp",
    "/usr",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/tmp",
];

/// Why the user is refused; nothing when mode and owner let it read and write.
pub(crate) fn refusal(
    place: &Place,
    who: &Account,
    unit: &str,
    own_folders: &[String],
) -> Option<Refusal> {
    let way = place.way.real.as_deref().unwrap_or(&place.way);
    if way.hidden.is_some() || way.dangling.is_some() {
        return None;
    }
    if let Some(what) = fixed(place, way) {
        return Some(Refusal::Fixed { what });
    }
    let node = refusing(way, who)?.clone();
    if node.uid != who.uid
        && let Some(why) = belongs(place, way, &node, who, unit, own_folders)
    {
        let top = topmost(way, &node, who, unit, own_folders);
        let group = neighbours(place)
            .find(|other| other.uid == who.uid)
            .map_or_else(|| who.group.clone(), Node::group_name);
        let recursive = top.is_folder()
            && (top.name != way.path
                || place.inside.is_empty()
                || place.inside.iter().any(|inner| inner.uid != who.uid));
        return Some(Refusal::Owner {
            node: top.clone(),
            group,
            recursive,
            why,
        });
    }
    match want_mode(place, way, &node, who) {
        Some(want) => Some(Refusal::Mode { node, want }),
        None => Some(Refusal::Unclear { node }),
    }
}

/// What is said of a file with the attribute of `chattr +i`.
const IMMUTABLE: &str = "is marked immutable";

/// Devices that every program takes for granted.
fn is_device(path: &str) -> bool {
    let names = ["null", "zero", "full", "random", "urandom", "tty"];
    let name = path.strip_prefix("/dev/");
    name.is_some_and(|name| names.contains(&name))
}

fn fixed(place: &Place, way: &Way) -> Option<String> {
    let mount = Mount::of(&place.mounts, &way.path)?;
    if mount.read_only {
        return Some(format!("{} is mounted read-only", mount.point));
    }
    if place.flags.contains('i') {
        return Some(format!("{} {IMMUTABLE}", way.path));
    }
    None
}

/// The first node that refuses: passing, then reading, then writing.
fn refusing<'a>(way: &'a Way, who: &Account) -> Option<&'a Node> {
    let passing = way
        .nodes
        .iter()
        .filter(|node| node.is_folder())
        .find(|node| !node.allows(who, 1));
    if passing.is_some() {
        return passing;
    }
    let last = way.nodes.last().filter(|node| !node.is_link())?;
    let wanted: &[u32] = if last.is_folder() { &[5, 3] } else { &[4, 2] };
    let refused = wanted.iter().any(|wanted| !last.allows(who, *wanted));
    // A folder of root that only lacks the last part is refused by intent, where it is nobody's own.
    refused.then_some(last)
}

fn neighbours(place: &Place) -> impl Iterator<Item = &Node> {
    place.inside.iter().chain(place.beside.iter())
}

/// Places that are read and served, and therefore kept from being written by those who serve them: a home there makes nobody
/// their owner.
fn is_content(path: &str) -> bool {
    let system = ["/usr", "/etc"];
    is_served(path) || system.iter().any(|root| crate::rank::within(path, root))
}

/// Places from which a web server gives to anybody who asks.
fn is_served(path: &str) -> bool {
    ["/var/www", "/srv/www", "/srv/http"]
        .iter()
        .any(|root| crate::rank::within(path, root))
}

/// Whether the path lies in what is the unit's or the user's own by name.
fn is_own(path: &str, who: &Account, unit: &str, own_folders: &[String]) -> bool {
    let stem = unit.split(['.', '@']).next().unwrap_or_default();
    let in_home = who.home.len() > 1
        && !COMMON.contains(&who.home.as_str())
        && !is_content(&who.home)
        && crate::rank::within(path, &who.home);
    let in_own = own_folders
        .iter()
        .any(|folder| crate::rank::within(path, folder));
    let data = [
        "/var/lib/",
        "/var/log/",
        "/var/cache/",
        "/srv/",
        "/run/",
        "/var/spool/",
    ];
    let named = data
        .iter()
        .filter_map(|base| path.strip_prefix(base))
        .any(|rest| {
            let first = rest.split('/').next().unwrap_or_default();
            !first.is_empty() && (first == who.name || first == stem)
        });
    in_home || in_own || named
}

/// What speaks for the user as the owner.
fn belongs(
    place: &Place,
    way: &Way,
    node: &Node,
    who: &Account,
    unit: &str,
    own_folders: &[String],
) -> Option<String> {
    if let Some((path, keeper)) = &place.keeper
        && keeper.uid == who.uid
        && node
            .name
            .strip_prefix("/var")
            .filter(|rest| rest.starts_with("/run/"))
            .unwrap_or(&node.name)
            == path
    {
        return Some(format!(
            "The host's own list of folders that are made at boot (tmpfiles.d) gives it to {}",
            who.name
        ));
    }
    if is_own(&node.name, who, unit, own_folders) {
        return Some(format!("{} is a place of {}'s own", node.name, who.name));
    }
    let above = way
        .nodes
        .iter()
        .take_while(|above| above.name != node.name)
        .filter(|above| !COMMON.contains(&above.name.as_str()) && above.uid == who.uid)
        .last();
    if let Some(above) = above {
        return Some(format!("{} above it belongs to {}", above.name, who.name));
    }
    let near: Vec<&Node> = if node.name == way.path && node.is_folder() {
        place.inside.iter().collect()
    } else if parent(&node.name) == parent(&way.path) && !COMMON.contains(&parent(&node.name)) {
        place
            .beside
            .iter()
            .filter(|other| other.name != node.name)
            .collect()
    } else {
        Vec::new()
    };
    let theirs = near.iter().filter(|other| other.uid == who.uid).count();
    (theirs > 0 && theirs * 2 > near.len()).then(|| {
        format!(
            "{theirs} of {} neighbours belong to {}",
            near.len(),
            who.name
        )
    })
}

/// The highest folder on the way that is the user's by the same reasons but belongs to somebody else.
fn topmost<'a>(
    way: &'a Way,
    node: &'a Node,
    who: &Account,
    unit: &str,
    own_folders: &[String],
) -> &'a Node {
    let mut below_theirs = false;
    for above in &way.nodes {
        if above.name == node.name {
            break;
        }
        let theirs = above.uid == who.uid && !COMMON.contains(&above.name.as_str());
        let own =
            !COMMON.contains(&above.name.as_str()) && is_own(&above.name, who, unit, own_folders);
        if !theirs && (below_theirs || own) && above.is_folder() {
            return above;
        }
        below_theirs = below_theirs || theirs;
    }
    node
}

/// The mode that would let the user in: as its neighbours have it, or with the owner's or group's own bits set.
fn want_mode(place: &Place, way: &Way, node: &Node, who: &Account) -> Option<String> {
    let passing = node.is_folder()
        && node.name != way.path
        && way.nodes.last().is_some_and(|last| last.name != node.name);
    let read = if node.is_folder() { 5 } else { 4 };
    let write = if node.is_folder() { 3 } else { 2 };
    let first = if passing {
        1
    } else if node.allows(who, read) {
        write
    } else {
        read
    };
    let enough = |mode: u32| {
        let mended = Node {
            mode: node.mode & !0o7777 | mode,
            ..node.clone()
        };
        mode & 0o6002 == 0 && mended.allows(who, first)
    };
    let own = node.mode & 0o7777;
    if node.uid == who.uid {
        let wanted = if node.is_folder() { 7 } else { 6 };
        return Some(own | wanted << 6)
            .filter(|mode| enough(*mode))
            .map(octal);
    }
    // A closed file in a folder that is served may be closed so that nobody gets it.
    if node.mode & 0o6000 != 0 || (!node.is_folder() && is_served(&node.name)) {
        return None;
    }
    // Only what lies beside it says what is usual here.
    let mut usual: std::collections::BTreeMap<u32, usize> = std::collections::BTreeMap::new();
    let alike = place.beside.iter().filter(|other| {
        other.name != node.name
            && other.is_folder() == node.is_folder()
            && other.uid == node.uid
            && parent(&other.name) == parent(&node.name)
    });
    for other in alike {
        *usual.entry(other.mode & 0o7777).or_default() += 1;
    }
    let usual = usual
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(mode, _)| mode);
    if let Some(mode) = usual.filter(|mode| enough(*mode) && *mode & own == own) {
        return Some(octal(mode));
    }
    if who.gids.contains(&node.gid) && node.gid != 0 {
        return Some(own | first << 3)
            .filter(|mode| enough(*mode))
            .map(octal);
    }
    // A closed folder between an open one and a file that anybody may read was closed by mistake.
    let above = way.nodes.iter().take_while(|above| above.name != node.name);
    let above = above.last().filter(|above| above.uid == node.uid);
    let end = way.nodes.last().filter(|last| last.name == way.path);
    let end_is_open = end.is_some_and(|last| last.allows(who, 4));
    above
        .map(|above| own | above.mode & 0o755)
        .filter(|mode| passing && end_is_open && !is_private(&node.name) && enough(*mode))
        .map(octal)
}

/// Places that are closed on purpose.
fn is_private(path: &str) -> bool {
    let homes = ["/root", "/home"];
    let names = [".ssh", ".gnupg", "private", "secrets", "keys"];
    homes.iter().any(|home| crate::rank::within(path, home))
        || path.split('/').any(|part| names.contains(&part))
}

fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}

/// The draft of a refusal. `code` is what the log line was taken for; owners and modes have codes of their own.
pub(crate) fn draft(
    refusal: &Refusal,
    code: &str,
    severity: Severity,
    path: &str,
    who: &Account,
    unit: Option<&str>,
) -> Draft {
    let seen = |node: &Node| {
        format!(
            "{} belongs to {}:{} with mode {}.",
            node.name,
            node.owner_name(),
            node.group_name(),
            node.octal()
        )
    };
    let base = |code: &str, node: &Node, title: String| {
        Draft::new(code, severity, Subject::new("path", &node.name), title)
            .fact("path", node.name.as_str())
            .fact("wanted", path)
            .fact("mode", node.octal())
            .fact("owner", node.owner_name())
            .fact("group", node.group_name())
            .fact("user", who.name.as_str())
    };
    let draft = match refusal {
        Refusal::Owner {
            node,
            group,
            recursive,
            why,
        } => {
            let own_code = if matches!(code, "mysql.data_dir" | "redis.write_refused") {
                code
            } else {
                "file.wrong_owner"
            };
            let title = format!(
                "{} belongs to {}, but {} has to use it",
                node.name,
                node.owner_name(),
                who.name
            );
            base(own_code, node, title)
                .detail(format!(
                    "{} {} may not use {path}. {why}.",
                    seen(node),
                    who.name
                ))
                .fact("want_owner", who.name.as_str())
                .fact("want_group", group.as_str())
                .fact("recursive", i64::from(*recursive))
        }
        Refusal::Mode { node, want } => {
            let title = format!(
                "{} has mode {}, which keeps {} out",
                node.name,
                node.octal(),
                who.name
            );
            base("file.wrong_mode", node, title)
                .detail(format!("{} {} may not use {path}.", seen(node), who.name))
                .fact("want_mode", want.as_str())
        }
        Refusal::Unclear { node } => {
            let title = format!("{} is refused to {}", node.name, who.name);
            let what = if is_device(&node.name) && node.is_file() {
                "It should be a device, and is a plain file: somebody wrote it anew under that name. A reboot makes it again, or mknod."
            } else {
                "What would be right cannot be told from what lies around it."
            };
            base("app.permission_denied", node, title).detail(format!("{} {what}", seen(node)))
        }
        Refusal::Fixed { what } => Draft::new(
            "app.permission_denied",
            severity,
            Subject::new("path", path),
            format!("{path} cannot be changed: {what}"),
        )
        .detail(if what.ends_with(IMMUTABLE) {
            "Nobody may change it, root neither, until `chattr -i` takes the mark away; ask first who set it."
        } else {
            ""
        })
        .fact("path", path)
        .fact("reason", what.as_str()),
    };
    let draft = draft.sure(Confidence::Confirmed);
    match unit {
        Some(unit) => draft.fact("unit", unit),
        None => draft,
    }
}
