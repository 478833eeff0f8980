//! The clerk: a language model may choose among what it is offered and word sentences that are checked. It decides nothing.

pub mod excerpt;
pub mod language;
pub mod veil;
pub mod verify;

pub use language::Language;
