//! The clock: whether what should keep it right says that it does.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::host::Host;
use crate::look::Look;
use crate::read::{files, real};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "time.sync",
    "whether the clock is kept right",
    include_str!("sh/time.sync.sh"),
)
.first()
.root()];

/// A daemon may take this long after boot to find its servers.
const SETTLED_SECONDS: i64 = 900;
/// Tokens, certificates and databases begin to disagree here.
const OFFSET_SECONDS: f64 = 1.0;

/// What the answers mean. A container's clock is its machine's.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let host = Host::read(look);
    let text = look.heard("time.sync");
    if host.contained() || text.is_empty() {
        return;
    }
    let runs =
        |name: &str| files(&text).any(|(path, comm)| path.ends_with("/comm") && comm == name);
    let settled = host.uptime >= SETTLED_SECONDS;
    let chrony_says = |what: &str| {
        text.lines()
            .find(|line| line.starts_with(what))
            .and_then(|line| line.split_once(": "))
            .map(|(_, value)| value.trim())
    };
    let mut found: Option<(String, &str, Confidence)> = None;
    if runs("chronyd") {
        let offset = chrony_says("System time").map_or(0.0, |value| {
            value.split_whitespace().next().map_or(0.0, real)
        });
        if chrony_says("Leap status") == Some("Not synchronised") && settled {
            found = Some((
                "chronyd has no time source that answers".into(),
                "chronyd",
                Confidence::Confirmed,
            ));
        } else if offset >= OFFSET_SECONDS {
            found = Some((
                format!("The clock is {offset:.1} s off by chronyd's account"),
                "chronyd",
                Confidence::Confirmed,
            ));
        }
    } else if (runs("ntpd") || runs("ntpsec")) && settled {
        let peers: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(['*', 'o', '+', '-', ' ', '#', 'x']))
            .collect();
        if !peers.is_empty() && !peers.iter().any(|line| line.starts_with(['*', 'o'])) {
            found = Some((
                "ntpd follows none of its servers".into(),
                "ntpd",
                Confidence::Likely,
            ));
        }
    } else if runs("systemd-timesyn")
        && settled
        && !text.contains("/run/systemd/timesync/synchronized")
    {
        found = Some((
            "systemd-timesyncd has never reached its server since boot".into(),
            "systemd-timesyncd",
            Confidence::Confirmed,
        ));
    }
    let Some((title, by, confidence)) = found else {
        return;
    };
    drafts.push(
        Draft::new("time.unsynced", Severity::Warning, Subject::new("host", "time"), title)
            .sure(confidence)
            .detail("A clock that runs off breaks certificates, logins with tickets or codes, and the order of logs.")
            .fact("daemon", by)
            .fact("unit", unit_of(look, by))
            .cite("time.sync")
            .cite("os.uptime"),
    );
}

/// The daemon's unit, whose name differs between distributions.
fn unit_of(look: &Look<'_>, daemon: &str) -> &'static str {
    let names: &[&str] = match daemon {
        "chronyd" => &["chrony.service", "chronyd.service"],
        "ntpd" => &[
            "ntp.service",
            "ntpd.service",
            "ntpsec.service",
            "openntpd.service",
        ],
        _ => &["systemd-timesyncd.service"],
    };
    let units = crate::units::units(look);
    let here = |name: &&&str| units.get(name).is_some_and(|unit| unit.load == "loaded");
    names
        .iter()
        .find(here)
        .or(names.first())
        .copied()
        .unwrap_or_default()
}
