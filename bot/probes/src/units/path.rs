//! Reads what lies on the way to a path, and answers whether a given user gets there.

use crate::read::counted;

/// A file, folder or link, as `stat` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// Type and permission bits.
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) owner: String,
    pub(crate) group: String,
    pub(crate) size: u64,
    pub(crate) changed: i64,
}

impl Node {
    /// Reads the words of `stat -c '%f %u %g %U %G %s %Y %n'`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut words = text.splitn(8, ' ');
        let mode = u32::from_str_radix(words.next()?, 16).ok()?;
        let uid = words.next()?.parse().ok()?;
        let gid = words.next()?.parse().ok()?;
        let owner = words.next()?.to_owned();
        let group = words.next()?.to_owned();
        let size = words.next()?.parse().ok()?;
        let changed = counted(words.next()?)?;
        let name = words.next()?.to_owned();
        name.starts_with('/').then_some(Self {
            name,
            mode,
            uid,
            gid,
            owner,
            group,
            size,
            changed,
        })
    }

    pub(crate) const fn is_folder(&self) -> bool {
        self.mode & 0o170_000 == 0o040_000
    }

    pub(crate) const fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }

    pub(crate) const fn is_link(&self) -> bool {
        self.mode & 0o170_000 == 0o120_000
    }

    /// The permission bits as four octal digits.
    pub(crate) fn octal(&self) -> String {
        format!("{:04o}", self.mode & 0o7777)
    }

    /// Owner's name, or the number where it has none.
    pub(crate) fn owner_name(&self) -> String {
        match self.owner.as_str() {
            "UNKNOWN" | "" | "?" => self.uid.to_string(),
            name => name.to_owned(),
        }
    }

    /// Group's name, or the number where it has none.
    pub(crate) fn group_name(&self) -> String {
        match self.group.as_str() {
            "UNKNOWN" | "" | "?" => self.gid.to_string(),
            name => name.to_owned(),
        }
    }

    /// Whether the user may do this to it: 4 read, 2 write, 1 run or pass through.
    pub(crate) fn allows(&self, who: &Account, wanted: u32) -> bool {
        if who.uid == 0 {
            // Root passes everywhere, and runs what anybody may run.
            return wanted & 1 == 0 || self.is_folder() || self.mode & 0o111 != 0;
        }
        let bits = if who.uid == self.uid {
            self.mode >> 6
        } else if who.gids.contains(&self.gid) {
            self.mode >> 3
        } else {
            self.mode
        };
        bits & wanted == wanted
    }
}

/// A user with the groups it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) home: String,
    pub(crate) uid: u32,
    pub(crate) gids: Vec<u32>,
}

impl Account {
    /// The account under which a service runs that names no user.
    pub(crate) fn root() -> Self {
        Self {
            name: "root".to_owned(),
            group: "root".to_owned(),
            home: "/root".to_owned(),
            uid: 0,
            gids: vec![0],
        }
    }
}

/// What lies on the way to a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) path: String,
    /// From `/` down, as far as it exists.
    pub(crate) nodes: Vec<Node>,
    /// The first part that does not exist.
    pub(crate) gone: Option<String>,
    /// The first part that the looker was not allowed to see.
    pub(crate) hidden: Option<String>,
    /// A link on the way that leads nowhere, and what it says.
    pub(crate) dangling: Option<(String, String)>,
    /// What lies beside the place where the dangling link leads, or beside the part that is gone and begins with its name.
    pub(crate) near: Vec<Node>,
    /// The same path without links, and what lies on the way to it.
    pub(crate) real: Option<Box<Self>>,
}

impl Way {
    /// What the path itself is, where it exists.
    pub(crate) fn end(&self) -> Option<&Node> {
        let whole = self.real.as_deref().unwrap_or(self);
        whole.nodes.last().filter(|node| node.name == whole.path)
    }

    /// What lies beside the first part that is gone, under its name with something behind it: `shop.env.bak`, `shop-old`.
    /// Only where there is exactly one such thing of the wanted kind (a folder, where the gone part is not the end of the
    /// path); between several a person has to choose.
    pub(crate) fn renamed(&self, wanted: impl Fn(&Node) -> bool) -> Option<&Node> {
        let gone = self.gone.as_deref()?;
        let mut found = self.near.iter().filter(|node| {
            let rest = node.name.strip_prefix(gone);
            rest.and_then(|rest| rest.chars().next())
                .is_some_and(|first| !first.is_alphanumeric() && first != '/')
                && if gone == self.path {
                    wanted(node)
                } else {
                    node.is_folder()
                }
        });
        match (found.next(), found.next()) {
            (Some(node), None) => Some(node),
            (Some(_), Some(_)) | (None, _) => None,
        }
    }

    /// The first node that refuses the user, with what was wanted of it: passing through each folder, `wanted` of the end.
    pub(crate) fn refuses(&self, who: &Account, wanted: u32) -> Option<(&Node, u32)> {
        let whole = self.real.as_deref().unwrap_or(self);
        for node in whole.nodes.iter().chain(&self.nodes) {
            if node.is_link() {
                continue;
            }
            let of_this = if node.name == whole.path { wanted } else { 1 };
            if (node.is_folder() || node.name == whole.path) && !node.allows(who, of_this) {
                return Some((node, of_this));
            }
        }
        None
    }
}

/// Reads the lines that the shell functions of `paths.sh` write, one [`Way`] for each `path` line.
/// Lines of other kinds are given to `other` with the number of ways read so far.
pub(crate) fn read_ways(text: &str, mut other: impl FnMut(usize, &str)) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for line in text.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "path" {
            ways.push(Way {
                path: rest.to_owned(),
                ..Way::default()
            });
            continue;
        }
        let count = ways.len();
        let Some(way) = ways.last_mut() else {
            other(count, line);
            continue;
        };
        if word == "path-of-real" {
            way.real = Some(Box::new(Way {
                path: rest.to_owned(),
                ..Way::default()
            }));
            continue;
        }
        let inner = match way.real.as_deref_mut() {
            Some(real) => real,
            None => &mut *way,
        };
        match word {
            "node" => inner.nodes.extend(Node::read(rest)),
            "near" => inner.near.extend(Node::read(rest)),
            "gone" => inner.gone = Some(rest.to_owned()),
            "hidden" => inner.hidden = Some(rest.to_owned()),
            "dangling" => {
                inner.dangling = rest
                    .split_once(" -> ")
                    .map(|(link, to)| (link.to_owned(), to.to_owned()));
            }
            "link" | "real" | "near-dir" => {}
            _ => other(count, line),
        }
    }
    ways
}

/// The folder that holds a path; `/` holds itself.
pub(crate) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// A path without `.`, `..` and doubled slashes, where it is absolute; nothing where it climbs above the root.
pub(crate) fn normal(path: &str) -> Option<String> {
    if !path.starts_with('/') || path.chars().any(char::is_control) {
        return None;
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(format!("/{}", parts.join("/")))
}
