//! Services that can say themselves how they are: nginx, sshd and their like check their configuration, databases their state.

use incident::step::Slot;
use incident::{Confidence, ProbeRun};

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;
use crate::units::list::{Unit, Units};

mod blocked;
mod databases;
mod openrc;
mod settings;
mod syntax;
#[cfg(test)]
mod tests;

use syntax::Service;

macro_rules! checking {
    ($id:literal, $about:literal, $file:literal) => {
        Spec::new(
            $id,
            $about,
            concat!(include_str!("services/gate.sh"), include_str!($file)),
        )
        .first()
        .root()
        .within(6, 32_768)
    };
}

/// What can be asked about services.
pub(crate) const PROBES: &[Spec] = &[
    checking!(
        "nginx.check",
        "nginx's own check of its configuration",
        "services/nginx.sh"
    ),
    checking!(
        "apache.check",
        "Apache's own check of its configuration",
        "services/apache.sh"
    ),
    checking!(
        "sshd.check",
        "sshd's own check of its configuration",
        "services/sshd.sh"
    ),
    checking!(
        "haproxy.check",
        "HAProxy's own check of its configuration",
        "services/haproxy.sh"
    ),
    checking!(
        "other.check",
        "other services' own checks: named, dnsmasq, sudo, PHP",
        "services/others.sh"
    ),
    Spec::new(
        "mysql.state",
        "connections of MariaDB or MySQL",
        include_str!("services/mysql.sh"),
    )
    .first()
    .root(),
    Spec::new(
        "postgres.state",
        "connections of PostgreSQL",
        include_str!("services/postgres.sh"),
    )
    .first()
    .root(),
    Spec::new(
        "redis.state",
        "whether Redis can save and has memory left",
        concat!(
            include_str!("units/paths.sh"),
            include_str!("services/redis.sh")
        ),
    )
    .first()
    .root(),
    Spec::new(
        "database.settings",
        "what databases are told to take of the host's memory",
        concat!(
            include_str!("services/gate.sh"),
            include_str!("services/settings.sh")
        ),
    )
    .first()
    .root(),
    Spec::new(
        "service.list",
        "services where there is no systemd",
        include_str!("services/openrc.sh"),
    )
    .first(),
    Spec::new(
        "connection.setting",
        "where the limit of connections is set",
        include_str!("signatures/setting.sh"),
    )
    .takes(&[Slot::Name])
    .root(),
];

/// A check, the service that it is of, its code and its units.
const CHECKS: &[(&str, &str, &str, &[&str])] = &[
    (
        "nginx.check",
        "nginx",
        "nginx.config_syntax",
        &["nginx.service", "openresty.service"],
    ),
    (
        "apache.check",
        "Apache",
        "apache.config_syntax",
        &["apache2.service", "httpd.service"],
    ),
    (
        "sshd.check",
        "sshd",
        "sshd.config_syntax",
        &["ssh.service", "sshd.service"],
    ),
    (
        "haproxy.check",
        "HAProxy",
        "haproxy.config_syntax",
        &["haproxy.service"],
    ),
];

const MYSQL: &[&str] = &["mariadb.service", "mysql.service", "mysqld.service"];
const REDIS: &[&str] = &[
    "redis-server.service",
    "redis.service",
    "valkey-server.service",
    "valkey.service",
];

/// The first of the units that the host has, one that does not run before one that does.
fn unit_of<'a>(units: &'a Units, names: &[&str]) -> Option<&'a Unit> {
    let mut here: Vec<&Unit> = names
        .iter()
        .filter_map(|name| units.get(name))
        .filter(|unit| unit.load == "loaded")
        .collect();
    here.sort_by_key(|unit| (!unit.is_not_up(), !unit.is_active()));
    here.first().copied()
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let units = crate::units::units(look);
    for (probe, name, code, names) in CHECKS {
        let unit = unit_of(&units, names);
        let Ok(text) = look.text(probe) else { continue };
        let service = Service {
            name,
            code,
            unit: unit.map_or("", |unit| unit.id.as_str()),
            down: unit.is_some_and(Unit::is_not_up),
        };
        for check in syntax::read(&text) {
            drafts.extend(
                syntax::judge(&check, service, look.as_root(probe)).map(|draft| draft.cite(*probe)),
            );
        }
        drafts.extend(
            roots(look, &text, service)
                .into_iter()
                .map(|draft| draft.cite(*probe)),
        );
    }
    if let Ok(text) = look.text("other.check") {
        for check in syntax::read(&text) {
            let name = format!("{}.service", check.service);
            let unit = unit_of(&units, &[&name, "bind9.service"]);
            let service = Service {
                name: &check.service,
                code: "app.config_syntax",
                unit: unit.map_or("", |unit| unit.id.as_str()),
                down: unit.is_some_and(Unit::is_not_up),
            };
            drafts.extend(
                syntax::judge(&check, service, look.as_root("other.check"))
                    .map(|draft| draft.cite("other.check")),
            );
        }
    }
    let name =
        |names: &[&str]| unit_of(&units, names).map_or_else(String::new, |unit| unit.id.clone());
    if let Ok(text) = look.text("mysql.state") {
        let draft =
            databases::mysql(&text, &name(MYSQL)).map(|draft| place_of_setting(look, draft));
        let blocked = blocked::blocked(&text, &name(MYSQL));
        let found = draft.into_iter().chain(blocked);
        drafts.extend(found.map(|draft| draft.cite("mysql.state")));
    }
    if let Ok(text) = look.text("postgres.state") {
        let cluster = units.list.values().find(|unit| {
            (unit.id.starts_with("postgresql@") || unit.id.starts_with("postgresql-"))
                && unit.is_active()
        });
        let unit = cluster.map_or_else(|| "postgresql.service".to_owned(), |unit| unit.id.clone());
        let found = databases::postgres(&text, &unit).into_iter();
        let found = found.chain(blocked::blocked(&text, &unit));
        drafts.extend(found.map(|draft| draft.cite("postgres.state")));
    }
    if let Ok(text) = look.text("redis.state") {
        drafts.extend(
            databases::redis(&text, &name(REDIS))
                .into_iter()
                .map(|draft| draft.cite("redis.state")),
        );
    }
    settings::judge(look, drafts);
    if let Ok(text) = look.text("service.list") {
        drafts.extend(
            openrc::judge(&text)
                .into_iter()
                .map(|draft| draft.cite("service.list")),
        );
    }
}

/// Folders that a web server is to serve and that are not there.
fn roots(look: &Look<'_>, text: &str, service: Service<'_>) -> Vec<Draft> {
    let by_apache = text.lines().filter_map(|line| {
        let (_, rest) = line.split_once("DocumentRoot [")?;
        rest.split_once("] does not exist").map(|(path, _)| path)
    });
    // What nobody asked for is worth a mention; what visitors miss is a fault.
    let missed = |path: &str| {
        let said = |text: &str| {
            text.contains(&format!("{path}/")) || text.contains(&format!("\"{path}\""))
        };
        look.all("log.files").any(|answer| said(&answer.text()))
            || look.all("log.journal").any(|answer| said(&answer.text()))
    };
    crate::read::all_after(text, "root-missing ")
        .chain(by_apache)
        .map(|path| {
            let severity = if missed(path) {
                incident::Severity::Critical
            } else {
                incident::Severity::Warning
            };
            let draft = Draft::new(
                "web.root_missing",
                severity,
                incident::Subject::new("path", path),
                format!("{} is to serve {path}, which is not there", service.name),
            )
            .detail("Every visitor of that site gets 404. A deployment stopped half-way, a mount is missing, or the folder was moved.")
            .fact("path", path);
            if service.unit.is_empty() { draft } else { draft.fact("unit", service.unit) }
        })
        .collect()
}

/// Adds the one place where the limit of connections is set, where there is one.
fn place_of_setting(look: &Look<'_>, draft: Draft) -> Draft {
    const KEY: &str = "connection.setting max_connections";
    let Ok(text) = look.text(KEY) else {
        return draft;
    };
    let mut places = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("at ")) {
        let mut parts = line.splitn(3, ':');
        if let (Some(path), Some(Ok(number))) = (parts.next(), parts.next().map(str::parse::<i64>))
            && path.ends_with(".cnf")
        {
            places.push((path.to_owned(), number));
        }
    }
    match places.as_slice() {
        [(path, line)] => draft
            .cite(KEY)
            .fact("path", path.as_str())
            .fact("line", *line),
        _ => draft.cite(KEY).sure(Confidence::Confirmed),
    }
}

/// What else to ask about services that complain.
pub(crate) fn follow(_look: &Look<'_>, drafts: &[Draft]) -> Vec<ProbeRun> {
    let full = drafts
        .iter()
        .find(|draft| draft.code == "mysql.too_many_connections");
    let spec = PROBES.iter().find(|spec| spec.id == "connection.setting");
    full.and_then(|draft| spec?.run(&["max_connections"], &draft.title).ok())
        .into_iter()
        .collect()
}
