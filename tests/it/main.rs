//! One binary of stories: they share the link time.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that cannot go on ends its test"
)]

mod away;
mod bad_input;
mod baseline;
mod before;
mod bodies;
mod bot;
mod browser;
mod capture;
mod chinese;
mod claims;
mod container;
mod daemon;
mod discord;
mod doctor;
mod fakes;
mod harness;
mod json;
mod lab;
mod many;
mod model;
mod people;
mod privilege;
mod reach;
mod scan;
mod scenarios;
mod schema;
mod secrets;
mod service;
mod slack;
mod terminal;
mod tidy;
