//! What stories are told with: chat platforms that exist only on loopback. The stories themselves live in `it/`.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a fake that cannot go on ends its test"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::wildcard_enum_match_arm,
    reason = "a script reads best without borrows, and JSON has many kinds that mean nothing"
)]

pub mod fakes;
