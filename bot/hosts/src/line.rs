//! One command at a time on a way to a host: a channel over SSH, or a process here. Bounded in time and in size.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::master::Master;

/// How much of what a command says on standard error is kept.
const COMPLAINT: usize = 2048;

/// The way to a host.
#[derive(Debug, Clone)]
pub(crate) enum Line {
    /// It is this machine.
    Local,
    /// A connection.
    Ssh(Arc<Master>),
}

/// What a command is given and allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) command: &'a str,
    /// Its standard input.
    pub(crate) input: &'a str,
    /// How long it may take.
    pub(crate) limit: Duration,
    /// How much it may say; a host that says more is not listened to any longer.
    pub(crate) most: usize,
}

/// How a command ended that ended by itself.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// Its exit code, where it is known.
    pub(crate) code: Option<i32>,
    /// The beginning of what it said on standard error.
    pub(crate) complaint: String,
}

/// Why a command gave no end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Cut {
    #[error("the host refuses to open a session: {0}")]
    Refused(String),
    #[error("{0}")]
    Gone(String),
    #[error("no end after {0} s")]
    Slow(u64),
    #[error("it said more than {0} bytes and was cut off")]
    Flood(usize),
}

impl Line {
    /// Runs a command and hands over what it says as it comes.
    pub(crate) async fn run(&self, ask: Ask<'_>, take: impl FnMut(&[u8])) -> Result<Ended, Cut> {
        match self {
            Self::Local => local(ask, take).await,
            Self::Ssh(master) => {
                master.touch();
                let ended = remote(master, ask, take).await;
                master.touch();
                ended
            }
        }
    }

    /// The key that the host proved to have: `SHA256:…`, or `local`.
    pub(crate) fn host_key(&self) -> String {
        match self {
            Self::Local => "local".to_owned(),
            Self::Ssh(master) => master.host_key.clone(),
        }
    }

    /// Runs a command for its answer.
    pub(crate) async fn answer(&self, ask: Ask<'_>) -> Result<(Vec<u8>, Ended), Cut> {
        let mut said = Vec::new();
        let ended = self.run(ask, |bytes| said.extend_from_slice(bytes)).await?;
        Ok((said, ended))
    }
}

/// What a process of this machine inherits. Not the rest: a bot's environment holds its secrets.
const PASSED_ON: [&str; 8] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "TMPDIR",
];

/// Ends a process group with the shell that leads it.
struct Group(Option<rustix::process::Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

async fn local(ask: Ask<'_>, mut take: impl FnMut(&[u8])) -> Result<Ended, Cut> {
    let mut child = tokio::process::Command::new("/bin/sh")
        .args(["-c", ask.command])
        .env_clear()
        .envs(
            PASSED_ON
                .iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        )
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Cut::Gone(format!("/bin/sh does not start: {error}")))?;
    let mut group = Group(
        child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw),
    );
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(Cut::Gone("no pipes".to_owned()));
    };
    let complaint = talk(
        Pipes {
            stdin,
            stdout,
            stderr,
        },
        ask,
        &mut take,
    )
    .await?;
    let code = match tokio::time::timeout(Duration::from_secs(1), child.wait()).await {
        Ok(Ok(status)) => {
            // It is gone, and what it left in the background on purpose, such as a run, may stay.
            group.0 = None;
            status.code()
        }
        Ok(Err(_)) | Err(_) => None,
    };
    Ok(Ended { code, complaint })
}

async fn remote(
    master: &Arc<Master>,
    ask: Ask<'_>,
    mut take: impl FnMut(&[u8]),
) -> Result<Ended, Cut> {
    let gone = |error: &dyn std::error::Error| {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        Cut::Gone(text)
    };
    let mut patience = 5_u32;
    let (_turn, mut child) = loop {
        let turn = master.turn().await.map_err(|error| gone(&error))?;
        let mut command = Arc::clone(&master.session).arc_raw_command(ask.command);
        command
            .stdin(openssh::Stdio::piped())
            .stdout(openssh::Stdio::piped())
            .stderr(openssh::Stdio::piped());
        let started = tokio::time::timeout(Duration::from_secs(15), command.spawn()).await;
        let error = match started {
            Ok(Ok(child)) => break (turn, child),
            Ok(Err(error)) => gone(&error),
            Err(_elapsed) => return Err(Cut::Slow(15)),
        };
        let Cut::Gone(said) = error else {
            return Err(error);
        };
        if !said.contains("refused") || !master.is_alive() {
            return Err(Cut::Gone(said));
        }
        // Another channel has to close first; the last one may just be closing on the other side.
        if !master.fewer(turn) {
            patience -= 1;
            if patience == 0 {
                return Err(Cut::Refused(said));
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    };
    let (stdin, stdout, stderr) = (
        child.stdin().take(),
        child.stdout().take(),
        child.stderr().take(),
    );
    let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
        return Err(Cut::Gone("no pipes".to_owned()));
    };
    let complaint = talk(
        Pipes {
            stdin,
            stdout,
            stderr,
        },
        ask,
        &mut take,
    )
    .await?;
    // The end of the stream looks the same when the connection broke; only the exit status tells.
    match tokio::time::timeout(Duration::from_secs(2), child.wait()).await {
        Ok(Ok(status)) => Ok(Ended {
            code: status.code(),
            complaint,
        }),
        Ok(Err(error)) if !master.is_alive() => Err(gone(&error)),
        Ok(Err(_)) | Err(_) => Ok(Ended {
            code: None,
            complaint,
        }),
    }
}

struct Pipes<I, O, E> {
    stdin: I,
    stdout: O,
    stderr: E,
}

/// Writes the input, hands over the output, keeps the beginning of the complaints; all at once, until both outputs end.
async fn talk<I, O, E>(
    pipes: Pipes<I, O, E>,
    ask: Ask<'_>,
    take: &mut impl FnMut(&[u8]),
) -> Result<String, Cut>
where
    I: AsyncWrite + Unpin,
    O: AsyncRead + Unpin,
    E: AsyncRead + Unpin,
{
    let Pipes {
        mut stdin,
        mut stdout,
        mut stderr,
    } = pipes;
    let write = async {
        // A reader that ends early is heard of by its silence.
        let _gone = stdin.write_all(ask.input.as_bytes()).await;
        let _gone = stdin.shutdown().await;
        drop(stdin);
    };
    let mut heard = 0;
    let read = async {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            match stdout.read(&mut buffer).await {
                Ok(0) => return Ok(()),
                Ok(n) => {
                    heard += n;
                    if heard > ask.most {
                        return Err(Cut::Flood(ask.most));
                    }
                    take(buffer.get(..n).unwrap_or(&[]));
                }
                Err(error) => return Err(Cut::Gone(error.to_string())),
            }
        }
    };
    let mut complaint = Vec::new();
    let listen = async {
        let mut buffer = vec![0; 1024];
        while let Ok(n @ 1..) = stderr.read(&mut buffer).await {
            let room = COMPLAINT.saturating_sub(complaint.len());
            complaint.extend(buffer.iter().take(n.min(room)));
        }
    };
    let all = async {
        tokio::pin!(listen);
        let talk = async {
            tokio::select! {
                biased;
                read = read => read,
                () = async { write.await; std::future::pending().await } => Ok(()),
            }
        };
        tokio::pin!(talk);
        let mut heard_out = false;
        let end = loop {
            tokio::select! {
                biased;
                end = &mut talk => break end,
                () = &mut listen, if !heard_out => heard_out = true,
            }
        };
        // Something that was left in the background may hold standard error open for ever.
        if end.is_ok() && !heard_out {
            let _end = tokio::time::timeout(Duration::from_millis(200), listen).await;
        }
        end
    };
    match tokio::time::timeout(ask.limit, all).await {
        Ok(Ok(())) => Ok(String::from_utf8_lossy(&complaint).into_owned()),
        Ok(Err(cut)) => Err(cut),
        Err(_elapsed) => Err(Cut::Slow(ask.limit.as_secs())),
    }
}
