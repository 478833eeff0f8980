//! The hands: everything that touches a host goes through here, and a change only with an approval in hand.
//!
//! [`inventory`] says which hosts there are, [`ssh`] reaches them through the system's own OpenSSH, [`lane`] puts many
//! questions into one round trip, [`guard`] carries out approved steps at most once. [`Reach`] ties them for the app.

pub mod inventory;
mod quote;

pub use inventory::{Host, Inventory, InventoryError, TargetError};
