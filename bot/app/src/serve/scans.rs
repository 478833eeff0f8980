//! Scans that are due by themselves: made once for each due time, whoever serves, and told in the channel that they name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat::event::SendError;
use chat::front::{Content, Front, New};
use incident::notice::Notice;
use incident::scan::Scan;
use incident::{Moment, Span};
use store::Turn;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Serve;
use super::sends::Sending;
use crate::clock;
use crate::look::several::BESIDE_OTHERS;
use crate::progress::Progress;
use crate::scan::{self, Words};
use crate::settings::scans::{Planned, Tell};

/// How long a turn lasts unless it is renewed: whoever dies at it is followed after that.
const TURN: Span = Span::minutes(2);
/// How long after its last renewal a turn counts as ours: less than it lasts, so that we have ended before anybody follows.
const OURS: Duration = Duration::from_secs(110);
/// How often a turn is renewed.
const RENEW: Duration = Duration::from_secs(30);
/// No scan is done further ahead than this, unless the clock was wrong; as in the journal.
const AHEAD: Span = Span::minutes(24 * 60);
/// How often a report is tried to be posted that the platform does not take, and how long is waited between.
const TRIES: usize = 60;
const AGAIN: Duration = Duration::from_secs(10);
/// The largest page that is posted; Discord takes no file beyond 10 MB.
const LARGEST: usize = 8 << 20;
/// How long after that the scan is made again.
const LATER: Span = Span::minutes(30);

/// What is known of the scans of the settings.
#[derive(Debug)]
pub(super) struct Scans {
    /// Up to when each is done.
    done: Mutex<BTreeMap<String, Moment>>,
    /// Whether one is under way here.
    busy: Mutex<bool>,
    /// Whether whoever scans shall stop.
    stop: watch::Sender<bool>,
}

impl Default for Scans {
    fn default() -> Self {
        Self {
            done: Mutex::default(),
            busy: Mutex::new(false),
            stop: watch::Sender::new(false),
        }
    }
}

impl Scans {
    /// Ends what is under way: it is made again at the next start.
    pub(super) async fn end(&self) {
        self.stop.send_replace(true);
        // Whoever scans holds a receiver until they have ended.
        self.stop.closed().await;
    }

    /// Begins to look for a scan that is due, and to make it. None while somebody here is at it.
    fn begin(self: &Arc<Self>) -> Option<Busy> {
        let mut busy = self.busy.lock().ok()?;
        if *self.stop.borrow() || std::mem::replace(&mut *busy, true) {
            return None;
        }
        Some(Busy(Arc::clone(self)))
    }
}

/// Whoever is at it: over when this is dropped, however they end.
#[derive(Debug)]
struct Busy(Arc<Scans>);

impl Drop for Busy {
    fn drop(&mut self) {
        if let Ok(mut busy) = self.0.busy.lock() {
            *busy = false;
        }
    }
}

impl Serve {
    /// Begins the scan that is due, if one is, unless one is under way.
    pub(super) fn scan_if_due(self: &Arc<Self>) {
        if self.world.settings.scans.is_empty() {
            return;
        }
        let Some(busy) = self.scans.begin() else {
            return;
        };
        let (serve, stop) = (Arc::clone(self), self.scans.stop.subscribe());
        tokio::spawn(async move {
            if let Some((planned, turn)) = serve.due().await {
                serve.scan_by(&planned, &turn, stop).await;
            }
            drop(busy);
        });
    }

    /// A scan that is due and that we may do: of several the one that was due longest.
    async fn due(&self) -> Option<(Planned, Turn)> {
        let store = &self.world.store;
        let mut due: Vec<(Moment, &Planned)> = Vec::new();
        for planned in &self.world.settings.scans {
            let now = clock::now();
            let done = self.done(planned, now).await;
            let at = done.and_then(|done| planned.schedule.due(done, now));
            due.extend(at.map(|at| (at, planned)));
        }
        due.sort_by_key(|(at, _)| *at);
        for (at, planned) in due {
            let name = planned.name.as_str();
            let now = clock::now();
            match store.begin_scan(name, at, now, now.plus(TURN)).await {
                Ok(Some(turn)) => return Some((planned.clone(), turn)),
                // Somebody else is at it, or has done it.
                Ok(None) => {
                    let plan = planned.schedule.text();
                    if let Ok(done) = store.scan_done(name, &plan, now).await {
                        self.is_done(name, done);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, scan.name = name, "a scan cannot be begun");
                }
            }
        }
        None
    }

    /// Up to when a scan is done; none where that cannot be read.
    async fn done(&self, planned: &Planned, now: Moment) -> Option<Moment> {
        let name = planned.name.as_str();
        let known = self.scans.done.lock();
        let known = known.ok().and_then(|done| done.get(name).copied());
        // What lies ahead a clock said that was wrong.
        if let Some(done) = known.filter(|done| *done <= now.plus(AHEAD)) {
            return Some(done);
        }
        let plan = planned.schedule.text();
        match self.world.store.scan_done(name, &plan, now).await {
            Ok(done) => {
                self.is_done(name, done);
                Some(done)
            }
            Err(error) => {
                tracing::warn!(%error, scan.name = name, "whether a scan is due cannot be read");
                None
            }
        }
    }

    fn is_done(&self, name: &str, at: Moment) {
        if let Ok(mut done) = self.scans.done.lock() {
            done.insert(name.to_owned(), at);
        }
    }

    /// Makes a scan and tells it, as long as we may and shall.
    async fn scan_by(&self, planned: &Planned, turn: &Turn, mut stop: watch::Receiver<bool>) {
        let name = planned.name.as_str();
        tracing::info!(scan.name = name, "a scan is due");
        let back = tokio::select! {
            told = Box::pin(self.scan_and_tell(planned, turn)) => match told {
                Told::Posted | Told::Never => None,
                Told::Later => Some(clock::now().plus(LATER)),
            },
            () = self.renew(turn) => {
                tracing::warn!(scan.name = name, "the turn at this scan is lost: another process may make it now, and it ends here");
                return;
            }
            _ = stop.wait_for(|stop| *stop) => Some(Moment(0)),
        };
        let store = &self.world.store;
        let ended = match back {
            Some(from) => store.give_back_scan(turn, from).await,
            None => store.finish_scan(turn).await,
        };
        match ended {
            Ok(_ours) if back.is_none() => self.is_done(name, turn.due),
            Ok(_ours) => {}
            Err(error) => {
                tracing::warn!(%error, scan.name = name, "that a scan is over cannot be kept; it is made again");
            }
        }
    }

    /// Renews a turn until it is lost.
    async fn renew(&self, turn: &Turn) {
        let renew = || {
            let until = clock::now().plus(TURN);
            self.world.store.renew_scan(turn, until)
        };
        hold(RENEW, OURS, renew).await;
    }

    async fn scan_and_tell(&self, planned: &Planned, turn: &Turn) -> Told {
        let place = planned.place();
        let Some(front) = self.front(&place) else {
            tracing::error!(
                scan.name = planned.name,
                place,
                "a scan has no platform to be told on, and is not made"
            );
            return Told::Never;
        };
        let locale = self.languages.of_place(&place);
        let hosts = match self.world.inventory().select(&planned.targets) {
            Ok(hosts) => hosts,
            Err(error) => {
                let text = locale.scan_not_begun(&planned.name, &error.to_string());
                let notice = Notice::Answer { text: &text };
                let content = front.content(&notice, locale);
                return self.post_scan(front, planned, turn, &content).await;
            }
        };
        let progress = Progress::new(hosts.len(), true, locale);
        let scan = scan::scan(&self.world, &planned.name, &hosts, BESIDE_OTHERS, &progress).await;
        let told = if is_told(planned.tell, &scan) {
            let words = Words::of(&scan, locale, |at| planned.schedule.shown(at));
            let telling = words.telling(&scan);
            let mut page = chat::page::scan(&telling, locale);
            if page.len() > LARGEST {
                tracing::warn!(
                    scan.name = planned.name,
                    bytes = page.len(),
                    "the page of a scan is too large to be posted"
                );
                page.clear();
            }
            // By the clock of the schedule, as its title.
            let due = planned.schedule.shown(turn.due);
            let day = due.split(' ').next().unwrap_or_default();
            let file = scan::file(&scan, day);
            let notice = Notice::Scanned {
                telling: &telling,
                file: &file,
                page: &page,
            };
            let content = front.content(&notice, locale);
            self.post_scan(front, planned, turn, &content).await
        } else {
            tracing::info!(scan.name = planned.name, "a scan has nothing to tell");
            Told::Posted
        };
        // The next one is held against what somebody was told.
        if told == Told::Posted {
            scan::keep(&self.world, &scan).await;
        }
        told
    }

    /// Posts a report, and below it what has to be sent apart.
    async fn post_scan(
        &self,
        front: &Front,
        planned: &Planned,
        turn: &Turn,
        content: &Content,
    ) -> Told {
        let once = format!("scan {} {}", planned.name, turn.due.0);
        // Somebody who began with it before may have got as far as this.
        let again = turn.again.then_some(turn.began);
        let place = planned.place();
        let new = New {
            place: &place,
            root: None,
            once: &once,
            again,
        };
        let root = match self.post_patiently(front, new, turn, content).await {
            Ok(root) => root,
            Err(gone) => return gone.told(&planned.name),
        };
        if let Some(apart) = front.apart(content) {
            let once = format!("{once} page");
            let new = New {
                root: Some(&root),
                once: &once,
                ..new
            };
            if let Err(gone) = self.post_patiently(front, new, turn, &apart).await {
                // The message stands there; whoever wants all of it asks at a terminal.
                return match gone.told(&planned.name) {
                    Told::Posted | Told::Never => Told::Posted,
                    Told::Later => Told::Later,
                };
            }
        }
        Told::Posted
    }

    async fn post_patiently(
        &self,
        front: &Front,
        new: New<'_>,
        turn: &Turn,
        content: &Content,
    ) -> Result<String, Gone> {
        let mut new = new;
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.sends.deliver(front, Sending::Post(new), content).await {
                Ok(message) => return Ok(message),
                Err(SendError::Refused(why)) => return Err(Gone::Refused(why)),
                Err(error) => error,
            };
            if tries >= TRIES {
                return Err(Gone::Away(error.to_string()));
            }
            // It may have arrived without anybody saying so.
            new.again = Some(turn.began);
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// Renews until that says no. Where nobody answers it ends before the turn does: somebody else may be at it from then on.
async fn hold<F, E>(every: Duration, ours: Duration, renew: impl Fn() -> F)
where
    F: Future<Output = Result<bool, E>>,
    E: std::fmt::Display,
{
    let mut ends = Instant::now() + ours;
    while Instant::now() < ends {
        tokio::time::sleep_until(ends.min(Instant::now() + every)).await;
        let asked = Instant::now();
        match tokio::time::timeout_at(ends, renew()).await {
            Ok(Ok(true)) => ends = asked + ours,
            Ok(Ok(false)) => return,
            Err(_late) => return,
            Ok(Err(error)) => tracing::warn!(%error, "a turn at a scan cannot be renewed"),
        }
    }
}

/// Whether somebody was told of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// They were, or there was nothing to tell.
    Posted,
    /// Nobody ever will be.
    Never,
    /// Not for now.
    Later,
}

/// Why a report is not posted.
enum Gone {
    /// It never will be.
    Refused(String),
    /// It is not for now.
    Away(String),
}

impl Gone {
    /// Says so in the log.
    fn told(&self, name: &str) -> Told {
        match self {
            Self::Refused(why) => {
                tracing::error!(
                    scan.name = name,
                    why,
                    "the report of a scan is refused; `sickbay doctor` says whether Sickbay may write there"
                );
                Told::Never
            }
            Self::Away(why) => {
                tracing::error!(
                    scan.name = name,
                    why,
                    "the report of a scan cannot be posted; the scan is made again later"
                );
                Told::Later
            }
        }
    }
}

/// Whether a scan is told at all.
fn is_told(tell: Tell, scan: &Scan) -> bool {
    match tell {
        Tell::Always => true,
        Tell::Findings => !scan.is_well(),
        // What nothing is known of before is told, where it is not well.
        Tell::Worse => scan
            .change
            .as_ref()
            .map_or(!scan.is_well(), |change| change.is_worse()),
    }
}

#[cfg(test)]
mod tests;
