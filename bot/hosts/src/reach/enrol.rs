//! How a host becomes a trusted one: its keys are shown to a person before they are kept, its helpers are installed whole.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::Hosts;
use crate::inventory::Host;
use crate::kit::{Kit, is_account};
use crate::line::Ask;
use crate::trouble::{Unreachable, fingerprint};
use crate::{client, master};

/// The kinds of keys that are asked for, the best first.
const KINDS: [&str; 3] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521",
    "rsa-sha2-512,rsa-sha2-256",
];

/// A key that a host offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedKey {
    /// `ssh-ed25519`.
    pub kind: String,
    /// `SHA256:…`.
    pub fingerprint: String,
    line: String,
}

/// What was installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The account that may run the helpers.
    pub account: String,
    /// What the person who enrols it should know about the host.
    pub notes: Vec<String>,
}

/// Why a host could not be enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// `ssh` did not run.
    #[error("ssh does not start; install the OpenSSH client")]
    NoSsh(#[source] std::io::Error),
    /// It offers no key.
    #[error("{0}")]
    Unreachable(Unreachable),
    /// The file cannot be written.
    #[error("the keys cannot be kept in {path}; check the directory and the room on its disk")]
    Keep {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The helpers could not be installed; what sudo allows there is as it was.
    #[error(
        "{host}: the helpers were not installed ({said}); it takes a login that is root or may run `sudo -n /bin/sh`: name it with --login"
    )]
    Install {
        /// The host.
        host: String,
        /// What the host said.
        said: String,
    },
    /// Nobody said whom sudo is to let through.
    #[error("{host}: {said}; name the account that Sickbay is to log in as with --account")]
    Account {
        /// The host.
        host: String,
        /// What is wrong.
        said: String,
    },
}

impl Hosts {
    /// The keys that a host offers now, asked for on the way that connections take, jump hosts included. Anybody on the way
    /// could offer them: a person has to compare. A host behind a jump host can be asked once that one is trusted.
    ///
    /// # Errors
    /// [`EnrolError`] when they cannot be asked for.
    pub async fn offered_keys(&self, host: &Host) -> Result<Vec<OfferedKey>, EnrolError> {
        if host.is_local() {
            return Ok(Vec::new());
        }
        let mut found: Vec<OfferedKey> = Vec::new();
        let mut trouble = None;
        for kinds in KINDS {
            match self.offered_key(host, kinds).await? {
                Ok(key) if !found.contains(&key) => found.push(key),
                Ok(_) => {}
                Err(error) => {
                    // A kind that the host lacks is no trouble; a host that does not answer is asked once.
                    let no_such_kind = error.to_string().contains("Unable to negotiate");
                    if found.is_empty() && !no_such_kind {
                        return Err(EnrolError::Unreachable(error));
                    }
                    trouble = Some(error);
                }
            }
        }
        match trouble {
            Some(error) if found.is_empty() => Err(EnrolError::Unreachable(error)),
            Some(_) | None => Ok(found),
        }
    }

    /// One handshake that learns the key into a file of its own and goes no further: it has no way to log in.
    async fn offered_key(
        &self,
        host: &Host,
        kinds: &str,
    ) -> Result<Result<OfferedKey, Unreachable>, EnrolError> {
        let options = &self.pool.options;
        let keep = |path: &Path| {
            let path = path.to_owned();
            move |source| EnrolError::Keep { path, source }
        };
        let letters = master::letters()
            .map_err(|error| EnrolError::NoSsh(std::io::Error::other(error.to_string())))?;
        let config = Gone(options.sockets.join(format!("c{letters}")));
        let keys = Gone(options.sockets.join(format!("e{letters}")));
        tokio::fs::write(
            &config.0,
            client::config(host, &self.pool.inventory, options),
        )
        .await
        .map_err(keep(&config.0))?;
        let asked = tokio::process::Command::new("ssh")
            .args(["-v", "-T", "-n", "-F"])
            .arg(&config.0)
            .args([
                "-oStrictHostKeyChecking=accept-new",
                "-oBatchMode=yes",
                "-oHashKnownHosts=no",
            ])
            .args([
                "-oPreferredAuthentications=none",
                "-oControlMaster=no",
                "-oControlPath=none",
                "-oGlobalKnownHostsFile=/dev/null",
            ])
            .arg(format!("-oUserKnownHostsFile={}", keys.0.display()))
            .arg(format!("-oHostKeyAlgorithms={kinds}"))
            .args(["--", host.name.as_str(), "true"])
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .output();
        let limit = Duration::from_secs(20);
        let Ok(out) = tokio::time::timeout(limit, asked).await else {
            return Ok(Err(Unreachable::hung(&host.name, "", limit)));
        };
        let out = out.map_err(EnrolError::NoSsh)?;
        let learnt = tokio::fs::read_to_string(&keys.0).await.unwrap_or_default();
        let key = learnt.lines().find_map(|line| {
            let kind = line.split_whitespace().nth(1)?.to_owned();
            Some(OfferedKey {
                kind,
                fingerprint: fingerprint(line)?,
                line: line.to_owned(),
            })
        });
        Ok(key.ok_or_else(|| Unreachable::read(host, &String::from_utf8_lossy(&out.stderr))))
    }

    /// Keeps keys as those of a host, instead of whatever was kept here for it before. Written whole or not at all. A key
    /// that stands in the user's own `known_hosts` stays there and goes on to be accepted: remove it with `ssh-keygen -R`.
    ///
    /// # Errors
    /// [`EnrolError`] when the file cannot be written.
    pub async fn trust(&self, host: &Host, keys: &[OfferedKey]) -> Result<(), EnrolError> {
        let path = self.pool.options.known_hosts.clone();
        let kept = keys.to_vec();
        let wrote = tokio::task::spawn_blocking({
            let path = path.clone();
            move || keep_keys(&path, &kept)
        });
        let wrote = wrote
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error.to_string())));
        wrote.map_err(|source| EnrolError::Keep { path, source })?;
        self.forget(&host.name).await;
        Ok(())
    }

    /// Puts the helpers and their sudoers file on a host, owned by root, tried before they count. What is there already is
    /// replaced in one rename each; the sudoers file comes last. `login` is whom to log in as for this; without it, whom the
    /// host is always logged in to as. `account` is whom sudo then lets run the helpers; without it, the latter.
    ///
    /// # Errors
    /// [`EnrolError`] with what the host said; then what sudo allows there is as it was.
    pub async fn install_helpers(
        &self,
        host: &Host,
        login: Option<&str>,
        account: Option<&str>,
        kit: &Kit,
    ) -> Result<Installed, EnrolError> {
        let no_account = |said: String| EnrolError::Account {
            host: host.name.to_string(),
            said,
        };
        if host.is_local() {
            return Err(no_account(
                "it is this machine, which needs no helpers".to_owned(),
            ));
        }
        let usual = match account {
            Some(account) => account.to_owned(),
            None => self.usual_login(host).await?,
        };
        if !is_account(&usual) {
            let shown: String = usual.chars().filter(|c| !c.is_control()).take(64).collect();
            return Err(no_account(format!(
                "{shown:?} cannot stand in a sudoers file"
            )));
        }
        let through = host.logged_in_as(login).map_err(no_account)?;
        self.forget(&host.name).await;
        let installed = self.install(&through, &usual, kit).await;
        // The next question goes the usual way again.
        self.forget(&host.name).await;
        installed
    }

    async fn install(
        &self,
        host: &Host,
        account: &str,
        kit: &Kit,
    ) -> Result<Installed, EnrolError> {
        let failed = |said: String| EnrolError::Install {
            host: host.name.to_string(),
            said,
        };
        let (line, _warm) = self
            .pool
            .line(host)
            .await
            .map_err(EnrolError::Unreachable)?;
        let script = kit.install_script(account);
        let ask = Ask {
            command: "/bin/sh -c 'if [ \"$(id -u)\" = 0 ]; then exec /bin/sh -s; else exec sudo -n /bin/sh -s; fi'",
            input: &script,
            limit: Duration::from_secs(60),
            most: 1 << 16,
        };
        let (said, end) = line
            .answer(ask)
            .await
            .map_err(|cut| failed(cut.to_string()))?;
        let said = String::from_utf8_lossy(&said);
        if !said.lines().any(|line| line == "INSTALLED") {
            let words = format!("{} {said}", end.complaint);
            let words: Vec<&str> = words.split_whitespace().collect();
            return Err(failed(plain(&words.join(" "))));
        }
        Ok(Installed {
            account: account.to_owned(),
            notes: said
                .lines()
                .filter_map(|line| line.strip_prefix("NOTE ").map(plain))
                .collect(),
        })
    }

    /// Whom ssh logs in to a host as. Nothing is connected to find out.
    async fn usual_login(&self, host: &Host) -> Result<String, EnrolError> {
        let options = &self.pool.options;
        let letters = master::letters()
            .map_err(|error| EnrolError::NoSsh(std::io::Error::other(error.to_string())))?;
        let config = Gone(options.sockets.join(format!("c{letters}")));
        tokio::fs::write(
            &config.0,
            client::config(host, &self.pool.inventory, options),
        )
        .await
        .map_err(|source| EnrolError::Keep {
            path: config.0.clone(),
            source,
        })?;
        let out = tokio::process::Command::new("ssh")
            .args(["-G", "-F"])
            .arg(&config.0)
            .args(["--", host.name.as_str()])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(EnrolError::NoSsh)?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let user = text.lines().find_map(|line| line.strip_prefix("user "));
        Ok(user.unwrap_or("").to_owned())
    }
}

/// One line that can be shown.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// A file that goes when it has served.
struct Gone(PathBuf);

impl Drop for Gone {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.0);
    }
}

fn keep_keys(path: &Path, keys: &[OfferedKey]) -> std::io::Result<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let before = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let names = |line: &str| line.split_whitespace().next().unwrap_or("").to_owned();
    let replaced: Vec<String> = keys.iter().map(|key| names(&key.line)).collect();
    let fresh = path.with_extension("new");
    let mut file = std::fs::File::create(&fresh)?;
    for line in before
        .lines()
        .filter(|line| !replaced.contains(&names(line)))
        .chain(keys.iter().map(|key| key.line.as_str()))
    {
        writeln!(file, "{line}")?;
    }
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}
