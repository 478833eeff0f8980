//! Patterns of ours over what kernels say, made once, when they are first needed.

/// Names patterns. One that does not compile matches nothing, and a test of each table sees to it that all do.
macro_rules! patterns {
    ($($name:ident = $text:literal;)*) => {
        $(static $name: std::sync::LazyLock<Option<regex::Regex>> = std::sync::LazyLock::new(|| regex::Regex::new($text).ok());)*
        #[cfg(test)]
        pub(super) fn all_compile() -> bool { [$($name.is_some()),*].into_iter().all(|ok| ok) }
    };
}
pub(crate) use patterns;
