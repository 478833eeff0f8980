//! What the app may do with a host: examine it, preview steps, carry out what was approved, and ask how that went.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use incident::proposal::Privilege;
use incident::{Approved, Ended, ExecutionId, HostName, Plan, RawOutput, Step};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Mutex, OnceCell, Semaphore};
use tokio::task::JoinSet;

use crate::guard::{self, GuardError, Preview, Stand, Standing};
use crate::inventory::{BecomeRoot, Host, Inventory};
use crate::lane::{Frames, Lane, Rank, answers, lanes};
use crate::master::{Master, Options, Reaper};
use crate::trouble::Unreachable;

/// How many connections may be in the making at once; one sshd takes about ten (`MaxStartups`).
const CONNECTING: usize = 64;
/// How many lanes a host gets: with the guard's channel below sshd's default of ten sessions.
const LANES: usize = 6;
/// How much one host may say in one wave.
const ROOM: usize = 8 << 20;
/// How long a wave may take beyond what its probes may.
const SLACK: Duration = Duration::from_secs(5);

/// What one wave found out.
#[derive(Debug)]
pub struct Examined {
    /// One answer for each question.
    pub answers: Vec<RawOutput>,
    /// How Sickbay becomes root there.
    pub privilege: Privilege,
    /// `SHA256:…` of the host's key, or `local`.
    pub host_key: String,
    /// The account there.
    pub login: String,
    /// How far the host's clock is ahead of ours, in seconds.
    pub clock_skew: Option<i64>,
    /// The host's boot; empty where it has none.
    pub boot_id: String,
}

/// How a connection is made.
#[derive(Debug, Clone)]
enum Line {
    Local,
    Ssh(Arc<Master>),
}

/// The way to all hosts. Connections are kept between waves.
#[derive(Debug)]
pub struct Hosts {
    inventory: Inventory,
    options: Options,
    lines: Mutex<BTreeMap<HostName, Arc<OnceCell<Line>>>>,
    connecting: Semaphore,
    reaper: Option<Reaper>,
}

/// Why hosts cannot be reached at all.
#[derive(Debug, thiserror::Error)]
pub enum NoHosts {
    /// There is no place for control sockets.
    #[error(
        "there is no directory for ssh's control sockets: {path}: {source}; set XDG_RUNTIME_DIR to one that is yours"
    )]
    Sockets {
        /// What was tried.
        path: PathBuf,
        /// Why it does not serve.
        source: std::io::Error,
    },
}

impl Hosts {
    /// The way to the hosts of an inventory.
    ///
    /// # Errors
    /// [`NoHosts`] when there is no place for control sockets.
    pub fn new(inventory: Inventory, mut options: Options) -> Result<Self, NoHosts> {
        if options.sockets.as_os_str().is_empty() {
            options.sockets = sockets()?;
        }
        raise_file_limit();
        Ok(Self {
            inventory,
            options,
            lines: Mutex::new(BTreeMap::new()),
            connecting: Semaphore::new(CONNECTING),
            reaper: Reaper::start(),
        })
    }

    /// The hosts there are.
    #[must_use]
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// What connections share.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    async fn line(&self, host: &Host) -> Result<Line, Unreachable> {
        if host.is_local() {
            return Ok(Line::Local);
        }
        let cell = Arc::clone(
            self.lines
                .lock()
                .await
                .entry(host.name.clone())
                .or_default(),
        );
        let line = cell
            .get_or_try_init(|| async {
                let _turn = self.connecting.acquire().await;
                let group = self.reaper.as_ref().and_then(Reaper::group);
                Master::connect(host, &self.options, group)
                    .await
                    .map(|master| Line::Ssh(Arc::new(master)))
            })
            .await?;
        Ok(line.clone())
    }

    /// Forgets a connection, so that the next question makes a new one.
    pub async fn forget(&self, host: &HostName) {
        self.lines.lock().await.remove(host);
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.lines.lock().await.clear();
    }

    /// Asks a host all questions of a plan in one round trip.
    ///
    /// # Errors
    /// [`Unreachable`] when there is no connection, or it broke before any lane said a word. What a broken connection had
    /// answered until then is an answer; the rest is marked as lost.
    pub async fn examine(&self, host: &Host, plan: &Plan) -> Result<Examined, Unreachable> {
        let line = self.line(host).await?;
        let root = match host.become_root {
            BecomeRoot::Auto | BecomeRoot::Sudo => Rank::Root,
            BecomeRoot::Enrolled => Rank::Helper,
            BecomeRoot::None => Rank::Login,
        };
        let lanes = lanes(plan, LANES, root)
            .map_err(|error| Unreachable::other(&host.name, error.to_string()))?;
        let mut tasks = JoinSet::new();
        let share = ROOM / lanes.len().max(1);
        for lane in lanes {
            let line = line.clone();
            tasks.spawn(async move {
                let heard = run_lane(&line, &lane, share).await;
                (lane, heard)
            });
        }
        let mut told: Vec<(usize, RawOutput)> = Vec::new();
        let mut hellos = Vec::new();
        let mut broken = String::new();
        while let Some(done) = tasks.join_next().await {
            let Ok((lane, (frames, error))) = done else {
                continue;
            };
            if let Some(hello) = frames.hello() {
                hellos.push((lane.rank, hello.clone()));
            }
            if let Some(error) = error {
                broken = error;
            }
            told.extend(answers(plan, &lane, frames));
        }
        if hellos.is_empty() {
            self.forget(&host.name).await;
            let said = if broken.is_empty() {
                "no lane said a word".to_owned()
            } else {
                broken
            };
            return Err(Unreachable::Broken {
                host: host.name.clone(),
                said,
            });
        }
        if told.iter().any(|(_, answer)| answer.ended == Ended::Lost) {
            self.forget(&host.name).await;
        }
        told.sort_by_key(|(n, _)| *n);
        let login = hellos
            .iter()
            .find(|(rank, _)| *rank == Rank::Login)
            .or(hellos.first());
        let as_root = hellos
            .iter()
            .any(|(rank, hello)| *rank != Rank::Login && hello.uid == 0);
        let login_is_root = hellos
            .iter()
            .any(|(rank, hello)| *rank == Rank::Login && hello.uid == 0)
            || hellos
                .iter()
                .all(|(_, hello)| hello.uid == 0 && hello.login == "root");
        let privilege = match (login_is_root, as_root, host.become_root) {
            (true, _, _) => Privilege::Root,
            (false, true, BecomeRoot::Enrolled) => Privilege::Enrolled,
            (false, true, _) => Privilege::Sudo,
            (false, false, _) => Privilege::None,
        };
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .ok();
        let skew = login
            .and_then(|(_, hello)| hello.clock)
            .zip(now)
            .and_then(|(there, here)| Some(there - i64::try_from(here.as_secs()).ok()?));
        Ok(Examined {
            answers: told.into_iter().map(|(_, answer)| answer).collect(),
            privilege,
            host_key: match &line {
                Line::Local => "local".to_owned(),
                Line::Ssh(master) => master.host_key.clone(),
            },
            login: login
                .map(|(_, hello)| hello.login.clone())
                .unwrap_or_default(),
            clock_skew: skew,
            boot_id: login
                .and_then(|(_, hello)| hello.boot_id.clone())
                .unwrap_or_default(),
        })
    }

    /// What steps would do, without doing it.
    ///
    /// # Errors
    /// [`GuardError`] when the host cannot be asked.
    pub async fn preview(
        &self,
        host: &Host,
        privilege: Privilege,
        steps: &[Step],
    ) -> Result<Preview, GuardError> {
        let text = guard::steps_text(None, None, "", steps);
        let said = self
            .guard(
                host,
                privilege,
                "",
                &["preview"],
                Some(&text),
                Duration::from_secs(30),
            )
            .await?;
        guard::read_preview(&said, steps.len())
    }

    /// Starts what was approved, under this state root, and waits until it has ended. This is the only way in which
    /// Sickbay changes a host.
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
        let limit = Duration::from_secs(60);
        let said = self
            .guard(
                host,
                proposal.privilege,
                root.flag(),
                &args,
                Some(&text),
                limit,
            )
            .await?;
        let first = guard::read_standing(&String::from_utf8_lossy(&said))?;
        match first.stand {
            Stand::Running | Stand::Starting | Stand::Claimed => {
                self.wait(host, proposal.privilege, root, execution, seconds + 15)
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
        let args = ["status", execution.as_str()];
        let said = self
            .guard(
                host,
                privilege,
                root.flag(),
                &args,
                None,
                Duration::from_secs(20),
            )
            .await?;
        guard::read_standing(&String::from_utf8_lossy(&said))
    }

    /// Waits until an execution has ended, at most so many seconds.
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
        let text = seconds.to_string();
        let args = ["wait", execution.as_str(), text.as_str()];
        let said = self
            .guard(
                host,
                privilege,
                root.flag(),
                &args,
                None,
                Duration::from_secs(seconds + 20),
            )
            .await?;
        guard::read_standing(&String::from_utf8_lossy(&said))
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
        let args = ["abandon", execution.as_str()];
        let said = self
            .guard(
                host,
                privilege,
                root.flag(),
                &args,
                None,
                Duration::from_secs(20),
            )
            .await?;
        guard::read_standing(&String::from_utf8_lossy(&said))
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
    ) -> Result<(Vec<incident::fact::StepReport>, String), GuardError> {
        let limit = Duration::from_secs(20);
        let args = ["report", execution.as_str()];
        let said = self
            .guard(host, privilege, root.flag(), &args, None, limit)
            .await?;
        let reports = guard::read_report(&String::from_utf8_lossy(&said), steps);
        let args = ["output", execution.as_str(), "0", "65536"];
        let output = self
            .guard(host, privilege, root.flag(), &args, None, limit)
            .await?;
        let lines: Vec<String> = String::from_utf8_lossy(&output)
            .lines()
            .filter_map(|line| line.strip_prefix("| ").map(str::to_owned))
            .collect();
        let from = lines.len().saturating_sub(40);
        Ok((reports, lines.get(from..).unwrap_or(&[]).join("\n")))
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
            .guard(
                host,
                privilege,
                root.flag(),
                &["ready"],
                None,
                Duration::from_secs(20),
            )
            .await?;
        let text = String::from_utf8_lossy(&said);
        if text.contains("STATE=ok") {
            Ok(())
        } else {
            guard::read_standing(&text).map(|_standing| ())
        }
    }

    /// Runs one verb of the guard on a host.
    async fn guard(
        &self,
        host: &Host,
        privilege: Privilege,
        root: &str,
        args: &[&str],
        steps: Option<&str>,
        limit: Duration,
    ) -> Result<Vec<u8>, GuardError> {
        let line = self
            .line(host)
            .await
            .map_err(|error| GuardError::Unreachable(error.to_string()))?;
        let mut all: Vec<&str> = if root.is_empty() {
            Vec::new()
        } else {
            vec!["--root", root]
        };
        all.extend_from_slice(args);
        let (command, input) = match privilege {
            Privilege::Enrolled => {
                let words: Vec<String> = all
                    .iter()
                    .map(|word| crate::quote::shell_word(word))
                    .collect();
                (
                    format!("sudo -n {} {}", guard::GUARD_PATH, words.join(" ")),
                    steps.unwrap_or("").to_owned(),
                )
            }
            Privilege::Sudo => ("sudo -n /bin/sh -s".to_owned(), guard::script(&all, steps)),
            Privilege::Root | Privilege::None => {
                ("/bin/sh -s".to_owned(), guard::script(&all, steps))
            }
        };
        let mut said = Vec::new();
        let heard = channel(&line, &command, &input, limit, |bytes| {
            if said.len() < 1 << 20 {
                said.extend_from_slice(bytes);
            }
        })
        .await;
        if let Err(error) = heard {
            self.forget(&host.name).await;
            return Err(GuardError::Unreachable(format!("{}: {error}", host.name)));
        }
        Ok(said)
    }
}

/// A key that a host offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedKey {
    /// `ssh-ed25519`.
    pub kind: String,
    /// `SHA256:…`.
    pub fingerprint: String,
    line: String,
}

/// Why a host's keys could not be fetched or kept.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// `ssh-keyscan` did not run.
    #[error("ssh-keyscan does not start; install the OpenSSH client")]
    NoKeyscan(#[source] std::io::Error),
    /// The file cannot be written.
    #[error("the keys cannot be kept in {path}")]
    Keep {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Hosts {
    /// The keys that a host offers now. Anybody on the way could offer them: a person has to compare.
    ///
    /// # Errors
    /// [`EnrolError`] when they cannot be asked for.
    pub async fn offered_keys(&self, host: &Host) -> Result<Vec<OfferedKey>, EnrolError> {
        let (address, port) = self.destination(host).await;
        let out = tokio::process::Command::new("ssh-keyscan")
            .args(["-T", "8", "-p", &port, "--", &address])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(EnrolError::NoKeyscan)?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        Ok(text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let (_host, kind) = (words.next()?, words.next()?);
                Some(OfferedKey {
                    kind: kind.to_owned(),
                    fingerprint: crate::trouble::fingerprint(line)?,
                    line: line.to_owned(),
                })
            })
            .collect())
    }

    /// Keeps keys as those of a host, instead of whatever was kept for it before. Written whole or not at all.
    ///
    /// # Errors
    /// [`EnrolError`] when the file cannot be written.
    pub async fn trust(&self, host: &Host, keys: &[OfferedKey]) -> Result<(), EnrolError> {
        let path = self.options.known_hosts.clone();
        let keep = |source| EnrolError::Keep {
            path: path.clone(),
            source,
        };
        let before = tokio::fs::read_to_string(&path).await.unwrap_or_default();
        let (address, port) = self.destination(host).await;
        let name = if port == "22" {
            address
        } else {
            format!("[{address}]:{port}")
        };
        let mut text: String = before
            .lines()
            .filter(|line| line.split(' ').next() != Some(name.as_str()))
            .map(|line| format!("{line}\n"))
            .collect();
        for key in keys {
            let rest = key.line.split_once(' ').map_or("", |(_, rest)| rest);
            text.push_str(&format!("{name} {rest}\n"));
        }
        let fresh = path.with_extension("new");
        tokio::fs::write(&fresh, text).await.map_err(keep)?;
        tokio::fs::rename(&fresh, &path).await.map_err(keep)
    }

    /// The address and port that ssh would really connect to.
    async fn destination(&self, host: &Host) -> (String, String) {
        let mut found = (host.name.to_string(), "22".to_owned());
        let path = self
            .options
            .sockets
            .join(format!("g{}", std::process::id()));
        if tokio::fs::write(&path, crate::master::config(host, &self.options))
            .await
            .is_ok()
        {
            let out = tokio::process::Command::new("ssh")
                .arg("-G")
                .arg("-F")
                .arg(&path)
                .args(["--", host.name.as_str()])
                .stdin(Stdio::null())
                .output()
                .await;
            let _gone = tokio::fs::remove_file(&path).await;
            for line in out
                .iter()
                .flat_map(|out| std::str::from_utf8(&out.stdout))
                .flat_map(str::lines)
            {
                match line.split_once(' ') {
                    Some(("hostname", value)) => found.0 = value.to_owned(),
                    Some(("port", value)) => found.1 = value.to_owned(),
                    _ => {}
                }
            }
        }
        found
    }
}

/// Where the guard keeps its record on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// On the disk, where a reboot keeps it.
    Disk,
    /// Under `/run`, where the disk is full or read-only; a reboot forgets it.
    Run,
}

impl Root {
    fn flag(self) -> &'static str {
        match self {
            Self::Disk => "disk",
            Self::Run => "run",
        }
    }

    /// The word that the journal keeps.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.flag()
    }

    /// The root of a word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        if word == "run" { Self::Run } else { Self::Disk }
    }
}

/// Runs one lane and feeds its frames; the second value says what broke.
async fn run_lane(line: &Line, lane: &Lane, room: usize) -> (Frames, Option<String>) {
    let mut frames = Frames::new(&lane.nonce, room);
    let command = match lane.rank {
        Rank::Login => "/bin/sh -s",
        Rank::Root => {
            "sh -c 'if [ \"$(id -u)\" != 0 ] && sudo -n true 2>/dev/null; then exec sudo -n /bin/sh -s; else exec /bin/sh -s; fi'"
        }
        Rank::Helper => "sudo -n /usr/local/libexec/sickbay-probe lane",
    };
    let limit = Duration::from_millis(lane.longest.0) + SLACK;
    let heard = channel(line, command, &lane.input, limit, |bytes| {
        let _events = frames.feed(bytes);
    })
    .await;
    (frames, heard.err())
}

/// Runs one command on a line, gives it its input and hands over what it says, until it ends or the limit is reached.
async fn channel(
    line: &Line,
    command: &str,
    input: &str,
    limit: Duration,
    mut take: impl FnMut(&[u8]),
) -> Result<(), String> {
    match line {
        Line::Local => {
            let mut child = tokio::process::Command::new("/bin/sh")
                .args(["-c", command])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .map_err(|error| format!("/bin/sh does not start: {error}"))?;
            let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
            let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
                return Err("no pipes".to_owned());
            };
            talk(stdin, stdout, input, limit, &mut take).await
        }
        Line::Ssh(master) => {
            let mut child = master
                .session
                .raw_command(command)
                .stdin(openssh::Stdio::piped())
                .stdout(openssh::Stdio::piped())
                .stderr(openssh::Stdio::null())
                .spawn()
                .await
                .map_err(|error| format!("no channel: {error}"))?;
            let (stdin, stdout) = (child.stdin().take(), child.stdout().take());
            let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
                return Err("no pipes".to_owned());
            };
            talk(stdin, stdout, input, limit, &mut take).await
        }
    }
}

async fn talk(
    mut stdin: impl tokio::io::AsyncWrite + Unpin,
    mut stdout: impl AsyncRead + Unpin,
    input: &str,
    limit: Duration,
    take: &mut impl FnMut(&[u8]),
) -> Result<(), String> {
    let write = async {
        // A reader that ends early is heard of by its silence.
        let _gone = stdin.write_all(input.as_bytes()).await;
        let _gone = stdin.shutdown().await;
        drop(stdin);
    };
    let read = async {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            match stdout.read(&mut buffer).await {
                Ok(0) => return Ok(()),
                Ok(n) => take(buffer.get(..n).unwrap_or(&[])),
                Err(error) => return Err(error.to_string()),
            }
        }
    };
    match tokio::time::timeout(limit, async { tokio::join!(write, read) }).await {
        Ok(((), read)) => read,
        Err(_elapsed) => Err(format!("no end after {} s", limit.as_secs())),
    }
}

/// A short directory of our own for control sockets: a socket's path may have 108 bytes.
fn sockets() -> Result<PathBuf, NoHosts> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    let uid = rustix::process::getuid().as_raw();
    let wanted = std::env::var_os("XDG_RUNTIME_DIR")
        .map(|dir| PathBuf::from(dir).join("sickbay"))
        .filter(|path| path.as_os_str().len() <= 60 && path.is_absolute())
        .or_else(|| (uid == 0).then(|| PathBuf::from("/run/sickbay-ssh")));
    let mut last = std::io::Error::from(std::io::ErrorKind::NotFound);
    let mut tried = PathBuf::from(format!("/tmp/sickbay-{uid}"));
    for path in wanted.into_iter().chain([tried.clone()]) {
        tried.clone_from(&path);
        if let Err(error) = std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
        {
            last = error;
            continue;
        }
        match std::fs::symlink_metadata(&path) {
            Ok(about) if about.is_dir() && about.uid() == uid && about.mode() & 0o077 == 0 => {
                return Ok(path);
            }
            Ok(_) => last = std::io::Error::other("it is not a directory of this user's alone"),
            Err(error) => last = error,
        }
    }
    Err(NoHosts::Sockets {
        path: tried,
        source: last,
    })
}

/// Each connection takes a few descriptors; the usual soft limit of 1024 is reached at a few hundred hosts.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(65_536, |most| most.min(65_536));
    if limit.current.is_some_and(|now| now < wanted) {
        limit.current = Some(wanted);
        let _kept = setrlimit(Resource::Nofile, limit);
    }
}
