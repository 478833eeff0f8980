//! The fault harness: the binary is killed at every durable boundary and at random, and the host tells what really ran.
//!
//! Each fix starts a service whose program writes a line when it starts, so the host itself counts how often a fix ran.
//! What must hold at the end, whatever happened: a fix ran at most once for each approval, an approval that was taken is
//! never lost, no outcome is made up, and the journal verifies. A control, with the guard's memory taken away, must be
//! caught by the same check.

mod bench;
mod check;
mod forged;
mod host;
mod points;
mod random;
mod together;
mod world;
