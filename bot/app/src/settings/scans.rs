//! Scans of a schedule, as they are written: each time, zone and channel is checked where it stands.

use std::collections::BTreeSet;

use chat::event::Platform;
use croner::parser::{CronParser, Seconds, Year};
use incident::Span;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::channels::is_channel;
use super::is_snowflake;
use super::policy::duration;
use crate::schedule::Schedule;

/// The shortest time between two scans.
const SHORTEST: Span = Span::minutes(1);
/// A name is part of the names of files.
const LONGEST_NAME: usize = 60;

/// A scan of a schedule.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Its name: scans of one name are held against each other.
    pub(crate) name: String,
    /// Which hosts, as for diagnose.
    pub(crate) targets: String,
    /// When it is due.
    pub(crate) schedule: Schedule,
    /// The channel that the report goes to, by the platform's id.
    pub(crate) channel: String,
    /// Of which platform.
    pub(crate) platform: Platform,
    /// When the report is posted.
    pub(crate) tell: Tell,
}

impl Planned {
    /// The channel's whole name.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.platform.word(), self.channel)
    }
}

/// When the report of a scan is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tell {
    /// Always, also where all is well.
    #[default]
    Always,
    /// Where somebody has to do something, or a host could not be looked at.
    Findings,
    /// Where something is there that was not there last time.
    Worse,
}

/// The same as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScan {
    name: Name,
    targets: Vec<String>,
    #[serde(default)]
    cron: Option<Cron>,
    #[serde(default)]
    every: Option<Every>,
    #[serde(default)]
    zone: Option<Zone>,
    channel: ChannelId,
    #[serde(default)]
    tell: Tell,
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.len() > LONGEST_NAME || !text.chars().all(fits) {
            return Err(format!(
                "{text:?} is no name of a scan: letters, digits, `-`, `_` and `.`, at most {LONGEST_NAME}"
            ));
        }
        Ok(Self(text))
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Cron(String, Box<croner::Cron>);

impl TryFrom<String> for Cron {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let bad = |why: &str| {
            format!(
                "{text:?} is no schedule ({why}); five fields say minute, hour, day of the month, month, day of the week: \"0 6 1 * *\" is six o'clock on the first of each month"
            )
        };
        if text.split_whitespace().count() != 5 {
            return Err(bad("it does not have five fields"));
        }
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let cron = parser
            .parse(&text)
            .map_err(|error| bad(&error.to_string()))?;
        // The 30th of February would be looked for again and again.
        let some_day = jiff::civil::date(2026, 1, 1).at(0, 0, 0, 0);
        if cron.find_next_occurrence(&some_day, true).is_err() {
            return Err(bad("it never comes"));
        }
        Ok(Self(text, Box::new(cron)))
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Every(Span);

impl TryFrom<String> for Every {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let span = duration(&text)?;
        if span < SHORTEST {
            return Err(format!(
                "{text:?} is too often; a scan may come every minute at most"
            ));
        }
        Ok(Self(span))
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Zone(String, TimeZone);

impl TryFrom<String> for Zone {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match TimeZone::get(&text) {
            Ok(zone) => Ok(Self(text, zone)),
            Err(_) => Err(format!(
                "this machine knows no time zone {text:?}; write it like \"Europe/Berlin\" or \"UTC\", and see that tzdata is installed"
            )),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct ChannelId(String);

impl TryFrom<String> for ChannelId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if is_channel(&text) {
            return Ok(Self(text));
        }
        Err(format!(
            "{text:?} is no channel: it is named by its id; in Slack it stands at the end of the channel's details (C0123ABCD), in Discord it is Copy Channel ID"
        ))
    }
}

/// The scans, checked. `served` says which platforms there are.
pub(super) fn scans(
    raw: Vec<RawScan>,
    served: impl Fn(Platform) -> bool,
) -> Result<Vec<Planned>, String> {
    let mut names = BTreeSet::new();
    let mut scans = Vec::new();
    for one in raw {
        let Name(name) = one.name;
        let of = |what: &str| format!("[[scans]] {name}: {what}");
        if !names.insert(name.clone()) {
            return Err(of(
                "another scan has the same name; each is held against the last of its name",
            ));
        }
        let targets: Vec<&str> = one.targets.iter().map(|one| one.trim()).collect();
        if targets.is_empty() || targets.contains(&"") {
            return Err(of(
                "targets names no host; write targets = [\"@web\"] or [\"all\"]",
            ));
        }
        let schedule = match (one.cron, one.every, one.zone) {
            (Some(Cron(text, cron)), None, zone) => {
                let (written, zone) = zone.map_or_else(
                    || ("local".to_owned(), TimeZone::system()),
                    |Zone(text, zone)| (text, zone),
                );
                let text = format!("cron {text} {written}");
                Schedule::Cron { cron, zone, text }
            }
            (None, Some(Every(span)), None) => Schedule::Every(span),
            (None, Some(_), Some(_)) => {
                return Err(of("zone is the clock of cron; with every there is none"));
            }
            (Some(_), Some(_), _) => {
                return Err(of("it has both cron and every; leave one out"));
            }
            (None, None, _) => {
                return Err(of("it has neither cron nor every, so it is never due"));
            }
        };
        let ChannelId(channel) = one.channel;
        let platform = if is_snowflake(&channel) {
            Platform::Discord
        } else {
            Platform::Slack
        };
        if !served(platform) {
            let (word, shown) = (platform.word(), platform.name());
            return Err(of(&format!(
                "its channel {channel} is one of {shown}, and there is no [{word}]"
            )));
        }
        scans.push(Planned {
            targets: targets.join(","),
            name,
            schedule,
            channel,
            platform,
            tell: one.tell,
        });
    }
    Ok(scans)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Settings;
    use super::*;

    const SLACK: &str = "[slack]\nbot_token_file = \"b\"\napp_token_file = \"a\"\n";

    fn read(scan: &str) -> Result<Vec<Planned>, String> {
        let text = format!("version = 1\n{SLACK}[[scans]]\n{scan}");
        let settings = Settings::parse(Path::new("sickbay.toml"), &text);
        settings
            .map(|settings| settings.scans)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn one_is_read_as_it_is_written() {
        let scans = read("name = \"monthly\"\ntargets = [\"@web\", \"db1\"]\ncron = \"0 6 1 * *\"\nzone = \"Europe/Berlin\"\nchannel = \"C1\"\ntell = \"worse\"\n").unwrap();
        let one = &scans[0];
        assert_eq!((one.targets.as_str(), one.tell), ("@web,db1", Tell::Worse));
        assert_eq!(one.schedule.text(), "cron 0 6 1 * * Europe/Berlin");
        assert_eq!(one.place(), "slack:C1");
        let scans =
            read("name = \"a\"\ntargets = [\"all\"]\nevery = \"12h\"\nchannel = \"C1\"\n").unwrap();
        assert_eq!(scans[0].schedule.text(), "every 43200 s");
        assert_eq!(scans[0].tell, Tell::Always);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let rest = "targets = [\"all\"]\nchannel = \"C1\"\n";
        let cases = [
            (
                format!("name = \"a b\"\nevery = \"1d\"\n{rest}"),
                "sickbay.toml:6:8: \"a b\" is no name of a scan: letters, digits, `-`, `_` and `.`, at most 60",
            ),
            (
                format!("name = \"a\"\ncron = \"6 1 * *\"\n{rest}"),
                "sickbay.toml:7:8: \"6 1 * *\" is no schedule (it does not have five fields); five fields say minute, hour, day of the month, month, day of the week: \"0 6 1 * *\" is six o'clock on the first of each month",
            ),
            (
                format!("name = \"a\"\ncron = \"0 26 1 * *\"\n{rest}"),
                "sickbay.toml:7:8: \"0 26 1 * *\" is no schedule (",
            ),
            (
                format!("name = \"a\"\ncron = \"0 0 30 2 *\"\n{rest}"),
                "sickbay.toml:7:8: \"0 0 30 2 *\" is no schedule (it never comes); ",
            ),
            (
                format!("name = \"a\"\nevery = \"5s\"\n{rest}"),
                "sickbay.toml:7:9: \"5s\" is too often; a scan may come every minute at most",
            ),
            (
                format!("name = \"a\"\ncron = \"0 6 1 * *\"\nzone = \"Mars/Olympus\"\n{rest}"),
                "sickbay.toml:8:8: this machine knows no time zone \"Mars/Olympus\"; write it like \"Europe/Berlin\" or \"UTC\", and see that tzdata is installed",
            ),
            (
                "name = \"a\"\nevery = \"1d\"\ntargets = [\"all\"]\nchannel = \"#ops\"\n"
                    .to_owned(),
                "sickbay.toml:9:11: \"#ops\" is no channel: it is named by its id; in Slack it stands at the end of the channel's details (C0123ABCD), in Discord it is Copy Channel ID",
            ),
            (
                format!("name = \"a\"\nevery = \"1d\"\ntell = \"never\"\n{rest}"),
                "sickbay.toml:8:8: `never` is not one of the values that are allowed",
            ),
        ];
        for (text, says) in cases {
            let error = read(&text).unwrap_err();
            assert!(error.starts_with(says), "{error}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_named() {
        let rest = "targets = [\"all\"]\nchannel = \"C1\"\n";
        let cases = [
            (format!("name = \"a\"\n{rest}"), "it has neither cron nor every, so it is never due"),
            (
                format!("name = \"a\"\ncron = \"0 6 1 * *\"\nevery = \"1d\"\n{rest}"),
                "it has both cron and every; leave one out",
            ),
            (
                format!("name = \"a\"\nevery = \"1d\"\nzone = \"UTC\"\n{rest}"),
                "zone is the clock of cron; with every there is none",
            ),
            (
                "name = \"a\"\nevery = \"1d\"\ntargets = []\nchannel = \"C1\"\n".to_owned(),
                "targets names no host; write targets = [\"@web\"] or [\"all\"]",
            ),
            (
                "name = \"a\"\nevery = \"1d\"\ntargets = [\"all\"]\nchannel = \"123456789012345678\"\n".to_owned(),
                "its channel 123456789012345678 is one of Discord, and there is no [discord]",
            ),
            (
                format!("name = \"a\"\nevery = \"1d\"\n{rest}[[scans]]\nname = \"a\"\nevery = \"1d\"\n{rest}"),
                "another scan has the same name; each is held against the last of its name",
            ),
        ];
        for (text, says) in cases {
            let error = read(&text).unwrap_err();
            assert_eq!(error, format!("sickbay.toml: [[scans]] a: {says}"));
        }
    }
}
