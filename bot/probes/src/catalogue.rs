//! Every finding code, as compilers number their errors: what it means, how it is seen, what is usually done.

use incident::Severity;

/// One code explained.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The stable code.
    pub code: &'static str,
    /// A few words for a heading.
    pub title: &'static str,
    /// How bad it usually is.
    pub severity: Severity,
    /// What it means for the host and its users.
    pub meaning: &'static str,
    /// How it is detected.
    pub detected: &'static str,
    /// What can cause it.
    pub causes: &'static str,
    /// What is usually done.
    pub usual: &'static str,
}

/// One row of the tables, in the order of the fields.
const fn entry(
    code: &'static str,
    title: &'static str,
    severity: Severity,
    meaning: &'static str,
    detected: &'static str,
    causes: &'static str,
    usual: &'static str,
) -> Entry {
    Entry {
        code,
        title,
        severity,
        meaning,
        detected,
        causes,
        usual,
    }
}

mod apps;
mod captures;
mod cloud;
mod containers;
mod host;
mod kube;
mod modules;
mod network;
mod storage;
mod units;

/// All entries, in order of area.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        host::ENTRIES,
        modules::ENTRIES,
        captures::ENTRIES,
        cloud::ENTRIES,
        storage::ENTRIES,
        network::ENTRIES,
        units::ENTRIES,
        apps::ENTRIES,
        containers::ENTRIES,
        kube::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

/// The entry of a code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.code == code)
}

#[cfg(test)]
mod tests;
