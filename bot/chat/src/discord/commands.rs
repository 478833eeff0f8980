//! The commands that Discord offers while somebody types: the one grammar of all platforms, a box for each word of it, so that
//! on a phone nothing has to be known by heart.

use serde_json::{Value, json};
use serenity::all::{CommandDataOption, CommandDataOptionValue, GuildId};

/// A box that is filled in.
struct Slot {
    name: &'static str,
    what: &'static str,
    required: bool,
    /// Whether names of the inventory are offered.
    hosts: bool,
}

const HOST: Slot = Slot {
    name: "host",
    what: "A host, several with commas, @group, role=web, or localhost",
    required: true,
    hosts: true,
};
const SYMPTOM: Slot = Slot {
    name: "symptom",
    what: "What is wrong, in your words",
    required: false,
    hosts: false,
};
const PROPOSAL: Slot = Slot {
    name: "proposal",
    what: "Which fix: the name on its card",
    required: true,
    hosts: false,
};
const ANY_PROPOSAL: Slot = Slot {
    name: "proposal",
    what: "Which fix; in an incident's thread the only one that waits",
    required: false,
    hosts: false,
};
const CODE: Slot = Slot {
    name: "code",
    what: "A code such as fs.full",
    required: true,
    hosts: false,
};
const WORDS: Slot = Slot {
    name: "words",
    what: "The name of a runbook, or words that it speaks of",
    required: false,
    hosts: false,
};

const INCIDENT: Slot = Slot {
    name: "incident",
    what: "Which incident; in a thread its own",
    required: false,
    hosts: false,
};

/// Each verb of the grammar, what it does, and its boxes in the order in which the grammar has them.
const VERBS: [(&str, &str, &[Slot]); 11] = [
    (
        "diagnose",
        "Look at hosts and say what is wrong",
        &[HOST, SYMPTOM],
    ),
    ("approve", "Say yes to a fix", &[ANY_PROPOSAL]),
    ("reject", "Say no to a fix", &[PROPOSAL]),
    (
        "dry-run",
        "Show what a fix would do; changes nothing",
        &[PROPOSAL],
    ),
    ("rollback", "Undo a fix", &[PROPOSAL]),
    (
        "summarise",
        "What happened in an incident so far",
        &[INCIDENT],
    ),
    ("status", "What waits and what runs", &[]),
    ("hosts", "The hosts that can be looked at", &[]),
    ("explain", "What a finding code means", &[CODE]),
    ("runbook", "Read a runbook, or look for one", &[WORDS]),
    ("help", "What can be asked", &[]),
];

/// What is registered: `/diagnose`, since it is in a hurry, and `/sickbay` with every verb. A guild's own commands are used
/// there anyway; those for all say that they want a server, since a thread has to be begun.
pub(super) fn registered(guild: Option<GuildId>) -> Value {
    let slots = |slots: &[Slot]| -> Vec<Value> {
        slots
            .iter()
            .map(|slot| {
                json!({
                    "type": 3, "name": slot.name, "description": slot.what,
                    "required": slot.required, "autocomplete": slot.hosts,
                })
            })
            .collect()
    };
    let verbs: Vec<Value> = VERBS
        .iter()
        .map(|(verb, what, all)| {
            json!({ "type": 1, "name": verb, "description": what, "options": slots(all) })
        })
        .collect();
    let command = |name: &str, what: &str, options: Vec<Value>| {
        let mut command =
            json!({ "type": 1, "name": name, "description": what, "options": options });
        if let (None, Some(command)) = (guild, command.as_object_mut()) {
            command.insert("contexts".to_owned(), json!([0]));
            command.insert("integration_types".to_owned(), json!([0]));
        }
        command
    };
    json!([
        command(
            "diagnose",
            "Look at hosts and say what is wrong",
            slots(&[HOST, SYMPTOM])
        ),
        command("sickbay", "Diagnose, approve, read runbooks", verbs),
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
    let known = VERBS.iter().find(|(one, _, _)| *one == verb);
    // In the order of the grammar, whatever the order in which they were filled in.
    for slot in known.iter().flat_map(|(_, _, slots)| slots.iter()) {
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
    let word = word.to_lowercase();
    let begins = hosts
        .clone()
        .filter(|host| host.to_lowercase().starts_with(&word));
    let has = hosts.filter(|host| {
        let host = host.to_lowercase();
        !host.starts_with(&word) && host.contains(&word)
    });
    begins
        .chain(has)
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
        let here: Vec<&str> = VERBS.iter().map(|(verb, _, _)| *verb).collect();
        let grammar: Vec<&str> = command::VERBS.iter().map(|(verb, _)| *verb).collect();
        assert_eq!(here, grammar);
        for (verb, _, slots) in &VERBS {
            let usage = command::VERBS.iter().find(|(one, _)| one == verb);
            let (_, usage) = usage.unwrap();
            let words = usage.split_whitespace().nth(1).map_or(0, |_| 1);
            assert_eq!(slots.len().min(1), words, "{usage}");
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
