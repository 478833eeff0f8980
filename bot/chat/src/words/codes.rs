//! Every finding code in Chinese: its name, what it means and what is usually done. The English of it stands in the catalogue of
//! the probes, which this room does not know; a test of the whole compares the two, so that none is missing and none is stale.

use std::borrow::Cow;

use incident::Finding;

use crate::locale::Locale;

mod apps;
mod host;
mod network;
mod storage;
mod units;

/// A code in Chinese.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// The code.
    pub code: &'static str,
    /// A few words for a heading.
    pub name: &'static str,
    /// What it means for the host and its users.
    pub meaning: &'static str,
    /// What is usually done.
    pub usual: &'static str,
}

/// One row of the tables, in the order of the fields.
const fn named(
    code: &'static str,
    name: &'static str,
    meaning: &'static str,
    usual: &'static str,
) -> Named {
    Named {
        code,
        name,
        meaning,
        usual,
    }
}

/// All of them, in the order of the catalogue.
pub fn codes() -> impl Iterator<Item = &'static Named> {
    [
        host::CODES,
        storage::CODES,
        network::CODES,
        units::CODES,
        apps::CODES,
    ]
    .into_iter()
    .flatten()
}

impl Locale {
    /// What a code is called and means, where that stands here: in English the catalogue says it.
    #[must_use]
    pub fn explained(self, code: &str) -> Option<&'static Named> {
        match self {
            Self::English => None,
            Self::Chinese => codes().find(|one| one.code == code),
        }
    }

    /// What a finding says. Its details are those of the host; in Chinese its name stands before them.
    #[must_use]
    pub fn title(self, finding: &Finding) -> Cow<'_, str> {
        self.titled(finding.code.as_str(), &finding.title)
    }

    /// The same of a code and what was said of it. A code of the site has no name here.
    #[must_use]
    pub(crate) fn titled<'a>(self, code: &str, title: &'a str) -> Cow<'a, str> {
        match self.explained(code) {
            Some(Named { name, .. }) => Cow::Owned(format!("{name} — {title}")),
            None => Cow::Borrowed(title),
        }
    }
}
