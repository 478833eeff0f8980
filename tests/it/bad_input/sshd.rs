//! An sshd of a test's own on the loopback, and a listener that answers nothing.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Place;

/// A running sshd; its keys, its configuration and the client's lie in the place.
pub(super) struct Sshd {
    child: Child,
    pub(super) port: u16,
}

/// A port that nobody listens on at this moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Accepts connections and never says a word.
pub(super) fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn keygen(path: &str) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f", path])
        .status();
    assert!(made.is_ok_and(|status| status.success()));
}

impl Sshd {
    /// Starts one that lets root in; nothing where this machine cannot, and why. `more` is added to its configuration.
    pub(super) fn start(place: &Place, more: &str) -> Option<Self> {
        let root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap());
        if root != 0 || !std::path::Path::new("/usr/sbin/sshd").exists() {
            // The runner counts and names it.
            #[expect(clippy::print_stdout, reason = "what leaves itself out says so")]
            {
                println!("skipped: it takes root and openssh-server");
            }
            return None;
        }
        keygen(&place.at("host_key"));
        keygen(&place.at("key"));
        std::fs::create_dir_all("/run/sshd").unwrap();
        std::fs::copy(place.at("key.pub"), place.at("authorized_keys")).unwrap();
        let port = free_port();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\nStrictModes no\nUsePAM no\n\
             PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nLogLevel ERROR\n\
             AuthorizedKeysFile {}\n{more}\n",
            place.at("host_key"),
            place.at("authorized_keys")
        );
        let config = place.file("sshd_config", config);
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-f", &config])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let sshd = Self { child, port };
        let until = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "sshd does not listen");
            std::thread::yield_now();
        }
        know(place, port, "host_key.pub");
        Some(sshd)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Makes this key the one that is known for the port.
pub(super) fn know(place: &Place, port: u16, key: &str) {
    let key = std::fs::read_to_string(place.at(key)).unwrap();
    place.file("known_hosts", format!("[127.0.0.1]:{port} {key}"));
}

/// The client's configuration for a host `h` behind the port.
pub(super) fn config(place: &Place, port: u16, key: &str) -> String {
    place.file(
        "config",
        format!(
            "Host h\n  HostName 127.0.0.1\n  Port {port}\n  User root\n  IdentityFile {}\n  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile {}\n",
            place.at(key),
            place.at("known_hosts")
        ),
    )
}

/// The fingerprint of a key in the place.
pub(super) fn fingerprint(place: &Place, key: &str) -> String {
    let out = Command::new("ssh-keygen")
        .arg("-lf")
        .arg(place.at(key))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.split_whitespace().nth(1).unwrap_or("").to_owned()
}
