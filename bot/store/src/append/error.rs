//! Why an append was refused: what to do again, and what is a defect.

use incident::{IncidentId, ProposalId};

use crate::claim::Claimed;
use crate::fault::Fault;
use crate::lease::Stale;

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended in between: load, decide and append again.
    #[error(
        "incident {incident} has moved on to version {found} while version {expected} was decided on; decide again"
    )]
    Conflict {
        /// Which.
        incident: IncidentId,
        /// The version decided on.
        expected: u64,
        /// The version it has.
        found: u64,
    },
    /// A claim is somebody else's.
    #[error(transparent)]
    Claimed(#[from] Claimed),
    /// The effect that brought these facts is no longer ours.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The proposal's id belongs to another incident.
    #[error(
        "proposal {proposal} belongs to incident {incident} already; run the check again to get fresh ids"
    )]
    ProposalTaken {
        /// Which.
        proposal: ProposalId,
        /// Whose it is.
        incident: String,
    },
    /// An effect with this key is queued and says something else.
    #[error(
        "effect {key:?} is queued already and says something else; this is a defect, please report it"
    )]
    EffectDiffers {
        /// Its key.
        key: String,
    },
    /// A body with this id is there.
    #[error("incident {incident} has a text {id:?} already; this is a defect, please report it")]
    BodyTaken {
        /// Which incident.
        incident: IncidentId,
        /// Which text.
        id: String,
    },
    /// There is no such body, or it was erased before.
    #[error("incident {incident} has no text {id:?} left to erase")]
    NothingToErase {
        /// Which incident.
        incident: IncidentId,
        /// Which text.
        id: String,
    },
    /// Effects, bodies or proposals of an incident that has no fact.
    #[error(
        "incident {incident} has no fact yet, so nothing can hang on it; this is a defect, please report it"
    )]
    NoFact {
        /// Which.
        incident: IncidentId,
    },
    /// The file could not be written.
    #[error(transparent)]
    Fault(#[from] Fault),
}
