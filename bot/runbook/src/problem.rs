//! A problem says what, where and what to do next, so that an author never has to search.

/// A place in a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Place {
    /// A place by line and column.
    #[must_use]
    pub const fn at(line: usize, column: usize) -> Self {
        Self { line, column }
    }

    /// The same column `lines` further down.
    pub(crate) const fn down(self, lines: usize) -> Self {
        Self {
            line: self.line.saturating_add(lines),
            column: self.column,
        }
    }
}

/// Something that is wrong with a runbook. Fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{path}:{}:{}: {what}; {cure}", place.line, place.column)]
pub struct Problem {
    /// The file, as it was named to the reader.
    pub path: String,
    /// Where in the file.
    pub place: Place,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

/// A problem whose file is not said yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) place: Place,
    pub(crate) what: String,
    pub(crate) cure: String,
}

impl Trouble {
    pub(crate) fn new(place: Place, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            place,
            what: what.into(),
            cure: cure.into(),
        }
    }

    pub(crate) fn in_file(self, path: &str) -> Problem {
        Problem {
            path: path.to_owned(),
            place: self.place,
            what: self.what,
            cure: self.cure,
        }
    }
}
