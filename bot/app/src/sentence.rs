//! An error becomes one sentence: what, where, what next, and the reason once, without the words that only programs use.

use std::error::Error;

/// The error and what lies under it, each said once.
pub(crate) fn of(error: &(dyn Error + 'static)) -> String {
    let mut text = plain(&error.to_string());
    let mut under = error.source();
    while let Some(error) = under {
        let more = plain(&error.to_string());
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        under = error.source();
    }
    text
}

/// A text without what the operating system's and the database's libraries put around theirs.
pub(crate) fn plain(text: &str) -> String {
    let mut text = text.replace("error returned from database: ", "");
    while let Some(at) = text.find(" (os error ") {
        let end = text
            .get(at..)
            .and_then(|rest| rest.find(')'))
            .map_or(text.len(), |end| at + end + 1);
        text.replace_range(at..end, "");
    }
    if let Some(rest) = text.strip_prefix("(code: ")
        && let Some((number, said)) = rest.split_once(") ")
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return said.to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read the settings file x")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn each_reason_is_said_once_and_in_words() {
        let error = Outer(std::io::Error::from_raw_os_error(2));
        assert_eq!(
            of(&error),
            "cannot read the settings file x: No such file or directory"
        );
        assert_eq!(
            plain("error returned from database: (code: 13) database or disk is full"),
            "database or disk is full"
        );
        assert_eq!(
            plain("a (os error 5) b (os error 6)"),
            "a b",
            "every one is taken out"
        );
    }
}
