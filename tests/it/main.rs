//! One binary of stories: they share the link time.

#![expect(clippy::panic, reason = "a helper that cannot go on ends its test")]

mod tidy;
