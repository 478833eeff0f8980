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

/// How a command ended that could not go on: a host that was not reached is told from wrong usage.
pub(crate) fn of(error: &anyhow::Error) -> Exit {
    match error.downcast_ref() {
        Some(hosts::EnrolError::Unreachable(_)) => Exit::NotExamined,
        Some(_) | None => Exit::Usage,
    }
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
