//! The archive: one append-only, hash-chained journal of facts, and the work that those facts call for.
//!
//! Everything that must survive goes through [`Store::append`], which commits facts, effects, the key of the event
//! that was heard and the claims that cross incidents in one transaction, or nothing. The rest reads, leases effects
//! and checks that nobody has touched what was written.
//!
//! Time comes in as a value; only the age of a lease and of a claim depends on it.

mod append;
mod backup;
mod baseline;
mod body;
mod cause;
mod claim;
mod fault;
mod head;
mod index;
mod lease;
mod look;
mod open;
mod place;
mod points;
mod post;
mod read;
mod record;
mod said;
mod scan;
mod sql;
mod thread;
mod told;
mod verify;

pub use append::{Append, AppendError, Appended, NewEffect, NewFact};
pub use backup::BackupError;
pub use baseline::{BASELINES_KEPT, Baseline};
pub use body::{Body, Stored, body_hash};
pub use claim::{Claimed, Held};
pub use fault::{Fault, ReadError};
pub use head::HeadKey;
pub use index::{Document, Found, Hit, Index, IndexError};
pub use lease::{EffectId, LeaseError, Leased, Pending, Stale};
pub use look::Room;
pub use open::{OpenError, Store};
pub use place::PlaceError;
pub use points::FAIL_POINTS;
pub use post::Post;
pub use read::IncidentRow;
pub use record::{Attached, Record};
pub use said::Said;
pub use scan::Turn;
pub use thread::Thread;
pub use verify::{Break, HeadState, Verdict, Verified};
