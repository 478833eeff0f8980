//! The front door: meaning comes in, sentences and layout go out.
//!
//! `words` is the one place where Sickbay's tone is decided, in each language; each platform's room only lays out.

mod again;
mod beside;
pub mod discord;
pub mod event;
pub mod form;
pub mod front;
mod locale;
mod markdown;
pub mod page;
pub mod picture;
mod postmortem;
mod seen;
pub mod signed;
pub mod slack;
mod tally;
pub mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use beside::File;
pub use locale::{Languages, Locale};
pub use postmortem::{Sources, postmortem};
pub use words::{Named, Would, codes};
