//! The runbooks that the binary carries, so that it is of use on a machine that has nothing else.

const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The pages: path such as `runbooks/unit/unit-masked.md`, and text.
pub fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES
        .iter()
        .copied()
        .filter(|(path, _)| path.ends_with(".md"))
}

/// The log signatures: path such as `runbooks/signatures/nginx.toml`, and text.
pub fn signatures() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES
        .iter()
        .copied()
        .filter(|(path, _)| path.starts_with("runbooks/signatures/") && path.ends_with(".toml"))
}

#[cfg(test)]
mod tests;
