//! The methods that exist, with their tokens, scopes and arguments.

mod chat;
mod files;
mod places;
mod views;

pub(crate) use chat::{Draft, post};
pub(crate) use files::upload;
pub(crate) use views::accept_view;

use super::api::Method;

/// Every method.
pub(crate) fn all() -> impl Iterator<Item = &'static Method> {
    [
        places::METHODS,
        chat::METHODS,
        views::METHODS,
        files::METHODS,
    ]
    .into_iter()
    .flatten()
}
