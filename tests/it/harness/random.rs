//! Killed at random, with several people who click, click again and start it anew: seconds in every run, minutes with
//! `just soak`.

use std::process::Child;
use std::time::{Duration, Instant};

use super::bench::{Bench, Fix};
use super::check::{helps_once, undone_once};

/// What was done to it.
#[derive(Debug, Default)]
struct Figures {
    fixes: u64,
    undos: u64,
    started: u64,
    kills: u64,
}

/// How long it runs.
fn soak_time() -> Duration {
    let seconds = std::env::var("SICKBAY_SOAK_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(25))
}

#[test]
#[ignore = "needs the lab"]
fn killed_at_random_with_several_clicks_nothing_runs_twice_and_nothing_is_lost() {
    let mut bench = Bench::up("it-harness-soak");
    let mut fixes: Vec<Fix> = Vec::new();
    let seed = u64::from(std::process::id()) | 1;
    let (mut dice, mut figures) = (Dice(seed), Figures::default());
    let began = Instant::now();
    let mut usual = 0;
    while began.elapsed() < soak_time() {
        let Some(fix) = fixes.pop() else {
            fixes = bench.all_offers();
            usual = undisturbed(&bench, &fixes.pop().unwrap());
            continue;
        };
        let what = format!("dice {seed}, {figures:?}");
        // Most of the time it only looks: some rounds let it come closer to its end, and some past it.
        let longest = usual * [1, 2, 5][dice.below(3)] / 4;
        storm(
            &bench,
            &["approve", &fix.id],
            longest,
            &mut dice,
            &mut figures,
        );
        helps_once(&bench, &fix, &what);
        figures.fixes += 1;
        if dice.below(3) == 0 {
            storm(
                &bench,
                &["rollback", &fix.id],
                longest,
                &mut dice,
                &mut figures,
            );
            undone_once(&bench, &fix, &what);
            figures.undos += 1;
        }
    }
    assert!(figures.kills > 0, "nothing was killed: {figures:?}");
    let Figures {
        fixes,
        undos,
        started,
        kills,
    } = figures;
    #[expect(
        clippy::print_stderr,
        reason = "the figures of the soak are read from the test's output"
    )]
    {
        eprintln!(
            "soak: {} s, {fixes} fixes and {undos} undos, {kills} of {started} processes killed, 0 ran twice, 0 lost",
            began.elapsed().as_secs()
        );
    }
}

/// Approves a fix and leaves it alone; says how many milliseconds that takes on this machine at this time.
fn undisturbed(bench: &Bench, fix: &Fix) -> usize {
    let began = Instant::now();
    let (code, said) = bench.sickbay(&["approve", &fix.id]);
    assert_eq!(code, 0, "{said:#}");
    usize::try_from(began.elapsed().as_millis()).unwrap()
}

/// Several processes that want the same at once, and some that recover: each is killed at its own moment, or lives.
fn storm(bench: &Bench, args: &[&str], longest: usize, dice: &mut Dice, figures: &mut Figures) {
    let mut running: Vec<(Instant, Child)> = Vec::new();
    let now = Instant::now();
    for n in 0..2 + dice.below(2) {
        let args = if n == 2 { &["recover"] } else { args };
        let delay = u64::try_from(dice.below(longest)).unwrap();
        running.push((now + Duration::from_millis(delay), bench.spawn(args, "")));
        figures.started += 1;
    }
    running.sort_by_key(|(at, _)| *at);
    for (at, mut child) in running {
        while Instant::now() < at && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        if matches!(child.try_wait(), Ok(None)) && child.kill().is_ok() {
            figures.kills += 1;
        }
        let _status = child.wait().unwrap();
    }
}

/// A small generator of pseudo-random numbers (xorshift): the rounds differ, and need no more than that.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}
