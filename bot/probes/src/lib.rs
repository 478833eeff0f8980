//! The instruments: what to ask a host, how to read the answer, and what it means.
//!
//! A probe is a question and a reader; nothing here runs anything. [`first_wave`] says what to ask,
//! [`next_wave`] goes where the answers point, [`judge`] turns answers into drafts of findings,
//! and [`rank`] numbers them with the root cause first.

pub mod baseline;
pub mod captures;
pub mod catalogue;
mod draft;
mod further;
mod judge;
mod look;
mod pattern;
mod plan;
mod rank;
mod spec;

// What all subjects share.
mod host;
mod read;
mod sample;

// The subjects; `subjects.rs` lists them.
mod base;
mod clock;
mod cloud;
mod containers;
mod cron;
mod disk;
mod dns;
mod files;
mod firewall;
mod kernel;
mod kube;
mod limits;
mod logins;
mod logs;
mod memory;
mod modules;
mod mounts;
mod needs;
mod net;
mod os;
mod packages;
mod scan;
mod services;
mod setuid;
mod signatures;
mod subjects;
mod tls;
mod tuning;
mod units;
mod vitals;
mod work;

pub use draft::Draft;
pub use further::{MOST_FURTHER, further};
pub use judge::{Judgement, judge};
pub use look::{Answer, Look, Missing, Window};
pub use plan::{LONGEST_WAVE, first_wave, next_wave};
pub use rank::{possible_causes, rank};
pub use scan::{about, scan_wave};
pub use signatures::{SignatureError, Signatures};
pub use spec::{BadArgs, Spec};
pub use subjects::specs;
pub use vitals::vitals;
