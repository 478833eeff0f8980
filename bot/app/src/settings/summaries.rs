//! When threads are summed up without anybody asking, as it is written.

use incident::Span;
use serde::Deserialize;

use super::policy::duration;

/// What is written where something is not wanted.
const OFF: &str = "off";

/// When threads are summed up without anybody asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summaries {
    /// How long after the last summary the next one comes, where there is news; none where none comes.
    pub(crate) every: Option<Span>,
    /// How old an incident is of which whoever speaks up for the first time is told; none where nobody is.
    pub(crate) catch_up: Option<Span>,
}

impl Default for Summaries {
    fn default() -> Self {
        Self {
            every: Some(Span::minutes(30)),
            catch_up: Some(Span::minutes(10)),
        }
    }
}

/// The same as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSummaries {
    every: Option<String>,
    catch_up: Option<String>,
}

/// Checks what is written.
pub(super) fn summaries(raw: &RawSummaries) -> Result<Summaries, String> {
    let usual = Summaries::default();
    let span = |key: &str, text: &Option<String>, usual: Option<Span>| match text.as_deref() {
        None => Ok(usual),
        Some(OFF) => Ok(None),
        Some(text) => match duration(text) {
            Ok(Span(0)) => Err(format!(
                "[summaries]: {key} is no time at all; write \"{OFF}\" where it is not wanted"
            )),
            Ok(span) => Ok(Some(span)),
            Err(bad) => Err(format!("[summaries]: {key}: {bad}, or \"{OFF}\"")),
        },
    };
    Ok(Summaries {
        every: span("every", &raw.every, usual.every)?,
        catch_up: span("catch_up", &raw.catch_up, usual.catch_up)?,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Settings;
    use super::*;

    fn read(text: &str) -> Result<Summaries, String> {
        let text = format!("version = 1\n{text}");
        let settings = Settings::parse(Path::new("sickbay.toml"), &text);
        settings
            .map(|settings| settings.summaries)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn they_come_unless_they_are_off() {
        assert_eq!(read("").unwrap(), Summaries::default());
        let off = read("[summaries]\nevery = \"off\"\ncatch_up = \"off\"\n").unwrap();
        assert_eq!((off.every, off.catch_up), (None, None));
        let own = read("[summaries]\nevery = \"1h\"\n").unwrap();
        assert_eq!(own.every, Some(Span::minutes(60)));
        assert_eq!(own.catch_up, Some(Span::minutes(10)));
    }

    #[test]
    fn what_is_no_time_is_named() {
        for (text, says) in [
            (
                "every = \"often\"",
                "[summaries]: every: \"often\" is not a span of time; write it like 90s, 15m, 2h or 1d, or \"off\"",
            ),
            (
                "catch_up = \"0m\"",
                "[summaries]: catch_up is no time at all; write \"off\" where it is not wanted",
            ),
            ("ever = \"1m\"", "there is no setting `ever` here"),
        ] {
            let error = read(&format!("[summaries]\n{text}\n")).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
