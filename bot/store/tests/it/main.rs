//! The store's contract, told as what its users rely on. One binary: each one links the whole engine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is not as it should be, and says what it skips"
)]

mod append;
mod backup;
mod baseline;
mod chain;
mod claims;
mod common;
mod crash;
mod leases;
mod looking;
mod model;
mod opening;
mod processes;
mod scans;
mod told;
