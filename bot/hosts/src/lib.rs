//! The hands: everything that touches a host goes through here, and a change only with an approval in hand.
//!
//! [`inventory`] says which hosts there are, `master` reaches them through the system's own OpenSSH, `lane` puts many
//! questions into one round trip, [`guard`] carries out approved steps at most once. [`Hosts`] ties them for the app.

pub mod guard;
pub mod inventory;
mod lane;
mod master;
mod quote;
mod reach;
mod trouble;

pub use guard::{GuardError, Preview, Stand, Standing, StepPreview, Verdict};
pub use inventory::{Host, Inventory, InventoryError, TargetError};
pub use master::Options;
pub use reach::{EnrolError, Examined, Hosts, NoHosts, OfferedKey, Root};
pub use trouble::Unreachable;
