//! Many questions in one round trip: a plan becomes a few shell scripts, and what they stream becomes answers.
//!
//! Each lane is one channel. Its probes run one after another, each with its own limits, and the lanes run side by side, so
//! a hung probe costs its own limit and delays only what stands behind it in its lane.

mod frames;
mod helper;
#[cfg(test)]
mod tests;

use incident::{Ended, Plan, ProbeRun, RawOutput, Span};

use crate::quote::{shell_word, token};

pub(crate) use frames::{Event, Frames, Hello};
pub use helper::{PROBE_HELPER_PATH, ProbeText};
pub(crate) use helper::{render_probe_helper, version_of};

/// The functions that every lane begins with.
const HEAD: &str = include_str!("lane/lane.sh");

/// How a lane's command gets its privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    /// As the account that logs in.
    Login,
    /// As root where `sudo -n` or the login gives it, else as the login.
    Root,
    /// Through the root-owned helper, which takes ids, not shell.
    Helper,
}

/// One lane: what is sent, and which of the plan's runs it answers.
#[derive(Debug)]
pub(crate) struct Lane {
    pub(crate) rank: Rank,
    pub(crate) nonce: String,
    pub(crate) input: String,
    /// Indices into the plan, in the order in which they run.
    pub(crate) runs: Vec<usize>,
    /// The longest that it may take when every probe takes its limit.
    pub(crate) longest: Span,
}

impl Rank {
    /// The command that such a lane is sent to. It has to mean the same in every login shell, so it is plain.
    pub(crate) fn command(self) -> String {
        match self {
            Self::Login => "/bin/sh -s".to_owned(),
            // One sudo, not a trial first: where it refuses, it has read nothing of the script, and the plain shell takes
            // it; where it did not, nothing of the script is left for that shell. Root owns the first process, also where
            // somebody gave `/` away; asking `id` would cost a process.
            Self::Root => {
                r#"/bin/sh -c '[ -O /proc/1 ] || sudo -n /bin/sh -s; exec /bin/sh -s'"#.to_owned()
            }
            Self::Helper => format!("sudo -n {PROBE_HELPER_PATH}"),
        }
    }
}

/// All runs of a plan as one script for `/bin/sh -s`, with the limits that they have on a host: what a lane is sent when
/// there is only one.
///
/// # Errors
/// When the system gives no random bits.
pub fn script_of(plan: &Plan) -> Result<String, getrandom::Error> {
    Ok(lane(plan, Rank::Login, (0..plan.runs.len()).collect())?.input)
}

/// Spreads some runs of a plan over at most `most` lanes. `root` says how those that want root get it.
pub(crate) fn lanes(
    plan: &Plan,
    chosen: &[usize],
    most: usize,
    root: Rank,
) -> Result<Vec<Lane>, getrandom::Error> {
    // A key that may run the helper and nothing else may not run a plain shell either.
    let special = |n: &usize| match root {
        Rank::Login => false,
        Rank::Root => plan.runs.get(*n).is_some_and(|run| run.wants_root),
        Rank::Helper => true,
    };
    let (wants, plain): (Vec<usize>, Vec<usize>) = chosen.iter().copied().partition(special);
    let most = most.max(1);
    // In proportion, but at least one for each kind that there is.
    let all = chosen.len().max(1);
    let mut for_root = (wants.len() * most + all / 2) / all;
    if most > 1 && !wants.is_empty() && !plain.is_empty() {
        for_root = for_root.clamp(1, most - 1);
    }
    let mut lanes = Vec::new();
    // With nothing to ask there is still to be found out who we are there: an empty lane says it.
    if wants.is_empty() && (root != Rank::Login || plain.is_empty()) {
        lanes.push(lane(plan, root, Vec::new())?);
    }
    for (rank, runs, share) in [
        (root, &wants, for_root.max(1)),
        (Rank::Login, &plain, most.saturating_sub(for_root).max(1)),
    ] {
        for runs in spread(plan, runs, share) {
            lanes.push(lane(plan, rank, runs)?);
        }
    }
    Ok(lanes)
}

/// Those that may take longest go first and apart from each other; otherwise the plan's order holds.
fn spread(plan: &Plan, runs: &[usize], share: usize) -> Vec<Vec<usize>> {
    let limit = |n: &usize| plan.runs.get(*n).map_or(0, |run| run.limit.0);
    // Every probe costs some time; one that waits on purpose says so by its sleep.
    let weight = |n: &usize| {
        let sleeps = plan
            .runs
            .get(*n)
            .is_some_and(|run| run.script.contains("sleep "));
        200 + limit(n) / 50 + if sleeps { 2_000 } else { 0 }
    };
    let mut ordered: Vec<usize> = runs.to_vec();
    ordered.sort_by_key(|n| std::cmp::Reverse(weight(n)));
    let mut lanes: Vec<(u64, Vec<usize>)> = vec![(0, Vec::new()); share.min(runs.len())];
    for n in ordered {
        if let Some((load, lane)) = lanes.iter_mut().min_by_key(|(load, _)| *load) {
            *load += weight(&n);
            lane.push(n);
        }
    }
    lanes.into_iter().map(|(_, runs)| runs).collect()
}

fn lane(plan: &Plan, rank: Rank, runs: Vec<usize>) -> Result<Lane, getrandom::Error> {
    let nonce = nonce()?;
    let chosen = || runs.iter().filter_map(|n| Some((*n, plan.runs.get(*n)?)));
    let longest = Span(
        chosen()
            .map(|(_, run)| seconds(run.limit) * 1000 + 2_400)
            .sum::<u64>()
            + 1_000,
    );
    let input = match rank {
        Rank::Login | Rank::Root => {
            let mut script = head();
            script.push_str(&format!("N={nonce}; hello\n"));
            for (n, run) in chosen() {
                script.push_str(&call(n, run));
            }
            script.push_str("echo \"@@$N DONE\"\n");
            script
        }
        Rank::Helper => {
            let mut spec = format!("nonce {nonce}\n");
            for (n, run) in chosen() {
                spec.push_str(&format!("run {n} {}", run.probe));
                for arg in &run.args {
                    spec.push(' ');
                    spec.push_str(&token(arg));
                }
                spec.push('\n');
            }
            spec.push_str("end\n");
            spec
        }
    };
    Ok(Lane {
        rank,
        nonce,
        input,
        runs,
        longest,
    })
}

/// 128 random bits: what a probe's output would have to guess to forge a frame.
fn nonce() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

/// The lane's functions without the comments, which every host would have to be sent.
fn head() -> String {
    let mut head = String::with_capacity(HEAD.len());
    for line in HEAD.lines().filter(|line| !line.starts_with('#')) {
        head.push_str(line);
        head.push('\n');
    }
    head
}

/// Whole seconds, rounded up: not every `timeout` takes fractions.
fn seconds(limit: Span) -> u64 {
    limit.0.div_ceil(1000).max(1)
}

/// The line that runs one probe. One byte more than the cap is asked for: that byte tells a cut from an exact fit.
fn call(n: usize, run: &ProbeRun) -> String {
    let mut line = format!(
        "p {n} {} {}",
        seconds(run.limit),
        run.cap_bytes.saturating_add(1)
    );
    for word in command(&run.script, run.probe.as_str(), &run.args) {
        line.push(' ');
        line.push_str(&shell_word(&word));
    }
    line.push('\n');
    line
}

/// The argument vector of a probe: one plain program is run as it is, which saves a shell; the rest is `sh -c`.
fn command(script: &str, probe: &str, args: &[String]) -> Vec<String> {
    /// Words that only a shell knows, or that it may know better.
    const SHELLS_OWN: [&str; 14] = [
        "ulimit", "command", "type", "umask", "cd", "test", "echo", "printf", "read", "set",
        "export", "exec", "eval", "for",
    ];
    let plain = !script
        .trim()
        .contains(|c: char| "|&;<>()$`\\\"'*?[]#~=%{}!\n".contains(c));
    let first = script.split_whitespace().next().unwrap_or("");
    if plain && !first.is_empty() && !SHELLS_OWN.contains(&first) {
        return script.split_whitespace().map(str::to_owned).collect();
    }
    ["sh", "-c", script, probe]
        .into_iter()
        .map(str::to_owned)
        .chain(args.iter().cloned())
        .collect()
}

/// What a lane has said so far, as answers to its runs. A run without its end frame is lost; what it said is kept.
pub(crate) fn answers(plan: &Plan, lane: &Lane, frames: Frames) -> Vec<(usize, RawOutput)> {
    let as_root = frames.hello().is_some_and(|hello| hello.uid == 0);
    let mut told = frames.finish();
    lane.runs
        .iter()
        .filter_map(|n| Some((*n, plan.runs.get(*n)?)))
        .map(|(n, run)| {
            let mut answer = told.remove(&n).unwrap_or_default();
            let cap = usize::try_from(run.cap_bytes).unwrap_or(usize::MAX);
            let truncated = answer.cut || answer.bytes.len() > cap;
            answer.bytes.truncate(cap);
            let took = answer.took();
            let limit_reached = took.0.saturating_add(30) >= seconds(run.limit) * 1000;
            let ended = match (answer.ended_at, answer.code) {
                // timeout(1) says 124; BusyBox's leaves the TERM it sent; 137 is the KILL that follows.
                (Some(_), Some(124 | 137 | 143)) if limit_reached => Ended::TimedOut,
                // The reader had enough before the probe had: that is the cap's doing, not the probe's.
                (Some(_), Some(141)) if truncated => Ended::Exited { code: 0 },
                (Some(_), Some(code)) => Ended::Exited { code },
                (Some(_), None) | (None, _) => Ended::Lost,
            };
            (
                n,
                RawOutput {
                    key: run.key(),
                    ended,
                    bytes: answer.bytes,
                    truncated,
                    took,
                    as_root,
                },
            )
        })
        .collect()
}
