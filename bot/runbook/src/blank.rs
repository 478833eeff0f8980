//! A blank page, so that an author begins with something that is complete.

use incident::RunbookId;

const BLANK: &str = include_str!("../../../runbooks/_template.md");

/// The text of a new runbook with an id.
#[must_use]
pub fn template(id: &RunbookId) -> String {
    BLANK.replacen("id: name-of-the-failure", &format!("id: {id}"), 1)
}
