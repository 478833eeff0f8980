//! A scan: hosts looked at side by side with the questions of a diagnosis and some more, told as one. It writes no journal.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chat::Locale;
use incident::Moment;
use incident::scan::{About, Kept, Scan, Scanned, Telling};
use probes::{Look, Window, catalogue};

use crate::clock;
use crate::look::several::Looks;
use crate::look::{self, Seen};
use crate::progress::Progress;
use crate::world::World;

/// How long one host may take in all. Each question has its own limit; a host that trickles through all of them has this one.
const HOST: Duration = Duration::from_secs(300);

/// Looks at these hosts and gives what it came to, in their order; `width` are looked at side by side. Where it has a name, it is held against the last of that name.
pub(crate) async fn scan(
    world: &Arc<World>,
    name: &str,
    hosts: &[hosts::Host],
    width: usize,
    progress: &Progress,
) -> Scan {
    let at = clock::now();
    let mut looks = Looks::of(width, Seen::nothing);
    let mut scanned = Vec::with_capacity(hosts.len());
    while scanned.len() < hosts.len() {
        looks.begin(hosts, scanned.len(), |host| {
            let world = Arc::clone(world);
            let bar = progress.host(&host.name);
            async move {
                let window = Window::default();
                let first = probes::scan_wave(&window);
                let look = look::look_from(&world, &host, window, first, |step| bar.wave(step));
                let seen = tokio::time::timeout(HOST, look).await;
                bar.done();
                seen.unwrap_or_else(|_late| Seen {
                    unreachable: format!("the look at it took longer than {} s", HOST.as_secs()),
                    ..Seen::nothing(&host)
                })
            }
        });
        if looks.ended(hosts).await.is_none() {
            break;
        }
        // What was seen of a host is let go once it is told: the answers of many take much memory.
        while let Some(seen) = looks.take(scanned.len()) {
            scanned.push(told(world, &seen));
        }
    }
    // No host is passed over, whatever happened to the look at it.
    while let Some(host) = hosts.get(scanned.len()) {
        scanned.push(told(world, &Seen::nothing(host)));
    }
    progress.clear();
    let mut scan = Scan {
        name: name.to_owned(),
        at,
        took: clock::now().since(at),
        hosts: scanned,
        change: None,
    };
    scan.change = before(world, name).await.map(|kept| kept.compare(&scan));
    scan
}

/// What was seen of a host, fit to be shown.
fn told(world: &World, seen: &Seen) -> Scanned {
    let numbered = seen.number((0, 0), &world.redactor);
    let about = if seen.judgement.is_some() {
        probes::about(&Look {
            host: &seen.host.name,
            answers: &seen.answers,
            window: Window::default(),
        })
    } else {
        Vec::new()
    };
    Scanned {
        report: numbered.report,
        vitals: numbered.vitals,
        about: about.into_iter().map(|one| clean(world, one)).collect(),
    }
}

/// What a host says of itself, without secrets.
fn clean(world: &World, about: About) -> About {
    let clean = |text: String| world.clean(&text);
    match about {
        About::System { name, kernel } => About::System {
            name: clean(name),
            kernel: clean(kernel),
        },
        About::Processor {
            model,
            online,
            within,
        } => About::Processor {
            model: clean(model),
            online,
            within: clean(within),
        },
        About::Unmitigated { faults } => About::Unmitigated {
            faults: faults.into_iter().map(clean).collect(),
        },
        About::Modules { asked, lost } => About::Modules {
            asked,
            lost: lost.into_iter().map(clean).collect(),
        },
        About::Certificate { path, days } => About::Certificate {
            path: clean(path),
            days,
        },
        About::Up { days } => About::Up { days },
    }
}

/// What the last scan of this name came to; none where there is none, or where it cannot be read.
async fn before(world: &World, name: &str) -> Option<Kept> {
    if name.is_empty() {
        return None;
    }
    let kept = match world.store.kept_scan(name).await {
        Ok(kept) => kept?,
        Err(error) => {
            tracing::warn!(%error, "what the last scan came to cannot be read");
            return None;
        }
    };
    let kept: Kept = serde_json::from_str(&kept)
        .inspect_err(
            |error| tracing::warn!(%error, "what the last scan came to cannot be understood"),
        )
        .ok()?;
    (kept.version == 1).then_some(kept)
}

/// Keeps what a scan with a name came to, for the next one.
pub(crate) async fn keep(world: &World, scan: &Scan) {
    if scan.name.is_empty() {
        return;
    }
    let kept = serde_json::to_string(&scan.keep()).unwrap_or_default();
    if let Err(error) = world.store.keep_scan(&scan.name, scan.at, &kept).await {
        tracing::warn!(%error, "what a scan came to is not kept; the next one says nothing of changes");
    }
}

/// A scan's words that do not come from it.
pub(crate) struct Words {
    at: String,
    since: String,
    names: BTreeMap<String, String>,
}

impl Words {
    /// Those for a scan, in a language; `shown` writes a moment for people.
    pub(crate) fn of(scan: &Scan, locale: Locale, shown: impl Fn(Moment) -> String) -> Self {
        let since = scan.change.as_ref();
        let names = catalogue::entries().map(|entry| {
            let named = locale.explained(entry.code);
            let name = named.map_or(entry.title, |named| named.name);
            (entry.code.to_owned(), name.to_owned())
        });
        Self {
            at: shown(scan.at),
            since: since.map(|change| shown(change.since)).unwrap_or_default(),
            names: names.collect(),
        }
    }

    /// The scan with them.
    pub(crate) fn telling<'a>(&'a self, scan: &'a Scan) -> Telling<'a> {
        Telling {
            scan,
            at: &self.at,
            since: &self.since,
            names: &self.names,
        }
    }
}

/// What a report is called as a file: its name, or `scan`, and its day.
pub(crate) fn file(scan: &Scan, day: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '-'
        }
    };
    let name: String = scan.name.chars().map(safe).take(60).collect();
    if name.is_empty() {
        return format!("scan-{day}.html");
    }
    format!("scan-{name}-{day}.html")
}
