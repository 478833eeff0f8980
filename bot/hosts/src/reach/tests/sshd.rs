//! An sshd of a test's own: its keys and its configuration lie in a temporary directory, its port is picked by the kernel.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use incident::HostName;
use tempfile::TempDir;

use crate::inventory::{BecomeRoot, Entry};
use crate::{Host, Hosts, Inventory, Options};

const SSHD: &str = "/usr/sbin/sshd";

/// A running sshd with the files that a client needs.
pub(super) struct Sshd {
    pub(super) dir: TempDir,
    pub(super) port: u16,
    child: Child,
}

/// Whether this machine has what these tests need. Says why when it has not.
pub(super) fn can_run() -> bool {
    let root = rustix::process::getuid().is_root();
    let there = Path::new(SSHD).exists() && Command::new("ssh").arg("-V").output().is_ok();
    if !there || !root {
        let why = if there {
            "sshd is started as root only"
        } else {
            "install openssh-server"
        };
        let mut err = std::io::stderr();
        writeln!(err, "skipped: a test with a real sshd ({why})").unwrap();
    }
    there && root
}

fn keygen(path: &Path) {
    let out = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// A port that nobody listens on at this moment.
pub(super) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

impl Sshd {
    /// Starts one. `more` is added to its configuration.
    pub(super) fn start(more: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        keygen(&dir.path().join("host_key"));
        keygen(&dir.path().join("key"));
        std::fs::create_dir_all("/run/sshd").unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        std::fs::copy(at("key.pub"), at("authorized_keys")).unwrap();
        let port = free_port();
        let mut config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nLogLevel ERROR\nMaxStartups 100\n",
            at("host_key")
        );
        writeln!(config, "{more}").unwrap();
        if !more.contains("AuthorizedKeysFile") {
            writeln!(config, "AuthorizedKeysFile {}", at("authorized_keys")).unwrap();
        }
        std::fs::write(at("sshd_config"), config).unwrap();
        let child = Command::new(SSHD)
            .args(["-D", "-e", "-f", &at("sshd_config")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let sshd = Self { dir, port, child };
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                sshd.know(&sshd.dir.path().join("host_key.pub"));
                return sshd;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("sshd does not listen on {port}");
    }

    pub(super) fn at(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    /// Makes a key the one that is known for this sshd, in the user's own file.
    pub(super) fn know(&self, key: &Path) {
        let key = std::fs::read_to_string(key).unwrap();
        std::fs::write(
            self.at("known_hosts"),
            format!("[127.0.0.1]:{} {key}", self.port),
        )
        .unwrap();
    }

    pub(super) fn fingerprint(&self, key: &str) -> String {
        let out = Command::new("ssh-keygen")
            .arg("-lf")
            .arg(self.at(key))
            .output()
            .unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        text.split_whitespace().nth(1).unwrap().to_owned()
    }

    /// Ends it and every session that it serves.
    pub(super) fn kill(&mut self) {
        // First the sessions are noted: once it is gone they are nobody's children.
        let sessions = self.sessions();
        let _gone = self.child.kill();
        let _gone = self.child.wait();
        for pid in sessions {
            let pid = rustix::process::Pid::from_raw(pid).unwrap();
            let _gone = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }

    /// The processes of its sessions.
    pub(super) fn sessions(&self) -> Vec<i32> {
        sessions_of(self.child.id())
    }

    /// An entry of the settings for it.
    pub(super) fn entry(&self) -> Entry {
        Entry {
            address: Some("127.0.0.1".to_owned()),
            port: Some(self.port),
            user: Some("root".to_owned()),
            identity_file: Some(self.at("key")),
            privilege: BecomeRoot::Auto,
            ..Entry::default()
        }
    }

    /// The client's own configuration, as a user would have it.
    pub(super) fn options(&self) -> Options {
        let config = format!(
            "Host *\n  UserKnownHostsFile {}\n  IdentityAgent none\n",
            self.at("known_hosts").display()
        );
        std::fs::write(self.at("ssh_config"), config).unwrap();
        Options {
            ssh_config: Some(self.at("ssh_config")),
            known_hosts: self.at("enrolled"),
            ..Options::default()
        }
    }

    /// The way to it under the name `h`.
    pub(super) fn reach(&self) -> (Hosts, Host) {
        reach(self.entry(), self.options())
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The way to one host named `h`.
pub(super) fn reach(entry: Entry, options: Options) -> (Hosts, Host) {
    let mut inventory = Inventory::new();
    inventory.add_entry("h", entry).unwrap();
    let host = inventory.host(&HostName::new("h").unwrap()).unwrap();
    (Hosts::new(inventory, options).unwrap(), host)
}

fn sessions_of(parent: u32) -> Vec<i32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok())
        else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let above = stat
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.split(' ').nth(1)?.parse::<u32>().ok());
        if above == Some(parent) {
            found.push(pid);
        }
    }
    found
}

/// A program between client and sshd that can be told to stop passing bytes on, or to close.
pub(super) struct Wire {
    pub(super) port: u16,
    state: Arc<Mutex<&'static str>>,
}

impl Wire {
    /// Listens and passes on to `to`. With the state `silent` from the beginning it accepts and says nothing.
    pub(super) fn to(to: u16, state: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if *shared.lock().unwrap() == "silent" {
                    std::mem::forget(stream);
                    continue;
                }
                let Ok(other) = TcpStream::connect(("127.0.0.1", to)) else {
                    continue;
                };
                for (mut from, mut into) in [
                    (stream.try_clone().unwrap(), other.try_clone().unwrap()),
                    (other, stream),
                ] {
                    let shared = Arc::clone(&shared);
                    std::thread::spawn(move || {
                        let mut buffer = [0; 8192];
                        while let Ok(n @ 1..) = from.read(&mut buffer) {
                            match *shared.lock().unwrap() {
                                "silent" => continue,
                                "cut" => break,
                                _ => {}
                            }
                            if into.write_all(&buffer[..n]).is_err() {
                                break;
                            }
                        }
                        let _gone = into.shutdown(std::net::Shutdown::Both);
                    });
                }
            }
        });
        Self { port, state }
    }

    pub(super) fn becomes(&self, state: &'static str) {
        *self.state.lock().unwrap() = state;
    }
}
