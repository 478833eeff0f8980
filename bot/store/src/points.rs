//! Named places where a test may kill the process, so that every durable boundary is crossed on purpose.
//!
//! Only with the feature `failpoints`. A point set to `return` kills the process there, with the signal of `kill -9`:
//! `FAILPOINTS='store::append::before_commit=3*off->return'` dies at the fourth commit. `pause`, `sleep(ms)` and
//! `panic` work as the `fail` crate documents them. The program must call `fail::FailScenario::setup` first.

/// Every fail point of the store and what has happened when it is reached.
pub const FAIL_POINTS: &[(&str, &str)] = &[
    (
        "store::append::begun",
        "the write lock is held, nothing is written",
    ),
    (
        "store::append::before_commit",
        "all is written, nothing is committed: it never happened",
    ),
    (
        "store::append::after_commit",
        "it is committed, the caller has not been told, the head file is behind",
    ),
    (
        "store::append::after_head",
        "it is committed and the head file says so, the caller has not been told",
    ),
    (
        "store::lease::before_commit",
        "effects are leased in the transaction, nothing is committed",
    ),
    (
        "store::lease::after_commit",
        "effects are leased, the caller has not been told: they wait until the lease ends",
    ),
    (
        "store::finish::after_commit",
        "the effect is done, the caller has not been told",
    ),
    (
        "store::open::migrated",
        "the schema is in place, the head file is not there yet",
    ),
];

/// A place where the process may be made to die.
macro_rules! point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::eval($name, |_| crate::points::die());
    };
}
pub(crate) use point;

/// Ends the process as `kill -9` does: nothing is told, flushed or cleaned up.
#[cfg(feature = "failpoints")]
pub(crate) fn die() {
    let us = rustix::process::getpid();
    let _gone = rustix::process::kill_process(us, rustix::process::Signal::KILL);
    std::process::abort();
}
