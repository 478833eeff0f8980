//! Stories live in `it/`; this file exists because a package needs a target.
