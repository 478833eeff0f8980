//! Reads what an engine says of its containers.

use crate::read::{after, all_after, instant, int, nth};

/// One container as the list has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) engine: String,
    pub(super) name: String,
    /// `running`, `exited`, `created`, `restarting`, `dead`, `paused`.
    pub(super) state: String,
    pub(super) exit: i64,
    pub(super) oom: bool,
    pub(super) restarts: i64,
    pub(super) policy: String,
    pub(super) created: Option<i64>,
    pub(super) started: Option<i64>,
    pub(super) finished: Option<i64>,
    pub(super) unit: String,
    pub(super) unhealthy: bool,
}

/// What an answer of `container.list` says.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    pub(super) rows: Vec<Row>,
    /// Engines that do not answer, and what their clients say.
    pub(super) down: Vec<(String, i64, String)>,
    /// The host's clock, and how long it has been up.
    pub(super) now: i64,
    pub(super) up: i64,
    /// Whether something starts Podman's containers at boot.
    pub(super) restarts: bool,
}

impl List {
    pub(super) fn read(text: &str) -> Self {
        let down = all_after(text, "down ").map(|line| {
            let mut words = line.splitn(3, ' ');
            let mut next = || words.next().unwrap_or("").to_owned();
            let (engine, code, said) = (next(), next(), next());
            (engine, int(&code), said)
        });
        Self {
            rows: all_after(text, "c\t").filter_map(row).collect(),
            down: down.collect(),
            now: after(text, "now ").map_or(0, int),
            up: after(text, "up ").map_or(0, int),
            restarts: after(text, "restarts ").is_some(),
        }
    }

    /// Whether something was less than so many seconds ago.
    pub(super) fn within(&self, then: Option<i64>, seconds: i64) -> bool {
        then.is_some_and(|then| self.now - then < seconds)
    }
}

/// `podman⇥web⇥exited⇥1⇥…`, or from an engine that tells less `nerdctl⇥web⇥Exited (1) 2 hours ago`.
fn row(line: &str) -> Option<Row> {
    let fields: Vec<&str> = line.split('\t').collect();
    let field = |n: usize| fields.get(n).copied().unwrap_or("").trim();
    let name = field(1).trim_start_matches('/');
    if name.is_empty() || field(2).is_empty() {
        return None;
    }
    let plain = Row {
        engine: field(0).to_owned(),
        name: name.to_owned(),
        ..Row::default()
    };
    if fields.len() < 10 {
        let status = field(2);
        let exit = status
            .split_once('(')
            .and_then(|(_, rest)| rest.split_once(')'))
            .map_or(0, |(code, _)| int(code));
        let state = match status.split(' ').next().unwrap_or("") {
            "Up" => "running".to_owned(),
            word => word.to_lowercase(),
        };
        return Some(Row {
            state,
            exit,
            unhealthy: status.contains("(unhealthy)"),
            ..plain
        });
    }
    // An empty template value is printed as `<no value>`.
    let known = |text: &str| text.replace("<no value>", "");
    Some(Row {
        state: field(2).to_lowercase(),
        exit: int(field(3)),
        oom: field(4) == "true",
        restarts: int(field(5)),
        policy: known(field(6)),
        created: instant(field(7)),
        started: instant(field(8)),
        finished: instant(field(9)),
        unit: known(field(10)),
        unhealthy: field(11) == "unhealthy",
        ..plain
    })
}

/// What `container.show` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) exit: i64,
    pub(super) oom: bool,
    /// What the engine itself says of a start that failed.
    pub(super) error: String,
    pub(super) program: Vec<String>,
    pub(super) user: String,
    pub(super) memory: i64,
    /// Capabilities that were taken from it.
    pub(super) drops: Vec<String>,
    /// Sources on the host that are not there.
    pub(super) gone: Vec<String>,
    /// Mounts: source and destination.
    pub(super) mounts: Vec<(String, String)>,
    /// The command of the health check, and what it said last.
    pub(super) check: Vec<String>,
    pub(super) checked: String,
    pub(super) log: Vec<String>,
}

impl Shown {
    pub(super) fn read(text: &str) -> Self {
        let strings = |json: &str| match serde_json::from_str(json).ok() {
            Some(serde_json::Value::String(one)) if !one.is_empty() => vec![one],
            Some(serde_json::Value::Array(list)) => list
                .iter()
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        let one = |json: &str| strings(json).into_iter().next().unwrap_or_default();
        let program = after(text, "program ").map(|line| {
            let mut words = serde_json::Deserializer::from_str(line).into_iter();
            let mut next = || match words.next() {
                Some(Ok(value)) => {
                    let value: serde_json::Value = value;
                    strings(&value.to_string())
                }
                Some(Err(_)) | None => Vec::new(),
            };
            let mut program = next();
            program.extend(next());
            program
        });
        let mounts = all_after(text, "mount ").filter_map(|line| {
            let line = line.strip_prefix("bind ")?;
            let json = line.split_once(' ')?.1;
            let mut words =
                serde_json::Deserializer::from_str(json).into_iter::<serde_json::Value>();
            let mut next = || Some(words.next()?.ok()?.as_str()?.to_owned());
            Some((next()?, next()?))
        });
        Self {
            exit: after(text, "exit ").map_or(0, int),
            oom: after(text, "oom ") == Some("true"),
            error: after(text, "error ").map(one).unwrap_or_default(),
            program: program.unwrap_or_default(),
            user: after(text, "user ").map(one).unwrap_or_default(),
            memory: after(text, "memory ").map_or(0, |line| nth(line, 0)),
            drops: after(text, "drops ").map(strings).unwrap_or_default(),
            gone: all_after(text, "gone ").map(str::to_owned).collect(),
            mounts: mounts.collect(),
            check: after(text, "check ").map(strings).unwrap_or_default(),
            checked: all_after(text, "checked ")
                .last()
                .and_then(|line| line.split_once(' '))
                .map(|(_, json)| one(json))
                .unwrap_or_default(),
            log: all_after(text, "log ").map(str::to_owned).collect(),
        }
    }
}
