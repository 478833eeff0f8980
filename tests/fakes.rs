//! Chat platforms at the wire: stateful, strict, on loopback, with their troubles on demand.
//!
//! They refuse what the real platform refuses, in its words, and keep each refusal for `assert_no_refusals`.

pub mod discord;
pub mod model;
pub mod slack;

mod door;
mod post;
mod trouble;
mod watched;

pub use trouble::{Refusal, Trouble};

/// How long a story waits for something before it says that it never came.
pub(crate) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// The beginning of a text, for a report.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(300).collect()
}
