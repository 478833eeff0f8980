//! The language in which somebody is spoken to. It is handed to whatever words or lays out something and kept nowhere, so
//! that one process speaks with each channel and each person in theirs.

use std::collections::BTreeMap;

use crate::event::Platform;

/// A language that Sickbay speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The language of a tag (BCP 47): `en`, `en-GB`, `zh`, `zh-CN`, `zh-Hans-CN`. None where it is none of ours: traditional
    /// characters are another way to write, and nobody here writes it.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let mut parts = tag.split('-');
        let (language, rest) = (parts.next()?, parts.collect::<Vec<_>>());
        match (language, rest.as_slice()) {
            ("en", [] | [_]) => Some(Self::English),
            ("zh", [] | ["hans" | "cn" | "sg"] | ["hans", "cn" | "sg"]) => Some(Self::Chinese),
            _ => None,
        }
    }

    /// Its tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.say("en", "zh-CN")
    }

    /// The one of these texts that is in this language.
    pub(crate) const fn say(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

/// Who is spoken to in which language. What stands in a channel or its threads is read by all who are there; what one person
/// alone sees is theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Languages {
    /// Where nothing else is said.
    pub usual: Locale,
    /// Channels with a language of their own, by the platform's id for them.
    pub channels: BTreeMap<String, Locale>,
    /// People with a language of their own, by the platform's name for them.
    pub people: BTreeMap<(Platform, String), Locale>,
}

impl Languages {
    /// The language of a conversation and its threads, by its whole name: `slack:T1:C1`.
    #[must_use]
    pub fn of_place(&self, place: &str) -> Locale {
        let channel = place.rsplit(':').next().unwrap_or(place);
        self.channels.get(channel).copied().unwrap_or(self.usual)
    }

    /// The language of a person: their own, else that of the client they use where it is one of ours, else that of the
    /// conversation.
    #[must_use]
    pub fn of_person(
        &self,
        platform: Platform,
        user: &str,
        client: Option<Locale>,
        place: &str,
    ) -> Locale {
        let own = self.people.get(&(platform, user.to_owned())).copied();
        own.or(client).unwrap_or_else(|| self.of_place(place))
    }
}

/// A sentence with something filled in, in the one of two languages. Both stand side by side, and without one of them it is
/// no Rust.
macro_rules! say {
    ($locale:expr, $english:literal, $chinese:literal $(,)?) => {
        match $locale {
            $crate::locale::Locale::English => format!($english),
            $crate::locale::Locale::Chinese => format!($chinese),
        }
    };
}
pub(crate) use say;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Languages, Locale};
    use crate::event::Platform;

    #[test]
    fn a_tag_is_one_of_ours_or_none() {
        let check = |tag: &str, is: Option<Locale>| assert_eq!(Locale::of(tag), is, "{tag}");
        for tag in ["en", "EN", "en-US", "en-GB"] {
            check(tag, Some(Locale::English));
        }
        for tag in ["zh", "zh-CN", "zh-cn", "zh-Hans", "zh-Hans-CN", "zh-SG"] {
            check(tag, Some(Locale::Chinese));
        }
        for tag in [
            "", "-", "e", "zh-TW", "zh-Hant", "de", "english", "zh-CN-x", "zh_CN",
        ] {
            check(tag, None);
        }
        for locale in Locale::ALL {
            check(locale.tag(), Some(locale));
        }
    }

    #[test]
    fn a_channel_has_its_language_and_a_person_theirs() {
        let languages = Languages {
            usual: Locale::English,
            channels: BTreeMap::from([("C1".to_owned(), Locale::Chinese)]),
            people: BTreeMap::from([((Platform::Slack, "U1".to_owned()), Locale::English)]),
        };
        assert_eq!(languages.of_place("slack:T1:C1"), Locale::Chinese);
        assert_eq!(languages.of_place("slack:T1:C2"), Locale::English);
        let check = |user: &str, client: Option<Locale>, place: &str, is: Locale| {
            let got = languages.of_person(Platform::Slack, user, client, place);
            assert_eq!(got, is, "{user} {client:?} {place}");
        };
        check("U1", None, "slack:T1:C1", Locale::English);
        check("U1", Some(Locale::Chinese), "slack:T1:C1", Locale::English);
        check("U2", None, "slack:T1:C1", Locale::Chinese);
        check("U2", Some(Locale::English), "slack:T1:C1", Locale::English);
        check("U2", Some(Locale::Chinese), "slack:T1:C2", Locale::Chinese);
        check("U2", None, "slack:T1:C2", Locale::English);
        // Somebody of the same name on another platform is somebody else.
        let other = languages.of_person(Platform::Discord, "U1", None, "discord:1:C1");
        assert_eq!(other, Locale::Chinese);
    }
}
