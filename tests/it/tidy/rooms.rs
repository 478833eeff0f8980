//! The arrows between the rooms: every room may use `incident`, `incident` uses nobody, only `app` and `tests` know more.

use super::{code_lines, files_under, is_build, is_test, nothing_in, read, rust_files};

/// Rooms without clock, files, environment, processes or sockets.
const PURE: [&str; 3] = ["incident", "probes", "runbook"];

/// Libraries that belong to one room, and what the others do instead.
const FENCED: &[(&str, &str, &str)] = &[
    ("sqlx", "store", "pass facts to store"),
    (
        "openssh",
        "hosts",
        "pass a plan or an approved proposal to hosts",
    ),
    ("slack-morphism", "chat", "pass a Notice to chat"),
    ("serenity", "chat", "pass a Notice to chat"),
    ("resvg", "chat", "pass vitals or findings to chat"),
    ("maud", "chat", "pass a scan to chat, which makes the page"),
    ("croner", "app", "pass a time; only app knows schedules"),
    ("async-openai", "llm", "pass a report to llm"),
    (
        "axum",
        "app",
        "take the bytes of a request, and give back what to answer",
    ),
    (
        "prometheus-client",
        "app",
        "count in plain numbers, and let app tell them",
    ),
    ("sd-notify", "app", "only app speaks to the service manager"),
    ("clap", "app", "parse arguments in app and pass values"),
    (
        "anyhow",
        "app",
        "use a thiserror enum that says what, where and what next",
    ),
];

/// Libraries with which a room could touch the world.
const WORLDLY: [&str; 10] = [
    "tokio",
    "rustix",
    "nix",
    "libc",
    "getrandom",
    "rand",
    "jiff",
    "tracing",
    "reqwest",
    "tempfile",
];

/// What no name, no branch and no text of the decisions may depend on. `redact` alone knows how secrets of others look.
const PLATFORMS: [&str; 6] = [
    "slack",
    "discord",
    "sqlite",
    "postgres",
    "openssh",
    "systemd-run",
];

/// The rooms: folders under bot/ with a manifest.
fn rooms() -> Vec<String> {
    let mut rooms: Vec<String> = files_under(&["bot"])
        .iter()
        .filter_map(|path| path.strip_prefix("bot/")?.strip_suffix("/Cargo.toml"))
        .map(str::to_owned)
        .collect();
    rooms.sort();
    assert!(
        rooms.len() > 5,
        "the rooms lie under bot/, each with its Cargo.toml"
    );
    rooms
}

/// What a manifest depends on: the kind of table, and the package.
fn dependencies(manifest: &str) -> Vec<(String, String)> {
    let table: toml::Table = manifest.parse().unwrap_or_default();
    let mut found = Vec::new();
    let targets = table.get("target").and_then(toml::Value::as_table);
    let tables = targets
        .into_iter()
        .flatten()
        .filter_map(|(_cfg, value)| value.as_table());
    for table in tables.chain(Some(&table)) {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let packages = table.get(kind).and_then(toml::Value::as_table);
            for (name, _value) in packages.into_iter().flatten() {
                found.push((kind.to_owned(), name.clone()));
            }
        }
    }
    found
}

#[test]
fn rooms_do_not_know_each_other() {
    let rooms = rooms();
    let mut wrong = Vec::new();
    for room in rooms.iter().filter(|room| *room != "app") {
        for (kind, name) in dependencies(&read(&format!("bot/{room}/Cargo.toml"))) {
            let is_room = rooms.contains(&name) || name == "sickbay";
            if is_room && (name != "incident" || room == "incident") {
                wrong.push(format!(
                    "bot/{room} may not depend on {name} ({kind}); pass the value through app, or move the word to incident"
                ));
            }
        }
    }
    nothing_in(&wrong);
}

#[test]
fn each_outside_system_has_one_room() {
    let mut wrong = Vec::new();
    for room in rooms() {
        for (kind, name) in dependencies(&read(&format!("bot/{room}/Cargo.toml"))) {
            for (library, home, cure) in FENCED {
                if name == *library && room != *home {
                    wrong.push(format!(
                        "bot/{room} may not use {library} ({kind}), only bot/{home} may; {cure}"
                    ));
                }
            }
            if PURE.contains(&room.as_str())
                && kind != "dev-dependencies"
                && WORLDLY.contains(&name.as_str())
            {
                wrong.push(format!(
                    "bot/{room} is pure and may not use {name}; take the value as an argument"
                ));
            }
        }
    }
    nothing_in(&wrong);
}

#[test]
fn every_room_is_a_member_with_the_same_lints() {
    let workspace = read("Cargo.toml");
    let mut wrong = Vec::new();
    for room in rooms() {
        let manifest = read(&format!("bot/{room}/Cargo.toml"));
        if !workspace.contains(&format!("\"bot/{room}\"")) {
            wrong.push(format!(
                "bot/{room} is not a member; list it in Cargo.toml, in reading order"
            ));
        }
        if !manifest.contains("[lints]\nworkspace = true") {
            wrong.push(format!(
                "bot/{room}/Cargo.toml lacks `[lints]` with `workspace = true`"
            ));
        }
        let dependency_versions = dependencies(&manifest)
            .into_iter()
            .filter(|(_kind, name)| !manifest.contains(&format!("\n{name}.workspace = true")));
        for (_kind, name) in dependency_versions {
            wrong.push(format!(
                "bot/{room}: {name} has a version of its own; inherit it with `{name}.workspace = true`"
            ));
        }
    }
    nothing_in(&wrong);
}

/// Clippy keeps the pure rooms pure; a `clippy.toml` beside a manifest replaces the workspace's, so it must repeat that.
#[test]
fn pure_rooms_are_fenced() {
    let shared = read("clippy.toml");
    let mut wrong = Vec::new();
    for room in PURE {
        let path = format!("bot/{room}/clippy.toml");
        let fence = read(&path);
        for line in shared.lines().filter(|line| line.starts_with("allow-")) {
            if !fence.contains(line) {
                wrong.push(format!(
                    "{path} replaces the workspace's file; repeat `{line}` in it"
                ));
            }
        }
        for banned in [
            "std::time::SystemTime",
            "std::time::Instant",
            "std::env::var",
            "std::fs::File",
            "std::process::Command",
            "std::net::TcpStream",
            "std::thread::sleep",
        ] {
            if !fence.contains(&format!("\"{banned}\"")) {
                wrong.push(format!(
                    "{path} does not ban {banned}; a pure room takes such things as values"
                ));
            }
        }
        if fence != read("bot/incident/clippy.toml") {
            wrong.push(format!(
                "{path} differs from bot/incident/clippy.toml; the pure rooms have one fence"
            ));
        }
    }
    nothing_in(&wrong);
}

#[test]
fn pure_rooms_do_not_wait() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        let pure = PURE
            .iter()
            .any(|room| path.starts_with(&format!("bot/{room}/")));
        if !pure || is_test(&path) {
            continue;
        }
        for (n, line) in code_lines(&read(&path)) {
            if line.contains("async fn") || line.contains(".await") {
                wrong.push(format!(
                    "{path}:{n} waits; return an effect and let app perform it"
                ));
            }
        }
    }
    nothing_in(&wrong);
}

#[test]
fn decisions_know_no_platform() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        let redacts = path.starts_with("bot/incident/src/redact");
        if !path.starts_with("bot/incident/") || redacts || is_test(&path) {
            continue;
        }
        for (n, line) in code_lines(&read(&path)) {
            let code = line.split("//").next().unwrap_or("").to_lowercase();
            for word in PLATFORMS {
                if code.contains(word) {
                    wrong.push(format!(
                        "{path}:{n} says {word:?}; incident speaks of meaning, chat, hosts and store know the platform"
                    ));
                }
            }
        }
    }
    nothing_in(&wrong);
}

/// The one door: whatever changes a host goes through `execute`, and that takes an `Approved` by value.
#[test]
fn a_host_is_changed_through_one_door() {
    let starts: Vec<String> = rust_files()
        .iter()
        .filter(|path| !is_test(path))
        .flat_map(|path| {
            let text = read(path);
            let found: Vec<String> = code_lines(&text)
                .filter(|(_n, line)| line.contains("[\"start\","))
                .map(|(n, _line)| format!("{path}:{n}"))
                .collect();
            found
        })
        .collect();
    assert_eq!(
        starts.len(),
        1,
        "the guard's `start` is said in {starts:?}; it is said once, in hosts::Hosts::execute, behind an Approved"
    );
    let place = starts
        .first()
        .map_or("", |place| place.split(':').next().unwrap_or(""));
    let text = read(place);
    let door = text
        .split("[\"start\",")
        .next()
        .unwrap_or("")
        .rsplit("fn ")
        .next()
        .unwrap_or("");
    assert!(
        door.contains("approved: Approved"),
        "{place}: what says `start` to the guard must take `approved: Approved` by value, or anybody may start anything"
    );
    let grant = read("bot/incident/src/grant.rs");
    assert!(
        grant.contains("#[derive(Debug)]\npub struct Approved {\n    proposal: Proposal,"),
        "Approved must have private fields and derive Debug only; else it could be copied or read from a database"
    );
}

/// Programs are started where hosts are reached, and nowhere else.
#[test]
fn only_hosts_starts_programs() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        // An example is no part of the program; its author runs it.
        let example = path.contains("/examples/");
        if example || is_test(&path) || is_build(&path) || path.starts_with("bot/hosts/") {
            continue;
        }
        for (n, line) in code_lines(&read(&path)) {
            if line.contains("Command::new(") {
                wrong.push(format!("{path}:{n} starts a program; ask bot/hosts to"));
            }
        }
    }
    nothing_in(&wrong);
}
