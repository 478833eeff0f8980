//! What the settings accept, and the sentence for what they don't.

use std::path::Path;

use super::Settings;

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = Settings::parse(Path::new("sickbay.toml"), text).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn an_unknown_key_is_named_with_its_place() {
    refused(
        "version = 1\ncolour = \"red\"\n",
        "sickbay.toml:2:1: there is no setting `colour` here; here can stand: version, state, runbooks, locale, reminders, summaries, channels, people, groups, commands, policy, inventory, hosts, ssh, guard, slack, discord, http, serve, models, model, embeddings, redact, scans",
    );
    refused(
        "version = 1\n[peple.ana]\nuids = [1]\n",
        "sickbay.toml:2:2: there is no setting `peple` here; did you mean `people`?",
    );
}

#[test]
fn a_wrong_value_is_named_in_words() {
    refused(
        "version = \"1\"\n",
        "sickbay.toml:1:11: this is of the wrong type: string \"1\", expected a whole number",
    );
    refused(
        "version = 1\n[[policy]]\nrisk = [\"lo\"]\nhosts = \"all\"\napprovers = []\n",
        "sickbay.toml:3:9: `lo` is not one of the values that are allowed; did you mean `low`?",
    );
    refused(
        "version = 1\n[ssh]\nfast = true\n",
        "sickbay.toml:3:1: there is no setting `fast` here; only `fast_key_exchange` can stand here",
    );
    refused(
        "",
        "sickbay.toml:1:1: `version = 1` is missing; put it first",
    );
}

#[test]
fn a_door_is_an_address_with_a_port() {
    refused(
        "version = 1\n[http]\nlisten = \"localhost\"\n",
        "sickbay.toml:3:10: this is no address with a port; write it like \"127.0.0.1:8080\"",
    );
    let text = "version = 1\n[http]\nlisten = \"[::1]:8080\"\n";
    let settings = Settings::parse(Path::new("x"), text).unwrap();
    assert_eq!(settings.http.unwrap().listen.port(), 8080);
}

#[test]
fn what_is_brought_needs_a_door() {
    let slack = "version = 1\n[slack]\nbot_token_file = \"b\"\n";
    refused(
        slack,
        "sickbay.toml: [slack]: nothing says how Sickbay hears; give app_token_file, with which it opens a socket, or signing_secret_file, with which it knows what Slack brings to [http]",
    );
    refused(
        &format!("{slack}signing_secret_file = \"s\"\n"),
        "sickbay.toml: [slack]: signing_secret_file is for what is brought to [http], which is not there; add it, with listen",
    );
    let discord = "version = 1\n[discord]\nbot_token_file = \"b\"\npublic_key = \"KEY\"\n";
    refused(
        &discord.replace("KEY", "ab"),
        "sickbay.toml:4:14: it is no public key of an application; that is 64 hexadecimal digits on the General Information page of the developer portal",
    );
    let key = "67c6bd767ca099e79efac9fcce4d2022a63bf7dea780e7f3d813f694c1597089";
    refused(
        &discord.replace("KEY", key),
        "sickbay.toml: [discord]: public_key is for what is brought to [http], which is not there; add it, with listen",
    );
}

#[test]
fn names_must_be_known() {
    refused(
        "version = 1\n[[policy]]\nrisk = [\"low\"]\nhosts = \"all\"\napprovers = [\"bo\"]\n",
        "sickbay.toml: policy rule 1: approver bo is not in [people]",
    );
    refused(
        "version = 1\n[people.a]\nuids = [7]\n[people.b]\nuids = [7]\n",
        "sickbay.toml: uid 7 belongs to both a and b; give it to one",
    );
    refused(
        "version = 2\n",
        "sickbay.toml: version 2 is not known; this Sickbay reads version 1",
    );
}

#[test]
fn the_example_is_read() {
    let text = include_str!("../../../../deploy/config.example.toml");
    let settings = Settings::parse(Path::new("config.example.toml"), text).unwrap();
    assert!(
        settings
            .policy
            .is_some_and(|policy| !policy.rules.is_empty())
    );
}

#[test]
fn discord_knows_people_and_servers_by_numbers() {
    refused(
        "version = 1\n[people.a]\ndiscord = [\"ada\"]\n",
        "sickbay.toml: [people.a]: \"ada\" is no user of Discord; an id is a number: Settings, Advanced, Developer Mode, then Copy User ID",
    );
    refused(
        "version = 1\n[people.a]\ndiscord = [\"7\"]\n[people.b]\ndiscord = [\"7\"]\n",
        "sickbay.toml: the Discord member 7 belongs to both a and b; give it to one",
    );
    refused(
        "version = 1\n[discord]\nbot_token_file = \"t\"\nguilds = [\"my server\"]\n",
        "sickbay.toml: [discord]: \"my server\" is no server of Discord; an id is a number: Settings, Advanced, Developer Mode, then Copy Server ID",
    );
    let both = "version = 1\n[people.a]\nslack = [\"7\"]\n[people.b]\ndiscord = [\"7\"]\n";
    assert!(Settings::parse(Path::new("x"), both).is_ok());
}

#[test]
fn a_secret_is_a_file_beside_the_settings_or_a_credential() {
    let text =
        "version = 1\n[discord]\nbot_token_file = \"TOKEN\"\n[hosts.a]\nidentity_file = \"KEY\"\n";
    let with = |token: &str, key: &str| text.replace("TOKEN", token).replace("KEY", key);
    let named = |token: &str| {
        let settings = Settings::parse(Path::new("/etc/sickbay/x"), &with(token, "k")).unwrap();
        settings.discord.unwrap().bot_token_file.to_string()
    };
    assert_eq!(named("token"), "/etc/sickbay/token");
    assert_eq!(named("credential:secret_token"), "credential:secret_token");
    refused(
        &with("credential:../token", "k"),
        "sickbay.toml:3:18: \"../token\" is no name of a credential; it is letters, digits, `.`, `_`, `-` and `@`, and does not begin with `.`",
    );
    refused(
        &with("token", "credential:a/b"),
        "sickbay.toml: [hosts.a]: \"a/b\" is no name of a credential; it is letters, digits, `.`, `_`, `-` and `@`, and does not begin with `.`",
    );
}

#[test]
fn a_group_may_be_listed_by_a_platform() {
    let people = "version = 1\n[people.a]\nuids = [1]\ngroups = [\"ops\"]\n[slack]\nbot_token_file = \"b\"\napp_token_file = \"a\"\n[discord]\nbot_token_file = \"d\"\n";
    let rule =
        "[[policy]]\nrisk = [\"low\"]\nhosts = \"all\"\napprovers = [\"@oncall\", \"@ops\"]\n";
    let groups = "[groups.oncall]\nslack = [\"S0123\"]\ndiscord = [\"7/8\"]\n";
    let settings = Settings::parse(Path::new("x"), &format!("{people}{groups}{rule}")).unwrap();
    let lists: Vec<&String> = settings.lists.keys().collect();
    assert_eq!(
        lists,
        ["Discord role 8 of server 7", "Slack user group S0123"]
    );
    let policy = settings.policy.unwrap();
    assert_eq!(policy.groups["ops"].members.len(), 1);
    assert_eq!(policy.groups["oncall"].elsewhere.len(), 2);
    let with = |group: &str| format!("{people}[groups.oncall]\n{group}\n");
    refused(
        &with("slack = [\"oncall\"]"),
        "sickbay.toml: [groups.oncall]: \"oncall\" is no user group of Slack; an id is S with letters and digits: People & user groups, the group, Copy group ID",
    );
    refused(
        &with("discord = [\"8\"]"),
        "sickbay.toml: [groups.oncall]: \"8\" is no role of Discord; it is \"SERVER/ROLE\", both numbers: Settings, Advanced, Developer Mode, then Copy Server ID, and Copy Role ID in Server Settings, Roles",
    );
    refused(
        &with("discord = [\"7/7\"]"),
        "sickbay.toml: [groups.oncall]: \"7/7\" is the role that everybody in the server has; name one that people are given",
    );
    refused(
        "version = 1\n[groups.oncall]\nslack = [\"S1\"]\n",
        "sickbay.toml: [groups.oncall]: its members are listed in Slack, and there is no [slack] to ask it with",
    );
    refused(
        &format!("{people}{rule}"),
        "sickbay.toml: policy rule 1: nobody in [people] is in the group @oncall, and there is no [groups.oncall]",
    );
}

#[test]
fn rules_of_redaction_are_tried_where_they_are_read() {
    let rule = |more: &str| format!("version = 1\n\n[[redact]]\nname = \"badge\"\n{more}\n");
    refused(
        &rule("pattern = 'BDG-(\\d'"),
        "sickbay.toml:3:1: [[redact]] badge: the pattern cannot be read: unclosed group; patterns are those of Rust's regex, without look-around and back-references",
    );
    refused(
        &rule("pattern = '\\w{900}{900}'"),
        "sickbay.toml:3:1: [[redact]] badge: the pattern takes more than 1 MB; make its counts ({n,m}) smaller",
    );
    refused(
        &rule("pattern = '\\d*'"),
        "sickbay.toml:3:1: [[redact]] badge: the pattern fits where nothing stands; let it ask for at least one character",
    );
    refused(
        &rule("keywords = [\"BDG\"]"),
        "sickbay.toml:3:1: [[redact]] badge: a rule has either pattern, which finds a secret, or keep, which says what is none",
    );
    refused(
        &rule("keep = 'x'\nkeywords = [\"BDG\"]"),
        "sickbay.toml:3:1: [[redact]] badge: keywords say where a pattern is looked for, and keep has none; leave them out",
    );
    let text = rule("pattern = 'BDG-(?<s>\\d+)'\nkeywords = [\"BDG-\"]");
    let settings = Settings::parse(Path::new("x"), &text).unwrap();
    let redactor = incident::redact::Redactor::with("", &settings.redact).unwrap();
    assert!(redactor.redact("BDG-123456").starts_with("BDG-[redacted-"));
}
