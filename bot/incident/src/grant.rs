//! Approval is a value you must hold, not a flag you may forget to check.
//!
//! A click becomes an [`Approval`]; enough of them become a [`Grant`], which is signed as it is made.
//! Only the verification of a signed grant against the very proposal it was given for makes an
//! [`Approved`], and only an `Approved` can be executed, once, since it is moved.

use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::{ExecutionId, HostName, Moment, Proposal, ResponderId, Span};

/// A named yes to exactly one proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who said yes.
    pub by: ResponderId,
    /// Where: `terminal`, `slack`, `discord`.
    pub via: String,
    /// Why they might, as it was at that moment; empty in journals that are older than this field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub because: String,
    /// When.
    pub at: Moment,
    /// The digest that was on the card.
    pub digest: String,
}

/// What an executor is allowed to do: start this execution of this proposal, until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The attempt that may be started.
    pub execution: ExecutionId,
    /// The host it may be started on.
    pub host: HostName,
    /// The proposal's digest.
    pub digest: String,
    /// The approvals that made the quorum.
    pub approvals: Vec<Approval>,
    /// The quorum that was asked for.
    pub quorum: u32,
    /// When it was made.
    pub made_at: Moment,
    /// It starts nothing after this.
    pub expires_at: Moment,
}

/// How long after its quorum an execution may still be started: a message that sat in a queue must not fire later.
pub const GRANT_LIFE: Span = Span::minutes(5);

/// A grant with the signature of the process that took the approvals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedGrant {
    /// What is granted.
    pub grant: Grant,
    /// Ed25519 over the grant's canonical form, in hexadecimal.
    pub signature: String,
}

/// Why a grant does not allow anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotGranted {
    /// The signature is not ours.
    #[error(
        "the grant for {execution} is not signed by this Sickbay; it was changed or forged, and nothing ran"
    )]
    Forged {
        /// The execution that was asked for.
        execution: ExecutionId,
    },
    /// The grant is for another proposal, or the proposal was changed since.
    #[error(
        "the grant for {execution} is not for this proposal as it is now; diagnose again to get a fresh one"
    )]
    OtherProposal {
        /// The execution that was asked for.
        execution: ExecutionId,
    },
    /// Too late.
    #[error("the grant for {execution} has expired; diagnose again to get a fresh proposal")]
    Expired {
        /// The execution that was asked for.
        execution: ExecutionId,
    },
    /// Too few different people.
    #[error("{given} of {needed} approvals: nothing may run yet")]
    Quorum {
        /// How many different people approved.
        given: u32,
        /// How many are needed.
        needed: u32,
    },
}

fn bytes_to_sign(grant: &Grant) -> String {
    let value = serde_json::to_value(grant).unwrap_or(serde_json::Value::Null);
    format!("sickbay grant 1\0{}", crate::digest::canonical(&value))
}

impl Grant {
    /// Signs the grant. The key is the one that the process which took the approvals holds; it is never in the journal.
    #[must_use]
    pub fn sign(self, key: &SigningKey) -> SignedGrant {
        let signature = key.sign(bytes_to_sign(&self).as_bytes());
        let signature = data_encoding::HEXLOWER.encode(&signature.to_bytes());
        SignedGrant {
            grant: self,
            signature,
        }
    }
}

/// Proof that a quorum of named people approved exactly this proposal, in time. Only [`Approved::verify`] makes one.
///
/// It is not `Clone` and not `Deserialize`: it cannot be kept, copied or read from a database.
///
/// ```compile_fail
/// fn twice(approved: incident::Approved) -> (incident::Approved, incident::Approved) {
///     (approved.clone(), approved)
/// }
/// ```
/// ```compile_fail
/// let approved: incident::Approved = serde_json::from_str("{}").unwrap();
/// ```
#[derive(Debug)]
pub struct Approved {
    proposal: Proposal,
    grant: Grant,
}

impl Approved {
    /// Checks a signed grant against the proposal it is to be used for.
    ///
    /// # Errors
    /// [`NotGranted`] when the signature, the digest, the host, the quorum or the time does not hold.
    pub fn verify(
        signed: &SignedGrant,
        proposal: Proposal,
        key: &VerifyingKey,
        now: Moment,
    ) -> Result<Self, NotGranted> {
        let grant = &signed.grant;
        let execution = || grant.execution.clone();
        let signature = data_encoding::HEXLOWER
            .decode(signed.signature.as_bytes())
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok());
        let genuine = signature.is_some_and(|signature| {
            key.verify(bytes_to_sign(grant).as_bytes(), &signature)
                .is_ok()
        });
        if !genuine {
            return Err(NotGranted::Forged {
                execution: execution(),
            });
        }
        let digest = proposal.digest();
        if grant.digest != digest || grant.host != proposal.host {
            return Err(NotGranted::OtherProposal {
                execution: execution(),
            });
        }
        if now > grant.expires_at {
            return Err(NotGranted::Expired {
                execution: execution(),
            });
        }
        let people: std::collections::BTreeSet<&ResponderId> = grant
            .approvals
            .iter()
            .filter(|approval| approval.digest == digest && approval.at <= proposal.expires_at)
            .map(|approval| &approval.by)
            .collect();
        let given = u32::try_from(people.len()).unwrap_or(u32::MAX);
        let needed = grant.quorum.max(proposal.min_approvals).max(1);
        if given < needed {
            return Err(NotGranted::Quorum { given, needed });
        }
        Ok(Self {
            proposal,
            grant: grant.clone(),
        })
    }

    /// What was approved.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// The attempt that may be started.
    #[must_use]
    pub fn execution(&self) -> &ExecutionId {
        &self.grant.execution
    }

    /// The guard refuses to start it after this.
    #[must_use]
    pub fn expires_at(&self) -> Moment {
        self.grant.expires_at
    }
}
