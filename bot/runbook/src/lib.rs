//! The shelf: runbooks are pages that people read and of which a machine carries out only typed blocks.
//!
//! Nothing here reads a file, a clock or a host. A page comes in as text and goes out as a [`Runbook`]; a finding and a
//! runbook give [`Step`](incident::Step)s whose every argument was checked.

mod action;
mod blank;
mod concrete;
mod condition;
pub mod embedded;
mod filling;
mod front;
mod library;
mod lint;
mod page;
mod problem;
pub mod terms;
mod yaml;

pub use action::{Action, ArgvUndo, Filled, Word, Work};
pub use blank::template;
pub use concrete::{NotRunnable, concretise};
pub use condition::Condition;
pub use filling::{Filling, facts_of};
pub use front::{Approval, Matching, Pattern, Words};
pub use library::{Library, Matches, Missed, RunbookMatch};
pub use lint::lint;
pub use page::{Heading, Runbook, Section, parse};
pub use problem::{Place, Problem};
