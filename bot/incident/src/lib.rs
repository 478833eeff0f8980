//! The study: the words Sickbay uses and the decisions it makes.
//!
//! Nothing here reads a clock, a file or a socket; time and the world come in as values, and what
//! should happen next goes out as values. That is the safety argument: the code that decides
//! whether a host may be changed cannot change a host.

pub mod access;
pub mod account;
pub mod capture;
pub mod cause;
pub mod change;
pub mod code;
pub mod command;
pub mod digest;
pub mod evidence;
pub mod fact;
pub mod finding;
pub mod grant;
pub mod id;
pub mod moment;
pub mod needs;
pub mod notice;
pub mod people;
pub mod policy;
pub mod probe;
pub mod proposal;
pub mod redact;
pub mod refusal;
pub mod remediation;
pub mod report;
pub mod scan;
pub mod status;
pub mod step;
pub mod summary;
pub mod vitals;
pub mod wording;

pub use capture::Capture;
pub use code::Code;
pub use evidence::{CouldNotCheck, Evidence};
pub use fact::{Effect, Fact};
pub use finding::{Confidence, Finding, HostStatus, Severity, Subject, Value};
pub use grant::{Approval, Approved, Grant, SignedGrant};
pub use id::{
    EvidenceId, ExecutionId, FindingId, HostName, IncidentId, ProbeId, ProposalId, ResponderId,
    RunbookId,
};
pub use moment::{Moment, Span};
pub use needs::Need;
pub use probe::{Ended, Plan, ProbeRun, RawOutput};
pub use proposal::{Proposal, Risk, Undo};
pub use refusal::Refusal;
pub use status::Status;
pub use step::Step;
pub use vitals::{Gauge, Vitals};
pub use wording::{Spent, Wording};
