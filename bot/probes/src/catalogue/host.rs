//! Codes of this area.

use super::Entry;

/// The entries.
pub(super) const ENTRIES: &[Entry] = &[];
