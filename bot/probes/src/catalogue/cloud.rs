//! Codes of the cloud that a host runs in.

use incident::Severity::Warning;

use super::{Entry, entry};

/// The entries.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "cloud.init_failed",
        "cloud-init did not finish",
        Warning,
        "The host is not what its image and its user data were to make it: packages, users, keys, disks or services may be missing.",
        "The errors that cloud-init recorded of its last run, or a stage of it that does not end.",
        "A mistake in the user data, a source of packages that could not be reached at the first start, a script that waits.",
        "Read its log, mend the user data, and make the host anew or do by hand what is missing.",
    ),
    entry(
        "cloud.throttled",
        "The cloud holds back the network",
        Warning,
        "Packets are queued or dropped outside the host, so connections are slow or fail although the host itself has room.",
        "Counters of the network adapter of what went beyond the instance's allowance, which grow between two looks.",
        "More traffic, packets or connections than the size of the instance allows, or many questions to name servers.",
        "Use a larger instance, spread the load, keep connections open, cache names.",
    ),
];
