//! One wave of questions to one host, in one round trip: lanes side by side, what is lost said to be lost.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use incident::proposal::Privilege;
use incident::{HostName, Plan, RawOutput};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::Hosts;
use crate::inventory::{BecomeRoot, Host};
use crate::lane::{Event, Frames, Hello, Lane, Rank, answers, lanes};
use crate::line::{Ask, Cut, Ended, Line};
use crate::trouble::Unreachable;

/// How many lanes a host gets: with the guard's channel below sshd's default of ten sessions.
const LANES: usize = 6;
/// How many it gets when many hosts are examined at once.
const LANES_OF_MANY: usize = 2;
/// From how many hosts on they are many.
const MANY: usize = 8;
/// How much one host may say in one wave.
const ROOM: usize = 8 << 20;
/// How long a wave may take beyond what its probes may.
const SLACK: Duration = Duration::from_secs(5);
/// How long a wave may take at most, whatever its probes may.
const LONGEST_WAVE: Duration = Duration::from_secs(120);

/// What one wave found out.
#[derive(Debug)]
pub struct Examined {
    /// One answer for each question, in their order.
    pub answers: Vec<RawOutput>,
    /// How Sickbay becomes root there.
    pub privilege: Privilege,
    /// `SHA256:…` of the host's key, or `local`.
    pub host_key: String,
    /// The account there.
    pub login: String,
    /// How far the host's clock is ahead of ours, in seconds; right to a second or two.
    pub clock_skew: Option<i64>,
    /// The host's boot; empty where it has none.
    pub boot_id: String,
    /// What is wrong with the helpers of an enrolled host: missing, or of another version than ours.
    pub helpers_wrong: Option<String>,
    /// Why answers are missing, where some are.
    pub cut_short: Option<String>,
}

/// How a wave gets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There is a connection.
    Connected,
    /// So many questions of so many are answered.
    Answered {
        /// So many.
        done: usize,
        /// Of so many.
        of: usize,
    },
}

/// A lane that has ended.
struct Heard {
    lane: Lane,
    frames: Frames,
    end: Result<Ended, Cut>,
    /// The difference of the clocks when it began.
    skew: Option<i64>,
}

/// Counts a host as being examined.
struct Busy<'a>(&'a AtomicUsize);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hosts {
    /// Asks a host all questions of a plan in one round trip.
    ///
    /// # Errors
    /// [`Unreachable`] when there is no connection, or it broke before any lane said a word. What a broken connection had
    /// answered until then is an answer; the rest is marked as lost.
    pub async fn examine(&self, host: &Host, plan: &Plan) -> Result<Examined, Unreachable> {
        self.examine_telling(host, plan, |_progress| ()).await
    }

    /// The same, telling how it gets on.
    ///
    /// # Errors
    /// As [`Hosts::examine`].
    pub async fn examine_telling(
        &self,
        host: &Host,
        plan: &Plan,
        mut tell: impl FnMut(Progress) + Send,
    ) -> Result<Examined, Unreachable> {
        let others = self.busy.fetch_add(1, Ordering::Relaxed);
        let _busy = Busy(&self.busy);
        let most = if others >= MANY { LANES_OF_MANY } else { LANES };
        let (line, warm) = self.pool.line(host).await?;
        tell(Progress::Connected);
        match self.wave(host, &line, plan, most, &mut tell).await {
            // What had been kept may have died since it was last used; asking again is harmless.
            Err(Unreachable::Broken { .. } | Unreachable::Hung { .. })
                if warm && !host.is_local() =>
            {
                let (line, _warm) = self.pool.line(host).await?;
                self.wave(host, &line, plan, most, &mut tell).await
            }
            examined => examined,
        }
    }

    async fn wave(
        &self,
        host: &Host,
        line: &Line,
        plan: &Plan,
        most: usize,
        tell: &mut (impl FnMut(Progress) + Send),
    ) -> Result<Examined, Unreachable> {
        let root = match host.become_root {
            BecomeRoot::Auto | BecomeRoot::Sudo => Rank::Root,
            BecomeRoot::Enrolled => Rank::Helper,
            BecomeRoot::None => Rank::Login,
        };
        let no_nonce = |error: getrandom::Error| Unreachable::other(&host.name, error.to_string());
        let all: Vec<usize> = (0..plan.runs.len()).collect();
        let mut heard = run_all(
            line,
            lanes(plan, &all, most, root).map_err(no_nonce)?,
            all.len(),
            tell,
        )
        .await;
        // What the helper does not know, or a host without it, is asked as the plain login: seeing less beats not looking.
        let refused: BTreeSet<usize> = heard
            .iter()
            .filter(|heard| heard.lane.rank == Rank::Helper)
            .flat_map(Heard::not_asked)
            .collect();
        let mute = root == Rank::Helper && heard.iter().all(|heard| heard.frames.hello().is_none());
        if !refused.is_empty() || mute {
            let rest: Vec<usize> = refused.iter().copied().collect();
            for heard in &mut heard {
                heard.lane.runs.retain(|n| !refused.contains(n));
            }
            heard.extend(
                run_all(
                    line,
                    lanes(plan, &rest, most, Rank::Login).map_err(no_nonce)?,
                    rest.len(),
                    tell,
                )
                .await,
            );
        }
        if heard
            .iter()
            .any(|heard| matches!(heard.end, Err(Cut::Gone(_) | Cut::Slow(_) | Cut::Flood(_))))
        {
            self.pool.forget(&host.name, line).await;
        }
        conclude(host, line, plan, heard, &self.pool.options.helpers)
    }
}

impl Heard {
    fn not_asked(&self) -> Vec<usize> {
        if self.frames.hello().is_none() && self.end.is_ok() {
            return self.lane.runs.clone();
        }
        self.frames.unknown().iter().copied().collect()
    }

    /// Why there are no frames, in the host's own words.
    fn instead(&self) -> String {
        let stray = self.frames.stray();
        match &self.end {
            Err(cut) => cut.to_string(),
            Ok(_) if !stray.is_empty() => stray,
            Ok(end) if !end.complaint.trim().is_empty() => end
                .complaint
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .chars()
                .filter(|c| !c.is_control())
                .take(300)
                .collect(),
            Ok(Ended {
                code: Some(code), ..
            }) => format!("it ended with exit code {code}"),
            Ok(_) => "it ended without a word".to_owned(),
        }
    }
}

/// Runs lanes side by side and tells how many questions are answered.
async fn run_all(
    line: &Line,
    lanes: Vec<Lane>,
    of: usize,
    tell: &mut (impl FnMut(Progress) + Send),
) -> Vec<Heard> {
    let share = ROOM / lanes.len().max(1);
    let (sender, mut events) = unbounded_channel();
    let mut tasks = JoinSet::new();
    for lane in lanes {
        let (line, sender) = (line.clone(), sender.clone());
        tasks.spawn(async move { run_lane(&line, lane, share, &sender).await });
    }
    drop(sender);
    let mut heard = Vec::new();
    let mut done = 0;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(Event::Ended(_)) => {
                    done += 1;
                    tell(Progress::Answered { done, of });
                }
                Some(Event::Hello | Event::Started(_) | Event::Done) => {}
                None => break,
            },
        }
    }
    while let Some(ended) = tasks.join_next().await {
        heard.extend(ended.ok());
    }
    heard
}

async fn run_lane(line: &Line, lane: Lane, room: usize, tell: &UnboundedSender<Event>) -> Heard {
    let mut frames = Frames::new(&lane.nonce, room);
    let mut skew = None;
    let command = lane.rank.command();
    let ask = Ask {
        command: &command,
        input: &lane.input,
        limit: (Duration::from_millis(lane.longest.0) + SLACK).min(LONGEST_WAVE),
        // Caps are kept on the host; one that sends more than they allow together is not listened to.
        most: room.saturating_mul(2),
    };
    let end = line
        .run(ask, |bytes| {
            for event in frames.feed(bytes) {
                if event == Event::Hello {
                    skew = frames.hello().and_then(skew_now);
                }
                let _nobody = tell.send(event);
            }
        })
        .await;
    Heard {
        lane,
        frames,
        end,
        skew,
    }
}

fn skew_now(hello: &Hello) -> Option<i64> {
    let here = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(hello.clock? - i64::try_from(here.as_secs()).ok()?)
}

/// Why no lane said who it is.
fn silence(host: &HostName, heard: &[Heard]) -> Unreachable {
    let host = host.clone();
    let said = heard.first().map(Heard::instead).unwrap_or_default();
    let cuts = || heard.iter().filter_map(|heard| heard.end.as_ref().err());
    if cuts().any(|cut| matches!(cut, Cut::Refused(_))) {
        return Unreachable::SessionRefused { host, said };
    }
    if let Some(Cut::Slow(seconds)) = cuts().find(|cut| matches!(cut, Cut::Slow(_))) {
        return Unreachable::Hung {
            host,
            seconds: *seconds,
            step: "after logging in".to_owned(),
        };
    }
    if cuts().next().is_some() {
        Unreachable::Broken { host, said }
    } else {
        Unreachable::Shell { host, said }
    }
}

/// What is wrong with the helpers that should have answered, in one clause.
fn helpers_wrong(host: &Host, heard: &[Heard], wanted: &str) -> Option<String> {
    let asked = || heard.iter().filter(|heard| heard.lane.rank == Rank::Helper);
    let found = asked().find_map(|heard| heard.frames.hello()?.version.as_deref());
    match found {
        Some(found) if wanted.is_empty() || found == wanted => None,
        Some(found) => Some(format!(
            "the helpers on {} are of version {found}, and this Sickbay's are {wanted}: what has changed since was asked as it used to be, or not at all",
            host.name
        )),
        None => {
            let said = asked().next().map(Heard::instead).unwrap_or_default();
            Some(format!(
                "{} is to be enrolled and its helpers do not answer ({said})",
                host.name
            ))
        }
    }
}

fn conclude(
    host: &Host,
    line: &Line,
    plan: &Plan,
    heard: Vec<Heard>,
    helpers: &str,
) -> Result<Examined, Unreachable> {
    let hellos: Vec<(Rank, Hello)> = heard
        .iter()
        .filter_map(|heard| Some((heard.lane.rank, heard.frames.hello()?.clone())))
        .collect();
    if hellos.is_empty() {
        return Err(silence(&host.name, &heard));
    }
    let as_root = hellos
        .iter()
        .any(|(rank, hello)| *rank != Rank::Login && hello.uid == 0);
    // Through sudo the login is somebody else.
    let login_is_root = hellos
        .iter()
        .any(|(rank, hello)| *rank != Rank::Helper && hello.uid == 0 && hello.login == "root");
    let privilege = match (login_is_root, as_root, host.become_root) {
        (true, _, _) => Privilege::Root,
        (false, true, BecomeRoot::Enrolled) => Privilege::Enrolled,
        (false, true, _) => Privilege::Sudo,
        (false, false, _) => Privilege::None,
    };
    let first = hellos
        .iter()
        .find(|(rank, _)| *rank == Rank::Login)
        .or(hellos.first())
        .map(|(_, hello)| hello.clone());
    let helpers_wrong = (host.become_root == BecomeRoot::Enrolled)
        .then(|| helpers_wrong(host, &heard, helpers))
        .flatten();
    let clock_skew = heard.iter().find_map(|heard| heard.skew);
    let incomplete = |heard: &&Heard| !heard.frames.is_done() && !heard.lane.runs.is_empty();
    let cut_short = heard.iter().find(incomplete).map(Heard::instead);
    let mut told: Vec<(usize, RawOutput)> = Vec::new();
    for heard in heard {
        told.extend(answers(plan, &heard.lane, heard.frames));
    }
    told.sort_by_key(|(n, _)| *n);
    Ok(Examined {
        answers: told.into_iter().map(|(_, answer)| answer).collect(),
        privilege,
        host_key: line.host_key(),
        login: first
            .as_ref()
            .map(|hello| hello.login.clone())
            .unwrap_or_default(),
        clock_skew,
        boot_id: first.and_then(|hello| hello.boot_id).unwrap_or_default(),
        helpers_wrong,
        cut_short,
    })
}
