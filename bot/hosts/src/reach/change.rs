//! What goes through the guard: previews, the one door to a change, and every later question about it.

use std::time::Duration;

use incident::fact::StepReport;
use incident::proposal::Privilege;
use incident::{Approved, ExecutionId, Step};

use super::Hosts;
use crate::guard::{self, GuardError, Preview, Stand, Standing};
use crate::inventory::Host;
use crate::line::{Ask, Line};

/// How much the guard may say to one question.
const MOST: usize = 4 << 20;
/// How much the guard keeps of what one step captured; it has the same number.
const TAKEN: usize = 262_144;
/// How long a question may take that only looks.
const LOOK: Duration = Duration::from_secs(20);

/// Where the guard keeps its record on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// On the disk, where a reboot keeps it.
    Disk,
    /// Under `/run`, where the disk is full or read-only; a reboot forgets it.
    Run,
}

impl Root {
    /// The word that the journal keeps.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Disk => "disk",
            Self::Run => "run",
        }
    }

    /// The root of a word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        if word == "run" { Self::Run } else { Self::Disk }
    }
}

impl Hosts {
    /// What steps would do, without doing it, where the guard keeps its record under this root: what a rollback puts back
    /// lies there.
    ///
    /// # Errors
    /// [`GuardError`] when the host cannot be asked.
    pub async fn preview(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        steps: &[Step],
    ) -> Result<Preview, GuardError> {
        let text = guard::steps_text(None, None, "", steps);
        let asked = Asked {
            privilege,
            root,
            args: &["preview"],
            steps: Some(&text),
            limit: Duration::from_secs(30),
        };
        guard::read_preview(&self.guard(host, asked).await?, steps.len())
    }

    /// Starts what was approved, under this state root, and waits until it has ended. This is the only way in which
    /// Sickbay changes a host. Where the host is not the one that was approved, nothing is sent and it is refused.
    ///
    /// # Errors
    /// [`GuardError`] when the host did not say how it ended: it may have been started. Look it up; never start it again.
    pub async fn execute(
        &self,
        host: &Host,
        root: Root,
        approved: Approved,
    ) -> Result<Standing, GuardError> {
        let proposal = approved.proposal();
        let execution = approved.execution();
        let line = self.guard_line(host).await?;
        if let Some(why) = another_host(host, &line, proposal) {
            return Ok(Standing {
                stand: Stand::Refused,
                code: Some(2),
                root: String::new(),
                boot: String::new(),
                why,
            });
        }
        let text = guard::steps_text(
            Some(execution),
            Some(approved.expires_at()),
            "",
            &proposal.steps,
        );
        let seconds = proposal.limits.timeout.as_seconds().max(5);
        let deadline = seconds.to_string();
        let sha = guard::sha256(&text);
        let args = ["start", execution.as_str(), deadline.as_str(), sha.as_str()];
        let privilege = proposal.privilege;
        let asked = Asked {
            privilege,
            root,
            args: &args,
            steps: Some(&text),
            limit: Duration::from_secs(60),
        };
        crate::point!("hosts::before_start");
        let said = self.guard_on(host, &line, asked).await?;
        crate::point!("hosts::after_start");
        let first = guard::read_standing(&String::from_utf8_lossy(&said))?;
        match first.stand {
            Stand::Running | Stand::Starting | Stand::Claimed => {
                self.wait(host, privilege, root, execution, seconds + 15)
                    .await
            }
            Stand::Absent
            | Stand::Rejected
            | Stand::Abandoned
            | Stand::Finished
            | Stand::Refused
            | Stand::Lost
            | Stand::Rebooted => Ok(first),
        }
    }

    /// Where an execution stands.
    ///
    /// # Errors
    /// [`GuardError`] when the host cannot be asked.
    pub async fn status(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        execution: &ExecutionId,
    ) -> Result<Standing, GuardError> {
        self.standing(
            host,
            Asked::of(privilege, root, &["status", execution.as_str()]),
        )
        .await
    }

    /// Waits until an execution has ended, at most so many seconds. A connection that breaks meanwhile is made again: the
    /// run goes on without us.
    ///
    /// # Errors
    /// [`GuardError`] when the host cannot be asked.
    pub async fn wait(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        execution: &ExecutionId,
        seconds: u64,
    ) -> Result<Standing, GuardError> {
        let until = tokio::time::Instant::now() + Duration::from_secs(seconds);
        loop {
            let left = until
                .saturating_duration_since(tokio::time::Instant::now())
                .as_secs();
            let text = left.to_string();
            let args = ["wait", execution.as_str(), text.as_str()];
            let limit = Duration::from_secs(left + 20);
            let asked = Asked {
                privilege,
                root,
                args: &args,
                steps: None,
                limit,
            };
            match self.standing(host, asked).await {
                Err(GuardError::Unreachable(_)) if left > 0 => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                standing => return standing,
            }
        }
    }

    /// Tells the guard something about an execution, and gives where that stands by then.
    async fn told(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        args: &[&str],
    ) -> Result<Standing, GuardError> {
        let asked = Asked {
            privilege,
            root,
            args,
            steps: None,
            limit: LOOK,
        };
        self.standing(host, asked).await
    }

    /// Buries an execution that did not start: it can never run after this. Where it did start, says where it stands.
    ///
    /// # Errors
    /// [`GuardError`] when the host cannot be asked.
    pub async fn abandon(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        execution: &ExecutionId,
    ) -> Result<Standing, GuardError> {
        self.told(host, privilege, root, &["abandon", execution.as_str()])
            .await
    }

    /// Tells the guard that the outcome is recorded here, so that it may forget the run after its time.
    ///
    /// # Errors
    /// [`GuardError`] when the host cannot be asked.
    pub async fn acknowledge(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        execution: &ExecutionId,
    ) -> Result<Standing, GuardError> {
        self.told(host, privilege, root, &["ack", execution.as_str()])
            .await
    }

    /// What an execution did, step by step, and the end of what it said.
    ///
    /// # Errors
    /// [`GuardError`] when the host cannot be asked.
    pub async fn report(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        execution: &ExecutionId,
        steps: usize,
    ) -> Result<(Vec<StepReport>, String), GuardError> {
        let args = ["report", execution.as_str()];
        let asked = Asked::of(privilege, root, &args);
        let said = self.guard(host, asked).await?;
        let reports = guard::read_report(&String::from_utf8_lossy(&said), steps);
        let args = ["output", execution.as_str(), "0", "65536"];
        let output = self.guard(host, Asked::of(privilege, root, &args)).await?;
        let lines: Vec<String> = String::from_utf8_lossy(&output)
            .lines()
            .filter_map(|line| line.strip_prefix("| ").map(str::to_owned))
            .collect();
        let from = lines.len().saturating_sub(40);
        Ok((reports, lines.get(from..).unwrap_or(&[]).join("\n")))
    }

    /// What a step of an execution captured, and whether there was more than the guard keeps.
    ///
    /// # Errors
    /// [`GuardError::Cannot`] when there is nothing of it, another one when the host cannot be asked.
    pub async fn taken(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        execution: &ExecutionId,
        step: usize,
    ) -> Result<(Vec<u8>, bool), GuardError> {
        let (step, most) = (step.to_string(), TAKEN.to_string());
        let args = ["taken", execution.as_str(), &step, "0", &most];
        let asked = Asked::of(privilege, root, &args);
        let bytes = self.guard(host, asked).await?;
        if bytes.starts_with(b"STATE=error ") {
            guard::read_standing(&String::from_utf8_lossy(&bytes))?;
        }
        let cut = bytes.len() >= TAKEN;
        Ok((bytes, cut))
    }

    /// Removes what an execution captured from the host.
    ///
    /// # Errors
    /// [`GuardError`] when the host cannot be asked.
    pub async fn drop_taken(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
        execution: &ExecutionId,
    ) -> Result<Standing, GuardError> {
        self.told(host, privilege, root, &["drop", execution.as_str()])
            .await
    }

    /// Whether the guard could keep its record under a root. Leaves nothing behind.
    ///
    /// # Errors
    /// [`GuardError`] with what stands in the way.
    pub async fn can_keep(
        &self,
        host: &Host,
        privilege: Privilege,
        root: Root,
    ) -> Result<(), GuardError> {
        let said = self
            .guard(host, Asked::of(privilege, root, &["ready"]))
            .await?;
        let text = String::from_utf8_lossy(&said);
        if text.contains("STATE=ok") {
            Ok(())
        } else {
            guard::read_standing(&text).map(|_standing| ())
        }
    }

    async fn standing(&self, host: &Host, asked: Asked<'_>) -> Result<Standing, GuardError> {
        let said = self.guard(host, asked).await?;
        guard::read_standing(&String::from_utf8_lossy(&said))
    }

    async fn guard_line(&self, host: &Host) -> Result<Line, GuardError> {
        let (line, _warm) = self
            .pool
            .line(host)
            .await
            .map_err(|error| GuardError::Unreachable(error.to_string()))?;
        Ok(line)
    }

    /// Runs one verb of the guard on a host.
    async fn guard(&self, host: &Host, asked: Asked<'_>) -> Result<Vec<u8>, GuardError> {
        let line = self.guard_line(host).await?;
        self.guard_on(host, &line, asked).await
    }

    async fn guard_on(
        &self,
        host: &Host,
        line: &Line,
        asked: Asked<'_>,
    ) -> Result<Vec<u8>, GuardError> {
        let mut all = vec!["--root", asked.root.word()];
        // Enrolled, the sudoers file has the disk as what needs no word.
        if asked.privilege == Privilege::Enrolled && asked.root == Root::Disk {
            all.clear();
        }
        all.extend_from_slice(asked.args);
        let (command, input) = match asked.privilege {
            Privilege::Enrolled => {
                let words: Vec<String> = all
                    .iter()
                    .map(|word| crate::quote::shell_word(word))
                    .collect();
                (
                    format!("sudo -n {} {}", guard::GUARD_PATH, words.join(" ")),
                    asked.steps.unwrap_or("").to_owned(),
                )
            }
            Privilege::Sudo => (
                "sudo -n /bin/sh -s".to_owned(),
                guard::script(&all, asked.steps),
            ),
            Privilege::Root | Privilege::None => {
                ("/bin/sh -s".to_owned(), guard::script(&all, asked.steps))
            }
        };
        let ask = Ask {
            command: &command,
            input: &input,
            limit: asked.limit,
            most: MOST,
        };
        match line.answer(ask).await {
            Ok((said, ended)) if said.is_empty() && !ended.complaint.trim().is_empty() => {
                let said = ended.complaint.trim().chars().take(200).collect();
                Err(GuardError::Garbled { said })
            }
            // An answer counts when it is whole: one that was cut off reads like another answer.
            Ok((_part, ended)) if ended.code.is_none() => {
                self.pool.forget(&host.name, line).await;
                let what = "the connection broke before the guard had answered";
                Err(GuardError::Unreachable(format!("{}: {what}", host.name)))
            }
            Ok((said, _ended)) => Ok(said),
            Err(cut) => {
                self.pool.forget(&host.name, line).await;
                Err(GuardError::Unreachable(format!("{}: {cut}", host.name)))
            }
        }
    }
}

/// One question to the guard.
#[derive(Clone, Copy)]
struct Asked<'a> {
    privilege: Privilege,
    root: Root,
    args: &'a [&'a str],
    steps: Option<&'a str>,
    limit: Duration,
}

impl<'a> Asked<'a> {
    /// One that takes no steps, and that the guard answers at once.
    const fn of(privilege: Privilege, root: Root, args: &'a [&'a str]) -> Self {
        Self {
            privilege,
            root,
            args,
            steps: None,
            limit: LOOK,
        }
    }
}

/// Why this is not the host that was approved: the approval covers its name and its key.
fn another_host(host: &Host, line: &Line, proposal: &incident::Proposal) -> Option<String> {
    if host.name != proposal.host {
        return Some(format!("{} was approved, not {}", proposal.host, host.name));
    }
    let found = line.host_key();
    (found != proposal.host_key).then(|| {
        format!("{} answers with the key {found}, and the approval is for the one with {}; diagnose it again", host.name, proposal.host_key)
    })
}
