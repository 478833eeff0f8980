//! One foreground `ssh` for each host, that every later channel shares: strict keys, no surprises, gone when we are.
//!
//! The system's own OpenSSH does the work, so a user's configuration (aliases, `ProxyJump`, certificates, agent and FIDO
//! keys) goes on to hold. We own the process instead of leaving a daemon behind: cancelling ends it, and a reaper ends it
//! where we are killed ourselves.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use openssh::Session;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::{Options, config};
use crate::inventory::{Host, Inventory};
use crate::trouble::{Unreachable, is_let_in, proven_key};

/// How long a connection may take from the name to the first channel: name, TCP, keys, a slow agent.
const READY: Duration = Duration::from_secs(20);
/// How long what ssh has said already is waited for.
const HEARD_OUT: Duration = Duration::from_millis(300);
/// How much of what ssh says about a connection is kept.
const SAID: usize = 256 * 1024;
/// How many channels are open at once on one connection; sshd's default is to allow ten.
const CHANNELS: usize = 8;

/// A connection to a host.
#[derive(Debug)]
pub(crate) struct Master {
    pub(crate) session: Arc<Session>,
    /// `SHA256:…` of the key that the host proved to have.
    pub(crate) host_key: String,
    /// What ssh said on the way, for `hosts check`.
    pub(crate) said: String,
    /// Turns at opening a channel.
    channels: Semaphore,
    /// How many channels this host has been found to allow.
    allowed: AtomicUsize,
    child: Mutex<Child>,
    used: Mutex<Instant>,
    files: [PathBuf; 2],
    _place: OwnedSemaphorePermit,
}

impl Drop for Master {
    fn drop(&mut self) {
        if let Ok(child) = self.child.get_mut() {
            let _gone = child.start_kill();
        }
        for path in &self.files {
            let _gone = std::fs::remove_file(path);
        }
    }
}

/// What a connection is made with.
pub(crate) struct Means<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) options: &'a Options,
    /// The process group that the reaper ends.
    pub(crate) group: Option<i32>,
    /// A place among the connections that may be open at once.
    pub(crate) place: OwnedSemaphorePermit,
}

impl Master {
    /// Connects, and returns when channels can be opened. Dropped half-way, it leaves nothing.
    pub(crate) async fn connect(host: &Host, means: Means<'_>) -> Result<Self, Unreachable> {
        let broken = |what: String| Unreachable::other(&host.name, what);
        let letters = letters().map_err(|error| broken(error.to_string()))?;
        let sockets = &means.options.sockets;
        let files = Files([
            sockets.join(format!("m{letters}")),
            sockets.join(format!("c{letters}")),
        ]);
        let [socket, config_path] = &files.0;
        tokio::fs::write(config_path, config(host, means.inventory, means.options))
            .await
            .map_err(|error| broken(format!("{}: {error}", config_path.display())))?;
        let mut command = Command::new("ssh");
        command
            .args(["-v", "-N", "-M", "-T", "-F"])
            .arg(config_path)
            .arg("-S")
            .arg(socket)
            // Once more here: what stands on the command line is first of all.
            .args([
                "-oStrictHostKeyChecking=yes",
                "-oBatchMode=yes",
                "-oControlPersist=no",
            ])
            // It runs once the control socket listens, so this line is exactly "ready".
            .args([
                "-oPermitLocalCommand=yes",
                "-oLocalCommand=echo ready",
                "--",
            ])
            .arg(host.name.as_str())
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(group) = means.group {
            command.process_group(group);
        }
        let mut child = command.spawn().map_err(|error| {
            broken(format!(
                "ssh does not start ({error}); install the OpenSSH client"
            ))
        })?;
        crate::point!("hosts::connecting");
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(broken("ssh has no pipes".to_owned()));
        };
        let said = Arc::new(Mutex::new(String::new()));
        let listener = tokio::spawn(listen(err, Arc::clone(&said)));
        let heard = || said.lock().map(|said| said.clone()).unwrap_or_default();
        let mut ready = String::new();
        let mut out = BufReader::new(out.take(64));
        match tokio::time::timeout(READY, out.read_line(&mut ready)).await {
            Ok(Ok(n)) if n > 0 => {}
            Ok(_closed) => {
                let _status = child.wait().await;
                // A jump host's ssh may hold the pipe a little longer.
                let _end = tokio::time::timeout(Duration::from_secs(2), listener).await;
                return Err(Unreachable::read(host, &heard()));
            }
            Err(_elapsed) => return Err(Unreachable::hung(&host.name, &heard(), READY)),
        }
        // What it said on the way comes by another pipe and may be read a moment later.
        let late = tokio::time::Instant::now() + HEARD_OUT;
        while !is_let_in(&heard()) && tokio::time::Instant::now() < late {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let said = heard();
        Ok(Self {
            session: Arc::new(Session::resume_mux(socket.clone().into_boxed_path(), None)),
            host_key: proven_key(&said).unwrap_or_else(|| "unknown".to_owned()),
            said,
            channels: Semaphore::new(CHANNELS),
            allowed: AtomicUsize::new(CHANNELS),
            child: Mutex::new(child),
            used: Mutex::new(Instant::now()),
            files: files.keep(),
            _place: means.place,
        })
    }

    /// Whether ssh still runs. A host that is gone without a word is noticed by its keep-alive questions.
    pub(crate) fn is_alive(&self) -> bool {
        self.child
            .lock()
            .is_ok_and(|mut child| matches!(child.try_wait(), Ok(None)))
    }

    /// How long nobody has used it.
    pub(crate) fn idle(&self) -> Duration {
        self.used
            .lock()
            .map_or(Duration::ZERO, |used| used.elapsed())
    }

    pub(crate) fn touch(&self) {
        if let Ok(mut used) = self.used.lock() {
            *used = Instant::now();
        }
    }

    /// A turn at opening a channel; give it back by dropping it when the channel is closed.
    pub(crate) async fn turn(
        &self,
    ) -> Result<tokio::sync::SemaphorePermit<'_>, tokio::sync::AcquireError> {
        self.channels.acquire().await
    }

    /// The host refused a channel: from here on one fewer is tried. False when that was the only one.
    pub(crate) fn fewer(&self, turn: tokio::sync::SemaphorePermit<'_>) -> bool {
        let less = |allowed: usize| (allowed > 1).then(|| allowed - 1);
        if self
            .allowed
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .is_err()
        {
            return false;
        }
        turn.forget();
        true
    }
}

/// Files that go when a connection is given up half-way.
struct Files([PathBuf; 2]);

impl Files {
    fn keep(mut self) -> [PathBuf; 2] {
        std::mem::take(&mut self.0)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for path in self.0.iter().filter(|path| !path.as_os_str().is_empty()) {
            let _gone = std::fs::remove_file(path);
        }
    }
}

/// Twelve letters that tell one connection's files from another's.
pub(crate) fn letters() -> Result<String, getrandom::Error> {
    let mut letters = [0_u8; 6];
    getrandom::fill(&mut letters)?;
    Ok(data_encoding::HEXLOWER.encode(&letters))
}

/// Hears what ssh says. What goes beyond the limit is read and dropped, so that ssh never waits for a full pipe.
async fn listen(err: tokio::process::ChildStderr, said: Arc<Mutex<String>>) {
    let mut err = BufReader::new(err);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut err).take(4096).read_until(b'\n', &mut line).await {
            Ok(1..) => {}
            Ok(_) | Err(_) => return,
        }
        if let Ok(mut said) = said.lock()
            && said.len() < SAID
        {
            said.push_str(&String::from_utf8_lossy(&line));
        }
    }
}

/// Ends every process of its group when our end of its pipe closes, which is also when we are killed.
#[derive(Debug)]
pub(crate) struct Reaper {
    child: Mutex<Option<Child>>,
}

impl Reaper {
    /// One that starts with the first connection.
    pub(crate) fn new() -> Self {
        Self {
            child: Mutex::new(None),
        }
    }

    /// The process group to start connections in. Without one, they end with us unless we are killed.
    pub(crate) fn group(&self) -> Option<i32> {
        let mut child = self.child.lock().ok()?;
        let alive = child
            .as_mut()
            .is_some_and(|child| matches!(child.try_wait(), Ok(None)));
        if !alive {
            *child = Command::new("/bin/sh")
                .args([
                    "-c",
                    "trap '' TERM HUP INT; cat >/dev/null; kill -TERM 0; sleep 1; kill -KILL 0",
                ])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .process_group(0)
                .spawn()
                .ok();
        }
        child.as_ref()?.id().and_then(|id| i32::try_from(id).ok())
    }
}
