//! The rules of who may ask for what in chat, and where, as they are written.

use std::collections::{BTreeMap, BTreeSet};

use incident::ResponderId;
use incident::access::{Access, Rule};
use incident::command::Verb;
use incident::people::Groups;
use serde::Deserialize;

use super::{Person, channels, policy};

/// What is written for the conversations in which somebody speaks to Sickbay alone.
pub(crate) const DIRECT: &str = "direct";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAccess {
    who: Option<BTreeSet<String>>,
    channels: Option<BTreeSet<String>>,
    commands: Option<BTreeSet<String>>,
    hosts: Option<Vec<String>>,
}

/// The rules, checked.
pub(super) fn access(
    raw: &[RawAccess],
    people: &BTreeMap<ResponderId, Person>,
    groups: &Groups,
) -> Result<Access, String> {
    let rules = raw.iter().enumerate().map(|(n, raw)| {
        rule(raw, people, groups).map_err(|what| format!("[[commands]] rule {}: {what}", n + 1))
    });
    Ok(Access {
        rules: rules.collect::<Result<_, _>>()?,
        groups: groups.clone(),
    })
}

fn rule(
    raw: &RawAccess,
    people: &BTreeMap<ResponderId, Person>,
    groups: &Groups,
) -> Result<Rule, String> {
    let who = raw.who.as_ref();
    let who = who.map(|names| policy::who(names, "who:", people, groups));
    if let Some(bad) = raw.channels.iter().flatten().find(|id| !is_channel(id)) {
        return Err(format!(
            "{bad:?} is no channel; a channel is named by its id (C0123ABCD in Slack, a number in Discord), and \"{DIRECT}\" is what somebody says to Sickbay alone"
        ));
    }
    let verbs = raw.commands.as_ref().map(|words| {
        let verbs = words.iter().map(|word| {
            Verb::of(word).ok_or_else(|| {
                let all: Vec<&str> = Verb::all().map(Verb::word).collect();
                format!("there is no command {word:?}; there are {}", all.join(", "))
            })
        });
        verbs.collect::<Result<BTreeSet<_>, _>>()
    });
    let hosts = raw.hosts.as_ref().map(|all| {
        let hosts = all.iter().map(|text| policy::parse_hosts(text));
        hosts.collect::<Result<Vec<_>, _>>()
    });
    Ok(Rule {
        who: who.transpose()?,
        channels: raw.channels.clone(),
        verbs: verbs.transpose()?,
        hosts: hosts.transpose()?,
    })
}

fn is_channel(id: &str) -> bool {
    id == DIRECT || (channels::is_channel(id) && !id.starts_with('D'))
}

/// What a rule calls the conversation of this place, whole: `slack:T1:C1` is `C1`, and each person's own with Sickbay is
/// `direct`.
pub(crate) fn channel(place: &str) -> &str {
    let id = place.rsplit(':').next().unwrap_or(place);
    if place.starts_with("slack:") && id.starts_with('D') {
        DIRECT
    } else {
        id
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Settings;
    use super::*;

    fn access(text: &str) -> Result<Access, String> {
        let text = format!("version = 1\n[people.ana]\nslack = [\"U1\"]\n{text}");
        let settings = Settings::parse(Path::new("sickbay.toml"), &text);
        settings
            .map(|settings| settings.access)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_rule_leaves_out_is_not_limited() {
        assert_eq!(access("").unwrap().rules, []);
        let all = access("[[commands]]\n").unwrap();
        assert_eq!(all.rules, [Rule::default()]);
        let one = access(
            "[[commands]]\nwho = []\nchannels = [\"C1\", \"21\", \"direct\"]\ncommands = [\"dry-run\"]\nhosts = [\"@web\", \"web1\"]\n",
        )
        .unwrap();
        let rule = &one.rules[0];
        assert_eq!(rule.who, Some(incident::people::Who::default()));
        assert_eq!(rule.verbs, Some(BTreeSet::from([Verb::DRY_RUN])));
        assert_eq!(rule.channels.as_ref().unwrap().len(), 3);
        assert_eq!(rule.hosts.as_ref().unwrap().len(), 2);
    }

    #[test]
    fn a_name_that_means_nothing_is_told_with_its_rule() {
        let check = |rule: &str, says: &str| {
            let text = format!("[[commands]]\n[[commands]]\n{rule}\n");
            let error = access(&text).unwrap_err();
            assert!(error.starts_with("sickbay.toml"), "{error}");
            assert!(error.contains(says), "{error} does not say {says}");
        };
        check(
            "who = [\"bo\"]",
            "[[commands]] rule 2: who: bo is not in [people]",
        );
        check(
            "who = [\"@ops\"]",
            "[[commands]] rule 2: nobody in [people] is in the group @ops",
        );
        check("channels = [\"#ops\"]", "rule 2: \"#ops\" is no channel");
        check("channels = [\"D1\"]", "rule 2: \"D1\" is no channel");
        check(
            "commands = [\"undo\"]",
            "rule 2: there is no command \"undo\"; there are diagnose, capture, approve, ",
        );
        check("hosts = [\"web 1\"]", "[[commands]] rule 2: ");
        check(
            "channel = [\"C1\"]",
            "there is no setting `channel` here; did you mean `channels`?",
        );
    }

    #[test]
    fn a_place_is_its_channel() {
        for (place, is) in [
            ("slack:T1:C1", "C1"),
            ("slack:T1:D9", DIRECT),
            ("discord:1:21", "21"),
        ] {
            assert_eq!(channel(place), is);
        }
    }
}
