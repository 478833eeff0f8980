//! Finds what the log lines say by the signatures, grouped, and whether it is still so.

use std::collections::{BTreeMap, BTreeSet};

use incident::Severity;

use super::lines::Seen;
use super::load::{Signature, Signatures, fits};
use super::template::fill;
use crate::look::Look;
use crate::units::list::Units;

/// How a line stands to its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// Its unit is not known, or is no unit.
    Unknown,
    /// Its unit runs, and ran when it was written.
    Running,
    /// Its unit does not run, and the line is of its last attempt.
    Failing,
}

/// What several lines say alike.
#[derive(Debug, Clone)]
pub(crate) struct Hit<'a> {
    pub(crate) signature: &'a Signature,
    pub(crate) subject: String,
    pub(crate) title: String,
    pub(crate) captures: BTreeMap<String, String>,
    pub(crate) unit: Option<String>,
    pub(crate) standing: Standing,
    pub(crate) count: usize,
    pub(crate) last_ms: Option<i64>,
    pub(crate) example: String,
    pub(crate) key: String,
}

impl Hit<'_> {
    /// A capture by name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.captures.get(name).map(String::as_str)
    }
}

/// What the kernel denied by a policy, as SELinux and AppArmor say it.
const POLICY_DENIED: &str = "security.policy_denied";

/// Fewer than this many minutes ago is "now" for a unit that runs all the same.
pub(super) const FRESH_MS: i64 = 15 * 60 * 1000;

/// The hits of all lines that count: of the window, or of the last attempt of a unit that does not run.
pub(crate) fn hits<'a>(
    look: &Look<'_>,
    units: &Units,
    signatures: &'a Signatures,
    lines: &[Seen],
) -> Vec<Hit<'a>> {
    let newest = lines
        .iter()
        .filter_map(|seen| seen.line.at_ms)
        .max()
        .unwrap_or(0);
    let now_ms = if units.now_ms > 0 {
        units.now_ms
    } else {
        newest
    };
    let window_ms = i64::try_from(look.window.since_seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(1000);
    let mut groups: BTreeMap<(String, String, String), Hit<'a>> = BTreeMap::new();
    let mut complaints: BTreeMap<String, bool> = BTreeMap::new();
    for seen in lines {
        let line = &seen.line;
        // A line says one thing of a subject, whichever signatures it fits: the first has it.
        let mut told = BTreeSet::new();
        for signature in signatures.fitting(&line.text) {
            let unit = line
                .unit
                .clone()
                .filter(|unit| unit != "init.scope")
                .or_else(|| guess(units, signature, seen))
                .or_else(|| denied(units, signature, &line.text))
                .filter(|unit| {
                    signature.code != POLICY_DENIED
                        || *complaints
                            .entry(unit.clone())
                            .or_insert_with(|| complains(units, unit, lines))
                });
            if !signature.reads(seen.source, unit.as_deref(), &line.program) {
                continue;
            }
            let Some(mut captures) = signature.captures(&line.text) else {
                continue;
            };
            if let Some(unit) = &unit {
                captures
                    .entry("unit".to_owned())
                    .or_insert_with(|| unit.clone());
            }
            let lasts = || signature.lasting && of_this_run(units, unit.as_deref(), line.at_ms);
            let standing = standing(units, unit.as_deref(), line.at_ms)
                .or_else(|| lasts().then_some(Standing::Running));
            let Some(standing) = standing else {
                continue;
            };
            let in_window = line
                .at_ms
                .is_some_and(|at| at >= now_ms.saturating_sub(window_ms));
            if standing != Standing::Failing && !in_window {
                continue;
            }
            let (Some(subject), Some(title)) = (
                fill(&signature.subject, &captures),
                fill(&signature.title, &captures),
            ) else {
                continue;
            };
            let group = (
                signature.code.clone(),
                subject.clone(),
                unit.clone().unwrap_or_default(),
            );
            if !told.insert(group.clone()) {
                continue;
            }
            let hit = groups.entry(group).or_insert_with(|| Hit {
                signature,
                subject,
                title: String::new(),
                captures: BTreeMap::new(),
                unit: unit.clone(),
                standing,
                count: 0,
                last_ms: None,
                example: String::new(),
                key: String::new(),
            });
            hit.count += 1;
            hit.standing = hit.standing.max(standing);
            // What it captured last is what it says.
            hit.title = title;
            for (name, value) in captures {
                hit.captures.insert(name, value);
            }
            if hit.last_ms <= line.at_ms {
                hit.last_ms = line.at_ms;
                hit.example.clone_from(&line.text);
                hit.key.clone_from(&seen.key);
            }
        }
    }
    groups.into_values().collect()
}

/// The latest moment that a stamp may mean: one without a fraction, as most log files have it, is cut to its second.
fn latest(at_ms: i64) -> i64 {
    if at_ms % 1000 == 0 {
        at_ms.saturating_add(999)
    } else {
        at_ms
    }
}

/// How a line of that time stands to the unit; nothing when it is of an attempt that is over.
pub(crate) fn standing(units: &Units, unit: Option<&str>, at_ms: Option<i64>) -> Option<Standing> {
    let Some(unit) = unit.and_then(|unit| units.get(unit)) else {
        return Some(Standing::Unknown);
    };
    // Clocks of the journal and of the service manager agree; the second allows for rounding.
    let slack = 1500;
    if unit.is_down() {
        let attempt = units.moment(unit.left_inactive.max(unit.started_at));
        let of_it = match (attempt, at_ms) {
            (Some(attempt), Some(at)) => at >= attempt.saturating_sub(slack),
            _ => true,
        };
        return of_it.then_some(Standing::Failing);
    }
    // One that keeps ending runs only until it ends again: what it said a moment ago is why.
    let young = units
        .seconds_ago(unit.active_since)
        .is_some_and(|ago| ago < 10);
    if unit.is_active() && unit.restarts >= 3 && young {
        let of_it = at_ms.is_none_or(|at| at >= units.now_ms.saturating_sub(60_000));
        return of_it.then_some(Standing::Failing);
    }
    if unit.is_active() {
        let recovered = match (units.moment(unit.active_since), at_ms) {
            (Some(since), Some(at)) => latest(at) < since,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        return (!recovered).then_some(Standing::Running);
    }
    if unit.active == "activating" {
        return Some(Standing::Failing);
    }
    // A job that rests: what it said in its last run is the newest there is of it.
    let last_run = units.moment(unit.left_inactive.max(unit.started_at));
    let of_it = unit.kind == "oneshot"
        && matches!((last_run, at_ms), (Some(run), Some(at)) if at >= run.saturating_sub(slack));
    of_it.then_some(Standing::Unknown)
}

/// Whether a unit that runs said it on its way up.
fn of_this_run(units: &Units, unit: Option<&str>, at_ms: Option<i64>) -> bool {
    let begun = unit
        .and_then(|unit| units.get(unit))
        .filter(|unit| unit.is_active())
        .and_then(|unit| units.moment(unit.left_inactive));
    matches!((begun, at_ms), (Some(begun), Some(at)) if latest(at) >= begun)
}

/// The unit of a line that names none: by the signature, or by the place of the log file.
fn guess(units: &Units, signature: &Signature, seen: &Seen) -> Option<String> {
    let among = |globs: &[String]| {
        let mut fitting: Vec<_> = units
            .list
            .values()
            .filter(|unit| {
                unit.is_service()
                    && unit.load == "loaded"
                    && globs.iter().any(|glob| fits(glob, &unit.id))
            })
            .collect();
        fitting.sort_by_key(|unit| {
            (
                !unit.is_not_up(),
                !unit.is_active(),
                unit.kind == "oneshot",
                unit.id.clone(),
            )
        });
        fitting.first().map(|unit| unit.id.clone())
    };
    if !signature.units.is_empty() {
        return among(&signature.units);
    }
    let file = seen.file.as_deref()?;
    among(&writers(file)?)
}

/// The kernel knows what it denied to whom by the program's name alone: the unit of that name, where it does not run.
fn denied(units: &Units, signature: &Signature, text: &str) -> Option<String> {
    if signature.code != POLICY_DENIED {
        return None;
    }
    let comm = signature.captures(text)?.remove("comm")?;
    let named = units.get(&format!("{comm}.service"))?;
    named.is_down().then(|| named.id.clone())
}

/// Whether a unit that does not run says itself that something was denied to it. Programs try much that a policy forbids and that
/// they do without.
fn complains(units: &Units, unit: &str, lines: &[Seen]) -> bool {
    lines.iter().any(|seen| {
        let line = &seen.line;
        let own = line.unit.as_deref() == Some(unit)
            || seen
                .file
                .as_deref()
                .is_some_and(|file| is_log_of(unit, file));
        if !own || standing(units, Some(unit), line.at_ms) != Some(Standing::Failing) {
            return false;
        }
        let text = line.text.to_lowercase();
        let policy = text.contains("avc:") || text.contains("apparmor=");
        !policy
            && ["denied", "not permitted", "(13)"]
                .iter()
                .any(|word| text.contains(word))
    })
}

/// Whether a log file is a unit's own, by its place.
pub(super) fn is_log_of(unit: &str, file: &str) -> bool {
    writers(file).is_some_and(|globs| globs.iter().any(|glob| fits(glob, unit)))
}

/// The units that write a log file, by its place.
fn writers(file: &str) -> Option<Vec<String>> {
    if file.starts_with("/var/lib/pgsql/") {
        return Some(vec!["postgresql*.service".to_owned()]);
    }
    let rest = file.strip_prefix("/var/log/")?;
    let name = rest.split('/').next()?;
    let name = name.split('.').next()?;
    Some(match name {
        "mysql" | "mariadb" | "mysqld" => {
            vec!["mariadb.service".to_owned(), "mysql*.service".to_owned()]
        }
        "redis" | "valkey" => vec![format!("{name}*.service")],
        "postgresql" => vec![
            "postgresql@*.service".to_owned(),
            "postgresql*.service".to_owned(),
        ],
        "apache2" | "httpd" => vec![format!("{name}.service")],
        name if name.starts_with("php") => vec!["php*-fpm.service".to_owned()],
        name => vec![
            format!("{name}.service"),
            format!("{name}-server.service"),
            format!("{name}@*.service"),
        ],
    })
}

/// How bad a hit is that nothing else confirms: what a running unit says now and then is worth knowing, no more.
pub(crate) fn severity(hit: &Hit<'_>, now_ms: i64) -> Severity {
    let wanted = hit.signature.severity;
    match hit.standing {
        Standing::Failing => wanted,
        Standing::Running | Standing::Unknown => {
            let fresh = hit
                .last_ms
                .is_some_and(|at| at >= now_ms.saturating_sub(FRESH_MS));
            if hit.signature.repeats == 1 {
                wanted
            } else if fresh && hit.count >= hit.signature.repeats {
                wanted.min(Severity::Warning)
            } else {
                Severity::Info
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Standing, hits};
    use crate::judge::tests::{answers, look_at};
    use crate::signatures::Signatures;
    use crate::signatures::lines::Seen;
    use crate::signatures::load::Source;
    use crate::units::list::Units;
    use crate::units::log::Line;

    #[test]
    fn a_denial_is_of_a_unit_that_says_so_itself() {
        let signatures = Signatures::shipped().unwrap();
        let units = Units::read(
            "manager systemd\nstate degraded\nnow 1795426000.5 1000.00\nId=mariadbd.service\nLoadState=loaded\nActiveState=failed\n",
        );
        let seen = |unit: Option<&str>, text: &str| Seen {
            line: Line {
                at_ms: Some(1_795_425_990_000),
                unit: unit.map(str::to_owned),
                program: String::new(),
                text: text.to_owned(),
            },
            source: Source::Journal,
            file: None,
            key: "log.journal 3600".to_owned(),
        };
        let denial = r#"audit: type=1400 audit(1795425990.123:77): apparmor="DENIED" operation="open" class="file" profile="mariadbd" name=2F73727620 pid=882 comm="mariadbd" requested_mask="r""#;
        let found = |said: &str| -> Vec<(Option<String>, Standing)> {
            let lines = [seen(None, denial), seen(Some("mariadbd.service"), said)];
            look_at(&answers(&[]), |look| {
                hits(look, &units, &signatures, &lines)
                    .into_iter()
                    .filter(|hit| hit.signature.code == "security.policy_denied")
                    .map(|hit| (hit.unit.clone(), hit.standing))
                    .collect()
            })
        };
        assert_eq!(
            found("[ERROR] cannot open the table: Permission denied"),
            [(Some("mariadbd.service".to_owned()), Standing::Failing)]
        );
        assert_eq!(found("[ERROR] out of space"), [(None, Standing::Unknown)]);
        assert_eq!(found(denial), [(None, Standing::Unknown)]);
    }
}
