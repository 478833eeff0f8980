//! What `serve` says that cannot serve: without a platform, and with a token that is none.

use std::os::unix::fs::PermissionsExt as _;

use super::Place;

/// A secret is nobody else's business.
fn private(path: &str) {
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, mode).unwrap();
}

/// A settings file that nobody else may write.
fn settings(place: &Place, text: &str) -> String {
    let path = place.file("config.toml", format!("version = 1\n{text}"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    path
}

#[test]
fn a_start_that_would_be_unsafe_is_refused_with_all_that_is_wrong() {
    let place = Place::new();
    let key = place.file("key", "x");
    let config = settings(
        &place,
        &format!(
            "[discord]\nbot_token_file = \"token\"\n[hosts.web1]\nidentity_file = \"{key}\"\n"
        ),
    );
    let state = place.at("state");
    std::fs::create_dir(&state).unwrap();
    for (path, mode) in [(&config, 0o666), (&state, 0o777), (&key, 0o640)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut wrong = Vec::new();
    if super::state::is_root() {
        wrong.push("it is run as root, and whoever takes it over has this machine then; run it as an account of its own, as the unit in deploy/systemd does with User=, or say as_root = true under [serve]");
    }
    wrong.extend([
        "others may write DIR/config.toml (mode 666), and say who may approve what; run chmod go-w DIR/config.toml",
        "others may write to the state directory DIR/state (mode 777), and so change the journal and the key that signs approvals; run chmod 700 DIR/state, then sickbay audit verify",
        "[hosts.web1]: DIR/key is open to others (mode 640); run chmod 600 DIR/key, and take the secret for known: make a new one",
    ]);
    place.check(
        &["serve", "--config", &config],
        2,
        &format!("sickbay: {}", wrong.join("\n")),
    );
    // Nothing was made there.
    assert_eq!(std::fs::read_dir(&state).unwrap().count(), 0);
}

#[test]
fn whoever_is_asked_how_it_is_needs_a_door() {
    let place = Place::new();
    place.check(
        &["health"],
        2,
        "sickbay: nobody can be asked: the settings have no [http]; deploy/config.example.toml shows it",
    );
}

#[test]
fn without_a_platform_there_is_nothing_to_serve() {
    let place = Place::new();
    let nothing = "sickbay: there is nothing to serve: the settings have neither [slack] nor [discord]; deploy/config.example.toml shows them";
    place.check(&["serve"], 2, nothing);
    let config = place.file("config.toml", "version = 1\n");
    place.check(&["serve", "--config", &config], 2, nothing);
}

#[test]
fn a_secret_that_others_may_read_or_that_is_not_there_is_refused() {
    let place = Place::new();
    let named = |token: &str| {
        settings(
            &place,
            &format!("[discord]\nbot_token_file = \"{token}\"\n[serve]\nas_root = true\n"),
        )
    };
    let config = named("token");
    let serve = ["serve", "--config", config.as_str()];
    let token = place.file("token", "a.b.c\n");
    let mode = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(token, mode).unwrap();
    place.check(
        &serve,
        2,
        "sickbay: DIR/token is open to others (mode 640); run chmod 600 DIR/token, and take the secret for known: make a new one",
    );
    named("credential:token");
    place.check(
        &serve,
        2,
        "sickbay: credential:token was not handed over: CREDENTIALS_DIRECTORY is not set; run Sickbay as deploy/systemd does, or name a file",
    );
}

#[test]
fn a_token_that_is_none_is_said_so_and_not_shown() {
    let place = Place::new();
    let config = settings(
        &place,
        "[discord]\nbot_token_file = \"token\"\n[serve]\nas_root = true\n",
    );
    let serve = ["serve", "--config", config.as_str()];
    let token = place.at("token");
    let said = place.run(&serve);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("No such file"), "{}", said.err);
    for (text, sentence) in [
        (
            "MTk4.secret\n",
            "DIR/token does not hold a bot token of Discord; it is on the Bot page of the developer portal, after Reset Token",
        ),
        (
            "a b.c.d\n",
            "DIR/token does not hold a bot token of Discord; it is on the Bot page of the developer portal, after Reset Token",
        ),
    ] {
        place.file("token", text);
        private(&token);
        place.check(&serve, 2, &format!("sickbay: {sentence}"));
    }
}
