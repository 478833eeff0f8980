//! What platforms bring over HTTP, signed: each request is proved to be theirs before anything of it is read, and answered at once.
//!
//! Here is no server. Whoever has one passes the bytes of a request, and gives back what is answered.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::HeaderMap;

use crate::event::Platform;
use crate::{discord, slack};

/// How far a request's time may be from ours, in seconds. What is older may be somebody else's recording.
const FRESH: u64 = 300;
/// How often it is logged that requests are refused: whoever forges one can forge a thousand a second.
const TELL: Duration = Duration::from_secs(60);

/// How a platform's requests are told from anybody's, and where they go.
#[derive(Debug)]
pub enum Signed {
    /// Slack's.
    Slack(slack::Signed),
    /// Discord's.
    Discord(discord::Signed),
}

/// What is answered to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// What is said, and of what kind it is; mostly nothing.
    pub says: Option<(&'static str, String)>,
}

impl Answer {
    /// It has arrived.
    pub(crate) const ARRIVED: Self = Self::silent(200);
    /// It has arrived, and the answer comes another way.
    pub(crate) const LATER: Self = Self::silent(202);
    /// It is not the platform's.
    pub const FORGED: Self = Self::silent(401);
    /// Nobody can take it now.
    pub(crate) const NOT_NOW: Self = Self::silent(503);

    const fn silent(status: u16) -> Self {
        Self { status, says: None }
    }

    /// It has arrived, and this is said.
    pub(crate) fn said(kind: &'static str, text: String) -> Self {
        Self {
            status: 200,
            says: Some((kind, text)),
        }
    }
}

impl Signed {
    /// Whose requests these are.
    #[must_use]
    pub const fn platform(&self) -> Platform {
        match self {
            Self::Slack(_) => Platform::Slack,
            Self::Discord(_) => Platform::Discord,
        }
    }

    /// The paths to which the platform is told to bring them.
    #[must_use]
    pub const fn paths(&self) -> &'static [&'static str] {
        match self {
            Self::Slack(_) => &slack::PATHS,
            Self::Discord(_) => &discord::PATHS,
        }
    }

    /// Whether a request is worth reading to its end: it says that it is signed, and when, and that is not long ago.
    #[must_use]
    pub fn is_worth_reading(&self, headers: &HeaderMap) -> bool {
        let (signature, at) = match self {
            Self::Slack(_) => slack::SIGNED_BY,
            Self::Discord(_) => discord::SIGNED_BY,
        };
        header(headers, signature).is_some()
            && header(headers, at).is_some_and(|at| is_fresh(at, seconds()))
    }

    /// Takes a request, proved or not.
    #[must_use]
    pub fn take(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
        if !self.is_worth_reading(headers) {
            return Answer::FORGED;
        }
        match self {
            Self::Slack(slack) => slack.take(path, headers, body),
            Self::Discord(discord) => discord.take(headers, body),
        }
    }
}

/// The text of a header.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Seconds since 1970.
fn seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// Whether a time, in seconds since 1970 as text, is about now.
fn is_fresh(at: &str, now: u64) -> bool {
    at.parse().is_ok_and(|at: u64| at.abs_diff(now) <= FRESH)
}

/// Says now and then that requests are refused, and what may be wrong.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<Option<Instant>>);

impl Refusals {
    /// A request was refused.
    pub(crate) fn one(&self, platform: Platform, check: &'static str) {
        let Ok(mut told) = self.0.lock() else {
            return;
        };
        if told.is_none_or(|at| at.elapsed() >= TELL) {
            *told = Some(Instant::now());
            let platform = platform.name();
            tracing::warn!(
                "a request is not {platform}'s: its signature is wrong. If it is, check {check}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_fresh;

    #[test]
    fn a_time_is_about_now_or_refused() {
        let now = 1_700_000_000;
        for (at, fresh) in [
            ("1700000000", true),
            ("1699999700", true),
            ("1700000300", true),
            ("1699999699", false),
            ("1700000301", false),
            ("", false),
            ("now", false),
            ("-1700000000", false),
            ("99999999999999999999999", false),
            ("1700000000.5", false),
        ] {
            assert_eq!(is_fresh(at, now), fresh, "{at}");
        }
    }
}
