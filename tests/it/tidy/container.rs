//! The container is shut in as its papers say, and what its files name is there. Nobody builds it here, so what can be read is read.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{nothing_in, read, root, sickbay};

const DOCKERFILE: &str = "deploy/docker/Dockerfile";
const COMPOSE: &str = "deploy/docker/compose.yaml";
const CONFIG: &str = "deploy/docker/config.toml";

/// The instructions of the Dockerfile, each on one line, by stage.
pub(crate) fn stages() -> Vec<Vec<String>> {
    let text = read(DOCKERFILE);
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let whole = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let mut stages: Vec<Vec<String>> = Vec::new();
    for line in whole.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with("FROM ") {
            stages.push(Vec::new());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        stages.last_mut().unwrap().push(words.join(" "));
    }
    stages
}

/// What stands behind an instruction of the last stage; empty where it is not there.
pub(crate) fn last(instruction: &str) -> String {
    let stages = stages();
    let mut lines = stages.last().unwrap().iter().rev();
    let found = lines.find_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '));
    found.unwrap_or("").to_owned()
}

/// A variable of the image.
pub(crate) fn variable(name: &str) -> String {
    let all = last("ENV");
    let found = all
        .split(' ')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    found.unwrap_or("").to_owned()
}

fn compose() -> Value {
    serde_saphyr::from_str(&read(COMPOSE)).unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    let all = list.as_array().into_iter().flatten();
    all.filter_map(Value::as_str).collect()
}

#[test]
fn the_image_is_not_root_s_and_has_what_it_names() {
    let mut wrong = Vec::new();
    for line in stages().iter().flatten() {
        let Some(copied) = line
            .strip_prefix("COPY ")
            .filter(|copied| !copied.starts_with("--from="))
        else {
            continue;
        };
        let mut paths: Vec<&str> = copied.split(' ').collect();
        paths.pop();
        for path in paths.iter().filter(|path| !root().join(path).exists()) {
            wrong.push(format!("{DOCKERFILE} copies {path}, which is not there"));
        }
        let let_in = read("deploy/docker/Dockerfile.dockerignore");
        for path in paths
            .iter()
            .filter(|path| !let_in.lines().any(|line| line == format!("!{path}")))
        {
            wrong.push(format!(
                "Dockerfile.dockerignore keeps {path} out, which {DOCKERFILE} copies"
            ));
        }
    }
    let user = last("USER");
    if user.split(':').any(|id| id.parse().unwrap_or(0) < 1000) {
        wrong.push(format!(
            "{DOCKERFILE} runs as {user:?}; name a number that is nobody's, such as 10001:10001"
        ));
    }
    for (what, there) in [
        (
            "HEALTHCHECK with sickbay health",
            last("HEALTHCHECK").ends_with("CMD [\"sickbay\", \"health\"]"),
        ),
        (
            "FROM debian:bookworm-slim last",
            stages().last().unwrap()[0] == "FROM debian:bookworm-slim",
        ),
        (
            "the OpenSSH client and the certificates",
            stages()
                .last()
                .unwrap()
                .iter()
                .any(|line| line.contains("ca-certificates openssh-client")),
        ),
        ("CMD serve", last("CMD") == "[\"serve\"]"),
        (
            "its state in a volume",
            variable("SICKBAY_STATE").starts_with(&last("VOLUME")) && !last("VOLUME").is_empty(),
        ),
    ] {
        if !there {
            wrong.push(format!("{DOCKERFILE} lacks {what}"));
        }
    }
    nothing_in(&wrong);
}

#[test]
fn compose_shuts_it_in() {
    let compose = compose();
    let service = &compose["services"]["sickbay"];
    let places = |key: &str| -> Vec<String> {
        texts(&service[key])
            .iter()
            .map(|text| (*text).to_owned())
            .collect()
    };
    let mounted = |at: &str| {
        places("volumes")
            .iter()
            .any(|volume| volume.split(':').nth(1) == Some(at))
    };
    let in_memory = |at: &str| {
        places("tmpfs")
            .iter()
            .any(|place| place.split(':').next() == Some(at))
    };
    let mut wrong = Vec::new();
    for (what, there) in [
        ("read_only: true", service["read_only"] == true),
        ("cap_drop: [ALL]", texts(&service["cap_drop"]) == ["ALL"]),
        (
            "no-new-privileges",
            texts(&service["security_opt"]) == ["no-new-privileges:true"],
        ),
        ("init: true", service["init"] == true),
        (
            "no user of its own",
            service["user"].is_null() && service["privileged"].is_null(),
        ),
        (
            "no cap_add and no ports",
            service["cap_add"].is_null() && service["ports"].is_null(),
        ),
        (
            "the image's Dockerfile",
            service["build"]["dockerfile"] == DOCKERFILE,
        ),
        (
            "the health check of the image",
            texts(&service["healthcheck"]["test"]) == ["CMD", "sickbay", "health"],
        ),
        ("a volume for the state", mounted(&last("VOLUME"))),
        (
            "the settings",
            places("volumes").contains(&format!("./config.toml:{}:ro", variable("SICKBAY_CONFIG"))),
        ),
        ("/tmp in memory", in_memory("/tmp")),
        (
            "a place for ssh's sockets in memory",
            in_memory(&variable("XDG_RUNTIME_DIR")),
        ),
    ] {
        if !there {
            wrong.push(format!("{COMPOSE} lacks {what}"));
        }
    }
    // Each credential of the settings is a secret that is handed over, from a file that is not in the repository.
    let handed: BTreeSet<&str> = texts(&service["secrets"]).into_iter().collect();
    let known: BTreeSet<&str> = compose["secrets"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let config = read(CONFIG);
    let named: BTreeSet<&str> = config
        .split("credential:")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    if handed != known || handed != named {
        wrong.push(format!(
            "{COMPOSE} hands over {handed:?} of {known:?}, and {CONFIG} names {named:?}"
        ));
    }
    for (name, secret) in compose["secrets"].as_object().unwrap() {
        let file = secret["file"].as_str().unwrap_or("");
        if root().join("deploy/docker").join(file).exists() || file != format!("./secrets/{name}") {
            wrong.push(format!("{COMPOSE}: {name} is to lie in ./secrets/{name}, which is not part of the repository"));
        }
    }
    nothing_in(&wrong);
}

#[test]
fn the_settings_of_the_container_are_valid() {
    let told = sickbay(&["health", "--config", CONFIG]);
    let said = String::from_utf8_lossy(&told.stderr).into_owned();
    // It is not running here, so nobody is well; but the settings are understood.
    assert_ne!(told.status.code(), Some(2), "{said}");
}
