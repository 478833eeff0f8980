//! The walk from a name to root on a host: each step with what was found, and where it stops what to do.

use std::time::Duration;

use incident::Plan;
use incident::proposal::Privilege;

use super::Hosts;
use crate::guard;
use crate::inventory::{BecomeRoot, Host};
use crate::line::{Ask, Line};
use crate::trouble::{Step, Unreachable};

/// How far the clocks may differ before it is said.
const SKEW: i64 = 2;

/// A step of the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub step: Step,
    /// How it went.
    pub outcome: Outcome,
    /// What was found, and what to do where something is wrong.
    pub says: String,
}

/// How a step of the walk went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Passed,
    /// It works, with less than there could be.
    Warned,
    /// The walk ends here.
    Stopped,
}

impl Hosts {
    /// Walks from the name to root and the clock on a new connection, and says where it stops.
    pub async fn check(&self, host: &Host) -> Vec<Checked> {
        self.forget(&host.name).await;
        let mut walk = Vec::new();
        let line = match self.pool.line(host).await {
            Ok((line, _warm)) => line,
            Err(error) => return stopped(&error),
        };
        let passed = |step, says: String| Checked {
            step,
            outcome: Outcome::Passed,
            says,
        };
        match &line {
            Line::Local => walk.push(passed(
                Step::Connect,
                "this machine, without ssh".to_owned(),
            )),
            Line::Ssh(master) => {
                let on_the_way = |words: &str| {
                    let found = master.said.lines().rev().find_map(|line| {
                        line.strip_prefix("debug1: ")
                            .unwrap_or(line)
                            .strip_prefix(words)
                    });
                    found
                        .unwrap_or("")
                        .trim_end_matches('.')
                        .chars()
                        .filter(|c| !c.is_control())
                        .take(120)
                        .collect::<String>()
                };
                walk.push(passed(Step::Resolve, on_the_way("Connecting to ")));
                let greeting = on_the_way("Remote protocol version ");
                let program = greeting.split_once("remote software version ");
                walk.push(passed(
                    Step::Connect,
                    program.map_or("", |(_, name)| name).to_owned(),
                ));
                walk.push(passed(Step::HostKey, master.host_key.clone()));
                walk.push(passed(Step::Authenticate, on_the_way("Authenticated to ")));
            }
        }
        let nothing = Plan {
            wave: 1,
            runs: Vec::new(),
        };
        let seen = match self.examine(host, &nothing).await {
            Ok(seen) => seen,
            Err(error) => {
                walk.push(Checked {
                    step: Step::Shell,
                    outcome: Outcome::Stopped,
                    says: error.to_string(),
                });
                return walk;
            }
        };
        walk.push(passed(Step::Shell, format!("as {}", seen.login)));
        walk.push(self.check_sudo(host, &line, &seen).await);
        walk.push(match seen.clock_skew {
            Some(skew) if skew.abs() > SKEW => {
                let way = if skew > 0 { "ahead of" } else { "behind" };
                let says = format!("its clock is {} s {way} this machine's; check the time synchronisation of both", skew.abs());
                Checked { step: Step::Time, outcome: Outcome::Warned, says }
            }
            Some(_) => passed(Step::Time, format!("within {SKEW} s of this machine's")),
            None => Checked { step: Step::Time, outcome: Outcome::Warned, says: "the host did not say".to_owned() },
        });
        walk
    }

    /// The probe helper has answered; the guard is asked for its version.
    async fn check_helpers(
        &self,
        host: &Host,
        line: &Line,
        seen: &super::Examined,
    ) -> (Outcome, String) {
        if let Some(wrong) = &seen.helpers_wrong {
            return (Outcome::Warned, format!("{wrong}; {}", enrol_again(host)));
        }
        let ask = Ask {
            command: &format!("sudo -n {} version", guard::GUARD_PATH),
            input: "",
            limit: Duration::from_secs(10),
            most: 4096,
        };
        let said = line.answer(ask).await.map(|(said, _)| said);
        let said = String::from_utf8_lossy(&said.unwrap_or_default())
            .trim()
            .to_owned();
        let wanted = &self.pool.options.helpers;
        match said.strip_prefix("sickbay-guard ") {
            Some(found) if wanted.is_empty() || found == wanted => (
                Outcome::Passed,
                format!("enrolled: guard and probes of version {found}"),
            ),
            Some(_) => (
                Outcome::Warned,
                format!(
                    "the guard on {} is of another version than its probes and this Sickbay; {}",
                    host.name,
                    enrol_again(host)
                ),
            ),
            None => (
                Outcome::Warned,
                format!(
                    "the probes answer and {} does not: fixes fail; {}",
                    guard::GUARD_PATH,
                    enrol_again(host)
                ),
            ),
        }
    }

    async fn check_sudo(&self, host: &Host, line: &Line, seen: &super::Examined) -> Checked {
        let (outcome, says) = match seen.privilege {
            Privilege::Root => (Outcome::Passed, "the login is root".to_owned()),
            Privilege::Sudo => (Outcome::Passed, "`sudo -n` works without a password".to_owned()),
            Privilege::Enrolled => self.check_helpers(host, line, seen).await,
            Privilege::None if host.become_root == BecomeRoot::None => {
                (Outcome::Passed, "not wanted (`privilege = \"none\"`): probes run as an ordinary user, fixes are not offered".to_owned())
            }
            Privilege::None if host.become_root == BecomeRoot::Enrolled => (
                Outcome::Warned,
                format!(
                    "{}: probes run as {} and fixes are not offered; {}",
                    seen.helpers_wrong.as_deref().unwrap_or("the helpers do not answer"), seen.login, enrol_again(host)
                ),
            ),
            Privilege::None => {
                let ask = Ask { command: "sudo -n /bin/sh -s", input: "", limit: Duration::from_secs(10), most: 4096 };
                let complaint = line.answer(ask).await.map(|(_, end)| end.complaint).unwrap_or_default();
                let why = complaint.lines().find(|line| !line.trim().is_empty()).unwrap_or("no word").trim();
                let why: String = why.chars().filter(|c| !c.is_control()).take(160).collect();
                (
                    Outcome::Warned,
                    format!("`sudo -n` does not work ({why}): probes run as {} and fixes are not offered; allow it as deploy/ssh/sudoers-agentless does, or enrol the host", seen.login),
                )
            }
        };
        Checked {
            step: Step::Sudo,
            outcome,
            says,
        }
    }
}

/// What to do about helpers that are missing or outdated.
fn enrol_again(host: &Host) -> String {
    format!("run `sickbay hosts enrol {} --install`", host.name)
}

/// The steps that must have gone well before the one that did not, and that one.
fn stopped(error: &Unreachable) -> Vec<Checked> {
    let at = error.step();
    let mut walk: Vec<Checked> = [
        Step::Resolve,
        Step::Connect,
        Step::HostKey,
        Step::Authenticate,
    ]
    .into_iter()
    .filter(|step| *step < at)
    .map(|step| Checked {
        step,
        outcome: Outcome::Passed,
        says: String::new(),
    })
    .collect();
    walk.push(Checked {
        step: at,
        outcome: Outcome::Stopped,
        says: error.to_string(),
    });
    walk
}
