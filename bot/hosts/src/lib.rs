//! The hands: everything that touches a host goes through here, and a change only with an approval in hand.
//!
//! [`inventory`] says which hosts there are, `client` and `master` reach them through the system's own OpenSSH, `pool` keeps
//! connections warm and few, `lane` puts many questions into one round trip, [`guard`] carries out approved steps at most
//! once. [`Hosts`] ties them for the app.

/// A place where a test may end the process with the signal of `kill -9`; nothing in a build without `failpoints`.
macro_rules! point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::eval($name, |_| crate::die());
    };
}
pub(crate) use point;

/// Ends the process as `kill -9` does: nothing is told, flushed or cleaned up.
#[cfg(feature = "failpoints")]
fn die() {
    let us = rustix::process::getpid();
    let _gone = rustix::process::kill_process(us, rustix::process::Signal::KILL);
    std::process::abort();
}

mod client;
pub mod guard;
pub mod inventory;
mod kit;
mod lane;
mod line;
pub mod machine;
mod master;
mod pool;
mod quote;
mod reach;
mod trouble;

pub use client::Options;
pub use guard::{GuardError, Preview, Stand, Standing, StepPreview, Verdict};
pub use inventory::{Host, Inventory, InventoryError, TargetError};
pub use kit::{GATE_PATH, Kit, KitFile};
pub use lane::{PROBE_HELPER_PATH, ProbeText, script_of};
pub use reach::{
    Checked, EnrolError, Examined, Hosts, Installed, NoHosts, OfferedKey, Outcome, Progress, Root,
};
pub use trouble::{Step as CheckStep, Unreachable};
