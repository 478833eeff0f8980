//! Every finding code in Chinese: its name, what it means and what is usually done. The English of it stands in the catalogue of
//! the probes, which this room does not know; a test of the whole compares the two, so that none is missing and none is stale.

use std::borrow::Cow;

use incident::Finding;
use incident::scan::Line;

use super::found;
use crate::locale::Locale;

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
        modules::CODES,
        captures::CODES,
        cloud::CODES,
        storage::CODES,
        network::CODES,
        units::CODES,
        apps::CODES,
        containers::CODES,
        kube::CODES,
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

    /// What a finding says: in Chinese a sentence made from what was found; where there is none for it, the name of its code
    /// stands before the English.
    #[must_use]
    pub fn title(self, finding: &Finding) -> Cow<'_, str> {
        let sentence = match self {
            Self::English => None,
            Self::Chinese => found::title(finding),
        };
        sentence.map_or_else(
            || self.titled(finding.code.as_str(), &finding.title),
            Cow::Owned,
        )
    }

    /// What is kept of a finding from scan to scan, as its title.
    pub(crate) fn title_of_line(self, line: &Line) -> Cow<'_, str> {
        let sentence = match self {
            Self::English => None,
            Self::Chinese => found::of_line(line),
        };
        sentence.map_or_else(|| self.titled(line.code.as_str(), &line.title), Cow::Owned)
    }

    /// Why something could not be looked at, or what to do about it, as the English has it; what nobody knows in another
    /// language stays as it is.
    #[must_use]
    pub fn reason(self, english: &str) -> Cow<'_, str> {
        let sentence = match self {
            Self::English => None,
            Self::Chinese => found::reason(english),
        };
        sentence.map_or(Cow::Borrowed(english), Cow::Owned)
    }

    /// A code's name and what was said of it, where its facts are not at hand. A code of the site has no name here.
    #[must_use]
    pub(crate) fn titled<'a>(self, code: &str, title: &'a str) -> Cow<'a, str> {
        match self.explained(code) {
            Some(Named { name, .. }) => Cow::Owned(format!("{name} — {title}")),
            None => Cow::Borrowed(title),
        }
    }
}
