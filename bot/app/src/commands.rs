//! One module a command: each takes what was typed and answers with an exit code.

pub(crate) mod audit;
pub(crate) mod baseline;
pub(crate) mod click;
pub(crate) mod diagnose;
pub(crate) mod doctor;
pub(crate) mod enrol;
pub(crate) mod explain;
pub(crate) mod health;
pub(crate) mod hosts;
pub(crate) mod incident;
pub(crate) mod proposals;
pub(crate) mod runbook;
pub(crate) mod scan;
