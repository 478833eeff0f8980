//! The clerk: a language model may choose among what it is offered and word sentences that are checked. It decides nothing.
//!
//! Everything works without it. What a model writes is read against a schema, its choices are ids that it was offered, and
//! each of its sentences is checked against the findings that it cites; what does not hold is dropped and counted.

mod breaker;
pub mod clerk;
pub mod client;
pub mod endpoint;
pub mod excerpt;
pub mod highlight;
pub mod language;
pub mod offer;
pub mod trouble;
pub mod veil;
pub mod verify;

pub use clerk::{Asked, Budget, Clerk};
pub use client::Question;
pub use endpoint::Endpoint;
pub use language::Language;
pub use offer::{Choices, Offer};
pub use trouble::Trouble;
