//! What a person is asked beyond a press or a command: laid out by each platform, and handed on as if it had been typed at once.

/// The most characters that a reason has.
pub const REASON: usize = 500;

/// A form that a person has in front of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Which hosts to look at, and what is wrong.
    Diagnose {
        /// What there is to choose from: hosts and `@group`s.
        targets: Vec<String>,
    },
    /// Why a fix is rejected.
    Reject {
        /// What the button was about.
        about: String,
        /// What the fix is called, with its number.
        title: String,
    },
}

/// The targets that fit what was typed of one: those that begin with it before those that have it.
pub(crate) fn fitting<'a>(
    typed: &str,
    targets: impl Iterator<Item = &'a str> + Clone,
) -> impl Iterator<Item = &'a str> {
    let typed = typed.trim().to_lowercase();
    let word = typed.clone();
    let begins = targets
        .clone()
        .filter(move |target| target.to_lowercase().starts_with(&word));
    let has = targets.filter(move |target| {
        let target = target.to_lowercase();
        !target.starts_with(&typed) && target.contains(&typed)
    });
    begins.chain(has)
}
