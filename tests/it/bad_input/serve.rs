//! What `serve` says that cannot serve: without a platform, and with a token that is none.

use std::os::unix::fs::PermissionsExt as _;

use super::Place;

/// A secret is nobody else's business.
fn private(path: &str) {
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, mode).unwrap();
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
    let settings = |token: &str| {
        let text = format!("version = 1\n[discord]\nbot_token_file = \"{token}\"\n");
        place.file("config.toml", text)
    };
    let config = settings("token");
    let serve = ["serve", "--config", config.as_str()];
    let token = place.file("token", "a.b.c\n");
    let mode = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(token, mode).unwrap();
    place.check(
        &serve,
        2,
        "sickbay: DIR/token is open to others (mode 640); run chmod 600 DIR/token, and take the secret for known: make a new one",
    );
    settings("credential:token");
    place.check(
        &serve,
        2,
        "sickbay: credential:token was not handed over: CREDENTIALS_DIRECTORY is not set; run Sickbay as deploy/systemd does, or name a file",
    );
}

#[test]
fn a_token_that_is_none_is_said_so_and_not_shown() {
    let place = Place::new();
    let config = place.file(
        "config.toml",
        "version = 1\n[discord]\nbot_token_file = \"token\"\n",
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
