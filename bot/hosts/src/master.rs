//! One foreground `ssh` for each host, that every later channel shares: strict keys, no surprises, gone when we are.
//!
//! The system's own OpenSSH does the work, so a user's configuration (aliases, `ProxyJump`, certificates, agent and FIDO
//! keys) goes on to hold. We own the process instead of leaving a daemon behind: cancelling ends it, and a reaper ends it
//! where we are killed ourselves.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use openssh::Session;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::inventory::{Host, Way};
use crate::trouble::Unreachable;

/// How long a connection may take from the name to the first channel: name, TCP, keys, a slow agent.
const READY: Duration = Duration::from_secs(20);
/// How much of what ssh says about a connection is kept.
const SAID: u64 = 256 * 1024;

/// What all connections share.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The OpenSSH client configuration to take hosts and their options from.
    pub ssh_config: Option<PathBuf>,
    /// Host keys that were enrolled; `known_hosts` format. It is asked besides the user's own files.
    pub known_hosts: PathBuf,
    /// Where control sockets are made; short, and ours alone.
    pub sockets: PathBuf,
    /// Prefer curve25519 in the key exchange: less CPU with old clients, no post-quantum protection there.
    pub fast_key_exchange: bool,
}

/// A connection to a host.
#[derive(Debug)]
pub(crate) struct Master {
    pub(crate) session: Session,
    /// `SHA256:…` of the key that the host proved to have.
    pub(crate) host_key: String,
    child: Child,
    config: PathBuf,
}

impl Drop for Master {
    fn drop(&mut self) {
        let _gone = self.child.start_kill();
        let _gone = std::fs::remove_file(&self.config);
    }
}

/// The client configuration for one host: ours first, since ssh takes the first value that it finds.
pub(crate) fn config(host: &Host, options: &Options) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    writeln!(text, "Host {}", host.name).ok();
    if let Way::Ssh(way) = &host.way {
        let line = |text: &mut String, key: &str, value: Option<&str>| {
            if let Some(value) = value {
                writeln!(text, "  {key} {value}").ok();
            }
        };
        line(&mut text, "HostName", way.host.as_deref());
        line(
            &mut text,
            "Port",
            way.port.map(|port| port.to_string()).as_deref(),
        );
        line(&mut text, "User", way.user.as_deref());
        line(&mut text, "ProxyJump", way.proxy_jump.as_deref());
        let key = way.identity_file.as_ref().map(|path| quoted(path));
        line(&mut text, "IdentityFile", key.as_deref());
    }
    text.push_str(
        "Host *
  BatchMode yes
  StrictHostKeyChecking yes
  PasswordAuthentication no
  KbdInteractiveAuthentication no
  UpdateHostKeys no
  VerifyHostKeyDNS no
  ForwardAgent no
  ForwardX11 no
  ClearAllForwardings yes
  Tunnel no
  RequestTTY no
  EscapeChar none
  ConnectTimeout 8
  ConnectionAttempts 1
  ServerAliveInterval 10
  ServerAliveCountMax 3
  Compression yes
",
    );
    if options.known_hosts.is_file() {
        writeln!(
            text,
            "  KnownHostsCommand /bin/cat {}",
            quoted(&options.known_hosts)
        )
        .ok();
    }
    if options.fast_key_exchange {
        text.push_str("  KexAlgorithms ^curve25519-sha256\n");
    }
    if let Some(path) = &options.ssh_config {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        writeln!(text, "Include {}", quoted(&path)).ok();
    }
    text
}

fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display())
}

impl Master {
    /// Connects, and returns when channels can be opened.
    pub(crate) async fn connect(
        host: &Host,
        options: &Options,
        group: Option<i32>,
    ) -> Result<Self, Unreachable> {
        let broken = |what: String| Unreachable::other(&host.name, what);
        let mut letters = [0_u8; 6];
        getrandom::fill(&mut letters).map_err(|error| broken(error.to_string()))?;
        let letters = data_encoding::HEXLOWER.encode(&letters);
        let socket = options.sockets.join(format!("m{letters}"));
        let config_path = options.sockets.join(format!("c{letters}"));
        tokio::fs::write(&config_path, config(host, options))
            .await
            .map_err(|error| broken(format!("{}: {error}", config_path.display())))?;
        let mut command = Command::new("ssh");
        command
            .args(["-v", "-N", "-M", "-T", "-F"])
            .arg(&config_path)
            .arg("-S")
            .arg(&socket)
            // Once more here: what stands on the command line is first of all.
            .args([
                "-oStrictHostKeyChecking=yes",
                "-oBatchMode=yes",
                "-oControlPersist=no",
            ])
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
        if let Some(group) = group {
            command.process_group(group);
        }
        let mut child = command.spawn().map_err(|error| {
            let _gone = std::fs::remove_file(&config_path);
            broken(format!(
                "ssh does not start ({error}); install the OpenSSH client"
            ))
        })?;
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(broken("ssh has no pipes".to_owned()));
        };
        let said = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let listener = tokio::spawn({
            let said = std::sync::Arc::clone(&said);
            async move {
                let mut lines = BufReader::new(err.take(SAID)).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    if let Ok(mut said) = said.lock() {
                        said.push_str(&line);
                        said.push('\n');
                    }
                }
                // Whatever else it says is read and dropped, so that ssh never waits for a full pipe.
                let mut rest = lines.into_inner().into_inner().into_inner();
                let _end = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
            }
        });
        let heard = || said.lock().map(|said| said.clone()).unwrap_or_default();
        let mut ready = String::new();
        let mut out = BufReader::new(out);
        let waited = tokio::time::timeout(READY, out.read_line(&mut ready)).await;
        match waited {
            Ok(Ok(n)) if n > 0 => {}
            Ok(_closed) => {
                let _status = child.wait().await;
                let _end = listener.await;
                let _gone = std::fs::remove_file(&config_path);
                return Err(Unreachable::read(&host.name, &heard(), options).await);
            }
            Err(_elapsed) => {
                let _gone = std::fs::remove_file(&config_path);
                return Err(Unreachable::hung(&host.name, &heard(), READY));
            }
        }
        let host_key = host_key(&heard());
        let session = Session::resume_mux(socket.into_boxed_path(), None);
        Ok(Self {
            session,
            host_key,
            child,
            config: config_path,
        })
    }
}

/// The fingerprint of the key that the last hop proved to have, from what `ssh -v` says.
fn host_key(said: &str) -> String {
    said.lines()
        .rev()
        .find_map(|line| line.split_once("Server host key: "))
        .and_then(|(_, key)| key.split_whitespace().nth(1))
        .unwrap_or("unknown")
        .to_owned()
}

/// Ends every process of its group when our end of its pipe closes, which is also when we are killed.
#[derive(Debug)]
pub(crate) struct Reaper {
    child: Child,
}

impl Reaper {
    /// Starts it. Without one, masters end with us unless we are killed.
    pub(crate) fn start() -> Option<Self> {
        let child = Command::new("/bin/sh")
            .args([
                "-c",
                "trap '' TERM HUP INT; cat >/dev/null; kill -TERM 0; sleep 1; kill -KILL 0",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .ok()?;
        Some(Self { child })
    }

    /// The process group to start masters in.
    pub(crate) fn group(&self) -> Option<i32> {
        self.child.id().and_then(|id| i32::try_from(id).ok())
    }
}
