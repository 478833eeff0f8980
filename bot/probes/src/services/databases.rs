//! Reads how databases and caches are: connections, memory, whether they can save.

use std::collections::BTreeMap;

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::read::{counted, int, percent};
use crate::signatures::place::{self, Place, Refusal};
use crate::units::exec::account;
use crate::units::path::Account;

/// A limit of connections that would serve: twice what there is, within what such servers bear.
fn more(limit: i64, usual: i64, most: i64) -> i64 {
    limit.saturating_mul(2).clamp(usual, most).max(limit)
}

/// What `mysql.state` says. `unit` is the server's unit on this host.
pub(crate) fn mysql(text: &str, unit: &str) -> Option<Draft> {
    let values: BTreeMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let number = |name: &str| values.get(name).and_then(|value| counted(value));
    let refused = text.contains("ERROR 1040") || text.contains("Too many connections");
    let limit = number("max_connections");
    let used = number("Threads_connected");
    // The check's own connection is one of those in use.
    let others = used.map(|used| used.saturating_sub(1));
    let full = refused
        || matches!((others, limit), (Some(others), Some(limit)) if limit > 0 && others >= limit);
    let near = matches!((others, limit), (Some(others), Some(limit)) if limit >= 20 && percent(others, limit) >= 95);
    if !full && !near {
        return None;
    }
    let title = match (others, limit) {
        (Some(others), Some(limit)) => {
            format!("The database server has {others} of {limit} connections in use")
        }
        _ => "The database server has no connection left to give".to_owned(),
    };
    let severity = if full {
        Severity::Critical
    } else {
        Severity::Warning
    };
    let mut draft = Draft::new("mysql.too_many_connections", severity, Subject::new("unit", unit), title)
        .detail("Clients that want one more connection are refused. Either more clients come than before, or some do not give theirs back.")
        .fact("key", "max_connections")
        .fact("refused_before", number("Connection_errors_max_connections").unwrap_or(0));
    if let Some(limit) = limit {
        draft = draft
            .fact("limit", limit)
            .fact("want_limit", more(limit, 151, 2000));
    }
    if let Some(others) = others {
        draft = draft.fact("used", others);
    }
    Some(owned(draft, unit))
}

/// What `postgres.state` says, one server after another.
pub(crate) fn postgres(text: &str, unit: &str) -> Option<Draft> {
    let mut number: BTreeMap<&str, i64> = BTreeMap::new();
    let mut place = None;
    for line in text.lines() {
        let words: Vec<&str> = line.splitn(5, ' ').collect();
        match words.as_slice() {
            ["connections", count] => {
                number.insert("connections", int(count));
            }
            ["setting", name, value, line, file] => {
                number.insert(name, int(value));
                if *name == "max_connections" && file.starts_with('/') {
                    place = counted(line).map(|line| (*file, line));
                }
            }
            _ => {}
        }
    }
    let get = |name: &str| number.get(name).copied();
    let refused = text.contains("too many clients already")
        || text.contains("remaining connection slots are reserved");
    let limit = get("max_connections");
    let kept = get("superuser_reserved_connections").unwrap_or(0)
        + get("reserved_connections").unwrap_or(0);
    let room = limit.map(|limit| (limit - kept).max(1));
    let used = get("connections");
    let full = refused || matches!((used, room), (Some(used), Some(room)) if used >= room);
    let near =
        matches!((used, room), (Some(used), Some(room)) if room >= 20 && percent(used, room) >= 95);
    if !full && !near {
        return None;
    }
    let title = match (used, room) {
        (Some(used), Some(room)) => {
            format!("PostgreSQL has {used} of {room} connections for clients in use")
        }
        _ => "PostgreSQL has no connection left to give".to_owned(),
    };
    let severity = if full {
        Severity::Critical
    } else {
        Severity::Warning
    };
    let mut draft = Draft::new("postgres.too_many_connections", severity, Subject::new("unit", unit), title)
        .detail("Clients that want one more connection are refused. Either more clients come than before, or some do not give theirs back.")
        .fact("key", "max_connections");
    if let Some(limit) = limit {
        draft = draft
            .fact("limit", limit)
            .fact("want_limit", more(limit, 100, 1000));
    }
    if let Some(used) = used {
        draft = draft.fact("used", used);
    }
    if let Some((path, line)) = place {
        draft = draft.fact("path", path).fact("line", line);
    }
    Some(owned(draft, unit))
}

fn owned(draft: Draft, unit: &str) -> Draft {
    if unit.is_empty() {
        draft
    } else {
        draft.fact("unit", unit).fact("restart_unit", unit)
    }
}

/// What `redis.state` says.
pub(crate) fn redis(text: &str, unit: &str) -> Vec<Draft> {
    let values: BTreeMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .collect();
    let get = |name: &str| values.get(name).copied().unwrap_or_default().trim();
    let config = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix("config ")?.strip_prefix(name))
            .unwrap_or_default()
            .trim()
    };
    let mut found = Vec::new();
    let snapshot = get("rdb_last_bgsave_status") == "err";
    let log = get("aof_last_write_status") == "err";
    let refuses = log
        || (snapshot
            && config("stop-writes-on-bgsave-error") != "no"
            && !config("save").is_empty());
    if snapshot || log {
        found.push(redis_saves_not(text, unit, refuses));
    }
    let number = |name: &str| int(get(name));
    let (used, most) = (number("used_memory"), number("maxmemory"));
    if most > 0
        && used.saturating_mul(100) >= most.saturating_mul(99)
        && config("maxmemory-policy") == "noeviction"
    {
        let draft = Draft::new(
            "redis.maxmemory",
            Severity::Critical,
            Subject::new("service", "redis"),
            "Redis refuses writes because its memory limit is reached",
        )
        .detail(format!("It uses {used} bytes of the {most} that maxmemory allows, and may not drop anything (maxmemory-policy noeviction)."))
        .fact("used_bytes", used)
        .fact("limit_bytes", most);
        found.push(owned(draft, unit));
    }
    found
}

/// Redis could not save: why, as far as its folder shows.
fn redis_saves_not(text: &str, unit: &str, refuses: bool) -> Draft {
    let severity = if refuses {
        Severity::Critical
    } else {
        Severity::Warning
    };
    let entry = text.lines().find_map(|line| line.strip_prefix("runs-as "));
    let ids = text
        .lines()
        .find_map(|line| line.strip_prefix("runs-as-ids "))
        .unwrap_or_default();
    let who: Option<Account> = entry.and_then(|entry| account(entry, ids));
    let place = Place::read(text);
    let title = if refuses {
        "Redis refuses every write because it cannot save"
    } else {
        "Redis could not save its data"
    };
    if let (Some(who), Some(place)) = (&who, &place) {
        let path = place.way.path.clone();
        let refusal = place::refusal(place, who, unit, &[]);
        if let Some(refusal @ (Refusal::Owner { .. } | Refusal::Mode { .. })) = refusal {
            let mut draft =
                place::draft(&refusal, "redis.write_refused", severity, &path, who, None);
            draft.code = "redis.write_refused".to_owned();
            draft.title = format!("{title}: {}", draft.title);
            return owned(draft, unit);
        }
        let full = place.space_percent.is_some_and(|percent| percent >= 99)
            || place.inode_percent.is_some_and(|percent| percent >= 99);
        if full || refusal.is_some() {
            let why = match refusal {
                Some(Refusal::Fixed { what }) => what,
                _ if full => format!("the filesystem of {path} is full"),
                _ => format!("{path} is refused"),
            };
            let draft = Draft::new(
                "redis.write_refused",
                severity,
                Subject::new("path", &path),
                format!("{title}: {why}"),
            )
            .detail("It saves again, and takes writes again, once its folder can be written.")
            .fact("path", path.as_str())
            .fact("reason", why);
            return owned(draft, unit);
        }
    }
    let draft = Draft::new("redis.write_refused", severity, Subject::new("service", "redis"), title)
        .sure(Confidence::Likely)
        .detail("Its last attempt to save failed. Its folder looks usable at the moment; its log says more.");
    owned(draft, unit)
}
