//! What differs on a host since its baseline was taken: typed, so that each reader is told in their own words.

use serde::{Deserialize, Serialize};

use crate::{FindingId, IncidentId, Moment, ResponderId};

/// More changes than this are only counted: nobody reads them, and a report stays small.
pub const MOST_CHANGES: usize = 200;

/// The part of a host that something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// What the host is as a whole: its system, kernel, name, boot parameters.
    System,
    /// A module that the kernel has loaded.
    Module,
    /// A kernel parameter.
    Sysctl,
    /// A mounted filesystem.
    Mount,
    /// An account.
    User,
    /// A group of accounts.
    Group,
    /// A unit of the service manager.
    Unit,
    /// A port on which something listens.
    Port,
    /// The programs that listen.
    Program,
    /// An installed package.
    Package,
    /// A certificate.
    Certificate,
    /// A file or link of the configuration, or the program of a service.
    File,
}

impl Area {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::System,
        Self::Module,
        Self::Sysctl,
        Self::Mount,
        Self::User,
        Self::Group,
        Self::Unit,
        Self::Port,
        Self::Program,
        Self::Package,
        Self::Certificate,
        Self::File,
    ];
}

/// What about a thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Whether it is there at all.
    Presence,
    /// What it says or holds; `was` and `now` are hashes, or sizes and times where nothing was read.
    Content,
    /// Its value.
    Value,
    /// Whether it is started at boot: `enabled`, `disabled`, `masked`.
    Enabled,
    /// Whether it runs: `on`, `off`, `failed`.
    Runs,
    /// Its mode, in octal.
    Mode,
    /// Its owner and group.
    Owner,
    /// Where a link leads.
    Target,
    /// Which program it belongs to.
    Program,
    /// Its version.
    Version,
    /// How far its installation got.
    State,
    /// Where it comes from.
    Source,
    /// How it is mounted.
    Options,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// The part of the host.
    pub area: Area,
    /// The thing, as the host calls it: `nginx.service`, `/etc/fstab`, `80/tcp`.
    pub name: String,
    /// What about it.
    pub aspect: Aspect,
    /// What was; none where there was nothing.
    pub was: Option<String>,
    /// What is; none where there is nothing.
    pub now: Option<String>,
    /// The finding that is about it, where one is.
    pub touches: Option<FindingId>,
}

/// What differs since the baseline of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// When the baseline was taken.
    pub taken_at: Moment,
    /// Who took it.
    pub taken_by: ResponderId,
    /// The incident whose evidence it is.
    pub incident: IncidentId,
    /// Why nothing could be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<Nothing>,
    /// What differs, what is likeliest to matter first.
    pub changes: Vec<Change>,
    /// How many more there are.
    pub more: usize,
    /// What could be seen on one of the two days only, and is not compared.
    pub unseen: Vec<Area>,
    /// How many files could be read on one of the two days only.
    pub unread_files: usize,
}

impl Since {
    /// Whether all was compared that a host says of itself.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.nothing.is_none() && self.unseen.is_empty() && self.unread_files == 0
    }
}

/// Why a host was not compared with its baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nothing {
    /// It is another machine than then.
    AnotherMachine,
    /// It did not say what it is made of.
    Unanswered,
    /// What was recorded then is not there any more, or is not what was recorded.
    Lost,
}
