//! Words in two languages, brought to one form.

use super::*;

#[test]
fn a() {}
