//! What verification can say, in words that name the incident, the record and the difference.

/// What verification came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All is as it was recorded.
    Sound(Verified),
    /// The first place where it is not.
    Broken(Break),
}

/// What was found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many records.
    pub records: u64,
    /// Of how many incidents.
    pub incidents: u64,
    /// How many texts outside the chain.
    pub bodies: u64,
    /// How many of them were erased: each should have a fact that says so.
    pub erased: u64,
    /// The last row of the ledger: what to note down elsewhere.
    pub ledger: u64,
    /// Its hash.
    pub hash: String,
    /// How the head file compares.
    pub head: HeadState,
}

/// How the head file compares with a sound journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadState {
    /// It names the last record.
    Current,
    /// It names an earlier one: a process ended between a commit and the head file. The next record puts it right.
    Behind {
        /// By how many records.
        by: u64,
    },
}

/// Where the journal is not what was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// The pages of the file do not fit together.
    #[error("the file is damaged: {said}")]
    Damaged {
        /// The first thing the database found.
        said: String,
    },
    /// A row of the ledger is not there.
    #[error("row {n} of the ledger is gone")]
    LedgerGap {
        /// Which.
        n: i64,
    },
    /// A row of the ledger does not follow from the one before it.
    #[error(
        "row {n} of the ledger, for record {seq} of incident {incident}, was changed: it hashes to {found}, \
         and says {recorded}"
    )]
    LedgerEdited {
        /// Which.
        n: i64,
        /// Whose record it lists.
        incident: String,
        /// Which record.
        seq: i64,
        /// Its hash as it is.
        found: String,
        /// The hash it has.
        recorded: String,
    },
    /// A record is not there.
    #[error("record {seq} of incident {incident} is gone")]
    Gone {
        /// Whose.
        incident: String,
        /// Which.
        seq: i64,
    },
    /// A record's content does not fit its hash.
    #[error(
        "record {seq} of incident {incident} ({kind}) was changed: it hashes to {found}, and was recorded as {recorded}"
    )]
    Edited {
        /// Whose.
        incident: String,
        /// Which.
        seq: i64,
        /// Its kind as it is.
        kind: String,
        /// Its hash as it is.
        found: String,
        /// The hash it was recorded with.
        recorded: String,
    },
    /// A record does not follow the one before it.
    #[error(
        "record {seq} of incident {incident} follows {follows}, and the record before it is {before}"
    )]
    Unlinked {
        /// Whose.
        incident: String,
        /// Which.
        seq: i64,
        /// What it says it follows.
        follows: String,
        /// What is before it.
        before: String,
    },
    /// Records were committed in another order than the ledger has.
    #[error(
        "row {n} of the ledger lists record {seq} of incident {incident} where record {expected} is next"
    )]
    Order {
        /// Which.
        n: i64,
        /// Whose.
        incident: String,
        /// The record it lists.
        seq: i64,
        /// The record that is next.
        expected: i64,
    },
    /// A record that the ledger does not list.
    #[error(
        "record {seq} of incident {incident} was put there by something else than sickbay: the ledger does not list it"
    )]
    Added {
        /// Whose.
        incident: String,
        /// Which.
        seq: i64,
    },
    /// The list of incidents says something else than their records.
    #[error("incident {incident} is listed with {listed}, and its records say {found}")]
    Listed {
        /// Which.
        incident: String,
        /// What the list says.
        listed: String,
        /// What the records say.
        found: String,
    },
    /// A text is not what its record vouches for.
    #[error("the text {id} of incident {incident} {what}")]
    Body {
        /// Whose.
        incident: String,
        /// Which.
        id: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The head file is not there.
    #[error(
        "the head file {path} is gone, so nobody can tell whether the journal's end was cut off; it should name row {n}"
    )]
    HeadMissing {
        /// Where it should be.
        path: String,
        /// What it should say.
        n: i64,
    },
    /// The head file makes no sense.
    #[error("the head file {path} cannot be read: {why}")]
    HeadUnreadable {
        /// Where it is.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The head file is somebody else's.
    #[error("the head file {path} {what}")]
    HeadForeign {
        /// Where it is.
        path: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The journal ends before the head.
    #[error(
        "the journal ends at row {n} of the ledger, and had reached row {head}: its end was cut off, or an older copy put back"
    )]
    CutOff {
        /// Where it ends.
        n: i64,
        /// Where it had ended.
        head: i64,
    },
    /// The journal does not contain the head.
    #[error("row {n} of the ledger is {found}, and had been {head}: the journal was written anew")]
    Rewritten {
        /// Which.
        n: i64,
        /// Its hash.
        found: String,
        /// The hash it had.
        head: String,
    },
}
