//! How a host becomes a trusted one: its keys are shown to a person before they are kept, its helpers are installed whole.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::Hosts;
use crate::client;
use crate::inventory::Host;
use crate::lane::{PROBE_HELPER_PATH, version_of};
use crate::line::Ask;
use crate::trouble::{Unreachable, fingerprint};
use crate::{guard, master};

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

/// The texts that an enrolled host gets.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// The probe helper, as [`crate::render_probe_helper`] makes it.
    pub probe: &'a str,
    /// The sudoers file; `sickbay` in it stands for the login.
    pub sudoers: &'a str,
    /// The forced command for the key, where one is to be installed.
    pub gate: Option<&'a str>,
}

/// What was installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The version of the probe helper.
    pub probe: String,
    /// The login that may run the helpers.
    pub login: String,
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
    /// The helpers could not be installed; the host is as it was.
    #[error(
        "{host}: the helpers were not installed ({said}); it takes a login that may run `sudo -n /bin/sh`, and visudo"
    )]
    Install {
        /// The host.
        host: String,
        /// What the host said.
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

    /// Puts the guard, the probe helper and their sudoers file on a host, owned by root, checked before they count. What is
    /// there already is replaced in one rename each; the sudoers file comes last.
    ///
    /// # Errors
    /// [`EnrolError`] with what the host said; then nothing was put in place.
    pub async fn install_helpers(
        &self,
        host: &Host,
        texts: Texts<'_>,
    ) -> Result<Installed, EnrolError> {
        let (line, _warm) = self
            .pool
            .line(host)
            .await
            .map_err(EnrolError::Unreachable)?;
        let failed = |said: String| EnrolError::Install {
            host: host.name.to_string(),
            said,
        };
        let who = Ask {
            command: "id -un",
            input: "",
            limit: Duration::from_secs(10),
            most: 4096,
        };
        let (login, _end) = line
            .answer(who)
            .await
            .map_err(|cut| failed(cut.to_string()))?;
        let login = String::from_utf8_lossy(&login).trim().to_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if login.is_empty() || login.starts_with('-') || !login.chars().all(plain) {
            return Err(failed(format!(
                "the login {login:?} cannot stand in a sudoers file"
            )));
        }
        let script = install_script(&login, texts);
        let command = "/bin/sh -c 'if [ \"$(id -u)\" = 0 ]; then exec /bin/sh -s; else exec sudo -n /bin/sh -s; fi'";
        let ask = Ask {
            command,
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
            let words = format!("{said} {}", end.complaint);
            let words: Vec<&str> = words.split_whitespace().collect();
            return Err(failed(
                words
                    .join(" ")
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(300)
                    .collect(),
            ));
        }
        Ok(Installed {
            probe: version_of(texts.probe).unwrap_or("?").to_owned(),
            login,
        })
    }
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

/// Everything is inside one group, so that a script that was cut off on its way does nothing.
fn install_script(login: &str, texts: Texts<'_>) -> String {
    let quote = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let sudoers = texts
        .sudoers
        .replace("Defaults:sickbay", &format!("Defaults:{login}"))
        .replace("\nsickbay ", &format!("\n{login} "));
    let gate = texts.gate.unwrap_or("");
    format!(
        "{{ set -eu; umask 022; PATH=/usr/sbin:/usr/bin:/sbin:/bin\n\
         guard={}\nprobe={}\nsudoers={}\ngate={}\n\
         d=/usr/local/libexec; mkdir -p \"$d\"; t=$(mktemp -d \"$d/.sickbay.XXXXXX\"); trap 'rm -rf \"$t\"' EXIT\n\
         command -v visudo >/dev/null || {{ echo 'there is no visudo'; exit 1; }}\n\
         printf '%s' \"$guard\" >\"$t/sickbay-guard\"; printf '%s' \"$probe\" >\"$t/sickbay-probe\"; printf '%s' \"$sudoers\" >\"$t/sudoers\"\n\
         sh -n \"$t/sickbay-guard\"; sh -n \"$t/sickbay-probe\"; chmod 0440 \"$t/sudoers\"; visudo -cf \"$t/sudoers\" >&2\n\
         if [ -n \"$gate\" ]; then printf '%s' \"$gate\" >\"$t/sickbay-gate\"; sh -n \"$t/sickbay-gate\"; fi\n\
         for f in guard probe gate; do f=sickbay-$f; [ -f \"$t/$f\" ] || continue; chown 0:0 \"$t/$f\"; chmod 0755 \"$t/$f\"; sync \"$t/$f\" 2>/dev/null || :; mv -f \"$t/$f\" \"$d/$f\"; done\n\
         chown 0:0 \"$t/sudoers\"; cp \"$t/sudoers\" /etc/sudoers.d/.sickbay.new; chmod 0440 /etc/sudoers.d/.sickbay.new; mv -f /etc/sudoers.d/.sickbay.new /etc/sudoers.d/sickbay\n\
         {} version >&2; {PROBE_HELPER_PATH} version >&2; echo INSTALLED; }}\n",
        quote(guard::GUARD),
        quote(texts.probe),
        quote(&sudoers),
        quote(gate),
        guard::GUARD_PATH,
    )
}
