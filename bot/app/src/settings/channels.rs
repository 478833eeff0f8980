//! What the settings say of single channels, and the languages in which channels and people are spoken to.

use std::collections::BTreeMap;

use chat::event::Platform;
use chat::{Languages, Locale};
use incident::ResponderId;
use serde::Deserialize;

use super::{Settings, is_snowflake};

/// A channel of a platform.
#[derive(Debug, Clone, Default)]
pub(crate) struct Channel {
    /// The language of what stands in it and in its threads.
    pub(crate) locale: Option<Locale>,
}

/// The same as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChannel {
    #[serde(default)]
    locale: Option<Tag>,
}

/// A language by its tag.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Tag(pub(super) Locale);

impl TryFrom<String> for Tag {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match Locale::of(&text) {
            Some(locale) => Ok(Self(locale)),
            None => Err(format!(
                "Sickbay does not speak {text:?}; locale can be \"en\" or \"zh\""
            )),
        }
    }
}

/// Whether it has the form of a channel's id.
pub(super) fn is_channel(id: &str) -> bool {
    let is_slack = id.starts_with(['C', 'G', 'D'])
        && id
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    is_slack || is_snowflake(id)
}

/// The channels, checked: each is named as its platform does, since names can be changed by anybody.
pub(super) fn channels(
    raw: BTreeMap<String, RawChannel>,
) -> Result<BTreeMap<String, Channel>, String> {
    raw.into_iter()
        .map(|(id, channel)| {
            if !is_channel(&id) {
                return Err(format!(
                    "[channels.{id:?}]: a channel is named by its id; in Slack it stands at the end of the channel's details (C0123ABCD), in Discord it is Copy Channel ID"
                ));
            }
            let locale = channel.locale.map(|tag| tag.0);
            Ok((id, Channel { locale }))
        })
        .collect()
}

impl Settings {
    /// Who is spoken to in which language in chat.
    pub(crate) fn languages(&self) -> Languages {
        let channels = self.channels.iter();
        let people = self.people.values().flat_map(|person| {
            let slack = person.slack.iter().map(|id| (Platform::Slack, id));
            let discord = person.discord.iter().map(|id| (Platform::Discord, id));
            let names = slack.chain(discord);
            names.filter_map(|(platform, id)| Some(((platform, id.clone()), person.locale?)))
        });
        Languages {
            usual: self.locale.unwrap_or_default(),
            channels: channels
                .filter_map(|(id, channel)| Some((id.clone(), channel.locale?)))
                .collect(),
            people: people.collect(),
        }
    }

    /// The language at a terminal: what the options say, else the person's own, else the usual one, else that of the
    /// environment where it is Chinese.
    pub(crate) fn language_at_terminal(
        &self,
        asked: Option<Locale>,
        who: Option<&ResponderId>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Locale {
        let own = who.and_then(|who| self.people.get(who)?.locale);
        let said = asked.or(own).or(self.locale);
        said.unwrap_or_else(|| of_environment(environment))
    }
}

/// The language that a terminal was set to. Only Chinese in UTF-8 is asked for by it: an English host is no wish.
fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Locale {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    let Some(set) = set else {
        return Locale::English;
    };
    let set = set.split('@').next().unwrap_or("").to_lowercase();
    match set.split_once('.') {
        Some((tag, "utf-8" | "utf8")) => Locale::of(&tag.replace('_', "-")).unwrap_or_default(),
        Some(_) | None => Locale::English,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chat::Locale;
    use incident::ResponderId;

    use super::*;

    fn settings(text: &str) -> Result<Settings, String> {
        let text = format!("version = 1\n{text}");
        Settings::parse(Path::new("sickbay.toml"), &text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_channel_and_a_person_have_a_language() {
        let settings = settings(
            "locale = \"zh\"\n[channels.C1]\nlocale = \"en\"\n[channels.21]\n[people.ada]\nuids = [1]\nslack = [\"U1\"]\ndiscord = [\"11\"]\nlocale = \"en-GB\"\n",
        )
        .unwrap();
        let languages = settings.languages();
        assert_eq!(languages.of_place("slack:T1:C1"), Locale::English);
        assert_eq!(languages.of_place("discord:1:21"), Locale::Chinese);
        for (platform, user) in [(Platform::Slack, "U1"), (Platform::Discord, "11")] {
            let of = languages.of_person(platform, user, None, "slack:T1:C9");
            assert_eq!(of, Locale::English);
        }
        let other = languages.of_person(Platform::Slack, "U2", None, "slack:T1:C9");
        assert_eq!(other, Locale::Chinese);
    }

    #[test]
    fn a_language_that_nobody_speaks_is_named_with_its_line() {
        let check = |text: &str, says: &str| assert_eq!(settings(text).unwrap_err(), says);
        let no = "Sickbay does not speak \"zh-TW\"; locale can be \"en\" or \"zh\"";
        check("locale = \"zh-TW\"\n", &format!("sickbay.toml:2:10: {no}"));
        check(
            "[channels.C1]\nlocale = \"zh-TW\"\n",
            &format!("sickbay.toml:3:10: {no}"),
        );
        check(
            "[people.ada]\nlocale = \"zh-TW\"\n",
            &format!("sickbay.toml:3:10: {no}"),
        );
        check(
            "[channels.\"#ops\"]\nlocale = \"zh\"\n",
            "sickbay.toml: [channels.\"#ops\"]: a channel is named by its id; in Slack it stands at the end of the channel's details (C0123ABCD), in Discord it is Copy Channel ID",
        );
    }

    #[test]
    fn a_terminal_has_the_language_that_was_asked_for() {
        let ada = ResponderId::new("ada").unwrap();
        #[track_caller]
        fn check(
            text: &str,
            asked: Option<Locale>,
            who: Option<&ResponderId>,
            set: &[(&str, &str)],
            is: Locale,
        ) {
            let variable = |name: &str| {
                let found = set.iter().find(|(one, _)| *one == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let got = settings(text)
                .unwrap()
                .language_at_terminal(asked, who, variable);
            assert_eq!(got, is, "{text} {asked:?} {set:?}");
        }
        let (en, zh) = (Locale::English, Locale::Chinese);
        let ada_zh = "[people.ada]\nlocale = \"zh\"\n";
        check("", None, None, &[], en);
        check("", None, None, &[("LANG", "zh_CN.UTF-8")], zh);
        check("", None, None, &[("LANG", "zh_CN.utf8@x")], zh);
        check("", None, None, &[("LANG", "zh_CN.GB18030")], en);
        check("", None, None, &[("LANG", "zh_TW.UTF-8")], en);
        check(
            "",
            None,
            None,
            &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")],
            en,
        );
        check(
            "",
            None,
            None,
            &[("LANG", "C"), ("LC_MESSAGES", "zh_CN.UTF-8")],
            zh,
        );
        check(
            "",
            None,
            None,
            &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")],
            zh,
        );
        check(
            "locale = \"en\"\n",
            None,
            None,
            &[("LANG", "zh_CN.UTF-8")],
            en,
        );
        check("locale = \"zh\"\n", None, None, &[], zh);
        check(ada_zh, None, Some(&ada), &[], zh);
        check(ada_zh, None, None, &[], en);
        check(ada_zh, Some(en), Some(&ada), &[("LANG", "zh_CN.UTF-8")], en);
    }
}
