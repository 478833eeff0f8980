//! The commands that Discord offers while somebody types: the one grammar of all platforms, a box for each word of it, so that
//! on a phone nothing has to be known by heart.

use serde_json::{Map, Value, json};
use serenity::all::{CommandDataOption, CommandDataOptionValue, GuildId};

use crate::Locale;
use crate::form::fitting;

/// A box that is filled in.
struct Slot {
    name: &'static str,
    /// What it is for, in each language.
    what: fn(Locale) -> &'static str,
    required: bool,
    /// Whether names of the inventory are offered.
    hosts: bool,
}

const HOST: Slot = Slot {
    name: "host",
    what: Locale::box_for_hosts,
    required: true,
    hosts: true,
};
const SYMPTOM: Slot = Slot {
    name: "symptom",
    what: Locale::box_for_symptom,
    required: false,
    hosts: false,
};
const CAPTURE: Slot = Slot {
    name: "what",
    what: Locale::box_for_capture,
    required: true,
    hosts: false,
};
const PROPOSAL: Slot = Slot {
    name: "proposal",
    what: Locale::box_for_fix,
    required: true,
    hosts: false,
};
const ANY_PROPOSAL: Slot = Slot {
    name: "proposal",
    what: Locale::box_for_any_fix,
    required: false,
    hosts: false,
};
const CODE: Slot = Slot {
    name: "code",
    what: Locale::box_for_code,
    required: true,
    hosts: false,
};
const WORDS: Slot = Slot {
    name: "words",
    what: Locale::box_for_runbook,
    required: false,
    hosts: false,
};
const INCIDENT: Slot = Slot {
    name: "incident",
    what: Locale::box_for_incident,
    required: false,
    hosts: false,
};

const NOTE: Slot = Slot {
    name: "note",
    what: Locale::box_for_note,
    required: false,
    hosts: false,
};

/// Each verb of the grammar, and its boxes in the order in which the grammar has them.
const VERBS: [(&str, &[Slot]); 15] = [
    ("diagnose", &[HOST, SYMPTOM]),
    ("capture", &[HOST, CAPTURE]),
    ("approve", &[ANY_PROPOSAL]),
    ("reject", &[PROPOSAL]),
    ("dry-run", &[PROPOSAL]),
    ("rollback", &[PROPOSAL]),
    ("summarise", &[INCIDENT]),
    ("ack", &[INCIDENT]),
    ("resolve", &[INCIDENT, NOTE]),
    ("postmortem", &[INCIDENT]),
    ("status", &[]),
    ("hosts", &[]),
    ("explain", &[CODE]),
    ("runbook", &[WORDS]),
    ("help", &[]),
];

/// What is registered: `/diagnose`, since it is in a hurry, and `/sickbay` with every verb. A guild's own commands are used
/// there anyway; those for all say that they want a server, since a thread has to be begun. Names stay English, as everything
/// else that tells how a command is typed; what they are for is said in the language of whoever looks.
pub(super) fn registered(guild: Option<GuildId>) -> Value {
    let slots = |slots: &[Slot]| -> Vec<Map<String, Value>> {
        slots
            .iter()
            .map(|slot| {
                let mut value = described(3, slot.name, slot.what);
                value.insert("required".to_owned(), json!(slot.required));
                value.insert("autocomplete".to_owned(), json!(slot.hosts));
                value
            })
            .collect()
    };
    let verbs: Vec<Map<String, Value>> = VERBS
        .iter()
        .map(|(verb, all)| {
            let mut value = described(1, verb, |locale| locale.what_it_does(verb));
            value.insert("options".to_owned(), json!(slots(all)));
            value
        })
        .collect();
    let command = |mut command: Map<String, Value>, options: Vec<Map<String, Value>>| {
        command.insert("options".to_owned(), json!(options));
        if guild.is_none() {
            command.insert("contexts".to_owned(), json!([0]));
            command.insert("integration_types".to_owned(), json!([0]));
        }
        command
    };
    let diagnose = |locale: Locale| locale.what_it_does("diagnose");
    json!([
        command(described(1, "diagnose", diagnose), slots(&[HOST, SYMPTOM])),
        command(described(1, "sickbay", Locale::what_sickbay_does), verbs),
    ])
}

/// Something with a name, and what it is for in each language that Discord's clients have and we have.
fn described(kind: u8, name: &str, what: impl Fn(Locale) -> &'static str) -> Map<String, Value> {
    let chinese = json!({ "zh-CN": what(Locale::Chinese) });
    Map::from_iter([
        ("type".to_owned(), json!(kind)),
        ("name".to_owned(), json!(name)),
        ("description".to_owned(), json!(what(Locale::English))),
        ("description_localizations".to_owned(), chinese),
    ])
}

/// What somebody filled in, as text of the grammar.
pub(super) fn text(name: &str, options: &[CommandDataOption]) -> String {
    let mut words = Vec::new();
    let mut filled = options;
    if name == "sickbay" {
        if let [
            CommandDataOption {
                name,
                value: CommandDataOptionValue::SubCommand(inner),
                ..
            },
        ] = options
        {
            words.push(name.clone());
            filled = inner;
        }
    } else {
        words.push(name.to_owned());
    }
    let verb = words.first().cloned().unwrap_or_default();
    let known = VERBS.iter().find(|(one, _)| *one == verb);
    // In the order of the grammar, whatever the order in which they were filled in.
    for slot in known.iter().flat_map(|(_, slots)| slots.iter()) {
        let given = filled.iter().find(|option| option.name == slot.name);
        let Some(text) = given.and_then(|option| option.value.as_str()) else {
            continue;
        };
        if slot.hosts {
            // `web1, web2` is one word of the grammar.
            let names: Vec<&str> = text.split(',').map(str::trim).collect();
            words.push(names.join(","));
        } else {
            words.push(text.to_owned());
        }
    }
    words.join(" ")
}

/// What is being typed into the box of hosts; none where it is another box.
pub(super) fn typing(options: &[CommandDataOption]) -> Option<&str> {
    options.iter().find_map(|option| match &option.value {
        CommandDataOptionValue::SubCommand(inner) => typing(inner),
        CommandDataOptionValue::Autocomplete { value, .. } if option.name == HOST.name => {
            Some(value.as_str())
        }
        CommandDataOptionValue::Autocomplete { .. }
        | CommandDataOptionValue::Boolean(_)
        | CommandDataOptionValue::Integer(_)
        | CommandDataOptionValue::Number(_)
        | CommandDataOptionValue::String(_)
        | CommandDataOptionValue::SubCommandGroup(_)
        | CommandDataOptionValue::Attachment(_)
        | CommandDataOptionValue::Channel(_)
        | CommandDataOptionValue::Mentionable(_)
        | CommandDataOptionValue::Role(_)
        | CommandDataOptionValue::User(_)
        | CommandDataOptionValue::Unknown(_)
        | _ => None,
    })
}

/// The hosts that fit what was typed, as the whole text of the box: those that begin so, then those that have it in them.
pub(super) fn choices<'a>(
    typed: &str,
    hosts: impl Iterator<Item = &'a str> + Clone,
) -> Vec<String> {
    const MOST: usize = 25;
    const LONGEST: usize = 100;
    let (before, word) = match typed.rsplit_once(',') {
        Some((before, word)) => (format!("{before},"), word.trim()),
        None => (String::new(), typed.trim()),
    };
    fitting(word, hosts)
        .map(|host| format!("{before}{host}"))
        .filter(|choice| super::text::length(choice) <= LONGEST)
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use incident::command::{self, Command};
    use serde_json::json;

    use super::*;

    fn filled(value: Value) -> Vec<CommandDataOption> {
        serde_json::from_value(value).unwrap()
    }

    #[track_caller]
    fn check(name: &str, options: Value, typed: &str) {
        assert_eq!(text(name, &filled(options)), typed);
    }

    #[test]
    fn every_verb_can_be_asked_for() {
        let here: Vec<&str> = VERBS.iter().map(|(verb, _)| *verb).collect();
        let grammar: Vec<&str> = command::VERBS.iter().map(|(verb, _)| *verb).collect();
        assert_eq!(here, grammar);
        for (verb, slots) in &VERBS {
            let usage = command::VERBS.iter().find(|(one, _)| one == verb);
            let (_, usage) = usage.unwrap();
            let words = usage.split_whitespace().nth(1).map_or(0, |_| 1);
            assert_eq!(slots.len().min(1), words, "{usage}");
        }
    }

    #[test]
    fn what_a_command_is_for_is_said_in_both_languages() {
        // Discord's limit is 100 characters.
        let all = registered(None);
        let mut descriptions = Vec::new();
        let mut left = vec![&all];
        while let Some(value) = left.pop() {
            if let Some(what) = value.get("description") {
                let chinese = &value["description_localizations"]["zh-CN"];
                descriptions.push((what.as_str().unwrap(), chinese.as_str().unwrap()));
            }
            left.extend(value.as_array().into_iter().flatten());
            left.extend(value.get("options"));
        }
        assert!(descriptions.len() > VERBS.len());
        for (english, chinese) in descriptions {
            assert!(
                english.is_ascii() && !chinese.is_ascii(),
                "{english} {chinese}"
            );
            assert!(english.len() <= 100 && chinese.chars().count() <= 100);
        }
    }

    #[test]
    fn what_is_filled_in_is_a_command() {
        let say = |name: &str, value: &str| json!({ "name": name, "type": 3, "value": value });
        let sub =
            |verb: &str, options: Value| json!([{ "name": verb, "type": 1, "options": options }]);
        check("diagnose", json!([say("host", "web1")]), "diagnose web1");
        check(
            "diagnose",
            json!([
                say("symptom", "the site is down"),
                say("host", "web1, web2")
            ]),
            "diagnose web1,web2 the site is down",
        );
        check("sickbay", sub("status", json!([])), "status");
        check("sickbay", sub("approve", json!([])), "approve");
        check(
            "sickbay",
            sub("dry-run", json!([say("proposal", "k7f3qa-1")])),
            "dry-run k7f3qa-1",
        );
        check(
            "sickbay",
            sub(
                "resolve",
                json!([say("note", "a cable"), say("incident", "20261123-abc")]),
            ),
            "resolve 20261123-abc a cable",
        );
        check(
            "sickbay",
            sub("runbook", json!([say("words", "disk full")])),
            "runbook disk full",
        );
        check("sickbay", json!([]), "");
        let parsed = command::parse("diagnose web1,web2 the site is down").unwrap();
        assert!(matches!(parsed, Command::Diagnose { target, .. } if target == "web1,web2"));
    }

    #[test]
    fn hosts_are_offered_as_they_are_typed() {
        let hosts = ["db1", "web1", "web2", "oldweb"];
        let offered = |typed: &str| choices(typed, hosts.iter().copied());
        assert_eq!(offered("we"), ["web1", "web2", "oldweb"]);
        assert_eq!(offered("db1, WEB2"), ["db1,web2"]);
        assert_eq!(offered("x"), Vec::<String>::new());
        let many: Vec<String> = (0..300).map(|n| format!("host-{n}")).collect();
        assert_eq!(choices("", many.iter().map(String::as_str)).len(), 25);
        let typed = "a".repeat(99) + ",h";
        assert_eq!(
            choices(&typed, many.iter().map(String::as_str)),
            Vec::<String>::new()
        );
    }
}
