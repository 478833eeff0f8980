//! A person at a terminal: sees what is wrong in the first lines, presses the key for the fix, confirms, sees that it
//! helped, and takes it back.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::lab::{Host, lab_dir, sickbay};

/// A program on a terminal of so many columns.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    bytes: Receiver<Vec<u8>>,
    screen: String,
    read: usize,
}

impl Terminal {
    /// Diagnoses the host, with this state directory and these variables.
    fn start(host: &Host, state: &Path, columns: u16, variables: &str) -> Self {
        let line = format!(
            "stty cols {columns} rows 50; {variables} exec {} diagnose {} --state {} --ssh-config {}",
            sickbay().display(),
            host.name,
            state.display(),
            lab_dir().join("ssh_config").display()
        );
        let mut child = Command::new("script")
            .args(["-qefc", &line, "/dev/null"])
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (send, bytes) = channel();
        let mut out = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = out.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            keys: child.stdin.take().unwrap(),
            child,
            bytes,
            screen: String::new(),
            read: 0,
        }
    }

    /// Waits until this is on the screen, after what was waited for before.
    #[track_caller]
    fn expect(&mut self, text: &str) {
        let until = Instant::now() + Duration::from_secs(120);
        loop {
            if let Some(at) = self.screen[self.read..].find(text) {
                self.read += at + text.len();
                return;
            }
            let left = until.saturating_duration_since(Instant::now());
            let Ok(more) = self.bytes.recv_timeout(left) else {
                panic!("{text:?} does not come:\n{}", self.screen);
            };
            self.screen.push_str(&String::from_utf8_lossy(&more));
        }
    }

    fn press(&mut self, keys: &str) {
        writeln!(self.keys, "{keys}").unwrap();
    }

    /// Waits for the end and gives the exit code.
    fn end(mut self) -> (i32, String) {
        drop(self.keys);
        while let Ok(more) = self.bytes.recv() {
            self.screen.push_str(&String::from_utf8_lossy(&more));
        }
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, self.screen)
    }
}

/// What a person reads: without colours and without the line of progress.
fn lines(screen: &str) -> Vec<String> {
    let colours = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
    colours
        .replace_all(screen, "")
        .replace("\r\n", "\n")
        .lines()
        .map(|line| line.rsplit("\r\x1b[K").next().unwrap_or("").to_owned())
        .collect()
}

const PREPARE: &str = r#"
mkdir -p /opt/shop-with-a-rather-long-name/releases/2026-11-23/bin
printf '#!/bin/sh\nexec sleep infinity\n' >/opt/shop-with-a-rather-long-name/releases/2026-11-23/bin/serve
printf '[Service]\nExecStart=/opt/shop-with-a-rather-long-name/releases/2026-11-23/bin/serve\n' >/etc/systemd/system/shop.service
chmod 0644 /opt/shop-with-a-rather-long-name/releases/2026-11-23/bin/serve
systemctl daemon-reload
systemctl start shop 2>/dev/null || true
eventually 10 systemctl is-failed -q shop
"#;

const MODE: &str = "stat -c %a /opt/shop-with-a-rather-long-name/releases/2026-11-23/bin/serve; systemctl is-active shop || true";

#[test]
#[ignore = "needs the lab"]
fn a_person_mends_a_host_with_two_keys_and_takes_it_back() {
    let host = Host::up("it-terminal", "systemd");
    host.must("prepare", PREPARE);

    let mut terminal = Terminal::start(&host, host.state.path(), 100, "");
    terminal.expect("looking, ");
    terminal.expect("Approve a fix:");
    terminal.expect("> ");
    let shown = lines(&terminal.screen);
    let first = shown[..4].join(" ");
    for words in [
        "serve is not executable",
        "That explains:",
        "Fix ",
        "can be undone",
    ] {
        assert!(first.contains(words), "{words:?} is not in {first:?}");
    }
    assert!(terminal.screen.contains("\x1b[31"), "there is colour");
    terminal.press("1");
    terminal.expect("  1. set mode 0755 on");
    terminal.expect("Run it now? [y/N] ");
    terminal.press("y");
    terminal.expect("Verified");
    assert!(host.must("mode", MODE).starts_with("755\nactive"));
    terminal.expect("undo it again? [K/u] ");
    terminal.press("u");
    terminal.expect("Undone");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(host.must("mode", MODE).starts_with("644\n"));

    // The undo left it as it was before, but for the failure; somebody tries again.
    host.must("break", PREPARE);
    // Nothing is approved by anything but the key and a yes. No fix has run yet by these state directories.
    for (keys, words) in [
        (&[""][..], "Nothing was approved"),
        (&["7"], "Nothing was approved"),
        (&["1", ""], "Not approved."),
        (&["1", "no"], "Not approved."),
    ] {
        let state = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::start(&host, state.path(), 100, "");
        for key in keys {
            terminal.expect(if *key == keys[0] { "> " } else { "[y/N] " });
            terminal.press(key);
        }
        terminal.expect(words);
        let (code, screen) = terminal.end();
        assert_eq!(code, 1, "{screen}");
    }
    assert!(host.must("mode", MODE).starts_with("644\n"));
}

#[test]
#[ignore = "needs the lab"]
fn a_narrow_terminal_without_colours_is_legible() {
    let host = Host::up("it-narrow", "systemd");
    host.must("prepare", PREPARE);
    let mut terminal = Terminal::start(&host, host.state.path(), 40, "NO_COLOR=1");
    terminal.expect("> ");
    terminal.press("q");
    let (code, screen) = terminal.end();
    assert_eq!(code, 1);
    let bare = screen.replace("\r\x1b[K", "");
    assert!(!bare.contains('\x1b'), "{bare:?}");
    for line in lines(&screen) {
        assert!(line.chars().count() <= 40, "{line:?} is too wide");
    }
}
