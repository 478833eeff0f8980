//! Certificates in use: on disk by the servers' configuration, and as served on local ports.

use incident::step::Slot;
use incident::{ProbeRun, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::net::listeners;
use crate::read::{after, all_after, date, int, openssl_date, short};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "tls.files",
        "certificates named in the configuration of servers",
        include_str!("sh/tls.files.sh"),
    )
    .first()
    .root(),
    SERVING,
];

const SERVING: Spec = Spec::new(
    "tls.serving",
    "which certificate a local port serves",
    include_str!("sh/tls.serving.sh"),
)
.takes(&[Slot::Number])
.within(8, 16_384);

/// Ports on which TLS is spoken from the first byte.
const TLS_PORTS: &[i64] = &[
    443, 465, 636, 853, 990, 993, 995, 4433, 5671, 6443, 6697, 8443, 8883, 9443,
];
/// With this many days left somebody must act; automatic renewal is done by 30 days before the end.
const SOON_DAYS: i64 = 7;
/// From here it is mentioned.
const NOTED_DAYS: i64 = 21;

/// A certificate file in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InUse {
    pub(crate) path: String,
    /// Seconds since the epoch.
    pub(crate) not_after: i64,
    /// Whom it names: what a renewed certificate has in common with the old one.
    pub(crate) subject: String,
    /// The file that names it, and the server that file belongs to.
    pub(crate) config: String,
    pub(crate) server: &'static str,
    pub(crate) unit: &'static str,
}

/// The server whose configuration a path is: its process name and its unit.
fn server(config: &str) -> (&'static str, &'static str) {
    const SERVERS: &[(&str, &str, &str)] = &[
        ("/etc/nginx", "nginx", "nginx.service"),
        ("/etc/apache2", "apache2", "apache2.service"),
        ("/etc/httpd", "httpd", "httpd.service"),
        ("/etc/haproxy", "haproxy", "haproxy.service"),
        ("/etc/postfix", "master", "postfix.service"),
        ("/etc/dovecot", "dovecot", "dovecot.service"),
        ("/etc/exim4", "exim4", "exim4.service"),
        ("/etc/lighttpd", "lighttpd", "lighttpd.service"),
        ("/etc/postgresql", "postgres", "postgresql.service"),
        ("/var/lib/pgsql", "postgres", "postgresql.service"),
        ("/etc/mysql", "mariadbd", "mariadb.service"),
        ("/etc/my.cnf", "mysqld", "mysqld.service"),
        ("/etc/redis", "redis-server", "redis-server.service"),
        ("/etc/ldap", "slapd", "slapd.service"),
        ("/etc/mosquitto", "mosquitto", "mosquitto.service"),
        ("/etc/stunnel", "stunnel4", "stunnel4.service"),
        ("/etc/openvpn", "openvpn", "openvpn.service"),
    ];
    SERVERS
        .iter()
        .find(|(dir, ..)| config.starts_with(dir))
        .map_or(("", ""), |(_, comm, unit)| (*comm, *unit))
}

/// Reads the answer of `tls.files`: the certificates whose end could be read.
pub(crate) fn in_use(text: &str) -> Vec<InUse> {
    let mut list: Vec<InUse> = Vec::new();
    for line in text.lines() {
        if let Some(subject) = line.strip_prefix("subject ") {
            if let Some(last) = list.last_mut().filter(|last| last.subject.is_empty()) {
                subject.clone_into(&mut last.subject);
            }
        } else if let Some(cert) = line.strip_prefix("cert ") {
            list.extend(certificate(text, cert));
        }
    }
    list
}

fn certificate(text: &str, line: &str) -> Option<InUse> {
    let (path, end) = line.split_once(" not_after ")?;
    let not_after = openssl_date(end)?;
    let uses = |line: &&str| {
        line.split(['"', '\'', ' ', '\t', ';', '=', ','])
            .any(|word| word == path)
    };
    let config = all_after(text, "use ")
        .find(uses)
        .and_then(|line| line.split(':').next())
        .unwrap_or("");
    let (server, unit) = server(config);
    Slot::Path.check(path).ok()?;
    Some(InUse {
        path: path.to_owned(),
        not_after,
        subject: String::new(),
        config: config.to_owned(),
        server,
        unit,
    })
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("tls.files");
    let now = after(&text, "now ").map_or_else(|| crate::host::Host::read(look).now, int);
    let renewal = |path: &str| {
        all_after(&text, "renewal ")
            .filter_map(|line| line.split_once(' '))
            .find(|(_, dir)| path.starts_with(dir))
            .map(|(unit, _)| unit.to_owned())
    };
    let running = |name: &str| all_after(&text, "server ").any(|comm| comm == name);
    let certificates = in_use(&text);
    if now <= 0 {
        return;
    }
    for cert in &certificates {
        let runs = cert.server.is_empty() || running(cert.server);
        drafts.extend(
            ending(
                &Subject::new("certificate", &cert.path),
                cert.not_after,
                now,
                runs,
            )
            .map(|draft| {
                let draft = match renewal(&cert.path) {
                    Some(unit) => draft.fact("renewal_unit", unit),
                    None => draft,
                };
                draft
                    .fact("path", cert.path.as_str())
                    .of_unit(cert.unit)
                    .fact("config", cert.config.as_str())
                    .fact("renewed", false)
                    .cite("tls.files")
            }),
        );
    }
    let sockets = listeners(&look.heard("net.sockets"));
    for answer in look.all("tls.serving") {
        let served = answer.text();
        let Some(end) = after(&served, "notAfter=").and_then(openssl_date) else {
            continue;
        };
        let port = int(answer.arg());
        let comm = sockets
            .iter()
            .find(|socket| socket.port == port && socket.protocol == "tcp")
            .map_or("", |socket| &socket.comm);
        let mut own = certificates
            .iter()
            .filter(|cert| cert.server == comm || comm.is_empty());
        // The file that the port serves: the one with that end, the one for the same name, or the only one its server has.
        let subject = after(&served, "subject=").unwrap_or("");
        let same = own.clone().find(|cert| cert.not_after == end);
        let namesake = own
            .clone()
            .find(|cert| !subject.is_empty() && cert.subject == subject);
        let only = own.next().filter(|_| own.next().is_none());
        let cert = same.or(namesake).or(only);
        let subject = cert.map_or_else(
            || Subject::new("port", format!("{port}/tcp")),
            |cert| Subject::new("certificate", &cert.path),
        );
        let newer = cert.is_some_and(|cert| cert.not_after > end && cert.not_after > now);
        let Some(mut draft) = ending(&subject, end, now, true) else {
            continue;
        };
        draft = draft
            .fact("port", port)
            .fact("served", true)
            .fact("renewed", newer)
            .cite(answer.key)
            .cite("tls.files");
        if let Some(cert) = cert {
            draft = draft.fact("path", cert.path.as_str()).of_unit(cert.unit);
            if newer {
                draft.title = format!(
                    "Port {port} still serves an old certificate; {} was renewed",
                    short(&cert.path, 100)
                );
                draft.detail = format!(
                    "Served until {}, on disk until {}. The server reads it only when it is reloaded.",
                    date(end),
                    date(cert.not_after)
                );
            }
        }
        drafts.push(draft);
    }
}

/// A draft for a certificate that has ended or will soon.
fn ending(subject: &Subject, not_after: i64, now: i64, runs: bool) -> Option<Draft> {
    let days = (not_after - now).div_euclid(86_400);
    let name = short(&subject.name, 100);
    let (code, severity, title) = if not_after <= now {
        let severity = if runs {
            Severity::Critical
        } else {
            Severity::Info
        };
        (
            "tls.expired",
            severity,
            format!("The certificate {name} expired on {}", date(not_after)),
        )
    } else if days < NOTED_DAYS {
        let severity = if days < SOON_DAYS && runs {
            Severity::Warning
        } else {
            Severity::Info
        };
        (
            "tls.expiring",
            severity,
            format!(
                "The certificate {name} expires on {}, in {days} days",
                date(not_after)
            ),
        )
    } else {
        return None;
    };
    let note = if runs {
        "Its server is running, so clients see it."
    } else {
        "Its server is not running."
    };
    Some(
        Draft::new(code, severity, subject.clone(), title)
            .detail(note)
            .fact("not_after", date(not_after))
            .fact("not_after_unix", not_after)
            .fact("days", days),
    )
}

/// What else to ask: what the ports that speak TLS serve.
pub(crate) fn follow(look: &Look<'_>, _drafts: &[Draft]) -> Vec<ProbeRun> {
    let mut ports: Vec<i64> = listeners(&look.heard("net.sockets"))
        .into_iter()
        .filter(|listener| listener.protocol == "tcp" && TLS_PORTS.contains(&listener.port))
        .map(|listener| listener.port)
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let mut runs = Vec::new();
    for port in ports.into_iter().take(6) {
        runs.extend(SERVING.run(
            &[&port.to_string()],
            &format!("port {port} listens and speaks TLS"),
        ));
    }
    runs
}
