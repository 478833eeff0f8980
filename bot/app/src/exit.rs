//! The exit codes that scripts rely on.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing above info; or the fix was verified.
    Fine,
    /// There are findings; or a fix ran and did not help.
    Findings,
    /// Wrong usage or settings, or a refusal: nothing was done.
    Usage,
    /// A host could not be examined, or nobody can tell how a fix on it ended.
    NotExamined,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Usage => Self::from(2),
            Exit::NotExamined => Self::from(3),
        }
    }
}
