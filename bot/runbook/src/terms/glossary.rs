//! The words that operators have for one thing in English and in Chinese: whoever types one finds pages that have another.
//!
//! It is vocabulary of the trade, not of our pages: a row is worth having where two operators would say the two words of the
//! same thing. A phrase stands for itself, and its words for theirs.

mod machine;
mod traffic;

/// One thing: its name here, what it is called in English and in Chinese, phrases by `|`.
pub(super) type Row = (&'static str, &'static str, &'static str);

/// All of them.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    machine::ROWS.iter().chain(traffic::ROWS)
}
